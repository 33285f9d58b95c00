"""Anthropic's Messages API, at Anthropic, on Vertex AI, and behind the gateways that speak it.

Source: Anthropic's API reference, "Streaming messages" (https://docs.anthropic.com/en/api/messages-streaming), and the
accumulator of its Python SDK (``anthropic.lib.streaming``, the beta one, which knows more kinds of blocks). How events
merge:

* ``message_start`` has the message, without content; ``content_block_start`` has a block, as far as it is known;
* in a delta: ``text``, ``thinking`` and ``partial_json`` are concatenated, ``citation`` is appended to the block's
  ``citations``; every other key, those of unknown deltas among them, replaces the block's (``signature``; the whole
  ``content`` of a compaction comes in one delta);
* ``input`` of a tool's call is the value of the ``partial_json`` put together; where there was none, it stays what the
  block started with; where it is not JSON, as in a stream that was cut, it is that text;
* ``message_delta`` has what is known at the end: its fields replace the message's, those of its ``usage`` the fields
  of the message's usage (they count the whole answer; on Vertex and Bedrock only ``output_tokens`` is among them);
* the last of several models to answer is the answer's ``model`` (a ``fallback`` block names it);
* unknown keys of an event become the message's (``amazon-bedrock-invocationMetrics``), unknown events are kept in a
  list under their type. ``ping`` says nothing.
"""

import json
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.block_order import BlockOrder
from cassette_tools.protocols.message import Choice, Fragments, Message, ToolCall
from cassette_tools.wire.event import Event

_BLOCK_EVENTS = frozenset({"content_block_start", "content_block_delta", "content_block_stop"})
_KNOWN = _BLOCK_EVENTS | {"message_start", "message_delta", "message_stop"}
_Place = tuple[int | None, Path]
"""The number of an event, and where in it; no number in an answer that is not streamed."""
_KEYS = frozenset({"type", "index", "message", "content_block", "delta", "usage", "error"})
"""Keys of events that have a meaning of their own."""
_APPENDED = {"text_delta": "text", "thinking_delta": "thinking"}
_DELTA_PATHS: dict[str, Path] = {
    field: ("delta", field) for field in (*_APPENDED.values(), "partial_json")
}  # made once, for all fragments
_BLOCK_TYPES = {
    "text_delta": "text", "citations_delta": "text", "thinking_delta": "thinking", "signature_delta": "thinking",
    "input_json_delta": "tool_use",
}  # fmt: skip
"""The type of block that each type of delta belongs to, or how its name ends."""


class AnthropicMessages(Protocol):
    """The protocol of ``POST …/v1/messages`` and of Vertex AI's ``…:rawPredict`` and ``…:streamRawPredict``."""

    name = "anthropic-messages"
    terminator = "message_stop"

    def accumulator(self, interaction: Interaction) -> "MessagesAccumulator":  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return MessagesAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``message``, or of an ``error``."""
        error = value.get("error")
        if error:
            return _message(value, [], [error])
        content = value.get("content")
        blocks = [_Block(mapping(block), None, ("content", n)) for n, block in enumerate(items(content))]
        return _message(value, blocks, [])


class MessagesAccumulator(Accumulator):
    """Puts one stream of a message's events together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._unknown: dict[str, list[Any]] = {}
        self._blocks: dict[int, _Block] = {}
        self._order = BlockOrder(self._disorder)
        self._errors: list[Any] = []
        self._started = self._greeted = self._stopped = self._mixed = False
        self._end: _Place = (None, ())
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event. Its type is the one in its data; SDKs look at the other one as well, but it says the same."""
        self._last = event.number
        chunk = mapping(chunk)
        kind = string(chunk.get("type")) or event.type
        if self._stopped:
            if kind != "ping":
                self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
        elif kind in _KNOWN:
            self._take(kind, chunk, event.number)
        elif kind == "error" or chunk.get("error"):
            error = chunk.get("error") or chunk
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        elif kind != "ping" and chunk:
            rest = {key: value for key, value in chunk.items() if key != "type"}
            self._unknown.setdefault(kind or "events", []).append(rest)

    def _take(self, kind: str, chunk: dict[str, Any], event: int) -> None:
        if not _KEYS.issuperset(chunk):
            for key, value in chunk.items():
                if key not in _KEYS and value is not None:
                    self._native[key] = value
        if kind == "message_start":
            self._start(mapping(chunk.get("message")), event)
            return
        if not self._started:
            self._started = True
            self._disorder(f"{kind} comes before message_start", event)
        if kind == "content_block_delta":
            self._add_delta(self._order.index(chunk.get("index")), mapping(chunk.get("delta")), event)
        elif kind == "content_block_start":
            self._start_block(self._order.index(chunk.get("index")), mapping(chunk.get("content_block")), event)
        elif kind == "content_block_stop":
            self._order.end(self._order.index(chunk.get("index")), event)
        elif kind == "message_delta":
            self._order.close(kind, event)
            self._conclude(chunk, event)
        else:
            self._order.close(kind, event)
            self._stopped = True

    def _disorder(self, detail: str, event: int) -> None:
        if not self._mixed:  # or it is the other answer's order
            self.note(Kind.BLOCK_ORDER, detail, event)

    def _start(self, message: dict[str, Any], event: int) -> None:
        if self._greeted:
            self.note(Kind.MIXED, f"{string(self._native.get('id'))}\n{string(message.get('id'))}", event)
            self._mixed = True
            return
        self._started = self._greeted = True
        self._native = {**message, **self._native}
        for number, content in enumerate(items(message.get("content"))):  # there is none as a rule
            self._blocks.setdefault(number, _Block(mapping(content), event, ("message", "content", number)))

    def _start_block(self, index: int, content: dict[str, Any], event: int) -> None:
        self._order.start(index, event)
        self._blocks.setdefault(index, _Block(content, event, ("content_block",)))
        model = mapping(content.get("to")).get("model")
        if content.get("type") == "fallback" and isinstance(model, str):
            self._native["model"] = model

    def _add_delta(self, index: int, delta: dict[str, Any], event: int) -> None:
        self._order.go_on(index, event)
        kind = string(delta.get("type"))
        belongs = _BLOCK_TYPES.get(kind, "")
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = _Block({"type": belongs}, event, ())
        elif not block.type.endswith(belongs):
            self._order.tell(f"{kind} in block {index}, which is of the type {block.type!r}", event, index)
        block.add(kind, delta, event)

    def _conclude(self, chunk: dict[str, Any], event: int) -> None:
        delta = mapping(chunk.get("delta"))
        _overwrite(self._native, delta)
        if delta.get("stop_details") is not None:
            self._end = event, ("delta",)
        usage = mapping(chunk.get("usage"))
        begun = mapping(self._native.get("usage"))
        if usage or begun:
            self._native["usage"] = dict(begun)
            _overwrite(self._native["usage"], usage)
            if "output_tokens" in begun:
                # What the start says of it is no more than a beginning; the SDK takes what comes here, too.
                self._native["usage"]["output_tokens"] = usage.get("output_tokens")

    def finish(self) -> Message:
        """The message as the API sends it without streaming."""
        blocks = [self._blocks[index] for index in sorted(self._blocks)]
        native = dict(self._native)
        if self._started:
            native["content"] = [block.json() for block in blocks]
        elif self._errors:
            native = {"type": "error", "error": self._errors[-1]}
        native.update((key, value) for key, value in self._unknown.items() if key not in native)
        message = _message(native, blocks, self._errors, self._end)
        if not self._errors:
            self._check(message)
        return message

    def _check(self, message: Message) -> None:
        finished = bool(string(message.native.get("stop_reason")))
        if not self._stopped:
            self.note(Kind.NO_TERMINATOR if finished else Kind.CUT, "", self._last)
        elif not finished:
            self.note(Kind.UNFINISHED, "0", self._last)
        if finished:
            note_tool_arguments(self, message)


def _overwrite(target: dict[str, Any], value: dict[str, Any]) -> None:
    target.update((key, item) for key, item in value.items() if item is not None or key not in target)


def note_tool_arguments(accumulator: Accumulator, message: Message) -> None:
    """Note the tool calls whose arguments are no JSON, but in an answer that was cut short on purpose."""
    for choice in message.choices:
        if choice.finish in ("length", "content-filter"):
            continue
        for call in choice.tool_calls:
            if call.problem:
                event = next(iter(call.arguments.events), None)
                accumulator.note(Kind.TOOL_ARGUMENTS, f"{call.name}\n{call.problem}", event)


class _Block:
    """A block of content that is put together, or as it came without streaming.

    Attributes:
        type: Its type.
        arguments: What a tool is called with, as far as it came in deltas.
    """

    __slots__ = ("_begin", "_texts", "_value", "arguments", "type")

    def __init__(self, value: dict[str, Any], event: int | None, path: Path) -> None:
        self._begin: _Place = (event, path)
        self._value = dict(value)
        if isinstance(value.get("citations"), list):
            self._value["citations"] = list(value["citations"])
        self._texts: dict[str, Fragments] = {}
        self.arguments = Fragments()
        self.type = string(value.get("type"))
        for field in ("text", "thinking"):
            if isinstance(value.get(field), str):
                self.text(field).add(value[field], event, (*path, field))

    def text(self, field: str) -> Fragments:
        """The fragments of a field."""
        found = self._texts.get(field)
        if found is None:
            found = self._texts[field] = Fragments()
            self._value.setdefault(field, "")
        return found

    def add(self, kind: str, delta: dict[str, Any], event: int) -> None:
        """Take in a delta."""
        taken = _APPENDED.get(kind)
        if taken is not None:
            part = delta.get(taken)
            if isinstance(part, str):
                self.text(taken).add(part, event, _DELTA_PATHS[taken])
        elif kind == "input_json_delta":
            taken = "partial_json"
            part = delta.get(taken)
            if isinstance(part, str):
                self.arguments.add(part, event, _DELTA_PATHS[taken])
        elif kind == "citations_delta":
            taken = "citation"
            if not isinstance(self._value.get("citations"), list):
                self._value["citations"] = []
            self._value["citations"].append(delta.get(taken))
        if taken not in delta or len(delta) > 2:
            for key, value in delta.items():
                if key not in ("type", taken):
                    self._replace(key, value, event)

    def _replace(self, key: str, value: Any, event: int) -> None:
        self._value[key] = value
        if self._texts.pop(key, None) is not None and isinstance(value, str):
            self.text(key).add(value, event, ("delta", key))

    def json(self) -> dict[str, Any]:
        """The block in the API's own terms."""
        value = {**self._value, **{field: fragments.text for field, fragments in self._texts.items()}}
        written = self.arguments.text
        if written.strip():
            try:
                value["input"] = strict_json.loads(written)
            except strict_json.JsonError:
                value["input"] = written
        return value

    @property
    def is_call(self) -> bool:
        """Whether the model calls a tool in it, be it the server's own or one of an MCP server."""
        return self.type.endswith("tool_use")

    def call(self) -> ToolCall:
        """The call of a tool."""
        arguments = self.arguments
        if not arguments and self._value.get("input"):
            event, path = self._begin
            arguments = written(self._value["input"], event, (*path, "input"))
        return ToolCall(string(self._value.get("id")), string(self._value.get("name")), arguments)

    @property
    def citations(self) -> list[Any]:
        """What the block cites."""
        return items(self._value.get("citations"))


def written(value: Any, event: int | None, path: Path) -> Fragments:
    """The arguments of a tool call that came as a structure, written as JSON.

    Args:
        value: The structure; None is none.
        event: The number of its event, or None in an answer that is not streamed.
        path: Where the structure is.
    """
    fragments = Fragments()
    if value is not None:
        fragments.add(json.dumps(value, ensure_ascii=False), event, path)
    return fragments


def _message(native: dict[str, Any], blocks: list[_Block], errors: list[Any], end: _Place = (None, ())) -> Message:
    usage = native.get("usage")
    return Message(
        string(native.get("id")),
        string(native.get("model")),
        (_choice(native, blocks, end),) if blocks or "role" in native else (),
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )


def _choice(native: dict[str, Any], blocks: list[_Block], end: _Place) -> Choice:
    text, reasoning, refusal = Fragments(), Fragments(), Fragments()
    citations: list[Any] = []
    for block in blocks:
        if block.type == "text":
            text.extend(block.text("text"))
        elif block.type == "thinking":
            reasoning.extend(block.text("thinking"))
        citations += block.citations
    explanation = string(mapping(native.get("stop_details")).get("explanation"))
    if native.get("stop_reason") == "refusal" and explanation:
        event, path = end
        refusal.add(explanation, event, (*path, "stop_details", "explanation"))
    calls = tuple(block.call() for block in blocks if block.is_call)
    finish_reason = string(native.get("stop_reason"))
    return Choice(0, string(native.get("role")), text, reasoning, refusal, calls, tuple(citations), (), finish_reason)
