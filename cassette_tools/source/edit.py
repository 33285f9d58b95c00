"""Edits that leave every other byte of a file alone.

An edit replaces characters of one scalar's value. The new characters are spelt in the scalar's own style; the result is
parsed again and must say what was intended, in every value, or there is no result.
"""

import json
import re

from cassette_tools.model import Edit
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find
from cassette_tools.source.parse import parse
from cassette_tools.source.scalar import scalar_map

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EditError(Exception):
    """An edit that cannot be made; the text says why. The file stays as it is."""


def apply(data: bytes, document: Document, edits: list[Edit], name: str) -> bytes:
    """The file with edits made.

    Args:
        data: The file, unpacked.
        document: What parsing it gave.
        edits: In any order; two of them must not overlap.
        name: The file's name, which says how it is parsed.

    Raises:
        EditError: A path leads to no scalar, edits overlap, a style cannot hold the new text, or the result would not
            say what was intended.
    """
    if document.root is None:
        raise EditError("a file that cannot be parsed cannot be edited")
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    if mark + document.text.encode("utf-8", "replace") != data:
        raise EditError("a file that is not UTF-8 cannot be edited")
    by_scalar: dict[int, tuple[Scalar, list[tuple[int, int, str]]]] = {}
    for edit in edits:
        node = find(document.root, edit.path)
        if not isinstance(node, Scalar):
            raise EditError(f"{'.'.join(map(str, edit.path))} is no scalar")
        end = len(node.value) if edit.end is None else edit.end
        by_scalar.setdefault(id(node), (node, []))[1].append((edit.start, end, edit.text))
    intended: dict[int, str] = {}
    spans: list[tuple[int, int, str]] = []
    for key, (node, changes) in by_scalar.items():
        intended[key] = _replaced(node.value, changes)
        last = len(node.value)
        for start, end, text in changes:
            if start == end == last and text.strip("\n") == "" and node.style in ("|", ">", "'"):
                spans += _line_breaks(document.text, node, len(text))
            else:
                spans.append((*scalar_map(document.text, node).span(start, end), _spelt(text, node)))
    after = mark + _replaced(document.text, spans).encode("utf-8")
    again = parse(after, name).root
    if again is None or not _says(again, document.root, intended):
        raise EditError("the edited file would not say what was intended")
    return after


_HEADER = re.compile(r"(?:[!&][^\s]*[ \t]+)*[|>]([0-9]?)([-+]?)([0-9]?)[^\r\n]*(\r\n|\r|\n)")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[ \t]*\Z)?")


def _line_breaks(text: str, node: Scalar, number: int) -> list[tuple[int, int, str]]:
    """What has to change so that a value ends with more line breaks than it does.

    A block keeps them when its header says so (``|+``); between single quotes there is one more of them in the file.
    """
    content = node.value.rstrip("\n")
    had = len(node.value) - len(content)
    if not content:
        raise EditError("a value without content cannot be given line breaks")
    end = scalar_map(text, node).span(len(content) - 1, len(content))[1]
    if node.style == "'":
        newline = "\r\n" if "\r\n" in text[node.start : node.end] else "\n"
        if had:
            return [(end, end, newline * number)]
        indent = node.start - max(text.rfind("\n", 0, node.start), text.rfind("\r", 0, node.start)) - 1
        return [(end, end, newline * (number + 1) + " " * max(indent, 1))]
    header = _HEADER.match(text, node.start)
    if header is None:
        raise EditError("the head of the block cannot be read")
    blank = _BLANK_LINES.match(text, end)
    behind = blank.end() if blank else end
    changes = [(end, behind, header.group(4) * (had + number))]
    if header.group(2) != "+":
        changes.append((*header.span(2), "+"))
    return changes


def _replaced(text: str, changes: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(changes):
        if start < position or not start <= end <= len(text):
            raise EditError("edits overlap, or reach beyond their value")
        parts += (text[position:start], new)
        position = end
    return "".join((*parts, text[position:]))


def _spelt(new: str, node: Scalar) -> str:
    """The characters in the style of a scalar; what a style cannot hold shows when the result is parsed."""
    if node.style in ('"', "json"):
        return json.dumps(new, ensure_ascii=False)[1:-1]
    return new.replace("'", "''") if node.style == "'" else new


def _says(node: Node, old: Node, intended: dict[int, str]) -> bool:
    """Whether a document equals another one but for the intended values, styles and tags included."""
    stack = [(node, old)]
    seen: set[tuple[int, int]] = set()  # aliases share nodes
    while stack:
        node, old = stack.pop()
        if (id(node), id(old)) in seen:
            continue
        seen.add((id(node), id(old)))
        if type(node) is not type(old) or node.tag != old.tag:
            return False
        if isinstance(node, Scalar) and isinstance(old, Scalar):
            if node.value != intended.get(id(old), old.value) or (node.style, node.kind) != (old.style, old.kind):
                return False
        elif isinstance(node, Mapping) and isinstance(old, Mapping):
            if len(node.pairs) != len(old.pairs):
                return False
            for pair, old_pair in zip(node.pairs, old.pairs, strict=True):
                stack += zip(pair, old_pair, strict=True)
        elif isinstance(node, Sequence) and isinstance(old, Sequence):
            if len(node.items) != len(old.items):
                return False
            stack += zip(node.items, old.items, strict=True)
    return True
