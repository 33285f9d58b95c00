"""A scalar's map gives the parser's value, and every part of it has its place in the file, whatever the style."""

import string
import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools.source import document
from cassette_tools.source.document import Document, parse
from cassette_tools.source.nodes import Scalar, walk
from cassette_tools.source.scalar import ScalarMap, scalar_map, unescaped, without_escapes

_BREAKS = "\r\n\x85\u2028\u2029"


def _scalars(file: Document) -> list[Scalar]:
    return [node for node in walk(file.root) if isinstance(node, Scalar)] if file.root else []


def _last(text: str) -> tuple[Scalar, ScalarMap]:
    file = parse(text.encode())
    assert file.defects == [] or file.root is not None, file.defects
    scalar = _scalars(file)[-1]
    return scalar, scalar_map(file.text, scalar)


def _assert_sound(text: str, scalar: Scalar) -> ScalarMap:
    """What holds for every map: it gives the value, covers it without a gap, and never goes back in the file."""
    found = scalar_map(text, scalar)
    assert found.value == scalar.value
    covered, behind = 0, scalar.start
    for run in found.runs:
        assert run.value == covered
        assert run.length > 0
        assert behind <= run.start < run.end <= scalar.end
        covered, behind = run.value + run.length, run.end
        if run.length == run.end - run.start:
            value, characters = found.value[run.value : covered], text[run.start : run.end]
            converted_break = run.length == 1 and characters in _BREAKS and value in " \n"
            assert value == characters or converted_break
    assert covered == len(scalar.value)
    return found


# The text, the value of its last scalar, and for parts of the value what stands for them in the file, and where.
_PLACES: dict[str, tuple[str, str, list[tuple[str, str, int]]]] = {
    "plain": ("a: one two", "one two", [("one", "one", 3), ("two", "two", 7), ("e t", "e t", 5)]),
    "plain, several lines": (
        "a: one\n  two\n\n\n  three\nb: x\nc: one\n  two\n\n\n  three\n",
        "one two\n\nthree",
        [("one", "one", 31), (" ", "\n  ", 34), ("two", "two", 37), ("\n\n", "\n\n", 41), ("three", "three", 45)],
    ),
    "plain, white space around the break": (
        "- one \t\n \t two",
        "one two",
        [(" ", " \t\n \t ", 5), ("two", "two", 11)],
    ),
    "plain, in brackets": ("[a, one\n two]", "one two", [("one", "one", 4), ("two", "two", 9)]),
    "plain, as a key's value in braces": ("{a: one two, b: c}", "c", [("c", "c", 16)]),
    "plain, empty": ("a:\n", "", []),
    "plain, behind an anchor": ("- &a one\n- &b two", "two", [("two", "two", 14)]),
    "plain, behind a tag and an anchor": ("!!str &a one", "one", [("one", "one", 9)]),
    "plain, behind an anchor, a tag, a comment and a break": (
        "a: &x !!str # why\n  one",
        "one",
        [("one", "one", 20)],
    ),
    "plain, starting where an anchor ends": ("&a:b", ":b", [("b", "b", 3)]),
    "plain, empty behind a tag": ("a: !!str\n", "", []),
    "plain, in a list that is not indented": ("a:\n- b\n- one\n  two\n", "one two", [("two", "two", 15)]),
    "plain, CRLF": ("a: one\r\n  two\r\n", "one two", [(" ", "\r\n  ", 6), ("two", "two", 10)]),
    "plain, CR": ("a: one\r\r  two\r", "one\ntwo", [("\n", "\r", 7), ("two", "two", 10)]),
    "plain, NEL": ("- one\x85  two", "one two", [(" ", "\x85  ", 5), ("two", "two", 8)]),
    "plain, LS": ("- one\u2028  two", "one\u2028two", [("\u2028", "\u2028", 5), ("two", "two", 8)]),
    "plain, PS before other breaks": (
        "- one\u2029\n  two",
        "one\u2029\ntwo",
        [("\u2029", "\u2029", 5), ("\n", "\n", 6), ("two", "two", 9)],
    ),
    "plain, behind a byte order mark": ("\ufeffa: one", "one", [("one", "one", 3)]),
    "plain, behind two byte order marks": ("\ufeff\ufeffa: one", "one", [("one", "one", 4)]),
    "plain, behind a tag and a byte order mark": ("!!str\n\ufeffone", "one", [("one", "one", 7)]),
    "plain, outside the BMP": ("a: 😀 one", "😀 one", [("😀", "😀", 3), ("one", "one", 5)]),
    "single quotes": ("a: 'one two'", "one two", [("one", "one", 4), ("two", "two", 8)]),
    "single quotes, empty": ("a: ''", "", []),
    "single quotes, a quote": ("a: 'it''s'", "it's", [("it", "it", 4), ("'", "''", 6), ("s", "s", 8)]),
    "single quotes, nothing but quotes": ("a: ''''''", "''", []),
    "single quotes, a backslash": ("a: '\\n'", "\\n", [("\\n", "\\n", 4)]),
    "single quotes, folds": (
        "a: 'one \n\n two\n  three'",
        "one\ntwo three",
        [("one", "one", 4), ("\n", "\n", 9), ("two", "two", 11), (" ", "\n  ", 14), ("three", "three", 17)],
    ),
    "single quotes, spaces kept at its ends": ("a: ' one '", " one ", [("one", "one", 5)]),
    "single quotes, LS": ("a: 'one\u2028 \n two'", "one\u2028\ntwo", [("\u2028", "\u2028", 7), ("two", "two", 11)]),
    "double quotes": ('a: "one two"', "one two", [("two", "two", 8)]),
    "double quotes, behind a tag": ('a: !!str "one"', "one", [("one", "one", 10)]),
    "double quotes, a quote and a backslash": (
        'a: "\\"x\\\\y"',
        '"x\\y',
        [('"', '\\"', 4), ("x", "x", 6), ("\\", "\\\\", 7), ("y", "y", 9)],
    ),
    "double quotes, hexadecimal escapes": (
        'a: "\\x41\\u00e9\\U0001F600b"',
        "Aé😀b",
        [("A", "\\x41", 4), ("é", "\\u00e9", 8), ("😀", "\\U0001F600", 14), ("b", "b", 24), ("Aé", "\\x41\\u00e9", 4)],
    ),
    "double quotes, every short escape": (
        'a: "\\0\\a\\b\\t\\\t\\n\\v\\f\\r\\e\\ \\"\\/\\\\\\N\\_\\L\\P"',
        '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029',
        [("\0", "\\0", 4), ("\x1b", "\\e", 22), ("/", "\\/", 28), ("\u2029", "\\P", 38)],
    ),
    "double quotes, folds": (
        'a: "one  \n\n  two\n three"',
        "one\ntwo three",
        [("\n", "\n", 10), ("two", "two", 13), (" ", "\n ", 16), ("three", "three", 18)],
    ),
    "double quotes, escaped line break": (
        'a: "one \\\n   two\\\n   \\  three"',
        "one two  three",
        [("one ", "one ", 4), ("two", "two", 13), ("three", "three", 24)],
    ),
    "double quotes, escaped line break and blank lines": (
        'a: "one\\\n\n \n  two"',
        "one\n\ntwo",
        [("\n\n", "\n \n", 9), ("two", "two", 14)],
    ),
    "double quotes, escaped tab before a break": (
        'a: "one\\\t\n two"',
        "one\t two",
        [("\t", "\\\t", 7), (" ", "\n ", 9)],
    ),
    "double quotes, escaped space before a break": ('a: "one\\ \n two"', "one  two", [("two", "two", 11)]),
    "double quotes, CRLF": ('a: "one\\\r\n  two\r\n  x"', "onetwo x", [("two", "two", 12), ("x", "x", 19)]),
    "double quotes, LS": ('a: "one\u2028 two"', "one\u2028two", [("\u2028", "\u2028", 7), ("two", "two", 9)]),
    "literal": ("a: |\n  one\n  two\n", "one\ntwo\n", [("one", "one", 7), ("\n", "\n", 10), ("two", "two", 13)]),
    "literal, inner indentation": ("a: |\n  one\n    two\n", "one\n  two\n", [("  two", "  two", 13)]),
    "literal, blank lines": ("a: |\n\n  one\n \n  two\n", "\none\n\ntwo\n", [("one", "one", 8), ("two", "two", 16)]),
    "literal, blank lines clipped": ("a: |\n  one\n\n\n", "one\n", [("one\n", "one\n", 7)]),
    "literal, stripped": ("a: |-\n  one\n\n\n", "one", [("one", "one", 8)]),
    "literal, kept": ("a: |+\n  one\n\n\n", "one\n\n\n", [("one\n\n\n", "one\n\n\n", 8)]),
    "literal, nothing but breaks kept": ("a: |+\n\n\n", "\n\n", [("\n\n", "\n\n", 6)]),
    "literal, nothing but breaks clipped": ("a: |\n\n\n", "", []),
    "literal, header only": ("a: |", "", []),
    "literal, header and end of line": ("a: |\n", "", []),
    "literal, no line break at the end": ("a: |\n  one", "one", [("one", "one", 7)]),
    "literal, no line break at the end, kept": ("a: |+\n  one", "one", [("one", "one", 8)]),
    "literal, spaces at the end of the file": ("a: |\n  one\n ", "one\n", [("one\n", "one\n", 7)]),
    "literal, comment in the header": ("a: |  # it's -\n  one\n", "one\n", [("one", "one", 17)]),
    "literal, comment right behind the indicator": ("a: |#-\n  one\n", "one\n", [("one", "one", 9)]),
    "literal, spaces behind the header": ("a: |-  \n  one\n", "one", [("one", "one", 10)]),
    "literal, indentation indicator": (
        "a: |2\n    one\n  two\n",
        "  one\ntwo\n",
        [("  one", "  one", 8), ("two", "two", 16)],
    ),
    "literal, indicators": ("a: |4+\n      one\n\n", "  one\n\n", [("  one", "  one", 11), ("\n\n", "\n\n", 16)]),
    "literal, indicators the other way": ("a: |-1\n  one\n", " one", [(" one", " one", 8)]),
    "literal, indicator below an indented parent": (
        "a:\n    b: |2\n        one\n      two\n",
        "  one\ntwo\n",
        [("  one", "  one", 19), ("two", "two", 31)],
    ),
    "literal, indicator and nothing but spaces": ("a: |2\n     ", "   ", [("   ", "   ", 8)]),
    "literal, indicator and a line of spaces": ("a: |1\n\n   \n  b\n", "\n  \n b\n", [("  ", "  ", 8), ("b", "b", 13)]),
    "literal, in a list": ("- |\n one\n- |\n two\n", "two\n", [("two", "two", 14)]),
    "literal, list that is not indented": ("a:\n- |\n  one\n", "one\n", [("one", "one", 9)]),
    "literal, tabs": (
        "a: |\n  one\n  \ttwo\n  \t\n",
        "one\n\ttwo\n\t\n",
        [("\ttwo", "\ttwo", 13), ("\t\n", "\t\n", 20)],
    ),
    "literal, tag and anchor": ("a: !!str &x |\n  one\n", "one\n", [("one", "one", 16)]),
    "literal, CRLF": ("a: |\r\n  one\r\n  two\r\n", "one\ntwo\n", [("\n", "\r\n", 11), ("two", "two", 15)]),
    "literal, CR": ("a: |\r  one\r  two\r", "one\ntwo\n", [("\n", "\r", 10), ("two", "two", 13)]),
    "literal, NEL": ("a: |\x85  one\x85  two\x85", "one\ntwo\n", [("\n", "\x85", 10), ("two", "two", 13)]),
    "literal, LS": ("a: |\n  one\u2028  two\n", "one\u2028two\n", [("\u2028", "\u2028", 10), ("two", "two", 13)]),
    "literal, at the root": ("|\n one\n", "one\n", [("one", "one", 3)]),
    "literal, behind a byte order mark": ("\ufeffa: |\n  one\n", "one\n", [("one", "one", 7)]),
    "folded": ("a: >\n  one\n  two\n", "one two\n", [("one", "one", 7), (" ", "\n", 10), ("two", "two", 13)]),
    "folded, stripped": ("a: >-\n  one\n  two\n\n", "one two", [("two", "two", 14)]),
    "folded, kept": ("a: >+\n  one\n\n\n", "one\n\n\n", [("one\n\n\n", "one\n\n\n", 8)]),
    "folded, blank lines": (
        "a: >\n  one\n\n\n  two\n",
        "one\n\ntwo\n",
        [("one", "one", 7), ("\n\n", "\n\n", 11), ("two", "two", 15)],
    ),
    "folded, more-indented lines": (
        "a: >\n  one\n    two\n  three\n  four\n",
        "one\n  two\nthree four\n",
        [("\n  two\n", "\n    two\n", 10), ("three", "three", 21), (" four", "\n  four", 26)],
    ),
    "folded, blank lines around more-indented ones": (
        "a: >\n  one\n\n    two\n\n  three\n",
        "one\n\n  two\n\nthree\n",
        [("\n\n", "\n\n", 10), ("two", "two", 16), ("three", "three", 23)],
    ),
    "folded, leading blank lines": ("a: >\n\n\n  one\n", "\n\none\n", [("\n\n", "\n\n", 5), ("one", "one", 9)]),
    "folded, starts more indented": ("a: >2\n    one\n  two\n", "  one\ntwo\n", [("  one", "  one", 8)]),
    "folded, tab after the indentation": ("a: >\n  one\n  \ttwo\n", "one\n\ttwo\n", [("\n\ttwo", "\n  \ttwo", 10)]),
    "folded, CRLF": ("a: >\r\n  one\r\n  two\r\n", "one two\n", [(" ", "\r\n", 11), ("two", "two", 15)]),
    "folded, LS is not folded": ("a: >\n  one\u2028  two\n", "one\u2028two\n", [("\u2028", "\u2028", 10)]),
    "folded, no line break at the end": ("a: >\n  one\n  two", "one two", [("two", "two", 13)]),
}


@pytest.mark.parametrize(("text", "value", "places"), _PLACES.values(), ids=_PLACES)
def test_a_part_of_the_value_has_its_place_in_the_file(
    text: str, value: str, places: list[tuple[str, str, int]]
) -> None:
    scalar, found = _last(text)
    assert scalar.value == value
    assert found.value == value
    text = text.removeprefix("\ufeff")
    for part, characters, start in places:
        at = value.index(part)
        span = found.span(at, at + len(part))
        assert (text[slice(*span)], span) == (characters, (start, start + len(characters)))


@pytest.mark.parametrize(("text", "value"), [(row[0], row[1]) for row in _PLACES.values()], ids=_PLACES)
def test_a_map_gives_the_value_and_covers_it_in_order(text: str, value: str) -> None:
    file = parse(text.encode())
    scalars = _scalars(file)
    for scalar in scalars:
        _assert_sound(file.text, scalar)
    assert scalars[-1].value == value


# The parser in Python reads these in another way, or not at all: breaks that are not ASCII, a byte order mark on a
# later line, an anchor that ends at a colon, a tab that indents, a comment without a space before it.
_LIBYAML_ONLY = ("NEL", "LS", "PS", "a tag and a byte order", "anchor ends", "around the break", "right behind the")


@pytest.mark.parametrize(
    ("text", "value"),
    [(row[0], row[1]) for name, row in _PLACES.items() if not any(word in name for word in _LIBYAML_ONLY)],
    ids=[name for name in _PLACES if not any(word in name for word in _LIBYAML_ONLY)],
)
def test_the_map_holds_for_the_parser_in_python_too(text: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_events", document._pure_events)
    file = parse(text.encode())
    scalars = _scalars(file)
    for scalar in scalars:
        _assert_sound(file.text, scalar)
    assert scalars[-1].value == value


def test_an_anchor_with_any_character_in_its_name_is_skipped_for_the_parser_in_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document, "_events", document._pure_events)
    file = parse(b"- &a:b? one")
    [scalar] = _scalars(file)
    assert scalar_map(file.text, scalar).span(0, 3) == (8, 11)


# The text, the offsets in the value of its last scalar, and the span in the file.
@pytest.mark.parametrize(
    ("text", "offsets", "span"),
    [
        pytest.param("a: one", (0, 0), (3, 3), id="nothing, at the start"),
        pytest.param("a: one", (3, 3), (6, 6), id="nothing, at the end"),
        pytest.param("a: one", (3, 9), (6, 6), id="behind the value"),
        pytest.param("a: one", (1, 9), (4, 6), id="over the end"),
        pytest.param("a: one", (2, 1), (5, 5), id="backwards"),
        pytest.param("a: ''", (0, 0), (4, 4), id="nothing in an empty scalar"),
        pytest.param("a: ''", (0, 1), (4, 4), id="something in an empty scalar"),
        pytest.param('a: "x\\u0041"', (1, 1), (5, 5), id="nothing, before an escape"),
        pytest.param('a: "x\\u0041"', (2, 2), (11, 11), id="nothing, behind an escape"),
        pytest.param("a: |\n  x\n  y\n", (4, 4), (13, 13), id="nothing, at the end of a literal"),
        pytest.param("a: |\n  x\n  y\n", (1, 3), (8, 12), id="over a line's indentation"),
    ],
)
def test_a_span_that_is_empty_or_beyond_the_value_is_a_place_in_it(
    text: str, offsets: tuple[int, int], span: tuple[int, int]
) -> None:
    _, found = _last(text)
    assert found.span(*offsets) == span


def test_a_value_that_its_characters_do_not_give_is_refused() -> None:
    with pytest.raises(ValueError, match="the characters of a scalar do not give its value"):
        scalar_map("a: one", Scalar("two", None, "", 3, 6))
    with pytest.raises(ValueError, match="the characters of a scalar do not give its value"):
        scalar_map("a: |\n  one\n", Scalar(" two\n", None, "|", 3, 11))
    with pytest.raises(ValueError, match="the characters of a scalar do not give its value"):
        scalar_map("!x &y one", Scalar("two", "!x", "", 0, 9))


def test_hostile_runs_of_white_space_and_breaks_take_linear_time() -> None:
    # Each took minutes where the indentation was tried out, or the spaces before a break were looked for from each one.
    size = 50_000
    for text in (
        "a: 'x" + " " * size + "y'",
        "a: x" + " " * size + "y",
        'a: "x' + " \n" * size + 'y"',
        "a: |1\n" + " " * size + "y\n",
        "a: |1\n" + " " * size,
        "a: >\n  x\n" + "\n" * size + "  y",
        "a: !!str" + " #\n" * size + " x",
    ):
        file = parse(text.encode())
        _assert_sound(file.text, _scalars(file)[-1])


_TEXTS = st.text(st.sampled_from("ab :#-'\"\\\t\n\n  ,[]{}%!&*|>?@\r\x85\u2028\u2029\xa0é😀\ufeff\x07\0"), max_size=60)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=4), inner),
    max_leaves=6,
)


@given(
    value=_VALUES,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.integers(5, 120),
    indent=st.integers(1, 9),
    allow_unicode=st.booleans(),
    line_break=st.sampled_from(["\n", "\r", "\r\n"]),
    dumper=st.sampled_from([yaml.SafeDumper, yaml.CSafeDumper]),
    flow=st.sampled_from([True, False, None]),
)
@settings(max_examples=300, deadline=None)
def test_what_pyyaml_writes_is_mapped(
    value: Any,
    style: str | None,
    width: int,
    indent: int,
    allow_unicode: bool,
    line_break: str,
    dumper: type[Any],
    flow: bool | None,
) -> None:
    written = yaml.dump(
        value,
        Dumper=dumper,
        default_style=style,
        default_flow_style=flow,
        width=width,
        indent=indent,
        allow_unicode=allow_unicode,
        line_break=line_break,
    )
    file = parse(written.encode())
    for scalar in _scalars(file):
        _assert_sound(file.text, scalar)
    if style == '"':  # the one style in which PyYAML can write whatever there is
        assert file.root is not None
        if isinstance(value, str):
            assert [scalar.value for scalar in _scalars(file)] == [value]


_FRAGMENTS = [
    *("a", "b: ", "- ", "? ", "k: ", "two words", "é", "😀", "#", " # c", "%", "@", "<<: ", ",", ", ", ":"),
    *("|", "|-", "|+", "|2", "|4+", "|-1", ">", ">-", ">+", ">2", "|#-", ">#+"),
    *("|\n", "|-\n", ">\n", ">+\n  ", "|2\n   ", "k: |\n   ", "- >\n  ", "k: |2\n     "),
    *("\n", "\n", " ", "  ", "    ", "\n  ", "\n    ", "\n\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\t", " \n"),
    *("'", '"', "''", "\\n", "\\\n", '\\"', "\\x41", "\\u00e9", "\\U0001F600", "\\ ", "\\\t", "\\\\", 'k: "', "k: '"),
    *("!", "!!str ", "!x ", "!<tag:x> ", "&a ", "&a:", "*a", "[", "]", "{", "}", "\ufeff", "---", "--- ", "\n...\n"),
]  # fmt: skip


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=16).map("".join))
@example("? k: |2\n     ")
@example('k: "|\\\t\n  k: "')
@example("!x\n\ufeffone")
@example("- >#-\n  a\n  c\n\n")
@settings(max_examples=700, deadline=None)
def test_whatever_parses_is_mapped(text: str) -> None:
    file = parse(text.encode())
    for scalar in _scalars(file):
        _assert_sound(file.text, scalar)


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=16).map("".join), st.data())
@settings(max_examples=150, deadline=None)
def test_spans_grow_with_their_offsets(text: str, data: st.DataObject) -> None:
    file = parse(text.encode())
    for scalar in _scalars(file):
        found = scalar_map(file.text, scalar)
        size = len(found.value)
        low, middle, high = sorted(data.draw(st.tuples(*[st.integers(0, size)] * 3)))
        whole, first, second = found.span(low, high), found.span(low, middle), found.span(middle, high)
        assert scalar.start <= whole[0] <= whole[1] <= scalar.end
        assert whole[0] == first[0]
        assert first[0] <= second[0]
        assert first[1] <= whole[1]
        if low < middle < high:
            assert whole[1] == second[1]


@pytest.mark.parametrize(
    ("text", "value", "spans"),
    [
        (r"a\u0041b", "aAb", [(0, 1), (1, 7), (7, 8)]),
        (r"\ud83d\ude00!", "😀!", [(0, 12), (12, 13)]),
        (r"\ud83dx", "\ud83dx", [(0, 6), (6, 7)]),
        (r"C:\users\/x", r"C:\users/x", [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]),
        ("\\u00", "\\u00", [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("a\\", "a\\", [(0, 1), (1, 2)]),
    ],
)
def test_escapes_of_json_are_taken_off_wherever_a_text_has_some(
    text: str, value: str, spans: list[tuple[int, int]]
) -> None:
    result = unescaped(text)
    assert result.value == value
    assert [result.span(number, number + 1) for number in range(len(spans))] == spans


@given(
    st.text(st.sampled_from('\\\\\\u"/nd8c03eé\n'), max_size=40)
    | st.lists(st.sampled_from([r"\ud83d", r"\ude00", r"\u00e9", r"\n", "\\", "u", "x"])).map("".join)
)
def test_escapes_are_taken_off_in_the_same_way_with_and_without_a_map(text: str) -> None:
    assert without_escapes(text) == unescaped(text).value


def test_megabytes_of_escapes_are_taken_off_quickly() -> None:
    for text in ("\\" * 4_000_000, r"\ud83d\ude00" * 300_000, r"\ud83d" * 500_000):
        assert without_escapes(text[:90_000]) == unescaped(text[:90_000]).value
        start = time.process_time()
        without_escapes(text)
        assert time.process_time() - start < 2  # 0.1 s are usual
