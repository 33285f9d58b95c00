"""Amazon's event streams: frames as events, with every type of header, and what is said of frames that are damaged."""

import contextlib
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Interaction
from cassette_tools.wire.aws_eventstream import MAX_DEFECTS, Decoder, Frame, encode, replace_payloads

quick = settings(deadline=None, max_examples=100)

INTEGERS = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}
"""How the types of headers that are numbers are packed."""


def _frame(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    rest = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return rest + struct.pack(">I", zlib.crc32(rest))


def _header(name: str, kind: int, value: bytes = b"") -> bytes:
    return bytes([len(name.encode())]) + name.encode() + bytes([kind]) + value


def _sized(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def _text(name: str, value: str) -> bytes:
    return _header(name, 7, _sized(value.encode()))


def _event(kind: str, payload: bytes) -> bytes:
    return _frame(_text(":message-type", "event") + _text(":event-type", kind), payload)


FIRST, SECOND, THIRD = _event("messageStart", b'{"role":"assistant"}'), _event("b", b"{}"), _event("messageStop", b"")
STREAM = FIRST + SECOND + THIRD


def _read(data: bytes) -> tuple[list[Frame], list[tuple[str, str]]]:
    decoder = Decoder()
    return list(decoder.frames(data)), [(defect.kind, defect.text) for defect in decoder.defects]


def _botocore(data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The frames that botocore reads; it raises at the first that it refuses."""
    eventstream = pytest.importorskip("botocore.eventstream", reason="botocore is not installed")
    buffer = eventstream.EventStreamBuffer()
    buffer.add_data(data)
    for message in buffer:
        yield message.headers, message.payload


def _taken_by_botocore(data: bytes) -> int:
    """How many frames botocore reads before it raises an error, or waits for more."""
    eventstream = pytest.importorskip("botocore.eventstream", reason="botocore is not installed")
    count = 0
    with contextlib.suppress(eventstream.ParserError):
        for _ in _botocore(data):
            count += 1
    return count


def test_frames_are_events_with_their_place() -> None:
    decoder = Decoder()
    events = list(decoder.events(STREAM))
    assert [(event.number, event.type, event.data) for event in events] == [
        (0, "messageStart", '{"role":"assistant"}'),
        (1, "b", "{}"),
        (2, "messageStop", ""),
    ]
    assert b"".join(STREAM[event.start : event.end] for event in events) == STREAM
    assert [STREAM[slice(*event.pieces[0])].decode() for event in events] == [event.data for event in events]
    assert decoder.defects == []


def test_a_body_without_bytes_has_no_frames_and_no_defects() -> None:
    assert _read(b"") == ([], [])


@pytest.mark.parametrize(
    ("kind", "packed", "value"),
    [
        pytest.param(0, b"", True, id="true"),
        pytest.param(1, b"", False, id="false"),
        pytest.param(2, b"\xff", -1, id="byte"),
        pytest.param(3, b"\x01\x00", 256, id="short"),
        pytest.param(4, b"\x80\x00\x00\x00", -(2**31), id="integer"),
        pytest.param(5, b"\x7f" + b"\xff" * 7, 2**63 - 1, id="long"),
        pytest.param(6, b"\x00\x03\x00\xffA", b"\x00\xffA", id="bytes"),
        pytest.param(6, b"\x00\x00", b"", id="no bytes"),
        pytest.param(7, b"\x00\x03\xe2\x82\xac", "\u20ac", id="text"),
        pytest.param(8, struct.pack(">q", 1_767_000_000_000), 1_767_000_000_000, id="timestamp"),
        pytest.param(9, bytes(range(16)), bytes(range(16)), id="uuid"),
    ],
)
def test_a_header_of_each_type_is_read(kind: int, packed: bytes, value: object) -> None:
    data = _frame(_header("n", kind, packed) + _text("after", "it"), b"payload")
    ((frame,), defects) = _read(data)
    assert frame.headers == {"n": value, "after": "it"}
    assert type(frame.headers["n"]) is type(value)
    assert (frame.payload, defects) == (b"payload", [])


def _integers(kind: int, form: str) -> st.SearchStrategy[tuple[int, bytes]]:
    limit = 1 << 8 * struct.calcsize(form) - 1
    return st.integers(-limit, limit - 1).map(lambda number: (kind, struct.pack(form, number)))


def _headers() -> st.SearchStrategy[bytes]:
    value = st.one_of(
        st.sampled_from([(0, b""), (1, b"")]),
        *(_integers(kind, form) for kind, form in INTEGERS.items()),
        st.binary(max_size=20).map(lambda data: (6, _sized(data))),
        st.text(max_size=10).map(lambda text: (7, _sized(text.encode()))),
        st.binary(min_size=16, max_size=16).map(lambda data: (9, data)),
    )
    names = st.text(min_size=1, max_size=20).filter(lambda name: len(name.encode()) < 256)
    return st.dictionaries(names, value, max_size=5).map(
        lambda found: b"".join(_header(name, kind, packed) for name, (kind, packed) in found.items())
    )


@given(st.lists(st.tuples(_headers(), st.binary(max_size=50)), max_size=4))
@quick
def test_botocore_reads_the_same_headers_and_payloads(parts: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(_frame(headers, payload) for headers, payload in parts)
    frames, defects = _read(data)
    assert defects == []
    assert [(frame.headers, frame.payload) for frame in frames] == list(_botocore(data))
    assert [frame.payload for frame in frames] == [payload for _, payload in parts]


def test_exceptions_and_errors_of_the_service_are_events_of_their_own() -> None:
    exception = _text(":message-type", "exception") + _text(":exception-type", "throttlingException")
    error = _text(":message-type", "error") + _text(":error-code", "42") + _text(":error-message", "gone")
    events = list(Decoder().events(_frame(exception, b'{"message":"slow down"}') + _frame(error, b"")))
    assert [(event.type, json.loads(event.data)) for event in events] == [
        ("throttlingException", {"message": "slow down"}),
        ("error", {"code": "42", "message": "gone"}),
    ]


def test_a_frame_without_headers_is_an_event_without_a_type() -> None:
    (event,) = Decoder().events(_frame(b"", b"{}"))
    assert (event.type, event.data) == ("", "{}")


def test_a_payload_that_is_no_text_does_not_stop_the_reading() -> None:
    (event,) = Decoder().events(_frame(b"", b"\xff{}"))
    assert event.data == "\ufffd{}"


def _poke(data: bytes, offset: int, new: bytes) -> bytes:
    offset %= len(data)
    return data[:offset] + new + data[offset + len(new) :]


@pytest.mark.parametrize(
    ("data", "defect", "types"),
    [
        pytest.param(
            _poke(STREAM, 8, bytes(4)),
            ("checksum", "the checksum of the frame's prelude is wrong"),
            ["messageStart", "b", "messageStop"],
            id="the checksum of a prelude",
        ),
        pytest.param(
            _poke(STREAM, len(FIRST) - 5, b"?"),
            ("checksum", "the checksum of the frame is wrong"),
            ["messageStart", "b", "messageStop"],
            id="a byte of a payload",
        ),
        pytest.param(
            _poke(STREAM, -1, b"?"),
            ("checksum", "the checksum of the frame is wrong"),
            ["messageStart", "b", "messageStop"],
            id="the checksum of the last frame",
        ),
        pytest.param(
            _poke(STREAM, len(FIRST) + 3, b"\x01"),
            ("frame", "no frame starts here: its lengths contradict each other"),
            ["messageStart"],
            id="a length too small",
        ),
        pytest.param(
            _poke(STREAM, len(FIRST), b"\x01"),
            ("frame", "no frame starts here: its checksum and its lengths are wrong"),
            ["messageStart"],
            id="a length too large",
        ),
        pytest.param(
            FIRST + SECOND[:-3] + THIRD,
            ("frame", "the checksum of the frame is wrong, and no frame follows where it ends"),
            ["messageStart"],
            id="bytes lost in the middle",
        ),
        pytest.param(
            STREAM[:-5],
            ("frame", f"the frame is cut: 5 of its {len(THIRD)} bytes are missing"),
            ["messageStart", "b"],
            id="bytes lost at the end",
        ),
        pytest.param(
            STREAM[: len(FIRST) + 9],
            ("frame", "the body ends in 9 of the 16 bytes that the shortest frame has"),
            ["messageStart"],
            id="a prelude that is cut",
        ),
        pytest.param(
            STREAM + b"\n",
            ("frame", "the body ends in 1 of the 16 bytes that the shortest frame has"),
            ["messageStart", "b", "messageStop"],
            id="a line feed behind the stream",
        ),
        pytest.param(
            FIRST + b"{'this': 'is', 'no': 'frame'}",
            ("frame", "no frame starts here: its checksum and its lengths are wrong"),
            ["messageStart"],
            id="something else behind the stream",
        ),
        pytest.param(
            b'{"message":"Unauthorized"}',
            ("frame", "no frame starts here: its checksum and its lengths are wrong"),
            [],
            id="no stream at all",
        ),
        pytest.param(
            _frame(_text(":event-type", "a") + b"\x05ab", b"") + FIRST,
            ("frame", "the headers of the frame cannot be read"),
            ["a", "messageStart"],
            id="a header that is cut",
        ),
        pytest.param(
            _frame(_header("n", 10), b"") + FIRST,
            ("frame", "the headers of the frame cannot be read"),
            ["", "messageStart"],
            id="a header of no known type",
        ),
        pytest.param(
            _frame(_header("n", 9, b"too short"), b""),
            ("frame", "the headers of the frame cannot be read"),
            [""],
            id="a UUID that is cut",
        ),
        pytest.param(
            _frame(_header("n", 7, b"\x00\x05a"), b""),
            ("frame", "the headers of the frame cannot be read"),
            [""],
            id="a text that is cut",
        ),
        pytest.param(
            _frame(_header("n", 7, _sized(b"\xff")), b""),
            ("frame", "the headers of the frame cannot be read"),
            [""],
            id="a text that is none",
        ),
        pytest.param(
            _frame(_text(":event-type", "a") + _text(":event-type", "b") + _text("n", "x"), b""),
            ("frame", "the frame has two headers of the name :event-type"),
            ["b"],
            id="a header twice",
        ),
    ],
)
def test_what_is_wrong_is_said_once_and_what_can_be_read_is_read(
    data: bytes, defect: tuple[str, str], types: list[str]
) -> None:
    decoder = Decoder()
    events = list(decoder.events(data))
    assert [(found.kind, found.text) for found in decoder.defects] == [defect]
    assert [event.type for event in events] == types
    (found,) = decoder.defects
    assert 0 <= found.start < found.end <= len(data)
    assert found.event in (len(events), *(event.number for event in events))


def test_a_defect_has_the_place_of_its_frame() -> None:
    decoder = Decoder()
    list(decoder.frames(_poke(STREAM, len(FIRST) + len(SECOND) - 1, b"?")))
    (defect,) = decoder.defects
    assert (defect.start, defect.end, defect.event) == (len(FIRST), len(FIRST) + len(SECOND), 1)


@given(st.integers(0, len(STREAM) - 1), st.integers(1, 255))
@quick
def test_a_byte_that_is_changed_is_one_defect_wherever_it_is(offset: int, change: int) -> None:
    data = _poke(STREAM, offset, bytes([STREAM[offset] ^ change]))
    frames, defects = _read(data)
    assert len(defects) == 1
    sound = 0 if offset < len(FIRST) else 1 if offset < len(FIRST) + len(SECOND) else 2
    assert [frame.end for frame in frames[:sound]] == [len(FIRST), len(FIRST) + len(SECOND)][:sound]
    assert _taken_by_botocore(data) == sound


@given(st.integers(1, len(STREAM) - 1))
@quick
def test_a_stream_that_is_cut_is_one_defect_unless_it_is_cut_between_frames(length: int) -> None:
    frames, defects = _read(STREAM[:length])
    between = length in (len(FIRST), len(FIRST) + len(SECOND))
    assert len(defects) == (0 if between else 1)
    assert [(frame.headers, frame.payload) for frame in frames] == list(_botocore(STREAM[:length]))


@given(st.binary(max_size=200))
@quick
def test_random_bytes_never_raise(data: bytes) -> None:
    list(Decoder().events(data))
    list(Decoder().events(_frame(data, data)))
    list(Decoder().events(STREAM + data))


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD, FIRST[:20], b"\0", SECOND[5:]]), max_size=8))
@quick
def test_what_is_read_lies_in_the_body_and_in_order(parts: list[bytes]) -> None:
    data = b"".join(parts)
    frames, _ = _read(data)
    ends = [0, *(frame.end for frame in frames)]
    assert [frame.start for frame in frames] == ends[:-1]
    assert ends[-1] <= len(data)


def test_no_more_than_a_thousand_defects_are_kept() -> None:
    frame = _frame(_header("n", 10), b"")
    frames, defects = _read(frame * (MAX_DEFECTS + 5))
    assert (len(frames), len(defects)) == (MAX_DEFECTS + 5, MAX_DEFECTS)


@pytest.mark.corpus
def test_botocore_reads_the_frames_of_every_recording_alike(
    recorded: Callable[..., Iterator[tuple[str, Interaction]]],
) -> None:
    count = 0
    for name, interaction in recorded(b"vnd.amazon.eventstream"):
        if interaction.response.media_type != "application/vnd.amazon.eventstream":
            continue
        data = interaction.response.body.data
        frames, defects = _read(data)
        assert defects == [], name
        assert [(frame.headers, frame.payload) for frame in frames] == list(_botocore(data)), name
        assert frames[-1].end == len(data)
        count += 1
    assert count


_PAYLOADS = st.dictionaries(st.integers(0, 2), st.binary(max_size=300))


@quick
@given(_PAYLOADS)
def test_frames_take_another_payload_and_keep_their_headers(payloads: dict[int, bytes]) -> None:
    before, _ = _read(STREAM)
    frames, defects = _read(replace_payloads(STREAM, payloads))
    assert defects == []
    assert [frame.headers for frame in frames] == [frame.headers for frame in before]
    assert [frame.payload for frame in frames] == [
        payloads.get(number, frame.payload) for number, frame in enumerate(before)
    ]


@quick
@given(_PAYLOADS)
def test_botocore_reads_frames_with_another_payload(payloads: dict[int, bytes]) -> None:
    before = list(_botocore(STREAM))
    assert list(_botocore(replace_payloads(STREAM, payloads))) == [
        (headers, payloads.get(number, payload)) for number, (headers, payload) in enumerate(before)
    ]


def test_headers_of_every_type_stay_byte_for_byte() -> None:
    headers = (
        b"".join(_header(f"h{kind}", kind, struct.pack(form, 1)) for kind, form in INTEGERS.items())
        + _header("t", 0)
        + _header("f", 1)
        + _header("b", 6, _sized(b"\0\xff"))
        + _header("u", 9, bytes(16))
        + _text("h", "e")
    )
    data = _frame(headers, b"old")
    (frame,), _ = _read(data)
    assert encode(data, frame, b"a new one") == _frame(headers, b"a new one")
    assert encode(data, frame, b"old") == data


def test_frames_that_are_not_touched_stay_as_they_are_wrong_checksums_included() -> None:
    broken = FIRST[:-1] + bytes([FIRST[-1] ^ 1])
    data = broken + SECOND + broken
    assert replace_payloads(data, {1: b"x"}) == broken + _event("b", b"x") + broken
    assert replace_payloads(data, {}) == data
    assert (
        replace_payloads(data + b"rest", {0: b"", 1: b"{}"}) == _event("messageStart", b"") + SECOND + broken + b"rest"
    )


def test_a_frame_that_is_not_there_takes_no_payload() -> None:
    with pytest.raises(ValueError, match="the body has no frame 3"):
        replace_payloads(STREAM, {1: b"", 3: b""})
