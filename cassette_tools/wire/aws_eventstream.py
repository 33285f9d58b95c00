"""Amazon event streams (``application/vnd.amazon.eventstream``): frames of headers and a payload, with checksums.

Source: the AWS event stream encoding, as described in the Amazon Transcribe and the Amazon Lex V2 developer guides,
"Event stream encoding" (https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html), and in the Smithy
specification (https://smithy.io/2.0/aws/amazon-eventstream.html).
"""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from cassette_tools.wire.event import Defect, Event

MAX_DEFECTS = 1000
"""Defects that are kept of one stream; a body made of nothing else has no use for more."""
_PRELUDE = struct.Struct(">III")
_OVERHEAD = 16  # bytes of a frame without headers and payload: the prelude's and the frame's checksum

HeaderValue = bool | int | bytes | str


class Frame(NamedTuple):
    """A frame of the stream."""

    headers: dict[str, HeaderValue]
    """By name; a timestamp is an integer of milliseconds, a UUID its sixteen bytes."""
    payload: bytes
    start: int
    """Where it starts in the body, in bytes."""
    end: int


class Decoder:
    """Decodes the body of a response.

    Attributes:
        defects: Frames with a wrong checksum (``checksum``; they are decoded all the same), and what is no frame, or no
            whole one (``frame``; where that is not for its headers, nothing behind it can be read).
    """

    def __init__(self) -> None:
        self.defects: list[Defect] = []

    def frames(self, data: bytes) -> Iterator[Frame]:
        """The frames of a body, as far as it can be read."""
        position = number = 0
        while position < len(data):
            total, headers_length, kind, fault = _check(data, position)
            end = position + total
            if fault:
                self._defect(kind, fault, position, min(max(end, position + 12), len(data)), number)
            if kind == "frame":
                return
            split = position + 12 + headers_length
            headers: dict[str, HeaderValue] = {}
            try:
                repeated = _read_headers(data[position + 12 : split], headers)
                problem = f"the frame has two headers of the name {repeated}" if repeated else ""
            except (struct.error, UnicodeDecodeError, IndexError, KeyError):
                problem = "the headers of the frame cannot be read"
            if problem and not fault:
                self._defect("frame", problem, position, end, number)
            yield Frame(headers, data[split : end - 4], position, end)
            position = end
            number += 1

    def events(self, data: bytes) -> Iterator[Event]:
        """The frames as events: the type is that of the event, or of the exception that the service reports.

        An error without a payload has its code and its message as a JSON object.
        """
        for number, frame in enumerate(self.frames(data)):
            headers = frame.headers
            kind = headers.get(":message-type")
            span = frame.end - 4 - len(frame.payload), frame.end - 4
            if kind == "error":
                name = "error"
                text = json.dumps(
                    {"code": str(headers.get(":error-code", "")), "message": str(headers.get(":error-message", ""))}
                )
            else:
                name = str(headers.get(":exception-type" if kind == "exception" else ":event-type", ""))
                text = frame.payload.decode("utf-8", "replace")
            yield Event(number, name, text, "", frame.start, frame.end, (span,))

    def _defect(self, kind: str, text: str, start: int, end: int, number: int) -> None:
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(kind, text, start, end, number))


def encode(data: bytes, frame: Frame, payload: bytes) -> bytes:
    """A frame with another payload: its headers byte for byte, its lengths and both checksums new.

    Args:
        data: The body that the frame was read from.
        frame: One of its frames.
        payload: The new payload.
    """
    headers = data[frame.start + 12 : frame.end - 4 - len(frame.payload)]
    prelude = struct.pack(">II", _OVERHEAD + len(headers) + len(payload), len(headers))
    head = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return head + struct.pack(">I", zlib.crc32(head))


def replace_payloads(data: bytes, payloads: dict[int, bytes]) -> bytes:
    """A body with other payloads in some of its frames; all else stays as it is, wrong checksums included.

    Args:
        data: The body.
        payloads: New payloads by the number of the frame, from 0.

    Raises:
        ValueError: The body has no such frame.
    """
    parts: list[bytes] = []
    position = 0
    missing = set(payloads)
    for number, frame in enumerate(Decoder().frames(data)):
        if number in payloads:
            parts += (data[position : frame.start], encode(data, frame, payloads[number]))
            position = frame.end
            missing.remove(number)
    if missing:
        raise ValueError(f"the body has no frame {min(missing)}")
    return b"".join((*parts, data[position:]))


def _check(data: bytes, position: int) -> tuple[int, int, str, str]:
    """Check what should be a frame.

    Returns:
        The length of the frame and that of its headers, the kind of its defect, and what is wrong. Behind a defect of
        the kind ``frame`` there is no knowing where the next one starts.
    """
    left = len(data) - position
    if left < _OVERHEAD:
        return left, 0, "frame", f"the body ends in {left} of the {_OVERHEAD} bytes that the shortest frame has"
    total, headers_length, prelude_sum = _PRELUDE.unpack_from(data, position)
    end = position + total
    kind = fault = ""
    if total < _OVERHEAD + headers_length:
        kind, fault = "frame", "no frame starts here: its lengths contradict each other"
    elif zlib.crc32(data[position : position + 8]) != prelude_sum:
        # The checksum of the frame counts the prelude in: it cannot be right either.
        if _may_end(data, end):
            kind, fault = "checksum", "the checksum of the frame's prelude is wrong"
        else:
            kind, fault = "frame", "no frame starts here: its checksum and its lengths are wrong"
    elif end > len(data):
        kind, fault = "frame", f"the frame is cut: {end - len(data):,} of its {total:,} bytes are missing"
    elif zlib.crc32(data[position : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
        kind, fault = "checksum", "the checksum of the frame is wrong"
        if not _may_end(data, end):
            kind, fault = "frame", f"{fault}, and no frame follows where it ends"
    return total, headers_length, kind, fault


def _may_end(data: bytes, position: int) -> bool:
    """Whether a frame may end at a position: there the body ends, or the next frame starts with a sound prelude."""
    if position >= len(data) or len(data) - position < _OVERHEAD:
        return position == len(data)
    return zlib.crc32(data[position : position + 8]) == int.from_bytes(data[position + 8 : position + 12], "big")


_FIXED = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}


def _read_headers(data: bytes, headers: dict[str, HeaderValue]) -> str:
    """Read the headers of a frame into a mapping, so that those before an unreadable one are known.

    Returns:
        The name of one that is there twice, or an empty string; the last one counts.
    """
    position = 0
    repeated = ""
    while position < len(data):
        name_end = position + 1 + data[position]
        name = data[position + 1 : name_end].decode("utf-8")
        kind = data[name_end]  # also where the name is cut: there is no such byte then
        position = name_end + 1
        value: HeaderValue
        if kind in (0, 1):
            value = kind == 0
        elif kind in (6, 7):
            (length,) = struct.unpack_from(">H", data, position)
            raw = data[position + 2 : position + 2 + length]
            if len(raw) != length:
                raise IndexError
            value = raw.decode("utf-8") if kind == 7 else raw
            position += 2 + length
        elif kind == 9:
            value = data[position : position + 16]
            if len(value) != 16:
                raise IndexError
            position += 16
        else:
            form = _FIXED[kind]
            (value,) = struct.unpack_from(form, data, position)
            position += struct.calcsize(form)
        if name in headers:
            repeated = name
        headers[name] = value
    return repeated
