"""Recordings and their later versions in a repository: what the real git shows of them."""

import csv
import shutil
from pathlib import Path

import pytest

from cassette_tools.loading import load
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import Verdict
from cassette_tools.operations.diff.ids import NONE
from cassette_tools.report import textconv
from tests.conftest import Git, Run

pytestmark = pytest.mark.corpus


def _names(folder: Path) -> list[str]:
    with (folder / "expected.tsv").open() as stream:
        return [row["file"] for row in csv.DictReader(stream, delimiter="\t")]


def test_a_text_for_git_is_the_same_where_nothing_but_the_volatile_differs(folder: Path) -> None:
    differ, verdicts = [], {}
    for name in _names(folder):
        before, after = (load(folder / side / name) for side in ("before", "after"))
        verdicts[name] = diff(before, after).verdict
        texts = ["".join(textconv.write(side, NONE, str)) for side in (before, after)]
        if texts[0] != texts[1]:
            differ.append(name)
    assert [name for name in differ if verdicts[name] <= Verdict.VOLATILE] == []
    # A text that differs in spaces at the ends of its lines only.
    quiet = [name for name, verdict in verdicts.items() if verdict > Verdict.VOLATILE and name not in differ]
    assert len(quiet) <= 1


def test_the_real_git_shows_the_verdicts(run: Run, git: Git, tmp_path: Path, folder: Path) -> None:
    names = _names(folder)[::24]
    for side in ("before", "after"):
        for name in names:
            (tmp_path / "testdata" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / side / name, tmp_path / "testdata" / name)
        git("add", "--all")
        git("commit", "--quiet", "--message", side)
        assert run("git", "setup", "--write").returncode == 0
    verdicts = {name: diff(load(folder / "before" / name), load(folder / "after" / name)).verdict for name in names}
    shown = git("diff", "HEAD~1", "HEAD", "--", "testdata").split("diff --cassette ")[1:]
    assert {part.splitlines()[1] for part in shown} == {f"{verdicts[name].label:13} testdata/{name}" for name in names}
    # What `git show` shows is made in the same way.
    changed = git("log", "--patch", "-1", "--", "testdata")
    for name, verdict in verdicts.items():
        assert (f"a/testdata/{name} " in changed) == (verdict > Verdict.VOLATILE), name
