"""Amazon Bedrock's Converse, with and without streaming.

Source: the Amazon Bedrock API reference, "ConverseStream"
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html), and botocore's model of the
service. AWS's SDKs for Python have no accumulator. How events merge, into the shape that ``Converse`` answers with:

* ``messageStart`` has the role; a block of text, reasoning or citations starts with its first delta, any other with
  ``contentBlockStart``;
* in a delta: texts, signatures and a tool's ``input`` are concatenated, blobs are joined, citations and results of
  tools are appended; what else it has replaces what the block has. A block with citations has its text among them;
* ``input`` is then the value of its text, or where that is not JSON, as in a stream that was cut, the text itself;
* the keys of ``messageStop`` and of ``metadata`` are those of the answer; events that are not known are kept in lists
  under their types; ``p`` is padding of a random length, and dropped, as AWS's SDKs do.
"""

import base64
from collections.abc import Iterator
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.anthropic_messages import note_tool_arguments, written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.block_order import BlockOrder
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event

EVENTS = frozenset(
    {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"}
)
"""The types of events."""


class BedrockConverse(Protocol):
    """The protocol of ``POST /model/…/converse`` and ``…/converse-stream``."""

    name = "bedrock-converse"
    terminator = "metadata"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return ConverseAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer to ``Converse``."""
        if "output" not in value and is_error(value):
            return Message("", "", (), None, (value,), value)
        content = mapping(mapping(value.get("output")).get("message")).get("content")
        here: Path = ("output", "message", "content")
        blocks = [_Block.whole(mapping(block), (*here, n)) for n, block in enumerate(items(content))]
        return _message(value, blocks, [])


def is_error(value: dict[str, Any]) -> bool:
    """Whether an answer of the service is an error: a message, in one of two spellings."""
    return isinstance(value.get("message"), str) or isinstance(value.get("Message"), str)


def is_exception(kind: str) -> bool:
    """Whether an event is an error, by its type."""
    return kind.endswith("Exception") or kind == "error"


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """An object without some of its keys."""
    return {key: item for key, item in value.items() if key not in names}


class ConverseAccumulator(Accumulator):
    """Puts one stream of ``ConverseStream`` together."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._unknown: dict[str, list[Any]] = {}
        self._blocks: dict[int, _Block] = {}
        self._order = BlockOrder(self._disorder)
        self._errors: list[Any] = []
        self._started = self._greeted = self._mixed = self._ended = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event; its type is that of the frame."""
        self._last = event.number
        if self._ended:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
        elif is_exception(event.type):
            self._fail({"type": event.type, **without(mapping(chunk), "p")}, event.number)
        else:
            self._take(event.type, mapping(chunk), event.number, ())

    def _fail(self, error: Any, event: int) -> None:
        self._errors.append(error)
        self.note(Kind.ERROR, error_text(error), event)

    def _disorder(self, detail: str, event: int) -> None:
        if not self._mixed:  # or it is the other answer's order
            self.note(Kind.BLOCK_ORDER, detail, event)

    def _take(self, kind: str, value: dict[str, Any], event: int, path: Path) -> None:
        """Take in the value of an event, which stands at a path in the event's JSON."""
        if kind not in EVENTS:
            self._unknown.setdefault(kind or "events", []).append(without(value, "p"))
            return
        if kind == "messageStart":
            if self._greeted:
                self.note(Kind.MIXED, "\n", event)  # there are no ids
                self._mixed = True
            self._greeted = True
            self._message = {**without(value, "p"), **self._message}
        elif not self._started:
            self._disorder(f"{kind} comes before messageStart", event)
        self._started = True
        if kind.startswith("contentBlock"):
            self._take_block(kind, value, event, path)
        elif kind != "messageStart":
            self._order.close(kind, event)
            self._answer.update(without(value, "p"))
            self._ended = kind == "metadata"

    def _take_block(self, kind: str, value: dict[str, Any], event: int, path: Path) -> None:
        index = self._order.index(value.get("contentBlockIndex"))
        if kind == "contentBlockStop":
            self._order.end(index, event, starts=True)
            return
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = _Block()
        if kind == "contentBlockStart":
            self._order.start(index, event)
            block.start(mapping(value.get("start")))
        else:
            delta = mapping(value.get("delta"))
            self._order.go_on(index, event, starts="toolUse" not in delta)
            block.add(delta, event, path)

    def finish(self) -> Message:
        """The answer as ``Converse`` gives it."""
        blocks = [self._blocks[index] for index in sorted(self._blocks)]
        native: dict[str, Any] = {}
        if self._started:
            native["output"] = {"message": {**self._message, "content": [block.json() for block in blocks]}}
        elif self._errors:
            native = dict(mapping(self._errors[-1]))
        native.update(self._answer)
        native.update((key, value) for key, value in self._unknown.items() if key not in native)
        message = _message(native, blocks, self._errors)
        if not self._errors:
            finished = bool(string(native.get("stopReason")))
            if not self._ended:
                self.note(Kind.NO_TERMINATOR if finished else Kind.CUT, "", self._last)
            elif not finished:
                self.note(Kind.UNFINISHED, "0", self._last)
            if finished:
                note_tool_arguments(self, message)
        return message


class NovaAccumulator(ConverseAccumulator):
    """The same events, each under its name, and beside it what Bedrock adds."""

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        self._last = event.number
        for key, value in mapping(chunk).items():
            if key == "error":
                self._fail(value, event.number)
            elif key in EVENTS and self._ended:
                self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            elif key in EVENTS:
                self._take(key, mapping(value), event.number, (key,))
            elif value is not None and key != "type":
                self._answer[key] = value


class _Block:
    """A block of content of Converse, as far as it came."""

    def __init__(self) -> None:
        self._value: dict[str, Any] = {}
        self._signature: list[str] = []
        self._blobs: dict[str, list[str]] = {}
        self._arguments = Fragments()
        self.text: Fragments | None = None
        self.reasoning: Fragments | None = None
        self.citations: list[Any] = []

    @classmethod
    def whole(cls, value: dict[str, Any], path: Path) -> "_Block":
        """A block as it comes without streaming, which stands at a path in the answer."""
        block = cls()
        block._value = value
        block._add_text(value.get("text"), None, (*path, "text"))
        cited = mapping(value.get("citationsContent"))
        for number, part in enumerate(items(cited.get("content"))):
            here = (*path, "citationsContent", "content", number, "text")
            block._add_text(mapping(part).get("text"), None, here)
        block.citations = items(cited.get("citations"))
        reasoning = mapping(mapping(value.get("reasoningContent")).get("reasoningText"))
        block._add_reasoning(reasoning.get("text"), None, (*path, "reasoningContent", "reasoningText", "text"))
        arguments = mapping(value.get("toolUse")).get("input")
        if arguments:
            block._arguments = written(arguments, None, (*path, "toolUse", "input"))
        return block

    def start(self, start: dict[str, Any]) -> None:
        """What the block is, where it is not text."""
        for key, value in start.items():
            self._value[key] = dict(value) if isinstance(value, dict) else value

    def add(self, delta: dict[str, Any], event: int, path: Path) -> None:
        """Take in a delta of an event, whose value stands at a path in the event's JSON."""
        for key, part in delta.items():
            here = (*path, "delta", key)
            if key == "text":
                self._add_text(part, event, here)
            elif key == "citation":
                self.citations.append(part)
            elif isinstance(part, list):  # results of a tool
                content = self._field(key).setdefault("content", [])
                if isinstance(content, list):
                    content += part
            elif isinstance(part, dict):
                for name, value in part.items():
                    self._add_field(key, name, value, event, (*here, name))
            else:
                self._value[key] = part

    def _field(self, key: str) -> dict[str, Any]:
        field = self._value.get(key)
        if not isinstance(field, dict):
            field = self._value[key] = {}
        return field

    def _add_field(self, key: str, name: str, value: Any, event: int, path: Path) -> None:
        if (key, name) == ("reasoningContent", "text"):
            self._add_reasoning(value, event, path)
        elif (key, name) == ("toolUse", "input") and isinstance(value, dict):
            self._field(key)
            self._arguments = written(value, event, path)
        elif not isinstance(value, str):
            source = mapping(value).get("bytes") if (key, name) == ("image", "source") else None
            if isinstance(source, str):
                self._blobs.setdefault("image", []).append(source)
            else:
                self._field(key)[name] = value
        elif (key, name) == ("toolUse", "input"):
            self._field(key)
            self._arguments.add(value, event, path)
        elif (key, name) == ("reasoningContent", "signature"):
            self._signature.append(value)
        elif (key, name) == ("reasoningContent", "redactedContent"):
            self._blobs.setdefault(name, []).append(value)
        else:
            self._field(key)[name] = value

    def _add_text(self, part: Any, event: int | None, path: Path) -> None:
        if isinstance(part, str):
            if self.text is None:
                self.text = Fragments()
            self.text.add(part, event, path)

    def _add_reasoning(self, part: Any, event: int | None, path: Path) -> None:
        if isinstance(part, str):
            if self.reasoning is None:
                self.reasoning = Fragments()
            self.reasoning.add(part, event, path)

    def json(self) -> dict[str, Any]:
        """The block as ``Converse`` gives it."""
        value = dict(self._value)
        text = {} if self.text is None else {"text": self.text.text}
        if self.citations:
            value["citationsContent"] = {"content": [text] if text else [], "citations": self.citations}
        else:
            value.update(text)
        if self.reasoning is not None or self._signature:
            reasoning = {"text": self.reasoning.text if self.reasoning else ""}
            if self._signature:
                reasoning["signature"] = "".join(self._signature)
            value["reasoningContent"] = {**mapping(value.get("reasoningContent")), "reasoningText": reasoning}
        if "redactedContent" in self._blobs:
            blob = _joined(self._blobs["redactedContent"])
            value["reasoningContent"] = {**mapping(value.get("reasoningContent")), "redactedContent": blob}
        if "image" in self._blobs:
            value["image"] = {**mapping(value.get("image")), "source": {"bytes": _joined(self._blobs["image"])}}
        if isinstance(value.get("toolUse"), dict):
            value["toolUse"] = {"input": {}, **value["toolUse"]}
            if self._arguments.text.strip():
                value["toolUse"]["input"] = _parsed(self._arguments.text)
        return value

    def call(self) -> ToolCall | None:
        """The call of a tool that it is."""
        called = self._value.get("toolUse")
        if not isinstance(called, dict):
            return None
        return ToolCall(string(called.get("toolUseId")), string(called.get("name")), self._arguments)

    def media(self) -> Iterator[Media]:
        """The picture that it is."""
        image = mapping(self._value.get("image"))
        blobs = self._blobs.get("image")
        data = _joined(blobs) if blobs else string(mapping(image.get("source")).get("bytes"))
        if data:
            yield Media(f"image/{string(image.get('format'))}", data)


def _joined(blobs: list[str]) -> str:
    """The base64 of bytes that came in parts, each of them base64."""
    if len(blobs) == 1:
        return blobs[0]
    try:
        return base64.b64encode(b"".join(base64.b64decode(blob) for blob in blobs)).decode()
    except ValueError:
        return "".join(blobs)


def _parsed(arguments: str) -> Any:
    """The value of the arguments of a call; the text itself where it is no JSON, as in a stream that was cut."""
    try:
        return strict_json.loads(arguments)
    except strict_json.JsonError:
        return arguments


def _message(native: dict[str, Any], blocks: list[_Block], errors: list[Any]) -> Message:
    message = mapping(mapping(native.get("output")).get("message"))
    usage = native.get("usage")
    choices: tuple[Choice, ...] = ()
    if blocks or "role" in message:
        text, reasoning = Fragments(), Fragments()
        for block in blocks:
            if block.text:
                text.extend(block.text)
            if block.reasoning:
                reasoning.extend(block.reasoning)
        calls = tuple(call for call in (block.call() for block in blocks) if call)
        citations = tuple(citation for block in blocks for citation in block.citations)
        media = tuple(item for block in blocks for item in block.media())
        role, reason = string(message.get("role")), string(native.get("stopReason"))
        choices = (Choice(0, role, text, reasoning, Fragments(), calls, citations, media, reason),)
    return Message("", "", choices, usage if isinstance(usage, dict) else None, tuple(errors), native)
