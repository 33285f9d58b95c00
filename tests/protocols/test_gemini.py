"""Gemini: how chunks merge, what is read from answers, and what is noted when a stream is not as it should be."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.model import Body, Header, Headers, Interaction, Path, Request, Response
from cassette_tools.protocols import registry
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Irregularity, Kind
from cassette_tools.protocols.gemini import Gemini, GeminiAccumulator
from cassette_tools.protocols.message import Choice, Media, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

_URL = "https://g.example/v1beta/models/gemini-x:streamGenerateContent"


def _run(*chunks: Any, types: dict[int, str] | None = None) -> tuple[Message, list[Irregularity]]:
    """Put chunks together."""
    accumulator = GeminiAccumulator()
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        event = Event(number, (types or {}).get(number, ""), data, "", 0, len(data), ((0, len(data)),))
        accumulator.add(event, chunk)
    return accumulator.finish(), accumulator.irregularities


def _chunk(*parts: Any, finish: str | None = None, **rest: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **rest}


def _parts(*parts: Any) -> list[Any]:
    """The native parts of a healthy stream with one part in each chunk."""
    message, irregularities = _run(*(_chunk(part) for part in parts), _chunk(finish="STOP"))
    assert irregularities == []
    (candidate,) = message.native["candidates"]
    found: list[Any] = candidate["content"]["parts"]
    return found


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


def _read(body: str, content_type: str = "text/event-stream", code: int = 200) -> registry.Transcript | None:
    headers = Headers([Header("Content-Type", content_type, ())])
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url=_URL)
    response = Response((), {}, headers, Body(body, ("body",), headers), None, code=code, status_line="")
    return registry.read(Interaction(0, (), request, response, None))


_AROUND = {"modelVersion": "gemini-x", "responseId": "r1"}
_CHUNKS = [
    {
        "candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}], "role": "model"}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 5, "totalTokenCount": 5},
        **_AROUND,
    },
    {
        "candidates": [{"content": {"parts": [{"text": "Hel"}], "role": "model"}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 5, "thoughtsTokenCount": 2, "totalTokenCount": 7},
        **_AROUND,
    },
    {
        "candidates": [{"content": {"parts": [{"text": "lo"}], "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 9},
        "createTime": "2026-01-01T00:00:00Z",
        **_AROUND,
    },
]


def test_a_stream_becomes_the_answer_that_comes_without_streaming() -> None:
    message, irregularities = _run(*_CHUNKS)
    assert irregularities == []
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 9}
    assert message.native == {
        "candidates": [
            {
                "content": {"parts": [{"text": "Hm.", "thought": True}, {"text": "Hello"}], "role": "model"},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": usage,
        "createTime": "2026-01-01T00:00:00Z",
        **_AROUND,
    }
    assert (message.id, message.model, message.usage, message.errors) == ("r1", "gemini-x", usage, ())
    choice = _only(message)
    assert (choice.number, choice.role, choice.text.text, choice.reasoning.text) == (0, "model", "Hello", "Hm.")
    assert (choice.finish_reason, choice.finish, choice.refusal.text) == ("STOP", "stop", "")
    assert (choice.tool_calls, choice.citations, choice.media) == ((), (), ())


def test_the_framing_makes_no_difference() -> None:
    stream = "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in _CHUNKS)
    array = "[" + "\n,\r\n".join(json.dumps(chunk, indent=2) for chunk in _CHUNKS) + "\n]"
    natives = []
    for body, content_type, framing in (
        (stream, "text/event-stream", "event-stream"),
        (array, "application/json; charset=UTF-8", "json-array"),
    ):
        transcript = _read(body, content_type)
        assert transcript is not None
        assert transcript.protocol is not None
        assert transcript.message is not None
        assert (transcript.protocol.name, transcript.framing) == ("gemini", framing)
        assert (transcript.irregularities, transcript.defects) == ([], [])
        natives.append(transcript.message.native)
    assert natives[0] == natives[1] == _run(*_CHUNKS)[0].native


_CALL = {"functionCall": {"name": "add", "args": {"a": 1}}}


@pytest.mark.parametrize(
    ("parts", "merged"),
    [
        pytest.param([{"text": "a"}, {"text": "b"}, {"text": ""}], [{"text": "ab"}], id="text"),
        pytest.param(
            [{"text": "a", "thought": True}, {"text": "b", "thought": True}, {"text": "c"}, {"text": "d"}],
            [{"text": "ab", "thought": True}, {"text": "cd"}],
            id="thoughts and text do not mix",
        ),
        pytest.param(
            [{"text": "a", "thought": False}, {"text": "b"}],
            [{"text": "ab", "thought": False}],
            id="false is as good as absent",
        ),
        pytest.param(
            [{"text": "a", "thoughtSignature": "S"}, {"text": "b"}, {"text": "c"}],
            [{"text": "a", "thoughtSignature": "S"}, {"text": "bc"}],
            id="nothing joins a signed part",
        ),
        pytest.param(
            [{"text": "a"}, {"text": "b", "thoughtSignature": "S"}, {"text": "c"}],
            [{"text": "ab", "thoughtSignature": "S"}, {"text": "c"}],
            id="a signature that comes with text that goes on",
        ),
        pytest.param(
            [{"text": "a"}, {"text": "", "thoughtSignature": "S"}],
            [{"text": "a", "thoughtSignature": "S"}],
            id="a signature at the end of the text",
        ),
        pytest.param(
            [_CALL, {"text": "", "thoughtSignature": "S"}],
            [_CALL, {"text": "", "thoughtSignature": "S"}],
            id="a signature of its own behind a call",
        ),
        pytest.param(
            [{"text": "a"}, _CALL, _CALL, {"text": "b"}],
            [{"text": "a"}, _CALL, _CALL, {"text": "b"}],
            id="calls stay where they are",
        ),
        pytest.param(
            [
                {"executableCode": {"language": "PYTHON", "code": "1"}},
                {"executableCode": {"language": "PYTHON", "code": "2"}},
                {"codeExecutionResult": {"outcome": "OUTCOME_OK"}},
            ],
            [
                {"executableCode": {"language": "PYTHON", "code": "1"}},
                {"executableCode": {"language": "PYTHON", "code": "2"}},
                {"codeExecutionResult": {"outcome": "OUTCOME_OK"}},
            ],
            id="code does not join",
        ),
        pytest.param(
            [{"text": "a"}, {"text": "b", "partMetadata": {"x": 1}}, {"text": "c"}, {"text": "d"}],
            [{"text": "a"}, {"text": "b", "partMetadata": {"x": 1}}, {"text": "cd"}],
            id="a part with more than text stays alone",
        ),
        pytest.param([{"text": 5}, {"text": "a"}, {}, 7], [{"text": 5}, {"text": "a"}, {}, 7], id="junk is kept"),
    ],
)
def test_parts_merge(parts: list[Any], merged: list[Any]) -> None:
    before = json.dumps(parts)
    assert _parts(*parts) == merged
    assert json.dumps(parts) == before  # what was given is left alone


def test_parts_of_one_chunk_merge_like_those_of_several() -> None:
    message, _ = _run(_chunk({"text": "a"}, {"text": "b"}), _chunk({"text": "c"}, finish="STOP"))
    assert message.native["candidates"][0]["content"]["parts"] == [{"text": "abc"}]


def test_candidates_go_by_their_index() -> None:
    def candidate(text: str, index: int | None, finish: str | None = None) -> dict[str, Any]:
        value: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}}
        return value | ({} if index is None else {"index": index}) | ({"finishReason": finish} if finish else {})

    message, irregularities = _run(
        {"candidates": [candidate("a", 1), candidate("b", None)]},
        {"candidates": [candidate("c", 0, "STOP")]},
        {"candidates": [candidate("d", 1, "MAX_TOKENS")]},
    )
    assert irregularities == []
    assert [(c.number, c.text.text, c.finish) for c in message.choices] == [(0, "bc", "stop"), (1, "ad", "length")]
    assert [c["content"]["parts"] for c in message.native["candidates"]] == [[{"text": "bc"}], [{"text": "ad"}]]
    assert [c["index"] for c in message.native["candidates"]] == [0, 1]


@pytest.mark.parametrize(
    ("values", "merged"),
    [
        ([{"p": 1, "c": 1}, {"p": 3}], {"p": 3}),
        ([{"p": 1}, None], {"p": 1}),
        ([{"p": 9}, {"p": 2}], {"p": 2}),
        (["none"], None),
    ],
    ids=["whole, not field by field", "null says nothing", "neither a sum nor a maximum", "no object is no usage"],
)
def test_usage_is_the_last(values: list[Any], merged: dict[str, int] | None) -> None:
    message, _ = _run(*(_chunk({"text": "a"}, finish="STOP", usageMetadata=value) for value in values))
    assert message.usage == merged
    assert message.native["usageMetadata"] == merged or merged is None


def test_other_fields_are_the_last_that_is_not_null() -> None:
    first = {
        "content": {"role": "model", "x": 1},
        "safetyRatings": [1],
        "groundingMetadata": {"groundingChunks": [1], "webSearchQueries": ["a"]},
        "tokenCount": 3,
        "note": None,
    }
    last = {
        "content": {"role": "user", "x": 2, "y": None},
        "safetyRatings": None,
        "groundingMetadata": {"groundingChunks": [2]},
        "finishReason": "STOP",
        "finishMessage": "done",
    }
    message, irregularities = _run(
        {"candidates": [first], "promptFeedback": {"a": 1}, "unknown": [1], "none": None},
        {"candidates": [last], "promptFeedback": None, "unknown": [2]},
    )
    assert irregularities == []
    assert message.native == {
        "candidates": [
            {
                "content": {"role": "model", "x": 2},
                "safetyRatings": [1],
                "groundingMetadata": {"groundingChunks": [2]},
                "tokenCount": 3,
                "finishReason": "STOP",
                "finishMessage": "done",
            }
        ],
        "promptFeedback": {"a": 1},
        "unknown": [2],
    }


def test_a_finish_reason_that_comes_twice_is_the_last() -> None:
    message, irregularities = _run(_chunk({"text": "a"}, finish="OTHER"), _chunk({"text": "b"}), _chunk(finish="STOP"))
    assert (_only(message).finish_reason, irregularities) == ("STOP", [])


def test_the_probabilities_of_a_chunks_tokens_append() -> None:
    chunks: list[dict[str, Any]] = [_chunk({"text": "a"}), _chunk({"text": "b"}), _chunk({"text": "c"}, finish="STOP")]
    for number, chunk in enumerate(chunks):
        tokens = [{"token": "abc"[number]}]
        chunk["candidates"][0]["logprobsResult"] = {"chosenCandidates": tokens, "logProbabilitySum": -number}
    message, _ = _run(*chunks)
    assert message.native["candidates"][0]["logprobsResult"] == {
        "chosenCandidates": [{"token": "a"}, {"token": "b"}, {"token": "c"}],
        "logProbabilitySum": -2,
    }
    assert chunks[0]["candidates"][0]["logprobsResult"]["chosenCandidates"] == [{"token": "a"}]


# The common view.


def test_calls_of_tools() -> None:
    message, irregularities = _run(
        _chunk({"text": "Let me see."}),
        _chunk(
            {"functionCall": {"id": "c1", "name": "add", "args": {"a": 1, "b": "é"}}, "thoughtSignature": "S"},
            {"functionCall": {"name": "now", "args": {}}},
            {"functionCall": {"name": "list"}},
            {"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "id": "t"}},
            finish="STOP",
        ),
    )
    assert irregularities == []
    calls = _only(message).tool_calls
    assert [(call.id, call.name, call.arguments.text) for call in calls] == [
        ("c1", "add", '{"a": 1, "b": "é"}'),
        ("", "now", "{}"),
        ("", "list", ""),
    ]
    assert [call.parsed for call in calls] == [{"a": 1, "b": "é"}, {}, {}]
    (origin,) = calls[0].arguments.origins(0, 1)
    assert (origin.event, origin.path) == (1, ("candidates", 0, "content", "parts", 0, "functionCall", "args"))


def _partial(path: str, **value: Any) -> dict[str, Any]:
    return {"functionCall": {"partialArgs": [{"jsonPath": path, **value}], "willContinue": True}}


@pytest.mark.parametrize(
    ("parts", "calls"),
    [
        pytest.param(
            [
                {"functionCall": {"id": "c1", "name": "book", "willContinue": True}},
                _partial("$.place.name", stringValue="New ", willContinue=True),
                _partial("$.place.name", stringValue="York"),
                _partial("$.nights[0]", numberValue=3),
                _partial("$.nights[1]", numberValue=4.5),
                _partial("$['nights'][1]", numberValue=5),
                _partial("$['late one']", boolValue=True),
                _partial('$["none"]', nullValue="NULL_VALUE"),
                _partial("$.guests[0].name", stringValue="Ann"),
                _partial("$.guests[0].age", numberValue=7),
                {"functionCall": {}},
                _CALL,
            ],
            [
                (
                    "c1",
                    "book",
                    {
                        "place": {"name": "New York"},
                        "nights": [3, 5],
                        "late one": True,
                        "none": None,
                        "guests": [{"name": "Ann", "age": 7}],
                    },
                ),
                ("", "add", {"a": 1}),
            ],
            id="values and their paths",
        ),
        pytest.param(
            [{"functionCall": {"name": "f", "args": {"a": 1}, "willContinue": True}}, _partial("$.b", numberValue=2)],
            [("", "f", {"a": 1, "b": 2})],
            id="a whole first, and the stream ends",
        ),
        pytest.param(
            [{"functionCall": {"name": "f", "willContinue": True}}, _CALL],
            [("", "f", {}), ("", "add", {"a": 1})],
            id="another call begins",
        ),
        pytest.param(
            [
                {"functionCall": {"name": "f", "willContinue": True}},
                _partial("$.a", stringValue="x"),
                _partial("$.a", numberValue=1),
                _partial("$.a.b", numberValue=2),
                _partial("$.a[0]", numberValue=3),
                _partial("$.l[4].x", numberValue=1),
                _partial("$.l.x", numberValue=2),
                _partial("$", numberValue=4),
                _partial("", numberValue=["x"]),
                {"functionCall": {"partialArgs": [5, {}]}},
            ],
            [("", "f", {"a": {"b": 2, "0": 3}, "l": [{"x": 1}]})],
            id="paths that contradict each other",
        ),
    ],
)
def test_calls_whose_arguments_are_streamed(parts: list[Any], calls: list[tuple[str, str, Any]]) -> None:
    message, irregularities = _run(*(_chunk(part) for part in parts), _chunk(finish="STOP"))
    assert irregularities == []
    assert [(call.id, call.name, call.parsed) for call in _only(message).tool_calls] == calls
    assert message.native["candidates"][0]["content"]["parts"] == parts  # as they came


@pytest.mark.parametrize(
    ("parts", "event", "path"),
    [
        ([_partial("$.a", numberValue=1)], 1, ("candidates", 0, "content", "parts", 0, "functionCall", "partialArgs")),
        ([_partial("$.a", stringValue="x"), _partial("$.a", stringValue="y")], None, ()),
    ],
)
def test_arguments_lead_to_the_part_that_has_them_and_those_of_several_to_none(
    parts: list[Any], event: int | None, path: tuple[Any, ...]
) -> None:
    named = {"functionCall": {"name": "f", "willContinue": True}}
    message, _ = _run(*(_chunk(part) for part in (named, *parts, {"functionCall": {}})), _chunk(finish="STOP"))
    (call,) = _only(message).tool_calls
    assert [(origin.event, origin.path) for origin in call.arguments.origins(0, 1)] == [(event, path)]


def test_code_that_is_run_at_googles_is_a_call_and_awaits_nothing() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}}
    message, irregularities = _run(_chunk({"text": "a"}), _chunk(code, {"text": "b"}, finish="STOP"))
    choice = _only(message)
    assert irregularities == []
    assert [(call.name, call.parsed) for call in choice.tool_calls] == [("code_execution", "print(1)")]
    path = ("candidates", 0, "content", "parts", 0, "executableCode", "code")
    assert [(origin.event, origin.path) for origin in choice.tool_calls[0].arguments.origins(0, 8)] == [(1, path)]
    assert choice.finish == "stop"
    assert _only(_run(_chunk(_CALL, finish="STOP"))[0]).finish == "tool-calls"


def test_media_and_citations() -> None:
    message, _ = _run(
        _chunk({"inlineData": {"mimeType": "image/png", "data": "AAAA"}}),
        _chunk({"inlineData": {"mimeType": "image/png"}}, {"inlineData": 5}),
        _chunk({"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/v.mp4"}}),
        {
            "candidates": [
                {
                    "finishReason": "STOP",
                    "citationMetadata": {"citations": [{"uri": "a"}], "citationSources": [{"uri": "b"}]},
                    "groundingMetadata": {"groundingChunks": [{"web": {"uri": "c"}}]},
                }
            ]
        },
    )
    choice = _only(message)
    assert choice.media == (Media("image/png", "AAAA"), Media("video/mp4", "gs://b/v.mp4"))
    assert choice.citations == ({"uri": "a"}, {"uri": "b"}, {"web": {"uri": "c"}})


@pytest.mark.parametrize(
    ("word", "common"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content-filter"),
        ("RECITATION", "content-filter"),
        ("BLOCKLIST", "content-filter"),
        ("PROHIBITED_CONTENT", "content-filter"),
        ("SPII", "content-filter"),
        ("MODEL_ARMOR", "content-filter"),
        ("IMAGE_SAFETY", "content-filter"),
        ("IMAGE_PROHIBITED_CONTENT", "content-filter"),
        ("IMAGE_RECITATION", "content-filter"),
        ("MALFORMED_FUNCTION_CALL", "other"),
        ("UNEXPECTED_TOOL_CALL", "other"),
        ("LANGUAGE", "content-filter"),
        ("OTHER", "other"),
    ],
)
def test_reasons_to_finish(word: str, common: str) -> None:
    choice = _only(_run(_chunk(finish=word))[0])
    assert (choice.finish_reason, choice.finish) == (word, common)


# Answers that are not streamed.


def test_an_answer() -> None:
    value = {
        "candidates": [
            {
                "content": {
                    "parts": [{"text": "Hm.", "thought": True}, {"text": "a"}, {"text": "b"}, _CALL],
                    "role": "model",
                },
                "finishReason": "STOP",
            },
            {"content": {"parts": [{"text": "c"}]}, "index": 3},
            {"finishReason": "SAFETY"},
        ],
        "usageMetadata": {"totalTokenCount": 3},
        **_AROUND,
    }
    message = Gemini().answer(value)
    assert message.native == value
    assert (message.id, message.model, message.usage, message.errors) == ("r1", "gemini-x", {"totalTokenCount": 3}, ())
    assert [(c.number, c.text.text, c.reasoning.text, c.finish_reason) for c in message.choices] == [
        (0, "ab", "Hm.", "STOP"),
        (3, "c", "", ""),
        (2, "", "", "SAFETY"),
    ]
    assert [call.name for call in message.choices[0].tool_calls] == ["add"]
    (origin,) = message.choices[0].text.origins(1, 2)
    assert origin == (None, ("candidates", 0, "content", "parts", 2, "text"), 0, 1)


@pytest.mark.parametrize(
    ("value", "usage"),
    [
        ({"totalTokens": 8}, None),
        ({"embeddings": [{"values": [0.5]}], "usageMetadata": {"promptTokenCount": 7}}, {"promptTokenCount": 7}),
        ({"predictions": [{}], "metadata": {"billableCharacterCount": 9}}, {"billableCharacterCount": 9}),
        ({"predictions": [{}]}, None),
        ({"metadata": {"a": 1}}, None),
    ],
    ids=["counting", "embeddings", "predictions", "predictions alone", "something else"],
)
def test_what_other_methods_used(value: dict[str, Any], usage: dict[str, int] | None) -> None:
    message = Gemini().answer(value)
    assert (message.usage, message.choices, message.errors, message.native) == (usage, (), (), value)


def test_an_answer_that_is_an_error() -> None:
    error = {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}
    message = Gemini().answer({"error": error})
    assert (message.errors, message.choices, message.usage) == ((error,), (), None)


# What is noted.


@pytest.mark.parametrize(
    ("chunks", "noted"),
    [
        pytest.param([], [(Kind.CUT, "", None)], id="nothing at all"),
        pytest.param([_chunk({"text": "a"}), _chunk({"text": "b"})], [(Kind.CUT, "", 1)], id="cut"),
        pytest.param([_chunk({"text": "a"}), "x"], [(Kind.CUT, "", 1)], id="cut behind junk"),
        pytest.param([{"promptFeedback": {"safetyRatings": []}}], [(Kind.CUT, "", 0)], id="feedback, but no block"),
        pytest.param([{"promptFeedback": {"blockReason": "SAFETY"}}], [], id="a prompt that was blocked"),
        pytest.param([_chunk({"text": "a"}, finish="MAX_TOKENS")], [], id="the limit of tokens"),
        pytest.param(
            [{"candidates": [{"index": 0}, {"index": 1, "finishReason": "STOP"}]}],
            [(Kind.UNFINISHED, "0", 0)],
            id="one of two has finished",
        ),
        pytest.param(
            [_chunk({"text": "a"}), {"error": {"code": 503, "message": "overloaded"}}],
            [(Kind.ERROR, "overloaded", 1)],
            id="an error instead of the end",
        ),
        pytest.param(
            [_chunk({"text": "a"}, responseId="1"), _chunk({"text": "b"}, finish="STOP", responseId="2")],
            [(Kind.MIXED, "1\n2", 1)],
            id="another answer",
        ),
        pytest.param(
            [
                _chunk({"text": "a"}, responseId="1", modelVersion="m"),
                _chunk({"text": "b"}, finish="STOP", responseId="2", modelVersion="n"),
                _chunk({"text": "b"}, finish="STOP", responseId="3", modelVersion="n"),
            ],
            [(Kind.MIXED, "1\n2", 1)],
            id="another answer is said once",
        ),
        pytest.param(
            [_chunk({"text": "a"}, modelVersion="m"), _chunk({"text": "b"}, finish="STOP", modelVersion="n")],
            [(Kind.MIXED, "m\nn", 1)],
            id="another model",
        ),
        pytest.param(
            [_chunk({"text": "a"}, responseId="1"), _chunk({"text": "b"}, finish="STOP", responseId="")],
            [],
            id="an id that is missing later",
        ),
        pytest.param(
            [_chunk({"functionCall": {"name": "add", "args": [1]}}), _chunk(finish="STOP")],
            [(Kind.TOOL_ARGUMENTS, "add\na JSON value, but not an object", 0)],
            id="arguments that are no object",
        ),
        pytest.param(
            [_chunk({"functionCall": {"name": "add", "args": [1]}}), _chunk(finish="MAX_TOKENS")],
            [],
            id="arguments of an answer that was cut on purpose",
        ),
    ],
)
def test_what_is_noted(chunks: list[Any], noted: list[tuple[Kind, str, int | None]]) -> None:
    assert [(item.kind, item.detail, item.event) for item in _run(*chunks)[1]] == noted


def test_an_error_event_may_have_a_shape_of_its_own() -> None:
    message, irregularities = _run(_chunk({"text": "a"}), {"message": "no"}, types={1: "error"})
    assert message.errors == ({"message": "no"},)
    assert [(item.kind, item.detail, item.event) for item in irregularities] == [(Kind.ERROR, "no", 1)]


def test_what_is_noted_is_bounded() -> None:
    _, irregularities = _run(*[{"error": "no"}] * (MAX_IRREGULARITIES + 5))
    assert len(irregularities) == MAX_IRREGULARITIES


def test_a_failed_answer_with_the_type_of_a_stream_is_read_as_the_json_it_is() -> None:
    transcript = _read('{\n  "error": {"code": 400, "message": "bad"}\n}', code=400)
    assert transcript is not None
    assert transcript.message is not None
    assert (transcript.framing, transcript.message.errors) == ("", ({"code": 400, "message": "bad"},))


def test_an_error_may_be_a_member_of_the_array() -> None:
    transcript = _read('[{"error": {"code": 400, "message": "bad"}}]', "application/json")
    assert transcript is not None
    assert [(item.kind, item.detail) for item in transcript.irregularities] == [(Kind.ERROR, "bad")]


# Properties.


@st.composite
def _streams(draw: st.DrawFn) -> tuple[list[tuple[bool, str]], list[dict[str, Any]]]:
    """Texts, thoughts among them, and a stream that has them in fragments."""
    runs: list[tuple[bool, str]] = []
    chunks: list[dict[str, Any]] = []
    thought = draw(st.booleans())
    for text in draw(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4)):
        runs.append((thought, text))
        while text:
            size = draw(st.integers(1, len(text)))
            part: dict[str, Any] = {"text": text[:size], "thought": True} if thought else {"text": text[:size]}
            text = text[size:]
            joins: bool = draw(st.booleans())
            if chunks and joins:
                chunks[-1]["candidates"][0]["content"]["parts"].append(part)
            else:
                chunks.append(_chunk(part))
        thought = not thought
    chunks[-1]["candidates"][0]["finishReason"] = "STOP"
    return runs, chunks


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


@quick
@given(_streams())
def test_however_a_text_is_split_the_message_is_the_same(
    stream: tuple[list[tuple[bool, str]], list[dict[str, Any]]],
) -> None:
    runs, chunks = stream
    message, irregularities = _run(*chunks)
    assert irregularities == []
    assert message.native["candidates"] == [
        {
            "content": {
                "parts": [{"text": text, "thought": True} if thought else {"text": text} for thought, text in runs],
                "role": "model",
            },
            "finishReason": "STOP",
        }
    ]
    choice = _only(message)
    assert choice.text.text == "".join(text for thought, text in runs if not thought)
    assert choice.reasoning.text == "".join(text for thought, text in runs if thought)
    for fragments in (choice.text, choice.reasoning):
        found = "".join(
            _at(chunks[origin.event or 0], origin.path)[origin.start : origin.end]
            for origin in fragments.origins(0, len(fragments.text))
        )
        assert found == fragments.text


_scalars = st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | st.text(max_size=4)
_names = st.sampled_from(
    [
        "text", "thought", "thoughtSignature", "functionCall", "name", "args", "partialArgs", "jsonPath",
        "willContinue", "stringValue", "numberValue", "inlineData", "data", "fileData", "content", "parts", "role",
        "finishReason", "index", "logprobsResult", "groundingMetadata", "groundingChunks", "citationMetadata",
        "candidates", "error", "responseId", "modelVersion", "usageMetadata", "promptFeedback", "blockReason",
        "predictions", "metadata",
    ]
)  # fmt: skip
_json: st.SearchStrategy[Any] = st.recursive(
    _scalars | st.sampled_from(["$.a[0].b", "$['x'][1]", "$"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)
_part = st.dictionaries(_names, _json, max_size=3) | _json
_candidate = st.fixed_dictionaries({"content": st.fixed_dictionaries({"parts": st.lists(_part, max_size=3)})}) | _json
_any_chunk = st.fixed_dictionaries({"candidates": st.lists(_candidate, max_size=3)}) | st.dictionaries(_names, _json)


@settings(deadline=None, max_examples=300)
@given(st.lists(_any_chunk | _json, max_size=6))
def test_no_stream_is_too_strange(chunks: list[Any]) -> None:
    before = json.dumps(chunks)
    message, irregularities = _run(*chunks)
    assert json.dumps(chunks) == before
    assert json.loads(json.dumps(message.native)) == message.native
    assert all(item.event is None or 0 <= item.event < len(chunks) for item in irregularities)


@quick
@given(_any_chunk)
def test_no_answer_is_too_strange(value: dict[str, Any]) -> None:
    before = json.dumps(value)
    assert Gemini().answer(value).native is value
    assert json.dumps(value) == before


def test_a_long_stream_takes_time_in_proportion() -> None:
    def seconds(count: int) -> float:
        chunks = [_chunk({"text": "ab"}), _CHUNKS[0]] * (count // 2) + [_chunk(finish="STOP")]
        event = Event(0, "", "", "", 0, 0, ((0, 0),))
        start = time.process_time()
        accumulator = GeminiAccumulator()
        for chunk in chunks:
            accumulator.add(event, chunk)
        accumulator.finish()
        return time.process_time() - start

    seconds(1000)
    # 20 times as much in proportion, 400 times in squares; a machine that does other things makes it uneven.
    assert seconds(20_000) < 150 * seconds(1000)
