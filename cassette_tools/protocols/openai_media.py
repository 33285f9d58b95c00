"""What models do beside talking: embeddings, rankings, moderation, pictures, sound, and the reading of documents.

Source: OpenAI's API reference, "Embeddings", "Moderations", "Images" and "Audio"
(https://platform.openai.com/docs/api-reference), whose paths other hosts keep; Cohere's "Embed" and "Rerank"
(https://docs.cohere.com/reference); Mistral's "OCR" (https://docs.mistral.ai/api). They are recognised and say what
they used; there are no choices. Embeddings without anything around them are those of Hugging Face's servers
(https://huggingface.github.io/text-embeddings-inference).

Of a stream (pictures, transcripts, speech) the last event that has usage is kept.
"""

from typing import Any

from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, mapping, string
from cassette_tools.protocols.message import Message
from cassette_tools.wire.event import Event

_BEGIN = ("transcript.text.", "transcription.", "speech.audio.", "image_generation.", "image_edit.")
"""How the types of events start of streams that have a last word, and"""
_END = (".done", ".completed")
"""how that one's type ends."""


class OpenAIMedia(Protocol):
    """The protocol of ``POST …/embeddings`` and its likes."""

    name = "openai-media"
    members = "embeddings"

    def accumulator(self, interaction: Interaction) -> "MediaAccumulator":  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return MediaAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """What was used, and for which model."""
        error = value.get("error")
        if not error and string(value.get("message")) and set(value) <= {"id", "message", "code", "type"}:
            error = value  # Cohere's
        return _message(value, [error] if error else [])


class MediaAccumulator(Accumulator):
    """Keeps the event that says what was used."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._errors: list[Any] = []
        self._begun = self._ended = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One event."""
        value = mapping(chunk)
        self._last = event.number
        kind = string(value.get("type")) or event.type
        self._begun = self._begun or kind.startswith(_BEGIN)
        self._ended = self._ended or kind.endswith(_END)
        error = value.get("error") or (chunk if "error" in (event.type, value.get("type")) else None)
        if error:
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        elif value.get("usage") or not self._native.get("usage"):
            self._native = value

    def finish(self) -> Message:
        """The event that says what was used, or the last one."""
        if self._begun and not (self._ended or self._errors):
            self.note(Kind.CUT, "", self._last)
        return _message(self._native, self._errors)


def _message(native: dict[str, Any], errors: list[Any]) -> Message:
    usage = native.get("usage") or native.get("usage_info")
    if not isinstance(usage, dict):  # Cohere's, and Ollama's
        usage = {key: item for key, item in mapping(native.get("meta")).items() if key in ("billed_units", "tokens")}
        usage.update((key, item) for key, item in native.items() if key.endswith(("_count", "_duration")))
    return Message(string(native.get("id")), string(native.get("model")), (), usage or None, tuple(errors), native)
