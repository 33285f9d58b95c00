"""What became of all that was planted, as tables."""

from collections import defaultdict
from collections.abc import Iterable

from tests.corpus.planting.judge import Verdict


def _row(name: str, verdicts: list[Verdict]) -> str:
    found, left = sum(it.found for it in verdicts), sum(bool(it.left) for it in verdicts)
    return f"{name:<52} {len(verdicts):>7} {found:>6} {found / len(verdicts):>8.2%} {left:>5}"


def _table(title: str, named: Iterable[tuple[str, Verdict]]) -> str:
    rows: defaultdict[str, list[Verdict]] = defaultdict(list)
    for name, verdict in named:
        rows[name].append(verdict)
    head = f"{title:<52} {'planted':>7} {'found':>6} {'recall':>8} {'left':>5}"
    return "\n".join([head, *(_row(name, rows[name]) for name in sorted(rows))])


def by_kind(verdicts: list[Verdict]) -> str:
    """A row for each kind of secret."""
    return _table("kind", ((it.kind, it) for it in verdicts))


def by_place(verdicts: list[Verdict]) -> str:
    """A row for each place and encoding."""
    return _table("place", ((it.place, it) for it in verdicts))


def summary(verdicts: list[Verdict]) -> str:
    """A row for each group, of which not the same is asked, and one for all."""
    return "\n".join((_table("group", ((it.group, it) for it in verdicts)), _row("all", verdicts)))
