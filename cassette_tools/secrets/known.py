"""Secrets whose values are known: each value is searched for in the forms in which software writes values.

The forms are those of a value's characters, so that they may be mixed, as encoders differ in what they escape: as it
is, percent-encoded (RFC 3986; any number of times), escaped as in JSON (RFC 8259; up to three times, and then
percent-encoded); and those of its bytes: base64 (RFC 4648, both alphabets, in lines or not, whatever comes before it)
and hexadecimal digits. All of a value's forms are one regular expression of RE2's: linear time whatever the input.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re2

_START = 12
"""Characters of a value that are looked for first: enough to tell, and quickly compiled."""
_PIECE = 240
"""Characters of a value that one expression holds; RE2 bounds the size of one."""
_LONGEST = 4000
"""Characters of a value that is looked for in all its forms, which for one of megabytes would take minutes; no
credential is longer. A longer one is looked for as it is."""
_ESCAPE = rb"\\|%(?:25)*5[cC]"
_MEMORY = 64 << 20
"""What RE2 may use for one, in bytes."""


class KnownHit(NamedTuple):
    """A known value in a text."""

    name: str
    start: int
    """In characters of the text; in base64, the first that holds bits of the value."""
    end: int
    """Exclusive; in base64, behind the last that holds bits of the value."""
    how: str
    """``raw``, ``percent-encoded``, ``JSON-escaped``, ``base64`` or ``hex``."""


class _Compiled:
    """The expressions of a value."""

    def __init__(self, value: str) -> None:
        self.styles = _styles(value)
        """Those of its text; the forms of its bytes follow."""
        self.forms = [
            [_join(form[start : start + _PIECE]) for start in range(0, len(form), _PIECE)]
            for form in _forms(value, self.styles)
        ]
        self.first = _compile("|".join(f"({form[0]})" for form in self.forms))
        """That of the first pieces, with a group for each form."""
        self._pieces: dict[int, list[re2._Regexp]] = {}

    def pieces(self, form: int) -> "list[re2._Regexp]":
        """Those of a form's further pieces."""
        if form not in self._pieces:
            self._pieces[form] = [_compile(piece) for piece in self.forms[form][1:]]
        return self._pieces[form]


class Known:
    """Searches texts for known values.

    Args:
        values: The values by their names, such as those of environment variables. None is empty.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._patterns: dict[str, _Compiled] = {}
        starts = [
            f"(?:{'|'.join(_join(form) for form in _forms(value[:_START], [_ANY]))})" for value in values.values()
        ]
        # One pass over a text that holds none of them, which is nearly every one.
        self._any = _compile("|".join(starts)) if starts else None

    def __bool__(self) -> bool:
        return bool(self._values)

    def value(self, name: str) -> str:
        """The value of that name."""
        return self._values[name]

    def hits(self, text: str) -> list[KnownHit]:
        """Where the values are, in the order of their places; those of one value do not overlap."""
        if self._any is None:
            return []
        data = text.encode("utf-8", "surrogatepass")
        if self._any.search(data) is None:
            return []
        found = sorted((*hit, name) for name in self._values for hit in self._places(name, data))
        if len(data) == len(text):
            return [KnownHit(name, start, end, how) for start, end, how, name in found]
        chars = dict(_characters(data, sorted({offset for hit in found for offset in hit[:2]})))
        return [KnownHit(name, chars[start], chars[end], how) for start, end, how, name in found]

    def _places(self, name: str, data: bytes) -> Iterator[tuple[int, int, str]]:
        """Where one value is, in bytes, and in which form."""
        if len(self._values[name]) > _LONGEST:
            value = self._values[name].encode("utf-8", "surrogatepass")
            start = data.find(value)
            while start >= 0:
                yield start, start + len(value), "raw"
                start = data.find(value, start + len(value))
            return
        known = self._compiled(name)
        texts = len(known.styles)
        position = 0
        while (match := known.first.search(data, position)) is not None:
            form = next(number for number in range(len(known.forms)) if match.start(number + 1) >= 0)
            end = _rest(known.pieces(form), data, match.end())
            if end < 0:  # of a long value no more than the first piece
                position = match.start() + 1
                continue
            start, is_text = match.start(), form < texts
            if is_text and not self._values[name].startswith("\\"):
                style = known.styles[form]
                start = _whole_escape(data, start, style.levels)
                again = known.first.search(data, match.start() + 1) if style.exact and start > match.start() else None
                if again is not None and again.start() < end:
                    position = match.start() + 1  # not escaped that many times
                    continue
            how = "base64" if form < texts + 3 else "hex"
            yield start, end, self._how(name, data[start:end]) if is_text else how
            position = end

    def _compiled(self, name: str) -> "_Compiled":
        known = self._patterns.get(name)
        if known is None:
            known = self._patterns[name] = _Compiled(self._values[name])
        return known

    def _how(self, name: str, found: bytes) -> str:
        value = self._values[name].encode("utf-8", "surrogatepass")
        if found == value:
            return "raw"
        return "JSON-escaped" if found.count(b"\\") > value.count(b"\\") else "percent-encoded"


def _whole_escape(data: bytes, start: int, levels: int) -> int:
    """Where a value starts: of many backslashes before its first character, some may be of what is in front of it.

    Where a backslash is doubled n times, a character that is escaped has 2**n of them and a quotation mark, whose own
    is doubled as well, one less than twice as many; every backslash in front has twice as many. A slash may have any
    number up to that of a quotation mark.
    """
    run = re.match(b"(?:%b)+" % _ESCAPE, data[start : start + 100])
    if run is None:
        return start
    units = re.findall(_ESCAPE, run.group())
    number = len(units)
    for unit in reversed(re.findall(_ESCAPE + b"|.", data[max(start - 300, 0) : start], re.DOTALL)):
        if not re.fullmatch(_ESCAPE, unit):
            break
        number += 1
    escaped = re.match(rb'("|%(?:25)*22)|(/|%(?:25)*2[fF])', data[start + run.end() : start + run.end() + 20])
    if escaped is not None and escaped[2]:
        own = number & ((1 << levels) - 1)
    else:
        is_quote = escaped is not None
        number += is_quote
        own = (number & -number) - is_quote
    return start + sum(map(len, units[: max(len(units) - own, 0)]))


def _rest(pieces: "list[re2._Regexp]", data: bytes, position: int) -> int:
    """Where the further pieces of a value end, or -1."""
    for piece in pieces:
        match = piece.match(data, position)
        if match is None:
            return -1
        position = match.end()
    return position


def _characters(data: bytes, offsets: list[int]) -> Iterator[tuple[int, int]]:
    """For offsets in UTF-8, rising, the numbers of characters before them."""
    last = count = 0
    for offset in offsets:
        count += len(data[last:offset].decode("utf-8", "surrogatepass"))
        last = offset
        yield offset, count


def _compile(regex: str) -> "re2._Regexp":
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # a byte is a character
    options.max_mem = _MEMORY
    options.log_errors = False
    return re2.compile(regex.encode("ascii"), options)


def _join(units: list[str]) -> str:
    return "".join(units)


def _forms(value: str, styles: "list[_Style]") -> list[list[str]]:
    """The forms of a value: those of its text, three of its base64, its hexadecimal digits.

    Each is a list of the regular expressions of its units, characters or bytes, in their order. Base64 is that behind
    zero, one and two bytes (modulo three).
    """
    data = value.encode("utf-8", "surrogatepass")
    texts = [[_character(char, style) for char in value] for style in styles]
    base64 = [_base64(data, before) for before in range(3)]
    return [*texts, *base64, [_hexadecimal(byte) for byte in data]]


class _Style(NamedTuple):
    """How a text writes what would mean something else as it is."""

    levels: int = 3
    """How many times it is escaped as the strings of JSON are."""
    exact: bool = False
    """Whether it is just as many times, and not up to as many."""
    quotes: bool = True
    """Whether quotation marks are escaped: they are not within single ones."""
    percent: bool = False
    """Whether all that is escaped is percent-encoded as well, but for slashes: ``%22\\/``."""
    spaces: int | None = None
    """How many times it is encoded since plus signs were spaces, as in forms; 0 if never, None where nothing tells."""


_ANY = _Style()


def _styles(value: str) -> list[_Style]:
    """The styles of a value that its characters tell apart: what is escaped twice at its end is so at its start."""
    styles = [_ANY]
    if re.search(r'[\\"\x00-\x1f]', value):
        styles = [_Style(levels, exact=True) for levels in (3, 2, 1, 0)]
        styles += [_Style(1, exact=True, quotes=False)] * ('"' in value)
        styles += [_Style(percent=True)] * ("/" in value)
    if " " in value and "+" in value:
        styles = [style._replace(spaces=spaces) for style in styles for spaces in (0, 1, 2)]
    return styles


_BACKSLASH = f"(?:{_ESCAPE.decode()})"
_SHORT = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r"}


@functools.cache
def _character(char: str, style: _Style) -> str:
    """The forms of a character: as it is, percent-encoded, and escaped as JSON's strings are."""
    data = char.encode("utf-8", "surrogatepass")
    raw = "".join(f"\\x{byte:02x}" for byte in data)
    percent = "".join(f"%(?:25)*{_hexadecimal(byte)}" for byte in data)
    if style.percent and (char in '\\"' or char < " "):
        return percent
    most = 1 << style.levels
    # Where a form is the start of another one, the longer one comes first: half of an escape is no place to cut at.
    forms = [percent]
    if most > 1:
        backslash = r"\\" if char.isascii() and char.isalnum() else _BACKSLASH
        units = char.encode("utf-16-be", "surrogatepass")
        forms.append(
            "".join(
                f"{backslash}{{1,{most // 2}}}u{_hexadecimal(high)}{_hexadecimal(low)}"
                for high, low in zip(units[::2], units[1::2], strict=True)
            )
        )
    if char == "\\":
        numbers = (most,) if style.exact else (8, 4, 2, 1)
        return f"(?:{'|'.join((*(f'{_BACKSLASH}{{{number}}}' for number in numbers), *forms[1:]))})"
    if char == '"' and style.quotes and most > 1:
        number = f"{most - 1}" if style.exact else f"0,{most - 1}"
        return f"(?:{forms[1]}|{_BACKSLASH}{{{number}}}(?:{raw}|{percent}))"
    if char == "+" and style.spaces:
        return percent if style.spaces == 1 else f"%25{percent[1:]}"
    forms.append(raw)
    if char == " ":
        forms += {None: [r"\+", "%(?:25)*2[bB]"], 1: [r"\+"], 2: ["%2[bB]"]}.get(style.spaces, [])
    elif char in _SHORT and most > 1:
        number = f"{most // 2}" if style.exact else f"1,{most // 2}"
        forms.append(f"{_BACKSLASH}{{{number}}}{_SHORT[char]}")
    elif char == "/" and style.quotes and most > 1:
        backslash = r"\\" if style.percent else _BACKSLASH
        forms.append(f"{backslash}{{1,{most - 1}}}(?:{raw}|{percent})")
    return f"(?:{'|'.join(forms)})"


@functools.cache
def _hexadecimal(byte: int) -> str:
    return "".join(digit if digit.isdigit() else f"[{digit}{digit.upper()}]" for digit in f"{byte:02x}")


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_PLUS = r"[+\-]|%(?:25)*2[bB]|\\{1,2}u002[bB]"
_SLASH = r"\\{0,3}/|_|%(?:25)*2[fF]"
_LINE_BREAK = r"(?:\r?\n|(?:\\r)?\\n)?"
"""MIME's and PEM's lines are shorter than a key; in JSON, too."""


def _base64(data: bytes, before: int) -> list[str]:
    """The base64 of bytes behind ``before`` others, which share the first of the characters."""
    bits = "?" * (8 * before) + "".join(f"{byte:08b}" for byte in data)
    bits += "?" * (-len(bits) % 6)
    starts = range(8 * before // 6 * 6, len(bits), 6)
    return [(_LINE_BREAK if number else "") + _sextet(bits[start : start + 6]) for number, start in enumerate(starts)]


@functools.cache
def _sextet(bits: str) -> str:
    """The characters that six bits may be; ``?`` are those that are not known."""
    wanted, known = int(bits.replace("?", "0"), 2), int("".join("01"[bit != "?"] for bit in bits), 2)
    numbers = [number for number in range(64) if number & known == wanted]
    letters = "".join(_LETTERS[number] for number in numbers if number < 62)
    forms = [f"[{letters}]"] * bool(letters) + [_PLUS] * (62 in numbers) + [_SLASH] * (63 in numbers)
    return f"(?:{'|'.join(forms)})"
