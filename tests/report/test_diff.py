"""What fixes change, shown to a person: it is to be seen, acts on no terminal, and tells no secret."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.report.diff import render


def _lines(before: str, after: str, *, colour: bool = False) -> list[str]:
    head, other, *lines = render("x.yaml", before, after, colour=colour).splitlines()
    if not colour:
        assert (head, other) == ("--- x.yaml", "+++ x.yaml")
    return lines


def test_no_line_is_a_command_to_a_ci_system() -> None:
    lines = _lines("::error::a\n  ::error::b " + "x" * 1000 + "\nc", "::error::a\n  ::error::b " + "x" * 1000 + "\nd")
    assert lines[1] == " :\\x3aerror::a"
    assert lines[2].startswith("   :\\x3aerror::b x")


def test_changes_have_three_lines_around_them_and_are_apart_when_they_are_far_apart() -> None:
    before = [f"line {number}" for number in range(40)]
    after = before.copy()
    after[3], after[20] = "three", "twenty"
    after.append("more")
    lines = _lines("\n".join(before), "\n".join(after))
    assert [line for line in lines if line.startswith("@@")] == [
        "@@ -1,7 +1,7 @@",
        "@@ -18,7 +18,7 @@",
        "@@ -38,3 +38,4 @@",
    ]
    assert [line for line in lines if line[0] in "+-"] == ["-line 3", "+three", "-line 20", "+twenty", "+more"]


_TEXTS = st.lists(st.sampled_from(["", " ", "a", "b", "c"]), max_size=12)


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
@settings(deadline=None, max_examples=150)
@given(_TEXTS, _TEXTS)
def test_a_real_patch_makes_of_the_one_text_the_other(before: list[str], after: list[str]) -> None:
    texts = ["".join(f"{line}\n" for line in lines) for lines in (before, after)]
    if texts[0] == texts[1]:
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.yaml").write_text(texts[0])
        command = ["patch", "--silent", "--force", "x.yaml"]
        shown = render("x.yaml", *texts, colour=False)
        done = subprocess.run(command, cwd=folder, input=shown, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), shown
        assert (Path(folder) / "x.yaml").read_text() == texts[1]


def test_a_long_line_is_cut_around_its_change() -> None:
    before = "a" * 10_000 + "old" + "b" * 10_000
    (_, removed, added) = _lines(before, before.replace("old", "new"))
    assert removed == f"-…{'a' * 80}old{'b' * 80}…"
    assert added == f"+…{'a' * 80}new{'b' * 80}…"


def test_a_change_that_is_long_itself_is_cut() -> None:
    (_, removed, added) = _lines("x" + "a" * 10_000, "x" + "b" * 10_000)
    assert (len(removed), len(added)) == (322, 322)
    assert removed.startswith("-xaaa")


def test_recorded_text_is_masked_and_escaped() -> None:
    secret = "sk-" + "a1B2" * 12
    lines = _lines(f"key: {secret}\nstatus: 1\x1b[31m", f"key: {secret}\nstatus: 2\x1b[31m")
    assert lines[1:] == [f" key: {'*' * len(secret)}", "-status: 1\\x1b[31m", "+status: 2\\x1b[31m"]


def test_colours_are_put_around_lines() -> None:
    text = render("x.yaml", "a\nb", "a\nc", colour=True)
    assert re.findall(r"\x1b\[(\d+)m([-+@]).*?\x1b\[0m", text) == [
        ("31", "-"), ("32", "+"), ("36", "@"), ("31", "-"), ("32", "+"),
    ]  # fmt: skip


def test_many_changes_in_a_long_file_are_shown_in_no_time() -> None:
    before = [f"line {number}" for number in range(50_000)]
    after = [line + "!" if number % 50 == 0 else line for number, line in enumerate(before)]
    lines = _lines("\n".join(before), "\n".join(after))
    assert sum(line.startswith("+") for line in lines) == 1000
