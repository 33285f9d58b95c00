"""Amazon's event streams, written from the documentation of ``application/vnd.amazon.eventstream``."""

import struct
import zlib
from typing import NamedTuple

_PRELUDE = struct.Struct(">II")
_CHECKSUM = struct.Struct(">I")


class Frame(NamedTuple):
    """One message of a stream."""

    headers: bytes
    """As they are coded."""
    payload: bytes


def unframed(data: bytes) -> list[Frame]:
    """The messages of a stream.

    Raises:
        ValueError: It is none, or is damaged.
    """
    frames, at = [], 0
    while at < len(data):
        if len(data) - at < 16:
            raise ValueError("cut")
        length, headers = _PRELUDE.unpack_from(data, at)
        message = data[at : at + length]
        if length < 16 or len(message) != length or _CHECKSUM.unpack_from(message, 8)[0] != zlib.crc32(message[:8]):
            raise ValueError("no prelude")
        if _CHECKSUM.unpack(message[-4:])[0] != zlib.crc32(message[:-4]):
            raise ValueError("damaged")
        frames.append(Frame(message[12 : 12 + headers], message[12 + headers : -4]))
        at += length
    return frames


def framed(frames: list[Frame]) -> bytes:
    """The stream of some messages, with new lengths and checksums."""
    parts = []
    for frame in frames:
        prelude = _PRELUDE.pack(16 + len(frame.headers) + len(frame.payload), len(frame.headers))
        message = prelude + _CHECKSUM.pack(zlib.crc32(prelude)) + frame.headers + frame.payload
        parts.append(message + _CHECKSUM.pack(zlib.crc32(message)))
    return b"".join(parts)
