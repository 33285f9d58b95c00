"""Gemini: Google's ``generateContent`` and ``streamGenerateContent``, on the Gemini API and on Vertex AI.

Sources: the reference of the Gemini API, "Generating content" (https://ai.google.dev/api/generate-content), and Vertex
AI's "Generate content with the Gemini API" (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference). A
stream is one of whole ``GenerateContentResponse`` objects, as an event stream with ``alt=sse`` and as a JSON array
without. None of Google's SDKs that are maintained puts them together (google-genai keeps a content for each chunk), and
the two that did disagree; so this is a convention, made from what recorded streams hold:

* candidates go by their ``index``; one without an index is candidate 0 (zeroes are left out);
* a text part goes on with the part before it if both are text, are both ``thought`` or both not, the earlier one has no
  ``thoughtSignature``, and neither has anything else; a signature that comes with the text becomes the part's. Every
  other part is kept as it came, in order;
* ``usageMetadata`` is the whole last object: it counts the whole answer in every chunk, but starts again behind a tool
  that Google runs, so that neither a sum nor a maximum nor its fields one by one give what was used;
* lists in ``logprobsResult`` are those of the chunk's tokens, and append;
* ``role`` is the first, and every other field of the content, of the candidate and of the answer (``finishReason``,
  ``groundingMetadata``, ``promptFeedback``, ``modelVersion`` …) the last that is not null.

A call of a tool is one part as a rule. Where its arguments are streamed it is several, which stay several in the answer
and are one in the common view. Code that the model runs at Google's is a call there as well, ``code_execution``.

There is no last word: the last chunk has a ``finishReason``, or the first and only one says that the prompt was blocked
and why. Counts of tokens and embeddings are recognised and say what they used; counting uses nothing.
"""

import re
from collections.abc import Iterator
from typing import Any

from cassette_tools.model import Interaction, Path
from cassette_tools.protocols.anthropic_messages import note_tool_arguments, written
from cassette_tools.protocols.base import Accumulator, Kind, Protocol, error_text, items, mapping, string
from cassette_tools.protocols.message import Choice, Fragments, Media, Message, ToolCall
from cassette_tools.protocols.openai_chat import index_of, merge_logprobs
from cassette_tools.wire.event import Event

_TEXT_KEYS = frozenset({"text", "thought", "thoughtSignature"})
"""The keys of a part that is text and nothing else."""
_SAME_THROUGHOUT = ("responseId", "modelVersion")


class Gemini(Protocol):
    """The protocol of ``POST …:generateContent`` and ``POST …:streamGenerateContent``."""

    name = "gemini"

    def accumulator(self, interaction: Interaction) -> "GeminiAccumulator":  # noqa: ARG002 - one for all
        """A fresh accumulator."""
        return GeminiAccumulator()

    def answer(self, value: dict[str, Any]) -> Message:
        """The message of a ``GenerateContentResponse``, of a count, of embeddings, or of an ``error``."""
        candidates = []
        for position, item in enumerate(items(value.get("candidates"))):
            fields = mapping(item)
            index = index_of(fields)
            candidate = _Candidate(position if index is None else index)
            candidate.add(fields, None, ("candidates", position))
            candidates.append(candidate)
        error = value.get("error")
        return _message(value, candidates, [error] if error else [])


class GeminiAccumulator(Accumulator):
    """Puts one stream of answers together."""

    def __init__(self) -> None:
        super().__init__()
        self._native: dict[str, Any] = {}
        self._candidates: dict[int, _Candidate] = {}
        self._errors: list[Any] = []
        self._mixed = False
        self._last: int | None = None

    def add(self, event: Event, chunk: Any) -> None:
        """One chunk. What is no object has nothing to merge."""
        self._last = event.number
        error = mapping(chunk).get("error") or (chunk if event.type == "error" else None)
        if error:
            self._errors.append(error)
            self.note(Kind.ERROR, error_text(error), event.number)
        native = self._native
        for key, value in mapping(chunk).items():
            if value is None:
                continue
            if key == "candidates" and isinstance(value, list):
                self._add_candidates(value, event.number)
            else:
                if key in _SAME_THROUGHOUT:
                    self._compare(string(native.get(key)), string(value), event.number)
                native[key] = value

    def _add_candidates(self, candidates: list[Any], event: int) -> None:
        for position, item in enumerate(candidates):
            if isinstance(item, dict):
                index = index_of(item) or 0
                candidate = self._candidates.get(index)
                if candidate is None:
                    candidate = self._candidates[index] = _Candidate(index)
                candidate.add(item, event, ("candidates", position))

    def _compare(self, before: str, now: str, event: int) -> None:
        if before and now and now != before and not self._mixed:
            self._mixed = True
            self.note(Kind.MIXED, f"{before}\n{now}", event)

    def finish(self) -> Message:
        """The ``GenerateContentResponse`` of the whole answer."""
        candidates = [self._candidates[index] for index in sorted(self._candidates)]
        native = dict(self._native)
        if candidates:
            native = {**native, "candidates": [candidate.json() for candidate in candidates]}
        message = _message(native, candidates, self._errors)
        if not self._errors:
            blocked = bool(mapping(native.get("promptFeedback")).get("blockReason"))
            if blocked or any(choice.finish_reason for choice in message.choices):
                note_tool_arguments(self, message)
                for choice in message.choices:
                    if not (blocked or choice.finish_reason):
                        self.note(Kind.UNFINISHED, str(choice.number), self._last)
            else:
                self.note(Kind.CUT, "", self._last)
        return message


class _Candidate:
    """An answer that is put together, or as it came without streaming.

    Attributes:
        number: Its index.
        fields: What it has, its content among it, but for the parts of that.
        content: Its content.
        parts: The parts of its content.
    """

    __slots__ = ("content", "fields", "number", "parts")

    def __init__(self, number: int) -> None:
        self.number = number
        self.fields: dict[str, Any] = {}
        self.content: dict[str, Any] = {}
        self.parts: list[_Part] = []

    def add(self, candidate: dict[str, Any], event: int | None, path: Path) -> None:
        """Take in what came of it."""
        fields = self.fields
        for key, value in candidate.items():
            if value is None:
                continue
            if key == "content" and isinstance(value, dict):
                fields[key] = self.content
                self._add_content(value, event, (*path, key))
            elif key == "logprobsResult" and isinstance(value, dict):
                if not isinstance(fields.get(key), dict):
                    fields[key] = {}
                merge_logprobs(fields[key], value)
            else:
                fields[key] = value

    def _add_content(self, content: dict[str, Any], event: int | None, path: Path) -> None:
        for key, value in content.items():
            if value is None:
                continue
            if key == "parts" and isinstance(value, list):
                self.content[key] = self.parts
                for position, part in enumerate(value):
                    here = (*path, key, position)
                    if not self.parts or not self.parts[-1].take(part, event, here):
                        self.parts.append(_Part(part, event, here))
            elif key == "role":
                self.content[key] = self.content.get(key) or value
            else:
                self.content[key] = value

    def json(self) -> dict[str, Any]:
        """The candidate in the API's own terms."""
        fields, content = dict(self.fields), dict(self.content)
        if content.get("parts") is self.parts:
            content["parts"] = [part.json() for part in self.parts]
        if fields.get("content") is self.content:
            fields["content"] = content
        return fields

    def choice(self) -> Choice:
        """The common view of it."""
        text, reasoning = Fragments(), Fragments()
        for part in self.parts:
            if part.text is not None:
                (reasoning if part.is_thought else text).extend(part.text)
        citation = mapping(self.fields.get("citationMetadata"))
        citations = [*items(citation.get("citations")), *items(citation.get("citationSources"))]
        citations += items(mapping(self.fields.get("groundingMetadata")).get("groundingChunks"))
        return Choice(
            self.number,
            string(self.content.get("role")),
            text,
            reasoning,
            Fragments(),
            tuple(_calls(self.parts)),
            tuple(citations),
            tuple(media for part in self.parts for media in part.media()),
            string(self.fields.get("finishReason")),
            any(_called(part) is not None for part in self.parts),
        )


class _Part:
    """A part of a content.

    Attributes:
        value: As it came, or as the first one came that others went on with.
        text: Its text, if it has one.
        is_thought: Whether it is the model's reasoning.
        event: The event that it came with.
        path: Where in that it is.
    """

    __slots__ = ("_open", "event", "is_thought", "path", "text", "value")

    def __init__(self, value: Any, event: int | None, path: Path) -> None:
        self.value = value
        self.event = event
        self.path = path
        fields = mapping(value)
        self.is_thought = fields.get("thought") is True
        self.text: Fragments | None = None
        if isinstance(fields.get("text"), str):
            self.text = Fragments.of(fields["text"], event, (*path, "text"))
        self._open = self.text is not None and _is_text_only(fields) and fields.get("thoughtSignature") is None

    def take(self, value: Any, event: int | None, path: Path) -> bool:
        """Take in the part that follows, if it goes on with this one; say whether it does."""
        following = mapping(value)
        text = following.get("text")
        if self.text is None or not self._open or not isinstance(text, str) or not _is_text_only(following):
            return False
        if (following.get("thought") is True) != self.is_thought:
            return False
        self.text.add(text, event, (*path, "text"))
        signature = following.get("thoughtSignature")
        if signature is not None:
            self.value = {**self.value, "thoughtSignature": signature}
            self._open = False
        return True

    def json(self) -> Any:
        """The part in the API's own terms."""
        return self.value if self.text is None else {**self.value, "text": self.text.text}

    def media(self) -> Iterator[Media]:
        """The picture, the sound or the file that it is."""
        for key, field in (("inlineData", "data"), ("fileData", "fileUri")):
            held = mapping(mapping(self.value).get(key))
            if string(held.get(field)):
                yield Media(string(held.get("mimeType")), held[field])


def _is_text_only(part: dict[str, Any]) -> bool:
    return part.keys() <= _TEXT_KEYS


def _called(part: _Part) -> dict[str, Any] | None:
    """The call of a tool of the caller's that a part is."""
    called = mapping(part.value).get("functionCall")
    return called if isinstance(called, dict) else None


def _calls(parts: list[_Part]) -> Iterator[ToolCall]:
    """The calls of tools. One may come in several parts, of which the first names the tool."""
    call: _Call | None = None
    for part in parts:
        called = _called(part)
        if called is None:
            code = mapping(mapping(part.value).get("executableCode")).get("code")
            if isinstance(code, str):
                said = Fragments.of(code, part.event, (*part.path, "executableCode", "code"))
                yield ToolCall("", "code_execution", said, plain=True)
            continue
        if call is None or "name" in called:
            if call is not None:
                yield call.finish()
            call = _Call()
        call.add(called, part)
        if called.get("willContinue") is not True:
            yield call.finish()
            call = None
    if call is not None:
        yield call.finish()


class _Call:
    """A call whose arguments are put together.

    With ``streamFunctionCallArguments``, which Vertex AI has, they come as values and the JSON paths of those; of a
    text there may be several, one after the other.
    """

    def __init__(self) -> None:
        self._given: Any = None
        self._partial: dict[str, Any] = {}
        self._id = self._name = ""
        self._places: list[tuple[int | None, Path]] = []

    def add(self, called: dict[str, Any], part: _Part) -> None:
        """Take in a ``functionCall``, and the part that it is in."""
        here = (*part.path, "functionCall")
        self._places += [(part.event, (*here, key)) for key in ("args", "partialArgs") if called.get(key) is not None]
        self._id = self._id or string(called.get("id"))
        self._name = self._name or string(called.get("name"))
        if called.get("args") is not None:
            self._given = called["args"]
        for item in items(called.get("partialArgs")):
            argument = mapping(item)
            path = string(argument.get("jsonPath"))
            if isinstance(argument.get("stringValue"), str):
                before = self._partial.get(path)
                if isinstance(before, list):
                    before.append(argument["stringValue"])
                else:
                    self._partial[path] = [argument["stringValue"]]
            else:
                values = (argument.get(key) for key in ("numberValue", "boolValue"))  # null has none
                self._partial[path] = next((value for value in values if isinstance(value, int | float)), None)

    def finish(self) -> ToolCall:
        """The call as far as it came."""
        if not self._places:
            return ToolCall(self._id, self._name, Fragments())
        arguments = self._given
        if self._partial:
            arguments = dict(mapping(arguments))
            for path, value in self._partial.items():
                _put(arguments, path, "".join(value) if isinstance(value, list) else value)
        # Those of several parts are in no place of their own.
        place = self._places[0] if len(self._places) == 1 else (None, ())
        return ToolCall(self._id, self._name, written(arguments, *place))


_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]""")


def _put(arguments: dict[str, Any], path: str, value: Any) -> None:
    """Set what a JSON path says: ``$.place.names[0]``. Members of a list come in order."""
    steps = [int(step[2]) if step[2] else step[1] or step[3] or step[4] or "" for step in _STEP.finditer(path)]
    holder: Any = arguments
    for number, step in enumerate(steps):
        fresh: Any = value
        if number + 1 < len(steps):
            fresh = [] if isinstance(steps[number + 1], int) else {}
        if isinstance(holder, list) and isinstance(step, int):
            if step >= len(holder):
                holder.append(fresh)
            elif fresh is value:
                holder[step] = value
            holder = holder[min(step, len(holder) - 1)]
        elif isinstance(holder, dict):
            if fresh is value or not isinstance(holder.get(str(step)), dict | list):
                holder[str(step)] = fresh
            holder = holder[str(step)]
        else:
            return


def _message(native: dict[str, Any], candidates: list[_Candidate], errors: list[Any]) -> Message:
    usage = native.get("usageMetadata")
    if usage is None and "predictions" in native:
        usage = native.get("metadata")
    return Message(
        string(native.get("responseId")),
        string(native.get("modelVersion")),
        tuple(candidate.choice() for candidate in candidates),
        usage if isinstance(usage, dict) else None,
        tuple(errors),
        native,
    )
