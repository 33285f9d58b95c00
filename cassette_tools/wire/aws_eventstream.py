"""Amazon event streams (``application/vnd.amazon.eventstream``): frames of headers and a payload, with checksums.

Source: the AWS event stream encoding, as described in the Amazon Transcribe developer guide, "Event stream encoding",
and in the Smithy specification (https://smithy.io/2.0/aws/amazon-eventstream.html).
"""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from cassette_tools.wire.event import Defect, Event

MAX_DEFECTS = 1000
_MAX_FRAME = 24 << 20
"""Bytes of a frame: 16 MiB of payload and 128 KiB of headers are the most that the specification allows."""

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
        defects: Frames with a wrong checksum (``checksum``; they are decoded all the same) and bytes that are no frame
            (``frame``; nothing behind them can be read).
    """

    def __init__(self) -> None:
        self.defects: list[Defect] = []

    def frames(self, data: bytes) -> Iterator[Frame]:
        """The frames of a body, as far as it can be read."""
        position = number = 0
        while position < len(data):
            if len(data) - position < 16:
                self._defect(
                    "frame", f"{len(data) - position} bytes are left, fewer than a frame has", position, number
                )
                return
            total, headers_length, prelude_sum = struct.unpack_from(">III", data, position)
            if not 16 + headers_length <= total <= _MAX_FRAME:
                self._defect("frame", "the lengths of the frame contradict each other", position, number)
                return
            if zlib.crc32(data[position : position + 8]) != prelude_sum:
                self._defect("checksum", "the checksum of the prelude is wrong", position, number)
            end = position + total
            if end > len(data):
                missing = end - len(data)
                self._defect(
                    "frame", f"the frame is cut: {missing:,} of its {total:,} bytes are missing", position, number
                )
                return
            (message_sum,) = struct.unpack_from(">I", data, end - 4)
            if zlib.crc32(data[position : end - 4]) != message_sum:
                self._defect("checksum", "the checksum of the frame is wrong", position, number)
            split = position + 12 + headers_length
            try:
                headers = _headers(data[position + 12 : split])
            except (struct.error, UnicodeDecodeError, IndexError, KeyError):
                self._defect("frame", "the headers of the frame cannot be read", position, number)
                headers = {}
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
            if kind == "error":
                name = "error"
                text = json.dumps(
                    {"code": str(headers.get(":error-code", "")), "message": str(headers.get(":error-message", ""))}
                )
            else:
                name = str(headers.get(":exception-type" if kind == "exception" else ":event-type", ""))
                text = frame.payload.decode("utf-8", "replace")
            yield Event(number, name, text, "", frame.start, frame.end, ((frame.start, frame.end),))

    def _defect(self, kind: str, text: str, start: int, number: int) -> None:
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(kind, text, start, start + 12, number))


_FIXED = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}


def _headers(data: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    position = 0
    while position < len(data):
        name_end = position + 1 + data[position]
        name = data[position + 1 : name_end].decode("utf-8")
        kind = data[name_end]
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
            position += 16
        else:
            form = _FIXED[kind]
            (value,) = struct.unpack_from(form, data, position)
            position += struct.calcsize(form)
        headers[name] = value
    return headers
