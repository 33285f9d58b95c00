"""Bedrock's Converse: how events merge, and what is noted when a stream is not as it should be."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.base import Irregularity, Kind
from cassette_tools.protocols.bedrock_converse import BedrockConverse, ConverseAccumulator
from cassette_tools.protocols.message import Choice, Fragments, Media, Message
from cassette_tools.wire.event import Event

quick = settings(deadline=None, max_examples=100)

Frame = tuple[str, Any]
"""The type of an event, and its value."""


def _run(*frames: Frame) -> tuple[Message, list[Irregularity]]:
    """Put events together."""
    accumulator = ConverseAccumulator()
    for number, (kind, value) in enumerate(frames):
        data = json.dumps(value)
        accumulator.add(Event(number, kind, data, "", 0, len(data), ((0, len(data)),)), value)
    return accumulator.finish(), accumulator.irregularities


def _start(index: int, **start: Any) -> Frame:
    return "contentBlockStart", {"contentBlockIndex": index, "start": start, "p": "abc"}


def _delta(index: int, **delta: Any) -> Frame:
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": delta, "p": "abcdef"}


def _reasoning(index: int, **part: Any) -> Frame:
    return _delta(index, reasoningContent=part)


def _input(index: int, part: Any) -> Frame:
    return _delta(index, toolUse={"input": part})


def _stop(index: int) -> Frame:
    return "contentBlockStop", {"contentBlockIndex": index, "p": "ab"}


def _end(reason: Any = "end_turn", **rest: Any) -> Frame:
    return "messageStop", {"stopReason": reason, "p": "abcd", **rest}


BEGIN: Frame = ("messageStart", {"role": "assistant", "p": "abcdefgh"})
END = _end()
USAGE = {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8}
LAST: Frame = ("metadata", {"usage": USAGE, "metrics": {"latencyMs": 7}, "p": "a"})
TOOL = {"toolUseId": "tooluse_1", "name": "f"}


def _only(message: Message) -> Choice:
    (choice,) = message.choices
    return choice


def _block(*frames: Frame) -> Any:
    """The native block of a healthy stream with these events between its start and its end."""
    message, irregularities = _run(BEGIN, *frames, END, LAST)
    assert irregularities == []
    (found,) = message.native["output"]["message"]["content"]
    return found


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


# What a whole stream gives.

_STREAM: list[Frame] = [
    BEGIN,
    _reasoning(0, text="Hm"),
    _reasoning(0, text="."),
    _reasoning(0, signature="c2"),
    _reasoning(0, signature="ln"),
    _stop(0),
    _delta(1, text="Let me "),
    _delta(1, text="see."),
    _stop(1),
    _start(2, toolUse=TOOL),
    _input(2, '{"a": '),
    _input(2, '"é"}'),
    _stop(2),
    _end("tool_use", additionalModelResponseFields={"x": 1}),
    LAST,
]


def test_a_stream_becomes_the_answer_of_converse() -> None:
    message, irregularities = _run(*_STREAM)
    assert irregularities == []
    assert message.native == {
        "output": {
            "message": {
                "role": "assistant",
                "content": [
                    {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
                    {"text": "Let me see."},
                    {"toolUse": {**TOOL, "input": {"a": "é"}}},
                ],
            }
        },
        "stopReason": "tool_use",
        "additionalModelResponseFields": {"x": 1},
        "usage": USAGE,
        "metrics": {"latencyMs": 7},
    }
    assert (message.id, message.model, message.usage, message.errors) == ("", "", USAGE, ())
    choice = _only(message)
    assert (choice.number, choice.role, choice.text.text) == (0, "assistant", "Let me see.")
    assert (choice.reasoning.text, choice.refusal.text) == ("Hm.", "")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [
        ("tooluse_1", "f", '{"a": "é"}')
    ]
    assert (choice.finish_reason, choice.finish, choice.citations, choice.media) == ("tool_use", "tool-calls", (), ())


# How blocks merge.


@pytest.mark.parametrize(
    ("frames", "merged"),
    [
        pytest.param(
            [_delta(0, text="a"), _delta(0, text=5), _delta(0, text="b"), _stop(0)], {"text": "ab"}, id="text"
        ),
        pytest.param([_delta(0, text=""), _stop(0)], {"text": ""}, id="empty text"),
        pytest.param(
            [
                _delta(0, text="a"),
                _delta(0, citation={"n": 1}),
                _delta(0, text="b"),
                _delta(0, citation={"n": 2}),
                _stop(0),
            ],
            {"citationsContent": {"content": [{"text": "ab"}], "citations": [{"n": 1}, {"n": 2}]}},
            id="text with citations",
        ),
        pytest.param(
            [_delta(0, citation={"n": 1}), _stop(0)],
            {"citationsContent": {"content": [], "citations": [{"n": 1}]}},
            id="citations without text",
        ),
        pytest.param(
            [_reasoning(0, signature="s"), _stop(0)],
            {"reasoningContent": {"reasoningText": {"text": "", "signature": "s"}}},
            id="a signature of nothing",
        ),
        pytest.param(
            [_reasoning(0, redactedContent=_coded(b"a")), _reasoning(0, redactedContent=_coded(b"bc")), _stop(0)],
            {"reasoningContent": {"redactedContent": _coded(b"abc")}},
            id="blobs are joined as bytes",
        ),
        pytest.param(
            [_reasoning(0, redactedContent="=A"), _reasoning(0, redactedContent="x"), _stop(0)],
            {"reasoningContent": {"redactedContent": "=Ax"}},
            id="blobs that are no base64",
        ),
        pytest.param(
            [_reasoning(0, text="a"), _reasoning(0, redactedContent="Yg=="), _reasoning(0, new="x"), _stop(0)],
            {"reasoningContent": {"reasoningText": {"text": "a"}, "redactedContent": "Yg==", "new": "x"}},
            id="reasoning of several kinds",
        ),
        pytest.param([_start(0, toolUse=TOOL), _stop(0)], {"toolUse": {**TOOL, "input": {}}}, id="no input"),
        pytest.param(
            [_start(0, toolUse=TOOL), _input(0, ""), _stop(0)], {"toolUse": {**TOOL, "input": {}}}, id="empty input"
        ),
        pytest.param(
            [_start(0, toolUse=TOOL), _input(0, {"a": 1}), _stop(0)],
            {"toolUse": {**TOOL, "input": {"a": 1}}},
            id="input as a structure",
        ),
        pytest.param(
            [_start(0, toolUse={}), _delta(0, toolUse={**TOOL, "input": "{}", "type": "server_tool_use"}), _stop(0)],
            {"toolUse": {**TOOL, "input": {}, "type": "server_tool_use"}},
            id="the name of a tool in a delta",
        ),
        pytest.param(
            [
                _start(0, toolResult={"toolUseId": "t", "status": "success"}),
                _delta(0, toolResult=[{"text": "a"}]),
                _delta(0, toolResult=[{"json": {}}]),
                _stop(0),
            ],
            {"toolResult": {"toolUseId": "t", "status": "success", "content": [{"text": "a"}, {"json": {}}]}},
            id="results of a tool append",
        ),
        pytest.param(
            [
                _start(0, image={"format": "png"}),
                _delta(0, image={"source": {"bytes": _coded(b"a")}}),
                _delta(0, image={"source": {"bytes": _coded(b"b")}}),
                _stop(0),
            ],
            {"image": {"format": "png", "source": {"bytes": _coded(b"ab")}}},
            id="a picture in parts",
        ),
        pytest.param(
            [_start(0, image={"format": "png"}), _delta(0, image={"source": {"s3": "x"}, "error": "y"}), _stop(0)],
            {"image": {"format": "png", "source": {"s3": "x"}, "error": "y"}},
            id="a picture that is elsewhere",
        ),
        pytest.param(
            [_start(0, new=1, newer={"a": 1}), _delta(0, new=2, newer={"b": "c"}), _stop(0)],
            {"new": 2, "newer": {"a": 1, "b": "c"}},
            id="unknown keys replace",
        ),
    ],
)
def test_blocks_merge(frames: list[Frame], merged: dict[str, Any]) -> None:
    before = json.dumps(frames)
    assert _block(*frames) == merged
    assert json.dumps(frames) == before  # what was given is left alone


def test_arguments_that_come_as_a_structure_are_arguments() -> None:
    message, _ = _run(BEGIN, _start(0, toolUse=TOOL), _input(0, {"a": "é"}), _stop(0), _end("tool_use"), LAST)
    (call,) = _only(message).tool_calls
    assert (call.arguments.text, call.parsed) == ('{"a": "é"}', {"a": "é"})
    (origin,) = call.arguments.origins(0, 1)
    assert (origin.event, origin.path) == (2, ("delta", "toolUse", "input"))


def test_a_picture_is_media() -> None:
    message, _ = _run(
        BEGIN, _start(0, image={"format": "png"}), _delta(0, image={"source": {"bytes": "AAAA"}}), _stop(0), END, LAST
    )
    assert _only(message).media == (Media("image/png", "AAAA"),)


def test_calls_citations_and_texts_of_several_blocks_are_gathered() -> None:
    message, irregularities = _run(
        BEGIN,
        _delta(0, text="a"),
        _delta(0, citation=1),
        _stop(0),
        _stop(1),  # without a delta: it is empty
        _start(2, toolUse={"toolUseId": 5}),
        _stop(2),
        _delta(3, text="b"),
        _delta(3, citation=2),
        _stop(3),
        END,
        LAST,
    )
    choice = _only(message)
    assert (choice.text.text, choice.citations, irregularities) == ("ab", (1, 2), [])
    assert [(call.id, call.name, call.parsed) for call in choice.tool_calls] == [("", "", {})]


def test_unknown_events_are_kept_under_their_types() -> None:
    message, irregularities = _run(BEGIN, ("newEvent", {"a": 1, "p": "x"}), ("newEvent", 5), ("", {}), END, LAST)
    assert irregularities == []
    assert (message.native["newEvent"], message.native["events"]) == ([{"a": 1}, {}], [{}])


# What is noted.

_HI = [_delta(0, text="Hi"), _stop(0)]
_CALL = [_start(0, toolUse=TOOL), _input(0, '{"a"'), _stop(0)]
_FAILURE: Frame = ("throttlingException", {"message": "slow down", "p": "abc"})


@pytest.mark.parametrize(
    ("frames", "noted"),
    [
        pytest.param([BEGIN, *_HI, END, LAST], [], id="whole"),
        pytest.param([], [(Kind.CUT, "", None)], id="no event"),
        pytest.param([BEGIN, _HI[0]], [(Kind.CUT, "", 1)], id="cut in a block"),
        pytest.param([BEGIN, *_CALL[:2]], [(Kind.CUT, "", 2)], id="cut in a call"),
        pytest.param([BEGIN, *_HI, END], [(Kind.NO_TERMINATOR, "", 3)], id="no last word"),
        pytest.param([BEGIN, *_HI, LAST], [(Kind.UNFINISHED, "0", 3)], id="no reason"),
        pytest.param([BEGIN, *_HI, END, LAST, LAST], [(Kind.AFTER_TERMINATOR, json.dumps(LAST[1]), 5)], id="behind it"),
        pytest.param([BEGIN, *_HI, BEGIN, *_HI, END, LAST], [(Kind.MIXED, "\n", 3)], id="two answers"),
        pytest.param(
            [*_HI, END, LAST], [(Kind.BLOCK_ORDER, "contentBlockDelta comes before messageStart", 0)], id="no start"
        ),
        pytest.param(
            [_HI[0], BEGIN, _HI[1], END, LAST],
            [(Kind.BLOCK_ORDER, "contentBlockDelta comes before messageStart", 0)],
            id="a start that was moved",
        ),
        pytest.param(
            [BEGIN, *_CALL[1:], _end("max_tokens"), LAST],
            [(Kind.BLOCK_ORDER, "block 0 goes on without having started", 1)],
            id="a call without a start",
        ),
        pytest.param(
            [BEGIN, *_HI, *_CALL, END, LAST],
            [
                (Kind.BLOCK_ORDER, "block 0 starts twice", 3),
                (Kind.TOOL_ARGUMENTS, "f\nexpecting ':' delimiter", 4),
            ],
            id="an index twice",
        ),
        pytest.param(
            [BEGIN, _HI[0], END, LAST],
            [(Kind.BLOCK_ORDER, "messageStop comes before block 0 has ended", 2)],
            id="a block without an end",
        ),
        pytest.param(
            [BEGIN, *_CALL, _end("tool_use"), LAST],
            [(Kind.TOOL_ARGUMENTS, "f\nexpecting ':' delimiter", 2)],
            id="arguments that are no JSON",
        ),
        pytest.param([BEGIN, *_CALL, _end("max_tokens"), LAST], [], id="arguments that were cut on purpose"),
        pytest.param([BEGIN, _HI[0], _FAILURE], [(Kind.ERROR, "slow down", 2)], id="an exception"),
        pytest.param([("error", {"code": "42"})], [(Kind.ERROR, "42", 0)], id="an error"),
    ],
)
def test_what_is_noted(frames: list[Frame], noted: list[tuple[Kind, str, int | None]]) -> None:
    _, irregularities = _run(*frames)
    assert [(found.kind, found.detail, found.event) for found in irregularities] == noted


def test_an_exception_in_a_stream_leaves_what_came_before_it() -> None:
    message, _ = _run(BEGIN, _HI[0], _FAILURE)
    error = {"type": "throttlingException", "message": "slow down"}
    assert message.errors == (error,)
    assert message.native == {"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}}}
    assert _only(message).text.text == "Hi"
    alone, _ = _run(_FAILURE)
    assert (alone.native, alone.errors, alone.choices) == (error, (error,), ())


def test_input_that_was_cut_is_kept_as_text() -> None:
    message, _ = _run(BEGIN, *_CALL[:2])
    assert message.native["output"]["message"]["content"] == [{"toolUse": {**TOOL, "input": '{"a"'}}]


# Plain answers.

_ANSWER = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"text": "Hi"},
                {"citationsContent": {"content": [{"text": " you"}, {"text": "!"}], "citations": [{"n": 1}]}},
                {"image": {"format": "png", "source": {"bytes": "AAAA"}}},
                {"toolUse": {**TOOL, "input": {"a": 1}}},
                {"toolUse": {"toolUseId": "tooluse_2", "name": "g", "input": {}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": USAGE,
}


def test_a_plain_answer_is_the_same_message() -> None:
    message = BedrockConverse().answer(_ANSWER)
    choice = _only(message)
    assert (message.native, message.usage, message.errors) == (_ANSWER, USAGE, ())
    assert (choice.text.text, choice.reasoning.text, choice.finish) == ("Hi you!", "hm", "tool-calls")
    assert [(call.id, call.name, call.arguments.text) for call in choice.tool_calls] == [
        ("tooluse_1", "f", '{"a": 1}'),
        ("tooluse_2", "g", ""),
    ]
    assert (choice.citations, choice.media) == (({"n": 1},), (Media("image/png", "AAAA"),))
    for text in (choice.text, choice.reasoning):
        told = [_at(_ANSWER, origin.path)[origin.start : origin.end] for origin in text.origins(0, len(text.text))]
        assert "".join(told) == text.text
    (origin,) = choice.tool_calls[0].arguments.origins(0, 1)
    assert (origin.event, _at(_ANSWER, origin.path)) == (None, {"a": 1})


@pytest.mark.parametrize("value", [{"message": "denied"}, {"Message": "denied"}], ids=lambda value: next(iter(value)))
def test_a_plain_error_is_an_error(value: dict[str, Any]) -> None:
    message = BedrockConverse().answer(value)
    assert (message.errors, message.choices, message.native) == ((value,), (), value)


# Properties.


@st.composite
def _split(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _told(text: Fragments, frames: list[Frame]) -> str:
    """A text put together from where its parts are said to come from."""
    told = ""
    for origin in text.origins(0, len(text.text)):
        assert origin.event is not None
        told += _at(frames[origin.event][1], origin.path)[origin.start : origin.end]
    return told


@st.composite
def _streams(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[Frame]]:
    """The kinds and texts of blocks, and the events of a stream that brings them, in whatever pieces."""
    kinds = st.sampled_from(["text", "reasoning", "tool"])
    blocks = draw(st.lists(st.tuples(kinds, st.text(max_size=12)), max_size=4))
    frames = [BEGIN]
    for index, (kind, text) in enumerate(blocks):
        frames += [_start(index, toolUse=TOOL)] if kind == "tool" else []
        for part in draw(_split(text)):
            made = {"text": _delta(index, text=part), "reasoning": _reasoning(index, text=part)}
            frames.append(made.get(kind, _input(index, part)))
        frames.append(_stop(index))
    return blocks, [*frames, _end("max_tokens"), LAST]


@quick
@given(_streams())
def test_however_a_text_is_split_the_message_is_the_same(stream: tuple[list[tuple[str, str]], list[Frame]]) -> None:
    blocks, frames = stream
    message, irregularities = _run(*frames)
    assert irregularities == []
    choice = _only(message)
    assert choice.text.text == "".join(text for kind, text in blocks if kind == "text")
    assert choice.reasoning.text == "".join(text for kind, text in blocks if kind == "reasoning")
    assert [call.arguments.text for call in choice.tool_calls] == [text for kind, text in blocks if kind == "tool"]
    for native, (kind, text) in zip(message.native["output"]["message"]["content"], blocks, strict=True):
        assert kind != "text" or native == {"text": text}
        assert kind != "reasoning" or native == {"reasoningContent": {"reasoningText": {"text": text}}}
    for found in (choice.text, choice.reasoning, *(call.arguments for call in choice.tool_calls)):
        assert _told(found, frames) == found.text


@quick
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=6))
def test_however_a_picture_is_split_it_is_the_same(parts: list[bytes]) -> None:
    deltas = [_delta(0, image={"source": {"bytes": _coded(part)}}) for part in parts]
    block = _block(_start(0, image={"format": "png"}), *deltas, _stop(0))
    assert block == {"image": {"format": "png", "source": {"bytes": _coded(b"".join(parts))}}}


@quick
@given(st.data())
def test_a_stream_that_is_cut_anywhere_is_cut_and_nothing_else(data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(_STREAM) - 1))
    _, irregularities = _run(*_STREAM[:length])
    kinds = [noted.kind for noted in irregularities]
    assert kinds == [Kind.NO_TERMINATOR if length == len(_STREAM) - 1 else Kind.CUT]


_names = st.sampled_from(
    ["role", "contentBlockIndex", "start", "delta", "text", "toolUse", "toolUseId", "name", "input", "toolResult",
     "content", "reasoningContent", "reasoningText", "signature", "redactedContent", "citation", "citationsContent",
     "citations", "image", "source", "bytes", "format", "stopReason", "usage", "metrics", "output", "message", "p", "x"]
)  # fmt: skip
_types = st.sampled_from(
    ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata",
     "xException", "error", "x", ""]
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "{", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)
_values = st.dictionaries(_names, _json, max_size=4)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(_types, st.fixed_dictionaries({"delta": _values}) | _values | _json), max_size=8))
def test_no_stream_is_too_strange(frames: list[Frame]) -> None:
    before = json.dumps(frames)
    message, irregularities = _run(*frames)
    json.dumps(message.native)  # plain values only
    assert all(noted.event is None or 0 <= noted.event < len(frames) for noted in irregularities)
    assert len(message.choices) <= 1
    for choice in message.choices:
        for call in choice.tool_calls:
            assert isinstance(call.problem, str)
    assert json.dumps(frames) == before


_whole = st.fixed_dictionaries({"message": st.fixed_dictionaries({"content": st.lists(_values, max_size=3)})})


@quick
@given(st.fixed_dictionaries({"output": _whole}) | _values)
def test_no_plain_answer_is_too_strange(value: dict[str, Any]) -> None:
    message = BedrockConverse().answer(value)
    assert message.native is value
    assert all(isinstance(call.problem, str) for choice in message.choices for call in choice.tool_calls)
