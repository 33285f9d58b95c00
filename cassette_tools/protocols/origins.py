"""From the characters of a message to the places in the recording that they came from."""

from collections.abc import Iterator

from cassette_tools.model import Interaction, Route
from cassette_tools.protocols.message import Fragments, Origin
from cassette_tools.protocols.registry import Transcript, events
from cassette_tools.source import json_document
from cassette_tools.source.nodes import Node, Scalar, find
from cassette_tools.source.scalar import scalar_map
from cassette_tools.wire.event import Event


def routes(interaction: Interaction, transcript: Transcript, text: Fragments, start: int, end: int) -> Iterator[Route]:
    """Where the characters ``start`` to ``end`` (exclusive) of a text are recorded: one place for each fragment of it.

    A place is as exact as the recording allows. It is the characters themselves, escapes and all; where they came as a
    structure and not as text, that structure; where the event holds them coded, the event.

    Args:
        interaction: The interaction that the message is from.
        transcript: What reading it gave.
        text: A text of the message.
        start: Characters from the start of the text.
        end: The same.
    """
    body = interaction.response.body
    origins = list(text.origins(start, end))
    numbers = {origin.event for origin in origins}
    told: dict[int | None, Event] = {}
    if numbers - {None}:
        again = Transcript(interaction, transcript.framing)
        told = {event.number: event for event in events(interaction, again) if event.number in numbers}
    roots: dict[int | None, tuple[str, Node | None]] = {}
    for origin in origins:
        event = told.get(origin.event)
        if event is None and transcript.framing:
            yield body.route()  # made of several events, such as the queries of a search
            continue
        if origin.event not in roots:
            roots[origin.event] = _parsed(body.text if event is None else event.data)
        span = _span(*roots[origin.event], origin)
        yield body.route(*(span if event is None else event.span(*span)), event=origin.event)


def _parsed(data: str) -> tuple[str, Node | None]:
    document = json_document.parse(data.encode("utf-8", "surrogatepass"))
    return document.text, document.root


def _span(data: str, root: Node | None, origin: Origin) -> tuple[int, int]:
    """Where in an event's data an origin is; all of the data where no value of its JSON is meant."""
    node = None if root is None else find(root, origin.path)
    if node is None or node is root:
        return 0, len(data)
    if isinstance(node, Scalar) and node.style and len(node.value) >= origin.end:
        coded = "bytes" in origin.path[:-1] or origin.path[-1] == "bytes"
        return (node.start, node.end) if coded else scalar_map(data, node).span(origin.start, origin.end)
    return node.start, node.end
