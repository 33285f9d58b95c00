"""What is removed is gone with its comma, its dash and its comment; all else stays byte for byte."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Change, Edit, Path, Removal
from cassette_tools.source.edit import EditError, apply, blanked, plan
from cassette_tools.source.parse import parse


def _after(text: str, *paths: Path, name: str = "x.yaml", edits: tuple[Edit, ...] = ()) -> str:
    data = text.encode()
    changes: list[Change] = [*edits, *(Removal(path) for path in paths)]
    return apply(data, parse(data, name), changes, name).decode()


BLOCK = """\
# head
a:   # of a
    b: 1   # of b
    # before c
    c: |
        text

        more

    # before d
    d: [x,   y]
e: 2
"""


@pytest.mark.parametrize(
    ("paths", "after"),
    [
        ([("a", "b")], BLOCK.replace("    b: 1   # of b\n", "")),
        ([("a", "c")], BLOCK.replace("    c: |\n        text\n\n        more\n\n", "")),
        ([("a", "d")], BLOCK.replace("    d: [x,   y]\n", "")),
        ([("e",)], BLOCK.replace("e: 2\n", "")),
        ([("a",)], "# head\ne: 2\n"),
        ([("a", "b"), ("a", "c")], "# head\na:   # of a\n    # before c\n    # before d\n    d: [x,   y]\ne: 2\n"),
        ([("a", "b"), ("a", "c"), ("a", "d")],
         "# head\na: {}   # of a\n    # before c\n    # before d\ne: 2\n"),
        ([("a", "b"), ("a",)], "# head\ne: 2\n"),
        ([("a", "d", 0)], BLOCK.replace("x,   y", "y")),
        ([("a", "d", 1)], BLOCK.replace("x,   y", "x")),
        ([("a", "d", 0), ("a", "d", 1)], BLOCK.replace("x,   y", "")),
        ([("a",), ("e",)], "# head\n{}\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_pairs_of_a_block_go_with_their_lines(paths: list[Path], after: str, ends: str) -> None:
    assert _after(BLOCK.replace("\n", ends), *paths) == after.replace("\n", ends)


@pytest.mark.parametrize(
    ("before", "paths", "after"),
    [
        ("- a\n- b # x\n- c\n", [(1,)], "- a\n- c\n"),
        ("- a\n- b\n- c\n", [(0,), (2,)], "- b\n"),
        ("- a\n- b\n", [(0,), (1,)], "[]\n"),
        ("x:\n- a\n- b\n", [("x", 0), ("x", 1)], "x: []\n"),
        ("x:\n  - a\n  - b\ny: 1\n", [("x", 0), ("x", 1)], "x: []\ny: 1\n"),
        ("x: # c\n  - a\n", [("x", 0)], "x: [] # c\n"),
        ("x: !t &y # c\n  - a\ny: 1\n", [("x", 0)], "x: !t &y [] # c\ny: 1\n"),
        ("x: &y\n  a: 1\ny: 1\n", [("x", "a")], "x: &y {}\ny: 1\n"),
        ("- a: 1\n  b: 2\n  c: 3\n", [(0, "a")], "- b: 2\n  c: 3\n"),
        ("- a: 1\n  b: 2\n  c: 3\n", [(0, "a"), (0, "b")], "- c: 3\n"),
        ("- a: 1\n\n  # kept\n  b: 2\n", [(0, "a")], "- # kept\n  b: 2\n"),
        ("- a: 1\n  b: 2\n", [(0, "a"), (0, "b")], "- {}\n"),
        ("-   a: 1\n    b: 2\n    c: 3\n", [(0, "b")], "-   a: 1\n    c: 3\n"),
        ("- - a\n  - b\n", [(0, 0)], "- - b\n"),
        ("- - a\n  - b\n", [(0, 0), (0, 1)], "- []\n"),
        ("- - - a\n", [(0, 0, 0)], "- - []\n"),
        ("x:\n  - a: |\n      text\n    b: >-\n      more\n      and more\n", [("x", 0, "b")],
         "x:\n  - a: |\n      text\n"),
        ("x:\n  - a: |\n      text\n    b: 1\n", [("x", 0, "a")], "x:\n  - b: 1\n"),
        ("a: 'x\n\n  y'   # c\nb: 1\n", [("a",)], "b: 1\n"),
        ("? a\n: b\n? c\n: d\n", [("a",)], "? c\n: d\n"),
        ("? a\n: b\n? c\n: d\n", [("c",)], "? a\n: b\n"),
        ("? [k]\n: b\nc: d\n", [("c",)], "? [k]\n: b\n"),
        ("a:\nb: 1\n", [("a",)], "b: 1\n"),
        ("a: |\nb: 1\n", [("a",)], "b: 1\n"),
        ("a: |+\n  x\n\n\nb: 1\n", [("a",)], "b: 1\n"),
        ("b: 1\na: |+\n  x\n\n\n", [("a",)], "b: 1\n"),
        ("a: &x 1\nb: *x\nc: 2\n", [("b",)], "a: &x 1\nc: 2\n"),
        ("a: &x [1, 2]\nb: [*x, 3, *x]\n", [("b", 0)], "a: &x [1, 2]\nb: [3, *x]\n"),
        ("a: &x [1, 2]\nb: [*x, 3, *x]\n", [("b", 2)], "a: &x [1, 2]\nb: [*x, 3]\n"),
        ("a: &x\n- 1\nb:\n- *x\n- 2\n", [("b", 0)], "a: &x\n- 1\nb:\n- 2\n"),
        ("a: &x {b: 1}\nc: *x\n", [("c", "b")], "a: &x {}\nc: *x\n"),
        ("a: &x\n  b: 1\nc: *x\n", [("c", "b")], "a: &x {}\nc: *x\n"),
        ("a: &x\n  b: 1\n  c: 2\nd:\n  e: *x\n", [("d", "e", "b")], "a: &x\n  c: 2\nd:\n  e: *x\n"),
        ("a: &x\n- 1\nd:\n  e: *x\n", [("d", "e", 0), ("a", 0)], "a: &x []\nd:\n  e: *x\n"),
        ("- a: &x !t\n  - 1\n- b: [*x]\n", [(1, "b", 0, 0)], "- a: &x !t []\n- b: [*x]\n"),
        ("a: &x k\nb:\n  - 1\n  - *x\nc: 2\n", [("b",)], "a: &x k\nc: 2\n"),
        ("a: &x k\nb:\n  - 1\n  - *x\nc: 2\n", [("c",)], "a: &x k\nb:\n  - 1\n  - *x\n"),
        ("a: &x k\nb: {c: *x}\nd:\n  e: *x # c\n", [("d", "e")], "a: &x k\nb: {c: *x}\nd: {}\n"),
        ("b: 1\na: |\n  x", [("b",)], "a: |\n  x"),
        ("b: 1\na: |\n  x", [("a",)], "b: 1\n"),
        ("b: 1\nc: |\n\n\n\na: |+", [("c",)], "b: 1\na: |+"),
        ("b: 1\na: |+ # c", [("a",)], "b: 1\n"),
        ("a: 1\na: 2\nb: 3\n", [("a",)], "a: 1\nb: 3\n"),
        ("---\na: 1\nb: 2\n...\n", [("b",)], "---\na: 1\n...\n"),
        ("--- # x\na: 1\n", [("a",)], "--- # x\n{}\n"),
        ("a: 1\nb: 2", [("b",)], "a: 1\n"),
        ("\ufeffa: 1\nb: 2\n", [("a",)], "\ufeffb: 2\n"),
        ("a:\n  b: {c: 1}\n  d: [\n    1,\n    2\n  ]\ne: 1\n", [("a", "d")], "a:\n  b: {c: 1}\ne: 1\n"),
        ("a:\n  - b:\n      - c\n  - d\ne: 1\n", [("a", 0)], "a:\n  - d\ne: 1\n"),
        ("a:\n  - b:\n      c:\n        - d\n        -\ne: 1\n", [("a", 0)], "a: []\ne: 1\n"),
    ],
)  # fmt: skip
def test_items_and_pairs_go_wherever_they_stand(before: str, paths: list[Path], after: str) -> None:
    assert _after(before, *paths) == after


FLOW = "{a: 1, 'b' : [x , y,], c: {d: e, f}, # of c\n g: 2 }\n"


@pytest.mark.parametrize(
    ("paths", "after"),
    [
        ([("a",)], FLOW.replace("a: 1, ", "")),
        ([("b",)], FLOW.replace("'b' : [x , y,], ", "")),
        ([("b", 0)], FLOW.replace("x , ", "")),
        ([("b", 1)], FLOW.replace("x , y,", "x,")),
        ([("c", "f")], FLOW.replace(", f", "")),
        ([("c", "d")], FLOW.replace("d: e, ", "")),
        ([("g",)], FLOW.replace(", # of c\n g: 2", "")),
        ([("c",)], FLOW.replace("c: {d: e, f}, # of c\n ", "")),
        ([("a",), ("b",), ("c",), ("g",)], "{}\n"),
        ([("b", 0), ("b", 1)], FLOW.replace("x , y,", "")),
        ([("a",), ("g",)], FLOW.replace("a: 1, ", "").replace(", # of c\n g: 2", "")),
    ],
)
def test_what_stands_in_brackets_goes_with_a_comma(paths: list[Path], after: str) -> None:
    assert _after(FLOW, *paths) == after


@pytest.mark.parametrize(
    ("paths", "after"),
    [
        ([("a",)], '{\n "b": {"c": [1,2,  3]}\n}'),
        ([("b",)], '{\n "a": "x"\n}'),
        ([("b", "c", 1)], '{\n "a": "x",\n "b": {"c": [1,3]}\n}'),
        ([("b", "c", 2), ("a",)], '{\n "b": {"c": [1,2]}\n}'),
        ([("b", "c")], '{\n "a": "x",\n "b": {}\n}'),
        ([("a",), ("b",)], "{}"),
    ],
)
def test_json_stays_json(paths: list[Path], after: str) -> None:
    assert _after('{\n "a": "x",\n "b": {"c": [1,2,  3]}\n}', *paths, name="x.json") == after


def test_an_edit_of_what_goes_is_not_made() -> None:
    edits = (Edit(("a", "b"), 0, None, "x"), Edit(("e",), 0, None, "3"))
    assert _after(BLOCK, ("a",), edits=edits) == "# head\ne: 3\n"


@pytest.mark.parametrize(
    ("before", "path", "message"),
    [
        ("? a\n? b\n", ("b",), "something else stands behind the value"),
        ("a: &x k\n*x : 1\nb: 2\n", ("b",), "an alias as a key"),
        ("a: &x k\nb:\n  *x : 1\n  c: 2\n", ("b", "c"), "an alias as a key"),
        ("x: [a: 1, b]\n", ("x", 0, "a"), "something else stands behind the value"),
        ("a: 1\n", ("b",), "there is no b"),
        ("a: 1\n", ("a", "b"), r"there is no a\.b"),
        ("a: [1]\n", ("a", "0"), r"there is no a\.0"),
    ],
)
def test_what_cannot_be_removed_is_an_error(before: str, path: Path, message: str) -> None:
    with pytest.raises(EditError, match=message):
        _after(before, path)


_values = st.recursive(
    st.sampled_from(["text", "two words", "it's: so", "a\nb\n", "  lead", "x # y", "", "tail \n", 1, None, True]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def _paths(value: Any, path: Path = ()) -> list[Path]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, part in pairs for found in ((*path, key), *_paths(part, (*path, key)))]


def _without(value: Any, gone: set[Path], path: Path = ()) -> Any:
    if isinstance(value, dict):
        return {key: _without(part, gone, (*path, key)) for key, part in value.items() if (*path, key) not in gone}
    if isinstance(value, list):
        return [_without(part, gone, (*path, n)) for n, part in enumerate(value) if (*path, n) not in gone]
    return value


def _is_part_of(shorter: str, longer: str) -> bool:
    """Whether one text is the other with characters taken out."""
    rest = iter(longer)
    return all(char in rest for char in shorter)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from("pqr"), _values, min_size=1) | st.lists(_values, min_size=1, max_size=3),
    st.sampled_from(["block", "flow", "json"]),
    st.sampled_from([2, 4]),
    st.sampled_from([None, "'", '"', "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_the_rest_of_a_recording_says_the_same(
    value: Any, shape: str, indent: int, style: str | None, newline: str, data: st.DataObject
) -> None:
    if shape == "json":
        text, name = json.dumps(value, indent=data.draw(st.sampled_from([None, 1]))), "x.json"
    else:
        text, name = yaml.dump(value, indent=indent, default_style=style, default_flow_style=shape == "flow"), "x.yaml"
    text = text.replace("\n", newline)
    value = yaml.safe_load(text)
    paths = _paths(value)
    if not paths:
        return
    gone = set(data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=3)))
    after = _after(text, *gone, name=name)
    assert yaml.safe_load(after) == _without(value, gone)
    assert _is_part_of(after.replace("{}", "").replace("[]", ""), text)


# --- what is shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changes", "after"),
    [
        ("a: secret # c\nb: 'x'\n", [Edit(("a",), 0, 6, "X")], "a: ****** # c\nb: 'x'\n"),
        ("a: so secret\n", [Edit(("a",), 3, 9, "X")], "a: so ******\n"),
        ('a: "s\\x65cret"\n', [Edit(("a",), 0, 6, "X")], 'a: "*********"\n'),
        ("a: |\n  one two\n  three\n", [Edit(("a",), 4, 13, "X")], "a: |\n  one ***\n  *****\n"),
        ("h: {A: [x, yy], B: [z]}\n", [Removal(("h", "A"))], "h: {A: [*, **], B: [z]}\n"),
        ("h:\n  A: x y\n  B: z\n", [Removal(("h", "A"))], "h:\n  A: * *\n  B: z\n"),
        ('{"h": [{"name": "A", "value": "xy"}]}', [Removal(("h", 0))], '{"h": [{"name": "A", "value": ****}]}'),
        ("a: &x secret\nb: *x\n", [Edit(("b",), 0, 6, "X"), Edit(("a",), 0, 6, "X")], "a: &x ******\nb: *x\n"),
        ("a: &x [k]\nb: *x\n", [Removal(("b",)), Edit(("a", 0), 0, 1, "X")], "a: &x [*]\nb: *x\n"),
        ("a: b\n", [], "a: b\n"),
    ],
)
def test_what_goes_is_shown_as_asterisks_and_nothing_else_changes(text: str, changes: list[Change], after: str) -> None:
    document = parse(text.encode(), "x.yaml")
    assert blanked(document, plan(document, changes)) == after
