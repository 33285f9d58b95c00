"""Gemini's Interactions: how steps are put together, in both revisions, and what is noted of broken streams."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols import registry
from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.gemini_interactions import GeminiInteractions, InteractionsAccumulator
from cassette_tools.protocols.message import Choice, Fragments, Media, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

_URL = "https://generativelanguage.googleapis.com/v1beta/interactions"


def _run(
    *chunks: Any, types: dict[int, str] | None = None, resumed: bool = False
) -> tuple[Message, list[Irregularity]]:
    """Put events together."""
    accumulator = InteractionsAccumulator(resumed=resumed)
    for number, chunk in enumerate(chunks):
        data = "[DONE]" if chunk is DONE else json.dumps(chunk)
        event = Event(number, (types or {}).get(number, ""), data, "", 0, len(data), ((0, len(data)),))
        if chunk is DONE:
            accumulator.terminate(event)
        else:
            accumulator.add(event, chunk)
    return accumulator.finish(), accumulator.irregularities


def _healthy(*chunks: Any) -> Message:
    message, irregularities = _run(*chunks)
    assert irregularities == []
    return message


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


def _event(kind: str, **fields: Any) -> dict[str, Any]:
    return {**fields, "event_type": kind}


def _start(index: int, kind: str, **fields: Any) -> dict[str, Any]:
    return _event("step.start", index=index, step={"type": kind, **fields})


def _delta(index: int, kind: str, **fields: Any) -> dict[str, Any]:
    return _event("step.delta", index=index, delta={**fields, "type": kind})


def _text(index: int, text: str, **fields: Any) -> dict[str, Any]:
    return _delta(index, "text", text=text, **fields)


def _summary(index: int, text: str) -> dict[str, Any]:
    return _delta(index, "thought_summary", content={"text": text, "type": "text"})


def _arguments(index: int, part: str) -> dict[str, Any]:
    return _delta(index, "arguments_delta", arguments=part)


def _stop(index: int) -> dict[str, Any]:
    return _event("step.stop", index=index)


def _end(status: Any = "completed", **fields: Any) -> dict[str, Any]:
    return _event("interaction.completed", interaction={**_AROUND, "status": status, **fields})


DONE = object()
_AROUND = {"id": "v1_ChdUR3NIYXVy", "object": "interaction", "model": "gemini-x"}
BEGIN = _event("interaction.created", interaction={**_AROUND, "status": "in_progress"})
UPDATE = _event("interaction.status_update", interaction_id=_AROUND["id"], status="in_progress")
USAGE = {
    "total_tokens": 148, "total_input_tokens": 7, "input_tokens_by_modality": [{"modality": "text", "tokens": 7}],
    "total_cached_tokens": 0, "total_output_tokens": 26, "total_tool_use_tokens": 0, "total_thought_tokens": 115,
}  # fmt: skip
_DATES = {"created": "2026-05-15T18:51:57Z", "updated": "2026-05-15T18:51:57Z", "service_tier": "standard"}
STREAM = [
    BEGIN,
    UPDATE,
    _start(0, "thought"),
    _summary(0, "**Hm**\n"),
    _summary(0, "Well."),
    _delta(0, "thought_signature", signature="CiQB"),
    _stop(0),
    _start(1, "model_output"),
    _text(1, "Hel"),
    _text(1, "lo"),
    _stop(1),
    _end(usage=USAGE, **_DATES),
]
WHOLE = {
    **_AROUND,
    **_DATES,
    "status": "completed",
    "usage": USAGE,
    "steps": [
        {"type": "thought", "signature": "CiQB", "summary": [{"type": "text", "text": "**Hm**\nWell."}]},
        {"type": "model_output", "content": [{"type": "text", "text": "Hello"}]},
    ],
}


def test_a_stream_becomes_the_answer_that_comes_without_streaming() -> None:
    message = _healthy(*STREAM, DONE)
    assert message.native == WHOLE
    plain = GeminiInteractions().answer(WHOLE)
    for one in (message, plain):
        assert (one.id, one.model, one.usage, one.errors) == (_AROUND["id"], "gemini-x", USAGE, ())
        choice = _only(one)
        assert (choice.number, choice.role, choice.text.text) == (0, "model", "Hello")
        assert (choice.reasoning.text, choice.refusal.text) == ("**Hm**\nWell.", "")
        assert (choice.finish_reason, choice.finish, choice.awaits_results) == ("completed", "stop", False)
        assert (choice.tool_calls, choice.citations, choice.media) == ((), (), ())


_OLD = [
    _event("interaction.start", interaction={**_AROUND, "status": "in_progress"}),
    _event("content.start", index=0, content={"type": "thought"}),
    _event("content.delta", index=0, delta={"type": "thought_signature", "signature": "CiQB"}),
    _event("content.stop", index=0),
    _event("content.start", index=1, content={"type": "text"}),
    _event("content.delta", index=1, delta={"type": "text", "text": "Let me "}),
    _event("content.delta", index=1, delta={"type": "text", "text": "look.", "annotations": [{"source": "a"}]}),
    _event("content.stop", index=1),
    _event("content.start", index=2, content={"type": "function_call"}),
    _event("content.delta", index=2, delta={"type": "function_call", "id": "c1", "name": "f", "arguments": {"a": 1}}),
    _event("content.stop", index=2),
    _event("content.start", index=3, content={"type": "image"}),
    _event("content.delta", index=3, delta={"type": "image", "mime_type": "image/png", "data": "iVBO"}),
    _event("content.stop", index=3),
    _event("interaction.complete", interaction={**_AROUND, "status": "requires_action", "role": "model"}),
]
_OLD_WHOLE = {
    **_AROUND,
    "status": "requires_action",
    "role": "model",
    "outputs": [
        {"type": "thought", "signature": "CiQB"},
        {"type": "text", "text": "Let me look.", "annotations": [{"source": "a"}]},
        {"type": "function_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        {"type": "image", "mime_type": "image/png", "data": "iVBO"},
    ],
}


def test_the_older_revision_is_read_as_the_newer_one() -> None:
    message = _healthy(*_OLD)
    assert message.native == _OLD_WHOLE
    for one in (message, GeminiInteractions().answer(_OLD_WHOLE)):
        choice = _only(one)
        assert (choice.text.text, choice.reasoning.text, choice.role) == ("Let me look.", "", "model")
        assert [(call.id, call.name, call.parsed) for call in choice.tool_calls] == [("c1", "f", {"a": 1})]
        assert (choice.citations, choice.media) == (({"source": "a"},), (Media("image/png", "iVBO"),))
        assert (choice.finish_reason, choice.finish) == ("requires_action", "tool-calls")


def test_the_outputs_that_the_last_event_once_had_do_not_come_twice() -> None:
    end = {**_OLD[-1], "interaction": {**_OLD[-1]["interaction"], "outputs": [{"type": "text", "text": "Let "}]}}
    assert _healthy(*_OLD[:-1], end).native == _OLD_WHOLE


def _steps(*chunks: Any) -> list[Any]:
    found: list[Any] = _healthy(BEGIN, *chunks, _end()).native["steps"]
    return found


_CITED = {"type": "url_citation", "url": "https://a.example", "start_index": 0, "end_index": 3}
_SEARCH = {"queries": ["a", "b"]}


@pytest.mark.parametrize(
    ("kind", "start", "deltas", "merged"),
    [
        pytest.param("model_output", {}, [], {}, id="nothing"),
        pytest.param(
            "model_output",
            {"content": [{"type": "text", "text": "Hel"}]},
            [_text(0, "lo")],
            {"content": [{"type": "text", "text": "Hello"}]},
            id="a text that starts with the step",
        ),
        pytest.param(
            "model_output",
            {},
            [_event("step.delta", index=0, delta={"text": "Hi"})],
            {"content": [{"type": "text", "text": "Hi"}]},
            id="an agent's text, which does not say what it is",
        ),
        pytest.param(
            "model_output",
            {},
            [
                _text(0, "Hi"),
                _delta(0, "text_annotation_delta", annotations=[_CITED]),
                _delta(0, "text_annotation", annotations=[_CITED]),
                _text(0, "!", signature="S"),
            ],
            {"content": [{"type": "text", "text": "Hi!", "annotations": [_CITED, _CITED], "signature": "S"}]},
            id="citations, and more about a text",
        ),
        pytest.param(
            "model_output",
            {},
            [
                _text(0, "A"),
                _delta(0, "image", data="iVBO", mime_type="image/png"),
                _delta(0, "image", data="iVBP", mime_type="image/png"),
                _text(0, "B"),
            ],
            {
                "content": [
                    {"type": "text", "text": "A"},
                    {"type": "image", "data": "iVBO", "mime_type": "image/png"},
                    {"type": "image", "data": "iVBP", "mime_type": "image/png"},
                    {"type": "text", "text": "B"},
                ]
            },
            id="texts and pictures in turn",
        ),
        pytest.param(
            "model_output",
            {"content": [{"type": "video", "mime_type": "video/mp4"}]},
            [_delta(0, "video", uri="https://a.example/v")],
            {"content": [{"type": "video", "mime_type": "video/mp4", "uri": "https://a.example/v"}]},
            id="a film that was announced",
        ),
        pytest.param(
            "model_output",
            {},
            [
                _delta(0, "audio", data=base64.b64encode(piece).decode(), mime_type="audio/l16")
                for piece in (b"a", b"bc")
            ],
            {"content": [{"type": "audio", "data": base64.b64encode(b"abc").decode(), "mime_type": "audio/l16"}]},
            id="pieces of a sound",
        ),
        pytest.param(
            "model_output",
            {},
            [_delta(0, "audio", data=piece) for piece in ("AA", "§")],
            {"content": [{"type": "audio", "data": "AA§"}]},
            id="pieces that are no base64",
        ),
        pytest.param(
            "thought",
            {"signature": "", "summary": [{"type": "text", "text": "Hm"}]},
            [
                _summary(0, "m."),
                _event("step.delta", index=0, delta={"content": {"text": "!"}}),
                _delta(0, "thought_signature", signature="S"),
            ],
            {"signature": "S", "summary": [{"type": "text", "text": "Hmm.!"}]},
            id="a thought",
        ),
        pytest.param(
            "thought",
            {},
            [
                _summary(0, "a"),
                _delta(0, "thought_summary", content={"type": "image", "data": "iVBO"}),
                _summary(0, "b"),
            ],
            {
                "summary": [
                    {"type": "text", "text": "a"},
                    {"type": "image", "data": "iVBO"},
                    {"type": "text", "text": "b"},
                ]
            },
            id="a picture in a thought",
        ),
        pytest.param(
            "function_call",
            {"id": "c1", "name": "f", "arguments": {}},
            [_arguments(0, '{"a"'), _arguments(0, ": 1}")],
            {"id": "c1", "name": "f", "arguments": {"a": 1}},
            id="arguments in pieces",
        ),
        pytest.param(
            "function_call",
            {"id": "c1", "name": "f", "arguments": {}},
            [],
            {"id": "c1", "name": "f", "arguments": {}},
            id="no arguments",
        ),
        pytest.param(
            "function_call",
            {"name": "f", "arguments": {}},
            [_delta(0, "arguments_delta", arguments="{}", id="c1", signature="S")],
            {"name": "f", "arguments": {}, "id": "c1", "signature": "S"},
            id="more about a call",
        ),
        pytest.param(
            "google_search_call",
            {"id": "s1", "signature": ""},
            [_delta(0, "google_search_call", arguments=_SEARCH, signature="S")],
            {"id": "s1", "signature": "S", "arguments": _SEARCH},
            id="a search",
        ),
        pytest.param(
            "google_search_result",
            {"call_id": "s1", "signature": ""},
            [
                _delta(0, "google_search_result", result=[{"url": "a"}]),
                _delta(0, "google_search_result", result=[{"url": "b"}], is_error=False),
            ],
            {"call_id": "s1", "signature": "", "result": [{"url": "a"}, {"url": "b"}], "is_error": False},
            id="what it found",
        ),
        pytest.param(
            "code_execution_result",
            {"call_id": "x1"},
            [_delta(0, "code_execution_result", result=part) for part in ("1\n", "2\n", "3\n")],
            {"call_id": "x1", "result": "1\n2\n3\n"},
            id="what code printed",
        ),
        pytest.param(
            "function_result",
            {},
            [_delta(0, "function_result", result=part) for part in ("a", {"b": 1})],
            {"result": {"b": 1}},
            id="results of two kinds",
        ),
        pytest.param(
            "mystery", {"x": 1}, [_delta(0, "mystery", x=2, y=[3])], {"x": 2, "y": [3]}, id="what is not known"
        ),
    ],
)
def test_deltas_merge(kind: str, start: dict[str, Any], deltas: list[Any], merged: dict[str, Any]) -> None:
    assert _steps(_start(0, kind, **start), *deltas, _stop(0)) == [{"type": kind, **merged}]


def test_events_are_left_as_they_were() -> None:
    content = [{"type": "text", "text": "a", "annotations": [_CITED]}, {"type": "audio", "data": "AAAA"}]
    chunks = [
        BEGIN,
        _start(0, "model_output", content=content[:1]),
        _delta(0, "text_annotation_delta", annotations=[_CITED]),
        _text(0, "b"),
        *(_delta(0, "audio", data="AAAA"),) * 3,
        _stop(0),
        _start(1, "google_search_result", result=[1]),
        *(_delta(1, "google_search_result", result=[2]),) * 3,
        _stop(1),
        _end(),
    ]
    before = json.dumps(chunks)
    _healthy(*chunks)
    assert json.dumps(chunks) == before


def test_calls_of_tools_are_those_of_the_caller_and_of_googles_own() -> None:
    steps = [
        {"type": "google_search_call", "id": "s1", "arguments": _SEARCH},
        {"type": "google_search_result", "call_id": "s1", "result": []},
        {"type": "code_execution_call", "id": "x1", "arguments": {"language": "python", "code": "print(1)"}},
        {"type": "mcp_server_tool_call", "id": "m1", "name": "tick", "server_name": "clock", "arguments": {"n": 1}},
        {"type": "file_search_call", "id": "f1"},
        {"type": "function_call", "id": "c1", "name": "f", "arguments": {}},
    ]
    choice = _only(GeminiInteractions().answer({**WHOLE, "steps": steps}))
    assert [(call.id, call.name, call.parsed, call.plain) for call in choice.tool_calls] == [
        ("s1", "google_search", _SEARCH, False),
        ("x1", "code_execution", "print(1)", True),
        ("m1", "tick", {"n": 1}, False),
        ("f1", "file_search", {}, False),
        ("c1", "f", {}, False),
    ]
    assert (choice.finish_reason, choice.finish) == ("completed", "tool-calls")


def test_a_call_that_has_its_result_awaits_none_and_a_question_is_no_answer() -> None:
    steps = [
        {"type": "user_input", "content": [{"type": "text", "text": "Add"}]},
        {"type": "function_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        {"type": "function_result", "call_id": "c1", "name": "f", "result": "2"},
        {"type": "model_output", "content": [{"type": "text", "text": "2"}]},
    ]
    choice = _only(GeminiInteractions().answer({**WHOLE, "steps": steps}))
    assert (choice.text.text, choice.finish) == ("2", "stop")


@pytest.mark.parametrize(
    ("status", "reason", "finish"),
    [
        ("completed", "completed", "stop"),
        ("requires_action", "requires_action", "tool-calls"),
        ("incomplete", "incomplete", "length"),
        ("budget_exceeded", "budget_exceeded", "length"),
        ("requires_continuation", "requires_continuation", "length"),
        ("cancelled", "cancelled", "other"),
        ("failed", "failed", "other"),
        ("in_progress", "", ""),
        ("queued", "", ""),
    ],
)
def test_the_status_is_the_finish_reason_once_there_is_one(status: str, reason: str, finish: str) -> None:
    choice = _only(GeminiInteractions().answer({**_AROUND, "status": status}))
    assert (choice.finish_reason, choice.finish) == (reason, finish)


def test_an_answer_in_the_background_is_no_error_and_is_not_finished() -> None:
    url = f"{_URL}/v1_ChdUR3NIYXVy?stream=false"
    body = json.dumps({"id": "v1_ChdUR3NIYXVy", "status": "in_progress", "object": "interaction", "agent": "deep-x"})
    transcript = _read(body, "application/json", url=url, method="GET")
    assert transcript.message is not None
    assert (transcript.message.model, transcript.message.errors, transcript.irregularities) == ("deep-x", (), [])
    assert _only(transcript.message).finish_reason == ""


def test_what_made_an_interaction_fail_is_its_error() -> None:
    fault = {"code": "internal", "message": "no"}
    step = {"type": "model_output", "error": {"code": 13, "message": "broken"}}
    failed = {**_AROUND, "status": "failed", "errors": [fault], "steps": [step]}
    assert GeminiInteractions().answer(failed).errors == (fault, step["error"])
    assert GeminiInteractions().answer({**failed, "status": "completed"}).errors == ()
    assert GeminiInteractions().answer({"error": fault}) == Message("", "", (), None, (fault,), {"error": fault})
    message, noted = _run(BEGIN, _end("failed", errors=[fault]))
    assert (message.errors, [(one.kind, one.detail) for one in noted]) == ((fault,), [(Kind.ERROR, "no")])
    message, noted = _run(BEGIN, _end("failed"))
    assert (message.errors, [one.detail for one in noted]) == (("failed",), ["failed"])


def test_what_was_used_may_be_said_on_the_way() -> None:
    metadata = {"total_usage": {"total_tokens": 3}}
    delta = _event("step.delta", index=0, delta={"type": "text", "text": "a"}, metadata=metadata)
    chunks = [BEGIN, _start(0, "model_output"), delta, {**_stop(0), "usage": {"total_tokens": 4}}]
    assert _run(*chunks[:3])[0].usage == {"total_tokens": 3}
    assert _run(*chunks)[0].usage == {"total_tokens": 4}
    assert _healthy(*chunks, _end(usage=USAGE)).usage == USAGE
    assert _healthy(*chunks, {**UPDATE, "usage": {"total_tokens": 5}}, _end()).usage == {"total_tokens": 5}


def test_steps_that_come_with_the_last_event_alone_are_those_of_the_answer() -> None:
    message = _healthy(BEGIN, _end(steps=WHOLE["steps"]))
    assert message.native["steps"] == WHOLE["steps"]
    (origin,) = _only(message).text.origins(0, 5)
    assert origin == (1, ("interaction", "steps", 1, "content", 0, "text"), 0, 5)
    whole = _event("interaction.created", interaction={**BEGIN["interaction"], "steps": WHOLE["steps"]})
    (origin,) = _only(_healthy(whole, _end(steps=None))).text.origins(0, 5)
    assert origin.event == 0


def test_deltas_of_which_each_has_a_field_of_its_own_take_time_in_proportion() -> None:
    def seconds(count: int) -> float:
        deltas = [_delta(0, "image", **{f"field_{number}": 1}) for number in range(count)]
        event = Event(0, "", "", "", 0, 0, ((0, 0),))
        start = time.process_time()
        accumulator = InteractionsAccumulator()
        for chunk in (BEGIN, _start(0, "model_output"), *deltas, _stop(0), _end()):
            accumulator.add(event, chunk)
        accumulator.finish()
        return time.process_time() - start

    seconds(1000)
    # 20 times as much in proportion, 400 times in squares; a machine that does other things makes it uneven.
    assert seconds(20_000) < 100 * seconds(1000)


_BROKEN = [BEGIN, _start(0, "function_call", id="c1", name="f", arguments={}), _arguments(0, '{"a":'), _stop(0)]


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        pytest.param([BEGIN], [(Kind.CUT, "", 0)], id="nothing but the beginning"),
        pytest.param(STREAM[:9], [(Kind.CUT, "", 8)], id="cut"),
        pytest.param([*STREAM[:9], DONE], [(Kind.CUT, "", 8)], id="[DONE] ends no answer"),
        pytest.param(STREAM[:-1], [(Kind.CUT, "", 10)], id="cut between two steps"),
        pytest.param(
            [*STREAM[:-1], {**UPDATE, "status": "requires_action"}],
            [(Kind.NO_TERMINATOR, "", 11)],
            id="a status that ends it, and no end",
        ),
        pytest.param([*STREAM[:-1], _end("in_progress")], [(Kind.UNFINISHED, "0", 11)], id="an end that is none"),
        pytest.param(
            [*STREAM[:-1], _event("interaction.completed", interaction={})],
            [(Kind.UNFINISHED, "0", 11)],
            id="an end that says nothing",
        ),
        pytest.param(
            [*STREAM, UPDATE, DONE, BEGIN, DONE],
            [(Kind.AFTER_TERMINATOR, json.dumps(BEGIN), 14), (Kind.AFTER_TERMINATOR, "[DONE]", 15)],
            id="more after the end",
        ),
        pytest.param(
            STREAM[2:],
            [(Kind.BLOCK_ORDER, "step.start comes before interaction.created", 0)],
            id="without a beginning",
        ),
        pytest.param(
            _OLD[1:],
            [(Kind.BLOCK_ORDER, "content.start comes before interaction.start", 0)],
            id="without a beginning, of old",
        ),
        pytest.param(
            [*STREAM[:7], *STREAM[8:]],
            [(Kind.BLOCK_ORDER, "block 1 goes on without having started", 7)],
            id="a start is missing",
        ),
        pytest.param(
            [*STREAM[:6], *STREAM[7:]],
            [(Kind.BLOCK_ORDER, "interaction.completed comes before block 0 has ended", 10)],
            id="a stop is missing",
        ),
        pytest.param(
            [*STREAM[:10], *STREAM[11:]],
            [(Kind.BLOCK_ORDER, "interaction.completed comes before block 1 has ended", 10)],
            id="the last stop is missing",
        ),
        pytest.param(
            [*STREAM[:2], *STREAM[7:]],
            [(Kind.BLOCK_ORDER, "block 1 starts where block 0 is due", 2)],
            id="a step is missing",
        ),
        pytest.param(
            [*STREAM[:7], _text(0, "?"), *STREAM[7:]],
            [(Kind.BLOCK_ORDER, "block 0 goes on after its end", 7)],
            id="a delta of a step that has ended",
        ),
        pytest.param(
            [*STREAM[:8], _summary(1, "Hm"), *STREAM[8:]],
            [(Kind.BLOCK_ORDER, "thought_summary in block 1, which is of the type 'model_output'", 8)],
            id="a delta of another step",
        ),
        pytest.param([*STREAM[:9], BEGIN], [(Kind.MIXED, f"{_AROUND['id']}\n{_AROUND['id']}", 9)], id="twice"),
        pytest.param(
            [*STREAM[:-1], _event("interaction.completed", interaction={"id": "v1_other", "status": "completed"})],
            [(Kind.MIXED, f"{_AROUND['id']}\nv1_other", 11)],
            id="another one's end",
        ),
        pytest.param(
            [*STREAM[:4], _event("error", error={"message": "Deadline expired", "code": "gateway_timeout"}), DONE],
            [(Kind.ERROR, "Deadline expired", 4)],
            id="an error",
        ),
        pytest.param([BEGIN, {"error": {"message": "no"}}], [(Kind.ERROR, "no", 1)], id="an error without a type"),
        pytest.param(
            [*_BROKEN, _end("requires_action")],
            [(Kind.TOOL_ARGUMENTS, "f\nexpecting value", 2)],
            id="arguments that lost their end",
        ),
        pytest.param([*_BROKEN, _end("incomplete")], [], id="arguments that were cut at the limit"),
        pytest.param([5, None, [1], "a"], [(Kind.CUT, "", 3)], id="no objects"),
    ],
)
def test_what_is_noted(chunks: list[Any], noted: list[tuple[Kind, str, int | None]]) -> None:
    found = [(one.kind, one.detail, one.event) for one in _run(*chunks)[1]]
    for (kind, detail, event), (wanted, words, number) in zip(found, noted, strict=True):
        assert (kind, event) == (wanted, number)
        assert detail.startswith(words)


def test_steps_may_overlap() -> None:
    calls = [_start(index, "function_call", id=f"c{index}", name="f", arguments={}) for index in (0, 1)]
    pieces = [_arguments(0, '{"a"'), _arguments(1, '{"b"'), _arguments(0, ": 1}"), _arguments(1, ": 2}")]
    message = _healthy(BEGIN, *calls, *pieces, _stop(0), _stop(1), _end("requires_action"))
    assert [call.parsed for call in _only(message).tool_calls] == [{"a": 1}, {"b": 2}]


def test_an_answer_that_failed_on_the_way_may_leave_a_step_open() -> None:
    for status in ("failed", "cancelled", "budget_exceeded"):
        _, noted = _run(*STREAM[:9], _end(status))
        assert not [one for one in noted if one.kind is Kind.BLOCK_ORDER]


def test_a_stream_that_goes_on_from_an_event_has_no_beginning() -> None:
    assert _run(*STREAM[8:], resumed=True)[1] == []
    assert _run(*STREAM[3:], resumed=True)[1] == []
    assert _only(_run(*STREAM[9:], resumed=True)[0]).text.text == "lo"
    stream = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in STREAM[9:])
    for url in (f"{_URL}/v1_a?stream=true&last_event_id=7", f"{_URL}/v1_a?last_event_id=7&stream=true"):
        assert _read(stream, url=url, method="GET").irregularities == []
    assert [one.kind for one in _read(stream, url=f"{_URL}/v1_a?stream=true", method="GET").irregularities] == [
        Kind.BLOCK_ORDER, Kind.BLOCK_ORDER,
    ]  # fmt: skip
    asked = {"model": "m", "continuation_token": "CAE", "previous_interaction_id": "v1_a"}
    assert _read(stream, asked=asked).irregularities == []


def test_arguments_that_were_cut_are_kept_as_text() -> None:
    (step,) = _run(*_BROKEN)[0].native["steps"]
    assert step["arguments"] == '{"a":'


def test_deltas_of_a_step_that_never_started_make_one_of_their_type() -> None:
    natives = [
        _run(BEGIN, chunk)[0].native
        for chunk in (
            _text(0, "a"),
            _summary(0, "a"),
            _arguments(0, "{}"),
            _delta(0, "text_annotation_delta", annotations=[]),
            _delta(0, "google_search_call", arguments=_SEARCH),
            _event("content.delta", index=0, delta={"type": "text", "text": "a"}),
        )
    ]
    assert [(native.get("steps") or native["outputs"])[0]["type"] for native in natives] == [
        "model_output", "thought", "function_call", "model_output", "google_search_call", "text",
    ]  # fmt: skip


def test_the_type_may_be_that_of_the_framing_only() -> None:
    bare = [{key: value for key, value in chunk.items() if key != "event_type"} for chunk in STREAM]
    types = {number: chunk["event_type"] for number, chunk in enumerate(STREAM)}
    message, irregularities = _run(*bare, types=types)
    assert (message.native, irregularities) == (WHOLE, [])


def test_an_error_in_a_stream_leaves_what_came_before_it() -> None:
    error = {"message": "Deadline expired", "code": "gateway_timeout"}
    message, _ = _run(*STREAM[:9], _event("error", error=error))
    assert (_only(message).text.text, message.errors) == ("Hel", (error,))
    assert _run(_event("error", error=error))[0] == Message("", "", (), None, (error,), {"error": error})


def test_every_character_leads_back_to_where_it_stands() -> None:
    chunks = [
        *STREAM[:-1],
        _start(2, "function_call", id="c1", name="f", arguments={}),
        _arguments(2, '{"a"'),
        _arguments(2, ": 1}"),
        _stop(2),
        _start(3, "code_execution_call", id="x1"),
        _delta(3, "code_execution_call", arguments={"code": "print(1)"}),
        _stop(3),
        _end("requires_action"),
    ]
    choice = _only(_healthy(*chunks))
    _lead_back(choice, lambda event: chunks[event])
    assert [call.arguments.text for call in choice.tool_calls] == ['{"a": 1}', "print(1)"]
    for value in (WHOLE, _OLD_WHOLE):
        _lead_back(_only(GeminiInteractions().answer(value)), lambda _, value=value: value)


def _lead_back(choice: Choice, root: Any) -> None:
    texts = [choice.text, choice.reasoning, *(call.arguments for call in choice.tool_calls)]
    for fragments in texts:
        for number in range(len(fragments.text)):
            (origin,) = fragments.origins(number, number + 1)
            held = root(origin.event)
            for key in origin.path:
                held = held[key]
            if isinstance(held, str):  # else it is a structure that is written down
                assert held[origin.start : origin.end] == fragments.text[number]


def _read(
    body: str, content_type: str = "text/event-stream", *, url: str = _URL, method: str = "POST", asked: Any = None
) -> registry.Transcript:
    headers = Headers([Header("Content-Type", content_type, ())])
    held = Body(None if asked is None else json.dumps(asked), ())
    request = Request((), {}, Headers([]), held, None, method=method, url=url)
    response = Response((), {}, headers, Body(body, ("body",), headers), None, code=200, status_line="")
    transcript = registry.read(Interaction(0, (), request, response, None))
    assert transcript is not None
    return transcript


def test_streams_and_answers_are_read_by_the_registry() -> None:
    stream = "".join(f"event: {chunk['event_type']}\ndata: {json.dumps(chunk)}\n\n" for chunk in STREAM)
    for transcript in (
        _read(f"{stream}event: done\ndata: [DONE]\n\n"),
        _read(stream, url="https://gateway.example/proxy"),
        _read(json.dumps(WHOLE), "application/json"),
    ):
        assert transcript.protocol is not None
        assert transcript.message is not None
        assert (transcript.protocol.name, transcript.message.native) == ("gemini-interactions", WHOLE)
        assert (transcript.irregularities, transcript.defects) == ([], [])


def test_arguments_of_a_plain_answer_that_are_no_json_are_noted() -> None:
    steps = [{"type": "function_call", "id": "c1", "name": "f", "arguments": '{"a":'}]
    transcript = _read(json.dumps({**WHOLE, "steps": steps}), "application/json")
    assert [one.kind for one in transcript.irregularities] == [Kind.TOOL_ARGUMENTS]


# --- properties ------------------------------------------------------------------------------------------------------


@quick
@given(st.lists(st.text(max_size=3), max_size=6), st.lists(st.text(max_size=3), max_size=6))
def test_however_a_text_is_split_the_message_is_the_same(thoughts: list[str], words: list[str]) -> None:
    chunks = [
        BEGIN, _start(0, "thought"), *(_summary(0, part) for part in thoughts), _stop(0),
        _start(1, "model_output"), *(_text(1, part) for part in words), _stop(1), _end(),
    ]  # fmt: skip
    choice = _only(_healthy(*chunks))
    assert (choice.reasoning.text, choice.text.text) == ("".join(thoughts), "".join(words))


@quick
@given(st.integers(0, len(STREAM) - 1), st.booleans())
def test_a_stream_that_is_cut_anywhere_is_cut_and_nothing_else(length: int, done: bool) -> None:
    _, irregularities = _run(*STREAM[:length], *([DONE] if done else []))
    assert [noted.kind for noted in irregularities] == [Kind.CUT]


_names = st.sampled_from(
    ["event_type", "type", "index", "delta", "step", "content", "interaction", "interaction_id", "status", "steps",
     "outputs", "summary", "text", "arguments", "annotations", "result", "data", "uri", "mime_type", "signature", "id",
     "call_id", "name", "usage", "metadata", "total_usage", "error", "errors", "code", "model", "role", "x"]
)  # fmt: skip
_words = st.sampled_from(
    ["", "a", "{", "{}", "AAAA", "completed", "failed", "in_progress", "requires_action", "incomplete", "interaction",
     "interaction.created", "interaction.start", "interaction.completed", "interaction.complete",
     "interaction.status_update", "step.start", "step.delta", "step.stop", "content.start", "content.delta",
     "content.stop", "error", "thought", "model_output", "user_input", "function_call", "function_result", "text",
     "image", "audio", "thought_summary", "thought_signature", "arguments_delta", "text_annotation_delta",
     "google_search_call", "google_search_result", "code_execution_call", "code_execution_result"]
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)
_typed = st.dictionaries(_names, _json, max_size=3)
_some = st.fixed_dictionaries({"type": _words}, optional={"text": _json, "content": _json, "arguments": _json,
                                                          "result": _json, "data": _json, "annotations": _json,
                                                          "summary": _json})  # fmt: skip
_events = st.fixed_dictionaries(
    {"event_type": _words},
    optional={"index": st.integers(0, 2) | _json, "delta": _some | _json, "step": _some | _json,
              "content": _some | _json, "interaction": _typed, "status": _json, "usage": _json, "metadata": _json},
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(_events | _typed | _json, max_size=8), st.booleans())
def test_no_stream_is_too_strange(events: list[Any], resumed: bool) -> None:
    before = json.dumps(events)
    message, irregularities = _run(*events, resumed=resumed)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(events) for noted in irregularities)
    _seen(message)
    assert json.dumps(events) == before


@settings(deadline=None, max_examples=300)
@given(_typed | st.fixed_dictionaries({"status": _json, "steps": st.lists(_some | _json, max_size=4)}))
def test_no_plain_answer_is_too_strange(value: dict[str, Any]) -> None:
    before = json.dumps(value)
    message = GeminiInteractions().answer(value)
    assert message.native is value
    _seen(message)
    assert json.dumps(value) == before


def _seen(message: Message) -> None:
    assert len(message.choices) <= 1
    for choice in message.choices:
        assert isinstance(choice.text, Fragments)
        assert all(isinstance(call.problem, str) for call in choice.tool_calls)
        assert all(isinstance(media.data, str) for media in choice.media)
        assert isinstance(choice.finish, str)
