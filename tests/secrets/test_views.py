"""Views: what stands below a coding, and the way of a change back to what is recorded."""

import base64
import gzip
import itertools
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Header, Headers, Route
from cassette_tools.secrets import views
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import Derived, Packed, Recorded, RecordedBytes, TextChange, View, replaced, settled

PATH = ("a", "b")
quick = settings(deadline=None, max_examples=100)


def _text(text: str) -> Recorded:
    return Recorded(text, PATH)


def _below(view: View) -> list[View]:
    return [view, *(below for inner in view.inner for below in _below(inner))]


def _written(view: View, changes: list[TextChange]) -> str:
    """What becomes of the recorded text when a view changes."""
    if isinstance(view, Recorded):
        return replaced(view.text, changes)
    lowered = view.lower(changes)
    (above,) = {above for above, _ in lowered}
    return _written(above, [change for _, change in lowered])


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# --- changes --------------------------------------------------------------------------------------------------------


def test_changes_are_made_in_any_order() -> None:
    assert replaced("abcdef", [TextChange(4, 6, "Z"), TextChange(0, 1, ""), TextChange(2, 2, "--")]) == "b--cdZ"
    assert replaced("abc", []) == "abc"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([(3, 5, "b"), (0, 2, "a")], [(0, 2, "a"), (3, 5, "b")]),
        ([(0, 2, "a"), (2, 4, "b")], [(0, 2, "a"), (2, 4, "b")]),
        ([(0, 9, "a"), (2, 4, "b")], [(0, 9, "a")]),
        ([(2, 4, "b"), (0, 9, "a")], [(0, 9, "a")]),
        ([(0, 3, "a"), (2, 9, "b")], [(0, 9, "b")]),
        ([(0, 7, "a"), (5, 9, "b")], [(0, 9, "a")]),
        ([(0, 4, "a"), (2, 6, "b")], [(0, 6, "a")]),
        ([(0, 4, "a"), (3, 7, "b"), (6, 9, "c")], [(0, 9, "a")]),
        ([(1, 3, "a"), (1, 3, "a")], [(1, 3, "a")]),
        ([(1, 3, "a"), (1, 3, "b")], [(1, 3, "a")]),
        ([(1, 3, "b"), (1, 3, "a")], [(1, 3, "b")]),
        ([(2, 2, "x"), (2, 2, "x")], [(2, 2, "x")]),
    ],
)
def test_of_changes_that_overlap_the_longer_or_earlier_takes_in_the_other(
    changes: list[tuple[int, int, str]], expected: list[tuple[int, int, str]]
) -> None:
    assert [tuple(change) for change in settled([TextChange(*change) for change in changes])] == expected


@quick
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6), st.sampled_from("xyz")), max_size=8))
def test_settled_changes_do_not_overlap_and_cover_the_same(spans: list[tuple[int, int, str]]) -> None:
    changes = [TextChange(start, start + size, text) for start, size, text in spans]
    done = settled(changes)
    for before, after in itertools.pairwise(done):
        assert before.end <= after.start
    covered = {place for change in changes for place in range(change.start, change.end)}
    assert {place for change in done for place in range(change.start, change.end)} == covered


# --- where a view leads ---------------------------------------------------------------------------------------------


def test_the_place_of_a_value_is_as_exact_as_its_recording() -> None:
    assert _text("abc").route(1, 2) == Route(PATH, span=(1, 2))
    for view in (RecordedBytes(b"abc", PATH), Derived("abc", PATH)):
        assert view.route(1, 2) == Route(PATH)
        assert view.lower([TextChange(0, 1, "x")]) == []
    assert RecordedBytes(b"\xff\x00a", PATH).text == "\xff\x00a"


def test_the_place_of_what_is_coded_is_where_its_coding_stands() -> None:
    text = f'{{"a": "x\\/\\u0041B {_b64("some thing that is coded, and longer")}"}}'
    outer = _text(text)
    escaped = next(view for view in outer.inner if view.coding == "JSON escapes")
    assert escaped.text[7:11] == "x/AB"
    assert [escaped.route(start, end).span for start, end in ((7, 8), (8, 9), (9, 11))] == [(7, 8), (8, 10), (10, 17)]
    (packed,) = [view for view in outer.inner if isinstance(view, Packed)]
    assert packed.text == "some thing that is coded, and longer"
    span = packed.route(3, 4).span
    assert span is not None
    assert text[slice(*span)] == _b64(packed.text)
    assert (packed.depth, packed.codings) == (1, ["base64"])


# --- base64 ---------------------------------------------------------------------------------------------------------

SAID = "something of some length, so to speak"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"x {_b64(SAID)} y", [SAID]),
        (f"é€😀 {_b64(SAID)} é {_b64(SAID + '!')}", [SAID, SAID + "!"]),
        (f"x {_b64(SAID).rstrip('=')} y", [SAID]),
        (f"x {_b64(SAID)[:-1].rstrip('=')}A", None),
        *((f"é{before}{_b64(SAID)}", [SAID]) for before in ("\\n", "\\\\n", "\\u0022", "%22", "%2522", "\\t", "\\")),
        (f"/some/path/{_b64(SAID)}", [SAID]),
        (f"name_of_{_b64(SAID)}", [SAID]),
        (f"a-b-c-d-e-{_b64(SAID)}", None),
        (base64.urlsafe_b64encode(("~~~???>>>" + SAID).encode()).decode(), ["~~~???>>>" + SAID]),
        (_b64("short text"), []),
        ("supercalifragilisticexpialidocious" * 3, []),
        (base64.b64encode(bytes(range(60))).decode(), []),
        (base64.b64encode(b"text and \x00 more of it, as before").decode(), []),
        (base64.b64encode(b"text and \xff more of it, as before").decode(), []),
        (base64.b64encode("日本語のテキストです、そして".encode()).decode(), ["日本語のテキストです、そして"]),
        (base64.b64encode(gzip.compress(SAID.encode(), mtime=0)).decode(), [SAID]),
        (base64.b64encode(zlib.compress(SAID.encode(), 9)).decode(), [SAID]),
        (base64.b64encode(zlib.compress(SAID.encode(), 1)).decode(), [SAID]),
        (base64.b64encode(gzip.compress(("é " + SAID).encode(), mtime=0)).decode(), ["é " + SAID]),
        (base64.b64encode(gzip.compress(SAID.encode(), mtime=0)[:-12]).decode(), []),
        (base64.b64encode(b"x\x9c is no zlib, it is just some text").decode(), []),
        ("/" * 80, []),
        ("A" * 29, []),
    ],
)
def test_texts_in_base64_are_found(text: str, found: list[str] | None) -> None:
    told = [view.text for view in views.in_base64(_text(text))]
    if found is not None:
        assert told == found
    else:
        assert SAID not in told


@quick
@given(st.text(min_size=20, max_size=60), st.text("ab ", max_size=5), st.sampled_from(["std", "url"]), st.booleans())
def test_what_is_found_in_base64_is_written_back_in_the_same_alphabet(
    text: str, around: str, alphabet: str, padded: bool
) -> None:
    def coded(value: str) -> str:
        made = (base64.b64encode if alphabet == "std" else base64.urlsafe_b64encode)(value.encode()).decode()
        return made if padded else made.rstrip("=")

    run = coded(text)
    found = list(views.in_base64(_text(f"{around}<{run}>{around}")))
    if not found or found[0].text != text:  # control characters, say
        return
    view = found[0]
    new = _written(view, [TextChange(0, 1, "XY")])
    assert new.startswith(f"{around}<")
    assert new.endswith(f">{around}")
    inner = new[len(around) + 1 : len(new) - len(around) - 1]
    assert base64.b64decode(inner.replace("-", "+").replace("_", "/") + "===").decode() == "XY" + text[1:]
    if "=" in run or (not padded and len(run) % 4):
        assert ("=" in inner) is (padded and len(("XY" + text[1:]).encode()) % 3 > 0)
    if {"+", "/"} & set(run):
        assert not {"-", "_"} & set(inner)
    if {"-", "_"} & set(run):
        assert not {"+", "/"} & set(inner)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\\n", "\\r\\n", "\n  "])
@pytest.mark.parametrize("width", [60, 64, 76])
@pytest.mark.parametrize("around", ['"', "\n\n"])
def test_lines_of_base64_are_one_text_and_stay_lines(gap: str, width: int, around: str) -> None:
    said = f"{SAID} {'and so on, ' * 20}"
    coded = _b64(said)
    run = gap.join(coded[at : at + width] for at in range(0, len(coded), width))
    (view,) = views.in_base64(_text(f"{around}{run}{around}"))
    assert view.text == said
    after = _written(view, [TextChange(0, 0, "more ")]).removeprefix(around).removesuffix(around)
    *lines, last = after.split(gap)
    assert {len(line) for line in lines} == {width}
    assert base64.b64decode("".join((*lines, last))).decode() == f"more {said}"


@pytest.mark.parametrize(
    "first", ["a", "é", "\u0800", "あ", "\ud7ff", "\ue000", "\U00010000", "😀", "\U00040000", "\U0010ffff"]
)
def test_a_text_in_base64_may_start_with_any_character(first: str) -> None:
    text = f"{first * 9}{SAID}"
    run = base64.b64encode(text.encode()).decode()
    lines = "\n".join(run[at : at + 40] for at in range(0, len(run), 40))
    assert [[view.text for view in views.in_base64(_text(coded))] for coded in (run, lines)] == [[text], [text]]


def test_what_follows_base64_on_other_lines_is_none_of_it() -> None:
    run = _b64(SAID * 3)
    for text in (f"{run}\nThen something", f"{run[:60]}\n{'x' * 70}", f"{run[:60]}\nThen"):
        assert [SAID[:20] in view.text for view in views.in_base64(_text(text))] == [True]


def test_packed_text_in_base64_is_packed_again() -> None:
    run = base64.b64encode(gzip.compress(("é " + SAID).encode(), mtime=0)).decode()
    (view,) = views.in_base64(_text(f"<{run}>"))
    after = _written(view, [TextChange(2, 11, "nothing")])
    assert gzip.decompress(base64.b64decode(after[1:-1])).decode() == "é nothing of some length, so to speak"
    assert view.coding == ""
    assert view.codings == ["base64, gzip"]


@pytest.mark.parametrize(
    ("text", "inner"),
    [("c2hvcnQ=", "short"), ("c2hvcnQ", "short"), ("", ""), ("!!!!", ""), ("A", ""), ("/w==", None), ("AAEC", None)],
)
def test_a_whole_text_may_be_base64(text: str, inner: str | None) -> None:
    view = views.base64_view(_text(text))
    assert (view.text if view is not None else None) == inner


# --- escapes and percent-encoding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (r"a\/b", "a/b"),
        (r"\u0041 \ud83d\ude00 \"x\"", 'A 😀 "x"'),
        (r"C:\users and \/", r"C:\users and /"),
        (r"no escape \ in it, \x", None),
        ("none", None),
    ],
)
def test_escapes_are_taken_off(text: str, inner: str | None) -> None:
    view = views.without_escapes(_text(text))
    assert (view.text if view is not None else None) == inner


@pytest.mark.parametrize(
    ("text", "form", "inner"),
    [
        ("a%20b%2B+", False, "a b++"),
        ("a%20b%2B+", True, "a b+ "),
        ("a+b", True, "a b"),
        ("a+b", False, None),
        ("100%", False, None),
        ("%zz%4", False, None),
        ("%C3%A9%F0%9F%98%80", False, "é😀"),
        ("%ff%41%C3", False, "%ffA%C3"),
        ("%C3(", False, None),
        ("%ff", False, None),
        ("%2541", False, "%41"),
    ],
)
def test_percent_encoding_is_taken_off(text: str, form: bool, inner: str | None) -> None:
    view = views.without_percent(_text(text), form=form)
    assert (view.text if view is not None else None) == inner


CODERS: dict[str, tuple[Callable[[str], str], Callable[[View], View | None]]] = {
    "JSON": (lambda text: json.dumps(text)[1:-1], views.without_escapes),
    "percent": (lambda text: quote(text, safe=""), views.without_percent),
    "form": (lambda text: quote_plus(text, safe=""), lambda view: views.without_percent(view, form=True)),
}


@quick
@given(st.sampled_from(sorted(CODERS)), st.text(max_size=12), st.text(max_size=5), st.text(max_size=12))
def test_a_change_of_what_is_escaped_changes_just_its_characters(name: str, head: str, old: str, tail: str) -> None:
    code, take_off = CODERS[name]
    recorded = _text(code(head) + code(old) + code(tail))
    view = take_off(recorded)
    if view is None:
        return
    assert view.text == head + old + tail
    after = _written(view, [TextChange(len(head), len(head + old), "NEW/1")])
    changed = take_off(_text(after))
    assert (changed.text if changed is not None else after) == f"{head}NEW/1{tail}"
    assert after.startswith(code(head))
    assert after.endswith(code(tail))


# --- what hides below what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "codings"),
    [
        (json.dumps({"a": json.dumps({"b": "x/y"}).replace("/", "\\/")}), '{"a": "{"b": "x/y"}"}', 2),
        (quote(quote("a=b", safe=""), safe=""), "a=b", 2),
        (_b64(_b64(_b64(SAID))), SAID, 3),
        (_b64(quote(SAID + "=1", safe="")), SAID + "=1", 2),
        (_b64("\\u0041 " + SAID), "A " + SAID, 2),
        (f"\\/ {_b64(SAID)}", SAID, 1),
    ],
)
def test_codings_are_taken_off_one_after_the_other(text: str, wanted: str, codings: int) -> None:
    assert [len(view.codings) for view in _below(_text(text)) if view.text == wanted] == [codings]


@pytest.mark.parametrize(("start", "codings"), [(b"\xff\0", {"base64"}), (b"\0", {"base64", "JSON escapes"})])
def test_no_escapes_are_taken_off_what_is_no_text(start: bytes, codings: set[str]) -> None:
    data = start + b" \\/ \\u0041 %41 " + _b64(SAID).encode()
    packed = base64.b64encode(gzip.compress(data)).decode()
    found = {coding for view in _below(_text(packed)) for coding in view.codings}
    assert found - {"percent-encoding"} == {"base64, gzip", *codings}


def test_not_more_codings_are_taken_off_than_anybody_puts_on() -> None:
    text = SAID
    for _ in range(7):
        text = _b64(text)
    assert max(len(view.codings) for view in _below(_text(text))) == 5


def test_what_has_nothing_hidden_has_no_views_below() -> None:
    assert _text("just \\n some %20 text\\").inner == ()


# --- bodies ---------------------------------------------------------------------------------------------------------


def _body(raw: str | bytes | None, coding: str = "", charset: str = "", *, exact: bool = True) -> Body:
    lines = [Header("Content-Encoding", coding, ())] if coding else []
    lines += [Header("Content-Type", f"text/plain; charset={charset}", ())] if charset else []
    return Body(raw, PATH, Headers(lines), exact=exact)


@pytest.mark.parametrize("raw", [None, "", b""])
def test_what_is_no_body_has_no_view(raw: str | bytes | None) -> None:
    assert views.of_body(_body(raw)) is None
    assert Texts().body(_body(raw)) is None


@pytest.mark.parametrize(
    ("raw", "coding", "charset", "text"),
    [
        ("é", "gzip", "", "é"),
        ("é".encode(), "", "", "é"),
        (b"\xe9", "", "latin-1", "é"),
        (b"\xe9", "", "", "\xe9"),
        (b"\xe9\xff", "", "utf-8", "\xe9\xff"),
        ("日本".encode("shift_jis"), "", "shift_jis", "日本"),
        ("é".encode("utf-16-le"), "", "utf-16le", "é"),
        (gzip.compress("é".encode(), mtime=0), "gzip", "", "é"),
        (gzip.compress(b"a", mtime=0), "", "", "a"),
        (gzip.compress(b"a", mtime=0)[:-9], "", "", gzip.compress(b"a", mtime=0)[:-9].decode("latin-1")),
        (b"no gzip", "gzip", "", "no gzip"),
        (b"abc", "unknown", "", "abc"),
        (b"\x1b$B", "", "iso-2022-jp", "\x1b$B"),
        (b"\x1b(J\xc1\x1b(B", "", "iso-2022-jp", "\x1b(J\xc1\x1b(B"),
    ],
)
def test_bodies_are_texts_as_far_as_they_can_be_read(raw: str | bytes, coding: str, charset: str, text: str) -> None:
    view = views.of_body(_body(raw, coding, charset))
    assert view is not None
    assert view.text == text


def test_a_body_in_a_charset_is_written_in_it() -> None:
    view = views.of_body(_body("日本 key".encode("shift_jis"), "", "shift_jis"))
    assert view is not None
    assert _written(view, [TextChange(3, 6, "x")]).encode("latin-1") == "日本 x".encode("shift_jis")


def test_a_structure_is_a_text_without_exact_places() -> None:
    view = views.of_body(_body('{"a":1}', exact=False))
    assert isinstance(view, Derived)
    assert view.text == '{"a":1}'


def test_frames_of_bytes_are_left_as_bytes() -> None:
    view = views.of_body(_body(gzip.compress("é".encode(), mtime=0), "gzip"), binary=True)
    assert view is not None
    assert view.text == "é".encode().decode("latin-1")


def test_each_text_of_a_recording_has_one_view() -> None:
    texts = Texts()
    value, body = texts.value("abc", PATH), _body("text", exact=True)
    assert texts.value("abc", PATH) is value
    assert texts.body(body) is value  # the same place
    other = Texts()
    view = other.body(body)
    assert view is not None
    assert other.body(body) is view
    assert other.value("text", PATH) is view
    assert (other.has(PATH), other.has(("x",))) == (True, False)


@pytest.mark.parametrize("before", [(1 << 20) - 3, (1 << 20) - 40, (1 << 20) + 5, (2 << 20) - 7])
def test_base64_in_a_large_text_is_found_wherever_it_starts(before: int) -> None:
    text = f"{'a b c. ' * (before // 7)}{' ' * (before % 7)}{_b64(SAID)} {'x y ' * 300_000}{_b64(SAID + '!')}"
    assert [view.text for view in views.in_base64(_text(text))] == [SAID, SAID + "!"]
