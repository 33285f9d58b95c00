"""The summary line: what was found, in how much, and what was passed over."""

import os
from collections import Counter
from pathlib import Path

import pytest

from cassette_tools.finding import Finding, Location, Severity
from cassette_tools.lint.engine import FileResult
from cassette_tools.report.base import Totals, count, path_in_repository, summary


def _result(*severities: Severity, omitted: dict[Severity, int] | None = None) -> FileResult:
    findings = [Finding("x", "CT101", "n", severity, "m", Location(1, 1, 1, 1), "", None) for severity in severities]
    return FileResult("x", checked=True, findings=tuple(findings), omitted=Counter(omitted or {}))


CLEAN = _result()
OTHER = FileResult("x", checked=False, findings=(), omitted=Counter(), other_recording=True)
OUTSIDE = CLEAN._replace(outside=1)
SKIPPED = FileResult("x", checked=False, findings=(), omitted=Counter())


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ([], "no cassette checked"),
        ([SKIPPED], "no cassette checked, 1 other file skipped"),
        ([CLEAN], "1 cassette checked, nothing found"),
        ([CLEAN] * 1206 + [SKIPPED] * 2, "1,206 cassettes checked, nothing found, 2 other files skipped"),
        ([OTHER, CLEAN], "1 cassette checked, nothing found, 1 other recording skipped"),
        ([OTHER, SKIPPED, OTHER], "no cassette checked, 2 other recordings skipped, 1 other file skipped"),
        ([OUTSIDE], "1 cassette checked, nothing found, 1 body in a file of its own not looked at"),
        (
            [OUTSIDE, OUTSIDE, SKIPPED],
            "2 cassettes checked, nothing found, 2 bodies in files of their own not looked at, 1 other file skipped",
        ),
        ([_result(Severity.ERROR)], "1 finding (1 error) in 1 of 1 cassette"),
        (
            [_result(Severity.INFO, Severity.ERROR, Severity.WARNING, Severity.ERROR), CLEAN, _result(Severity.INFO)],
            "5 findings (2 errors, 1 warning, 2 info) in 2 of 3 cassettes",
        ),
        (
            [_result(Severity.INFO, omitted={Severity.ERROR: 1_000}), SKIPPED],
            "1,001 findings (1,000 errors, 1 info) in 1 of 1 cassette, 1,000 findings not shown, 1 other file skipped",
        ),
    ],
)
def test_the_summary_says_what_was_found_and_what_was_not_shown(results: list[FileResult], line: str) -> None:
    totals = Totals()
    for result in results:
        totals.add(result)
    assert summary(totals) == line


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "finding", "0 findings"),
        (1, "finding", "1 finding"),
        (1234567, "finding", "1,234,567 findings"),
        (2, "entry", "2 entries"),
        (1, "entry", "1 entry"),
    ],
)
def test_a_number_and_its_noun(number: int, noun: str, text: str) -> None:
    assert count(number, noun) == text


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
@pytest.mark.parametrize(
    ("root", "path", "shown"),
    [
        ("", "x.yaml", "x.yaml"),
        ("", "./a//x.yaml", "a/x.yaml"),
        (".", "x.yaml", "sub/x.yaml"),
        (".", "../x.yaml", "x.yaml"),
        (".", "../../x.yaml", "../../x.yaml"),
        (".", "<stdin>", "<stdin>"),
        ("sub", "x.yaml", "x.yaml"),
        ("sub/", "x.yaml", "x.yaml"),
        ("su", "x.yaml", "x.yaml"),
        ("link", "x.yaml", "sub/x.yaml"),
        ("elsewhere", "x.yaml", "x.yaml"),
    ],
)
def test_a_ci_system_is_given_paths_from_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, root: str, path: str, shown: str
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / "sub")
    if root:
        monkeypatch.setenv(variable, f"{tmp_path}{os.sep}{root}" if root != "." else str(tmp_path))
    assert path_in_repository(path) == shown
    absolute = str(tmp_path / "sub" / "x.yaml")
    if root == ".":
        assert path_in_repository(absolute) == "sub/x.yaml"
