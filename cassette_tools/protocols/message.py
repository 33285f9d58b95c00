"""What every API's answer has, whatever the API calls it."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.model import Path


class Origin(NamedTuple):
    """Where a part of a text comes from."""

    event: int | None
    """The number of the event; None for an answer that is not streamed."""
    path: Path
    """Where in the event's JSON, or in the body's, the string stands that holds the part.

    It goes on through a string that holds JSON itself as base64: ``("bytes", "delta", "text")``.
    """
    start: int
    """Characters of that string."""
    end: int


_BLOCK = 512


class Fragments:
    """A text that came in parts, and where each part came from.

    Kept small, since a stream may have half a million parts: parts are joined now and then, events are integers in an
    array, and a path is kept once for all the parts in a row that have it.
    """

    __slots__ = ("_blocks", "_ends", "_events", "_paths", "_recent", "_size")

    def __init__(self) -> None:
        self._blocks: list[str] = []  # parts that have been joined, and
        self._recent: list[str] = []  # those that have not
        self._size = 0
        self._ends = array("q")  # of each part, in characters of the whole text
        self._events = array("q")  # of each part; -1 for None
        self._paths: list[tuple[int, Path]] = []  # from which part on

    @classmethod
    def of(cls, text: str, event: int | None, path: Path) -> "Fragments":
        """A text that came in one part."""
        fragments = cls()
        fragments.add(text, event, path)
        return fragments

    def add(self, part: str, event: int | None, path: Path) -> None:
        """Append a part.

        Args:
            part: The characters.
            event: The number of the event that carried it, or None in an answer that is not streamed.
            path: Where it stands in the event's JSON, or in the body's.
        """
        if not self._paths or self._paths[-1][1] != path:
            self._paths.append((len(self._ends), path))
        self._recent.append(part)
        if len(self._recent) >= _BLOCK:
            self._blocks.append("".join(self._recent))
            self._recent.clear()
        self._size += len(part)
        self._ends.append(self._size)
        self._events.append(-1 if event is None else event)

    def extend(self, other: "Fragments") -> None:
        """Append all parts of another text."""
        if not self._ends:
            self._blocks, self._recent, self._size = [other.text], [], other._size
            self._ends, self._events, self._paths = other._ends[:], other._events[:], other._paths[:]
            return
        start = 0
        text = other.text
        for end, event, path in other._parts():
            self.add(text[start:end], event, path)
            start = end

    def nest(self, path: Path) -> None:
        """Put all paths below another one: what the parts stand in is held by a string of the event's JSON."""
        self._paths = [(number, (*path, *inner)) for number, inner in self._paths]

    def _parts(self, first: int = 0) -> Iterator[tuple[int, int | None, Path]]:
        """End, event and path of each part from one on."""
        following = bisect_right(self._paths, first, key=itemgetter(0))
        path: Path = self._paths[following - 1][1] if following else ()
        for number in range(first, len(self._ends)):
            if following < len(self._paths) and self._paths[following][0] == number:
                path = self._paths[following][1]
                following += 1
            event = self._events[number]
            yield self._ends[number], None if event < 0 else event, path

    @property
    def text(self) -> str:
        """The parts, put together."""
        if self._recent or len(self._blocks) != 1:
            self._blocks = ["".join((*self._blocks, *self._recent))]
            self._recent.clear()
        return self._blocks[0]

    @property
    def events(self) -> tuple[int | None, ...]:
        """The events that carried the parts, in order."""
        return tuple(None if event < 0 else event for event in self._events)

    @property
    def number(self) -> int:
        """How many parts there are."""
        return len(self._ends)

    def __bool__(self) -> bool:
        return self._size > 0

    def origins(self, start: int, end: int) -> Iterator[Origin]:
        """Where the characters ``start`` to ``end`` (exclusive) come from, one origin for each part they touch."""
        # There may be half a million parts, and thousands of places that are asked for.
        first = bisect_right(self._ends, start)
        offset = self._ends[first - 1] if first else 0
        for after, event, path in self._parts(first):
            if max(start, offset) < min(end, after):
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
    plain: bool = False
    """They are text and not JSON: the input of a custom tool, the code for an interpreter."""

    @property
    def problem(self) -> str:
        """Why the arguments are not a JSON object; empty when they are, need not be, or when there are none."""
        if self.plain or not self.arguments.text.strip():
            return ""
        try:
            value = strict_json.loads(self.arguments.text)
        except strict_json.JsonError as error:
            return error.message
        return "" if isinstance(value, dict) else "a JSON value, but not an object"

    @property
    def parsed(self) -> Any:
        """The value of the arguments; the text itself where it is no JSON; {} when there are none, None when broken."""
        if self.plain:
            return self.arguments.text
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
    awaits_results: bool = False
    """It has calls that the client is to answer, whatever the word: for some APIs it is that of any answer."""

    def nest(self, path: Path) -> None:
        """Put the places of all texts below a path, where the answer is within something else."""
        for text in (self.text, self.reasoning, self.refusal, *(call.arguments for call in self.tool_calls)):
            text.nest(path)

    @property
    def finish(self) -> str:
        """The common word for it: ``stop``, ``length``, ``tool-calls``, ``content-filter``, ``other`` or empty."""
        if not self.finish_reason:
            return ""
        word = _FINISH.get(self.finish_reason.lower(), "other")
        return "tool-calls" if word == "stop" and self.awaits_results else word


_FINISH = {
    "stop": "stop", "end_turn": "stop", "stop_sequence": "stop", "complete": "stop", "completed": "stop",
    "eos_token": "stop", "eos": "stop", "finished": "stop", "finish": "stop", "endoftext": "stop",
    "length": "length", "max_tokens": "length", "max_output_tokens": "length", "incomplete": "length",
    "model_context_window_exceeded": "length", "budget_exceeded": "length", "requires_continuation": "length",
    "model_length": "length", "limit": "length", "error_limit": "length",
    "tool_calls": "tool-calls", "tool_use": "tool-calls", "function_call": "tool-calls", "tool_call": "tool-calls",
    "tool-calls": "tool-calls", "requires_action": "tool-calls",
    "content_filter": "content-filter", "content_filtered": "content-filter", "refusal": "content-filter",
    "safety": "content-filter", "recitation": "content-filter", "blocklist": "content-filter",
    "prohibited_content": "content-filter", "guardrail_intervened": "content-filter", "spii": "content-filter",
    "error_toxic": "content-filter", "model_armor": "content-filter", "image_safety": "content-filter",
    "image_prohibited_content": "content-filter", "image_recitation": "content-filter", "language": "content-filter",
    "sensitive": "content-filter",
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
