"""JSON as RFC 8259 has it, and the same words about what is not, from every Python."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools import strict_json
from cassette_tools.source import json_document


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
        ("Infinity", "Infinity is not a JSON value", 0),
        ('{"NaN": "a NaN \\" NaN", "b": NaN, "c": Infinity}', "NaN is not a JSON value", 29),
        ('["Infinity", -1, -Infinity]', "-Infinity is not a JSON value", 17),
        ("nan", "expecting value", 0),
        ("tru", "expecting value", 0),
        ("True", "expecting value", 0),
        ("[1 2]", "expecting ',' delimiter", 3),
        ('{"a": 1 "b": 2}', "expecting ',' delimiter", 8),
        ('{"a": 1,, "b": 2}', "expecting property name enclosed in double quotes", 8),
        ('{"a": }', "expecting value", 6),
        ('{"a"', "expecting ':' delimiter", 4),
        ("{", "expecting property name enclosed in double quotes", 1),
        ("{'a': 1}", "expecting property name enclosed in double quotes", 1),
        ("[1, 2, /* a */ 3]", "expecting value", 7),
        ("01", "extra data", 1),
        ("1.", "extra data", 1),
        ("1e", "extra data", 1),
        ("+1", "expecting value", 0),
        (".5", "expecting value", 0),
        ("-", "expecting value", 0),
        ("0x10", "extra data", 1),
        ("[]]", "extra data", 2),
        ('["a\tb"]', "invalid control character", 3),
        ('["\x00"]', "invalid control character", 2),
        ('["é", "\\u12"]', r"invalid \uXXXX escape", 8),
        ("\xa0[]", "expecting value", 0),
        ("[]\xa0", "extra data", 2),
        ("\ufeff[]", "expecting value", 0),
        ("[1,\n\n 2,\n]", "trailing comma", 7),
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
    [
        (' {"a": [1, 2.5, null]} ', {"a": [1, 2.5, None]}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\ud83d"', "\ud83d"),
        ("[]", []),
        ("-0", 0),
        ("\r\n\t [1E+2, -0.5e-1]\n", [100.0, -0.05]),
        ("1e999", float("inf")),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('"NaN"', "NaN"),
        ('"\x7f\u2028"', "\x7f\u2028"),
    ],
)
def test_json_is_read(text: str, value: object) -> None:
    assert strict_json.error_in(text) is None
    assert strict_json.loads(text) == value


_LEVELS = [("[", "", "]"), ('{"a":', "1", "}"), ('[[],"}]",{"a":', "[]", ',"b":2}]')]


@pytest.mark.parametrize(("start", "inner", "end"), _LEVELS, ids=["arrays", "objects", "both"])
@pytest.mark.parametrize("large", [False, True])
def test_json_may_be_nested_so_deep_and_no_deeper(
    start: str, inner: str, end: str, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(strict_json, "_LARGE", -1)
    levels = start.count("[", 0, 1) + start.count("{")
    fits = (strict_json.MAX_DEPTH - inner.count("[")) // levels
    text = start * fits + inner + end * fits
    assert strict_json.error_in(text) is None
    assert json.dumps(strict_json.loads(text), separators=(",", ":")) == text
    error = strict_json.error_in(start * (fits + 1) + inner + end * (fits + 1))
    assert error is not None
    assert (error.message, error.offset) == ("nested too deeply to be read", 0)


def test_brackets_side_by_side_and_in_strings_are_no_depth() -> None:
    beside = "[" + ",".join(["[{}]"] * 10_000) + "]"
    assert strict_json.loads(beside) == [[{}]] * 10_000
    assert strict_json.loads(json.dumps("[" * 10_000)) == "[" * 10_000


def test_an_integer_of_any_length_is_json() -> None:
    # More than 4,300 digits, which Python does not convert, and few enough to be a float, or not.
    assert strict_json.loads("[1" + "0" * 4400 + "]") == [float("inf")]
    assert strict_json.error_in("9" * 10_000) is None


def test_an_integer_next_to_a_long_one_is_still_one() -> None:
    made = strict_json.loads('{"id": 7, "code": -1, "long": ' + "9" * 10_000 + "}")
    assert made == {"id": 7, "code": -1, "long": float("inf")}
    assert [type(value) for value in made.values()] == [int, int, float]


def test_what_follows_a_long_integer_is_checked_too() -> None:
    error = strict_json.error_in("[" + "9" * 10_000 + ", NaN]")
    assert error is not None
    assert (error.message, error.offset) == ("NaN is not a JSON value", 10_003)


_TEXTS = st.text(st.sampled_from('[]{}",:1e0.-Nan \\/u\n'), max_size=30) | st.lists(
    st.sampled_from(
        ["[", "]", "{", "}", ",", ":", '"a"', '"NaN"', "1", "-1.5e3", "NaN", "-Infinity", "null", " ", "\n"]
    ),
    max_size=14,
).map("".join)


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_way_of_reading_and_checking_says_the_same(text: str) -> None:
    error = strict_json.error_in(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "_LARGE", -1)
        large = strict_json.error_in(text)
    if error is None:
        assert large is None
        strict_json.loads(text)
        return
    assert large is not None
    with pytest.raises(strict_json.JsonError) as caught:
        strict_json.loads(text)
    assert 0 <= error.offset <= len(text)
    assert (error.message, error.offset) == (large.message, large.offset)
    assert (error.message, error.offset) == (caught.value.message, caught.value.offset)


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_what_is_json_is_what_the_reader_of_documents_takes_for_it(text: str) -> None:
    # The two share no code but the scanner of strings.
    document = json_document.parse(text.encode())
    is_json = strict_json.error_in(text) is None
    assert is_json == (document.root is not None)
    if is_json:
        assert all(defect.kind == "duplicate-key" for defect in document.defects)


_VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(_VALUES, st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=100, deadline=None)
def test_what_python_writes_as_json_is_read_back(value: object, ensure_ascii: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)
    assert strict_json.loads(text) == value
    assert strict_json.error_in(text) is None


def test_a_large_text_is_checked_without_its_value() -> None:
    text = '[{"a": [1, 2.5, "x"]}, ' * 200_000
    error = strict_json.error_in(text)
    assert error is not None
    assert (error.message, error.offset) == ("nested too deeply to be read", 0)
    text = "[" + '{"a": [1, 2.5, "x"]}, ' * 200_000
    assert len(text) > strict_json._LARGE
    error = strict_json.error_in(text + "]")
    assert error is not None
    assert (error.message, error.offset) == ("trailing comma", len(text) - 2)
    assert strict_json.error_in(text + "9" * 10_000 + "]") is None


@pytest.mark.parametrize("text", ['{"a": 1}\n', '{"a": 1} \t\r\n', '{"a": 1}'])
def test_white_space_behind_a_text_does_not_make_it_be_parsed_twice(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "_decode", None)
    assert strict_json.loads(text) == {"a": 1}
