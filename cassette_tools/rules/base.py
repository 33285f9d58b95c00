"""What a rule is, and what it is given."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from cassette_tools.finding import Problem, Severity
from cassette_tools.formats.base import Unreadable
from cassette_tools.model import Cassette, Interaction, Route
from cassette_tools.protocols.base import Irregularity
from cassette_tools.protocols.registry import Transcript
from cassette_tools.source.document import Document

if TYPE_CHECKING:
    from cassette_tools.secrets.finder import Secret


class CheckedFile(NamedTuple):
    """A file as far as it could be read."""

    document: Document | None
    """None when the file itself could not be read."""
    error: str
    """Why it could not be read; empty when it could."""
    outcome: Cassette | Unreadable | None
    """The recording, or why there is none; None when the file has a defect that leaves nothing to look at."""


class Rule:
    """One check.

    A subclass overrides one of the ``check_…`` methods. Its docstring is its page in the documentation, with the
    headings *What it does*, *Why it matters*, *Example*, *Use instead* and *Configuration*.
    """

    code: ClassVar[str]
    """``CT`` and three digits; the first digit is the family."""
    name: ClassVar[str]
    """In kebab-case, a noun for what is found."""
    severity: ClassVar[Severity]
    """Of its findings, where a finding does not say otherwise."""
    since: ClassVar[str]
    """The first release that has it."""
    defaults: ClassVar[Mapping[str, object]] = {}
    """Its settings, with their defaults; ``severity`` is one of every rule."""

    def __init__(self, settings: Mapping[str, object] | None = None) -> None:
        self.settings = {**self.defaults, **(settings or {})}

    def integer(self, name: str) -> int:
        """The value of a setting that is a whole number."""
        value = self.settings[name]
        return int(value) if isinstance(value, (int, float)) else 0

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """Check a file that is broken in some way, or that is no cassette."""
        return ()

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """Check a recording as a whole."""
        return ()

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Check one request and its response; the transcript is None where no protocol is known to read it."""
        return ()

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """Put into words what the reading of a response noted: called where it noted something."""
        return ()

    def check_secrets(self, secrets: "Iterable[Secret]") -> Iterable[Problem]:
        """Put into words the secrets of an interaction: called where there are some, with those of all rules."""
        return ()


def answer_route(interaction: Interaction, transcript: Transcript, irregularity: Irregularity) -> Route:
    """The place of an irregularity: its own, or its event's, or the whole body."""
    body = interaction.response.body
    if transcript.framing == "aws-event-stream":
        return body.route(event=irregularity.event)  # its places count bytes, a body's characters
    start, end = irregularity.start, irregularity.end
    if irregularity.event is not None and start is None:
        start, end = transcript.event_span(irregularity.event)
    return body.route(start, end, event=irregularity.event)
