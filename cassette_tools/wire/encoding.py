"""Content codings: taking gzip, deflate, br and zstd off a body, and putting them on again.

RFC 9110, section 8.4, and RFC 9659 for zstd. Every decoder is bounded: a megabyte can unpack to a gigabyte, and a
cassette comes from a remote machine.
"""

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_DECODED = 64 << 20
"""Bytes that are decoded of one body."""
_NAMES = {"x-gzip": "gzip", "x-deflate": "deflate", "brotli": "br"}
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class Decoded(NamedTuple):
    """A body without its codings."""

    data: bytes
    """As far as it could be decoded; the bytes as they were where nothing could."""
    problem: str
    """What went wrong, in words that fit behind "the body"; empty when nothing did."""
    oversized: bool
    """There is more than ``MAX_DECODED`` bytes."""


class EncodeError(Exception):
    """Data that cannot be coded; the text says why."""


class _BrokenError(Exception):
    """Data that is not of the coding."""


def codings(values: list[str]) -> tuple[str, ...]:
    """The codings that Content-Encoding names, in the order in which they were applied; ``identity`` is none.

    Nor is S3's ``aws-chunked``: it is a transfer coding, which recorders do not see.
    """
    names = [name.strip().lower() for value in values for name in value.split(",")]
    return tuple(_NAMES.get(name, name) for name in names if name not in ("", "identity", "none", "aws-chunked"))


def sniff(data: bytes) -> str:
    """The coding that bytes give away by how they start: ``gzip``, ``zstd`` or an empty string."""
    return "gzip" if data.startswith(_GZIP) else "zstd" if data.startswith(_ZSTD) else ""


def may_be_zlib(data: bytes) -> bool:
    """Whether bytes may be the first ones of zlib's data (RFC 1950); of others a few tell nearly always."""
    if not data.startswith(_ZLIB):
        return False
    try:
        zlib.decompressobj().decompress(data, 1024)
    except zlib.error:
        return False
    return True


def is_coded(data: bytes, name: str) -> bool:
    """Whether bytes are of a coding: by how they start where that gives it away, else by decoding them."""
    # What is cut or broken behind its beginning is of the coding all the same.
    if name in ("gzip", "zstd"):
        return sniff(data) == name
    if name == "deflate" and may_be_zlib(data):
        return True
    decoded = decode(data, (name,))
    return decoded.oversized or not decoded.problem


def is_known(name: str) -> bool:
    """Whether a coding can be taken off, and put on."""
    return name in _DECODERS


def may_pack(data: bytes, length: int) -> bool:
    """Whether gzip or deflate, whoever's, may have made so many bytes of some."""
    # The slow one is asked last: a body that was edited has nearly the length that it had.
    return length <= len(zlib.compress(data, 1)) * 1.1 + 20 and length >= len(zlib.compress(data, 9)) * 0.9 - 6


def decode(data: bytes, names: tuple[str, ...], limit: int = MAX_DECODED) -> Decoded:
    """Take the codings off, the last one first.

    Args:
        data: The coded bytes.
        names: The codings in the order in which they were applied, as ``codings`` returns them.
        limit: The most that is decoded.
    """
    for name in reversed(names):
        decoder = _DECODERS.get(name)
        if decoder is None:
            return Decoded(data, f"has the content coding {name!r}, which is not known", oversized=False)
        try:
            decoded, complete = decoder(data, limit)
        except _BrokenError:
            other = sniff(data)
            problem = f"is not {name}, although Content-Encoding says so"
            if other and other != name:
                problem = f"is {other}, although Content-Encoding says {name}"
            return Decoded(data, problem, oversized=False)
        if len(decoded) >= limit and not complete:
            problem = f"unpacks to more than {limit >> 20} MiB"
            return Decoded(decoded, problem, oversized=True)
        data = decoded
        if not complete:
            return Decoded(data, f"is cut: its {name} data has no end", oversized=False)
    return Decoded(data, "", oversized=False)


def encode(data: bytes, names: tuple[str, ...]) -> bytes:
    """Put codings on: what ``decode`` takes off. The same data always gives the same bytes.

    Args:
        data: The body without codings.
        names: The codings in the order in which they are applied, as ``codings`` returns them.

    Raises:
        EncodeError: A coding is not known.
    """
    for name in names:
        if name not in _ENCODERS:
            raise EncodeError(f"the content coding {name!r} is not known")
        data = _ENCODERS[name](data)
    return data


def encode_like(old: bytes, data: bytes, names: tuple[str, ...]) -> bytes:
    """Put codings on as an older body has them: deflate without zlib's wrapping where that has none either.

    Args:
        old: The body that ``data`` is to replace, with its codings.
        data: The new body, without codings.
        names: The codings of both.

    Raises:
        EncodeError: A coding is not known, or the older body cannot be decoded without a problem.
    """
    encoders: list[Callable[[bytes], bytes]] = []
    for name in reversed(names):
        decoded = decode(old, (name,))
        if decoded.problem:
            raise EncodeError(f"the body {decoded.problem}")
        bare = name == "deflate" and not _is_wrapped(old)
        encoders.append(_bare_deflate if bare else _ENCODERS[name])
        old = decoded.data
    for encoder in reversed(encoders):
        data = encoder(data)
    return data


def _is_wrapped(data: bytes) -> bool:
    try:
        _zlib(data, MAX_DECODED, zlib.MAX_WBITS)
    except _BrokenError:
        return False
    return True


def _pack_gzip(data: bytes) -> bytes:
    import gzip

    return gzip.compress(data, mtime=0)


def _bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _pack_brotli(data: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(data, quality=5)  # the best quality takes seconds for a megabyte
    return packed


def _pack_zstd(data: bytes) -> bytes:
    packed: bytes = _zstd_library().compress(data)
    return packed


_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": _pack_brotli,
    "deflate": zlib.compress,
    "gzip": _pack_gzip,
    "zstd": _pack_zstd,
}


def _zlib(data: bytes, limit: int, window: int) -> tuple[bytes, bool]:
    decoder = zlib.decompressobj(window)
    try:
        decoded = decoder.decompress(data, limit)
    except zlib.error:
        raise _BrokenError from None
    return decoded, decoder.eof


def _gzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    left = limit
    # Several members may follow each other (RFC 1952, section 2.2).
    while True:
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            parts.append(decoder.decompress(data, left))
        except zlib.error:
            if parts:
                return b"".join(parts), True  # padding behind the last member
            raise _BrokenError from None
        left -= len(parts[-1])
        data = decoder.unused_data
        if not decoder.eof or not data or left <= 0:
            return b"".join(parts), decoder.eof and not data


def _deflate(data: bytes, limit: int) -> tuple[bytes, bool]:
    try:
        return _zlib(data, limit, zlib.MAX_WBITS)
    except _BrokenError:
        # Some servers send the bare stream without zlib's wrapping; clients take both.
        return _zlib(data, limit, -zlib.MAX_WBITS)


def _brotli(data: bytes, limit: int) -> tuple[bytes, bool]:
    import brotli

    decoder = brotli.Decompressor()
    try:
        decoded = decoder.process(data, output_buffer_limit=limit)
        while len(decoded) < limit and not decoder.is_finished():
            more = decoder.process(b"", output_buffer_limit=limit - len(decoded))
            if not more:
                break
            decoded += more
    except brotli.error:
        raise _BrokenError from None
    if not decoded and not decoder.is_finished():
        raise _BrokenError
    # The decoder's limit is where it stops soon, not where it stops.
    return decoded[:limit], decoder.is_finished() and len(decoded) <= limit


def _zstd_library() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from backports import zstd
    return zstd


def _zstd(data: bytes, limit: int) -> tuple[bytes, bool]:
    zstd = _zstd_library()
    parts: list[bytes] = []
    left = limit
    while True:
        decoder = zstd.ZstdDecompressor()
        try:
            parts.append(decoder.decompress(data, max_length=left))
        except zstd.ZstdError:
            if parts:
                return b"".join(parts), True
            raise _BrokenError from None
        left -= len(parts[-1])
        data = decoder.unused_data
        if not decoder.eof or not data or left <= 0:
            return b"".join(parts), decoder.eof and not data


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "br": _brotli,
    "deflate": _deflate,
    "gzip": _gzip,
    "zstd": _zstd,
}
