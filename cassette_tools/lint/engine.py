"""Runs the rules over a file: what turns its bytes into findings."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from cassette_tools.finding import Finding, Problem, Severity
from cassette_tools.formats.base import Unreadable, head_resembles_cassette, may_be_cassette
from cassette_tools.formats.registry import read as read_format
from cassette_tools.lint.fingerprint import Fingerprints
from cassette_tools.lint.places import Places
from cassette_tools.lint.settings import DEFAULTS, Settings
from cassette_tools.lint.suppress import UNUSED_SUPPRESSION, Suppressions
from cassette_tools.model import Cassette, Route
from cassette_tools.protocols.registry import read as read_answer
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source.document import Document
from cassette_tools.source.parse import parse
from cassette_tools.text import printable

MAX_FINDINGS = 1000
"""Findings of one rule and one severity that are kept of one file; those behind them are only counted."""
_MAX_TEXT = 500
"""Characters of a message, and of a route."""


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
    """How many findings were mended."""
    change: tuple[str, str] | None = None
    """The text before and after the fixes, where they were asked for to be seen and not to be made."""
    fails: bool = False
    """Whether a finding is as bad as the settings' ``fail_on``, or would be without the fixes that were only shown."""
    is_baseline: bool = False
    """The file is no cassette but the baseline itself."""


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


def lint_unreadable(error: str, path: str, settings: Settings, *, use_ignores: bool = True) -> FileResult:
    """The result for a file that cannot be read."""
    return _report(path, CheckedFile(None, error, None), settings, use_ignores=use_ignores)


def _report(path: str, file: CheckedFile, settings: Settings, *, use_ignores: bool) -> FileResult:
    found = Found(path, file, settings.severities)
    suppressions = Suppressions(file.document, settings.ignored_in(path)) if use_ignores else None
    ignored = 0
    for rule, problem in _problems(file, settings.rules):
        if suppressions is not None and suppressions.any and suppressions.hide(rule.code, *found.place(problem.route)):
            ignored += 1
        else:
            found.add(rule, problem)
    if suppressions is not None and suppressions.any:
        for rule in settings.rules.rules_with(""):
            if rule.code == UNUSED_SUPPRESSION:
                for problem in suppressions.problems(settings.rules.codes):
                    found.add(rule, problem)
    return found.result()._replace(ignored=ignored)


class Found:
    """Collects the findings of a file."""

    def __init__(self, path: str, file: CheckedFile, severities: Mapping[str, Severity]) -> None:
        self._path = path
        self._severities = severities
        self._places = Places(file.document or Document(b""))
        self._fingerprints = Fingerprints(file.outcome if isinstance(file.outcome, Cassette) else None)
        self._findings: list[Finding] = []
        self._number: Counter[tuple[str, Severity]] = Counter()
        self._omitted: Counter[Severity] = Counter()

    def place(self, route: Route) -> tuple[Route, int]:
        """The route, and the line on which it starts."""
        return route, self._places.locate(route)[0].line

    def add(self, rule: Rule, problem: Problem) -> None:
        """Make a finding of a problem."""
        severity = self._severities.get(rule.code) or problem.severity or rule.severity
        self._number[rule.code, severity] += 1
        if self._number[rule.code, severity] > MAX_FINDINGS:
            self._omitted[severity] += 1
            return
        location, source_line = self._places.locate(problem.route)
        route, message = _safe_texts(problem)
        fingerprint = self._fingerprints.of(rule.code, severity, problem.route, message)
        finding = Finding(self._path, rule.code, rule.name, severity, message, location, route, source_line)
        self._findings.append(finding._replace(fingerprint=fingerprint, fix=problem.fix))

    def result(self) -> FileResult:
        """All of them."""
        self._findings.sort(key=lambda finding: (finding.location, finding.code))
        return FileResult(self._path, checked=True, findings=tuple(self._findings), omitted=self._omitted)


def _safe_texts(problem: Problem) -> tuple[str, str]:
    """The route and the message, fit to be shown whatever recorded text a rule has put into them."""
    raw = str(problem.route)
    route, message = printable(raw, _MAX_TEXT), problem.message
    if raw and message.startswith(f"{raw}: "):
        # On its own, or a route to a header such as Cookie would make a credential of the first word behind it.
        return route, f"{route}: {printable(message[len(raw) + 2 :], _MAX_TEXT)}"
    return route, printable(message, _MAX_TEXT)


def _problems(file: CheckedFile, rules: RuleSet) -> Iterator[tuple[Rule, Problem]]:
    document, cassette = file.document, file.outcome
    if document is None or document.defects or not isinstance(cassette, Cassette):
        for rule in rules.rules_with("check_file"):
            yield from _by(rule, rule.check_file(file))
    if document is None or not isinstance(cassette, Cassette):
        return
    for rule in rules.rules_for(cassette):
        yield from _by(rule, rule.check_cassette(cassette, document))
    for interaction in cassette.interactions:
        transcript = read_answer(interaction)
        for rule in rules.rules_about(interaction, transcript):
            yield from _by(rule, rule.check_interaction(interaction, transcript))
        if transcript is not None and (transcript.defects or transcript.irregularities):
            for rule in rules.rules_with("check_answer"):
                yield from _by(rule, rule.check_answer(interaction, transcript))


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
