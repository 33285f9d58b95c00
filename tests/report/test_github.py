"""Annotations for GitHub Actions, read back as GitHub's runner reads them."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.finding import Finding, Location, Severity

Written = Callable[..., str]
Make = Callable[..., Finding]


class Command(NamedTuple):
    """What the runner makes of a line."""

    name: str
    properties: dict[str, str]
    data: str


_COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-env"}


def _read(line: str) -> Command | None:
    """A line as ``ActionCommand.TryParseV2`` of actions/runner reads it, then ``TryParse``."""
    line = line.lstrip()
    if line.startswith("::") and "::" in line[2:]:
        info, _, data = line[2:].partition("::")
        name, _, rest = info.partition(" ")
        if name in _COMMANDS:
            pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if pair)
            properties = {pair[0]: _unescape(pair[1], "\r\n:,%") for pair in pairs if len(pair) == 2}
            return Command(name, properties, _unescape(data, "\r\n%"))
    found = re.search(r"##\[([^\]]*)\](.*)", line)
    if found and found[1].partition(" ")[0] in _COMMANDS:
        return Command(found[1].partition(" ")[0], {}, found[2])
    return None


def _unescape(text: str, characters: str) -> str:
    for char in characters:
        text = text.replace(f"%{ord(char):02X}", char)
    return text


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")],
    ids=str,
)
def test_a_finding_is_an_annotation(written: Written, finding: Make, severity: Severity, command: str) -> None:
    assert written("github", [finding(severity=severity)]) == (
        f"::{command} title=CT202 status-code,file=testdata/x.yaml,line=5,endLine=5,col=13,endColumn=19"
        "::testdata/x.yaml:5:13: CT202 the status line says 200, the status code is 404\n"
    )


def test_nothing_found_is_nothing(written: Written) -> None:
    assert written("github", []) == ""


def test_a_range_over_several_lines_has_no_columns(written: Written, finding: Make) -> None:
    read = _read(written("github", [finding(location=Location(5, 13, 7, 2))]))
    assert read
    assert read.properties == {"title": "CT202 status-code", "file": "testdata/x.yaml", "line": "5", "endLine": "7"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a:b,c%2C=d.yaml", "100 % of it"),
        ("C:/x.yaml", "%0A::error::forged"),
        ("x,line=9.yaml", "a, b: c=d ::error file=y::z"),
        ("x::y.yaml", "##[error]forged"),
        ("%3A.yaml", "%250A"),
    ],
)
def test_what_is_special_is_read_back_as_it_was(written: Written, finding: Make, path: str, message: str) -> None:
    read = _read(written("github", [finding(path=path, message=message)]).removesuffix("\n"))
    assert read
    assert read.properties["file"] == path
    assert read.properties["line"] == "5"
    assert read.data == f"{path}:5:13: CT202 {message}"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_there_are_as_many_annotations_as_findings_whatever_they_say(
    written: Written, findings: st.SearchStrategy[list[Finding]], data: st.DataObject
) -> None:
    drawn = data.draw(findings)
    # The runner splits at line feeds; carriage returns are Windows's.
    lines = re.split("\r\n|\n|\r", written("github", drawn))
    assert lines.pop() == ""
    read = [_read(line) for line in lines]
    assert [command and (command.name, command.properties["line"]) for command in read] == [
        ({1: "notice", 2: "warning", 3: "error"}[finding.severity], str(finding.location.line)) for finding in drawn
    ]
