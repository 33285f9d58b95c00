"""Two texts word by word."""

import difflib
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_MOST = 4_000_000
"""Pairs of words that are compared; of longer texts, the middle counts as changed from its first word to its last."""


class Piece(NamedTuple):
    """A part of two texts."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare(before: str, after: str) -> Iterator[Piece]:
    """The parts of two texts, in order: what both have, what goes, what comes."""
    one, other = (re.findall(r"\w+|\s+|[^\w\s]", side) for side in (before, after))
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    if start:
        yield Piece("same", "".join(one[:start]))
    yield from _middle(one[start : len(one) - end], other[start : len(other) - end])
    if end:
        yield Piece("same", "".join(one[len(one) - end :]))


def _middle(before: list[str], after: list[str]) -> Iterator[Piece]:
    if len(before) * len(after) > _MOST:
        codes: list[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    else:
        codes = list(difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    removed = added = ""
    for code, start, end, other_start, other_end in codes:
        if code == "equal" and not "".join(before[start:end]).isspace():
            yield from _changed(removed, added)
            removed = added = ""
            yield Piece("same", "".join(before[start:end]))
        else:  # white space between two changed words belongs to the change
            removed += "".join(before[start:end])
            added += "".join(after[other_start:other_end])
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)
