"""Makes git show recordings by what they mean: what is written for it into ``.gitattributes`` and git's configuration.

Sources: gitattributes(5), "Generating diff text", and git(1), ``GIT_EXTERNAL_DIFF``.
"""

import os
import re
import shlex
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from cassette_tools import git
from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.source import discover, files

_HEAD = "# Recordings are compared by what they mean: cassette-tools git setup"
_DRIVER = "diff=cassette"
_SECTION = "diff.cassette"


class Setting(NamedTuple):
    """A setting of git's configuration."""

    key: str
    before: str
    """Empty where there is none."""
    after: str
    """Empty where it is taken out."""


class Plan(NamedTuple):
    """What is to be written; nothing has been yet."""

    attributes: str
    """The path of the file ``.gitattributes``."""
    before: str
    after: str
    settings: tuple[Setting, ...]
    """Those that change."""

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after or bool(self.settings)


def plan(patterns: tuple[str, ...]) -> Plan:
    """What makes git use this tool for recordings.

    Args:
        patterns: Which files, in gitattributes' syntax; empty for where there are recordings now.

    Raises:
        CassetteToolsError: There is no git, no repository, or no recording in it.
    """
    top = git.top()
    lines = list(patterns) or list(_patterns(top))
    if not lines:
        raise CassetteToolsError(
            "no cassette found in this repository", "name the files in the syntax of .gitattributes: 'testdata/*.yaml'"
        )
    attributes, before = _attributes(top)
    others = _without_ours(before)
    ours = "".join(f"{line} {_DRIVER}\n" for line in lines)
    between = "" if not others else "\n" if others.endswith("\n") else "\n\n"
    tool = _tool()
    wanted = {f"{_SECTION}.textconv": f"{tool} textconv", f"{_SECTION}.command": f"{tool} git-diff"}
    return Plan(attributes, before, f"{others}{between}{_HEAD}\n{ours}", tuple(_settings(wanted)))


def undo() -> Plan:
    """What takes out all that ``plan`` puts in.

    Raises:
        CassetteToolsError: There is no git, or no repository.
    """
    attributes, before = _attributes(git.top())
    nothing = {f"{_SECTION}.textconv": "", f"{_SECTION}.command": ""}
    return Plan(attributes, before, _without_ours(before), tuple(_settings(nothing)))


def write(made: Plan) -> None:
    """Do what a plan says.

    Raises:
        CassetteToolsError: Something cannot be written.
    """
    if made.before != made.after:
        try:
            if made.after:
                files.write(made.attributes, made.after.encode("utf-8", "surrogateescape"))
            else:
                os.unlink(made.attributes)
        except OSError as error:
            raise CassetteToolsError(
                f"{made.attributes}: not written: {(error.strerror or str(error)).lower()}"
            ) from error
    for setting in made.settings:
        if setting.after:
            git.run("config", "--local", setting.key, setting.after)
        else:
            git.run("config", "--local", "--unset", setting.key)


def _tool() -> str:
    """How git can call this tool."""
    if shutil.which("cassette-tools"):
        return "cassette-tools"
    return f"{shlex.quote(sys.executable)} -m cassette_tools"


def _settings(wanted: dict[str, str]) -> Iterator[Setting]:
    for key, value in wanted.items():
        before = git.setting(key)
        if before != value:
            yield Setting(key, before, value)


def _attributes(top: str) -> tuple[str, str]:
    path = os.path.join(top, ".gitattributes")
    try:
        return path, files.read(path).decode("utf-8", "surrogateescape") if os.path.exists(path) else ""
    except files.UnreadableError as error:
        raise CassetteToolsError(f"{path}: {error}") from error


def _without_ours(text: str) -> str:
    """A file without the block that begins with our comment, and without the empty line before it."""
    return re.sub(rf"(?m)\n?^{re.escape(_HEAD)}\n(?:.* {_DRIVER}\n)*", "", text)


# --- where the recordings are ----------------------------------------------------------------------------------------


def _patterns(top: str) -> Iterator[str]:
    """Patterns that match all recordings of a repository, and as few other files as possible."""
    recordings: dict[str, list[PurePosixPath]] = defaultdict(list)
    others: dict[str, set[PurePosixPath]] = defaultdict(set)
    for name in git.files(top):
        path = PurePosixPath(name)
        suffix = max((one for one in discover.SUFFIXES if name.endswith(one)), key=len, default="")
        if not suffix:
            continue
        if _is_recording(os.path.join(top, name)):
            recordings[suffix].append(path)
        else:
            others[suffix].update(path.parents)
    for suffix, paths in sorted(recordings.items()):
        yield from dict.fromkeys(_pattern(path, others[suffix], suffix) for path in paths)


def _pattern(path: PurePosixPath, others: Iterable[PurePosixPath], suffix: str) -> str:
    """The highest folder in which all files of that name are recordings; the file itself where there is none."""
    *folders, _ = path.parents
    free = [folder for folder in folders if folder not in others]
    return _quoted(f"/{_escaped(str(free[-1]))}/**/*{suffix}" if free else f"/{_escaped(str(path))}")


def _escaped(name: str) -> str:
    return re.sub(r"([\\*?\[])", r"\\\1", name)


def _quoted(pattern: str) -> str:
    """A pattern as gitattributes takes it: one with white space as a string of C."""
    if not re.search(r"[\s\"]", pattern):
        return pattern
    return '"' + re.sub(r"([\\\"])", r"\\\1", pattern).replace("\t", "\\t").replace("\n", "\\n") + '"'


def _is_recording(path: str) -> bool:
    try:
        data = files.read(path)
        return may_be_cassette(data) and bool(load_bytes(data, path).interactions)
    except (files.UnreadableError, LoadError):
        return False
