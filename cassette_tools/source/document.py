"""YAML text to nodes with places: the only room that knows a YAML parser.

The parser is libyaml as PyYAML brings it, which VCR.py reads with; go-vcr's is a port of it, and Psych has it too: what
is read here is what replays. Where PyYAML came without it, ruamel.yaml's parser in Python takes its place: it reads
escaped surrogates and tabs as libyaml does, and PyYAML's own does not. Only the event stream is used, never a
constructor: no tag builds an object, aliases are shared and not copied, and depth and size are bounded.
"""

import bisect
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any, NamedTuple

from yaml import events as pyyaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from cassette_tools.source.nodes import CORE_TAGS, Mapping, Node, Scalar, Sequence, key_text

MAX_DEPTH = 400
"""Levels of nesting that are read; recordings have some thirty at most."""
TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
MAX_EXPANSION = 10_000_000
"""Nodes that a document may have once its aliases are expanded, which is what recorders do when they load it."""
MAX_MERGED = 1_000_000
"""Pairs that merge keys may copy: each may take up all that another one has taken up."""

_LARGE = 4_000_000
"""Characters of a text of which no second one is made."""
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"
"""Since 0.2.6 it reads a thousand levels; of brackets it may have seen as many before it tells of the first one."""
_NO_END = "found unexpected end of stream"


class Defect(NamedTuple):
    """Something wrong with the file itself, found while it was parsed."""

    kind: str
    """``syntax``, ``limit`` (more than is read), ``conflict``, ``duplicate-key`` or ``foreign-tag``."""
    message: str
    start: int
    """Characters from the start of the text."""
    end: int


class Document:
    """A parsed file.

    Attributes:
        root: The root node of the first YAML document; None when there is none, or when it cannot be read.
        defects: What is wrong with the file, in the order in which it was found.
        is_json: Whether it was read as JSON.
    """

    def __init__(self, data: bytes, *, is_json: bool = False) -> None:
        self.defects: list[Defect] = []
        self.is_json = is_json
        self.root: Node | None = None
        self._data = data
        self._text: str | None = None
        self._line_starts: list[int] | None = None

    @property
    def text(self) -> str:
        """The file as text, without a byte order mark; offsets count its characters."""
        if self._text is None:
            self._text = self._data.decode("utf-8-sig", "replace")
        return self._text

    @property
    def size(self) -> int:
        """The length of the file in bytes, unpacked."""
        return len(self._data)

    def mentions(self, word: bytes) -> bool:
        """Whether the file has these bytes somewhere; cheaper than asking its text."""
        return word in self._data

    @property
    def line_starts(self) -> list[int]:
        """The offset of each line's first character; lines end at LF, CR and CRLF, as in editors."""
        if self._line_starts is None:
            if "\r" in self.text or len(self.text) > _LARGE:
                self._line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.text))]
            else:  # as nearly always, and this is much quicker, but the text is there twice
                lines = self.text.split("\n")
                self._line_starts = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        return self._line_starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1."""
        line = bisect.bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> tuple[int, int]:
        """Where line ``number`` (from 1) starts and ends, its line break not included."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end


def parse(data: bytes) -> Document:
    """Parse a file. Whatever is wrong with it is in the document's defects; nothing is raised."""
    document = Document(data)
    wrong_encoding = not_utf8(data)
    if wrong_encoding:
        document.defects.append(wrong_encoding)
        return document
    conflict = find_conflict(data, document)
    if conflict:
        document.defects.append(conflict)
    try:
        _Builder(document).run(_events(data))
    except _StopParsing as stop:
        document.root = None
        document.defects.append(stop.defect)
    except YAMLError as error:
        document.root = None
        if not conflict:
            document.defects.append(_syntax_defect(error, document))
    return document


def not_utf8(data: bytes) -> Defect | None:
    """A file that starts like UTF-16, UTF-32, gzip or other binary data."""
    if data[:3] == b"\x1f\x8b\x08":
        return Defect("syntax", "the file is gzip data: give it a name that ends in .gz", 0, 0)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        message = "the file is not UTF-8 text (UTF-16, UTF-32 or binary data): save it as UTF-8"
        return Defect("syntax", message, 0, 0)
    return None


def _events(data: bytes) -> Callable[[], Any]:
    """A function that returns the next event, and None after the last one."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _pure_events(data)
    next_event: Callable[[], Any] = CParser(data).get_event
    return next_event


def _pure_events(data: bytes) -> Callable[[], Any]:
    """The same events and errors from ruamel.yaml's parser in Python."""
    from ruamel.yaml import YAML
    from ruamel.yaml import error as pure
    from ruamel.yaml.docinfo import DocInfo
    from ruamel.yaml.reader import ReaderError as PureReaderError

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReaderError(None, error.start, data[error.start], "utf-8", error.reason) from None
    yaml = YAML(typ="safe", pure=True)
    yaml.version = "1.1"
    yaml.doc_infos.append(DocInfo())  # directives are noted there
    try:
        _, parser = yaml.get_constructor_parser(text.removeprefix("\ufeff"))
    except PureReaderError as error:
        # This reader counts characters, where libyaml's counts bytes.
        before = text[: error.position + text.startswith("\ufeff")].encode()
        raise ReaderError("", len(before), error.character, error.encoding, error.reason) from None

    def next_event() -> Any:
        try:
            event = parser.get_event()
        except pure.MarkedYAMLError as error:
            raise MarkedYAMLError(error.context, error.context_mark, error.problem, error.problem_mark) from None
        except (pure.YAMLError, AssertionError, AttributeError, IndexError, TypeError, ValueError) as error:
            # Outside of its own API the parser trips over directives; to a user that is a syntax error like others.
            raise YAMLError(f"the text cannot be parsed ({type(error).__name__})") from error
        return None if event is None else _translated(event)

    return next_event


def _translated(event: Any) -> Any:
    """An event of ruamel.yaml's as the one of PyYAML's that is called the same."""
    kind = getattr(pyyaml, type(event).__name__)
    same = kind.__new__(kind)
    for name in ("anchor", "tag", "value", "style", "start_mark", "end_mark"):
        setattr(same, name, getattr(event, name, None))
    return same


class _StopParsing(Exception):  # noqa: N818
    """Ends the parse of a document that is not worth reading further."""

    def __init__(self, kind: str, message: str, start: int) -> None:
        super().__init__(message)
        self.defect = Defect(kind, message, start, start + 1)


_Open = tuple[Sequence | Mapping, str | None, list[Node], int]
"""What has not been closed yet: its node, its anchor, what stands beside it, and the size of all that comes before."""


class _Builder:
    """Builds the nodes of one document from events, with an explicit stack: depth costs no recursion."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._merged = 0

    def run(self, next_event: Callable[[], Any]) -> None:
        # Written out: what is called here is called for every value of a file.
        roots: list[Node] = []
        stack: list[_Open] = []
        items = roots  # of what is open; of a mapping its keys and values in turn
        size = 0  # of what is closed, in nodes, with its aliases expanded
        seen_document = False
        while (event := next_event()) is not None:
            kind = event.__class__
            if kind is ScalarEvent:
                tag = event.tag
                scalar = Scalar(event.value, tag, event.style or "", event.start_mark.index, event.end_mark.index)
                items.append(scalar)
                if tag is not None and tag not in CORE_TAGS:
                    self._foreign_tag(scalar)
                if event.anchor is not None:
                    self._anchors[event.anchor] = scalar, 1
            elif kind is SequenceStartEvent or kind is MappingStartEvent:
                start = event.start_mark.index
                if len(stack) >= MAX_DEPTH:
                    raise _StopParsing("limit", TOO_DEEP, start)
                shape = Sequence if kind is SequenceStartEvent else Mapping
                node = shape([], event.tag, start, start)
                items.append(node)
                stack.append((node, event.anchor, items, size))
                items = node.items if isinstance(node, Sequence) else []
            elif kind is SequenceEndEvent or kind is MappingEndEvent:
                size += len(items) + 1
                node, anchor, siblings, before = stack.pop()
                node.end = event.end_mark.index
                if isinstance(node, Mapping):
                    self._fill(node, items)
                items = siblings
                if node.tag is not None and node.tag not in CORE_TAGS:
                    self._foreign_tag(node)
                if anchor is not None:
                    self._anchors[anchor] = node, size - before
                if size - before > MAX_EXPANSION:
                    message = f"the aliases expand to more than {MAX_EXPANSION:,} values"
                    raise _StopParsing("limit", message, node.start)
            elif kind is AliasEvent:
                aliased, its_size = self._aliased(event, stack)
                items.append(aliased)
                size += its_size
            elif kind is DocumentStartEvent:
                if seen_document:
                    self._document.root = roots[0]
                    self._second_document(event)
                    return
                seen_document = True
        if roots:
            self._document.root = roots[0]

    def _fill(self, node: Mapping, items: list[Node]) -> None:
        """Give a mapping its pairs, whose keys and values come in turn."""
        members = iter(items)
        node.pairs = list(zip(members, members, strict=True))
        if "<<" in check_keys(node, self._document):
            self._merge(node)

    def _merge(self, node: Mapping) -> None:
        """Take up the pairs of what is merged into a mapping, as recorders do (https://yaml.org/type/merge.html)."""
        own = [pair for pair in node.pairs if not _is_merge(pair[0])]
        if len(own) == len(node.pairs):
            return
        known = {key_text(key) for key, _ in own}
        merged: list[tuple[Node, Node]] = []
        for key, value in node.pairs:
            for source in _sources(value) if _is_merge(key) else ():
                if not isinstance(source, Mapping):
                    message = "a merge key (<<) needs a mapping, or a list of them"
                    self._document.defects.append(Defect("syntax", message, key.start, key.end))
                    return
                for pair in source.pairs:
                    name = key_text(pair[0])
                    if name not in known:
                        known.add(name)
                        merged.append(pair)
        self._merged += len(merged)
        if self._merged > MAX_MERGED:
            raise _StopParsing("limit", f"merge keys (<<) copy more than {MAX_MERGED:,} values", node.start)
        node.pairs = merged + own
        node.is_merged = True

    def _aliased(self, event: Any, stack: list[_Open]) -> tuple[Node, int]:
        """What an alias stands for, and its size."""
        name = event.anchor
        if any(anchor == name for _, anchor, _, _ in stack):
            raise _StopParsing("syntax", "an alias stands inside the value it refers to", event.start_mark.index)
        if name not in self._anchors:
            message = "an alias refers to an anchor that does not exist before it"
            raise _StopParsing("syntax", message, event.start_mark.index)
        return self._anchors[name]

    def _foreign_tag(self, node: Node) -> None:
        end = node.end if isinstance(node, Scalar) else node.start + 1
        self._document.defects.append(Defect("foreign-tag", node.tag or "", node.start, end))

    def _second_document(self, event: Any) -> None:
        start = event.start_mark.index
        message = "a second YAML document starts here: recorders read only the first one"
        end = min(start + 3, len(self._document.text))
        self._document.defects.append(Defect("syntax", message, start, end))


def _is_merge(key: Node) -> bool:
    return isinstance(key, Scalar) and key.value == "<<" and not key.style and key.tag is None


def _sources(value: Node) -> list[Node]:
    return value.items if isinstance(value, Sequence) else [value]


def check_keys(node: Mapping, document: Document) -> set[str]:
    """Note the repetitions of keys in a mapping; ``<<`` may be repeated, it is no key of its own.

    Returns:
        All keys that are scalars.
    """
    keys = {key.value for key, _ in node.pairs if key.__class__ is Scalar}
    if len(keys) == len(node.pairs):
        return keys
    seen: dict[str, Scalar] = {}
    for key, _ in node.pairs:
        if not isinstance(key, Scalar) or key.value == "<<":
            continue
        first = seen.setdefault(key.value, key)
        if first is not key:
            document.defects.append(Defect("duplicate-key", key.value, key.start, key.end))
    return keys


def find_conflict(data: bytes, document: Document) -> Defect | None:
    """The first merge conflict: both its first and its last marker stand at the start of a line.

    Markers may come without the names of the sides; the one in the middle is then asked for, too.
    """
    # One byte is found ten times as fast as several, and most recordings have none.
    if b"<" not in data or b"<<<<<<<" not in data or b"\n>>>>>>>" not in data:
        return None
    if b"\n>>>>>>> " in data:
        first = re.search(r"(?m)^<<<<<<< [^\r\n]*", document.text)
    else:
        first = re.search(r"(?m)^<<<<<<<(?=\r?$)", document.text)
        position = first.end() if first else 0
        for marker in (r"^=======\r?$", r"^>>>>>>>\r?$"):
            match = re.compile(marker, re.MULTILINE).search(document.text, position)
            if match is None:
                return None
            position = match.end()
    return Defect("conflict", first.group(), first.start(), first.end()) if first else None


def _syntax_defect(error: YAMLError, document: Document) -> Defect:
    start = 0
    kind = "syntax"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if error.problem == _NO_END and error.context_mark is not None:
            mark = error.context_mark  # where the quote was opened; where the file ends says nothing
        context = f"{error.context}, " if error.context else ""
        message = f"{context}{error.problem}"
        start = mark.index if mark else 0
        if error.problem == _TOO_DEEP_FOR_LIBYAML:
            kind, message = "limit", TOO_DEEP
    elif isinstance(error, ReaderError):
        # The reader counts bytes; the offset of a character is the length of what decodes before it.
        start = len(document._data[: error.position].decode("utf-8-sig", "replace"))
        if "control" in str(error.reason) or "special" in str(error.reason):
            code = ord(document.text[start : start + 1] or "\0")
            what = "control character" if code < 0xA0 else "character"
            message = f"the {what} U+{code:04X} is not allowed in YAML"
        else:
            message = f"the bytes are not UTF-8 ({error.reason})"
    else:
        message = str(error)
    size = len(document.text)
    return Defect(kind, message, min(start, size), min(start + 1, size))
