"""Pairs of recordings, before and after they were made anew: what differs is what another reader found to differ."""

import csv
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cassette_tools.loading import load
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import CassetteDiff, Verdict
from tests.conftest import Run

pytestmark = pytest.mark.corpus


class Pair(NamedTuple):
    """A file, what was found to differ, and what differs here."""

    expected: dict[str, str]
    diff: CassetteDiff

    @property
    def kinds(self) -> set[str]:
        """What differs, but for what is new in every recording."""
        found = (one for compared in self.diff.interactions for one in compared.differences)
        return {one.kind for one in found if one.kind not in ("volatile", "request-header")}


@pytest.fixture(scope="module")
def pairs(folder: Path) -> list[Pair]:
    """All pairs."""
    with (folder / "expected.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return [
        Pair(row, diff(load(folder / "before" / row["file"]), load(folder / "after" / row["file"]))) for row in rows
    ]


_KINDS = {
    "url": {"url"},
    "status": {"status"},
    "text": {"text"},
    "reasoning": {"reasoning"},
    "tools": {"tool-call"},
    "arguments": {"arguments", "tool-call"},
    "finish": {"finish-reason"},
}
"""The columns, and what each is here."""


@pytest.mark.parametrize("column", _KINDS)
def test_the_same_things_differ(pairs: list[Pair], column: str) -> None:
    judged = [pair for pair in pairs if pair.expected[column] in ("same", "differs")]
    assert len(judged) >= len(pairs) - 1
    wrong = [
        pair.expected["file"]
        for pair in judged
        if bool(pair.kinds & _KINDS[column]) != (pair.expected[column] == "differs")
    ]
    assert wrong == []


_REQUEST = {"messages", "tools", "parameters", "request-body"}


def test_requests_differ_where_their_json_does_but_for_ids_that_come_back(pairs: list[Pair]) -> None:
    differing = [pair for pair in pairs if pair.kinds & _REQUEST]
    assert all(pair.expected["request"] == "differs" for pair in differing)
    only_ids = [pair for pair in pairs if pair.expected["request"] == "differs" and not pair.kinds & _REQUEST]
    for pair in only_ids:
        changed = {
            str(one.path[-1])
            for compared in pair.diff.interactions
            for one in compared.differences
            if one.where == "request" and one.kind == "volatile"
        }
        assert changed - {"authorization", "x-api-key", "api-key"}, pair.expected["file"]


def test_verdicts_follow_from_what_differs(pairs: list[Pair]) -> None:
    for pair in pairs:
        row = pair.expected
        if row["arguments"] == "differs" or row["tools"] == "differs" or row["url"] == "differs":
            assert pair.diff.verdict >= Verdict.BEHAVIOUR, row["file"]
        elif row["text"] == "differs" or row["reasoning"] == "differs":
            assert pair.diff.verdict >= Verdict.WORDING, row["file"]
        elif not pair.kinds & (_REQUEST | {"model", "shape", "body"}):
            assert pair.diff.verdict == Verdict.VOLATILE, row["file"]


def test_nothing_is_lost_and_no_interaction_is_without_its_counterpart(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert pair.diff.verdict < Verdict.BROKEN
        assert all(compared.before == compared.after for compared in pair.diff.interactions)


def test_the_text_is_a_twentieth_of_the_diff_and_the_summary_one_screen(folder: Path, call: Run) -> None:
    before, after = str(folder / "before"), str(folder / "after")
    whole = subprocess.run(["diff", "-r", before, after], capture_output=True, check=False).stdout.count(b"\n")
    text = call("diff", before, after)
    assert text.returncode == 1
    assert 200 < text.stdout.count("\n") <= 0.05 * whole
    summary = call("diff", before, after, "--summary")
    assert summary.stdout.count("\n") <= 24


def _recordings(corpus: Path) -> Iterator[Path]:
    yield from sorted(path for path in corpus.rglob("*") if path.is_file())[::4]


def test_a_recording_is_identical_to_itself(corpus: Path) -> None:
    number = 0
    for path in _recordings(corpus):
        try:
            one, other = load(path), load(path)
        except Exception:  # noqa: BLE001 - what cannot be read is judged elsewhere
            continue
        result = diff(one, other)
        assert result.verdict == Verdict.IDENTICAL, path
        assert len(result.interactions) == len(one.interactions)
        number += 1
    assert number > 300
