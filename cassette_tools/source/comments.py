"""What of a YAML file is a comment, and no part of a value that looks like one."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, walk

# The sign first, which is found quickly, and then what has to be in front of it.
_COMMENT = r"#(?:(?<![^ \t\r\n\x85\u2028\u2029]#)|(?<=\A#))[^\r\n\x85\u2028\u2029]*"


def candidates(document: Document) -> list[tuple[int, int]]:
    """Where comments may be, those among them that a value holds not told from the others; cheap."""
    if document.is_json or not document.mentions(b"#"):
        return []
    return [match.span() for match in re.finditer(_COMMENT, document.text)]


def comments(document: Document) -> Iterator[tuple[int, int]]:
    """Where the comments of a file are."""
    spans = candidates(document)
    if spans:
        is_recorded = recorded(document)
        yield from (span for span in spans if not is_recorded(span[0]))


def recorded(document: Document) -> Callable[[int], bool]:
    """Tells whether a place is inside a value, and not in what stands around the values."""
    text = document.text
    nodes = walk(document.root) if document.root else iter(())
    scalars = sorted((node.start, node.end, node.style) for node in nodes if isinstance(node, Scalar))
    starts = [start for start, _, _ in scalars]

    def is_recorded(offset: int) -> bool:
        number = bisect_right(starts, offset) - 1
        if number < 0 or offset >= scalars[number][1]:
            return False
        start, _, style = scalars[number]
        # A comment may follow the header of a block.
        return style not in ("|", ">") or bool(re.search("[\r\n]", text[start:offset]))

    return is_recorded
