"""What recordings used, as one page that needs nothing else: a table that can be sorted, and plots.

The page asks nothing of any network, and its Content Security Policy sees to that: one script, known by its hash, and
one style. All that is recorded is escaped as HTML is.
"""

import base64
import hashlib
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from html import escape as escape_html
from typing import NamedTuple

from cassette_tools.operations.usage.record import Record
from cassette_tools.operations.usage.totals import Group, Grouped, Totals, ordered
from cassette_tools.report.usage import cost_text, notes_of, shown, tokens_text
from cassette_tools.text import clip

_MOST_POINTS = 2000
_BARS = 12
_WIDTH, _ROW = 1080, 26


class Point(NamedTuple):
    """An answer in the plot of durations."""

    seconds: float
    output: int
    model: str


class Page:
    """Collects what the page shows, while records go by.

    Args:
        keys: What the table is grouped by.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self._groups = Grouped(keys)
        self._models = Grouped(("model",))
        self._folders = Grouped(("folder",))
        self._points: list[Point] = []
        self._seen = 0
        self._step = 1

    def add(self, one: Record) -> None:
        """Add a record."""
        self._groups.add(one)
        self._models.add(one)
        self._folders.add(one)
        if one.duration and one.usage is not None and one.usage.output:
            # Every one, then every second, every fourth: as many as can be told apart.
            if self._seen % self._step == 0:
                self._points.append(Point(one.duration, one.usage.output, one.model))
            self._seen += 1
            if len(self._points) > _MOST_POINTS:
                self._points = self._points[::2]
                self._step *= 2

    def write(self, sort: str, top: int | None) -> Iterator[str]:
        """The page.

        Args:
            sort: What the groups are sorted by at first.
            top: How many of them there are; None for all.
        """
        digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        yield (
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>Usage of recordings</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        )
        yield f"<h1>Usage of recordings</h1>\n{_tiles(self._groups.all)}"
        yield from (f"<p class=note>{_safe(note)}</p>\n" for note in notes_of(self._groups.all))
        models = [(group, totals) for group, totals in ordered(self._models, "total") if totals.count("total")]
        yield _figure("Tokens by model", _token_bars(models), _legend("input", "output"))
        folders = [(group, totals) for group, totals in ordered(self._folders, "cost") if totals.cost]
        yield _figure("Cost by folder", _cost_bars(folders), "")
        yield _figure("Seconds, by tokens of output", _scatter(self._points), "")
        yield f"<h2>By {_safe(', '.join(self._keys))}</h2>\n{_table(self._groups, self._keys, sort, top)}"
        yield f"</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"


def write(records: Iterable[Record], keys: tuple[str, ...], sort: str, top: int | None) -> Iterator[str]:
    """The page of some records. See ``Page``."""
    page = Page(keys)
    for one in records:
        page.add(one)
    yield from page.write(sort, top)


def _safe(text: str) -> str:
    return escape_html(shown(text))


def _number(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _tiles(totals: Totals) -> str:
    tiles = (
        ("answers", f"{totals.answers:,}"),
        ("input tokens", tokens_text(totals, "input")),
        ("output tokens", tokens_text(totals, "output")),
        ("errors", f"{totals.errors:,}"),
        ("cost", cost_text(totals)),
    )
    cells = "".join(f"<div><b>{escape_html(value)}</b><span>{name}</span></div>" for name, value in tiles)
    return f"<div class=tiles>{cells}</div>\n"


_COLUMNS = ("calls", "errors", "unknown", "input", "cached", "output", "reasoning", "tool calls", "cost")


def _table(grouped: Grouped, keys: tuple[str, ...], sort: str, top: int | None) -> str:
    heads = "".join(
        f"<th scope=col{' class=name' if number < len(keys) else ''}><button type=button>{name}</button></th>"
        for number, name in enumerate((*keys, *_COLUMNS))
    )
    rows = "".join(_row(group, totals) for group, totals in ordered(grouped, sort)[:top])
    total = _cells(grouped.all)
    foot = f"<tfoot><tr><th scope=row colspan={len(keys)}>total</th>{total}</tr></tfoot>"
    return f"<div class=scroll><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{foot}</table></div>\n"


def _row(group: Group, totals: Totals) -> str:
    names = "".join(f"<td class=name>{_safe(name)}</td>" for name in group)
    return f"<tr>{names}{_cells(totals)}</tr>\n"


def _cells(totals: Totals) -> str:
    numbers = (
        (totals.calls, ""), (totals.errors, ""), (totals.unknown, ""), (totals.count("input"), "input"),
        (totals.count("cache_read"), ""), (totals.count("output"), "output"), (totals.count("reasoning"), ""),
        (totals.tool_calls, ""),
    )  # fmt: skip
    cells = "".join(
        f'<td data-value="{-1 if held is None else held}">{tokens_text(totals, half) if half else _number(held)}</td>'
        for held, half in numbers
    )
    value = -1 if totals.cost is None else totals.cost
    return f'{cells}<td data-value="{value}">{escape_html(cost_text(totals))}</td>'


# --- plots -----------------------------------------------------------------------------------------------------------


def _figure(title: str, plot: str, legend: str) -> str:
    if not plot:
        return ""
    return f"<figure><figcaption>{title}{legend}</figcaption>\n<div class=scroll>{plot}</div></figure>\n"


def _legend(*names: str) -> str:
    return "".join(f'<span class="key k{number}">{name}</span>' for number, name in enumerate(names))


def _svg(height: float, content: str, label: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" height="{height:g}" role="img" '
        f'aria-label="{label}">{content}</svg>'
    )


_LEFT, _RIGHT = 270, 190


def _bars(rows: list[tuple[str, list[float], str]], label: str) -> str:
    """Bars beside each other: a name, the parts of the bar, and what stands behind it."""
    most = max((sum(parts) for _, parts, _ in rows), default=0)
    if not most:
        return ""
    room = _WIDTH - _LEFT - _RIGHT
    content = ""
    for number, (name, parts, text) in enumerate(rows):
        top, left = number * _ROW, float(_LEFT)
        content += f'<text x="{_LEFT - 8}" y="{top + 17}" text-anchor="end">{_safe(clip(name, 32))}</text>'
        for part, value in enumerate(parts):
            width = room * value / most
            content += f'<rect class="k{part}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="{_ROW - 9}"/>'
            left += width
        content += f'<text class=value x="{left + 6:.1f}" y="{top + 17}">{escape_html(text)}</text>'
    return _svg(len(rows) * _ROW, content, label)


def _with_the_rest(rows: list[tuple[Group, Totals]]) -> tuple[list[tuple[str, Totals]], Totals | None]:
    """As many as there is room for, and what the others come to: that has no bar, which would be the longest."""
    rest = Totals() if len(rows) > _BARS else None
    for _, totals in rows[_BARS:]:
        if rest is not None:
            rest.merge(totals)
    return [(group[0], totals) for group, totals in rows[:_BARS]], rest


def _token_bars(rows: list[tuple[Group, Totals]]) -> str:
    named, rest = _with_the_rest(rows)
    bars = [
        (name, [float(totals.count("input") or 0), float(totals.count("output") or 0)], _tokens(totals))
        for name, totals in named
    ]
    return _bars([*bars, *_rest(rows, _tokens(rest) if rest else "")], "Tokens by model")


def _tokens(totals: Totals) -> str:
    lacking = totals.lacking("input") + totals.lacking("output")
    unknown = f" + {lacking:,} unknown" if lacking else ""
    return f"{(totals.count('input') or 0) + (totals.count('output') or 0):,}{unknown}"


def _rest(rows: list[tuple[Group, Totals]], text: str) -> list[tuple[str, list[float], str]]:
    return [(f"{len(rows) - _BARS:,} more", [], text)] if text else []


def _cost_bars(rows: list[tuple[Group, Totals]]) -> str:
    named, rest = _with_the_rest(rows)
    names = _tails([name for name, _ in named])
    bars = [
        (name, [float(totals.cost or 0)], cost_text(totals)) for name, (_, totals) in zip(names, named, strict=True)
    ]
    return _bars([*bars, *_rest(rows, cost_text(rest) if rest else "")], "Cost by folder")


def _tails(folders: list[str]) -> list[str]:
    """The ends of paths, which tell most."""
    return [folder if len(folder) <= 32 else f"…{folder[-31:]}" for folder in folders]


_PLOT = 320
_MARGIN = 46


def _scatter(points: list[Point]) -> str:
    if len(points) < 2:
        return ""
    right, bottom = _WIDTH - 20, _PLOT - _MARGIN
    most_seconds, most_output = max(point.seconds for point in points), max(point.output for point in points)
    x_ticks, y_ticks = _ticks(most_output), _ticks(most_seconds)
    x_end, y_end = x_ticks[-1], y_ticks[-1]

    def x_of(value: float) -> float:
        return _MARGIN + (right - _MARGIN) * value / x_end

    def y_of(value: float) -> float:
        return bottom - (bottom - 12) * value / y_end

    content = ""
    for tick in y_ticks:
        y = y_of(tick)
        content += f'<line class=grid x1="{_MARGIN}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        content += f'<text class=value x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for tick in x_ticks:
        content += f'<text class=value x="{x_of(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,g}</text>'
    content += (
        f'<text class=value x="{(right + _MARGIN) / 2}" y="{_PLOT - 8}" text-anchor="middle">tokens of output</text>'
    )
    for point in points:
        title = f"{shown(clip(point.model, 60))}: {point.output:,} tokens in {point.seconds:.2f} s"
        content += (
            f'<circle class="dot" cx="{x_of(point.output):.1f}" cy="{y_of(point.seconds):.1f}" r="3.5">'
            f"<title>{escape_html(title)}</title></circle>"
        )
    return _svg(_PLOT, content, "Seconds, by tokens of output")


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to just above a value."""
    step = Decimal(10) ** math.floor(math.log10(most))
    for factor in (Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2)):
        if most / float(step * factor) <= 6:
            step *= factor
            break
    number = math.ceil(most / float(step))
    return [float(step * tick) for tick in range(number + 1)]


_STYLE = """
:root{--page:#f7f7f5;--card:#fff;--ink:#1c1c1a;--soft:#63635e;--line:#e2e2dc;--k0:#2f6db5;--k1:#d9822b}
@media(prefers-color-scheme:dark){:root{--page:#161615;--card:#1f1f1d;--ink:#ececea;--soft:#a3a39c;--line:#34342f;
--k0:#6aa5e8;--k1:#eda45c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1160px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:22px;margin:0 0 16px}
h2{font-size:17px;margin:28px 0 8px}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:14px}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 16px;min-width:130px}
.tiles b{display:block;font-size:20px}
.tiles span,.note{color:var(--soft)}
.note{margin:2px 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);font-size:14px}
th,td{padding:5px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
td{font-variant-numeric:tabular-nums}
.name,tfoot th{text-align:left}
td.name{max-width:260px;overflow:hidden;text-overflow:ellipsis}
tfoot th,tfoot td{font-weight:600;border:0}
th button{all:unset;cursor:pointer;color:var(--soft)}
th button:hover,th button:focus-visible{color:var(--ink);text-decoration:underline}
th[aria-sort] button{color:var(--ink);font-weight:600}
th[aria-sort=descending] button::after{content:" \\2193"}
th[aria-sort=ascending] button::after{content:" \\2191"}
figure{margin:20px 0 0;padding:14px 16px;background:var(--card);border:1px solid var(--line);border-radius:8px}
figcaption{font-weight:600;margin-bottom:8px}
.key{font-weight:400;color:var(--soft);margin-left:14px}
.key::before{content:"";display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}
.key.k0::before{background:var(--k0)}
.key.k1::before{background:var(--k1)}
svg{display:block}
svg text{font-size:13px;fill:var(--ink)}
svg .value{fill:var(--soft);font-size:12px}
svg .k0,.dot{fill:var(--k0)}
svg .k1{fill:var(--k1)}
.dot{fill-opacity:.45}
.grid{stroke:var(--line)}
"""
_SCRIPT = """
for (const head of document.querySelectorAll("thead th")) {
  head.firstChild.addEventListener("click", () => {
    const column = head.cellIndex, body = document.querySelector("tbody");
    const isNumber = body.rows[0] && body.rows[0].cells[column].dataset.value !== undefined;
    const down = head.getAttribute("aria-sort") === (isNumber ? "descending" : "ascending") ? !isNumber : isNumber;
    const of = (row) => isNumber ? Number(row.cells[column].dataset.value) : row.cells[column].textContent;
    const rows = [...body.rows].sort((a, b) => {
      const one = of(a), other = of(b);
      const order = isNumber ? one - other : one.localeCompare(other);
      return down ? -order : order;
    });
    body.append(...rows);
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  });
}
"""
