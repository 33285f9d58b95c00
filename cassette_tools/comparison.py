"""Compares files and folders of recordings: from the paths that a user names, or from git, to what differs."""

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.model import Cassette
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import CassetteDiff, Verdict
from cassette_tools.source import discover, files
from cassette_tools.text import printable


class FileDiff(NamedTuple):
    """What two files say differently."""

    path: str
    """What it is called: relative to both folders, or the name of the second file."""
    diff: CassetteDiff | None
    """None when the file is on one side only."""
    change: str = ""
    """``added`` or ``removed`` when the file is on one side only, ``broken`` when only the first can be read."""
    before: int = 0
    """Interactions of the first file."""
    after: int = 0

    @property
    def verdict(self) -> Verdict:
        """What the differences come to."""
        if self.diff is not None:
            return self.diff.verdict
        return Verdict.BROKEN if self.change == "broken" else Verdict.BEHAVIOUR


Read = Callable[[], bytes]
Side = dict[str, Read]
"""The files of one side by the names that they have on both."""


def compare_paths(before: str, after: str) -> Iterator[FileDiff | CassetteToolsError]:
    """Compare two files, or two folders file by file.

    Raises:
        CassetteToolsError: One is a file and the other is a folder, or one is not there.
    """
    for name in (before, after):
        if name != discover.STDIN and not os.path.exists(name):
            raise CassetteToolsError(f"{name}: no such file or folder")
    if os.path.isdir(before) != os.path.isdir(after):
        raise CassetteToolsError(
            f"{before} and {after}: one is a folder, the other is none", "compare two files or two folders"
        )
    if not os.path.isdir(after):
        name = before if after == discover.STDIN else after
        yield from _compare({name: lambda: _file(before)}, {name: lambda: _file(after)}, named=True)
        return
    yield from _compare(_folder(before), _folder(after))


def compare_revisions(before: str, after: str, paths: list[str]) -> Iterator[FileDiff | CassetteToolsError]:
    """Compare two revisions of a git repository, or one with the files as they are.

    Args:
        before: A revision, in git's words.
        after: Another one; empty for the files in the working tree.
        paths: The files and folders that are compared; all below the current folder if none is named.

    Raises:
        CassetteToolsError: There is no git, no repository, or no such revision.
    """
    top = _git("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n")
    sides = [before, after] if after else [before]
    listed = _git("diff", "--name-only", "--no-renames", "-z", *sides, "--", *(paths or ["."]))
    names = [name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name]
    yield from _compare(
        {name: partial(_recorded, before, name) for name in names},
        {name: partial(_recorded, after, name) if after else partial(_working, top, name) for name in names},
    )


def _git(*args: str) -> bytes:
    try:
        result = subprocess.run(["git", *args], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise CassetteToolsError("git is not installed") from error
    if result.returncode:
        reason = printable(result.stderr.decode("utf-8", "replace").strip().partition("\n")[0], 300)
        raise CassetteToolsError(f"git {args[0]}: {reason}")
    return result.stdout


def _recorded(revision: str, name: str) -> bytes:
    """A file of a revision; nothing where it has none of that name."""
    try:
        data = _git("show", f"{revision}:{name}")
    except CassetteToolsError:
        return b""
    try:
        return files.unpack(data) if name.endswith(".gz") else data
    except files.UnreadableError as error:
        raise LoadError(f"{revision}:{name}: {error}") from error


def _working(top: str, name: str) -> bytes:
    path = os.path.join(top, name)
    return _file(path) if os.path.exists(path) else b""


def _file(name: str) -> bytes:
    try:
        return files.read_stdin() if name == discover.STDIN else files.read(name)
    except files.UnreadableError as error:
        raise LoadError(f"{name}: {error}") from error


def _folder(folder: str) -> Side:
    finder = SettingsFinder(Options())
    found: Side = {}
    for target in discover.targets([folder], lambda path: finder.of(path).wanted):
        if isinstance(target, CassetteToolsError):
            raise target
        path = target.path
        found[os.path.relpath(path, folder)] = partial(_file, path)
    return found


def _compare(before: Side, after: Side, *, named: bool = False) -> Iterator[FileDiff | CassetteToolsError]:
    for name in sorted(before.keys() | after.keys()):
        try:
            result = _one(name, before.get(name), after.get(name), named=named)
        except CassetteToolsError as error:
            yield error
        else:
            if result is not None:
                yield result


def _one(name: str, before: Read | None, after: Read | None, *, named: bool) -> FileDiff | None:
    data = [read() if read is not None else b"" for read in (before, after)]
    if not named and not any(map(may_be_cassette, data)):
        return None
    one = _loaded(data[0], name, named=named)
    try:
        other = _loaded(data[1], name, named=named)
    except LoadError:
        if one is None:
            raise
        return FileDiff(name, None, "broken", len(one.interactions))
    if one is None and other is None:
        return None
    if one is None or other is None:
        there = one or other
        count = len(there.interactions) if there is not None else 0
        return FileDiff(name, None, "added", 0, count) if one is None else FileDiff(name, None, "removed", count)
    return FileDiff(name, diff(one, other), "", len(one.interactions), len(other.interactions))


def _loaded(data: bytes, name: str, *, named: bool) -> Cassette | None:
    try:
        return load_bytes(data, name) if data or named else None
    except LoadError as error:
        if named or error.resembles:
            raise
        return None
