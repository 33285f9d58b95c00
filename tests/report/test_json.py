"""The JSON report: valid by its schema whatever happens, and its places mean what the schema says."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cassette_tools import __version__, schemas
from cassette_tools.finding import Finding, Fix, Location, Severity, SourceLine
from cassette_tools.lint.engine import FileResult
from cassette_tools.report.base import Totals
from cassette_tools.report.json import JsonReport

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEALTHY = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
BROKEN = HEALTHY.replace("code: 200", "code: 404")
SCHEMA = schemas.load("lint-report-v1")
VALIDATOR = Draft202012Validator(SCHEMA)
NOTHING = {
    "cassettes": 0, "skipped": 0, "findings": 0, "omitted": 0, "error": 0, "warning": 0, "info": 0,
    "ignored": 0, "in_baseline": 0, "fixed": 0, "fixable": 0,
}  # fmt: skip


def _read(text: str) -> Any:
    document = json.loads(text)
    VALIDATOR.validate(document)
    return document


def test_the_schema_is_one_is_closed_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def closed(schema: dict[str, Any], place: str) -> None:
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, place
            for name, field in schema["properties"].items():
                assert field.get("description"), f"{place}.{name}"
                closed(field, f"{place}.{name}")

    closed(SCHEMA, "")
    for name, definition in SCHEMA["$defs"].items():
        closed(definition, name)


def test_the_schema_refuses_what_is_no_report() -> None:
    report = JsonReport()
    good = json.loads(report.begin() + report.end(Totals()))
    others: list[Any] = [{**good, "version": 2}, {**good, "more": 1}, {"version": 1}, {**good, "findings": [{}]}, []]
    for broken in others:
        assert not VALIDATOR.is_valid(broken)


@pytest.mark.parametrize(
    ("args", "files", "code", "summary"),
    [
        pytest.param(["x.yaml"], {"x.yaml": HEALTHY}, 0, {"cassettes": 1}, id="clean"),
        pytest.param(
            ["x.yaml"], {"x.yaml": BROKEN}, 1, {"cassettes": 1, "findings": 1, "error": 1, "fixable": 1}, id="a finding"
        ),
        pytest.param(
            ["."],
            {"a.yaml": BROKEN, "b.yaml": BROKEN, "c.yaml": HEALTHY, "d.yaml": "services: {}\n"},
            1,
            {"cassettes": 3, "skipped": 1, "findings": 2, "error": 2, "fixable": 2},
            id="a folder",
        ),
        pytest.param(["y.yaml"], {"x.yaml": HEALTHY}, 2, {}, id="nothing but an error"),
        pytest.param(["y.yaml", "x.yaml"], {"x.yaml": HEALTHY}, 2, {"cassettes": 1}, id="an error and a file"),
        pytest.param(["."], {}, 2, {}, id="nothing to check"),
    ],
)
def test_stdout_is_one_valid_document(
    call: Run, tmp_path: Path, args: list[str], files: dict[str, str], code: int, summary: dict[str, int]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = call("lint", "--format", "json", *args)
    document = _read(result.stdout)
    assert result.returncode == code
    assert document["version"] == 1
    assert document["tool"] == {"name": "cassette-tools", "version": __version__}
    assert document["summary"] == {**NOTHING, **summary}
    assert len(document["findings"]) == document["summary"]["findings"]


def test_a_finding_is_written_whole(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    (finding,) = _read(call("lint", "--format", "json", "x.yaml").stdout)["findings"]
    assert finding == {
        "path": "x.yaml",
        "line": 5,
        "column": 33,
        "end_line": 5,
        "end_column": 39,
        "code": "CT202",
        "name": "status-code",
        "severity": "error",
        "message": "the status line says 200, the status code is 404",
        "route": "interactions[0].response.status",
        "source": {
            "text": '  response: {code: 404, status: 200 OK, headers: {}, body: "[]"}',
            "start": 32,
            "end": 38,
        },
        "fix": {"title": "write the status line of 404", "safe": True},
        "fingerprint": finding["fingerprint"],
    }
    assert re.fullmatch("[0-9a-f]{32}", finding["fingerprint"])


def test_standard_input_has_the_name_it_is_given(call: Run) -> None:
    result = call("lint", "--format", "json", "-", "--stdin-filename", "chat.yaml", stdin=BROKEN.encode())
    assert [finding["path"] for finding in _read(result.stdout)["findings"]] == ["chat.yaml"]
    result = call("lint", "--format", "json", "-", stdin=BROKEN.encode())
    assert [finding["path"] for finding in _read(result.stdout)["findings"]] == ["<stdin>"]


def test_lines_and_columns_count_from_one_in_code_points_and_ends_are_exclusive(call: Run, tmp_path: Path) -> None:
    text = BROKEN.replace("headers: {}", "headers: {X: [日本😀]}").replace("404", "404, 'é': 1")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    document = _read(call("lint", "--format", "json", "x.yaml").stdout)
    lines = text.splitlines()
    marked = {
        finding["code"]: lines[finding["line"] - 1][finding["column"] - 1 : finding["end_column"] - 1]
        for finding in document["findings"]
    }
    assert marked == {"CT107": "'é'", "CT202": "200 OK"}
    for finding in document["findings"]:
        source = finding["source"]
        assert source["text"][source["start"] : source["end"]] == marked[finding["code"]]


def test_an_empty_file_has_a_place_and_no_source(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"")
    (finding,) = _read(call("lint", "--format", "json", "x.yaml").stdout)["findings"]
    place = [finding[name] for name in ("line", "column", "end_line", "end_column", "route", "source")]
    assert place == [1, 1, 1, 1, "", None]


def test_the_report_is_the_same_in_every_encoding(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN.replace("headers: {}", "headers: {X: [日本😀]}"), encoding="utf-8")
    result = run("lint", "--format", "json", "x.yaml", env={"PYTHONIOENCODING": "cp1252"})
    (finding,) = _read(result.stdout)["findings"]
    assert "日本😀" in finding["source"]["text"]


def test_findings_beyond_what_is_kept_are_counted(call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cassette_tools.lint.found.MAX_FINDINGS", 2)
    interaction = BROKEN.partition("interactions:\n")[2]
    five = "".join(interaction.replace("/models", f"/models/{number}") for number in range(5))
    (tmp_path / "x.yaml").write_text(f"version: 2\ninteractions:\n{five}")
    result = call("lint", "--format", "json", "x.yaml")
    document = _read(result.stdout)
    # Five status lines of which two are kept, and the first number that is off.
    assert [finding["code"] for finding in document["findings"]] == ["CT202", "CT109", "CT202"]
    assert document["summary"] == {
        **NOTHING, "cassettes": 1, "findings": 6, "omitted": 3, "error": 5, "warning": 1, "fixable": 3,
    }  # fmt: skip
    assert (
        result.stderr
        == "6 findings (5 errors, 1 warning; 3 fixable with --fix) in 1 of 1 cassette, 3 findings not shown\n"
    )


_texts = st.text(max_size=30)
_places = st.builds(Location, *[st.integers(1, 10**6)] * 4)
_sources = st.none() | st.builds(
    lambda text, start, length: SourceLine(text, start, start + length),
    _texts,
    st.integers(0, 10),
    st.integers(1, 10),
)
_findings = st.builds(
    Finding,
    _texts,
    st.from_regex(r"CT[0-9]{3}", fullmatch=True),
    st.from_regex(r"[a-z]+(-[a-z]+){0,2}", fullmatch=True),
    st.sampled_from(Severity),
    st.text(min_size=1, max_size=30),
    _places,
    _texts,
    _sources,
    st.sampled_from(["", "0123456789abcdef" * 2]),
    st.none() | st.builds(Fix, _texts, st.booleans(), st.just(())),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_findings, max_size=5))
def test_the_document_is_valid_and_ascii_for_any_findings_in_any_number(findings: list[Finding]) -> None:
    report, totals = JsonReport(), Totals()
    text = report.begin()
    for finding in findings:
        text += report.add(finding)
    totals.add(FileResult("x", checked=True, findings=tuple(findings), omitted=Counter()))
    text += report.end(totals)
    document = _read(text)
    assert text.isascii()
    assert [found["message"] for found in document["findings"]] == [finding.message for finding in findings]
    assert document["summary"]["findings"] == len(findings)
