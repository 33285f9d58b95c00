"""From routes to lines and columns, in every style that YAML has for a body."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cassette_tools.finding import Location, SourceLine
from cassette_tools.lint.places import Places
from cassette_tools.model import Path, Route
from cassette_tools.source.document import Document, parse
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.text import escape

BODY: Path = ("interactions", 0, "response", "body")


def _offset(text: str, line: int, column: int) -> int:
    """The offset of a line and a column, counted as the report's schema says and as an editor does."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    return starts[line - 1] + column - 1


def _slice(text: str, location: Location) -> str:
    """The characters of a file that a location means."""
    start = _offset(text, location.line, location.column)
    return text[start : _offset(text, location.end_line, location.end_column)]


def _shown(places: Places, route: Route) -> tuple[Location, SourceLine | None]:
    return places.locate(route), places.source_line(route)


class _Dumper(yaml.SafeDumper):
    """Writes bodies in the style that is asked for, and everything else as it likes."""


class _Body(str):
    style: str | None = None


_Dumper.add_representer(
    _Body, lambda dumper, body: dumper.represent_scalar("tag:yaml.org,2002:str", str(body), style=body.style)
)


def _dump(body: str, style: str | None, width: int, line_break: str) -> str:
    value = _Body(body)
    value.style = style
    interaction = {"request": {"url": "u", "method": "GET"}, "response": {"body": value, "code": 200}}
    recording: dict[str, Any] = {"version": 2, "interactions": [interaction]}
    dumped: str = yaml.dump(recording, Dumper=_Dumper, width=width, allow_unicode=True, sort_keys=False)
    return dumped.replace("\n", line_break)


def _stands_for(piece: str, char: str, style: str) -> bool:
    """Whether characters of a scalar stand for a character of its value, by YAML's rules and PyYAML's reading."""
    if re.search("[\r\n\x85\u2028\u2029]", piece):
        # A line break of YAML 1.1, or what folds to a space or to a line break.
        return char in "\n \u2028\u2029" and not piece.strip(" \r\n\t\x85\u2028\u2029\\")
    if style == '"':
        return bool(yaml.safe_load(f'"{piece}"') == char)
    if style == "'":
        return piece.replace("''", "'") == char
    return piece == char


_bodies = st.text(st.sampled_from("aaab é日😀'\"\\\n\n\t #:-{}[],&*!|>%@`\x1b\x85\u2028"), min_size=1, max_size=80)


@settings(deadline=None, max_examples=400)
@given(
    body=_bodies,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.sampled_from([20, 80, 10_000]),
    line_break=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_a_place_in_a_body_is_that_of_its_characters_in_the_file(
    body: str, style: str | None, width: int, line_break: str, data: st.DataObject
) -> None:
    text = _dump(body, style, width, line_break)
    document = parse(text.encode())
    places = Places(document)
    assert document.root is not None
    written = find(document.root, BODY)
    assert isinstance(written, Scalar)
    body = written.value  # PyYAML does not write every control character so that it is read again
    assume(body)
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    first = places.locate(Route(BODY, span=(start, start + 1)))
    last = places.locate(Route(BODY, span=(end - 1, end)))
    whole, source = _shown(places, Route(BODY, span=(start, end)))
    assert _stands_for(_slice(text, first), body[start], written.style)
    assert whole == Location(first.line, first.column, last.end_line, last.end_column)
    _check_source_line(text, whole, source)


def _check_source_line(text: str, location: Location, source: SourceLine | None) -> None:
    """The marked part is the escaped text of the range on its first line, and what is around it is around it."""
    assert source is not None
    line = re.split(r"\r\n|\r|\n", text)[location.line - 1]
    end = location.end_column - 1 if location.end_line == location.line else len(line)
    before, marked, after = line[: location.column - 1], line[location.column - 1 : end], line[end:]
    assert len(before) <= 160
    assert len(after) <= 160
    assert len(marked) <= 200
    shown = source.text
    assert (shown[: source.start], shown[source.start : source.end], shown[source.end :]) == (
        escape(before),
        escape(marked),
        escape(after),
    )
    assert source.end - source.start == max(len(escape(marked)), 1)


RECORDING = """\
version: 2
interactions:
- id: 0
  request:
    url: &a https://example.com
    method: GET
    headers:
      X: [one, 'tw''o']
  response:
    body: |
      first
      second
    code: 200
    url: *a
"""


@pytest.mark.parametrize(
    ("route", "place", "marked"),
    [
        pytest.param(Route(), (1, 1, 1, 11), "version: 2", id="the file: its first line"),
        pytest.param(Route(("version",)), (1, 10, 1, 11), "2", id="a value"),
        pytest.param(Route(("version",), key=True), (1, 1, 1, 8), "version", id="a key"),
        pytest.param(Route(("interactions", 0)), (3, 3, 3, 8), "id: 0", id="a mapping: its first line"),
        pytest.param(
            Route(("interactions", 0, "request", "headers", "X")), (8, 10, 8, 24), "[one, 'tw''o']", id="a list"
        ),
        pytest.param(
            Route(("interactions", 0, "request", "headers", "X", 1)), (8, 16, 8, 23), "'tw''o'", id="an item"
        ),
        pytest.param(
            Route(("interactions", 0, "request", "headers", "X", 1), span=(2, 3)), (8, 19, 8, 21), "''", id="an escape"
        ),
        pytest.param(
            Route(("interactions", 0, "request", "headers", "Y", 0)), (8, 7, 8, 24), "X: [one, 'tw''o']",
            id="what is not there: the deepest thing on the way",
        ),
        pytest.param(
            Route(("interactions", 0, "request", "headers", "X", 9)), (8, 10, 8, 24), "[one, 'tw''o']",
            id="an item that is not there",
        ),
        pytest.param(Route((*BODY[:2], "response", "url")), (5, 10, 5, 32), "&a https://example.com", id="an alias"),
        pytest.param(Route(BODY), (10, 11, 10, 12), "|", id="a block scalar: its first line"),
        pytest.param(Route(BODY, span=(6, 12)), (12, 7, 12, 13), "second", id="characters of a block scalar"),
        pytest.param(Route(BODY, span=(3, 9)), (11, 10, 12, 10), "st", id="characters of two lines"),
        pytest.param(Route(BODY, span=(5, 6)), (11, 12, 12, 1), "", id="a line break"),
        pytest.param(Route(BODY, span=(13, 13)), (13, 1, 13, 2), " ", id="the end of a block scalar"),
        pytest.param(Route(file_span=(0, 7)), (1, 1, 1, 8), "version", id="characters of the file"),
        pytest.param(Route(file_span=(9, 14)), (1, 10, 2, 4), "2", id="characters of two lines of the file"),
        pytest.param(Route(file_span=(10**6, 10**6 + 1)), (15, 1, 15, 1), "", id="behind the end"),
    ],
)  # fmt: skip
def test_a_route_leads_to_a_place(route: Route, place: tuple[int, int, int, int], marked: str) -> None:
    location, source = _shown(Places(parse(RECORDING.encode())), route)
    assert location == Location(*place)
    assert source is not None
    assert source.text == RECORDING.split("\n")[location.line - 1]
    assert source.text[source.start : source.end] == marked
    assert source.end > source.start


def test_without_text_there_is_a_place_and_no_line() -> None:
    assert _shown(Places(Document(b"")), Route()) == (Location(1, 1, 1, 1), None)
    assert _shown(Places(parse(b"")), Route(("a", 0))) == (Location(1, 1, 1, 1), None)


def test_an_empty_range_of_the_file_means_all_of_it_and_no_line() -> None:
    assert _shown(Places(parse(RECORDING.encode())), Route(file_span=(0, 0))) == (Location(1, 1, 1, 2), None)


def test_a_document_without_nodes_has_the_place_of_its_start() -> None:
    location, source = _shown(Places(parse(b"a: [\n")), Route(("a",)))
    assert location == Location(1, 1, 1, 2)
    assert source == SourceLine("a: [", 0, 1)


def test_a_long_line_is_cut_around_the_range() -> None:
    text = "a: " + "x" * 1000
    _, source = _shown(Places(parse(text.encode())), Route(("a",), span=(500, 510)))
    assert source == SourceLine("…" + "x" * 330 + "…", 161, 171)
    _, source = _shown(Places(parse(text.encode())), Route(("a",), span=(0, 1)))
    assert source == SourceLine("a: " + "x" * 161 + "…", 3, 4)
    _, source = _shown(Places(parse(text.encode())), Route(("a",), span=(999, 1000)))
    assert source == SourceLine("…" + "x" * 161, 161, 162)


def test_a_long_range_is_cut_and_everything_that_is_shown_of_it_is_marked() -> None:
    _, source = _shown(Places(parse(("a: " + "x" * 1000).encode())), Route(("a",), span=(500, 900)))
    assert source == SourceLine("…" + "x" * 360 + "…", 161, 361)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_a_range_at_a_line_break_shows_nothing_of_the_break(line_break: str) -> None:
    text = f"abc{line_break}def"
    document = Document(text.encode())
    for start in range(3, 3 + len(line_break)):
        location, source = _shown(Places(document), Route(file_span=(start, start + 1)))
        assert location.line == 1
        assert source is not None
        assert source.text.startswith("abc")
        assert source.start == 3
        assert source.end == len(source.text) or source.text == "abc"


@pytest.mark.parametrize("length", [24, 200, 3000, 20_000])
@pytest.mark.parametrize("before", [0, 1, 100, 159, 160, 161, 170, 500])
def test_a_credential_at_the_edge_of_what_is_shown_is_masked_whole(before: int, length: int) -> None:
    secret = "sk-" + "a1" * (length // 2)
    text = f"a: '{secret} {'x' * before}!{'x' * before} {secret}'\n"
    at = text.index("!")
    _, source = _shown(Places(parse(text.encode())), Route(file_span=(at, at + 1)))
    assert source is not None
    assert source.text[source.start : source.end] == "!"
    assert "a1" not in source.text
    if before < 150:
        assert "***" in source.text


def test_findings_in_any_order_see_their_own_text() -> None:
    text = "".join(f"k{number}: value {number}\n" for number in range(5000))
    document = parse(text.encode())
    places = Places(document)
    for number in (0, 1, 4999, 10, 2500, 2501, 4000, 3999, 0):
        location, source = _shown(places, Route((f"k{number}",)))
        assert location.line == number + 1
        assert source is not None
        assert source.text == f"k{number}: value {number}"
        assert source.text[source.start : source.end] == f"value {number}"
