"""JSON text to the same nodes as YAML's, with the same places.

The parser of YAML does not do: JSON's escapes may be halves of surrogate pairs, its keys may be of any length, and
tabs may indent. Strings are read by the standard library's scanner; the structure is walked here, with an explicit
stack, since no parser of JSON at hand tells where its values are.
"""

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

from cassette_tools.source.document import (
    MAX_DEPTH,
    TOO_DEEP,
    Defect,
    Document,
    check_keys,
    find_conflict,
    not_utf8,
)
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence

JSON_STYLE = "json"
"""The style of a string; numbers and literals are plain."""

_SPACE = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class _SyntaxError(Exception):
    kind = "syntax"

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class _TooDeepError(_SyntaxError):
    kind = "limit"


def parse(data: bytes) -> Document:
    """Parse a file. Whatever is wrong with it is in the document's defects; nothing is raised."""
    document = Document(data, is_json=True)
    defect = not_utf8(data) or find_conflict(data, document)
    if defect is None:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            start = len(data.removeprefix(b"\xef\xbb\xbf")[: error.start].decode("utf-8", "replace"))
            defect = Defect("syntax", f"the bytes are not UTF-8 ({error.reason})", start, start + 1)
    if defect is not None:
        document.defects.append(defect)
        return document
    try:
        document.root = _parse(document)
    except _SyntaxError as error:
        start = min(error.offset, len(document.text))
        document.defects.append(Defect(error.kind, error.message, start, start + 1))
    return document


class _Open:
    """An array or an object whose end has not been seen yet; ``key`` is the one that waits for its value."""

    __slots__ = ("items", "key", "node")

    def __init__(self, node: Sequence | Mapping) -> None:
        self.node = node
        self.items: list[Any] = []
        self.key: Scalar | None = None


def _parse(document: Document) -> Node | None:
    text = document.text
    space = _SPACE.match
    position = _skip(text, 0)
    if position == len(text):
        return None
    stack: list[_Open] = []
    while True:
        node: Node
        char = text[position : position + 1]
        if char == '"':
            node, position = _string(text, position)
        elif char in ("{", "["):
            if len(stack) >= MAX_DEPTH:
                raise _TooDeepError(TOO_DEEP, position)
            shape = Mapping if char == "{" else Sequence
            node = shape([], None, position, position + 1)
            position = _skip(text, position + 1)
            if text[position : position + 1] != ("}" if char == "{" else "]"):
                opened = _Open(node)
                stack.append(opened)
                if char == "{":
                    position = _key(text, position, opened)
                continue
            position += 1
            node.end = position
        else:
            match = _LITERAL.match(text, position)
            if match is None:
                raise _SyntaxError("expected a value", position)
            node = Scalar(match.group(), None, "", position, match.end())
            position = match.end()
        # A value is complete: put it where it belongs, and close what it was the last of.
        while True:
            found = space(text, position)
            position = found.end() if found else position
            if not stack:
                if position < len(text):
                    raise _SyntaxError("nothing may follow the document", position)
                return node
            opened = stack[-1]
            char = text[position : position + 1]
            if opened.key is not None:
                opened.items.append((opened.key, node))
            else:
                opened.items.append(node)
            if char == ",":
                position = _skip(text, position + 1)
                if opened.key is not None:
                    position = _key(text, position, opened)
                break
            if char != ("]" if opened.key is None else "}"):
                raise _SyntaxError("expected a comma or the end of what is open", position)
            position += 1
            node = _close(opened, position, document)
            stack.pop()


def _close(opened: _Open, end: int, document: Document) -> Node:
    node = opened.node
    node.end = end
    if isinstance(node, Mapping):
        node.pairs = opened.items
        check_keys(node, document)
    else:
        node.items = opened.items
    return node


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _key(text: str, position: int, opened: _Open) -> int:
    if text[position : position + 1] != '"':
        raise _SyntaxError("expected a key in double quotes", position)
    opened.key, position = _string(text, position)
    position = _skip(text, position)
    if text[position : position + 1] != ":":
        raise _SyntaxError("expected a colon behind the key", position)
    return _skip(text, position + 1)


def _string(text: str, position: int) -> tuple[Scalar, int]:
    try:
        value, end = scanstring(text, position + 1)
    except JSONDecodeError as error:
        message = error.msg.removesuffix(" starting at").removesuffix(" at")
        raise _SyntaxError(message[:1].lower() + message[1:], error.pos) from None
    return Scalar(value, None, JSON_STYLE, position, end), end
