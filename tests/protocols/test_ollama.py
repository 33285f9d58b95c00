"""Ollama's own chat and completions."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.message import Media, Message, Origin
from cassette_tools.protocols.ollama import OllamaAccumulator, OllamaChat, OllamaGenerate
from cassette_tools.wire.event import Event

Noted = list[tuple[Kind, str, int | None]]


def _run(*chunks: Any) -> tuple[Message, Noted]:
    accumulator = OllamaAccumulator()
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        accumulator.add(Event(number, "", data, "", 0, len(data), ((0, len(data)),)), chunk)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


def _chat(done: bool = False, **message: Any) -> dict[str, Any]:
    return {"model": "m", "message": {"role": "assistant", "content": "", **message}, "done": done}


COUNTS = {"total_duration": 5, "prompt_eval_count": 3, "eval_count": 2}
END = {**_chat(done=True), "done_reason": "stop", **COUNTS}
CALL = {"function": {"name": "f", "arguments": {"a": 1}}}


def test_a_chat_is_put_together() -> None:
    message, noted = _run(_chat(thinking="H"), _chat(thinking="m."), _chat(content="Hel"), _chat(content="lo"), END)
    assert noted == []
    assert message.native == {
        "model": "m", "done": True, "done_reason": "stop", **COUNTS,
        "message": {"role": "assistant", "content": "Hello", "thinking": "Hm."},
    }  # fmt: skip
    (choice,) = message.choices
    assert (choice.text.text, choice.reasoning.text, choice.finish, message.model) == ("Hello", "Hm.", "stop", "m")
    assert message.usage == COUNTS
    assert list(choice.text.origins(2, 4)) == [
        Origin(2, ("message", "content"), 2, 3),
        Origin(3, ("message", "content"), 0, 1),
    ]
    again = OllamaChat().answer(message.native)
    assert (again.choices[0].text.text, again.usage, again.native) == ("Hello", COUNTS, message.native)


def test_calls_of_tools_are_appended_and_pictures_are_media() -> None:
    message, noted = _run(_chat(tool_calls=[CALL]), _chat(tool_calls=[{"function": {"name": "g"}}], images=["AA"]), END)
    assert noted == []
    (choice,) = message.choices
    assert [(call.name, call.parsed, call.problem) for call in choice.tool_calls] == [
        ("f", {"a": 1}, ""),
        ("g", {}, ""),
    ]
    assert choice.tool_calls[0].arguments.events == (0,)
    assert choice.media == (Media("image", "AA"),)
    assert message.native["message"]["tool_calls"] == [CALL, {"function": {"name": "g"}}]


def test_probabilities_of_tokens_are_appended() -> None:
    message, _ = _run(
        {**_chat(content="A"), "logprobs": [{"token": "A"}]}, {**_chat(content="B"), "logprobs": [{"token": "B"}]}, END
    )
    assert message.native["logprobs"] == [{"token": "A"}, {"token": "B"}]


def test_an_answer_that_calls_tools_awaits_their_results() -> None:
    assert _run(_chat(tool_calls=[CALL]), END)[0].choices[0].finish == "tool-calls"


def test_completions_are_put_together() -> None:
    chunks = [{"model": "m", "response": part, "done": False} for part in ("Hel", "lo")]
    end = {"model": "m", "response": "", "done": True, "context": [1, 2], **COUNTS}
    message, noted = _run(*chunks, end)
    assert noted == []
    assert message.native == {**end, "response": "Hello"}
    assert (message.choices[0].text.text, message.choices[0].finish_reason) == ("Hello", "")
    assert OllamaGenerate().answer(message.native).choices[0].text.text == "Hello"


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        ([_chat(content="Hi")], [(Kind.CUT, "", 0)]),
        ([], [(Kind.CUT, "", None)]),
        ([END, END], [(Kind.AFTER_TERMINATOR, json.dumps(END), 1)]),
        ([_chat(content="Hi"), {"error": "out of memory"}], [(Kind.ERROR, "out of memory", 1)]),
        ([5, END], []),
    ],
)
def test_what_is_not_as_it_should_be_is_noted(chunks: list[Any], noted: Noted) -> None:
    assert _run(*chunks)[1] == noted


def test_an_error_that_is_not_streamed_is_an_error() -> None:
    message = OllamaChat().answer({"error": "model not found"})
    assert (message.errors, message.choices) == (("model not found",), ())


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=5))
@settings(deadline=None, max_examples=100)
def test_however_a_text_is_cut_the_message_is_the_same(text: str, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    message, noted = _run(*(_chat(content=part) for part in parts), END)
    assert (message.native["message"]["content"], noted) == (text, [])
    for place, character in enumerate(text):
        (origin,) = message.choices[0].text.origins(place, place + 1)
        assert origin.event is not None
        assert parts[origin.event][origin.start : origin.end] == character


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["message", "content", "response", "thinking", "tool_calls", "function", "done", "error"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.lists(_JSON, max_size=4))
@settings(deadline=None, max_examples=200)
def test_no_chunk_is_too_strange(chunks: list[Any]) -> None:
    json.dumps(_run(*chunks)[0].native)
    for chunk in chunks:
        if isinstance(chunk, dict):
            assert OllamaChat().answer(chunk).native == chunk
