"""A recording as text for git: all that an answer says is in it, and nothing that is new in every recording."""

import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.ids import NONE
from cassette_tools.report import plain
from tests.recordings import chat, recording


def _text(tape: str) -> str:
    return "".join(plain.write(load_bytes(tape.encode(), "x.json"), NONE, str))


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
    assert "content: 1" in text
