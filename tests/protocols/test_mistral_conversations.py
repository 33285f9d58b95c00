"""Mistral's Conversations."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols import usage
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.message import Media, Message, Origin
from cassette_tools.protocols.mistral_conversations import ConversationAccumulator, MistralConversations
from cassette_tools.wire.event import Event

Noted = list[tuple[Kind, str, int | None]]

USAGE = {"prompt_tokens": 24, "completion_tokens": 3, "total_tokens": 32, "connector_tokens": 5}


def _run(*chunks: Any) -> tuple[Message, Noted]:
    accumulator = ConversationAccumulator()
    for number, chunk in enumerate(chunks):
        data = json.dumps(chunk)
        accumulator.add(Event(number, "", data, "", 0, len(data), ((0, len(data)),)), chunk)
    message = accumulator.finish()
    return message, [(noted.kind, noted.detail, noted.event) for noted in accumulator.irregularities]


def _event(kind: str, index: int = 0, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "created_at": f"2026-01-0{index + 1}", "output_index": index, **fields}


def _says(content: Any, index: int = 0) -> dict[str, Any]:
    return _event("message.output.delta", index, id="m1", content_index=0, model="m", role="assistant", content=content)


STARTED = {"type": "conversation.response.started", "created_at": "2026-01-01", "conversation_id": "conv_1"}
DONE = {"type": "conversation.response.done", "created_at": "2026-01-09", "usage": USAGE}


def test_a_message_is_put_together() -> None:
    message, noted = _run(STARTED, _says("Hel"), _says("lo"), DONE)
    assert noted == []
    assert message.native == {
        "object": "conversation.response",
        "conversation_id": "conv_1",
        "usage": USAGE,
        "outputs": [
            {
                "object": "entry", "type": "message.output", "created_at": "2026-01-01", "id": "m1", "model": "m",
                "role": "assistant", "content": "Hello",
            }
        ],
    }  # fmt: skip
    again = MistralConversations().answer(message.native)
    for read in (message, again):
        assert [choice.text.text for choice in read.choices] == ["Hello"]
        assert (read.id, read.model, read.usage, read.errors) == ("conv_1", "m", USAGE, ())
    assert list(message.choices[0].text.origins(2, 4)) == [Origin(1, ("content",), 2, 3), Origin(2, ("content",), 0, 1)]
    assert list(again.choices[0].text.origins(0, 1)) == [Origin(None, ("outputs", 0, "content"), 0, 1)]


def test_chunks_of_a_content_are_put_together_by_their_type() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "H"}]}
    source = {"type": "tool_reference", "tool": "web_search", "title": "A", "url": "https://a.example"}
    file = {"type": "tool_file", "tool": "image_generation", "file_id": "f1", "file_type": "png"}
    message, noted = _run(
        STARTED,
        *map(_says, (thought, {"type": "thinking", "thinking": "m"}, "See ", {"type": "text", "text": "this"})),
        *map(_says, (source, file, "!")),
        DONE,
    )
    assert noted == []
    assert message.native["outputs"][0]["content"] == [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]},
        {"type": "text", "text": "See this"},
        source,
        file,
        {"type": "text", "text": "!"},
    ]
    for read in (message, MistralConversations().answer(message.native)):
        (choice,) = read.choices
        assert (choice.text.text, choice.reasoning.text) == ("See this!", "Hm")
        assert (choice.citations, choice.media) == ((source,), (Media("png", "f1"),))


def test_calls_are_put_together_and_those_of_functions_await_results() -> None:
    run: dict[str, Any] = {"id": "t1", "name": "code_interpreter"}
    call: dict[str, Any] = {"id": "fc1", "tool_call_id": "c1", "name": "add"}
    message, noted = _run(
        STARTED,
        _event("tool.execution.started", **run, arguments=""),
        _event("tool.execution.delta", **run, arguments='{"code":'),
        _event("tool.execution.delta", **run, arguments='"1+1"}'),
        _event("tool.execution.done", **run, info={"code_output": "2"}),
        _event("function.call.delta", 1, **call, arguments='{"a":'),
        _event("function.call.delta", 1, **call, arguments="1}"),
        DONE,
    )
    assert noted == []
    first, second = message.native["outputs"]
    assert first == {
        "object": "entry", "type": "tool.execution", "created_at": "2026-01-01", **run, "info": {"code_output": "2"},
        "arguments": '{"code":"1+1"}',
    }  # fmt: skip
    assert (second["type"], second["arguments"]) == ("function.call", '{"a":1}')
    for read in (message, MistralConversations().answer(message.native)):
        (choice,) = read.choices
        assert [(made.id, made.name, made.parsed) for made in choice.tool_calls] == [
            ("t1", "code_interpreter", {"code": "1+1"}),
            ("c1", "add", {"a": 1}),
        ]
        assert choice.awaits_results


def test_events_without_an_index_belong_to_the_entry_of_their_id() -> None:
    calls = [
        {"type": "function.call.delta", "id": ident, "tool_call_id": ident, "name": "add", "arguments": part}
        for ident, part in (("f1", '{"a":'), ("f2", '{"b":'), ("f1", "1}"), ("f2", "2}"))
    ]
    for index in ({}, {"output_index": None}, {"output_index": True}):
        message, noted = _run(STARTED, *({**call, **index} for call in calls), DONE)
        assert noted == []
        assert [(made.id, made.parsed) for made in message.choices[0].tool_calls] == [
            ("f1", {"a": 1}),
            ("f2", {"b": 2}),
        ]


def test_arguments_that_came_as_an_object_are_read() -> None:
    entry = {"type": "function.call", "tool_call_id": "c1", "name": "add", "arguments": {"a": 1}}
    (choice,) = MistralConversations().answer({"outputs": [entry]}).choices
    assert choice.tool_calls[0].parsed == {"a": 1}


def test_a_stream_that_breaks_off_is_cut() -> None:
    assert _run(STARTED, _says("Hel"))[1] == [(Kind.CUT, "", 1)]


def test_what_follows_the_last_word_is_noted() -> None:
    assert _run(STARTED, DONE, _says("Hel"))[1] == [(Kind.AFTER_TERMINATOR, json.dumps(_says("Hel")), 2)]


def test_errors_are_kept_and_noted() -> None:
    error = {"type": "conversation.response.error", "message": "Too many.", "code": 3505}
    message, noted = _run(STARTED, error)
    assert noted == [(Kind.ERROR, "Too many.", 1)]
    assert message.errors == (error,)


def test_arguments_that_an_error_cut_are_no_fault_of_the_model() -> None:
    error = {"type": "conversation.response.error", "message": "Too many.", "code": 3505}
    call = _event("function.call.delta", id="f1", tool_call_id="c1", name="add", arguments='{"a":')
    assert _run(STARTED, call, error)[1] == [(Kind.ERROR, "Too many.", 2)]
    assert [kind for kind, *_ in _run(STARTED, call, DONE)[1]] == [Kind.TOOL_ARGUMENTS]


def test_what_connectors_added_is_input() -> None:
    found, _ = usage.read("mistral-conversations", _run(STARTED, DONE)[0])
    assert found is not None
    assert (found.input, found.output, found.total) == (29, 3, 32)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("type", "output_index", "content", "arguments", "thinking", "text", "info", "error", "usage")
            ),
            inner | st.sampled_from(("message.output.delta", "function.call.delta", "text", "thinking", DONE["type"])),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_VALUES, max_size=5))
def test_no_events_break_the_reader(chunks: list[Any]) -> None:
    message, _ = _run(*chunks)
    for choice in message.choices:
        assert choice.text.text is not None
    MistralConversations().answer(message.native)
