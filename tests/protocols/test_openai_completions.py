"""OpenAI's completions of old, and those that speak them still."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.message import Message, Origin
from cassette_tools.protocols.openai_completions import CompletionsAccumulator, OpenAICompletions
from cassette_tools.wire.event import Event

DONE = "[DONE]"


def _run(*chunks: Any) -> tuple[Message, list[tuple[Kind, int | None]]]:
    accumulator = CompletionsAccumulator()
    for number, chunk in enumerate(chunks):
        data = chunk if chunk is DONE else json.dumps(chunk)
        event = Event(number, "", data, "", 0, len(data), ((0, len(data)),))
        if chunk is DONE:
            accumulator.terminate(event)
        else:
            accumulator.add(event, chunk)
    return accumulator.finish(), [(noted.kind, noted.event) for noted in accumulator.irregularities]


def _chunk(text: str, finish: str | None = None, index: int = 0, **rest: Any) -> dict[str, Any]:
    choice = {"index": index, "text": text, "finish_reason": finish, **rest}
    return {"id": "x", "object": "text_completion", "model": "m", "choices": [choice]}


USAGE = {"total_tokens": 3}


def test_a_stream_is_put_together() -> None:
    end = {"id": "x", "object": "text_completion", "model": "m", "choices": [], "usage": USAGE}
    logs = [{"tokens": [part], "token_logprobs": [-0.5]} for part in ("Hel", "lo")]
    message, noted = _run(_chunk("Hel", logprobs=logs[0]), _chunk("lo", "stop", logprobs=logs[1]), end, DONE)
    assert noted == []
    assert message.native == {
        "id": "x", "object": "text_completion", "model": "m", "usage": USAGE,
        "choices": [
            {
                "index": 0, "text": "Hello", "finish_reason": "stop",
                "logprobs": {"tokens": ["Hel", "lo"], "token_logprobs": [-0.5, -0.5]},
            }
        ],
    }  # fmt: skip
    (choice,) = message.choices
    assert (choice.text.text, choice.finish, message.usage, message.model) == ("Hello", "stop", USAGE, "m")
    assert list(choice.text.origins(2, 4)) == [
        Origin(0, ("choices", 0, "text"), 2, 3),
        Origin(1, ("choices", 0, "text"), 0, 1),
    ]
    again = OpenAICompletions().answer(message.native)
    assert (again.choices[0].text.text, again.usage, again.native) == ("Hello", USAGE, message.native)


def test_reasoning_beside_the_text_is_put_together_too() -> None:
    details: list[dict[str, Any]] = [{"type": "reasoning.text", "index": 0, "text": part} for part in ("Let ", "me.")]
    thoughts: list[dict[str, Any]] = [
        {"reasoning": detail["text"], "reasoning_details": [detail]} for detail in details
    ]
    message, noted = _run(*(_chunk("", **thought) for thought in thoughts), _chunk("Yes", "stop"), DONE)
    (choice,) = message.choices
    assert (choice.text.text, choice.reasoning.text, noted) == ("Yes", "Let me.", [])
    assert list(choice.reasoning.origins(4, 5)) == [Origin(1, ("choices", 0, "reasoning"), 0, 1)]
    (native,) = message.native["choices"]
    whole = {"reasoning": "Let me.", "reasoning_details": [{**details[0], "text": "Let me."}]}
    assert {key: native[key] for key in whole} == whole
    (plain,) = OpenAICompletions().answer({"choices": [{"text": "Yes", **whole}]}).choices
    assert (plain.text.text, plain.reasoning.text) == ("Yes", "Let me.")


def test_choices_are_told_apart_by_their_index() -> None:
    message, noted = _run(_chunk("a"), _chunk("b", index=1), _chunk("c", "stop"), _chunk("d", "length", index=1), DONE)
    assert noted == []
    assert [(choice.text.text, choice.finish) for choice in message.choices] == [("ac", "stop"), ("bd", "length")]


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        ([_chunk("a")], [(Kind.CUT, 0)]),
        ([_chunk("a", "stop")], [(Kind.NO_TERMINATOR, 0)]),
        ([_chunk("a", "stop"), DONE, _chunk("b")], [(Kind.AFTER_TERMINATOR, 2)]),
        ([_chunk("a"), {"error": {"message": "no"}}], [(Kind.ERROR, 1)]),
        ([_chunk("a", "stop"), 5, DONE], []),
    ],
)
def test_what_is_not_as_it_should_be_is_noted(chunks: list[Any], noted: list[Any]) -> None:
    assert _run(*chunks)[1] == noted


def test_an_error_that_is_not_streamed_is_an_error() -> None:
    message = OpenAICompletions().answer({"error": {"message": "no"}})
    assert (message.errors, message.choices) == (({"message": "no"},), ())


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=100)
def test_however_a_text_is_cut_the_message_is_the_same(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    message, noted = _run(*map(_chunk, parts), _chunk("", "stop"), DONE)
    assert (message.native["choices"][0]["text"], noted) == (text, [])


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["choices", "text", "index", "logprobs", "usage", "error", "finish_reason"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.lists(_JSON, max_size=4))
@settings(deadline=None, max_examples=150)
def test_no_chunk_is_too_strange(chunks: list[Any]) -> None:
    json.dumps(_run(*chunks, DONE)[0].native)
    for chunk in chunks:
        if isinstance(chunk, dict):
            json.dumps(OpenAICompletions().answer(chunk).native)
