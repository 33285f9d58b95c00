"""Pictures, sounds and files in a few words: the size of a picture is in the first bytes of its file.

Sources: PNG 5.2 and 11.2.1 (https://www.w3.org/TR/png-3/), GIF89a 17 and 18, JPEG B.1.1 and B.2.2 (ITU-T T.81), WebP's
container (https://developers.google.com/speed/webp/docs/riff_container).
"""

import base64
import binascii
import hashlib
import re
import struct
from typing import Any, NamedTuple

from cassette_tools.protocols import conversation
from cassette_tools.protocols.message import Media

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


def content(media: Media) -> bytes | None:
    """The bytes of a picture, a sound or a file; None where there is only a URL or an id, or no base64."""
    data = media.data
    if conversation.FILE_ID.fullmatch(data):
        return None
    if data.startswith("data:"):
        head, _, data = data.partition(",")
        if not head.endswith(";base64"):
            return None
    return _decoded(data)


_FROM_URL_SAFE = str.maketrans("-_", "+/")


def _decoded(text: str) -> bytes | None:
    """The bytes of base64, be it URL-safe as Google's SDK writes it."""
    try:
        return base64.b64decode(text.translate(_FROM_URL_SAFE), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def described(media: Media, *, identified: bool = False) -> str:
    """``image/png 640×480 34 kB``; where nothing of it is recorded, what it is called.

    Args:
        media: A picture, a sound or a file.
        identified: Say with the beginning of its hash which one it is: ``…, SHA-256 1f2e3d4c5b6a``.
    """
    data = content(media)
    if data is None:
        return conversation.describe(media)
    kind = media.data[5:].partition(";")[0] if media.data.startswith("data:") else media.type
    return _described(data, kind or "media", identified=identified)


def _described(data: bytes, kind: str, *, identified: bool) -> str:
    picture = measure(data)
    size = f"{len(data):,} bytes" if len(data) < 1000 else f"{len(data) / 1000:,.0f} kB"
    which = f", SHA-256 {hashlib.sha256(data).hexdigest()[:12]}" if identified else ""
    if picture is not None:
        return f"{picture.type} {picture.width}×{picture.height} {size}{which}"
    return f"{kind} {size}{which}"


_LONG = 200
"""Characters from which on base64 is no word, no id and no key, whatever it holds."""
_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w.=+-]+)*;base64,[A-Za-z0-9+/_-]{4,}={0,2}")
_BASE64 = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9+/_-]+={0,2}")


def readable(value: Any) -> Any:
    """A JSON value in which pictures, sounds and other bytes are described and identified, not spelt in base64."""
    if isinstance(value, str):
        return _readable(value) if len(value) >= 40 else value
    if isinstance(value, dict):
        return {key: readable(held) for key, held in value.items()}
    if isinstance(value, list):
        return [readable(held) for held in value]
    return _described(value, "binary", identified=True) if isinstance(value, bytes) else value


def _readable(text: str) -> str:
    if len(text) % 4 == 0 and " " not in text and _BASE64.fullmatch(text):
        data = _decoded(text)
        if data is not None and (len(text) >= _LONG or measure(data) is not None):
            return _described(data, "base64", identified=True)
    if ";base64," in text:
        return _URL.sub(lambda found: described(Media("", found.group()), identified=True), text)
    return text


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
