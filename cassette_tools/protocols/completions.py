"""Completions of a text by older models: Anthropic's own API for them, and what such models answer on Amazon Bedrock.

Source: Anthropic's API reference, "Create a Text Completion", and the Amazon Bedrock user guide, "Inference request
parameters and response fields for foundation models"
(https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html). How chunks merge: the text is
concatenated, of all else the last value that is not null is kept, and the result has the shape that the same model
answers with when it does not stream. Chunks of a form that is not known are kept as they are, as ``events``.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Message
from cassette_tools.wire.event import Event

METRICS = "amazon-bedrock-invocationMetrics"
"""What Bedrock adds to the last chunk."""


class AnthropicComplete(Protocol):
    """The protocol of ``POST …/v1/complete``."""

    name = "anthropic-complete"

    def accumulator(self, interaction: Interaction) -> Accumulator:  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return CompletionsAccumulator(_CLAUDE)

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``completion``, or of an ``error``."""
        return answer(value)


class Form(NamedTuple):
    """How an older model answers: one key has the text, whatever else there is."""

    list: str
    """What has the completions in an answer that is not streamed; empty where the answer is the only one."""
    text: str
    finish: str
    own: dict[str, str]
    """Keys of a chunk that belong to a completion, and what they are called there."""

    def choices(self, value: dict[str, Any]) -> Iterable[tuple[int, Any, Path]]:
        """The completions in an answer: their numbers, they themselves, and where they are."""
        if not self.list:
            return [(0, value, ())]
        return [(number, item, (self.list, number)) for number, item in enumerate(items(value.get(self.list)))]


_CLAUDE = Form("", "completion", "stop_reason", {})
_FORMS = (
    Form("results", "outputText", "completionReason", {"totalOutputTextTokenCount": "tokenCount"}),  # Titan
    Form("generations", "text", "finish_reason", {}),  # Cohere
    Form("outputs", "text", "stop_reason", {}),  # Mistral
    Form("completions", "data", "finishReason", {}),  # AI21
    Form("", "generation", "stop_reason", {}),  # Llama
    _CLAUDE,
    Form("choices", "text", "stop_reason", {}),  # DeepSeek; models that were imported call it finish_reason
)
_COUNTS = ("inputTextTokenCount", "totalOutputTextTokenCount", "prompt_token_count", "generation_token_count")


def form_of(value: Any) -> Form | None:
    """How the model answers that a completion, or a chunk of one, is from; None when that is not known."""
    value = mapping(value)
    for form in _FORMS:
        if form.text in mapping(next(iter(items(value.get(form.list))), None)):
            return form
    for form in _FORMS:
        # Only Cohere's chunks have their text under that name, and `is_finished` beside it.
        if isinstance(value.get(form.text), str) and (form.text != "text" or "is_finished" in value):
            return form
    return None


def _counts(value: dict[str, Any]) -> dict[str, Any] | None:
    """What was used, in the terms of Bedrock if it says so, else in those of the vendor."""
    metrics = value.get(METRICS)
    if isinstance(metrics, dict):
        return metrics
    usage = value.get("usage")
    return usage if isinstance(usage, dict) else {key: value[key] for key in _COUNTS if key in value} or None


def _completion(number: int, item: dict[str, Any], form: Form, path: Path) -> Choice:
    raw, here = item.get(form.text), (*path, form.text)
    if isinstance(raw, dict):  # AI21 has it one step down, and the reason as well
        raw, here = raw.get("text"), (*here, "text")
    reason = item.get(form.finish) or item.get("finish_reason")
    reason = string(mapping(reason).get("reason")) or string(reason)
    if not isinstance(raw, Fragments):
        raw = Fragments.of(string(raw), None, here)
    return Choice(number, "assistant", raw, Fragments(), Fragments(), (), (), (), reason)


def answer(value: dict[str, Any]) -> Message:
    """The message of an answer that is not streamed, of whatever form; it has no choices when that is not known."""
    form = form_of(value)
    if form is None:
        error = value.get("error")
        return Message("", "", (), _counts(value), (error,) if error else (), value)
    choices = [_completion(number, mapping(item), form, path) for number, item, path in form.choices(value)]
    return Message(string(value.get("id")), string(value.get("model")), tuple(choices), _counts(value), (), value)


class CompletionsAccumulator(Accumulator):
    """Puts together what the chunks of an older model complete.

    Args:
        form: How the model answers; None where that is not known.
    """

    def __init__(self, form: Form | None) -> None:
        super().__init__()
        self._form = form
        self._native: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._events: list[Any] = []
        self._errors: list[Any] = []
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk."""
        self._last = event.number
        if mapping(chunk).get("type") == "ping":
            return
        error = mapping(chunk).get("error")
        if error:
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        elif self._form is None:
            self._events.append(chunk)
        elif isinstance(chunk, dict) and isinstance(chunk.get(self._form.list), list):
            for number, item, path in self._form.choices(chunk):
                self._merge(self._choice(mapping(item).get("index"), number), mapping(item), event.number, path)
            _update(self._native, chunk, self._form.list)
        else:
            self._add_flat(mapping(chunk), event.number, self._form)

    def _add_flat(self, chunk: dict[str, Any], event: int, form: Form) -> None:
        own = {form.text, form.finish, "index", *form.own} if form.list else set(chunk)
        choice = self._choice(chunk.get("index"), 0)
        self._merge(choice, {form.own.get(key, key): chunk[key] for key in chunk if key in own}, event, ())
        _update(self._native, {key: value for key, value in chunk.items() if key not in own})

    def _choice(self, index: Any, number: int) -> dict[str, Any]:
        # Titan counts in floating point.
        place = int(index) if isinstance(index, (int, float)) and abs(index) < 1e9 else number
        return self._choices.setdefault(place, {})

    def _merge(self, choice: dict[str, Any], value: dict[str, Any], event: int, path: Path) -> None:
        name = self._form.text if self._form else ""
        part = value.get(name)
        if isinstance(part, str) and isinstance(choice.setdefault(name, Fragments()), Fragments):
            choice[name].add(part, event, (*path, name))
            _update(choice, value, name, "index")
        else:
            _update(choice, value, "index")

    def finish(self) -> Message:
        """The answer as the model gives it without streaming."""
        form = self._form
        native = self._native
        choices: list[Choice] = []
        if form is None:
            native = {"events": self._events} if self._events or not self._errors else {"error": self._errors[-1]}
        else:
            merged = [self._choices[index] for index in sorted(self._choices)]
            choices = [_completion(number, item, form, ()) for number, item in enumerate(merged)]
            for item in merged:
                if isinstance(item.get(form.text), Fragments):
                    item[form.text] = item[form.text].text
            native = {**native, form.list: merged} if form.list else {**merged[0], **native} if merged else native
        ended = METRICS in native or any(choice.finish_reason for choice in choices)
        # There is no telling whether chunks of an unknown form are all there.
        if not (ended or self._errors or self._events):
            self.note(Kind.CUT, "", self._last)
        return Message(
            string(native.get("id")),
            string(native.get("model")),
            tuple(choices),
            _counts(native),
            tuple(self._errors),
            native,
        )


def _update(target: dict[str, Any], value: dict[str, Any], *but: str) -> None:
    """Overwrite with what is not null, but for some keys."""
    for key, item in value.items():
        if key not in but and (item is not None or key not in target):
            target[key] = item
