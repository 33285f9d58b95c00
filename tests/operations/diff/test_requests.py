"""What two requests ask for differently, and what of it is only the client's, or an earlier answer's."""

import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.compare import diff
from tests.recordings import chat, recording


def _found(before: str, after: str) -> list[tuple[str, tuple[str | int, ...], str, str]]:
    sides = [load_bytes(text.encode(), "x.json") for text in (before, after)]
    differences = (one for it in diff(sides[0], sides[1]).interactions for one in it.differences)
    return [(one.kind, one.path, one.change, one.verdict.label) for one in differences]


def _asked(**more: Any) -> str:
    return chat(asked=more)


def _tool(name: str, **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": parameters}}}


_USER = {"role": "user", "content": "What is it?"}
_ANSWERED = {"role": "assistant", "content": "It is a cat.", "tool_calls": None}


def _called(ident: str, arguments: str = '{"a": 1}', name: str = "add") -> dict[str, Any]:
    call = {"id": ident, "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _result(ident: str, content: str = "2") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": ident, "content": content}


def _two_called(*idents: str) -> list[dict[str, Any]]:
    calls = [_called(ident, name=name)["tool_calls"][0] for ident, name in zip(idents, ("add", "look"), strict=True)]
    return [{"role": "assistant", "content": None, "tool_calls": calls}]


_OTHER = _result("call_9z8y7x", "sky")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(_asked(a=1, b=2), _asked(b=2, a=1), [], id="order of keys"),
        pytest.param(
            _asked(temperature=1), _asked(temperature=0.5),
            [("parameters", ("temperature",), "changed", "behaviour")], id="a parameter",
        ),
        pytest.param(
            _asked(), _asked(stop=["x"]), [("parameters", ("stop",), "added", "behaviour")], id="a parameter more"
        ),
        pytest.param(
            _asked(model="m"), _asked(model="n"), [("model", ("model",), "changed", "behaviour")], id="the model"
        ),
        pytest.param(
            _asked(tools=[_tool("a"), _tool("b")]), _asked(tools=[_tool("b"), _tool("a", x={})]),
            [
                ("tools", ("tools", 1), "moved", "behaviour"),
                ("tools", ("tools", 1, "function", "parameters", "properties", "x"), "added", "behaviour"),
            ],
            id="tools by name, and their order",
        ),
        pytest.param(
            _asked(tools=[_tool("a")]), _asked(tools=[_tool("b")]),
            [("tools", ("tools", 0), "added", "behaviour"), ("tools", ("tools", 0), "removed", "behaviour")],
            id="another tool",
        ),
        pytest.param(
            _asked(messages=[_USER]), _asked(messages=[{**_USER, "role": "system"}]),
            [("messages", ("messages", 0, "role"), "changed", "behaviour")], id="a role",
        ),
        pytest.param(
            _asked(messages=[_USER, _ANSWERED]), _asked(messages=[_USER, {**_ANSWERED, "content": "It is a dog."}]),
            [("messages", ("messages", 1, "content"), "changed", "wording")], id="what the model had said",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c"), _result("call_1a2b3c")]),
            _asked(messages=[_USER, _called("call_9z8y7x"), _result("call_9z8y7x")]),
            [
                ("volatile", ("messages", 1, "tool_calls", 0, "id"), "changed", "volatile only"),
                ("volatile", ("messages", 2, "tool_call_id"), "changed", "volatile only"),
            ],
            id="ids of calls",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c"), _result("call_1a2b3c")]),
            _asked(messages=[_USER, _called("call_9z8y7x"), _result("call_0000aa")]),
            [
                ("volatile", ("messages", 1, "tool_calls", 0, "id"), "changed", "volatile only"),
                ("messages", ("messages", 2, "tool_call_id"), "changed", "behaviour"),
            ],
            id="an id that belongs to no call",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("1"), _result("1")]),
            _asked(messages=[_USER, _called("weather_cgv"), _result("weather_cgv")]),
            [
                ("volatile", ("messages", 1, "tool_calls", 0, "id"), "changed", "volatile only"),
                ("volatile", ("messages", 2, "tool_call_id"), "changed", "volatile only"),
            ],
            id="ids of calls, whatever they look like",
        ),
        pytest.param(
            _asked(messages=[_USER, *_two_called("call_1a2b3c", "call_9z8y7x"), _result("call_1a2b3c"), _OTHER]),
            _asked(messages=[_USER, *_two_called("call_1a2b3c", "call_9z8y7x"), _OTHER, _result("call_1a2b3c")]),
            [("messages", ("messages", 3), "moved", "behaviour")], id="results in another order",
        ),
        pytest.param(
            _asked(messages=[_USER, *_two_called("call_1a2b3c", "call_9z8y7x"), _result("call_1a2b3c"), _OTHER]),
            _asked(
                messages=[
                    _USER, *_two_called("call_1a2b3c", "call_9z8y7x"), _result("call_9z8y7x"),
                    {**_OTHER, "tool_call_id": "call_1a2b3c"},
                ]
            ),
            [
                ("messages", ("messages", 2, "tool_call_id"), "changed", "behaviour"),
                ("messages", ("messages", 3, "tool_call_id"), "changed", "behaviour"),
            ],
            id="results that were swapped",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c"), _result("call_1a2b3c")]),
            _asked(messages=[_USER, _called("call_9z8y7x"), _result("call_1a2b3c")]),
            [
                ("volatile", ("messages", 1, "tool_calls", 0, "id"), "changed", "volatile only"),
                ("messages", ("messages",), "changed", "behaviour"),
            ],
            id="a result that belongs to no call any more",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c")]),
            _asked(messages=[_USER, {**_called("call_1a2b3c"), "content": "I shall see."}]),
            [("messages", ("messages", 1, "content"), "type", "wording")], id="words beside a call",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c")]),
            _asked(messages=[_USER, _called("call_1a2b3c", '{"a":2}')]),
            [("messages", ("messages", 1, "tool_calls", 0, "function", "arguments", "a"), "changed", "behaviour")],
            id="arguments of an earlier call",
        ),
        pytest.param(
            _asked(messages=[_USER, _called("call_1a2b3c")]),
            _asked(messages=[_USER, _called("call_1a2b3c", '{"a":')]),
            [("messages", ("messages", 1, "tool_calls", 0, "function", "arguments"), "changed", "behaviour")],
            id="arguments of an earlier call that broke",
        ),
        pytest.param(
            _asked(messages=[_USER]), _asked(messages=[_USER, _ANSWERED]),
            [("messages", ("messages", 1), "added", "behaviour")], id="a message more",
        ),
        pytest.param(
            _asked(previous_response_id="resp_" + "a1" * 20), _asked(previous_response_id="resp_" + "b2" * 20),
            [("volatile", ("previous_response_id",), "changed", "volatile only")], id="the id of an answer",
        ),
    ],
)  # fmt: skip
def test_json_differs_by_path(
    before: str, after: str, expected: list[tuple[str, tuple[str | int, ...], str, str]]
) -> None:
    assert _found(before, after) == expected


def test_a_thought_that_came_with_what_the_model_had_said_is_its_wording() -> None:
    def asked(*content: dict[str, Any]) -> str:
        return _asked(messages=[_USER, {"role": "assistant", "content": [*content, {"type": "text", "text": "Yes"}]}])

    thought = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
    assert [found[::3] for found in _found(asked(), asked(thought))] == [("messages", "wording")]
    assert [found[::3] for found in _found(asked(thought), asked())] == [("messages", "wording")]


@pytest.mark.parametrize(
    ("said", "more"),
    [
        pytest.param(
            lambda parts: {"contents": [{"role": "model", "parts": [*parts, {"functionCall": {"name": "a"}}]}]},
            {"text": "Yes"}, id="Gemini's",
        ),
        pytest.param(
            lambda parts: {"messages": [{"role": "assistant", "content": [*parts, {"toolUse": {"name": "a"}}]}]},
            {"text": "Yes"}, id="Bedrock's",
        ),
        pytest.param(
            lambda items: {"input": [*items, {"type": "function_call", "name": "a"}]},
            {"type": "message", "role": "assistant", "content": []}, id="a message of Responses",
        ),
        pytest.param(
            lambda items: {"input": [*items, {"type": "message", "role": "assistant", "content": []}]},
            {"type": "reasoning", "summary": []}, id="a thought of Responses",
        ),
    ],
)  # fmt: skip
def test_what_the_model_said_beside_its_calls_is_its_wording(said: Any, more: dict[str, Any]) -> None:
    sides = _asked(**said([])), _asked(**said([more]))
    assert [found[::3] for found in _found(*sides)] == [("messages", "wording")]
    assert [found[::3] for found in _found(*sides[::-1])] == [("messages", "wording")]


def test_a_message_of_the_model_that_is_all_it_said_is_no_wording() -> None:
    question, answer = {"role": "user", "content": "1"}, {"type": "message", "role": "assistant", "content": "2"}
    sides = _asked(input=[question, answer, question]), _asked(input=[question, question])
    assert [found[::3] for found in _found(*sides)] == [("messages", "behaviour")]


def test_what_the_model_said_in_another_order_is_no_wording() -> None:
    def asked(ident: str) -> list[dict[str, Any]]:
        thought = {"type": "reasoning", "id": f"rs_{ident}", "summary": [], "encrypted_content": ident}
        said = {"type": "message", "id": f"msg_{ident}", "role": "assistant", "content": "2"}
        return [thought, said, {"type": "function_call", "call_id": f"call_{ident}", "name": "a", "arguments": "{}"}]

    before, (thought, said, call) = asked("0a1b2c3d4e5f"), asked("f9e8d7c6b5a4")
    found = _found(_asked(input=before), _asked(input=[said, thought, call]))
    assert any(one[3] == "behaviour" for one in found)
    assert {one[0] for one in found} <= {"messages", "volatile"}


def test_what_an_answer_repeats_of_its_request_is_told_once() -> None:
    def exchange(asked: float, repeated: float) -> str:
        answer = {"id": "resp_1", "object": "response", "status": "completed", "temperature": repeated, "output": []}
        url = "https://api.openai.com/v1/responses"
        return recording({"input": "1", "temperature": asked}, json.dumps(answer), "application/json", url=url)

    assert [found[::3] for found in _found(exchange(0.5, 0.5), exchange(1, 1))] == [
        ("parameters", "behaviour"), ("volatile", "volatile only"),
    ]  # fmt: skip
    assert [found[::3] for found in _found(exchange(0.5, 0.5), exchange(0.5, 1))] == [("body", "behaviour")]


def _plain(body: str, *, url: str = "https://a.example/x", method: str = "POST", **headers: Any) -> str:
    value = json.loads(recording({}, '{"a": 1}', "application/json", url=url))
    request = value["interactions"][0]["request"]
    request |= {"body": body, "method": method}
    request["headers"] |= headers
    return json.dumps(value)


def _client(version: str) -> dict[str, Any]:
    return {"User-Agent": [version]}


_URL = "https://a.example/x"


def _form(boundary: str, value: str) -> str:
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{value}\r\n--{boundary}--\r\n'
    headers: dict[str, Any] = {"Content-Type": [f"multipart/form-data; boundary={boundary}"]}
    return _plain(body, **headers)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(_plain("a"), _plain("b"), [("request-body", (), "changed", "behaviour")], id="text"),
        pytest.param(_plain("[1]"), _plain("[2]"), [("request-body", (0,), "changed", "behaviour")], id="a list"),
        pytest.param(_plain("", method="GET"), _plain("", method="get"), [], id="the method's case"),
        pytest.param(
            _plain("", method="GET"), _plain("", method="PUT"), [("method", (), "changed", "behaviour")], id="a method"
        ),
        pytest.param(
            _plain("", url=_URL), _plain("", url=f"{_URL}/y"), [("url", (), "changed", "behaviour")], id="a path"
        ),
        pytest.param(
            _plain("", url=f"{_URL}?a=1&b=2"), _plain("", url=f"{_URL}?a=1&b=3&c="),
            [("url", ("query", "b"), "changed", "behaviour"), ("url", ("query", "c"), "added", "behaviour")],
            id="a query",
        ),
        pytest.param(
            _plain("", url=f"{_URL}?a=1&b=2"), _plain("", url=f"{_URL}?b=2&a=1"),
            [("url", ("query",), "changed", "behaviour")], id="the order of a query",
        ),
        pytest.param(
            _plain("", url=f"{_URL}?key=AAA"), _plain("", url=f"{_URL}?key=BBB"),
            [("volatile", ("query", "key"), "changed", "volatile only")], id="a key of a query",
        ),
        pytest.param(
            _plain("", url=f"{_URL}?a=1&a=2"), _plain("", url=f"{_URL}?a=9&a=2"),
            [("url", ("query", "a", 0), "changed", "behaviour")], id="one of two parameters of a name",
        ),
        pytest.param(_plain("", url=f"{_URL}?a=%20b"), _plain("", url=f"{_URL}?a=+b"), [], id="another spelling"),
        pytest.param(
            _plain("", url=f"{_URL}/thread_abc123XYZ987/runs"), _plain("", url=f"{_URL}/thread_zzz999QQQ111/runs"),
            [("volatile", ("url",), "changed", "volatile only")], id="an id in a path",
        ),
        pytest.param(
            _plain("", url=f"{_URL}/models/thread_abc123XYZ987"), _plain("", url=f"{_URL}/models/thread_zzz999QQQ111"),
            [("url", (), "changed", "behaviour")], id="what looks like an id and is a model",
        ),
        pytest.param(
            _plain("", url="https://[a/x"), _plain("", url="https://[b/x"), [("url", (), "changed", "behaviour")],
            id="what is no URL",
        ),
        pytest.param(
            _plain("", Accept=["a"]), _plain("", Accept=["b"]),
            [("request-header", ("accept",), "changed", "behaviour")], id="a header",
        ),
        pytest.param(
            _plain("", Accept=["a", "b"]), _plain("", Accept=["a"]),
            [("request-header", ("accept",), "changed", "behaviour")], id="one of two headers of a name",
        ),
        pytest.param(
            _plain("", **_client("a/1")), _plain("", **_client("a/2")),
            [("request-header", ("user-agent",), "changed", "volatile only")], id="another version of the client",
        ),
        pytest.param(
            _form("0a1b2c3d", "m"), _form("f9e8d7c6", "m"), [("volatile", ("body",), "changed", "volatile only")],
            id="the boundary of a form",
        ),
        pytest.param(
            _form("0a1b2c3d", "m"), _form("f9e8d7c6", "n"), [("request-body", (), "changed", "behaviour")],
            id="a field of a form",
        ),
        pytest.param(
            _plain("", Date=["a"]), _plain("", Date=["b"]), [("volatile", ("date",), "changed", "volatile only")],
            id="a date",
        ),
    ],
)  # fmt: skip
def test_what_is_around_the_json_differs_by_its_parts(
    before: str, after: str, expected: list[tuple[str, tuple[str | int, ...], str, str]]
) -> None:
    assert _found(before, after) == expected


def _exchanges(*exchanges: tuple[dict[str, Any], str, str]) -> str:
    tapes = [json.loads(recording(asked, answer, "application/json", url=url)) for asked, answer, url in exchanges]
    return json.dumps({"version": 1, "interactions": [tape["interactions"][0] for tape in tapes]})


def test_an_id_that_an_answer_made_up_comes_back_in_paths_parameters_and_bodies() -> None:
    def thread(ident: str, asked: str = "") -> str:
        used = asked or ident
        return _exchanges(
            ({"q": 1}, json.dumps({"id": ident}), _URL),
            ({"q": 2}, '{"a": 1}', f"{_URL}/{used}/runs?thread={used}"),
            ({"assistant_id": used}, '{"b": 1}', _URL),
        )

    one, other, foreign = "thread_abc123XYZ987", "thread_zzz999QQQ111", "thread_qqq777RRR222"
    assert {found[0] for found in _found(thread(one), thread(other))} == {"volatile"}
    told = {(kind, path) for kind, path, _, _ in _found(thread(one), thread(other, foreign)) if kind != "volatile"}
    assert told == {("url", ()), ("url", ("query", "thread")), ("parameters", ("assistant_id",))}


def test_ids_that_are_swapped_are_another_request() -> None:
    def asked(*files: str) -> str:
        parts = [{"type": "file", "file": {"file_id": file}} for file in files]
        return _asked(messages=[{"role": "user", "content": parts}, _USER])

    one, other, new = "file-7qh8AjzrjyRGiQ7kaFybfG", "file-0a1b2c3d4e5f6g7h8i9j0k", "file-9z8y7x6w5v4u3t2s1r0q9p"
    assert {found[0] for found in _found(asked(one, other), asked(other, one))} == {"messages"}
    assert {found[0] for found in _found(asked(one, one), asked(new, one))} == {"messages"}
    assert {found[0] for found in _found(asked(one, one), asked(new, new))} == {"volatile"}


def test_an_id_in_an_answer_that_both_recordings_have_stands_for_itself() -> None:
    def asked(ident: str) -> str:
        answer = '{"calls": [{"id": "call_1a2b3c"}, {"id": "call_9z8y7x"}]}'
        result = {"type": "function_call_output", "call_id": ident, "output": "2"}
        return _exchanges(({"q": 1}, answer, _URL), ({"input": [result]}, '{"a": 1}', _URL))

    assert [found[::3] for found in _found(asked("call_1a2b3c"), asked("call_9z8y7x"))] == [("messages", "behaviour")]


def test_an_id_that_an_answer_made_up_may_be_one_of_a_tool() -> None:
    def searched(ident: str, used: str) -> str:
        asked = {"input": "Search", "tools": [{"type": "file_search", "vector_store_ids": [used]}]}
        return _exchanges(({"q": 1}, json.dumps({"id": ident}), _URL), (asked, '{"a": 1}', _URL))

    one, other = "vs_6810a1b2c3d4e5f6", "vs_6920f6e5d4c3b2a1"
    assert {found[0] for found in _found(searched(one, one), searched(other, other))} == {"volatile"}
    assert "tools" in {found[0] for found in _found(searched(one, one), searched(other, "vs_9990f6e5d4c3b2a1"))}


@pytest.mark.parametrize("name", ["date", "time", "duration", "signature", "timestamp", "nonce"])
def test_what_a_tool_gave_back_is_another_request_whatever_its_fields_are_called(name: str) -> None:
    def gemini(value: str) -> str:
        part = {"functionResponse": {"name": "look", "response": {name: value}}}
        return _asked(contents=[{"role": "user", "parts": [part]}])

    def bedrock(value: str) -> str:
        part = {"toolResult": {"toolUseId": "tooluse_1a2b3c", "content": [{"json": {name: value}}]}}
        return _asked(messages=[{"role": "user", "content": [part]}])

    for asked in (gemini, bedrock):
        assert [found[::3] for found in _found(asked("1"), asked("2"))] == [("messages", "behaviour")]
