"""What two answers say differently: each difference with its class, by what the protocol means."""

import base64
import gzip
import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.difference import Difference
from tests.recordings import chat, recording, streamed_chat

_CALL = {"id": "call_1a2b3c", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": [1, 2]}'}}
_OTHER = {"id": "call_9z8y7x", "type": "function", "function": {"name": "look", "arguments": '{"at": "sky"}'}}


def _with(call: dict[str, Any], **function: str) -> dict[str, Any]:
    return {**call, "function": {**call["function"], **function}}


def _found(before: str, after: str) -> list[Difference]:
    sides = [load_bytes(text.encode(), "x.json") for text in (before, after)]
    return [one for compared in diff(sides[0], sides[1]).interactions for one in compared.differences]


def _told(before: str, after: str) -> list[tuple[str, str, str, str]]:
    """Kind, change, severity and verdict of what is more than volatile, or of all that is."""
    found = _found(before, after)
    return [(one.kind, one.change, one.severity.label, one.verdict.label) for one in found]


def _answer(value: Any, media_type: str = "application/json", *, url: str = "https://a.example/x") -> str:
    return recording({"q": 1}, value if isinstance(value, str) else json.dumps(value), media_type, url=url)


def _cut(stream: str) -> str:
    return stream.replace("data: [DONE]\\n\\n", "").replace('\\"stop\\"', "null")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(chat(calls=[_CALL]), chat(calls=[_CALL]), [], id="nothing"),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[{**_CALL, "id": "call_5e6f7g"}]),
            [("volatile", "changed", "info", "volatile only")], id="the id of a call",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[_with(_CALL, arguments='{"b":[1,3],"a":1}')]),
            [("arguments", "changed", "warning", "behaviour")], id="an argument",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[_with(_CALL, arguments='{"b": [1, 2], "a": 1}')]),
            [("volatile", "changed", "info", "volatile only")], id="order of keys",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[_with(_CALL, arguments='{"a": "1", "b": [1, 2]}')]),
            [("arguments", "type", "error", "behaviour")], id="an argument of another type",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[{**_CALL, "id": "1wzw08fx"}]),
            [("volatile", "changed", "info", "volatile only")], id="the id of a call, whatever it looks like",
        ),
        pytest.param(
            chat(calls=[_CALL, _with(_CALL, arguments='{"a": 2}')]),
            chat(calls=[_with(_CALL, arguments='{"a": 2}'), _CALL]),
            [("tool-call", "moved", "warning", "behaviour")], id="calls of one tool in another order",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[_with(_CALL, arguments='{"a": 1')]),
            [("arguments", "changed", "error", "broken")], id="arguments that broke",
        ),
        pytest.param(
            chat(calls=[_with(_CALL, arguments='{"a": 1')]), chat(calls=[_CALL]),
            [("arguments", "changed", "warning", "behaviour")], id="arguments that were broken",
        ),
        pytest.param(
            chat(calls=[_CALL]), chat(calls=[_CALL, _OTHER]),
            [("tool-call", "added", "warning", "behaviour")], id="a call more",
        ),
        pytest.param(
            chat(calls=[_CALL, _OTHER]), chat(calls=[_OTHER]),
            [("tool-call", "removed", "error", "broken")], id="a lost call",
        ),
        pytest.param(
            chat(calls=[_CALL, _OTHER]), chat(calls=[_OTHER, _CALL]),
            [("tool-call", "moved", "warning", "behaviour")], id="calls in another order",
        ),
        pytest.param(
            chat(), chat(more={"error": {"message": "no"}}),
            [("error", "added", "error", "broken")], id="an error",
        ),
        pytest.param(
            chat(more={"error": {"message": "no"}}), chat(),
            [("error", "removed", "warning", "behaviour")], id="no error any more",
        ),
        pytest.param(
            chat(finish="stop"), chat(finish=""), [("finish-reason", "changed", "error", "broken")], id="no finish",
        ),
        pytest.param(
            streamed_chat(["Hel", "lo"]), streamed_chat(["H", "e", "l", "lo"], ident="chatcmpl-0a1b2c3d4e5f6g7h8i9j"),
            [("fragments", "changed", "info", "volatile only"), ("volatile", "changed", "info", "volatile only")],
            id="other fragments",
        ),
        pytest.param(
            streamed_chat(["Hello"]), _cut(streamed_chat(["Hello"])),
            [
                ("fragments", "changed", "info", "volatile only"), ("truncation", "added", "error", "broken"),
                ("finish-reason", "changed", "error", "broken"),
            ],
            id="a cut stream",
        ),
        pytest.param(
            _cut(streamed_chat(["Hello"])), streamed_chat(["Hello"]),
            [
                ("fragments", "changed", "info", "volatile only"), ("truncation", "removed", "info", "behaviour"),
                ("finish-reason", "changed", "warning", "behaviour"),
            ],
            id="a stream that was cut",
        ),
        pytest.param(
            streamed_chat(["Hello there"]), chat(),
            [
                ("content-type", "changed", "warning", "behaviour"),
                ("content-type", "changed", "warning", "behaviour"),
                ("volatile", "changed", "info", "volatile only"),
            ],
            id="one answer for a stream",
        ),
        pytest.param(
            chat(), chat(code=429), [("status", "changed", "error", "broken")], id="a status that says no",
        ),
        pytest.param(chat(code=500), chat(code=503), [("status", "changed", "warning", "behaviour")], id="another no"),
    ],
)  # fmt: skip
def test_an_answer_of_a_protocol_differs_by_what_it_means(
    before: str, after: str, expected: list[tuple[str, str, str, str]]
) -> None:
    told = _told(before, after)
    # Of requests and counts there are tests of their own.
    left = ("usage", "parameters", "shape", "messages")
    assert [one for one in told if one[0] not in left] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": 1, "b": [1]}, {"b": [1], "a": 1.0}, [], id="order and spelling"),
        pytest.param(
            {"a": {"b": 1}}, {"a": {"b": 2}}, [("body", ("a", "b"), "changed", "behaviour")], id="a value"
        ),
        pytest.param(
            {"a": 1}, {"a": 1, "b": 1}, [("shape", ("b",), "added", "volatile only")], id="a field more"
        ),
        pytest.param({"a": 1, "b": 1}, {"a": 1}, [("shape", ("b",), "removed", "behaviour")], id="a field less"),
        pytest.param({"a": 1}, {"a": "1"}, [("shape", ("a",), "type", "broken")], id="another type"),
        pytest.param({"a": 1}, {"a": None}, [("shape", ("a",), "type", "behaviour")], id="null"),
        pytest.param({"a": None}, {"a": 1}, [("shape", ("a",), "type", "volatile only")], id="no null any more"),
        pytest.param({"a": 0}, {"a": None}, [("shape", ("a",), "type", "volatile only")], id="null for nothing"),
        pytest.param(
            {"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 2}, {"x": 1}]}, [("order", ("a", 1), "moved", "behaviour")],
            id="another order",
        ),
        pytest.param(
            {"id": 123456, "n": 1}, {"id": 123999, "n": 1}, [("volatile", ("id",), "changed", "volatile only")],
            id="a number that is an id",
        ),
        pytest.param(
            {"time": {"city": "Rome"}}, {"time": {"city": "Paris"}},
            [("body", ("time", "city"), "changed", "behaviour")], id="an object that is called as a date may be",
        ),
        pytest.param({"a": [1, 2]}, {"a": [1, 3]}, [("body", ("a", 1), "changed", "behaviour")], id="an item"),
        pytest.param({"a": [1, 2]}, {"a": [1]}, [("body", ("a", 1), "removed", "behaviour")], id="an item less"),
        pytest.param(
            {"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}, {"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
            [("volatile", ("id",), "changed", "volatile only")], id="an id",
        ),
        pytest.param(
            {"created_at": 1}, {"created_at": 2}, [("volatile", ("created_at",), "changed", "volatile only")],
            id="a date",
        ),
        pytest.param([1], {"a": 1}, [("body", (), "type", "behaviour")], id="an object for a list"),
        pytest.param("some text", "other text", [("body", (), "changed", "behaviour")], id="text"),
        pytest.param('{"a": 1', '{"a": 1}', [("body", (), "changed", "behaviour")], id="JSON that was broken"),
        pytest.param(
            "some text " * 10, "some text " * 8, [("truncation", (), "added", "broken")], id="text that was cut"
        ),
        pytest.param('{"a": 1}', '{"a": 1', [("truncation", (), "added", "broken")], id="JSON that broke"),
    ],
)  # fmt: skip
def test_an_answer_of_no_protocol_differs_by_its_json(
    before: Any, after: Any, expected: list[tuple[str, tuple[str | int, ...], str, str]]
) -> None:
    found = _found(_answer(before), _answer(after))
    assert [(one.kind, one.path, one.change, one.verdict.label) for one in found] == expected


def test_headers_of_answers_are_volatile_but_for_the_type() -> None:
    before, after = _answer({"a": 1}), _answer({"a": 1}, "application/problem+json")
    assert [(one.kind, one.before, one.after) for one in _found(before, after)] == [
        ("content-type", "application/json", "application/problem+json")
    ]
    value = json.loads(before)
    value["interactions"][0]["response"]["headers"]["Date"] = ["today"]
    assert [(one.kind, one.path, one.change) for one in _found(before, json.dumps(value))] == [
        ("volatile", ("date",), "added")
    ]


def test_bytes_that_are_no_text_are_compared_as_bytes() -> None:
    def picture(data: bytes) -> str:
        value = json.loads(_answer("", "image/png"))
        value["interactions"][0]["response"]["body"] = {"base64_string": data.hex()}
        return json.dumps(value)

    assert [one.kind for one in _found(picture(b"\x89\xff1"), picture(b"\x89\xff2"))] == ["body"]


def _anthropic(content: list[dict[str, Any]], **more: Any) -> str:
    answer = {
        "id": "msg_01AbCdEfGhJkLmNpQrStUvWx", "type": "message", "role": "assistant", "model": "claude-x",
        "content": content, "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}, **more,
    }  # fmt: skip
    return _answer(answer, url="https://api.anthropic.com/v1/messages")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            _anthropic([{"type": "thinking", "thinking": "Hm.", "signature": "abc"}, {"type": "text", "text": "Hi"}]),
            _anthropic([{"type": "thinking", "thinking": "Ho.", "signature": "def"}, {"type": "text", "text": "Hi"}]),
            [("reasoning", "wording"), ("volatile", "volatile only")], id="reasoning and its signature",
        ),
        pytest.param(
            _anthropic([{"type": "text", "text": "Hi"}]),
            _anthropic([{"type": "text", "text": "Hi"}], model="claude-y"),
            [("model", "behaviour")], id="another model",
        ),
        pytest.param(
            _anthropic([{"type": "text", "text": "Hi"}]),
            _anthropic([{"type": "text", "text": "Hi"}], usage={"input_tokens": 1, "output_tokens": 9}),
            [("usage", "volatile only")], id="usage",
        ),
        pytest.param(
            _anthropic([{"type": "text", "text": "Hi", "citations": [{"cited_text": "a", "type": "char_location"}]}]),
            _anthropic([{"type": "text", "text": "Hi", "citations": [{"cited_text": "b", "type": "char_location"}]}]),
            [("citations", "wording")], id="citations",
        ),
    ],
)  # fmt: skip
def test_parts_of_an_answer_have_classes_of_their_own(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.verdict.label) for one in _found(before, after)] == expected


def test_the_id_of_a_request_in_the_words_of_an_error_is_volatile() -> None:
    def failed(ident: str, said: str = "Failed") -> str:
        error = {"message": f"{said}. Tell us the request ID {ident}.", "type": "server_error"}
        return recording({"q": 1}, json.dumps({"error": error}), "application/json", code=500)

    one, other = failed("req_0a1b2c3d4e5f60718293a4b5"), failed("req_9f8e7d6c5b4a39281706f5e4")
    assert _told(one, other) == [("volatile", "changed", "info", "volatile only")]
    later = failed("req_9f8e7d6c5b4a39281706f5e4", "Overloaded")
    assert _told(one, later) == [("error", "changed", "warning", "behaviour")]


def _transcript(text: str, start: float = 0.5) -> str:
    value = {"text": text, "segments": [{"id": 0, "start": start, "text": text}]} if text else {"text": text}
    return _answer(value, url="https://api.openai.com/v1/audio/transcriptions")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(_transcript("Hello you"), ("text", "wording"), id="a word"),
        pytest.param(_transcript("Hello there", 0.75), ("volatile", "volatile only"), id="a time"),
        pytest.param(_transcript(""), ("text", "broken"), id="nothing"),
    ],
)
def test_what_a_transcript_says_is_wording(after: str, expected: tuple[str, str]) -> None:
    found = _told(_transcript("Hello there"), after)
    assert found[0][::3] == expected


def test_tokens_that_a_server_hands_out_are_others_each_time() -> None:
    def granted(access: str, refresh: str, kind: str = "Bearer") -> str:
        return _answer({"access_token": access, "refresh_token": refresh, "token_type": kind})

    found = _told(granted("a1", "r1"), granted("a2", "r2"))
    assert found == [("volatile", "changed", "info", "volatile only")] * 2
    assert _told(granted("a1", "r1"), granted("a2", "r2", "mac"))[-1] == ("body", "changed", "warning", "behaviour")


@pytest.mark.parametrize(
    ("headers", "after", "expected"),
    [
        ({"Content-Encoding": ["gzip"]}, {}, "broken"),
        ({}, {"Content-Encoding": ["gzip"]}, "behaviour"),
        ({"Content-Encoding": ["gzip"]}, {"Content-Encoding": ["x-gzip"]}, "volatile only"),
    ],
    ids=["lost", "come", "another name"],
)
def test_the_same_bytes_are_another_answer_when_they_are_decoded_in_another_way(
    headers: dict[str, list[str]], after: dict[str, list[str]], expected: str
) -> None:
    def packed(headers: dict[str, list[str]]) -> str:
        value = json.loads(chat())
        response = value["interactions"][0]["response"]
        response["headers"] |= headers
        body = gzip.compress(response["body"]["string"].encode())
        response["body"] = {"base64_string": base64.b64encode(body).decode()}
        return json.dumps(value)

    assert max(one.verdict for one in _found(packed(headers), packed(after))).label == expected
