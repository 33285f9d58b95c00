"""The overview of a tree of recordings: one screen of text, Markdown, or JSON."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cassette_tools.finding import Severity
from cassette_tools.operations.usage import cost
from cassette_tools.overview import Overview
from cassette_tools.report.base import count
from cassette_tools.report.markdown import code
from cassette_tools.report.usage import cost_text, shown, tail, tokens_text, totals_value
from cassette_tools.text import clip, escaped_json, mask

VERSION = 1
_PATH = 70
"""Characters of a path that are shown: its end tells most."""
_NAMES = 5
"""Names that a line has, before it says how many more there are."""


def lines(found: Overview, name: Callable[[str], str] = str) -> Iterator[tuple[str, str]]:
    """What there is to say, by topic; a topic of which there is nothing to say is left out.

    Args:
        found: The overview.
        name: How what is recorded is written.
    """
    totals = found.usage.all
    others = f"; {count(found.others, 'other file')} passed over" if found.others else ""
    folders = f" in {count(len(found.folders), 'folder')}" if len(found.folders) > 1 else ""
    yield "cassettes", f"{found.cassettes:,}{folders}, {_bytes(found.size)}{others}"
    yield "formats", _most(found.formats, name)
    if found.cassettes > 1:
        path = name(tail(shown(found.largest), _PATH))
        yield "sizes", f"median {_bytes(found.median)}, largest {_bytes(found.most)}: {path}"
    if found.dates is not None:
        first, last = (f"{date:%Y-%m-%d}" for date in found.dates)
        yield "recorded", first if first == last else f"{first} to {last}"
    parts = [count(totals.answers, "answer")]
    parts += [f"{totals.streams:,} streamed"] if totals.streams else []
    parts += [count(totals.tool_calls, "tool call")] if totals.tool_calls else []
    parts += [count(totals.errors, "error")] if totals.errors else []
    parts += [f"{totals.others:,} of no known API"] if totals.others else []
    yield "interactions", f"{totals.calls:,}: {', '.join(parts)}"
    for topic, key in (("APIs", "protocol"), ("providers", "provider"), ("models", "model")):
        counts = found.counts(key)
        if counts:
            yield topic, _most(counts, name)
    if totals.answers:
        yield "tokens", _tokens(found)
        yield "cost", cost_text(totals) + (f" (by {cost.table_version()})" if totals.priced_by_table else "")
    yield "findings", _findings(found)


def _most(counts: Counter[str], name: Callable[[str], str] = str, before: Mapping[str, int] | None = None) -> str:
    """The most frequent ones; ``before``: those with the greatest number here come first."""
    ordered = sorted(counts.items(), key=lambda one: (-(before or {}).get(one[0], 0), -one[1], one[0]))
    parts = [f"{name(clip(shown(word), 40))} {number:,}" for word, number in ordered[:_NAMES]]
    if len(ordered) > _NAMES:
        parts.append(f"{len(ordered) - _NAMES:,} more")
    return ", ".join(parts)


def _bytes(size: int) -> str:
    if size < 1000:
        return count(size, "byte")
    return f"{size / 1000:,.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def _tokens(found: Overview) -> str:
    totals = found.usage.all

    def part(name: str, noun: str, inner: str, inner_noun: str) -> str:
        within = totals.count(inner)
        held = f" ({within:,} {inner_noun})" if within else ""
        number = tokens_text(totals, name)
        return f"{'unknown' if number == '-' else number} {noun}{held}"

    text = f"{part('input', 'in', 'cache_read', 'cached')}, {part('output', 'out', 'reasoning', 'reasoning')}"
    return f"{text}; unknown for {count(totals.unknown, 'answer')}" if totals.unknown else text


def _findings(found: Overview) -> str:
    if not found.severities:
        return "none"
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    parts = [
        count(found.severities[severity], nouns[severity])
        if severity in nouns
        else f"{found.severities[severity]:,} info"
        for severity in sorted(Severity, reverse=True)
        if found.severities[severity]
    ]
    return f"{', '.join(parts)}: {_most(found.rules, before=found.worst)}"


def text(found: Overview) -> str:
    """One screen."""
    said = list(lines(found))
    width = max(len(topic) for topic, _ in said)
    return "".join(f"{topic:{width}}  {words}\n" for topic, words in said)


def markdown(found: Overview) -> str:
    """A table."""
    rows = [f"| {topic} | {words} |" for topic, words in lines(found, code)]
    return "\n".join(["| | |", "| --- | --- |", *rows]) + "\n"


def as_json(found: Overview) -> str:
    """One document, as ``schemas/summary-report-v1.schema.json`` describes it."""
    dates = None if found.dates is None else [date.isoformat().replace("+00:00", "Z") for date in found.dates]
    value: dict[str, Any] = {
        "version": VERSION,
        "prices": cost.table_version() or None,
        "cassettes": found.cassettes,
        "other_files": found.others,
        "folders": len(found.folders),
        "bytes": {"sum": found.size, "median": found.median, "largest": found.most},
        "largest": mask(found.largest) or None,
        "recorded": dates,
        "formats": dict(found.formats.most_common()),
        **{f"{key}s": _masked(found.counts(key)) for key in ("protocol", "provider", "model")},
        "usage": totals_value(found.usage.all),
        "findings": {
            "severities": {severity.label: found.severities[severity] for severity in sorted(Severity, reverse=True)},
            "rules": dict(found.rules.most_common()),
        },
    }
    return f"{escaped_json(value, indent=2)}\n"


def _masked(counts: Counter[str]) -> dict[str, int]:
    return {mask(name): number for name, number in counts.most_common()}
