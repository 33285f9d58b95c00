"""Runs the rules over a file: what turns its bytes into findings."""

import functools
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools.errors import CassetteToolsError
from cassette_tools.finding import Finding, Problem, Severity
from cassette_tools.formats.base import Unreadable, head_resembles_cassette, may_be_cassette
from cassette_tools.formats.registry import read as read_format
from cassette_tools.lint.settings import DEFAULTS, Settings
from cassette_tools.model import Cassette
from cassette_tools.protocols.registry import read as read_answer
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source.document import Document
from cassette_tools.source.parse import parse

if TYPE_CHECKING:
    from cassette_tools.lint.found import Found
    from cassette_tools.lint.suppress import Suppressions
    from cassette_tools.secrets.finder import Finder, Secret
    from cassette_tools.secrets.options import SecretOptions

_MARK = b"cassette-tools:"
"""What a comment that hides findings starts with."""
_UNUSED_SUPPRESSION = "CT002"
_SECRETS = "CT6"


class FileResult(NamedTuple):
    """What checking one file gave."""

    path: str
    """As the user named it; the name given for standard input."""
    checked: bool
    """False when the file is no cassette and was passed over."""
    findings: tuple[Finding, ...]
    """In the order of their places."""
    omitted: Counter[Severity]
    """How many findings of each severity were found beyond those that were kept."""
    other_recording: bool = False
    """It was passed over as a recording of something else than HTTP."""
    ignored: int = 0
    """How many findings a comment or the configuration hides."""
    known: int = 0
    """How many findings the baseline hides."""
    fixed: int = 0
    """How many findings were fixed."""
    change: tuple[str, str] | None = None
    """The text before and after the fixes, where they were asked for to be seen and not to be made."""
    fails: bool = False
    """Whether a finding is as bad as the settings' ``fail_on``, or would be without the fixes that were only shown."""
    is_baseline: bool = False
    """The file is no cassette but the baseline itself."""
    not_fixed: CassetteToolsError | None = None
    """Why the fixes could not be made: the file is as it was, and so are its findings."""
    outside: int = 0
    """How many bodies are in files of their own, which were not looked at."""


def lint_bytes(
    data: bytes, path: str, *, named: bool = True, settings: Settings = DEFAULTS, use_ignores: bool = True
) -> FileResult:
    """Check the content of one file.

    Args:
        data: The content.
        path: What the file is called in findings.
        named: Report a file that is no cassette, instead of passing over it.
        settings: Which rules, and how; without any, all rules as they are.
        use_ignores: Hide what comments and the configuration say is to be hidden.
    """
    if not named and not may_be_cassette(data):
        return FileResult(path, checked=False, findings=(), omitted=Counter())
    with _no_garbage_collection():
        document = parse(data, path)
        outcome: Cassette | Unreadable | None
        if document.root is None and document.defects:
            outcome = None
            # Without the byte order mark and the zero bytes of UTF-16 there is a head to be read there, too.
            head = document.text.replace("\0", "").lstrip("\ufffd")
            passed_over = not named and not head_resembles_cassette(head)
        else:
            outcome = read_format(document.root)
            passed_over = isinstance(outcome, Unreadable) and not (named or outcome.resembles)
        if passed_over:
            recording = isinstance(outcome, Unreadable) and outcome.recording
            return FileResult(path, checked=False, findings=(), omitted=Counter(), other_recording=recording)
        return _report(path, CheckedFile(document, "", outcome), settings, use_ignores=use_ignores)


def lint_unreadable(error: str, path: str, settings: Settings, *, use_ignores: bool) -> FileResult:
    """The result for a file that cannot be read."""
    return _report(path, CheckedFile(None, error, None), settings, use_ignores=use_ignores)


def _report(path: str, file: CheckedFile, settings: Settings, *, use_ignores: bool) -> FileResult:
    suppressions = _suppressions(path, file.document, settings) if use_ignores else None
    # Most files give nothing to say, and what makes findings is imported when there is one.
    found: Found | None = None
    ignored = 0
    secrets: list[Secret] = []
    for rule, problem in _problems(file, settings, secrets):
        found = found or _found(path, file, settings)
        if suppressions is not None and suppressions.hide(rule.code, problem.route, found.line(problem.route)):
            ignored += 1 + problem.more
        else:
            found.add(rule, problem)
    for problem in suppressions.problems(settings.rules.codes) if suppressions is not None else ():
        found = found or _found(path, file, settings)
        for rule in settings.rules.rules_with(""):
            if rule.code == _UNUSED_SUPPRESSION:
                found.add(rule, problem)
    findings, omitted = found.findings(secrets) if found is not None else ((), Counter())
    outside = file.outcome.outside if isinstance(file.outcome, Cassette) else 0
    return FileResult(path, checked=True, findings=findings, omitted=omitted, ignored=ignored, outside=outside)


def _found(path: str, file: CheckedFile, settings: Settings) -> "Found":
    from cassette_tools.lint.found import Found

    return Found(path, file, settings.severities)


def _suppressions(path: str, document: Document | None, settings: Settings) -> "Suppressions | None":
    """What hides findings in a file; None where nothing does."""
    codes = settings.ignored_in(path)
    if not codes and (document is None or not document.mentions(_MARK)):
        return None
    from cassette_tools.lint.suppress import Suppressions

    return Suppressions(document, codes)


def _problems(file: CheckedFile, settings: Settings, secrets: "list[Secret]") -> Iterator[tuple[Rule, Problem]]:
    """What the rules find; the secrets that the file holds are added to the list."""
    document, cassette, rules = file.document, file.outcome, settings.rules
    if document is None or document.defects or not isinstance(cassette, Cassette):
        for rule in rules.rules_with("check_file"):
            yield from _by(rule, rule.check_file(file))
    if document is None or not isinstance(cassette, Cassette):
        return
    for rule in rules.rules_for(cassette, document):
        yield from _by(rule, rule.check_cassette(cassette, document))
    finder = _finder(rules.codes, settings.secrets)
    said: set[tuple[str, ...]] = set()
    for interaction in cassette.interactions:
        columns = finder.columns() if finder is not None else None
        transcript = read_answer(interaction, columns.add if columns is not None else None)
        for rule in rules.rules_about(interaction, transcript):
            yield from _by(rule, rule.check_interaction(interaction, transcript))
        if transcript is not None and (transcript.defects or transcript.irregularities):
            for rule in rules.rules_with("check_answer"):
                yield from _by(rule, rule.check_answer(interaction, transcript))
        held = finder.find(interaction, transcript, columns=columns) if finder is not None else ()
        if held:
            secrets += held
            yield from _told(held, said, rules)
    if finder is not None:
        held = finder.find_elsewhere(document, cassette, secrets)
        secrets += held
        yield from _told(held, said, rules)


def _told(held: "Sequence[Secret]", said: set[tuple[str, ...]], rules: RuleSet) -> Iterator[tuple[Rule, Problem]]:
    """What the rules say of secrets."""
    told = [secret for secret in held if _is_news(secret, said)]
    for rule in rules.rules_with("check_secrets") if told else ():
        yield from _by(rule, rule.check_secrets(told))


def _is_news(secret: "Secret", said: set[tuple[str, ...]]) -> bool:
    """Whether it has to be told: what is no more than information is told once for a file, wherever it comes again."""
    if secret.severity > Severity.INFO:
        return True
    # Cookies of one name have a new value in each answer.
    key = (secret.code, secret.title, secret.where, "" if secret.code == "CT605" else secret.value)
    is_new = key not in said
    said.add(key)
    return is_new


@functools.cache
def _finder(codes: frozenset[str], options: "SecretOptions | None") -> "Finder | None":
    """What finds secrets, made once: its patterns take a while to be compiled."""
    if not any(code.startswith(_SECRETS) for code in codes):
        return None
    from cassette_tools.secrets.finder import Finder

    return Finder(codes, options)


def _by(rule: Rule, problems: Iterable[Problem]) -> Iterator[tuple[Rule, Problem]]:
    for problem in problems:
        yield rule, problem


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Nothing built here has cycles, and collecting costs half of the time on a large file."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
