"""What an answer has besides its message differs, too: blocks that no reader knows, vectors, verdicts, orders."""

import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import CassetteDiff
from tests.recordings import chat, recording


def _compared(before: str, after: str) -> CassetteDiff:
    sides = [load_bytes(text.encode(), "x.json") for text in (before, after)]
    return diff(sides[0], sides[1])


def _told(before: str, after: str) -> list[tuple[str, str, tuple[str | int, ...], str]]:
    found = (one for it in _compared(before, after).interactions for one in it.differences)
    return [(one.kind, one.change, one.path, one.verdict.label) for one in found]


_HOSTS = {
    "anthropic": "https://api.anthropic.com/v1/messages",
    "responses": "https://api.openai.com/v1/responses",
    "embeddings": "https://api.openai.com/v1/embeddings",
    "rerank": "https://api.cohere.com/v2/rerank",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:generateContent",
    "converse": "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse",
    "titan": "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke",
    "moderations": "https://api.openai.com/v1/moderations",
}


def _answer(api: str, value: dict[str, Any]) -> str:
    return recording({"q": 1}, json.dumps(value), "application/json", url=_HOSTS[api])


def _anthropic(*content: dict[str, Any]) -> str:
    answer = {
        "id": "msg_01AbCdEfGhJkLmNpQrStUvWx", "type": "message", "role": "assistant", "model": "claude-x",
        "content": list(content), "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    return _answer("anthropic", answer)


def _responses(*output: dict[str, Any]) -> str:
    answer = {
        "id": "resp_" + "0a" * 20, "object": "response", "status": "completed", "model": "gpt-x",
        "output": list(output), "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
    }  # fmt: skip
    return _answer("responses", answer)


def _gemini(*parts: dict[str, Any], **more: Any) -> str:
    candidate = {"content": {"parts": list(parts), "role": "model"}, "finishReason": "STOP", "index": 0, **more}
    return _answer("gemini", {"candidates": [candidate], "modelVersion": "gemini-x"})


def _converse(*content: dict[str, Any]) -> str:
    message = {"role": "assistant", "content": list(content)}
    return _answer("converse", {"output": {"message": message}, "stopReason": "end_turn", "metrics": {"latencyMs": 1}})


def _embedding(*vectors: list[float]) -> str:
    data = [{"object": "embedding", "index": number, "embedding": vector} for number, vector in enumerate(vectors)]
    return _answer("embeddings", {"object": "list", "data": data, "model": "e", "usage": {"prompt_tokens": 1}})


def _moderation(*, flagged: bool) -> str:
    results = [{"flagged": flagged, "categories": {"hate": flagged}}]
    return _answer("moderations", {"id": "modr-1", "model": "omni", "results": results})


_TEXT = {"type": "text", "text": "Hi"}
_USE = {"type": "tool_use", "id": "toolu_01A", "name": "add", "input": {"a": 1}}
_SEARCHED = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01A", "content": [{"title": "Rome"}]}
_SEARCH = {"type": "server_tool_use", "id": "srvtoolu_01A", "name": "web_search", "input": {"query": "Rome"}}
_SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
_FOUND = {"type": "tool_search_output", "tools": [{"name": "weather"}]}
_VECTOR = [number / 100 for number in range(20)]
_OTHER = [-number / 100 for number in range(20)]
_PARTS = ("candidates", 0, "content", "parts")
_RAN = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "4"}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            _anthropic(_SEARCHED, _TEXT), _anthropic(_TEXT),
            [("body", "removed", ("content", 0), "behaviour")], id="a result of the provider's own tool went",
        ),
        pytest.param(
            _anthropic({**_SEARCHED, "content": [{"title": "Rome"}]}, _TEXT),
            _anthropic({**_SEARCHED, "content": [{"title": "Paris"}]}, _TEXT),
            [("body", "changed", ("content", 0, "content", 0, "title"), "behaviour")], id="such a result changed",
        ),
        pytest.param(
            _anthropic(_TEXT, _USE), _anthropic(_USE, _TEXT),
            [("order", "moved", ("content", 1), "behaviour")], id="blocks in another order",
        ),
        pytest.param(
            _anthropic(_TEXT), _anthropic({"type": "text", "text": "H"}, {"type": "text", "text": "i"}),
            [("volatile", "added", ("content", 1), "volatile only")], id="the same text in two blocks",
        ),
        pytest.param(
            _anthropic({**_TEXT, "citations": [{}]}), _anthropic({**_TEXT, "citations": [{"cited_text": "Rome"}]}),
            [("citations", "added", (0, "cited_text"), "wording")], id="what says nothing is now read",
        ),
        pytest.param(
            _responses(_FOUND, _SAID), _responses(_SAID),
            [("body", "removed", ("output", 0), "behaviour")], id="an item of the output went",
        ),
        pytest.param(
            _responses({"type": "reasoning", "id": "rs_" + "0a" * 20, "summary": []}, _SAID), _responses(_SAID),
            [("shape", "removed", ("output", 0), "volatile only")], id="a thought without a word went",
        ),
        pytest.param(
            _anthropic(_SEARCH, _SEARCHED, _TEXT),
            _anthropic({**_SEARCH, "id": "srvtoolu_02"}, {**_SEARCHED, "tool_use_id": "srvtoolu_02"}, _TEXT),
            [
                ("volatile", "changed", ("tool_calls", 0, "id"), "volatile only"),
                ("volatile", "changed", ("content", 1, "tool_use_id"), "volatile only"),
            ],
            id="the ids of a search and its result",
        ),
        pytest.param(
            _anthropic(_SEARCH, _SEARCHED, _TEXT),
            _anthropic({**_SEARCH, "id": "srvtoolu_02"}, {**_SEARCHED, "tool_use_id": "srvtoolu_03"}, _TEXT),
            [
                ("volatile", "changed", ("tool_calls", 0, "id"), "volatile only"),
                ("body", "changed", ("content", 1, "tool_use_id"), "behaviour"),
            ],
            id="the result of another search",
        ),
        pytest.param(
            _anthropic({"type": "redacted_thinking", "data": "a1B2" * 20}, _TEXT),
            _anthropic({"type": "redacted_thinking", "data": "c3D4" * 20}, _TEXT),
            [("volatile", "changed", ("content", 0, "data"), "volatile only")], id="a thought that nobody can read",
        ),
        pytest.param(
            _gemini({"toolCall": {"id": "0yzlft9k"}}, {"toolResponse": {"id": "0yzlft9k"}}),
            _gemini({"toolCall": {"id": "9abc"}}, {"toolResponse": {"id": "9abc"}}),
            [
                ("volatile", "changed", (*_PARTS, 0, "toolCall", "id"), "volatile only"),
                ("volatile", "changed", (*_PARTS, 1, "toolResponse", "id"), "volatile only"),
            ],
            id="short ids of the provider's own tools",
        ),
        pytest.param(
            _gemini({"text": "Hi"}, _RAN), _gemini({"text": "Hi"}),
            [("body", "removed", ("candidates", 0, "content", "parts", 1), "behaviour")], id="a result of code went",
        ),
        pytest.param(
            _gemini({"text": "Hi"}, groundingMetadata={"webSearchQueries": ["x y"]}),
            _gemini({"text": "Hi"}, groundingMetadata={"webSearchQueries": ["x z"]}),
            [("citations", "changed", ("candidates", 0, "groundingMetadata", "webSearchQueries", 0), "wording")],
            id="what was searched for",
        ),
        pytest.param(
            _converse({"text": "Hi"}, {"toolResult": {"content": [{"text": "4"}]}}),
            _converse({"text": "Hi"}, {"toolResult": {"content": [{"text": "5"}]}}),
            [("body", "changed", ("output", "message", "content", 1, "toolResult", "content", 0, "text"), "behaviour")],
            id="a result within Converse",
        ),
        pytest.param(
            _embedding(_VECTOR), _embedding([*_VECTOR[:-1], 7.0]),
            [("body", "changed", ("data", 0, "embedding"), "behaviour")], id="a number of a vector",
        ),
        pytest.param(
            _embedding(_VECTOR, _OTHER), _embedding(_VECTOR),
            [("body", "removed", ("data", 1), "behaviour")], id="a vector less",
        ),
        pytest.param(
            _embedding(_VECTOR, _OTHER), _embedding(_OTHER, _VECTOR),
            [
                ("body", "changed", ("data", 0, "embedding"), "behaviour"),
                ("body", "changed", ("data", 1, "embedding"), "behaviour"),
            ],
            id="vectors that were swapped",
        ),
        pytest.param(
            _answer("titan", {"embedding": _VECTOR, "inputTextTokenCount": 2}),
            _answer("titan", {"embedding": _OTHER, "inputTextTokenCount": 2}),
            [("body", "changed", ("embedding",), "behaviour")], id="a vector of an invoked model",
        ),
        pytest.param(
            _answer("rerank", {"results": [{"index": 0, "relevance_score": 2}, {"index": 1, "relevance_score": 1}]}),
            _answer("rerank", {"results": [{"index": 1, "relevance_score": 1}, {"index": 0, "relevance_score": 2}]}),
            [("order", "moved", ("results", 1), "behaviour")], id="another ranking",
        ),
        pytest.param(
            _moderation(flagged=False), _moderation(flagged=True),
            [
                ("body", "changed", ("results", 0, "flagged"), "behaviour"),
                ("body", "changed", ("results", 0, "categories", "hate"), "behaviour"),
            ],
            id="another verdict",
        ),
        pytest.param(
            _converse({"text": "Hi"}), _converse({"text": "Hi"}).replace('latencyMs\\": 1', 'latencyMs\\": 2'),
            [("volatile", "changed", ("metrics", "latencyMs"), "volatile only")], id="how long it took",
        ),
    ],
)  # fmt: skip
def test_what_is_not_of_the_message_is_told_by_path(
    before: str, after: str, expected: list[tuple[str, str, tuple[str | int, ...], str]]
) -> None:
    assert _told(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"provider": "A"}, {"provider": "B"}),
        ({"provider": "A"}, {}),
        ({"timings": {"predicted_ms": 1}}, {"timings": {"predicted_ms": 2}}),
        ({"moderation": {"category_scores": {"hate": 0.1}}}, {"moderation": {"category_scores": {"hate": 0.2}}}),
        ({"prompt_filter_results": [{"hate": {"filtered": False}}]}, {"prompt_filter_results": []}),
        ({"prompt_filter_results": [{"hate": {"filtered": False}}]}, {}),
    ],
)
def test_who_passed_an_answer_on_and_what_filters_think_of_it_is_volatile(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    told = _told(chat(more=before), chat(more=after))
    assert {(kind, verdict) for kind, _, _, verdict in told} == {("volatile", "volatile only")}


def test_what_repeats_the_message_is_told_once() -> None:
    before, after = (_with_message(words) for words in ("Hm.", "Ho."))
    assert [(kind, verdict) for kind, _, _, verdict in _told(before, after)] == [("reasoning", "wording")]
    assert [(kind, verdict) for kind, _, _, verdict in _told(before, _with_message("Hm.", "Ho."))] == [
        ("volatile", "volatile only")
    ]
    before, after = (_with_message("", words) for words in ("Hm.", "Ho."))  # it repeats nothing
    assert [(kind, verdict) for kind, _, _, verdict in _told(before, after)] == [("reasoning", "wording")]


def _with_message(words: str, details: str = "") -> str:
    message = {
        "role": "assistant", "content": "Hi", "reasoning": words,
        "reasoning_details": [{"type": "reasoning.text", "text": details or words, "index": 0}],
    }  # fmt: skip
    answer = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    url = "https://openrouter.ai/api/v1/chat/completions"
    return recording({"q": 1}, json.dumps(answer), "application/json", url=url)


def test_what_nobody_reads_of_a_stream_is_volatile() -> None:
    def stream(time: str) -> str:
        chunks = [
            {"model": "m", "created_at": time, "message": {"role": "assistant", "content": "Hi"}, "done": False},
            {"model": "m", "created_at": "z", "message": {"content": ""}, "done": True, "done_reason": "stop"},
        ]
        body = "".join(f"{json.dumps(chunk)}\n" for chunk in chunks)
        return recording({"q": 1}, body, "application/x-ndjson", url="http://localhost:11434/api/chat")

    assert _told(stream("a"), stream("b")) == [("volatile", "changed", ("body",), "volatile only")]
    assert _told(stream("a"), stream("a")) == []


def _streamed_response(*deltas: str, whole: str = "Hello you", numbered: bool = False) -> str:
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    part = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    done = {**item, "content": [{"type": "output_text", "text": whole}]}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        *({"type": "response.output_text.delta", **part, "delta": delta} for delta in deltas),
        {"type": "response.output_text.done", **part, "text": whole},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": {"id": "resp_1", "status": "completed", "output": [done]}},
    ]
    for number, event in enumerate(events) if numbered else ():
        event["sequence_number"] = number
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return recording({"stream": True}, body, "text/event-stream", url=_HOSTS["responses"])


def test_fragments_that_are_not_what_the_provider_says_they_are_have_broken() -> None:
    good, bad = _streamed_response("Hello", " you"), _streamed_response("Hello", " me")
    assert _told(good, _streamed_response("Hel", "lo y", "ou")) == [("fragments", "changed", (), "volatile only")]
    assert _told(good, bad) == [("text", "added", (), "broken")]
    assert ("text", "added", (), "broken") in _told(good, _streamed_response("Hello"))
    assert _told(bad, good) == [("text", "removed", (), "behaviour")]


def test_a_stream_with_an_event_that_cannot_be_read_has_broken() -> None:
    good = _streamed_response("Hello", " you")
    bad = good.replace('output_text.delta\\", ', "", 1)
    assert good != bad
    assert ("truncation", "added", (), "broken") in _told(good, bad)
    assert ("truncation", "removed", (), "behaviour") in _told(bad, good)


def test_a_stream_whose_numbers_have_a_gap_has_broken_if_a_part_of_a_text_is_missing() -> None:
    def without(number: int) -> str:
        value = json.loads(good)
        body = value["interactions"][0]["response"]["body"]
        events = body["string"].split("\n\n")
        body["string"] = "\n\n".join([*events[:number], *events[number + 1 :]])
        return json.dumps(value)

    good = _streamed_response("Hello", " you", numbered=True)
    assert ("truncation", "added", (), "broken") in _told(good, without(3))  # a fragment
    assert ("truncation", "removed", (), "behaviour") in _told(without(3), good)
    assert _told(good, without(1)) == [("fragments", "changed", (), "volatile only")]
    # Cut in other pieces by one who does not count anew.
    finer = _streamed_response("Hel", "lo", " you", numbered=True)
    halves = finer.replace('sequence_number\\": 3', 'sequence_number\\": 2')
    assert halves != finer
    assert {verdict for *_, verdict in _told(good, halves)} == {"volatile only"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("", [("text", "removed", "broken")], id="empty"),
        pytest.param(None, [("text", "removed", "broken")], id="null"),
        pytest.param(5, [("text", "removed", "broken"), ("shape", "type", "broken")], id="a number"),
        pytest.param(
            [{"type": "text", "text": "Hello there"}], [("shape", "type", "broken")], id="a list that says the same"
        ),
    ],
)
def test_an_answer_that_says_nothing_any_more_is_broken(content: Any, expected: list[tuple[str, str, str]]) -> None:
    value = json.loads(chat())
    answer = json.loads(value["interactions"][0]["response"]["body"]["string"])
    answer["choices"][0]["message"]["content"] = content
    value["interactions"][0]["response"]["body"]["string"] = json.dumps(answer)
    told = [(kind, change, verdict) for kind, change, _, verdict in _told(chat(), json.dumps(value))]
    assert told == expected


def _with_usage(usage: Any) -> str:
    return chat(more={"usage_is": 1}).replace(
        json.dumps(json.dumps({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}))[1:-1],
        json.dumps(json.dumps(usage))[1:-1],
    )


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, ("usage", "removed", "behaviour")),
        ({"prompt_tokens": 3, "completion_tokens": 5}, ("usage", "removed", "behaviour")),
        ({"prompt_tokens": "3", "completion_tokens": 5, "total_tokens": 8}, ("usage", "type", "broken")),
        ({"prompt_tokens": 4, "completion_tokens": 5, "total_tokens": 8}, ("usage", "changed", "volatile only")),
        (
            {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8, "cached": 1},
            ("usage", "added", "volatile only"),
        ),
    ],
)
def test_usage_that_is_lost_or_of_another_type_is_more_than_another_count(
    usage: Any, expected: tuple[str, str, str]
) -> None:
    before = _with_usage({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8})
    assert [(kind, change, verdict) for kind, change, _, verdict in _told(before, _with_usage(usage))] == [expected]


@pytest.mark.parametrize("name", ["id", "created"])
def test_what_is_new_in_every_recording_may_not_be_of_another_type(name: str) -> None:
    told = _told(chat(), chat(more={name: {"a": 1}}))
    assert ("shape", "type", (name,), "broken") in told


_ERROR = '{"error": {"message": "Rate limit reached", "type": "rate_limit"}}'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(chat(), "", [("truncation", "added")], id="empty"),
        pytest.param(chat(), '{"id": "x", "choi', [("truncation", "added")], id="half"),
        pytest.param(chat(), _ERROR, [("error", "added"), ("text", "removed")], id="an error"),
    ],
)
def test_an_answer_that_was_cut_or_failed_is_broken(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    value = json.loads(before)
    value["interactions"][0]["response"]["body"]["string"] = after
    result = _compared(before, json.dumps(value))
    told = [(one.kind, one.change) for one in result.interactions[0].differences if one.severity.label == "error"]
    assert (told, result.verdict.label) == (expected, "broken")


@pytest.mark.parametrize(
    "url", ["https://api.cohere.com/v2/chat", "http://localhost:11434/api/chat", "https://a.example/x"]
)
def test_an_error_is_one_whichever_api_has_it(url: str) -> None:
    said = {
        "https://api.cohere.com/v2/chat": {
            "id": "x", "message": {"role": "assistant", "content": [_TEXT]}, "finish_reason": "COMPLETE",
        },
        "http://localhost:11434/api/chat": {"message": {"role": "assistant", "content": "Hi"}, "done": True},
    }.get(url, {"a": 1})  # fmt: skip
    before, after = (recording({"q": 1}, answer, "application/json", url=url) for answer in (json.dumps(said), _ERROR))
    result = _compared(before, after)
    assert "error" in {one.kind for one in result.interactions[0].differences}
    assert result.verdict.label == "broken"


@pytest.mark.parametrize("side", [0, 1])
def test_what_only_one_side_says_is_told(side: int) -> None:
    sides = [chat(), recording({"model": "m"}, '{"a": 1}', "application/json", url="https://a.example/x")]
    value = json.loads(sides[1])
    value["interactions"][0]["request"] = json.loads(sides[0])["interactions"][0]["request"]
    sides[1] = json.dumps(value)
    told = _told(sides[side], sides[1 - side])
    assert ("text", "removed" if side == 0 else "added") in {(kind, change) for kind, change, _, _ in told}
