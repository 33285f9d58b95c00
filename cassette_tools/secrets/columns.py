"""The strings that stand at one place of a stream's events, one after the other: what fragments of any text are.

No protocol need be known for that. A text that is sent in fragments has them at the same keys of all events, beside
copies of it (log probabilities, details of the reasoning), and in streams of which nothing else is known.
"""

import binascii
from array import array
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Path
from cassette_tools.protocols.message import Fragments
from cassette_tools.protocols.registry import TERMINATOR
from cassette_tools.wire.event import Event

_MARKS = ("index", "output_index", "content_index", "contentBlockIndex")
"""Which of several texts a fragment is of, where their fragments take turns."""
_BYTES = "bytes"
"""Beside a token, its bytes as a list of numbers; in Bedrock's frames, an event as base64."""
_MAX_DEPTH = 60
Marks = tuple[Any, ...]


class _Column:
    """The strings at one place, with the numbers of the events that have them."""

    __slots__ = ("events", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.events = array("q")

    def add(self, value: str, event: int) -> None:
        # What is the same in each event is kept once.
        self.values.append(self.values[-1] if self.values and self.values[-1] == value else value)
        self.events.append(event)


class Text:
    """A text put together from the strings of columns.

    Attributes:
        string: Its characters.
    """

    __slots__ = ("_columns", "string")

    def __init__(self, columns: "list[_Leaf]") -> None:
        self._columns = columns
        self.string = "".join(value for value, _, _ in self._parts())

    def _parts(self) -> Iterator[tuple[str, int, Path]]:
        if len(self._columns) == 1:
            path, _, column = self._columns[0]
            return ((value, event, path) for value, event in zip(column.values, column.events, strict=True))
        parts = [
            (value, event, path)
            for path, _, column in self._columns
            for value, event in zip(column.values, column.events, strict=True)
        ]
        parts.sort(key=itemgetter(1))  # within an event, in the order of the list
        return iter(parts)

    @property
    def first(self) -> tuple[int | str, ...]:
        """What tells its place: the number of the event that its first part came from, and the path there."""
        return next(((event, *path) for value, event, path in self._parts() if value), ())

    def fragments(self) -> Fragments:
        """The same with the places that its parts came from."""
        fragments = Fragments()
        for part in self._parts():
            fragments.add(*part)
        return fragments


_Leaf = tuple[Path, Marks, _Column]


class Columns:
    """Collects the strings of a stream's events."""

    def __init__(self) -> None:
        # By the place of an object or a list, and by what tells it from others there: its strings.
        self._tables: dict[tuple[Path, Marks], dict[str | int, _Column]] = {}
        self._lines: dict[str, _Column] = {}

    def add(self, event: Event, value: Any) -> None:
        """Take in an event.

        Args:
            event: The event; they come in their order.
            value: What its data is as JSON; None where it is none.
        """
        if value.__class__ is dict:
            self._object(value, (), (), event.number)
        elif value.__class__ is list and value:
            self._list(value, (), (), event.number)
        elif event.data and event.data != TERMINATOR:
            # A piece of a text may happen to be a number, too.
            text = value if isinstance(value, str) else event.data
            self._lines.setdefault(event.type, _Column()).add(text, event.number)

    def _object(self, value: dict[str, Any], path: Path, marks: Marks, event: int) -> None:
        for mark in _MARKS:
            if mark in value:
                marks = (*marks, str(value[mark])[:40])
        table = self._tables.get((path, marks))
        if table is None:
            table = self._tables[path, marks] = {}
        for key, item in value.items():
            kind = item.__class__
            if kind is str:
                if item and not (key == _BYTES and not path and self._coded(item, event)):
                    column = table.get(key)
                    if column is None:
                        column = table[key] = _Column()
                    column.add(item, event)
            elif kind is dict:
                if len(path) < _MAX_DEPTH:
                    self._object(item, (*path, key), marks, event)
            elif kind is list and item:
                if key == _BYTES:
                    text = text_of_bytes(item)
                    if text:
                        table.setdefault(key, _Column()).add(text, event)
                elif len(path) < _MAX_DEPTH:
                    self._list(item, (*path, key), marks, event)

    def _list(self, value: list[Any], path: Path, marks: Marks, event: int) -> None:
        for number, item in enumerate(value):
            kind = item.__class__
            if kind is dict:
                self._object(item, (*path, number), marks, event)
            elif kind is str:
                table = self._tables.setdefault((path, marks), {})
                table.setdefault(number, _Column()).add(item, event)
            elif kind is list and len(path) < _MAX_DEPTH:
                self._list(item, (*path, number), marks, event)

    def _coded(self, text: str, event: int) -> bool:
        try:
            value = strict_json.loads(binascii.a2b_base64(text).decode("utf-8"))
        except ValueError:
            return False
        if isinstance(value, dict):
            self._object(value, (_BYTES,), (), event)
        return isinstance(value, dict)

    def forget(self) -> None:
        """Let go of what was collected; the texts that were made of it stay."""
        self._tables.clear()
        self._lines.clear()

    def texts(self) -> Iterator[Text]:
        """What comes of it when strings are put together, in each way that may be the right one.

        Fragments of several texts may take turns, told apart by an index beside them or by their place in a list; or a
        list may hold several fragments of one text.
        """
        groups: dict[Path, list[_Leaf]] = {}
        for (path, marks), table in self._tables.items():
            keys = tuple(step for step in path if step.__class__ is str)
            for key, column in table.items():
                place = (*keys, key) if key.__class__ is str else keys
                groups.setdefault(place, []).append(((*path, key), marks, column))
        lines: list[list[_Leaf]] = [[((), (), column)] for column in self._lines.values()]
        for group in (*groups.values(), *lines):
            for columns in _together(group):
                if _may_be_fragments(columns):
                    yield Text(columns)


def _together(leaves: list[_Leaf]) -> Iterator[list[_Leaf]]:
    """The columns at one place of which each may have a part of the same text: the likeliest way first."""
    if len(leaves) == 1:
        yield leaves
        return
    seen: set[tuple[int, ...]] = set()
    positions = {tuple(at for at, step in enumerate(path) if step.__class__ is int) for path, _, _ in leaves}
    indexes = positions.pop() if len(positions) == 1 else ()
    ways: list[Callable[[_Leaf], object]] = [
        itemgetter(1),
        *((lambda leaf, at=at: (leaf[1], leaf[0][at])) for at in indexes if len(indexes) > 1),
        lambda leaf: leaf[:2],
        lambda _: None,
    ]
    for way in ways:
        found: dict[object, list[_Leaf]] = {}
        for leaf in leaves:
            found.setdefault(way(leaf), []).append(leaf)
        for columns in found.values():
            key = tuple(id(column) for _, _, column in columns)
            if key not in seen:
                seen.add(key)
                yield columns


def _may_be_fragments(columns: list[_Leaf]) -> bool:
    """Whether they are more than one string, from more than one event, and not the same one time after time."""
    if len(columns) == 1:
        values, events = columns[0][2].values, columns[0][2].events
        return len(values) > 1 and events[0] != events[-1] and values.count(values[0]) < len(values)
    first = columns[0][2]
    return any(column.events[-1] != first.events[0] for _, _, column in columns) and any(
        value != first.values[0] for _, _, column in columns for value in column.values
    )


def text_of_bytes(numbers: Any) -> str:
    """Bytes that are written as a list of numbers, one character each; empty where they are none."""
    try:
        return bytes(numbers).decode("latin-1")
    except (TypeError, ValueError):
        return ""
