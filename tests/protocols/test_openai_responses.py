"""OpenAI's Responses: what the events of a stream add up to, and what is noted of them."""

import json
from typing import Any

import pytest

from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.message import Choice, Media, Message, Origin
from cassette_tools.protocols.openai_responses import OpenAIResponses, ResponsesAccumulator
from cassette_tools.wire.event import Event

Noted = list[tuple[Kind, str, int | None]]

_CREATED = {"type": "response.created", "response": {"id": "r", "status": "in_progress", "output": []}}


def _run(*events: Any, resumed: bool = False) -> tuple[Message, Noted]:
    accumulator = ResponsesAccumulator(resumed=resumed)
    for number, value in enumerate(events):
        data = json.dumps(value)
        accumulator.add(Event(number, "", data, "", 0, len(data), ((0, len(data)),)), value)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


def _end(*output: Any, status: str = "completed") -> dict[str, Any]:
    return {"type": f"response.{status}", "response": {"id": "r", "status": status, "output": [*output]}}


def _item(index: int, value: dict[str, Any]) -> list[dict[str, Any]]:
    """An item that comes whole, but for its arguments, which come first."""
    added = {**value, "arguments": ""} if "arguments" in value else value
    events = [{"type": "response.output_item.added", "output_index": index, "item": added}]
    if "arguments" in value:
        delta = {"type": "response.function_call_arguments.delta", "output_index": index, "item_id": value.get("id")}
        events.append({**delta, "delta": value["arguments"]})
    return [*events, {"type": "response.output_item.done", "output_index": index, "item": value}]


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


_GET = {"id": "fc_1", "type": "function_call", "call_id": "c1", "name": "get", "arguments": "{}"}
_PUT = {"id": "fc_2", "type": "function_call", "call_id": "c2", "name": "put", "arguments": "{}"}
_SAID = {"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}


def test_the_message_is_what_the_provider_says_it_is_and_its_places_are_those_of_the_deltas() -> None:
    delta = {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "msg_1"}
    added = {"type": "response.output_item.added", "output_index": 0, "item": {**_SAID, "content": []}}
    done = {"type": "response.output_item.done", "output_index": 0, "item": _SAID}
    message, noted = _run(_CREATED, added, {**delta, "delta": "H"}, {**delta, "delta": "i"}, done, _end(_SAID))
    assert noted == []
    assert message.native == _end(_SAID)["response"]
    text = _only(message).text
    assert (text.text, _only(message).finish) == ("Hi", "stop")
    assert list(text.origins(0, 2)) == [Origin(2, ("delta",), 0, 1), Origin(3, ("delta",), 0, 1)]


def test_an_answer_that_calls_the_clients_tools_awaits_their_results() -> None:
    searched = {"id": "ws_1", "type": "web_search_call", "action": {"type": "search", "query": "q"}}
    asked = {"id": "m_1", "type": "mcp_approval_request", "name": "roll", "server_label": "s", "arguments": '{"d":1}'}
    for item, finish in ((_GET, "tool-calls"), (asked, "tool-calls"), (searched, "stop"), (_SAID, "stop")):
        for message in (
            _run(_CREATED, *_item(0, item), _end(item))[0],
            OpenAIResponses().answer(_end(item)["response"]),
        ):
            assert (_only(message).finish_reason, _only(message).finish) == ("completed", finish)


def test_what_waits_for_approval_is_a_call() -> None:
    asked = {"id": "m_1", "type": "mcp_approval_request", "name": "roll", "server_label": "s", "arguments": '{"d":1}'}
    (call,) = _only(OpenAIResponses().answer(_end(asked)["response"])).tool_calls
    assert (call.id, call.name, call.parsed) == ("m_1", "roll", {"d": 1})


def test_pictures_that_tools_made_are_media() -> None:
    ran = {
        "id": "ci_1",
        "type": "code_interpreter_call",
        "code": "plot()",
        "outputs": [{"type": "logs", "logs": "1"}, {"type": "image", "url": "https://x.example/i.png"}, 5],
    }
    drawn = {"id": "ig_1", "type": "image_generation_call", "result": "AAAA"}
    message, noted = _run(_CREATED, *_item(0, ran), *_item(1, drawn), _end(ran, drawn))
    assert _only(message).media == (Media("image", "https://x.example/i.png"), Media("image", "AAAA"))
    assert noted == []


def test_a_response_that_was_cancelled_has_ended() -> None:
    message, noted = _run(_CREATED, _end(status="cancelled"))
    assert (noted, message.errors, message.native["status"]) == ([], (), "cancelled")


# What the whole response has, against what the events brought.

_LOST = "response.output_item.done has an item of the type 'function_call', response.completed has none"


@pytest.mark.parametrize(
    ("events", "details"),
    [
        pytest.param([*_item(0, _GET), *_item(1, _PUT), _end(_GET, _PUT)], [], id="the same"),
        pytest.param(
            [*_item(0, _GET), _end({**_GET, "name": "other"})],
            ["output 0, name: response.output_item.done has 'get', response.completed has 'other'"],
            id="another name",
        ),
        pytest.param(
            [*_item(0, _GET), _end({**_GET, "call_id": "c9"})],
            ["output 0, call_id: response.output_item.done has 'c1', response.completed has 'c9'"],
            id="another call",
        ),
        pytest.param(
            [*_item(0, _GET), _end(_GET, _PUT)],
            ["output 1: response.completed has an item of the type 'function_call' that no event brought"],
            id="one more",
        ),
        pytest.param(
            [*_item(0, _GET), *_item(1, _PUT), _end(_GET)],
            [f"output 1: {_LOST}"],
            id="one less",
        ),
        pytest.param(
            [*_item(0, _GET), *_item(1, _PUT), _end(_PUT)],
            [f"output 0: {_LOST}"],
            id="one less, before another",
        ),
        pytest.param([*_item(0, _GET), _end({**_GET, "id": "fc_9"})], [], id="ids that change from event to event"),
        pytest.param([*_item(0, _GET), _end({**_GET, "status": "completed"})], [], id="a status that comes at the end"),
        pytest.param([*_item(0, _GET), _end()], [], id="a whole response without output"),
        pytest.param([_end(_GET)], [], id="a whole response alone"),
        pytest.param([_item(0, _GET)[0], _end(_GET)], [], id="an item that was only begun"),
        pytest.param([_item(0, _GET)[2], _end(_GET, _PUT)], [], id="a stream that was begun in the middle"),
        pytest.param(
            [*_item(0, {**_GET, "id": ""}), *_item(0, {**_PUT, "id": ""}), _end(_GET, _PUT)],
            [],
            id="a host that numbers nothing",
        ),
        pytest.param([*_item(0, _GET), _end(_PUT, status="incomplete")], [], id="cut at a limit"),
    ],
)
def test_the_items_of_the_whole_response_are_those_that_were_streamed(events: list[Any], details: list[str]) -> None:
    noted = _run(_CREATED, *events)[1]
    assert noted == [(Kind.SNAPSHOT, detail, len(events)) for detail in details]


_NONE = (
    "output 0, content 0: the deltas add up to 0 characters, response.output_text.done has 2; "
    "the first difference is at character 1"
)


@pytest.mark.parametrize(
    ("announced", "noted"),
    [
        pytest.param(
            [{"type": "output_text", "text": ""}],
            [(Kind.SNAPSHOT, _NONE, 3)],
            id="none of its fragments is there",
        ),
        pytest.param([{"type": "output_text", "text": "Hi"}], [], id="it was there at once"),
        pytest.param([], [], id="it was not announced"),
    ],
)
def test_a_text_that_was_to_come_in_fragments_and_did_not(announced: list[Any], noted: Noted) -> None:
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_1"}
    events = [
        _CREATED,
        {"type": "response.output_item.added", "output_index": 0, "item": {**_SAID, "content": []}},
        *({"type": "response.content_part.added", **place, "part": part} for part in announced),
        {"type": "response.output_text.done", **place, "text": "Hi"},
        {"type": "response.output_item.done", "output_index": 0, "item": _SAID},
        _end(_SAID),
    ]
    message, found = _run(*events)
    assert (found, _only(message).text.text) == (noted, "Hi")


def test_where_events_are_missing_their_items_are_not_missed_again() -> None:
    events = [_CREATED, *_item(0, _GET), *_item(1, _PUT), _end(_GET, _PUT)]
    numbered = [{**event, "sequence_number": number} for number, event in enumerate(events)]
    assert _run(*numbered)[1] == []
    assert {kind for kind, _, _ in _run(*numbered[:4], *numbered[7:])[1]} == {Kind.SEQUENCE_GAP}
    assert _run(*events[4:], resumed=True)[1] == []
