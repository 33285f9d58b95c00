"""Lines of NDJSON and members of a JSON array as events."""

from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.wire import json_array, ndjson


def test_lines_of_ndjson_are_events_and_blank_ones_are_not() -> None:
    text = '{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}'
    events = list(ndjson.events(text))
    assert [event.data for event in events] == ['{"a":1}', '{"b":2}', '{"c":3}']
    assert [text[event.start : event.end] for event in events] == [event.data for event in events]


def test_members_of_an_array_are_events() -> None:
    text = '[{"a": [1, 2]},\r\n{"b": "]"}\n,\n{}]\n'
    events = list(json_array.events(text))
    assert [event.data for event in events] == ['{"a": [1, 2]}', '{"b": "]"}', "{}"]
    assert [text[event.start : event.end] for event in events] == [event.data for event in events]


def test_what_is_left_of_a_cut_array_is_the_last_event() -> None:
    assert [event.data for event in json_array.events('[{"a":1},{"b":')] == ['{"a":1}', '{"b":']


@given(st.text(alphabet='[]{}",: \n1a', max_size=40))
def test_random_text_never_raises_and_offsets_hold(text: str) -> None:
    for event in (*ndjson.events(text), *json_array.events("[" + text)):
        assert event.data
    for event in ndjson.events(text):
        assert text[event.start : event.end] == event.data
