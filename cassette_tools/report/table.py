"""Tables for people: columns as wide as what is in them, two spaces between them, a rule below the headers."""

import re
from collections.abc import Collection, Iterable, Sequence

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[str] = ()) -> str:
    """A table as text, without a line feed behind it.

    Args:
        headers: Of the columns, each another one.
        rows: Cells, which may be coloured; a row of empty ones is an empty line.
        right: The headers of the columns that are aligned to the right.
    """
    from tabulate import tabulate

    rows = list(rows)
    widths = [max(map(_width, column)) for column in zip(headers, *rows, strict=True)]
    # Given as headers, tabulate would make each of them two columns wider.
    lines = [headers, ["-" * width for width in widths], *rows]
    align = ["right" if header in right else "left" for header in headers]
    text = tabulate(lines, tablefmt="plain", colalign=align, disable_numparse=True)
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _width(cell: str) -> int:
    return len(_COLOUR.sub("", cell))
