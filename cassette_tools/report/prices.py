"""What recordings say they cost, beside what the table of prices says."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from cassette_tools.operations.usage import cost
from cassette_tools.operations.usage.record import Record, estimate
from cassette_tools.report.base import count
from cassette_tools.report.usage import shown

_LIKE = Decimal("0.01")
"""Of the recorded amount: what is nearer is the same."""
_MOST = 20


def write(records: Iterable[Record]) -> Iterator[str]:
    """A line a provider, then the answers for which the two differ, the most first."""
    from tabulate import tabulate

    errors: dict[str, list[Decimal]] = defaultdict(list)
    others: list[tuple[Decimal, Record, Decimal]] = []
    without = 0
    for one in records:
        if one.cost.source != "recorded" or not one.cost.dollars:
            continue
        estimated = estimate(one).dollars
        if estimated is None:
            without += 1
            continue
        error = (estimated - one.cost.dollars) / one.cost.dollars
        errors[one.provider].append(abs(error))
        if abs(error) > _LIKE:
            others.append((error, one, estimated))
    rows = [
        [
            shown(name),
            len(held),
            sum(error <= _LIKE for error in held),
            f"{statistics.median(held):.1%}",
            f"{max(held):.0%}",
        ]
        for name, held in sorted(errors.items())
    ]
    headers = ["provider", "answers", "within 1 %", "median error", "greatest"]
    yield f"{tabulate(rows, headers=headers, tablefmt='simple')}\n" if rows else "no answer has both\n"
    if without:
        yield f"\n{count(without, 'answer')} with a recorded cost and no price in {cost.table_version() or 'a table'}\n"
    if others:
        others.sort(key=lambda other: -abs(other[0]))
        lines = [
            [
                f"{error:+.0%}",
                f"{one.cost.dollars:f}",
                f"{estimated:f}",
                shown(one.model),
                f"{shown(one.file)} #{one.interaction}",
            ]
            for error, one, estimated in others[:_MOST]
        ]
        table = tabulate(
            lines,
            headers=["error", "recorded", "estimated", "model", "where"],
            tablefmt="simple",
            disable_numparse=True,
        )
        yield f"\n{table}\n"
        if len(others) > _MOST:
            yield f"{len(others) - _MOST:,} more\n"
