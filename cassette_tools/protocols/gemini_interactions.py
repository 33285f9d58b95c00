"""Gemini's Interactions API, at the Gemini API and on Vertex AI.

Sources: Google's "Streaming interactions" (https://ai.google.dev/gemini-api/docs/streaming), the reference of the API
(https://ai.google.dev/api/interactions-api) and its migration guide of May 2026
(https://ai.google.dev/gemini-api/docs/interactions-breaking-changes-may-2026), the types of google-genai 3.6 and, for
what came before, 1.75, and streams that were recorded for the Vercel AI SDK and for aimock. There are two revisions:

* since May 2026 an interaction has ``steps``: ``thought``, ``model_output``, ``function_call``, and calls and results
  of Google's tools. A stream has ``interaction.created``, then ``step.start``, ``step.delta`` … ``step.stop`` of one
  step after the other, and ends with ``interaction.completed``;
* before, it had ``outputs``, a flat list of contents, and the events were ``interaction.start``, ``content.start``,
  ``content.delta``, ``content.stop`` and ``interaction.complete``. The arguments of a call came whole.

The last event has the interaction with its status and its usage, and without its steps, which are those that were
streamed. ``data: [DONE]`` follows it at Google's, but no document asks for it, so a stream without is complete.
``interaction.status_update`` may come anywhere. Each event has the index of its step, so that steps may overlap;
clients are ready for that. How deltas merge (no SDK of Google's puts them together):

* ``text`` goes on with the text before it in the step's ``content``, ``text_annotation_delta`` cites for it;
  ``thought_summary`` does so with the ``summary``. Pictures, films and documents come whole, sound in pieces;
* ``arguments_delta`` has a piece of JSON, in place of the empty object that the step starts with;
* lists and texts that are a ``result`` append; every other key, such as ``signature`` or the ``arguments`` of Google's
  tools, replaces the step's.

``status`` is the finish reason, once it is neither ``queued`` nor ``in_progress``, which an interaction in the
background is answered with. ``requires_action`` asks for results of functions; so does ``completed`` where a call has
none. Neither thoughts nor what tools added to the prompt are in ``total_output_tokens`` and ``total_input_tokens``: the
total of 288,565 tokens of a recorded interaction is 210,314 + 9,851 + 18,888 (thoughts) + 49,512 (tools).
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.anthropic_messages import note_tool_arguments, written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.block_order import BlockOrder
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event

_STARTS = {"step.start": "step", "content.start": "content"}
"""Events that start a part of the answer, and what of them is the part."""
_GOES_ON = frozenset(("step.delta", "content.delta"))
_STOPS = frozenset(("step.stop", "content.stop"))
_BEGINS = frozenset(("interaction.created", "interaction.start"))
_ENDS = frozenset(("interaction.completed", "interaction.complete"))
_UNFINISHED = frozenset(("queued", "in_progress"))
_WHOLE = frozenset(("completed", "requires_action", "incomplete"))
"""Statuses with which all parts of the answer have ended."""
_CONTENTS = frozenset(("text", "image", "audio", "video", "document"))
_OF_THOUGHTS = frozenset(("thought_summary", "thought_signature"))
_OF_TEXT = frozenset(("type", "text", "annotations"))
_CITES = frozenset(("text_annotation_delta", "text_annotation"))
_TEXT, _SUMMARY, _ARGUMENTS = ("delta", "text"), ("delta", "content", "text"), ("delta", "arguments")


class GeminiInteractions(Protocol):
    """The protocol of ``POST …/interactions`` and ``GET …/interactions/{id}``."""

    name = "gemini-interactions"
    terminator = "interaction.completed"

    def accumulator(self, interaction: Interaction) -> "InteractionsAccumulator":
        """A fresh accumulator."""
        # A stream goes on from any of its events, and an interaction from where it had to stop.
        request = interaction.request
        resumed = "last_event_id=" in request.url or '"continuation_token"' in request.body.text
        return InteractionsAccumulator(resumed=resumed)

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an ``interaction``, or of an ``error``."""
        name = _list_of(value)
        steps = [_Step(mapping(step), None, (name, number)) for number, step in enumerate(items(value.get(name)))]
        error = value.get("error")
        return _message(value, steps, [error] if error else _faults(value))


class InteractionsAccumulator(Accumulator):
    """Puts one stream of events of an interaction together.

    Args:
        resumed: The stream may start anywhere in the interaction.
    """

    def __init__(self, *, resumed: bool = False) -> None:
        super().__init__()
        self._resumed = resumed
        self._interaction: dict[str, Any] = {}
        self._told: int | None = None
        self._steps: dict[int, _Step] = {}
        self._list = ""
        self._order = BlockOrder(self._disorder, overlap=True)
        self._usage: Any = None
        self._errors: list[Any] = []
        self._id = ""
        self._begun = self._greeted = self._ended = self._done = self._mixed = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event. What is no object has nothing to merge."""
        number = self._last = event.number
        value = mapping(chunk)
        kind = string(value.get("event_type")) or event.type
        if self._ended or self._done:
            if kind != "interaction.status_update":
                self.note(Kind.AFTER_TERMINATOR, event.data, number)
        elif kind in _GOES_ON:
            self._begin(kind, number)
            self._add_delta(kind, value, number)
        elif kind in _STARTS:
            self._begin(kind, number)
            index = self._order.index(value.get("index"))
            self._order.start(index, number)
            if index not in self._steps:
                where = _STARTS[kind]
                self._steps[index] = _Step(mapping(value.get(where)), number, (where,))
        elif kind in _STOPS:
            self._begin(kind, number)
            self._order.end(self._order.index(value.get("index")), number)
            self._usage = value.get("usage") or self._usage
        elif kind == "error" or value.get("error"):
            self._error(value.get("error") or chunk, number)
        elif kind.startswith("interaction."):
            self._learn(kind, value, number)

    def terminate(self, event: Event) -> None:
        """``[DONE]``, after which nothing comes."""
        if self._done:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
        self._done = True

    def _disorder(self, detail: str, event: int) -> None:
        if not (self._mixed or self._resumed):
            self.note(Kind.BLOCK_ORDER, detail, event)

    def _error(self, error: Any, event: int) -> None:
        self._errors.append(error)
        self.note(Kind.ERROR, error_text(error), event)

    def _begin(self, kind: str, event: int) -> None:
        if not self._list:
            self._list = "steps" if kind.startswith("step.") else "outputs"
        if not self._begun:
            self._begun = True
            first = "interaction.created" if self._list == "steps" else "interaction.start"
            self._disorder(f"{kind} comes before {first}", event)

    def _add_delta(self, event_kind: str, value: dict[str, Any], event: int) -> None:
        index = self._order.index(value.get("index"))
        self._order.go_on(index, event)
        delta = mapping(value.get("delta"))
        kind = string(delta.get("type")) or _kind_of(delta)
        step = self._steps.get(index)
        if step is None:
            step = self._steps[index] = _Step({"type": _type_for(kind, event_kind)}, event, ())
        elif not step.fits(kind):
            self._order.tell(f"{kind} in block {index}, which is of the type {step.type!r}", event, index)
        step.add(kind, delta, event)
        if "metadata" in value:
            self._usage = mapping(value["metadata"]).get("total_usage") or self._usage

    def _learn(self, kind: str, value: dict[str, Any], event: int) -> None:
        """What an event says of the interaction itself."""
        told = mapping(value.get("interaction"))
        name = string(told.get("id")) or string(value.get("interaction_id"))
        starts_again = kind in _BEGINS and self._greeted
        if starts_again or (name and self._id and name != self._id):
            if not self._mixed:
                self._mixed = True
                self.note(Kind.MIXED, f"{self._id}\n{name}", event)
            return
        self._id = self._id or name
        self._begun = True
        self._greeted = self._greeted or kind in _BEGINS
        known = self._interaction
        if told:
            self._told = event if told.get("steps") or told.get("outputs") else self._told
            known.update((key, item) for key, item in told.items() if item is not None or key not in known)
        for key in ("status", "usage"):
            if value.get(key) is not None:
                known[key] = value[key]
        if kind not in _ENDS:
            return
        self._ended = True
        if string(known.get("status")) in _WHOLE:
            self._order.close(kind, event)
        if known.get("status") == "failed" and not self._errors:
            for fault in _faults(known) or ["failed"]:
                self._error(fault, event)

    def finish(self) -> Message:
        """The interaction as the API sends it without streaming."""
        native = dict(self._interaction)
        steps = [self._steps[index] for index in sorted(self._steps)]
        if steps or self._list:
            native[self._list] = [step.json() for step in steps]
        else:
            name = _list_of(native)
            where: Path = ("interaction", name)
            told = items(native.get(name))
            steps = [_Step(mapping(step), self._told, (*where, number)) for number, step in enumerate(told)]
        if native:
            native = {"object": "interaction", **native}
            if self._usage and native.get("usage") is None:
                native["usage"] = self._usage
        elif self._errors:
            native = {"error": self._errors[-1]}
        message = _message(native, steps, self._errors)
        if not (self._errors or self._mixed):
            finished = bool(_finish_reason(native))
            if not self._ended:
                self.note(Kind.NO_TERMINATOR if finished else Kind.CUT, "", self._last)
            elif not finished:
                self.note(Kind.UNFINISHED, "0", self._last)
            if finished:
                note_tool_arguments(self, message)
        return message


def _kind_of(delta: dict[str, Any]) -> str:
    """The type of a delta that does not say it: those of agents do not."""
    if isinstance(delta.get("text"), str):
        return "text"
    if isinstance(delta.get("arguments"), str):
        return "arguments_delta"
    return "thought_summary" if isinstance(delta.get("content"), dict) else ""


def _type_for(kind: str, event_kind: str) -> str:
    """The type of the step, or of the content, that a delta must belong to."""
    if kind in _OF_THOUGHTS:
        return "thought"
    if kind == "arguments_delta":
        return "function_call"
    if kind in _CITES:
        kind = "text"
    return "model_output" if kind in _CONTENTS and event_kind == "step.delta" else kind


class _Step:
    """A step that is put together or came whole; in the older revision, a content.

    Attributes:
        type: Its type.
        value: What it has, but for its parts and for what came in pieces.
        parts: The contents in it; itself, where it is one.
    """

    __slots__ = ("_arguments", "_begin", "_list", "_places", "_results", "parts", "type", "value")

    def __init__(self, value: dict[str, Any], event: int | None, path: Path) -> None:
        self.type = string(value.get("type"))
        self.value = dict(value)
        self._begin = (event, path)
        self._places: dict[str, tuple[int | None, Path]] = {}
        self._arguments = Fragments()
        self._results: list[Any] | None = None
        if self.type in _CONTENTS:
            self._list = ""
            self.parts = [_Part(value, event, path)]
        else:
            self._list = "summary" if self.type == "thought" else "content"
            held = items(value.get(self._list))
            self.parts = [_Part(part, event, (*path, self._list, number)) for number, part in enumerate(held)]

    def fits(self, kind: str) -> bool:
        """Whether a delta of a type may belong to it."""
        if kind == "text":
            return self.type not in ("thought", "function_call")
        if kind == "thought_summary":
            return self.type == "thought"
        return kind != "arguments_delta" or self.type.endswith("_call")

    def add(self, kind: str, delta: dict[str, Any], event: int) -> None:
        """Take in a delta."""
        if kind == "text":
            self._add_text(delta.get("text"), event, _TEXT)
            if len(delta) > 2:
                self._cite(delta.get("annotations"))
                more = {key: item for key, item in delta.items() if key not in _OF_TEXT}
                if more:
                    self._text_part().update(more)
            return
        if kind in _CITES:
            self._cite(delta.get("annotations"))
            return
        if kind in _CONTENTS:
            self._add_content(kind, delta, event, ("delta",))
            return
        taken = ""
        if kind == "thought_summary":
            taken = "content"
            content = mapping(delta.get("content"))
            sort = string(content.get("type"))
            if sort in ("", "text"):
                self._add_text(content.get("text"), event, _SUMMARY)
            else:
                self._add_content(sort, content, event, ("delta", "content"))
        elif kind == "arguments_delta" and isinstance(delta.get("arguments"), str):
            taken = "arguments"
            self._arguments.add(delta["arguments"], event, _ARGUMENTS)
        if len(delta) > 2 or taken not in delta:
            for key, item in delta.items():
                if key not in ("type", taken):
                    self._set(key, item, event)

    def _add_text(self, text: Any, event: int, path: Path) -> None:
        if isinstance(text, str):
            self._text_part().add_text(text, event, path)

    def _cite(self, annotations: Any) -> None:
        if isinstance(annotations, list):
            self._text_part().cite(annotations)

    def _text_part(self) -> "_Part":
        """The text that goes on."""
        if not self.parts or (self._list and not self.parts[-1].is_text):
            self.parts.append(_Part({"type": "text", "text": ""}, None, ()))
        return self.parts[-1]

    def _add_content(self, kind: str, value: dict[str, Any], event: int, path: Path) -> None:
        if self.parts and (not self._list or self.parts[-1].goes_on(kind)):
            self.parts[-1].update(value)
        else:
            self.parts.append(_Part(value, event, path))

    def _set(self, key: str, item: Any, event: int) -> None:
        if key == "result":
            held = self.value.get(key)
            if isinstance(item, str | list) and type(held) is type(item):
                if self._results is None:
                    self._results = [held]
                self._results.append(item)
                return
            self._results = None
        self.value[key] = item
        self._places[key] = (event, ("delta", key))

    def json(self) -> Any:
        """The step in the API's own terms."""
        if not self._list:
            return {**self.parts[0].json(), **{key: self.value[key] for key in self._places}}
        value = dict(self.value)
        if self.parts:
            value[self._list] = [part.json() for part in self.parts]
        if self._results is not None:
            is_text = isinstance(self._results[0], str)
            value["result"] = "".join(self._results) if is_text else [one for held in self._results for one in held]
        said = self._arguments.text
        if said.strip():
            try:
                value["arguments"] = strict_json.loads(said)
            except strict_json.JsonError:
                value["arguments"] = said
        return value

    @property
    def is_answer(self) -> bool:
        """Whether it is what the model says, and no thought, no call, no result and no question."""
        return not self._list or self.type == "model_output"

    def call(self) -> ToolCall:
        """The call of a tool."""
        arguments, plain = self._arguments, False
        held = self.value.get("arguments")
        if not arguments and held:
            event, path = self._places.get("arguments", (self._begin[0], (*self._begin[1], "arguments")))
            code = mapping(held).get("code")
            if isinstance(held, str):
                arguments = Fragments.of(held, event, path)
            elif self.type == "code_execution_call" and isinstance(code, str):
                arguments, plain = Fragments.of(code, event, (*path, "code")), True
            else:
                arguments = written(held, event, path)
        name = string(self.value.get("name")) or self.type.removesuffix("_call")
        return ToolCall(string(self.value.get("id")), name, arguments, plain=plain)


class _Part:
    """A content: a text, a picture, a sound, a film or a document.

    Attributes:
        value: As it came, or as it began.
        text: What it says, where it is a text.
    """

    __slots__ = ("_cited", "_is_own", "_sound", "_type", "text", "value")

    def __init__(self, value: Any, event: int | None, path: Path) -> None:
        fields = mapping(value)
        self.value = value
        self._is_own = False  # it may be the event's
        self._type = string(fields.get("type"))
        self._cited: list[Any] | None = None
        self._sound: list[str] | None = None
        self.text: Fragments | None = None
        if self._type in ("", "text") and isinstance(fields.get("text"), str):
            self.text = Fragments()
            if path:
                self.text.add(fields["text"], event, (*path, "text"))

    @property
    def is_text(self) -> bool:
        """Whether it is a text, which may have none yet."""
        return self._type == "text" or self.text is not None

    def add_text(self, text: str, event: int, path: Path) -> None:
        """Go on with a piece of text."""
        if self.text is None:
            self.text = Fragments()
        self.text.add(text, event, path)

    def cite(self, annotations: list[Any]) -> None:
        """Go on with citations."""
        if self._cited is None:
            self._cited = [*items(mapping(self.value).get("annotations"))]
        self._cited += annotations

    def goes_on(self, kind: str) -> bool:
        """Whether a content of a type goes on with it: a sound, or what has been announced without its data."""
        fields = mapping(self.value)
        return kind == self._type and (kind == "audio" or not (fields.get("data") or fields.get("uri")))

    def update(self, value: dict[str, Any]) -> None:
        """Go on with a content of its type."""
        if not self._is_own:
            self.value = {**mapping(self.value)}
            self._is_own = True
        held, data = self.value.get("data"), value.get("data")
        if self._type == "audio" and isinstance(held, str) and isinstance(data, str):
            if self._sound is None:
                self._sound = [held]
            self._sound.append(data)
            value = {key: item for key, item in value.items() if key != "data"}
        self.value.update(value)

    def json(self) -> Any:
        """The content in the API's own terms."""
        changed: dict[str, Any] = {}
        if self.text is not None:
            changed["text"] = self.text.text
        if self._cited is not None:
            changed["annotations"] = self._cited
        if self._sound is not None:
            changed["data"] = _joined(self._sound)
        return {**mapping(self.value), **changed} if changed else self.value

    @property
    def citations(self) -> list[Any]:
        """What it cites."""
        return items(mapping(self.value).get("annotations")) if self._cited is None else self._cited

    def media(self) -> Iterator[Media]:
        """The picture, the sound, the film or the document that it is."""
        if self._type in _CONTENTS and self._type != "text":
            fields = self.json()
            data = string(fields.get("data")) or string(fields.get("uri"))
            if data:
                yield Media(string(fields.get("mime_type")) or self._type, data)


def _joined(pieces: list[str]) -> str:
    """Sound of which each piece is base64 of its own."""
    try:
        return base64.b64encode(b"".join(base64.b64decode(piece, validate=True) for piece in pieces)).decode()
    except (binascii.Error, ValueError):
        return "".join(pieces)


def _list_of(interaction: dict[str, Any]) -> str:
    """What an interaction calls its steps."""
    return "outputs" if isinstance(interaction.get("outputs"), list) and "steps" not in interaction else "steps"


def _faults(interaction: dict[str, Any]) -> list[Any]:
    """The errors that made an interaction fail."""
    if interaction.get("status") != "failed":
        return []
    steps = (mapping(step).get("error") for step in items(interaction.get("steps")))
    return [fault for fault in (*items(interaction.get("errors")), *steps) if fault]


def _finish_reason(interaction: dict[str, Any]) -> str:
    status = string(interaction.get("status"))
    return "" if status in _UNFINISHED else status


def _message(native: dict[str, Any], steps: list[_Step], errors: list[Any]) -> Message:
    usage = native.get("usage")
    return Message(
        string(native.get("id")),
        string(native.get("model")) or string(native.get("agent")),
        (_choice(native, steps),) if steps or "status" in native else (),
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )


def _choice(native: dict[str, Any], steps: list[_Step]) -> Choice:
    text, reasoning = Fragments(), Fragments()
    calls: list[ToolCall] = []
    citations: list[Any] = []
    media: list[Media] = []
    asked: set[str] = set()
    for step in steps:
        if step.type.endswith("_call"):
            calls.append(step.call())
            if step.type == "function_call":
                asked.add(calls[-1].id)
        elif step.type == "function_result":
            asked.discard(string(step.value.get("call_id")))
        for part in step.parts:
            if step.type == "thought":
                reasoning.extend(part.text or Fragments())
            elif step.is_answer:
                text.extend(part.text or Fragments())
                citations += part.citations
                media += part.media()
    return Choice(
        0,
        string(native.get("role")) or "model",
        text,
        reasoning,
        Fragments(),
        tuple(calls),
        tuple(citations),
        tuple(media),
        _finish_reason(native),
        bool(asked),
    )
