"""What scalars stand for, and how nodes are found, walked and made plain."""

import base64
import json
import math

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools.model import Path
from cassette_tools.source.document import parse
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, base64_ends, find, key_text, plain, walk


def _root(text: str) -> Node:
    root = parse(text.encode()).root
    assert root is not None
    return root


def _scalar(text: str) -> Scalar:
    root = _root(text)
    assert isinstance(root, Scalar)
    return root


# What plain scalars are: YAML 1.2, section 10.3.2, and the underscores and octals of YAML 1.1 that recorders read.
_PLAIN: list[tuple[str, str, object]] = [
    *((text, "null", None) for text in ("", "~", "null", "Null", "NULL")),
    *((text, "string", text) for text in ("nULL", "nil", "None", "~~", "-", "+", ".", "..", "e3", "_1")),
    *((text, "boolean", True) for text in ("true", "True", "TRUE")),
    *((text, "boolean", False) for text in ("false", "False", "FALSE")),
    *((text, "string", text) for text in ("tRUE", "yes", "no", "on", "off", "y", "n", "trueish")),
    ("0", "integer", 0),
    ("-0", "integer", 0),
    ("00", "integer", 0),
    ("200", "integer", 200),
    ("+12", "integer", 12),
    ("-7", "integer", -7),
    ("1_000", "integer", 1000),
    ("1_", "integer", 1),
    ("017", "integer", 15),
    ("-017", "integer", -15),
    ("0o17", "integer", 15),
    ("+0o17", "integer", 15),
    ("0x1F", "integer", 31),
    ("0xdead", "integer", 57005),
    ("-0x1f", "integer", -31),
    ("9007199254740993", "integer", 9007199254740993),
    ("1" * 40, "integer", int("1" * 40)),
    ("1" * 41, "integer", "1" * 41),
    ("08", "number", 8.0),
    ("1.5", "number", 1.5),
    ("-1.5", "number", -1.5),
    ("1.", "number", 1.0),
    (".5", "number", 0.5),
    ("+.5", "number", 0.5),
    ("1e3", "number", 1000.0),
    ("1E+3", "number", 1000.0),
    ("1.5e-3", "number", 0.0015),
    ("01.5", "number", 1.5),
    ("1e999", "number", math.inf),
    ("1" * 400 + ".0", "number", math.inf),
    (".inf", "number", math.inf),
    (".Inf", "number", math.inf),
    ("+.INF", "number", math.inf),
    ("-.inf", "number", -math.inf),
    *((text, "string", text) for text in ("inf", "nan", ".iNF", "-.nan", ".infinity", "Infinity", "NaN")),
    *((text, "string", text) for text in ("1e", "1.2.3", "1_0.5", "0_7", "0o8", "0xg", "0b11", "1,000", "12:30")),
    *((text, "string", text) for text in ("--1", "2001-01-01", "547.2ms", "200 OK", "1 2", "१२", "²", "1²", "-e")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), _PLAIN, ids=[text[:42] or "empty" for text, _, _ in _PLAIN])
def test_a_plain_scalar_has_its_kind_and_its_value(text: str, kind: str, value: object) -> None:
    scalar = Scalar(text, None, "", 0, len(text))
    assert scalar.kind == kind
    made = plain(scalar)
    assert (made, type(made)) == (value, type(value))
    assert scalar.integer() == (value if isinstance(value, int) and kind == "integer" else None)
    assert scalar.content() == (None if kind == "null" else text)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_number(text: str) -> None:
    scalar = Scalar(text, None, "", 0, len(text))
    assert scalar.kind == "number"
    assert math.isnan(plain(scalar))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        pytest.param("'1'", "string", "1", id="single quotes"),
        pytest.param('"true"', "string", "true", id="double quotes"),
        pytest.param("''", "string", "", id="empty quotes"),
        pytest.param("|\n  1\n", "string", "1\n", id="literal"),
        pytest.param(">-\n  null\n", "string", "null", id="folded"),
        pytest.param("!!str 1", "string", "1", id="tagged as a string"),
        pytest.param("! 1", "string", "1", id="not resolved"),
        pytest.param("!!str", "string", "", id="tagged as an empty string"),
        pytest.param("!x 1", "string", "1", id="foreign tag"),
        pytest.param("!!timestamp 2001", "string", "2001", id="timestamp"),
        pytest.param("!!int 1", "integer", 1, id="tagged as an integer"),
        pytest.param("!!int '1'", "integer", 1, id="tagged as an integer, in quotes"),
        pytest.param('!!float "1.5"', "number", 1.5, id="tagged as a number, in quotes"),
        pytest.param("!!bool 'true'", "boolean", True, id="tagged as a boolean, in quotes"),
        pytest.param("!!null ''", "null", None, id="tagged as null, in quotes"),
        pytest.param("!!int x", "broken", "x", id="tagged as an integer that is none"),
        pytest.param("!!int 0b1", "string", "0b1", id="tagged as an integer in another spelling"),
        pytest.param("!!bool yes", "string", "yes", id="tagged as a boolean in another spelling"),
    ],
)
def test_quotes_and_tags_decide_what_a_scalar_is(text: str, kind: str, value: object) -> None:
    scalar = _scalar(text)
    assert scalar.kind == kind
    made = plain(scalar)
    assert (made, type(made)) == (value, type(value))


@given(st.text(st.sampled_from("0123456789+-._eExXobabinfINFrlsutyY~ "), min_size=1, max_size=8))
@example("1__0")
@settings(max_examples=250, deadline=None)
def test_numbers_are_those_that_pyyaml_reads_where_it_knows_them(text: str) -> None:
    # PyYAML has YAML 1.1 only; what it takes for a number must be the same number here, but for times (1:30), binary
    # numbers, and underscores anywhere else than in a decimal integer.
    text = text.strip()
    loaded = yaml.safe_load(f"[{text}]") if text and not set(text) & set("~ ") else None
    if not loaded or not isinstance(loaded[0], int | float) or isinstance(loaded[0], bool) or "0b" in text:
        return
    scalar = Scalar(text, None, "", 0, len(text))
    if "_" in text and (isinstance(loaded[0], float) or text.lstrip("+-")[0] == "0"):
        return
    made = plain(scalar)
    assert made == loaded[0] or (math.isnan(made) and math.isnan(loaded[0]))


_GOOD = base64.b64encode(b"\x00\xffhi").decode()


@pytest.mark.parametrize("tag", ["!!binary", "!binary"])
@pytest.mark.parametrize(
    ("text", "content"),
    [
        pytest.param("AP9oaQ==", b"\x00\xffhi", id="plain"),
        pytest.param("'AP9oaQ=='", b"\x00\xffhi", id="quotes"),
        pytest.param("|\n  AP9o\n  aQ==\n", b"\x00\xffhi", id="lines"),
        pytest.param(">\n  AP9o\n  aQ==\n", b"\x00\xffhi", id="folded lines"),
        pytest.param('"AP9o\\t aQ=="', b"\x00\xffhi", id="other white space"),
        pytest.param("''", b"", id="empty"),
        pytest.param("AP9oaQ", "AP9oaQ", id="padding missing"),
        pytest.param("AP9oaQ=", "AP9oaQ=", id="padding too short"),
        pytest.param("AP9_aQ==", "AP9_aQ==", id="another alphabet"),
        pytest.param("'AP9o!aQ=='", "AP9o!aQ==", id="not base64"),
        pytest.param("é===", "é===", id="not ASCII"),
    ],
)
def test_binary_is_bytes_unless_its_base64_is_broken(tag: str, text: str, content: str | bytes) -> None:
    scalar = _scalar(f"{tag} {text}")
    assert scalar.kind == "binary"
    assert scalar.content() == content
    assert scalar.integer() is None
    assert plain(scalar) == scalar.value


@given(st.binary(max_size=80), st.integers(4, 76))
@settings(max_examples=50, deadline=None)
def test_any_bytes_come_back_from_base64_in_lines(data: bytes, width: int) -> None:
    text = base64.b64encode(data).decode()
    lines = [text[start : start + width] for start in range(0, len(text), width)]
    assert Scalar("\n".join([*lines, ""]), "!binary", "|", 0, 0).content() == data


_DOCUMENT = """
a: {b: [c, {d: e}], f: }
a2: x
? [k]
: list as a key
? !aiohttp [Accept]
: call as a key
g: 1
g: 2
1: number as a key
h: &s [y]
i: *s
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param((), None, id="nothing: the root"),
        pytest.param(("a", "b", 0), "c", id="key and index"),
        pytest.param(("a", "b", 1, "d"), "e", id="deep"),
        pytest.param(("a", "f"), None, id="null"),
        pytest.param(("g",), 2, id="the last of duplicates"),
        pytest.param(("1",), "number as a key", id="a key that is a number"),
        pytest.param(("Accept",), "call as a key", id="a key that is a call"),
        pytest.param(("i", 0), "y", id="through an alias"),
        pytest.param(("a", "b", 2), ["c", {"d": "e"}], id="index too large: the list"),
        pytest.param(("a", "x", "y"), {"b": ["c", {"d": "e"}], "f": None}, id="no such key: the mapping"),
        pytest.param(("a2", "x"), "x", id="below a scalar: the scalar"),
        pytest.param(("a", "b", "d"), ["c", {"d": "e"}], id="a key in a list: the list"),
        pytest.param(("a", 0), {"b": ["c", {"d": "e"}], "f": None}, id="an index in a mapping: the mapping"),
    ],
)
def test_a_path_leads_to_its_node_or_as_far_as_there_is_one(path: Path, found: object) -> None:
    root = _root(_DOCUMENT)
    node = find(root, path)
    if path:
        assert plain(node) == found
    else:
        assert node is root


@pytest.mark.parametrize(
    ("path", "start"),
    [
        pytest.param(("a", "b"), 5, id="of the last step"),
        pytest.param(("g",), 95, id="the last of duplicates"),
        pytest.param(("a", "b", 1, "d"), 13, id="deep"),
    ],
)
def test_a_path_leads_to_its_key_where_that_is_asked_for(path: Path, start: int) -> None:
    key = find(_root(_DOCUMENT), path, key=True)
    assert isinstance(key, Scalar)
    assert (key.value, _DOCUMENT.index(key.value, key.start)) == (path[-1], key.start)
    assert key.start == start


def test_a_path_that_ends_with_an_index_or_nowhere_has_no_key() -> None:
    root = _root(_DOCUMENT)
    assert find(root, ("a", "b", 0), key=True) is find(root, ("a", "b", 0))
    assert find(root, ("a", "x"), key=True) is find(root, ("a",))


def test_a_mapping_gives_the_last_value_of_a_key() -> None:
    root = _root("a: 1\nb: 2\na: 3\n")
    assert isinstance(root, Mapping)
    value, pair = root.get("a"), root.pair("a")
    assert isinstance(value, Scalar)
    assert value.value == "3"
    assert pair == root.pairs[2]
    assert (root.get("c"), root.pair("c")) == (None, None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("a", "a", id="scalar"),
        pytest.param("1", "1", id="number"),
        pytest.param("!x [a]", "a", id="call"),
        pytest.param("[a]", "", id="list"),
        pytest.param("!x [a, b]", "", id="call with two arguments"),
        pytest.param("!x [[a]]", "", id="call with a list"),
        pytest.param("!x []", "", id="call without arguments"),
        pytest.param("{a: b}", "", id="mapping"),
    ],
)
def test_the_text_of_a_key_is_that_of_its_scalar_or_of_the_call_around_it(text: str, key: str) -> None:
    assert key_text(_root(text)) == key


def test_plain_values_are_those_of_the_document() -> None:
    assert plain(_root(_DOCUMENT)) == {
        "a": {"b": ["c", {"d": "e"}], "f": None},
        "a2": "x",
        "": "list as a key",
        "Accept": "call as a key",
        "g": 2,
        "1": "number as a key",
        "h": ["y"],
        "i": ["y"],
    }


_STRINGS = st.text(st.sampled_from("ab1 :#-'\"\\/\n\t\b\0é😀"), max_size=8)
_JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _STRINGS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_STRINGS, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
@settings(max_examples=100, deadline=None)
def test_json_in_yaml_gives_the_values_of_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    root = _root(text)
    if all(len(node.value) <= 40 for node in walk(root) if isinstance(node, Scalar) and node.kind == "integer"):
        assert plain(root) == json.loads(text)


def test_a_walk_meets_every_node_once_and_in_the_order_of_the_file() -> None:
    text = "a: &x [b, {c: d}]\ne: *x\n? *x\n: *x\nf: [*x, &y g, *y]\n"
    root = _root(text)
    assert isinstance(root, Mapping)
    met = list(walk(root))
    assert len({id(node) for node in met}) == len(met)
    assert [node.value if isinstance(node, Scalar) else type(node).__name__ for node in met] == [
        *("Mapping", "a", "Sequence", "b", "Mapping", "c", "d", "e", "f", "Sequence", "g"),
    ]


def test_a_walk_through_millions_of_aliases_meets_their_nodes_once() -> None:
    lines = ["a0: &a0 [x]"] + [
        f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]" for number in range(1, 7)
    ]
    root = _root("\n".join(lines))
    assert len(list(walk(root))) == 1 + 7 * 2 + 1


def test_a_walk_starts_anywhere() -> None:
    root = _root("[a, [b]]")
    assert isinstance(root, Sequence)
    assert list(walk(root.items[0])) == [root.items[0]]


@pytest.mark.parametrize(
    ("value", "end"),
    [("@@@", 0), ("aGVsbG8", 7), ("aGV$bG8=", 3), ("aGVs\nbG8=8h", 8), ("aGVs \n", 6), ("a===", 1), ("aGVs\n\n$", 6)],
)
def test_broken_base64_is_known_by_where_it_ends(value: str, end: int) -> None:
    assert base64_ends(value) == end
