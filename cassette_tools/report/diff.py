"""What fixes and redaction change, as a unified diff that is fit to be shown: masked, escaped, long lines cut.

It is there to be read. What is masked or cut cannot be applied as a patch.
"""

from collections import deque
from collections.abc import Iterator

from cassette_tools.text import escape, escape_lines, mask, without_secrets

_CONTEXT = 3
"""Lines around a change."""
_AROUND = 80
"""Characters around a change within a line."""
_COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m"}
_RESET = "\x1b[0m"


def render(path: str, before: str, after: str, *, colour: bool) -> str:
    """The difference between two texts of a file.

    Args:
        path: What the file is called.
        before: The text as it is.
        after: The text as it would be.
        colour: Use ANSI colours.
    """
    name = escape(without_secrets(path))
    lines = [f"--- {name}", f"+++ {name}", *_hunks(mask(before).splitlines(), mask(after).splitlines())]
    if colour:
        lines = [f"{_COLOURS[line[0]]}{line}{_RESET}" if line[0] in _COLOURS else line for line in lines]
    return "\n".join(lines) + "\n"


def _hunks(before: list[str], after: list[str]) -> Iterator[str]:
    changes = deque(_changes(before, after))
    while changes:
        together = [changes.popleft()]
        while changes and changes[0][0] - together[-1][1] <= 2 * _CONTEXT:
            together.append(changes.popleft())
        start, new_start = together[0][0], together[0][2]
        lead = min(start, _CONTEXT)
        end, new_end = together[-1][1], together[-1][3]
        trail = min(len(before) - end, _CONTEXT)
        yield (f"@@ -{_range(start - lead, end + trail)} +{_range(new_start - lead, new_end + trail)} @@")
        position = start - lead
        for first, last, new_first, new_last in together:
            yield from (" " + _cut(line, 0, 0) for line in before[position:first])
            old, new = before[first:last], after[new_first:new_last]
            spans = [_changed(*pair) for pair in zip(old, new, strict=False)]
            yield from ("-" + _cut(line, *_span(spans, number, 0)) for number, line in enumerate(old))
            yield from ("+" + _cut(line, *_span(spans, number, 1)) for number, line in enumerate(new))
            position = last
        yield from (" " + _cut(line, 0, 0) for line in before[position : position + trail])


def _changes(before: list[str], after: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """The lines that were changed, and those that they became.

    What is changed are a few lines in a row: where the texts meet again is looked for close by, and no best match of
    all lines, which takes quadratic time.
    """
    old = new = 0
    while old < len(before) or new < len(after):
        while old < len(before) and new < len(after) and before[old] == after[new]:
            old += 1
            new += 1
        start, new_start = old, new
        old, new = _meeting(before, after, old, new)
        if (start, new_start) != (old, new):
            yield start, old, new_start, new


_NEARBY = 400
"""Lines that are looked at for the next ones that are the same; behind them everything counts as changed."""
_SAME = 2
"""Lines in a row that have to be the same: a single one may be so by chance, unless as many of both were changed."""


def _meeting(before: list[str], after: list[str], old: int, new: int) -> tuple[int, int]:
    """Where two texts that differ at some lines are the same again."""
    left, new_left = len(before) - old, len(after) - new
    for distance in range(1, min(left + new_left, _NEARBY) + 1):
        # As many lines of both first: most are changed and not taken away.
        for skipped in sorted(range(distance + 1), key=lambda number: abs(distance - 2 * number)):
            one, other = old + skipped, new + distance - skipped
            if one <= len(before) and other <= len(after):
                number = 1 if 2 * skipped == distance else _SAME
                same = before[one : one + number] == after[other : other + number]
                if same and (one < len(before) or other == len(after)):
                    return one, other
    return len(before), len(after)


def _range(start: int, end: int) -> str:
    """The lines from ``start`` to ``end``, as unified diffs have it: a range without lines is behind the one before."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + 1 if end > start else start},{end - start}"


def _changed(old: str, new: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where two lines differ."""
    start = _common(old, new)
    same = _common(old[start:][::-1], new[start:][::-1])
    return (start, len(old) - same), (start, len(new) - same)


def _common(one: str, other: str) -> int:
    """How many characters two texts start with together."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


def _span(spans: list[tuple[tuple[int, int], tuple[int, int]]], number: int, side: int) -> tuple[int, int]:
    return spans[number][side] if number < len(spans) else (0, 0)


def _cut(line: str, start: int, end: int) -> str:
    if len(line) <= 2 * _AROUND:
        return escape_lines(escape(line))  # a log of CI reads commands behind the space that marks no change
    first = max(0, start - _AROUND)
    last = min(len(line), max(end, start) + _AROUND, first + 4 * _AROUND)
    shown = ("…" if first else "") + escape(line[first:last]) + ("…" if last < len(line) else "")
    return escape_lines(shown)
