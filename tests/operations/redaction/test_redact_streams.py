"""A secret in fragments: its placeholder is in the first of them, and every event stays what it is."""

import base64
import gzip
import itertools
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.loading import load_bytes
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.secrets.options import SecretOptions

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"


class Kind(NamedTuple):
    """A protocol's stream."""

    url: str
    media_type: str
    body: Callable[[list[str]], str | bytes]
    """The stream whose text comes in these fragments."""


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sse(*events: Any, ends: str = "\n\n") -> str:
    return "".join(f"data: {event if isinstance(event, str) else _dump(event)}{ends}" for event in events)


def _typed(*events: dict[str, Any]) -> str:
    return "".join(f"event: {event['type']}\ndata: {_dump(event)}\n\n" for event in events)


def _chat(parts: list[str], field: str = "content") -> str:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    start, end = chunk({"role": "assistant", "content": ""}), chunk({}, "stop")
    return _sse(start, *(chunk({field: part}) for part in parts), end, "[DONE]")


def _chat_call(parts: list[str]) -> str:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
    calls = [
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}) for part in ['{"k": "', *parts, '"}']
    ]
    return _sse(chunk({"role": "assistant", "tool_calls": [call]}), *calls, chunk({}, "tool_calls"), "[DONE]")


def _responses(parts: list[str]) -> str:
    text = "".join(parts)
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    response = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **where, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **where, "delta": part} for part in parts),
        {"type": "response.output_text.done", **where, "text": text},
        {"type": "response.content_part.done", **where, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {**response, "status": "completed", "output": [item]}},
    ]
    return _typed(*({**event, "sequence_number": number} for number, event in enumerate(events)))


def _anthropic_events(parts: list[str], delta: str = "text_delta", field: str = "text") -> list[dict[str, Any]]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m"}
    block = {"type": "text", "text": ""}
    if delta == "input_json_delta":
        block = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}  # type: ignore[dict-item]
        parts = ['{"k": "', *parts, '"}']
    elif delta == "thinking_delta":
        block = {"type": "thinking", "thinking": ""}
    return [
        {"type": "message_start", "message": {**message, "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": delta, field: part}} for part in parts),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]


def _gemini_events(parts: list[str]) -> list[dict[str, Any]]:
    def event(text: str, **rest: str) -> dict[str, Any]:
        return {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **rest}]}

    return [*(event(part) for part in parts), event("", finishReason="STOP")]


def _interaction(parts: list[str], kind: str = "text") -> str:
    about = {"id": "v1_ChdUR3NIYXVy", "object": "interaction", "model": "gemini-x"}
    step: dict[str, Any] = {"type": {"text": "model_output", "thought_summary": "thought"}.get(kind, "function_call")}
    if kind == "arguments_delta":
        step |= {"id": "c1", "name": "f", "arguments": {}}
        parts = ['{"k": "', *parts, '"}']
    fields: dict[str, Callable[[str], dict[str, Any]]] = {
        "text": lambda part: {"text": part},
        "thought_summary": lambda part: {"content": {"text": part, "type": "text"}},
        "arguments_delta": lambda part: {"arguments": part},
    }
    events: list[dict[str, Any]] = [
        {"interaction": {**about, "status": "in_progress"}, "event_type": "interaction.created"},
        {"index": 0, "step": step, "event_type": "step.start"},
        *({"index": 0, "delta": {**fields[kind](p), "type": kind}, "event_type": "step.delta"} for p in parts),
        {"index": 0, "event_type": "step.stop"},
        {"interaction": {**about, "status": "completed"}, "event_type": "interaction.completed"},
    ]
    stream = "".join(f"event: {event['event_type']}\ndata: {_dump(event)}\n\n" for event in events)
    return f"{stream}event: done\ndata: [DONE]\n\n"


def _interaction_of_old(parts: list[str]) -> str:
    about = {"id": "v1_ChdUR3NIYXVy", "object": "interaction", "model": "gemini-x"}
    return _sse(
        {"event_type": "interaction.start", "interaction": {**about, "status": "in_progress"}},
        {"event_type": "content.start", "index": 0, "content": {"type": "text"}},
        *({"event_type": "content.delta", "index": 0, "delta": {"type": "text", "text": part}} for part in parts),
        {"event_type": "content.stop", "index": 0},
        {"event_type": "interaction.complete", "interaction": {**about, "status": "completed"}},
    )


def _conversation(parts: list[str], kind: str = "text") -> str:
    called = {"type": "function.call.delta", "output_index": 0, "id": "f1", "tool_call_id": "c1", "name": "f"}
    said = {"type": "message.output.delta", "output_index": 0, "id": "m1", "content_index": 0}
    fragments: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "text": lambda: [{**said, "content": part} for part in parts],
        "chunks": lambda: [{**said, "content": {"type": "text", "text": part}} for part in parts],
        "thinking": lambda: [
            {**said, "content": {"type": "thinking", "thinking": [{"type": "text", "text": part}]}} for part in parts
        ],
        "call": lambda: [{**called, "arguments": part} for part in ('{"k": "', *parts, '"}')],
    }
    return _typed(
        {"type": "conversation.response.started", "conversation_id": "conv_1"},
        *fragments[kind](),
        {"type": "conversation.response.done", "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
    )


def _ollama(parts: list[str]) -> str:
    def line(text: str, **rest: Any) -> str:
        message = {"role": "assistant", "content": text}
        return (
            _dump({"model": "m", "created_at": "2026-01-02T03:04:05Z", "message": message, "done": False} | rest) + "\n"
        )

    return "".join(map(line, parts)) + line("", done=True, done_reason="stop")


def _frame(kind: str, payload: str) -> bytes:
    headers = b""
    for name, value in ((":event-type", kind), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    data = payload.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(data), len(headers))
    rest = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + data
    return rest + struct.pack(">I", zlib.crc32(rest))


def _converse(parts: list[str]) -> bytes:
    deltas = [("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": part}, "p": "abc"}) for part in parts]
    events: list[tuple[str, Any]] = [
        ("messageStart", {"role": "assistant", "p": "ab"}),
        *deltas,
        ("contentBlockStop", {"contentBlockIndex": 0, "p": "a"}),
        ("messageStop", {"stopReason": "end_turn", "p": "a"}),
        ("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 1}}),
    ]
    return b"".join(_frame(kind, _dump(value)) for kind, value in events)


def _invoke(parts: list[str]) -> bytes:
    payloads = [_dump(event).encode() for event in _anthropic_events(parts)]
    return b"".join(_frame("chunk", _dump({"bytes": base64.b64encode(data).decode(), "p": "abc"})) for data in payloads)


_BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/"
_GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent"
_INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"
_CONVERSATIONS = "https://api.mistral.ai/v1/conversations"
_SSE = "text/event-stream"
_FRAMES = "application/vnd.amazon.eventstream"
KINDS = {
    "chat": Kind("https://api.openai.com/v1/chat/completions", _SSE, _chat),
    "chat, reasoning": Kind(
        "https://api.deepseek.com/v1/chat/completions", _SSE, lambda parts: _chat(parts, "reasoning_content")
    ),
    "chat, a call": Kind("https://api.openai.com/v1/chat/completions", _SSE, _chat_call),
    "responses": Kind("https://api.openai.com/v1/responses", _SSE, _responses),
    "anthropic": Kind("https://api.anthropic.com/v1/messages", _SSE, lambda parts: _typed(*_anthropic_events(parts))),
    "anthropic, thinking": Kind(
        "https://api.anthropic.com/v1/messages",
        _SSE,
        lambda parts: _typed(*_anthropic_events(parts, "thinking_delta", "thinking")),
    ),
    "anthropic, a call": Kind(
        "https://api.anthropic.com/v1/messages",
        _SSE,
        lambda parts: _typed(*_anthropic_events(parts, "input_json_delta", "partial_json")),
    ),
    "gemini": Kind(f"{_GEMINI}?alt=sse", _SSE, lambda parts: _sse(*_gemini_events(parts), ends="\r\n\r\n")),
    "gemini, a list": Kind(
        _GEMINI, "application/json", lambda parts: json.dumps(_gemini_events(parts), indent=2, ensure_ascii=False)
    ),
    "interactions": Kind(_INTERACTIONS, _SSE, _interaction),
    "interactions, thinking": Kind(_INTERACTIONS, _SSE, lambda parts: _interaction(parts, "thought_summary")),
    "interactions, a call": Kind(_INTERACTIONS, _SSE, lambda parts: _interaction(parts, "arguments_delta")),
    "interactions of old": Kind(_INTERACTIONS, _SSE, _interaction_of_old),
    "conversations": Kind(_CONVERSATIONS, _SSE, _conversation),
    "conversations, chunks": Kind(_CONVERSATIONS, _SSE, lambda parts: _conversation(parts, "chunks")),
    "conversations, thinking": Kind(_CONVERSATIONS, _SSE, lambda parts: _conversation(parts, "thinking")),
    "conversations, a call": Kind(_CONVERSATIONS, _SSE, lambda parts: _conversation(parts, "call")),
    "ollama": Kind("http://127.0.0.1:11434/api/chat", "application/x-ndjson", _ollama),
    "converse": Kind(f"{_BEDROCK}converse-stream", _FRAMES, _converse),
    "invoke": Kind(f"{_BEDROCK}invoke-with-response-stream", _FRAMES, _invoke),
}


def _recording(kind: Kind, body: str | bytes, **headers: str) -> bytes:
    lines = {"Content-Type": [kind.media_type], **{name.replace("_", "-"): [value] for name, value in headers.items()}}
    request = {"method": "POST", "uri": kind.url, "headers": {}, "body": "{}"}
    response = {"status": {"code": 200, "message": "OK"}, "headers": lines, "body": {"string": body}}
    return yaml.dump({"version": 1, "interactions": [{"request": request, "response": response}]}).encode()


def _redacted(data: bytes, policy: Policy | None = None) -> Any:
    after = Redactor(policy).redact(data, "x.yaml").data
    assert Redactor(policy).redact(after, "x.yaml").data == after
    return yaml.safe_load(after)["interactions"][0]["response"]["body"]["string"]


FRAGMENTS = {
    "in two": (["Use ", KEY[:9], KEY[9:], "."], ["Use ", NAMED, "", "."]),
    "with other text": (
        ["Use é", "k: " + KEY[:5], KEY[5:20], KEY[20:33], KEY[33:] + " \"now\"\n", "."],
        ["Use é", "k: " + NAMED, "", "", " \"now\"\n", "."],
    ),
    "character by character": ([" ", *KEY, " "], [" ", NAMED, *[""] * (len(KEY) - 1), " "]),
    "two of them": (
        ["a ", KEY[:7], KEY[7:] + " b " + KEY[:12], KEY[12:], ""],
        ["a ", NAMED, " b " + NAMED, "", ""],
    ),
    "whole, and in two": ([f"{KEY} ", KEY[:7], KEY[7:]], [f"{NAMED} ", NAMED, ""]),
}  # fmt: skip


@pytest.mark.parametrize("split", FRAGMENTS)
@pytest.mark.parametrize("name", KINDS)
def test_the_placeholder_is_in_the_first_fragment_and_the_rest_is_empty(name: str, split: str) -> None:
    kind, (before, after) = KINDS[name], FRAGMENTS[split]
    if "call" in name:
        before, after = ([part.replace('"', "").replace("\n", "") for part in parts] for parts in (before, after))
    assert _redacted(_recording(kind, kind.body(before))) == kind.body(after)


@pytest.mark.parametrize("name", KINDS)
def test_the_message_says_the_same_but_for_the_secret(name: str) -> None:
    kind = KINDS[name]
    data = _recording(kind, kind.body(["so ", KEY[:11], KEY[11:], " it is"]))
    after = Redactor().redact(data, "x.yaml").data
    transcript = registry.read(load_bytes(after, "x.yaml").interactions[0])
    assert transcript is not None
    assert transcript.message is not None
    (choice,) = transcript.message.choices
    texts = [choice.text.text, choice.reasoning.text, *(call.arguments.text for call in choice.tool_calls)]
    said = f"so {NAMED} it is"
    assert [text for text in texts if text] == [f'{{"k": "{said}"}}' if "call" in name else said]
    assert transcript.irregularities == []
    assert transcript.defects == []


@pytest.mark.parametrize("name", ["chat", "anthropic", "responses", "ollama"])
def test_a_packed_stream_is_packed_again(name: str) -> None:
    kind = KINDS[name]
    before, after = FRAGMENTS["with other text"]
    body = kind.body(before)
    assert isinstance(body, str)
    packed = _redacted(_recording(kind, gzip.compress(body.encode()), Content_Encoding="gzip"))
    assert gzip.decompress(packed).decode() == kind.body(after)


def test_what_uses_another_spelling_keeps_it_around_the_secret() -> None:
    kind = KINDS["chat"]
    body = str(kind.body(["é \u2028", KEY[:9], KEY[9:], "é"]))
    body = (
        body.replace("é", "\\u00e9")
        .replace("data: ", "data:  ")
        .replace("\n\n", "\n: comment\n\n")
        .replace(":{", ": {")
    )
    expected = body.replace(KEY[:9], NAMED).replace(f'"{KEY[9:]}"', '""')
    assert _redacted(_recording(kind, body)) == expected


def test_data_over_several_lines_is_one_text() -> None:
    kind = KINDS["chat"]
    body = str(kind.body([KEY[:9], KEY[9:]])).replace(',"choices"', ',\ndata:"choices"')
    assert _redacted(_recording(kind, body)) == body.replace(KEY[:9], NAMED).replace(f'"{KEY[9:]}"', '""')


def test_fragments_that_end_within_an_escape_do_no_harm() -> None:
    kind = KINDS["chat, a call"]
    parts = ["\\", "u0041 \\/ \\u", "0041 \\u00", "41 ", KEY[:9], KEY[9:]]
    assert _redacted(_recording(kind, kind.body(parts))) == kind.body([*parts[:4], NAMED, ""])


@pytest.mark.parametrize("name", KINDS)
def test_a_known_value_is_found_in_fragments_whatever_it_is(name: str) -> None:
    value = "correct horse " + "battery staple"
    policy = Policy(secrets=SecretOptions(known={"MY_PHRASE": value}))
    kind = KINDS[name]
    after = _redacted(_recording(kind, kind.body(["a ", value[:3], value[3:20], value[20:], " b"])), policy)
    assert after == kind.body(["a ", "REDACTED-my-phrase-1", "", "", " b"])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.integers(1, len(KEY) - 1), max_size=6, unique=True), st.booleans())
def test_it_is_found_however_it_is_cut(name: str, cuts: list[int], glued: bool) -> None:
    places = [0, *sorted(cuts), len(KEY)]
    pieces = [KEY[start:end] for start, end in itertools.pairwise(places)]
    emptied = [NAMED, *[""] * len(cuts)]
    before, after = ["x ", *pieces, " y"], ["x ", *emptied, " y"]
    if glued:
        before, after = (
            ["x " + parts[1], *parts[2:-2], parts[-2] + " y"] if cuts else parts for parts in (before, after)
        )
    kind = KINDS[name]
    assert _redacted(_recording(kind, kind.body(before))) == kind.body(after)


def _glued(parts: list[str]) -> list[str]:
    """Without a fragment of their own for what stands around."""
    return [parts[0] + parts[1], *parts[2:-2], parts[-2] + parts[-1]]


@pytest.mark.parametrize("name", ["converse", "invoke"])
def test_frames_that_a_har_has_as_latin_1_are_read_and_written_as_frames(name: str) -> None:
    # As mitmproxy 11 writes what is text for the most part and names no charset.
    kind, (before, after) = KINDS[name], FRAGMENTS["with other text"]

    def archive(body: str | bytes) -> bytes:
        text = body.decode("latin-1") if isinstance(body, bytes) else body
        headers = [{"name": "Content-Type", "value": kind.media_type}]
        request = {"method": "POST", "url": kind.url, "headers": []}
        response = {"status": 200, "headers": headers, "content": {"size": len(text), "text": text}}
        return json.dumps({"log": {"version": "1.2", "entries": [{"request": request, "response": response}]}}).encode()

    data = archive(kind.body(before))
    transcript = registry.read(load_bytes(data, "x.har").interactions[0])
    assert transcript is not None
    assert (transcript.framing, transcript.defects) == ("aws-event-stream", [])
    redacted = Redactor().redact(data, "x.har").data
    assert json.loads(redacted) == json.loads(archive(kind.body(after)))
