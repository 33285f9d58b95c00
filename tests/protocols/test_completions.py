"""Completions of older models: how chunks merge in each form, and what is noted of them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.completions import (
    METRICS,
    AnthropicComplete,
    CompletionsAccumulator,
    answer,
    form_of,
)
from cassette_tools.protocols.message import Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

COUNTED = {"inputTokenCount": 3, "outputTokenCount": 2}


def _run(*chunks: Any) -> tuple[Message, list[Irregularity]]:
    """Put chunks together, in the form that the first one has."""
    accumulator = CompletionsAccumulator(form_of(chunks[0]) if chunks else None)
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        accumulator.add(Event(number, "", data, "", 0, len(data), ((0, len(data)),)), chunk)
    return accumulator.finish(), accumulator.irregularities


_TITAN = [
    {"outputText": "Hel", "index": 0.0, "totalOutputTextTokenCount": None, "completionReason": None},
    {
        "outputText": "lo",
        "index": 0.0,
        "totalOutputTextTokenCount": 2,
        "completionReason": "FINISH",
        "inputTextTokenCount": 3,
        METRICS: COUNTED,
    },
]
_COHERE = [
    {"text": "Hel", "is_finished": False, "index": 0},
    {"text": "lo", "is_finished": False, "index": 0},
    {"is_finished": True, "finish_reason": "COMPLETE", "index": 0, METRICS: COUNTED},
]
_MISTRAL = [
    {"outputs": [{"text": "Hel", "stop_reason": None}]},
    {"outputs": [{"text": "lo", "stop_reason": "stop"}], METRICS: COUNTED},
]
_LLAMA = [
    {"generation": "Hel", "prompt_token_count": 3, "generation_token_count": 1, "stop_reason": None},
    {"generation": "lo", "prompt_token_count": None, "generation_token_count": 2, "stop_reason": "length"},
]
_CLAUDE = [
    {"type": "completion", "completion": "Hel", "stop_reason": None, "model": "claude-2"},
    {"type": "ping"},
    {"type": "completion", "completion": "lo", "stop_reason": "stop_sequence", "model": "claude-2"},
]


@pytest.mark.parametrize(
    ("chunks", "native", "finish", "usage"),
    [
        pytest.param(
            _TITAN,
            {
                "inputTextTokenCount": 3,
                "results": [{"outputText": "Hello", "tokenCount": 2, "completionReason": "FINISH"}],
                METRICS: COUNTED,
            },
            "stop",
            COUNTED,
            id="titan",
        ),
        pytest.param(
            _COHERE,
            {"generations": [{"text": "Hello", "finish_reason": "COMPLETE"}], "is_finished": True, METRICS: COUNTED},
            "stop",
            COUNTED,
            id="cohere",
        ),
        pytest.param(
            _MISTRAL,
            {"outputs": [{"text": "Hello", "stop_reason": "stop"}], METRICS: COUNTED},
            "stop",
            COUNTED,
            id="mistral",
        ),
        pytest.param(
            _LLAMA,
            {"generation": "Hello", "prompt_token_count": 3, "generation_token_count": 2, "stop_reason": "length"},
            "length",
            {"prompt_token_count": 3, "generation_token_count": 2},
            id="llama",
        ),
        pytest.param(
            _CLAUDE,
            {"type": "completion", "completion": "Hello", "stop_reason": "stop_sequence", "model": "claude-2"},
            "stop",
            None,
            id="claude",
        ),
    ],
)
def test_chunks_merge_into_the_answer_without_streaming(
    chunks: list[Any], native: dict[str, Any], finish: str, usage: dict[str, Any] | None
) -> None:
    before = json.dumps(chunks)
    message, irregularities = _run(*chunks)
    assert json.dumps(chunks) == before  # what was given is left alone
    assert (message.native, irregularities) == (native, [])
    (choice,) = message.choices
    assert (choice.number, choice.role, choice.text.text, choice.finish) == (0, "assistant", "Hello", finish)
    assert (message.usage, message.errors) == (usage, ())
    told = ""
    for origin in choice.text.origins(0, 5):
        assert origin.event is not None
        told += _at(chunks[origin.event], origin.path)[origin.start : origin.end]
    assert told == "Hello"


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def test_several_completions_go_by_their_index() -> None:
    message, irregularities = _run(
        {"outputs": [{"text": "a", "index": 1}, {"text": "b", "index": 0}]},
        {"outputs": [{"text": "c", "index": 1, "stop_reason": "length"}]},
        {"outputs": [{"text": "d", "stop_reason": "stop"}, {"text": "e"}]},  # these go by their places
    )
    assert irregularities == []
    assert [(choice.number, choice.text.text, choice.finish) for choice in message.choices] == [
        (0, "bd", "stop"),
        (1, "ace", "length"),
    ]
    assert message.native == {
        "outputs": [{"text": "bd", "stop_reason": "stop"}, {"text": "ace", "stop_reason": "length"}]
    }


@pytest.mark.parametrize(
    ("value", "texts", "finish", "usage", "path"),
    [
        pytest.param(
            {
                "inputTextTokenCount": 3,
                "results": [{"tokenCount": 2, "outputText": "Hi", "completionReason": "LENGTH"}],
            },
            ["Hi"],
            "length",
            {"inputTextTokenCount": 3},
            ("results", 0, "outputText"),
            id="titan",
        ),
        pytest.param(
            {"id": "g", "generations": [{"text": "Hi", "finish_reason": "COMPLETE"}, {"text": "Ho"}]},
            ["Hi", "Ho"],
            "stop",
            None,
            ("generations", 0, "text"),
            id="cohere",
        ),
        pytest.param(
            {"outputs": [{"text": "Hi", "stop_reason": "stop"}]},
            ["Hi"],
            "stop",
            None,
            ("outputs", 0, "text"),
            id="mistral",
        ),
        pytest.param(
            {"id": 1, "completions": [{"data": {"text": "Hi"}, "finishReason": {"reason": "endoftext"}}]},
            ["Hi"],
            "stop",
            None,
            ("completions", 0, "data", "text"),
            id="ai21",
        ),
        pytest.param(
            {"generation": "Hi", "generation_token_count": 2, "stop_reason": "stop"},
            ["Hi"],
            "stop",
            {"generation_token_count": 2},
            ("generation",),
            id="llama",
        ),
        pytest.param(
            {"completion": "Hi", "stop_reason": "max_tokens", "usage": {"total": 1}},
            ["Hi"],
            "length",
            {"total": 1},
            ("completion",),
            id="claude",
        ),
    ],
)
def test_plain_answers(
    value: dict[str, Any], texts: list[str], finish: str, usage: dict[str, Any] | None, path: tuple[str | int, ...]
) -> None:
    message = answer(value)
    assert message.native is value
    assert [choice.text.text for choice in message.choices] == texts
    assert [choice.number for choice in message.choices] == list(range(len(texts)))
    assert (message.choices[0].finish, message.usage, message.errors) == (finish, usage, ())
    (origin,) = message.choices[0].text.origins(0, 2)
    assert (origin.event, origin.path) == (None, path)


def test_a_plain_answer_of_an_unknown_form_has_no_choices() -> None:
    assert answer({"embedding": [1]}) == Message("", "", (), None, (), {"embedding": [1]})
    failure = {"type": "error", "error": {"message": "no"}}
    assert AnthropicComplete().answer(failure) == Message("", "", (), None, ({"message": "no"},), failure)


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        pytest.param([], [(Kind.CUT, "", None)], id="no chunk"),
        pytest.param([_LLAMA[0]], [(Kind.CUT, "", 0)], id="cut"),
        pytest.param([_LLAMA[0], {"generation": "", METRICS: COUNTED}], [], id="no reason, but the counts of the end"),
        pytest.param([_COHERE[0], {"error": {"message": "down"}}], [(Kind.ERROR, "down", 1)], id="an error"),
        pytest.param([{"weather": "fine"}, {"weather": "foul"}], [], id="an unknown form: who knows"),
    ],
)
def test_what_is_noted(chunks: list[Any], noted: list[tuple[Kind, str, int | None]]) -> None:
    _, irregularities = _run(*chunks)
    assert [(found.kind, found.detail, found.event) for found in irregularities] == noted


def test_chunks_of_an_unknown_form_are_kept_as_they_are() -> None:
    chunks: list[Any] = [{"weather": "fine"}, [1], {"weather": "foul", METRICS: COUNTED}]
    message, _ = _run(*chunks)
    assert (message.native, message.choices) == ({"events": chunks}, ())


def test_a_stream_that_is_an_error_is_that_error() -> None:
    failure = {"error": {"message": "down"}}
    message, _ = _run(failure)
    assert (message.native, message.errors, message.choices) == (failure, ({"message": "down"},), ())


def test_the_protocol_of_anthropics_completions() -> None:
    from cassette_tools.model import Body, Headers, Interaction, Request, Response

    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url="https://a.example/v1/complete")
    response = Response((), {}, Headers([]), Body(None, ()), None, code=200, status_line="")
    accumulator = AnthropicComplete().accumulator(Interaction(0, (), request, response, None))
    accumulator.add(Event(0, "ping", "{}", "", 0, 2, ((0, 2),)), {})  # the type of the framing
    for chunk in _CLAUDE:
        accumulator.add(Event(1, "completion", "", "", 0, 0, ((0, 0),)), chunk)
    assert accumulator.finish().native["completion"] == "Hello"


@st.composite
def _split(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@quick
@given(st.data(), st.text(max_size=20), st.sampled_from(["generation", "completion", "outputText"]))
def test_however_a_text_is_split_the_message_is_the_same(data: st.DataObject, text: str, name: str) -> None:
    chunks = [{name: part} for part in data.draw(_split(text))]
    message, irregularities = _run(*chunks, {name: "", METRICS: COUNTED})
    (choice,) = message.choices
    assert (choice.text.text, irregularities) == (text, [])
    assert [origin.path for origin in choice.text.origins(0, len(text))] == [(name,) for chunk in chunks if chunk[name]]


_names = st.sampled_from(
    ["", "results", "outputText", "completionReason", "totalOutputTextTokenCount", "generations", "text", "is_finished",
     "finish_reason", "outputs", "completions", "data", "finishReason", "reason", "generation", "completion",
     "stop_reason", "index", "error", "type", "usage", "id", METRICS]
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "ping"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.dictionaries(_names, _json, max_size=4) | _json, max_size=6))
def test_no_stream_is_too_strange(chunks: list[Any]) -> None:
    before = json.dumps(chunks)
    message, irregularities = _run(*chunks)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(chunks) for noted in irregularities)
    assert json.dumps(chunks) == before


@quick
@given(st.dictionaries(_names, _json, max_size=4))
def test_no_plain_answer_is_too_strange(value: dict[str, Any]) -> None:
    assert answer(value).native is value
