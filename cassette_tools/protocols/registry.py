"""The protocols that are known, and the reading of a response with the one that fits."""

from array import array
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Accumulator, Irregularity, Kind, StreamProtocol
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.openai_chat import OpenAIChat
from cassette_tools.wire import sse

PROTOCOLS: tuple[StreamProtocol, ...] = (OpenAIChat(),)
_TERMINATORS = frozenset(protocol.terminator for protocol in PROTOCOLS if protocol.terminator)


class Transcript:
    """What the event stream of a response says.

    Attributes:
        protocol: The protocol it speaks, or None when none that is known.
        defects: What its framing does that the standard ignores or drops.
        irregularities: What it does that its protocol does not have.
        message: The whole answer; None when no protocol is known.
    """

    __slots__ = ("_ends", "_starts", "defects", "irregularities", "message", "protocol")

    def __init__(self) -> None:
        self.protocol: StreamProtocol | None = None
        self.defects: list[sse.Defect] = []
        self.irregularities: list[Irregularity] = []
        self.message: Message | None = None
        self._starts = array("q")
        self._ends = array("q")

    def add_span(self, event: sse.Event) -> None:
        """Remember where the data of the next event is; two integers each, a stream may have half a million."""
        self._starts.append(event.pieces[0][0])
        self._ends.append(event.pieces[-1][1])

    def event_span(self, number: int) -> tuple[int, int]:
        """Where the data of an event starts and ends in the body's text."""
        return self._starts[number], self._ends[number]


def is_event_stream(interaction: Interaction) -> bool:
    """Whether the response is an event stream.

    Its Content-Type says so and it succeeded, or it has none and starts with a field of an event stream. A failed one
    keeps the type with some providers, but its body is a JSON error.
    """
    response = interaction.response
    media_type = response.media_type
    if media_type == "text/event-stream":
        return response.successful and response.body.text[:1] not in ("{", "[")
    return not media_type and response.successful and response.body.text[:6] in ("data: ", "event:")


def read(interaction: Interaction) -> Transcript | None:
    """Read the response of an interaction in one pass; None when it is not an event stream."""
    if not is_event_stream(interaction):
        return None
    return _Reader(interaction).run()


class _Reader:
    """One pass over a stream. Events are not kept: a stream of a hundred megabytes has half a million of them."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._accumulator: Accumulator | None = None
        self._speaks_json = False
        self._begun = False
        self._transcript = Transcript()

    def run(self) -> Transcript:
        transcript = self._transcript
        decoder = sse.Decoder()
        for event in decoder.feed(self._interaction.response.body.text):
            self._take(event)
        decoder.close()
        transcript.defects = decoder.defects
        if decoder.tail is not None:
            # The standard drops it, and the defect says so; clients do read it, so what it says is not also missing.
            self._take(decoder.tail)
        if not self._begun:
            self._begin(None)
        if self._accumulator is not None:
            transcript.message = self._accumulator.finish()
            transcript.irregularities += self._accumulator.irregularities
        return transcript

    def _begin(self, first: Any) -> None:
        self._begun = True
        self._speaks_json = isinstance(first, dict)
        for protocol in PROTOCOLS:
            if protocol.recognises(self._interaction, first):
                self._transcript.protocol = protocol
                self._accumulator = protocol.accumulator(self._interaction)
                self._speaks_json = True
                return

    def _take(self, event: sse.Event) -> None:
        self._transcript.add_span(event)
        chunk = error = None
        if event.data not in _TERMINATORS:
            try:
                chunk = strict_json.loads(event.data)
            except strict_json.JsonError as problem:
                error = problem
        if not self._begun:
            self._begin(chunk)
        if error is not None:
            if self._speaks_json and len(self._transcript.irregularities) < MAX_IRREGULARITIES:
                start, end = event.span(error.offset, error.offset + 1)
                self._transcript.irregularities.append(
                    Irregularity(Kind.NOT_JSON, error.message, event.number, start, end)
                )
        elif self._accumulator is not None:
            if event.data in _TERMINATORS:
                self._accumulator.terminate(event)
            else:
                self._accumulator.add(event, chunk)
