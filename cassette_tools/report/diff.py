"""What fixes change, as a unified diff that is fit to be shown: masked, escaped, and long lines cut around the change.

It is there to be read. What is masked or cut cannot be applied as a patch.
"""

import difflib
from collections.abc import Iterator

from cassette_tools.text import escape, mask

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
    name = escape(path)
    lines = [f"--- {name}", f"+++ {name}", *_hunks(mask(before).splitlines(), mask(after).splitlines())]
    if colour:
        lines = [f"{_COLOURS[line[0]]}{line}{_RESET}" if line[0] in _COLOURS else line for line in lines]
    return "\n".join(lines) + "\n"


def _hunks(before: list[str], after: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, start, end, new_start, new_end in group:
            old, new = before[start:end], after[new_start:new_end]
            if tag == "equal":
                yield from (" " + _cut(line, 0, 0) for line in old)
            else:
                spans = [_changed(*pair) for pair in zip(old, new, strict=False)]
                yield from ("-" + _cut(line, *_span(spans, number, 0)) for number, line in enumerate(old))
                yield from ("+" + _cut(line, *_span(spans, number, 1)) for number, line in enumerate(new))


def _range(start: int, end: int) -> str:
    return f"{start + 1},{end - start}" if end - start != 1 else str(start + 1)


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
    if len(line) <= 4 * _AROUND:
        return escape(line)
    first = max(0, start - _AROUND)
    last = min(len(line), max(end, start) + _AROUND, first + 4 * _AROUND)
    return ("…" if first else "") + escape(line[first:last]) + ("…" if last < len(line) else "")
