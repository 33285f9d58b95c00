"""What recordings say differently, as text: for a terminal, in as few lines as tell it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from cassette_tools.comparison import DEFAULT, FileDiff
from cassette_tools.finding import Severity
from cassette_tools.model import Path
from cassette_tools.operations.diff import words
from cassette_tools.operations.diff.difference import Compared, Difference, Verdict
from cassette_tools.operations.diff.json_diff import is_vector
from cassette_tools.operations.media import readable
from cassette_tools.report.base import count
from cassette_tools.report.table import table
from cassette_tools.text import escape, mask

_AROUND = 40
"""Characters of what is the same that are shown on either side of a change."""
_LONGEST = 240
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_COLOURS = {
    "removed": "\x1b[31m", "added": "\x1b[32m", "head": "\x1b[1m", "dim": "\x1b[2m",
    Verdict.IDENTICAL: "\x1b[32m", Verdict.VOLATILE: "\x1b[32m", Verdict.WORDING: "\x1b[36m",
    Verdict.BEHAVIOUR: "\x1b[33m", Verdict.BROKEN: "\x1b[31m",
}  # fmt: skip
_RESET = "\x1b[0m"


class Text:
    """Writes differences as text.

    Args:
        colour: Use ANSI colours; without them, words are marked as ``git diff --word-diff`` marks them.
        shows: Tells which differences are shown.
        masked: Mask secrets.
    """

    def __init__(
        self, *, colour: bool = False, shows: Callable[[Difference], bool] = DEFAULT.shows, masked: bool = True
    ) -> None:
        self._colour = colour
        self._shows = shows
        self._masked = masked
        self._mask: Callable[[str], str] = mask
        self._shows_all = shows(_USUAL)

    def file(self, result: FileDiff) -> Iterator[str]:
        """The lines of one file: its verdict, and what differs in each interaction.

        Those that differ as every recording does are left out, and what a conversation has said again is told once.
        """
        self._mask = result.mask if self._masked else str
        verdict = result.change or result.verdict.label
        yield f"{self._paint(result.verdict, f'{verdict:13}')} {self._paint('head', escape(result.path))}"
        if result.problem:
            yield f"  cannot be read: {self._safe(result.problem, _LONGEST)}"
        told: dict[str, str] = {}
        for compared in _interactions(result):
            shown = [one for one in compared.differences if self._shows(one)]
            if not shown or (compared.verdict <= Verdict.VOLATILE < result.verdict and not self._shows_all):
                continue
            yield f"  {self._paint('head', self._name(compared))}"
            number = _numbered(compared)
            places = [told.setdefault(_identity(one), number) if _is_asked(one) else number for one in shown]
            new = [one for one, place in zip(shown, places, strict=True) if place == number]
            new.sort(key=lambda one: -one.verdict)  # what is worst is read first
            for line in self._differences(new):
                yield f"    {line}"
            for place in dict.fromkeys(place for place in places if place != number):
                kinds = dict.fromkeys(one.kind for one, where in zip(shown, places, strict=True) if where == place)
                yield f"    as in {place}: {', '.join(kinds)}"

    def _paint(self, name: object, text: str) -> str:
        return f"{_COLOURS[name]}{text}{_RESET}" if self._colour and name in _COLOURS else text

    def _name(self, compared: Compared) -> str:
        return f"{_numbered(compared)} {escape(compared.method)} {self._safe(compared.url, 120)}"

    def _differences(self, differences: list[Difference]) -> Iterator[str]:
        """Small values of one sort share a line; each text has one of its own."""
        for (kind, where, change), group in groupby(differences, key=_sort):
            title = f"{where} {kind}" if kind in ("shape", "body", "volatile", "request-body") else kind
            several = list(group)
            if kind == "usage":
                yield f"{title}: {self._numbers(several)}"
            elif kind in ("shape", "volatile") and change != "type":
                yield f"{title}: {change} {self._names(several)}"
            else:
                for one in several:
                    yield f"{self._place(title, one.path)}: {self._change(one)}"

    def _names(self, differences: list[Difference]) -> str:
        names = list(dict.fromkeys(path_text(one.path) for one in differences))
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        return self._safe(", ".join(names[:6]), _LONGEST) + more

    def _numbers(self, differences: list[Difference]) -> str:
        parts = []
        for one in differences[:8]:
            part = f"{path_text(one.path)} {self._value(one.before)} → {self._value(one.after)}"
            if _is_number(one.before) and _is_number(one.after):
                part += f" ({one.after - one.before:+,})" if isinstance(one.after - one.before, int) else ""
            parts.append(part.lstrip())
        return "; ".join(parts) + (f"; {len(differences) - 8} more" if len(differences) > 8 else "")

    def _place(self, title: str, path: Path) -> str:
        text = self._safe(path_text(path), 120)
        return text if path[:1] == (title,) else f"{title} {text}".rstrip()

    def _change(self, one: Difference) -> str:
        if one.change == "moved":
            return "moved"
        if isinstance(one.before, str) and isinstance(one.after, str):
            return self._words(one.before, one.after)
        if is_vector(one.before) and is_vector(one.after):
            return _numbers(one.before, one.after)
        if one.change in ("added", "removed"):
            value = one.after if one.change == "added" else one.before
            return one.change if value is None or value is True else self._marked(one.change, self._value(value))
        return f"{self._marked('removed', self._value(one.before))} {self._marked('added', self._value(one.after))}"

    def _marked(self, kind: str, text: str) -> str:
        if self._colour:
            return self._paint(kind, text)
        before, behind = _MARKS[kind]
        return f"{before}{text}{behind}"

    def _value(self, value: Any) -> str:
        value = readable(value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return self._safe(text, _LONGEST // 2)

    def _safe(self, text: str, limit: int) -> str:
        text = escape(self._mask(text))
        return text if len(text) <= limit else f"{text[: limit - 1]}…"

    def _words(self, before: str, after: str) -> str:
        """Two texts in one: what changed, with a little of what is around it."""
        # Before they are compared: half of a key must not look like a word.
        before, after = self._mask(readable(before)), self._mask(readable(after))
        shown = ""
        pieces = list(words.compare(before, after))
        for number, piece in enumerate(pieces):
            text = escape(piece.text)
            if piece.kind == "same":
                shown += _shortened(text, first=number == 0, last=number == len(pieces) - 1)
            else:
                text = text if len(text) <= _LONGEST // 2 else f"{text[: _LONGEST // 2]}…"
                shown += self._marked(piece.kind, text)
            if len(shown) > 2 * _LONGEST and number < len(pieces) - 1:
                left = sum(piece.kind != "same" for piece in pieces[number + 1 :])
                return shown + (f" … and {count(left, 'more change')}" if left else "…")
        return shown


_USUAL = Difference("volatile", "changed", Severity.INFO, Verdict.VOLATILE, "response", (), None, None)


def _numbered(compared: Compared) -> str:
    before, after = compared.before, compared.after
    return f"#{after}" if before == after else f"#{'' if before is None else before}→{'' if after is None else after}"


def _is_asked(one: Difference) -> bool:
    """Whether the requests that follow in a conversation say it again."""
    return one.where == "request" and one.kind not in ("interaction", "order", "method", "url")


def _identity(one: Difference) -> str:
    return repr((one.kind, one.path, one.change, one.before, one.after))


def _sort(one: Difference) -> tuple[str, str, str]:
    return one.kind, one.where, "" if one.kind == "usage" else one.change


def _shortened(text: str, *, first: bool, last: bool) -> str:
    if first:
        return text if len(text) <= _AROUND else f"…{text[-_AROUND:]}"
    if last:
        return text if len(text) <= _AROUND else f"{text[:_AROUND]}…"
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]} … {text[-_AROUND:]}"


def _numbers(before: list[float], after: list[float]) -> str:
    """How two rows of numbers differ."""
    if len(before) != len(after):
        return f"{len(before):,} → {count(len(after), 'number')}"
    changes = [abs(one - other) for one, other in zip(before, after, strict=True) if one != other]
    return f"{len(changes):,} of {count(len(before), 'number')}, by up to {max(changes):.3g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def path_text(path: Path) -> str:
    """A path in JSON as people write it: ``messages[1].content``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Summary:
    """How many files came to which verdict, and how often each kind of difference came: one screen."""

    def __init__(self) -> None:
        self.files = 0
        self._verdicts: Counter[Verdict] = Counter()
        self._changes: Counter[str] = Counter()
        self._times: Counter[str] = Counter()
        self._in_files: Counter[str] = Counter()

    def add(self, result: FileDiff) -> None:
        """Count a file."""
        self.files += 1
        self._verdicts[result.verdict] += 1
        if result.change != "broken":  # a verdict
            self._changes[result.change] += 1
        kinds = Counter(one.kind for compared in _interactions(result) for one in compared.differences)
        self._times.update(kinds)
        self._in_files.update(kinds.keys())

    def lines(self) -> Iterator[str]:
        """It in lines."""
        yield f"{count(self.files, 'recording')} compared"
        yield from (f"  {one.label:13} {self._verdicts[one]:6,}" for one in Verdict if self._verdicts[one])
        yield from (f"  {change:13} {number:6,}" for change, number in self._changes.items() if change)
        if self._times:
            yield from ("", f"  {'what differs':17} {'times':>7} {'files':>6}")
            for kind, number in self._times.most_common():
                yield f"  {kind:17} {number:7,} {self._in_files[kind]:6,}"


class Stat:
    """A table with a line for each file: its verdict, its interactions, how many changes of which kind.

    Args:
        colour: Use ANSI colours.
        shows: Tells which differences are counted.
    """

    def __init__(self, *, colour: bool = False, shows: Callable[[Difference], bool] = DEFAULT.shows) -> None:
        self._colour = colour
        self._shows = shows
        self._rows: list[list[str]] = []

    def add(self, result: FileDiff) -> None:
        """Note a file."""
        differences = [one for compared in _interactions(result) for one in compared.differences]
        kinds = Counter(one.kind for one in differences if self._shows(one) and one.kind != "fragments")
        cut = [one for one in differences if one.kind == "fragments"]
        verdict = result.change or result.verdict.label
        self._rows.append(
            [
                f"{_COLOURS[result.verdict]}{verdict}{_RESET}" if self._colour else verdict,
                escape(result.path),
                _then(result.before, result.after),
                ", ".join(f"{kind} {number:,}" for kind, number in kinds.most_common()),
                _then(sum(one.before for one in cut), sum(one.after for one in cut)) if cut else "",
            ]
        )

    def lines(self) -> Iterator[str]:
        """It in lines; a column in which nothing is said is left out."""
        headers = ["verdict", "path", "interactions", "changes", "fragments"]
        kept = [number for number in range(len(headers)) if any(row[number] for row in self._rows)]
        if kept:
            rows = [[row[number] for number in kept] for row in self._rows]
            yield from table([headers[number] for number in kept], rows, ("interactions", "fragments")).split("\n")


def _interactions(result: FileDiff) -> tuple[Compared, ...]:
    return result.diff.interactions if result.diff is not None else ()


def _then(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,}"
