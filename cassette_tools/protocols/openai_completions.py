"""Completions of a prompt: OpenAI's API before chat, and what other hosts make of it.

Source: OpenAI's API reference, "Completions" (https://platform.openai.com/docs/api-reference/completions). Fragments
merge as those of chat completions do (``openai_chat``), with ``choices[].text`` in the place of deltas, and so does the
reasoning that OpenRouter has beside it. Writer's dialect has nothing in an event but a fragment, ``{"value": "…"}``,
and neither a finish reason nor a last word.
"""

from typing import Any

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.base import Protocol, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Message
from cassette_tools.protocols.openai_chat import (
    REASONING_FIELDS,
    ChatAccumulator,
    error_of,
    index_of,
    joined,
    merge,
    merge_logprobs,
    reasoning_of,
    set_field,
)
from cassette_tools.wire.event import Event

_THOUGHTS = (*REASONING_FIELDS, "reasoning_details")


class OpenAICompletions(Protocol):
    """The protocol of ``POST …/completions``."""

    name = "openai-completions"
    terminator = "[DONE]"

    def accumulator(self, interaction: Interaction) -> "CompletionsAccumulator":  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return CompletionsAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``text_completion``."""
        choices = []
        for position, item in enumerate(items(value.get("choices"))):
            choice = mapping(item)
            index = index_of(choice)
            text = Fragments.of(string(choice.get("text")), None, ("choices", position, "text"))
            merged = {**choice, "index": position if index is None else index, "text": text}
            for key in _THOUGHTS:
                if key in choice:
                    merge(merged, {key: choice[key]}, None, ("choices", position))
            choices.append(_choice(merged))
        error = error_of(value)
        return _message(value, choices, [error] if error else [])


class CompletionsAccumulator(ChatAccumulator):
    """Puts one stream of completion chunks together."""

    def __init__(self) -> None:
        super().__init__()
        self._bare = False

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk; or, with Writer, one fragment."""
        fragment = mapping(chunk).get("value")
        if isinstance(fragment, str) and "choices" not in chunk:
            self._bare = True
            self._last = event.number
            self._add_text(0, fragment, event.number, ("value",))
        else:
            super().add(event, chunk)

    def _add_text(self, index: int, text: str, event: int, path: Path) -> None:
        self._start(index)["text"].add(text, event, path)

    def _start(self, index: int) -> dict[str, Any]:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = {"index": index, "text": Fragments(), "finish_reason": None}
        return choice

    def _add_choice(self, choice: dict[str, Any], position: int, event: int) -> None:
        index = index_of(choice)
        merged = self._start(position if index is None else index)
        for key, value in choice.items():
            if value is None or key == "index":
                continue
            if key == "text":
                if isinstance(value, str):
                    merged["text"].add(value, event, ("choices", position, "text"))
            elif key in _THOUGHTS:
                merge(merged, {key: value}, event, ("choices", position))
            elif key == "logprobs" and isinstance(value, dict):
                if not isinstance(merged.get("logprobs"), dict):
                    merged["logprobs"] = {}
                merge_logprobs(merged["logprobs"], value)
            else:
                set_field(merged, key, value)

    def finish(self) -> Message:
        """The completion as the provider sends it without streaming."""
        merged = [self._choices[index] for index in sorted(self._choices)]
        choices = [_choice(choice) for choice in merged]
        if not self._bare:
            self._check(choices)
        return _message({**self._native, "choices": joined(merged)}, choices, self._errors)


def _choice(choice: dict[str, Any]) -> Choice:
    return Choice(
        choice["index"],
        "",
        choice["text"],
        reasoning_of(choice),
        Fragments(),
        (),
        (),
        (),
        string(choice.get("finish_reason")),
    )


def _message(native: dict[str, Any], choices: list[Choice], errors: list[Any]) -> Message:
    usage = native.get("usage")
    return Message(
        string(native.get("id")),
        string(native.get("model")),
        tuple(choices),
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )
