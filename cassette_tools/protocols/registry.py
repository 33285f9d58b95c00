"""The protocols that are known, and the reading of a response with the one that fits."""

import re
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Accumulator, Irregularity, Kind, Protocol
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.recognition import recognise
from cassette_tools.wire import sse
from cassette_tools.wire.event import Defect, Event

_NDJSON = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/stream+json",
    }
)
TERMINATOR = "[DONE]"
"""Data that ends a stream and is not JSON, whatever the protocol."""
_QUOTED = f'"{TERMINATOR}"'
"""How Cohere has spelt it."""
_LINES = r"\ufeff?(?:(?:event|id|retry)?:[^\r\n]*[\r\n]+)*"
_FIELD = re.compile(_LINES + r"data:[ \t]*[\[{][^\r\n]*(?:\r\n?|\n|\Z)(?:[\r\n]|(?:data|event|id|retry)?:|\Z)")
"""How an event stream starts: comments, then its first field. A data URL starts with ``data:``, too."""
_FIELD_OF_TEXT = re.compile(_LINES + r"data:[ \t]*\{[ \t]*\"")
"""How one starts that is called a text of any kind, which may start with a word and a colon."""
_STREAMED_METHOD = re.compile(r"(?::|%3[Aa])stream")
_ANSWERS = re.compile(r'\s*\[\s*\{\s*"candidates"\s*:\s*\[')
"""How an array of Gemini's answers starts, whatever the path of a gateway is called."""
_UNTYPED = ("text/plain", "text/html", "application/octet-stream")
"""What servers call what they have no name for."""
_NO_STREAM = ("{", "[", "<")
"""How what is called an event stream starts when it is JSON or HTML: no line of one does."""


class Transcript:
    """What a response says.

    Attributes:
        framing: What frames its events: ``event-stream``, ``aws-event-stream``, ``ndjson``, ``json-array``; empty when
            it is no stream.
        protocol: The protocol it speaks, or None when none that is known.
        defects: What its framing does that the standard ignores or drops.
        dropped: How many defects of each kind there are beyond those that were kept.
        irregularities: What it does that its protocol does not have.
        event_count: The number of events.
        tail: The last event, when no blank line ends it.
        message: The whole answer; None when no protocol is known.
    """

    __slots__ = (
        "_interaction", "_spans", "defects", "dropped", "event_count", "framing", "irregularities", "message",
        "protocol", "tail",
    )  # fmt: skip

    def __init__(self, interaction: Interaction, framing: str) -> None:
        self.framing = framing
        self.protocol: Protocol | None = None
        self.defects: list[Defect] = []
        self.dropped: dict[str, int] = {}
        self.irregularities: list[Irregularity] = []
        self.event_count = 0
        self.tail: Event | None = None
        self.message: Message | None = None
        self._interaction = interaction
        self._spans = array("q")

    def event_span(self, number: int) -> tuple[int, int]:
        """Where the data of an event starts and ends in the body's text.

        Few are asked for: the first time the stream is decoded once more, instead of keeping the places of all events.
        """
        if not self._spans:
            for event in events(self._interaction, Transcript(self._interaction, self.framing)):
                self._spans.extend((event.pieces[0][0], event.pieces[-1][1]))
        return self._spans[2 * number], self._spans[2 * number + 1]


def framing(interaction: Interaction) -> str:
    """What frames the events of the response; empty when it is no stream.

    Its Content-Type says so and it succeeded, or it looks like one under a type that servers give what they have no
    name for. A failed one keeps the type with some providers, but its body is a JSON error.
    """
    response = interaction.response
    if not response.successful:
        return ""
    media_type = response.media_type
    if media_type == "text/event-stream":
        return "" if _starts(response.body.text) in _NO_STREAM else "event-stream"
    if media_type == "application/vnd.amazon.eventstream":
        return "aws-event-stream"
    if media_type in _NDJSON:
        return "ndjson"
    # A client that asked for a stream reads one, whatever the type says; JSON starts with neither word.
    if not media_type or media_type == "application/json":
        text = response.body.text
        if _FIELD.match(text):
            return "event-stream"
        if _are_lines(text):
            return "ndjson"
    elif media_type in _UNTYPED:
        text = response.body.text
        if _FIELD_OF_TEXT.match(text):
            return "event-stream"
    else:
        return ""
    is_streamed = _STREAMED_METHOD.search(interaction.request.url_path) and _starts(text) == "["
    return "json-array" if is_streamed or _ANSWERS.match(text) else ""


def _are_lines(text: str) -> bool:
    """Whether a text is one JSON object after the other, each in a line of its own."""
    end = text.find("\n")
    return end > 0 and text[0] == "{" and text[:end].endswith(("}", "}\r")) and text[end:].lstrip()[:1] == "{"


def _starts(text: str) -> str:
    """The first character that is no white space, if it is among the first ones at all."""
    match = re.search(r"\S", text[:4096])  # some hosts send blanks while they wait
    return match.group() if match else ""


See = Callable[[Event, Any], None]
"""Is shown each event of a stream and its value as JSON, None where it is none."""


def read(interaction: Interaction, see: See | None = None) -> Transcript | None:
    """Read the response of an interaction in one pass.

    Args:
        interaction: The interaction.
        see: Is shown the events, so that who needs them as well need not read them again.

    Returns:
        None when it is neither a stream nor a JSON answer of a protocol that is known, or is not recorded.
    """
    if interaction.response.body.missing:
        return None
    frame = framing(interaction)
    if frame:
        return _read_stream(interaction, frame, see)
    return _read_answer(interaction)


def _read_answer(interaction: Interaction) -> Transcript | None:
    if not interaction.response.body.raw:
        return None
    value = interaction.response.body.json()
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # what would have been a stream as an array, and failed
    if not isinstance(value, dict | list):
        return None
    protocol = recognise(interaction, value)
    if protocol is None:
        return None
    if isinstance(value, list):
        if not value or not protocol.members:
            return None
        value = {protocol.members: value}
    transcript = Transcript(interaction, "")
    transcript.protocol = protocol
    transcript.message = protocol.answer(value)
    for choice in transcript.message.choices:
        for call in choice.tool_calls:
            if call.problem and choice.finish != "length":
                detail = f"{call.name}\n{call.problem}"
                transcript.irregularities.append(Irregularity(Kind.TOOL_ARGUMENTS, detail, None))
    return transcript


def events(interaction: Interaction, transcript: Transcript) -> Iterator[Event]:
    """The events of a stream.

    Args:
        interaction: The interaction.
        transcript: Has the framing; takes the framing's defects and the tail, when all events have been taken.
    """
    body = interaction.response.body
    if transcript.framing == "aws-event-stream":
        from cassette_tools.wire import aws_eventstream

        frames = aws_eventstream.Decoder()
        yield from frames.events(body.data)
        transcript.defects = frames.defects
    elif transcript.framing == "ndjson":
        from cassette_tools.wire import ndjson

        yield from ndjson.events(body.text)
    elif transcript.framing == "json-array":
        from cassette_tools.wire import json_array

        members = json_array.Decoder()
        for event in members.events(body.text):
            transcript.tail = members.tail
            yield event
        transcript.defects = members.defects
    elif transcript.framing:
        decoder = sse.Decoder()
        yield from decoder.feed(body.text)
        decoder.close()
        transcript.defects = decoder.defects
        transcript.dropped = decoder.dropped
        if decoder.tail is not None:
            # The standard drops it, and the defect says so; clients do read it: what it says is not missing too.
            transcript.tail = decoder.tail
            yield decoder.tail


_MAX_ASKED = 16
"""Events that are asked what is spoken; the first ones may only open the stream, or keep it open."""


class _Opening:
    """The first events of a stream, until one of them tells what is spoken.

    Attributes:
        speaks_json: Whether the data of events is JSON.
    """

    def __init__(self, transcript: Transcript, interaction: Interaction) -> None:
        self.speaks_json = False
        self._transcript = transcript
        self._interaction = interaction
        self._unknown: list[tuple[Event, Any]] = []
        """What came before the event that tells."""
        self._broken: list[tuple[Event, strict_json.JsonError]] = []
        """What looks like JSON and is none, before it is known that JSON is spoken."""
        self._may_speak_json = True

    def hear(self, event: Event, chunk: Any, error: strict_json.JsonError | None) -> Accumulator | None:
        """Take one more event; returns what takes those that follow, and has taken those before, once it is known."""
        accumulator = _begin(self._transcript, self._interaction, chunk, event.type)
        if accumulator is not None:
            self._catch_up(accumulator)
        elif error is None:
            self._unknown.append((event, chunk))
        if not self.speaks_json:
            self._learn_json(event, chunk, error, known=accumulator is not None)
        return accumulator

    def _learn_json(self, event: Event, chunk: Any, error: strict_json.JsonError | None, *, known: bool) -> None:
        self.speaks_json = known or (self._may_speak_json and isinstance(chunk, dict))
        looks_like_json = error is not None and event.data.lstrip()[:1] in ("{", "[")
        self._may_speak_json = self._may_speak_json and looks_like_json
        if self.speaks_json:
            for lost in self._broken:
                _note_no_json(self._transcript, *lost)
        elif error is not None and looks_like_json:
            self._broken.append((event, error))

    def _catch_up(self, accumulator: Accumulator) -> None:
        for event, chunk in self._unknown:
            if event.data[:6] == TERMINATOR or event.data == _QUOTED:
                accumulator.terminate(event)
            else:
                accumulator.add(event, chunk)


def _read_stream(interaction: Interaction, frame: str, see: See | None) -> Transcript:
    """One pass over a stream. Events are not kept: a stream of a hundred megabytes has half a million of them."""
    transcript = Transcript(interaction, frame)
    opening = _Opening(transcript, interaction)
    accumulator: Accumulator | None = None
    count = 0
    for event in events(interaction, transcript):
        data = event.data
        is_last = data[:6] == TERMINATOR or data == _QUOTED  # clients look at the beginning
        chunk: Any = None
        error: strict_json.JsonError | None = None
        if not is_last:
            try:
                chunk = strict_json.loads(data)
            except strict_json.JsonError as problem:
                error = problem
        if see is not None:
            see(event, chunk)
        if accumulator is None and count < _MAX_ASKED:
            accumulator = opening.hear(event, chunk, error)
        count += 1
        if accumulator is not None:
            if error is not None and event.type == "error" and data[:1] not in _NO_STREAM:
                chunk, error = {"error": data or event.type}, None  # in words
            if is_last:
                accumulator.terminate(event)
            elif error is None:
                accumulator.add(event, chunk)
        # What was cut is no JSON; that the event was dropped is said by the framing.
        if error is None or not opening.speaks_json or event is transcript.tail:
            continue
        if _must_be_json(transcript, data):
            _note_no_json(transcript, event, error)
    transcript.event_count = count
    if not count:
        accumulator = _begin(transcript, interaction, None, "")
    if accumulator is not None:
        transcript.message = accumulator.finish()
        transcript.irregularities += accumulator.irregularities
    return transcript


def _begin(transcript: Transcript, interaction: Interaction, first: Any, kind: str) -> Accumulator | None:
    transcript.protocol = recognise(interaction, first, kind)
    return transcript.protocol.accumulator(interaction) if transcript.protocol else None


def _note_no_json(transcript: Transcript, event: Event, error: strict_json.JsonError) -> None:
    if len(transcript.irregularities) < MAX_IRREGULARITIES:
        start, end = event.span(error.offset, error.offset + 1)
        transcript.irregularities.append(Irregularity(Kind.NOT_JSON, error.message, event.number, start, end))


def _must_be_json(transcript: Transcript, data: str) -> bool:
    """Whether an event must be JSON. Where nobody knows what is spoken, other types of events may carry words."""
    return transcript.protocol is not None or transcript.framing != "event-stream" or data.lstrip()[:1] in ("{", "[")
