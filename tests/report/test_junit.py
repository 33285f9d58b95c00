"""JUnit's XML: valid by what Jenkins and Ant ask for, and read by another's parser."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import junitparser
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.finding import Finding, Severity

Written = Callable[..., str]
Make = Callable[..., Finding]
SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit.xsd"))


def _read(text: str) -> list[junitparser.TestSuite]:
    """The suites, as junitparser reads them; the numbers they state are those of their cases."""
    SCHEMA.validate(text)
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    for suite in suites:
        cases = list(suite)
        assert suite.tests == len(cases)
        assert suite.failures == sum(bool(case.result) for case in cases)
        assert len({(case.classname, case.name) for case in cases}) == len(cases)
    return suites


def test_a_finding_is_a_case_that_fails(written: Written, finding: Make) -> None:
    (suite,) = _read(written("junit", [finding()]))
    assert suite.name == "testdata/x.yaml"
    (case,) = suite
    assert (case.classname, case.name) == ("testdata/x.yaml", "CT202 status-code 5:13")
    (failure,) = case.result
    assert isinstance(failure, junitparser.Failure)
    assert (failure.type, failure.message) == ("error", "the status line says 200, the status code is 404")
    assert failure.text == (
        "testdata/x.yaml:5:13: error[CT202] status-code: the status line says 200, the status code is 404\n"
        " 5 |     status: 200 OK\n"
        "   |             ^^^^^^\n"
    )


def test_a_clean_run_is_a_case_that_passes(written: Written) -> None:
    (suite,) = _read(written("junit", []))
    (case,) = suite
    assert (case.classname, case.name, case.result) == ("cassette-tools", "1 cassette", [])


def test_each_file_is_a_suite_and_equal_places_have_names_of_their_own(written: Written, finding: Make) -> None:
    findings = [finding(path="a"), finding(path="a"), finding(path="b"), finding(path="b", code="CT301")]
    suites = _read(written("junit", findings))
    assert [(suite.name, [case.name for case in suite]) for suite in suites] == [
        ("a", ["CT202 status-code 5:13", "CT202 status-code 5:13 (2)"]),
        ("b", ["CT202 status-code 5:13", "CT301 status-code 5:13"]),
    ]


def test_severities_are_types(written: Written, finding: Make) -> None:
    (suite,) = _read(written("junit", [finding(severity=severity) for severity in sorted(Severity)]))
    assert [case.result[0].type for case in suite] == ["info", "warning", "error"]


@pytest.mark.parametrize(
    "broken",
    [
        "<testsuites><testsuite/></testsuites>",
        "<testsuites><testcase name='a' classname='b' time='0'/></testsuites>",
        "<testsuites><testsuite name='a' tests='x' failures='0' errors='0' time='0'/></testsuites>",
        "<tests/>",
    ],
)
def test_the_schema_refuses_what_is_no_report(broken: str) -> None:
    assert not SCHEMA.is_valid(broken)


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1b", "\x7f", "\ud800", "\ufffe", "\uffff", "\u2028", "]]>", "\r"])
def test_what_xml_cannot_hold_never_gets_in(written: Written, finding: Make, char: str) -> None:
    text = written("junit", [finding(path=f"a{char}b", message=f"a{char}b", name=f"a{char}b")])
    assert text.isascii()
    (suite,) = _read(text)
    (case,) = suite
    assert case.result[0].message.startswith("a")
    assert case.result[0].message == case.classname


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_the_report_is_valid_and_ascii_whatever_is_found(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    text = written("junit", drawn)
    assert text.isascii()
    SCHEMA.validate(text)
    assert len(ET.fromstring(text).findall("testsuite/testcase/failure")) == len(drawn)
