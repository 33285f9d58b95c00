"""OpenAI's Responses API.

Source: OpenAI's API reference, "Responses" and "Streaming events"
(https://platform.openai.com/docs/api-reference/responses-streaming). How events merge:

* ``native`` is the ``response`` of the event that ends the stream (``response.completed``, ``response.incomplete``,
  ``response.failed``, ``response.cancelled``): the provider's own sum, and what its SDK returns. Where that came
  without output, or where the stream is cut, it is the last response that came, with the items in the order of their
  ``output_index``: each as its ``response.output_item.done`` says, else as it was added, with what its deltas add up
  to;
* the common view is made of the deltas, so that its characters lead back to the events that brought them. An item or a
  text that came whole, that the stream does not have from its start (``starting_after``), or whose deltas add up to
  something else than the provider says, is taken from the event that has it whole.

Items are found by their id, then by their ``output_index``: gateways are known that change the ids from event to event,
and others that give several items the same index.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event


class _Text(NamedTuple):
    """What the deltas of one type of event add up to."""

    where: str
    """The list of the item's parts that has the text, or the item's field that is the text."""
    number: str
    """The event's field that numbers the part; empty where the text is a field of the item."""
    field: str
    """What the text is called in the part, and in the event that has it whole."""
    part_type: str
    item_type: str

    def path(self, event: dict[str, Any]) -> Path:
        """Where in its item the text is."""
        return (self.where, _index(event.get(self.number)), self.field) if self.number else (self.where,)


_TEXTS = {
    "response.output_text": _Text("content", "content_index", "text", "output_text", "message"),
    "response.refusal": _Text("content", "content_index", "refusal", "refusal", "message"),
    "response.reasoning_text": _Text("content", "content_index", "text", "reasoning_text", "reasoning"),
    "response.reasoning_summary_text": _Text("summary", "summary_index", "text", "summary_text", "reasoning"),
    "response.function_call_arguments": _Text("arguments", "", "arguments", "", "function_call"),
    "response.mcp_call_arguments": _Text("arguments", "", "arguments", "", "mcp_call"),
    "response.custom_tool_call_input": _Text("input", "", "input", "", "custom_tool_call"),
    "response.code_interpreter_call_code": _Text("code", "", "code", "", "code_interpreter_call"),
}
_DELTAS = {f"{name}.delta": text for name, text in _TEXTS.items()}
_DONES = {f"{name}.done": text for name, text in _TEXTS.items()}
_PARTS = {
    "response.content_part.added": ("content", "content_index", "message"),
    "response.content_part.done": ("content", "content_index", "message"),
    "response.reasoning_summary_part.added": ("summary", "summary_index", "reasoning"),
    "response.reasoning_summary_part.done": ("summary", "summary_index", "reasoning"),
}
"""Events that bring a part of an item: the list it belongs to, the field that numbers it, and the item's type."""
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
_UNFINISHED = frozenset({"queued", "in_progress"})
_IDENTITY = ("type", "name", "call_id")
"""What tells an item from another one, besides its texts; gateways change the rest between events."""
_ARGUMENTS = ("arguments", "input", "code", "action", "operation", "queries")
"""Where a tool call has what it is called with: the first of these that it has."""
_PLAIN = frozenset({"input", "code"})
"""Those that are text and no JSON."""


class OpenAIResponses(Protocol):
    """The protocol of ``POST …/responses``."""

    name = "openai-responses"
    terminator = "response.completed"

    def accumulator(self, interaction: Interaction) -> "ResponsesAccumulator":
        """A fresh accumulator."""
        # A response that was stored can be streamed again, from any of its events on.
        resumed = interaction.request.method.upper() == "GET" or "starting_after=" in interaction.request.url
        return ResponsesAccumulator(resumed=resumed)

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``response``."""
        output = []
        for number, item in enumerate(items(value.get("output"))):
            output.append(_Item(mapping(item), number, None))
            output[-1].fill(None, ("output", number))
        error = value.get("error")
        return _message(value, output, [error] if error else [])


class _Item:
    """An item of the output, as far as it came.

    Attributes:
        value: The item as it was added, or as it was when done.
        index: Its place in the output.
        event: The number of the event that added it; None where the stream does not have it from its start.
        done: Whether it came whole.
        texts: What its deltas add up to, by the path in the item.
    """

    __slots__ = ("_parts", "done", "event", "index", "texts", "value")

    def __init__(self, value: dict[str, Any], index: int, event: int | None) -> None:
        self.value = value
        self.index = index
        self.event = event
        self.done = False
        self.texts: dict[Path, Fragments] = {}
        self._parts: dict[tuple[str, int], dict[str, Any]] = {}

    def set_part(self, where: str, number: int, part: dict[str, Any]) -> None:
        """Note what a part of the item is besides its text."""
        self._parts[where, number] = {**part, "annotations": [*part["annotations"]]} if _cites(part) else part

    def begins_empty(self, place: Path) -> bool:
        """Whether a part was announced whose text was to come: hosts that send it whole announce none, or all of it."""
        part = self._parts.get((str(place[0]), _index(place[1])))
        return part is not None and part.get("text") == ""

    def add_text(self, text: _Text, event: dict[str, Any]) -> Fragments:
        """A text of which the first fragment came."""
        path = text.path(event)
        fragments = self.texts[path] = Fragments()
        if text.number and (text.where, path[1]) not in self._parts:
            self._parts[text.where, _index(path[1])] = {"type": text.part_type}
        return fragments

    def add_annotation(self, number: int, annotation: Any) -> None:
        """A citation in a part of the item's content."""
        part = self._parts.get(("content", number))
        if part is None or not _cites(part):
            part = self._parts["content", number] = {**(part or {"type": "output_text"}), "annotations": []}
        part["annotations"].append(annotation)

    def fill(self, event: int | None, path: Path) -> None:
        """Take the texts that did not come in deltas from the item itself, which stands at a path of an event."""
        for place, text in _texts(self.value):
            if place not in self.texts:
                self.texts[place] = Fragments.of(text, event, (*path, *place))

    def whole(self) -> dict[str, Any]:
        """The item as the provider has it in the end, as far as it came."""
        if self.done:
            return self.value
        value = dict(self.value)
        numbers: dict[str, set[int]] = {}
        for where, number in self._parts:
            numbers.setdefault(where, set()).add(number)
        for where, found in numbers.items():
            value[where] = [self._part(where, number) for number in sorted(found)]
        for place, text in self.texts.items():
            if len(place) == 1:
                value[str(place[0])] = text.text
        return value

    def _part(self, where: str, number: int) -> dict[str, Any]:
        part = dict(self._parts[where, number])
        for field in ("text", "refusal"):
            if (where, number, field) in self.texts:
                part[field] = self.texts[where, number, field].text
        return part


class ResponsesAccumulator(Accumulator):
    """Puts one stream of events of a response together.

    Args:
        resumed: The stream may start anywhere in the response.
    """

    def __init__(self, *, resumed: bool = False) -> None:
        super().__init__()
        self._resumed = resumed
        self._response: dict[str, Any] = {}
        self._items: list[_Item] = []
        self._by_id: dict[str, _Item] = {}
        self._by_index: dict[int, _Item] = {}
        self._errors: list[Any] = []
        self._terminator = ""
        self._id = ""
        self._mixed = False
        self._numbered = True
        self._first_number: int | None = None
        self._doubt: tuple[int, int] | None = None
        self._counts = False
        self._due = 0
        self._gap = -1
        self._held: list[tuple[str, int]] = []
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event. What is no object has nothing to merge."""
        self._last = event.number
        if self._terminator:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        value = mapping(chunk)
        kind = string(value.get("type")) or event.type
        if kind == "error" or event.type == "error" or (value.get("error") and not kind.startswith("response.")):
            self._error(value.get("error") or chunk, event.number)
        if "response" in value and self._is_foreign(mapping(value["response"]), event.number):
            return
        self._count(value.get("sequence_number"), kind, event.number)
        text = _DELTAS.get(kind)
        if text is not None:
            self._add_delta(text, value, event.number)
        elif kind in _DONES:
            text = _DONES[kind]
            if isinstance(value.get(text.field), str):
                item = self._find(value, text.item_type)
                self._compare(item, text.path(value), value[text.field], (text.field,), event, kind)
        elif isinstance(value.get("response"), dict):
            self._response = value["response"]
            if kind in _ENDS:
                self._end(kind, event)
        else:
            self._add_structure(kind, value, event)

    def _error(self, error: Any, event: int) -> None:
        self._errors.append(error)
        self.note(Kind.ERROR, error_text(error), event)

    def _is_foreign(self, response: dict[str, Any], event: int) -> bool:
        """Whether a response is another one than that of the stream, whose numbers and items then say nothing."""
        name = string(response.get("id"))
        if not name or name == self._id:
            return False
        if not self._id:
            self._id = name
            return False
        if not self._mixed:
            self._mixed = True
            self.note(Kind.MIXED, f"{self._id}\n{name}", event)
        return True

    def _count(self, number: Any, kind: str, event: int) -> None:
        if not isinstance(number, int) or isinstance(number, bool) or not self._numbered or self._mixed:
            return
        if self._first_number is None:
            self._first_number = number
            first_is_lost = number > 0 and kind != "response.created" and not self._resumed
            self._due = 0 if first_is_lost else number
        elif self._doubt is None and self._due == self._first_number + 1 and number <= self._first_number:
            self._doubt = event, number  # the first one once more, or a host that does not count: the next one tells
            return
        elif self._doubt is not None and not self._counts:
            if number <= self._first_number:
                self._numbered = False
                return
            self._counts = True
            self.note(Kind.SEQUENCE_GAP, f"{self._due}\n{self._doubt[1]}", self._doubt[0])
            self._due = self._doubt[1] + 1
        if number != self._due:
            self._gap = event
            self.note(Kind.SEQUENCE_GAP, f"{self._due}\n{number}", event)
        self._due = number + 1

    def _find(self, value: dict[str, Any], item_type: str) -> _Item:
        """The item that an event is about."""
        index = _index(value.get("output_index"))
        item = self._by_id.get(string(value.get("item_id"))) or self._by_index.get(index)
        return item or self._new_item({"type": item_type}, index, None)

    def _new_item(self, value: dict[str, Any], index: int, event: int | None) -> _Item:
        item = _Item(value, index, event)
        self._items.append(item)
        self._by_index[index] = item
        self._name(item, value)
        return item

    def _name(self, item: _Item, value: dict[str, Any]) -> None:
        name = string(value.get("id"))
        if name:
            self._by_id[name] = item

    def _add_delta(self, text: _Text, value: dict[str, Any], event: int) -> None:
        delta = value.get("delta")
        if not isinstance(delta, str):
            return
        item = self._find(value, text.item_type)
        fragments = item.texts.get(text.path(value))
        if fragments is None:
            fragments = item.add_text(text, value)
        fragments.add(delta, event, ("delta",))

    def _add_structure(self, kind: str, value: dict[str, Any], event: Event) -> None:
        if kind == "response.output_item.added":
            added = mapping(value.get("item"))
            known = self._by_id.get(string(added.get("id")))
            if known is None:
                self._new_item(added, _index(value.get("output_index")), event.number)
            elif not known.done:
                known.value = added
        elif kind == "response.output_item.done":
            whole = mapping(value.get("item"))
            item = self._find({**value, "item_id": whole.get("id")}, "")
            item.value = whole
            item.done = True
            self._name(item, whole)
            self._compare_item(item, whole, ("item",), event, kind)
        elif kind == "response.output_text.annotation.added":
            item = self._find(value, "message")
            item.add_annotation(_index(value.get("content_index")), value.get("annotation"))
        elif kind in _PARTS and isinstance(value.get("part"), dict):
            where, number_field, item_type = _PARTS[kind]
            item, part, number = self._find(value, item_type), value["part"], _index(value.get(number_field))
            item.set_part(where, number, part)
            for field in ("text", "refusal"):
                if kind.endswith(".done") and isinstance(part.get(field), str):
                    self._compare(item, (where, number, field), part[field], ("part", field), event, kind)

    def _end(self, kind: str, event: Event) -> None:
        self._terminator = kind
        if kind == "response.failed" and not self._errors:
            self._error(self._response.get("error") or kind, event.number)
        for index, value in enumerate(items(self._response.get("output"))):
            path = ("response", "output", index)
            item = self._by_id.get(string(mapping(value).get("id")))
            if item is not None:
                self._compare_item(item, mapping(value), path, event, kind)
            elif index not in self._by_index:
                self._new_item(mapping(value), index, None).fill(event.number, path)
        if kind == "response.completed" and not (self._resumed or self._mixed) and self._gap < 0:
            self._compare_output(event.number)
        if kind != "response.incomplete":
            # Where the answer is cut at a limit, its reasoning is whole in neither or in one of the two.
            for detail, number in self._held:
                self.note(Kind.SNAPSHOT, detail, number)

    def _compare_item(self, item: _Item, value: dict[str, Any], path: Path, event: Event, kind: str) -> None:
        for place, text in _texts(value):
            self._compare(item, place, text, (*path, *place), event, kind)

    def _compare_output(self, event: int) -> None:
        """Compare the items that were done with those that the whole response has."""
        output = items(self._response.get("output"))
        done = {id(item): item for item in self._items if item.done and item.event is not None}
        if not output or not done:
            return  # the whole response came without them, or alone
        known = [item for item in self._items if item.event is not None]
        if len({item.index for item in known}) < len(known):
            return  # it numbers nothing, and may name nothing either
        for index, value in enumerate(output):
            whole = mapping(value)
            item = self._by_id.get(string(whole.get("id"))) or self._by_index[index]
            if item.event is None:
                detail = f"output {index}: response.completed has an item of the type '{string(whole.get('type'))}'"
                self.note(Kind.SNAPSHOT, f"{detail} that no event brought", event)
            elif done.pop(id(item), None) is not None:
                pairs = ((key, string(item.value.get(key)), string(whole.get(key))) for key in _IDENTITY)
                for key, streamed, said in pairs:
                    if streamed != said:
                        detail = f"output {item.index}, {key}: response.output_item.done has '{streamed}'"
                        self.note(Kind.SNAPSHOT, f"{detail}, response.completed has '{said}'", event)
                        break
        for item in done.values():
            detail = f"output {item.index}: response.output_item.done has an item of the type"
            detail = f"{detail} '{string(item.value.get('type'))}'"
            self.note(Kind.SNAPSHOT, f"{detail}, response.completed has none", event)

    def _compare(self, item: _Item, place: Path, said: str, path: Path, event: Event, kind: str) -> None:
        """Compare what the deltas of a text add up to with what an event says, which counts if it differs."""
        fragments = item.texts.get(place)
        if fragments and fragments.text == said:
            return
        lost = not fragments and bool(said) and kind == "response.output_text.done" and item.begins_empty(place)
        if (fragments or lost) and item.event is not None and self._gap < item.event:
            detail = _difference(item, place, fragments.text if fragments else "", said, kind)
            if item.value.get("type") == "reasoning":
                self._held.append((detail, event.number))
            else:
                self.note(Kind.SNAPSHOT, detail, event.number)
        item.texts[place] = Fragments.of(said, event.number, path)

    def finish(self) -> Message:
        """The response as the provider sends it without streaming."""
        if not self._terminator and not self._errors and not self._mixed:
            self.note(Kind.CUT, "", self._last)
        self._items.sort(key=lambda item: item.index)
        native = self._response
        if not self._terminator or (self._items and not items(native.get("output"))):
            native = {"object": "response", **native, "output": [item.whole() for item in self._items]}
        for item in self._items:
            item.fill(item.event, ("item",))
        message = _message(native, self._items, self._errors)
        if self._terminator:
            for choice in message.choices:
                for call in choice.tool_calls:
                    if call.problem and choice.finish != "length":
                        self.note(Kind.TOOL_ARGUMENTS, f"{call.name}\n{call.problem}", call.arguments.events[0])
        return message


def _index(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _cites(part: dict[str, Any]) -> bool:
    return isinstance(part.get("annotations"), list)


def _texts(item: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """The texts of an item, and where in it they are."""
    for where in ("summary", "content"):
        for number, part in enumerate(items(item.get(where))):
            for field in ("text", "refusal"):
                text = mapping(part).get(field)
                if isinstance(text, str):
                    yield (where, number, field), text
    for where in ("arguments", "input", "code"):
        if isinstance(item.get(where), str):
            yield (where,), item[where]


def _difference(item: _Item, place: Path, text: str, said: str, kind: str) -> str:
    what = f"{place[0]} {place[1]}" if len(place) > 1 else f"{place[0]}"
    same = next((at for at, (one, other) in enumerate(zip(text, said, strict=False)) if one != other), None)
    first = min(len(text), len(said)) if same is None else same
    return (
        f"output {item.index}, {what}: the deltas add up to {len(text):,} characters, {kind} has {len(said):,}; "
        f"the first difference is at character {first + 1:,}"
    )


def _message(native: dict[str, Any], output: list[_Item], errors: list[Any]) -> Message:
    usage = native.get("usage")
    choices: tuple[Choice, ...] = ()
    if output or isinstance(native.get("output"), list):
        choices = (_choice(output, _finish_reason(native)),)
    return Message(
        string(native.get("id")),
        string(native.get("model")),
        choices,
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )


def _finish_reason(response: dict[str, Any]) -> str:
    status = string(response.get("status"))
    reason = string(mapping(response.get("incomplete_details")).get("reason"))
    return "" if status in _UNFINISHED else reason or status


def _choice(output: list[_Item], finish_reason: str) -> Choice:
    role = ""
    text, reasoning, refusal = Fragments(), Fragments(), Fragments()
    calls: list[ToolCall] = []
    awaits_results = False
    citations: list[Any] = []
    media: list[Media] = []
    for item in output:
        value = item.whole()
        kind = string(value.get("type"))
        if kind == "reasoning":
            for _, fragments in _in_order(item, "summary", "content"):
                reasoning.extend(fragments)
        elif kind.endswith("_call") or kind == "mcp_approval_request":
            calls.append(_call(value, item))
            awaits_results = awaits_results or "call_id" in value or kind == "mcp_approval_request"
            media += (Media("image", image) for image in _images(kind, value))
        elif kind == "message" and value.get("role") != "user":  # what is compacted has the questions, too
            role = role or string(value.get("role"))
            for field, fragments in _in_order(item, "content"):
                (refusal if field == "refusal" else text).extend(fragments)
            for part in items(value.get("content")):
                citations += items(mapping(part).get("annotations"))
    return Choice(
        0,
        role or "assistant",
        text,
        reasoning,
        refusal,
        tuple(calls),
        tuple(citations),
        tuple(media),
        finish_reason,
        awaits_results,
    )


def _images(kind: str, value: dict[str, Any]) -> Iterator[str]:
    """The pictures that a call of a tool made: base64, or their URLs."""
    if kind == "image_generation_call" and string(value.get("result")):
        yield value["result"]
    for output in items(value.get("outputs")):  # the code interpreter's
        if mapping(output).get("type") == "image" and string(output.get("url")):
            yield output["url"]


def _in_order(item: _Item, *lists: str) -> Iterator[tuple[str, Fragments]]:
    for where in lists:
        found = [place for place in item.texts if place[0] == where]
        for place in sorted(found, key=lambda place: _index(place[1])):
            yield str(place[2]), item.texts[place]


def _call(value: dict[str, Any], item: _Item) -> ToolCall:
    kind = string(value.get("type")).removesuffix("_call")
    name = next((field for field in _ARGUMENTS if value.get(field)), "")
    arguments = item.texts.get((name,))
    if arguments is None:
        # A structure, or a list of queries: what it becomes does not lead back to characters.
        structure = value[name] if name and isinstance(value[name], dict) else {name: value[name]} if name else None
        arguments = Fragments.of(json.dumps(structure, ensure_ascii=False), None, ()) if structure else Fragments()
    return ToolCall(
        string(value.get("call_id")) or string(value.get("id")),
        string(value.get("name")) or kind,
        arguments,
        plain=name in _PLAIN,
    )
