"""Chat completions: how fragments merge, and what is noted when a stream is not as it should be."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Headers, Interaction, Path, Request, Response
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Irregularity, Kind
from cassette_tools.protocols.message import Choice, Media, Message
from cassette_tools.protocols.openai_chat import ChatAccumulator, OpenAIChat
from cassette_tools.protocols.openai_completions import OpenAICompletions
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

Chunk = Any
DONE = object()


def _event(number: int, data: str, event_type: str = "") -> Event:
    return Event(number, event_type, data, "", 0, len(data), ((0, len(data)),))


def _run(*chunks: Chunk, types: dict[int, str] | None = None) -> tuple[Message, list[Irregularity]]:
    """Put chunks together; ``DONE`` stands for the terminator."""
    accumulator = ChatAccumulator()
    for number, chunk in enumerate(chunks):
        if chunk is DONE:
            accumulator.terminate(_event(number, "[DONE]"))
        else:
            accumulator.add(_event(number, json.dumps(chunk), (types or {}).get(number, "")), chunk)
    message = accumulator.finish()
    return message, accumulator.irregularities


def _delta(delta: Any, finish: str | None = None, index: int = 0, **rest: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish}], **rest}


def _tools(*calls: Any) -> dict[str, Any]:
    return _delta({"tool_calls": list(calls)})


END = _delta({}, "stop")


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


def _native_message(*deltas: Any) -> dict[str, Any]:
    """The native message of a healthy stream of these deltas."""
    message, irregularities = _run(*map(_delta, deltas), END, DONE)
    assert irregularities == []
    (choice,) = message.native["choices"]
    found: dict[str, Any] = choice["message"]
    return found


# What a whole stream gives.

_OPENAI = [
    {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "m-1",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": "", "refusal": None},
                "logprobs": None,
                "finish_reason": None,
            }
        ],
        "usage": None,
        "obfuscation": "abc",
    },
    {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "m-1", **_delta({"content": "Hel"})},
    {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "m-1", **_delta({"content": "lo"})},
    {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "m-1",
        **_delta({}, "stop"),
        "obfuscation": "x",
    },
    {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "m-1",
        "choices": [],
        "usage": {"total_tokens": 3},
    },
]


def test_a_stream_becomes_the_answer_that_comes_without_streaming() -> None:
    message, irregularities = _run(*_OPENAI, DONE)
    assert irregularities == []
    assert message.native == {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 7,
        "model": "m-1",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "usage": {"total_tokens": 3},
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello", "refusal": None},
                "finish_reason": "stop",
            }
        ],
    }
    choice = _only(message)
    assert (message.id, message.model, message.usage, message.errors) == ("chatcmpl-1", "m-1", {"total_tokens": 3}, ())
    assert (choice.number, choice.role, choice.text.text, choice.finish_reason, choice.finish) == (
        0,
        "assistant",
        "Hello",
        "stop",
        "stop",
    )
    assert (choice.reasoning.text, choice.refusal.text, choice.tool_calls, choice.media, choice.citations) == (
        "",
        "",
        (),
        (),
        (),
    )


@pytest.mark.parametrize(
    ("deltas", "merged"),
    [
        pytest.param(
            [{"role": "assistant", "content": "a"}, {"content": "b"}],
            {"role": "assistant", "content": "ab"},
            id="content",
        ),
        pytest.param(
            [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}],
            {"role": "assistant", "content": "ab"},
            id="a role in every delta",
        ),
        pytest.param(
            [{"role": "", "content": "a"}, {"role": "assistant"}],
            {"role": "assistant", "content": "a"},
            id="an empty role first",
        ),
        pytest.param(
            [{"content": None}, {"content": "a"}, {"content": None}], {"content": "a"}, id="nulls around text"
        ),
        pytest.param([{"content": None}], {"content": None}, id="null alone is kept"),
        pytest.param(
            [{"reasoning_content": "th"}, {"reasoning_content": "ink"}, {"content": "a", "reasoning_content": None}],
            {"reasoning_content": "think", "content": "a"},
            id="reasoning_content",
        ),
        pytest.param([{"reasoning": "th"}, {"reasoning": "ink"}], {"reasoning": "think"}, id="reasoning"),
        pytest.param([{"refusal": "I "}, {"refusal": "can't"}], {"refusal": "I can't"}, id="refusal"),
        pytest.param(
            [
                {
                    "reasoning_details": [
                        {"index": 0, "type": "reasoning.text", "text": "a", "format": "f-1", "id": "r1"}
                    ]
                },
                {
                    "reasoning_details": [
                        {"index": 0, "type": "reasoning.text", "text": "b", "format": "f-1", "id": "r1"}
                    ]
                },
                {"reasoning_details": [{"index": 0, "type": "reasoning.text", "signature": "s"}]},
                {"reasoning_details": [{"index": 1, "type": "reasoning.encrypted", "data": "x"}]},
            ],
            {
                "reasoning_details": [
                    {"index": 0, "type": "reasoning.text", "text": "ab", "format": "f-1", "id": "r1", "signature": "s"},
                    {"index": 1, "type": "reasoning.encrypted", "data": "x"},
                ]
            },
            id="reasoning_details merge by their index",
        ),
        pytest.param(
            [
                {"reasoning_details": [{"index": 0, "type": "reasoning.summary", "summary": "a"}]},
                {"reasoning_details": [{"index": 0, "type": "reasoning.encrypted", "data": "x"}]},
                {"reasoning_details": [{"index": 0, "type": "reasoning.summary", "summary": "b"}]},
                {"reasoning_details": [{"index": 0, "type": "reasoning.encrypted", "data": "y"}]},
            ],
            {
                "reasoning_details": [
                    {"index": 0, "type": "reasoning.summary", "summary": "ab"},
                    {"index": 0, "type": "reasoning.encrypted", "data": "xy"},
                ]
            },
            id="reasoning_details of two types may share an index",
        ),
        pytest.param(
            [
                {"x": [{"index": 0, "n": "a"}]},
                {"x": [{"index": 0, "type": "t", "n": "b"}]},
                {"x": [{"index": 0, "n": "c"}]},
            ],
            {"x": [{"index": 0, "type": "t", "n": "abc"}]},
            id="a type may come late",
        ),
        pytest.param(
            [
                {"annotations": [{"type": "url_citation", "url": "a"}]},
                {"annotations": [{"type": "url_citation", "url": "b"}]},
            ],
            {"annotations": [{"type": "url_citation", "url": "a"}, {"type": "url_citation", "url": "b"}]},
            id="annotations without an index append",
        ),
        pytest.param(
            [
                {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
                {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "m"}]}]},
                {"content": "Hel"},
                {"content": "lo"},
                {"content": ""},
            ],
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hmm"}]},
                    {"type": "text", "text": "Hello"},
                ]
            },
            id="Mistral: parts, then text",
        ),
        pytest.param(
            [
                {"content": "a"},
                {"content": "b"},
                {"content": [{"type": "reference", "reference_ids": [1, 2]}]},
                {"content": "c"},
            ],
            {
                "content": [
                    {"type": "text", "text": "ab"},
                    {"type": "reference", "reference_ids": [1, 2]},
                    {"type": "text", "text": "c"},
                ]
            },
            id="Mistral: text, then parts",
        ),
        pytest.param(
            [{"content": ""}, {"content": [{"type": "text", "text": "a"}]}],
            {"content": [{"type": "text", "text": "a"}]},
            id="empty text before parts leaves no part",
        ),
        pytest.param(
            [{"content": [{"type": "thinking"}]}, {"content": ""}],
            {"content": [{"type": "thinking"}]},
            id="empty text behind parts leaves no part",
        ),
        pytest.param(
            [{"content": []}, {"content": "a"}],
            {"content": [{"type": "text", "text": "a"}]},
            id="text behind an empty list",
        ),
        pytest.param(
            [
                {"channel": "final", "token_id": 5, "note": "c", "x": {"a": {"b": "c"}}},
                {"channel": "final", "token_id": 6, "note": "d", "x": {"a": {"b": "d", "n": [1]}}},
            ],
            {"channel": "final", "token_id": 6, "note": "cd", "x": {"a": {"b": "cd", "n": [1]}}},
            id="unknown fields merge like known ones",
        ),
        pytest.param([{"flag": True}, {"flag": False}], {"flag": False}, id="true and false replace"),
        pytest.param([{"f": {}}, {"f": "a"}, {"f": "b"}], {"f": "ab"}, id="text behind an object goes on as text"),
        pytest.param([{"f": 1}, {"f": "a"}, {"f": "b"}], {"f": "ab"}, id="text behind a number goes on as text"),
        pytest.param(
            [{"f": ""}, {"f": {"a": "b"}}, {"f": {"a": "c"}}], {"f": {"a": "bc"}}, id="an object behind empty text"
        ),
        pytest.param(
            [
                {"audio": {"id": "a1", "transcript": "Hi"}},
                {"audio": {"data": "AA"}},
                {"audio": {"data": "BB", "expires_at": 9}},
            ],
            {"audio": {"id": "a1", "transcript": "Hi", "data": "AABB", "expires_at": 9}},
            id="audio",
        ),
        pytest.param(
            [{"function_call": {"name": "f", "arguments": ""}}, {"function_call": {"arguments": "{}"}}],
            {"function_call": {"name": "f", "arguments": "{}"}},
            id="the function call of old",
        ),
        pytest.param(
            [{"function_call": {"name": "", "arguments": ""}}],
            {"function_call": {"name": "", "arguments": ""}},
            id="no function call",
        ),
    ],
)
def test_deltas_merge(deltas: list[Any], merged: dict[str, Any]) -> None:
    assert _native_message(*deltas) == merged


@pytest.mark.parametrize(
    ("fields", "merged"),
    [
        ([{"usage": {"a": 1}}, {"usage": None}, {}], {"a": 1}),
        ([{"usage": {"a": 1}}, {"usage": {"a": 2}}, {"usage": {"a": 3}}], {"a": 3}),
        ([{}, {}, {"usage": {"a": 1}}], {"a": 1}),
        ([{"usage": {"a": 1, "b": 2}}, {"usage": {"a": 3}}, {}], {"a": 3}),
    ],
    ids=["in an early chunk, then null", "in every chunk", "in the last chunk", "whole, not field by field"],
)
def test_usage_is_the_last_that_is_not_null(fields: list[dict[str, Any]], merged: dict[str, Any]) -> None:
    chunks = [
        {**_delta({"content": "x"}, finish), **field}
        for finish, field in zip((None, None, "stop"), fields, strict=True)
    ]
    message, irregularities = _run(*chunks, DONE)
    assert (message.usage, message.native["usage"], irregularities) == (merged, merged, [])


def test_usage_in_a_chunk_without_choices() -> None:
    message, irregularities = _run(_delta({"content": "x"}, "stop"), {"choices": [], "usage": {"a": 1}}, DONE)
    assert (message.usage, len(message.choices), irregularities) == ({"a": 1}, 1, [])


def test_what_is_no_usage_object_is_no_usage() -> None:
    assert _run(_delta({}, "stop", usage="none"), DONE)[0].usage is None


def test_azures_empty_first_chunk_gives_way_to_the_next() -> None:
    empty = {
        "id": "",
        "object": "",
        "created": 0,
        "model": "",
        "choices": [],
        "prompt_filter_results": [{"prompt_index": 0}],
    }
    message, irregularities = _run(
        empty, {"id": "c-1", "created": 5, "model": "m", **_delta({"content": "a"}, "stop")}, DONE
    )
    assert irregularities == []
    assert (message.id, message.model) == ("c-1", "m")
    assert message.native["created"] == 5
    assert message.native["prompt_filter_results"] == [{"prompt_index": 0}]


def test_an_id_that_changes_stays_the_first() -> None:
    message, irregularities = _run(
        _delta({"content": "a"}, id="1", model="m"), _delta({}, "stop", id="2", model="n"), DONE
    )
    assert ((message.id, message.model), irregularities) == (("1", "m"), [])


def test_late_fields_of_the_chunk_are_kept() -> None:
    message, _ = _run(
        _delta({"content": "a"}, x_groq={"id": "r"}), _delta({}, "stop", x_groq={"usage": {"a": 1}}, timings=5), DONE
    )
    assert (message.native["x_groq"], message.native["timings"]) == (
        {"id": "r", "usage": {"a": 1}},
        5,
    )


def test_objects_of_the_chunk_are_joined_but_usage_is_not() -> None:
    message, _ = _run(
        _delta({"content": "a"}, x_groq={"id": "r", "seed": 1}, usage={"a": 1}),
        _delta({}, "stop", x_groq={"id": "s", "seed": None, "usage": {"b": 2}}, usage={"b": 2}),
        DONE,
    )
    assert message.native["x_groq"] == {"id": "s", "seed": 1, "usage": {"b": 2}}
    assert message.native["usage"] == {"b": 2}


def test_an_object_of_the_chunk_that_grows_leaves_the_recording_alone() -> None:
    chunks = [_delta({}, x={"a": 1}), _delta({}, "stop", x={"b": 2})]
    before = json.dumps(chunks)
    assert _run(*chunks, DONE)[0].native["x"] == {"a": 1, "b": 2}
    assert json.dumps(chunks) == before


def test_padding_is_dropped_and_empty_text_is_kept_where_nothing_else_came() -> None:
    message, _ = _run(
        _delta({"content": "a"}, p="abcd", obfuscation="x", system_fingerprint="", service_tier="flex"),
        _delta({}, "stop", p="ab", obfuscation="yz", system_fingerprint="", service_tier=""),
        DONE,
    )
    assert message.native == {
        "system_fingerprint": "",
        "service_tier": "flex",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": "stop"}],
    }


def test_togethers_text_beside_a_delta_is_its_repetition() -> None:
    chunk = {"choices": [{"index": 0, "text": "Hi", "delta": {"content": "Hi"}, "finish_reason": "stop"}]}
    message, _ = _run(chunk, DONE)
    assert message.native["choices"] == [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]


def test_fields_of_a_choice_are_the_last_that_came() -> None:
    first = {"choices": [{"index": 0, "delta": {"content": "a"}, "native_finish_reason": None, "seed": 1}]}
    last = {
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "native_finish_reason": "STOP", "seed": None}]
    }
    message, _ = _run(first, last, DONE)
    assert message.native["choices"] == [
        {"index": 0, "message": {"content": "a"}, "finish_reason": "stop", "seed": 1, "native_finish_reason": "STOP"}
    ]


@pytest.mark.parametrize("later", [None, ""])
def test_a_finish_reason_is_not_taken_back(later: str | None) -> None:
    message, irregularities = _run(_delta({}, "stop"), _delta({}, later), DONE)
    assert (_only(message).finish_reason, irregularities) == ("stop", [])


def test_a_finish_reason_may_come_twice_and_text_behind_it() -> None:
    message, irregularities = _run(_delta({"content": "a"}, "stop"), _delta({"content": "b"}, "stop"), DONE)
    assert (_only(message).text.text, irregularities) == ("ab", [])


def test_choices_may_come_interleaved_and_in_any_order() -> None:
    both = {"choices": [{"index": 1, "delta": {"content": "d"}}, {"index": 0, "delta": {"content": "b"}}]}
    message, irregularities = _run(
        _delta({"content": "c"}, index=1),
        _delta({"content": "a"}),
        both,
        _delta({}, "stop"),
        _delta({}, "length", 1),
        DONE,
    )
    assert irregularities == []
    assert [(choice.number, choice.text.text, choice.finish) for choice in message.choices] == [
        (0, "ab", "stop"),
        (1, "cd", "length"),
    ]
    assert [choice["index"] for choice in message.native["choices"]] == [0, 1]


@pytest.mark.parametrize("index", [None, "0", True, 1.0, [], {}])
def test_a_choice_without_a_usable_index_counts_by_its_position(index: Any) -> None:
    message, _ = _run(
        {"choices": [{"index": index, "delta": {"content": "a"}}]},
        {"choices": [{"delta": {"content": "b"}}]},
        END,
        DONE,
    )
    assert [(choice.number, choice.text.text) for choice in message.choices] == [(0, "ab")]


def test_logprobs_append() -> None:
    tokens = [{"token": "a", "logprob": -1, "bytes": [97], "top_logprobs": []}, {"token": "b", "logprob": -2}]
    chunks: list[Any] = [
        {
            "choices": [
                {"index": 0, "delta": {"content": token["token"]}, "logprobs": {"content": [token], "refusal": None}}
            ]
        }
        for token in tokens
    ]
    message, _ = _run(*chunks, _delta({}, "stop"), DONE)
    assert message.native["choices"][0]["logprobs"] == {"content": tokens, "refusal": None}
    assert len(chunks[0]["choices"][0]["logprobs"]["content"]) == 1  # what was given is left alone


@pytest.mark.parametrize("first", ["x", 5, [1], True])
def test_logprobs_of_a_wrong_type_give_way(first: Any) -> None:
    def chunk(logprobs: Any) -> dict[str, Any]:
        return {"choices": [{"index": 0, "delta": {}, "logprobs": logprobs}]}

    message, _ = _run(chunk(first), chunk({"content": "x"}), chunk({"content": [1]}), chunk({"content": [2]}))
    assert message.native["choices"][0]["logprobs"] == {"content": [1, 2]}


def test_a_message_that_repeats_the_deltas_does_not_count_twice() -> None:
    """Perplexity's dialect: whole completions under the name of the unstreamed object, which needs no terminator."""

    def chunk(text: str, whole: str, finish: str | None = None) -> dict[str, Any]:
        choice = {
            "index": 0,
            "delta": {"role": "assistant", "content": text},
            "message": {"content": whole},
            "finish_reason": finish,
        }
        return {"object": "chat.completion", "choices": [choice], "citations": ["https://a.example"]}

    message, irregularities = _run(chunk("a", "a"), chunk("b", "ab"), chunk("", "ab", "stop"))
    assert irregularities == []
    assert (_only(message).text.text, _only(message).citations) == ("ab", ("https://a.example",))
    assert message.native["choices"][0]["message"] == {"role": "assistant", "content": "ab"}


def test_a_message_without_deltas_is_the_answer() -> None:
    chunk = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "ab"}, "finish_reason": "stop"}]}
    message, irregularities = _run(chunk, DONE)
    assert ((_only(message).role, _only(message).text.text), irregularities) == (("assistant", "ab"), [])
    assert [origin.path for origin in _only(message).text.origins(0, 2)] == [("choices", 0, "message", "content")]


def test_the_reasoning_of_every_spelling_is_the_reasoning() -> None:
    for spelling in ("reasoning_content", "reasoning"):
        message, _ = _run(_delta({spelling: "th"}), _delta({spelling: "ink"}), _delta({"content": "a"}, "stop"), DONE)
        assert (_only(message).reasoning.text, _only(message).text.text) == ("think", "a")
    both = {"reasoning": "x", "reasoning_content": "x", "reasoning_details": [{"index": 0, "text": "x"}]}
    assert _only(_run(_delta(both, "stop"), DONE)[0]).reasoning.text == "x"


def test_the_thinking_parts_of_a_content_are_the_reasoning() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}, 5]},
        {"type": "text", "text": "a"},
        "junk",
    ]
    message, _ = _run(
        _delta({"content": parts}), _delta({"content": [{"type": "thinking", "thinking": "m"}]}, "stop"), DONE
    )
    assert (_only(message).reasoning.text, _only(message).text.text) == ("hmm", "a")


def test_citations_are_annotations_and_those_of_the_whole_answer() -> None:
    message, _ = _run(_delta({"annotations": [{"url": "a"}]}), _delta({}, "stop", citations=["b"]), DONE)
    assert _only(message).citations == ({"url": "a"}, "b")


def test_citations_of_an_answer_without_choices_go_nowhere() -> None:
    assert _run({"citations": ["b"]}, DONE)[0].choices == ()


def test_pictures_and_sounds_are_media() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    message, _ = _run(
        _delta({"images": [image, {"image_url": {}}, 5], "audio": {"data": "AA"}}),
        _delta({"audio": {"data": "BB"}}, "stop"),
        DONE,
    )
    assert _only(message).media == (Media("image", "data:image/png;base64,AA"), Media("audio", "AABB"))


def test_usage_that_is_empty_is_no_later_usage() -> None:
    message, _ = _run(END, {"choices": [], "usage": {"total_tokens": 2}}, {"choices": [], "usage": {}}, DONE)
    assert message.usage == {"total_tokens": 2}
    assert _run(END, {"choices": [], "usage": {}}, DONE)[0].native["usage"] == {}


@pytest.mark.parametrize(
    ("deltas", "thought", "paths"),
    [
        pytest.param(
            [{"reasoning_text": "H"}, {"reasoning_text": "m."}],
            {"reasoning_text": "Hm."},
            [("reasoning_text",)] * 2,
            id="copilot",
        ),
        pytest.param(
            [
                {"reasoning_details": [{"type": "reasoning.text", "text": "H", "index": 0}]},
                {"reasoning_details": [{"type": "reasoning.summary", "summary": "m.", "index": 1}]},
                {"reasoning_details": [{"type": "reasoning.encrypted", "data": "x", "index": 2}]},
            ],
            {
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "H", "index": 0},
                    {"type": "reasoning.summary", "summary": "m.", "index": 1},
                    {"type": "reasoning.encrypted", "data": "x", "index": 2},
                ]
            },
            [("reasoning_details", 0, "text"), ("reasoning_details", 0, "summary")],
            id="details alone",
        ),
        pytest.param(
            [
                {"reasoning": "H", "reasoning_details": [{"type": "reasoning.text", "text": "H", "index": 0}]},
                {"reasoning": "m.", "reasoning_details": [{"type": "reasoning.text", "text": "m.", "index": 0}]},
            ],
            {"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm.", "index": 0}]},
            [("reasoning",)] * 2,
            id="details beside the reasoning",
        ),
        pytest.param(
            [
                {
                    "content": [
                        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "H", "signature": ""}]}
                    ]
                },
                {"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "m."}]}]},
            ],
            {"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm.", "signature": ""}]}]},
            [("content", 0, "summary", 0, "text")] * 2,
            id="databricks",
        ),
    ],
)
def test_reasoning_is_where_each_host_has_it(
    deltas: list[Any], thought: dict[str, Any], paths: list[tuple[Any, ...]]
) -> None:
    assert _native_message(*deltas) == thought
    reasoning = _only(_run(*map(_delta, deltas), END, DONE)[0]).reasoning
    assert reasoning.text == "Hm."
    assert [origin.path for origin in reasoning.origins(0, 3)] == [("choices", 0, "delta", *path) for path in paths]


def test_what_is_spoken_is_the_text_where_there_is_no_other() -> None:
    spoken = [_delta({"audio": {"id": "a", "transcript": part}}) for part in ("Hel", "lo")]
    assert _only(_run(*spoken, END, DONE)[0]).text.text == "Hello"
    assert _only(_run(*spoken, _delta({"content": "Hi"}), END, DONE)[0]).text.text == "Hi"


@pytest.mark.parametrize(
    ("word", "common"),
    [
        ("stop", "stop"),
        ("STOP", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("tool_calls", "tool-calls"),
        ("function_call", "tool-calls"),
        ("content_filter", "content-filter"),
        ("tool-calls", "tool-calls"),
        ("model_length", "length"),
        ("limit", "length"),
        ("ERROR_LIMIT", "length"),
        ("eos", "stop"),
        ("sensitive", "content-filter"),
        ("insufficient_system_resource", "other"),
        ("error", "other"),
    ],
)
def test_finish_reasons_have_common_words(word: str, common: str) -> None:
    assert _only(_run(_delta({}, word), DONE)[0]).finish == common


# Tool calls.


def _calls(*chunks: Any) -> list[tuple[str, str, str]]:
    message, _ = _run(*chunks, _delta({}, "tool_calls"), DONE)
    return [(call.id, call.name, call.arguments.text) for call in _only(message).tool_calls]


def _call(index: Any, arguments: Any = None, call_id: str | None = None, name: str | None = None) -> dict[str, Any]:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    call = {"index": index, "id": call_id, "function": function}
    return {key: value for key, value in call.items() if value is not None}


@pytest.mark.parametrize(
    ("chunks", "calls"),
    [
        pytest.param(
            [_tools(_call(0, "", "c1", "add")), _tools(_call(0, '{"a"')), _tools(_call(0, ": 1}"))],
            [("c1", "add", '{"a": 1}')],
            id="one call",
        ),
        pytest.param(
            [_tools(_call(0, "{}", "c1", "a")), _tools(_call(1, "{", "c2", "b")), _tools(_call(1, "}"))],
            [("c1", "a", "{}"), ("c2", "b", "{}")],
            id="one after the other",
        ),
        pytest.param(
            [_tools(_call(0, "{", "c1", "a"), _call(1, "[", "c2", "b")), _tools(_call(1, "]"), _call(0, "}"))],
            [("c1", "a", "{}"), ("c2", "b", "[]")],
            id="several in one delta",
        ),
        pytest.param(
            [_tools(_call(1, "{", "c1", "a")), _tools(_call(1, "}")), _tools(_call(2, "{}", "c2", "b"))],
            [("c1", "a", "{}"), ("c2", "b", "{}")],
            id="an index that counts from 1",
        ),
        pytest.param(
            [_tools(_call(-1, "{", "c1", "a")), _tools(_call(-1, "}"))], [("c1", "a", "{}")], id="an index of -1"
        ),
        pytest.param(
            [
                _tools(_call(2, "{}", "c2", "b")),
                _tools(_call(0, "{}", "c0", "a")),
                _tools(_call(10**30, "{}", "c3", "c")),
            ],
            [("c0", "a", "{}"), ("c2", "b", "{}"), ("c3", "c", "{}")],
            id="in any order",
        ),
        pytest.param(
            [_tools(_call(None, "{}", "c1", "a")), _tools(_call(None, "{}", "c2", "b"))],
            [("c1", "a", "{}"), ("c2", "b", "{}")],
            id="no index: each is a whole call",
        ),
        pytest.param(
            [
                _tools(_call(True, "{}", "c1", "a")),
                _tools(_call("0", "{}", "c2", "b")),
                _tools(_call(1, "{}", "c3", "c")),
            ],
            [("c1", "a", "{}"), ("c2", "b", "{}"), ("c3", "c", "{}")],
            id="an index that is no integer is none",
        ),
        pytest.param(
            [
                _tools({**_call(0, "{", "c1", "a"), "type": "function"}),
                _tools({**_call(0, "}", "c1", "a"), "type": "function"}),
            ],
            [("c1", "a", "{}")],
            id="id, type and name in every fragment",
        ),
        pytest.param(
            [_tools(_call(0, "{", "", "")), _tools(_call(0, "}", "c1", "a"))],
            [("c1", "a", "{}")],
            id="id and name in a later fragment",
        ),
        pytest.param(
            [
                _tools({"index": 0, "id": "c1", "type": "custom", "custom": {"name": "sh", "input": "l"}}),
                _tools({"index": 0, "custom": {"input": "s"}}),
            ],
            [("c1", "sh", "ls")],
            id="a custom tool has an input",
        ),
        pytest.param(
            [_tools(_call(0, {"a": "ä"}, "c1", "a"))], [("c1", "a", '{"a": "ä"}')], id="arguments as a structure"
        ),
        pytest.param(
            [_tools(_call(0, "", "c1", "a")), _tools(_call(0, {"a": 1}))],
            [("c1", "a", '{"a": 1}')],
            id="a structure behind empty text",
        ),
        pytest.param(
            [_delta({"function_call": {"name": "f", "arguments": "{"}}), _delta({"function_call": {"arguments": "}"}})],
            [("", "f", "{}")],
            id="the function call of old",
        ),
        pytest.param(
            [_delta({"function_call": {"name": "", "arguments": ""}})],
            [],
            id="Snowflake's function call in every answer is none",
        ),
        pytest.param(
            [
                _tools(_call(0, '{"a":', "c1", "f")),
                _tools(_call(0, "1}")),
                _tools(_call(0, "{", "c2", "g")),
                _tools(_call(0, "}")),
            ],
            [("c1", "f", '{"a":1}'), ("c2", "g", "{}")],
            id="all of them are number 0, with ids and names of their own",
        ),
        pytest.param(
            [
                _tools(
                    {**_call(0, "{}", "c1", "f"), "type": "function"}, {**_call(0, "[]", "c2", "g"), "type": "function"}
                )
            ],
            [("c1", "f", "{}"), ("c2", "g", "[]")],
            id="all of them are number 0, in one delta",
        ),
        pytest.param(
            [_tools(_call(0, "{", "c1", "f")), _tools({"index": 0, "id": "c2", "function": {"arguments": "}"}})],
            [("c1", "f", "{}")],
            id="an id that changes within a call",
        ),
        pytest.param(
            [_tools(_call(None, "{", "c1", "f")), _tools({"function": {"arguments": "}"}}), _tools({"id": "c2"})],
            [("c1", "f", "{}"), ("c2", "", "")],
            id="neither index nor id: the last one goes on",
        ),
        pytest.param([_tools("junk", 5, None, [], {})], [("", "", "")] * 5, id="junk"),
    ],
)
def test_tool_calls_merge(chunks: list[Any], calls: list[tuple[str, str, str]]) -> None:
    assert _calls(*chunks) == calls


def test_the_native_tool_calls_have_no_index() -> None:
    message = _native_message({"tool_calls": [{**_call(1, "{}", "c1", "a"), "type": "function"}]})
    assert message == {"tool_calls": [{"id": "c1", "type": "function", "function": {"name": "a", "arguments": "{}"}}]}


def test_the_native_tool_calls_are_in_the_order_of_their_index() -> None:
    message = _native_message({"tool_calls": [_call(1, "{}", "c2", "b"), _call(0, "{}", "c1", "a")]})
    assert [call["id"] for call in message["tool_calls"]] == ["c1", "c2"]


def test_arguments_are_parsed() -> None:
    message, _ = _run(_tools(_call(0, '{"a": 1}'), _call(1, " "), _call(2, "[")), _delta({}, "length"), DONE)
    assert [(call.parsed, bool(call.problem)) for call in _only(message).tool_calls] == [
        ({"a": 1}, False),
        ({}, False),
        (None, True),
    ]


# What is noted.


def _noted(*chunks: Chunk, types: dict[int, str] | None = None) -> list[tuple[Kind, str, int | None]]:
    return [(noted.kind, noted.detail, noted.event) for noted in _run(*chunks, types=types)[1]]


_BROKEN = "expecting ',' delimiter"
_TOOL = _tools(_call(0, '{"a": 1', "c1", "add"))
_ERROR = {"error": {"message": "Overloaded", "code": 503}}


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        pytest.param([_delta({"content": "a"}), END, DONE], [], id="healthy"),
        pytest.param([_delta({"content": "a"}), END], [(Kind.NO_TERMINATOR, "", 1)], id="no terminator"),
        pytest.param([_delta({"content": "a"}), _delta({"content": "b"})], [(Kind.CUT, "", 1)], id="cut"),
        pytest.param([], [(Kind.CUT, "", None)], id="nothing at all"),
        pytest.param([DONE], [(Kind.UNFINISHED, "0", None)], id="the terminator alone"),
        pytest.param([{"error": {"message": "no"}}, DONE], [(Kind.ERROR, "no", 0)], id="an error alone"),
        pytest.param([_TOOL], [(Kind.CUT, "", 0)], id="cut arguments of a cut stream are no finding of their own"),
        pytest.param([_delta({"content": "a"}), DONE], [(Kind.UNFINISHED, "0", 0)], id="unfinished"),
        pytest.param(
            [_delta({"content": "a"}), _delta({}, "stop", 1), DONE],
            [(Kind.UNFINISHED, "0", 1)],
            id="one of two unfinished",
        ),
        pytest.param(
            [_delta({}, index=3), _delta({}, index=4), DONE],
            [(Kind.UNFINISHED, "3", 1), (Kind.UNFINISHED, "4", 1)],
            id="both unfinished",
        ),
        pytest.param(
            [_delta({}), _delta({}, "stop", 1)],
            [(Kind.NO_TERMINATOR, "", 1), (Kind.UNFINISHED, "0", 1)],
            id="no terminator, and one unfinished",
        ),
        pytest.param(
            [END, DONE, END], [(Kind.AFTER_TERMINATOR, json.dumps(END), 2)], id="a chunk behind the terminator"
        ),
        pytest.param([END, DONE, DONE], [(Kind.AFTER_TERMINATOR, "[DONE]", 2)], id="the terminator twice"),
        pytest.param([_TOOL, END, DONE], [(Kind.TOOL_ARGUMENTS, f"add\n{_BROKEN}", 0)], id="cut arguments"),
        pytest.param([_TOOL, _delta({}, "length"), DONE], [], id="arguments cut at the token limit"),
        pytest.param(
            [_TOOL, _delta({}, "max_tokens"), DONE], [], id="arguments cut at the token limit, in another word"
        ),
        pytest.param(
            [_delta({"content": "a"}), _TOOL, _tools(_call(0, "x")), END],
            [(Kind.NO_TERMINATOR, "", 3), (Kind.TOOL_ARGUMENTS, f"add\n{_BROKEN}", 1)],
            id="the place of broken arguments is their first fragment",
        ),
        pytest.param(
            [_tools(_call(0, "[1]", "c1", "f"), _call(1, "{}", "c2", "g"), _call(2, '"x"', "c3", "h")), END, DONE],
            [
                (Kind.TOOL_ARGUMENTS, "f\na JSON value, but not an object", 0),
                (Kind.TOOL_ARGUMENTS, "h\na JSON value, but not an object", 0),
            ],
            id="arguments that are no object",
        ),
        pytest.param([_tools(_call(0, "", "c1", "f"), _call(1, None, "c2", "g")), END, DONE], [], id="no arguments"),
        pytest.param([_ERROR], [(Kind.ERROR, "Overloaded", 0)], id="an error suppresses the cut"),
        pytest.param(
            [_delta({"content": "a"}), _ERROR, DONE], [(Kind.ERROR, "Overloaded", 1)], id="and what is unfinished"
        ),
        pytest.param([END, _ERROR], [(Kind.ERROR, "Overloaded", 1)], id="and the missing terminator"),
        pytest.param(
            [_delta({}, "error", error={"code": "502"}), DONE], [(Kind.ERROR, "502", 0)], id="an error beside choices"
        ),
        pytest.param([{"error": "no"}], [(Kind.ERROR, "no", 0)], id="an error that is text"),
        pytest.param([{"error": 5}], [(Kind.ERROR, "", 0)], id="an error that says nothing"),
        pytest.param(
            [{"error": {"message": None, "type": "t"}}], [(Kind.ERROR, "t", 0)], id="an error with a type only"
        ),
        pytest.param([_delta({}, "stop", error=None), DONE], [], id="an error that is null"),
        pytest.param([{"object": "chat.completion", **END}], [], id="Perplexity needs no terminator"),
        pytest.param(
            [{"object": "chat.completion", **_delta({"content": "a"})}], [(Kind.CUT, "", 0)], id="but a finish reason"
        ),
    ],
)
def test_what_is_noted(chunks: list[Any], noted: list[tuple[Kind, str, int | None]]) -> None:
    assert _noted(*chunks) == noted


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        ({"message": "Overloaded"}, "Overloaded"),
        ("Overloaded", "Overloaded"),
        ({"error": {"message": "no"}}, "no"),
        ([1], ""),
    ],
    ids=["the error itself", "text", "an error object", "a list"],
)
def test_an_event_of_the_type_error_is_an_error_whatever_it_holds(chunk: Any, text: str) -> None:
    assert _noted(_delta({"content": "a"}), chunk, types={1: "error"}) == [(Kind.ERROR, text, 1)]


def test_errors_are_part_of_the_message() -> None:
    message, _ = _run(_ERROR)
    assert message.errors == (_ERROR["error"],)
    assert message.native["error"] == _ERROR["error"]


def test_an_error_may_be_the_object_itself() -> None:
    error = {"object": "error", "message": "No room", "type": "server_error", "code": 500}
    message, irregularities = _run(_delta({"content": "a"}), error, DONE)
    assert message.errors == (error,)
    assert [(noted.kind, noted.detail) for noted in irregularities] == [(Kind.ERROR, "No room")]


def _interaction(url: str) -> Interaction:
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url=url)
    response = Response((), {}, Headers([]), Body(None, ()), None, code=200, status_line="")
    return Interaction(0, (), request, response, None)


@pytest.mark.parametrize("url", ["https://api.perplexity.ai/chat/completions", "https://api.exa.ai/answer"])
def test_a_host_that_never_sends_the_terminator_owes_none(url: str) -> None:
    accumulator = OpenAIChat().accumulator(_interaction(url))
    accumulator.add(_event(0, ""), END)
    accumulator.finish()
    assert accumulator.irregularities == []


@pytest.mark.parametrize("kind", ["chat.completion", "chat.completion.done"])
def test_perplexitys_dialect_owes_none_behind_any_gateway(kind: str) -> None:
    assert _noted(_delta({"content": "a"}, "stop", object=kind)) == []


@pytest.mark.parametrize(("usage", "kinds"), [({}, [Kind.CUT]), ({"total_tokens": 3}, [])])
def test_snowflakes_streams_end_with_their_usage_and_nothing_else(usage: Any, kinds: list[Kind]) -> None:
    url = "https://x.example.com/api/v2/cortex/inference:complete"
    accumulator = OpenAIChat().accumulator(_interaction(url))
    accumulator.add(_event(0, "", ""), {"choices": [{"delta": {"type": "text", "content": "Hi"}}], "usage": {}})
    accumulator.add(_event(1, "", ""), {"choices": [{"delta": {"type": "text", "content": "!"}}], "usage": usage})
    assert _only(accumulator.finish()).text.text == "Hi!"
    assert [noted.kind for noted in accumulator.irregularities] == kinds


def test_snowflakes_calls_are_parts_of_the_content() -> None:
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": "Hm"}, {"tool_use_id": "t1", "name": "add"}, {"input": '{"a":'}, {"input": "1}"},
        {"tool_use_id": "t2", "name": "sub"},
    ]  # fmt: skip
    message, _ = _run(*(_delta({"content_list": [part]}) for part in parts))
    calls = _only(message).tool_calls
    assert [(call.id, call.name, call.parsed) for call in calls] == [("t1", "add", {"a": 1}), ("t2", "sub", {})]
    assert calls[0].arguments.events == (2, 3)
    used = {"type": "tool_use", "tool_use": {"tool_use_id": "t1", "name": "add", "input": {"a": 1}}}
    (call,) = _only(OpenAIChat().answer({"choices": [{"message": {"content_list": [used]}}]})).tool_calls
    assert (call.id, call.name, call.parsed) == ("t1", "add", {"a": 1})


@pytest.mark.parametrize("streamed", [True, False])
def test_arguments_that_are_a_structure_lead_back_to_it(streamed: bool) -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": {"a": "é"}}}
    plain = {"choices": [{"message": {"tool_calls": [call]}}]}
    message = _run(_tools(call), END, DONE)[0] if streamed else OpenAIChat().answer(plain)
    (made,) = _only(message).tool_calls
    assert (made.arguments.text, made.parsed) == ('{"a": "é"}', {"a": "é"})
    (origin,) = made.arguments.origins(0, 10)
    assert origin.event == (0 if streamed else None)
    place = ("choices", 0, "delta" if streamed else "message", "tool_calls", 0, "function", "arguments")
    assert origin.path == place


def test_tgis_calls_may_be_one_and_no_list() -> None:
    parts = [_call(0, "", "", "f"), _call(0, "{", ""), _call(0, "}", "")]
    message, noted = _run(*(_delta({"tool_calls": part}) for part in parts), END, DONE)
    (call,) = _only(message).tool_calls
    assert (call.name, call.parsed, noted) == ("f", {}, [])
    assert [origin.path[-3:] for origin in call.arguments.origins(0, 1)] == [("tool_calls", "function", "arguments")]
    calls = message.native["choices"][0]["message"]["tool_calls"]
    assert [made["function"] for made in calls] == [{"name": "f", "arguments": "{}"}]


def test_what_is_noted_is_bounded() -> None:
    assert len(_noted(END, DONE, *[END] * (MAX_IRREGULARITIES + 5))) == MAX_IRREGULARITIES


# Where the characters come from.


def test_every_part_leads_back_to_its_string() -> None:
    chunks: list[Any] = [
        _delta({"content": "Hel"}),
        {"choices": [{"index": 1, "delta": {"content": "other"}}, {"index": 0, "delta": {"content": "lo "}}]},
        _delta({"content": [{"type": "text", "text": "wor"}]}),
        _delta({"content": "ld"}, "stop"),
        _delta({}, "stop", 1),
    ]
    message, _ = _run(*chunks, DONE)
    text = message.choices[0].text
    assert text.text == "Hello world"
    assert [(origin.event, origin.path, origin.start, origin.end) for origin in text.origins(1, 10)] == [
        (0, ("choices", 0, "delta", "content"), 1, 3),
        (1, ("choices", 1, "delta", "content"), 0, 3),
        (2, ("choices", 0, "delta", "content", 0, "text"), 0, 3),
        (3, ("choices", 0, "delta", "content"), 0, 1),
    ]


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


_fragment = st.text(st.sampled_from('ab{}":, 1é😀\n'), max_size=6)


@st.composite
def _split(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@st.composite
def _streams(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Texts by name, and the chunks of a stream that brings them, in whatever pieces and interleaved."""
    texts = {
        name: draw(_fragment.map(lambda part: part * 3))
        for name in ("content", "reasoning", "refusal", "call0", "call1")
    }
    queues = {name: draw(_split(text)) for name, text in texts.items()}
    chunks = []
    while any(queues.values()):
        name = draw(st.sampled_from([name for name, queue in queues.items() if queue]))
        part = queues[name].pop(0)
        if name.startswith("call"):
            chunks.append(_tools(_call(int(name[-1]), part, f"id-{name}", name)))
        else:
            chunks.append(_delta({"role": "assistant", name: part}))
    return texts, chunks


@quick
@given(_streams())
def test_however_a_text_is_split_the_message_is_the_same(stream: tuple[dict[str, str], list[dict[str, Any]]]) -> None:
    texts, chunks = stream
    message, _ = _run(*chunks, END, DONE)
    choice = _only(message)
    assert choice.text.text == texts["content"]
    assert choice.reasoning.text == texts["reasoning"]
    assert choice.refusal.text == texts["refusal"]
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [
        ("id-call0", "call0", texts["call0"]),
        ("id-call1", "call1", texts["call1"]),
    ]
    native = message.native["choices"][0]["message"]
    assert (native["content"], native["reasoning"], native["refusal"]) == (
        texts["content"],
        texts["reasoning"],
        texts["refusal"],
    )
    assert [call["function"]["arguments"] for call in native["tool_calls"]] == [texts["call0"], texts["call1"]]
    for text in (choice.text, choice.reasoning, choice.refusal, *(call.arguments for call in choice.tool_calls)):
        told = ""
        for origin in text.origins(0, len(text.text)):
            assert origin.event is not None
            told += _at(chunks[origin.event], origin.path)[origin.start : origin.end]
        assert told == text.text


# Plain answers.

_ANSWER = {
    "id": "c-1",
    "object": "chat.completion",
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi",
                "reasoning": "hm",
                "tool_calls": [_call(None, "{}", "c1", "f")],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"total_tokens": 2},
}


def test_a_plain_answer_is_the_same_message() -> None:
    message = OpenAIChat().answer(_ANSWER)
    choice = _only(message)
    assert message.native is _ANSWER
    assert (message.id, message.model, message.usage, message.errors) == ("c-1", "m", {"total_tokens": 2}, ())
    assert (choice.role, choice.text.text, choice.reasoning.text, choice.finish) == ("assistant", "Hi", "hm", "stop")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [("c1", "f", "{}")]
    assert [(origin.event, origin.path) for origin in choice.text.origins(0, 2)] == [
        (None, ("choices", 0, "message", "content"))
    ]


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ({}, []),
        ({"choices": None}, []),
        ({"choices": [5, {"message": 5}, {"index": 7}, {"index": "x"}, {"index": True}]}, [0, 1, 7, 3, 4]),
    ],
)
def test_a_plain_answer_may_lack_anything(value: dict[str, Any], numbers: list[int]) -> None:
    assert [choice.number for choice in OpenAIChat().answer(value).choices] == numbers


def test_a_plain_error_is_an_error() -> None:
    assert OpenAIChat().answer(_ERROR).errors == (_ERROR["error"],)
    itself = {"object": "error", "message": "No room"}
    assert OpenAIChat().answer(itself).errors == OpenAICompletions().answer(itself).errors == (itself,)


# Hostile input.

_names = st.sampled_from(
    ["choices", "delta", "index", "tool_calls", "function", "arguments", "content", "role", "id", "usage",
     "logprobs", "message", "finish_reason", "error", "object", "reasoning", "reasoning_details", "images",
     "image_url", "url", "audio", "data", "annotations", "citations", "text", "type", "thinking", "refusal",
     "function_call", "custom", "name", "x"]
)  # fmt: skip
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "a", "{", "stop"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=25,
)
_choice = st.dictionaries(st.sampled_from(["index", "delta", "message", "finish_reason", "logprobs"]), _json)
_call_like = st.dictionaries(st.sampled_from(["index", "id", "type", "function", "custom"]), _json)
_delta_like = st.dictionaries(
    st.sampled_from(["content", "role", "tool_calls", "function_call", "audio", "images", "annotations"]),
    _json | st.lists(_call_like, max_size=3),
)
_chunk = (
    _json
    | st.fixed_dictionaries({"choices": st.lists(_choice, max_size=3)}, optional={"error": _json, "usage": _json})
    | st.fixed_dictionaries({"choices": st.lists(st.fixed_dictionaries({"delta": _delta_like}), max_size=2)})
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(_chunk, st.just(DONE)), max_size=8))
def test_no_chunk_is_too_strange(chunks: list[Any]) -> None:
    before = json.dumps([chunk for chunk in chunks if chunk is not DONE])
    message, irregularities = _run(*chunks)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(chunks) for noted in irregularities)
    assert len({choice.number for choice in message.choices}) == len(message.choices)
    assert json.dumps([chunk for chunk in chunks if chunk is not DONE]) == before


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(_names, _json) | st.fixed_dictionaries({"choices": st.lists(_choice, max_size=3)}))
def test_no_plain_answer_is_too_strange(value: dict[str, Any]) -> None:
    message = OpenAIChat().answer(value)
    assert message.native is value
    assert all(isinstance(call.problem, str) for choice in message.choices for call in choice.tool_calls)


@pytest.mark.parametrize(
    ("count", "chunk"),
    [
        pytest.param(25_000, lambda _: _delta({"content": "a"}), id="text"),
        pytest.param(25_000, lambda _: _tools(_call(0, "a")), id="arguments"),
        pytest.param(
            25_000, lambda number: _delta({"content": "a" if number else [{"type": "text"}]}), id="text in parts"
        ),
        pytest.param(20_000, lambda number: _tools(_call(number, "{}", f"c{number}", "f")), id="a call each"),
        pytest.param(20_000, lambda number: _delta({"content": "a"}, index=number), id="a choice each"),
        pytest.param(20_000, lambda _: _delta({"annotations": [{"url": "a"}]}), id="annotations"),
        pytest.param(
            20_000, lambda number: {"choices": [{"delta": {}, "logprobs": {"content": [number]}}]}, id="logprobs"
        ),
    ],
)
def test_many_events_take_linear_time(count: int, chunk: Callable[[int], Any]) -> None:
    accumulator = ChatAccumulator()
    event = _event(0, "")
    start = time.process_time()
    for number in range(count):
        accumulator.add(event, chunk(number))
    accumulator.finish()
    assert time.process_time() - start < 5  # half a second; ten and more where each event looks at those before it
