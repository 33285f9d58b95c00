"""Chat completions: OpenAI's API and the dialects of it that gateways and other providers speak.

Source: OpenAI's API reference, "Chat Completions" and "Streaming events"
(https://platform.openai.com/docs/api-reference/chat-streaming). How fragments merge:

* ``id``, ``model``, ``created``: the first that is not empty (Azure's first chunk has empty ones);
* other fields of the chunk, ``usage`` among them: the last that is not null (OpenAI sends usage in a chunk without
  choices, other providers in the last chunk of the answer, some in every chunk);
* in a delta: text is concatenated, except what names or classifies (``role``, ``type``, ``id``, ``name`` …), where
  the first that is not empty counts (gateways repeat the role in every delta);
* lists whose members have an ``index`` merge by it, other lists append; objects merge; numbers replace.

Unknown fields take part in this like known ones: nothing is dropped.
"""

from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Irregularity, Kind
from cassette_tools.protocols.message import Choice, Message, ToolCall
from cassette_tools.wire.sse import Event

_FIRST_COUNTS = frozenset({"role", "type", "id", "name", "format", "status"})
_FIRST_COUNTS_IN_CHUNK = frozenset({"id", "model", "created"})
_NEVER_TERMINATED = frozenset({"api.perplexity.ai", "api.writer.com"})
"""Hosts that never send ``[DONE]``, in none of their recordings."""
REASONING_FIELDS = ("reasoning_content", "reasoning")
"""Spellings of the model's reasoning: DeepSeek's, xAI's, Z.AI's and llama.cpp's; then OpenRouter's and Groq's."""


class OpenAIChat:
    """The protocol of ``POST …/chat/completions`` with ``"stream": true``."""

    name = "openai-chat"
    terminator = "[DONE]"

    def recognises(self, interaction: Interaction, first: Any) -> bool:
        """By the path, which gateways keep, or by what a chunk looks like."""
        if interaction.request.url_path.rstrip("/").endswith("/chat/completions"):
            return True
        if not isinstance(first, dict):
            return False
        if first.get("object") == "chat.completion.chunk":
            return True
        choices = first.get("choices")
        return isinstance(choices, list) and bool(choices) and isinstance(choices[0], dict) and "delta" in choices[0]

    def accumulator(self, interaction: Interaction) -> "ChatAccumulator":
        """A fresh accumulator."""
        return ChatAccumulator(terminated_by_host=interaction.request.host not in _NEVER_TERMINATED)


class _Fragments:
    """A text that is still being put together, and the events its parts came from."""

    __slots__ = ("events", "parts")

    def __init__(self, part: str, event: int) -> None:
        self.parts = [part]
        self.events = [event]


class ChatAccumulator:
    """Puts one stream of chat completion chunks together."""

    def __init__(self, *, terminated_by_host: bool = True) -> None:
        self.irregularities: list[Irregularity] = []
        self._native: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._errors: list[Any] = []
        self._terminated = False
        self._owes_terminator = terminated_by_host
        self._last = -1

    def _note(self, kind: Kind, detail: str, event: int | None) -> None:
        if len(self.irregularities) < MAX_IRREGULARITIES:
            self.irregularities.append(Irregularity(kind, detail, event))

    def terminate(self, event: Event) -> None:
        """``data: [DONE]``."""
        if self._terminated:
            self._note(Kind.AFTER_TERMINATOR, event.data, event.number)
        self._terminated = True

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk. What is no object is ignored: there is nothing in it to merge."""
        self._last = event.number
        if self._terminated:
            self._note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        if not isinstance(chunk, dict):
            return
        error = chunk.get("error")
        if error or event.type == "error":
            self._errors.append(error or chunk)
            self._note(Kind.ERROR, _error_text(error or chunk), event.number)
        if chunk.get("object") == "chat.completion":
            # Whole completions under the name of the unstreamed object: Perplexity's dialect, behind any gateway.
            self._owes_terminator = False
        native = self._native
        for key, value in chunk.items():
            if key == "choices" or value is None or key == "obfuscation":
                continue
            if key in _FIRST_COUNTS_IN_CHUNK:
                native[key] = native.get(key) or value
            elif value != "":
                native[key] = value
        choices = chunk.get("choices")
        if isinstance(choices, list):
            for number, choice in enumerate(choices):
                if isinstance(choice, dict):
                    self._add_choice(choice, number, event.number)

    def _add_choice(self, choice: dict[str, Any], number: int, event: int) -> None:
        index = choice.get("index")
        if not isinstance(index, int):
            index = number
        merged = self._choices.get(index)
        if merged is None:
            merged = self._choices[index] = {"index": index, "message": {}, "finish_reason": None}
        for key, value in choice.items():
            if value is None or key == "index":
                continue
            if key == "delta":
                if isinstance(value, dict):
                    _merge(merged["message"], value, event)
            elif key == "logprobs" and isinstance(value, dict):
                _merge_logprobs(merged.setdefault("logprobs", {}), value)
            elif key != "message":  # Perplexity's repeats what came so far
                merged[key] = value

    def finish(self) -> Message:
        """The completion as the provider sends it without streaming; ``object`` is that answer's."""
        native: dict[str, Any] = _joined(self._native)
        native["object"] = "chat.completion"
        merged = [self._choices[index] for index in sorted(self._choices)]
        calls = [_tool_calls(choice["message"]) for choice in merged]
        native["choices"] = [_joined(choice) for choice in merged]
        choices = []
        for choice, tool_calls in zip(native["choices"], calls, strict=True):
            message = choice["message"]
            for call in message.get("tool_calls") or ():
                if isinstance(call, dict):
                    call.pop("index", None)
            choices.append(_choice(choice, tool_calls))
        self._check(choices)
        usage = native.get("usage")
        return Message(
            _string(native.get("id")),
            _string(native.get("model")),
            tuple(choices),
            usage if isinstance(usage, dict) else None,
            tuple(self._errors),
            native,
        )

    def _check(self, choices: list[Choice]) -> None:
        finished = any(choice.finish_reason for choice in choices)
        if not self._terminated and not self._errors:
            if not finished:
                self._note(Kind.CUT, "", None if self._last < 0 else self._last)
                return
            if self._owes_terminator:
                self._note(Kind.NO_TERMINATOR, "", self._last)
        for choice in choices:
            if not choice.finish_reason and not self._errors:
                self._note(Kind.UNFINISHED, str(choice.number), self._last)
            if choice.finish_reason == "length":
                continue  # the answer was cut at the token limit, its arguments with it
            for call in choice.tool_calls:
                problem = _arguments_problem(call.arguments)
                if problem:
                    self._note(Kind.TOOL_ARGUMENTS, f"{call.name}\n{problem}", call.events[0])


def _merge(target: dict[str, Any], delta: dict[str, Any], event: int) -> None:
    for key, value in delta.items():
        if value is None:
            target.setdefault(key, None)
            continue
        old = target.get(key)
        if old is None:
            target[key] = _fresh(value, event, key)
        elif isinstance(old, _Fragments):
            if isinstance(value, str):
                old.parts.append(value)
                old.events.append(event)
            elif isinstance(value, list):  # Mistral: text first, then a list of content parts
                text = "".join(old.parts)
                target[key] = ([{"type": "text", "text": text}] if text else []) + value
        elif key in _FIRST_COUNTS:
            target[key] = old or value
        elif isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value, event)
        elif isinstance(old, list) and isinstance(value, list):
            _merge_list(old, value, event)
        elif isinstance(old, list) and isinstance(value, str):
            if value:
                old.append({"type": "text", "text": _Fragments(value, event)})
        else:
            target[key] = value


def _fresh(value: Any, event: int, key: str) -> Any:
    """A value that is not there yet, in the form in which it can be merged into."""
    if isinstance(value, str):
        return value if key in _FIRST_COUNTS else _Fragments(value, event)
    if isinstance(value, dict):
        fresh: dict[str, Any] = {}
        _merge(fresh, value, event)
        return fresh
    if isinstance(value, list):
        items: list[Any] = []
        _merge_list(items, value, event)
        return items
    return value


def _merge_list(old: list[Any], new: list[Any], event: int) -> None:
    for item in new:
        index = item.get("index") if isinstance(item, dict) else None
        if isinstance(index, int):
            # From the end: fragments belong to the last member as a rule.
            for known in reversed(old):
                if isinstance(known, dict) and known.get("index") == index:
                    _merge(known, item, event)
                    break
            else:
                old.append(_fresh(item, event, ""))
        else:
            old.append(_fresh(item, event, ""))


def _merge_logprobs(target: dict[str, Any], value: dict[str, Any]) -> None:
    for key, tokens in value.items():
        if isinstance(tokens, list) and isinstance(target.get(key), list):
            target[key] += tokens
        elif tokens is not None or key not in target:
            target[key] = list(tokens) if isinstance(tokens, list) else tokens


def _joined(value: Any) -> Any:
    """The value with its fragments put together."""
    if isinstance(value, _Fragments):
        return "".join(value.parts)
    if isinstance(value, dict):
        return {key: _joined(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_joined(item) for item in value]
    return value


def _tool_calls(message: dict[str, Any]) -> tuple[ToolCall, ...]:
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return ()
    found = []
    for call in calls:
        if not isinstance(call, dict):
            continue
        function = call.get("function")
        function = function if isinstance(function, dict) else {}
        arguments = function.get("arguments")
        text = "".join(arguments.parts) if isinstance(arguments, _Fragments) else ""
        events = tuple(arguments.events) if isinstance(arguments, _Fragments) else (0,)
        found.append(ToolCall(_string(call.get("id")), _string(function.get("name")), text, events))
    return tuple(found)


def _choice(choice: dict[str, Any], tool_calls: tuple[ToolCall, ...]) -> Choice:
    message = choice["message"]
    reasoning = next((message[name] for name in REASONING_FIELDS if isinstance(message.get(name), str)), "")
    return Choice(
        choice["index"],
        _string(message.get("role")),
        _content(message.get("content")),
        reasoning,
        _string(message.get("refusal")),
        tool_calls,
        _string(choice.get("finish_reason")),
    )


def _content(content: Any) -> str:
    """The text of a content that may be a list of parts."""
    if isinstance(content, list):
        return "".join(_string(part.get("text")) for part in content if isinstance(part, dict))
    return _string(content)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments_problem(arguments: str) -> str:
    """Why the arguments of a call are not a JSON object; none at all are taken for an empty one."""
    if not arguments.strip():
        return ""
    try:
        value = strict_json.loads(arguments)
    except strict_json.JsonError as error:
        return error.message
    return "" if isinstance(value, dict) else "a JSON value, but not an object"


def _error_text(error: Any) -> str:
    if isinstance(error, dict):
        return _string(error.get("message")) or _string(error.get("code")) or _string(error.get("type"))
    return _string(error)
