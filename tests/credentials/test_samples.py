"""Each pattern finds its true samples under its name, and none of its false ones."""

import pytest

from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import for_codes
from cassette_tools.credentials.shapes import MIXED

SCANNER = for_codes(frozenset(pattern.code for pattern in PATTERNS))
TRUE = [(pattern.name, "".join(parts)) for pattern in PATTERNS for parts in pattern.true]
FALSE = [(pattern.name, "".join(parts)) for pattern in PATTERNS for parts in pattern.false]


@pytest.mark.parametrize(("name", "text"), TRUE)
def test_a_true_sample_is_found_under_the_name_of_its_pattern(name: str, text: str) -> None:
    assert name in {hit.pattern.name for hit in SCANNER.hits(text)}


@pytest.mark.parametrize(("name", "text"), FALSE)
def test_a_false_sample_is_not_found_under_that_name(name: str, text: str) -> None:
    assert name not in {hit.pattern.name for hit in SCANNER.hits(text)}


@pytest.mark.parametrize("sequence", ["[31m", "[0;1m", "[m", "[2J", "[K", "[?25h", "[12;40H", "[A"])
@pytest.mark.parametrize("escape", ["\x1b", "\\u001b", "\\x1b", "", "%1B"])
def test_a_key_is_found_right_behind_what_a_terminal_is_told(escape: str, sequence: str) -> None:
    key = "sk-proj-" + "".join(MIXED)[:48]
    hits = SCANNER.hits(f"key is:{escape}{sequence}{key}{escape}{sequence}")
    assert [hit.pattern.name for hit in hits] == ["openai-project-key"]


def test_brackets_in_front_of_a_longer_word_start_none() -> None:
    assert SCANNER.hits("[2Jx" + "sk-proj-" + "".join(MIXED)[:48]) == []
