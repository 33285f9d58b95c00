"""Secrets that are planted in real recordings are found, and nothing is left of them once they are taken out.

This is a sample: every kind and every place, but not every kind in every place. ``python -m tests.corpus.planting``
plants them all and shows the table.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus.planting import report
from tests.corpus.planting.judge import Judge, Judged
from tests.corpus.planting.kinds import KINDS, KNOWN
from tests.corpus.planting.places import PLACES
from tests.corpus.planting.plan import gardens, pairs
from tests.corpus.planting.recordings import NUMBER, tapes
from tests.corpus.planting.tape import Tape

pytestmark = pytest.mark.corpus

STEP = 16
"""One of so many pairs of a kind and a place."""
SHARES = 2
RECALL = 0.995


@pytest.fixture(scope="module")
def recordings(corpus: Path) -> list[Tape]:
    """The recordings, the same ones each time."""
    return tapes(corpus)


def test_the_sample_has_every_kind_and_every_place() -> None:
    sample = pairs(STEP)
    assert {kind.name for kind, _ in sample} == {kind.name for kind in (*KINDS, *KNOWN)}
    assert {place.name for _, place in sample} == {place.name for place in PLACES}


def test_the_recordings_are_of_every_recorder(recordings: list[Tape]) -> None:
    assert len(recordings) == NUMBER
    assert {tape.schema for tape in recordings} == {"go-vcr-v1", "go-vcr-v2", "vcrpy-v1", "ruby-vcr"}


@pytest.mark.parametrize("share", range(SHARES))
def test_planted_secrets_are_found_and_nothing_is_left_of_them(
    share: int, recordings: list[Tape], record_property: Callable[[str, object], None]
) -> None:
    judge = Judge()
    files: list[tuple[str, Judged]] = [
        (garden.name, judge.judge(garden)) for garden in gardens(recordings, (share, SHARES), STEP)
    ]
    verdicts = [verdict for _, judged in files for verdict in judged.verdicts]
    table = report.summary(verdicts)
    record_property("table", table)
    assert [f"{name}: {text}" for name, judged in files for text in judged.trouble] == []
    assert [f"{it}: {it.left}" for it in verdicts if it.left] == [], table
    missed = [it for it in verdicts if not it.found]
    assert [str(it) for it in missed if it.group != "other"] == [], table
    assert len(missed) <= (1 - RECALL) * len(verdicts), f"{[str(it) for it in missed]}\n{table}"
