"""Mistral's Conversations: its API for agents, which keeps what was said.

Sources: Mistral's API reference, "Beta Conversations" (https://docs.mistral.ai/api/endpoint/beta/conversations), and
the types of its SDK mistralai, which has no accumulator. How events merge: each is about the entry of its
``output_index``, whose type is that of the event without its last word (``message.output.delta``,
``tool.execution.done``); ``arguments`` and ``content`` are concatenated, where a content is a text or a chunk, and
chunks of text and of thinking go on in the next one of the same type; of all else the last value counts, but for
``created_at``, of which it is the first. ``conversation.response.done`` is the last word, and says what was used. There
are no finish reasons.
"""

from collections.abc import Iterator
from typing import Any

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.anthropic_messages import note_tool_arguments, written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event

_STARTED, _DONE, _ERROR = (f"conversation.response.{word}" for word in ("started", "done", "error"))
_OF_EVENTS = frozenset({"type", "output_index", "content_index", "arguments", "content"})
"""Fields that are no fields of an entry, or are put together."""


class MistralConversations(Protocol):
    """The protocol of ``POST …/conversations`` of Mistral's API."""

    name = "mistral-conversations"
    terminator = _DONE

    def accumulator(self, interaction: Interaction) -> "ConversationAccumulator":  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return ConversationAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``conversation.response``."""
        entries = []
        for number, item in enumerate(items(value.get("outputs"))):
            entries.append(_Entry())
            entries[-1].take(mapping(item), None, ("outputs", number))
        return _message(value, entries, [])


class ConversationAccumulator(Accumulator):
    """Puts one stream of events of a conversation together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {"object": "conversation.response"}
        self._entries: dict[int, _Entry] = {}
        self._places: dict[str, int] = {}
        """Of entries whose events have no index, by their ids."""
        self._errors: list[Any] = []
        self._done = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event. What is no object has nothing to merge."""
        self._last = event.number
        if self._done:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        value = mapping(chunk)
        kind = string(value.get("type")) or event.type
        if kind == _ERROR or value.get("error"):
            error = value.get("error") or value
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        elif kind in (_STARTED, _DONE):
            fields = {key: item for key, item in value.items() if key not in ("type", "created_at")}
            self._native.update(fields)
            self._done = kind == _DONE
        else:
            place = value.get("output_index")
            if not isinstance(place, int) or isinstance(place, bool):
                place = self._places.setdefault(string(value.get("id")), len(self._entries))
            entry = self._entries.setdefault(place, _Entry())
            entry.take({**value, "type": kind.rpartition(".")[0] or kind}, event.number, ())

    def finish(self) -> Message:
        """The ``conversation.response`` as the API gives it without streaming."""
        entries = [self._entries[index] for index in sorted(self._entries)]
        native = dict(self._native)
        if entries:
            native["outputs"] = [entry.json() for entry in entries]
        message = _message(native, entries, self._errors)
        if not self._done:
            if not self._errors:
                self.note(Kind.CUT, "", self._last)
        else:
            note_tool_arguments(self, message)
        return message


class _Entry:
    """An entry of the outputs: as it came, or as it is put together.

    Attributes:
        fields: What it has besides its content and the arguments of a call.
        parts: Its content: texts, and chunks of other types.
        arguments: What a tool is called with.
    """

    __slots__ = ("_text_is_whole", "arguments", "fields", "parts")

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {"object": "entry", "type": ""}
        self.parts: list[tuple[str, Any]] = []
        self.arguments: Fragments | None = None
        self._text_is_whole = True

    def take(self, value: dict[str, Any], event: int | None, path: Path) -> None:
        """Take in what came of it."""
        fields = {key: item for key, item in value.items() if key not in _OF_EVENTS and item is not None}
        if "created_at" in self.fields:
            fields.pop("created_at", None)
        self.fields.update(fields, type=string(value.get("type")))
        arguments = value.get("arguments")
        if isinstance(arguments, str):
            self.arguments = self.arguments or Fragments()
            self.arguments.add(arguments, event, (*path, "arguments"))
        elif arguments is not None:
            self.arguments = written(arguments, event, (*path, "arguments"))
        content = value.get("content")
        if isinstance(content, list):
            for number, chunk in enumerate(content):
                self._add(chunk, event, (*path, "content", number))
        elif content is not None:
            self._add(content, event, (*path, "content"))

    def _add(self, chunk: Any, event: int | None, path: Path) -> None:
        fields = mapping(chunk)
        kind = string(fields.get("type"))
        if isinstance(chunk, str) or (kind == "text" and isinstance(fields.get("text"), str)):
            text, here = (chunk, path) if isinstance(chunk, str) else (fields["text"], (*path, "text"))
            self._text_is_whole = self._text_is_whole and isinstance(chunk, str)
            self._go_on("text", text, event, here)
        elif kind == "thinking" and isinstance(fields.get("thinking"), str | list):
            said = fields["thinking"]
            if isinstance(said, str):
                self._go_on("thinking", said, event, (*path, "thinking"))
            for number, part in enumerate(items(said)):
                if isinstance(mapping(part).get("text"), str):
                    self._go_on("thinking", part["text"], event, (*path, "thinking", number, "text"))
        else:
            self._text_is_whole = False
            self.parts.append((kind, chunk))

    def _go_on(self, kind: str, text: str, event: int | None, path: Path) -> None:
        if not self.parts or self.parts[-1][0] != kind or not isinstance(self.parts[-1][1], Fragments):
            self.parts.append((kind, Fragments()))
        self.parts[-1][1].add(text, event, path)

    def texts(self, kind: str) -> Iterator[Fragments]:
        """Its texts, or its thoughts."""
        for name, part in self.parts:
            if name == kind and isinstance(part, Fragments):
                yield part

    def chunks(self) -> Iterator[dict[str, Any]]:
        """What else is in its content."""
        yield from (mapping(part) for _, part in self.parts if not isinstance(part, Fragments))

    def json(self) -> dict[str, Any]:
        """The entry in the API's own terms."""
        value = dict(self.fields)
        if self.arguments is not None:
            value["arguments"] = self.arguments.text
        if [kind for kind, _ in self.parts] == ["text"] and self._text_is_whole:
            value["content"] = self.parts[0][1].text
        elif self.parts:
            value["content"] = [_chunk(kind, part) for kind, part in self.parts]
        return value

    def call(self) -> ToolCall | None:
        """The call of a tool that it is."""
        if self.fields["type"] not in ("function.call", "tool.execution"):
            return None
        ident = string(self.fields.get("tool_call_id")) or string(self.fields.get("id"))
        return ToolCall(ident, string(self.fields.get("name")), self.arguments or Fragments())


def _chunk(kind: str, part: Any) -> Any:
    if not isinstance(part, Fragments):
        return part
    text = {"type": "text", "text": part.text}
    return text if kind == "text" else {"type": "thinking", "thinking": [text]}


def _media(entries: list[_Entry]) -> Iterator[Media]:
    for chunk in (chunk for entry in entries for chunk in entry.chunks()):
        if chunk.get("type") == "tool_file" and string(chunk.get("file_id")):
            yield Media(string(chunk.get("file_type")) or "file", chunk["file_id"])


def _message(native: dict[str, Any], entries: list[_Entry], errors: list[Any]) -> Message:
    text, reasoning = Fragments(), Fragments()
    for entry in entries:
        for part in entry.texts("text"):
            text.extend(part)
        for part in entry.texts("thinking"):
            reasoning.extend(part)
    usage = native.get("usage")
    choice = Choice(
        0,
        "assistant",
        text,
        reasoning,
        Fragments(),
        tuple(call for entry in entries if (call := entry.call()) is not None),
        tuple(chunk for entry in entries for chunk in entry.chunks() if chunk.get("type") == "tool_reference"),
        tuple(_media(entries)),
        "",
        any(entry.fields["type"] == "function.call" for entry in entries),
    )
    return Message(
        string(native.get("conversation_id")),
        next((model for entry in reversed(entries) if (model := string(entry.fields.get("model")))), ""),
        (choice,) if entries else (),
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )
