"""For a person at a terminal: one block a finding, with the source line and the range marked."""

from cassette_tools.finding import Finding, Severity, SourceLine
from cassette_tools.report.base import Report, place

_RESET = "\x1b[0m"
BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}
_MIN_WIDTH = 40


class TextReport(Report):
    """A block a finding, and nothing else."""

    def add(self, finding: Finding) -> str:
        """One finding."""
        return render(finding, colour=self._colour, width=self._width)


def render(finding: Finding, *, colour: bool, width: int) -> str:
    """A finding as lines of text, each at most ``width`` columns wide where the source is shown.

    Args:
        finding: The finding.
        colour: Use ANSI colours.
        width: Columns of the terminal.
    """
    severity = paint(f"{finding.severity.label}[{finding.code}]", COLOURS[finding.severity], colour)
    lines = [f"{paint(place(finding), BOLD, colour)}: {severity} {finding.name}: {finding.message}"]
    if finding.source_line is not None and finding.source_line.text:
        lines += _source(finding, finding.source_line, colour=colour, width=max(width, _MIN_WIDTH))
    return "\n".join(lines) + "\n"


def _source(finding: Finding, source: SourceLine, *, colour: bool, width: int) -> list[str]:
    number = str(finding.location.line)
    text, start, end = _cut(source, width - len(number) - 4)
    bar = paint("|", _DIM, colour)
    marks = paint("^" * (end - start), COLOURS[finding.severity], colour)
    margin = " " * len(number)
    return [f" {paint(number, _DIM, colour)} {bar} {text}", f" {margin} {bar} {' ' * start}{marks}"]


def _cut(source: SourceLine, width: int) -> tuple[str, int, int]:
    """The part of a line around its marked range that fits the width, and the columns (from 0) of the range in it."""
    text, start, end = source
    widths = [1] * len(text) if text.isascii() else [_columns(char) for char in text]
    first, last, lead, trail = 0, len(text), "", ""
    if sum(widths) > width:
        # A third of the width before the range shows where it is, and more where little follows.
        room = max(width // 3, width - sum(widths[start:]))
        first = start
        while first > 0 and widths[first - 1] <= room:
            first -= 1
            room -= widths[first]
        # What is cut off is an ellipsis, in the place of the first and the last character that would fit.
        if first > 0:
            lead = "…"
            freed = 0  # a character that joins its neighbour frees no column
            while not freed and first < start:
                freed = widths[first]
                first += 1
        used = len(lead) + sum(widths[first:])
        if used > width:
            trail = "…"
            while used > width - 1:
                last -= 1
                used -= widths[last]
    start_column = len(lead) + sum(widths[first:start])
    marks = sum(widths[start : min(end, last)]) + (len(trail) if end > last else 0)
    return lead + text[first:last] + trail, start_column, start_column + max(marks, 1)


def _columns(char: str) -> int:
    """The columns of a terminal that a character takes: two for a wide one, none for one that joins its neighbour."""
    import unicodedata

    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def paint(text: str, code: str, colour: bool) -> str:
    """A text in a colour, if there are colours."""
    return f"{code}{text}{_RESET}" if colour else text
