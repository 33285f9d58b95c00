"""All that can be read in a file by whoever takes its codings off: written for tests, and to find more than needed.

Each text and each row of bytes is decoded in every way that fits it, and so is what comes of that, some levels deep.
Strings at the same place of the events of a stream, or of the lines and items of a list, are put together.
"""

import base64
import binascii
import contextlib
import gzip
import itertools
import json
import re
import sys
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import brotli
import yaml

from tests.corpus.planting.frames import unframed
from tests.corpus.planting.tape import Loader, leaves

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_DEPTH = 7
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_ESCAPE = re.compile(rb"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
_BLANK = re.compile(rb"\r?\n\r?\n")
_DATA = re.compile(rb"^data: ?(.*?)\r?$", re.MULTILINE)


def views(data: bytes) -> set[bytes]:
    """Everything that a file says, the file itself included.

    Args:
        data: A cassette, YAML or JSON.
    """
    seen: set[bytes] = {data}
    text = data.decode("utf-8", "surrogatepass")
    root = json.loads(text) if data[:1] == b"{" else yaml.load(text, Loader=Loader)
    for _, leaf in leaves(root):
        if isinstance(leaf, str | bytes):
            _decode(leaf.encode("utf-8", "surrogatepass") if isinstance(leaf, str) else leaf, seen, _DEPTH)
    return seen


def _decode(data: bytes, seen: set[bytes], depth: int) -> None:
    if len(data) < 8 or data in seen or not depth:
        return
    seen.add(data)
    for inner in itertools.chain(_expanded(data), _structured(data), _unescaped(data), _in_base64(data)):
        _decode(inner, seen, depth - 1)


def _expanded(data: bytes) -> Iterator[bytes]:
    """What content codings hide."""
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        with contextlib.suppress(zstd.ZstdError):
            yield zstd.decompress(data)
    elif data[:1] in b"\x78\x58\x68":
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(data)
    if not data[:256].isascii() or data[:1] in b"\x0b\x8b\x1b\x21\x13":
        with contextlib.suppress(brotli.error):
            yield brotli.decompress(data)
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(-zlib.MAX_WBITS).decompress(data)


def _structured(data: bytes) -> Iterator[bytes]:
    """The values of JSON and of streams, each alone and put together."""
    with contextlib.suppress(ValueError):
        yield from _values([json.loads(data)])
        return
    with contextlib.suppress(ValueError):
        frames = [frame.payload for frame in unframed(data)]
        yield from frames
        yield from _values([*map(_loaded, frames)])
        yield from _values([_bytes(frame) for frame in frames])
    if b"data:" in data:
        events = [b"\n".join(_DATA.findall(event)) for event in _BLANK.split(data)]
        yield from _values([*map(_loaded, events)])
    elif data.lstrip()[:1] == b"{" and b"\n" in data:
        yield from _values([*map(_loaded, data.splitlines())])


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _bytes(payload: bytes) -> Any:
    value = _loaded(payload)
    inner = value.get("bytes") if isinstance(value, dict) else None
    return _loaded(base64.b64decode(inner)) if isinstance(inner, str) else None


def _values(values: list[Any]) -> Iterator[bytes]:
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    together: dict[object, list[str]] = {}
    for value in values:
        for path, leaf in leaves(value):
            if isinstance(leaf, str):
                if len(leaf) > 7:
                    yield leaf.encode("utf-8", "surrogatepass")
                together.setdefault(path, []).append(leaf)
    if len(values) > 1:
        for parts in together.values():
            if len(parts) > 1:
                yield "".join(parts).encode("utf-8", "surrogatepass")


def _unescaped(data: bytes) -> Iterator[bytes]:
    if b"\\" in data:
        yield _ESCAPE.sub(lambda match: _character(match.group(1)), data)
    if b"%" in data:
        yield unquote_to_bytes(data)
        if b"+" in data:
            yield unquote_to_bytes(data.replace(b"+", b" "))


def _character(escape: bytes) -> bytes:
    if len(escape) == 5:
        return chr(int(escape[1:], 16)).encode("utf-8", "surrogatepass")
    return _PLAIN.get(escape, escape)


def _in_base64(data: bytes) -> Iterator[bytes]:
    whole = b"".join(data.split())
    for run in {*_RUN.findall(data), whole} if len(whole) < len(data) and _RUN.fullmatch(whole) else _RUN.findall(data):
        with contextlib.suppress(binascii.Error):
            inner = base64.b64decode(run.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=") + b"==")
            # Random bytes: hardly a text, nor anything that is packed.
            if inner[:2] == b"\x1f\x8b" or sum(byte < 32 and byte not in (9, 10, 13) for byte in inner[:64]) < 3:
                yield inner


_WINDOW = 10


def leaks(data: bytes, hidden: tuple[str, ...]) -> list[str]:
    """What of some secrets can be read in a file: they themselves, or ten characters of them in a row.

    Args:
        data: A cassette.
        hidden: The secrets. Of one, only the second half is looked for in parts: prefixes are no secret.
    """
    seen = b"\0".join(views(data))
    found = []
    for secret in hidden:
        spelt = secret.encode()
        half = spelt[len(spelt) // 2 :] if len(spelt) >= 2 * _WINDOW else b""
        parts = [spelt, *(half[at : at + _WINDOW] for at in range(0, len(half) - _WINDOW + 1, 4))]
        found += [part.decode("utf-8", "replace") for part in parts if part in seen]
    return found
