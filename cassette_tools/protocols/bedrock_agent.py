"""The agents of Amazon Bedrock, which answer in a stream.

Source: the Amazon Bedrock API reference, "InvokeAgent"
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html). The ``bytes`` of a
``chunk`` are a part of the text as base64, which a client decodes and joins; all other events (``trace``,
``returnControl``, ``files``) are kept in lists under their types.
"""

import base64
import codecs
from typing import Any

from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping
from cassette_tools.protocols.bedrock_converse import is_exception, without
from cassette_tools.protocols.message import Choice, Fragments, Message
from cassette_tools.wire.event import Event


class BedrockAgent(Protocol):
    """The protocol of ``POST /agents/…/sessions/…/text``; nothing marks the end of its streams."""

    name = "bedrock-agent"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return AgentAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """Agents answer in streams only: what is none is an error."""
        return Message("", "", (), None, (value,), value)


class AgentAccumulator(Accumulator):
    """Puts one answer of an agent together."""

    def __init__(self) -> None:
        super().__init__()
        self._text = Fragments()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._events: dict[str, list[Any]] = {}
        self._citations: list[Any] = []
        self._errors: list[Any] = []
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        self._last = event.number
        chunk = without(mapping(chunk), "p")
        if is_exception(event.type):
            error = {"type": event.type, **chunk}
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
            return
        data = chunk.get("bytes")
        if event.type == "chunk" and isinstance(data, str):
            try:
                part = self._decoder.decode(base64.b64decode(data, validate=True))
            except ValueError:
                self.note(Kind.NOT_JSON, "its bytes are no base64", event.number)
            else:
                self._text.add(part, event.number, ("bytes",))
            self._citations += items(mapping(chunk.get("attribution")).get("citations"))
            return
        self._events.setdefault(event.type or "events", []).append(chunk)

    def finish(self) -> Message:
        """The text, and what came beside it; ``InvokeAgent`` has no answer that is not streamed."""
        self._text.add(self._decoder.decode(b"", final=True), self._last, ("bytes",))
        if self._errors and not (self._text or self._events):
            return Message("", "", (), None, tuple(self._errors), self._errors[-1])
        native: dict[str, Any] = {**self._events, "completion": self._text.text}
        if self._citations:
            native["attribution"] = {"citations": self._citations}
        citations = tuple(self._citations)
        choice = Choice(0, "assistant", self._text, Fragments(), Fragments(), (), citations, (), "")
        return Message("", "", (choice,), None, tuple(self._errors), native)
