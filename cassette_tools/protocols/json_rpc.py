"""JSON-RPC 2.0, as the Model Context Protocol speaks it over HTTP: recognised, and left as the messages that it is.

Source: the JSON-RPC 2.0 specification (https://www.jsonrpc.org/specification), and the Model Context Protocol,
"Transports", "Streamable HTTP" (https://modelcontextprotocol.io/specification). A stream of it has no last word, and
its messages belong to different calls: nothing of it merges, and none of it is out of order.
"""

from typing import Any

from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Accumulator, Protocol
from cassette_tools.protocols.message import Message
from cassette_tools.wire.event import Event


class JsonRpc(Protocol):
    """JSON-RPC 2.0, such as the Model Context Protocol's."""

    name = "json-rpc"
    members = "messages"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return RpcAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """One message, or a batch of them."""
        return Message("", "", (), None, (), value)


class RpcAccumulator(Accumulator):
    """Keeps the messages of a stream."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[Any] = []

    def add(self, event: Event, chunk: Any) -> None:  # noqa: ARG002 - where it came does not matter
        """One message, or a batch of them."""
        self._messages += chunk if isinstance(chunk, list) else [chunk]

    def finish(self) -> Message:
        """All of them."""
        return Message("", "", (), None, (), {"messages": self._messages})
