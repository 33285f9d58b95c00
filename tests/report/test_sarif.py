"""SARIF 2.1.0: valid by what the standard requires, and its locations lead to the files."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cassette_tools import __version__
from cassette_tools.finding import Finding, Severity
from cassette_tools.rules.registry import all_rules

Written = Callable[..., str]
Make = Callable[..., Finding]
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
# RFC 3986, appendix A: a relative reference that is a path only, or a file's URI; no colon in its first segment.
_REFERENCE = re.compile(r"(?:file://(?=/))?(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+")


def _run(text: str) -> Any:
    """The run of a log, which must be valid and keep to what no schema can say."""
    document = json.loads(text)
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # §3.27.6
        for location in result["locations"]:
            region = location["physicalLocation"]["region"]
            start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
            assert start <= end
    return run


def test_a_finding_is_a_result_of_a_rule(written: Written, finding: Make) -> None:
    run = _run(written("sarif", [finding()]))
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"] == [
        {
            "ruleId": "CT202",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "the status line says 200, the status code is 404"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "testdata/x.yaml"},
                        "region": {"startLine": 5, "startColumn": 13, "endLine": 5, "endColumn": 19},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "interactions[0].response.status"}],
                }
            ],
            "partialFingerprints": {"cassetteTools/v1": "0123456789abcdef" * 2},
        }
    ]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("cassette-tools", __version__)
    (rule,) = driver["rules"]
    assert rule["id"] == "CT202"
    assert rule["name"] == "status-code"
    assert rule["shortDescription"]["text"] == "A status line that contradicts the status code."
    assert rule["fullDescription"]["text"].startswith("Compares the number at the start of the recorded status line")
    assert "## Use instead" in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["properties"] == {"tags": ["http"], "since": "0.1.0", "problem.severity": "error"}


def test_a_clean_run_has_an_empty_list_of_results(written: Written) -> None:
    run = _run(written("sarif", []))
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_severities_have_their_levels(written: Written, finding: Make) -> None:
    run = _run(written("sarif", [finding(severity=severity) for severity in sorted(Severity)]))
    assert [result["level"] for result in run["results"]] == ["note", "warning", "error"]


def test_every_rule_can_be_described(written: Written, finding: Make) -> None:
    run = _run(written("sarif", [finding(code=rule.code, name=rule.name) for rule in all_rules()]))
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [rule.code for rule in all_rules()]
    for rule in described:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"]
        assert "## What it does\n" in rule["help"]["markdown"]
        assert "## " not in rule["fullDescription"]["text"]


def test_the_schema_refuses_what_the_standard_does(written: Written, finding: Make) -> None:
    good = json.loads(written("sarif", [finding()]))
    run = good["runs"][0]
    result = run["results"][0]
    region = {"startLine": 0}
    for broken in (
        {**good, "version": "2.0.0"},
        {**good, "more": 1},
        {"version": "2.1.0"},
        {**good, "runs": [{**run, "tool": {}}]},
        {**good, "runs": [{**run, "columnKind": "bytes"}]},
        {**good, "runs": [{**run, "results": [{**result, "level": "info"}]}]},
        {**good, "runs": [{**run, "results": [{**result, "message": {}}]}]},
        {**good, "runs": [{**run, "results": [{**result, "locations": [{"physicalLocation": {"region": region}}]}]}]},
    ):
        assert not VALIDATOR.is_valid(broken)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("x.yaml", "x.yaml"),
        ("./a/../x.yaml", "x.yaml"),
        ("../x.yaml", "../x.yaml"),
        ("a b/#1?.yaml", "a%20b/%231%3F.yaml"),
        ("100%.yaml", "100%25.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("é/日本.yaml", "%C3%A9/%E6%97%A5%E6%9C%AC.yaml"),
        (os.fsdecode(b"caf\xe9.yaml"), "caf%E9.yaml"),
        ("\ud800.yaml", "%ED%A0%80.yaml"),
        ("a\n::error::.yaml", "a%0A%3A%3Aerror%3A%3A.yaml"),
        ("/tmp/a b.yaml", "file:///tmp/a%20b.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
    ids=ascii,
)
def test_a_path_is_a_reference_to_its_file(written: Written, finding: Make, path: str, uri: str) -> None:
    run = _run(written("sarif", [finding(path=path)]))
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_recorded_text_is_no_link(written: Written, finding: Make) -> None:
    # §3.11.6: a link is a bracketed text with a target in parentheses; a bracket behind a backslash is a character.
    run = _run(written("sarif", [finding(message="the body '[click](https://example.com)' is not JSON")]))
    assert run["results"][0]["message"]["text"] == "the body '[click\\](https://example.com)' is not JSON"


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_the_log_is_valid_and_ascii_whatever_is_found(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    text = written("sarif", drawn)
    assert text.isascii()
    run = _run(text)
    assert [result["ruleId"] for result in run["results"]] == [finding.code for finding in drawn]
    for result, finding in zip(run["results"], drawn, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert _REFERENCE.fullmatch(uri)
        if not re.search("[\ud800-\udfff]", finding.path):
            assert unquote_to_bytes(uri.removeprefix("file://")).decode() == os.path.normpath(finding.path)
