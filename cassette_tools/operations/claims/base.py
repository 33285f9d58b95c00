"""What the languages share: names of cassettes, literals, and what is known of all test files together.

A false alarm makes somebody delete a cassette that is needed, so names are compared loosely: letters and digits count,
case and everything between them does not. ``simple streaming`` and ``simple_streaming.yaml`` are the same.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

Name = tuple[str, ...]
"""The end of a path without its suffix, each part as `key` has it: ``("testchat", "simple_streaming")``."""

_SUFFIX = r"(?:\.(?:ya?ml|json|har))?(?:\.gz)?\Z"
_LONGEST = 300
"""What is longer is no name of a file."""
_RECORDING = r"\*[^/]*\.(?:ya?ml|json|har)\b"
_TEST_FOLDERS = ("spec", "test", "tests")


class SourceFile(NamedTuple):
    """A file of tests, or a helper of theirs."""

    path: str
    """As it is shown."""
    place: str
    """Absolute, with slashes: what paths are compared by."""
    text: str


class Unread(NamedTuple):
    """A file that could say something, and was not read."""

    path: str
    """As it is shown."""
    place: str
    """Absolute, with slashes."""
    reason: str
    """Why not."""


class Recording(NamedTuple):
    """A cassette that somebody should claim."""

    path: str
    """As it is shown."""
    place: str
    """Absolute, with slashes."""
    format_name: str
    """The recorder, such as ``go-vcr``: what convention its name may follow."""

    @property
    def parts(self) -> list[str]:
        """The parts of the place, the last without suffix."""
        *folders, file = self.place.split("/")
        return [*folders, re.sub(_SUFFIX, "", file)]


class Status(Enum):
    """What is known of a cassette."""

    CLAIMED = "claimed"
    ORPHAN = "orphan"
    UNKNOWN = "unknown"


class Verdict(NamedTuple):
    """What is known of a cassette, and why."""

    status: Status
    reason: str
    """With names out of files in it."""


class Names(NamedTuple):
    """What a file says about names of cassettes, whatever its language."""

    mentions: frozenset[Name]
    """Every literal that may be a name."""
    recorded: frozenset[Name]
    """Those that are given to a recorder."""
    computed: int
    """The line in which the name for a recorder is computed; 0 if none."""


def key(part: str) -> str:
    """What of a part of a path is compared."""
    return re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_")


def name_of(literal: str) -> Name:
    """A literal as the end of a path, without suffix and without what leads up; empty when it cannot be one."""
    if len(literal) > _LONGEST or "\n" in literal:
        return ()
    parts = re.split(r"[/\\]", re.sub(_SUFFIX, "", literal.strip()))
    return tuple(filter(None, map(key, parts)))


def lists_recordings(literal: str) -> bool:
    """Whether a literal is a pattern such as ``cassettes/*.yaml``: it claims whatever is there."""
    return len(literal) <= _LONGEST and re.search(_RECORDING, literal) is not None


def line_of(text: str, offset: int) -> int:
    """The line of an offset, from 1."""
    return text.count("\n", 0, offset) + 1


def literals(code: str, pattern: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and content of the string literals of a language.

    Args:
        code: The text of a file.
        pattern: Matches comments, and literals with their quotes as the group ``literal``. It must take every character
            at most once, closed or not: that keeps this linear.
    """
    for match in re.finditer(pattern, code):
        literal = match["literal"]
        if literal is not None:
            start, end = match.span("literal")
            yield start, end, literal.strip("\"'`")


def without_comments(code: str, pattern: str) -> str:
    """The text with spaces for comments: every offset and line stays what it is."""

    def blank(match: re.Match[str]) -> str:
        return match.group() if match["literal"] is not None else re.sub(r"[^\n]", " ", match.group())

    return re.sub(pattern, blank, code)


def ancestors(place: str) -> Iterator[str]:
    """The folders above a place, the nearest first."""
    while (folder := posixpath.dirname(place)) != place:
        yield folder
        place = folder


class Known:
    """What all test files together say about names.

    Args:
        files: The files, each with what it says.
        folders: The folders that were searched for tests, as places.
        unread: Files that were not read.
    """

    def __init__(
        self, files: Iterable[tuple[SourceFile, Names]], folders: Iterable[str], unread: Iterable[Unread]
    ) -> None:
        self._folders = set(folders)
        self._mentions: dict[Name, str] = {}
        self._recorded: set[Name] = set()
        self._doubts = {_reach(file.place): f"{file.path} was not read: {file.reason}" for file in unread}
        self._recorded_folders: set[str] = set()
        for file, names in files:
            for name in names.mentions:
                self._mentions.setdefault(name, file.path)
            self._recorded |= names.recorded
            if names.computed:
                reason = f"{file.path}:{names.computed} computes names of cassettes"
                self._doubts.setdefault(_reach(file.place), reason)

    def note(self, recordings: Iterable[Recording]) -> None:
        """Remember in which folders cassettes are named by literals in calls of a recorder."""
        for recording in recordings:
            if any(name in self._recorded for name in _ends(recording)):
                self._recorded_folders.add(posixpath.dirname(recording.place))

    def mentioned(self, recording: Recording, *, least: int = 1) -> str:
        """The file in which a literal is the name of a cassette, with at least so many parts of its path."""
        for name in _ends(recording):
            if len(name) >= least and name in self._mentions:
                return self._mentions[name]
        return ""

    def mentions(self, part: str) -> str:
        """The file in which a literal is just this."""
        return self._mentions.get((key(part),), "")

    def searched(self, folder: str) -> bool:
        """Whether all test files of a folder have been read."""
        return folder in self._folders or any(above in self._folders for above in ancestors(folder))

    def covered(self, recording: Recording) -> bool:
        """Whether all tests that could use a cassette have been read.

        That is so where it lies below a folder of tests, or below a folder that has them as its ``spec`` or ``tests``.
        """
        if self.searched(posixpath.dirname(recording.place)):
            return True
        return any(f"{above}/{name}" in self._folders for above in ancestors(recording.place) for name in _TEST_FOLDERS)

    def doubt(self, recording: Recording) -> str:
        """Why a cassette that seems to be an orphan may be none; empty when nothing speaks for it."""
        return next((self._doubts[folder] for folder in ancestors(recording.place) if folder in self._doubts), "")

    def orphan(self, recording: Recording, wanted: str) -> Verdict:
        """An orphan, or unknown if there is a doubt.

        Args:
            recording: The cassette.
            wanted: The test that would claim it.
        """
        doubt = self.doubt(recording)
        return (
            Verdict(Status.UNKNOWN, doubt)
            if doubt
            else Verdict(Status.ORPHAN, f"no test claims it (looked for {wanted})")
        )

    def by_literals(self, recording: Recording) -> Verdict:
        """The verdict on a cassette that no convention names, and no literal: there may be another convention."""
        if posixpath.dirname(recording.place) not in self._recorded_folders:
            return Verdict(Status.UNKNOWN, "its name follows no convention that is known")
        if not self.covered(recording):
            return Verdict(Status.UNKNOWN, "it is not below the folders of tests")
        return self.orphan(recording, f"the name {recording.parts[-1]}, as others in its folder are named")


def _reach(place: str) -> str:
    """The folder below which a file may name cassettes: its own; for a helper, the one above that."""
    folder, file = posixpath.split(place)
    return folder if is_test(file) or file == "conftest.py" else posixpath.dirname(folder)


def is_test(file: str) -> bool:
    """Whether a file holds tests, by its name."""
    return re.search(r"(?:\Atests?(?:_.*)?\.py|_tests?\.(?:py|go|rb)|_spec\.rb|\Atest_.*\.rb)\Z", file) is not None


def _ends(recording: Recording) -> Iterator[Name]:
    parts = [key(part) for part in recording.parts[-12:] if key(part)]
    for first in range(len(parts) - 1, -1, -1):
        yield tuple(parts[first:])
