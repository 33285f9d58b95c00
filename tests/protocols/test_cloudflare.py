"""Workers AI in its own terms."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.cloudflare import CloudflareRun, RunAccumulator
from cassette_tools.protocols.message import Message, Origin
from cassette_tools.wire.event import Event

DONE = "[DONE]"


def _run(*chunks: Any) -> tuple[Message, list[tuple[Kind, str, int | None]]]:
    accumulator = RunAccumulator()
    for number, chunk in enumerate(chunks):
        data = chunk if chunk is DONE else json.dumps(chunk)
        event = Event(number, "", data, "", 0, len(data), ((0, len(data)),))
        if chunk is DONE:
            accumulator.terminate(event)
        else:
            accumulator.add(event, chunk)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
CALL = {"name": "square_root", "arguments": {"number": 9}}


def test_responses_are_concatenated_and_padding_is_dropped() -> None:
    message, noted = _run(
        {"response": "Hel", "p": "abc"}, {"response": "lo", "p": "a"}, {"usage": USAGE, "response": ""}, DONE
    )
    assert message.native == {"result": {"response": "Hello", "usage": USAGE}}
    (choice,) = message.choices
    assert (choice.text.text, message.usage, choice.finish_reason, noted) == ("Hello", USAGE, "", [])
    assert list(choice.text.origins(2, 4)) == [Origin(0, ("response",), 2, 3), Origin(1, ("response",), 0, 1)]


def test_a_piece_that_reads_like_a_number_may_be_one() -> None:
    message, noted = _run({"response": "In "}, {"response": 19}, {"response": "84"}, {"response": ""}, DONE)
    assert (message.choices[0].text.text, noted) == ("In 1984", [])


def test_calls_are_kept_where_an_empty_list_follows() -> None:
    message, noted = _run({"response": None, "tool_calls": [CALL]}, {"tool_calls": [], "usage": USAGE}, DONE)
    (call,) = message.choices[0].tool_calls
    assert (call.name, call.parsed, call.arguments.events, noted) == ("square_root", {"number": 9}, (0,), [])
    assert message.native == {"result": {"tool_calls": [CALL], "usage": USAGE}}


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        ([{"response": "Hi"}], [(Kind.CUT, "", 0)]),
        ([], [(Kind.CUT, "", None)]),
        ([{"response": "Hi"}, DONE, {"response": "!"}], [(Kind.AFTER_TERMINATOR, '{"response": "!"}', 2)]),
        ([{"response": "Hi"}, DONE, DONE], [(Kind.AFTER_TERMINATOR, "[DONE]", 2)]),
        ([{"errors": [{"code": 3040, "message": "No capacity"}]}], [(Kind.ERROR, "No capacity", 0)]),
        ([{"error": "No capacity"}], [(Kind.ERROR, "No capacity", 0)]),
        ([5, {"response": "Hi"}, DONE], []),
    ],
)
def test_what_is_not_as_it_should_be_is_noted(chunks: list[Any], noted: list[Any]) -> None:
    assert _run(*chunks)[1] == noted


@pytest.mark.parametrize(
    ("result", "text", "calls"),
    [
        ({"response": "Hi", "usage": USAGE}, "Hi", []),
        ({"response": None, "tool_calls": [CALL]}, "", [("", "square_root", {"number": 9})]),
        ({"response": {"a": 1}}, '{"a": 1}', []),
        (
            {"tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": '{"x": 1}'}}]},
            "",
            [("c1", "f", {"x": 1})],
        ),
    ],
)
def test_an_answer_that_is_not_streamed(result: dict[str, Any], text: str, calls: list[Any]) -> None:
    value = {"result": result, "success": True, "errors": [], "messages": []}
    message = CloudflareRun().answer(value)
    assert (message.native, message.errors, message.usage) == (value, (), result.get("usage"))
    assert message.choices[0].text.text == text
    assert [(call.id, call.name, call.parsed) for call in message.choices[0].tool_calls] == calls


def test_what_is_no_text_has_no_choices_and_errors_are_errors() -> None:
    assert CloudflareRun().answer({"result": {"shape": [1, 2], "data": []}}).choices == ()
    refused = {"result": None, "success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}
    assert CloudflareRun().answer(refused).errors == ({"code": 10000, "message": "Authentication error"},)


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=100)
def test_however_a_text_is_cut_the_message_is_the_same(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    message, noted = _run(*({"response": part} for part in parts), DONE)
    assert (message.native, noted) == ({"result": {"response": text}}, [])
    for place, character in enumerate(text):
        (origin,) = message.choices[0].text.origins(place, place + 1)
        assert origin.event is not None
        assert parts[origin.event][origin.start : origin.end] == character


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["response", "tool_calls", "function", "arguments", "usage", "errors", "error", "result"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.lists(_JSON, max_size=4))
@settings(deadline=None, max_examples=150)
def test_no_chunk_is_too_strange(chunks: list[Any]) -> None:
    message, _ = _run(*chunks, DONE)
    json.dumps(message.native)
    for chunk in chunks:
        if isinstance(chunk, dict):
            json.dumps(CloudflareRun().answer(chunk).native)


_CALLED = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("result", "place"),
    [
        (
            {
                "object": "chat.completion",
                "choices": [
                    {"message": {"content": "Hi", "tool_calls": [_CALLED]}, "finish_reason": "stop"},
                ],
                "usage": USAGE,
            },
            ("choices", 0, "message", "content"),
        ),
        (
            {
                "object": "response",
                "output": [
                    {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
                    {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                ],
                "usage": USAGE,
                "status": "completed",
            },
            ("output", 0, "content", 0, "text"),
        ),
    ],
    ids=["chat completions", "responses"],
)
def test_a_result_in_the_terms_of_openai_is_read_in_them(result: dict[str, Any], place: tuple[Any, ...]) -> None:
    value = {"result": result, "success": True, "errors": []}
    message = CloudflareRun().answer(value)
    (choice,) = message.choices
    assert (choice.text.text, bool(choice.finish_reason), message.usage) == ("Hi", True, USAGE)
    assert [(call.id, call.name, call.parsed) for call in choice.tool_calls] == [("c", "f", {})]
    assert list(choice.text.origins(0, 2)) == [Origin(None, ("result", *place), 0, 2)]
    assert message.native == value
