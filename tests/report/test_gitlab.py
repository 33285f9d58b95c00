"""GitLab's Code Quality report: what its documentation requires, and identities that last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cassette_tools.finding import Finding, Location, Severity

Written = Callable[..., str]
Make = Callable[..., Finding]
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gitlab-code-quality.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def _read(text: str) -> Any:
    document = json.loads(text)
    VALIDATOR.validate(document)
    return document


def test_a_finding_is_an_issue(written: Written, finding: Make) -> None:
    (issue,) = _read(written("gitlab", [finding()]))
    assert len(issue.pop("fingerprint")) == 32
    assert issue == {
        "description": "CT202 status-code: the status line says 200, the status code is 404",
        "check_name": "CT202",
        "severity": "major",
        "location": {"path": "testdata/x.yaml", "lines": {"begin": 5}},
    }


def test_nothing_found_is_an_empty_array(written: Written) -> None:
    assert written("gitlab", []) == "[]\n"


def test_severities_have_their_equals(written: Written, finding: Make) -> None:
    issues = _read(written("gitlab", [finding(severity=severity) for severity in sorted(Severity)]))
    assert [issue["severity"] for issue in issues] == ["info", "minor", "major"]


def test_the_schema_refuses_what_gitlab_does(written: Written, finding: Make) -> None:
    (issue,) = _read(written("gitlab", [finding()]))
    for name in issue:
        assert not VALIDATOR.is_valid([{key: value for key, value in issue.items() if key != name}])
    assert not VALIDATOR.is_valid([{**issue, "severity": "error"}])
    assert not VALIDATOR.is_valid([{**issue, "location": {"path": "./x.yaml", "lines": {"begin": 5}}}])
    assert not VALIDATOR.is_valid(issue)


def test_a_fingerprint_outlives_other_lines_and_other_findings(written: Written, finding: Make) -> None:
    (alone,) = _read(written("gitlab", [finding()]))
    others = [finding(code="CT301"), finding(fingerprint="f" * 32), finding(path="y.yaml")]
    moved = finding(location=Location(80, 1, 80, 7), message="said with other words")
    fingerprints = [issue["fingerprint"] for issue in _read(written("gitlab", [*others, moved]))]
    assert fingerprints[-1] == alone["fingerprint"]
    assert len(set(fingerprints)) == 4


def test_equal_findings_are_told_apart(written: Written, finding: Make) -> None:
    issues = _read(written("gitlab", [finding()] * 3))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert written("gitlab", [finding()] * 3) == written("gitlab", [finding()] * 3)


def test_a_path_starts_at_the_project(written: Written, finding: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", str(Path.cwd().parent))
    (issue,) = _read(written("gitlab", [finding(path="./x.yaml")]))
    assert issue["location"]["path"] == f"{Path.cwd().name}/x.yaml"


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_the_report_is_valid_and_its_fingerprints_are_unique_whatever_is_found(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    text = written("gitlab", drawn)
    assert text.isascii()
    issues = _read(text)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(drawn)
