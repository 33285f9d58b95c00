"""Sums over records, in groups: as many as there are groups, however many records there are."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from cassette_tools.operations.usage.record import Record
from cassette_tools.protocols.usage import Usage

TOKENS = Usage._fields
"""The counts that are added up."""


class Totals:
    """What the records of a group come to. What is not known is counted, and is no 0.

    Attributes:
        calls: All records.
        answers: Those that are answers of a known API.
        errors: Those that are errors.
        others: Those of no known API.
        jobs: Of those, the states of jobs that say what they used, as often as one asks, and answers that were stored
            and asked for again.
        streams: Those that came as streams.
        tool_calls: Tools that were called.
        seconds: How long they took, of those that say so.
        timed: How many of them say so.
        tokens: The sum of each count, of those that say it.
        known: How many say it.
        told: Answers with any usage, be it half of one.
        unknown: Answers without any usage.
        why: Why they have none, and how many.
        units: What is counted in other units.
        recorded: Dollars that recordings say.
        estimated: Dollars by the price table.
        unpriced: Answers whose cost is not known.
    """

    def __init__(self) -> None:
        self.calls = self.answers = self.errors = self.others = self.streams = self.tool_calls = self.timed = 0
        self.jobs = self.told = 0
        self.unknown = self.unpriced = self.priced_by_recording = self.priced_by_table = 0
        self.seconds = 0.0
        self.tokens = dict.fromkeys(TOKENS, 0)
        self.known = dict.fromkeys(TOKENS, 0)
        self.why: dict[str, int] = {}
        self.units: dict[str, Decimal] = {}
        self.recorded = self.estimated = Decimal(0)

    def add(self, one: Record) -> None:
        """Add a record."""
        self.calls += 1
        self.streams += one.streamed
        if one.duration is not None:
            self.seconds += one.duration
            self.timed += 1
        if one.outcome == "error":
            self.errors += 1
        elif one.outcome == "other":
            self.others += 1
            self.jobs += bool(one.why)
        else:
            self._add_answer(one)

    def _add_answer(self, one: Record) -> None:
        self.answers += 1
        self.tool_calls += one.tool_calls
        for unit in one.units:
            self.units[unit.name] = self.units.get(unit.name, Decimal(0)) + unit.number
        if one.usage is None:
            if not one.units:
                self.unknown += 1
                self.why[one.why] = self.why.get(one.why, 0) + 1
        else:
            self.told += 1
            for name, count in zip(TOKENS, one.usage, strict=True):
                if count is not None:
                    self.tokens[name] += count
                    self.known[name] += 1
        if one.cost.dollars is None:
            self.unpriced += 1
        elif one.cost.source == "recorded":
            self.recorded += one.cost.dollars
            self.priced_by_recording += 1
        else:
            self.estimated += one.cost.dollars
            self.priced_by_table += 1

    def merge(self, other: "Totals") -> None:
        """Add what another one has added up."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, dict):
                for key, number in value.items():
                    mine[key] = mine.get(key, 0) + number
            else:
                setattr(self, name, mine + value)

    def count(self, name: str) -> int | None:
        """The sum of a count; None where no record says it."""
        return self.tokens[name] if self.known[name] else None

    def lacking(self, name: str) -> int:
        """How many answers with usage do not say a count, or nothing that is a number."""
        return self.told - self.known[name]

    @property
    def cost(self) -> Decimal | None:
        """Dollars, recorded and estimated; None where nothing is known."""
        return self.recorded + self.estimated if self.priced_by_recording or self.priced_by_table else None


_FOLDERS = "/"
KEYS: dict[str, Callable[[Record], str]] = {
    "provider": lambda one: one.provider,
    "model": lambda one: one.model or "unknown",
    "protocol": lambda one: one.protocol or "none",
    "endpoint": lambda one: one.endpoint,
    "file": lambda one: one.file,
    "folder": lambda one: one.file.replace("\\", _FOLDERS).rpartition(_FOLDERS)[0] or ".",
    "test": lambda one: one.test,
    "status": lambda one: "none" if one.status is None else str(one.status),
    "outcome": lambda one: one.outcome,
}
"""What records can be grouped by."""
Group = tuple[str, ...]


class Grouped:
    """Totals by group, and of all.

    Args:
        keys: The names of what to group by, of ``KEYS``.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(keys)
        self.groups: dict[Group, Totals] = {}
        self.all = Totals()

    def add(self, one: Record) -> None:
        """Add a record."""
        self.all.add(one)
        if self._keys:
            group = tuple(KEYS[key](one) for key in self._keys)
            totals = self.groups.get(group)
            if totals is None:
                totals = self.groups[group] = Totals()
            totals.add(one)

    def merge(self, other: "Grouped") -> None:
        """Add what another one has added up."""
        self.all.merge(other.all)
        for group, totals in other.groups.items():
            self.groups.setdefault(group, Totals()).merge(totals)


def _tokens(name: str, totals: Totals) -> int:
    return totals.tokens[name]


SORTS: dict[str, Callable[[Totals], Any]] = {
    "calls": lambda totals: totals.calls,
    "errors": lambda totals: totals.errors,
    "unknown": lambda totals: totals.unknown,
    "cost": lambda totals: totals.cost or 0,
    "seconds": lambda totals: totals.seconds,
    "tool_calls": lambda totals: totals.tool_calls,
    **{name: partial(_tokens, name) for name in TOKENS},
}
"""What groups can be sorted by, the greatest first."""


def ordered(grouped: Grouped, sort: str) -> list[tuple[Group, Totals]]:
    """The groups, the greatest first and equal ones by name; by name alone where nothing is given to sort by."""
    groups = sorted(grouped.groups.items())
    return sorted(groups, key=lambda one: SORTS[sort](one[1]), reverse=True) if sort else groups
