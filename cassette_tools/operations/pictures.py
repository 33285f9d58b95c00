"""The size of a picture, from the first bytes of its file: PNG, JPEG, GIF and WebP.

Sources: PNG 5.2 and 11.2.1 (https://www.w3.org/TR/png-3/), GIF89a 17 and 18, JPEG B.1.1 and B.2.2 (ITU-T T.81), WebP's
container (https://developers.google.com/speed/webp/docs/riff_container).
"""

import struct
from typing import NamedTuple

_MOST_SEGMENTS = 200
"""Segments of a JPEG before its frame: colour profiles and previews come in some dozens."""


class Picture(NamedTuple):
    """What a file's first bytes say."""

    type: str
    """The media type."""
    width: int
    height: int


def measure(data: bytes) -> Picture | None:
    """The type and the size of a picture; None when it is none of these or is cut before its size."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
            return Picture("image/png", *struct.unpack_from(">II", data, 16))
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return Picture("image/gif", *struct.unpack_from("<HH", data, 6))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg(data)
    except (struct.error, IndexError):
        pass
    return None


def _webp(data: bytes) -> Picture | None:
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Picture("image/webp", width, height)
    return None


def _jpeg(data: bytes) -> Picture | None:
    position = 2
    for _ in range(_MOST_SEGMENTS):
        while data[position] == 0xFF and data[position + 1] == 0xFF:
            position += 1  # fill bytes
        lead, marker, length = struct.unpack_from(">BBH", data, position)
        if lead != 0xFF or marker in (0xD9, 0xDA):
            return None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return Picture("image/jpeg", width, height)
        position += 2 + max(length, 2)
    return None
