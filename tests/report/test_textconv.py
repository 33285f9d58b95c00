"""A recording as text for git: all that an answer says is in it, and nothing that is new in every recording."""

import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.ids import NONE
from cassette_tools.report import textconv
from tests.recordings import chat, recording


def _text(tape: str) -> str:
    return "".join(textconv.write(load_bytes(tape.encode(), "x.json"), NONE, str))


def _anthropic(*content: dict[str, Any]) -> str:
    answer = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "content": list(content),
        "stop_reason": "end_turn",
    }
    return recording({"q": 1}, json.dumps(answer), "application/json", url="https://api.anthropic.com/v1/messages")


_TEXT = {"type": "text", "text": "Rome it is."}
_FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_01A2b3C4d5E6", "content": [{"title": "Rome"}]}


def test_blocks_that_no_reader_reads_are_in_the_text() -> None:
    lines = _text(_anthropic(_FOUND, _TEXT)).splitlines()
    assert "    content:" in lines or "  - content:" in lines
    assert any(line.endswith("title: Rome") for line in lines)
    assert sum("Rome it is." in line for line in lines) == 1
    assert "title" not in _text(_anthropic(_TEXT))


@pytest.mark.parametrize("name", ["provider", "prompt_filter_results", "system_fingerprint", "service_tier"])
def test_what_providers_add_and_what_is_new_in_every_recording_is_not(name: str) -> None:
    assert _text(chat(more={name: [{"a": 1}] if name.endswith("results") else "x"})) == _text(chat())


def test_what_an_answer_repeats_of_the_request_is_said_once() -> None:
    tools = [{"type": "function", "name": "add"}]
    assert _text(chat(asked={"tools": tools}, more={"tools": tools})) == _text(chat(asked={"tools": tools}))


def test_a_thought_without_words_is_nothing() -> None:
    def answer(*output: dict[str, Any]) -> str:
        said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
        value = {"id": "resp_1", "object": "response", "status": "completed", "output": [*output, said]}
        return recording({"q": 1}, json.dumps(value), "application/json", url="https://api.openai.com/v1/responses")

    assert _text(answer({"type": "reasoning", "id": "rs_1", "summary": []})) == _text(answer())


def test_of_a_vector_there_is_a_line() -> None:
    def answer(last: float) -> str:
        vector = [*(number / 8 for number in range(1535)), last]
        data = json.dumps({"object": "list", "data": [{"index": 0, "embedding": vector}], "model": "e"})
        return recording({"input": "x"}, data, "application/json", url="https://api.openai.com/v1/embeddings")

    lines = _text(answer(1.0)).splitlines()
    assert any("1,536 numbers, SHA-256 " in line for line in lines)
    assert len(lines) < 20
    assert _text(answer(1.0)) != _text(answer(2.0))


@pytest.mark.parametrize("ident", ["1", "weather_cgvndtjtzzkh", "1wzw08fx", "call_Cg9itjRbJ4NYAZEbIwcSiEJZ"])
def test_the_id_of_a_call_is_a_number_whatever_it_looks_like(ident: str) -> None:
    def asked(name: str) -> str:
        call = {"id": name, "type": "function", "function": {"name": "add", "arguments": "{}"}}
        messages = [
            {"role": "user", "content": "1"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": name, "content": "1"},
        ]
        return chat(asked={"messages": messages}, calls=[{**call, "id": f"{name}0"}])

    text = _text(asked(ident))
    assert text == _text(asked("x"))
    assert text.count("<id 1>") == 2
    assert "tool call: add <id 2>" in text
    assert 'content: "1"' in text


_NAMES = ["date", "id", "time", "duration", "session_id", "signature", "timestamp"]


@pytest.mark.parametrize("name", _NAMES)
def test_an_argument_is_in_the_text_whatever_it_is_called(name: str) -> None:
    def call(value: str) -> dict[str, Any]:
        arguments = json.dumps({name: value})
        return {"id": "call_1a2b3c", "type": "function", "function": {"name": "book", "arguments": arguments}}

    def repeated(value: str) -> str:
        return chat(asked={"messages": [{"role": "assistant", "content": None, "tool_calls": [call(value)]}]})

    for text in (_text(chat(calls=[call("a1b2c3d4e5f6")])), _text(repeated("a1b2c3d4e5f6"))):
        assert f"  {name}: a1b2c3d4e5f6\n" in text


@pytest.mark.parametrize("name", _NAMES)
def test_so_is_a_field_of_a_tool_or_of_its_result(name: str) -> None:
    result = {"functionResponse": {"name": "look", "response": {name: 5}}}
    asked = {"contents": [{"role": "user", "parts": [result]}], "tools": [{"name": "look", "properties": {name: 7}}]}
    text = _text(chat(asked=asked))
    assert f" {name}: 5\n" in text
    assert f" {name}: 7\n" in text


@pytest.mark.parametrize(("one", "other"), [("1", 1), ("true", True), ("null", None), ("{}", {}), ('"1"', "1")])
def test_a_text_does_not_look_like_another_value(one: Any, other: Any) -> None:
    assert _text(chat(asked={"stop": one})) != _text(chat(asked={"stop": other}))
    assert _text(chat(asked={"stop": [one]})) != _text(chat(asked={"stop": [other]}))


def test_equal_numbers_look_alike() -> None:
    assert _text(chat(asked={"temperature": 1.0})) == _text(chat(asked={"temperature": 1}))


def test_a_role_is_in_the_text_where_it_is_not_the_usual_one() -> None:
    assert (
        "role: user\n"
        in _text(chat().replace('\\"role\\": \\"assistant\\"', '\\"role\\": \\"user\\"')).partition("---")[2]
    )


def test_ids_in_urls_are_numbers_and_keys_are_not_there() -> None:
    def text(ident: str, key: str) -> str:
        url = f"https://api.openai.com/v1/threads/{ident}/runs?after={ident}&key={key}&limit=2"
        return _text(chat(url=url))

    first = text("thread_abc123def456", "one").splitlines()[0]
    assert first == "=== 0 POST https://api.openai.com/v1/threads/<id 1>/runs?after=<id 1>&key=&limit=2"
    assert text("thread_zyx987wvu654", "two").splitlines()[0] == first


def test_an_id_that_was_chosen_is_in_the_text_and_one_that_was_made_is_not() -> None:
    assert "voice_id: 21m00Tcm4TlvDq8ikWAM\n" in _text(chat(asked={"voice_id": "21m00Tcm4TlvDq8ikWAM"}))
    assert "container: <id 1>\n" in _text(chat(asked={"container": "cntr_0a1b2c3d4e5f", "id": "a"}))


def test_the_id_of_a_request_in_the_words_of_an_error_is_not_in_the_text() -> None:
    def text(ident: str) -> str:
        error = {"error": {"message": f"Failed. Tell us the request ID {ident}.", "type": "server_error"}}
        return _text(recording({"q": 1}, json.dumps(error), "application/json", code=500))

    assert text("req_0a1b2c3d4e5f60718293a4b5") == text("req_9f8e7d6c5b4a39281706f5e4")
    assert "Tell us the request ID *." in text("req_0a1b2c3d4e5f60718293a4b5")


def test_the_boundary_of_a_form_is_the_same_in_every_text() -> None:
    def text(boundary: str, value: str) -> str:
        form = f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{value}\r\n--{boundary}--\r\n'
        tape = json.loads(chat(headers={"Content-Type": [f"multipart/form-data; boundary={boundary}"]}))
        tape["interactions"][0]["request"]["body"] = form
        return _text(json.dumps(tape))

    assert text("0a1b2c3d", "m") == text("f9e8d7c6", "m") != text("0a1b2c3d", "n")


def test_what_a_transcript_says_is_in_the_text() -> None:
    url = "https://api.openai.com/v1/audio/transcriptions"

    def text(**more: Any) -> str:
        return _text(recording("x", json.dumps({"text": "Hello there", **more}), "application/json", url=url))

    assert "text: Hello there\n" in text()
    assert text(segments=[{"start": 0.5, "text": "Hello there"}]) == text()


def test_that_a_request_follows_an_answer_is_in_the_text() -> None:
    follows = chat(asked={"previous_response_id": "resp_0a1b2c3d4e5f6071"})
    assert "previous_response_id: <id 1>\n" in _text(follows)
    assert _text(follows) == _text(chat(asked={"previous_response_id": "resp_f9e8d7c6b5a49382"}))
