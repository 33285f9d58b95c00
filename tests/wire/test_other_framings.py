"""Frames of Amazon's event streams, lines of NDJSON and members of a JSON array as events."""

import json
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.wire import json_array, ndjson
from cassette_tools.wire.aws_eventstream import Decoder


def _frame(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    rest = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return rest + struct.pack(">I", zlib.crc32(rest))


def _text(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()


def _event(kind: str, payload: bytes) -> bytes:
    return _frame(_text(":message-type", "event") + _text(":event-type", kind), payload)


def test_frames_are_events_with_their_place() -> None:
    first, second = _event("messageStart", b'{"role":"assistant"}'), _event("messageStop", b"{}")
    decoder = Decoder()
    events = list(decoder.events(first + second))
    assert [(event.number, event.type, event.data) for event in events] == [
        (0, "messageStart", '{"role":"assistant"}'),
        (1, "messageStop", "{}"),
    ]
    assert [(event.start, event.end) for event in events] == [(0, len(first)), (len(first), len(first) + len(second))]
    assert decoder.defects == []


def test_headers_of_every_type_are_read() -> None:
    parts = {
        "t": b"\x00",
        "f": b"\x01",
        "b": b"\x02\xff",
        "s": b"\x03\x01\x00",
        "i": b"\x04\x00\x00\x00\x07",
        "l": b"\x05" + struct.pack(">q", -1),
        "y": b"\x06\x00\x02hi",
        "x": b"\x07\x00\x02ho",
        "d": b"\x08" + struct.pack(">q", 1_767_000_000_000),
        "u": b"\x09" + bytes(range(16)),
    }
    raw = b"".join(b"\x01" + name.encode() + value for name, value in parts.items())
    (frame,) = Decoder().frames(_frame(raw, b""))
    assert frame.headers == {
        "t": True, "f": False, "b": -1, "s": 256, "i": 7, "l": -1, "y": b"hi", "x": "ho",
        "d": 1_767_000_000_000, "u": bytes(range(16)),
    }  # fmt: skip


def test_botocore_reads_the_same_frames() -> None:
    eventstream = pytest.importorskip("botocore.eventstream", reason="botocore is not installed")
    data = _event("a", b"1") + _event("b", b"{}")
    buffer = eventstream.EventStreamBuffer()
    buffer.add_data(data)
    theirs = [(message.headers[":event-type"], message.payload.decode()) for message in buffer]
    assert [(event.type, event.data) for event in Decoder().events(data)] == theirs


def test_exceptions_and_errors_of_the_service_are_events_of_their_own() -> None:
    exception = _text(":message-type", "exception") + _text(":exception-type", "throttlingException")
    error = _text(":message-type", "error") + _text(":error-code", "42") + _text(":error-message", "gone")
    events = list(Decoder().events(_frame(exception, b'{"message":"slow down"}') + _frame(error, b"")))
    assert [event.type for event in events] == ["throttlingException", "error"]
    assert json.loads(events[1].data) == {"code": "42", "message": "gone"}


@pytest.mark.parametrize(
    ("damage", "kind", "text", "events"),
    [
        (lambda data: data[:8] + b"\0\0\0\0" + data[12:], "checksum", "the checksum of the prelude is wrong", 2),
        (lambda data: data[:-1] + b"\0", "checksum", "the checksum of the frame is wrong", 2),
        (lambda data: data[:-5], "frame", "the frame is cut: 5 of its 54 bytes are missing", 1),
        (lambda data: data + b"abc", "frame", "3 bytes are left, fewer than a frame has", 2),
        (lambda data: data + bytes(20), "frame", "the lengths of the frame contradict each other", 2),
    ],
)
def test_what_is_wrong_with_a_frame_is_said_and_the_rest_is_read(
    damage: Callable[[bytes], bytes], kind: str, text: str, events: int
) -> None:
    decoder = Decoder()
    found = list(decoder.events(damage(_event("a", b"1") + _event("b", b""))))
    assert (decoder.defects[0].kind, decoder.defects[0].text) == (kind, text)
    assert len(found) == events


def test_headers_that_cannot_be_read_are_said() -> None:
    decoder = Decoder()
    (frame,) = decoder.frames(_frame(b"\x05ab", b""))
    assert frame.headers == {}
    assert decoder.defects[0].text == "the headers of the frame cannot be read"


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(data: bytes) -> None:
    list(Decoder().events(data))
    list(Decoder().events(_frame(data, data)))


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
