"""From the paths a user names to the files that are meant."""

import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools.errors import PathError
from cassette_tools.text import clip

if TYPE_CHECKING:
    from cassette_tools.source.gitignore import Patterns

_SUFFIXES = (".yaml", ".yml", ".json", ".har")
SUFFIXES = (*_SUFFIXES, *(f"{suffix}.gz" for suffix in _SUFFIXES))
"""What a folder is searched for."""
STDIN = "-"
_MAX_NAME = 500
"""Characters of a name that leads nowhere: it may be a whole text that was meant to be something else."""


class Target(NamedTuple):
    """A file to be read."""

    path: str
    """As the user named it, or below the folder that the user named; ``-`` for standard input."""
    named: bool
    """Whether the user named the file itself, and not a folder or a pattern that holds it."""


class Wanted:
    """Which files below a folder are wanted, by their real paths; what ``.gitignore`` ignores never is.

    Args:
        include: What a search takes up; None for the files that have one of the ``SUFFIXES``.
        exclude: What it leaves out.
    """

    def __init__(self, include: "Patterns | None" = None, exclude: "Patterns | None" = None) -> None:
        self._include = include
        self._exclude = exclude

    def includes(self, path: str) -> bool:
        """Whether a search takes the file up."""
        return path.lower().endswith(SUFFIXES) if self._include is None else self._include.match(path)

    def excludes(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a file or a folder is left out."""
        return self._exclude is not None and self._exclude.match(path, is_folder=is_folder)


EVERYTHING = Wanted()


def targets(
    names: list[str], wanted: Callable[[str], Wanted] | None = None, *, as_found: bool = False
) -> Iterator[Target | PathError]:
    """The files behind the names, each once, in the order of the names and sorted within a folder.

    A name that leads nowhere is returned as the error that it is, so that the other names are still used.

    Args:
        names: Files, folders (searched for ``SUFFIXES``, leaving out what ``.gitignore`` files ignore in them), glob
            patterns with ``**``, or ``-`` for standard input. A link to a folder is followed where it is named, and not
            where a search meets it.
        wanted: Says of a folder, given by its real path, which files in it are wanted; None for all cassettes.
        as_found: Leave out a named file that is excluded, as is done with one that is found.
    """
    wanted = wanted or (lambda _: EVERYTHING)
    seen: set[str] = set()
    for name in names:
        for found in _targets(name, wanted):
            searched = os.path.isdir(name)
            # One name holds no file twice, and resolving a path asks the file system about each of its parts.
            if isinstance(found, Target) and (len(names) > 1 or not searched):
                key = STDIN if found.path == STDIN else os.path.realpath(found.path)
                if key in seen or (
                    not searched and (as_found or not found.named) and wanted(os.path.dirname(key)).excludes(key)
                ):
                    continue
                seen.add(key)
            yield found


def _targets(name: str, wanted: Callable[[str], Wanted]) -> Iterator[Target | PathError]:
    if name == STDIN:
        yield Target(name, named=True)
    elif os.path.isdir(name):
        for file in _search(name, wanted):
            yield file if isinstance(file, PathError) else Target(file, named=False)
    elif os.path.lexists(name):
        yield Target(name, named=True)
    elif any(char in name for char in "*?["):
        matches = sorted(match for match in _glob(name) if not os.path.isdir(match))
        if not matches:
            yield PathError(f"no file matches {clip(name, _MAX_NAME)!r}", "quote the pattern, and try it with `ls`")
        for match in matches:
            yield Target(match, named=False)
    else:
        yield PathError(f"no such file or folder: {clip(name, _MAX_NAME)!r}", _closest(name))


def _closest(name: str) -> str:
    import difflib

    try:
        siblings = [entry.name for entry in os.scandir(os.path.dirname(name) or ".")]
    except OSError:
        return ""
    close = difflib.get_close_matches(os.path.basename(name), siblings, n=1)
    return f"did you mean {os.path.join(os.path.dirname(name), close[0])!r}?" if close else ""


def _glob(pattern: str) -> set[str]:
    """What a pattern matches, as ``glob.glob`` has it, except that ``**`` does not go through links to folders.

    They may lead back up, and ``glob.glob`` goes round with them until a path gets too long.
    """
    import glob

    separators = re.escape(os.sep + (os.altsep or ""))
    stars = re.search(rf"(?<![^{separators}])\*\*(?![^{separators}])", pattern)
    if stars is None:
        return set(glob.glob(pattern))
    head, tail = pattern[: stars.start()], pattern[stars.end() + 1 :] or "*"
    found: set[str] = set()
    for top in glob.glob(head) if head else [""]:
        for folder, folders, _ in os.walk(top or os.curdir):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = folder if top else os.path.relpath(folder)
            found |= _glob(os.path.join("" if inside == os.curdir else glob.escape(inside), tail))
    return found


def _search(folder: str, wanted: Callable[[str], Wanted]) -> Iterator[str | PathError]:
    from cassette_tools.source.gitignore import GitIgnore

    top = os.path.realpath(folder)
    ignore = GitIgnore(top)
    closed: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=closed.append):
        real = os.path.normpath(os.path.join(top, os.path.relpath(parent, folder)))
        if ".gitignore" in files:
            ignore.enter(real)
        choice = wanted(real)
        folders[:] = sorted(
            name
            for name in folders
            if name != ".git"
            and not ignore.ignores(real, name, is_folder=True)
            and not choice.excludes(os.path.join(real, name), is_folder=True)
        )
        for name in sorted(files):
            path = os.path.join(real, name)
            if choice.includes(path) and not ignore.ignores(real, name) and not choice.excludes(path):
                yield os.path.join(parent, name)
    for error in closed:
        yield PathError(f"the folder {error.filename!r} cannot be read: {(error.strerror or '').lower()}")
