"""Runs the rules over files: the loop that turns a path into findings."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from cassette_tools.errors import CassetteToolsError, PathError
from cassette_tools.finding import Finding, Problem, Severity
from cassette_tools.formats.base import Unreadable, head_resembles_cassette, may_be_cassette
from cassette_tools.formats.registry import read as read_format
from cassette_tools.lint import workers
from cassette_tools.lint.fingerprint import Fingerprints
from cassette_tools.lint.places import Places
from cassette_tools.model import Cassette
from cassette_tools.protocols.registry import read as read_answer
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.rules.registry import rules_with
from cassette_tools.source import discover, files
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


def lint_paths(
    names: list[str], *, skip_unknown: bool = False, stdin_name: str = "<stdin>", jobs: int = 1
) -> Iterator[FileResult | CassetteToolsError]:
    """Check all files behind the names, in order, each when it is asked for.

    A name that leads nowhere is returned as an error, and the run goes on.

    Args:
        names: Files, folders, patterns, or ``-`` for standard input.
        skip_unknown: Pass over a named file that is no cassette, as is done with one found in a folder.
        stdin_name: What standard input is called in findings.
        jobs: How many processes may share the work where there are enough files; with more than one, all files are
            looked for before the first one is checked.
    """

    def check(target: discover.Target | PathError) -> FileResult | CassetteToolsError:
        return target if isinstance(target, PathError) else _check_target(target, skip_unknown, stdin_name)

    targets = discover.targets(names)
    if jobs > 1:
        found = list(targets)
        if workers.pays(len(found), jobs):
            for target, result in workers.each(check, found, jobs):
                if isinstance(result, workers.WorkerDiedError):
                    path = target.path if isinstance(target, discover.Target) else ""
                    yield CassetteToolsError(f"{path}: the process that checked it ended ({result})", _DIED)
                else:
                    yield result
            return
        targets = iter(found)
    yield from map(check, targets)


_DIED = "the other files are checked; with -j 1 it is the only one in memory"


def _check_target(target: discover.Target, skip_unknown: bool, stdin_name: str) -> FileResult:
    is_stdin = target.path == discover.STDIN
    path = stdin_name if is_stdin else target.path
    try:
        data = files.read_stdin() if is_stdin else files.read(target.path)
    except files.UnreadableError as error:
        return _report(path, CheckedFile(None, str(error), None))
    try:
        return lint_bytes(data, path, named=target.named and not skip_unknown)
    except Exception as error:
        error.add_note(f"while checking {path}")
        raise


def lint_bytes(data: bytes, path: str, *, named: bool = True) -> FileResult:
    """Check the content of one file.

    Args:
        data: The content.
        path: What the file is called in findings.
        named: Report a file that is no cassette, instead of passing over it.
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
        return _report(path, CheckedFile(document, "", outcome))


def _report(path: str, file: CheckedFile) -> FileResult:
    places = Places(file.document or Document(b""))
    fingerprints = Fingerprints(file.outcome if isinstance(file.outcome, Cassette) else None)
    findings: list[Finding] = []
    kept: Counter[tuple[str, Severity]] = Counter()
    omitted: Counter[Severity] = Counter()
    for rule, problem in _problems(file):
        severity = rule.severity if problem.severity is None else problem.severity
        kept[rule.code, severity] += 1
        if kept[rule.code, severity] > MAX_FINDINGS:
            omitted[severity] += 1
            continue
        location, source_line = places.locate(problem.route)
        route, message = _safe_texts(problem)
        fingerprint = fingerprints.of(rule.code, severity, problem.route, message)
        findings.append(
            Finding(
                path, rule.code, rule.name, severity, message, location, route, source_line, fingerprint, problem.fix
            )
        )
    findings.sort(key=lambda finding: (finding.location, finding.code))
    return FileResult(path, checked=True, findings=tuple(findings), omitted=omitted)


def _safe_texts(problem: Problem) -> tuple[str, str]:
    """The route and the message, fit to be shown whatever recorded text a rule has put into them."""
    raw = str(problem.route)
    route, message = printable(raw, _MAX_TEXT), problem.message
    if raw and message.startswith(f"{raw}: "):
        # On its own, or a route to a header such as Cookie would make a credential of the first word behind it.
        return route, f"{route}: {printable(message[len(raw) + 2 :], _MAX_TEXT)}"
    return route, printable(message, _MAX_TEXT)


def _problems(file: CheckedFile) -> Iterator[tuple[Rule, Problem]]:
    document, cassette = file.document, file.outcome
    if document is None or document.defects or not isinstance(cassette, Cassette):
        for rule in rules_with("check_file"):
            yield from _by(rule, rule.check_file(file))
    if document is None or not isinstance(cassette, Cassette):
        return
    for rule in rules_with("check_cassette"):
        yield from _by(rule, rule.check_cassette(cassette, document))
    for interaction in cassette.interactions:
        transcript = read_answer(interaction)
        for rule in rules_with("check_interaction"):
            yield from _by(rule, rule.check_interaction(interaction, transcript))
        if transcript is not None and (transcript.defects or transcript.irregularities):
            for rule in rules_with("check_answer"):
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
