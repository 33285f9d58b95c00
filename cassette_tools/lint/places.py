"""From routes to lines and columns: the one function that knows both ends."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cassette_tools.finding import Location, SourceLine
from cassette_tools.model import Route
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.text import escape, mask

if TYPE_CHECKING:
    from cassette_tools.source.scalar import ScalarMap

_LARGE = 4_000_000
"""Bytes of a file whose text is not made only to tell where it begins."""
_AROUND = 160
"""Characters that are shown on either side of the marked range."""
_CONTEXT = 4000
"""Characters before it that are looked at when secrets are masked: one that is cut must not slip through."""
_LINES = 600
"""Characters before it that are looked at where lines are short: what names a credential stands close by. The first
line is a whole one, and nothing but a private key goes over many."""
_KEY = "-----BEGIN "
_BEHIND = 1000
"""Characters behind it: as many as a secret must have at least, and what tells it from other things."""
_MOST_BEHIND = 64_000
"""Characters behind it at most, where one finding follows another."""
_TOKEN_TAIL = re.compile(r"\A[^\s\"']+")
_REST = re.compile(r"(?:\\+[rn])+[A-Za-z0-9_+/=-]{12,}")
_MARKED = 200
"""Characters of the marked range that are shown; nothing behind it is when it has more."""


def _asterisks(match: re.Match[str]) -> str:
    return "*" * len(match.group())


class Places:
    """Finds the places of one document; remembers the maps of scalars that several findings point into."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._maps: dict[int, ScalarMap] = {}
        self._ranges: dict[Route, tuple[int, int]] = {}
        self._window = (0, 0, "")
        self._ahead = _BEHIND
        self._hidden: dict[tuple[int, int], None] = {}
        self._values: tuple[str, ...] = ()

    def hide(self, route: Route) -> None:
        """Show nothing of a place from now on: it holds a secret."""
        self._hidden[self._range(route)] = None

    def hide_values(self, values: Iterable[str]) -> None:
        """Show none of these texts from now on."""
        self._values = tuple(values)

    def _range(self, route: Route) -> tuple[int, int]:
        """The characters of the file that a route means: one at least, where there is one."""
        known = self._ranges.get(route)
        if known is None:
            length = len(self._document.text)
            start, end = self._offsets(route)
            start = min(start, length)
            known = self._ranges[route] = start, min(max(end, start + 1), max(length, start))
        return known

    def locate(self, route: Route) -> Location:
        """The lines and columns of a route."""
        document = self._document
        if route.file_span == (0, 0) and document.size > _LARGE:
            return Location(1, 1, 1, 2)  # the file as a whole: its text is not needed to know that
        start, end = self._range(route)
        line, column = document.position(start)
        line_start, line_end = document.line(line)
        end_line, end_column = document.position(end)
        if end_line != line and route.span is None and route.file_span is None:
            # All of a value is meant: its first line says which one it is.
            end_line, end_column = line, max(line_end - line_start, column) + 1
        return Location(line, column, end_line, end_column)

    def source_line(self, route: Route) -> SourceLine | None:
        """The first line of a route, made ready to be shown; None for the file as a whole, and where there is none."""
        if route.file_span == (0, 0):
            return None
        start, end = self._range(route)
        line, _ = self._document.position(start)
        line_start, line_end = self._document.line(line)
        return self._source_line(line_start, line_end, start, min(end, line_end))

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
        masked = self._masked(shown, shown_end)
        before = masked[: min(start, max(line_end, shown)) - shown]
        marked, after = masked[start - shown : marked_end - shown], masked[marked_end - shown :]
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
        wanted = self._first(start)
        if wanted < first or last < min(len(text), end + _BEHIND):
            # Where the last window reached this far, there may be many findings.
            is_next = first <= wanted <= last and last > 0
            self._ahead = min(4 * self._ahead, _MOST_BEHIND) if is_next else _BEHIND
            first, last = wanted, end + self._ahead
            window = mask(text[first:last])
            if first and text[first - 1] != "\n":
                # What the window starts in the middle of may be the tail of a long credential.
                window = _TOKEN_TAIL.sub(_asterisks, window, count=1)
            window = self._without_hidden(window, first, last)
            self._window = (first, last, window)
        return window[start - first : end - first]

    def _first(self, start: int) -> int:
        """Where to begin to look for what a text at some place may be a part of."""
        text, first = self._document.text, max(0, start - _CONTEXT)
        if text.find(_KEY, first, start) >= 0:
            return first
        return max(text.rfind("\n", 0, max(0, start - _LINES)) + 1, first)

    def _without_hidden(self, window: str, first: int, last: int) -> str:
        for value in self._values:
            if value in window:
                window = window.replace(value, "*" * len(value))
        for start, end in self._hidden:
            if start < last and first < end:
                start, end = max(start - first, 0), min(end, last) - first
                # A line break cuts a key, and its other half has no shape.
                rest = _REST.match(window, end)
                end = rest.end() if rest is not None else end
                window = f"{window[:start]}{'*' * (end - start)}{window[end:]}"
        return window
