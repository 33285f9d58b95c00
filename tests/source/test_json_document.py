"""JSON is read to the same nodes as YAML, with places."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.source.json_document import parse
from cassette_tools.source.nodes import Mapping, Scalar, plain, walk
from cassette_tools.source.parse import parse as parse_any
from cassette_tools.source.scalar import scalar_map

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_any_json_gives_its_value_and_the_places_of_its_strings(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = parse(text.encode("utf-8", "surrogatepass")) if ascii_only else parse(text.encode("utf-8", "replace"))
    assert not document.defects
    assert document.root is not None
    if ascii_only or text == text.encode("utf-8", "replace").decode():
        assert plain(document.root) == value
    for node in walk(document.root):
        if isinstance(node, Scalar):
            spelt = document.text[node.start : node.end]
            assert json.loads(spelt) == plain(node)
            if node.style:
                mapped = scalar_map(document.text, node)
                assert mapped.value == node.value


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("{", "expected a key in double quotes", 1),
        ('{"a"', "expected a colon behind the key", 4),
        ('{"a":', "expected a value", 5),
        ('{"a":1', "expected a comma or the end of what is open", 6),
        ('{"a":1,}', "expected a key in double quotes", 7),
        ("[1 2]", "expected a comma or the end of what is open", 3),
        ("[1,]", "expected a value", 3),
        ('{"a":1]', "expected a comma or the end of what is open", 6),
        ("{a:1}", "expected a key in double quotes", 1),
        ('"x', "unterminated string", 0),
        (r'"\x"', r"invalid \escape", 1),
        ('{"a":"\n"}', "invalid control character", 6),
        ("[1]]", "nothing may follow the document", 3),
        ("NaN", "expected a value", 0),
        ("01", "nothing may follow the document", 1),
        ("[" * 100_000, "nested more than 400 levels deep", 400),
    ],
)
def test_a_syntax_error_has_its_place(text: str, message: str, offset: int) -> None:
    document = parse(text.encode())
    assert document.root is None
    (defect,) = document.defects
    kind = "limit" if "levels" in message else "syntax"
    assert (defect.kind, defect.message, defect.start) == (kind, message, offset)


def test_duplicate_keys_are_kept_and_reported() -> None:
    document = parse(b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}')
    assert [(defect.kind, defect.message, defect.start) for defect in document.defects] == [
        ("duplicate-key", "c", 23),
        ("duplicate-key", "a", 32),
    ]
    assert isinstance(document.root, Mapping)
    assert len(document.root.pairs) == 3


def test_invalid_utf8_has_its_place() -> None:
    (defect,) = parse('{"é": "'.encode() + b'\xff"}').defects
    assert (defect.message, defect.start) == ("the bytes are not UTF-8 (invalid start byte)", 7)


def test_utf16_and_conflicts_are_named() -> None:
    assert "UTF-16" in parse("{}".encode("utf-16")).defects[0].message
    conflict = b'{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}'
    assert [defect.kind for defect in parse(conflict).defects] == ["conflict"]


def test_an_empty_file_has_no_root() -> None:
    document = parse(b" \n")
    assert (document.root, document.defects) == (None, [])


@given(st.binary(max_size=60))
def test_random_bytes_never_raise(data: bytes) -> None:
    for name in ("x.json", "x.yaml", "x"):
        parse_any(data, name)
        parse_any(b"{" + data, name)


@pytest.mark.parametrize(
    ("text", "name", "is_json"),
    [
        ('{"a": "\\ud83d\\ude00"}', "x.yaml", True),
        ("{a: b}", "x.yaml", False),
        ("{a: b}", "x.json", True),
        ("{a: b}", "x.har.gz", True),
        ("a: b", "x.yml", False),
        (' \n["x"]', "-", True),
    ],
)
def test_json_is_known_by_its_name_or_by_being_json(text: str, name: str, is_json: bool) -> None:
    document = parse_any(text.encode(), name)
    styles = {node.style for node in walk(document.root) if isinstance(node, Scalar)} if document.root else {"json"}
    assert ("json" in styles) == is_json
