"""What a protocol has to offer, and what reading a stream with one gives."""

import enum
from typing import Any, NamedTuple, Protocol

from cassette_tools.model import Interaction
from cassette_tools.protocols.message import Message
from cassette_tools.wire.sse import Event

MAX_IRREGULARITIES = 1000
"""What is kept of one stream; a body made of nothing else has no use for more."""


class Kind(enum.Enum):
    """What can be wrong with a stream of a protocol that is known."""

    NOT_JSON = enum.auto()
    """An event's data is not JSON."""
    NO_TERMINATOR = enum.auto()
    """The stream ends without the protocol's last word, although a finish reason came."""
    CUT = enum.auto()
    """The stream ends without the protocol's last word, a finish reason or an error."""
    AFTER_TERMINATOR = enum.auto()
    """Something follows the protocol's last word."""
    UNFINISHED = enum.auto()
    """An answer without a finish reason, although the stream itself is complete."""
    TOOL_ARGUMENTS = enum.auto()
    """The arguments of a tool call are not a JSON object."""
    ERROR = enum.auto()
    """The provider reports an error in the stream."""


class Irregularity(NamedTuple):
    """Something that the grammar of the protocol does not have."""

    kind: Kind
    detail: str
    """Recorded text or a description, by kind; not yet fit to be shown."""
    event: int | None
    """The number of the event it is about; None when it is about the whole stream."""
    start: int | None = None
    """Characters from the start of the stream, where the place is known; else the event's place is meant."""
    end: int | None = None


class Accumulator(Protocol):
    """Puts one stream together, event by event."""

    irregularities: list[Irregularity]

    def add(self, event: Event, chunk: Any) -> None:
        """Take in the JSON value of an event's data."""
        ...

    def terminate(self, event: Event) -> None:
        """Take in an event that is the protocol's last word and not JSON."""
        ...

    def finish(self) -> Message:
        """End the stream, note what is missing, and return the message as far as it goes."""
        ...


class StreamProtocol(Protocol):
    """A protocol that answers with a stream of events whose data is JSON."""

    name: str
    terminator: str
    """The data of the event that ends a stream and is not JSON; empty when there is none."""

    def recognises(self, interaction: Interaction, first: Any) -> bool:
        """Whether an interaction speaks this protocol.

        Args:
            interaction: The interaction; its path and its request say most.
            first: The JSON value of the first event's data, or None when that is not JSON.
        """
        ...

    def accumulator(self, interaction: Interaction) -> Accumulator:
        """A fresh accumulator."""
        ...
