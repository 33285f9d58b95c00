"""Anthropic's messages: how events merge, and what is noted when a stream is not as it should be."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.anthropic_messages import AnthropicMessages, MessagesAccumulator
from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.message import Choice, Fragments, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)


def _run(*chunks: Any, types: dict[int, str] | None = None) -> tuple[Message, list[Irregularity]]:
    """Put events together."""
    accumulator = MessagesAccumulator()
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        event = Event(number, (types or {}).get(number, ""), data, "", 0, len(data), ((0, len(data)),))
        accumulator.add(event, chunk)
    return accumulator.finish(), accumulator.irregularities


def _begin(**message: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [],
        "stop_reason": None,
    }
    return {"type": "message_start", "message": {**base, "usage": {"input_tokens": 9, "output_tokens": 1}, **message}}


def _start(index: int, kind: str, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **block}}


def _delta(index: int, kind: str, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **delta}}


def _text(index: int, text: str) -> dict[str, Any]:
    return _delta(index, "text_delta", text=text)


def _json_part(index: int, part: str) -> dict[str, Any]:
    return _delta(index, "input_json_delta", partial_json=part)


def _stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def _end(reason: Any = "end_turn", usage: Any = None, **delta: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None, **delta}, "usage": usage}


BEGIN, END, LAST, PING = _begin(), _end(), {"type": "message_stop"}, {"type": "ping"}
TOOL = {"id": "toolu_1", "name": "f", "input": {}}


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


def _blocks(*events: Any) -> list[Any]:
    """The native blocks of a healthy stream with these events between its start and its end."""
    message, irregularities = _run(BEGIN, *events, END, LAST)
    assert irregularities == []
    found: list[Any] = message.native["content"]
    return found


def _block(kind: str, start: dict[str, Any], *deltas: dict[str, Any]) -> Any:
    (found,) = _blocks(_start(0, kind, **start), *deltas, _stop(0))
    return found


# What a whole stream gives.

_STREAM = [
    _begin(),
    PING,
    _start(0, "thinking", thinking="", signature=""),
    _delta(0, "thinking_delta", thinking="Hm"),
    _delta(0, "thinking_delta", thinking=", well."),
    _delta(0, "signature_delta", signature="c2ln"),
    _stop(0),
    _start(1, "text", text=""),
    _text(1, "Let me "),
    PING,
    _text(1, "see."),
    _stop(1),
    _start(2, "tool_use", **TOOL),
    _json_part(2, ""),
    _json_part(2, '{"a": '),
    _json_part(2, '"é"}'),
    _stop(2),
    _end("tool_use", {"output_tokens": 30}),
    LAST,
]


def test_a_stream_becomes_the_answer_that_comes_without_streaming() -> None:
    message, irregularities = _run(*_STREAM)
    assert irregularities == []
    usage = {"input_tokens": 9, "output_tokens": 30}
    assert message.native == {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [
            {"type": "thinking", "thinking": "Hm, well.", "signature": "c2ln"},
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": "é"}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": usage,
    }
    assert (message.id, message.model, message.usage, message.errors) == ("msg_1", "m-1", usage, ())
    choice = _only(message)
    assert (choice.number, choice.role, choice.text.text) == (0, "assistant", "Let me see.")
    assert (choice.reasoning.text, choice.refusal.text) == ("Hm, well.", "")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [("toolu_1", "f", '{"a": "é"}')]
    assert (choice.finish_reason, choice.finish, choice.citations, choice.media) == ("tool_use", "tool-calls", (), ())


def test_the_type_may_be_that_of_the_framing_only() -> None:
    types = {number: event["type"] for number, event in enumerate(_STREAM)}
    bare = [{key: value for key, value in event.items() if key != "type"} for event in _STREAM]
    message, irregularities = _run(*bare, types=types)
    assert (message.native, irregularities) == (_run(*_STREAM)[0].native, [])


def test_events_are_left_as_they_were() -> None:
    cited = _start(3, "text", text="", citations=[1])
    events = [*_STREAM[:-2], cited, _delta(3, "citations_delta", citation=2), _stop(3), *_STREAM[-2:]]
    before = copy.deepcopy(events)
    _run(*events)
    assert events == before


# How blocks merge.


@pytest.mark.parametrize(
    ("kind", "start", "deltas", "merged"),
    [
        pytest.param("text", {"text": "A"}, [_text(0, "b")], {"text": "Ab"}, id="text that the start has already"),
        pytest.param("text", {"text": ""}, [], {"text": ""}, id="no delta"),
        pytest.param(
            "text",
            {"text": "", "citations": None},
            [_delta(0, "citations_delta", citation={"n": 1}), _delta(0, "citations_delta", citation={"n": 2})],
            {"text": "", "citations": [{"n": 1}, {"n": 2}]},
            id="citations append",
        ),
        pytest.param(
            "text",
            {"text": "", "citations": [0]},
            [_delta(0, "citations_delta", citation=1)],
            {"text": "", "citations": [0, 1]},
            id="citations append to those of the start",
        ),
        pytest.param(
            "thinking",
            {"thinking": ""},
            [_delta(0, "signature_delta", signature="a"), _delta(0, "signature_delta", signature="b")],
            {"thinking": "", "signature": "b"},
            id="a signature replaces",
        ),
        pytest.param("redacted_thinking", {"data": "xyz"}, [], {"data": "xyz"}, id="redacted thinking"),
        pytest.param(
            "compaction",
            {"content": None},
            [_delta(0, "compaction_delta", content="all", encrypted_content="e")],
            {"content": "all", "encrypted_content": "e"},
            id="a compaction comes whole",
        ),
        pytest.param("tool_use", TOOL, [], TOOL, id="no input"),
        pytest.param("tool_use", TOOL, [_json_part(0, "")], TOOL, id="an empty input"),
        pytest.param("tool_use", TOOL, [_json_part(0, " ")], TOOL, id="a blank input"),
        pytest.param(
            "tool_use",
            TOOL,
            [_json_part(0, '{"a": [1'), _json_part(0, "]}")],
            {**TOOL, "input": {"a": [1]}},
            id="input in parts",
        ),
        pytest.param(
            "server_tool_use",
            {**TOOL, "input": {"a": 1}},
            [_json_part(0, '{"b": 2}')],
            {**TOOL, "input": {"b": 2}},
            id="input takes the place of the start's",
        ),
        pytest.param("mcp_tool_use", {**TOOL, "input": {"a": 1}}, [], {**TOOL, "input": {"a": 1}}, id="input at once"),
        pytest.param(
            "text",
            {"text": "a"},
            [_delta(0, "text_delta", text="b", note=1), _delta(0, "text_delta", other=2)],
            {"text": "ab", "note": 1, "other": 2},
            id="unknown keys of a known delta",
        ),
        pytest.param(
            "x_block", {"y": 1}, [_delta(0, "x_delta", y=2, z=3)], {"y": 2, "z": 3}, id="an unknown delta replaces"
        ),
        pytest.param(
            "text",
            {"text": "a"},
            [_delta(0, "x_delta", text="b"), _text(0, "c")],
            {"text": "bc"},
            id="an unknown delta replaces a text, which goes on",
        ),
        pytest.param(
            "text", {"text": "a"}, [_delta(0, "x_delta", text=None)], {"text": None}, id="an unknown delta ends a text"
        ),
        pytest.param(
            "text",
            {"text": "a"},
            [_delta(0, "text_delta", text=5), _delta(0, "text_delta", text=None), _text(0, "b")],
            {"text": "ab"},
            id="text that is none says nothing",
        ),
        pytest.param(
            "tool_use", TOOL, [_delta(0, "input_json_delta", partial_json={}), _json_part(0, "{}")], TOOL, id="no text"
        ),
    ],
)
def test_blocks_merge(kind: str, start: dict[str, Any], deltas: list[Any], merged: dict[str, Any]) -> None:
    assert _block(kind, start, *deltas) == {"type": kind, **merged}


def test_events_without_an_index_belong_to_the_block_that_is_open() -> None:
    events = [_start(0, "text", text=""), _text(0, "a"), _stop(0), _start(1, "text", text=""), _text(1, "b"), _stop(1)]
    bare = [{key: value for key, value in event.items() if key != "index"} for event in events]
    assert _blocks(*bare) == _blocks(*events)


def test_a_message_that_has_content_when_it_starts() -> None:
    message, _ = _run(_begin(content=[{"type": "text", "text": "Hi"}]), END, LAST)
    assert message.native["content"] == [{"type": "text", "text": "Hi"}]
    (origin,) = _only(message).text.origins(0, 2)
    assert (origin.event, origin.path) == (0, ("message", "content", 0, "text"))


# What is known at the end.


@pytest.mark.parametrize(
    ("first", "last", "usage"),
    [
        pytest.param({"input_tokens": 3, "a": 1}, {"input_tokens": 8, "b": 2}, {"input_tokens": 8, "a": 1, "b": 2}),
        pytest.param({"input_tokens": 3}, {"input_tokens": None, "b": None}, {"input_tokens": 3, "b": None}),
        pytest.param({"input_tokens": 3}, None, {"input_tokens": 3}),
        pytest.param(None, {"output_tokens": 3}, {"output_tokens": 3}),
        pytest.param(5, None, None),
        pytest.param(
            {"input_tokens": 3, "output_tokens": 1}, {"output_tokens": None}, {"input_tokens": 3, "output_tokens": None}
        ),
        pytest.param({"input_tokens": 3, "output_tokens": 1}, None, {"input_tokens": 3, "output_tokens": None}),
    ],
    ids=[
        "field by field",
        "null says nothing",
        "none at the end",
        "none at the start",
        "no object is no usage",
        "output that is null at the end",
        "output that is not told at the end",
    ],
)
def test_usage_counts_the_whole_answer(first: Any, last: Any, usage: Any) -> None:
    message, irregularities = _run(_begin(usage=first), _end(usage=last), LAST)
    assert (message.usage, irregularities) == (usage, [])
    assert BEGIN["message"]["usage"] == {"input_tokens": 9, "output_tokens": 1}


def test_fields_of_the_last_delta_replace_those_of_the_message() -> None:
    message, _ = _run(
        _begin(container={"id": "c1"}, stop_sequence="x"), _end("stop_sequence", container={"id": "c2"}, new=None), LAST
    )
    assert message.native["container"] == {"id": "c2"}
    assert message.native["stop_sequence"] == "x"  # null says nothing
    assert message.native["new"] is None


def test_unknown_keys_of_events_become_the_messages() -> None:
    metrics = {"inputTokenCount": 9}
    message, irregularities = _run(
        _start(0, "text", text="") | {"early": 1},
        BEGIN | {"fresh": True, "none": None},
        _text(0, "Hi") | {"delta_too": [2]},
        _stop(0) | {"odd": 3},
        _end() | {"context_management": {}},
        LAST | {"amazon-bedrock-invocationMetrics": metrics},
    )
    added = {key: message.native.get(key) for key in ("early", "fresh", "delta_too", "odd", "context_management")}
    assert added == {"early": 1, "fresh": True, "delta_too": [2], "odd": 3, "context_management": {}}
    assert message.native["amazon-bedrock-invocationMetrics"] == metrics
    assert "none" not in message.native
    assert [(noted.kind, noted.event) for noted in irregularities] == [(Kind.BLOCK_ORDER, 0)]
    assert message.id == "msg_1"


def test_unknown_events_are_kept_under_their_types() -> None:
    message, irregularities = _run(
        BEGIN, {"type": "vertex_event", "a": 1}, {"type": "vertex_event", "a": 2}, {"b": 3}, 5, END, LAST
    )
    assert irregularities == []
    assert message.native["vertex_event"] == [{"a": 1}, {"a": 2}]
    assert message.native["events"] == [{"b": 3}]


def test_the_last_of_several_models_is_the_answers() -> None:
    hop = {"from": {"model": "m-1"}, "to": {"model": "m-2"}}
    message, irregularities = _run(BEGIN, _start(0, "fallback", **hop), _stop(0), END, LAST)
    assert (message.model, message.native["model"], irregularities) == ("m-2", "m-2", [])


def test_a_refusal_is_explained_where_the_stream_has_it() -> None:
    details = {"type": "refusal", "explanation": "No."}
    message, irregularities = _run(BEGIN, _end("refusal", stop_details=details), _end("refusal"), LAST)
    choice = _only(message)
    assert (choice.refusal.text, choice.finish, irregularities) == ("No.", "content-filter", [])
    (origin,) = choice.refusal.origins(0, 3)
    assert (origin.event, origin.path) == (1, ("delta", "stop_details", "explanation"))
    assert _only(_run(BEGIN, _end("end_turn", stop_details=details), LAST)[0]).refusal.text == ""


def test_texts_thoughts_calls_and_citations_of_several_blocks_are_gathered() -> None:
    message, _ = _run(
        BEGIN,
        _start(0, "text", text="a", citations=[1]),
        _stop(0),
        _start(1, "mcp_tool_use", id="t1", name="f", input={"x": "é"}),
        _stop(1),
        _start(2, "web_search_tool_result", tool_use_id="t1", content=[{"type": "text", "text": "no"}]),
        _stop(2),
        _start(3, "text", text="b", citations=[2]),
        _stop(3),
        _start(4, "tool_use", id=5, name=None, input={}),
        _stop(4),
        _end("tool_use"),
        LAST,
    )
    choice = _only(message)
    assert (choice.text.text, choice.citations) == ("ab", (1, 2))
    calls = [(call.id, call.name, call.arguments.text, call.parsed) for call in choice.tool_calls]
    assert calls == [("t1", "f", '{"x": "é"}', {"x": "é"}), ("", "", "", {})]
    (origin,) = choice.tool_calls[0].arguments.origins(0, 1)
    assert (origin.event, origin.path) == (3, ("content_block", "input"))


# What is noted.

_HI = [_start(0, "text", text=""), _text(0, "Hi"), _stop(0)]
_OTHER = _begin(id="msg_2")
_CALL = [_start(0, "tool_use", **TOOL), _json_part(0, '{"a"'), _stop(0)]
_FAILURE = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize(
    ("events", "noted"),
    [
        pytest.param([BEGIN, *_HI, END, LAST], [], id="whole"),
        pytest.param([BEGIN, *_HI, END, LAST, PING], [], id="a ping behind the end"),
        pytest.param([], [(Kind.CUT, "", None)], id="no event"),
        pytest.param([BEGIN], [(Kind.CUT, "", 0)], id="cut at the start"),
        pytest.param([BEGIN, *_HI[:2]], [(Kind.CUT, "", 2)], id="cut in a block"),
        pytest.param([BEGIN, *_CALL[:2]], [(Kind.CUT, "", 2)], id="cut in a call"),
        pytest.param([BEGIN, *_HI, END], [(Kind.NO_TERMINATOR, "", 4)], id="no last word"),
        pytest.param([BEGIN, *_HI, LAST], [(Kind.UNFINISHED, "0", 4)], id="no reason"),
        pytest.param([BEGIN, *_HI, _end(None), LAST], [(Kind.UNFINISHED, "0", 5)], id="a reason that is null"),
        pytest.param(
            [BEGIN, *_HI, END, LAST, _HI[1]], [(Kind.AFTER_TERMINATOR, json.dumps(_HI[1]), 6)], id="behind the end"
        ),
        pytest.param(
            [BEGIN, *_HI, _OTHER, *_HI, END, LAST], [(Kind.MIXED, "msg_1\nmsg_2", 4)], id="two answers in one stream"
        ),
        pytest.param(
            [*_HI, END, LAST], [(Kind.BLOCK_ORDER, "content_block_start comes before message_start", 0)], id="no start"
        ),
        pytest.param(
            [_HI[0], BEGIN, *_HI[1:], END, LAST],
            [(Kind.BLOCK_ORDER, "content_block_start comes before message_start", 0)],
            id="a start that was moved",
        ),
        pytest.param(
            [BEGIN, *_HI[1:], END, LAST],
            [(Kind.BLOCK_ORDER, "block 0 goes on without having started", 1)],
            id="a block without a start",
        ),
        pytest.param(
            [BEGIN, *_HI[:2], END, LAST],
            [(Kind.BLOCK_ORDER, "message_delta comes before block 0 has ended", 3)],
            id="a block without an end",
        ),
        pytest.param(
            [BEGIN, *_HI[:2], LAST],
            [(Kind.BLOCK_ORDER, "message_stop comes before block 0 has ended", 3), (Kind.UNFINISHED, "0", 3)],
            id="a block without an end, and no reason",
        ),
        pytest.param(
            [BEGIN, _HI[0], _json_part(0, "{}"), _stop(0), END, LAST],
            [(Kind.BLOCK_ORDER, "input_json_delta in block 0, which is of the type 'text'", 2)],
            id="a delta of another type",
        ),
        pytest.param(
            [BEGIN, *_CALL, _end("tool_use"), LAST],
            [(Kind.TOOL_ARGUMENTS, "f\nexpecting ':' delimiter", 2)],
            id="arguments that are no JSON",
        ),
        pytest.param([BEGIN, *_CALL, _end("max_tokens"), LAST], [], id="arguments that were cut on purpose"),
        pytest.param([BEGIN, *_CALL, _end("refusal"), LAST], [], id="arguments that a refusal cut"),
        pytest.param(
            [BEGIN, _CALL[0], _json_part(0, "[]"), _stop(0), _end("tool_use"), LAST],
            [(Kind.TOOL_ARGUMENTS, "f\na JSON value, but not an object", 2)],
            id="arguments that are no object",
        ),
        pytest.param([BEGIN, _HI[0], _FAILURE], [(Kind.ERROR, "Overloaded", 2)], id="an error"),
        pytest.param([{"error": "down"}], [(Kind.ERROR, "down", 0)], id="an error of a gateway"),
        pytest.param([{"type": "error", "message": "?"}], [(Kind.ERROR, "?", 0)], id="an error without its object"),
    ],
)
def test_what_is_noted(events: list[Any], noted: list[tuple[Kind, str, int | None]]) -> None:
    _, irregularities = _run(*events)
    assert [(found.kind, found.detail, found.event) for found in irregularities] == noted


def test_an_error_in_a_stream_leaves_what_came_before_it() -> None:
    message, _ = _run(BEGIN, _HI[0], _HI[1], _FAILURE)
    assert message.errors == (_FAILURE["error"],)
    assert message.native["content"] == [{"type": "text", "text": "Hi"}]
    assert _only(message).text.text == "Hi"


def test_a_stream_that_is_an_error_is_that_error() -> None:
    message, _ = _run(_FAILURE)
    assert message.native == _FAILURE
    assert (message.choices, message.errors) == ((), (_FAILURE["error"],))


def test_input_that_was_cut_is_kept_as_text() -> None:
    message, _ = _run(BEGIN, *_CALL[:2])
    assert message.native["content"] == [{"type": "tool_use", **TOOL, "input": '{"a"'}]
    assert _only(message).tool_calls[0].parsed is None


def test_deltas_of_a_block_that_never_started_make_one_of_their_type() -> None:
    message, _ = _run(BEGIN, _text(0, "Hi"), _stop(0), _delta(1, "new_delta", x=1), _stop(1), END, LAST)
    assert message.native["content"] == [{"type": "text", "text": "Hi"}, {"type": "", "x": 1}]


# Plain answers.

_ANSWER = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m-1",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1},
}


def test_a_plain_answer_is_the_same_message() -> None:
    message = AnthropicMessages().answer(_ANSWER)
    choice = _only(message)
    assert message.native is _ANSWER
    assert (message.id, message.model, message.usage, message.errors) == ("msg_1", "m-1", {"input_tokens": 1}, ())
    assert (choice.text.text, choice.reasoning.text, choice.finish) == ("Hi", "hm", "tool-calls")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [("toolu_1", "f", '{"a": 1}')]
    assert [(o.event, o.path) for o in choice.text.origins(0, 2)] == [(None, ("content", 1, "text"))]
    assert [(o.event, o.path) for o in choice.tool_calls[0].arguments.origins(0, 2)] == [
        (None, ("content", 2, "input"))
    ]


def test_a_refusal_of_a_plain_answer() -> None:
    value = {"type": "message", "role": "assistant", "content": [], "stop_reason": "refusal"}
    message = AnthropicMessages().answer({**value, "stop_details": {"explanation": "No."}})
    (origin,) = _only(message).refusal.origins(0, 3)
    assert (origin.event, origin.path) == (None, ("stop_details", "explanation"))
    assert _only(AnthropicMessages().answer(value)).refusal.text == ""


def test_a_plain_error_is_an_error() -> None:
    message = AnthropicMessages().answer(_FAILURE)
    assert (message.errors, message.choices, message.native) == ((_FAILURE["error"],), (), _FAILURE)


# Properties.


@st.composite
def _split(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


_KINDS: dict[str, tuple[dict[str, Any], Callable[[int, str], dict[str, Any]]]] = {
    "text": ({"text": ""}, _text),
    "thinking": ({"thinking": ""}, lambda index, part: _delta(index, "thinking_delta", thinking=part)),
    "tool_use": (TOOL, _json_part),
}


@st.composite
def _streams(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[Any]]:
    """The types and texts of blocks, and the events of a stream that brings them, in whatever pieces."""
    blocks = draw(st.lists(st.tuples(st.sampled_from(list(_KINDS)), st.text(max_size=12)), max_size=4))
    events: list[Any] = [BEGIN]
    for index, (kind, text) in enumerate(blocks):
        start, delta = _KINDS[kind]
        events.append(_start(index, kind, **start))
        for part in draw(_split(text)):
            events += [delta(index, part)] + [PING] * draw(st.integers(0, 1))
        events.append(_stop(index))
    return blocks, [*events, _end("max_tokens"), LAST]


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _told(text: Fragments, events: list[Any]) -> str:
    """A text put together from where its parts are said to come from."""
    told = ""
    for origin in text.origins(0, len(text.text)):
        assert origin.event is not None
        told += _at(events[origin.event], origin.path)[origin.start : origin.end]
    return told


@quick
@given(_streams())
def test_however_a_text_is_split_the_message_is_the_same(stream: tuple[list[tuple[str, str]], list[Any]]) -> None:
    blocks, events = stream
    message, irregularities = _run(*events)
    assert irregularities == []
    choice = _only(message)
    assert choice.text.text == "".join(text for kind, text in blocks if kind == "text")
    assert choice.reasoning.text == "".join(text for kind, text in blocks if kind == "thinking")
    assert [call.arguments.text for call in choice.tool_calls] == [text for kind, text in blocks if kind == "tool_use"]
    for native, (kind, text) in zip(message.native["content"], blocks, strict=True):
        assert kind == "tool_use" or native == {"type": kind, kind: text}
    for found in (choice.text, choice.reasoning, *(call.arguments for call in choice.tool_calls)):
        assert _told(found, events) == found.text


@quick
@given(st.data())
def test_a_stream_that_is_cut_anywhere_is_cut_and_nothing_else(data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(_STREAM) - 1))
    _, irregularities = _run(*_STREAM[:length])
    kinds = [noted.kind for noted in irregularities]
    assert kinds == [Kind.NO_TERMINATOR if length == len(_STREAM) - 1 else Kind.CUT]


_names = st.sampled_from(
    ["type", "index", "message", "content_block", "delta", "usage", "error", "id", "model", "role", "content", "text",
     "thinking", "citations", "citation", "signature", "input", "partial_json", "name", "stop_reason", "stop_details",
     "explanation", "to", "x"]
)  # fmt: skip
_words = st.sampled_from(
    ["", "a", "{", "{}", "text", "thinking", "tool_use", "fallback", "refusal", "end_turn", "ping", "error",
     "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta",
     "content_block_stop", "text_delta", "thinking_delta", "input_json_delta", "citations_delta", "signature_delta"]
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)
_typed = st.dictionaries(_names, _json, max_size=3)
_events = st.fixed_dictionaries(
    {"type": _words}, optional={"index": _json, "delta": _typed, "content_block": _typed, "message": _typed}
)


@settings(deadline=None, max_examples=300)
@given(st.lists(_events | _typed | _json, max_size=8))
def test_no_stream_is_too_strange(events: list[Any]) -> None:
    before = json.dumps(events)
    message, irregularities = _run(*events)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(events) for noted in irregularities)
    assert len(message.choices) <= 1
    for choice in message.choices:
        for call in choice.tool_calls:
            assert isinstance(call.problem, str)
    assert json.dumps(events) == before


@quick
@given(_typed)
def test_no_plain_answer_is_too_strange(value: dict[str, Any]) -> None:
    message = AnthropicMessages().answer(value)
    assert message.native is value
    assert all(isinstance(call.problem, str) for choice in message.choices for call in choice.tool_calls)
