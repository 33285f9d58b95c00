"""Chat completions: OpenAI's API and the dialects of it that gateways and other providers speak.

Source: OpenAI's API reference, "Chat Completions" and "Streaming events"
(https://platform.openai.com/docs/api-reference/chat-streaming). How fragments merge:

* ``id``, ``model``, ``created``: the first that is not empty (Azure's first chunk has empty ones);
* other fields of the chunk and of a choice, ``usage`` and ``finish_reason`` among them: the last that is neither null
  nor empty (OpenAI sends usage in a chunk without choices, other providers in the last chunk of the answer, some in
  every chunk); objects other than ``usage`` are joined field by field (Groq's ``x_groq``);
* in a delta: text is concatenated, except what names or classifies (``role``, ``type``, ``id``, ``name`` …), where
  the first that is not empty counts (gateways repeat the role in every delta);
* lists whose members have an ``index`` merge by it, and by their ``type`` where they have one (OpenRouter numbers the
  summary and the cipher text of the same reasoning alike); other lists append, but for Mistral's and Databricks' parts
  of content, of which one of the same type goes on; objects merge; numbers replace;
* tool calls are ordered by their ``index`` in the end. One that has the ``index`` of another, but an ``id`` and a name
  of its own, is another one (Gemini numbers all of them 0); a fragment with neither an ``index`` nor an ``id`` nor a
  name is the last one's; one that is in no list is the only member of one (TGI). Snowflake's are among the parts of
  its ``content_list``.

Unknown fields take part in this like known ones: nothing is dropped but what is padding (OpenAI's ``obfuscation``,
Mistral's ``p``) or comes twice (Together's ``text`` beside a delta).
"""

import json
from collections.abc import Iterator
from typing import Any

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event

REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_text")
"""Spellings of the model's reasoning: DeepSeek's, xAI's, Z.AI's and llama.cpp's; OpenRouter's and Groq's; Copilot's."""

_FIRST_COUNTS = frozenset({"role", "type", "id", "name", "format", "status", "channel"})
_FIRST_COUNTS_IN_CHUNK = frozenset({"id", "model", "created"})
_PADDING = frozenset({"obfuscation", "p"})
_GO_ON = frozenset({"text", "thinking", "reasoning", "summary_text"})
"""Types of parts that go on in the next one, if that has the same type."""
_STRUCTURES = ("arguments", "input")
"""What some hosts send as a structure that is the text of one: the arguments of a call."""
_NEVER_TERMINATED = frozenset({"api.exa.ai", "api.perplexity.ai", "api.writer.com"})
"""Hosts that never send ``[DONE]``, in none of their recordings."""
_NO_REASON = "/inference:complete"
"""How a path ends where neither ``[DONE]`` nor a finish reason comes: Snowflake Cortex's."""
_WHOLE = ("chat.completion", "chat.completion.done")
"""Objects of Perplexity's dialect, behind any gateway: whole completions in a stream, and the last chunk of one."""


class OpenAIChat(Protocol):
    """The protocol of ``POST …/chat/completions``."""

    name = "openai-chat"
    terminator = "[DONE]"

    def accumulator(self, interaction: Interaction) -> "ChatAccumulator":
        """A fresh accumulator."""
        request = interaction.request
        return ChatAccumulator(
            owes_terminator=request.host not in _NEVER_TERMINATED,
            gives_reason=not request.decoded_path.endswith(_NO_REASON),
        )

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``chat.completion``."""
        choices = []
        for position, item in enumerate(items(value.get("choices"))):
            merged = mapping(item)
            message: dict[str, Any] = {}
            merge(message, mapping(merged.get("message")), None, ("choices", position, "message"))
            index = index_of(merged)
            choices.append(_choice({**merged, "index": position if index is None else index, "message": message}))
        error = error_of(value)
        return _message(value, choices, [error] if error else [])


class ChatAccumulator(Accumulator):
    """Puts one stream of chat completion chunks together.

    Attributes:
        messages_are_deltas: Whether a choice without a ``delta`` has one in its ``message``, as on Bedrock.
    """

    messages_are_deltas = False

    def __init__(self, *, owes_terminator: bool = True, gives_reason: bool = True) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._around: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._whole: dict[int, tuple[dict[str, Any], int, Path]] = {}
        self._errors: list[Any] = []
        self._terminated = False
        self._owes_terminator = owes_terminator
        self._gives_reason = gives_reason
        self._last: int | None = None

    def terminate(self, event: Event) -> None:
        """``data: [DONE]``."""
        if self._terminated:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
        self._terminated = True

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk. What is no object has nothing to merge."""
        self._last = event.number
        if self._terminated:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        is_object = chunk.__class__ is dict
        error = (is_object and chunk.get("error")) or (chunk if event.type == "error" else None)
        if error:
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        if not is_object:
            return
        # What is around the choices says the same in nearly every chunk; comparing is cheaper than merging.
        around = chunk.copy()
        choices = around.pop("choices", None)
        for key in _PADDING:
            if key in around:
                del around[key]
        if around != self._around:
            self._around = around
            if not error and error_of(around):
                self._errors.append(around)
                self.note(Kind.ERROR, error_text(around), event.number)
            self._merge_around(around)
        if choices.__class__ is list:
            for position, choice in enumerate(choices):
                if choice.__class__ is dict:
                    self._add_choice(choice, position, event.number)

    def _merge_around(self, around: dict[str, Any]) -> None:
        if around.get("object") in _WHOLE:
            self._owes_terminator = False
        native = self._native
        for key, value in around.items():
            if value is None:
                continue
            if key in _FIRST_COUNTS_IN_CHUNK:
                native[key] = native.get(key) or value
            else:
                set_field(native, key, value)

    def _add_choice(self, choice: dict[str, Any], position: int, event: int) -> None:
        index = choice.get("index")
        if index.__class__ is not int:
            index = position
        merged = self._choices.get(index)
        if merged is None:
            merged = self._choices[index] = {"index": index, "message": {}, "finish_reason": None}
        message = merged["message"]
        for key, value in choice.items():
            if value is None or key == "index":
                continue
            if key == "delta" or (key == "message" and self.messages_are_deltas and "delta" not in choice):
                for name, part in value.items() if value.__class__ is dict else ():
                    old = message.get(name)
                    # Nearly always: a fragment, nothing, or the role once more.
                    if old.__class__ is Fragments and part.__class__ is str:
                        old.add(part, event, ("choices", position, key, name))
                    elif part is None:
                        message.setdefault(name, None)
                    elif not (old.__class__ is str and old and name in _FIRST_COUNTS):
                        merge(message, {name: part}, event, ("choices", position, key))
            elif key == "text" and "delta" in choice:
                continue
            elif key == "logprobs" and isinstance(value, dict):
                if not isinstance(merged.get("logprobs"), dict):
                    merged["logprobs"] = {}
                merge_logprobs(merged["logprobs"], value)
            elif key == "message":
                self._whole[index] = (mapping(value), event, ("choices", position, "message"))
            else:
                set_field(merged, key, value)

    def finish(self) -> Message:
        """The completion as the provider sends it without streaming; ``object`` is that answer's."""
        merged = [self._choices[index] for index in sorted(self._choices)]
        for choice in merged:
            whole = self._whole.get(choice["index"])
            if whole and not choice["message"]:
                # Perplexity repeats in `message` what came so far in deltas; others send nothing else.
                merge(choice["message"], *whole)
            _order(choice["message"].get("tool_calls"))
        choices = [_choice(choice) for choice in merged]
        self._check(choices)
        native: dict[str, Any] = {**self._native, "object": "chat.completion", "choices": joined(merged)}
        for choice in native["choices"]:
            if choice["finish_reason"] is None and choice.get("stop_reason"):
                del choice["finish_reason"]  # as models on Bedrock have it
            for call in items(choice["message"].get("tool_calls")):
                if isinstance(call, dict):
                    call.pop("index", None)
        return _message(native, choices, self._errors)

    def _check(self, choices: list[Choice]) -> None:
        if not self._gives_reason and self._native.get("usage"):
            return  # it comes with the last chunk, or with every one
        finished = any(choice.finish_reason for choice in choices)
        if self._terminated and not choices and not self._errors:
            self.note(Kind.UNFINISHED, "0", self._last)
        if not self._terminated and not self._errors:
            if not finished:
                self.note(Kind.CUT, "", self._last)
                return
            if self._owes_terminator:
                self.note(Kind.NO_TERMINATOR, "", self._last)
        for choice in choices:
            if not choice.finish_reason and not self._errors:
                self.note(Kind.UNFINISHED, str(choice.number), self._last)
            if choice.finish == "length":
                continue  # the answer was cut at the token limit, its arguments with it
            for call in choice.tool_calls:
                if call.problem:
                    self.note(Kind.TOOL_ARGUMENTS, f"{call.name}\n{call.problem}", call.arguments.events[0])


class _Members(list[Any]):
    """A list that is put together, and where in it the members are that have an ``index``."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[tuple[int, str], int] = {}

    def place(self, index: int, kind: str) -> int | None:
        """Where the member is that something of this index and type goes on with; None: it is the first of its own."""
        found = self._places.get((index, kind))
        if found is None and kind:
            # One without a type may have come first; it has this one from now on.
            found = self._places.get((index, ""))
            if found is not None and string(mapping(self[found]).get("type")):
                found = None
        self._places[index, kind] = self._places[index, ""] = len(self) if found is None else found
        return found

    def start(self, index: int, kind: str) -> None:
        """The next member is the first of its own, although there is one of this index and type."""
        self._places[index, kind] = self._places[index, ""] = len(self)


class _Arguments(dict[str, Any]):
    """Arguments that some hosts send as a structure, and where that came first."""

    def __init__(self, event: int | None, path: Path) -> None:
        super().__init__()
        self.event = event
        self.path = path


def error_of(value: dict[str, Any]) -> Any:
    """The error that an answer has, or that it is, as Mistral's are and vLLM's were."""
    return value.get("error") or (value if value.get("object") == "error" else None)


def index_of(item: Any) -> int | None:
    """The number that an object gives itself, or None."""
    index = mapping(item).get("index")
    return index if isinstance(index, int) and not isinstance(index, bool) else None


def _order(calls: Any) -> None:
    if isinstance(calls, _Members) and all(index_of(call) is not None for call in calls):
        calls.sort(key=lambda call: int(call["index"]))


def set_field(target: dict[str, Any], key: str, value: Any) -> None:
    """Take a field that does not come in fragments: it counts from now on, unless it is empty."""
    old = target.get(key)
    if isinstance(value, dict) and key != "usage":
        if not isinstance(old, dict):
            old = target[key] = {}
        for name, item in value.items():
            if item is not None or name not in old:
                old[name] = item
    elif value not in ("", {}) or old is None:
        target[key] = value


def merge(target: dict[str, Any], delta: dict[str, Any], event: int | None, path: Path) -> None:
    """Merge what stands at a path of an event into what came before, whose texts are fragments."""
    for key, value in delta.items():
        if value is None:
            target.setdefault(key, None)
            continue
        old = target.get(key)
        here = (*path, key)
        if isinstance(old, Fragments) and isinstance(value, str):  # nearly always
            old.add(value, event, here)
        elif key == "tool_calls" and isinstance(value, dict):  # early versions of TGI have no list of them
            calls = target[key] = old if isinstance(old, _Members) else _Members()
            _merge_member(calls, value, event, here, are_calls=True)
        elif old is None:
            target[key] = _fresh(value, event, here, first_counts=key in _FIRST_COUNTS)
        elif isinstance(old, Fragments) and isinstance(value, list):  # Mistral: text first, then a list of parts
            parts = _Members()
            if old:
                parts.append({"type": "text", "text": old})
            _merge_list(parts, value, event, here)
            target[key] = parts
        elif key in _FIRST_COUNTS:
            target[key] = old or value
        elif isinstance(old, dict) and isinstance(value, dict):
            merge(old, value, event, here)
        elif isinstance(old, _Members) and isinstance(value, list):
            _merge_list(old, value, event, here)
        elif isinstance(old, _Members) and isinstance(value, str):
            last = mapping(old[-1]) if old else {}
            if last.get("type") == "text" and isinstance(last.get("text"), Fragments):
                last["text"].add(value, event, here)
            elif value:
                old.append({"type": "text", "text": _fresh(value, event, here)})
        else:
            target[key] = _fresh(value, event, here)


def _fresh(value: Any, event: int | None, path: Path, *, first_counts: bool = False) -> Any:
    """A value that is not there yet, in the form in which it can be merged into."""
    if isinstance(value, str) and not first_counts:
        return Fragments.of(value, event, path)
    if isinstance(value, dict):
        merged: dict[str, Any] = _Arguments(event, path) if path[-1] in _STRUCTURES else {}
        merge(merged, value, event, path)
        return merged
    if isinstance(value, list):
        members = _Members()
        _merge_list(members, value, event, path)
        return members
    return value


def _starts_call(call: Any, item: dict[str, Any], *, numbered: bool) -> bool:
    """Whether an item starts another tool call than the one that it would go on with."""
    named = bool(mapping(item.get("function")).get("name") or mapping(item.get("custom")).get("name"))
    known, ident = mapping(call).get("id"), item.get("id")
    other = bool(ident) and ident != known
    return named and other and bool(known) if numbered else named or other


def _merge_list(old: _Members, new: list[Any], event: int | None, path: Path) -> None:
    are_calls = path[-1] == "tool_calls"
    for position, item in enumerate(new):
        _merge_member(old, item, event, (*path, position), are_calls=are_calls)


def _merge_member(old: _Members, item: Any, event: int | None, here: Path, *, are_calls: bool) -> None:
    index = index_of(item)
    kind = string(mapping(item).get("type"))
    if index is not None:
        place = old.place(index, kind)
        if are_calls and place is not None and item.get("id") and _starts_call(old[place], item, numbered=True):
            old.start(index, kind)
            place = None
    elif are_calls:
        goes_on = old and isinstance(item, dict) and isinstance(old[-1], dict)
        place = len(old) - 1 if goes_on and not _starts_call(old[-1], item, numbered=False) else None
    else:
        goes_on = kind in _GO_ON and old and mapping(old[-1]).get("type") == kind
        place = len(old) - 1 if goes_on else None
    if place is None:
        old.append(_fresh(item, event, here))
    else:
        merge(old[place], item, event, here)


def merge_logprobs(target: dict[str, Any], value: dict[str, Any]) -> None:
    """Append lists of tokens, and of what is said about them."""
    for key, tokens in value.items():
        if isinstance(tokens, list) and isinstance(target.get(key), list):
            target[key] += tokens
        elif tokens is not None or key not in target:
            target[key] = list(tokens) if isinstance(tokens, list) else tokens


def joined(value: Any) -> Any:
    """The value with its fragments put together."""
    if isinstance(value, Fragments):
        return value.text
    if isinstance(value, dict):
        return {key: joined(item) for key, item in value.items()}
    if isinstance(value, list):
        return [joined(item) for item in value]
    return value


def _message(native: dict[str, Any], choices: list[Choice], errors: list[Any]) -> Message:
    usage = native.get("usage")
    model = string(native.get("model"))
    top = tuple(items(native.get("citations")))  # Perplexity and xAI cite for the whole answer
    if top and choices:
        choices = [choices[0]._replace(citations=choices[0].citations + top), *choices[1:]]
    found = usage if isinstance(usage, dict) else None
    return Message(string(native.get("id")), model, tuple(choices), found, tuple(errors), native)


def _choice(choice: dict[str, Any]) -> Choice:
    """A choice whose message has its texts as fragments."""
    message = choice["message"]
    text, reasoning = Fragments(), reasoning_of(message)
    _content(message.get("content"), text, reasoning)
    if not text:
        text.extend(_text(mapping(message.get("audio")).get("transcript")))
    return Choice(
        choice["index"],
        string(message.get("role")),
        text,
        reasoning,
        _text(message.get("refusal")),
        _tool_calls(message),
        tuple(joined(items(message.get("annotations")))),
        _media(message),
        string(choice.get("finish_reason")) or string(choice.get("stop_reason")),
    )


def reasoning_of(message: dict[str, Any]) -> Fragments:
    """The reasoning in a message, or in a choice, that has its texts as fragments."""
    reasoning = Fragments()
    for name in REASONING_FIELDS:
        if isinstance(message.get(name), Fragments) and message[name]:
            reasoning.extend(message[name])
            return reasoning
    for detail in items(message.get("reasoning_details")):
        for name in ("text", "summary"):
            reasoning.extend(_text(mapping(detail).get(name)))
    return reasoning


def _content(content: Any, text: Fragments, reasoning: Fragments) -> None:
    """The text of a content, which may be a list of parts, and the thinking among them."""
    if isinstance(content, Fragments):
        text.extend(content)
    for part in items(content):
        part = mapping(part)
        if isinstance(part.get("text"), Fragments):
            text.extend(part["text"])
        thinking = part.get("thinking")
        if isinstance(thinking, Fragments):
            reasoning.extend(thinking)
        for thought in items(thinking):
            if isinstance(mapping(thought).get("text"), Fragments):
                reasoning.extend(thought["text"])
        for thought in items(part.get("summary")):  # Databricks
            reasoning.extend(_text(mapping(thought).get("text")))


def _tool_calls(message: dict[str, Any]) -> tuple[ToolCall, ...]:
    found = []
    for call in items(message.get("tool_calls")):
        call = mapping(call)
        function = mapping(call.get("function"))
        custom = mapping(call.get("custom"))
        if function or not custom:
            found.append(_call(string(call.get("id")), function))
        else:
            found.append(
                ToolCall(string(call.get("id")), string(custom.get("name")), _text(custom.get("input")), plain=True)
            )
    if not found:
        found += _snowflakes_calls(items(message.get("content_list")))
    legacy = mapping(message.get("function_call"))
    if legacy.get("name") or legacy.get("arguments"):
        found.append(_call("", legacy))
    return tuple(found)


def _snowflakes_calls(parts: list[Any]) -> Iterator[ToolCall]:
    """Those among the parts of a content: one in a ``tool_use``, or what names it, followed by pieces of its input."""
    begun: dict[str, Any] = {}
    for item in parts:
        part = mapping(item)
        part = mapping(part.get("tool_use")) or part
        ident, said = joined(part.get("tool_use_id")), part.get("input")
        if ident:
            if begun:
                yield _call(**begun)
            begun = {"call_id": string(ident), "function": {"name": part.get("name"), "arguments": said}}
        elif begun and isinstance(said, Fragments):
            arguments = begun["function"]["arguments"] = begun["function"]["arguments"] or Fragments()
            arguments.extend(said)
    if begun:
        yield _call(**begun)


def _call(call_id: str, function: dict[str, Any]) -> ToolCall:
    arguments = function.get("arguments")
    if isinstance(arguments, _Arguments):
        written = json.dumps(joined(arguments), ensure_ascii=False)
        arguments = Fragments.of(written, arguments.event, arguments.path)
    return ToolCall(call_id, string(function.get("name")), _text(arguments))


def _text(value: Any) -> Fragments:
    return value if isinstance(value, Fragments) else Fragments()


def _media(message: dict[str, Any]) -> tuple[Media, ...]:
    found = []
    for image in items(joined(message.get("images"))):
        url = string(mapping(mapping(image).get("image_url")).get("url"))
        if url:
            found.append(Media("image", url))
    data = string(mapping(joined(message.get("audio"))).get("data"))
    if data:
        found.append(Media("audio", data))
    return tuple(found)
