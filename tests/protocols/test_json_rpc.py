"""JSON-RPC is left as it is, and nothing of it is a broken stream of an LLM."""

import json

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols.registry import read


def _interaction(body: str, content_type: str) -> Interaction:
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url="https://mcp.example/mcp")
    headers = Headers([Header("Content-Type", content_type, ())])
    response = Response((), {}, headers, Body(body, (), headers), None, code=200, status_line="")
    return Interaction(0, (), request, response, None)


MESSAGES = [
    {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}},
    {"jsonrpc": "2.0", "id": 7, "result": {"content": [{"type": "text", "text": "Hi"}]}},
    {"jsonrpc": "2.0", "id": 8, "error": {"code": -32601, "message": "Method not found"}},
]


def test_the_messages_of_a_stream_are_kept_and_nothing_is_noted() -> None:
    body = "".join(f"event: message\ndata: {json.dumps(message)}\n\n" for message in MESSAGES)
    transcript = read(_interaction(body, "text/event-stream"))
    assert transcript is not None
    assert transcript.protocol is not None
    assert transcript.message is not None
    assert (transcript.protocol.name, transcript.message.native) == ("json-rpc", {"messages": MESSAGES})
    assert (transcript.message.choices, transcript.defects, transcript.irregularities) == ((), [], [])


def test_an_answer_is_its_message() -> None:
    transcript = read(_interaction(json.dumps(MESSAGES[1]), "application/json"))
    assert transcript is not None
    assert transcript.message is not None
    assert transcript.message.native == MESSAGES[1]
