"""Lines of NDJSON and members of a JSON array as events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.wire import json_array, ndjson
from cassette_tools.wire.event import Defect


def test_lines_of_ndjson_are_events_and_blank_ones_are_not() -> None:
    text = '{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}'
    events = list(ndjson.events(text))
    assert [event.data for event in events] == ['{"a":1}', '{"b":2}', '{"c":3}']
    assert [text[event.start : event.end] for event in events] == [event.data for event in events]


def test_members_of_an_array_are_events() -> None:
    text = ' [{"a": [1, 2]},\r\n{"b": "]"}\n,\n{}]\n'
    decoder = json_array.Decoder()
    events = list(decoder.events(text))
    assert [event.data for event in events] == ['{"a": [1, 2]}', '{"b": "]"}', "{}"]
    assert [text[event.start : event.end] for event in events] == [event.data for event in events]
    assert (decoder.defects, decoder.tail) == ([], None)


@pytest.mark.parametrize("left", ['{"b":', '{"b": "x', '{"b": 1', "{", '{"b": [1,\n '])
def test_what_is_left_of_a_cut_array_is_the_last_event(left: str) -> None:
    decoder = json_array.Decoder()
    events = list(decoder.events('[{"a":1},' + left))
    assert [event.data for event in events] == ['{"a":1}', left]
    assert decoder.tail == events[-1]
    assert [(defect.kind, defect.event) for defect in decoder.defects] == [("unclosed", 1)]


@pytest.mark.parametrize("text", ['[{"a":1}', '[{"a":1},', '[{"a":1}\n'])
def test_an_array_that_is_not_closed_is_noted(text: str) -> None:
    decoder = json_array.Decoder()
    assert [event.data for event in decoder.events(text)] == ['{"a":1}']
    assert decoder.tail is None
    assert decoder.defects == [Defect("unclosed", "the array does not end", len(text) - 1, len(text), 1)]


def test_a_member_that_is_broken_takes_the_rest_and_nothing_is_known_of_the_end() -> None:
    decoder = json_array.Decoder()
    assert [event.data for event in decoder.events('[{"a":1},{"b" 2},{"c":3}]')] == ['{"a":1}', '{"b" 2},{"c":3}]']
    assert (decoder.defects, decoder.tail) == ([], None)


def test_a_member_that_is_nested_too_deeply_breaks_nothing() -> None:
    (event,) = json_array.Decoder().events("[" * 100_000)
    assert len(event.data) == 99_999


@given(st.text(alphabet='[]{}",: \n1a', max_size=40))
def test_random_text_never_raises_and_offsets_hold(text: str) -> None:
    array = "[" + text
    for event in json_array.Decoder().events(array):
        assert array[event.start : event.end] == event.data != ""
    for event in ndjson.events(text):
        assert text[event.start : event.end] == event.data != ""
