"""Mistral's Conversations in what is done with recordings: compared, and given to git."""

import json
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.compare import diff
from cassette_tools.operations.diff.ids import NONE
from cassette_tools.report import textconv
from tests.recordings import recording

_URL = "https://api.mistral.ai/v1/conversations"


def _tape(
    *, said: str = "I add.", number: int = 1, given: str = "2", ident: str = "Zb3Mx8Kw2", date: str = "2026-01-01"
) -> str:
    """A function is called, its result is given to the conversation, and once more with all of what was said."""
    conversation = f"conv_{ident}5f607198"
    made = {"object": "entry", "created_at": f"{date}T00:00:00Z", "completed_at": f"{date}T00:00:01Z"}
    call = {
        **made, "type": "function.call", "id": f"fc_{ident}", "tool_call_id": ident, "name": "add",
        "arguments": json.dumps({"a": number}),
    }  # fmt: skip
    result = {"object": "entry", "type": "function.result", "tool_call_id": ident, "result": given}

    def says(text: str) -> dict[str, Any]:
        return {**made, "type": "message.output", "id": f"msg_{ident}{len(text)}", "role": "assistant", "content": text}

    question = {"type": "message.input", "role": "user", "content": "Add"}
    exchanges = [
        ({"model": "m", "inputs": "Add"}, [says(said), call], _URL),
        ({"inputs": [result]}, [says("Done.")], f"{_URL}/{conversation}"),
        ({"model": "m", "inputs": [question, says(said), call, result]}, [says("Done.")], _URL),
    ]
    interactions = []
    for asked, outputs, url in exchanges:
        answer = {"object": "conversation.response", "conversation_id": conversation, "outputs": outputs}
        interactions += json.loads(recording(asked, json.dumps(answer), "application/json", url=url))["interactions"]
    return json.dumps({"version": 1, "interactions": interactions})


def _found(before: str, after: str) -> list[tuple[str, str, str]]:
    sides = [load_bytes(text.encode(), "x.json") for text in (before, after)]
    differences = (one for it in diff(sides[0], sides[1]).interactions for one in it.differences)
    found = [(one.kind, ".".join(map(str, one.path)), one.verdict.label) for one in differences]
    return [one for one in found if one[2] != "volatile only"]


def _text(tape: str) -> str:
    return "".join(textconv.write(load_bytes(tape.encode(), "x.json"), NONE, str))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(_tape(ident="q7Rt2Lp91", date="2026-02-02"), [], id="another recording of the same"),
        pytest.param(
            _tape(said="I shall add.", ident="q7Rt2Lp91"),
            [("text", "", "wording"), ("messages", "inputs.1.content", "wording")],
            id="what the model says, and had said",
        ),
        pytest.param(
            _tape(number=2),
            [
                ("arguments", "tool_calls.0.add.a", "behaviour"),
                ("messages", "inputs.2.arguments.a", "behaviour"),
            ],
            id="what it calls a function with",
        ),
        pytest.param(
            _tape(given="3"),
            [("messages", "inputs.0.result", "behaviour"), ("messages", "inputs.3.result", "behaviour")],
            id="what the function gave back",
        ),
    ],
)
def test_what_differs_is_told_by_what_it_means(after: str, expected: list[tuple[str, str, str]]) -> None:
    assert _found(_tape(), after) == expected
    assert (_text(_tape()) == _text(after)) == (not expected)
