"""A scalar's value and its characters in the file, mapped onto each other.

Whatever the style (``|``, ``>``, plain, ``'single'``, ``"double"``), every character of the value comes from a range
of characters of the file. The map is computed from the file's text by the rules of libyaml's scanner, which are those
of YAML 1.1 sections 8 and 9, and only for the scalars that somebody asks about.
"""

import bisect
import re
from typing import NamedTuple

from cassette_tools.source.nodes import Scalar


class Run(NamedTuple):
    """Consecutive characters of a value and where they come from.

    Where both lengths are equal, each character comes from the one at the same distance; otherwise (an escape, a folded
    line break) the whole run comes from the whole range.
    """

    value: int
    """Offset of the run's first character in the value."""
    length: int
    """Characters of the value."""
    start: int
    """Offset of the first character in the file."""
    end: int
    """Offset behind the last one."""


class ScalarMap:
    """The map of one scalar.

    Attributes:
        value: The value as the file's characters give it, which is the parser's value.
        runs: In ascending order, covering the value without gap or overlap.
    """

    def __init__(self, value: str, runs: list[Run], end: int) -> None:
        self.value = value
        self.runs = runs
        self._starts = [run.value for run in runs]
        self._end = end

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` (exclusive) of the value are in the file."""
        first = self._range(start)
        if end <= start:
            return first[0], first[0]
        return first[0], max(self._range(end - 1)[1], first[0])

    def _range(self, offset: int) -> tuple[int, int]:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0:
            return self._end, self._end
        run = self.runs[index]
        within = offset - run.value
        if within >= run.length:
            return self._end, self._end
        if run.length == run.end - run.start:
            return run.start + within, run.start + within + 1
        return run.start, run.end


# What libyaml takes for a line break; LS and PS stay what they are, all others become one line feed.
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_KEPT_BREAKS = "\u2028\u2029"
_PROPERTIES = re.compile(r"(?:[!&][^ \t\r\n\x85\u2028\u2029]*|[ \t\r\n\x85\u2028\u2029]+|#[^\r\n\x85\u2028\u2029]*)*")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}


class _Writer:
    """Collects a value together with where its parts come from."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.runs: list[Run] = []
        self.length = 0

    def add(self, part: str, start: int, end: int) -> None:
        if part:
            self.parts.append(part)
            self.runs.append(Run(self.length, len(part), start, end))
            self.length += len(part)

    def finish(self, end: int) -> ScalarMap:
        return ScalarMap("".join(self.parts), self.runs, end)


def scalar_map(text: str, scalar: Scalar) -> ScalarMap:
    """Map a scalar of a document onto the document's text.

    Raises:
        ValueError: The characters do not give the parser's value; a defect of this module, never of the file.
    """
    start = _skip_properties(text, scalar)
    if scalar.style == "json":
        result = _json(text, scalar.start + 1, scalar.end - 1)
        if result.value == scalar.value:
            return result
    elif scalar.style in ("|", ">"):
        for indent in _indents(text, start, scalar.end):
            result = _block(text, start, scalar.end, indent, folded=scalar.style == ">")
            if result.value == scalar.value:
                return result
    else:
        if scalar.style:
            result = _flow(text, start + 1, scalar.end - 1, scalar.style)
        else:
            result = _flow(text, start, scalar.end, "")
        if result.value == scalar.value:
            return result
    raise ValueError("the characters of a scalar do not give its value")


def _skip_properties(text: str, scalar: Scalar) -> int:
    """Where the scalar itself starts, behind its tag and its anchor."""
    start = scalar.start
    if start < scalar.end and text[start] in "!&":
        match = _PROPERTIES.match(text, start, scalar.end)
        if match:
            return match.end()
    return start


# --- quoted and plain scalars -------------------------------------------------------------------------------------

_STOPS = {
    "'": re.compile("'|[ \t]*(?:\r\n|[\r\n\x85\u2028\u2029])[ \t\r\n\x85\u2028\u2029]*"),
    '"': re.compile(r"\\|[ \t]*(?:" + "\r\n|[\r\n\x85\u2028\u2029])[ \t\r\n\x85\u2028\u2029]*"),
    "": re.compile("[ \t]*(?:\r\n|[\r\n\x85\u2028\u2029])[ \t\r\n\x85\u2028\u2029]*"),
}


def _flow(text: str, start: int, end: int, quote: str) -> ScalarMap:
    """A plain scalar, or what stands between the quotes of a quoted one."""
    writer = _Writer()
    position = start
    for match in _STOPS[quote].finditer(text, start, end):
        here = match.start()
        if here < position:
            continue  # inside an escape that has been read already
        writer.add(text[position:here], position, here)
        char = text[here]
        if char == "\\":
            position = _escape(text, here, writer)
        elif char == "'":
            writer.add("'", here, here + 2)
            position = here + 2
        else:
            position = match.end()
            _fold(text, here, position, writer)
    writer.add(text[position:end], position, end)
    return writer.finish(end)


def _fold(text: str, start: int, end: int, writer: _Writer) -> None:
    """White space around line breaks: the first break becomes a space, or nothing before further ones."""
    breaks = list(_BREAK.finditer(text, start, end))
    first, more = breaks[0], breaks[1:]
    if first.group() in _KEPT_BREAKS:
        writer.add(first.group(), first.start(), first.end())
    elif not more:
        writer.add(" ", start, end)
    _add_breaks(more, writer)


def _add_breaks(breaks: list[re.Match[str]], writer: _Writer) -> None:
    for match in breaks:
        char = match.group()
        writer.add(char if char in _KEPT_BREAKS else "\n", match.start(), match.end())


def _escape(text: str, start: int, writer: _Writer) -> int:
    """Read the escape at ``start`` and return the offset behind it."""
    char = text[start + 1]
    digits = _HEX_ESCAPES.get(char)
    if digits:
        end = start + 2 + digits
        writer.add(chr(int(text[start + 2 : end], 16)), start, end)
        return end
    if char in _ESCAPES:
        writer.add(_ESCAPES[char], start, start + 2)
        return start + 2
    # An escaped line break: it vanishes with the white space behind it; further breaks stay.
    match = re.compile("[ \t\r\n\x85\u2028\u2029]*").match(text, start + 1)
    end = match.end() if match else start + 2
    _add_breaks(list(_BREAK.finditer(text, start + 1, end))[1:], writer)
    return end


# --- JSON strings -------------------------------------------------------------------------------------------------

_JSON_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_JSON_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _json(text: str, start: int, end: int) -> ScalarMap:
    """What stands between the quotes of a JSON string (RFC 8259, section 7); two surrogates are one character."""
    writer = _Writer()
    position = start
    for match in _JSON_ESCAPE.finditer(text, start, end):
        writer.add(text[position : match.start()], position, match.start())
        escape = match.group()
        if escape[1] == "u":
            high = int(escape[2:6], 16)
            low = int(escape[8:12], 16) if len(escape) > 6 else 0
            char = chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) if low else chr(high)
        else:
            char = _JSON_ESCAPES.get(escape[1], escape[1])
        writer.add(char, match.start(), match.end())
        position = match.end()
    writer.add(text[position:end], position, end)
    return writer.finish(end)


# --- block scalars ------------------------------------------------------------------------------------------------


def _indents(text: str, start: int, end: int) -> list[int]:
    """The indentations that a block scalar may have: one, or for ``|2`` all that its parent could lead to."""
    header = _BREAK.search(text, start, end)
    if header is None:
        return [1]
    explicit = next((int(char) for char in text[start + 1 : start + 3] if char.isdigit()), 0)
    leading = _leading(text, header.end(), end)
    if explicit:
        return list(range(explicit, max(leading, explicit) + 1))
    return [max(leading, 1)]


def _leading(text: str, start: int, end: int) -> int:
    """The spaces before the first line that has more than spaces, or the most of any line where none has."""
    most = 0
    for match in re.compile("( *)(\r\n|[\r\n\x85\u2028\u2029])?").finditer(text, start, end):
        spaces = len(match.group(1))
        if match.group(2) is None:
            return max(spaces, most) if match.end() < end else most
        most = max(most, spaces)
    return most


def _block(text: str, start: int, end: int, indent: int, *, folded: bool) -> ScalarMap:
    """A literal or folded scalar whose header starts at ``start`` and whose lines are indented by ``indent``."""
    header = _BREAK.search(text, start, end)
    writer = _Writer()
    if header is None:
        return writer.finish(end)
    chomping = next((char for char in text[start + 1 : start + 3] if char in "+-"), "")
    pad = " " * indent
    breaks: list[re.Match[str]] = []  # of the lines since the last one with content, its own break first
    had_content = False
    blank_before = False
    position = header.end()
    while position < end:
        match = _BREAK.search(text, position, end)
        line_end = match.start() if match else end
        content = position + indent
        if text.startswith(pad, position) and content < line_end:
            blank = text[content] in " \t"
            if (
                folded
                and breaks
                and had_content
                and breaks[0].group() not in _KEPT_BREAKS
                and not (blank or blank_before)
            ):
                if len(breaks) == 1:
                    writer.add(" ", breaks[0].start(), breaks[0].end())
                _add_breaks(breaks[1:], writer)
            else:
                _add_breaks(breaks, writer)
            writer.add(text[content:line_end], content, line_end)
            breaks = []
            had_content = True
            blank_before = blank
        elif text[position:line_end].strip(" "):
            break  # less indented: behind the scalar
        if match is None:
            position = end
            break
        breaks.append(match)
        position = match.end()
    if not had_content:
        if chomping == "+":
            _add_breaks(breaks, writer)
    elif breaks and chomping != "-":
        _add_breaks(breaks if chomping == "+" else breaks[:1], writer)
    return writer.finish(end)
