"""Gemini's Interactions in what is done with recordings: compared, shown, reassembled, counted, given to git."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.ids import NONE
from cassette_tools.operations.reassemble import reassemble
from cassette_tools.operations.usage.record import usage
from cassette_tools.report import textconv
from tests.recordings import recording

Run = Callable[..., "subprocess.CompletedProcess[str]"]

_URL = "https://generativelanguage.googleapis.com/v1beta/interactions"
_USAGE = {
    "total_tokens": 1300, "total_input_tokens": 1000, "total_cached_tokens": 0, "total_output_tokens": 100,
    "total_thought_tokens": 200, "total_tool_use_tokens": 0,
}  # fmt: skip
_THOUGHT = {"type": "thought", "signature": "CiQBDDnWx8Kq", "summary": [{"type": "text", "text": "Hm."}]}
_CALL = {"type": "function_call", "id": "61nzpsv4", "name": "add", "arguments": {"a": 1}}
_FOUND = {"type": "google_search_result", "call_id": "7xveqyd2", "result": [{"url": "https://a.example"}]}


def _output(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "model_output", "content": [{"type": "text", "text": text, **more}]}


def _tape(
    *steps: Any, asked: Any = None, ident: str = "v1_ChdUR3NIYXVyQkFl", status: str = "completed", **more: Any
) -> str:
    answer = {
        "id": ident, "status": status, "usage": _USAGE, "created": "2026-05-15T18:51:57Z",
        "updated": "2026-05-15T18:51:57Z", "object": "interaction", "model": "gemini-2.5-flash", "steps": list(steps),
    }  # fmt: skip
    request = {"model": "gemini-2.5-flash", "input": "Add", **(asked or {})}
    return recording(request, json.dumps({**answer, **more}), "application/json", url=_URL)


def _streamed(*steps: dict[str, Any], asked: Any = None) -> str:
    about = {"id": "v1_ChdUR3NIYXVyQkFl", "object": "interaction", "model": "gemini-2.5-flash"}
    events: list[dict[str, Any]] = [
        {"interaction": {**about, "status": "in_progress"}, "event_type": "interaction.created"}
    ]
    for index, step in enumerate(steps):
        begin = {key: step[key] for key in step if key not in ("content", "summary", "arguments", "signature")}
        deltas: list[dict[str, Any]] = [
            *({"type": "text", "text": letter} for part in step.get("content", ()) for letter in part["text"]),
            *({"type": "thought_summary", "content": part} for part in step.get("summary", ())),
        ]
        if "arguments" in step:
            begin["arguments"] = {}
            deltas.append({"type": "arguments_delta", "arguments": json.dumps(step["arguments"])})
        if "signature" in step:
            deltas.append({"type": "thought_signature", "signature": step["signature"]})
        events += [
            {"index": index, "step": begin, "event_type": "step.start"},
            *({"index": index, "delta": delta, "event_type": "step.delta"} for delta in deltas),
            {"index": index, "event_type": "step.stop"},
        ]
    dates = {"created": "2026-05-15T18:51:57Z", "updated": "2026-05-15T18:51:57Z"}
    end = {**about, **dates, "status": "completed", "usage": _USAGE}
    events.append({"interaction": end, "event_type": "interaction.completed"})
    stream = "".join(f"event: {event['event_type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    request = {"model": "gemini-2.5-flash", "input": "Add", "stream": True, **(asked or {})}
    return recording(request, f"{stream}event: done\ndata: [DONE]\n\n", "text/event-stream", url=_URL)


def _found(before: str, after: str) -> list[tuple[str, str, str, str]]:
    sides = [load_bytes(text.encode(), "x.json") for text in (before, after)]
    differences = (one for it in diff(sides[0], sides[1]).interactions for one in it.differences)
    return [(one.kind, one.change, ".".join(map(str, one.path)), one.verdict.label) for one in differences]


def _more_than_volatile(before: str, after: str) -> list[tuple[str, str, str, str]]:
    return [one for one in _found(before, after) if one[3] != "volatile only"]


def _text(tape: str) -> str:
    return "".join(textconv.write(load_bytes(tape.encode(), "x.json"), NONE, str))


# --- diff and textconv ------------------------------------------------------------------------------------------------


def test_another_recording_of_the_same_is_the_same() -> None:
    before = _tape(_THOUGHT, _CALL, status="requires_action")
    after = _tape(
        {**_THOUGHT, "signature": "EpoGCpcGAXLI"},
        {**_CALL, "id": "ktr5aysg"},
        status="requires_action",
        ident="v1_ChdkR3NIYW9QaElN",
        created="2026-06-15T18:51:57Z",
        updated="2026-06-15T18:51:58Z",
    )
    assert _found(before, after)
    assert _more_than_volatile(before, after) == []
    assert _text(before) == _text(after)


def test_how_a_stream_is_cut_into_deltas_is_no_difference() -> None:
    stream = _streamed(_THOUGHT, _output("Hello"), _CALL)
    whole = json.loads(stream)
    body = whole["interactions"][0]["response"]["body"]
    body["string"] = body["string"].replace('"text": "H"', '"text": "He"').replace('"text": "e"', '"text": ""')
    assert _found(stream, json.dumps(whole)) == [("volatile", "changed", "body", "volatile only")]
    assert _text(stream) == _text(json.dumps(whole))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            _tape(_output("Hello")),
            _tape(_output("Hello!")),
            [("text", "changed", "", "wording")],
            id="what it says",
        ),
        pytest.param(
            _tape(_CALL, status="requires_action"),
            _tape({**_CALL, "arguments": {"a": 2}}, status="requires_action"),
            [("arguments", "changed", "tool_calls.0.add.a", "behaviour")],
            id="what it calls a tool with",
        ),
        pytest.param(
            _tape(_output("Hello")),
            _tape(_output("Hello"), status="incomplete"),
            [("finish-reason", "changed", "", "behaviour")],
            id="why it ends",
        ),
        pytest.param(
            _tape(_FOUND),
            _tape({**_FOUND, "result": [{"url": "https://b.example"}]}),
            [("body", "changed", "steps.0.result.0.url", "behaviour")],
            id="what Google's tools found",
        ),
        pytest.param(
            _tape(_output("Hello")), _tape(_THOUGHT | {"summary": []}, _output("Hello")), [], id="a silent thought"
        ),
        pytest.param(
            _tape(asked={"system_instruction": "Be brief."}),
            _tape(asked={"system_instruction": "Be kind."}),
            [("messages", "changed", "system_instruction", "behaviour")],
            id="the instruction",
        ),
        pytest.param(
            _tape(asked={"input": [_THOUGHT, _output("Hello"), {"type": "user_input", "content": "Go on"}]}),
            _tape(asked={"input": [_output("Hi"), {"type": "user_input", "content": "Go on"}]}),
            [
                ("messages", "changed", "input.0.content.0.text", "wording"),
                ("messages", "removed", "input.0", "wording"),
            ],
            id="what the model had said",
        ),
        pytest.param(
            _tape(asked={"input": [{"type": "function_result", "call_id": "a", "result": {"time": 1}}]}),
            _tape(asked={"input": [{"type": "function_result", "call_id": "a", "result": {"time": 2}}]}),
            [("messages", "changed", "input.0.result.time", "behaviour")],
            id="what a tool gave back",
        ),
        pytest.param(
            _tape(asked={"previous_interaction_id": "v1_ChdUR3NIYXVyQkFl"}),
            _tape(asked={"previous_interaction_id": "v1_ChdkR3NIYW9QaElN"}),
            [],
            id="the interaction before",
        ),
        pytest.param(
            _tape(asked={"generation_config": {"thinking_level": "low"}}),
            _tape(asked={"generation_config": {"thinking_level": "high"}}),
            [("parameters", "changed", "generation_config.thinking_level", "behaviour")],
            id="a parameter",
        ),
    ],
)
def test_what_differs_is_told_by_what_it_means(
    before: str, after: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert _more_than_volatile(before, after) == expected
    assert (_text(before) == _text(after)) == (not expected)


def test_interactions_are_aligned_by_what_the_test_says() -> None:
    def tape(*pairs: tuple[str, str]) -> str:
        asked = [
            {"input": [_output(said), {"type": "user_input", "content": [{"type": "text", "text": question}]}]}
            for said, question in pairs
        ]
        tapes = [json.loads(_tape(_output("Yes."), asked=one)) for one in asked]
        return json.dumps({"version": 1, "interactions": [one["interactions"][0] for one in tapes]})

    before = tape(("It is a cat.", "Is it black?"), ("It is a dog.", "Is it brown?"))
    after = tape(("A dog it is.", "Is it brown?"), ("A cat it is.", "Is it black?"))
    paths = [path for _, _, path, verdict in _found(before, after) if verdict == "wording"]
    assert paths == ["input.0.content.0.text"] * 2
    assert not [one for one in _found(before, after) if one[2].startswith("input.1")]


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_a_stream_is_reassembled_as_the_answer_without_streaming() -> None:
    steps = (_THOUGHT, _output("Hello"), _CALL)
    natives = []
    for tape in (_streamed(*steps), _tape(*steps)):
        item = reassemble(load_bytes(tape.encode(), "x.json").interactions[0])
        assert item is not None
        assert item.message is not None
        assert (item.protocol, item.problems) == ("gemini-interactions", ())
        natives.append(item.message.native)
    assert natives[0] == natives[1]


def test_what_was_used_has_its_price() -> None:
    (one,) = usage(load_bytes(_streamed(_output("Hello")).encode(), "x.json"))
    assert one.usage is not None
    assert (one.usage.input, one.usage.output, one.usage.reasoning, one.usage.total) == (1000, 300, 200, 1300)
    assert (one.provider, one.model, one.finish, one.outcome) == ("google", "gemini-2.5-flash", "completed", "answer")
    assert one.cost.source == "estimated"
    assert str(one.cost.dollars) == "0.00105"
    counts = [{"type": "google_search", "count": 3}]
    tape = _tape(_output("Hello"), usage={**_USAGE, "grounding_tool_count": counts})
    (one,) = usage(load_bytes(tape.encode(), "x.json"))
    assert [(unit.name, int(unit.number)) for unit in one.units] == [("searches", 3)]


def test_an_agent_is_asked_for_as_a_model_is() -> None:
    tape = _tape(_output("Hello"), asked={"model": None, "agent": "deep-research"}, model=None, agent="deep-research")
    (one,) = usage(load_bytes(tape.encode(), "x.json"))
    assert (one.model_asked, one.model, one.cost.source) == ("deep-research", "deep-research", "unknown")


def test_the_conversation_is_shown(call: Run, tmp_path: Path) -> None:
    asked = {
        "system_instruction": "Be brief.",
        "generation_config": {"temperature": 0.5},
        "tools": [
            {"type": "function", "name": "add", "parameters": {"properties": {"a": {}}}},
            {"type": "google_search"},
        ],
        "input": [
            {"type": "user_input", "content": [{"type": "text", "text": "Add 1"}]},
            _CALL,
            {"type": "function_result", "call_id": "61nzpsv4", "name": "add", "result": "2"},
        ],
    }
    cited = {"type": "url_citation", "title": "A", "url": "https://a.example"}
    (tmp_path / "a.json").write_text(_tape(_THOUGHT, _FOUND, _output("It is 2.", annotations=[cited]), asked=asked))
    result = call("show", "a.json", "-i", "0")
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert "gemini-interactions" in lines[1]
    for line in ("Be brief.", "Add 1", "| Hm.", "It is 2.", "A, https://a.example"):
        assert any(line in held for held in lines), line
    assert "temperature 0.5" in result.stdout
    assert "add" in result.stdout
    assert "google_search" in result.stdout
    assert "tool result google_search (7xveqyd2)" in lines
    assert '"url": "https://a.example"' in lines


def test_events_are_listed_with_what_they_add(call: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_streamed(_THOUGHT, _output("Hi")))
    lines = call("show", "a.json", "--events").stdout.splitlines()
    assert any("step.delta" in line and "reasoning Hm." in line for line in lines)
    assert any("interaction.completed" in line for line in lines)


@pytest.mark.parametrize("asks", [True, False])
def test_a_stream_that_was_not_asked_for_is_told(call: Run, tmp_path: Path, asks: bool) -> None:
    asked = {"stream": asks}
    (tmp_path / "a.json").write_text(_streamed(_output("Hi"), asked=asked))
    assert ("CT410" in call("lint", "a.json").stdout) is not asks
    (tmp_path / "a.json").write_text(_tape(_output("Hi"), asked=asked))
    assert ("CT410" in call("lint", "a.json").stdout) is asks
