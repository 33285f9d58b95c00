"""Gemini's answers in real recordings: ours against google-genai's, and against the convention put down once more.

google-genai parses chunks and does not put them together, so it judges what is in the chunks: that each is one of its
``GenerateContentResponse``, and what texts, thoughts, calls, reasons and counts they hold. How they merge is judged by
a merge of the raw JSON that has nothing in common with the one of the package.
"""

import base64
import importlib
import json
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cassette_tools.model import Interaction
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Message

pytestmark = pytest.mark.corpus

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

_METHOD = re.compile(r":(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$")
_STEERING = ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_CLOUD_PROJECT")
MISSING = object()


def _same_bytes(ours: Any, theirs: Any) -> bool:
    return base64.b64decode(ours) == base64.urlsafe_b64decode(theirs)


def _dropped(_: Any, theirs: Any) -> bool:
    return theirs is MISSING


DIFFERENCES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "thoughtSignature": (_same_bytes, "bytes are written as URL-safe base64, the API writes them with + and /"),
    "finishMessage": (_dropped, "the Gemini API sends it, the SDK knows it on Vertex AI only"),
    "serviceTier": (_dropped, "the API says it in usageMetadata, where the SDK's type does not have it"),
}
"""Field → what the SDK does to it, and why ours is right."""


def _dig(interaction: Interaction) -> tuple[str, Message, bool] | None:
    """The method, our message, and whether it was streamed; None if this is not for Gemini."""
    match = _METHOD.search(interaction.request.url_path)
    if not match or not interaction.response.body.raw:
        return None
    transcript = registry.read(interaction)
    assert transcript is not None
    assert transcript.protocol is not None
    assert transcript.protocol.name == "gemini"
    assert transcript.message is not None
    assert transcript.irregularities == []
    return match[1], transcript.message, bool(transcript.framing)


@pytest.fixture
def answers(recorded: Recorded) -> Iterator[tuple[str, Interaction, Message, bool]]:
    """Name, interaction, our message, and whether it was streamed, of every answer of a model."""

    def found() -> Iterator[tuple[str, Interaction, Message, bool]]:
        for name, interaction in recorded(b"GenerateContent", b":generateContent"):
            read = _dig(interaction)
            if read and read[0].lower().endswith("generatecontent") and interaction.response.successful:
                yield name, interaction, read[1], read[2]

    return found()


def _raw_chunks(interaction: Interaction, streamed: bool) -> list[dict[str, Any]]:
    text = interaction.response.body.text
    if not streamed:
        return [json.loads(text)]
    return [json.loads(line[5:]) for line in re.split(r"\r\n|\r|\n", text) if line.startswith("data:")]


def _merge(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The convention in its plainest form: all chunks at hand, no thought of time."""
    merged: dict[str, Any] = {}
    for chunk in chunks:
        merged |= {key: value for key, value in chunk.items() if value is not None and key != "candidates"}
    listed = [candidate for chunk in chunks for candidate in chunk.get("candidates") or []]
    for index in sorted({candidate.get("index", 0) for candidate in listed}):
        mine = [candidate for candidate in listed if candidate.get("index", 0) == index]
        whole: dict[str, Any] = {}
        parts: list[dict[str, Any]] = []
        for candidate in mine:
            whole |= {key: value for key, value in candidate.items() if value is not None and key != "content"}
            for part in (candidate.get("content") or {}).get("parts") or []:
                if parts and _joins(parts[-1], part):
                    parts[-1] = {**parts[-1], **part, "text": parts[-1]["text"] + part["text"]}
                else:
                    parts.append(part)
        contents = [candidate["content"] for candidate in mine if candidate.get("content")]
        if contents:
            whole["content"] = {key: value for content in reversed(contents) for key, value in content.items()}
            if any("parts" in content for content in contents):
                whole["content"]["parts"] = parts
        merged.setdefault("candidates", []).append(whole)
    return merged


def _joins(last: dict[str, Any], part: dict[str, Any]) -> bool:
    return (
        set(last) - {"thought"} == {"text"}
        and set(part) - {"thought", "thoughtSignature"} == {"text"}
        and last.get("thought", False) == part.get("thought", False)
    )


def test_every_answer_is_recognised(recorded: Recorded) -> None:
    methods: dict[str, int] = {}
    for _, interaction in recorded(b"Content", b"countTokens"):
        read = _dig(interaction)
        if read:
            methods[read[0]] = methods.get(read[0], 0) + 1
    assert methods.get("streamGenerateContent", 0) > 0


def test_streams_merge_as_the_convention_says(answers: Iterator[tuple[str, Interaction, Message, bool]]) -> None:
    count = 0
    for name, interaction, message, streamed in answers:
        chunks = _raw_chunks(interaction, streamed)
        if streamed:
            count += 1
            assert message.native == _merge(chunks), name
        else:
            assert message.native == chunks[0], name
    assert count > 0


class _Sdk:
    """google-genai over a transport that answers with what was recorded."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._genai = pytest.importorskip("google.genai")
            self._types = pytest.importorskip("google.genai.types")
        self._content = b""
        self._media_type = ""
        self._clients = {vertex: self._client(vertex) for vertex in (True, False)}

    def _client(self, vertex: bool) -> Any:
        try:
            httpx: Any = importlib.import_module("httpx2")  # since version 2
        except ImportError:
            httpx = importlib.import_module("httpx")

        def handle(_: Any) -> Any:
            return httpx.Response(200, headers={"content-type": self._media_type}, content=self._content)

        options = self._types.HttpOptions(httpx_client=httpx.Client(transport=httpx.MockTransport(handle)))
        return self._genai.Client(vertexai=vertex, api_key="k", http_options=options)

    def chunks(self, interaction: Interaction, streamed: bool) -> list[Any]:
        """What the SDK gives its caller."""
        self._content = interaction.response.body.text.encode()
        self._media_type = "text/event-stream" if streamed else "application/json"
        models = self._clients["/projects/" in interaction.request.url].models
        call = models.generate_content_stream if streamed else models.generate_content
        never = self._types.AutomaticFunctionCallingConfig(disable=True)
        config = self._types.GenerateContentConfig(automatic_function_calling=never)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = call(model="m", contents="x", config=config)
            return list(given) if streamed else [given]


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> _Sdk:
    """The SDK, which the environment does not steer."""
    for name in _STEERING:
        monkeypatch.delenv(name, raising=False)
    return _Sdk()


def test_texts_calls_reasons_and_usage_are_the_sdks(
    sdk: _Sdk, answers: Iterator[tuple[str, Interaction, Message, bool]]
) -> None:
    count = 0
    for name, interaction, message, streamed in answers:
        count += 1
        text, thoughts, calls, reason, usage = "", "", [], None, None
        for chunk in sdk.chunks(interaction, streamed):
            assert type(chunk).__name__ == "GenerateContentResponse", name
            usage = chunk.usage_metadata or usage
            for candidate in chunk.candidates or []:
                assert (candidate.index or 0) == 0, name
                reason = candidate.finish_reason or reason
                for part in (candidate.content.parts if candidate.content else None) or []:
                    if part.text and part.thought:
                        thoughts += part.text
                    elif part.text:
                        text += part.text
                    if part.function_call:
                        calls.append((part.function_call.id or "", part.function_call.name, part.function_call.args))
                    if part.executable_code:
                        calls.append(("", "code_execution", part.executable_code.code))
        (choice,) = message.choices
        assert (choice.text.text, choice.reasoning.text) == (text, thoughts), name
        assert [(call.id, call.name, call.parsed) for call in choice.tool_calls] == [
            (ident, called, args or {}) for ident, called, args in calls
        ], name
        assert choice.finish_reason == (reason.value if reason else ""), name
        assert (usage is None) == (message.usage is None), name
        if usage is not None:
            _compare(message.usage, usage.model_dump(mode="json", by_alias=True, exclude_none=True), name, ())
    assert count > 0


def test_every_other_field_is_the_sdks_but_for_what_the_table_says(
    sdk: _Sdk, answers: Iterator[tuple[str, Interaction, Message, bool]]
) -> None:
    own = {"sdk_http_response", "automatic_function_calling_history", "parsed"}
    met: set[str] = set()
    for name, interaction, message, streamed in answers:
        chunks = [
            chunk.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=own)
            for chunk in sdk.chunks(interaction, streamed)
        ]
        met |= _compare(message.native, _merge(chunks) if streamed else chunks[0], name, ())
    assert met  # or nothing was compared


def _compare(ours: Any, theirs: Any, name: str, path: tuple[str, ...]) -> set[str]:
    """The fields that differ, each in the way that the table says; others fail."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        met: set[str] = set()
        for key in ours.keys() | theirs.keys():
            met |= _compare(ours.get(key, MISSING), theirs.get(key, MISSING), name, (*path, key))
        return met
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return set().union(*(_compare(mine, other, name, path) for mine, other in zip(ours, theirs, strict=True)))
    if ours == theirs:
        return set()
    field = path[-1] if path else ""
    assert field in DIFFERENCES, (name, path, ours, theirs)
    assert DIFFERENCES[field][0](ours, theirs), (name, path, ours, theirs)
    return {field}
