"""Edits change the characters they are about, and nothing else."""

import gzip
import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.model import Change, Edit, Removal
from cassette_tools.source import files
from cassette_tools.source.edit import EditError, apply, base64_like
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.source.parse import parse


def _edited(text: str, *edits: Change, name: str = "x.yaml") -> str:
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
        ("a: abc", [Edit(("b",), 0, 3, "x")], "there is no b"),
        ("a: abc", [Edit(("a", "b"), 0, 3, "x")], r"there is no a\.b"),
        ("a: [b]", [Edit(("a", 1), 0, 1, "x")], r"there is no a\.1"),
        ("a: [b]", [Removal(("a", -1))], r"there is no a\.-1"),
        ("a: [b]", [Removal(())], "the document itself cannot be removed"),
        ('a: "x"', [Edit(("a",), 0, 1, "\ud800")], "the edited file would not say what was intended"),
        ("a: [", [Edit(("a",), 0, 0, "x")], "a file that cannot be parsed cannot be edited"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(text: str, edits: list[Change], message: str) -> None:
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


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("a: abc\n", "b: c", "a: 'b: c'\n"),
        ("a: abc # c\n", "b #c", "a: 'b #c' # c\n"),
        ("a: abc\n", "it's: x", "a: 'it''s: x'\n"),
        ("a: abc\n", " x", "a: ' x'\n"),
        ("a: abc\n", "x ", "a: 'x '\n"),
        ("a: abc\n", "", "a: ''\n"),
        ("a: abc\n", "x\ny", 'a: "x\\ny"\n'),
        ("a: abc\n", "\x07", 'a: "\\u0007"\n'),
        ("a: abc\n", "x\u2028", 'a: "x\\u2028"\n'),
        ("a: abc\n", "12", "a: '12'\n"),
        ("a: abc\n", "1.5", "a: '1.5'\n"),
        ("a: abc\n", "null", "a: 'null'\n"),
        ("a: abc\n", "true", "a: 'true'\n"),
        ("a: abc\n", "No", "a: 'No'\n"),
        ("a: abc\n", "2024-01-01", "a: '2024-01-01'\n"),
        ("a: abc\n", ":x", "a: ':x'\n"),
        ("a: abc\n", "- x", "a: '- x'\n"),
        ("a: abc\n", "*", "a: '*'\n"),
        ("a: 547.2ms\n", "1.2ms", "a: 1.2ms\n"),
        ("a: 192.0.2.1\n", "192.0.2.77", "a: 192.0.2.77\n"),
        ("a: [abc, d]\n", "x,y", "a: ['x,y', d]\n"),
        ("a: 123456\n", "REDACTED", "a: REDACTED\n"),
        ("a: 123456\n", "12", "a: 12\n"),
        ("a: 123456\n", "1.5", "a: 1.5\n"),
        ("a: 123456\n", "00000000", "a: '00000000'\n"),
        ("a: 12e4567\n", "34", "a: '34'\n"),
        ("a: 12e4567\n", "34e5678", "a: 34e5678\n"),
        ("a: 1.2e4567\n", "3.4e+5678", "a: '3.4e+5678'\n"),
        ("a: 34\n", "12e4567", "a: '12e4567'\n"),
        ("a: 123456\n", "true", "a: 'true'\n"),
        ("a: !!int 123456\n", "REDACTED", "a: REDACTED\n"),
        ("a: &x !!int 123456\nb: *x\n", "x y", "a: &x x y\nb: *x\n"),
        ("a: !!str 123456\n", "654321", "a: !!str 654321\n"),
        ("a: true\n", "false", "a: false\n"),
        ("a: null\n", "x", "a: x\n"),
        ("a:\n", "x", "a: x\n"),
        ("a: # none\nb: 1\n", "x: y", "a: 'x: y' # none\nb: 1\n"),
        ("a: ''\n", "it's", "a: 'it''s'\n"),
        ("a: ''\n", "x\n", "a: 'x\n\n   '\n"),
        ('a: ""\n', "x\n\x85", 'a: "x\\n\\x85"\n'),
        ("a: 'b'\n", "\x7f", 'a: "\\x7f"\n'),
        ("a: 'b'\n", "x \ny", 'a: "x \\ny"\n'),
        ("a: |\n  abc\n  def\nb: 1\n", "x\ny\n", "a: |\n  x\n  y\nb: 1\n"),
        ("a: |\r\n  abc\r\nb: 1\r\n", "x\n\ny\n", "a: |\r\n  x\r\n\r\n  y\r\nb: 1\r\n"),
        ("a: |\n  abc\nb: 1\n", "x", "a: |-\n  x\nb: 1\n"),
        ("a: |-\n  abc\nb: 1\n", "x\n", "a: |\n  x\nb: 1\n"),
        ("a: |-\n  abc\n\nb: 1\n", "x\n\n\n", "a: |+\n  x\n\n\nb: 1\n"),
        ("a: |+\n  abc\n\n\nb: 1\n", "x", "a: |-\n  x\n\n\nb: 1\n"),
        ("a: |\n  abc\nb: 1\n", " x\ny\n", "a: |2\n   x\n  y\nb: 1\n"),
        ("a: |\n  abc\nb: 1\n", "\n\tx\n", "a: |2\n\n  \tx\nb: 1\n"),
        ("a: |2\n   abc\nb: 1\n", "x\n", "a: |2\n  x\nb: 1\n"),
        ("a: | # c\n  abc\nb: 1\n", "x\r\n", 'a: "x\\r\\n" # c\nb: 1\n'),
        ("a: | # c\n  abc\n\n# d\nb: 1\n", "", 'a: "" # c\n\n# d\nb: 1\n'),
        ("a: |\nb: 1\n", "x\n", 'a: "x\\n"\nb: 1\n'),
        ("a: |\n  abc", "x\ny", "a: |\n  x\n  y"),
        ("a: >\n  abc\n  def\nb: 1\n", "x\ny z\n\n u\nv\n", "a: >\n  x\n\n  y z\n\n   u\n  v\nb: 1\n"),
        ("a: >-\n  abc\n  def\nb: 1\n", " x", "a: >2-\n   x\nb: 1\n"),
        ("a: abc\n  def\nb: 1\n", "x y", "a: x y\nb: 1\n"),
        ("a: 'abc\n  def'\nb: 1\n", "x\ny", "a: 'x\n\n   y'\nb: 1\n"),
        ('a: "abc\n  def"\nb: 1\n', "x\ny", 'a: "x\\ny"\nb: 1\n'),
        ('{"a": 123456, "b": 1}', "REDACTED", '{"a": "REDACTED", "b": 1}'),
        ('{"a": 123456, "b": 1}', "12", '{"a": 12, "b": 1}'),
        ('{"a": 123456, "b": 1}', "012", '{"a": "012", "b": 1}'),
        ('{"a": 123456, "b": 1}', "~", '{"a": "~", "b": 1}'),
        ('{"a": null}', "x", '{"a": "x"}'),
        ('{"a": true}', "yes", '{"a": "yes"}'),
        ('{"a": ""}', "1\n\u2028é", '{"a": "1\\n\\u2028é"}'),
        ('{"a": "x"}', "\ud800", '{"a": "\\ud800"}'),
    ],
)
def test_a_whole_value_is_replaced_and_quoted_where_its_style_cannot_hold_the_new_one(
    before: str, new: str, after: str
) -> None:
    assert _edited(before, Edit(("a",), 0, None, new) if "[" not in before else Edit(("a", 0), 0, None, new)) == after


@pytest.mark.parametrize(
    ("before", "path", "new", "after"),
    [
        ("a: {b: c, d: e}\n", ("a", "b"), "{x}", "a: {b: '{x}', d: e}\n"),
        ("a: {b: , d: e}\n", ("a", "b"), "x", "a: {b: x, d: e}\n"),
        ("a:\n-\n- 1\n", ("a", 0), "x", "a:\n- x\n- 1\n"),
        ("a:\n- b:\n  - >-\n    abc\n", ("a", 0, "b", 0), " x", "a:\n- b:\n  - >2-\n     x\n"),
        (
            "a:\n  - b: !t &x\n      - |\n           abc\n",
            ("a", 0, "b", 0),
            " x\n",
            "a:\n  - b: !t &x\n      - |5\n            x\n",
        ),
        ("a:\n  ? b\n  : |\n     abc\n", ("a", "b"), " x\n", "a:\n  ? b\n  : |3\n      x\n"),
        ("- |\n abc\n", (0,), " x\n", "- |1\n  x\n"),
        ("&a b: |\n abc\n", ("b",), " x\n", "&a b: |1\n  x\n"),
        ("- &a\n  - |\n    abc\n- x: *a\n", (1, "x", 0), " x\n", "- &a\n  - |2\n     x\n- x: *a\n"),
    ],
)
def test_a_value_is_replaced_wherever_it_stands(before: str, path: tuple[str | int, ...], new: str, after: str) -> None:
    assert _edited(before, Edit(path, 0, None, new)) == after


def test_a_file_that_is_not_utf_8_is_not_edited() -> None:
    data = b"a: secret # \xff\n"
    with pytest.raises(EditError, match="not UTF-8"):
        apply(data, parse(b"a: secret # x\n", "x.yaml"), [Edit(("a",), 0, 1, "x")], "x.yaml")


_TEXTS = st.one_of(
    st.text(st.sampled_from("ab: #'\"\\-\n\t ,{}[]é\u2028\x85\x07😀?&*!|>%@`~0123.:"), max_size=40),
    st.sampled_from(["null", "true", "12", "", " ", "\n", "yes", "2024-01-01", "REDACTED", "1e3", "0x1f", ":a", "<<"]),
)
_STYLES = st.sampled_from([None, "'", '"', "|", ">"])


@given(
    st.dictionaries(st.sampled_from("pqrst"), _TEXTS | st.integers() | st.none() | st.booleans(), min_size=1),
    st.lists(_TEXTS, min_size=1, max_size=3),
    _STYLES,
    st.booleans(),
    st.integers(10, 60),
    st.sampled_from([2, 3, 4]),
    st.data(),
)
def test_recordings_of_pyyaml_in_every_style_say_what_was_intended_to_pyyaml(
    mapping: dict[str, object],
    items: list[str],
    style: str | None,
    flow: bool,
    width: int,
    indent: int,
    data: st.DataObject,
) -> None:
    recording = {"x": [{"a": items, "m": mapping}], "z": "kept"}
    text = yaml.dump(
        recording, default_style=style, default_flow_style=flow, width=width, indent=indent, allow_unicode=True
    )
    recording = yaml.safe_load(text)  # PyYAML does not read all that it writes
    items, mapping = recording["x"][0]["a"], recording["x"][0]["m"]
    key = data.draw(st.sampled_from(sorted(mapping)))
    number = data.draw(st.integers(0, len(items) - 1))
    new, other = data.draw(_TEXTS), data.draw(_TEXTS)
    start = data.draw(st.integers(0, len(items[number])))
    end = data.draw(st.integers(start, len(items[number])))
    after = _edited(text, Edit(("x", 0, "m", key), 0, None, new), Edit(("x", 0, "a", number), start, end, other))
    items[number] = items[number][:start] + other + items[number][end:]
    result = yaml.safe_load(after)
    kept = mapping[key]
    if not isinstance(kept, str) and type(kept) is type(result["x"][0]["m"][key]):
        assert yaml.safe_load(new) == result["x"][0]["m"][key]  # still a number, a boolean or null
        new = result["x"][0]["m"][key]
    mapping[key] = new
    assert result == recording
    before_it, behind_it = text.splitlines()[0], text.splitlines()[-1]
    assert after.startswith(before_it if not flow else "{")
    assert after.endswith(behind_it + "\n") or flow


@given(st.recursive(_TEXTS | st.integers() | st.none(), lambda inner: st.lists(inner), max_leaves=5), _TEXTS, st.data())
def test_recordings_in_json_say_what_was_intended(value: object, new: str, data: st.DataObject) -> None:
    recording = {"a": value, "s": data.draw(_TEXTS), "n": 12}
    indent = data.draw(st.sampled_from([None, 0, 2, "\t"]))
    text = json.dumps(recording, indent=indent, ensure_ascii=data.draw(st.booleans()))
    after = _edited(text, Edit(("s",), 0, None, new), Edit(("n",), 0, None, "x" + new), name="x.json")
    assert json.loads(after) == {"a": value, "s": new, "n": "x" + new}
    assert after.startswith(text[: text.index('"s"')])


@pytest.mark.parametrize(
    ("old", "data", "new"),
    [
        ("YWJj", b"abcdefghi", "YWJjZGVmZ2hp"),
        ("YWJj\n", b"abcd", "YWJjZA==\n"),
        ("YWJj\nYWJj\nYQ==\n", b"abcdefgh", "YWJj\nZGVm\nZ2g=\n"),
        ("YWJj\nYWJj\nYQ==", b"a", "YQ=="),
        ("YWJj YWJj", b"abcdef", "YWJj ZGVm"),
        ("\n  YWJj\r\n  YWJj\r\n", b"abcdef", "\n  YWJj\r\n  ZGVm\r\n"),
        ("YWI", b"a", "YQ"),
        ("_-8=", b"\xff\xfe", "__4="),
        ("/-8=", b"\xff\xfe", "//4="),
        ("", b"abc", "YWJj"),
        ("\n", b"abc", "\nYWJj"),
        ("YWJj\n", b"", "\n"),
    ],
)
def test_base64_keeps_the_form_of_the_older_value(old: str, data: bytes, new: str) -> None:
    assert base64_like(old, data) == new


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_bytes_of_a_binary_value_are_replaced_in_the_recorders_form(old: bytes, new: bytes) -> None:
    text = yaml.dump({"a": {"b": old}, "c": 1})
    value = _value(text, ("a", "b"))
    after = _edited(text, Edit(("a", "b"), 0, None, base64_like(value, new)))
    assert yaml.safe_load(after) == {"a": {"b": new}, "c": 1}
    if len(old) > 57 and new:
        assert after == yaml.dump({"a": {"b": new}, "c": 1})


def _value(text: str, path: tuple[str | int, ...]) -> str:
    root = parse(text.encode(), "x.yaml").root
    assert root is not None
    node = find(root, path)
    assert isinstance(node, Scalar)
    return node.value


SAID = "a: [1, {b: c}]\nd: 'e'\n"


@pytest.mark.parametrize(
    "made",
    [
        "a: [1, {b: c}]\nd: 'e'\n",
        "a: [1, {b: c}]\nd: 5\n",
        "a: [1, {b: c}, 2]\nd: '5'\n",
        "a: [1]\nd: '5'\n",
        "a: [1, {b: c, f: g}]\nd: '5'\n",
        "a: [1, {f: c}]\nd: '5'\n",
        "a: ['1', {b: c}]\nd: '5'\n",
        "a: [1, [b, c]]\nd: '5'\n",
        "a: !t [1, {b: c}]\nd: '5'\n",
        "a: [1, {b: c}]\nd: !t '5'\n",
        "a: [1, {b: c}]\nd: '5'\ne: 1\n",
        "a: [1, {b: c}\nd: '5'\n",
        "",
    ],
)
def test_a_result_that_says_something_else_is_never_returned(monkeypatch: pytest.MonkeyPatch, made: str) -> None:
    assert _edited(SAID, Edit(("d",), 0, None, "5")) == SAID.replace("e'", "5'")
    monkeypatch.setattr("cassette_tools.source.edit.replaced", lambda *_: made)
    with pytest.raises(EditError, match="the edited file would not say what was intended"):
        _edited(SAID, Edit(("d",), 0, None, "5"))


def test_what_cannot_be_written_as_utf_8_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cassette_tools.source.edit.replaced", lambda *_: "\ud800")
    with pytest.raises(EditError, match="the new text cannot be written as UTF-8"):
        _edited(SAID, Edit(("d",), 0, None, "5"))


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("a: 'b'\n", Edit(("a",), 1, 1, "\n"), "a: 'b\n\n   '\n"),
        ("a: '\n\n  '\n", Edit(("a",), 1, 1, "\n"), "a: '\n\n\n   '\n"),
        ("a: &k z\nb:\n  *k : |\n    abc\n", Edit(("b", "z"), 0, None, " x\n"), 'a: &k z\nb:\n  *k : " x\\n"\n'),
        ("a: |\n            abc\nb: 1\n", Edit(("a",), 0, None, " x\n"), 'a: " x\\n"\nb: 1\n'),
        ("a: >\n  abc\n  def\n\n\nb: 1\n", Edit(("a",), 3, None, " x\n"), "a: >\n  abc x\n\n\nb: 1\n"),
        ("a: |\n  abc\n", Edit(("a",), 0, None, "   "), 'a: "   "\n'),
        ("a: |\n  abc\n", Edit(("a",), 0, 3, "x\x85y"), 'a: "x\\x85y\\n"\n'),
        ("a: |\n abc\n", Edit(("a",), 0, 3, "x\u2028y"), 'a: "x\\u2028y\\n"\n'),
        ("a: |\n abc\u2028\n def\n", Edit(("a",), 5, 8, "x\n\n\n"), None),
        ("? |\n  k\n: v\n", Edit(("k\n",), 0, 1, "x"), "? |\n  k\n: x\n"),
        ("a: b\n", Edit(("a",), 0, 1, "b"), "a: b\n"),
        ("a: !!binary abc\n", Edit(("a",), 0, 1, "b"), "a: !!binary bbc\n"),
    ],
)
def test_characters_are_replaced_where_they_stand(before: str, edit: Edit, after: str | None) -> None:
    made = _edited(before, edit)
    if after is not None:
        assert made == after
    old, new = _value(before, edit.path), _value(made, edit.path)
    assert new == old[: edit.start] + edit.text + old[len(old) if edit.end is None else edit.end :]


def test_a_merged_value_is_edited_where_it_stands_and_not_removed() -> None:
    data = b"a: &a {x: one, z: 1}\nb: {<<: *a, y: two}\n"
    document = parse(data, "x.yaml")
    assert apply(data, document, [Edit(("b", "x"), 0, None, "two")], "x.yaml") == data.replace(b"one", b"two")
    with pytest.raises(EditError, match="merged into"):
        apply(data, document, [Removal(("b", "x"))], "x.yaml")


def test_many_edits_of_a_file_of_one_line_take_linear_time() -> None:
    before = json.dumps(["x" * 40] * 20_000)
    start = time.process_time()
    after = _edited(before, *(Edit((number,), 0, 1, "y") for number in range(20_000)), name="x.json")
    assert json.loads(after) == ["y" + "x" * 39] * 20_000
    assert time.process_time() - start < 10  # half of one; forty where each edit looks for how the line ends
