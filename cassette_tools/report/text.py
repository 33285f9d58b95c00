"""For a person at a terminal: one block a finding, with the source line and the range marked."""

from cassette_tools.finding import Finding, Severity
from cassette_tools.text import printable

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}
_MIN_WIDTH = 40


def render(finding: Finding, *, colour: bool, width: int) -> str:
    """A finding as lines of text, each at most ``width`` columns wide where the source is shown.

    Args:
        finding: The finding.
        colour: Use ANSI colours.
        width: Columns of the terminal.
    """
    location = finding.location
    severity = _paint(f"{finding.severity.label}[{finding.code}]", _COLOURS[finding.severity], colour)
    place = _paint(f"{printable(finding.path, 1000)}:{location.line}:{location.column}", _BOLD, colour)
    lines = [f"{place}: {severity} {finding.name}: {finding.message}"]
    if finding.source_line is not None and finding.source_line.text:
        lines += _source(finding, colour=colour, width=max(width, _MIN_WIDTH))
    return "\n".join(lines) + "\n"


def _source(finding: Finding, *, colour: bool, width: int) -> list[str]:
    source = finding.source_line
    if source is None:
        return []
    number = str(finding.location.line)
    text, start, end = _cut(source.text, source.start, source.end, width - len(number) - 4)
    bar = _paint("|", _DIM, colour)
    marks = _paint("^" * max(min(end, len(text)) - start, 1), _COLOURS[finding.severity], colour)
    margin = " " * len(number)
    return [f" {_paint(number, _DIM, colour)} {bar} {text}", f" {margin} {bar} {' ' * start}{marks}"]


def _cut(text: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """The part of a line around a range that fits the width, and the range in it."""
    if len(text) <= width:
        return text, start, end
    # A third of the width before the range shows where it is; what is cut off is an ellipsis.
    first = max(0, min(start - width // 3, len(text) - width))
    lead = "…" if first else ""
    shown = lead + text[first + len(lead) : first + width]
    if first + width < len(text):
        shown = shown[:-1] + "…"
    return shown, start - first, min(end - first, width)


def _paint(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_RESET}" if colour else text
