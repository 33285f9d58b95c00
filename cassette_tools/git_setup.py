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
_BEFORE = "-before"
"""The end of a setting's name that holds what somebody else had set in its place."""
_PATTERN = r'(?:"(?:\\.|[^"\\])*"|[^\s"]\S*)'


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
    patterns: tuple[str, ...] = ()
    """What is to be compared by what it means, in the syntax of the file."""

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
    return Plan(attributes, before, f"{others}{between}{_HEAD}\n{ours}", tuple(_settings(wanted)), tuple(lines))


def undo() -> Plan:
    """What takes out all that ``plan`` puts in, and brings back the settings that it took the place of.

    Raises:
        CassetteToolsError: There is no git, or no repository.
    """
    attributes, before = _attributes(git.top())
    return Plan(attributes, before, _without_ours(before), tuple(_settings_before()))


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
            git.run("config", "--local", "--replace-all", setting.key, setting.after)
        else:
            git.run("config", "--local", "--unset-all", setting.key)


class Overruled(NamedTuple):
    """A recording that git compares line by line, whatever the plan says."""

    name: str
    """Relative to the top of the repository."""
    by: str
    """The file of attributes that has the last word; empty where it is not known."""


def overruled(made: Plan) -> list[Overruled]:
    """The recordings that a plan is for and that other attributes keep from it, once it is written.

    Raises:
        CassetteToolsError: git refuses.
    """
    top = os.path.dirname(made.attributes)
    names = git.matching(top, [_unquoted(pattern) for pattern in made.patterns])
    values = git.attributes(top, "diff", names)
    found = [name for name in names if values.get(name) != "cassette" and _is_recording(os.path.join(top, name))]
    # From the file that overrules all others.
    folders = sorted({folder for name in found for folder in PurePosixPath(name).parents}, key=_depth, reverse=True)
    sources = [(git.path(top, "info/attributes"), PurePosixPath())]
    sources += [(os.path.join(top, str(folder), ".gitattributes"), folder) for folder in folders]
    decided = [
        (os.path.relpath(path, top), set(git.matching(top, _about_diff(path, folder)))) for path, folder in sources
    ]
    return [Overruled(name, next((path for path, names in decided if name in names), "")) for name in found]


def _depth(folder: PurePosixPath) -> int:
    return len(folder.parts)


def _about_diff(path: str, folder: PurePosixPath) -> list[str]:
    """The patterns for which a file of attributes says how they are compared, from the top of the repository."""
    try:
        text = files.read(path).decode("utf-8", "surrogateescape") if os.path.exists(path) else ""
    except files.UnreadableError:
        return []
    patterns = []
    for line in text.splitlines():
        found = re.match(rf"\s*({_PATTERN})\s.*?(?<=\s)(?:[-!]?diff(?:=\S*)?|binary)(?!\S)", line)
        if found:
            pattern = _unquoted(found[1])
            anchored = pattern.lstrip("/") if "/" in pattern else f"**/{pattern}"
            patterns.append(f"/{'' if folder == PurePosixPath() else f'{_escaped(str(folder))}/'}{anchored}")
    return patterns


def _tool() -> str:
    """How git can call this tool, also from where the virtual environment that it is in is not active."""
    found = shutil.which("cassette-tools")
    if found and not os.path.exists(os.path.join(os.path.dirname(os.path.abspath(found)), os.pardir, "pyvenv.cfg")):
        return "cassette-tools"
    beside = os.path.join(os.path.dirname(sys.executable), "cassette-tools")
    path = os.path.abspath(found) if found else beside if os.path.exists(beside) else ""
    return _word(path) if path else f"{_word(sys.executable)} -m cassette_tools"


def _word(path: str) -> str:
    """A path for the shell that git runs, which takes slashes on every system."""
    return shlex.quote(path.replace(os.sep, "/"))


def _settings(wanted: dict[str, str]) -> Iterator[Setting]:
    """What changes, and a place for what somebody else has set: ``undo`` finds it there."""
    for key, value in wanted.items():
        before = git.setting(key)
        if before != value:
            yield Setting(key, before, value)
            if before and not _is_ours(before):
                yield Setting(f"{key}{_BEFORE}", git.setting(f"{key}{_BEFORE}"), before)


def _settings_before() -> Iterator[Setting]:
    for key in (f"{_SECTION}.textconv", f"{_SECTION}.command"):
        now, before = git.setting(key), git.setting(f"{key}{_BEFORE}")
        if _is_ours(now):
            yield Setting(key, now, before)
        if before:
            yield Setting(f"{key}{_BEFORE}", before, "")


def _is_ours(command: str) -> bool:
    return re.search(r"cassette[-_]tools\S* (?:textconv|git-diff)$", command) is not None


def _attributes(top: str) -> tuple[str, str]:
    path = os.path.join(top, ".gitattributes")
    try:
        return path, files.read(path).decode("utf-8", "surrogateescape") if os.path.exists(path) else ""
    except files.UnreadableError as error:
        raise CassetteToolsError(f"{path}: {error}") from error


def _without_ours(text: str) -> str:
    """A file without the block that begins with our comment, and without the empty line before it.

    What somebody has added to a line of ours stays.
    """
    kept: list[str] = []
    within = False
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        bare = line.rstrip("\r\n")
        if bare == _HEAD:
            within = True
            if kept and not kept[-1].strip():
                kept.pop()
            continue
        others = re.sub(rf"[ \t]+{_DRIVER}(?=[ \t]|$)", "", bare)
        within = within and others != bare
        if not within:
            kept.append(line)
        elif re.match(rf"{_PATTERN}[ \t]+\S", others):
            kept.append(others + line[len(bare) :])
    return "".join(kept)


def _unquoted(pattern: str) -> str:
    """A pattern without the quotes of a string of C."""
    if not re.fullmatch(r'"(?:\\.|[^"\\])*"', pattern):
        return pattern
    return re.sub(r"\\(.)", lambda found: {"t": "\t", "n": "\n"}.get(found[1], found[1]), pattern[1:-1])


# --- where the recordings are ----------------------------------------------------------------------------------------


def _patterns(top: str) -> Iterator[str]:
    """Patterns that match all recordings of a repository and those to come, and as few other files as possible."""
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
    """The highest folder in which all files of that name are recordings; the file's own folder where there is none.

    What is no recording is compared as git does it. At the top there is much of that: a file there stands for itself.
    """
    *folders, _ = path.parents
    free = [folder for folder in folders if folder not in others]
    if free:
        return _quoted(f"/{_escaped(str(free[-1]))}/**/*{suffix}")
    return _quoted(f"/{_escaped(str(path.parent))}/*{suffix}" if folders else f"/{_escaped(str(path))}")


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
