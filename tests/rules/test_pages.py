"""The rules as a whole: the list is complete, and what their pages show is true."""

import inspect
import re
from pathlib import Path

import pytest

from cassette_tools import rules
from cassette_tools.errors import UnknownNameError
from cassette_tools.finding import Severity
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.lint.settings import Settings
from cassette_tools.report.rule import page, severity, value
from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import NAMES, OFF_BY_DEFAULT, RuleSet, all_rules, find

RULES = all_rules()
FOLDER = Path(rules.__file__).parent
METHODS = ("check_file", "check_cassette", "check_interaction", "check_answer", "check_secrets")
FAMILIES = {
    "suppression": "0",
    "file": "1",
    "http": "2",
    "event_stream": "3",
    "protocol": "4",
    "usage": "5",
    "secret": "6",
}
_MADE_BY_HAND = {"CT001", "CT100", "CT110", "CT206", "CT606", "CT609"}
"""What these report does not fit into a page, or is nothing to be published; their recordings are in ``cases/``."""


def _ids(rule: Rule) -> str:
    return rule.code


def _section(rule: Rule, heading: str) -> str:
    page = inspect.cleandoc(type(rule).__doc__ or "")
    match = re.search(rf"^## {heading}\n\n```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert match, f"{rule.code} has no recording under {heading}"
    return match.group(1)


def _codes(text: str) -> set[str]:
    findings = lint_bytes(text.encode(), "cassette.yaml", settings=Settings(RuleSet(frozenset(NAMES)))).findings
    return {finding.code for finding in findings}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code not in _MADE_BY_HAND], ids=_ids)
def test_the_example_of_a_page_fires_the_rule(rule: Rule) -> None:
    assert rule.code in _codes(_section(rule, "Example"))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code not in _MADE_BY_HAND], ids=_ids)
def test_what_a_page_says_to_use_instead_fires_nothing(rule: Rule) -> None:
    assert _codes(_section(rule, "Use instead")) == set()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in _MADE_BY_HAND], ids=_ids)
def test_a_page_without_a_recording_says_in_words_what_it_would_show(rule: Rule) -> None:
    for heading in ("Example", "Use instead"):
        assert all(line.startswith("# ") for line in _section(rule, heading).splitlines())


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_a_page_says_that_a_rule_is_off_where_it_is(rule: Rule) -> None:
    off = rule.code in OFF_BY_DEFAULT
    assert (off, "off by default" in page(rule)) == (rule.code not in RuleSet().codes, off)
    assert (value(rule)["default"], "(off)" in severity(rule)) == (not off, off)
    if off:
        assert f"--extend-select {rule.code}" in page(rule)


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_a_rule_is_where_its_code_and_its_name_say(rule: Rule) -> None:
    *_, family, module = type(rule).__module__.split(".")
    assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert re.fullmatch(r"CT[0-9]{3}", rule.code)
    assert rule.code[2] == FAMILIES[family]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", rule.since)
    assert isinstance(rule.severity, Severity)


def test_every_file_of_a_rule_is_in_the_list() -> None:
    files = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/ct*.py")}
    listed = {"/".join(type(rule).__module__.split(".")[-2:]) for rule in RULES}
    assert listed == files


@pytest.mark.parametrize("method", METHODS)
def test_a_rule_overrides_just_the_method_under_which_it_is_listed(method: str) -> None:
    listed = list(RuleSet(frozenset(NAMES)).rules_with(method))
    assert [rule.code for rule in listed] == sorted(rule.code for rule in listed)
    for rule in listed:
        assert [name for name in METHODS if name in vars(type(rule))] == [method]


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_a_rule_is_found_by_its_code_and_by_its_name(rule: Rule) -> None:
    assert find(rule.code) is find(rule.code.lower()) is find(rule.name) is find(rule.name.upper()) is rule


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CT30", "did you mean 'CT30"),
        ("unterminated-evnt", "did you mean 'unterminated-event'?"),
        ("Duplicate_Key", "did you mean 'duplicate-key'?"),
        ("zzzzzz", "`cassette-tools rule --all` lists them"),
        ("", "`cassette-tools rule --all` lists them"),
    ],
)
def test_a_rule_that_does_not_exist_has_a_closest_match(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        find(name)
    assert raised.value.message == f"no such rule: {name!r}"
    assert raised.value.hint.startswith(hint)


def test_a_rule_says_nothing_where_it_does_not_look() -> None:
    from cassette_tools.model import Body, Cassette, Headers, Interaction, Request, Response
    from cassette_tools.protocols.registry import Transcript
    from cassette_tools.rules.base import CheckedFile
    from cassette_tools.source.document import Document

    body = Body(None, ())
    request = Request((), {}, Headers([]), body, None, method="", url="")
    interaction = Interaction(
        0, (), request, Response((), {}, Headers([]), body, None, code=None, status_line=""), None
    )
    cassette = Cassette("x", None, "x", [])
    rule = Rule()
    found = (
        *rule.check_file(CheckedFile(None, "", None)),
        *rule.check_cassette(cassette, Document(b"")),
        *rule.check_interaction(interaction, None),
        *rule.check_answer(interaction, Transcript(interaction, "")),
    )
    assert found == ()
