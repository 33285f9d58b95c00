"""Known values: found in every form in which software writes them, at the place that decodes to the value."""

import base64
import json
import time
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cassette_tools.secrets.known import Known, KnownHit

# What encoders treat in different ways, and everything else now and then.
_special = st.sampled_from(list("abkSZ019 %+/\\\"'&<>=?#@:;,.-_~\n\t\r\x00\x7fé€𝄞"))
# Where it has to be told whose an escape is.
_ambiguous = st.sampled_from('\\\\"/0n\n')
_texts = st.text(_special, max_size=12) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_texts |= st.text(_ambiguous, max_size=5)
_values = st.text(_special | st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40)
_values |= st.text(_ambiguous, min_size=6, max_size=9)


def _lower(text: str) -> str:
    """A percent-encoded text with lower-case digits."""
    head, *pieces = text.split("%")
    return head + "".join(f"%{piece[:2].lower()}{piece[2:]}" for piece in pieces)


def _ascii_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _go(text: str) -> str:
    """As encoding/json writes strings: safe to be embedded in HTML."""
    return _json(text).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _php(text: str) -> str:
    """As json_encode writes strings."""
    return _ascii_json(text).replace("/", "\\/")


ENCODERS = {
    "raw": str,
    "percent": lambda text: quote(text, safe=""),
    "percent but slashes": quote,
    "percent, lower case": lambda text: _lower(quote(text, safe="")),
    "form": quote_plus,
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form twice": lambda text: quote_plus(quote_plus(text)),
    "percent but slashes, twice": lambda text: quote(quote(text)),
    "json": _json,
    "json, ascii": _ascii_json,
    "json, go": _go,
    "json, php": _php,
    "json twice": lambda text: _json(_json(text)),
    "json, ascii, twice": lambda text: _ascii_json(_ascii_json(text)),
    "json, go, twice": lambda text: _go(_go(text)),
    "json, php, twice": lambda text: _php(_php(text)),
    "json, three times": lambda text: _json(_json(_json(text))),
    "json, ascii, three times": lambda text: _ascii_json(_ascii_json(_ascii_json(text))),
    "json, php, three times": lambda text: _php(_php(_php(text))),
    "json in a form": lambda text: quote_plus(_json(text)),
    "percent in json": lambda text: _php(quote(text)),
    "hex": lambda text: text.encode().hex(),
    "hex, upper case": lambda text: text.encode().hex().upper(),
}


def _decoded(text: str, how: str) -> Iterator[str]:
    """What a text may be that was encoded in a way that a hit names."""
    if how == "hex":
        yield bytes.fromhex(text).decode()
        return
    texts = {text}
    for _ in range(4):  # JSON in JSON in JSON, percent-encoded
        texts |= {decode(text) for text in texts for decode in (unquote, unquote_plus, _unescaped, _unquoted)}
    yield from texts


def _unquoted(text: str) -> str:
    """A text that stands within single quotation marks."""
    return _unescaped(text.replace('"', '\\"'))


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _holds(text: str, hit: KnownHit, value: str) -> bool:
    found = text[hit.start : hit.end]
    if hit.how != "base64":
        return value in _decoded(found, hit.how)
    standard = found.replace("-", "+").replace("_", "/")
    return any(
        base64.b64decode("A" * before + standard + "A" * (-(before + len(standard)) % 4))[before:].startswith(
            value.encode()
        )
        for before in range(3)
    )


@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
@settings(deadline=None, max_examples=60)
@given(before=_texts, value=_values, after=_texts)
def test_a_value_is_found_in_each_encoding_and_its_place_decodes_to_it(
    encode: object, before: str, value: str, after: str
) -> None:
    assert callable(encode)
    assume(not (before.endswith("\\") and value.startswith("\\")))  # whose they are cannot be told
    start, text = len(encode(before)), encode(before + value + after)
    end = len(encode(before + value))
    hits = Known({"KEY": value}).hits(text)
    here = [hit for hit in hits if hit.start < end and hit.end > start]
    assert any(_holds(text, hit, value) for hit in here)
    assert {hit.name for hit in hits} == {"KEY"}


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode], ids=["standard", "url-safe"])
@settings(deadline=None, max_examples=100)
@given(before=st.binary(max_size=7), value=_values, after=st.binary(max_size=7))
def test_a_value_is_found_in_base64_whatever_is_around_it(
    encode: object, before: bytes, value: str, after: bytes
) -> None:
    assert callable(encode)
    data = value.encode()
    text = encode(before + data + after).decode()
    start, end = len(before) * 8 // 6, -(-(len(before) + len(data)) * 8 // 6)
    hits = Known({"KEY": value}).hits(text)
    assert any(hit.start < end and hit.end > start and _holds(text, hit, value) for hit in hits)
    if (before + data + after).count(data) == 1 and len(set(data)) > 3:
        assert (start, end) in [(hit.start, hit.end) for hit in hits if hit.how == "base64"]


@settings(deadline=None)
@given(value=_values, text=st.text(_special, max_size=200))
def test_what_is_found_is_always_the_value(value: str, text: str) -> None:
    assume(not value.startswith("\\"))  # behind another one, whose it is cannot be told
    mixed = text + value[:-1] + text + value + text
    hits = Known({"KEY": value}).hits(mixed)
    assert hits
    assert all(_holds(mixed, hit, value) for hit in hits)


KEY = "s3cr3t/" + "K+y=" + "é x"


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        (f"é {KEY}.", (2, 2 + len(KEY), "raw")),
        ("a=s3cr3t%2fK%2By%3d%C3%A9%20x&", (2, 29, "percent-encoded")),
        ("a=s3cr3t%252FK%252By%253D%25C3%25A9+x&", (2, 37, "percent-encoded")),
        (r'{"é":"s3cr3t\/K+y=\u00E9 x"}', (6, 26, "JSON-escaped")),
        (r'{"é":"s3cr3t\\/K+y=\\u00e9 x"}', (6, 28, "JSON-escaped")),
        (base64.b64encode(b"e: " + KEY.encode()).decode(), (4, 24, "base64")),
        (KEY.encode().hex(), (0, 2 * len(KEY.encode()), "hex")),
    ],
)
def test_a_place_is_in_characters_and_says_how_the_value_is_written(text: str, hit: tuple[int, int, str]) -> None:
    start, end, how = hit
    found = Known({"KEY": KEY}).hits(text)
    assert [(found[0].name, found[0].start, found[0].end, found[0].how)] == [("KEY", start, end, how)]
    assert len(found) == 1


@pytest.mark.parametrize("encode", [str, _json, lambda text: _json(_json(text)), quote_plus])
@pytest.mark.parametrize(
    "value", ['pass"word' + "\\" * 2, "p\\" + "\\word" + "\\", "/pass\\" + "word", '"pass\\' + 'word"']
)
@pytest.mark.parametrize("before", ["", "\\", '"', "\\\\"])
@pytest.mark.parametrize("after", ["", '"', "\\", '\\"'])
def test_no_escape_of_what_is_around_a_value_is_taken_for_one_of_it(
    before: str, value: str, after: str, encode: object
) -> None:
    assert callable(encode)
    (hit,) = Known({"KEY": value}).hits(encode(before + value + after))
    assert (hit.start, hit.end) == (len(encode(before)), len(encode(before + value)))


@pytest.mark.parametrize("text", ["pass+wo%2Brd", "pass%20wo%2Brd", "pass%2Bwo%252Brd", "pass wo+rd"])
def test_a_plus_sign_is_a_space_where_those_of_the_value_are_encoded(text: str) -> None:
    assert [(hit.start, hit.end) for hit in Known({"KEY": "pass wo" + "+rd"}).hits(text)] == [(0, len(text))]


def test_what_is_quoted_by_single_quotation_marks_is_found() -> None:
    value = 'pass"wo' + "rd\\\n"
    assert Known({"KEY": value}).hits(f"{{'a': {value!r}}}") == [("KEY", 7, 7 + len(repr(value)) - 2, "JSON-escaped")]


def test_base64_is_found_across_the_lines_of_mime() -> None:
    text = base64.encodebytes(b"x" * 50 + KEY.encode() + b"y" * 50).decode()
    for written in (text, text.replace("\n", "\r\n"), _json(text)):
        (hit,) = Known({"KEY": KEY}).hits(written)
        # The value is bytes 50 to 65: characters 66 to 87, with a line break behind the 76th.
        assert hit == ("KEY", 66, written.index(text[77:88]) + 11, "base64")


def test_several_values_are_found_each_by_its_name_and_in_the_order_of_their_places() -> None:
    first, second = "first-" + "value", "second-" + "value"
    known = Known({"B": second, "A": first, "ALSO_A": first})
    assert known.hits(f"{second} {first} {second}") == [
        ("B", 0, 12, "raw"),
        ("A", 13, 24, "raw"),
        ("ALSO_A", 13, 24, "raw"),
        ("B", 25, 37, "raw"),
    ]


def test_a_value_within_another_is_found_as_well() -> None:
    assert Known({"LONG": "user:" + "pass-word", "SHORT": "pass-word"}).hits("user:pass-word") == [
        ("LONG", 0, 14, "raw"),
        ("SHORT", 5, 14, "raw"),
    ]


@pytest.mark.parametrize("length", [11, 12, 13, 239, 240, 241, 3000])
def test_a_long_value_is_found_as_a_whole_and_never_its_start_alone(length: int) -> None:
    value = "".join(chr(33 + number * number % 89) for number in range(length))
    known = Known({"KEY": value})
    for text in (value, quote(value, safe=""), _json(_json(value)), value.encode().hex()):
        assert [(hit.start, hit.end) for hit in known.hits(f"{value[:-1]}\n{text}\n")] == [
            (length, length + len(text)),
        ]
    for before in (b"", b"a", b"bc"):
        text = base64.b64encode(before + value.encode() + b"..").decode()
        (hit,) = known.hits(text)
        assert (hit.start, hit.end) == (len(before) * 8 // 6, -(-(len(before) + length) * 8 // 6))


def test_halves_of_surrogate_pairs_around_a_value_do_no_harm() -> None:
    assert Known({"KEY": KEY}).hits(f"\ud83d{KEY}\udc00") == [("KEY", 1, 1 + len(KEY), "raw")]


def test_without_values_nothing_is_found() -> None:
    known = Known({})
    assert not known
    assert known.hits("anything") == []
    assert Known({"KEY": KEY})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a" * 10_000_000, "a" * 50 + "b"),
        ("%25" * 3_000_000, "%25" * 20 + "x"),
        ("\\" * 10_000_000, "\\" * 30 + "n"),
        ("YWFh" * 2_500_000, "a" * 100 + "b"),
        ("é" * 5_000_000, "é" * 50 + "e"),
        ("%2525252525" * 900_000, "a" + "%" * 6 + "b"),
    ],
    ids=lambda value: value[:8],
)
def test_ten_megabytes_that_nearly_match_take_no_time(text: str, value: str) -> None:
    known = Known({"KEY": value})
    start = time.process_time()
    assert known.hits(text) == []
    assert time.process_time() - start < 2  # 0.1 s are usual; an expression that backtracks takes minutes


def test_a_value_of_megabytes_is_looked_for_as_it_is_and_quickly() -> None:
    value = "password=" * 100_000
    known = Known({"A": value})
    assert [hit[1:] for hit in known.hits(f"x {value} y {value}")] == [
        (2, 900_002, "raw"),
        (900_005, 1_800_005, "raw"),
    ]
    assert known.hits(value[:-1]) == []
