"""What was said before an answer: the messages of a request, whichever API it is for.

APIs differ in names and agree in shape, so a request is read by its shape. Sources: the references of OpenAI's chat
completions and Responses, of Anthropic's messages, of Gemini's generateContent and Interactions, of Bedrock's Converse,
of Cohere's chat, of Mistral's Conversations and of Ollama's, which the modules of their protocols name.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from cassette_tools.protocols.base import items, mapping, string
from cassette_tools.protocols.message import Choice, Media


class Block(NamedTuple):
    """A part of a turn."""

    kind: str
    """``text``, ``reasoning``, ``refusal``, ``tool-call``, ``tool-result``, ``citation``, ``media`` or ``other``."""
    text: str
    """What it says: a call's arguments, a result's content, the title, the URL and the words of a source, a description
    of media, JSON of what is not known."""
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
        held = value.get(key)
        turns += map(_message, [held] if isinstance(held, dict) else items(held))  # Vertex AI takes one without a list
    for key in _PROMPT:
        said = value.get(key)
        if isinstance(said, str):
            turns.append(_turn("user", said))
        elif isinstance(said, list):
            turns += map(_message, said)
        elif isinstance(said, dict) and "type" in said:
            turns.append(_message(said))
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


def of_provider(native: dict[str, Any]) -> Iterator[Block]:
    """What the provider's own tools did for an answer: their results, and such calls as are none of the message's.

    Args:
        native: The answer in the provider's own terms.
    """
    for part in _parts(native):
        kind = string(part.get("type"))
        if kind.endswith(("_call", ".execution")):
            yield from _done(part)
        elif kind.endswith(("_result", "tool_search_output")) or any(key in part for key in _OF_PROVIDERS):
            yield from _block(part)
    for choice in items(native.get("choices")):  # Groq's
        for executed in items(mapping(mapping(choice).get("message")).get("executed_tools")):
            tool = mapping(executed)
            yield Block("tool-call", _text(tool.get("arguments", "")), string(tool.get("type")))
            yield from _result(tool.get("output") or "", string(tool.get("type")), "")


def in_order(blocks: tuple[Block, ...], native: dict[str, Any]) -> tuple[Block, ...]:
    """The blocks of an answer of one choice as it has them: what it says before a call and after it stays apart.

    Args:
        blocks: What is said, asked for and answered, each kind for itself.
        native: The answer in the provider's own terms. Where it does not have all of the blocks, they stay as they are.
    """
    waiting: dict[tuple[str, str], deque[Block]] = {}
    for block in blocks:
        if block.kind not in _SPOKEN:
            waiting.setdefault((block.kind, block.id), deque()).append(block)
    found: list[Block] = []
    told = (block for part in _parts(native) for block in _block(part))
    told = (block for block in told if block.kind not in _ASIDE or (block.kind, block.id) in waiting)
    for (kind, ident), run in groupby(told, lambda block: (block.kind, "" if block.kind in _SPOKEN else block.id)):
        if kind in _SPOKEN:
            found.append(Block(kind, "".join(block.text for block in run)))
        else:
            found += [waiting[kind, ident].popleft() for _ in run if waiting.get((kind, ident))]
    if _spoken(found, "reasoning") != _spoken(blocks, "reasoning"):  # some is in fields of a host's own
        thought = [block for block in blocks if block.kind == "reasoning"]
        found = thought + [block for block in found if block.kind != "reasoning"]
    is_whole = not any(waiting.values()) and all(_spoken(found, kind) == _spoken(blocks, kind) for kind in _SPOKEN)
    return tuple(found) if is_whole else blocks


_SPOKEN = ("text", "reasoning", "refusal")
_ASIDE = ("citation", "other")
"""Kinds of blocks that interrupt no text."""


def _spoken(blocks: Iterable[Block], kind: str) -> str:
    return "".join(block.text for block in blocks if block.kind == kind)


_OF_PROVIDERS = ("toolResult", "codeExecutionResult", "toolCall", "toolResponse")


def _parts(native: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of an answer: of Anthropic's, OpenAI's Responses, Bedrock's Converse, Gemini's."""
    lists = [native.get(key) for key in ("content", "output", "steps", "outputs")]
    lists.append(mapping(mapping(native.get("output")).get("message")).get("content"))
    lists += (mapping(mapping(candidate).get("content")).get("parts") for candidate in items(native.get("candidates")))
    for held in lists:
        # An interaction of Gemini's that was stored begins with what it was asked.
        yield from (part for part in map(mapping, items(held)) if part.get("type") != "user_input")


def _done(call: dict[str, Any]) -> Iterator[Block]:
    """The result that is in a call itself, as OpenAI's Responses have it."""
    done = next((call[key] for key in ("output", "outputs", "results", "error", "info") if call.get(key)), None)
    if done is not None:
        yield from _result(done, _name(call), _call_id(call))


def _call_id(part: dict[str, Any]) -> str:
    """The id of a call, in the call itself."""
    return string(part.get("call_id") or part.get("tool_call_id") or part.get("id"))


def _name(call: dict[str, Any]) -> str:
    """The name of a tool; the type of a call that is one of a tool of the provider's own."""
    return string(call.get("name")) or string(call.get("type")).removesuffix("_call")


def of_citation(citation: Any) -> Block:
    """A citation: title, URL and words of its source, as far as it has them."""
    value = mapping(citation)
    value = next((value[key] for key in _CITED if isinstance(value.get(key), dict)), value)
    said = _words(value, "cited_text", "text", "summary", "quote")
    said = said or "".join(_words(mapping(part), "text") for part in items(value.get("sourceContent")))
    named = [
        _words(value, "title", "document_title", "filename", "file_name"),
        _words(value, "url", "uri", "document_uri", "source"),
    ]
    for source in map(mapping, items(value.get("sources"))):  # Cohere's
        document = mapping(source.get("document"))
        named.append(_words(document, "title", "url", "id") or _words(source, "url", "id"))
    parts = [part for part in named if part]
    parts += [json.dumps(" ".join(said.split()), ensure_ascii=False)] if said else []
    return Block("citation", ", ".join(parts) or _text(citation))


_CITED = ("url_citation", "file_citation", "web", "retrievedContext")


def _words(value: dict[str, Any], *names: str) -> str:
    return next((value[name] for name in names if isinstance(value.get(name), str) and value[name]), "")


def of_media(media: Media) -> Block:
    """The block that media are."""
    return Block("media", describe(media), media=media)


FILE_ID = re.compile(r"file[-_][\w-]{1,100}")
"""What OpenAI's and Anthropic's files are called."""


def describe(media: Media) -> str:
    """A picture, a sound or a file in a few words."""
    if media.data.startswith(("http://", "https://", "gs://", "s3://")) or FILE_ID.fullmatch(media.data):
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
    """A message, or an item of OpenAI's Responses: messages, calls and results in one list; or a step of Gemini's."""
    if isinstance(value, str):
        return _turn("user", value)
    message = mapping(value)
    role = string(message.get("role")).lower()
    if not role and "parts" in message:
        role = "user"  # which Gemini takes one to be that says nothing of it
    if not role:
        return Turn(_role(message, _kind(message)), tuple(_block(message)))
    blocks: list[Block] = []
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(message.get(key), str) and message[key]:
            blocks.append(Block("reasoning", message[key]))
            break
    content = [*_blocks(next((message[key] for key in ("content", "parts", "message") if message.get(key)), None))]
    answered = string(message.get("tool_call_id"))
    if role in ("tool", "function") and all(block.kind in ("text", "media") for block in content):
        name = string(message.get("name")) or string(message.get("tool_name"))
        said = "\n".join(block.text for block in content if block.kind == "text")
        shown = [block for block in content if block.kind == "media"]
        content = [Block("tool-result", said, name, answered), *shown]
    blocks += content
    for call in items(message.get("tool_calls")):
        blocks += _function(mapping(call))
    if isinstance(message.get("function_call"), dict):
        blocks += _function({"function": message["function_call"]})
    for image in items(message.get("images")):  # Ollama's
        blocks.append(of_media(Media("image", string(image))))
    return Turn(role, tuple(blocks))


def _role(item: dict[str, Any], kind: str) -> str:
    """Who says an item of OpenAI's Responses, a step of Gemini's or an entry of Mistral's, which have no role."""
    if kind == "message_output":
        return "assistant"
    if kind in ("model_output", "thought") or (kind.endswith("_call") and isinstance(item.get("arguments"), dict)):
        return "model"
    if kind.endswith(("_output", "_result")):
        return "tool"
    is_answer = kind in ("reasoning", "compaction") or kind.endswith(("_call", "_execution")) or "call_id" in item
    return "assistant" if is_answer else "user"


def _blocks(content: Any) -> Iterator[Block]:
    if isinstance(content, str):
        if content:
            yield Block("text", content)
    elif isinstance(content, dict):
        if isinstance(content.get("parts"), list | dict):
            yield from _blocks(content["parts"])
        else:
            yield from _block(content)
    elif isinstance(content, list):
        for part in content:
            yield from _blocks(part)


def _kind(part: dict[str, Any]) -> str:
    """What a part is, in words that are joined as most APIs do it; Mistral's entries have dots: ``function.result``."""
    return string(part.get("type")).replace(".", "_")


def _block(part: dict[str, Any]) -> Iterator[Block]:
    """A part of a message's content."""
    kind = _kind(part)
    text = part.get("text")
    thought = part.get("thinking") if kind == "thinking" else None
    if isinstance(thought, list):  # Mistral's
        thought = "".join(string(mapping(item).get("text")) for item in thought)
    has_summary = kind in ("reasoning", "thought")
    summary = [mapping(item).get("text") for item in items(part.get("summary"))] if has_summary else []
    reasoned = mapping(mapping(part.get("reasoningContent")).get("reasoningText")).get("text")
    if isinstance(text, str):
        if text:
            yield Block("reasoning" if part.get("thought") is True else "text", text)
    elif isinstance(thought, str) or isinstance(reasoned, str) or summary:
        yield Block("reasoning", "\n".join(map(string, (thought, reasoned, *summary))).strip("\n"))
    elif kind.endswith("tool_use") or kind in ("function_call", "custom_tool_call"):
        yield _call(part, _call_id(part))
    elif kind.endswith(("_call", "_execution")):
        said = next((part[key] for key in _ASKED if part.get(key)), "")
        said = mapping(said).get("code", said) if kind == "code_execution_call" else said
        yield Block("tool-call", _text(said), _name(part), _call_id(part))
        yield from _done(part)
    elif "toolUse" in part or "functionCall" in part:
        call = mapping(part.get("toolUse") or part.get("functionCall"))
        yield _call(call, string(call.get("toolUseId") or call.get("id")))
    elif kind == "tool_reference":
        yield of_citation(part)
    elif kind in ("message", "message_input", "message_output", "user_input", "model_output"):
        yield from _blocks(part.get("content"))
    elif kind.endswith(("_result", "_output")):
        answered = string(part.get("tool_use_id") or part.get("call_id") or part.get("tool_call_id"))
        said = next((part[key] for key in _RESULTS if key in part), None)
        yield from _result(said, _name_of_result(part, kind), answered)
    elif "toolResult" in part or "functionResponse" in part:
        result = mapping(part.get("toolResult") or part.get("functionResponse"))
        said = result.get("content") if "content" in result else result.get("response")
        answered = string(result.get("toolUseId") or result.get("id"))
        yield from _result(said, string(result.get("name")), answered)
    elif "executableCode" in part or "codeExecutionResult" in part:
        code = mapping(part.get("executableCode")).get("code")
        done = mapping(part.get("codeExecutionResult"))
        if isinstance(code, str):
            yield Block("tool-call", code, "code_execution")
        else:
            yield Block("tool-result", _words(done, "output", "outcome"), "code_execution")
    elif "toolCall" in part or "toolResponse" in part:
        held = mapping(part.get("toolCall") or part.get("toolResponse"))
        said = next((held[key] for key in ("args", "response") if key in held), "")
        kind = "tool-call" if "toolCall" in part else "tool-result"
        yield Block(kind, _text(said), _words(held, "toolType", "tool_type"), string(held.get("id")))
    elif kind != "thought":  # whose words were not asked for
        media = _media(part)
        yield of_media(media) if media else Block("other", _text(part))


def _call(call: dict[str, Any], ident: str) -> Block:
    said: Any = next((call[key] for key in ("input", "arguments", "args") if key in call), {})
    return Block("tool-call", _text(said), string(call.get("name")), ident)


def _function(call: dict[str, Any]) -> Iterator[Block]:
    function = mapping(call.get("function")) or call
    arguments = _text(function["arguments"] if "arguments" in function else function.get("parameters", ""))
    yield Block("tool-call", arguments, string(function.get("name")), string(call.get("id")))


_ASKED = ("action", "arguments", "code", "queries")
"""Where a call of a tool of the provider's own has what it asks for."""
_RESULTS = ("content", "output", "tools", "result")
"""Where a result has what it says; that of a search for tools has tools."""


def _name_of_result(part: dict[str, Any], kind: str) -> str:
    """The tool of which something is the result: its name, or with Gemini's own the type says it."""
    if kind.endswith("tool_result") or kind == "function_result":
        return string(part.get("name"))
    return kind.removesuffix("_result") if "result" in part else ""


def _result(said: Any, name: str, ident: str) -> Iterator[Block]:
    """A tool's result, and the pictures in it, which are no words."""
    if mapping(said).get("type") in _PICTURES:
        said = [said]
    if isinstance(said, list):
        media = [_media(mapping(part)) if mapping(part).get("type") in _PICTURES else None for part in said]
        said = [part for part, one in zip(said, media, strict=True) if one is None] if any(media) else said
        yield Block("tool-result", _said(said) if said else "", name, ident)
        yield from (of_media(one) for one in media if one is not None)
    else:
        yield Block("tool-result", _said(said), name, ident)


_PICTURES = ("image", "input_image", "image_url", "computer_screenshot")


def _said(content: Any) -> str:
    """The content of a tool's result: the texts of its blocks, or the JSON of whatever else it is."""
    if isinstance(content, list) and all(isinstance(mapping(part).get("text"), str) for part in content):
        return "\n".join(part["text"] for part in content)
    return _text(content)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _media(part: dict[str, Any]) -> Media | None:
    """What is in a part of a message that holds no words, by the key under which it is.

    Gemini's Interactions, MCP, Mistral's tools and files of OpenAI's Responses have it in the part itself.
    """
    own = string(part.get("data")) or string(part.get("uri"))
    if own and part.get("type") in ("image", "audio", "video", "document"):
        return Media(_words(part, "mime_type", "mimeType", "type"), own)
    file = _words(part, "file_data", "file_url", "file_id")
    if file and part.get("type") in ("input_image", "input_file"):
        return Media(string(part["type"]).removeprefix("input_"), file)
    if part.get("type") == "tool_file" and string(part.get("file_id")):
        return Media(string(part.get("file_type")) or "file", part["file_id"])
    for key in (
        "image_url",
        "audio_url",
        "video_url",
        "document_url",
        "input_audio",
        "file",
        "inlineData",
        "inline_data",
        "fileData",
        "source",
        "image",
        "document",
        "video",
    ):
        held = part.get(key)
        inner = mapping(held)
        if isinstance(inner.get("source"), dict):  # Converse: {"image": {"format": "png", "source": {"bytes": …}}}
            inner = {**inner, **inner["source"], **mapping(inner["source"].get("s3Location"))}
        names = ("mimeType", "mime_type", "media_type", "format")
        called = (key == "source" and string(part.get("type"))) or key.removeprefix("input_").partition("_")[0]
        kind = next((inner[name] for name in names if isinstance(inner.get(name), str)), called)
        fields = ("url", "data", "file_data", "fileUri", "file_uri", "bytes", "file_id", "uri")
        data = held if isinstance(held, str) else next((inner[name] for name in fields if inner.get(name)), None)
        if isinstance(data, str):
            return Media(kind, data)
    return None
