"""Texts in fragments, and what calls of tools say of their arguments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Path
from cassette_tools.protocols.message import Fragments, Origin, ToolCall

Part = tuple[str, int | None, Path]

_parts = st.lists(
    st.tuples(st.text("abé😀", max_size=3), st.none() | st.integers(0, 5), st.sampled_from([("a",), ("b", 0), ()])),
    max_size=12,
)


def _fragments(parts: list[Part]) -> Fragments:
    fragments = Fragments()
    for part in parts:
        fragments.add(*part)
    return fragments


@settings(deadline=None, max_examples=100)
@given(_parts, st.integers(0, 40), st.integers(0, 40))
def test_every_character_knows_its_part(parts: list[Part], start: int, end: int) -> None:
    fragments = _fragments(parts)
    whole = "".join(text for text, _, _ in parts)
    assert (fragments.text, bool(fragments)) == (whole, bool(whole))
    assert fragments.events == tuple(event for _, event, _ in parts)
    known = [
        (char, event, path, place) for text, event, path in parts for place, char in enumerate(text)
    ][start:end]  # fmt: skip
    found = [
        (origin.event, origin.path, place)
        for origin in fragments.origins(start, end)
        for place in range(origin.start, origin.end)
    ]
    assert found == [(event, path, place) for _, event, path, place in known]


@settings(deadline=None, max_examples=50)
@given(_parts, _parts)
def test_a_text_behind_another_keeps_its_parts(first: list[Part], second: list[Part]) -> None:
    extended = _fragments(first)
    extended.extend(_fragments(second))
    whole = _fragments(first + second)
    assert (extended.text, extended.events) == (whole.text, whole.events)
    assert list(extended.origins(0, 1000)) == list(whole.origins(0, 1000))


def test_thousands_of_parts_are_one_text_at_any_time() -> None:
    fragments = Fragments()
    for number in range(3000):
        fragments.add(str(number % 10), number, ("x", number % 2))
        if number in (0, 511, 512, 1700):
            assert fragments.text == "".join(str(digit % 10) for digit in range(number + 1))
    assert fragments.text == "0123456789" * 300
    assert list(fragments.origins(1023, 1025)) == [Origin(1023, ("x", 1), 0, 1), Origin(1024, ("x", 0), 0, 1)]


def test_places_in_a_text_of_many_parts_are_found_without_reading_those_before_them() -> None:
    fragments = Fragments()
    for number in range(50_000):
        fragments.add("ab", number, ("x",))
    # One after the other these would be a billion parts.
    assert [next(fragments.origins(at, at + 1)) for at in range(1, 100_000, 2)] == [
        Origin(number, ("x",), 1, 2) for number in range(50_000)
    ]


def test_no_parts_are_an_empty_text() -> None:
    fragments = Fragments()
    assert (fragments.text, fragments.events, bool(fragments), list(fragments.origins(0, 5))) == ("", (), False, [])


@pytest.mark.parametrize(
    ("arguments", "problem", "parsed"),
    [
        ("", "", {}),
        (" \n", "", {}),
        ("{}", "", {}),
        ('{"a": [1]}', "", {"a": [1]}),
        ("[1]", "a JSON value, but not an object", [1]),
        ("null", "a JSON value, but not an object", None),
        ('{"a": 1', "expecting ',' delimiter", None),
        ("{} {}", "extra data", None),
        ('{"a": NaN}', "NaN is not a JSON value", None),
    ],
)
def test_arguments_are_a_json_object_or_nothing(arguments: str, problem: str, parsed: object) -> None:
    call = ToolCall("c", "f", _fragments([(arguments, 0, ())]))
    assert (call.problem, call.parsed) == (problem, parsed)
