"""What users' patterns have besides a shape: groups, keywords, and what they allow."""

import pytest

from cassette_tools.credentials import scanner
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.scanner import Scanner

KEY = "q7Zk2Vx9" + "Lw4Tb8Rn"


def _found(pattern: Pattern, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Scanner([pattern]).hits(text)]


@pytest.mark.parametrize(
    ("regex", "group", "found"),
    [
        ("k=[A-Za-z0-9]{16}", 0, [f"k={KEY}"]),
        ("k=([A-Za-z0-9]{16})", 0, [KEY]),
        ("(k)=([A-Za-z0-9]{16})", 2, [KEY]),
        ("(nothing)?(x*)k=([A-Za-z0-9]{16})", 0, [KEY]),
        ("(nothing)?k=[A-Za-z0-9]{16}", 0, [f"k={KEY}"]),
        ("(nothing)?k=[A-Za-z0-9]{16}", 1, []),
    ],
)
@pytest.mark.parametrize("before", ["", "é ", "\ud83d "], ids=["ascii", "beyond ascii", "half of a pair"])
def test_the_secret_is_the_group_or_the_first_that_is_not_empty_or_the_match(
    regex: str, group: int, found: list[str], before: str
) -> None:
    assert _found(Pattern("own", "own", regex, group=group), f"{before}k={KEY} é") == found


@pytest.mark.parametrize(("text", "found"), [("Acme", True), ("the ACME's", True), ("other", True), ("ac me", False)])
def test_a_text_without_any_of_the_keywords_is_not_searched(text: str, found: bool) -> None:
    pattern = Pattern("own", "own", "[A-Za-z0-9]{16}", keywords=("acme", "other"))
    assert _found(pattern, f"{KEY} {text}") == [KEY] * found


def test_what_is_allowed_is_asked_with_the_secret_the_match_and_its_lines() -> None:
    asked: list[tuple[str, str, str]] = []

    def allowed(secret: str, match: str, line: str) -> bool:
        asked.append((secret, match, line))
        return line.startswith("é")

    pattern = Pattern("own", "own", r"k=\n?([A-Za-z0-9]{16})", allowed=allowed)
    text = f"é k={KEY} k={KEY};\n\nü k={KEY}\nk=\n{KEY}"
    assert [(hit.start, hit.end) for hit in Scanner([pattern]).hits(text)] == [(46, 62), (66, 82)]
    assert asked == [
        (KEY, f"k={KEY}", f"é k={KEY} k={KEY};"),
        (KEY, f"k={KEY}", f"é k={KEY} k={KEY};"),
        (KEY, f"k={KEY}", f"ü k={KEY}"),
        (KEY, f"k=\n{KEY}", f"k=\n{KEY}"),
    ]


def test_what_stands_for_a_secret_is_not_asked_about_and_counts_where_it_is_wanted() -> None:
    pattern = Pattern("own", "own", "k=([A-Za-z0-9]+)", allowed=lambda *_: True)
    text = f"k=REDACTED k={KEY}"
    assert Scanner([pattern]).hits(text) == []
    assert [(hit.start, hit.end) for hit in Scanner([pattern]).hits(text, placeholders=True)] == [(2, 10), (13, 29)]


def test_of_a_text_no_more_matches_are_looked_for_than_can_be_found_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each match makes RE2 read the rest of the text, to see whether there is a "!".
    pattern = Pattern("own", "own", f"({KEY})(?:.*!)?")
    text = KEY * 5000
    assert len(_found(pattern, text)) == 5000
    monkeypatch.setattr(scanner, "_MOST", 1)
    assert len(_found(pattern, text)) == 1000
