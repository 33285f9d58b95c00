"""Bedrock's agents: how events merge, and what is noted when a stream is not as it should be."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.bedrock_agent import AgentAccumulator, BedrockAgent
from cassette_tools.protocols.message import Choice, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

Frame = tuple[str, Any]
"""The type of an event, and its value."""


def _run(*frames: Frame) -> tuple[Message, list[Irregularity]]:
    """Put events together."""
    accumulator = AgentAccumulator()
    for number, (kind, value) in enumerate(frames):
        data = json.dumps(value)
        accumulator.add(Event(number, kind, data, "", 0, len(data), ((0, len(data)),)), value)
    return accumulator.finish(), accumulator.irregularities


def _chunk(data: bytes, **rest: Any) -> Frame:
    return "chunk", {"bytes": base64.b64encode(data).decode(), **rest}


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


_FAILURE: Frame = ("throttlingException", {"message": "slow down", "p": "abc"})
_ERROR = {"type": "throttlingException", "message": "slow down"}


def test_a_stream_becomes_its_text_and_what_came_beside_it() -> None:
    message, irregularities = _run(
        ("trace", {"agentId": "A", "p": "abc"}),
        _chunk(b"Hello, ", p="a"),
        ("trace", {"agentId": "B"}),
        _chunk("wörld".encode(), attribution={"citations": [{"n": 1}]}),
        _chunk(b"!", attribution={"citations": [{"n": 2}]}),
        ("returnControl", {"invocationId": "i"}),
        ("", {"x": 1}),
    )
    citations = [{"n": 1}, {"n": 2}]
    assert irregularities == []
    assert message.native == {
        "trace": [{"agentId": "A"}, {"agentId": "B"}],
        "returnControl": [{"invocationId": "i"}],
        "events": [{"x": 1}],
        "completion": "Hello, wörld!",
        "attribution": {"citations": citations},
    }
    choice = _only(message)
    assert (choice.role, choice.text.text, choice.citations) == ("assistant", "Hello, wörld!", tuple(citations))
    assert (choice.finish_reason, choice.tool_calls, message.usage, message.errors) == ("", (), None, ())


def test_an_answer_of_nothing_is_empty() -> None:
    message, irregularities = _run()
    assert (message.native, _only(message).text.text, irregularities) == ({"completion": ""}, "", [])


def test_a_character_may_be_split_between_chunks() -> None:
    data = "é😀".encode()
    message, _ = _run(*(_chunk(bytes([byte])) for byte in data))
    assert message.native["completion"] == "é😀"


def test_a_character_that_is_never_finished_is_replaced() -> None:
    message, _ = _run(_chunk(b"a\xf0\x9f"), ("trace", {}))
    assert message.native["completion"] == "a\ufffd"


@pytest.mark.parametrize("data", ["no base64!", "é", "abc"])
def test_bytes_that_are_no_base64_are_noted(data: str) -> None:
    message, irregularities = _run(_chunk(b"a"), ("chunk", {"bytes": data}), _chunk(b"b"))
    assert irregularities == [Irregularity(Kind.NOT_JSON, "its bytes are no base64", 1)]
    assert message.native["completion"] == "ab"


def test_a_chunk_without_text_is_kept_as_it_is() -> None:
    message, irregularities = _run(("chunk", {"bytes": 5}), ("chunk", 5))
    assert (message.native, irregularities) == ({"chunk": [{"bytes": 5}, {}], "completion": ""}, [])


def test_an_exception_leaves_what_came_before_it() -> None:
    message, irregularities = _run(_chunk(b"Hi"), _FAILURE)
    assert irregularities == [Irregularity(Kind.ERROR, "slow down", 1)]
    assert (message.native, message.errors) == ({"completion": "Hi"}, (_ERROR,))
    alone, _ = _run(_FAILURE)
    assert (alone.native, alone.errors, alone.choices) == (_ERROR, (_ERROR,), ())


def test_what_is_no_stream_is_an_error() -> None:
    value = {"message": "denied"}
    message = BedrockAgent().answer(value)
    assert (message.native, message.errors, message.choices) == (value, (value,), ())


@quick
@given(st.lists(st.binary(max_size=6), max_size=6))
def test_however_the_bytes_are_split_the_text_is_the_same(parts: list[bytes]) -> None:
    message, irregularities = _run(*(_chunk(part) for part in parts))
    assert message.native["completion"] == b"".join(parts).decode("utf-8", "replace")
    assert (_only(message).text.text, irregularities) == (message.native["completion"], [])


@quick
@given(st.lists(st.text(max_size=6), max_size=6))
def test_origins_lead_to_the_chunks(parts: list[str]) -> None:
    frames = [("trace", {}), *(_chunk(part.encode()) for part in parts)]
    text = _only(_run(*frames)[0]).text
    told = ""
    for origin in text.origins(0, len(text.text)):
        assert origin.event is not None
        assert origin.path == ("bytes",)
        told += base64.b64decode(frames[origin.event][1]["bytes"]).decode()[origin.start : origin.end]
    assert told == text.text == "".join(parts)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "YQ==", "é"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["bytes", "attribution", "citations", "p"]), inner)
    ),
    max_leaves=10,
)


@quick
@given(st.lists(st.tuples(st.sampled_from(["chunk", "trace", "xException", "error", ""]), _json), max_size=6))
def test_no_stream_is_too_strange(frames: list[Frame]) -> None:
    message, irregularities = _run(*frames)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is not None and noted.event < len(frames) for noted in irregularities)
