"""A table in GitHub's Markdown, for a comment on a pull request or the summary of a job.

What is recorded stands in code spans: nothing in one is a link, a mention, a reference, a picture or HTML.
"""

import re

from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Report, Totals, place, summary
from cassette_tools.text import escape

MAX_SIZE = 65_536
"""Bytes of UTF-8 in all: a comment may have as many characters."""
_HEAD = "| severity | rule | place | message |\n| --- | --- | --- | --- |\n"
_ROOM = MAX_SIZE - 2_000
"""Bytes for the rows of the table; what is around them takes less than the rest."""


class MarkdownReport(Report):
    """A line that sums up, and a table: errors first, as many findings as there is room for."""

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        super().__init__(colour=colour, width=width)
        self._rows: dict[Severity, list[str]] = {severity: [] for severity in sorted(Severity, reverse=True)}
        self._room = dict.fromkeys(self._rows, _ROOM)

    def add(self, finding: Finding) -> str:
        """One finding; it is kept if it would fit were there only those of its severity."""
        row = _row(finding)
        size = len(row.encode())
        if size <= self._room[finding.severity]:
            self._rows[finding.severity].append(row)
            self._room[finding.severity] -= size
        return ""

    def end(self, totals: Totals) -> str:
        """All of it."""
        room, rows = _ROOM, []
        for row in (row for rows in self._rows.values() for row in rows):
            room -= len(row.encode())
            if room < 0:
                break
            rows.append(row)
        text = f"**cassette-tools**: {summary(totals)}\n"
        if rows:
            text += f"\n{_HEAD}{''.join(rows)}"
        left_out = totals.findings - len(rows)
        if left_out > 0:
            text += f"\n{left_out:,} of {totals.findings:,} findings are left out here.\n"
        return text


def _row(finding: Finding) -> str:
    cells = (f"{finding.code} {finding.name}", place(finding), finding.message)
    return f"| {finding.severity.label} | {' | '.join(map(code, cells))} |\n"


def code(text: str) -> str:
    """A text as a code span in a cell of a table (GitHub Flavored Markdown §6.1 and §4.10, Example 200)."""
    text = escape(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""  # one is taken off at each end
    # A bar ends a cell wherever it is; the backslash before one is taken away before anything else is read.
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
