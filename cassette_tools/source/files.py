"""Reading and writing files, plain and gzipped: bounded, and all of a file or nothing."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import io

MAX_BYTES = 1 << 30
"""What is read of one file, and what a compressed one may unpack to: 1 GiB."""


class UnreadableError(Exception):
    """A file that cannot be read; the text says why."""


def read(path: str | os.PathLike[str]) -> bytes:
    """The content of a file, unpacked when its name ends in ``.gz``.

    Raises:
        UnreadableError: No permission, not a regular file, broken compression, or too large.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            # A pipe or a device could block for ever.
            is_pipe = stat.S_ISFIFO(status.st_mode)
            raise UnreadableError("a pipe: read it as standard input (-)" if is_pipe else "not a regular file")
        if os.fspath(path).lower().endswith(".gz"):
            return _unpack(path)
        if status.st_size > MAX_BYTES:
            raise UnreadableError(f"larger than {MAX_BYTES >> 20} MiB")
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise UnreadableError((error.strerror or str(error)).lower()) from error


def unpack(data: bytes) -> bytes:
    """What gzip has packed.

    Raises:
        UnreadableError: Broken compression, or too large.
    """
    import io

    return _unpack(io.BytesIO(data))


def _unpack(packed: "str | os.PathLike[str] | io.BytesIO") -> bytes:
    import gzip
    import zlib

    try:
        with gzip.open(packed) as stream:
            data: bytes = stream.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableError(f"broken gzip data: {error}") from error
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"unpacks to more than {MAX_BYTES >> 20} MiB")
    return data


def read_stdin() -> bytes:
    """All of standard input, unpacked when it is gzipped: it has no name to tell that.

    Raises:
        UnreadableError: It is closed, its compression is broken, or there is more of it than is read of a file.
    """
    if sys.stdin is None:
        raise UnreadableError("standard input is closed")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES >> 20} MiB")
    return unpack(data) if data.startswith(b"\x1f\x8b") else data


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Replace the content of a file, packed when its name ends in ``.gz``: all of it or nothing.

    What is no regular file (a pipe, a device) is written to as it is.

    Raises:
        OSError: The content cannot be written; the file is as it was.
    """
    name = os.fspath(path)
    if os.path.realpath(name).lower().endswith(".gz"):
        import gzip

        data = gzip.compress(data, mtime=0)
    if is_stream(name):
        with open(name, "ab") as stream:
            stream.write(data)
        return
    with replacement(name) as temporary, open(temporary, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


@contextlib.contextmanager
def replacement(path: str) -> Iterator[str]:
    """A temporary file in the same folder that takes the mode of a file in the end, and then its name.

    A symbolic link stays one: what it points to is replaced. Where something goes wrong, the file is as it was.
    """
    import tempfile

    target = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=f".{os.path.basename(target)}.")
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def is_stream(path: str) -> bool:
    """Whether a path is that of a pipe, a device or an open file (``/dev/stdout``): what must never be replaced."""
    return path.startswith(("/dev/", "/proc/")) or (os.path.exists(path) and not os.path.isfile(path))


def _mode(path: str) -> int:
    """The permissions of a file, or those that a new one is given."""
    if os.path.exists(path):
        return stat.S_IMODE(os.stat(path).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
