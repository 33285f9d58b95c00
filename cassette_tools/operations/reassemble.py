"""Whole messages from recorded answers, streamed or not."""

from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.registry import TERMINATOR, Transcript, events, read

_MISSING = {
    Kind.NOT_JSON: "its data is not JSON ({detail})",
    Kind.NO_TERMINATOR: "the last word of the stream is missing",
    Kind.CUT: "the stream is cut here: neither its last word nor a finish reason came",
    Kind.AFTER_TERMINATOR: "it comes after the last word of the stream, and is left out",
    Kind.UNFINISHED: "the answer has no finish reason",
    Kind.BLOCK_ORDER: "{detail}",
    Kind.SEQUENCE_GAP: "events are missing or out of order: number {detail}",
    Kind.MIXED: "it belongs to another answer ({detail})",
    Kind.ERROR: "the provider reports an error: {detail}",
    Kind.SNAPSHOT: "the events and the whole answer differ: {detail}",
}
"""What keeps a message from being whole. Arguments of a tool that are no JSON do not: the model wrote them so."""
_BEHIND = "and {number:,} more: they come after the last word of the stream, and are left out"
_DEFECTS = {
    "unterminated": "no blank line ends it: clients that follow the standard drop it",
    "unclosed": "",
    "checksum": "",
    "frame": "",
}
"""What is wrong with a framing; the defect's own words where there are none here."""


class Reassembled(NamedTuple):
    """The answer of one interaction."""

    interaction: Interaction
    protocol: str
    """The name of its protocol; empty when none is known."""
    streamed: bool
    message: Message | None
    """None when no protocol is known."""
    events: tuple[dict[str, Any], ...]
    """The events of a stream of no known protocol as they are: ``type`` and ``id``, if any, and ``data``."""
    problems: tuple[str, ...]
    """What is missing or wrong, with recorded text in it; empty when the message is whole."""


def reassemble(interaction: Interaction) -> Reassembled | None:
    """Put the answer of an interaction together, as far as it goes.

    Returns:
        None when it is neither a stream nor an answer of a protocol that is known.
    """
    transcript = read(interaction)
    return None if transcript is None else put_together(interaction, transcript)


def put_together(interaction: Interaction, transcript: Transcript) -> Reassembled:
    """The same for an answer that has been read."""
    name = transcript.protocol.name if transcript.protocol else ""
    as_they_are: tuple[dict[str, Any], ...] = ()
    if transcript.protocol is None:
        as_they_are = tuple(map(_event, events(interaction, transcript)))
    streamed, problems = bool(transcript.framing), tuple(_problems(transcript))
    return Reassembled(interaction, name, streamed, transcript.message, as_they_are, problems)


def _problems(transcript: Transcript) -> list[str]:
    # Where no protocol is known, any event may be whatever it is.
    irregularities = transcript.irregularities if transcript.protocol else []
    may_be_silent = transcript.protocol is not None and transcript.protocol.terminator == TERMINATOR
    problems = [
        f"event {defect.event}: {_DEFECTS[defect.kind] or defect.text}"
        for defect in transcript.defects
        if defect.kind in _DEFECTS
    ]
    behind = [noted for noted in irregularities if noted.kind is Kind.AFTER_TERMINATOR]
    for noted in irregularities:
        if noted.kind is Kind.NO_TERMINATOR and may_be_silent:
            continue  # that word carries nothing, and hosts leave it out
        if noted.kind is Kind.AFTER_TERMINATOR and len(behind) > 1:
            if noted is behind[0]:
                problems.append(f"event {noted.event}, {_BEHIND.format(number=len(behind) - 1)}")
        elif noted.kind in _MISSING:
            problems.append(_words(noted))
    return problems


def _words(noted: Irregularity) -> str:
    detail = ", ".join(filter(None, noted.detail.split("\n")))
    words = _MISSING[noted.kind].replace("{detail}", detail).replace(" ()", "")
    return words if noted.event is None else f"event {noted.event}: {words}"


def _event(event: Any) -> dict[str, Any]:
    try:
        data = strict_json.loads(event.data)
    except strict_json.JsonError:
        data = event.data
    fields = {"type": event.type, "id": event.last_event_id}
    return {**{name: value for name, value in fields.items() if value}, "data": data}
