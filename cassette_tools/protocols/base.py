"""What a protocol has to offer, and what reading an answer with one gives."""

import enum
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

from cassette_tools.model import Interaction
from cassette_tools.protocols.message import Message
from cassette_tools.wire.event import Event

MAX_IRREGULARITIES = 1000
"""What is kept of one stream; a body made of nothing else has no use for more."""


class Kind(enum.Enum):
    """What can be wrong with an answer of a protocol that is known."""

    NOT_JSON = enum.auto()
    """An event's data is not JSON."""
    NO_TERMINATOR = enum.auto()
    """The stream ends without the protocol's last word, although the answer is finished."""
    CUT = enum.auto()
    """The stream ends without the protocol's last word, and the answer is not finished."""
    AFTER_TERMINATOR = enum.auto()
    """Something follows the protocol's last word."""
    UNFINISHED = enum.auto()
    """An answer without a finish reason, although the stream itself is complete."""
    BLOCK_ORDER = enum.auto()
    """The parts of an answer do not start, go on and end in order."""
    SEQUENCE_GAP = enum.auto()
    """Numbered events do not follow each other; the detail is the number due, a line feed, and the number found."""
    MIXED = enum.auto()
    """Events of different answers in one stream; the detail is the first id, a line feed, and the other one."""
    TOOL_ARGUMENTS = enum.auto()
    """The arguments of a tool call are not a JSON object; the detail is the tool's name, a line feed, and why."""
    ERROR = enum.auto()
    """The provider reports an error in the stream."""
    SNAPSHOT = enum.auto()
    """What the fragments add up to is not what the provider says they add up to; the detail says which and how."""


class Irregularity(NamedTuple):
    """Something that the grammar of the protocol does not have."""

    kind: Kind
    detail: str
    """Recorded text or a description, by kind; not yet fit to be shown."""
    event: int | None
    """The number of the event it is about; None when it is about the whole answer."""
    start: int | None = None
    """Characters from the start of the stream, where the place is known; else the event's place is meant."""
    end: int | None = None


class Accumulator(ABC):
    """Puts one stream together, event by event.

    Attributes:
        irregularities: What was noted so far, at most ``MAX_IRREGULARITIES``.
    """

    def __init__(self) -> None:
        self.irregularities: list[Irregularity] = []

    def note(self, kind: Kind, detail: str, event: int | None) -> None:
        """Note something that the grammar does not have."""
        if len(self.irregularities) < MAX_IRREGULARITIES:
            self.irregularities.append(Irregularity(kind, detail, event))

    @abstractmethod
    def add(self, event: Event, chunk: Any) -> None:
        """Take in the JSON value of an event's data; it may be of any type."""

    def terminate(self, event: Event) -> None:  # noqa: B027 - most protocols have no such word
        """Take in an event that is a protocol's last word and not JSON (``[DONE]``)."""

    @abstractmethod
    def finish(self) -> Message:
        """End the stream, note what is missing, and return the message as far as it goes."""


class Protocol(ABC):
    """An API of language models, as it is spoken in requests, streams and plain answers."""

    name: ClassVar[str]
    """In kebab-case."""
    terminator: ClassVar[str] = ""
    """What ends a stream, in words for a message: ``[DONE]``, ``message_stop``; empty when nothing of its own does."""
    members: ClassVar[str] = ""
    """What the members of an answer are called that is a list; empty where none is."""

    @abstractmethod
    def accumulator(self, interaction: Interaction) -> Accumulator:
        """A fresh accumulator for the interaction's stream."""

    @abstractmethod
    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer that is not streamed."""


def string(value: Any) -> str:
    """The value if it is text, else an empty string: recorded JSON may hold anything anywhere."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def error_text(error: Any) -> str:
    """What an error object says."""
    if isinstance(error, dict):
        return next((error[key] for key in ("message", "code", "type") if isinstance(error.get(key), str)), "")
    return string(error)
