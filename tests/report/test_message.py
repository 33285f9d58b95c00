"""Reassembled messages as people and programs see them, whatever was recorded."""

import json
from typing import Any

import pytest

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.operations.reassemble import Reassembled, reassemble
from cassette_tools.report import message as report

SECRET = "sk-" + "a1B2" * 10
MESSAGE: dict[str, Any] = {
    "role": "assistant",
    "reasoning_content": "Hm.",
    "content": "Hello\nthere",
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}],
}


def _item(
    message: dict[str, Any] | None = None, asked: Any = None, url: str = "https://api.example.com/v1/chat/completions"
) -> Reassembled:
    answer = {
        "id": "x",
        "object": "chat.completion",
        "model": "m-1",
        "choices": [{"index": 0, "message": message or MESSAGE, "finish_reason": "tool_calls"}],
        "usage": {"total_tokens": 3},
    }
    return _of(url, json.dumps(answer), "application/json", asked)


def _of(url: str, body: str, content_type: str, asked: Any = None) -> Reassembled:
    headers = Headers([Header("Content-Type", content_type, ())])
    request = Request((), {}, Headers([]), Body(json.dumps(asked), ()), None, method="POST", url=url)
    response = Response((), {}, headers, Body(body, (), headers), None, code=200, status_line="")
    item = reassemble(Interaction(4, (), request, response, None))
    assert item is not None
    return item


def test_a_message_as_text() -> None:
    assert report.text(_item(), "a.yaml") == (
        "a.yaml interactions[4] · POST https://api.example.com/v1/chat/completions · openai-chat · m-1 · tool_calls\n"
        "\nreasoning\n  Hm.\n"
        "\ntext\n  Hello\n  there\n"
        '\ntool call add (c1)\n  {"a": 1}\n'
        '\nusage\n  {"total_tokens": 3}\n'
    )


@pytest.mark.parametrize(
    ("only", "text", "value"),
    [
        ("text", "Hello\nthere\n", "Hello\nthere"),
        ("reasoning", "Hm.\n", "Hm."),
        ("usage", '{\n  "total_tokens": 3\n}\n', {"total_tokens": 3}),
        (
            "tool-calls",
            '[\n  {\n    "id": "c1",\n    "name": "add",\n    "arguments": {\n      "a": 1\n    }\n  }\n]\n',
            [{"id": "c1", "name": "add", "arguments": {"a": 1}}],
        ),
    ],
)
def test_a_part_alone(only: str, text: str, value: Any) -> None:
    assert report.text(_item(), "a.yaml", only) == text
    assert report.value(_item(), only) == value


def test_a_part_that_is_not_there_is_nothing() -> None:
    item = _item({"role": "assistant", "content": "Hi"})
    assert report.text(item, "a.yaml", "reasoning") == ""
    assert report.text(item, "a.yaml", "tool-calls") == ""


def test_arguments_that_are_no_json_stay_the_text_that_they_are() -> None:
    call = {"id": "c1", "function": {"name": "add", "arguments": "{oops"}}
    item = _item({"role": "assistant", "tool_calls": [call]})
    assert report.value(item, "tool-calls") == [{"id": "c1", "name": "add", "arguments": "{oops"}]


def test_a_line_says_where_a_message_is_from() -> None:
    line = report.line(_item(), "a.yaml")
    value = json.loads(line)
    assert "\n" not in line
    assert list(value) == [
        "path", "interaction", "method", "url", "protocol", "streamed", "problems", "message",
    ]  # fmt: skip
    assert (value["path"], value["interaction"], value["protocol"], value["streamed"]) == (
        "a.yaml", 4, "openai-chat", False,
    )  # fmt: skip
    assert value["message"]["choices"][0]["message"] == MESSAGE
    assert json.loads(report.line(_item(), "a.yaml", "text"))["text"] == "Hello\nthere"


def test_the_conversation_as_markdown() -> None:
    asked = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Add"},
            {"role": "tool", "tool_call_id": "c0", "content": "x ``` y"},
        ]
    }
    assert report.markdown(_item(asked=asked), "a_b.yaml") == (
        "## a\\_b.yaml interactions\\[4\\] · POST https://api.example.com/v1/chat/completions"
        " · openai-chat · m-1 · tool\\_calls\n"
        "\n### system\n\nBe brief.\n"
        "\n### user\n\nAdd\n"
        "\n### tool\n\n**tool result**\n\n````\nx ``` y\n````\n"
        "\n### assistant\n\n> **reasoning**\n>\n> Hm.\n"
        "\nHello\nthere\n"
        '\n**tool call** `add`\n\n```\n{"a": 1}\n```\n'
    )


def test_an_error_is_shown() -> None:
    item = _of("https://api.example.com/v1/chat/completions", '{"error": {"message": "No"}}', "application/json")
    assert report.text(item, "a.yaml").endswith('\nerror\n  {\n    "message": "No"\n  }\n')
    assert report.markdown(item, "a.yaml").endswith('\n**error**\n\n```\n{\n  "message": "No"\n}\n```\n')


def test_events_of_no_known_protocol_are_shown() -> None:
    item = _of("https://example.com/", 'data: {"a": 1}\n\ndata: two\n\n', "text/event-stream")
    assert report.value(item) == {"events": [{"data": {"a": 1}}, {"data": "two"}]}
    assert report.value(item, "text") is None
    assert report.text(item, "a.yaml") == (
        "a.yaml interactions[4] · POST https://example.com/ · no known protocol\n"
        '\nevent\n  {"data": {"a": 1}}\n\nevent\n  {"data": "two"}\n'
    )
    assert report.markdown(item, "a.yaml").count("```") == 4
    assert json.loads(report.line(item, "a.yaml"))["protocol"] is None


HOSTILE = f"\x1b[31mred\x1b[0m \x9b2J \u202egnp.exe \ud800 bell\x07 {SECRET}"


@pytest.mark.parametrize("render", [report.text, report.markdown, report.line])
def test_nothing_recorded_is_shown_raw_and_no_secret_is_shown(render: Any) -> None:
    message = {
        "role": HOSTILE,
        "reasoning": HOSTILE,
        "content": HOSTILE,
        "tool_calls": [{"id": HOSTILE, "function": {"name": HOSTILE, "arguments": json.dumps({HOSTILE: HOSTILE})}}],
        HOSTILE: {"api_key": "1234567890abcdef", "deep": [HOSTILE]},
    }
    asked = {"messages": [{"role": HOSTILE, "content": HOSTILE}], "model": HOSTILE}
    shown = render(_item(message, asked, f"https://example.com/chat/completions?key=AIza{'x' * 30}&{HOSTILE}"), HOSTILE)
    for character in "\x1b\x9b\u202e\ud800\x07":
        assert character not in shown
    assert SECRET not in shown
    assert "1234567890abcdef" not in shown
    assert "x" * 30 not in shown
    if render is report.line:
        assert json.loads(shown)["message"]["choices"][0]["message"]["content"].startswith("\x1b[31mred\x1b[0m \x9b2J")


def test_an_answer_without_words_is_shown_as_it_is() -> None:
    said = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "Hi"}]}}
    item = _of("https://mcp.example.com/mcp", f"data: {json.dumps(said)}\n\n", "text/event-stream")
    assert item.protocol == "json-rpc"
    heading, _, shown = report.text(item, "a.yaml").partition("\nanswer\n")
    assert json.loads(shown) == {"messages": [said]}
    assert heading.startswith("a.yaml interactions[4]")
    markdown = report.markdown(item, "a.yaml")
    assert json.loads(markdown.partition("```\n")[2].partition("```")[0]) == {"messages": [said]}


def test_of_an_answer_without_words_the_beginning_is_shown() -> None:
    body = json.dumps({"embeddings": [[0.5] * 10_000]})
    item = _of("https://api.example.com/embed", body, "application/json", {"input": "a"})
    for shown in (report.text(item, "a.yaml"), report.markdown(item, "a.yaml")):
        assert "embeddings" in shown
        assert len(shown) < 50_000


def test_usage_is_found_in_the_place_that_a_host_has_of_its_own() -> None:
    item = _item()
    assert item.message is not None
    native = {**item.message.native, "usage": None, "x_groq": {"usage": {"total_tokens": 3}}}
    item = item._replace(message=item.message._replace(usage=None, native=native))
    assert report.value(item, "usage") == {"total_tokens": 3}
    assert 'usage\n  {"total_tokens": 3}\n' in report.text(item, "a.yaml")
