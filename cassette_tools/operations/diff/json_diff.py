"""Where two JSON values differ, by path. Lists are aligned: what comes in between shifts nothing."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cassette_tools.model import Path
from cassette_tools.operations.diff.difference import Change

_MAX_CELLS = 40_000
"""Pairs of items that are compared to find the most alike ones; in longer stretches the order decides."""
_MAX_DEPTH = 200
_NEAR = 200
"""Items without an equal one at their place that are compared with each other."""
_VECTOR = 16
"""Numbers in a row that are one value: an embedding, a list of tokens."""


class Elsewhere:
    """A part of a value that is compared in another place: here it is like every other one of its JSON type.

    Attributes:
        value: The part.
        kind: Its type.
    """

    __slots__ = ("kind", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.kind = kind(value)

    def __eq__(self, other: object) -> bool:
        return other.__class__ is Elsewhere and self.kind == other.kind

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"\0{self.kind}"


def whole(value: Any) -> Any:
    """A value with what is compared elsewhere."""
    if isinstance(value, Elsewhere):
        return value.value
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


class Step(NamedTuple):
    """One place where two values differ."""

    path: Path
    """In the second value, or in the first one for what was removed."""
    change: Change
    before: Any
    after: Any


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Step]:
    """Where two values differ: the smallest parts that do.

    Objects are compared by key, in whatever order; lists of objects that all have a name by that name, others by what
    is equal in the same order; what is in another place of the order has moved. A long row of numbers is one value.
    Numbers are equal if their values are; true is no number.

    Args:
        before: A value of JSON.
        after: Another one.
        path: Where they stand.
    """
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and len(path) < _MAX_DEPTH:
        for key in (*before, *(key for key in after if key not in before)):
            if key not in after:
                yield Step((*path, key), "removed", before[key], None)
            elif key not in before:
                yield Step((*path, key), "added", None, after[key])
            else:
                yield from differences(before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(path) < _MAX_DEPTH:
        if is_vector(before) and is_vector(after):
            yield Step(path, "changed", before, after)
        else:
            yield from _lists(before, after, path)
    else:
        yield Step(path, "changed" if kind(before) == kind(after) else "type", before, after)


def is_vector(value: Any) -> bool:
    """Whether a value is a long row of numbers, whose single ones say nothing to anybody."""
    return isinstance(value, list) and len(value) >= _VECTOR and all(item.__class__ in (int, float) for item in value)


def _lists(before: list[Any], after: list[Any], path: Path) -> Iterator[Step]:
    sources = {other: one for one, other in _equals_first(before, after, list(pairs(before, after)))}
    in_order = dict(increasing(sorted((one, other) for other, one in sources.items())))
    for other in range(len(after)):
        one = sources.get(other)
        if one is None:
            yield Step((*path, other), "added", None, after[other])
            continue
        if in_order.get(one) != other:
            yield Step((*path, other), "moved", before[one], after[other])
        yield from differences(before[one], after[other], (*path, other))
    kept = set(sources.values())
    yield from (Step((*path, one), "removed", before[one], None) for one in range(len(before)) if one not in kept)


def _equals_first(
    before: list[Any], after: list[Any], matches: list[tuple[int | None, int | None]]
) -> Iterator[tuple[int, int]]:
    """The items that belong together, of which equal ones do wherever they are."""
    alike: list[tuple[int, int]] = []
    left, right = [], []
    for one, other in matches:
        if one is not None and other is not None and same(before[one], after[other]):
            yield one, other
            continue
        if one is not None:
            left.append(one)
        if other is not None:
            right.append(other)
        if one is not None and other is not None:
            alike.append((one, other))
    found: set[int] = set()
    moved: set[int] = set()
    if len(left) <= _NEAR and len(right) <= _NEAR:
        for other in right:
            one = next((number for number in left if same(before[number], after[other])), None)
            if one is not None:
                left.remove(one)
                found.add(one)
                moved.add(other)
                yield one, other
    yield from ((one, other) for one, other in alike if one not in found and other not in moved)


def same(before: Any, after: Any) -> bool:
    """Whether two values are equal as JSON: in Python, true is equal to 1."""
    return before == after and _of_same_kinds(before, after)


def _of_same_kinds(before: Any, after: Any) -> bool:
    """The same of two values that Python calls equal."""
    if isinstance(before, dict):
        return all(_of_same_kinds(value, after[key]) for key, value in before.items())
    if isinstance(before, list):
        return all(map(_of_same_kinds, before, after))
    return isinstance(before, bool) == isinstance(after, bool)


def kind(value: Any) -> str:
    """The name that JSON has for what a value is."""
    if isinstance(value, Elsewhere):
        return value.kind
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def name_of(value: Any) -> str:
    """What a tool, a function or a parameter is called; empty where it has no name."""
    if not isinstance(value, dict):
        return ""
    function = value.get("function")
    name = value.get("name") or (function.get("name") if isinstance(function, dict) else None)
    return name if isinstance(name, str) else ""


def pairs(before: list[Any], after: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """The items of two lists that belong together, in the order of the second list as far as there is one.

    Yields:
        Indexes; None where an item has no counterpart.
    """
    names = [[name_of(item) for item in side] for side in (before, after)]
    if all(all(side) and len(set(side)) == len(side) for side in names if side) and "role" not in _keys(before, after):
        places = {name: number for number, name in enumerate(names[0])}
        yield from ((places.get(name), number) for number, name in enumerate(names[1]))
        later = set(names[1])
        yield from ((number, None) for number, name in enumerate(names[0]) if name not in later)
        return
    marks = [[json.dumps(item, sort_keys=True, default=str) for item in side] for side in (before, after)]
    yield from aligned(marks[0], marks[1], lambda one, other: _alike(before[one], after[other]))


def _keys(before: list[Any], after: list[Any]) -> set[str]:
    return {key for item in (*before[:1], *after[:1]) if isinstance(item, dict) for key in item}


def _alike(one: Any, other: Any) -> float:
    """How much two items have in common, from 0 to 1."""
    if kind(one) != kind(other):
        return 0.0
    if isinstance(one, dict) and isinstance(other, dict):  # an object that is compared elsewhere is none
        for key in ("role", "type"):
            if one.get(key) != other.get(key):
                return 0.1
        keys = one.keys() | other.keys()
        shared = sum(1.0 if one[key] == other[key] else 0.4 for key in one.keys() & other.keys())
        return 0.3 + 0.7 * shared / len(keys) if keys else 1.0
    return 0.5


Index = tuple[int | None, int | None]


def aligned(
    before: Sequence[str], after: Sequence[str], alike: Callable[[int, int], float], least: float = 0.0
) -> Iterator[Index]:
    """The members of two rows that belong together, in order.

    Equal ones at both ends and those that come once in each row are found first (as "patience diff" does it), which
    takes n log n; what is between them is paired by likeness where it is short, and in order where it is long.

    Args:
        before: What tells equal members.
        after: The same for the other row.
        alike: How much two members have in common, from 0 to 1, by their indexes.
        least: Members with less than that in common do not belong together.
    """
    start, end, other_end = 0, len(before), len(after)
    while start < min(end, other_end) and before[start] == after[start]:
        yield start, start
        start += 1
    tail: list[Index] = []
    while end > start and other_end > start and before[end - 1] == after[other_end - 1]:
        end, other_end = end - 1, other_end - 1
        tail.append((end, other_end))
    position = other_position = start
    for one, other in (*_anchors(before, after, start, end, other_end), (end, other_end)):
        yield from _gap(range(position, one), range(other_position, other), alike, least)
        if one < end:
            yield one, other
        position, other_position = one + 1, other + 1
    yield from reversed(tail)


def _anchors(
    before: Sequence[str], after: Sequence[str], start: int, end: int, other_end: int
) -> list[tuple[int, int]]:
    """Members that come once in each row and are in the same order in both."""
    counts: dict[str, list[int]] = {}
    for number in range(start, other_end):
        counts.setdefault(after[number], []).append(number)
    seen: dict[str, int] = {}
    for number in range(start, end):
        seen[before[number]] = seen.get(before[number], 0) + 1
    unique = [
        (number, counts[mark][0])
        for number in range(start, end)
        if seen[mark := before[number]] == 1 and len(counts.get(mark, ())) == 1
    ]
    return increasing(unique)


def increasing(matches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of matches that is in order on both sides (patience sorting).

    Args:
        matches: In the order of the first side.
    """
    piles: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for number, (_, other) in enumerate(matches):
        place = bisect_left(piles, other)
        previous.append(last[place - 1] if place else -1)
        piles[place : place + 1] = [other]
        last[place : place + 1] = [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(matches[number])
        number = previous[number]
    return found[::-1]


def _gap(before: range, after: range, alike: Callable[[int, int], float], least: float) -> Iterator[Index]:
    if len(before) * len(after) > _MAX_CELLS:
        shorter = min(len(before), len(after))
        yield from zip(before[:shorter], after[:shorter], strict=True)
        yield from ((one, None) for one in before[shorter:])
        yield from ((None, other) for other in after[shorter:])
        return
    # The pairing in order with the most in common in all.
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    likeness = [[alike(one, other) for other in after] for one in before]
    for row in range(len(before) - 1, -1, -1):
        for column in range(len(after) - 1, -1, -1):
            together = likeness[row][column]
            paired = best[row + 1][column + 1] + together if together > least else -1.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < len(before) and column < len(after):
        together = likeness[row][column]
        if together > least and best[row][column] == best[row + 1][column + 1] + together:
            yield before[row], after[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            yield before[row], None
            row += 1
        else:
            yield None, after[column]
            column += 1
    yield from ((one, None) for one in before[row:])
    yield from ((None, other) for other in after[column:])
