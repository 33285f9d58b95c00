"""Makes the fixes that findings carry: edit, check again, until there is nothing left to be fixed."""

from collections.abc import Callable

from cassette_tools.errors import FixError
from cassette_tools.finding import Finding
from cassette_tools.lint.engine import FileResult
from cassette_tools.model import Edit
from cassette_tools.source import edit, files
from cassette_tools.source.parse import parse

_MAX_ROUNDS = 100
"""A fix may uncover another finding; that many in a row means that two of them undo each other."""


def apply(
    data: bytes,
    result: FileResult,
    check: Callable[[bytes], FileResult],
    *,
    unsafe: bool,
    write_to: str,
) -> FileResult:
    """The result for a file after its fixes.

    Args:
        data: The content of the file.
        result: What checking it gave.
        check: Checks it once more.
        unsafe: Make fixes that are not safe, too.
        write_to: The file that is to be written; empty when the change is only to be seen.

    Raises:
        FixError: The file cannot be written, or is not what it was when it was read.
    """
    before = data
    refused: set[tuple[Edit, ...]] = set()
    fixed = 0
    for _ in range(_MAX_ROUNDS):
        due = [
            finding
            for finding in result.findings
            if finding.fix and (finding.fix.safe or unsafe) and finding.fix.edits not in refused
        ]
        if not due:
            break
        data, made = _edited(data, result.path, due, refused)
        if made:
            fixed += made
            result = check(data)
    if data == before:
        return result
    if write_to:
        _write(write_to, before, data)
        return result._replace(fixed=fixed)
    return result._replace(fixed=fixed, change=(_text(before), _text(data)))


def _edited(data: bytes, name: str, findings: list[Finding], refused: set[tuple[Edit, ...]]) -> tuple[bytes, int]:
    """The content with as many fixes as can be made at once, and how many; the others are refused."""
    document = parse(data, name)
    try:
        return edit.apply(data, document, _edits(findings), name), len(findings)
    except edit.EditError:
        pass
    made = 0
    for finding in findings:
        try:
            data = edit.apply(data, document, _edits([finding]), name)
        except edit.EditError:
            if finding.fix:
                refused.add(finding.fix.edits)
        else:
            made += 1
            document = parse(data, name)
    return data, made


def _edits(findings: list[Finding]) -> list[Edit]:
    """The edits of all fixes, each once: two findings may ask for the same."""
    return list(dict.fromkeys(edit for finding in findings if finding.fix for edit in finding.fix.edits))


def _write(path: str, before: bytes, data: bytes) -> None:
    try:
        if files.read(path) != before:
            raise FixError(f"{path}: not fixed: the file was changed in the meantime", "run the command once more")
        files.write(path, data)
    except (files.UnreadableError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FixError(f"{path}: not fixed: {(reason or str(error)).lower()}") from error


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")
