"""A recording for programs that show it, as ``schemas/show-report-v1.schema.json`` describes it."""

from collections.abc import Callable, Iterable
from typing import Any

from cassette_tools.model import Message
from cassette_tools.operations import show
from cassette_tools.operations.media import described
from cassette_tools.operations.show import Shown
from cassette_tools.protocols.conversation import Turn
from cassette_tools.report.show import What, is_binary
from cassette_tools.text import masked_value

VERSION = 1


def cassette(
    path: str, format_: str, interactions: Iterable[Shown], what: What | None, mask: Callable[[str], str]
) -> dict[str, Any]:
    """The interactions of a cassette, in short, or with all that is asked for."""
    return {"path": path, "format": format_, "interactions": [interaction(one, what, mask) for one in interactions]}


def interaction(shown: Shown, what: What | None, mask: Callable[[str], str]) -> dict[str, Any]:
    """An interaction: in short, or with all that is asked for."""
    request, response = shown.interaction.request, shown.interaction.response
    value: dict[str, Any] = {
        "index": shown.interaction.index,
        "method": request.method,
        "url": mask(request.url),
        "status": response.code,
        "media_type": response.media_type or None,
        "protocol": shown.protocol or None,
        "streamed": shown.streamed,
        "model": mask(shown.model) or None,
        "duration": shown.interaction.duration,
        "tokens": None if shown.tokens is None else {"input": shown.tokens.input, "output": shown.tokens.output},
        "finish": [mask(reason) for reason in shown.finish],
        "problems": [mask(problem) for problem in shown.problems],
    }
    if what is None:
        return value
    talk = show.converse(shown)
    value["settings"] = masked_value(talk.settings, mask)
    value["messages"] = [_turn(turn, mask) for turn in talk.turns]
    value["tools"] = [
        {
            "name": mask(tool.name),
            "description": mask(tool.description),
            "parameters": masked_value(tool.parameters, mask),
        }
        for tool in talk.tools
    ]
    value["answers"] = [_turn(turn, mask) for turn in talk.answers]
    value["errors"] = [masked_value(error, mask) for error in talk.errors]
    if what.headers:
        value["headers"] = {"request": _headers(request, mask), "response": _headers(response, mask)}
    if what.raw:
        text = response.body.text
        for start, end in shown.spans:
            text = f"{text[:start]}{'*' * (end - start)}{text[end:]}"
        value["bodies"] = {"request": _body(request.body.text, mask), "response": _body(text, mask)}
    if what.events:
        value["events"] = _events(shown, mask)
    return value


def _turn(turn: Turn, mask: Callable[[str], str]) -> dict[str, Any]:
    blocks = []
    for block in turn.blocks:
        text = described(block.media) if block.media is not None else block.text
        value = {"kind": block.kind, "text": mask(text)}
        value |= {name: mask(said) for name, said in (("name", block.name), ("id", block.id)) if said}
        blocks.append(value)
    return {"role": mask(turn.role), "blocks": blocks}


def _headers(message: Message, mask: Callable[[str], str]) -> list[list[str]]:
    pairs = []
    for header in message.headers:
        head = f"{header.name}: "
        pairs.append([header.name, mask(f"{head}{header.value}")[len(head) :]])
    return pairs


def _body(text: str, mask: Callable[[str], str]) -> str | None:
    return None if is_binary(text) else mask(text)


def _events(shown: Shown, mask: Callable[[str], str]) -> list[dict[str, Any]] | None:
    events = show.stream(shown)
    if events is None:
        return None
    texts = [mask(text) for _, text in events.texts]
    return [
        {
            "number": row.number,
            "seconds": row.time,
            "type": mask(row.type),
            "bytes": row.size,
            "adds": [
                {"to": mask(events.texts[part.text][0]), "text": texts[part.text][part.start : part.end]}
                for part in row.parts
            ],
        }
        for row in events.rows
    ]
