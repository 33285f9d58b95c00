"""Small recordings of one exchange with a chat API, as VCR.py writes them in JSON."""

import json
from typing import Any


def chat(
    *, text: str = "Hello there", question: str = "Say hi", ident: str = "chatcmpl-9x8y7z6w5v4u3t2s1r0q",
    tokens: int = 5, calls: Any = None, code: int = 200, finish: str = "stop",
    more: dict[str, Any] | None = None, url: str = "", asked: dict[str, Any] | None = None,
    headers: dict[str, list[str]] | None = None,
) -> str:  # fmt: skip
    """A recording; what is not given is as it always is."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = calls
    answer = {
        "id": ident, "object": "chat.completion", "created": len(ident), "model": "m-1", **(more or {}),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 3, "completion_tokens": tokens, "total_tokens": 3 + tokens},
    }  # fmt: skip
    request = {"model": "m", "messages": [{"role": "user", "content": question}], **(asked or {})}
    return recording(request, json.dumps(answer), "application/json", code=code, url=url, headers=headers)


def streamed_chat(pieces: list[str], *, ident: str = "chatcmpl-9x8y7z6w5v4u3t2s1r0q") -> str:
    """A recording of a streamed answer that comes in some pieces."""
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    kind = {"id": ident, "object": "chat.completion.chunk", "created": 1700000000, "model": "m-1"}
    events = [f"data: {json.dumps({**kind, 'choices': [choice]})}\n\n" for choice in choices]
    request = {"model": "m", "messages": [{"role": "user", "content": "Say hi"}], "stream": True}
    return recording(request, "".join([*events, "data: [DONE]\n\n"]), "text/event-stream")


def recording(
    asked: Any, answer: str, media_type: str, *, code: int = 200, url: str = "",
    headers: dict[str, list[str]] | None = None,
) -> str:  # fmt: skip
    """A recording of any exchange."""
    interaction = {
        "request": {
            "method": "POST", "uri": url or "https://api.openai.com/v1/chat/completions", "body": json.dumps(asked),
            "headers": {"Content-Type": ["application/json"], **(headers or {})},
        },
        "response": {
            "status": {"code": code, "message": "OK"}, "headers": {"Content-Type": [media_type]},
            "body": {"string": answer},
        },
    }  # fmt: skip
    return json.dumps({"version": 1, "interactions": [interaction]})
