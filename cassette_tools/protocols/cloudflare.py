"""Cloudflare's Workers AI in its own terms (its OpenAI-compatible endpoints speak chat completions).

Source: Cloudflare's API reference, "Execute AI model" (https://developers.cloudflare.com/api/resources/ai/methods/run/),
and the pages of its text generation models. How chunks merge: ``response`` is concatenated, numbers as they are
written; of all else the last value that is not null counts, but for a list of tool calls that comes empty behind one
that is not; ``p`` is padding. No SDK accumulates them. The result is wrapped as the API wraps one that is not streamed,
as far as that is known.

Models with OpenAI's interface answer in its terms within ``result``: a chat completion, or a response.
"""

import json
from typing import Any

from cassette_tools.model import Interaction
from cassette_tools.protocols.anthropic_messages import written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Message, ToolCall
from cassette_tools.protocols.openai_chat import OpenAIChat
from cassette_tools.protocols.openai_responses import OpenAIResponses
from cassette_tools.wire.event import Event

_OPENAI: dict[str, type[Protocol]] = {"choices": OpenAIChat, "output": OpenAIResponses}
"""What a result has a list of, and the protocol that it is an answer of."""


class CloudflareRun(Protocol):
    """The protocol of ``POST …/ai/run/…``, and of ``…/workers-ai/@…`` at Cloudflare's gateway.

    No reason for the end of an answer is given.
    """

    name = "cloudflare-run"
    terminator = "[DONE]"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return RunAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, or its errors."""
        result = mapping(value.get("result"))
        within = next((model for field, model in _OPENAI.items() if isinstance(result.get(field), list)), None)
        if within is not None:
            message = within().answer(result)
            for choice in message.choices:
                choice.nest(("result",))
            return message._replace(native=value)
        response = result.get("response")
        if isinstance(response, str):
            text = Fragments.of(response, None, ("result", "response"))
        else:  # JSON was asked for
            text = written(response, None, ("result", "response")) if response else Fragments()
        return _message(value, result, text, None, tuple(items(value.get("errors"))))


class RunAccumulator(Accumulator):
    """Puts one stream together."""

    def __init__(self) -> None:
        super().__init__()
        self._result: dict[str, Any] = {}
        self._text = Fragments()
        self._called: int | None = None
        self._errors: list[Any] = []
        self._terminated = False
        self._last: int | None = None

    def terminate(self, event: Event) -> None:
        """``data: [DONE]``."""
        if self._terminated:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
        self._terminated = True

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk."""
        self._last = event.number
        if self._terminated:
            self.note(Kind.AFTER_TERMINATOR, event.data, event.number)
            return
        for key, value in mapping(chunk).items():
            if key in ("error", "errors") and value:
                error = value[0] if isinstance(value, list) else value
                self._errors.append(error)
                self.note(Kind.ERROR, error_text(error), event.number)
            elif key == "response" and _is_text(value):
                # What reads like a number comes as one.
                self._text.add(value if isinstance(value, str) else json.dumps(value), event.number, ("response",))
                self._result.setdefault("response", "")
            elif key != "p" and value is not None and (value != [] or key not in self._result):
                self._result[key] = value
                if key == "tool_calls":
                    self._called = event.number

    def finish(self) -> Message:
        """The answer as far as it came."""
        if not self._terminated and not self._errors:
            self.note(Kind.CUT, "", self._last)
        result = {**self._result, **({"response": self._text.text} if "response" in self._result else {})}
        return _message({"result": result}, result, self._text, self._called, tuple(self._errors))


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _message(
    native: dict[str, Any], result: dict[str, Any], text: Fragments, event: int | None, errors: tuple[Any, ...]
) -> Message:
    here = ("tool_calls",) if event is not None else ("result", "tool_calls")
    calls = []
    for number, call in enumerate(items(result.get("tool_calls"))):
        function = mapping(mapping(call).get("function")) or mapping(call)
        arguments = function.get("arguments")
        path = (*here, number, "arguments")
        said = Fragments.of(arguments, event, path) if isinstance(arguments, str) else written(arguments, event, path)
        calls.append(ToolCall(string(mapping(call).get("id")), string(function.get("name")), said))
    usage = result.get("usage")
    choices: tuple[Choice, ...] = ()
    if "response" in result or calls:
        choices = (Choice(0, "assistant", text, Fragments(), Fragments(), tuple(calls), (), (), ""),)
    return Message("", "", choices, usage if isinstance(usage, dict) else None, errors, native)
