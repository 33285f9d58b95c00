"""Content codings are taken off, within bounds, and what is wrong with them is said."""

import gzip
import io
import random
import shutil
import subprocess
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.wire.encoding import (
    MAX_DECODED,
    EncodeError,
    codings,
    decode,
    encode,
    encode_like,
    is_coded,
    may_be_zlib,
    may_pack,
    sniff,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw deflate": _raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def _coding(packer: str) -> str:
    return packer.removeprefix("raw ")


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize(
    "data", [b"", b"a", b"hello " * 1000, bytes(range(256))], ids=["empty", "one", "long", "bytes"]
)
def test_what_was_packed_is_unpacked(packer: str, data: bytes) -> None:
    assert decode(PACKERS[packer](data), (_coding(packer),)) == (data, "", False)


@given(st.binary(max_size=200), st.lists(st.sampled_from(sorted(PACKERS)), max_size=4))
def test_several_codings_in_a_row_come_off_in_reverse_order(data: bytes, packers: list[str]) -> None:
    packed = data
    for packer in packers:
        packed = PACKERS[packer](packed)
    assert decode(packed, tuple(map(_coding, packers))) == (data, "", False)


def test_members_of_gzip_and_frames_of_zstd_may_follow_each_other() -> None:
    assert decode(gzip.compress(b"a") + gzip.compress(b"b"), ("gzip",)).data == b"ab"
    assert decode(zstd.compress(b"a") + zstd.compress(b"b"), ("zstd",)).data == b"ab"
    assert decode(gzip.compress(b"a") + b"\0\0\0", ("gzip",)) == (b"a", "", False)


@pytest.mark.parametrize("packer", PACKERS)
def test_plain_text_under_a_coding_is_said_and_kept(packer: str) -> None:
    data = b'{"plain": true}'
    decoded = decode(data, (_coding(packer),))
    assert decoded == (data, f"is not {_coding(packer)}, although Content-Encoding says so", False)


def test_another_coding_than_the_header_says_is_named() -> None:
    assert decode(gzip.compress(b"x"), ("br",)).problem == "is gzip, although Content-Encoding says br"


def test_a_coding_that_is_not_known_is_said() -> None:
    assert decode(b"x", ("exi",)) == (b"x", "has the content coding 'exi', which is not known", False)


@pytest.mark.parametrize("packer", PACKERS)
def test_cut_data_is_decoded_as_far_as_it_goes(packer: str) -> None:
    data = random.Random(1).randbytes(400_000)
    packed = PACKERS[packer](data)
    decoded = decode(packed[: len(packed) // 2], (_coding(packer),))
    assert decoded.problem == f"is cut: its {_coding(packer)} data has no end"
    assert data.startswith(decoded.data)
    assert len(decoded.data) > 100_000


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_is_decoded_no_further_than_the_limit(packer: str) -> None:
    packed = PACKERS[packer](bytes(5_000_000))
    decoded = decode(packed, (_coding(packer),), limit=1_000_000)
    assert decoded.oversized
    assert len(decoded.data) == 1_000_000
    assert decoded.problem == "unpacks to more than 0 MiB"


def test_a_gigabyte_in_a_megabyte_stops_at_the_limit() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    first, next_ = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + next_ * 1023  # each but the first begins anew, and is the same
    assert len(packed) < 1_100_000
    assert zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(first + next_ * 3) == zeros * 4
    decoded = decode(packed, ("gzip",))
    assert decoded.oversized
    assert len(decoded.data) == MAX_DECODED


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_random_bytes_never_raise(data: bytes, name: str) -> None:
    for prefix in (b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"):
        decode(prefix + data, (name,))


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([], ()),
        (["gzip"], ("gzip",)),
        (["GZIP, br"], ("gzip", "br")),
        (["gzip", "x-gzip"], ("gzip", "gzip")),
        (["identity"], ()),
        ([" , none,"], ()),
    ],
)
def test_names_of_codings(values: list[str], names: tuple[str, ...]) -> None:
    assert codings(values) == names


# The time is in gzip's head: a test is not to be named by it.
@pytest.mark.parametrize(
    ("data", "name"),
    [(gzip.compress(b""), "gzip"), (zstd.compress(b"a"), "zstd"), (b"{}", "")],
    ids=["gzip", "zstd", "neither"],
)
def test_bytes_give_their_coding_away(data: bytes, name: str) -> None:
    assert sniff(data) == name


@given(st.binary(max_size=300), st.integers(0, 9), st.integers(2, 40))
def test_the_beginning_of_zlib_is_told_from_other_bytes_with_its_head(data: bytes, level: int, size: int) -> None:
    packed = zlib.compress(data, level)
    assert may_be_zlib(packed[:size])
    assert not may_be_zlib(packed[:2] + b"\xff" * size)  # a kind of block that does not exist
    assert not may_be_zlib(b"\x78" + packed)


_CODINGS = st.lists(st.sampled_from(["gzip", "deflate", "br", "zstd"]), max_size=4).map(tuple)


@given(st.binary(max_size=300), _CODINGS)
def test_what_is_coded_is_what_is_decoded(data: bytes, names: tuple[str, ...]) -> None:
    coded = encode(data, names)
    assert decode(coded, names) == (data, "", False)
    assert encode(data, names) == coded


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("data", [b"", b"a", b"hello " * 100_000, random.Random(1).randbytes(300_000)])
def test_urllib3_reads_what_is_coded(name: str, data: bytes) -> None:
    urllib3 = pytest.importorskip("urllib3", reason="urllib3 is not installed")
    if name == "zstd" and not hasattr(urllib3.response, "ZstdDecoder"):
        pytest.skip("this urllib3 knows no zstd")
    for names in ((name,), (name, "gzip")):
        headers = {"content-encoding": ", ".join(names)}
        assert urllib3.HTTPResponse(io.BytesIO(encode(data, names)), headers).data == data


@pytest.mark.parametrize("name", ["gzip", "zstd", "brotli"])
def test_the_command_of_a_coding_reads_it(name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    coded = encode(b"hello " * 1000, ("br" if name == "brotli" else name,))
    assert subprocess.run([name, "-dc"], input=coded, capture_output=True, check=True).stdout == b"hello " * 1000


def test_no_time_is_in_what_is_coded() -> None:
    assert encode(b"a", ("gzip",))[4:8] == b"\0\0\0\0"


def test_what_is_not_known_is_not_coded() -> None:
    with pytest.raises(EncodeError, match=r"the content coding 'compress' is not known"):
        encode(b"a", ("gzip", "compress"))
    with pytest.raises(EncodeError, match=r"the body has the content coding 'compress', which is not known"):
        encode_like(b"a", b"b", ("compress",))


@given(st.binary(max_size=300), st.binary(max_size=300), st.lists(st.sampled_from(sorted(PACKERS)), max_size=4))
def test_a_body_is_coded_like_the_older_one(old: bytes, new: bytes, packers: list[str]) -> None:
    names = tuple(map(_coding, packers))
    packed, expected = old, new
    for packer in packers:
        packed = PACKERS[packer](packed)
    coded = encode_like(packed, new, names)
    assert decode(coded, names) == (new, "", False)
    for packer in reversed(packers):
        # Wrapped or bare, exactly as the older one.
        coded = zlib.decompress(coded, -zlib.MAX_WBITS) if packer == "raw deflate" else _strictly(packer, coded)
    assert coded == expected


def _strictly(packer: str, data: bytes) -> bytes:
    return zlib.decompress(data) if packer == "deflate" else decode(data, (packer,)).data


@pytest.mark.parametrize("old", [b"plain", gzip.compress(b"hello" * 10)[:-3]], ids=["plain", "cut"])
def test_there_is_no_likeness_to_a_body_that_cannot_be_decoded(old: bytes) -> None:
    with pytest.raises(EncodeError, match="the body is"):
        encode_like(old, b"new", ("gzip",))


@given(st.binary(max_size=3000), st.integers(1, 9))
def test_a_length_that_gzip_or_deflate_gives_is_known_as_one(data: bytes, level: int) -> None:
    for packed in (gzip.compress(data * 3, level), zlib.compress(data * 3, level)):
        assert may_pack(data * 3, len(packed))
    assert not may_pack(b"some text " * 100, 1000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_bytes_of_a_coding_are_known_as_such_and_others_are_not(coding: str) -> None:
    packed = encode(b"hello " * 20, (coding,))
    assert is_coded(packed, coding)
    assert not is_coded(b"Gr\xfc\xdfe, and more of it", coding)
    if coding != "br":
        assert is_coded(packed[:-3], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_unpacks_to_more_than_is_decoded_is_of_its_coding(coding: str) -> None:
    assert is_coded(encode(bytes(MAX_DECODED + 1), (coding,)), coding)
