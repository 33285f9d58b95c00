"""From the paths a user names to the files that are meant."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools.errors import PathError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SUFFIXES = (".yaml", ".yml", ".json", ".har")
SUFFIXES = (*_SUFFIXES, *(f"{suffix}.gz" for suffix in _SUFFIXES))
"""What a folder is searched for."""
STDIN = "-"


class Target(NamedTuple):
    """A file to be read."""

    path: str
    """As the user named it, or below the folder that the user named; ``-`` for standard input."""
    named: bool
    """Whether the user named the file itself, and not a folder or a pattern that holds it."""


def targets(names: list[str]) -> Iterator[Target | PathError]:
    """The files behind the names, each once, in the order of the names and sorted within a folder.

    A name that leads nowhere is returned as the error that it is, so that the other names are still used.

    Args:
        names: Files, folders (searched for ``SUFFIXES``, leaving out what ``.gitignore`` files ignore), glob patterns
            with ``**``, or ``-`` for standard input.
    """
    seen: set[str] = set()
    for name in names:
        for found in _targets(name):
            # One name holds no file twice, and resolving a path asks the file system about each of its parts.
            if isinstance(found, Target) and len(names) > 1:
                key = STDIN if found.path == STDIN else os.path.realpath(found.path)
                if key in seen:
                    continue
                seen.add(key)
            yield found


def _targets(name: str) -> Iterator[Target | PathError]:
    if name == STDIN:
        yield Target(name, named=True)
    elif os.path.isdir(name):
        for file in _search(name):
            yield file if isinstance(file, PathError) else Target(file, named=False)
    elif os.path.lexists(name):
        yield Target(name, named=True)
    elif any(char in name for char in "*?["):
        import glob

        matches = sorted(glob.glob(name, recursive=True))
        if not matches:
            yield PathError(f"no file matches {name!r}", "quote the pattern, and try it with `ls`")
        for match in matches:
            if not os.path.isdir(match):
                yield Target(match, named=False)
    else:
        yield PathError(f"no such file or folder: {name!r}", _closest(name))


def _closest(name: str) -> str:
    import difflib

    try:
        siblings = [entry.name for entry in os.scandir(os.path.dirname(name) or ".")]
    except OSError:
        return ""
    close = difflib.get_close_matches(os.path.basename(name), siblings, n=1)
    return f"did you mean {os.path.join(os.path.dirname(name), close[0])!r}?" if close else ""


def _search(folder: str) -> Iterator[str | PathError]:
    ignore = _GitIgnore(folder)
    closed: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=closed.append):
        ignore.enter(parent)
        folders[:] = sorted(
            name for name in folders if name != ".git" and not ignore.ignores(os.path.join(parent, name), folder=True)
        )
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                path = os.path.join(parent, name)
                if not ignore.ignores(path):
                    yield path
    for error in closed:
        yield PathError(f"the folder {error.filename!r} cannot be read: {(error.strerror or '').lower()}")


class _GitIgnore:
    """The ``.gitignore`` files that hold for a folder and what is below it (gitignore(5)).

    Those from the root of the work tree down are read; the user's own excludes file is not.
    """

    def __init__(self, folder: str) -> None:
        self._specs: dict[str, GitIgnoreSpec] = {}
        above = [os.path.realpath(folder)]
        while not os.path.exists(os.path.join(above[-1], ".git")):
            parent = os.path.dirname(above[-1])
            if parent == above[-1]:
                return  # not in a work tree: only what is below the folder holds
            above.append(parent)
        for parent in above[1:]:
            self.enter(parent)

    def enter(self, folder: str) -> None:
        """Read the folder's own ``.gitignore``."""
        file = os.path.join(folder, ".gitignore")
        if os.path.isfile(file):
            from pathspec import GitIgnoreSpec

            try:
                with open(file, encoding="utf-8", errors="replace") as stream:
                    lines = stream.read().splitlines()
                self._specs[os.path.realpath(folder)] = GitIgnoreSpec.from_lines(lines)
            except (OSError, ValueError):
                return  # git, too, goes on without a .gitignore that it cannot read

    def ignores(self, path: str, *, folder: bool = False) -> bool:
        """Whether a path below an entered folder is ignored: the deepest file that says something decides."""
        if not self._specs:
            return False
        real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        parent = os.path.dirname(real)
        while True:
            spec = self._specs.get(parent)
            if spec is not None:
                relative = os.path.relpath(real, parent).replace(os.sep, "/")
                verdict = spec.check_file(relative + "/" if folder else relative).include
                if verdict is not None:
                    return verdict
            if parent == os.path.dirname(parent):
                return False
            parent = os.path.dirname(parent)
