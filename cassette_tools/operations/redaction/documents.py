"""The JSON documents of a text: the text itself, the lines of NDJSON, the data of events, and JSON within JSON."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.secrets.views import Mapped, Packed, View, base64_view, json_spelling
from cassette_tools.source import json_document
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, plain
from cassette_tools.source.scalar import mapped, scalar_map

_MAX_DEPTH = 4
"""Documents within each other."""
_LINE = re.compile(r"[^\r\n]+")
_DATA = re.compile(r"data:[ ]?")
_OPEN = re.compile(r"[ \t]*[{\[]")
_IN_BASE64 = re.compile(r"[eW][A-Za-z0-9+/_-]{6,}={0,2}")
"""Base64 of a text that starts with a brace or a bracket starts so."""

Range = tuple[int, int]


class Json(NamedTuple):
    """A JSON document."""

    view: View
    """Its text."""
    root: Node

    @property
    def value(self) -> Any:
        """What it says, as Python has it."""
        return plain(self.root)


def documents(view: View, depth: int = 0) -> Iterator[Json]:
    """The documents of a text, and those that their strings hold, plain or as base64.

    Args:
        view: The text: JSON, a line of it each, or an event stream (a document may have several ``data`` lines).
        depth: How many documents it stands within.
    """
    for text in _texts(view):
        root = json_document.parse(text.text.encode("utf-8", "surrogatepass")).root
        if root is None:
            continue
        yield Json(text, root)
        if depth < _MAX_DEPTH:
            for inner in _within(text, root):
                yield from documents(inner, depth + 1)


def _texts(view: View) -> Iterator[View]:
    """The texts that may be a document each."""
    text = view.text
    start = _OPEN.match(text.lstrip())
    if start and json_document.parse(text.encode("utf-8", "surrogatepass")).root is not None:
        yield view
        return
    data: list[Range] = []
    for line in _LINE.finditer(text):
        field = _DATA.match(text, *line.span())
        # An event ends at an empty line, of which nothing is left here but a second line break.
        if data and (not field or not re.fullmatch(r"\r\n|\r|\n", text[data[-1][1] : line.start()])):
            yield from _joined(view, data)
            data = []
        if field:
            data.append((field.end(), line.end()))
        elif _OPEN.match(text, *line.span()):
            yield from _joined(view, [line.span()])
    yield from _joined(view, data)


def _joined(view: View, lines: list[Range]) -> Iterator[View]:
    """The text that lines come to."""
    if not lines or not _OPEN.match(view.text, *lines[0]):
        return

    def pieces() -> Iterator[tuple[str, int, int]]:
        for number, (start, end) in enumerate(lines):
            if number:
                yield "\n", lines[number - 1][1], start
            yield view.text[start:end], start, end

    made = mapped(pieces(), lines[-1][1])
    yield Mapped(view, made.value, lambda: made, "", str)


def _within(view: View, root: Node) -> Iterator[View]:
    """The strings of a document that may be documents themselves."""
    for string in strings(root):
        if _OPEN.match(string.value):
            yield _string(view, string)
        elif _IN_BASE64.fullmatch(string.value):
            # Where others look into the same base64, their changes and these must come together.
            place = (string.start + 1, string.end - 1)
            known = [each for each in view.inner if isinstance(each, Packed) and (each.start, each.end) == place]
            inner = known[0] if known else base64_view(_string(view, string))
            if inner is not None and _OPEN.match(inner.text):
                yield inner


def _string(view: View, string: Scalar) -> View:
    made = scalar_map(view.text, string)
    return Mapped(view, made.value, lambda: made, "", json_spelling)


def strings(root: Node) -> Iterator[Scalar]:
    """The strings of a document that are values."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            stack += [value for _, value in node.pairs]
        elif isinstance(node, Sequence):
            stack += node.items
        elif node.style:
            yield node
