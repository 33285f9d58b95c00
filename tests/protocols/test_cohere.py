"""Cohere's chat in both versions, and its completions."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Headers, Interaction, Request, Response
from cassette_tools.protocols.base import Accumulator, Kind
from cassette_tools.protocols.cohere import (
    ChatAccumulator,
    ChatV1Accumulator,
    CohereChat,
    CohereChatV1,
    CohereGenerate,
)
from cassette_tools.protocols.message import Message, Origin
from cassette_tools.wire.event import Event

DONE = "[DONE]"
Noted = list[tuple[Kind, str, int | None]]


def _run(accumulator: Accumulator, *chunks: Any) -> tuple[Message, Noted]:
    for number, chunk in enumerate(chunks):
        data = chunk if chunk is DONE else json.dumps(chunk)
        event = Event(number, "", data, "", 0, len(data), ((0, len(data)),))
        if chunk is DONE:
            accumulator.terminate(event)
        else:
            accumulator.add(event, chunk)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


def _said(kind: str, index: int | None = None, **said: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"type": kind, "delta": {"message": said}}
    return event if index is None else {**event, "index": index}


START = {"id": "x", **_said("message-start", role="assistant", content=[], tool_plan="", tool_calls=[], citations=[])}
USAGE = {"tokens": {"input_tokens": 3, "output_tokens": 2}}


def _end(reason: str = "COMPLETE") -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": reason, "usage": USAGE}}


def _call(index: int, name: str, *arguments: str) -> list[dict[str, Any]]:
    begin = {"id": f"c{index}", "type": "function", "function": {"name": name, "arguments": ""}}
    return [
        _said("tool-call-start", index, tool_calls=begin),
        *(_said("tool-call-delta", index, tool_calls={"function": {"arguments": part}}) for part in arguments),
        {"type": "tool-call-end", "index": index},
    ]


def test_an_answer_with_thoughts_text_and_citations_is_put_together() -> None:
    cited = {"start": 0, "end": 2, "text": "Hi", "sources": []}
    message, noted = _run(
        ChatAccumulator(),
        START,
        _said("content-start", 0, content={"type": "thinking", "thinking": ""}),
        _said("content-delta", 0, content={"thinking": "Hm"}),
        _said("content-delta", 0, content={"thinking": "m."}),
        {"type": "content-end", "index": 0},
        _said("content-start", 1, content={"type": "text", "text": ""}),
        _said("content-delta", 1, content={"text": "Hi"}),
        _said("citation-start", 0, citations=cited),
        {"type": "citation-end", "index": 0},
        _end(),
        DONE,
    )
    assert noted == []
    assert message.native == {
        "id": "x",
        "message": {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "Hmm."}, {"type": "text", "text": "Hi"}],
            "citations": [cited],
        },
        "finish_reason": "COMPLETE",
        "usage": USAGE,
    }
    (choice,) = message.choices
    assert (choice.text.text, choice.reasoning.text, choice.finish, choice.citations) == (
        "Hi",
        "Hmm.",
        "stop",
        (cited,),
    )
    assert (message.id, message.usage) == ("x", USAGE)
    assert list(choice.reasoning.origins(1, 3)) == [
        Origin(2, ("delta", "message", "content", "thinking"), 1, 2),
        Origin(3, ("delta", "message", "content", "thinking"), 0, 1),
    ]
    assert CohereChat().answer(message.native).choices[0].text.text == "Hi"


def test_a_plan_and_calls_of_tools_are_put_together() -> None:
    plan = [_said("tool-plan-delta", tool_plan=part) for part in ("I will ", "look.")]
    calls = [*_call(0, "f", '{"a"', ": 1}"), *_call(1, "g")]
    message, noted = _run(ChatAccumulator(), START, *plan, *calls, _end("TOOL_CALL"))
    assert noted == []
    (choice,) = message.choices
    assert (choice.reasoning.text, choice.finish) == ("I will look.", "tool-calls")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [
        ("c0", "f", '{"a": 1}'),
        ("c1", "g", ""),
    ]
    assert message.native["message"]["tool_plan"] == "I will look."
    assert message.native["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a": 1}'}
    again = CohereChat().answer(message.native).choices[0]
    assert [(call.name, call.arguments.text) for call in again.tool_calls] == [("f", '{"a": 1}'), ("g", "")]
    assert again.reasoning.text == "I will look."


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        ([START], [(Kind.CUT, "", 0)]),
        ([], [(Kind.CUT, "", None)]),
        ([START, {"type": "message-end", "delta": {}}], [(Kind.UNFINISHED, "0", 1)]),
        ([START, _end(), START], [(Kind.AFTER_TERMINATOR, json.dumps(START), 2)]),
        ([START, {**START, "id": "y"}, _end()], [(Kind.MIXED, "x\ny", 1)]),
        ([START, *_call(0, "f", "{oops"), _end()], [(Kind.TOOL_ARGUMENTS, "f\nexpecting property name", 1)]),
        ([START, *_call(0, "f", "{oops"), _end("MAX_TOKENS")], []),
        ([START, {"type": "message-end", "delta": {"error": "overloaded"}}], [(Kind.ERROR, "overloaded", 1)]),
        ([{"message": "no such model"}], [(Kind.ERROR, "no such model", 0)]),
        ([START, {"type": "debug", "prompt": "p"}, 5, _end()], []),
    ],
)
def test_what_is_not_as_it_should_be_is_noted(chunks: list[Any], noted: Noted) -> None:
    found = _run(ChatAccumulator(), *chunks)[1]
    assert [(kind, event) for kind, _, event in found] == [(kind, event) for kind, _, event in noted]
    assert all(one[1].startswith(other[1]) for one, other in zip(found, noted, strict=True))


def test_probabilities_of_tokens_are_a_list() -> None:
    first, second = ({"token_ids": [number], "text": "a", "logprobs": [-0.5]} for number in (1, 2))
    message, _ = _run(
        ChatAccumulator(),
        START,
        _said("content-start", 0, content={"type": "text", "text": ""}),
        {**_said("content-delta", 0, content={"text": "a"}), "logprobs": first},
        {**_said("content-delta", 0, content={"text": "a"}), "logprobs": second},
        _end(),
    )
    assert message.native["logprobs"] == [first, second]


def test_unknown_events_are_kept() -> None:
    message, _ = _run(ChatAccumulator(), START, {"type": "debug", "prompt": "p"}, _end())
    assert message.native["debug"] == [{"type": "debug", "prompt": "p"}]


def test_an_error_that_is_not_streamed_is_an_error() -> None:
    refused = {"id": "x", "message": "invalid api token"}
    for protocol in (CohereChat(), CohereChatV1(), CohereGenerate()):
        message = protocol.answer(refused)
        assert (message.errors, message.choices, message.native) == ((refused,), (), refused)


# Version 1.

RESPONSE = {
    "text": "Hello",
    "generation_id": "g",
    "response_id": "r",
    "meta": {"tokens": {}},
    "finish_reason": "COMPLETE",
}


def _v1(kind: str, **rest: Any) -> dict[str, Any]:
    return {"is_finished": kind == "stream-end", "event_type": kind, **rest}


def test_version_1_ends_with_the_whole_response() -> None:
    message, noted = _run(
        ChatV1Accumulator(),
        _v1("stream-start", generation_id="g"),
        _v1("text-generation", text="Hel"),
        _v1("text-generation", text="lo"),
        _v1("stream-end", finish_reason="COMPLETE", response=RESPONSE),
    )
    assert (message.native, noted) == (RESPONSE, [])
    assert (message.id, message.usage, message.choices[0].finish) == ("r", {"tokens": {}}, "stop")
    assert list(message.choices[0].text.origins(2, 4)) == [Origin(1, ("text",), 2, 3), Origin(2, ("text",), 0, 1)]


def test_version_1_that_is_cut_goes_as_far_as_it_came() -> None:
    message, noted = _run(
        ChatV1Accumulator(),
        _v1("stream-start", generation_id="g"),
        _v1("text-generation", text="Hel"),
        _v1("citation-generation", citations=[{"start": 0}]),
    )
    assert noted == [(Kind.CUT, "", 2)]
    assert message.native == {"generation_id": "g", "text": "Hel", "citations": [{"start": 0}]}
    assert message.choices[0].citations == ({"start": 0},)


def test_calls_of_version_1_are_put_together_where_the_stream_is_cut() -> None:
    chunks = [
        _v1("tool-calls-chunk", tool_call_delta=delta)
        for delta in (
            {"index": 0, "name": "f"},
            {"index": 0, "parameters": '{"a":'},
            {"index": 0, "parameters": "1}"},
            {"index": 1, "name": "g"},
            {"index": 1, "parameters": '{"b'},
        )
    ]
    message, noted = _run(ChatV1Accumulator(), *chunks)
    assert message.native["tool_calls"] == [{"name": "f", "parameters": {"a": 1}}, {"name": "g", "parameters": '{"b'}]
    first, second = message.choices[0].tool_calls
    assert (first.name, first.parsed, second.name, second.arguments.text) == ("f", {"a": 1}, "g", '{"b')
    assert list(first.arguments.origins(4, 6)) == [
        Origin(1, ("tool_call_delta", "parameters"), 4, 5),
        Origin(2, ("tool_call_delta", "parameters"), 0, 1),
    ]
    assert noted == [(Kind.CUT, "", 4)]


def test_calls_of_version_1_are_structures() -> None:
    calls = [{"name": "f", "parameters": {"a": 1}}, {"name": "g"}]
    ended = _v1("stream-end", finish_reason="COMPLETE", response={"text": "", "tool_calls": calls})
    message, noted = _run(ChatV1Accumulator(), _v1("tool-calls-generation", tool_calls=calls), ended)
    assert noted == []
    assert [(call.name, call.parsed, call.problem) for call in message.choices[0].tool_calls] == [
        ("f", {"a": 1}, ""), ("g", {}, ""),
    ]  # fmt: skip
    plain = CohereChatV1().answer({"text": "", "tool_calls": calls, "finish_reason": "COMPLETE"})
    assert plain.choices[0].tool_calls[0].parsed == {"a": 1}


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        ([_v1("stream-end", response={"text": "a"})], [(Kind.UNFINISHED, "0", 0)]),
        ([_v1("stream-end", finish_reason="COMPLETE"), 5], [(Kind.AFTER_TERMINATOR, "5", 1)]),
        ([{"message": "invalid api token"}], [(Kind.ERROR, "invalid api token", 0)]),
        ([5, _v1("stream-end", finish_reason="COMPLETE")], []),
    ],
)
def test_what_is_not_as_it_should_be_in_version_1_is_noted(chunks: list[Any], noted: Noted) -> None:
    assert _run(ChatV1Accumulator(), *chunks)[1] == noted


def test_a_text_that_comes_only_at_the_end_has_its_place_there() -> None:
    message, _ = _run(ChatV1Accumulator(), _v1("stream-end", finish_reason="COMPLETE", response=RESPONSE))
    assert list(message.choices[0].text.origins(0, 1)) == [Origin(0, ("response", "text"), 0, 1)]


# Completions.


def test_completions_are_read_streamed_and_plain() -> None:
    plain = {"id": "x", "generations": [{"id": "y", "text": "Hello", "finish_reason": "COMPLETE"}], "meta": {}}
    assert CohereGenerate().answer(plain).choices[0].text.text == "Hello"
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url="")
    response = Response((), {}, Headers([]), Body(None, ()), None, code=200, status_line="")
    accumulator = CohereGenerate().accumulator(Interaction(0, (), request, response, None))
    message, _ = _run(accumulator, _v1("text-generation", text="Hel"), _v1("text-generation", text="lo"))
    assert message.choices[0].text.text == "Hello"
    assert message.native == {"generations": [{"text": "Hello"}]}
    for protocol in (CohereChat(), CohereChatV1()):
        assert _run(protocol.accumulator(Interaction(0, (), request, response, None)))[1] == [(Kind.CUT, "", None)]


def test_a_stream_of_completions_ends_with_the_whole_answer() -> None:
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url="")
    response = Response((), {}, Headers([]), Body(None, ()), None, code=200, status_line="")
    whole = {
        "id": "x",
        "generations": [{"id": "y", "text": "Hello", "finish_reason": "COMPLETE"}],
        "meta": {"billed_units": {"input_tokens": 5, "output_tokens": 2}},
    }
    message, noted = _run(
        CohereGenerate().accumulator(Interaction(0, (), request, response, None)),
        _v1("text-generation", text="Hel"),
        _v1("text-generation", text="lo"),
        _v1("stream-end", finish_reason="COMPLETE", response=whole),
    )
    assert (message.native, message.id, noted) == (whole, "x", [])
    choice = message.choices[0]
    assert (choice.text.text, choice.finish_reason) == ("Hello", "COMPLETE")
    assert list(choice.text.origins(3, 5)) == [Origin(1, ("text",), 0, 2)]
    assert message.usage is None, "that of completions is read from the answer"


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=100)
def test_however_a_text_is_cut_the_message_is_the_same(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    begin = _said("content-start", 0, content={"type": "text", "text": ""})
    deltas = [_said("content-delta", 0, content={"text": part}) for part in parts]
    message, noted = _run(ChatAccumulator(), START, begin, *deltas, _end())
    assert (message.native["message"]["content"], noted) == ([{"type": "text", "text": text}], [])
    old, noted = _run(ChatV1Accumulator(), *(_v1("text-generation", text=part) for part in parts))
    assert old.choices[0].text.text == text if text else not old.choices


_KEYS = ["type", "delta", "message", "content", "tool_calls", "tool_plan", "citations", "index", "text", "function"]
_KINDS = ["message-start", "content-start", "content-delta", "tool-call-start", "tool-call-delta", "tool-plan-delta"]
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from([*_KINDS, "message-end", "text-generation", "stream-end"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*_KEYS, "event_type", "response", "finish_reason", "error", "arguments"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.lists(_JSON, max_size=5))
@settings(deadline=None, max_examples=200)
def test_no_event_is_too_strange(chunks: list[Any]) -> None:
    for accumulator in (ChatAccumulator(), ChatV1Accumulator()):
        json.dumps(_run(accumulator, *chunks)[0].native)
    for chunk in chunks:
        if isinstance(chunk, dict):
            for protocol in (CohereChat(), CohereChatV1(), CohereGenerate()):
                assert protocol.answer(chunk).native == chunk
