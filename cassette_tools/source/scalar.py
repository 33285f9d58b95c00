"""A scalar's value and its characters in the file, mapped onto each other.

Whatever the style (``|``, ``>``, plain, ``'single'``, ``"double"``), every character of the value comes from a range
of characters of the file. The map is computed from the file's text by the rules of libyaml's scanner, which are those
of YAML 1.1 sections 8 and 9, and only for the scalars that somebody asks about.
"""

import bisect
import json
import re
from collections.abc import Iterator
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
        start: Where the scalar itself starts in the file, behind its tag and its anchor.
    """

    start = 0

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
# A tag, an anchor, and what may stand behind them: white space, comments, and a byte order mark that starts a line.
# An anchor's name ends before some characters for libyaml, and not for ruamel.yaml's parser in Python.
_PROPERTIES = [
    re.compile(
        f"(?:![^ \t\r\n\x85\u2028\u2029]*|&[^ \t\r\n\x85\u2028\u2029{no_name}]*"
        "|[ \t\r\n\x85\u2028\u2029]+|(?<=[\r\n\x85\u2028\u2029])\ufeff|#[^\r\n\x85\u2028\u2029]*)*"
    )
    for no_name in ("?:,\\[\\]{}%@`", "")
]
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
            size = len(part)
            # What Run(…) does, in half the time: a map may have a million of them.
            self.runs.append(tuple.__new__(Run, (self.length, size, start, end)))
            self.length += size

    def finish(self, end: int) -> ScalarMap:
        return ScalarMap("".join(self.parts), self.runs, end)


def scalar_map(text: str, scalar: Scalar) -> ScalarMap:
    """Map a scalar of a document onto the document's text.

    Raises:
        ValueError: The characters do not give the parser's value; a defect of this module, never of the file.
    """
    for start in _starts(text, scalar):
        if scalar.style == "json":
            result = _json(text, start + 1, scalar.end - 1)
        elif scalar.style in ("|", ">"):
            result = _block(text, start, scalar.end, scalar.value, folded=scalar.style == ">")
        elif scalar.style:
            result = _flow(text, start + 1, scalar.end - 1, scalar.style)
        else:
            result = _flow(text, start, scalar.end, "")
        if result.value == scalar.value:
            result.start = start
            return result
    raise ValueError("the characters of a scalar do not give its value")


def unescaped(text: str) -> ScalarMap:
    """Any text with the escapes of JSON taken off, as if quotes stood around it, mapped onto it."""
    return _json(text, 0, len(text))


def without_escapes(text: str) -> str:
    """The same text as ``unescaped`` gives, many times faster."""
    return _JSON_RUN.sub(_plain_run, text)


def _plain_run(match: re.Match[str]) -> str:
    run = match.group()
    return run[1] if match[1] is None else str(json.loads(f'"{run}"'))


def mapped(pieces: Iterator[tuple[str, int, int]], end: int) -> ScalarMap:
    """A value put together from pieces.

    Args:
        pieces: In order: characters of the value, and the range of the text that they come from.
        end: The end of the text.
    """
    writer = _Writer()
    for part, start, stop in pieces:
        writer.add(part, start, stop)
    return writer.finish(end)


def _starts(text: str, scalar: Scalar) -> Iterator[int]:
    """Where the scalar itself may start, behind its tag and its anchor."""
    if scalar.start == scalar.end or text[scalar.start] not in "!&":
        yield scalar.start
    elif not scalar.style and not scalar.value:
        yield scalar.end
    else:
        for properties in _PROPERTIES:
            match = properties.match(text, scalar.start, scalar.end)
            yield match.end() if match else scalar.start


# --- quoted and plain scalars -------------------------------------------------------------------------------------

_STOPS = {
    "'": re.compile("['\r\n\x85\u2028\u2029]"),
    '"': re.compile("[\\\\\r\n\x85\u2028\u2029]"),
    "": re.compile("[\r\n\x85\u2028\u2029]"),
}
_WHITE_SPACE = re.compile("[ \t\r\n\x85\u2028\u2029]*")


def _flow(text: str, start: int, end: int, quote: str) -> ScalarMap:
    """A plain scalar, or what stands between the quotes of a quoted one."""
    writer = _Writer()
    position = start
    while (match := _STOPS[quote].search(text, position, end)) is not None:
        here = match.start()
        char = match.group()
        if char == "\\":
            writer.add(text[position:here], position, here)
            position = _escape(text, here, end, writer)
        elif char == "'":
            writer.add(text[position:here], position, here)
            writer.add("'", here, here + 2)
            position = here + 2
        else:
            words = text[position:here].rstrip(" \t")
            words_end = position + len(words)
            writer.add(words, position, words_end)
            position = _skip_white_space(text, here, end)
            _fold(text, words_end, position, writer)
    writer.add(text[position:end], position, end)
    return writer.finish(end)


def _skip_white_space(text: str, start: int, end: int) -> int:
    match = _WHITE_SPACE.match(text, start, end)
    return match.end() if match else start


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


def _escape(text: str, start: int, limit: int, writer: _Writer) -> int:
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
    end = _skip_white_space(text, start + 1, limit)
    _add_breaks(list(_BREAK.finditer(text, start + 1, end))[1:], writer)
    return end


# --- JSON strings -------------------------------------------------------------------------------------------------

_JSON_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
# Escapes in a row, of which surrogates that belong together stay together; or a backslash in front of anything else.
_JSON_RUN = re.compile(
    r"((?:\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\"\\/bfnrt])){1,1000}+)|\\[^u]"
)
_JSON_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _json(text: str, start: int, end: int) -> ScalarMap:
    """What stands between the quotes of a JSON string (RFC 8259, section 7); two surrogates are one character."""
    writer = _Writer()
    position = start
    for match in _JSON_ESCAPE.finditer(text, start, end):
        writer.add(text[position : match.start()], position, match.start())
        escape = match.group()
        if escape == "\\u":
            char = escape  # no escape: text that is searched for escapes may hold anything
        elif escape[1] == "u":
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


_INDICATORS = re.compile("[|>][0-9]?([-+]?)")
_TEXT = re.compile("[^ \r\n\x85\u2028\u2029]")
_SPACES = re.compile(" +")


def _indent(text: str, start: int, end: int, value: str) -> int:
    """The indentation of a block scalar's lines: what the file has in front of its text and the value has not.

    The header need not tell it, and where it does (``|2``), then on top of the indentation of a parent that is not
    known here.
    """
    in_file = _TEXT.search(text, start, end)
    in_value = _TEXT.search(value)
    if in_file and in_value:
        return _spaces_before(text, in_file.start()) - _spaces_before(value, in_value.start())
    # Nothing but spaces: the longest line has them all.
    longest = max((len(spaces) for spaces in _SPACES.findall(text, start, end)), default=0)
    return longest - max((len(spaces) for spaces in _SPACES.findall(value)), default=0)


def _spaces_before(text: str, offset: int) -> int:
    before = offset
    while before and text[before - 1] == " ":
        before -= 1
    return offset - before


def _block(text: str, start: int, end: int, value: str, *, folded: bool) -> ScalarMap:
    """A literal or folded scalar whose header starts at ``start``."""
    header = _BREAK.search(text, start, end)
    writer = _Writer()
    if header is None:
        return writer.finish(end)
    indicators = _INDICATORS.match(text, start)
    chomping = indicators.group(1) if indicators else ""
    indent = _indent(text, header.end(), end, value)
    breaks: list[re.Match[str]] = []  # of the lines since the last one with content, its own break first
    had_content = False
    blank_before = False
    position = header.end()
    while position < end:
        match = _BREAK.search(text, position, end)
        line_end = match.start() if match else end
        content = position + indent
        if content < line_end:
            blank = text[content] in " \t"
            if not folded or not had_content or blank or blank_before or breaks[0].group() in _KEPT_BREAKS:
                _add_breaks(breaks, writer)
            elif len(breaks) == 1:
                writer.add(" ", breaks[0].start(), breaks[0].end())
            else:
                _add_breaks(breaks[1:], writer)
            writer.add(text[content:line_end], content, line_end)
            breaks = []
            had_content = True
            blank_before = blank
        if match is None:
            break
        breaks.append(match)
        position = match.end()
    if chomping == "+":
        _add_breaks(breaks, writer)
    elif had_content and chomping != "-":
        _add_breaks(breaks[:1], writer)
    return writer.finish(end)
