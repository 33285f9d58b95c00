"""What recordings say differently, for a comment on a pull request: a table, and details that fold."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from cassette_tools.comparison import FileDiff
from cassette_tools.operations.diff.difference import Difference, Verdict
from cassette_tools.report.base import count
from cassette_tools.report.comparison import Text

_MOST = 65_000
"""Characters; GitHub takes 65,536 of a comment."""


def write(results: Iterator[FileDiff], shows: Callable[[Difference], bool], *, masked: bool = True) -> Iterator[str]:
    """The comment, cut where a comment ends.

    Args:
        results: The files.
        shows: Tells which differences are written.
        masked: Mask secrets.
    """
    writer = Text(shows=shows, masked=masked)
    seen = list(results)
    verdicts = Counter(result.verdict for result in seen)
    lines = [f"### {count(len(seen), 'recording')} compared", "", "| verdict | files |", "| --- | ---: |"]
    lines += [f"| {verdict.label} | {verdicts[verdict]:,} |" for verdict in reversed(Verdict) if verdicts[verdict]]
    text = "\n".join(lines) + "\n"
    files = []
    for result in sorted(seen, key=lambda result: -result.verdict):
        if result.verdict > Verdict.VOLATILE:
            head, *details = writer.file(result)
            files.append((" ".join(head.split()), details))
    sizes = [_size(details) for _, details in files]
    share = _share(sizes, _MOST - len(text) - _NOTE - sum(len(_folded(name, [])) for name, _ in files))
    left = 0
    for name, details in files:
        part = _folded(name, _cut(details, share))
        if len(text) + len(part) > _MOST - _NOTE:
            left += 1
        else:
            text += part
    yield text
    if left:
        yield f"\n{count(left, 'more file')} changed: there is no room for them here.\n"


_NOTE = 100
"""Characters that the last line may have."""
_LEAST = 400
"""Characters of details that are worth being shown."""


def _size(details: list[str]) -> int:
    return sum(len(line) + 1 for line in details)


def _share(sizes: list[int], room: int) -> int:
    """How many characters each file may have, so that all have room: what small ones leave is for the larger ones."""
    left = room
    for number, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - number)
        if size > share:
            return max(share, _LEAST)
        left -= size
    return max(room, _LEAST)


def _cut(details: list[str], size: int) -> list[str]:
    """As many lines as have room, and how many have none."""
    if _size(details) <= size:
        return details
    shown: list[str] = []
    room = size - _NOTE
    for line in details:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return [*shown, f"… {count(len(details) - len(shown), 'more line')}"]


def _folded(name: str, details: list[str]) -> str:
    body = "\n".join(details)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    title = re.sub(r"[<>&|]", lambda match: f"&#{ord(match.group())};", name)
    return f"\n<details><summary>{title}</summary>\n\n{fence}\n{body}\n{fence}\n\n</details>\n"
