"""Embeddings, rankings, moderation, pictures and sound: what was used, and errors."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.openai_media import MediaAccumulator, OpenAIMedia
from cassette_tools.wire.event import Event

USAGE = {"prompt_tokens": 3, "total_tokens": 3}


def _run(*chunks: Any, kind: str = "") -> tuple[Message, list[tuple[Kind, str, int | None]]]:
    accumulator = MediaAccumulator()
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        accumulator.add(Event(number, kind, data, "", 0, len(data), ((0, len(data)),)), chunk)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


@pytest.mark.parametrize(
    ("value", "usage", "errors"),
    [
        ({"object": "list", "model": "m", "data": [], "usage": USAGE}, USAGE, ()),
        ({"pages": [], "usage_info": {"pages_processed": 1}}, {"pages_processed": 1}, ()),
        (
            {"id": "x", "meta": {"api_version": {}, "billed_units": {"input_tokens": 2}}},
            {"billed_units": {"input_tokens": 2}},
            (),
        ),
        ({"results": [{"flagged": False}]}, None, ()),
        ({"embeddings": [[0.1]], "prompt_eval_count": 8}, {"prompt_eval_count": 8}, ()),
        ({"error": {"message": "no"}}, None, ({"message": "no"},)),
        ({"message": "invalid api token", "id": "x"}, None, ({"message": "invalid api token", "id": "x"},)),
        ({"message": "fine", "data": []}, None, ()),
    ],
)
def test_an_answer_says_what_was_used(value: dict[str, Any], usage: Any, errors: tuple[Any, ...]) -> None:
    message = OpenAIMedia().answer(value)
    assert (message.native, message.usage, message.errors, message.choices) == (value, usage, errors, ())


def test_of_a_stream_the_event_with_usage_counts() -> None:
    parts: list[Any] = [
        {"type": "image_generation.partial_image"},
        {"type": "image_generation.completed", "usage": USAGE},
    ]
    parts.append({"type": "after"})
    message, noted = _run(*parts)
    assert (message.native, message.usage, noted) == (parts[1], USAGE, [])
    assert _run(*parts[::2])[0].native == parts[2]
    assert _run(5)[0].native == {}


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("transcript.text.delta", "transcript.text.done"),
        ("transcription.text.delta", "transcription.done"),
        ("speech.audio.delta", "speech.audio.done"),
        ("image_generation.partial_image", "image_generation.completed"),
        ("image_edit.partial_image", "image_edit.completed"),
    ],
)
def test_a_stream_is_cut_without_its_last_word(begin: str, end: str) -> None:
    assert _run({"type": begin})[1] == [(Kind.CUT, "", 0)]
    assert _run({"type": begin}, {"type": end})[1] == []
    assert _run({"type": begin}, {"error": {"message": "no"}})[1] == [(Kind.ERROR, "no", 1)]
    assert _run({"type": "x.delta"})[1] == []


def test_errors_of_a_stream_are_noted() -> None:
    assert _run({"error": {"message": "no"}})[1] == [(Kind.ERROR, "no", 0)]
    assert _run({"type": "error", "message": "no"})[1] == [(Kind.ERROR, "no", 0)]
    message, noted = _run({"message": "no"}, kind="error")
    assert (message.errors, noted) == (({"message": "no"},), [(Kind.ERROR, "no", 0)])


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["usage", "meta", "error", "type", "message", "id"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(_JSON, max_size=3))
@settings(deadline=None, max_examples=100)
def test_nothing_is_too_strange(chunks: list[Any]) -> None:
    json.dumps(_run(*chunks)[0].native)
    for chunk in chunks:
        if isinstance(chunk, dict):
            assert OpenAIMedia().answer(chunk).native == chunk
