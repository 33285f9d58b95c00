"""From routes to lines and columns: the one function that knows both ends."""

import re
from typing import TYPE_CHECKING

from cassette_tools.finding import Location, SourceLine
from cassette_tools.model import Route
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.text import escape, mask

if TYPE_CHECKING:
    from cassette_tools.source.scalar import ScalarMap

_AROUND = 160
"""Characters that are shown on either side of the marked range."""
_CONTEXT = 4000
"""Characters before it that are looked at when secrets are masked: one that is cut must not slip through."""
_BEHIND = 1000
"""Characters behind it: as many as a secret must have at least, and what tells it from other things."""
_TOKEN_TAIL = re.compile(r"\A[^\s\"']+")
_MARKED = 200
"""Characters of the marked range that are shown; nothing behind it is when it has more."""


def _asterisks(match: re.Match[str]) -> str:
    return "*" * len(match.group())


class Places:
    """Finds the places of one document; remembers the maps of scalars that several findings point into."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._maps: dict[int, ScalarMap] = {}
        self._window = (0, 0, "")

    def locate(self, route: Route) -> tuple[Location, SourceLine | None]:
        """The lines and columns of a route, and its first line made ready to be shown."""
        document = self._document
        start, end = self._offsets(route)
        start = min(start, len(document.text))
        end = min(max(end, start + 1), max(len(document.text), start))
        line, column = document.position(start)
        line_start, line_end = document.line(line)
        end_line, end_column = document.position(end)
        if end_line != line and route.span is None and route.file_span is None:
            # All of a value is meant: its first line says which one it is.
            end_line, end_column = line, max(line_end - line_start, column) + 1
        location = Location(line, column, end_line, end_column)
        if route.file_span == (0, 0):
            return location, None  # the file as a whole, and no line of it is worth a look
        shown_end = min(end if end_line == line else line_end, line_end)
        return location, self._source_line(line_start, line_end, start, shown_end)

    def _offsets(self, route: Route) -> tuple[int, int]:
        if route.file_span is not None:
            return route.file_span
        root = self._document.root
        if root is None:
            return 0, 0
        node = find(root, route.path, key=route.key)
        if isinstance(node, Scalar):
            if route.span is not None:
                return self._map(node).span(*route.span)
            return node.start, node.end
        return node.start, max(node.end, node.start + 1)

    def _map(self, node: Scalar) -> "ScalarMap":
        known = self._maps.get(id(node))
        if known is None:
            from cassette_tools.source.scalar import scalar_map

            known = self._maps[id(node)] = scalar_map(self._document.text, node)
        return known

    def _source_line(self, line_start: int, line_end: int, start: int, end: int) -> SourceLine | None:
        text = self._document.text
        if not text:
            return None
        end = max(end, start)
        shown = max(line_start, start - _AROUND)
        marked_end = min(end, start + _MARKED)
        shown_end = marked_end if end > marked_end else max(min(line_end, end + _AROUND), end)
        before = self._masked(shown, min(start, max(line_end, shown)))
        marked = self._masked(start, marked_end)
        after = self._masked(marked_end, shown_end)
        lead = "…" if shown > line_start else ""
        trail = "…" if shown_end < line_end else ""
        # Escaped together: what is harmless in each of the parts may act where they meet.
        escaped = escape(before + marked + after)
        from_column = len(lead) + len(escape(before))
        to_column = len(lead) + len(escape(before + marked))
        return SourceLine(lead + escaped + trail, from_column, max(to_column, from_column + 1))

    def _masked(self, start: int, end: int) -> str:
        """A part of the text without its secrets, from a window that serves many findings: masking is slow."""
        text = self._document.text
        first, last, window = self._window
        if max(0, start - _CONTEXT) < first or last < min(len(text), end + _BEHIND):
            # One finding is the rule; where there was one before, there may be many.
            first, last = max(0, start - _CONTEXT), end + (4 * _CONTEXT if last else _BEHIND)
            window = mask(text[first:last])
            if first:
                # What the window starts in the middle of may be the tail of a long credential.
                window = _TOKEN_TAIL.sub(_asterisks, window, count=1)
            self._window = (first, last, window)
        return window[start - first : end - first]
