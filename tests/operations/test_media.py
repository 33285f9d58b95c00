"""The size of a picture from its first bytes, as the formats' specifications have them."""

import base64
import hashlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.operations.media import Picture, content, described, measure, readable
from cassette_tools.protocols.message import Media

_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\x00\x00\x00"
_APP = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9


def _jpeg(marker: int) -> bytes:
    return b"\xff\xd8" + _APP + b"\xff\xff" + bytes([marker]) + struct.pack(">HBHH", 17, 8, 48, 64) + b"\0" * 10


def _webp(kind: bytes, content: bytes) -> bytes:
    return (
        b"RIFF" + struct.pack("<I", 4 + 8 + len(content)) + b"WEBP" + kind + struct.pack("<I", len(content)) + content
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(_PNG, Picture("image/png", 640, 480), id="PNG"),
        pytest.param(b"GIF89a" + struct.pack("<HH", 3, 2), Picture("image/gif", 3, 2), id="GIF"),
        pytest.param(b"GIF87a" + struct.pack("<HH", 3, 2), Picture("image/gif", 3, 2), id="GIF of 1987"),
        pytest.param(_jpeg(0xC0), Picture("image/jpeg", 64, 48), id="JPEG"),
        pytest.param(_jpeg(0xC2), Picture("image/jpeg", 64, 48), id="progressive JPEG"),
        pytest.param(
            _webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 64, 48)), Picture("image/webp", 64, 48), id="WebP"
        ),
        pytest.param(
            _webp(b"VP8L", b"/" + struct.pack("<I", 63 | 47 << 14)), Picture("image/webp", 64, 48), id="lossless WebP"
        ),
        pytest.param(
            _webp(b"VP8X", b"\0\0\0\0" + (63).to_bytes(3, "little") + (47).to_bytes(3, "little")),
            Picture("image/webp", 64, 48), id="extended WebP",
        ),
        pytest.param(_PNG[:18], None, id="cut"),
        pytest.param(_jpeg(0xC4), None, id="JPEG without a frame"),
        pytest.param(b"\xff\xd8\xff\xd9\0\0", None, id="JPEG that ends at once"),
        pytest.param(_webp(b"ALPH", b"\0" * 20), None, id="WebP of another kind"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"%PDF-1.7", None, id="no picture"),
    ],
)  # fmt: skip
def test_a_picture_is_as_large_as_its_header_says(data: bytes, expected: Picture | None) -> None:
    assert measure(data) == expected


_HEADS = (
    b"",
    _PNG[:16],
    b"GIF89a",
    b"\xff\xd8\xff",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"RIFF\0\0\0\0WEBPVP8L",
    b"RIFF\0\0\0\0WEBPVP8X",
)


@given(st.sampled_from(_HEADS), st.binary(max_size=60))
def test_no_header_is_too_strange(head: bytes, rest: bytes) -> None:
    picture = measure(head + rest)
    assert picture is None or (picture.width >= 0 and picture.height >= 0)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


_BYTES = bytes(range(256)) * 3
_BYTES_ID = f", SHA-256 {hashlib.sha256(_BYTES).hexdigest()[:12]}"
_ID = f", SHA-256 {hashlib.sha256(_PNG).hexdigest()[:12]}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(_base64(_PNG), f"image/png 640×480 29 bytes{_ID}", id="a picture"),
        pytest.param(f"data:image/png;base64,{_base64(_PNG)}", f"image/png 640×480 29 bytes{_ID}", id="a URL of data"),
        pytest.param(
            f"See ![it](data:image/png;base64,{_base64(_PNG)}).", f"See ![it](image/png 640×480 29 bytes{_ID}).",
            id="a URL of data in a text",
        ),
        pytest.param(
            {"a": [_base64(_BYTES), 1, None]},
            {"a": [f"base64 768 bytes{_BYTES_ID}", 1, None]},
            id="bytes within a value",
        ),
        pytest.param(base64.urlsafe_b64encode(_BYTES).decode(), f"base64 768 bytes{_BYTES_ID}", id="URL-safe base64"),
        pytest.param("word" * 200, "word" * 200, id="a long word"),
        pytest.param(b"ab", f"binary 2 bytes, SHA-256 {hashlib.sha256(b'ab').hexdigest()[:12]}", id="bytes"),
        pytest.param("word" * 20, "word" * 20, id="a word"),
        pytest.param(_base64(b"short"), _base64(b"short"), id="what is too short to be anything"),
        pytest.param(" ".join(["word"] * 200), " ".join(["word"] * 200), id="a text"),
        pytest.param("https://a.example/;base64,x", "https://a.example/;base64,x", id="a URL of none"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_described_and_identified(value: Any, expected: Any) -> None:
    assert readable(value) == expected


def test_media_are_identified_on_demand() -> None:
    media = Media("image", _base64(_PNG))
    assert described(media) == "image/png 640×480 29 bytes"
    assert described(media, identified=True) == f"image/png 640×480 29 bytes{_ID}"
    assert described(Media("image/png", "https://a.example/x"), identified=True) == "image/png, https://a.example/x"


def test_the_id_of_a_file_is_no_base64() -> None:
    assert content(Media("file", "file-0a1B2c3D4e5F6g7H8i9")) is None
    assert described(Media("file", "file_0a1")) == "file, file_0a1"
