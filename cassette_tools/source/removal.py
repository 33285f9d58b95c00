"""What has to go from a file so that pairs of a mapping, or items of a list, are gone."""

import re

from cassette_tools.source import layout
from cassette_tools.source.layout import Part
from cassette_tools.source.nodes import Mapping, Sequence
from cassette_tools.source.spelling import EditError, Span

_REST_OF_LINE = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_NEXT_LINE = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*")
_PROPERTIES = re.compile(r"[!&][^ \t\r\n]*(?:[ \t]+[!&][^ \t\r\n]*)*")


def remove(text: str, node: Mapping | Sequence, gone: set[int], behind: int) -> list[Span]:
    """Changes of the file that take pairs or items away.

    A block collection that has none left becomes ``{}`` or ``[]``. Comments at the end of a line that goes, go with it;
    all others stay.

    Args:
        text: The file.
        node: The collection.
        gone: The numbers of the pairs or items.
        behind: Where the collection may start: behind the colon or the dash in front of it.

    Raises:
        EditError: Where they start and end cannot be told.
    """
    parts = layout.parts(text, node)
    if layout.is_flow(text, node):
        return _from_flow(text, node, parts, gone)
    return _from_block(text, node, parts, gone, behind)


def _from_flow(text: str, node: Mapping | Sequence, parts: list[Part], gone: set[int]) -> list[Span]:
    """A part goes with the comma behind it, those at the end with the comma in front of them."""
    kept = [number for number in range(len(parts)) if number not in gone]
    if not kept:
        opening = text.index("{" if isinstance(node, Mapping) else "[", node.start)
        return [(opening + 1, node.end - 1, "")]
    last = kept[-1]
    spans = [(parts[number].start, parts[number + 1].start, "") for number in sorted(gone) if number < last]
    if last < len(parts) - 1:
        spans.append((parts[last].end, parts[-1].end, ""))
    return spans


def _from_block(text: str, node: Mapping | Sequence, parts: list[Part], gone: set[int], behind: int) -> list[Span]:
    lines = [_lines(text, part) for part in parts]
    spans: list[Span] = [(*lines[number], "") for number in sorted(gone)]
    inline = lines[0][0] == parts[0].start and layout.column(text, lines[0][0]) > 0
    if len(gone) == len(parts):
        empty = "{}" if isinstance(node, Mapping) else "[]"
        if inline or behind == 0:
            spans[0] = (parts[0].start, parts[0].end, empty)
        else:
            properties = _PROPERTIES.match(text, node.start) if node.start < parts[0].start else None
            position = properties.end() if properties else behind
            spans.append((position, position, f" {empty}"))
    elif inline and 0 in gone:
        # Behind a dash or a question mark: what follows moves up to it.
        position, number = lines[0][1], 1
        while number in gone and not text[position : lines[number][0]].strip():
            position, number = lines[number][1], number + 1
        following = _NEXT_LINE.match(text, position)
        spans[:number] = [(parts[0].start, following.end() if following else position, "")]
    return spans


def _lines(text: str, part: Part) -> tuple[int, int]:
    """The lines of a part, from the start of the first one unless something else stands there."""
    rest = _REST_OF_LINE.match(text, part.end)
    if rest is None:
        raise EditError("something else stands behind the value")
    column = layout.column(text, part.start)
    return part.start if text[part.start - column : part.start].strip(" ") else part.start - column, rest.end()
