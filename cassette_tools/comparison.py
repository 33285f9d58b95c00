"""Compares files and folders of recordings: from the paths that a user names, or from git, to what differs."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from cassette_tools import git
from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.lint.settings import Options, Settings, SettingsFinder
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.model import Cassette
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import CassetteDiff, Difference, Kind, Verdict
from cassette_tools.operations.diff.ids import Names
from cassette_tools.protocols.registry import read
from cassette_tools.secrets.hidden import Hidden
from cassette_tools.source import discover, files
from cassette_tools.text import mask


class How(NamedTuple):
    """How files are compared, besides what the configuration of each says."""

    only: frozenset[str] = frozenset()
    """The kinds of differences that count; all when empty."""
    ignore: frozenset[str] = frozenset()
    """Those that do not."""
    usual: bool = False
    """Also show what each re-recording has."""
    look_for_secrets: bool = True
    """Find what must not be shown; there is no need to where nothing is shown, or all is."""
    config: str = ""
    """The configuration for all files, instead of the nearest one of each."""
    isolated: bool = False
    """Read no configuration."""
    lists_all: bool = False
    """Interactions that do not differ are shown, too."""

    def counts(self, one: Difference) -> bool:
        """Whether a difference is one."""
        return self.wants(one.kind)

    def wants(self, kind: Kind) -> bool:
        """Whether differences of a kind are any."""
        return (not self.only or kind in self.only) and kind not in self.ignore

    def shows(self, one: Difference) -> bool:
        """Whether a difference is shown."""
        return self.usual or not one.is_usual or one.kind in self.only


DEFAULT = How()


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
    hidden: Hidden | None = None
    """What must not be shown; None when it was not looked for."""
    folder: str = ""
    """Where the path begins; empty for the current folder."""
    problem: str = ""
    """Why the second file cannot be read; recorded text may be in it."""
    counts: bool = True
    """Whether it counts that the file is on one side only."""

    @property
    def verdict(self) -> Verdict:
        """What the differences come to."""
        if self.diff is not None:
            return self.diff.verdict
        if self.change == "broken":
            return Verdict.BROKEN
        return Verdict.BEHAVIOUR if self.counts else Verdict.IDENTICAL

    def mask(self, text: str) -> str:
        """A recorded text as it may be shown, but for control characters."""
        return self.hidden.mask(text) if self.hidden is not None else mask(text)


class Source(NamedTuple):
    """Where one of two versions of a file comes from."""

    name: str
    """What it is called: how a name ends tells how it is written, and an error says it."""
    read: Callable[[], bytes | None]
    """Gives the content; None where there is none after all."""


Side = dict[str, Source]
"""The files of one side by the names that they have on both."""


def compare_paths(before: str, after: str, how: How = DEFAULT) -> Iterator[FileDiff | CassetteToolsError]:
    """Compare two files, or two folders file by file.

    Args:
        before: A file or a folder; ``-`` is standard input.
        after: The one that took its place.
        how: How to go about it.

    Raises:
        CassetteToolsError: One is a file and the other is a folder, or one is not there.
    """
    for name in (before, after):
        if name != discover.STDIN and not os.path.exists(name):
            raise CassetteToolsError(f"{name}: no such file or folder")
    if os.path.isdir(before) != os.path.isdir(after):
        raise CassetteToolsError(
            f"{before} and {after}: one is a folder, the other is not", "compare two files or two folders"
        )
    if not os.path.isdir(after):
        name = before if after == discover.STDIN else after
        sides = [
            {name: Source(name if path == discover.STDIN else path, partial(_file, path))} for path in (before, after)
        ]
        yield from _Comparison(how, os.path.dirname(name)).compare(sides[0], sides[1], named=True)
        return
    yield from _below(after, _Comparison(how, after).compare(_folder(before, how), _folder(after, how)))


def compare_revisions(
    before: str, after: str, paths: list[str], how: How = DEFAULT
) -> Iterator[FileDiff | CassetteToolsError]:
    """Compare two revisions of a git repository, or one with the files as they are.

    Args:
        before: A revision, in git's words.
        after: Another one; empty for the files in the working tree, of which those that are new count, too.
        paths: The files and folders that are compared; all below the current folder if none is named.
        how: How to go about it.

    Raises:
        CassetteToolsError: There is no git, no repository, or no such revision.
    """
    top = git.top()
    trees = [git.tree(before), *([git.tree(after)] if after else [])]
    named = ["--", *(paths or ["."])]
    names = set(git.names(git.run("diff", "--name-only", "--no-renames", "-z", *trees, *named)))
    if not after:
        names.update(git.names(git.run("ls-files", "-z", "--full-name", "--others", "--exclude-standard", *named)))
    found = _Comparison(how, top).compare(
        {name: Source(f"{before}:{name}", partial(_recorded, trees[0], before, name)) for name in names},
        {
            name: Source(f"{after}:{name}", partial(_recorded, trees[1], after, name))
            if after
            else Source(os.path.join(top, name), partial(_working, top, name))
            for name in names
        },
    )
    yield from _below(os.path.relpath(top), found)


def _below(folder: str, results: Iterator[FileDiff | CassetteToolsError]) -> Iterator[FileDiff | CassetteToolsError]:
    for result in results:
        yield result._replace(folder=folder) if isinstance(result, FileDiff) else result


def compare_versions(name: str, before: str, after: str, how: How = DEFAULT) -> FileDiff | None:
    """Compare two versions of one file.

    Args:
        name: What it is called; its configuration is the nearest one to that.
        before: The path of the first version; the null device for none.
        after: The same of the second one.
        how: How to go about it.

    Returns:
        None when neither is a cassette.

    Raises:
        LoadError: One cannot be read.
    """
    sides: list[Side] = [
        {} if path == os.devnull else {name: Source(name, partial(_file, path))} for path in (before, after)
    ]
    for result in _Comparison(how, "").compare(*sides):
        if isinstance(result, CassetteToolsError):
            raise result
        return result
    return None


def _recorded(tree: str, revision: str, name: str) -> bytes | None:
    """A file of a revision; None where it has none of that name."""
    try:
        data = git.run("show", f"{tree}:{name}")
    except CassetteToolsError:
        return None
    try:
        return files.unpack(data) if name.lower().endswith(".gz") else data
    except files.UnreadableError as error:
        raise LoadError(f"{revision}:{name}: {error}") from error


def _working(top: str, name: str) -> bytes | None:
    path = os.path.join(top, name)
    return _file(path) if os.path.exists(path) else None


def _file(name: str) -> bytes:
    try:
        return files.read_stdin() if name == discover.STDIN else files.read(name)
    except files.UnreadableError as error:
        raise LoadError(f"{name}: {error}") from error


def _folder(folder: str, how: How) -> Side:
    finder = _settings(how)
    found: Side = {}
    for target in discover.targets([folder], lambda path: finder.of(path).wanted):
        if isinstance(target, CassetteToolsError):
            raise target
        path = target.path
        found[os.path.relpath(path, folder)] = Source(path, partial(_file, path))
    return found


class _Comparison:
    """Compares files, each by the configuration that is nearest to it.

    Args:
        how: How to go about it.
        root: The folder that names are relative to, where they are.
    """

    def __init__(self, how: How, root: str) -> None:
        self._how = how
        self._root = root
        self._finder = _settings(how)

    def compare(self, before: Side, after: Side, *, named: bool = False) -> Iterator[FileDiff | CassetteToolsError]:
        """The differences of all files of two sides, by name; an error where a file cannot be read."""
        for name in sorted(before.keys() | after.keys()):
            try:
                result = self._one(name, before.get(name), after.get(name), named=named)
            except CassetteToolsError as error:
                yield error
            else:
                if result is not None:
                    yield result

    def _one(self, name: str, before: Source | None, after: Source | None, *, named: bool) -> FileDiff | None:
        one = _loaded(_content(before), before, named=named)
        try:
            later = _content(after)
            other = _loaded(later, after, named=named)
        except LoadError as error:
            if one is None:
                raise
            return FileDiff(name, None, "broken", len(one.interactions), problem=error.message)
        if one is None and other is None:
            return None
        if one is not None and other is None and later is not None:
            problem = "it is empty" if not later else "it is not a cassette any more"
            return FileDiff(name, None, "broken", len(one.interactions), problem=problem)
        counts = self._how.wants("interaction")
        if one is None or other is None:
            there = one or other
            count = len(there.interactions) if there is not None else 0
            if one is None:
                return FileDiff(name, None, "added", 0, count, counts=counts)
            return FileDiff(name, None, "removed", count, counts=counts)
        settings = self._finder.of(os.path.dirname(name) if named else os.path.join(self._root, os.path.dirname(name)))
        result = diff(one, other, names_of(settings)).only(self._how.counts)
        hidden = self._hidden(one, other, result, settings) if self._how.look_for_secrets else None
        return FileDiff(name, result, "", len(one.interactions), len(other.interactions), hidden)

    def _hidden(self, before: Cassette, after: Cassette, result: CassetteDiff, settings: Settings) -> Hidden | None:
        differences = (one for compared in result.interactions for one in compared.differences)
        if not self._how.lists_all and not any(map(self._how.shows, differences)):
            return None
        # Into all of them: what differs may repeat what only a header of another one gives away.
        hidden = Hidden(settings.secrets)
        for interaction in (*before.interactions, *after.interactions):
            hidden.look_into(interaction, read(interaction))
        return hidden


def _settings(how: How) -> SettingsFinder:
    return SettingsFinder(Options(config=how.config, isolated=how.isolated))


def names_of(settings: Settings) -> Names:
    """What is new in every recording, going by the configuration."""
    values = settings.config.values.get("diff", {})
    return Names.of(values.get("volatile", ()), values.get("volatile-headers", ()))


def _content(source: Source | None) -> bytes | None:
    return None if source is None else source.read()


def _loaded(data: bytes | None, source: Source | None, *, named: bool) -> Cassette | None:
    if source is None or data is None or not (named or may_be_cassette(data)):
        return None
    try:
        return load_bytes(data, source.name)
    except LoadError as error:
        if named or error.resembles:
            raise
        return None
