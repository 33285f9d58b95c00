"""What a check reports: a finding with its place, its severity and nothing secret in it."""

import enum
from typing import NamedTuple

from cassette_tools.model import Edit, Route


class Severity(enum.IntEnum):
    """How bad a finding is; a greater one is worse."""

    INFO = 1
    """Worth knowing."""
    WARNING = 2
    """Likely wrong."""
    ERROR = 3
    """Replay or review is wrong."""

    @property
    def label(self) -> str:
        """The name in lower case, as reports and options spell it."""
        return self.name.lower()


class Location(NamedTuple):
    """A range of characters in a file. Lines and columns count from 1; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class SourceLine(NamedTuple):
    """The line a finding starts on, ready to be shown: masked, escaped, and cut around the marked range."""

    text: str
    """At most a few hundred characters."""
    start: int
    """Where the marked range starts in ``text``, from 0."""
    end: int
    """Where it ends in ``text``, exclusive; always greater than ``start``."""


class Fix(NamedTuple):
    """How a finding can be fixed."""

    title: str
    """What it does, as an order: ``renumber the interactions``."""
    safe: bool
    """Whether replay and review mean the same as before; what is not safe is only done when asked for."""
    edits: tuple[Edit, ...]


class Problem(NamedTuple):
    """What a rule yields: a message and a route, not yet a line number."""

    message: str
    route: Route
    severity: Severity | None = None
    """None for the rule's own severity."""
    fix: Fix | None = None
    more: int = 0
    """How many others like it there are that nobody has kept: they are only counted."""


class Finding(NamedTuple):
    """One finding, complete and safe to show: recorded text in it is already masked and escaped."""

    path: str
    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    route: str
    """The place inside the recording, such as ``interactions[3].response.body event 17``."""
    source_line: SourceLine | None
    """None where the file has no text to show (an empty or unreadable one)."""
    fingerprint: str = ""
    """32 hexadecimal digits that stay the same when the file is recorded again; see ``lint.fingerprint``."""
    fix: Fix | None = None
