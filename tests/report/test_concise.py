"""The concise report: a line a finding, in the form that editors and grep know."""

import re
from collections.abc import Callable

import pytest

from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Totals
from cassette_tools.report.concise import ConciseReport

Written = Callable[..., str]
Make = Callable[..., Finding]


def test_a_finding_is_a_line(written: Written, finding: Make) -> None:
    assert written("concise", [finding(), finding(path="y.yaml", code="CT301", message="what: it is")]) == (
        "testdata/x.yaml:5:13: CT202 the status line says 200, the status code is 404\ny.yaml:5:13: CT301 what: it is\n"
    )


def test_nothing_found_is_nothing(written: Written) -> None:
    assert written("concise", []) == ""


@pytest.mark.parametrize("severity", list(Severity), ids=str)
def test_colours_change_nothing_but_colours(severity: Severity, finding: Make) -> None:
    report = ConciseReport(colour=True)
    painted = report.begin() + report.add(finding(severity=severity)) + report.end(Totals())
    assert "\x1b[" in painted
    plain = ConciseReport().add(finding(severity=severity))
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


@pytest.mark.parametrize("path", ["::error file=x::y.yaml", " ::error::y.yaml", "\u2003::error::y.yaml"], ids=ascii)
@pytest.mark.parametrize("format_", ["concise", "text"])
def test_a_file_that_is_named_like_a_command_is_none(written: Written, finding: Make, format_: str, path: str) -> None:
    assert written(format_, [finding(path=path)]).startswith(f"./{path}:5:13: ")
