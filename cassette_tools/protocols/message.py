"""What every API's answer has, whatever the API calls it."""

from typing import Any, NamedTuple


class ToolCall(NamedTuple):
    """A call of a tool that the model asked for."""

    id: str
    name: str
    arguments: str
    """As the model wrote them: JSON as a rule, but a model may err."""
    events: tuple[int, ...]
    """The numbers of the events that carried it."""


class Choice(NamedTuple):
    """One of the answers; most requests ask for one only."""

    number: int
    role: str
    text: str
    reasoning: str
    refusal: str
    tool_calls: tuple[ToolCall, ...]
    finish_reason: str
    """The provider's word; empty when none came."""


class Message(NamedTuple):
    """A whole answer, put together from its fragments."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: dict[str, Any] | None
    errors: tuple[Any, ...]
    """Error objects that the stream carried."""
    native: dict[str, Any]
    """The answer in the provider's own terms, as it would have come without streaming."""
