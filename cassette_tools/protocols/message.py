"""What every API's answer has, whatever the API calls it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.model import Path


class Origin(NamedTuple):
    """Where a part of a text comes from."""

    event: int | None
    """The number of the event; None for an answer that is not streamed."""
    path: Path
    """Where in the event's JSON, or in the body's, the string stands that holds the part."""
    start: int
    """Characters of that string."""
    end: int


class Fragments:
    """A text that came in parts, and where each part came from."""

    __slots__ = ("_events", "_parts", "_paths", "_text")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._events: list[int | None] = []
        self._paths: list[Path] = []
        self._text: str | None = None

    def add(self, part: str, event: int | None, path: Path) -> None:
        """Append a part.

        Args:
            part: The characters.
            event: The number of the event that carried it, or None in an answer that is not streamed.
            path: Where it stands in the event's JSON, or in the body's.
        """
        self._parts.append(part)
        self._events.append(event)
        self._paths.append(path)
        self._text = None

    def extend(self, other: "Fragments") -> None:
        """Append all parts of another text."""
        self._parts += other._parts
        self._events += other._events
        self._paths += other._paths
        self._text = None

    @property
    def text(self) -> str:
        """The parts, put together."""
        if self._text is None:
            self._text = "".join(self._parts)
        return self._text

    @property
    def events(self) -> tuple[int | None, ...]:
        """The events that carried the parts, in order."""
        return tuple(self._events)

    def __bool__(self) -> bool:
        return bool(self.text)

    def origins(self, start: int, end: int) -> Iterator[Origin]:
        """Where the characters ``start`` to ``end`` (exclusive) come from, one origin for each part they touch."""
        offset = 0
        for part, event, path in zip(self._parts, self._events, self._paths, strict=True):
            after = offset + len(part)
            if after > start and offset < end:
                yield Origin(event, path, max(start - offset, 0), min(end, after) - offset)
            offset = after
            if offset >= end:
                return


class ToolCall(NamedTuple):
    """A call of a tool that the model asked for."""

    id: str
    name: str
    arguments: Fragments
    """As the model wrote them: JSON as a rule, but a model may err."""

    @property
    def problem(self) -> str:
        """Why the arguments are not a JSON object; empty when they are, or when there are none."""
        if not self.arguments.text.strip():
            return ""
        try:
            value = strict_json.loads(self.arguments.text)
        except strict_json.JsonError as error:
            return error.message
        return "" if isinstance(value, dict) else "a JSON value, but not an object"

    @property
    def parsed(self) -> Any:
        """The value of the arguments; an empty object when there are none, None when they are not JSON."""
        if not self.arguments.text.strip():
            return {}
        try:
            return strict_json.loads(self.arguments.text)
        except strict_json.JsonError:
            return None


class Media(NamedTuple):
    """A picture, a sound or a file in an answer."""

    type: str
    """The media type, or what the API calls it."""
    data: str
    """Base64, or a URL."""


class Choice(NamedTuple):
    """One of the answers; most requests ask for one only."""

    number: int
    role: str
    text: Fragments
    reasoning: Fragments
    refusal: Fragments
    tool_calls: tuple[ToolCall, ...]
    citations: tuple[Any, ...]
    """In the provider's own terms."""
    media: tuple[Media, ...]
    finish_reason: str
    """The provider's word; empty when none came."""

    @property
    def finish(self) -> str:
        """The common word for it: ``stop``, ``length``, ``tool-calls``, ``content-filter``, ``other`` or empty."""
        if not self.finish_reason:
            return ""
        return _FINISH.get(self.finish_reason.lower(), "other")


_FINISH = {
    "stop": "stop", "end_turn": "stop", "stop_sequence": "stop", "complete": "stop", "completed": "stop",
    "eos_token": "stop", "finished": "stop",
    "length": "length", "max_tokens": "length", "max_output_tokens": "length", "incomplete": "length",
    "model_context_window_exceeded": "length",
    "tool_calls": "tool-calls", "tool_use": "tool-calls", "function_call": "tool-calls", "tool_call": "tool-calls",
    "content_filter": "content-filter", "content_filtered": "content-filter", "refusal": "content-filter",
    "safety": "content-filter", "recitation": "content-filter", "blocklist": "content-filter",
    "prohibited_content": "content-filter", "guardrail_intervened": "content-filter", "spii": "content-filter",
    "error_toxic": "content-filter",
}  # fmt: skip


class Message(NamedTuple):
    """A whole answer, put together from its fragments or as it came without streaming."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: dict[str, Any] | None
    """In the provider's own terms."""
    errors: tuple[Any, ...]
    """Error objects that the answer carries."""
    native: dict[str, Any]
    """The answer in the provider's own terms, as it would have come without streaming."""
