"""Bedrock's InvokeModel: the events of each vendor, as they are wrapped there, and what is noted of them."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Headers, Interaction, Request, Response
from cassette_tools.protocols.base import Irregularity, Kind, Protocol
from cassette_tools.protocols.bedrock_invoke import BedrockAnthropic, BedrockInvoke, BedrockNova
from cassette_tools.protocols.message import Choice, Fragments, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

Frame = tuple[str, Any]
"""The type of an event, and its value."""

METRICS = {"inputTokenCount": 3, "outputTokenCount": 2, "invocationLatency": 9, "firstByteLatency": 5}
_INTERACTION = Interaction(
    0,
    (),
    Request((), {}, Headers([]), Body(None, ()), None, method="POST", url="https://b.example/model/m/invoke"),
    Response((), {}, Headers([]), Body(None, ()), None, code=200, status_line=""),
    None,
)


def _run(protocol: Protocol, *frames: Frame) -> tuple[Message, list[Irregularity]]:
    """Put frames together."""
    accumulator = protocol.accumulator(_INTERACTION)
    for number, (kind, value) in enumerate(frames):
        data = json.dumps(value)
        accumulator.add(Event(number, kind, data, "", 0, len(data), ((0, len(data)),)), value)
    return accumulator.finish(), accumulator.irregularities


def _coded(data: str) -> str:
    return base64.b64encode(data.encode()).decode()


def _chunk(value: Any) -> Frame:
    return "chunk", {"bytes": _coded(json.dumps(value)), "p": "abc"}


def _chunks(*values: Any) -> list[Frame]:
    return [_chunk(value) for value in values]


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


_ANTHROPIC: list[Any] = [
    {"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "content": [], "model": "m"}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hé"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "llo"}},
    {"type": "content_block_stop", "index": 1},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "t", "name": "f"}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": METRICS},
]
_NOVA: list[Any] = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "Hé"}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": "llo"}, "contentBlockIndex": 0}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t", "name": "f"}}, "contentBlockIndex": 1}},
    {"contentBlockDelta": {"delta": {"toolUse": {"input": "{}"}}, "contentBlockIndex": 1}},
    {"contentBlockStop": {"contentBlockIndex": 1}},
    {"messageStop": {"stopReason": "tool_use"}},
    {
        "metadata": {"usage": {"inputTokens": 3, "outputTokens": 2}, "metrics": {}, "trace": {}},
        "amazon-bedrock-invocationMetrics": METRICS,
    },
]
_CHAT: list[Any] = [
    {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hé"}}]},
    {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": {"content": "llo"}, "finish_reason": None}]},
    {
        "id": "c1",
        "model": "m",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "amazon-bedrock-invocationMetrics": METRICS,
    },
]
_MISTRAL: list[Any] = [
    {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hé"}, "stop_reason": None}]},
    {"choices": [{"index": 0, "message": {"role": "assistant", "content": "llo"}, "stop_reason": None}]},
    {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "stop_reason": "length"}],
        "amazon-bedrock-invocationMetrics": METRICS,
    },
]
_DEEPSEEK: list[Any] = [
    {"choices": [{"text": "Hé", "stop_reason": None}]},
    {"choices": [{"text": "llo", "stop_reason": "length"}], "amazon-bedrock-invocationMetrics": METRICS},
]
_COMMAND_R: list[Any] = [
    {"is_finished": False, "event_type": "text-generation", "text": "Hé"},
    {"is_finished": False, "event_type": "text-generation", "text": "llo"},
    {
        "is_finished": True,
        "event_type": "stream-end",
        "finish_reason": "MAX_TOKENS",
        "response": {"response_id": "r", "text": "Héllo", "generation_id": "g", "finish_reason": "MAX_TOKENS"},
        "amazon-bedrock-invocationMetrics": METRICS,
    },
]


def test_anthropics_events() -> None:
    message, irregularities = _run(BedrockAnthropic(), *_chunks(*_ANTHROPIC))
    assert irregularities == []
    choice = _only(message)
    assert (message.id, message.model, message.usage) == ("msg_1", "m", {"output_tokens": 2})
    assert (choice.text.text, choice.reasoning.text, choice.finish) == ("Héllo", "Hm", "tool-calls")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [("t", "f", "{}")]
    assert message.native["amazon-bedrock-invocationMetrics"] == METRICS
    assert "p" not in message.native


def test_novas_events() -> None:
    message, irregularities = _run(BedrockNova(), *_chunks(*_NOVA))
    assert irregularities == []
    assert message.native == {
        "output": {
            "message": {
                "role": "assistant",
                "content": [{"text": "Héllo"}, {"toolUse": {"toolUseId": "t", "name": "f", "input": {}}}],
            }
        },
        "stopReason": "tool_use",
        "usage": {"inputTokens": 3, "outputTokens": 2},
        "metrics": {},
        "trace": {},
        "amazon-bedrock-invocationMetrics": METRICS,
    }
    choice = _only(message)
    assert (choice.text.text, choice.finish, message.usage) == ("Héllo", "tool-calls", message.native["usage"])


def test_chunks_of_chat_completions() -> None:
    message, irregularities = _run(BedrockInvoke(), *_chunks(*_CHAT))
    assert irregularities == []
    assert (message.id, _only(message).text.text, _only(message).finish_reason) == ("c1", "Héllo", "stop")
    assert message.native["amazon-bedrock-invocationMetrics"] == METRICS


def test_completions_of_older_models() -> None:
    message, irregularities = _run(
        BedrockInvoke(),
        *_chunks(
            {"generation": "Hé", "stop_reason": None},
            {"generation": "llo", "stop_reason": "length", "amazon-bedrock-invocationMetrics": METRICS},
        ),
    )
    assert irregularities == []
    assert (_only(message).text.text, _only(message).finish, message.usage) == ("Héllo", "length", METRICS)
    assert message.native["generation"] == "Héllo"


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        pytest.param(
            _MISTRAL,
            {
                "object": "chat.completion",
                "choices": [
                    {"index": 0, "message": {"role": "assistant", "content": "Héllo"}, "stop_reason": "length"}
                ],
            },
            id="mistral: its messages are deltas",
        ),
        pytest.param(
            _DEEPSEEK, {"choices": [{"text": "Héllo", "stop_reason": "length"}]}, id="deepseek: choices of text"
        ),
        pytest.param(_COMMAND_R, _COMMAND_R[-1]["response"], id="command r: cohere's chat of version 1"),
    ],
)
def test_a_vendors_own_way_of_chunks(values: list[Any], whole: dict[str, Any]) -> None:
    message, irregularities = _run(BedrockInvoke(), *_chunks(*values))
    assert irregularities == []
    assert (_only(message).text.text, _only(message).finish, message.usage) == ("Héllo", "length", METRICS)
    assert message.native == {**whole, "amazon-bedrock-invocationMetrics": METRICS}


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = json.loads(base64.b64decode(value)) if isinstance(value, str) else value
        value = value[step]
    return value


def _told(text: Fragments, frames: list[Frame]) -> str:
    """A text put together from where its parts are said to come from."""
    told = ""
    for origin in text.origins(0, len(text.text)):
        assert origin.event is not None
        told += _at(frames[origin.event][1], origin.path)[origin.start : origin.end]
    return told


@pytest.mark.parametrize(
    ("protocol", "values"),
    [
        pytest.param(BedrockAnthropic(), _ANTHROPIC, id="anthropic"),
        pytest.param(BedrockNova(), _NOVA, id="nova"),
        pytest.param(BedrockInvoke(), _CHAT, id="chat"),
        pytest.param(BedrockInvoke(), [{"outputText": "Hé", "index": 0}, {"outputText": "llo"}], id="completion"),
        pytest.param(BedrockInvoke(), _MISTRAL, id="mistral"),
        pytest.param(BedrockInvoke(), _DEEPSEEK, id="deepseek"),
        pytest.param(BedrockInvoke(), _COMMAND_R, id="command r"),
    ],
)
def test_origins_lead_through_the_base64(protocol: Protocol, values: list[Any]) -> None:
    frames = [("odd", {}), *_chunks(*values)]
    choice = _only(_run(protocol, *frames)[0])
    assert _told(choice.text, frames) == choice.text.text == "Héllo"
    assert _told(choice.reasoning, frames) == choice.reasoning.text
    for call in choice.tool_calls:
        assert _told(call.arguments, frames) == "{}"


@st.composite
def _split(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@quick
@given(st.data(), st.text(max_size=20))
def test_however_a_text_is_split_the_message_is_the_same(data: st.DataObject, text: str) -> None:
    parts = data.draw(_split(text))
    deltas = [{"contentBlockDelta": {"delta": {"text": part}, "contentBlockIndex": 0}} for part in parts]
    frames = _chunks(_NOVA[0], *deltas, *_NOVA[3:])
    message, irregularities = _run(BedrockNova(), *frames)
    assert irregularities == []
    assert _told(_only(message).text, frames) == _only(message).text.text == text


# What is noted.

_FAILURE: Frame = ("modelTimeoutException", {"message": "too slow", "p": "abc"})
_ERROR = {"type": "modelTimeoutException", "message": "too slow"}


@pytest.mark.parametrize(
    ("protocol", "frames", "noted"),
    [
        pytest.param(BedrockAnthropic(), [], [(Kind.CUT, "", None)], id="anthropic: no event"),
        pytest.param(BedrockNova(), [], [(Kind.CUT, "", None)], id="nova: no event"),
        pytest.param(BedrockInvoke(), [], [(Kind.CUT, "", None)], id="others: no event"),
        pytest.param(BedrockAnthropic(), _chunks(*_ANTHROPIC[:7]), [(Kind.CUT, "", 6)], id="anthropic: cut"),
        pytest.param(BedrockNova(), _chunks(*_NOVA[:3]), [(Kind.CUT, "", 2)], id="nova: cut"),
        pytest.param(BedrockNova(), _chunks(*_NOVA[:-1]), [(Kind.NO_TERMINATOR, "", 7)], id="nova: no last word"),
        pytest.param(BedrockInvoke(), _chunks(*_CHAT[:2]), [(Kind.CUT, "", 1)], id="chat: cut"),
        pytest.param(BedrockInvoke(), _chunks({"generation": "a"}), [(Kind.CUT, "", 0)], id="a completion: cut"),
        pytest.param(
            BedrockNova(),
            _chunks(*_NOVA, _NOVA[1]),
            [(Kind.AFTER_TERMINATOR, json.dumps(_NOVA[1]), 9)],
            id="nova: behind the end",
        ),
        pytest.param(
            BedrockNova(),
            _chunks(*_NOVA[:3], *_NOVA[4:]),
            [(Kind.BLOCK_ORDER, "block 1 starts before block 0 has ended", 3)],
            id="nova: an event is missing",
        ),
        pytest.param(
            BedrockAnthropic(),
            _chunks(*_ANTHROPIC[:6], *_ANTHROPIC[7:8], *_ANTHROPIC),
            [(Kind.MIXED, "msg_1\nmsg_1", 7)],
            id="anthropic: twice",
        ),
        pytest.param(BedrockAnthropic(), [_chunk(_ANTHROPIC[0]), _FAILURE], [(Kind.ERROR, "too slow", 1)], id="fails"),
        pytest.param(BedrockNova(), [_chunk(_NOVA[0]), _FAILURE], [(Kind.ERROR, "too slow", 1)], id="nova fails"),
        pytest.param(BedrockInvoke(), [_chunk(_CHAT[0]), _FAILURE], [(Kind.ERROR, "too slow", 1)], id="chat fails"),
        pytest.param(BedrockInvoke(), [_FAILURE], [(Kind.ERROR, "too slow", 0)], id="fails at once"),
        pytest.param(
            BedrockAnthropic(),
            [*_chunks(*_ANTHROPIC), ("chunk", {"bytes": "no base64!"}), ("chunk", {"bytes": "é"})],
            [(Kind.NOT_JSON, "its bytes are no base64", 13), (Kind.NOT_JSON, "its bytes are no base64", 14)],
            id="no base64",
        ),
        pytest.param(
            BedrockAnthropic(),
            [*_chunks(*_ANTHROPIC), ("chunk", {"bytes": _coded('{"a" 1}')})],
            [(Kind.NOT_JSON, "in its bytes, expecting ':' delimiter", 13)],
            id="no JSON in the base64",
        ),
        pytest.param(
            BedrockAnthropic(), [*_chunks(*_ANTHROPIC), ("new", {"a": 1}), ("chunk", 5)], [], id="another type of event"
        ),
    ],
)
def test_what_is_noted(protocol: Protocol, frames: list[Frame], noted: list[tuple[Kind, str, int | None]]) -> None:
    _, irregularities = _run(protocol, *frames)
    assert [(found.kind, found.detail, found.event) for found in irregularities] == noted


@pytest.mark.parametrize("protocol", [BedrockAnthropic(), BedrockNova(), BedrockInvoke()], ids=lambda p: p.name)
def test_an_exception_is_the_messages_error(protocol: Protocol) -> None:
    message, _ = _run(protocol, _FAILURE)
    assert (message.errors, message.choices) == ((_ERROR,), ())
    assert _ERROR in (message.native, message.native.get("error"))


# Plain answers.


@pytest.mark.parametrize(
    ("protocol", "value", "text"),
    [
        pytest.param(
            BedrockAnthropic(),
            {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}], "stop_reason": "x"},
            "Hi",
            id="anthropic",
        ),
        pytest.param(
            BedrockNova(),
            {"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}}, "stopReason": "end_turn"},
            "Hi",
            id="nova",
        ),
        pytest.param(
            BedrockInvoke(),
            {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]},
            "Hi",
            id="chat",
        ),
        pytest.param(BedrockInvoke(), {"generation": "Hi", "stop_reason": "stop"}, "Hi", id="completion"),
        pytest.param(
            BedrockInvoke(),
            {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "stop_reason": "stop"}]},
            "Hi",
            id="mistral",
        ),
        pytest.param(BedrockInvoke(), {"choices": [{"text": "Hi", "stop_reason": "stop"}]}, "Hi", id="deepseek"),
        pytest.param(
            BedrockInvoke(),
            {"response_id": "r", "text": "Hi", "generation_id": "g", "finish_reason": "COMPLETE"},
            "Hi",
            id="command r",
        ),
    ],
)
def test_a_plain_answer_is_in_the_vendors_form(protocol: Protocol, value: dict[str, Any], text: str) -> None:
    message = protocol.answer(value)
    assert (_only(message).text.text, message.native, message.errors) == (text, value, ())
    assert _only(message).finish_reason


@pytest.mark.parametrize("protocol", [BedrockAnthropic(), BedrockNova(), BedrockInvoke()], ids=lambda p: p.name)
def test_a_plain_error_is_an_error(protocol: Protocol) -> None:
    value = {"message": "denied"}
    message = protocol.answer(value)
    assert (message.errors, message.choices, message.native) == ((value,), (), value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "{", "message_start", "chunk"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "index", "x"]), inner),
    max_leaves=10,
)
_values = st.sampled_from([*_ANTHROPIC, *_NOVA, *_CHAT, {"outputText": "a"}, {"completion": "b"}]) | _json
_frames = st.tuples(
    st.sampled_from(["chunk", "chunk", "chunk", "xException", ""]),
    _values.map(lambda value: _chunk(value)[1]) | st.fixed_dictionaries({"bytes": _json}) | _json,
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([BedrockAnthropic(), BedrockNova(), BedrockInvoke()]), st.lists(_frames, max_size=6))
def test_no_stream_is_too_strange(protocol: Protocol, frames: list[Frame]) -> None:
    message, irregularities = _run(protocol, *frames)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(frames) for noted in irregularities)
