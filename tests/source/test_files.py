"""Files are read whole or not at all, with the reason in a user's terms; nothing blocks or fills the memory."""

import errno
import gzip
import io
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.source import files
from cassette_tools.source.files import UnreadableError, read, read_stdin, write

_CONTENT = "a: é\r\nb: \0\n".encode()


def _reason(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(path)
    return str(caught.value)


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(_CONTENT)
    assert read(path) == _CONTENT
    assert read(str(path)) == _CONTENT
    path.write_bytes(b"")
    assert read(path) == b""


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(_CONTENT)
    (tmp_path / "link.yaml").symlink_to("x.yaml")
    assert read(tmp_path / "link.yaml") == _CONTENT


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(gzip.compress(_CONTENT), id="one member"),
        pytest.param(gzip.compress(_CONTENT[:4]) + gzip.compress(_CONTENT[4:]), id="two members"),
        pytest.param(gzip.compress(_CONTENT) + b"\0" * 600, id="padded"),
    ],
)
def test_a_packed_file_is_unpacked(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "x.yaml.gz").write_bytes(packed)
    assert read(tmp_path / "x.yaml.gz") == _CONTENT


def test_only_the_name_says_that_a_file_is_packed(tmp_path: Path) -> None:
    packed = gzip.compress(_CONTENT)
    (tmp_path / "x.yaml").write_bytes(packed)
    assert read(tmp_path / "x.yaml") == packed


_PACKED = gzip.compress(_CONTENT * 100)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(_CONTENT, "broken gzip data: Not a gzipped file (b'a:')", id="not packed"),
        pytest.param(_PACKED[:-12], "broken gzip data: Compressed file ended before", id="cut off"),
        pytest.param(_PACKED[:5], "broken gzip data: Compressed file ended before", id="header cut off"),
        pytest.param(_PACKED + b"trailing", "broken gzip data: Not a gzipped file (b'tr')", id="something behind it"),
        pytest.param(_PACKED[:-8] + b"\0" * 8, "broken gzip data: CRC check failed", id="wrong sum"),
        pytest.param(_PACKED[:10] + b"\xff" * 30, "broken gzip data: Error -3 while", id="garbage inside"),
    ],
)  # fmt: skip
def test_broken_compression_is_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.yaml.gz"
    path.write_bytes(data)
    assert _reason(path).startswith(reason)


@pytest.mark.parametrize("name", ["x.yaml", "x.yaml.gz"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir()
    assert _reason(path) == "not a regular file"
    path.rmdir()
    os.mkfifo(path)  # to open it would wait for a writer
    assert _reason(path) == "a pipe: read it as standard input (-)"


def test_a_device_is_not_opened() -> None:
    assert _reason(Path(os.devnull)) == "not a regular file"


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert _reason(tmp_path / "x.yaml") == "no such file or directory"
    (tmp_path / "dangling.yaml").symlink_to("nothing")
    assert _reason(tmp_path / "dangling.yaml") == "no such file or directory"
    (tmp_path / "round.yaml").symlink_to("round.yaml")
    assert _reason(tmp_path / "round.yaml") == os.strerror(errno.ELOOP).lower()
    (tmp_path / "file").touch()
    assert _reason(tmp_path / "file" / "x.yaml") == "not a directory"


@pytest.mark.parametrize("name", ["x.yaml", "x.yaml.gz"])
def test_a_file_without_permission_is_said_to_be_one(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read whatever its permissions are, so that they are simulated.
    def refuse(path: Any, *_: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    (tmp_path / name).write_bytes(gzip.compress(b""))
    monkeypatch.setattr(files, "open", refuse, raising=False)
    monkeypatch.setattr(gzip, "open", refuse)
    assert _reason(tmp_path / name) == "permission denied"


def test_an_error_without_words_of_its_own_is_still_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("Something Odd")

    (tmp_path / "x.yaml").touch()
    monkeypatch.setattr(files, "open", refuse, raising=False)
    assert _reason(tmp_path / "x.yaml") == "something odd"


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 2 << 20)
    path = tmp_path / "x.yaml"
    path.write_bytes(b"x" * (2 << 20))
    assert len(read(path)) == 2 << 20
    with path.open("ab") as stream:
        stream.write(b"x")
    assert _reason(path) == "larger than 2 MiB"


def test_a_packed_file_may_unpack_to_the_limit_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 2 << 20)
    path = tmp_path / "x.yaml.gz"
    path.write_bytes(gzip.compress(b"x" * (2 << 20)))
    assert len(read(path)) == 2 << 20
    path.write_bytes(gzip.compress(b"x" * ((2 << 20) + 1)))
    assert _reason(path) == "unpacks to more than 2 MiB"


def test_a_bomb_is_not_unpacked_further_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    asked: list[int] = []
    original = gzip.GzipFile.read

    def counted(self: gzip.GzipFile, size: int | None = -1) -> bytes:
        asked.append(-1 if size is None else size)
        return original(self, size)

    monkeypatch.setattr(gzip.GzipFile, "read", counted)
    path = tmp_path / "x.yaml.gz"
    path.write_bytes(gzip.compress(b"\0" * (32 << 20)))
    assert _reason(path) == "unpacks to more than 1 MiB"
    assert asked == [(1 << 20) + 1]


def _stdin(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="ascii")


def test_standard_input_is_read_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _stdin(_CONTENT))
    assert read_stdin() == _CONTENT


def test_standard_input_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _stdin(gzip.compress(_CONTENT)))
    assert read_stdin() == _CONTENT
    monkeypatch.setattr(sys, "stdin", _stdin(gzip.compress(_CONTENT)[:-9]))
    with pytest.raises(UnreadableError, match="broken gzip data"):
        read_stdin()


def test_standard_input_has_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(sys, "stdin", _stdin(b"x" * (1 << 20)))
    assert len(read_stdin()) == 1 << 20
    monkeypatch.setattr(sys, "stdin", _stdin(b"x" * ((1 << 20) + 1)))
    with pytest.raises(UnreadableError, match="larger than 1 MiB"):
        read_stdin()


def test_a_closed_standard_input_is_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UnreadableError, match="standard input is closed"):
        read_stdin()


@pytest.mark.parametrize("name", ["x.yaml", "x.yaml.gz"])
@pytest.mark.parametrize("there", [True, False], ids=["there", "new"])
def test_what_is_written_is_what_is_read(tmp_path: Path, name: str, there: bool) -> None:
    path = tmp_path / name
    if there:
        path.write_bytes(b"before")
    write(path, _CONTENT)
    assert read(path) == _CONTENT
    assert os.listdir(tmp_path) == [name]


def test_a_packed_file_is_the_same_whenever_it_is_written(tmp_path: Path) -> None:
    write(tmp_path / "x.yaml.gz", _CONTENT)
    first = (tmp_path / "x.yaml.gz").read_bytes()
    assert first[4:8] == b"\0\0\0\0"  # no time in it
    write(tmp_path / "x.yaml.gz", _CONTENT)
    assert (tmp_path / "x.yaml.gz").read_bytes() == first


def test_a_file_that_is_written_keeps_its_mode_and_its_links(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"before")
    path.chmod(0o640)
    (tmp_path / "link.yaml").symlink_to("x.yaml")
    write(tmp_path / "link.yaml", _CONTENT)
    assert (tmp_path / "link.yaml").is_symlink()
    assert read(path) == _CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"before")

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write(path, _CONTENT)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["x.yaml"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe, _CONTENT)
    assert os.read(reader, 1000) == _CONTENT
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_folder_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write(tmp_path, _CONTENT)


def test_a_new_file_has_the_permissions_that_a_new_file_has(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"")
    files.write(tmp_path / "new", b"x")
    assert (tmp_path / "new").stat().st_mode == other.stat().st_mode
