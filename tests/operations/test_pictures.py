"""The size of a picture from its first bytes, as the formats' specifications have them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.operations.pictures import Picture, measure

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
