"""What recordings used, as one page that needs nothing else: a table that can be sorted, and plots.

The page asks nothing of any network, and its Content Security Policy sees to that: one script, known by its hash, and
one style. All that is recorded is escaped as HTML is.
"""

import base64
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape as escape_html
from typing import NamedTuple

from cassette_tools.operations.usage.record import Record
from cassette_tools.operations.usage.totals import Group, Grouped, Totals, ordered
from cassette_tools.report.usage import chosen, cost_text, notes_of, shown, tokens_text
from cassette_tools.text import clip

_MOST_POINTS = 2000
_BARS = 12


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
    cells = "".join(f"<div><b>{_with_unknown(value)}</b><span>{name}</span></div>" for name, value in tiles)
    return f"<div class=tiles>{cells}</div>\n"


_COLUMNS = ("calls", "errors", "unknown", "input", "cached", "output", "reasoning", "tool calls", "cost")
_Cell = tuple[str, str]
"""The value that it is sorted by, and its text."""


def _table(grouped: Grouped, keys: tuple[str, ...], sort: str, top: int | None) -> str:
    rows, rest = chosen(grouped, sort, top)
    cells = [_cells(totals) for _, totals in rows]
    every = _cells(grouped.all)
    # A column in which there is nothing is not there.
    kept = [number for number in range(len(_COLUMNS)) if not number or every[number][1] not in ("-", "0")]
    heads = "".join(
        f"<th scope=col{' class=name' if number < len(keys) else ''}><button type=button>{name}</button></th>"
        for number, name in enumerate((*keys, *(_COLUMNS[number] for number in kept)))
    )
    body = "".join(
        f"<tr>{''.join(map(_named, group))}{_shown(held, kept)}</tr>\n"
        for (group, _), held in zip(rows, cells, strict=True)
    )
    foot = _foot("total", len(keys), _shown(every, kept))
    if rest is not None:
        foot = _foot(f"{len(grouped.groups) - len(rows):,} more", len(keys), _shown(_cells(rest), kept)) + foot
    table = f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody><tfoot>{foot}</tfoot>"
    return f"<div class=scroll><table>{table}</table></div>\n"


def _named(name: str) -> str:
    return f"<td class=name title={_quoted(name)}>{_safe(name)}</td>"


def _foot(name: str, width: int, cells: str) -> str:
    return f"<tr><th scope=row colspan={width}>{name}</th>{cells}</tr>"


def _shown(cells: list[_Cell], kept: list[int]) -> str:
    return "".join(f'<td data-value="{cells[number][0]}">{cells[number][1]}</td>' for number in kept)


def _cells(totals: Totals) -> list[_Cell]:
    def counted(number: int | None, text: str = "") -> _Cell:
        return f"{-1 if number is None else number}", text or _number(number)

    def half(name: str) -> _Cell:
        return counted(totals.count(name), _with_unknown(tokens_text(totals, name)))

    return [
        counted(totals.calls),
        counted(totals.errors),
        counted(totals.unknown),
        half("input"),
        counted(totals.count("cache_read")),
        half("output"),
        counted(totals.count("reasoning")),
        counted(totals.tool_calls),
        (f"{-1 if totals.cost is None else totals.cost}", _with_unknown(cost_text(totals))),
    ]


def _with_unknown(text: str) -> str:
    """What is known, and less loudly how much is not."""
    known, plus, unknown = escape_html(text).partition(" + ")
    return f"{known} <small>+ {unknown}</small>" if plus else known


# --- plots -----------------------------------------------------------------------------------------------------------


def _figure(title: str, plot: str, legend: str) -> str:
    if not plot:
        return ""
    return f"<figure><figcaption>{title}{legend}</figcaption>\n{plot}</figure>\n"


def _legend(*names: str) -> str:
    return "".join(f'<span class="key k{number}">{name}</span>' for number, name in enumerate(names))


def _bars(rows: list[tuple[str, list[float], str]]) -> str:
    """Bars below each other: a name, the parts of the bar, and what stands behind it."""
    most = max((sum(parts) for _, parts, _ in rows), default=0)
    if not most:
        return ""
    lines = []
    for name, parts, text in rows:
        bar = "".join(
            f'<i class=k{part} style="width:{100 * value / most:.2f}%"></i>' for part, value in enumerate(parts)
        )
        # The end of a path tells most; of other names it does no harm.
        label = f"<span class=label title={_quoted(name)}><bdi>{_safe(name)}</bdi></span>"
        lines.append(
            f"<div class=row>{label}<span class=track>{bar}</span><span class=value>{escape_html(text)}</span></div>\n"
        )
    return f"<div class=bars>\n{''.join(lines)}</div>"


def _quoted(text: str) -> str:
    return f'"{_safe(text)}"'


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
    return _bars([*bars, *_rest(rows, _tokens(rest) if rest else "")])


def _tokens(totals: Totals) -> str:
    lacking = totals.lacking("input") + totals.lacking("output")
    unknown = f" + {lacking:,} unknown" if lacking else ""
    return f"{(totals.count('input') or 0) + (totals.count('output') or 0):,}{unknown}"


def _rest(rows: list[tuple[Group, Totals]], text: str) -> list[tuple[str, list[float], str]]:
    return [(f"{len(rows) - _BARS:,} more", [], text)] if text else []


def _cost_bars(rows: list[tuple[Group, Totals]]) -> str:
    named, rest = _with_the_rest(rows)
    bars = [(name, [float(totals.cost or 0)], cost_text(totals)) for name, totals in named]
    return _bars([*bars, *_rest(rows, cost_text(rest) if rest else "")])


_WIDTH, _HEIGHT = 760, 380
_MARGIN = 52


def _scatter(points: list[Point]) -> str:
    """Both axes are logarithmic: most answers are short, and a few a thousand times as long."""
    if len(points) < 2:
        return ""
    right, bottom = _WIDTH - 16, _HEIGHT - _MARGIN
    x_of = _Scale([point.output for point in points], _MARGIN, right)
    y_of = _Scale([point.seconds for point in points], bottom, 12)
    content = ""
    for tick, y in y_of.ticks():
        content += f'<line class=grid x1="{_MARGIN}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        content += f'<text class=value x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:,g}</text>'
    for tick, x in x_of.ticks():
        content += f'<line class=grid x1="{x:.1f}" x2="{x:.1f}" y1="12" y2="{bottom}"/>'
        content += f'<text class=value x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,g}</text>'
    content += (
        f'<text class=value x="{(right + _MARGIN) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">tokens of output</text>'
    )
    for point in points:
        title = f"{shown(clip(point.model, 60))}: {point.output:,} tokens in {point.seconds:.2f} s"
        content += (
            f'<circle class="dot" cx="{x_of(point.output):.1f}" cy="{y_of(point.seconds):.1f}" r="3.5">'
            f"<title>{escape_html(title)}</title></circle>"
        )
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Seconds, by tokens of output">{content}</svg>'


class _Scale:
    """Where a value stands on a logarithmic axis.

    Args:
        values: What has to be on it, all above 0.
        start: Where it begins.
        end: Where it ends.
    """

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = math.log10(min(values)), math.log10(max(values))
        # Values that are all alike stand in the middle.
        pad = 0.02 * (high - low) or 0.5
        self._low, self._high = low - pad, high + pad
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + (self._end - self._start) * share

    def ticks(self) -> Iterator[tuple[float, float]]:
        """Round numbers on it, and where they stand: powers of ten, and what is between them where there are few."""
        between = (1,) if self._high - self._low > 3 else (1, 2, 5)
        for exponent in range(math.floor(self._low), math.ceil(self._high) + 1):
            for factor in between:
                value = float(Decimal(factor).scaleb(exponent))
                if self._low <= math.log10(value) <= self._high:
                    yield value, self(value)


_STYLE = """
:root{--page:#f7f7f5;--card:#fff;--ink:#1c1c1a;--soft:#63635e;--line:#e2e2dc;--k0:#2f6db5;--k1:#d9822b}
@media(prefers-color-scheme:dark){:root{--page:#161615;--card:#1f1f1d;--ink:#ececea;--soft:#a3a39c;--line:#34342f;
--k0:#6aa5e8;--k1:#eda45c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1320px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:22px;margin:0 0 16px}
h2{font-size:17px;margin:28px 0 8px}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:14px}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 16px;min-width:130px}
.tiles b{display:block;font-size:20px}
.tiles span,.note{color:var(--soft)}
.note{margin:2px 0}
.scroll{overflow-x:auto}
small{font-size:.75em;font-weight:400;color:var(--soft);white-space:nowrap}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);font-size:14px}
th,td{padding:5px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
td{font-variant-numeric:tabular-nums}
.name,tfoot th{text-align:left}
td small{display:block;line-height:1}
td.name{max-width:220px;overflow:hidden;text-overflow:ellipsis}
tfoot tr:last-child>*{font-weight:600;border:0}
tfoot th{font-weight:400}
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
.row{display:grid;grid-template-columns:minmax(90px,24%) 1fr minmax(90px,18%);gap:10px;align-items:center}
.row{font-size:13px}
.row .label{text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;direction:rtl}
.row .track{display:flex;height:17px;margin:4px 0}
.row .value{color:var(--soft);font-size:12px}
i.k0{background:var(--k0)}
i.k1{background:var(--k1)}
svg{display:block;width:100%;max-width:1000px;height:auto}
svg .value{fill:var(--soft);font-size:11px}
.dot{fill:var(--k0);fill-opacity:.45}
.grid{stroke:var(--line)}
@media(max-width:640px){.row{grid-template-columns:1fr 10em;gap:0 10px;margin-bottom:6px}
.row .label{grid-column:1/-1;margin-right:auto;max-width:100%}
svg .value{font-size:20px}}
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
