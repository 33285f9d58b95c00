"""Each pattern finds its true samples under its name, and none of its false ones."""

import pytest

from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import for_codes

SCANNER = for_codes(frozenset(pattern.code for pattern in PATTERNS))
TRUE = [(pattern.name, "".join(parts)) for pattern in PATTERNS for parts in pattern.true]
FALSE = [(pattern.name, "".join(parts)) for pattern in PATTERNS for parts in pattern.false]


@pytest.mark.parametrize(("name", "text"), TRUE)
def test_a_true_sample_is_found_under_the_name_of_its_pattern(name: str, text: str) -> None:
    assert name in {hit.pattern.name for hit in SCANNER.hits(text)}


@pytest.mark.parametrize(("name", "text"), FALSE)
def test_a_false_sample_is_not_found_under_that_name(name: str, text: str) -> None:
    assert name not in {hit.pattern.name for hit in SCANNER.hits(text)}
