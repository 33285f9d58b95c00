"""Selectors: codes, prefixes, names; the narrower one decides, and one that means nothing stops the tool."""

import pytest

from cassette_tools.errors import UnknownNameError
from cassette_tools.lint.select import Choice, codes, enabled, resolve
from cassette_tools.rules.registry import NAMES, OFF_BY_DEFAULT

NONE = Choice()


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("CT301", {"CT301"}),
        ("ct301", {"CT301"}),
        (" unterminated-event ", {"CT301"}),
        ("Unterminated-Event", {"CT301"}),
        ("CT30", {code for code in NAMES if code.startswith("CT30")}),
        ("CT3", {code for code in NAMES if code.startswith("CT3")}),
        ("CT", set(NAMES)),
        ("ALL", set(NAMES)),
        ("all", set(NAMES)),
    ],
)
def test_a_selector_means_a_code_a_prefix_a_name_or_all(selector: str, found: set[str]) -> None:
    assert codes(selector) == found


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("CT9", "the families are CT0 to CT6: `cassette-tools rule --all` lists them"),
        ("ct33", "did you mean 'CT303'?"),
        ("CT3011", "did you mean 'CT301'?"),
        ("unterminated-evnt", "did you mean 'unterminated-event'?"),
        ("C", "`cassette-tools rule --all` lists them; CT3 means a family"),
        ("", "`cassette-tools rule --all` lists them; CT3 means a family"),
        ("E501", "`cassette-tools rule --all` lists them; CT3 means a family"),
    ],
)
def test_a_selector_that_means_nothing_is_an_error_with_the_closest_match(selector: str, hint: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        codes(selector)
    assert raised.value.message == f"no such rule: {selector!r}"
    assert raised.value.hint == hint


@pytest.mark.parametrize("selector", ["CT", "CT6", "CT60", "ct60"])
def test_a_prefix_switches_on_no_rule_that_is_off_by_default(selector: str) -> None:
    assert enabled(selector) == codes(selector) - {"CT608"}
    assert "CT608" in codes(selector)


@pytest.mark.parametrize("selector", ["CT608", "ct608", "personal-data", "Personal-Data", "ALL", " all "])
def test_its_code_its_name_and_all_switch_on_a_rule_that_is_off_by_default(selector: str) -> None:
    assert "CT608" in enabled(selector)
    assert enabled(selector) == codes(selector)


ALL, CT2, CT3, CT6 = set(NAMES), codes("CT2"), codes("CT3"), codes("CT6")
DEFAULT = ALL - {"CT608"}


def test_what_is_off_by_default_is_a_rule() -> None:
    assert OFF_BY_DEFAULT == {"CT608"} <= ALL


@pytest.mark.parametrize(
    ("configured", "asked", "expected"),
    [
        (NONE, NONE, DEFAULT),
        (Choice(("CT3",)), NONE, CT3),
        (Choice(("CT3",), ("CT201",)), NONE, CT3 | {"CT201"}),
        (Choice(ignore=("CT2",)), NONE, DEFAULT - CT2),
        # The narrower selector decides, and ignoring where they are as narrow.
        (Choice(("CT301",), ignore=("CT3",)), NONE, {"CT301"}),
        (Choice(("CT3",), ignore=("CT301",)), NONE, CT3 - {"CT301"}),
        (Choice(("CT3", "unterminated-event"), ignore=("CT3",)), NONE, {"CT301"}),
        (Choice(("CT2", "CT301"), ignore=("CT301",)), NONE, CT2),
        # The command line goes over the configuration.
        (Choice(("CT3",)), Choice(("CT2",)), CT2),
        (Choice(("CT3",)), Choice(extend_select=("CT201",)), CT3 | {"CT201"}),
        (Choice(("CT301",)), Choice(ignore=("CT3",), extend_select=("CT2",)), CT2),
        (Choice(ignore=("CT301",)), Choice(("CT3",)), CT3 - {"CT301"}),
        (Choice(ignore=("CT301",)), Choice(("CT301",)), {"CT301"}),
        (Choice(ignore=("CT3",)), Choice(("CT3",)), CT3),
        (Choice(ignore=("CT3",)), Choice(extend_select=("CT301",)), DEFAULT - CT3 | {"CT301"}),
        (NONE, Choice(("CT3",), ignore=("CT301",)), CT3 - {"CT301"}),
        (NONE, Choice(("ALL",), ignore=("CT2",)), ALL - CT2),
        # What is off by default is on only where it is named, or all are.
        (NONE, Choice(("CT6",)), CT6 - {"CT608"}),
        (NONE, Choice(("CT6", "CT608")), CT6),
        (Choice(("CT6", "personal-data"), ignore=("CT6",)), NONE, {"CT608"}),
        (NONE, Choice(extend_select=("CT608",)), ALL),
        (NONE, Choice(extend_select=("CT6",)), DEFAULT),
        (NONE, Choice(extend_select=("ALL",)), ALL),
        (NONE, Choice(extend_select=("ALL",), ignore=("CT6",)), ALL - CT6),
        (NONE, Choice(("CT608",)), {"CT608"}),
        (Choice(("ALL",)), NONE, ALL),
        (Choice(("ALL",), ignore=("CT60",)), NONE, ALL - CT6),
        (Choice(("CT6",)), NONE, CT6 - {"CT608"}),
        (Choice(extend_select=("CT608",)), NONE, ALL),
        (Choice(extend_select=("CT608",)), Choice(ignore=("CT608",)), DEFAULT),
        (Choice(extend_select=("CT608",)), Choice(("CT6",)), CT6 - {"CT608"}),
        (Choice(ignore=("CT608",)), Choice(extend_select=("personal-data",)), ALL),
    ],
)
def test_what_is_switched_on(configured: Choice, asked: Choice, expected: set[str]) -> None:
    assert resolve(configured, asked) == expected


@pytest.mark.parametrize(
    ("configured", "asked"), [(Choice(ignore=("ALL",)), NONE), (NONE, Choice(("CT301",), ignore=("CT301",)))]
)
def test_a_run_without_any_rule_is_an_error(configured: Choice, asked: Choice) -> None:
    with pytest.raises(UnknownNameError, match="no rule is left"):
        resolve(configured, asked)
