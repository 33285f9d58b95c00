"""What was said before an answer: the messages of a request, whichever API it is for.

APIs differ in names and agree in shape, so a request is read by its shape. Sources: the references of OpenAI's chat
completions and Responses, of Anthropic's messages, of Gemini's generateContent, of Bedrock's Converse, of Cohere's chat
and of Ollama's, which the modules of their protocols name.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.protocols.base import items, mapping, string
from cassette_tools.protocols.message import Choice, Media


class Block(NamedTuple):
    """A part of a turn."""

    kind: str
    """``text``, ``reasoning``, ``refusal``, ``tool-call``, ``tool-result``, ``media`` or ``other``."""
    text: str
    """What it says: a call's arguments, a result's content, a description of media, JSON of what is not known."""
    name: str = ""
    """The tool, where one is called or answers."""
    id: str = ""
    """The call that is meant, where it has an id."""
    media: Media | None = None
    """What ``text`` describes, where that is media."""


class Turn(NamedTuple):
    """What one side says at a time."""

    role: str
    """In the API's word: ``system``, ``user``, ``assistant``, ``model``, ``tool`` …"""
    blocks: tuple[Block, ...]


_SYSTEM = ("system", "instructions", "systemInstruction", "system_instruction", "preamble")
_HISTORY = ("messages", "contents", "chat_history")
_PROMPT = ("input", "prompt", "message", "inputText", "inputs")


def of_request(request: Any) -> tuple[Turn, ...]:
    """The turns that a request's JSON holds; nothing where it holds none, such as one for a list."""
    value = mapping(request)
    turns = [_turn("system", value[key]) for key in _SYSTEM if value.get(key)]
    for key in _HISTORY:
        turns += map(_message, items(value.get(key)))
    for key in _PROMPT:
        said = value.get(key)
        if isinstance(said, str):
            turns.append(_turn("user", said))
        elif isinstance(said, list):
            turns += map(_message, said)
    return tuple(turn for turn in turns if turn.blocks)


def of_choice(choice: Choice) -> Turn:
    """The turn that an answer is."""
    blocks = [
        Block(kind, fragments.text)
        for kind, fragments in (
            ("reasoning", choice.reasoning),
            ("text", choice.text),
            ("refusal", choice.refusal),
        )
        if fragments
    ]
    blocks += [Block("tool-call", call.arguments.text, call.name, call.id) for call in choice.tool_calls]
    blocks += [of_media(media) for media in choice.media]
    return Turn(choice.role or "assistant", tuple(blocks))


def of_media(media: Media) -> Block:
    """The block that media are."""
    return Block("media", describe(media), media=media)


def describe(media: Media) -> str:
    """A picture, a sound or a file in a few words."""
    if media.data.startswith(("http://", "https://", "gs://", "s3://")):
        return f"{media.type}, {media.data}" if media.type else media.data
    kind = media.type
    data = media.data
    if data.startswith("data:"):
        head, _, data = data[5:].partition(",")
        kind = head.partition(";")[0] or kind
    return f"{kind or 'media'}, {len(data):,} characters"


def _turn(role: str, content: Any) -> Turn:
    return Turn(role, tuple(_blocks(content)))


def _message(value: Any) -> Turn:
    """A message, or an item of OpenAI's Responses, which are messages, calls and results in one list."""
    if isinstance(value, str):
        return _turn("user", value)
    message = mapping(value)
    role = string(message.get("role")).lower()
    if not role:
        role = _ROLES.get(string(message.get("type")), "assistant" if "call_id" in message else "user")
        return Turn(role, tuple(_block(message)))
    blocks: list[Block] = []
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(message.get(key), str) and message[key]:
            blocks.append(Block("reasoning", message[key]))
            break
    content = [*_blocks(next((message[key] for key in ("content", "parts", "message") if message.get(key)), None))]
    answered = string(message.get("tool_call_id"))
    if role in ("tool", "function") and all(block.kind == "text" for block in content):
        name = string(message.get("name")) or string(message.get("tool_name"))
        content = [Block("tool-result", "\n".join(block.text for block in content), name, answered)]
    blocks += content
    for call in items(message.get("tool_calls")):
        blocks += _function(mapping(call))
    if isinstance(message.get("function_call"), dict):
        blocks += _function({"function": message["function_call"]})
    for image in items(message.get("images")):  # Ollama's
        blocks.append(of_media(Media("image", string(image))))
    return Turn(role, tuple(blocks))


_ROLES = {"function_call": "assistant", "reasoning": "assistant", "function_call_output": "tool"}


def _blocks(content: Any) -> Iterator[Block]:
    if isinstance(content, str):
        if content:
            yield Block("text", content)
    elif isinstance(content, dict):
        if isinstance(content.get("parts"), list):
            yield from _blocks(content["parts"])
        else:
            yield from _block(content)
    elif isinstance(content, list):
        for part in content:
            yield from _blocks(part)


def _block(part: dict[str, Any]) -> Iterator[Block]:
    """A part of a message's content."""
    kind = string(part.get("type"))
    text = part.get("text")
    thought = part.get("thinking") if kind == "thinking" else None
    summary = [mapping(item).get("text") for item in items(part.get("summary"))] if kind == "reasoning" else []
    reasoned = mapping(mapping(part.get("reasoningContent")).get("reasoningText")).get("text")
    if isinstance(text, str):
        if text:
            yield Block("reasoning" if part.get("thought") is True else "text", text)
    elif isinstance(thought, str) or isinstance(reasoned, str) or summary:
        yield Block("reasoning", "\n".join(map(string, (thought, reasoned, *summary))).strip("\n"))
    elif kind.endswith("tool_use") or kind in ("function_call", "custom_tool_call"):
        yield _call(part, string(part.get("call_id") or part.get("id")))
    elif "toolUse" in part or "functionCall" in part:
        call = mapping(part.get("toolUse") or part.get("functionCall"))
        yield _call(call, string(call.get("toolUseId") or call.get("id")))
    elif kind.endswith(("tool_result", "_output")):
        answered = string(part.get("tool_use_id") or part.get("call_id"))
        said = part["content"] if "content" in part else part.get("output")
        yield Block("tool-result", _said(said), "", answered)
    elif "toolResult" in part or "functionResponse" in part:
        result = mapping(part.get("toolResult") or part.get("functionResponse"))
        said = result.get("content") if "content" in result else result.get("response")
        answered = string(result.get("toolUseId") or result.get("id"))
        yield Block("tool-result", _said(said), string(result.get("name")), answered)
    elif kind == "message":
        yield from _blocks(part.get("content"))
    else:
        media = _media(part)
        yield of_media(media) if media else Block("other", _text(part))


def _call(call: dict[str, Any], ident: str) -> Block:
    said: Any = next((call[key] for key in ("input", "arguments", "args") if key in call), {})
    return Block("tool-call", _text(said), string(call.get("name")), ident)


def _function(call: dict[str, Any]) -> Iterator[Block]:
    function = mapping(call.get("function")) or call
    arguments = _text(function["arguments"] if "arguments" in function else function.get("parameters", ""))
    yield Block("tool-call", arguments, string(function.get("name")), string(call.get("id")))


def _said(content: Any) -> str:
    """The content of a tool's result: the texts of its blocks, or the JSON of whatever else it is."""
    if isinstance(content, list) and all(isinstance(mapping(part).get("text"), str) for part in content):
        return "\n".join(part["text"] for part in content)
    return _text(content)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _media(part: dict[str, Any]) -> Media | None:
    """What is in a part of a message that holds no words, by the key under which it is."""
    for key in (
        "image_url",
        "input_audio",
        "file",
        "inlineData",
        "inline_data",
        "fileData",
        "source",
        "image",
        "document",
    ):
        held = part.get(key)
        inner = mapping(held)
        if isinstance(inner.get("source"), dict):  # Converse: {"image": {"format": "png", "source": {"bytes": …}}}
            inner = {**inner, **inner["source"]}
        names = ("mimeType", "mime_type", "media_type", "format")
        kind = next((inner[name] for name in names if isinstance(inner.get(name), str)), key.partition("_")[0])
        fields = ("url", "data", "file_data", "fileUri", "file_uri", "bytes", "file_id")
        data = held if isinstance(held, str) else next((inner[name] for name in fields if inner.get(name)), None)
        if isinstance(data, str):
            return Media(kind, data)
    return None
