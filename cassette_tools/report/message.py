"""Reassembled messages as JSON, as text and as Markdown, fit to be shown."""

import re
from collections.abc import Iterator
from typing import Any

from cassette_tools.operations.reassemble import Reassembled
from cassette_tools.protocols import conversation
from cassette_tools.protocols.conversation import Block, Turn
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import object_of
from cassette_tools.text import clip, presentable, presentable_json, printable

PARTS = ("text", "reasoning", "tool-calls", "usage")
"""The parts of a message that can be asked for alone."""


def value(item: Reassembled, only: str = "") -> Any:
    """The JSON value of a message, or of one of its ``PARTS``.

    A message is what the provider answers with without streaming; a stream of no known protocol has its ``events``.
    Text is a string; tool calls are a list of ``id``, ``name`` and ``arguments``; usage is what is said in any place.
    """
    message = item.message
    if message is None:
        return None if only else {"events": list(item.events)}
    if not only:
        return message.native
    if only == "usage":
        return object_of(item.protocol, message)
    if only == "tool-calls":
        return [
            {"id": call.id, "name": call.name, "arguments": call.arguments.text if call.problem else call.parsed}
            for choice in message.choices
            for call in choice.tool_calls
        ]
    return _joined(message, only)


def _joined(message: Message, only: str) -> str:
    texts = [choice.reasoning.text if only == "reasoning" else choice.text.text for choice in message.choices]
    return "\n\n".join(text for text in texts if text)


def line(item: Reassembled, path: str, only: str = "") -> str:
    """One line of JSON about a message: where it is from, and the message."""
    request = item.interaction.request
    head = {
        "path": path,
        "interaction": item.interaction.index,
        "method": request.method,
        "url": request.url,
        "protocol": item.protocol or None,
        "streamed": item.streamed,
        "problems": list(item.problems),
    }
    return presentable_json({**head, only or "message": value(item, only)})


def heading(item: Reassembled, path: str) -> str:
    """Where a message is from and what it is, in a line."""
    request = item.interaction.request
    message = item.message
    parts = [
        f"{printable(path, 300)} interactions[{item.interaction.index}]",
        printable(f"{request.method} {request.url}".strip(), 200),
        item.protocol or "no known protocol",
    ]
    if message:
        parts += [printable(message.model, 80)] if message.model else []
        finishes = dict.fromkeys(choice.finish_reason for choice in message.choices if choice.finish_reason)
        parts += [printable(", ".join(finishes), 80)] if finishes else []
    return " · ".join(parts)


def text(item: Reassembled, path: str, only: str = "") -> str:
    """A message for people; with ``only`` nothing but that part."""
    if only:
        part = value(item, only)
        lines = presentable(part) if isinstance(part, str) else presentable_json(part, indent=2)
        return f"{lines.rstrip()}\n" if part else ""
    sections = [heading(item, path)]
    for turn in _answers(item.message):
        sections += [_section(block) for block in turn.blocks]
    if item.message:
        sections += [f"error\n{_indented(presentable_json(error, indent=2))}" for error in item.message.errors]
        used = object_of(item.protocol, item.message)
        sections += [f"usage\n{_indented(presentable_json(used))}"] if used else []
        sections += [f"answer\n{_indented(answer)}" for answer in _wordless(item.message)]
    sections += [f"event\n{_indented(presentable_json(event))}" for event in item.events]
    return "\n".join(f"{section}\n" for section in sections)


def _answers(message: Message | None) -> list[Turn]:
    """What each choice says, a single one in the order in which it says it."""
    turns = [conversation.of_choice(choice) for choice in message.choices] if message is not None else []
    if message is None or len(turns) != 1:
        return turns
    return [turns[0]._replace(blocks=conversation.in_order(turns[0].blocks, message.native))]


def _wordless(message: Message) -> Iterator[str]:
    """The answer as it is, where nobody says anything in it: a call over JSON-RPC, a count, a list of vectors."""
    if not (message.choices or message.errors or message.usage):
        yield clip(presentable_json(message.native, indent=2), _MOST)


def _section(block: Block) -> str:
    name = f" {printable(block.name, 100)}" if block.name else ""
    ident = f" ({printable(block.id, 100)})" if block.id else ""
    return f"{block.kind.replace('-', ' ')}{name}{ident}\n{_indented(presentable(block.text))}"


def _indented(lines: str) -> str:
    return re.sub(r"(?m)^(?=.)", "  ", lines.rstrip())


_MOST = 4000
"""Characters of a block other than text that Markdown shows: results of tools are long and read by nobody."""


def markdown(item: Reassembled, path: str) -> str:
    """The conversation: what the request said, then the answer."""
    sections = [f"## {_inline(heading(item, path))}"]
    for turn in conversation.of_request(item.interaction.request.body.json()):
        sections += _turn(turn)
    for turn in _answers(item.message):
        sections += _turn(turn)
    if item.message:
        sections += [f"**error**\n\n{_fenced(presentable_json(error, indent=2))}" for error in item.message.errors]
        sections += map(_fenced, _wordless(item.message))
    sections += [_fenced(presentable_json(event)) for event in item.events]
    return "\n".join(f"{section}\n" for section in sections)


def _turn(turn: Turn) -> list[str]:
    sections = [f"### {_inline(printable(turn.role, 60))}"]
    for block in turn.blocks:
        said = presentable(block.text).strip("\n")
        if block.kind == "text":
            sections.append(said)
        elif block.kind in ("reasoning", "refusal", "media"):
            quoted = re.sub(r"(?m)^", "> ", said)
            sections.append(f"> **{block.kind}**\n>\n{quoted}")
        else:
            name = f" `{printable(block.name, 100).replace('`', '')}`" if block.name else ""
            sections.append(f"**{block.kind.replace('-', ' ')}**{name}\n\n{_fenced(clip(said, _MOST))}")
    return sections


def _inline(words: str) -> str:
    """Recorded words in a line of Markdown, as they are: nothing of them is markup."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", words)


def _fenced(lines: str) -> str:
    """A block of code, with a fence that is longer than every one in it."""
    longest = max(map(len, re.findall("`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{lines}\n{fence}"
