"""Cohere's chat, in its two versions, and its older completions.

Source: Cohere's API reference, "Chat with streaming" (https://docs.cohere.com/reference/chat-stream), the same of
version 1 (https://docs.cohere.com/v1/reference/chat-stream), and "Generate"
(https://docs.cohere.com/reference/generate). Cohere's SDK has no accumulator. How events merge:

* version 2: ``message-start`` has the message; ``content-start``, ``tool-call-start`` and ``citation-start`` bring a
  member of ``content``, ``tool_calls`` and ``citations``, by index; the ``text``, ``thinking`` and ``arguments`` of
  deltas are concatenated to it, as is ``tool_plan``; the ``logprobs`` of deltas are a list in the answer;
  ``message-end`` has the finish reason and the usage. Lists that stay empty are left out, as they are without
  streaming. ``[DONE]`` may follow;
* version 1: ``stream-end`` has the whole response; where a stream was cut, the texts of ``text-generation`` and the
  ``parameters`` of each call in ``tool-calls-chunk`` are concatenated, and what else came is kept as it came last;
* completions: the same, with the texts of ``text-generation``.
"""

from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction, Path
from cassette_tools.protocols import completions
from cassette_tools.protocols.anthropic_messages import note_tool_arguments, written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Message, ToolCall
from cassette_tools.protocols.openai_chat import index_of
from cassette_tools.wire.event import Event


class CohereChat(Protocol):
    """Cohere's ``POST /v2/chat``."""

    name = "cohere-chat"
    terminator = "message-end"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return ChatAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, or of an error."""
        if not isinstance(value.get("message"), dict):
            return Message(string(value.get("id")), "", (), None, (value,), value)
        said = value["message"]
        blocks = [_Member.whole(block, ("message", "content", n)) for n, block in enumerate(items(said.get("content")))]
        calls = [
            _Member.whole(call, ("message", "tool_calls", n)) for n, call in enumerate(items(said.get("tool_calls")))
        ]
        plan = Fragments.of(string(said.get("tool_plan")), None, ("message", "tool_plan"))
        return _message(value, blocks, calls, plan, [])


class _Member:
    """A block of content or a tool call, as far as it came."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value
        self.texts: dict[str, Fragments] = {}

    @classmethod
    def whole(cls, value: Any, path: Path) -> "_Member":
        """One that came without streaming."""
        member = cls(mapping(value))
        member.add(member.value, None, path)
        return member

    def add(self, delta: dict[str, Any], event: int | None, path: Path) -> None:
        """Append the texts of a delta, which stands at a path of an event."""
        for field in ("text", "thinking"):
            self._add(field, delta.get(field), event, (*path, field))
        function = mapping(delta.get("function"))
        self._add("arguments", function.get("arguments"), event, (*path, "function", "arguments"))

    def _add(self, field: str, part: Any, event: int | None, path: Path) -> None:
        if isinstance(part, str):
            self.texts.setdefault(field, Fragments()).add(part, event, path)

    def json(self) -> dict[str, Any]:
        """It in the API's own terms."""
        value = dict(self.value)
        for field, text in self.texts.items():
            if field == "arguments":
                value["function"] = {**mapping(value.get("function")), field: text.text}
            else:
                value[field] = text.text
        return value


_LISTS = {"content": "content", "tool-call": "tool_calls", "citation": "citations"}
"""What the types of events begin with, and the list of the message that they are about."""


class ChatAccumulator(Accumulator):
    """Puts one stream of version 2 together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._said: dict[str, Any] = {}
        self._plan = Fragments()
        self._members: dict[str, dict[int, _Member]] = {name: {} for name in _LISTS.values()}
        self._unknown: dict[str, list[Any]] = {}
        self._errors: list[Any] = []
        self._started = self._ended = False
        self._last: int | None = None

    def terminate(self, event: Event) -> None:
        """``data: [DONE]``, which Cohere's own reference does not have."""

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        self._last = event.number
        chunk = mapping(chunk)
        kind = string(chunk.get("type")) or event.type
        if self._ended:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        delta = mapping(chunk.get("delta"))
        said = mapping(delta.get("message"))
        about, _, what = kind.rpartition("-")
        if kind == "message-start":
            if self._started:
                self.note(Kind.MIXED, f"{string(self._native.get('id'))}\n{string(chunk.get('id'))}", event.number)
                return
            self._started = True
            self._native = {"id": chunk.get("id"), **self._native}
            self._said = {key: value for key, value in said.items() if value not in ([], "")}
        elif kind == "message-end":
            self._ended = True
            self._native.update(delta)
            self._fail(delta.get("error"), event.number)
        elif kind == "tool-plan-delta":
            if isinstance(said.get("tool_plan"), str):
                self._plan.add(said["tool_plan"], event.number, ("delta", "message", "tool_plan"))
        elif about in _LISTS and what in ("start", "delta", "end"):
            if chunk.get("logprobs") is not None:
                self._native.setdefault("logprobs", []).append(chunk["logprobs"])
            self._add_member(_LISTS[about], chunk.get("index"), said, event.number)
        else:
            self._fail(chunk.get("error") or (chunk if not kind and chunk.get("message") else None), event.number)
            self._unknown.setdefault(kind or "events", []).append(chunk)

    def _fail(self, error: Any, event: int) -> None:
        if error:
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event)

    def _add_member(self, name: str, index: Any, said: dict[str, Any], event: int) -> None:
        members = self._members[name]
        number = index if isinstance(index, int) and not isinstance(index, bool) else max(members, default=0)
        value = said.get(name)
        if not isinstance(value, dict):
            return  # the end of a member has nothing to add
        member = members.get(number)
        if member is None:
            member = members[number] = _Member(value)
        member.add(value, event, ("delta", "message", name))

    def finish(self) -> Message:
        """The answer as Cohere gives it without streaming."""
        said = dict(self._said)
        if self._plan:
            said["tool_plan"] = self._plan.text
        ordered = {name: [members[n] for n in sorted(members)] for name, members in self._members.items()}
        said.update({name: [member.json() for member in members] for name, members in ordered.items() if members})
        native = dict(self._native)
        if said:
            native["message"] = said
        native.update((key, value) for key, value in self._unknown.items() if key not in native)
        message = _message(native, ordered["content"], ordered["tool_calls"], self._plan, self._errors)
        if not self._errors:
            if not self._ended:
                self.note(Kind.CUT, "", self._last)
            elif not string(native.get("finish_reason")):
                self.note(Kind.UNFINISHED, "0", self._last)
            else:
                note_tool_arguments(self, message)
        return message


def _message(
    native: dict[str, Any], blocks: list[_Member], calls: list[_Member], plan: Fragments, errors: list[Any]
) -> Message:
    text, reasoning = Fragments(), Fragments()
    reasoning.extend(plan)
    for block in blocks:
        text.extend(block.texts.get("text", Fragments()))
        reasoning.extend(block.texts.get("thinking", Fragments()))
    said = mapping(native.get("message"))
    called = tuple(
        ToolCall(
            string(call.value.get("id")),
            string(mapping(call.value.get("function")).get("name")),
            call.texts.get("arguments", Fragments()),
        )
        for call in calls
    )
    citations = tuple(items(said.get("citations")))
    choices: tuple[Choice, ...] = ()
    if said:
        role = string(said.get("role")) or "assistant"
        reason = string(native.get("finish_reason"))
        choices = (Choice(0, role, text, reasoning, Fragments(), called, citations, (), reason),)
    usage = native.get("usage")
    return Message(
        string(native.get("id")), "", choices, usage if isinstance(usage, dict) else None, tuple(errors), native
    )


class CohereChatV1(Protocol):
    """Cohere's ``POST /v1/chat``."""

    name = "cohere-chat-v1"
    terminator = "stream-end"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return ChatV1Accumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, or of an error."""
        if "text" not in value and "tool_calls" not in value:
            return Message("", "", (), None, (value,), value)
        return _message_v1(value, Fragments.of(string(value.get("text")), None, ("text",)), None, (), [])


class ChatV1Accumulator(Accumulator):
    """Puts one stream of version 1 together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._text = Fragments()
        self._citations: list[Any] = []
        self._calls: dict[int, dict[str, Any]] = {}
        self._response: dict[str, Any] | None = None
        self._place: tuple[int | None, Path] = (None, ())
        self._errors: list[Any] = []
        self._ended = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        self._last = event.number
        if self._ended:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        chunk = mapping(chunk)
        kind = string(chunk.get("event_type")) or event.type
        rest = {key: value for key, value in chunk.items() if key not in ("event_type", "is_finished")}
        if kind == "text-generation":
            if isinstance(rest.get("text"), str):
                self._text.add(rest["text"], event.number, ("text",))
        elif kind == "citation-generation":
            self._citations += items(rest.get("citations"))
        elif kind == "stream-end":
            self._ended = True
            if isinstance(rest.get("response"), dict):
                beside = {key: value for key, value in rest.items() if key != "response"}
                self._response = {"finish_reason": None, **beside, **rest["response"]}
                self._place = (event.number, ("response",))
            self._native.update((key, value) for key, value in rest.items() if key != "response")
            self._native["finish_reason"] = rest.get("finish_reason")
        elif chunk.get("error") or (not kind and isinstance(chunk.get("message"), str)):
            error = chunk.get("error") or chunk
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        elif isinstance(rest.get("tool_call_delta"), dict):
            self._add_call(rest["tool_call_delta"], event.number)
        else:
            self._native.update(rest)
            self._place = (event.number, ()) if "tool_calls" in rest else self._place

    def _add_call(self, delta: dict[str, Any], event: int) -> None:
        number = index_of(delta)
        call = self._calls.setdefault(max(self._calls, default=0) if number is None else number, {})
        for key, value in delta.items():
            if key != "parameters":
                call[key] = call.get(key) or value
            elif isinstance(value, str):
                call.setdefault(key, Fragments()).add(value, event, ("tool_call_delta", key))

    def finish(self) -> Message:
        """The answer as Cohere gives it without streaming."""
        native = self._response
        calls: tuple[ToolCall, ...] | None = None
        if native is None:
            native = dict(self._native)
            if self._calls and "tool_calls" not in native:
                begun = [self._calls[number] for number in sorted(self._calls)]
                native["tool_calls"] = [*map(_call_v1, begun)]
                calls = tuple(
                    ToolCall("", string(call.get("name")), call.get("parameters") or Fragments()) for call in begun
                )
            if self._text or self._ended:
                native["text"] = self._text.text
            if self._citations:
                native["citations"] = self._citations
        text = self._text
        if not text and string(native.get("text")):
            event, path = self._place
            text = Fragments.of(native["text"], event, (*path, "text"))
        message = _message_v1(native, text, *self._place, self._errors, calls)
        if not self._errors:
            if not self._ended:
                self.note(Kind.CUT, "", self._last)
            elif not string(native.get("finish_reason")):
                self.note(Kind.UNFINISHED, "0", self._last)
        return message


def _call_v1(call: dict[str, Any]) -> dict[str, Any]:
    """A call of which fragments came, in the API's own terms; what is cut is no JSON and stays text."""
    value = {key: item for key, item in call.items() if key != "index"}
    written_as = value.get("parameters")
    if isinstance(written_as, Fragments):
        try:
            value["parameters"] = strict_json.loads(written_as.text)
        except strict_json.JsonError:
            value["parameters"] = written_as.text
    return value


def _message_v1(
    native: dict[str, Any],
    text: Fragments,
    event: int | None,
    path: Path,
    errors: list[Any],
    calls: tuple[ToolCall, ...] | None = None,
) -> Message:
    if calls is None:
        calls = tuple(
            ToolCall(
                "",
                string(mapping(call).get("name")),
                written(mapping(call).get("parameters"), event, (*path, "tool_calls", number, "parameters")),
            )
            for number, call in enumerate(items(native.get("tool_calls")))
        )
    citations = tuple(items(native.get("citations")))
    choices: tuple[Choice, ...] = ()
    if "text" in native or calls:
        reason = string(native.get("finish_reason"))
        choices = (Choice(0, "assistant", text, Fragments(), Fragments(), calls, citations, (), reason, bool(calls)),)
    ident = string(native.get("response_id")) or string(native.get("generation_id"))
    meta = native.get("meta")
    return Message(ident, "", choices, meta if isinstance(meta, dict) else None, tuple(errors), native)


class CohereGenerate(Protocol):
    """Cohere's ``POST /v1/generate``, the completions of its older models."""

    name = "cohere-generate"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return _GenerateAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, or of an error."""
        if "generations" not in value:
            return Message(string(value.get("id")), "", (), None, (value,), value)
        return completions.answer(value)


_OF_EVENTS = ("event_type", "is_finished", "response")


class _GenerateAccumulator(completions.CompletionsAccumulator):
    """Puts one stream of completions together."""

    def __init__(self) -> None:
        super().__init__(completions.form_of({"text": "", "is_finished": False}))
        self._response: dict[str, Any] = {}

    def add(self, event: Event, chunk: Any) -> None:
        """One event; the last has the whole answer beside the reason why it ended."""
        if not isinstance(chunk, dict):
            super().add(event, chunk)
            return
        response = chunk.get("response")
        if isinstance(response, dict):
            self._response = response
        super().add(event, {key: value for key, value in chunk.items() if key not in _OF_EVENTS})

    def finish(self) -> Message:
        """The answer as Cohere gives it without streaming."""
        message = super().finish()
        native = self._response
        if not isinstance(native.get("generations"), list):
            return message
        return message._replace(id=string(native.get("id")), native=native)
