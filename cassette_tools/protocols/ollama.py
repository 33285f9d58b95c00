"""Ollama's own chat and completions (its OpenAI-compatible endpoints speak chat completions).

Source: Ollama's API reference, "Generate a chat completion" and "Generate a completion"
(https://github.com/ollama/ollama/blob/main/docs/api.md). Ollama's SDK has no accumulator. How chunks merge: the texts
(``content`` and ``thinking`` of a message, or ``response`` and ``thinking``) are concatenated, tool calls and
``logprobs`` are appended, of all else the last value counts. ``done`` is the last word; old releases give no
``done_reason`` with it.
"""

from typing import Any

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.anthropic_messages import written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.wire.event import Event

_TEXTS = ("content", "response", "thinking")
_COUNTS = ("_count", "_duration")
"""How the names of what was used end."""


class OllamaChat(Protocol):
    """Ollama's ``POST /api/chat``."""

    name = "ollama-chat"
    terminator = "done"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return OllamaAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, or of an error."""
        accumulator = OllamaAccumulator()
        accumulator.take(value, None)
        return accumulator.message(value)


class OllamaGenerate(OllamaChat):
    """Ollama's ``POST /api/generate``."""

    name = "ollama-generate"


class OllamaAccumulator(Accumulator):
    """Puts one answer together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._in_message: dict[str, Any] | None = None
        self._texts: dict[str, Fragments] = {}
        self._calls: list[Any] = []
        self._called: list[ToolCall] = []
        self._errors: list[Any] = []
        self._done = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk."""
        self._last = event.number
        if self._done:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        chunk = mapping(chunk)
        if chunk.get("error"):
            self.note(Kind.ERROR, error_text(chunk["error"]), event.number)
        self.take(chunk, event.number)

    def take(self, chunk: dict[str, Any], event: int | None) -> None:
        """Take in a chunk of the stream with its number, or a whole answer with none."""
        if chunk.get("error"):
            self._errors.append(chunk["error"])
        for key, value in chunk.items():
            if key == "message" and isinstance(value, dict):
                if self._in_message is None:
                    self._in_message = {}
                self._take_fields(self._in_message, value, event, ("message",))
            else:
                self._take_fields(self._native, {key: value}, event, ())
        self._done = chunk.get("done") is True

    def _take_fields(self, target: dict[str, Any], fields: dict[str, Any], event: int | None, path: Path) -> None:
        for key, value in fields.items():
            if key in _TEXTS and isinstance(value, str):
                self._texts.setdefault(key, Fragments()).add(value, event, (*path, key))
                target[key] = self._texts[key]
            elif key == "tool_calls" and isinstance(value, list):
                for number, call in enumerate(value):
                    self._called.append(_call(mapping(call), event, (*path, key, number)))
                self._calls += value
                target[key] = self._calls
            elif key == "logprobs" and isinstance(value, list) and isinstance(target.get(key), list):
                target[key] = [*target[key], *value]
            elif value is not None or key not in target:
                target[key] = value

    def finish(self) -> Message:
        """The answer as Ollama gives it without streaming."""
        if not self._done and not self._errors:
            self.note(Kind.CUT, "", self._last)
        native = dict(self._native)
        if self._in_message is not None:
            native["message"] = _joined(self._in_message)
        return self.message(_joined(native))

    def message(self, native: dict[str, Any]) -> Message:
        """The common view of what was taken in."""
        said = self._in_message or {}
        choices: tuple[Choice, ...] = ()
        if self._in_message is not None or "response" in self._native:
            text = self._texts.get("content") or self._texts.get("response") or Fragments()
            media = tuple(Media("image", image) for image in items(said.get("images")) if isinstance(image, str))
            role = string(said.get("role")) or "assistant"
            reasoning = self._texts.get("thinking") or Fragments()
            reason = string(self._native.get("done_reason"))
            choices = (
                Choice(
                    0, role, text, reasoning, Fragments(), tuple(self._called), (), media, reason, bool(self._called)
                ),
            )
        used = {key: value for key, value in self._native.items() if key.endswith(_COUNTS)}
        return Message("", string(self._native.get("model")), choices, used or None, tuple(self._errors), native)


def _joined(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item.text if isinstance(item, Fragments) else item for key, item in value.items()}


def _call(call: dict[str, Any], event: int | None, path: Path) -> ToolCall:
    function = mapping(call.get("function"))
    here = (*path, "function", "arguments")
    return ToolCall(
        string(call.get("id")), string(function.get("name")), written(function.get("arguments"), event, here)
    )
