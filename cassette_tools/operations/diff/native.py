"""What an answer has in its provider's own terms, besides what its message is read from.

The reader of a protocol knows texts, calls, citations and counts. A provider's answer has more: blocks that no reader
knows, vectors, verdicts of filters, new fields. So that nothing is lost and nothing is told twice, what was read is
taken out of the answer by where it stood, and all that is left is compared by path.
"""

from collections.abc import Iterator, Set
from typing import Any

from cassette_tools.model import Path
from cassette_tools.operations.diff.difference import Kind
from cassette_tools.operations.diff.json_diff import Elsewhere, is_vector
from cassette_tools.protocols import volatile
from cassette_tools.protocols.base import Protocol
from cassette_tools.protocols.message import Fragments, Message

_MAX_DEPTH = 200
ABOUT: dict[str, Kind] = {
    **dict.fromkeys(
        (
            *("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason", "completionReason"),
            *("finishMessage", "status", "stop_sequence", "stop_details", "finish_details", "incomplete_details"),
            *("done", "is_finished"),
        ),
        "finish-reason",
    ),
    **dict.fromkeys(("model", "modelVersion", "model_version"), "model"),
    **dict.fromkeys(("output_text", "chat_history", "modelOutput"), "text"),
    **dict.fromkeys(("reasoning_details", "reasoning_content", "reasoning", "thinking", "thought"), "reasoning"),
    **dict.fromkeys(
        (
            *("usage", "usageMetadata", "usage_info", "token_usage", "meta", "metrics", "x_groq", "tokenCounts"),
            *("cost", "eval_count", "prompt_eval_count", "inputTextTokenCount", "tokenCount", "token_count"),
            *("usage_breakdown", "tool_usage", "totalTokens", "promptTokensDetails", "input_tokens"),
            *("billed_units", "prompt_token_count", "generation_token_count", "amazon-bedrock-invocationMetrics"),
        ),
        "usage",
    ),
    **dict.fromkeys(
        (
            *("citations", "annotations", "citationMetadata", "groundingMetadata", "search_results", "documents"),
            *("citationsContent", "related_questions", "images"),
        ),
        "citations",
    ),
    "role": "role",
}  # fmt: skip
"""What fields are about that a message is read from, or that repeat what it says."""
_OFFERED = frozenset(("tools", "tool_choice"))
"""Where answers repeat which tools there were, whose names are those of the calls."""
_REFERRING = frozenset(("tool_use_id", "toolResult"))
"""Where a result says which call it is of."""


def rest(message: Message, protocol: Protocol | None, *, streamed: bool, but: Set[str] = frozenset()) -> Any:
    """An answer in the provider's own terms, in which ``Elsewhere`` stands for all that its message is read from.

    Args:
        message: What was read.
        protocol: What reads an answer that is not streamed.
        streamed: The message was put together, so its parts tell where they stood in the stream.
        but: Fields of the answer that are left out.
    """
    if any(error is message.native for error in message.errors):
        return Elsewhere(message.native)
    native = {key: value for key, value in message.native.items() if key not in but}
    return _Reader(message, protocol, streamed=streamed).walk(native, ()) if native else native


class _Reader:
    def __init__(self, message: Message, protocol: Protocol | None, *, streamed: bool) -> None:
        self._usage = message.usage
        self._objects: list[Any] = [error for error in message.errors if error]
        self._texts = {error for error in message.errors if isinstance(error, str)}
        self._names: set[str] = set()
        self._ids: set[str] = set()
        self._paths: set[Path] = set()
        placed = message
        if streamed and protocol is not None and message.choices:
            placed = protocol.answer(message.native)
            if not placed.choices:  # an API that only streams
                self._texts.update(choice.text.text for choice in message.choices)
        for choice in placed.choices:
            for text in (choice.text, choice.reasoning, choice.refusal):
                self._paths.update(_paths(text))
            for call in choice.tool_calls:
                self._names.add(call.name)
                self._ids.add(call.id)
                paths = set(_paths(call.arguments))
                self._paths |= paths
                if () in paths:  # a structure of which the reader does not say where it stood
                    self._objects.append(call.parsed)
            self._objects += [cited for cited in choice.citations if isinstance(cited, dict)]
            self._texts.update(cited for cited in choice.citations if isinstance(cited, str))
            self._texts.update(media.data for media in choice.media)
        self._objects = [held for held in self._objects if held]
        self._paths.discard(())
        for words in (self._texts, self._names, self._ids):
            words.discard("")

    def walk(self, value: Any, path: Path) -> Any:
        if path in self._paths or self._is_read(value, path):
            return Elsewhere(value)
        if len(path) > _MAX_DEPTH:
            return value
        if isinstance(value, dict):
            return {key: self.walk(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list) and not is_vector(value):
            return [self.walk(item, (*path, number)) for number, item in enumerate(value)]
        return value

    def _is_read(self, value: Any, path: Path) -> bool:
        if isinstance(value, str):
            key = path[-1] if path else 0
            if value in self._names and key == "name":
                return not _OFFERED.intersection(path)
            is_of_call = value in self._ids and isinstance(key, str) and volatile.is_name_of_id(key)
            return value in self._texts or (is_of_call and not _REFERRING.intersection(path))
        if isinstance(value, dict | list) and value:
            one = {path[-1]: value} if path else None
            return value is self._usage or value in self._objects or (bool(self._objects) and one in self._objects)
        return False


def _paths(text: Fragments) -> Iterator[Path]:
    yield from {origin.path for origin in text.origins(0, len(text.text)) if origin.event is None}


def is_read(value: Any) -> bool:
    """Whether a part of a ``rest`` has been read whole: besides that, it only says what sort of thing it is."""
    parts = list(_leaves(value, ""))
    return any(isinstance(part, Elsewhere) for _, part in parts) and all(
        isinstance(part, Elsewhere) or not part or key in FORM or volatile.is_id(key, part) for key, part in parts
    )


def is_silent_thought(value: Any) -> bool:
    """Whether a part of a ``rest`` is a thought without words, as some models have now and then, or a list of them."""
    if isinstance(value, list):
        return bool(value) and all(map(is_silent_thought, value))
    return isinstance(value, dict) and value.get("type") in _SILENT


_SILENT = ("thinking", "redacted_thinking", "reasoning", "reasoning.encrypted", "thought")


FORM = frozenset(
    (
        *("type", "index", "object", "status", "role", "finish_reason", "finishReason", "stop_reason", "stopReason"),
        *("completionReason", "native_finish_reason", "signature", "thoughtSignature", "encrypted_content"),
        *("content_filter_results", "logprobs", "phase", "format", "mimeType", "mime_type", "media_type"),
    )
)
"""Fields that say what sort of thing they are in."""


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and key not in FORM:
        for name, item in value.items():
            yield from _leaves(item, name)
    elif isinstance(value, list) and key not in FORM and not is_vector(value):
        for item in value:
            yield from _leaves(item, key)
    else:
        yield key, value
