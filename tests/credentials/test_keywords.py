"""The keywords of a pattern are in whatever it matches: a text without them need not be searched for it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import Scanner

WITH_KEYWORDS = [pattern for pattern in PATTERNS if pattern.keywords]


def test_all_patterns_but_those_of_addresses_have_keywords() -> None:
    assert {pattern.name for pattern in PATTERNS if not pattern.keywords} == {"ip-address"}


@pytest.mark.parametrize("pattern", WITH_KEYWORDS, ids=lambda pattern: pattern.name)
@given(data=st.data())
@settings(deadline=None, max_examples=10)
def test_whatever_a_pattern_matches_has_one_of_its_keywords(pattern: Pattern, data: st.DataObject) -> None:
    # RE2 and Python agree on the syntax that these patterns use.
    text = data.draw(
        st.from_regex(re.compile(pattern.regex, re.ASCII), fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    assert any(keyword in (text.lower() if keyword.islower() else text) for keyword in pattern.keywords)


@pytest.mark.parametrize(("keyword", "text", "found"), [("acme", "ACME k=", True), ("ACME", "acme k=", False)])
def test_a_keyword_with_capitals_stands_for_itself_only(keyword: str, text: str, found: bool) -> None:
    value = "q7Zk2Vx9" + "Lw4Tb8Rn"
    scanner = Scanner([Pattern("own", "own", "k=([A-Za-z0-9]{16})", keywords=(keyword,))])
    assert [text_[hit.start : hit.end] for text_ in [text + value] for hit in scanner.hits(text_)] == [value] * found


@pytest.mark.parametrize("text", ["\0 k=1", "k=1"])
def test_patterns_of_which_none_has_a_keyword_are_looked_for_in_any_text(text: str) -> None:
    scanner = Scanner([Pattern("own", "own", "k=[0-9]")])
    assert scanner.may_hit(text)
    assert [text[hit.start : hit.end] for hit in scanner.hits(text, placeholders=True)] == ["k=1"]
