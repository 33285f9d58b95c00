"""Secrets of every kind, planted in recordings of others in every place and encoding: found, and taken out.

``python -m tests.corpus.planting FOLDER`` plants every kind in every place, and says what became of each.
"""

from pathlib import Path

import pytest

from tests.corpus.planting.judge import Judged, judged, tapes

pytestmark = pytest.mark.corpus

_RECORDINGS = 200
_PART = 24
"""One file in so many: all of them take minutes."""


@pytest.fixture(scope="module")
def fared(corpus: Path) -> list[Judged]:
    """How each secret fared."""
    return list(judged(tapes(corpus, _RECORDINGS), (5, _PART)))


def test_nearly_all_secrets_are_found(fared: list[Judged]) -> None:
    missed = [one.words for one in fared if not one.code]
    assert len(fared) > 100
    assert len(missed) <= 0.005 * len(fared), missed


def test_every_secret_that_is_split_or_known_is_found(fared: list[Judged]) -> None:
    for sort in ("split", "known"):
        assert any(one.sort == sort for one in fared)
    assert [one.words for one in fared if one.sort != "other" and not one.code] == []


def test_what_is_split_is_reported_as_split_and_what_is_known_as_known(fared: list[Judged]) -> None:
    assert {one.code for one in fared if one.sort == "split"} <= {"CT604", "CT606"}


def test_nothing_can_be_read_of_a_secret_that_was_taken_out(fared: list[Judged]) -> None:
    assert [(one.words, one.left) for one in fared if one.code and one.left] == []
