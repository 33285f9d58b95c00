"""What a person wants to know of a recording: who was asked what, what came back, and what must not be shown of it."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.model import Cassette, Interaction
from cassette_tools.operations.reassemble import put_together
from cassette_tools.protocols import conversation, requests, usage
from cassette_tools.protocols.base import items, mapping, string
from cassette_tools.protocols.conversation import Turn
from cassette_tools.protocols.message import Fragments, Media, Message
from cassette_tools.protocols.registry import Transcript, events, framing, read
from cassette_tools.protocols.usage import Usage
from cassette_tools.secrets.finder import Secret
from cassette_tools.secrets.hidden import Hidden
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import TextChange, View


class Shown(NamedTuple):
    """One interaction, in short."""

    interaction: Interaction
    protocol: str
    """The name of its protocol; empty when none is known."""
    streamed: bool
    model: str
    """That of the answer, or else the one that was asked for; empty where none is named."""
    tokens: Usage | None
    """None where the answer says nothing of them."""
    finish: tuple[str, ...]
    """The provider's words for why the answers end, each once."""
    problems: tuple[str, ...]
    """What is missing or wrong in the answer."""
    message: Message | None
    """The answer, where the interaction is shown in full and its protocol is known."""
    spans: tuple[tuple[int, int], ...]
    """Characters of the response's text that are parts of a secret which is split over fragments."""


def show(cassette: Cassette, wanted: Callable[[int], bool], hidden: Hidden | None, *, full: bool) -> tuple[Shown, ...]:
    """Read a cassette to be shown: the interactions that are asked for.

    Args:
        cassette: The cassette.
        wanted: Tells from the number of an interaction whether it is asked for.
        hidden: Takes note of what must not be shown, of all interactions: what gives a key away may stand in another
            one. None where all may be shown.
        full: Keep the answers, too.
    """
    shown = []
    for interaction in cassette.interactions:
        is_wanted = wanted(interaction.index)
        if hidden is None and not is_wanted:
            continue
        transcript = read(interaction)
        spans: tuple[tuple[int, int], ...] = ()
        if hidden is not None:
            texts = Texts()
            secrets = hidden.look_into(interaction, transcript, texts)
            if full and is_wanted:
                spans = tuple(_split(secrets, texts.body(interaction.response.body)))
        if is_wanted:
            shown.append(_shown(interaction, transcript, spans, full=full))
    return tuple(shown)


def _split(secrets: list[Secret], body: View | None) -> Iterator[tuple[int, int]]:
    """Where the parts of secrets that are split over fragments stand in a body."""
    for secret in secrets:
        if secret.events < 2 or body is None:
            continue
        stars = "*" * (secret.end - secret.start)
        changes = [(secret.view, TextChange(secret.start, secret.end, stars))]
        while changes:
            view, change = changes.pop()
            if view is body:
                yield change.start, change.end
            else:
                changes += view.lower([change])


def _shown(
    interaction: Interaction, transcript: Transcript | None, spans: tuple[tuple[int, int], ...], *, full: bool
) -> Shown:
    item = put_together(interaction, transcript) if transcript is not None else None
    message = item.message if item is not None else None
    finishes = [choice.finish_reason for choice in message.choices] if message is not None else []
    return Shown(
        interaction,
        item.protocol if item is not None else "",
        bool(framing(interaction)),
        (message.model if message is not None else "") or requests.model(interaction),
        usage.of(interaction, transcript).usage,
        tuple(dict.fromkeys(filter(None, finishes))),
        item.problems if item is not None else (),
        message if full else None,
        spans,
    )


# --- the conversation -----------------------------------------------------------------------------------------------


class Tool(NamedTuple):
    """A tool that a request offers."""

    name: str
    description: str
    parameters: Any
    """A JSON Schema as a rule; None where there is none."""


class Conversation(NamedTuple):
    """What was said."""

    turns: tuple[Turn, ...]
    """The messages of the request."""
    tools: tuple[Tool, ...]
    settings: dict[str, Any]
    """What else the request asks for in a number or a word, such as ``temperature``."""
    answers: tuple[Turn, ...]
    errors: tuple[Any, ...]
    understood: bool
    """Whether the answer is in ``answers`` or ``errors``; if not, there is only its body."""


_MOST_SETTINGS = 24
_SAID = frozenset(
    (
        *("model", "input", "inputs", "prompt", "message", "system", "instructions", "system_instruction", "preamble"),
        *("inputText", "agent"),
    )
)
"""Parameters that are shown elsewhere."""


def converse(shown: Shown) -> Conversation:
    """The conversation of an interaction."""
    request = mapping(shown.interaction.request.body.json())
    turns = conversation.of_request(request)
    settings = {
        name: value
        for name, value in request.items()
        if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 60)
        if name not in _SAID
    }
    for name in ("generationConfig", "inferenceConfig", "generation_config"):
        inner = mapping(request.get(name))
        settings.update({key: value for key, value in inner.items() if isinstance(value, bool | int | float | str)})
    answers: list[Turn] = []
    message = shown.message
    if message is not None:
        answers = [conversation.of_choice(choice) for choice in message.choices]
        done = tuple(conversation.of_provider(message.native))
        if len(answers) == 1:
            ordered = conversation.in_order((*answers[0].blocks, *done), message.native)
            answers, done = [answers[0]._replace(blocks=ordered)], ()
        blocks = (
            *done,
            *map(conversation.of_media, _made(message.native)),
            *(conversation.of_citation(one) for choice in message.choices for one in choice.citations),
        )
        if answers and blocks:
            answers[0] = answers[0]._replace(blocks=(*answers[0].blocks, *blocks))
        elif blocks:
            answers.append(Turn("assistant", blocks))
    answers = [turn for turn in answers if turn.blocks]
    errors = message.errors if message is not None else ()
    few = dict(list(settings.items())[:_MOST_SETTINGS])
    return Conversation(turns, tuple(_tools(request)), few, tuple(answers), errors, bool(answers or errors))


def _made(native: dict[str, Any]) -> Iterator[Media]:
    """The pictures that an API for pictures has made."""
    for item in items(native.get("data")):
        data = string(mapping(item).get("b64_json"))
        if data:
            kind = string(native.get("output_format"))
            yield Media(f"image/{kind}" if kind else "image", data)
        elif isinstance(mapping(item).get("url"), str):
            yield Media("image", item["url"])


def _tools(request: dict[str, Any]) -> Iterator[Tool]:
    listed = items(request.get("tools")) or items(mapping(request.get("toolConfig")).get("tools"))
    for held in [*listed, *items(request.get("functions"))]:
        tool = mapping(held)
        declared = tool.get("functionDeclarations") or tool.get("function_declarations")
        if isinstance(declared, list):
            yield from (_tool(mapping(one), "") for one in declared)
            continue
        inner = next((tool[key] for key in ("function", "toolSpec", "custom") if isinstance(tool.get(key), dict)), tool)
        # A tool of the provider's own is named by its type, or by its only key.
        yield _tool(inner, string(tool.get("type")) or ", ".join(tool))


def _tool(tool: dict[str, Any], kind: str) -> Tool:
    names = ("parameters", "input_schema", "inputSchema", "parameter_definitions", "parametersJsonSchema")
    parameters = next((tool[name] for name in names if tool.get(name)), None)
    if isinstance(parameters, dict) and isinstance(parameters.get("json"), dict):
        parameters = parameters["json"]
    return Tool(string(tool.get("name")) or kind, string(tool.get("description")), parameters)


def media(shown: Shown) -> Iterator[Media]:
    """The pictures, sounds and files of an interaction, in the order of the conversation, then a body that is one."""
    talk = converse(shown)
    for turn in (*talk.turns, *talk.answers):
        yield from (block.media for block in turn.blocks if block.media is not None)
    body = media_body(shown.interaction)
    if body is not None:
        yield body


def media_body(interaction: Interaction) -> Media | None:
    """The body of a response that is a picture, a sound or a film itself."""
    response = interaction.response
    if response.body.raw and response.media_type.startswith(("image/", "audio/", "video/", "application/pdf")):
        from base64 import b64encode

        return Media(response.media_type, b64encode(response.body.data).decode())
    return None


# --- the events -----------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """What an event adds to a text of the answer."""

    text: int
    """Which one of ``Events.texts``."""
    start: int
    end: int


class Row(NamedTuple):
    """An event."""

    number: int
    time: float | None
    """Seconds since the first event, where the events themselves tell when they were made."""
    type: str
    size: int
    """Of its data, in bytes."""
    parts: tuple[Part, ...]
    data: str


class Events(NamedTuple):
    """The events of a stream."""

    rows: tuple[Row, ...]
    texts: tuple[tuple[str, str], ...]
    """The texts of the answer: ``text``, ``reasoning``, ``refusal`` or a tool's name, and the whole of it."""


def stream(shown: Shown) -> Events | None:
    """The events of an interaction; None when its response is no stream."""
    interaction = shown.interaction
    frame = framing(interaction)
    if not frame:
        return None
    texts = list(_texts(shown.message)) if shown.message is not None else []
    parts: dict[int, list[Part]] = {}
    for index, (_, fragments) in enumerate(texts):
        position = 0
        for origin in fragments.origins(0, len(fragments.text)):
            end = position + origin.end - origin.start
            if origin.event is not None:
                parts.setdefault(origin.event, []).append(Part(index, position, end))
            position = end
    rows = []
    first: float | None = None
    for event in events(interaction, Transcript(interaction, frame)):
        value = _parsed(event.data)
        moment = _moment(value)
        first = moment if first is None else first
        since = moment - first if moment is not None and first is not None else None
        said = (string(mapping(value).get(key)) for key in ("type", "event_type", "object"))
        kind = event.type or next(filter(None, said), "")
        size = len(event.data.encode("utf-8", "surrogatepass"))
        rows.append(Row(event.number, since, kind, size, tuple(parts.get(event.number, ())), event.data))
    if not any(row.time for row in rows):
        rows = [row._replace(time=None) for row in rows]
    return Events(tuple(rows), tuple((label, fragments.text) for label, fragments in texts))


def _texts(message: Message) -> Iterator[tuple[str, Fragments]]:
    for choice in message.choices:
        yield "text", choice.text
        yield "reasoning", choice.reasoning
        yield "refusal", choice.refusal
        for call in choice.tool_calls:
            yield call.name or "tool call", call.arguments


def _parsed(data: str) -> Any:
    try:
        return strict_json.loads(data)
    except strict_json.JsonError:
        return None


def _moment(value: Any) -> float | None:
    """When an event was made, in seconds: ``created_at`` of Ollama and OpenAI's Responses, ``created``."""
    chunk = mapping(value)
    made = chunk.get("created_at", chunk.get("created"))
    if isinstance(made, int | float) and not isinstance(made, bool):
        return float(made) if 0 < made < 10**11 else None
    if not isinstance(made, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", made):
        return None
    # Go writes nanoseconds, Python reads microseconds.
    made = re.sub(r"(\.\d{6})\d+", r"\1", made)
    try:
        moment = datetime.fromisoformat(made)
        return moment.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
