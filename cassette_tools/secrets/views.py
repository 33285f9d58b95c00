"""The texts that a recording holds, as deep as they are coded, each with the way back to what is recorded.

A body may be gzip, in which there is JSON, in which a string is base64, in which there is JSON again. A view is one of
these texts. It knows the text it was taken from and turns changes of its own characters into changes of that one's, up
to the values of the document. Only where a coding leaves no other way is more written anew than what was changed.
"""

import base64
import binascii
import itertools
import re
from abc import ABC, abstractmethod
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from cassette_tools.model import Body, Path, Route
from cassette_tools.wire import encoding

if TYPE_CHECKING:
    from cassette_tools.source.scalar import ScalarMap


class TextChange(NamedTuple):
    """A replacement of characters of a view."""

    start: int
    end: int
    text: str


class View(ABC):
    """A text of a recording.

    Attributes:
        text: Its characters. Bytes that are no text are here as Latin-1, one character each.
        parent: What it was taken from; None for a value of the document.
        depth: How many views there are between it and the document.
        coding: What was taken off, in words: ``base64``, ``gzip``; empty where nothing was.
    """

    __slots__ = ("_inner", "_unescaped", "coding", "depth", "parent", "text")

    def __init__(self, text: str, parent: "View | None", coding: str = "") -> None:
        self.text = text
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.coding = coding
        self._inner: tuple[View, ...] | None = None
        self._unescaped: View | Literal[False] | None = False

    @property
    def inner(self) -> "tuple[View, ...]":
        """The texts that stand in this one under another coding, as far as they may hide something; made once."""
        if self._inner is None:
            self._inner = tuple(_hidden_in(self))
        return self._inner

    @property
    def unescaped(self) -> "View | None":
        """The text with the escapes of JSON taken off, all over it; None when there are none; made once."""
        if self._unescaped is False:
            self._unescaped = without_escapes(self)
        return self._unescaped

    @abstractmethod
    def lower(self, changes: list[TextChange]) -> "list[tuple[View, TextChange]]":
        """What has to change in the texts it was taken from; of a value of the document, nothing."""

    @abstractmethod
    def route(self, start: int, end: int) -> Route:
        """The place of some characters."""

    def ground(self, start: int, end: int) -> "tuple[View, int, int]":
        """The text in which some characters stand as they are, but for escapes, and their place there."""
        return self, start, end

    def grounds(self, start: int, end: int) -> "list[tuple[View, int, int]]":
        """The same for characters that stand in several texts."""
        return [self.ground(start, end)]

    @property
    def codings(self) -> list[str]:
        """What was taken off, from the document on."""
        above = self.parent.codings if self.parent is not None else []
        return [*above, self.coding] if self.coding else above


class Recorded(View):
    """A value of the document that is text."""

    __slots__ = ("path",)

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(text, None)
        self.path = path

    def lower(self, changes: list[TextChange]) -> list[tuple[View, TextChange]]:  # noqa: ARG002
        """Nothing: this is what is edited."""
        return []

    def route(self, start: int, end: int) -> Route:
        """The characters of the value."""
        return Route(self.path, span=(start, end))


class RecordedBytes(Recorded):
    """A value of the document that is bytes, however they are written there."""

    __slots__ = ()

    def __init__(self, data: bytes, path: Path) -> None:
        super().__init__(data.decode("latin-1"), path)

    def route(self, start: int, end: int) -> Route:  # noqa: ARG002
        """The whole value."""
        return Route(self.path)


class Derived(Recorded):
    """A text that the recorder stored as a structure: there is no way back to single characters."""

    __slots__ = ()

    def route(self, start: int, end: int) -> Route:  # noqa: ARG002
        """The whole value."""
        return Route(self.path)


class Fixed(Recorded):
    """A text of the file that is no value, and is not edited: the key of a pair, a comment, what a later key hides.

    Args:
        text: The text.
        place: Tells the place of some characters of it.
    """

    __slots__ = ("_place",)

    def __init__(self, text: str, place: Callable[[int, int], Route]) -> None:
        super().__init__(text, ())
        self._place = place

    def route(self, start: int, end: int) -> Route:
        """The characters, or all of it."""
        return self._place(start, end)


class Mapped(View):
    """A text in which characters were escaped.

    Args:
        parent: The text with the escapes.
        text: The text without them.
        make_map: Maps the second onto the first: asked for when something was found, since it takes longer than that.
        coding: What kind of escapes.
        spell: Escapes a new text.
    """

    __slots__ = ("_made", "_make_map", "_spell")

    def __init__(
        self, parent: View, text: str, make_map: Callable[[], "ScalarMap"], coding: str, spell: Callable[[str], str]
    ) -> None:
        super().__init__(text, parent, coding)
        self._make_map = make_map
        self._made: ScalarMap | None = None
        self._spell = spell

    @property
    def _map(self) -> "ScalarMap":
        if self._made is None:
            self._made = self._make_map()
        return self._made

    def lower(self, changes: list[TextChange]) -> list[tuple[View, TextChange]]:
        """The same characters, as they are spelt."""
        assert self.parent is not None  # noqa: S101 - for the type checker
        return [
            (self.parent, TextChange(*self._map.span(start, end), self._spell(text))) for start, end, text in changes
        ]

    def route(self, start: int, end: int) -> Route:
        """The characters as they are spelt."""
        assert self.parent is not None  # noqa: S101
        return self.parent.route(*self._map.span(start, end))

    def ground(self, start: int, end: int) -> tuple[View, int, int]:
        """That of the text in which they are escaped."""
        view, first, last = self.above(start, end)
        return view.ground(first, last)

    def above(self, start: int, end: int) -> tuple[View, int, int]:
        """The text in which they are escaped, and their place there."""
        assert self.parent is not None  # noqa: S101
        return (self.parent, *self._map.span(start, end))

    def stands_above(self, start: int, end: int, without: "re.Pattern[str] | None" = None) -> bool:
        """Whether the same characters stand in the text that this one was taken from.

        Args:
            start: Characters of this text.
            end: The same, exclusive.
            without: What is not compared.
        """
        view, first, last = self.above(start, end)
        above, here = view.text[first:last], self.text[start:end]
        return above == here or (without is not None and without.sub("", above) == without.sub("", here))


class Packed(View):
    """A text that is coded as a whole: what changes in it changes all of a range of the text it was taken from."""

    __slots__ = ("_pack", "end", "start")

    def __init__(self, parent: View, start: int, end: int, text: str, coding: str, pack: Callable[[str], str]) -> None:
        super().__init__(text, parent, coding)
        self.start, self.end = start, end
        self._pack = pack

    def lower(self, changes: list[TextChange]) -> list[tuple[View, TextChange]]:
        """All of it, coded anew."""
        assert self.parent is not None  # noqa: S101
        return [(self.parent, TextChange(self.start, self.end, self._pack(replaced(self.text, changes))))]

    def route(self, start: int, end: int) -> Route:  # noqa: ARG002
        """All of it."""
        assert self.parent is not None  # noqa: S101
        return self.parent.route(self.start, self.end)


class Data(Packed):
    """What is coded as a whole, and no text: an escape in it is one by chance."""

    __slots__ = ()


def without_coding(view: View, start: int, end: int) -> tuple[View, int, int]:
    """The text in which some characters stand as they are, if it is not this one: nothing in them is escaped then."""
    while isinstance(view, Mapped) and view.parent is not None and view.stands_above(start, end):
        view, start, end = view.above(start, end)
    return view, start, end


def replaced(text: str, changes: list[TextChange]) -> str:
    """A text after changes that do not overlap."""
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(changes):
        parts += (text[position:start], new)
        position = end
    return "".join((*parts, text[position:]))


def settled(changes: list[TextChange]) -> list[TextChange]:
    """Changes that do not overlap: of two that do, the longer or earlier one takes in the other, with its range."""
    result: list[TextChange] = []
    for change in sorted(dict.fromkeys(changes), key=lambda change: (change.start, -change.end)):
        last = result[-1] if result else None
        if last is None or (change.start >= last.end and not (change.start == last.start and change.end == last.end)):
            result.append(change)
        elif change.end > last.end:
            longer = max(last, change, key=lambda change: change.end - change.start)
            result[-1] = TextChange(last.start, change.end, longer.text)
    return result


# --- bodies ---------------------------------------------------------------------------------------------------------


def of_body(body: Body, *, binary: bool = False) -> View | None:
    """The text of a body, without its content codings as far as it can be unpacked; None when there is no body.

    Args:
        body: The body.
        binary: It is no text: one character for each byte.
    """
    raw = body.raw
    if not raw:
        return None
    if isinstance(raw, str):
        return Recorded(raw, body.path) if body.exact else Derived(raw, body.path)
    view: View = RecordedBytes(raw, body.path)
    if body.codings and body.coded is not False:
        if body.decoded.problem:
            return view
        view = _without_codings(view, raw, body.decoded.data, body.codings)
    return view if binary else _in_charset(_without_packing(view), body.charset)


def _without_packing(view: View) -> View:
    """The same unpacked, where the bytes give away that they are packed although nobody says so."""
    data = view.text.encode("latin-1")
    name = encoding.sniff(data)
    unpacked = encoding.decode(data, (name,)) if name else None
    if unpacked is None or unpacked.problem:
        return view
    return _without_codings(view, data, unpacked.data, (name,))


def _without_codings(view: View, packed: bytes, data: bytes, names: tuple[str, ...]) -> View:
    def pack(text: str) -> str:
        return encoding.encode_like(packed, text.encode("latin-1"), names).decode("latin-1")

    return Packed(view, 0, len(view.text), data.decode("latin-1"), ", ".join(names), pack)


def _in_charset(view: View, charset: str) -> View:
    data = view.text.encode("latin-1")
    if data.isascii() and b"\0" not in data:
        return view
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return view
    if text.encode(charset) != data:
        return view  # not every charset has one spelling only
    return Packed(view, 0, len(view.text), text, "", lambda text: text.encode(charset).decode("latin-1"))


# --- what a text may hold -------------------------------------------------------------------------------------------

_SHORTEST = 28
"""Characters of base64 that are looked into: those of twenty bytes."""
# The first two characters are those of a byte that a text, or gzip, zlib and zstd, may start with, and of no other half
# of one behind it: two of three runs in a recording are ids and the like, and need no second look.
_PAIR = rb"(?:[CDGHI-Za-f][A-HM-Xc-ns-z0-389+/_-]|[w-z0-9][I-LYZabopqr4-7]|H4|eJ|KL)"
_PROMISING = re.compile(_PAIR)
_BEHIND_A_SIGN = re.compile(rb"[/_-]" + _PAIR)
_ESCAPE_BEFORE = re.compile(rb"\\u[0-9A-Fa-f]{4}|\\[bfnrt]|%(?:25)*[0-9A-Fa-f]{2}")
_NO_SIGN = re.compile(rb"[^A-Za-z0-9+/_-]")
_OUTLINE = bytes(32 if _NO_SIGN.match(bytes((byte,))) else 65 for byte in range(256))
_PART = 1 << 20
"""Bytes of a text that are looked at in one go."""
_LONG_RUN = b"A" * _SHORTEST
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_FIRST = frozenset((*b"\t\n\r\x1b\x1f", *range(0x20, 0x7F), *range(0xC2, 0xF5)))
"""Bytes that a text, or what is packed with gzip, zlib or zstd, may start with."""


# What an encoder puts between lines, as it is or escaped as JSON has it.
_BREAK = re.compile(r"(?:\r\n|\n|\r|(?:\\+r)?\\+n)[ \t]*")
_LINE = re.compile(r"[A-Za-z0-9+/_-]+")
_FIRST_LINE = 80
"""Characters of base64 that tell whether it may be a text; as many as encoders put in a line."""


def in_base64(view: View) -> Iterator[View]:
    """The texts that stand in a text as base64, in one line or in several, plain or packed with gzip, zlib or zstd."""
    text, seen, tried = view.text, 0, 0
    for start, end in _runs(text):
        if start < seen:
            continue  # a further line
        if not _may_be_text(_decoded(text[start : min(end, start + _FIRST_LINE)])):
            continue
        # Of lines that were nothing together, each is looked at alone.
        whole = _last_line(text, start, end) if start >= tried else end
        tried = max(tried, whole)
        for last in dict.fromkeys((whole, end)):
            run = text[start:last]
            if isinstance(view, Mapped) and view.stands_above(start, last, without=_BREAK):
                break  # found there
            data = _decoded(_in_one_line(run) if last > end else run)
            found = _view_of(view, start, last, run, data) if data is not None else None
            if found is not None:
                yield found
                seen = last
                break


def _in_one_line(run: str) -> str:
    """Base64 without what is between its lines."""
    gap = _first_break(run)
    if gap is None:
        return run
    # Nearly always the same: not to be looked for at each character.
    run = run.replace(gap.group(), "")
    return _BREAK.sub("", run) if "\\" in run else "".join(run.split())


def _first_break(run: str) -> re.Match[str] | None:
    """What is behind the first line of base64; None where there is one line."""
    return _BREAK.search(run) if "\n" in run or "\r" in run or "\\" in run else None


def _last_line(text: str, start: int, end: int) -> int:
    """Where base64 ends of which one line ends here: all lines are as long as the first one, but for the last."""
    width = end - start
    if width % 4 or text[end - 1] == "=":
        return end
    while (gap := _BREAK.match(text, end)) is not None and (line := _LINE.match(text, gap.end())) is not None:
        size = line.end() - line.start()
        if size > width:
            break
        end = line.end()
        if size < width:
            break
    while text.startswith("=", end):
        end += 1
    return end


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where there may be base64 of a text, in either alphabet, with its padding."""
    data = text.encode("utf-8", "surrogatepass")
    is_ascii = len(data) == len(text)
    refused: set[tuple[bytes, int]] = set()
    seen = characters = 0
    for at, end in _long_runs(data):
        start = _first_promising(data, at, end)
        if start < 0:
            continue
        # The events of a stream repeat ids: what was none before is none again.
        head = data[start : start + _HEAD], min(end - start, _HEAD + _SHORTEST)
        if head in refused:
            continue
        if not _is_promising(data[start : start + 12]):
            start = _behind_a_name(data, start, end)
            if start < 0:
                refused.add(head)
                continue
        last = end
        while last < len(data) and data[last] == _PADDING:
            last += 1
        if is_ascii:
            yield start, last
        else:
            first = characters + len(data[seen:start].decode("utf-8", "surrogatepass"))
            yield first, first + last - start
            seen, characters = last, first + last - start


def _long_runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Where as many signs of base64 follow each other as a text has, and what is behind the last of them."""
    begin = 0
    while begin < len(data):
        # A part of a large text at a time, which ends between two runs.
        gap = _NO_SIGN.search(data, begin + _PART)
        stop = len(data) if gap is None else gap.start()
        # One letter for all of the signs: no expression finds long runs as fast.
        outline = data[begin:stop].translate(_OUTLINE)
        end = 0
        while (at := outline.find(_LONG_RUN, end)) >= 0:
            end = outline.find(b" ", at + _SHORTEST)
            end = len(outline) if end < 0 else end
            yield begin + at, begin + end
        begin = stop


def _first_promising(data: bytes, at: int, end: int) -> int:
    """Where in a run base64 may start: at once, behind an escape that has its first signs, or behind a sign; or -1."""
    before = _ESCAPE_BEFORE.match(data, at - 1) if at and data[at - 1] in b"\\%" else None
    if before is not None and end - before.end() >= _SHORTEST and _PROMISING.match(data, before.end()):
        return before.end()
    if _PROMISING.match(data, at):
        return at
    sign = _BEHIND_A_SIGN.search(data, at, end - _SHORTEST + 2)
    return sign.start() + 1 if sign is not None else -1


def _is_promising(run: bytes) -> bool:
    """Whether twelve characters are the start of a text in base64, or of packed data."""
    try:
        head = binascii.a2b_base64(run.translate(_STANDARD))
    except binascii.Error:
        return False
    return head[0] in _FIRST and _may_be_text(head)


def _may_be_text(data: bytes | None) -> bool:
    """Whether bytes may be the first ones of a text, or of packed data."""
    if not data or data.isascii():
        return bool(data)
    start = _UTF8.match(data)
    # The last character may be cut.
    return start is None or start.end() > len(data) - 4 or bool(_packed_with(data))


_UTF8 = re.compile(
    rb"(?:[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})*+"
)
"""As much of UTF-8 as there is (RFC 3629, 4): of data that is none an exception takes longer."""


_STANDARD = bytes.maketrans(b"-_", b"+/")
_PADDING = ord("=")
_NAMES = 4
"""Parts of a path, or words of a name, that may stand in front of base64 without a sign between them."""
_HEAD = 40
"""Characters in which they are looked for."""


def _behind_a_name(data: bytes, start: int, end: int) -> int:
    """Where base64 starts in a run that a path or a name begins; -1 where it does not."""
    for _ in range(_NAMES):
        match = _SEPARATOR.search(data, start, min(end, start + _HEAD))
        if match is None or end - match.end() < _SHORTEST:
            break
        start = match.end()
        if _is_promising(data[start : start + 12]):
            return start
    return -1


_SEPARATOR = re.compile(rb"[/_-]")


def _packed_with(data: bytes) -> str:
    """The name of what bytes are packed with, as far as their beginning tells; empty when it tells nothing."""
    return encoding.sniff(data) or ("deflate" if encoding.may_be_zlib(data) else "")


def _decoded(run: str) -> bytes | None:
    """The bytes of a run of base64 in either alphabet, with its padding or without."""
    bare = run.rstrip("=")
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    if "-" in bare or "_" in bare:
        bare = bare.replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def base64_view(view: View) -> View | None:
    """What a text holds that is base64 from its first to its last character."""
    data = _decoded(view.text)
    return _view_of(view, 0, len(view.text), view.text, data) if data is not None else None


def _view_of(parent: View, start: int, end: int, run: str, data: bytes) -> View | None:
    name = _packed_with(data)
    url_safe = "-" in run or "_" in run
    gap = _first_break(run)
    padded = run.endswith("=") or len(_in_one_line(run)) % 4 == 0

    def coded(new: bytes) -> str:
        text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(new).decode("ascii")
        text = text if padded else text.rstrip("=")
        if gap is None:
            return text
        width = gap.start()
        return gap.group().join(text[at : at + width] for at in range(0, len(text), width))

    if name:
        unpacked = encoding.decode(data, (name,))
        if not unpacked.problem:
            packed = (Packed if _is_utf8(unpacked.data) else Data)(
                parent, start, end, unpacked.data.decode("latin-1"), f"base64, {name}",
                lambda text: coded(encoding.encode_like(data, text.encode("latin-1"), (name,))),
            )  # fmt: skip
            return _in_charset(packed, "utf-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _NO_TEXT.search(text):
        return None
    return Packed(parent, start, end, text, "base64", lambda text: coded(text.encode("utf-8")))


_ESCAPE = re.compile(r'\\["\\/bfnrtu]')


def without_escapes(view: View) -> View | None:
    """The text with the escapes of JSON taken off, all over it; None when there are none. Better ask the view."""
    if "\\" not in view.text or not _ESCAPE.search(view.text):
        return None
    from cassette_tools.source import scalar

    text = scalar.without_escapes(view.text)
    return Mapped(view, text, lambda: scalar.unescaped(view.text), "JSON escapes", json_spelling)


def json_spelling(text: str) -> str:
    """The text as it may stand between the quotes of a JSON string, whatever the charset of what is around it."""
    import json

    return json.dumps(text)[1:-1]


_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def without_percent(view: View, *, form: bool = False) -> View | None:
    """The text with percent-encoding taken off (RFC 3986, section 2.1); None when there is none.

    Args:
        view: The text.
        form: It is a form, in which a plus sign is a space.
    """
    if "%" not in view.text and not (form and "+" in view.text):
        return None
    text = _PERCENT.sub(_plain_run, view.text.replace("+", " ") if form else view.text)
    if text == view.text:
        return None
    from urllib.parse import quote

    from cassette_tools.source.scalar import mapped

    return Mapped(
        view,
        text,
        lambda: mapped(_percent_pieces(view.text, form=form), len(view.text)),
        "percent-encoding",
        lambda new: quote(new, safe=""),
    )


# Of ASCII, one alone: most are.
_ALONE = {form % byte: chr(byte) for byte in range(128) for form in ("%%%02X", "%%%02x")}


def _plain_run(match: re.Match[str]) -> str:
    run = match.group()
    if len(run) == 3 and run in _ALONE:
        return _ALONE[run]
    try:
        return bytes.fromhex(run.replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return "".join(char for char, _, _ in _percent_pieces(run, form=False))


def _percent_pieces(text: str, *, form: bool) -> Iterator[tuple[str, int, int]]:
    position = 0
    for match in _PERCENT.finditer(text):
        yield from _plain_pieces(text, position, match.start(), form=form)
        start, position = match.span()
        data = bytes.fromhex(match.group().replace("%", ""))
        offset = 0
        while offset < len(data):
            # A character of UTF-8 is up to four bytes; what is none stays as it is.
            for size in range(1, 5):
                piece = data[offset : offset + size]
                try:
                    char = piece.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                break
            else:
                size = 1
                char = text[start + 3 * offset : start + 3 * offset + 3]
            yield char, start + 3 * offset, start + 3 * (offset + min(size, len(data) - offset))
            offset += size
    yield from _plain_pieces(text, position, len(text), form=form)


def _plain_pieces(text: str, start: int, end: int, *, form: bool) -> Iterator[tuple[str, int, int]]:
    part = text[start:end]
    # As long as what it comes from, character by character.
    yield part.replace("+", " ") if form else part, start, end


# What a coding must hide for a look below it to pay: letters and digits, what binds the words of a key, line breaks.
_HIDDEN_BY_ESCAPES = re.compile(r"\\(?:/|u00(?:2[013-58-9a-fA-F]|3[0-9abdABDfF]|[4-7][0-9a-fA-F]))")
_HIDDEN_BY_PERCENT = re.compile(r"%(?:0[aAdD]|25|2[bBdDeEfF]|3[0-9aAdD]|40|5[cC]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])")


_MAX_CODINGS = 5
"""Codings within each other that are looked below."""


_BETWEEN = "\n\0\n"
"""What separates texts that are looked at as one: in no coding."""


def hiding(texts: Sequence[str]) -> set[int]:
    """The numbers of the texts that may hold others under a coding, told by one look at all of them."""
    joined = _BETWEEN.join(texts)
    ends = list(itertools.accumulate(len(text) + len(_BETWEEN) for text in texts))
    found = {bisect(ends, start) for start, _ in _runs(joined)}
    for signs, hidden in ((("\\/", "\\u00"), _HIDDEN_BY_ESCAPES), (("%",), _HIDDEN_BY_PERCENT)):
        match = hidden.search(joined) if any(sign in joined for sign in signs) else None
        while match is not None:
            number = bisect(ends, match.start())
            found.add(number)
            match = hidden.search(joined, ends[number])
    return found


def _hidden_in(view: View) -> Iterator[View]:
    if len(view.codings) >= _MAX_CODINGS:
        return
    text = view.text
    if len(text) >= _SHORTEST:
        yield from in_base64(view)
    if isinstance(view, Data):
        return
    if ("\\/" in text or "\\u00" in text) and _HIDDEN_BY_ESCAPES.search(text):
        inner = view.unescaped
        if inner is not None:
            yield inner
    elif "%" in text and _HIDDEN_BY_PERCENT.search(text):
        inner = without_percent(view)
        if inner is not None:
            yield inner
