"""JSON as RFC 8259 has it, and the same words about what is not, from every Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools import strict_json


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "expecting value", 0),
        ("nul", "expecting value", 0),
        ("[1", "expecting ',' delimiter", 2),
        ("[1,", "expecting value", 3),
        ("[1, ]", "trailing comma", 2),
        ('{"a": 1,}', "trailing comma", 7),
        ("[,]", "expecting value", 1),
        ('{"a" 1}', "expecting ':' delimiter", 5),
        ("{a: 1}", "expecting property name enclosed in double quotes", 1),
        ('"a', "unterminated string", 0),
        (r'"\x"', r"invalid \escape", 1),
        ('{"a\n": 1}', "invalid control character", 3),
        ("1 2", "extra data", 2),
        ('{"a": NaN}', "NaN is not a JSON value", 6),
        ("[-Infinity]", "-Infinity is not a JSON value", 1),
        ("[" * 200_000, "nested too deeply to be read", 0),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_json_is_said_with_its_place(text: str, message: str, offset: int) -> None:
    error = strict_json.error_in(text)
    assert error is not None
    assert (error.message, error.offset) == (message, offset)
    with pytest.raises(strict_json.JsonError) as caught:
        strict_json.loads(text)
    assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    ("text", "value"),
    [(' {"a": [1, 2.5, null]} ', {"a": [1, 2.5, None]}), ('"\\ud83d\\ude00"', "😀"), ("[]", []), ("-0", 0)],
)
def test_json_is_read(text: str, value: object) -> None:
    assert strict_json.error_in(text) is None
    assert strict_json.loads(text) == value


def test_an_integer_of_any_length_is_json() -> None:
    # More than 4,300 digits, which Python does not convert, and few enough to be a float, or not.
    assert strict_json.loads("[1" + "0" * 4400 + "]") == [float("inf")]
    assert strict_json.error_in("9" * 10_000) is None


@given(st.text(alphabet='[]{}",:1aeNn \\', max_size=30))
def test_a_large_text_is_judged_as_a_small_one(text: str) -> None:
    small = strict_json.error_in(text)
    try:
        limit, strict_json._LARGE = strict_json._LARGE, -1
        large = strict_json.error_in(text)
    finally:
        strict_json._LARGE = limit
    assert (small is None) == (large is None)
    if small is not None and large is not None:
        assert (small.message, small.offset) == (large.message, large.offset)
