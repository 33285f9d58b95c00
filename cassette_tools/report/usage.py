"""What recordings used: as tables for people, and as JSON, JSON Lines and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from cassette_tools.operations.usage import cost
from cassette_tools.operations.usage.record import Record
from cassette_tools.operations.usage.totals import TOKENS, Group, Grouped, Totals, ordered
from cassette_tools.report import table as tables
from cassette_tools.report.base import count
from cassette_tools.report.markdown import code
from cassette_tools.text import clip, escape, escaped_json, mask

VERSION = 1
Rows = list[tuple[Group, Totals]]


def chosen(grouped: Grouped, sort: str, top: int | None) -> tuple[Rows, Totals | None]:
    """The groups that are shown, and what the others come to.

    Args:
        grouped: The groups.
        sort: What they are sorted by, the greatest first; empty for their names.
        top: How many are shown; None for all.
    """
    rows = ordered(grouped, sort)
    if top is None or len(rows) <= top:
        return rows, None
    rest = Totals()
    for _, totals in rows[top:]:
        rest.merge(totals)
    return rows[:top], rest


# --- tables ----------------------------------------------------------------------------------------------------------

_COLUMNS = ("calls", "errors", "unknown", "input", "cached", "output", "reasoning", "tool calls", "cost")


def table(
    grouped: Grouped,
    keys: tuple[str, ...],
    sort: str,
    top: int | None,
    *,
    markdown: bool = False,
    width: int | None = None,
) -> str:
    """A line for each group, the totals, and what there is to say about what is not known.

    Args:
        grouped: The groups.
        keys: What they are grouped by.
        sort: What they are sorted by, the greatest first; empty for their names.
        top: How many are shown; None for all.
        markdown: Write a table of Markdown.
        width: Columns of the terminal, if the names are to be cut where it is narrow.
    """
    rows, rest = chosen(grouped, sort, top)
    named = _code_cell if markdown else _name
    lines = [[*map(named, keys, group), *_cells(totals)] for group, totals in rows]
    if rest is not None:
        others = len(grouped.groups) - len(rows)
        lines.append([f"{others:,} more", *[""] * (len(keys) - 1), *_cells(rest)])
    if not markdown and keys:
        lines.append([""] * (len(keys) + len(_COLUMNS)))
    lines.append([*(["total", *[""] * (len(keys) - 1)] if keys else []), *_cells(grouped.all)])
    # A column in which there is nothing but dashes is not there.
    kept = [
        number
        for number in range(len(keys) + len(_COLUMNS))
        if number < len(keys) + 1 or any(line[number] not in ("", "-") for line in lines)
    ]
    headers = [(*keys, *_COLUMNS)[number] for number in kept]
    cells = [[line[number] for number in kept] for line in lines]
    if width is not None:
        _fit(headers, cells, keys, width)
    text = _in_markdown(headers, cells) if markdown else tables.table(headers, cells, _COLUMNS)
    notes = "".join(f"{'- ' if markdown else ''}{note}\n" for note in notes_of(grouped.all))
    return f"{text}\n\n{notes}" if notes else f"{text}\n"


def _fit(headers: list[str], rows: list[list[str]], keys: tuple[str, ...], width: int) -> None:
    """Cut the names in the first columns so that the table has room, if enough of them is left then."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    names = widths[: len(keys)]
    room = width - sum(widths[len(keys) :]) - 2 * (len(widths) - 1)
    limits = range(max(names, default=0), _LEAST - 1, -1)
    limit = next((limit for limit in limits if sum(min(limit, name) for name in names) <= room), _MOST)
    for row in rows:
        row[: len(keys)] = [_short(key, name, limit) for key, name in zip(keys, row, strict=False)]


def _in_markdown(headers: list[str], rows: list[list[str]]) -> str:
    from tabulate import tabulate

    align = ["right" if header in _COLUMNS else "left" for header in headers]
    return tabulate(rows, headers=headers, tablefmt="github", colalign=align, disable_numparse=True)


def shown(text: str) -> str:
    """A recorded name as it may be shown."""
    return escape(mask(text))


_PATHS = ("file", "folder", "test")
_MOST = 60
"""Characters of a name that a table for people has."""
_LEAST = 12
"""Those that it has at least; where a terminal has no room for them, nothing is cut."""


def _name(key: str, text: str) -> str:
    """A name of a group for people: the end of a path tells most, of another name its beginning."""
    return _short(key, shown(text), _MOST)


def _short(key: str, text: str, limit: int) -> str:
    return tail(text, limit) if key in _PATHS else clip(text, limit)


def tail(text: str, limit: int) -> str:
    """The end of a text, with an ellipsis before it when something was cut."""
    return text if len(text) <= limit else f"…{text[1 - limit :]}"


def _code_cell(key: str, text: str) -> str:  # noqa: ARG001 - as `_name` has it
    return code(mask(text))


def _cells(totals: Totals) -> list[str]:
    return [
        f"{totals.calls:,}",
        f"{totals.errors:,}" if totals.errors else "-",
        f"{totals.unknown:,}" if totals.unknown else "-",
        tokens_text(totals, "input"),
        _number(totals.count("cache_read")),
        tokens_text(totals, "output"),
        _number(totals.count("reasoning")),
        f"{totals.tool_calls:,}" if totals.tool_calls else "-",
        cost_text(totals),
    ]


def _number(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def tokens_text(totals: Totals, name: str) -> str:
    """What a group used: ``1,400 + 13 unknown``; a dash where no answer has any usage.

    Args:
        totals: The group.
        name: ``input`` or ``output``, of which every answer has some.
    """
    lacking = f"{totals.lacking(name):,} unknown" if totals.lacking(name) else ""
    number = totals.count(name)
    if number is None:
        return lacking or "-"
    return f"{number:,} + {lacking}" if lacking else f"{number:,}"


def cost_text(totals: Totals) -> str:
    """What a group cost: ``$0.42 + 3 unknown``; a dash where there is no answer."""
    unknown = f"{totals.unpriced:,} unknown" if totals.unpriced else ""
    if totals.cost is None:
        return unknown or "-"
    return f"{dollars(totals.cost)} + {unknown}" if unknown else dollars(totals.cost)


def dollars(amount: Decimal) -> str:
    """An amount for people: cents, and four digits of what is less than a dollar."""
    return (
        f"${amount:,.2f}"
        if amount >= 1 or not amount
        else f"${amount:.4f}"
        if amount >= Decimal("0.0001")
        else "<$0.0001"
    )


def _singular(unit: str) -> str:
    return unit.removesuffix("es" if unit == "searches" else "s")


def notes_of(totals: Totals) -> Iterator[str]:
    """What there is to say about the figures, in sentences."""
    if totals.unknown:
        reasons = sorted(totals.why.items(), key=lambda reason: (-reason[1], reason[0]))
        told = ", ".join(f"{why} ({number:,})" for why, number in reasons)
        yield f"{count(totals.unknown, 'answer')} without usage: {told}"
    if totals.others:
        jobs = f", {totals.jobs:,} of them states of jobs or stored answers, with what they used" if totals.jobs else ""
        yield f"{count(totals.others, 'interaction')} without an answer of a known API: counted as calls only{jobs}"
    if totals.units:
        units = sorted(totals.units.items())
        told = ", ".join(f"{number:,} {_singular(name) if number == 1 else name}" for name, number in units)
        yield f"besides tokens: {told}"
    parts = []
    if totals.priced_by_recording:
        parts.append(f"{dollars(totals.recorded)} as recorded ({count(totals.priced_by_recording, 'answer')})")
    if totals.priced_by_table:
        answers = count(totals.priced_by_table, "answer")
        parts.append(f"{dollars(totals.estimated)} estimated by {cost.table_version()} ({answers})")
    if totals.unpriced:
        parts.append(f"{count(totals.unpriced, 'answer')} unknown")
    if parts:
        yield f"cost: {', '.join(parts)}"
    if totals.unpriced and not cost.table_version():
        yield "prices: install genai-prices (pip install 'cassette-tools[prices]') for estimates"


# --- for programs ----------------------------------------------------------------------------------------------------


def as_json(grouped: Grouped, keys: tuple[str, ...], sort: str, top: int | None) -> str:
    """One document, as ``schemas/usage-report-v1.schema.json`` describes it."""
    rows, rest = chosen(grouped, sort, top)
    groups = [
        {"group": dict(zip(keys, map(mask, group), strict=True)), **totals_value(totals)} for group, totals in rows
    ]
    value = {
        "version": VERSION,
        "prices": cost.table_version() or None,
        "by": list(keys),
        "groups": groups,
        "rest": None if rest is None else totals_value(rest),
        "total": totals_value(grouped.all),
    }
    return f"{escaped_json(value, indent=2)}\n"


def totals_value(totals: Totals) -> dict[str, Any]:
    """The JSON of what a group comes to; null is what is not known."""
    return {
        "calls": totals.calls,
        "answers": totals.answers,
        "errors": totals.errors,
        "others": totals.others,
        "jobs": totals.jobs,
        "streams": totals.streams,
        "unknown": totals.unknown,
        "tool_calls": totals.tool_calls,
        "seconds": round(totals.seconds, 6) if totals.timed else None,
        "tokens": {
            name: {"sum": totals.count(name), "known": totals.known[name], "unknown": totals.lacking(name)}
            for name in TOKENS
        },
        "units": {name: float(number) for name, number in sorted(totals.units.items())},
        "cost": {
            "recorded": str(totals.recorded) if totals.priced_by_recording else None,
            "estimated": str(totals.estimated) if totals.priced_by_table else None,
            "unknown": totals.unpriced,
        },
        "why_unknown": dict(sorted(totals.why.items())),
    }


FIELDS = (
    *("file", "interaction", "test", "provider", "protocol", "endpoint", "model_asked", "model", "status", "outcome"),
    *("streamed", "seconds", "recorded_at", "finish", "tool_calls", *TOKENS, "units", "why_unknown"),
    *("cost", "cost_source", "cost_detail"),
)
"""The fields of a record, in their order."""


def record_value(one: Record) -> dict[str, Any]:
    """A record as JSON: an object of ``FIELDS``; null is what is not known, a cost is a decimal number in a string."""
    counts: Iterable[int | None] = one.usage or (None,) * len(TOKENS)
    return {
        "file": mask(one.file),
        "interaction": one.interaction,
        "test": mask(one.test),
        "provider": mask(one.provider),
        "protocol": one.protocol or None,
        "endpoint": mask(one.endpoint),
        "model_asked": mask(one.model_asked) or None,
        "model": mask(one.model) or None,
        "status": one.status,
        "outcome": one.outcome,
        "streamed": one.streamed,
        "seconds": one.duration,
        "recorded_at": one.recorded_at.isoformat().replace("+00:00", "Z") if one.recorded_at is not None else None,
        "finish": mask(one.finish) or None,
        "tool_calls": one.tool_calls,
        **dict(zip(TOKENS, counts, strict=True)),
        "units": {unit.name: float(unit.number) for unit in one.units},
        "why_unknown": one.why or None,
        "cost": None if one.cost.dollars is None else str(one.cost.dollars),
        "cost_source": one.cost.source,
        "cost_detail": one.cost.detail or None,
    }


def line(one: Record) -> str:
    """A record as a line of JSON."""
    return f"{escaped_json(record_value(one))}\n"


def csv_of_records(records: Iterable[Record]) -> Iterator[str]:
    """A row a record."""
    yield _row(FIELDS)
    for one in records:
        value = record_value(one)
        value["units"] = "; ".join(f"{number:g} {name}" for name, number in value["units"].items())
        yield _row([value[name] for name in FIELDS])


def csv_of_groups(grouped: Grouped, keys: tuple[str, ...], sort: str, top: int | None) -> Iterator[str]:
    """A row a group."""
    names = ("calls", "answers", "errors", "others", "streams", "unknown", "tool_calls", "seconds")
    halves = ("input", "output")
    unknown = (f"{name}_unknown" for name in halves)
    yield _row([*keys, *names, *TOKENS, *unknown, "cost_recorded", "cost_estimated", "cost_unknown"])
    rows, rest = chosen(grouped, sort, top)
    more: Rows = [] if rest is None else [(("(more)", *[""] * (len(keys) - 1)), rest)]
    for group, totals in (*rows, *more):
        value = totals_value(totals)
        tokens = [value["tokens"][name]["sum"] for name in TOKENS]
        tokens += [value["tokens"][name]["unknown"] for name in halves]
        yield _row([*map(mask, group), *(value[name] for name in names), *tokens, *value["cost"].values()])


_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How what a spreadsheet would take for a formula begins, also behind white space and in full-width characters."""


def _row(values: Iterable[Any]) -> str:
    """A line of CSV (RFC 4180); what a spreadsheet would take for a formula begins with an apostrophe.

    What could act on a terminal is escaped.
    """
    text = io.StringIO()
    csv.writer(text).writerow(
        ["" if cell is None else _text(cell) if isinstance(cell, str) else cell for cell in values]
    )
    return text.getvalue()


def _text(cell: str) -> str:
    return f"'{escape(cell)}" if _FORMULA.match(cell) else escape(cell)
