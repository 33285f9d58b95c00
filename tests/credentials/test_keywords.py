"""The keywords of a pattern are in whatever it matches: a text without them need not be searched for it."""

import itertools
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.credentials import scanner as scanner_module
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import Scanner, for_codes

WITH_KEYWORDS = [pattern for pattern in PATTERNS if pattern.keywords]
ELSEWHERE = {"jwk-private-key"}
"""The keyword of these stands beside what they match, and not in it: what is searched has to be about such a thing."""


def test_all_patterns_but_those_of_addresses_have_keywords() -> None:
    assert {pattern.name for pattern in PATTERNS if not pattern.keywords} == {"ip-address"}


@pytest.mark.parametrize(
    "pattern", [it for it in WITH_KEYWORDS if it.name not in ELSEWHERE], ids=lambda pattern: pattern.name
)
@given(data=st.data())
@settings(deadline=None, max_examples=10)
def test_whatever_a_pattern_matches_has_one_of_its_keywords(pattern: Pattern, data: st.DataObject) -> None:
    # RE2 and Python agree on the syntax that these patterns use.
    text = data.draw(
        st.from_regex(re.compile(pattern.regex, re.ASCII), fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    for keywords in (pattern.keywords, pattern.also or pattern.keywords):
        assert any(keyword in (text.lower() if keyword.islower() else text) for keyword in keywords)


@pytest.mark.parametrize(("keyword", "text", "found"), [("acme", "ACME k=", True), ("ACME", "acme k=", False)])
def test_a_keyword_with_capitals_stands_for_itself_only(keyword: str, text: str, found: bool) -> None:
    value = "q7Zk2Vx9" + "Lw4Tb8Rn"
    scanner = Scanner([Pattern("own", "own", "k=([A-Za-z0-9]{16})", keywords=(keyword,))])
    assert [text_[hit.start : hit.end] for text_ in [text + value] for hit in scanner.hits(text_)] == [value] * found


@pytest.mark.parametrize("text", ["\0 k=1", "k=1"])
def test_patterns_of_which_none_has_a_keyword_are_looked_for_in_any_text(text: str) -> None:
    scanner = Scanner([Pattern("own", "own", "k=[0-9]")])
    assert scanner.touched(["", text]) == {1}
    assert [text[hit.start : hit.end] for hit in scanner.hits(text, placeholders=True)] == ["k=1"]


@pytest.mark.parametrize("pattern", WITH_KEYWORDS, ids=lambda pattern: pattern.name)
def test_keywords_are_found_in_much_text_as_in_little(pattern: Pattern) -> None:
    by_hand, by_automaton = Scanner([pattern]), Scanner([pattern])
    by_automaton.touched(["x" * 1_000_000])  # what is searched from then on is much
    for sample in map("".join, pattern.true):
        assert by_hand.hits(sample) == by_automaton.hits(sample)
        # Letters that are the same as one of ASCII where case does not count.
        folded = sample.translate({ord("k"): "\u212a", ord("s"): "\u017f"})
        assert by_hand.hits(folded) == by_automaton.hits(folded)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_one_look_at_several_texts_marks_those_that_hold_something(pattern: Pattern) -> None:
    scanner = for_codes(frozenset(pattern.code for pattern in PATTERNS))
    for sample in map("".join, pattern.true):
        for around in (["", "é", "x"], ["plain", '"id": ', "k=", "="]):
            texts = [*around, sample, *around, "api_key:", sample]
            number = len(around)
            assert {number, len(texts) - 1} <= scanner.touched(texts) < set(range(len(texts)))


def test_a_text_of_more_matches_than_are_taken_marks_all_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "_MOST", 1)
    scanner = Scanner([Pattern("own", "own", "k=[0-9]", keywords=("k=",))])
    assert scanner.touched(["k=1 " * 998, "k", "k=2"]) == {0, 2}
    assert scanner.touched(["k=1 " * 1000, "k", "k=2"]) == {0, 1, 2}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_no_pattern_asks_for_the_start_or_the_end_of_a_text_alone(pattern: Pattern) -> None:
    """What separates texts that are searched together stands for both: ``^`` beside another character that may be."""
    anchors = re.findall(r"\\[AZz]|(?<![\\\[])\^|(?<!\\)\$", re.sub(r"\[(?:\\.|[^\]])*\]", "", pattern.regex))
    assert set(anchors) <= {"^"}
    assert pattern.regex.count("|^|[^") == len(anchors)


@pytest.mark.parametrize(("text", "found"), [("a k=1", True), ("A b k=1", True), ("b k=1", False), ("k=1 a", True)])
def test_a_text_without_what_a_pattern_needs_besides_is_not_searched(text: str, found: bool) -> None:
    for much in (0, 1_000_000):
        scanner = Scanner([Pattern("own", "own", "k=[0-9]", keywords=("k=",), also=("a", "c"))])
        scanner.touched(["x" * much])
        assert bool(scanner.hits(text, placeholders=True)) is found
        assert scanner.touched([text]) == ({0} if found else set())


def test_no_text_is_so_short_that_32_bits_cannot_count_what_may_match(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def islice(matches: Iterator[Any], most: int) -> Iterator[Any]:
        asked.append(most)
        return itertools.islice(matches, most)

    monkeypatch.setattr(scanner_module, "itertools", SimpleNamespace(islice=islice, accumulate=itertools.accumulate))
    assert Scanner([Pattern("own", "own", "k=[0-9]", keywords=("k=",))]).hits("k=1", placeholders=True)
    assert asked
    assert max(asked) < 1 << 31
