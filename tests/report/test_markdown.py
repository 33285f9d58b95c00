"""The Markdown report, as another's parser of Markdown reads it: nothing that is recorded is markup."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cassette_tools.finding import Finding, Severity
from cassette_tools.report.markdown import MAX_SIZE
from cassette_tools.text import escape

Written = Callable[..., str]
Make = Callable[..., Finding]
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _rows(text: str) -> list[list[str]]:
    """The cells of the table, below its head; there is nothing in them but text and code."""
    cells: list[list[str]] = []
    tokens = PARSER.parse(text)
    assert not [token.type for token in tokens if token.type.startswith(("html", "heading", "fence", "bullet"))]
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            cells.append([])
        if before.type in ("td_open", "th_open"):
            assert {child.type for child in token.children or ()} <= {"text", "code_inline"}
            cells[-1].append("".join(child.content for child in token.children or ()))
    return cells[1:]


def test_a_finding_is_a_row(written: Written, finding: Make) -> None:
    text = written("markdown", [finding(message="it is 404")])
    assert text == (
        "**cassette-tools**: 1 finding (1 error) in 1 of 1 cassette\n"
        "\n"
        "| severity | rule | place | message |\n"
        "| --- | --- | --- | --- |\n"
        "| error | `CT202 status-code` | `testdata/x.yaml:5:13` | `it is 404` |\n"
    )
    assert _rows(text) == [["error", "CT202 status-code", "testdata/x.yaml:5:13", "it is 404"]]


def test_a_clean_run_is_a_line(written: Written) -> None:
    assert written("markdown", []) == "**cassette-tools**: 1 cassette checked, nothing found\n"


def test_errors_come_first(written: Written, finding: Make) -> None:
    found = [finding(severity=severity, path=path) for path in "ab" for severity in Severity]
    assert [(row[0], row[2][0]) for row in _rows(written("markdown", found))] == [
        ("error", "a"), ("error", "b"), ("warning", "a"), ("warning", "b"), ("info", "a"), ("info", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        "a | b",
        "a \\| b \\\\| c",
        "`code` ``more`` |`",
        "`",
        "``",
        "` `",
        "ends with a backslash \\",
        "<img src=x onerror=alert(1)> <!-- &lt;",
        "@someone #1 owner/repo#2 https://example.com www.example.com a@example.com",
        "[a](https://example.com) ![b](https://example.com/x.png) *c* ~~d~~",
        "**`|`** \\`",
        "::error file=x::y ##[error]z",
    ],
)
def test_recorded_text_stands_as_it_is(written: Written, finding: Make, message: str) -> None:
    ((_, _, _, shown),) = _rows(written("markdown", [finding(message=message)]))
    assert shown == escape(message)


def test_a_comment_has_room_for_it_and_is_told_what_is_left_out(written: Written, finding: Make) -> None:
    long = "日" * 500
    found = [finding(severity=Severity.WARNING, message=long)] * 300 + [finding(message="an error", path="y.yaml")] * 2
    text = written("markdown", found, omitted=1000)
    assert MAX_SIZE - 4000 < len(text.encode()) <= MAX_SIZE
    rows = _rows(text)
    assert [row[0] for row in rows[:3]] == ["error", "error", "warning"]
    assert text.endswith(f"\n\n{1302 - len(rows):,} of 1,302 findings are left out here.\n")


def test_a_finding_that_has_no_room_is_left_out(written: Written, finding: Make) -> None:
    text = written("markdown", [finding(path="x" * MAX_SIZE)])
    assert _rows(text) == []
    assert text.endswith("\n\n1 of 1 findings are left out here.\n")


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_each_finding_is_one_row_whatever_it_says(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    rows = _rows(written("markdown", drawn))
    assert all(len(row) == 4 for row in rows)
    by_severity = sorted(drawn, key=lambda finding: -finding.severity)
    # The parser takes what is white space to Python off the ends of a cell, and NUL for U+FFFD.
    assert [re.sub(r"\s", "", row[3]) for row in rows] == [
        re.sub(r"\s", "", escape(finding.message)) for finding in by_severity
    ]
