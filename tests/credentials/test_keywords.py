"""The keywords of a pattern are in whatever it matches: a text without them need not be searched for it."""

import functools
import importlib
import random
import re
from typing import Any

import pytest

from cassette_tools.credentials import scanner as scanner_module
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import Scanner, for_codes

WITH_KEYWORDS = [pattern for pattern in PATTERNS if pattern.keywords]
parser: Any = importlib.import_module("re._parser")
ELSEWHERE = {"jwk-private-key"}
"""The keyword of these stands beside what they match, and not in it: what is searched has to be about such a thing."""


def test_all_patterns_but_those_of_addresses_have_keywords() -> None:
    assert {pattern.name for pattern in PATTERNS if not pattern.keywords} == {"ip-address"}


_EVERY = "".join(map(chr, range(128)))


@functools.cache
def _of_class(items: tuple[Any, ...]) -> str:
    """The characters of ASCII in a class."""
    found: set[str] = set()
    for op, value in items:
        if op is parser.LITERAL:
            found.add(chr(value))
        elif op is parser.RANGE:
            found.update(map(chr, range(value[0], value[1] + 1)))
        elif op is parser.CATEGORY:
            letter = {"CATEGORY_WORD": "w", "CATEGORY_DIGIT": "d", "CATEGORY_SPACE": "s"}
            name = str(value).replace("NOT_", "")
            escape = letter[name].upper() if name != str(value) else letter[name]
            found.update(char for char in _EVERY if re.match(f"\\{escape}", char, re.ASCII))
        else:
            assert op is parser.NEGATE
    return "".join(char for char in _EVERY if (char in found) is not (items[0][0] is parser.NEGATE))


def _written(parsed: Any, chance: random.Random, *, any_case: bool) -> str:
    """A text for which a parsed pattern may have been written, but for what it says of boundaries."""
    parts: list[str] = []
    for op, value in parsed:
        chars = ""
        if op is parser.LITERAL:
            chars = chr(value).lower() + chr(value).upper() if any_case else chr(value)
        elif op is parser.NOT_LITERAL:
            chars = _EVERY.replace(chr(value), "")
        elif op is parser.ANY:
            chars = _EVERY.replace("\n", "")
        elif op is parser.IN:
            chars = _of_class(tuple(value))
        elif op is parser.BRANCH:
            parts.append(_written(chance.choice(value[1]), chance, any_case=any_case))
        elif op is parser.SUBPATTERN:
            _, more, less, within = value
            of_group = (any_case or bool(more & re.IGNORECASE)) and not less & re.IGNORECASE
            parts.append(_written(within, chance, any_case=of_group))
        elif op in (parser.MAX_REPEAT, parser.MIN_REPEAT):
            least, most, within = value
            times = chance.choice((least, least, min(most, least + 1), min(most, least + chance.randrange(12))))
            parts += (_written(within, chance, any_case=any_case) for _ in range(times))
        else:
            assert op is parser.AT, op
        if chars:
            parts.append(chance.choice(chars))
    return "".join(parts)


@pytest.mark.parametrize(
    "pattern", [it for it in WITH_KEYWORDS if it.name not in ELSEWHERE], ids=lambda pattern: pattern.name
)
def test_whatever_a_pattern_matches_has_one_of_its_keywords(pattern: Pattern) -> None:
    # RE2 and Python agree on the syntax that these patterns use.
    compiled = re.compile(pattern.regex, re.ASCII)
    parsed = parser.parse(pattern.regex, re.ASCII)
    chance = random.Random(pattern.name)
    any_case = bool(parsed.state.flags & re.IGNORECASE)
    texts = [_written(parsed, chance, any_case=any_case) for _ in range(40 + 15 * len(pattern.keywords))]
    matched = [text for text in texts if compiled.fullmatch(text)]
    assert len(matched) > len(texts) / 2
    for text in matched:
        for keywords in (pattern.keywords, pattern.also or pattern.keywords):
            assert any(keyword in (text.lower() if keyword.islower() else text) for keyword in keywords), text


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
