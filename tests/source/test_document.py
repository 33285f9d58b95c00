"""A file that is no YAML ends in a defect with its place, never in an error of this tool; the rest has its offsets."""

import gzip
import re
import sys
import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools.source import document
from cassette_tools.source.document import MAX_DEPTH, Defect, Document, parse
from cassette_tools.source.nodes import Mapping, Scalar, Sequence, find, plain, walk
from cassette_tools.source.scalar import scalar_map

_BINARY = "the file is not UTF-8 text (UTF-16, UTF-32 or binary data): save it as UTF-8"
_SECOND = "a second YAML document starts here: recorders read only the first one"


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with ruamel.yaml's parser in Python, as where there is no other."""
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)


# The bytes, the message and the span of the only defect; nothing of such a file is read.
_BROKEN: dict[str, tuple[bytes, str, int, int]] = {
    "UTF-16, little endian": ("a: b".encode("utf-16"), _BINARY, 0, 0),
    "UTF-16, big endian": (b"\xfe\xff" + "a: b".encode("utf-16-be"), _BINARY, 0, 0),
    "UTF-16 without a mark": ("a: b".encode("utf-16-le"), _BINARY, 0, 0),
    "UTF-32": ("a: b".encode("utf-32-be"), _BINARY, 0, 0),
    "gzip": (gzip.compress(b"a: b", mtime=0), "the file is gzip data: give it a name that ends in .gz", 0, 0),
    "NUL at the end": (b"a: bcd\0", "the control character U+0000 is not allowed in YAML", 6, 7),
    "escape character": ("é: \x1b[2J".encode(), "the control character U+001B is not allowed in YAML", 3, 4),
    "delete": (b"a: \x7f", "the control character U+007F is not allowed in YAML", 3, 4),
    "C1 control": ("a: \x9b".encode(), "the control character U+009B is not allowed in YAML", 3, 4),
    "control behind a mark": (b"\xef\xbb\xbfa: \x01", "the control character U+0001 is not allowed in YAML", 3, 4),
    "control far into a file": (
        ("é: 😀\n" * 9999 + "\x08").encode(),
        "the control character U+0008 is not allowed in YAML",
        49995,
        49996,
    ),
    "noncharacter": ("a: \ufffe".encode(), "the character U+FFFE is not allowed in YAML", 3, 4),
    "byte of Latin-1": (b"\xc3\xa9: \xe9b", "the bytes are not UTF-8 (incomplete UTF-8 octet sequence)", 3, 4),
    "lone continuation byte": (b"a: \x80", "the bytes are not UTF-8 (invalid leading UTF-8 octet)", 3, 4),
    "cut off at the end": (b"\xc3\xa9: \xe2\x82", "the bytes are not UTF-8 (incomplete UTF-8 octet sequence)", 3, 4),
    "surrogate": (b"a: \xed\xa0\x80", "the bytes are not UTF-8 (invalid Unicode character)", 3, 4),
    "overlong": (b"a: \xc0\x80", "the bytes are not UTF-8 (invalid length of a UTF-8 sequence)", 3, 4),
    "not UTF-8 behind a mark": (
        b"\xef\xbb\xbfa: \xff",
        "the bytes are not UTF-8 (invalid leading UTF-8 octet)",
        3,
        4,
    ),
    "image": (b"\x89PNG\r\n\x1a\n", "the bytes are not UTF-8 (invalid leading UTF-8 octet)", 0, 1),
    "tab as indentation": (
        b"a:\n\t- b\n",
        "while scanning for the next token, found character that cannot start any token",
        3,
        4,
    ),
    "colon in a value": (b"a: b: c", "mapping values are not allowed in this context", 4, 5),
    "line without a colon": (b"a: b\nc\n", "while scanning a simple key, could not find expected ':'", 7, 7),
    "less indentation": (
        b"a:\n    b: 1\n  c: 2\n",
        "while parsing a block mapping, did not find expected key",
        14,
        15,
    ),
    "open quote": (b"a: 'b\nc\n", "while scanning a quoted scalar, found unexpected end of stream", 3, 4),
    "open bracket": (b"a: [b, c", "while parsing a flow sequence, did not find expected ',' or ']'", 8, 8),
    "text behind a quoted one": (b"a: 'b'c", "while parsing a block mapping, did not find expected key", 6, 7),
    "unknown escape": (b'a: "\\q"', "while parsing a quoted scalar, found unknown escape character", 4, 5),
    "reserved character": (
        b"a: @b",
        "while scanning for the next token, found character that cannot start any token",
        3,
        4,
    ),
    "CRLF": (b"a: b\r\nc: d: e\r\n", "mapping values are not allowed in this context", 10, 11),
    "behind a mark": (b"\xef\xbb\xbfa: b: c", "mapping values are not allowed in this context", 4, 5),
    "undefined tag handle": (b"!x!y a", "while parsing a node, found undefined tag handle", 0, 1),
    "YAML 2": (b"%YAML 2.0\n---\na", "found incompatible YAML document", 0, 1),
    "undefined alias": (b"a: *b", "an alias refers to an anchor that does not exist before it", 3, 4),
    "alias before its anchor": (
        b"- *b\n- &b c",
        "an alias refers to an anchor that does not exist before it",
        2,
        3,
    ),
    "alias inside of itself": (b"a: &b\n  c: *b", "an alias stands inside the value it refers to", 11, 12),
    "alias inside of itself, far": (b"&a [[[*a]]]", "an alias stands inside the value it refers to", 6, 7),
}


@pytest.mark.parametrize(("data", "message", "start", "end"), _BROKEN.values(), ids=_BROKEN)
def test_a_file_that_cannot_be_read_is_a_defect_with_its_place(data: bytes, message: str, start: int, end: int) -> None:
    file = parse(data)
    assert file.root is None
    assert file.defects == [Defect("syntax", message, start, end)]


@pytest.mark.parametrize(("data", "message", "start", "end"), _BROKEN.values(), ids=_BROKEN)
@pytest.mark.usefixtures("pure")
def test_the_parser_in_python_finds_the_same_files_broken(data: bytes, message: str, start: int, end: int) -> None:
    file = parse(data)
    assert file.root is None
    [defect] = file.defects
    assert defect.kind == "syntax"
    if "character U+" in message or "alias" in message or message == _BINARY:
        assert defect == ("syntax", message, start, end)
    if "UTF-8" in message:
        assert (defect.start, defect.end) == (start, end)
        assert defect.message.startswith(message.partition("(")[0])


def test_a_file_without_a_document_has_neither_root_nor_defect() -> None:
    for data in (b"", b" \n\n", b"# a comment\n", b"\xef\xbb\xbf", b"%YAML 1.1\n# nothing\n"[10:]):
        file = parse(data)
        assert (file.root, file.defects) == (None, [])


def test_an_empty_document_is_null() -> None:
    root = parse(b"---\n").root
    assert isinstance(root, Scalar)
    assert root.content() is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("a: b\n---\nc: d\n", 5, 8, id="behind a line"),
        pytest.param("---\na: b\n---\n", 9, 12, id="empty"),
        pytest.param("a: b\n...\n---\nc\n", 9, 12, id="behind an end"),
        pytest.param("\ufeffa: b\n---\n", 5, 8, id="behind a mark"),
        pytest.param("a\n--- !x b\n--- !y c", 2, 5, id="the third is not looked at"),
    ],
)
def test_a_second_document_is_a_defect_and_the_first_is_read(text: str, start: int, end: int) -> None:
    file = parse(text.encode())
    assert file.root is not None
    assert plain(file.root) in ({"a": "b"}, "a")
    assert file.defects == [Defect("syntax", _SECOND, start, end)]


@pytest.mark.usefixtures("pure")
def test_a_second_document_that_is_cut_off_has_its_place_in_the_text() -> None:
    # In YAML 1.2 the parser in Python lets a document start without a marker.
    file = parse(b"%YAML 1.2\n---\n[a:b]\n...\n&c")
    assert file.defects == [Defect("syntax", _SECOND, 24, 26)]


_CONFLICT = "a: 1\n<<<<<<< ours\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param(_CONFLICT, 5, id="not YAML because of it"),
        pytest.param(_CONFLICT[5:], 0, id="at the start"),
        pytest.param("\ufeff" + _CONFLICT, 5, id="behind a mark"),
        pytest.param(_CONFLICT.replace("\n", "\r\n"), 6, id="CRLF"),
    ],
)
def test_a_merge_conflict_is_the_only_defect_of_its_file(text: str, start: int) -> None:
    file = parse(text.encode())
    assert file.root is None
    assert file.defects == [Defect("conflict", "<<<<<<< ours", start, start + 12)]


def test_a_merge_conflict_that_parses_is_reported_too() -> None:
    file = parse(b"a: >\n  x\n# \n<<<<<<< a\n# \n>>>>>>> b\n".replace(b"# \n", b""))
    assert [defect.kind for defect in file.defects] == ["conflict"]
    file = parse(b"'\n<<<<<<< a\n\n>>>>>>> b\n'")
    assert file.root is not None
    assert file.defects == [Defect("conflict", "<<<<<<< a", 2, 11)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_merge_conflict_need_not_name_its_sides(newline: str) -> None:
    text = _CONFLICT.replace(" ours", "").replace(" theirs", "").replace("\n", newline)
    file = parse(text.encode())
    assert file.defects == [Defect("conflict", "<<<<<<<", text.index("<"), text.index("<") + 7)]
    kinds = [defect.kind for defect in parse(text.replace("=======", "======").encode()).defects]
    assert "conflict" not in kinds


def test_conflict_markers_inside_of_a_value_are_no_conflict() -> None:
    file = parse(("body: |\n" + "".join(f"  {line}\n" for line in _CONFLICT.splitlines())).encode())
    assert file.defects == []
    assert parse(b"a: b\n# <<<<<<< ours\n").defects == []


# The text, and the keys that stand twice in one mapping, with their places.
@pytest.mark.parametrize(
    ("text", "defects"),
    [
        pytest.param("a: 1\nb: 2\na: 3\na: 4\n", [("a", 10, 11), ("a", 15, 16)], id="each but the first"),
        pytest.param("{a: 1, 'a': 2}", [("a", 7, 10)], id="in other quotes"),
        pytest.param("x:\n  a: 1\n  a: 2\na: 3\n", [("a", 12, 13)], id="in one mapping only"),
        pytest.param("<<: {a: 1}\n<<: {b: 2}\n", [], id="merge keys are none"),
        pytest.param("? [a]\n: 1\n? [a]\n: 2\n", [], id="keys that are lists are not compared"),
        pytest.param("<<: {}\n<<: {}\na: 1\na: 1\n? []\n:\n", [("a", 19, 20)], id="among others"),
        pytest.param('"a\\u0301": 1\n"á": 2\n', [], id="other characters are other keys"),
    ],
)
def test_a_key_that_stands_twice_in_a_mapping_is_a_defect(text: str, defects: list[tuple[str, int, int]]) -> None:
    file = parse(text.encode())
    assert file.root is not None
    assert file.defects == [Defect("duplicate-key", *defect) for defect in defects]


@pytest.mark.parametrize(
    ("text", "defects"),
    [
        pytest.param("a: !x b", [("!x", 3, 7)], id="a scalar"),
        pytest.param("!x a: b", [("!x", 0, 4)], id="a key"),
        pytest.param("a: !x {b: c}", [("!x", 3, 4)], id="a mapping"),
        pytest.param("a: !x\n  - b", [("!x", 3, 4)], id="a sequence"),
        pytest.param(
            "!!python/object:os.system [a]", [("tag:yaml.org,2002:python/object:os.system", 0, 1)], id="of Python"
        ),
        pytest.param("!ruby/object:Gem {}", [("!ruby/object:Gem", 0, 1)], id="of Ruby"),
        pytest.param("!<tag:example.com,2000:x> a", [("tag:example.com,2000:x", 0, 27)], id="verbatim"),
        pytest.param("%TAG !e! tag:example.com,2000:\n---\n!e!x a", [("tag:example.com,2000:x", 35, 41)], id="handle"),
        pytest.param("- !x [!y b]", [("!y", 6, 10), ("!x", 2, 3)], id="inner ones first"),
        pytest.param(
            "[! a, !!str b, !!int 1, !!float 1, !!bool true, !!null '', !!timestamp 2001-01-01]", [], id="core"
        ),
        pytest.param("[!!binary aGk=, !binary aGk=, !!seq [], !!map {}]", [], id="bytes and collections"),
    ],
)
def test_a_foreign_tag_is_a_defect_and_builds_nothing(text: str, defects: list[tuple[str, int, int]]) -> None:
    file = parse(text.encode())
    assert file.root is not None
    assert file.defects == [Defect("foreign-tag", *defect) for defect in defects]


def test_an_alias_shares_the_node_of_its_anchor() -> None:
    root = parse(b"- &a {b: c}\n- *a\n- &a d\n- *a\n").root
    assert isinstance(root, Sequence)
    first, second, third, fourth = root.items
    assert first is second
    assert third is fourth
    assert plain(root) == [{"b": "c"}, {"b": "c"}, "d", "d"]


def test_an_alias_may_be_a_key() -> None:
    root = parse(b"a: &k b\n*k : c\n").root
    assert root is not None
    assert plain(root) == {"a": "b", "b": "c"}


def test_a_bomb_of_aliases_is_refused_where_it_grows_too_large() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 60)]
    text = "\n".join(lines)
    file = parse(text.encode())
    assert file.root is None
    [defect] = file.defects
    assert (defect.kind, defect.message) == ("limit", "the aliases expand to more than 10,000,000 values")
    # Ten values, and ten times as many from each line: the seventh line below the first has more than ten million.
    assert defect.start == text.index("&a6")
    assert defect.end == defect.start + 1


@pytest.mark.parametrize(
    ("unit", "closing"),
    [("[", "]"), ("- ", ""), ("{a: ", "}"), ("? ", ""), ("- ? ", ""), ("[{a: ", "}]")],
)
@pytest.mark.parametrize("close", [True, False], ids=["closed", "open"])
def test_ten_thousand_levels_are_refused_at_the_first_one_too_deep(unit: str, closing: str, close: bool) -> None:
    text = unit * 10_000 + (closing * 10_000 if close else "")
    file = parse(text.encode())
    assert file.root is None
    [defect] = file.defects
    openers = [offset for offset, char in enumerate(text[: 5 * MAX_DEPTH]) if char in "[{-?"]
    # Where nothing stands between brackets, libyaml has seen a thousand of them before it tells of the first one.
    start = defect.start if unit == "[" and defect.start == 1000 else openers[MAX_DEPTH]
    assert defect == Defect("limit", "nested more than 400 levels deep", start, start + 1)


def test_as_many_levels_as_are_allowed_are_read_and_worked_with() -> None:
    file = parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert file.defects == []
    assert file.root is not None
    assert len(list(walk(file.root))) == MAX_DEPTH
    value = plain(file.root)
    for _ in range(MAX_DEPTH - 1):
        [value] = value
    assert value == []


def test_one_long_line_is_read() -> None:
    size = 5_000_000
    file = parse(b'a: "' + b"x" * size + b'"')
    root = file.root
    assert isinstance(root, Mapping)
    value = root.get("a")
    assert isinstance(value, Scalar)
    assert (len(value.value), value.start, value.end) == (size, 3, size + 5)
    assert file.position(size + 4) == (1, size + 5)
    assert file.line(1) == (0, size + 5)


def test_a_colon_inside_of_a_plain_value_in_brackets_is_read_as_recorders_do() -> None:
    file = parse("x: [http://a.example/b, é]\ny: {u: https://b.example:80/, v: !z 1}\n".encode())
    assert file.root is not None
    assert plain(file.root) == {
        "x": ["http://a.example/b", "é"],
        "y": {"u": "https://b.example:80/", "v": "1"},
    }
    assert file.defects == [Defect("foreign-tag", "!z", 60, 64)]
    for node in walk(file.root):
        if isinstance(node, Scalar):
            assert scalar_map(file.text, node).value == node.value


def test_a_colon_in_brackets_does_not_hide_what_else_is_wrong() -> None:
    file = parse(b"x: [a:b\ny: c")
    assert file.root is None
    assert file.defects == [Defect("syntax", "while parsing a flow sequence, did not find expected ',' or ']'", 9, 10)]
    file = parse(b"x: [a:b]\nz: '\n<<<<<<< a\n>>>>>>> b\n'\n")
    assert [defect.kind for defect in file.defects] == ["conflict"]
    assert file.root is not None


_LINES: dict[str, str] = {"LF": "\n", "CR": "\r", "CRLF": "\r\n"}


@pytest.mark.parametrize("line_break", _LINES.values(), ids=_LINES)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "with a mark"])
def test_lines_and_columns_count_from_one_whatever_ends_a_line(line_break: str, mark: str) -> None:
    file = parse((mark + line_break.join(["a: é", "", "b: 😀", "c: \u2028x"])).encode())
    step = len(line_break)
    assert file.text == line_break.join(["a: é", "", "b: 😀", "c: \u2028x"])
    assert file.position(0) == (1, 1)
    assert file.position(3) == (1, 4)
    assert file.position(4) == (1, 5)
    assert file.position(4 + step) == (2, 1)
    assert file.position(4 + 2 * step) == (3, 1)
    assert file.position(7 + 2 * step) == (3, 4)
    assert file.position(len(file.text)) == (4, 6)
    assert [file.line(number) for number in (1, 2, 3, 4)] == [
        (0, 4),
        (4 + step, 4 + step),
        (4 + 2 * step, 8 + 2 * step),
        (8 + 3 * step, 13 + 3 * step),
    ]


def test_an_empty_file_has_one_empty_line() -> None:
    file = parse(b"")
    assert (file.text, file.position(0), file.line(1)) == ("", (1, 1), (0, 0))


@given(st.text(st.sampled_from("ab\r\n"), max_size=30))
@settings(max_examples=200, deadline=None)
def test_positions_and_lines_are_those_of_an_editor(text: str) -> None:
    file = Document(text.encode())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert len(file.line_starts) == len(lines)
    for number, line in enumerate(lines, start=1):
        start, end = file.line(number)
        assert text[start:end] == line
        assert [file.position(offset) for offset in range(start, end + 1)] == [
            (number, column) for column in range(1, len(line) + 2)
        ]


def test_the_text_of_a_file_that_is_not_utf8_can_be_shown() -> None:
    file = parse(b"a: b\nc: \xff\xff\n")
    assert file.text == "a: b\nc: \ufffd\ufffd\n"
    assert file.position(file.defects[0].start) == (2, 4)


def test_nodes_know_where_they_start_and_end() -> None:
    text = "a: 'b'\nc:\n- [d, e]\n- |\n  f\ng: {h: i}\n"
    root = parse(text.encode()).root
    assert isinstance(root, Mapping)
    spans = [(type(node).__name__, text[node.start : node.end]) for node in walk(root) if node is not root]
    assert spans == [
        ("Scalar", "a"),
        ("Scalar", "'b'"),
        ("Scalar", "c"),
        # The end of a block collection is known only where the next token starts.
        ("Sequence", "- [d, e]\n- |\n  f\n"),
        ("Sequence", "[d, e]"),
        ("Scalar", "d"),
        ("Scalar", "e"),
        ("Scalar", "|\n  f\n"),
        ("Scalar", "g"),
        ("Mapping", "{h: i}"),
        ("Scalar", "h"),
        ("Scalar", "i"),
    ]
    assert (root.start, root.end) == (0, len(text))


def _described(file: Document) -> list[tuple[Any, ...]]:
    return [
        (type(node).__name__, node.tag, node.start, node.end)
        + ((node.value, node.style) if isinstance(node, Scalar) else ())
        for node in (walk(file.root) if file.root else ())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "version: 2\ninteractions:\n    - id: 0\n      request:\n        body: '{\"a\": 1}'\n        headers: {}\n",
        "a: |+\n  b\n\nc: >-\n  d\n  e\n",
        "- &a [b, 'c', \"d\\u00e9\"]\n- *a\n# end\n",
        "%YAML 1.1\n---\na: !!binary |\n  aGk=\n...\n",
        "%YAML 1.2\n%TAG !e! tag:e.example,2000:\n---\n!e!x {a: !y b}\n---\nc\n",
        "\ufeff? a\r\n: b\r\n",
        "",
    ],
)
def test_the_parser_in_python_gives_the_same_nodes(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse(text.encode())
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    second = parse(text.encode())
    assert second.defects == first.defects
    assert _described(second) == _described(first)


@pytest.mark.usefixtures("pure")
def test_what_the_parser_in_python_trips_over_is_a_syntax_error() -> None:
    assert parse(b"%YAML 1.3\n---\na: b\n").defects == [
        Defect("syntax", "the text cannot be parsed (AssertionError)", 0, 1)
    ]


def _assert_harmless(data: bytes) -> None:
    file = parse(data)
    if file.root is None and not file.defects:
        assert not re.sub(r"#.*|^\.\.\.", "", file.text, flags=re.MULTILINE).strip("\ufeff \t\r\n\x85\u2028\u2029")
    for defect in file.defects:
        assert 0 <= defect.start <= defect.end <= len(file.text)
        assert defect.message
        line, column = file.position(defect.start)
        assert file.line(line)[0] + column - 1 == defect.start
    for node in walk(file.root) if file.root else ():
        assert 0 <= node.start <= node.end <= len(file.text)
        if isinstance(node, Scalar):
            assert node.kind in ("string", "integer", "number", "boolean", "null", "binary")
            node.integer()
            node.content()
    if file.root is not None:
        plain(file.root)


@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_the_parser(data: bytes) -> None:
    _assert_harmless(data)


_CASSETTE = """version: 2
interactions:
    - id: 0
      request:
        body: '{"a": 1}'
        headers: {X: &a [b]}
        url: https://api.example.com/v1?key=1
      response:
        body: |+
            data: {"x": "é"}

        status: "200 \\u00e9\\
          OK"
        headers: *a
""".encode()
_SPLINTERS = [
    *(b"\t", b"\0", b"\xff", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"%", b"|", b">", b"'", b'"', b"\\", b"[", b"{", b"}"),
    *(b"]", b":", b": ", b"- ", b"? ", b"&a ", b"*a", b"!", b"!!", b"!<", b"#", b"\r", b"\n", b"---\n", b"\n...\n"),
    *(b"%YAML 1.1\n", b"%YAML 9.9\n---\n", b"%TAG ! !\n", b"<<: ", b"<<<<<<< a\n", b"\n>>>>>>> b\n", b"\x85", b"@"),
]  # fmt: skip

_EDITS: st.SearchStrategy[tuple[int, int, bytes]] = st.tuples(
    st.integers(0, len(_CASSETTE)), st.integers(0, 4), st.sampled_from(_SPLINTERS) | st.binary(max_size=2)
)


def _mutated(edits: list[tuple[int, int, bytes]]) -> bytes:
    data = _CASSETTE
    for offset, removed, inserted in edits:
        data = data[:offset] + inserted + data[offset + removed :]
    return data


@given(st.lists(_EDITS, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_no_damage_to_a_cassette_breaks_the_parser(edits: list[tuple[int, int, bytes]]) -> None:
    _assert_harmless(_mutated(edits))


@given(st.lists(_EDITS, min_size=1, max_size=4) | st.just([(0, len(_CASSETTE), b"%YAML 9.9\n")]))
@settings(max_examples=100, deadline=None)
def test_no_damage_to_a_cassette_breaks_the_parser_in_python(edits: list[tuple[int, int, bytes]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "_events", document._pure_events)
        _assert_harmless(_mutated(edits))


# --- merge keys -----------------------------------------------------------------------------------------------------

_MERGES = [
    "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n",
    "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b], w: 4}\n",
    "a: &a {x: 1}\nb: &b\n  <<: *a\n  y: 2\nc:\n  z: 3\n  <<: *b\n",
    "a: {<<: {x: 1}}\n",
    "a: {<<: {}}\nb: {<<: []}\n",
    "a: {'<<': 1}\n",
]


@pytest.mark.parametrize("text", _MERGES)
def test_merge_keys_are_resolved_as_another_parser_does(text: str) -> None:
    file = parse(text.encode())
    assert file.root is not None
    assert file.defects == []
    assert plain(file.root) == yaml.safe_load(text)


def test_what_is_merged_keeps_its_place() -> None:
    text = "a: &a {x: one}\nb: {<<: *a, y: two}\n"
    root = parse(text.encode()).root
    assert root is not None
    merged = find(root, ("b", "x"))
    assert merged is find(root, ("a", "x"))
    assert text[merged.start : merged.end] == "one"


@pytest.mark.parametrize("value", ["1", "[1]", "[{}, []]"])
def test_a_merge_key_wants_mappings(value: str) -> None:
    text = f"a: {{<<: {value}}}"
    file = parse(text.encode())
    assert file.defects == [Defect("syntax", "a merge key (<<) needs a mapping, or a list of them", 4, 6)]


def test_merge_keys_cannot_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_MERGED", 100)
    lines = ["a0: &a0 {k0: x}"]
    lines += [f"a{number}: &a{number} {{<<: *a{number - 1}, k{number}: x}}" for number in range(1, 50)]
    text = "\n".join(lines)
    file = parse(text.encode())
    assert file.root is None
    [defect] = file.defects
    assert (defect.kind, defect.message) == ("limit", "merge keys (<<) copy more than 100 values")
    assert defect.start == text.index("&a14")


def test_markers_without_end_take_no_time() -> None:
    text = "<<<<<<<\n" * 100_000 + ">>>>>>>\n"
    started = time.process_time()
    parse(text.encode())
    assert time.process_time() - started < 5
