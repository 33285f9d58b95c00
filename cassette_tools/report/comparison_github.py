"""What recordings say differently, as annotations of GitHub Actions: one a file, since GitHub shows ten of a kind."""

import os
from collections.abc import Callable, Iterator
from itertools import islice

from cassette_tools.comparison import FileDiff
from cassette_tools.finding import Severity
from cassette_tools.operations.diff.difference import Difference, Verdict
from cassette_tools.report import github
from cassette_tools.report.base import path_in_repository
from cassette_tools.report.comparison import Text
from cassette_tools.text import escape

_SEVERITIES = {
    Verdict.WORDING: Severity.INFO, Verdict.BEHAVIOUR: Severity.WARNING, Verdict.BROKEN: Severity.ERROR,
}  # fmt: skip
_LINES = 20


def write(results: Iterator[FileDiff], shows: Callable[[Difference], bool], *, masked: bool = True) -> Iterator[str]:
    """One command for each file in which more than what is volatile differs.

    Args:
        results: The files.
        shows: Tells which differences are written.
        masked: Mask secrets.
    """
    writer = Text(shows=shows, masked=masked)
    for result in results:
        severity = _SEVERITIES.get(result.verdict)
        if severity is not None:
            lines = list(islice(writer.file(result), _LINES + 1))
            more = ["..."] if len(lines) > _LINES else []
            properties = {
                "title": f"recording: {result.verdict.label}",
                "file": escape(path_in_repository(os.path.join(result.folder, result.path))),
            }
            yield github.command(severity, properties, "\n".join([*lines[:_LINES], *more]))
