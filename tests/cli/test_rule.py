"""`cassette-tools rule`: the page of a rule, and the list of them all."""

import json
import re
import subprocess
from collections.abc import Callable

import pytest

from cassette_tools.rules.registry import all_rules

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("name", ["CT108", "ct108", "no-interactions", "No-Interactions"])
def test_a_rule_is_found_by_code_and_by_name(call: Run, name: str) -> None:
    result = call("rule", name)
    assert (result.returncode, result.stderr) == (0, "")
    head = "# CT108 no-interactions\n\nA cassette without interactions.\n\nSeverity: info · since 0.1.0\n\n"
    assert result.stdout.startswith(f"{head}## What it does\n")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_a_page_with_all_its_headings(call: Run, rule: object) -> None:
    code = getattr(rule, "code", "")
    page = call("rule", code).stdout
    headings = re.findall(r"^#+ .*$", re.sub(r"(?s)```.*?```", "", page), re.MULTILINE)
    assert headings == [
        f"# {code} {getattr(rule, 'name', '')}",
        "## What it does",
        "## Why it matters",
        "## Example",
        "## Use instead",
        "## Configuration",
    ]
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_all_rules_are_listed_one_a_line(call: Run) -> None:
    result = call("rule", "--all")
    assert (result.returncode, result.stderr) == (0, "")
    header, line, *rows = result.stdout.splitlines()
    assert header.split() == ["code", "name", "severity", "what", "it", "reports"]
    assert set(line) == {"-", " "}
    assert [row.split()[:3] for row in rows] == [[rule.code, rule.name, rule.severity.label] for rule in all_rules()]
    assert [row.split()[0] for row in rows if "(off)" in row] == ["CT608"]


@pytest.mark.parametrize("family", ["CT3", "ct3", "CT30"])
def test_a_family_is_listed_as_all_rules_are(call: Run, family: str) -> None:
    def words(*args: str) -> list[list[str]]:
        return [line.split() for line in call("rule", *args).stdout.splitlines() if line.startswith(("code", "CT3"))]

    assert words(family) == words("--all")
    told = json.loads(call("rule", family, "--format", "json").stdout)
    assert [rule["code"] for rule in told] == [rule.code for rule in all_rules() if rule.code.startswith("CT3")]


@pytest.mark.parametrize("args", [[], ["CT101", "--all"]], ids=["neither", "both"])
def test_one_rule_is_named_or_all_are_asked_for(call: Run, args: list[str]) -> None:
    result = call("rule", *args)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith("error: name one rule, or give --all\n")


def test_rules_are_told_to_programs(call: Run) -> None:
    one = json.loads(call("rule", "CT110", "--format", "json").stdout)
    assert (one["code"], one["name"], one["severity"]) == ("CT110", "oversized-file", "warning")
    assert one["settings"] == {"max-size": 5_000_000}
    assert one["page"].startswith("# CT110 oversized-file\n\nA cassette that is larger than a repository likes.\n")
    every = json.loads(call("rule", "--all", "--format", "json").stdout)
    assert one in every
    assert [rule["code"] for rule in every] == sorted(rule["code"] for rule in every)
    assert all(set(rule) == set(one) for rule in every)
