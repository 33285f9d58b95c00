"""Answers put together, and what is said of those that are not whole."""

import json
import struct
import zlib
from typing import Any

import pytest

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.operations.reassemble import Reassembled, reassemble

CHAT = "https://api.example.com/v1/chat/completions"
HELLO = {"id": "a", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hello"}}]}
WORLD = {**HELLO, "choices": [{"index": 0, "delta": {"content": ", world"}, "finish_reason": "stop"}]}


def _interaction(url: str, body: str | bytes, content_type: str, code: int = 200) -> Interaction:
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url=url)
    headers = Headers([Header("Content-Type", content_type, ())])
    response = Response((), {}, headers, Body(body, (), headers), None, code=code, status_line="")
    return Interaction(0, (), request, response, None)


def _stream(*events: Any, url: str = CHAT, end: str = "\n\n") -> Reassembled:
    data = [event if isinstance(event, str) else json.dumps(event) for event in events]
    item = reassemble(_interaction(url, "\n\n".join(f"data: {text}" for text in data) + end, "text/event-stream"))
    assert item is not None
    return item


def test_a_stream_is_put_together() -> None:
    item = _stream(HELLO, WORLD, "[DONE]")
    assert item.message is not None
    assert item.message.choices[0].text.text == "Hello, world"
    assert item.message.native["choices"][0]["message"] == {"content": "Hello, world"}
    assert (item.protocol, item.streamed, item.events, item.problems) == ("openai-chat", True, (), ())


def test_an_answer_that_is_not_streamed_is_itself() -> None:
    answer = {"object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Hi"}}]}
    item = reassemble(_interaction(CHAT, json.dumps(answer), "application/json"))
    assert item is not None
    assert item.message is not None
    assert (item.message.native, item.streamed, item.problems) == (answer, False, ())


@pytest.mark.parametrize(
    ("events", "end", "problem"),
    [
        ([HELLO], "\n\n", "event 0: the stream is cut here: neither its last word nor a finish reason came"),
        ([HELLO, "[DONE]"], "\n\n", "event 0: the answer has no finish reason"),
        ([HELLO, "{", WORLD, "[DONE]"], "\n\n", "event 1: its data is not JSON (expecting property name"),
        ([HELLO, WORLD, "[DONE]", HELLO], "\n\n", "event 3: it comes after the last word of the stream"),
        ([HELLO, {"error": {"message": "Overloaded"}}], "\n\n", "event 1: the provider reports an error: Overloaded"),
        ([HELLO, WORLD, "[DONE]"], "\n", "event 2: no blank line ends it: clients that follow the standard drop it"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_put_together(events: list[Any], end: str, problem: str) -> None:
    item = _stream(*events, end=end)
    assert item.message is not None
    assert item.message.choices[0].text.text.startswith("Hello")
    assert len(item.problems) == 1
    assert item.problems[0].startswith(problem)


def test_a_chat_that_is_finished_is_whole_without_its_last_word() -> None:
    item = _stream(HELLO, WORLD)
    assert item.message is not None
    assert item.message.choices[0].finish == "stop"
    assert item.problems == ()


def test_a_last_word_that_carries_something_is_missed() -> None:
    start = {"type": "message_start", "message": {"role": "assistant", "content": []}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in (start, end))
    item = reassemble(_interaction("https://api.example.com/v1/messages", body, "text/event-stream"))
    assert item is not None
    assert item.problems == ("event 1: the last word of the stream is missing",)


def test_what_comes_behind_the_last_word_is_counted() -> None:
    item = _stream(HELLO, WORLD, "[DONE]", HELLO, HELLO, "[DONE]")
    assert item.problems == ("event 3, and 2 more: they come after the last word of the stream, and are left out",)


def test_what_the_model_wrote_is_no_damage_of_the_stream() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": "{oops"}}
    chunk = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    assert _stream(chunk, "[DONE]").problems == ()


def test_numbered_events_of_which_one_is_lost_are_said_in_words() -> None:
    url = "https://api.example.com/v1/responses"
    created = {"type": "response.created", "sequence_number": 0, "response": {"id": "r", "object": "response"}}
    done = {"type": "response.completed", "sequence_number": 2, "response": {"id": "r", "object": "response"}}
    assert "event 1: events are missing or out of order: number 1, 2" in _stream(created, done, url=url).problems


def test_events_of_no_known_protocol_are_left_as_they_are() -> None:
    text = ': hello\n\nevent: note\nid: 7\ndata: {"a": 1}\n\ndata: plain\n\n'
    item = reassemble(_interaction("https://example.com/events", text, "text/event-stream"))
    assert item is not None
    assert (item.protocol, item.message, item.problems) == ("", None, ())
    assert item.events == ({"type": "note", "id": "7", "data": {"a": 1}}, {"id": "7", "data": "plain"})


def test_frames_of_an_unknown_service_are_left_as_they_are_and_a_cut_is_said() -> None:
    name = b"\x0b:event-type\x07" + struct.pack(">H", 4) + b"note"
    prelude = struct.pack(">II", 16 + len(name) + 2, len(name))
    frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + name + b"{}"
    frame += struct.pack(">I", zlib.crc32(frame))
    interaction = _interaction("https://example.com/", frame + frame[:20], "application/vnd.amazon.eventstream")
    item = reassemble(interaction)
    assert item is not None
    assert item.events == ({"type": "note", "data": {}},)
    assert item.problems == (f"event 1: the frame is cut: {len(frame) - 20} of its {len(frame)} bytes are missing",)


def test_what_is_neither_a_stream_nor_known_has_no_message() -> None:
    assert reassemble(_interaction("https://example.com/", "<p>", "text/html")) is None


def test_an_answer_that_is_nested_too_deeply_is_said_to_be() -> None:
    depth = 900
    deep: Any = "x"
    for _ in range(depth):
        deep = {"a": deep}
    item = _stream({"choices": [{"index": 0, "delta": {"content": "Hi", "x": deep}}]}, WORLD, "[DONE]")
    assert item.message is None or item.message.choices[0].text.text


def test_a_second_answer_without_an_id_is_said_without_one() -> None:
    url = "https://api.example.com/v1/messages"
    start = {"type": "message_start", "message": {"role": "assistant", "content": []}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
    begin = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    problems = _stream(start, begin, delta, start, url=url).problems
    assert "event 3: it belongs to another answer" in problems
