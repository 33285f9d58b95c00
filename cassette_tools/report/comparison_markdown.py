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
    left = 0
    for result in sorted(seen, key=lambda result: -result.verdict):
        if result.verdict <= Verdict.VOLATILE:
            continue
        head, *details = writer.file(result)
        body = "\n".join(details)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
        name = re.sub(r"[<>&|]", lambda match: f"&#{ord(match.group())};", " ".join(head.split()))
        part = f"\n<details><summary>{name}</summary>\n\n{fence}\n{body}\n{fence}\n\n</details>\n"
        if len(text) + len(part) > _MOST:
            left += 1
        else:
            text += part
    yield text
    if left:
        yield f"\n{count(left, 'more file')} changed: there is no room for them here.\n"
