"""What recordings say they cost, beside what the table of prices says."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from cassette_tools.operations.usage import cost
from cassette_tools.operations.usage.median import Median
from cassette_tools.operations.usage.record import Record, estimate
from cassette_tools.report.base import count
from cassette_tools.report.table import table
from cassette_tools.report.usage import shown

_LIKE = Decimal("0.01")
"""Of the recorded amount: what is nearer is the same."""
_MOST = 20


class _Errors:
    """How far estimates are from what recordings say, relative to that."""

    def __init__(self) -> None:
        self.median = Median()
        self.alike = 0
        self.greatest = Decimal(0)

    def add(self, error: Decimal) -> None:
        self.median.add(float(error))
        self.alike += error <= _LIKE
        self.greatest = max(self.greatest, error)

    def cells(self) -> list[str]:
        """What a line of the table says."""
        return [
            f"{self.median.number:,}",
            f"{self.alike:,}",
            f"{self.median.value:.1%}",
            f"{self.greatest:.0%}",
        ]


class _Outlier(NamedTuple):
    """An answer for which the two differ; by the first field, and then by the second one, they are in order."""

    by: Decimal
    order: int
    error: Decimal
    one: Record
    estimated: Decimal


class _Comparison:
    """What recordings say they cost, beside what the table of prices says.

    Attributes:
        errors: By provider.
        every: Of all providers.
        outliers: The answers for which the two differ most: a heap of at most ``_MOST``.
        outlying: How many there are.
        free: Answers with a recorded cost of 0.
        unpriced: Answers without an estimate, by why there is none.
    """

    def __init__(self) -> None:
        self.errors: dict[str, _Errors] = defaultdict(_Errors)
        self.every = _Errors()
        self.outliers: list[_Outlier] = []
        self.outlying = self.free = 0
        self.unpriced: Counter[str] = Counter()

    def add(self, one: Record, order: int) -> None:
        """Compare one answer; ``order`` is its number."""
        if one.cost.source != "recorded" or one.cost.dollars is None:
            return
        if not one.cost.dollars:
            self.free += 1
            return
        price = estimate(one)
        if price.dollars is None:
            self.unpriced[price.detail or "no tokens"] += 1
            return
        error = (price.dollars - one.cost.dollars) / one.cost.dollars
        self.errors[one.provider].add(abs(error))
        self.every.add(abs(error))
        if abs(error) > _LIKE:
            self.outlying += 1
            outlier = _Outlier(abs(error), -order, error, one, price.dollars)
            (heapq.heappush if len(self.outliers) < _MOST else heapq.heappushpop)(self.outliers, outlier)


def write(records: Iterable[Record]) -> Iterator[str]:
    """A line a provider and one for all, the answers for which the two differ, the most first, and what is left out."""
    found = _Comparison()
    for order, one in enumerate(records):
        found.add(one, order)
    rows = [[shown(name), *held.cells()] for name, held in sorted(found.errors.items())]
    if len(rows) > 1:
        rows.append(["all", *found.every.cells()])
    headers = ["provider", "answers", "within 1 %", "median error", "greatest"]
    yield f"{table(headers, rows, headers[1:])}\n" if rows else "no answer has both\n"
    yield from _outliers(found)
    yield "\n"
    version = cost.table_version() or "no table of prices"
    if rows:
        median = found.every.median
        yield (
            f"{version}: {count(median.number, 'answer')} compared, median error {median.value:.1%}, "
            f"{count(found.outlying, 'outlier')} of more than 1 %\n"
        )
    for why, times in sorted(found.unpriced.items(), key=lambda reason: (-reason[1], reason[0])):
        yield f"{count(times, 'answer')} with a recorded cost and no estimate by {version}: {why}\n"
    if found.free:
        yield f"{count(found.free, 'answer')} with a recorded cost of 0: not compared\n"


def _outliers(found: _Comparison) -> Iterator[str]:
    if not found.outliers:
        return
    rows = [
        [
            f"{outlier.error:+.0%}",
            f"{outlier.one.cost.dollars:f}",
            f"{outlier.estimated:f}",
            shown(outlier.one.model),
            f"{shown(outlier.one.file)} #{outlier.one.interaction}",
        ]
        for outlier in sorted(found.outliers, reverse=True)
    ]
    headers = ["error", "recorded", "estimated", "model", "where"]
    yield f"\n{table(headers, rows, headers[:3])}\n"
    if found.outlying > len(found.outliers):
        yield f"{found.outlying - len(found.outliers):,} more\n"
