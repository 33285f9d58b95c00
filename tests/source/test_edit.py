"""Edits change the characters they are about, and nothing else."""

import gzip
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.model import Edit
from cassette_tools.source import files
from cassette_tools.source.edit import EditError, apply
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.source.parse import parse


def _edited(text: str, *edits: Edit, name: str = "x.yaml") -> str:
    data = text.encode()
    return apply(data, parse(data, name), list(edits), name).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: say secret now\n", "a: say XX now\n"),
        ("a: 'it''s secret now' # kept\n", "a: 'it''s XX now' # kept\n"),
        ('a: "\\u00e9 s\\x65cret\\tnow"\n', 'a: "\\u00e9 XX\\tnow"\n'),
        ("a: |+\n  one\n  secret two\n\n# end\n", "a: |+\n  one\n  XX two\n\n# end\n"),
        ("a: >-\n  one\n  secret\n  two\n", "a: >-\n  one\n  XX\n  two\n"),
        ("a: !x &y secret\nb: *y\n", "a: !x &y XX\nb: *y\n"),
        ('{"a": "s\\u0065cret"}', '{"a": "XX"}'),
        ("\ufeffa: secret\r\nb:   1\r\n", "\ufeffa: XX\r\nb:   1\r\n"),
    ],
)
def test_only_the_characters_change_whatever_the_style(before: str, after: str) -> None:
    root = parse(before.encode(), "x.yaml").root
    assert root is not None
    node = find(root, ("a",))
    assert isinstance(node, Scalar)
    start = node.value.index("secret")
    assert _edited(before, Edit(("a",), start, start + 6, "XX")) == after


def test_several_edits_in_any_order() -> None:
    edits = [Edit(("b", 0), 0, 1, "9"), Edit(("a",), 2, 3, "Z"), Edit(("a",), 0, 1, "X")]
    assert _edited("a: 'abc'\nb: [1, 2]\n", *edits) == "a: 'XbZ'\nb: [9, 2]\n"


@pytest.mark.parametrize(
    ("text", "edits", "message"),
    [
        ("a: [b]", [Edit(("a",), 0, 1, "x")], "a is no scalar"),
        ("a: abc", [Edit(("a",), 0, 2, "x"), Edit(("a",), 1, 3, "y")], "edits overlap, or reach beyond their value"),
        ("a: abc", [Edit(("a",), 0, 9, "x")], "edits overlap, or reach beyond their value"),
        ("a: abc", [Edit(("a",), 0, 3, "b: c")], "the edited file would not say what was intended"),
        ("a: |\n  abc\n", [Edit(("a",), 0, 3, "x\ny")], "the edited file would not say what was intended"),
        ("a: abc # x", [Edit(("a",), 3, 3, " # y")], "the edited file would not say what was intended"),
        ("a: [", [Edit(("a",), 0, 0, "x")], "a file that cannot be parsed cannot be edited"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(text: str, edits: list[Edit], message: str) -> None:
    with pytest.raises(EditError, match=message):
        _edited(text, *edits)


@given(
    st.text(min_size=1),
    st.text(),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(10, 60),
    st.booleans(),
    st.data(),
)
def test_a_result_always_says_what_was_intended(
    value: str, new: str, style: str | None, width: int, as_json: bool, data: st.DataObject
) -> None:
    if as_json:
        text = json.dumps({"a": value, "b": ["kept"]}, indent=1)
    else:
        text = yaml.dump({"a": value, "b": ["kept"]}, default_style=style, width=width, allow_unicode=True)
    encoded = text.encode("utf-8", "surrogatepass")
    name = "x.json" if as_json else "x.yaml"
    document = parse(encoded, name)
    if document.root is None:
        return
    node = find(document.root, ("a",))
    assert isinstance(node, Scalar)
    start = data.draw(st.integers(0, len(node.value)))
    end = data.draw(st.integers(start, len(node.value)))
    try:
        result = apply(encoded, document, [Edit(("a",), start, end, new)], name)
    except (EditError, UnicodeEncodeError):
        return
    again = parse(result, name)
    assert again.root is not None
    changed, kept = find(again.root, ("a",)), find(again.root, ("b", 0))
    assert isinstance(changed, Scalar)
    assert isinstance(kept, Scalar)
    assert (changed.value, kept.value) == (node.value[:start] + new + node.value[end:], "kept")


def test_a_packed_file_is_read_edited_and_packed_again(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml.gz"
    path.write_bytes(gzip.compress(b"a: secret\n"))
    path.chmod(0o640)
    data = files.read(path)
    files.write(path, apply(data, parse(data, path.name), [Edit(("a",), 0, 6, "XX")], path.name))
    assert gzip.decompress(path.read_bytes()) == b"a: XX\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.yaml.gz"]


def test_what_a_link_points_to_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "target.yaml", tmp_path / "link.yaml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    files.write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_write_that_fails_leaves_the_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.yaml"]


_LINES = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20), min_size=1)


@given(
    _LINES,
    st.integers(0, 3),
    st.integers(1, 3),
    st.sampled_from(["|", "'", '"']),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_line_breaks_are_added_at_the_end_of_a_value_in_every_style_that_has_room_for_them(
    lines: list[str], had: int, more: int, style: str, newline: str, last: bool
) -> None:
    value = "\n".join(lines) + "\n" * had
    recording = {"a": value} if last else {"a": value, "b": ["kept"]}
    text = yaml.dump({"x": [recording]}, default_style=style, width=30).replace("\n", newline)
    root = parse(text.encode(), "x.yaml").root
    assert root is not None
    node = find(root, ("x", 0, "a"))
    assert isinstance(node, Scalar)
    assert node.value == value
    after = _edited(text, Edit(("x", 0, "a"), len(value), None, "\n" * more))
    assert yaml.safe_load(after) == {"x": [{**recording, "a": value + "\n" * more}]}


@pytest.mark.parametrize("text", ["a: |\n\n\nb: 1\n", "a: ''\n", "a: abc\n"])
def test_a_value_that_has_no_room_for_line_breaks_is_left_alone(text: str) -> None:
    with pytest.raises(EditError):
        _edited(text, Edit(("a",), 0 if "abc" not in text else 3, None, "\n"))


def test_a_number_does_not_become_a_string_nor_the_other_way_round() -> None:
    with pytest.raises(EditError, match="would not say"):
        _edited("a: 1\n", Edit(("a",), 0, None, "x"))
    with pytest.raises(EditError, match="would not say"):
        _edited("a: x\n", Edit(("a",), 0, None, "1"))


def test_a_file_that_is_not_utf_8_is_not_edited() -> None:
    data = b"a: secret # \xff\n"
    with pytest.raises(EditError, match="not UTF-8"):
        apply(data, parse(b"a: secret # x\n", "x.yaml"), [Edit(("a",), 0, 1, "x")], "x.yaml")
