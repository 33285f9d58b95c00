"""Where the pairs of mappings and the items of lists start and end in a file.

The nodes know where scalars are. What lies between them (indicators, comments, aliases) is read here.
"""

import re
from typing import NamedTuple

from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence
from cassette_tools.source.scalar import scalar_map
from cassette_tools.source.spelling import EditError

_SKIP = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029\ufeff]|#[^\r\n]*)*")
_PROPERTIES = re.compile(r"(?:[!&][^ \t\r\n]*(?:[ \t\r\n]+(?:#[^\r\n]*)?)*)*")
_ALIAS = re.compile(r"\*[^ \t\r\n,\[\]{}]+")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+")


class Part(NamedTuple):
    """A pair of a mapping or an item of a list."""

    start: int
    """Of its key, or of its dash or question mark where it has one."""
    behind: int
    """Behind its colon, or its dash: from there on its value may stand."""
    end: int
    """Of its value."""


def skip(text: str, position: int) -> int:
    """The next character that is neither white space nor in a comment."""
    match = _SKIP.match(text, position)
    return match.end() if match else position


def is_flow(text: str, node: Mapping | Sequence) -> bool:
    """Whether a collection stands in brackets or braces."""
    return text[_behind_properties(text, node.start)] in "[{"


def first(text: str, node: Mapping | Sequence) -> int:
    """Where the first pair or item of a block collection starts.

    Raises:
        EditError: That cannot be told.
    """
    if isinstance(node, Mapping) and node.is_merged:
        raise EditError("a mapping that others are merged into")
    if isinstance(node, Sequence):
        start = node.start if text[node.start] == "-" else _behind_properties(text, node.start)
        if text[start] != "-":
            raise EditError("a list whose items cannot be told apart")
        return start
    key = node.pairs[0][0]
    if key.start < node.start:
        raise EditError("an alias as a key")
    if key.start == node.start or text[node.start] == "?":
        return node.start
    mark = re.compile(r"\?(?=\s)").search(text, _behind_properties(text, node.start), key.start)
    return mark.start() if mark else key.start


def parts(text: str, node: Mapping | Sequence) -> list[Part]:
    """Every pair or item of a collection.

    Raises:
        EditError: They cannot be told apart.
    """
    if isinstance(node, Mapping) and node.is_merged:
        raise EditError("a mapping that others are merged into")
    flow = is_flow(text, node)
    position = skip(text, _behind_properties(text, node.start) + 1) if flow else first(text, node)
    found: list[Part] = []
    for number in range(len(node.items if isinstance(node, Sequence) else node.pairs)):
        if number:
            position = skip(text, position)
            if flow:
                if text[position] != ",":
                    raise EditError("a list or mapping whose parts cannot be told apart")
                position = skip(text, position + 1)
        if isinstance(node, Sequence):
            value: Node = node.items[number]
            behind = position
            if not flow:
                if text[position] != "-":
                    raise EditError("a list whose items cannot be told apart")
                behind += 1
        else:
            key, value = node.pairs[number]
            behind = _behind_colon(text, key, position)
        found.append(Part(position, behind, end(text, value, behind)))
        position = found[-1].end
    return found


def _behind_properties(text: str, position: int) -> int:
    match = _PROPERTIES.match(text, position)
    return match.end() if match else position


def _behind_colon(text: str, key: Node, start: int) -> int:
    if key.start < start:
        raise EditError("an alias as a key")
    key_end = end(text, key, start)
    position = skip(text, key_end)
    return position + 1 if text[position : position + 1] == ":" else key_end


def end(text: str, node: Node, behind: int) -> int:
    """Where a value ends in the file, without what follows it on its line.

    Args:
        text: The file.
        node: The value.
        behind: Where it may start; an alias stands there for a node that is further up.

    Raises:
        EditError: That cannot be told.
    """
    while True:
        if node.start < behind:
            match = _ALIAS.match(text, skip(text, behind))
            if match is None:
                raise EditError("an alias that cannot be read")
            return match.end()
        if isinstance(node, Scalar):
            if node.style in ("|", ">"):
                return _block_end(text, node)
            return max(node.end, behind)
        if is_flow(text, node):
            return node.end
        if isinstance(node, Mapping) and node.is_merged:
            raise EditError("a mapping that others are merged into")
        if isinstance(node, Sequence):
            if node.items[-1].start < node.start:
                return parts(text, node)[-1].end
            behind, node = node.start, node.items[-1]
        else:
            key, value = node.pairs[-1]
            behind, node = _behind_colon(text, key, node.start), value


def _block_end(text: str, node: Scalar) -> int:
    """The end of a block scalar's last line with content; the blank lines behind it belong to it, too."""
    content = node.value.rstrip("\n")
    mapped = scalar_map(text, node)
    if content:
        position = mapped.span(len(content) - 1, len(content))[1]
    else:
        position = mapped.start
        while text[position : position + 1] not in ("\r", "\n", ""):
            position += 1
    blank = _BLANK_LINES.match(text, position)
    if blank is None:
        return position
    # Up to the last line break, which ends the line.
    behind = blank.end()
    return behind - (2 if text[behind - 2 : behind] == "\r\n" else 1)


def column(text: str, offset: int) -> int:
    """How many characters stand in front of one on its line."""
    return offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1
