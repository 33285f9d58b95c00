"""Event streams against the text of the HTML standard, sections 9.2.5 and 9.2.6."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools.wire import sse
from cassette_tools.wire.event import Defect, Event

quick = settings(deadline=None, max_examples=150)


def _told(text: str) -> list[tuple[str, str, str]]:
    """What a client is told: type, data and last event id of each event."""
    return [(event.type, event.data, event.last_event_id) for event in sse.decode(text)[0]]


def _data(text: str) -> list[str]:
    return [event.data for event in sse.decode(text)[0]]


# The examples of the standard, as they stand in 9.2.6. (A stream of its examples ends with the file.)

_STOCK = "data: YHOO\ndata: +2\ndata: 10\n\n"
_COMMENT_AND_IDS = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"
_EMPTY = "data\n\ndata\ndata\n\ndata:\n"
_SPACES = "data:test\n\ndata: test\n\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(_STOCK, [("", "YHOO\n+2\n10", "")], id="the stock ticker: data lines are joined"),
        pytest.param(
            _COMMENT_AND_IDS,
            [("", "first event", "1"), ("", "second event", "")],
            id="a comment, an id, an id that is reset, and an event that the end of the file discards",
        ),
        pytest.param(
            _EMPTY, [("", "", ""), ("", "\n", "")], id="empty data, twice empty data, and one that is discarded"
        ),
        pytest.param(_SPACES, [("", "test", ""), ("", "test", "")], id="the space after the colon is ignored"),
        pytest.param(
            "data: This is the first message.\n\n"
            "data: This is the second message, it\ndata: has two lines.\n\n"
            "data: This is the third message.\n\n",
            [
                ("", "This is the first message.", ""),
                ("", "This is the second message, it\nhas two lines.", ""),
                ("", "This is the third message.", ""),
            ],
            id="9.2.1: three messages",
        ),
        pytest.param(
            "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
            [("add", "73857293", ""), ("remove", "2153", ""), ("add", "113411", "")],
            id="9.2.1: event types",
        ),
    ],
)
def test_the_examples_of_the_standard(text: str, told: list[tuple[str, str, str]]) -> None:
    assert _told(text) == told
    assert _told(text.replace("\n", "\r")) == told
    assert _told(text.replace("\n", "\r\n")) == told


def test_the_third_event_of_the_standards_example_keeps_its_second_space() -> None:
    assert _data(_COMMENT_AND_IDS + "\n")[2] == " third event"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", []),
        ("\n", []),
        ("\n\n\r\n\r", []),
        ("data:x", []),
        ("data:x\n", []),
        ("data:x\r", []),
        ("data:x\r\n", []),
        ("data:x\r\r", [("", "x", "")]),
        ("data:x\r\n\r\n", [("", "x", "")]),
        ("data:x\n\r", [("", "x", "")]),
        ("data:x\r\n\n", [("", "x", "")]),
        ("data:x\n\r\ndata:y\r\n\n", [("", "x", ""), ("", "y", "")]),
        ("data:a\rdata:b\ndata:c\r\n\r\n", [("", "a\nb\nc", "")]),
        ("data:a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg\n\n", [("", "a\x0bb\x0cc\x85d\u2028e\u2029f\x1cg", "")]),
        ("data:  x\n\n", [("", " x", "")]),
        ("data:\tx\n\n", [("", "\tx", "")]),
        ("data:x \n\n", [("", "x ", "")]),
        ("data: a:b: c\n\n", [("", "a:b: c", "")]),
        ("data\n\n", [("", "", "")]),
        ("data:\n\n", [("", "", "")]),
        ("data: \n\n", [("", "", "")]),
        ("data\ndata\n\n", [("", "\n", "")]),
        ("data:\ndata:x\ndata\n\n", [("", "\nx\n", "")]),
        ("event:a\n\ndata:x\n\n", [("", "x", "")]),
        ("event:a\nevent:b\ndata:x\n\n", [("b", "x", "")]),
        ("event:a\nevent\ndata:x\n\n", [("", "x", "")]),
        ("data:x\nevent:late\n\ndata:y\n\n", [("late", "x", ""), ("", "y", "")]),
        ("id:1\ndata:x\n\ndata:y\n\n", [("", "x", "1"), ("", "y", "1")]),
        ("id:1\n\ndata:x\n\n", [("", "x", "1")]),
        ("id:1\ndata:x\n\nid\ndata:y\n\n", [("", "x", "1"), ("", "y", "")]),
        ("id:1\ndata:x\n\nid:a\0b\ndata:y\n\n", [("", "x", "1"), ("", "y", "1")]),
        ("data:x\nid: 7 \n\n", [("", "x", "7 ")]),
        (":\n:data:no\n: x\ndata:x\n:in between\n\n", [("", "x", "")]),
        ("retry:5\n\n", []),
        ("DATA:x\nData:x\n\n", []),
        ("data:\0\n\n", [("", "\0", "")]),
        ("data:\ufeff\n\n", [("", "\ufeff", "")]),
    ],
    ids=repr,
)
def test_what_a_client_is_told(text: str, told: list[tuple[str, str, str]]) -> None:
    assert _told(text) == told


def test_one_leading_byte_order_mark_is_skipped_and_counted() -> None:
    (event,), decoder = sse.decode("\ufeffdata: x\n\n")
    assert event == Event(0, "", "x", "", 1, 9, ((7, 8),))
    assert decoder.defects == []


def test_a_second_byte_order_mark_belongs_to_the_name_of_a_field() -> None:
    events, decoder = sse.decode("\ufeff\ufeffdata: x\n\n")
    assert events == []
    assert decoder.defects == [Defect("unknown-field", "\ufeffdata", 1, 9, 0)]


def test_a_byte_order_mark_behind_the_start_is_no_mark() -> None:
    assert sse.decode("data:a\n\n\ufeffdata:b\n\n")[1].defects == [Defect("unknown-field", "\ufeffdata", 8, 15, 1)]


def test_a_type_lasts_for_one_event_an_id_until_the_next() -> None:
    assert _told("event:a\nid:1\ndata:x\n\ndata:y\n\n") == [("a", "x", "1"), ("", "y", "1")]


@pytest.mark.parametrize(
    ("value", "retry"),
    [("0", 0), ("3000", 3000), ("007", 7), ("9" * 19, int("9" * 19)), ("0" * 5000 + "8", 8)],
    ids=["zero", "usual", "leading zeros", "more than 64 bits", "more digits than Python converts"],
)
def test_a_reconnection_time_is_a_row_of_ascii_digits(value: str, retry: int) -> None:
    _, decoder = sse.decode(f"retry:{value}\n")
    assert (decoder.retry, decoder.defects) == (retry, [])


@pytest.mark.parametrize("value", ["", "x", "-1", "+1", "1.5", "1e3", "10 ", " 10", "1_000", "٣", "²", "0x10", "\0"])
def test_what_is_no_row_of_ascii_digits_changes_no_reconnection_time(value: str) -> None:
    text = f"retry:5\n\nretry: {value}\n\n"
    _, decoder = sse.decode(text)
    assert decoder.retry == 5
    assert decoder.defects == [Defect("bad-retry", value, 9, 9 + len("retry: ") + len(value), 0)]


def test_a_line_that_the_end_of_the_stream_cuts_sets_no_reconnection_time() -> None:
    _, decoder = sse.decode("retry:5\n\nretry:100")
    assert decoder.retry == 5


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (" data: x", " data"),
        ("\tdata: x", "\tdata"),
        ("data : x", "data "),
        ("Data: x", "Data"),
        ("error: {}", "error"),
        ("datum", "datum"),
        ("{}", "{}"),
        ("\ufeffdata:x", "\ufeffdata"),
        ("\0", "\0"),
    ],
    ids=repr,
)
def test_a_field_that_does_not_exist_is_a_defect_with_its_place(line: str, name: str) -> None:
    text = f"data: a\n\nevent: b\n{line}\ndata: c\n\n"
    events, decoder = sse.decode(text)
    assert [event.data for event in events] == ["a", "c"]
    (defect,) = decoder.defects
    assert (defect.kind, defect.text, defect.event) == ("unknown-field", name, 1)
    assert text[defect.start : defect.end] == line


def test_an_id_with_nul_is_a_defect_with_its_place() -> None:
    text = "id: a\0b\ndata: x\n\n"
    assert sse.decode(text)[1].defects == [Defect("null-in-id", "a\0b", 0, 7, 0)]


@pytest.mark.parametrize(
    ("text", "data", "marked"),
    [
        ("data: a\n\ndata: b", "b", "b"),
        ("data: a\n\ndata: b\n", "b", "b"),
        ("data: a\n\ndata: b\r", "b", "b"),
        ("data: a\n\ndata: b\n: ping", "b", "b"),
        ("data: a\n\nevent: e\ndata: b\ndata: c\nid: 5", "b\nc", "b\ndata: c"),
        ("data: a\n\ndata", "", ""),
        ("data: a\n\ndata: ", "", ""),
    ],
    ids=repr,
)
def test_an_unterminated_last_event_is_not_dispatched_and_is_a_defect(text: str, data: str, marked: str) -> None:
    events, decoder = sse.decode(text)
    assert [event.data for event in events] == ["a"]
    assert decoder.tail is not None
    assert (decoder.tail.number, decoder.tail.data, decoder.tail.end) == (1, data, len(text))
    (defect,) = decoder.defects
    assert (defect.kind, defect.text, defect.event) == ("unterminated", data, 1)
    assert text[defect.start : defect.end] == marked


@pytest.mark.parametrize(
    "rest", ["", "\n", ": comment", ": comment\n", "event: x\n", "event: x", "id: 9\n", "retry: 1"]
)
def test_what_carries_no_data_leaves_nothing_behind(rest: str) -> None:
    events, decoder = sse.decode("data: a\n\n" + rest)
    assert len(events) == 1
    assert decoder.tail is None
    assert decoder.defects == []


def test_the_name_of_a_field_that_is_cut_is_a_field_that_does_not_exist() -> None:
    assert sse.decode("data: a\n\nda")[1].defects == [Defect("unknown-field", "da", 9, 11, 1)]


def test_an_event_starts_with_its_comments_and_ends_at_its_blank_line() -> None:
    text = ": one\n\n: two\nevent: e\ndata: x\n: three\n\n\ndata: y\n\n"
    events, _ = sse.decode(text)
    assert [text[event.start : event.end] for event in events] == [": two\nevent: e\ndata: x\n: three\n", "data: y\n"]


def test_defects_are_bounded() -> None:
    _, decoder = sse.decode("x\n" * (sse.MAX_DEFECTS + 5))
    assert len(decoder.defects) == sse.MAX_DEFECTS


def test_events_come_while_the_rest_has_not_been_read() -> None:
    decoder = sse.Decoder()
    feed = decoder.feed("data: a\n\n" + "x\n" * 100)
    assert next(feed).data == "a"
    assert decoder.defects == []


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=repr)
def test_lines_end_the_same_whatever_ends_them(end: str) -> None:
    text = f"data: a{end}data: b{end}{end}data: c{end}{end}"
    events, decoder = sse.decode(text)
    assert [[text[slice(*piece)] for piece in event.pieces] for event in events] == [["a", "b"], ["c"]]
    assert decoder.defects == []


# Where the characters of the data are.


@pytest.mark.parametrize(
    ("start", "end", "marked"),
    [
        (0, 3, "one"),
        (1, 2, "n"),
        (0, 0, ""),
        (2, 5, "e\r\ndata:t"),
        (3, 4, ""),
        (4, 7, "two"),
        (4, 4, ""),
        (7, 8, ""),
        (8, 9, ""),
        (9, 15, " three"),
        (10, 15, "three"),
        (14, 15, "e"),
        (0, 15, "one\r\ndata:two\r\ndata\r\ndata:  three"),
        (15, 16, ""),
        (50, 60, ""),
    ],
)
def test_a_span_of_data_of_several_lines(start: int, end: int, marked: str) -> None:
    text = ":c\r\ndata: one\r\ndata:two\r\ndata\r\ndata:  three\r\n\r\n"
    (event,), _ = sse.decode(text)
    assert event.data == "one\ntwo\n\n three"
    first, last = event.span(start, end)
    assert text[first:last] == marked


# Properties.

_line = st.one_of(
    st.sampled_from(
        ["data", "data:", "data: x", "data:  y", "event: e", "event", "id: 1", "id", "id:\0", "retry: 5", "retry: x"]
    ),
    st.sampled_from([":", ": c", " data: z", "foo", "foo: bar", "\ufeffdata: q", "retry: 0x", "data: \u2028é😀"]),
    st.text(st.sampled_from("data: eventidry\0\ufeff\t5\u2028😀"), max_size=8),
)
_streams = st.builds(
    lambda bom, lines, rest: bom + "".join(line + end for line, end in lines) + rest,
    st.sampled_from(["", "", "\ufeff", "\ufeff\ufeff"]),
    st.lists(
        st.tuples(_line, st.sampled_from(["\n", "\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r", "\n\r"])), max_size=20
    ),
    st.one_of(st.just(""), _line),
)


def _pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted(cut % (len(text) + 1) for cut in cuts)
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@quick
@given(_streams, st.lists(st.integers(0, 10_000), max_size=12))
@example("\ufeffdata: x\r\n\r\n", [1, 9, 10, 11, 12])
@example("data: x\r\n\r\ndata: y", [8, 8, 9, 10])
def test_cutting_a_stream_into_pieces_changes_nothing(text: str, cuts: list[int]) -> None:
    events, whole = sse.decode(text)
    decoder = sse.Decoder()
    pieced = [event for piece in _pieces(text, cuts) for event in decoder.feed(piece)]
    decoder.close()
    assert pieced == events
    assert (decoder.defects, decoder.tail, decoder.retry) == (whole.defects, whole.tail, whole.retry)


@quick
@given(_streams)
def test_feeding_it_by_the_character_changes_nothing(text: str) -> None:
    events, whole = sse.decode(text)
    decoder = sse.Decoder()
    assert [event for char in text for event in decoder.feed(char)] == events
    decoder.close()
    assert (decoder.defects, decoder.tail, decoder.retry) == (whole.defects, whole.tail, whole.retry)


@quick
@given(_streams)
def test_places_are_those_of_the_characters(text: str) -> None:
    events, decoder = sse.decode(text)
    everything = [*events, decoder.tail] if decoder.tail else events
    position = 0
    for number, event in enumerate(everything):
        assert event.number == number
        assert position <= event.start <= event.pieces[0][0]
        assert event.pieces[-1][1] <= event.end <= len(text)
        assert "\n".join(text[start:end] for start, end in event.pieces) == event.data
        for (_, end), (start, _) in zip(event.pieces, event.pieces[1:], strict=False):
            assert end < start
        position = event.end
    for event in events:
        assert re.match(r"\r\n|\r|\n", text[event.end :])  # the blank line
    for defect in decoder.defects:
        assert 0 <= defect.start <= defect.end <= len(text)
        assert not re.search(r"[\r\n]", text[defect.start : defect.end]) or defect.kind == "unterminated"


@quick
@given(_streams, st.data())
def test_a_span_holds_the_characters_it_is_asked_for(text: str, draw: st.DataObject) -> None:
    for event in sse.decode(text)[0]:
        # Where each character of the data is; a line feed is where the line ends.
        places = [place for start, end in event.pieces for place in range(start, end + 1)][:-1]
        assert "".join("\n" if text[place] in "\r\n" else text[place] for place in places) == event.data
        start = draw.draw(st.integers(0, len(event.data)))
        end = draw.draw(st.integers(start, len(event.data)))
        first, last = event.span(start, end)
        if start < end:
            assert first == places[start]
            assert last == places[end - 1] + (event.data[end - 1] != "\n")
        else:
            assert event.pieces[0][0] <= first == last <= event.pieces[-1][1]


# Another decoder, straight from the text of the standard.


def _reference(stream: str) -> tuple[list[tuple[str, str, str]], str, int | None]:
    """Character by character, with the standard's own variables.

    Returns:
        The dispatched events, the data that the end of the stream discards, and the reconnection time.
    """
    data_buffer = event_type_buffer = last_event_id_buffer = ""
    reconnection_time: int | None = None
    dispatched: list[tuple[str, str, str]] = []
    line = ""
    position = 1 if stream.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") else 0
    while position < len(stream):
        character = stream[position]
        position += 1
        if character not in "\r\n":
            line += character
            continue
        if character == "\r" and position < len(stream) and stream[position] == "\n":
            position += 1
        if line == "":  # dispatch the event
            if data_buffer == "":
                event_type_buffer = ""
            else:
                assert data_buffer[-1] == "\n"
                dispatched.append((event_type_buffer, data_buffer[:-1], last_event_id_buffer))
                data_buffer = event_type_buffer = ""
            continue
        if line[0] != ":":
            if ":" in line:
                field = line[: line.index(":")]
                value = line[line.index(":") + 1 :].removeprefix(" ")
            else:
                field, value = line, ""
            match field:
                case "event":
                    event_type_buffer = value
                case "data":
                    data_buffer += value + "\n"
                case "id" if "\0" not in value:
                    last_event_id_buffer = value
                case "retry" if value and set(value) <= set("0123456789"):
                    reconnection_time = int(value)
        line = ""
    return dispatched, data_buffer, reconnection_time


@settings(deadline=None, max_examples=400)
@given(st.one_of(_streams, st.text(st.sampled_from("\r\n\n: dataevnidry\0\ufeff1"), max_size=60)))
@example("data\r\rdata\n\ndata:\r\n\r\nid: 1\n\ndata: x\n\n")
def test_another_implementation_of_the_standard_agrees(text: str) -> None:
    events, decoder = sse.decode(text)
    dispatched, discarded, retry = _reference(text)
    assert [(event.type, event.data, event.last_event_id) for event in events] == dispatched
    assert decoder.retry == retry
    if discarded:
        assert decoder.tail is not None
        assert (decoder.tail.data + "\n").startswith(discarded)  # and perhaps a line that has no end


def test_half_a_million_pieces_of_one_line_are_joined_once() -> None:
    decoder = sse.Decoder()
    start = time.perf_counter()
    for _ in range(500_000):
        assert not list(decoder.feed("data: "))
    decoder.close()
    assert time.perf_counter() - start < 30  # a second or so; joined anew each time it would be an hour
    assert decoder.tail is not None
    assert len(decoder.tail.data) == 6 * 500_000 - 6
