"""Gemini's Interactions: ours against google-genai's, whose types and helpers judge what we put together.

No recording of a project has any yet, so these are made by hand and by chance. google-genai parses events and does not
put them together: what they say is put together here once more from its objects, in the plainest way, and the whole is
given to it as an answer, of which it tells the text, the picture and the sound.
"""

import base64
import importlib
import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Message

_STEERING = ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_CLOUD_PROJECT")
_OWN = {"output_text", "output_image", "output_audio", "output_video", "continuation_ids"}
"""What the SDK adds to an interaction."""
_URL = "https://generativelanguage.googleapis.com/v1beta/interactions"
_USAGE = {
    "total_tokens": 148, "total_input_tokens": 7, "input_tokens_by_modality": [{"modality": "text", "tokens": 7}],
    "total_cached_tokens": 0, "total_output_tokens": 26, "total_tool_use_tokens": 0, "total_thought_tokens": 115,
}  # fmt: skip
_ABOUT = {"id": "v1_ChdUR3NIYXVy", "object": "interaction", "model": "gemini-2.5-flash"}
_END = {"created": "2026-05-15T18:51:57Z", "updated": "2026-05-15T18:51:58Z", "service_tier": "standard"}
_SOUND = [base64.b64encode(piece).decode() for piece in (b"RIFFa", b"bc", b"defg")]


class _Sdk:
    """google-genai over a transport that answers with what is given."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            genai = pytest.importorskip("google.genai", reason="google-genai is not installed: the extra sdk has it")
            types = importlib.import_module("google.genai.types")
            if int(genai.__version__.partition(".")[0]) < 2:
                pytest.skip("this google-genai knows no steps: version 2 does")
            self.types = importlib.import_module("google.genai.interactions")
            try:
                httpx: Any = importlib.import_module("httpx2")
            except ImportError:
                httpx = importlib.import_module("httpx")
            transport = httpx.MockTransport(lambda _: httpx.Response(200, **self._answer))
            options = types.HttpOptions(httpx_client=httpx.Client(transport=transport))
            self._client = genai.Client(vertexai=False, api_key="k", http_options=options)
        self._answer: dict[str, Any] = {}

    def events(self, body: str, **resumed: str) -> list[Any]:
        """What the SDK gives its caller for a stream."""
        self._answer = {"content": body.encode(), "headers": {"content-type": "text/event-stream"}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if resumed:
                return list(self._client.interactions.get("v1_a", stream=True, **resumed))
            return list(self._client.interactions.create(model="m", input="x", stream=True))

    def interaction(self, value: dict[str, Any]) -> Any:
        """What it gives for an answer."""
        self._answer = {"content": json.dumps(value).encode(), "headers": {"content-type": "application/json"}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._client.interactions.create(model="m", input="x")


@pytest.fixture(scope="module")
def sdk() -> _Sdk:
    """The SDK, which the environment does not steer."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in _STEERING:
            monkeypatch.delenv(name, raising=False)
        return _Sdk()


def _ours(body: str, content_type: str, url: str = _URL, method: str = "POST") -> registry.Transcript:
    headers = Headers([Header("Content-Type", content_type, ())])
    request = Request((), {}, Headers([]), Body(None, ()), None, method=method, url=url)
    response = Response((), {}, headers, Body(body, ("body",), headers), None, code=200, status_line="")
    transcript = registry.read(Interaction(0, (), request, response, None))
    assert transcript is not None
    assert transcript.protocol is not None
    assert transcript.protocol.name == "gemini-interactions"
    return transcript


def _stream(*steps: tuple[dict[str, Any], list[dict[str, Any]]], status: str = "completed") -> str:
    """A stream of steps: each as it starts, and its deltas."""
    events: list[dict[str, Any]] = [
        {"interaction": {**_ABOUT, "status": "in_progress"}, "event_type": "interaction.created"},
        {"interaction_id": _ABOUT["id"], "status": "in_progress", "event_type": "interaction.status_update"},
    ]
    for index, (step, deltas) in enumerate(steps):
        events.append({"index": index, "step": step, "event_type": "step.start"})
        events += ({"index": index, "delta": delta, "event_type": "step.delta"} for delta in deltas)
        events.append({"index": index, "event_type": "step.stop"})
    end = {**_ABOUT, **_END, "status": status, "usage": _USAGE}
    events.append({"interaction": end, "event_type": "interaction.completed"})
    stream = "".join(f"event: {event['event_type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return f"{stream}event: done\ndata: [DONE]\n\n"


def _dump(thing: Any) -> Any:
    return thing.model_dump(mode="json", by_alias=True, exclude_none=True)


def _merge(events: list[Any]) -> dict[str, Any]:
    """An interaction of the SDK's events: all of them at hand, no thought of places."""
    (last,) = [event for event in events if event.event_type == "interaction.completed"]
    steps: dict[int, dict[str, Any]] = {}
    written: dict[int, str] = {}
    for event in events:
        if event.event_type == "step.start":
            steps[event.index] = _dump(event.step)
        elif event.event_type == "step.delta":
            step, delta = steps[event.index], event.delta
            if delta.type == "arguments_delta":
                written[event.index] = written.get(event.index, "") + delta.arguments
                step["arguments"] = json.loads(written[event.index]) if _is_json(written[event.index]) else {}
            elif delta.type == "thought_summary":
                _append(step.setdefault("summary", []), _dump(delta.content))
            elif delta.type == "text_annotation_delta":
                step["content"][-1].setdefault("annotations", []).extend(_dump(delta)["annotations"])
            elif delta.type in ("text", "image", "audio", "video", "document"):
                _append(step.setdefault("content", []), _dump(delta))
            else:
                step.update({key: value for key, value in _dump(delta).items() if key != "type"})
    interaction = _dump(last.interaction)
    return {**interaction, "steps": [steps[index] for index in sorted(steps)]} if steps else interaction


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _append(parts: list[dict[str, Any]], part: dict[str, Any]) -> None:
    last = parts[-1] if parts else {"type": ""}
    if part["type"] == last["type"] == "text":
        last["text"] += part["text"]
    elif part["type"] == last["type"] == "audio":
        sound = base64.b64decode(last["data"]) + base64.b64decode(part["data"])
        last["data"] = base64.b64encode(sound).decode()
    else:
        parts.append(part)


def _message(transcript: registry.Transcript) -> Message:
    assert transcript.message is not None
    assert (transcript.irregularities, transcript.defects) == ([], [])
    return transcript.message


def _summary(text: str) -> dict[str, Any]:
    return {"content": {"text": text, "type": "text"}, "type": "thought_summary"}


_CITED = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2}
_THOUGHT = (
    {"type": "thought"},
    [_summary("**Hm**\n\n"), _summary("Well.\n"), {"type": "thought_signature", "signature": "CiQB"}],
)
STREAMS = {
    "text": _stream(
        _THOUGHT, ({"type": "model_output"}, [{"type": "text", "text": text} for text in ("I'm ", "fine", ".")])
    ),
    "text that starts with its step": _stream(
        ({"type": "thought", "signature": "", "summary": [{"type": "text", "text": "Hm"}]}, [_summary(".")]),
        (
            {"type": "model_output", "content": [{"type": "text", "text": "Based on"}]},
            [
                {"type": "text", "text": " the clues"},
                {"type": "text_annotation_delta", "annotations": [_CITED, _CITED]},
            ],
        ),
    ),
    "a call": _stream(
        _THOUGHT,
        (
            {"id": "61nzpsv4", "signature": "", "type": "function_call", "name": "getWeather", "arguments": {}},
            [{"type": "arguments_delta", "arguments": part} for part in ('{"location"', ':"San Francisco"', "}")],
        ),
        ({"id": "ktr5aysg", "type": "function_call", "name": "now", "arguments": {}}, []),
        status="requires_action",
    ),
    "tools of Google's": _stream(
        (
            {"id": "7xveqyd2", "signature": "", "type": "google_search_call"},
            [{"type": "google_search_call", "signature": "Q2lR", "arguments": {"queries": ["largest mountain"]}}],
        ),
        (
            {"call_id": "7xveqyd2", "signature": "", "type": "google_search_result"},
            [{"type": "google_search_result", "result": [{"search_suggestions": "<b>"}], "is_error": False}],
        ),
        (
            {"id": "x1", "type": "code_execution_call"},
            [{"type": "code_execution_call", "arguments": {"language": "python", "code": "print(1)"}}],
        ),
        ({"call_id": "x1", "type": "code_execution_result"}, [{"type": "code_execution_result", "result": "1\n"}]),
        ({"id": "u1", "type": "url_context_call"}, [{"type": "url_context_call", "arguments": {"urls": ["https://a.example"]}}]),
        (
            {"call_id": "u1", "type": "url_context_result"},
            [{"type": "url_context_result", "result": [{"url": "https://a.example", "status": "success"}]}],
        ),
        ({"type": "model_output"}, [{"type": "text", "text": "1"}]),
    ),
    "pictures and sound": _stream(
        (
            {"type": "model_output"},
            [
                {"type": "text", "text": "Here:"},
                {"type": "image", "mime_type": "image/png", "data": "iVBORw0KGgo="},
                *({"type": "audio", "mime_type": "audio/l16", "data": data} for data in _SOUND),
            ],
        )
    ),
    "nothing but its end": _stream(status="incomplete"),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_streams_are_what_the_sdk_reads_in_their_events(sdk: _Sdk, name: str) -> None:
    events = sdk.events(STREAMS[name])
    assert not any(
        "UNKNOWN" in (event.event_type, getattr(getattr(event, "delta", None), "type", "")) for event in events
    )
    ours = _message(_ours(STREAMS[name], "text/event-stream"))
    assert ours.native == _merge(events)


@pytest.mark.parametrize("name", STREAMS)
def test_a_whole_stream_is_an_interaction_to_the_sdk(sdk: _Sdk, name: str) -> None:
    ours = _message(_ours(STREAMS[name], "text/event-stream"))
    theirs = sdk.interaction(ours.native)
    assert _without_own(theirs) == ours.native
    (choice,) = ours.choices
    assert choice.text.text == theirs.output_text
    assert [media.data for media in choice.media] == [
        held.data for held in (theirs.output_image, theirs.output_audio) if held is not None
    ]
    assert choice.finish_reason == theirs.status
    assert [(call.id, call.name, call.parsed) for call in choice.tool_calls if not call.plain] == [
        (step.id, getattr(step, "name", step.type.removesuffix("_call")), _dump(step).get("arguments", {}))
        for step in theirs.steps or []
        if step.type.endswith("_call") and step.type != "code_execution_call"
    ]
    assert choice.reasoning.text == "".join(
        part.text for step in theirs.steps or [] if step.type == "thought" for part in step.summary or []
    )
    assert list(choice.citations) == [
        _dump(cited)
        for step in theirs.steps or []
        for part in (step.content if step.type == "model_output" else None) or []
        for cited in getattr(part, "annotations", None) or []
    ]
    plain = _message(_ours(json.dumps(ours.native), "application/json"))
    assert plain.native == ours.native
    assert [str(one.text.text) for one in plain.choices] == [theirs.output_text]


def _without_own(interaction: Any) -> dict[str, Any]:
    dumped = {key: value for key, value in _dump(interaction).items() if key not in _OWN}
    dumped.get("usage", {}).pop("initial_input_tokens", None)  # the SDK's word for what its first request had
    return dumped


def test_an_answer_in_the_background_is_read_as_the_sdk_reads_it(sdk: _Sdk) -> None:
    value = {"id": "v1_a", "status": "in_progress", "object": "interaction", "agent": "deep-research-preview-04-2026"}
    theirs = sdk.interaction(value)
    ours = _message(_ours(json.dumps(value), "application/json"))
    assert (ours.id, ours.model, theirs.status) == (theirs.id, theirs.agent, "in_progress")
    assert [choice.finish_reason for choice in ours.choices] == [""]


def test_an_error_in_a_stream_is_the_one_that_the_sdk_gives(sdk: _Sdk) -> None:
    error = {"message": "Deadline expired before operation could complete.", "code": "gateway_timeout"}
    cut = STREAMS["text"].partition("event: step.stop")[0]
    body = f"{cut}event: error\ndata: {json.dumps({'error': error, 'event_type': 'error'})}\n\n"
    theirs = sdk.events(body)[-1]
    transcript = _ours(body, "text/event-stream")
    assert transcript.message is not None
    assert transcript.message.errors == (_dump(theirs.error),) == (error,)


def test_a_stream_that_goes_on_is_read_from_where_it_goes_on(sdk: _Sdk) -> None:
    body = STREAMS["text"][STREAMS["text"].index("event: step.delta", STREAMS["text"].index("I'm ")) :]
    texts = [event.delta.text for event in sdk.events(body, last_event_id="7") if event.event_type == "step.delta"]
    ours = _message(_ours(body, "text/event-stream", f"{_URL}/v1_a?last_event_id=7&stream=true", "GET"))
    assert [choice.text.text for choice in ours.choices] == ["".join(texts)] == ["fine."]


_words = st.text(alphabet='ab\n"{é', max_size=3)
_texts = st.builds(lambda text: {"type": "text", "text": text}, _words)
_pictures = st.just({"type": "image", "mime_type": "image/png", "data": "iVBORw0KGgo="})
_sounds = st.sampled_from([{"type": "audio", "mime_type": "audio/l16", "data": data} for data in _SOUND])
_outputs = st.tuples(st.just({"type": "model_output"}), st.lists(_texts | _pictures | _sounds, max_size=5))
_thoughts = st.tuples(st.just({"type": "thought"}), st.lists(_words.map(_summary), max_size=4))
_called = st.dictionaries(_words, st.integers() | _words, max_size=3).map(json.dumps)


@st.composite
def _calls(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    said = draw(_called)
    cuts = sorted(draw(st.lists(st.integers(0, len(said)), max_size=3)))
    parts = [said[start:end] for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    step = {"type": "function_call", "id": "c1", "name": "f", "arguments": {}}
    return step, [{"type": "arguments_delta", "arguments": part} for part in parts]


@settings(deadline=None, max_examples=60)
@given(st.lists(_outputs | _thoughts | _calls(), max_size=5))
def test_however_steps_come_they_are_what_the_sdk_reads(
    sdk: _Sdk, steps: list[tuple[dict[str, Any], list[dict[str, Any]]]]
) -> None:
    body = _stream(*steps)
    assert _message(_ours(body, "text/event-stream")).native == _merge(sdk.events(body))
