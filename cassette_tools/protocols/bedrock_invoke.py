"""Amazon Bedrock's InvokeModel, with and without streaming, whatever model answers.

Source: the Amazon Bedrock API reference, "InvokeModelWithResponseStream"
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html). An event is
``{"bytes": …}``, with an event of the model's vendor as base64. These merge as the vendor's own API has it: Anthropic's
messages, Nova's events (Converse's, each under its name), chunks of chat completions, Cohere's chat of version 1
(Command R), or the completions of older models. Mistral's chat completions have ``stop_reason`` for ``finish_reason``
and, in a stream, ``message`` for ``delta``. The keys that Bedrock adds to them (``amazon-bedrock-…``) are kept as the
answer's, and say what was used where the vendor does not; ``p``, beside ``bytes``, is padding.
"""

import base64
from collections.abc import Callable
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Interaction
from cassette_tools.protocols import completions
from cassette_tools.protocols.anthropic_messages import AnthropicMessages, MessagesAccumulator
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, mapping
from cassette_tools.protocols.bedrock_converse import (
    EVENTS,
    BedrockConverse,
    NovaAccumulator,
    is_error,
    is_exception,
    without,
)
from cassette_tools.protocols.cohere import ChatV1Accumulator, CohereChatV1
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.openai_chat import ChatAccumulator, OpenAIChat
from cassette_tools.protocols.recognition import is_anthropic, is_converse_answer
from cassette_tools.wire.event import Event


class BedrockInvoke(Protocol):
    """The protocol of ``POST /model/…/invoke`` and ``…/invoke-with-response-stream``, whatever model answers."""

    name = "bedrock-invoke"
    terminator = completions.METRICS

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - the first event tells which one
        """A fresh accumulator."""
        return InvokeAccumulator(_by_first_event)

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer in the form of the vendor."""
        if is_error(value):
            return Message("", "", (), None, (value,), value)
        if completions.form_of(value) is None:
            if isinstance(value.get("choices"), list):
                return OpenAIChat().answer(value)
            if "generation_id" in value:
                return CohereChatV1().answer(value)
        return completions.answer(value)


class BedrockAnthropic(BedrockInvoke):
    """Bedrock's InvokeModel for models of Anthropic."""

    name = "bedrock-anthropic"
    terminator = AnthropicMessages.terminator

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return InvokeAccumulator(lambda _: MessagesAccumulator())

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``message``."""
        if is_error(value) and not is_anthropic(value):
            return Message("", "", (), None, (value,), value)
        return AnthropicMessages().answer(value)


class BedrockNova(BedrockInvoke):
    """Bedrock's InvokeModel for Amazon's Nova models."""

    name = "bedrock-nova"
    terminator = BedrockConverse.terminator

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return InvokeAccumulator(lambda _: NovaAccumulator())

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of an answer, which looks like one to ``Converse``."""
        return BedrockConverse().answer(value)


def vendor(first: dict[str, Any], path: str, *, invoked: bool) -> str:
    """The name of the protocol of a model, by the answer or its first event, else by the model's name.

    Args:
        first: The first event, or the answer.
        path: The path of the request.
        invoked: The path is one of InvokeModel. Elsewhere the first event must hold JSON as base64 to be one of its;
            the name is empty when it does not.
    """
    data = first.get("bytes")
    inner = _decoded(data) if isinstance(data, str) else first
    value = mapping(inner)
    if not invoked and (inner is first or not isinstance(inner, dict)):
        return ""
    if is_anthropic(value):
        return BedrockAnthropic.name
    if is_converse_answer(value) or not EVENTS.isdisjoint(value):
        return BedrockNova.name
    if completions.form_of(value) is not None or "choices" in value:
        return BedrockInvoke.name
    by_model = BedrockAnthropic if "anthropic." in path else BedrockNova if ".nova" in path else BedrockInvoke
    return by_model.name


def _decoded(data: str) -> Any:
    """The JSON value that a string holds as base64; None when it holds none."""
    try:
        return strict_json.loads(base64.b64decode(data, validate=True).decode("utf-8", "replace"))
    except (ValueError, strict_json.JsonError):
        return None


class InvokeAccumulator(Accumulator):
    """Takes the vendor's events out of those of ``InvokeModelWithResponseStream``.

    Args:
        choose: Gives the accumulator for the vendor's events, by the first one; that is None where there is none.
    """

    def __init__(self, choose: Callable[[Any], Accumulator]) -> None:
        super().__init__()
        self._choose = choose
        self._vendor: Accumulator | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        chunk = mapping(chunk)
        if is_exception(event.type):
            error = {"type": event.type, **without(chunk, "p")}
            self._accumulator({"error": error}).add(event, {"type": "error", "error": error})
            return
        data = chunk.get("bytes")
        if not isinstance(data, str):
            return  # no vendor's event: the service has no other kind yet
        try:
            text = base64.b64decode(data, validate=True).decode("utf-8", "replace")
            value = strict_json.loads(text)
        except strict_json.JsonError as error:
            self.note(Kind.NOT_JSON, f"in its bytes, {error.message}", event.number)
        except ValueError:
            self.note(Kind.NOT_JSON, "its bytes are no base64", event.number)
        else:
            self._accumulator(value).add(event._replace(type="", data=text), value)

    def _accumulator(self, first: Any) -> Accumulator:
        if self._vendor is None:
            self._vendor = self._choose(first)
            self._vendor.irregularities = self.irregularities
        return self._vendor

    def finish(self) -> Message:
        """The message of the vendor's events."""
        message = self._accumulator(None).finish()
        for choice in message.choices:
            choice.nest(("bytes",))
        metrics = message.native.get(completions.METRICS)
        return message._replace(usage=metrics) if message.usage is None and isinstance(metrics, dict) else message


class _ChatAccumulator(ChatAccumulator):
    """Puts one stream of chat completion chunks together, as models on Bedrock have them."""

    messages_are_deltas = True


def _by_first_event(first: Any) -> Accumulator:
    value = mapping(first)
    if "event_type" in value:
        return ChatV1Accumulator()
    form = completions.form_of(value)
    if form is None and "choices" in value:
        return _ChatAccumulator(owes_terminator=False)
    return completions.CompletionsAccumulator(form)
