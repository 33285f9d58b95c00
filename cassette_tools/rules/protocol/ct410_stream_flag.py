"""CT410: stream-flag."""

import re
from collections.abc import Iterable
from typing import Any

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Request
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule

_ASKS = re.compile(r'"stream"\s*:\s*true')
_METHODS = {":streamGenerateContent": True, ":generateContent": False, ":streamRawPredict": True}
_BEDROCK = {"/converse-stream": True, "/invoke-with-response-stream": True, "/converse": False, "/invoke": False}
_NO_FLAG = re.compile(r"bedrock-.*|gemini|json-rpc")
"""The names of protocols whose requests have no flag: only a path can say what is asked for."""
_STREAMED_BY_DEFAULT = ("/api/chat", "/api/generate")
"""Ollama's; nearly all other APIs stream only when they are asked to."""
_DEFAULT_UNKNOWN = ("/inference:complete",)
"""Snowflake's, which has done either."""
_TASKS = frozenset({"messages", "input", "inputs", "prompt", "contents", "message"})
"""What a request for an answer has one of: its fields were not taken out of the recording."""


class StreamFlag(Rule):
    """A request that asks for a stream and is not given one, or the other way round.

    ## What it does

    Compares what the request asks for with what the answer is, for protocols that are known and answers that succeeded.
    A request asks for a stream with `"stream": true` in its JSON (`"stream_format": "sse"` for speech) or, with
    Gemini's contents and Amazon Bedrock, with its path (`:streamGenerateContent`, `/converse-stream`,
    `/invoke-with-response-stream`); where a gateway's path does not say it, nothing does. Answers that are errors,
    requests whose body was not recorded, and those of claude.ai, which name no model, are passed over.

    ## Why it matters

    The client reads the answer as what it asked for: it waits for events in a JSON object, or parses a stream as JSON.
    The request was edited, or belongs to another answer.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: https://api.example.com/v1/chat/completions
        method: POST
        body: '{"model":"m","messages":[{"role":"user","content":"Hello"}],"stream":true}'
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: https://api.example.com/v1/chat/completions
        method: POST
        body: '{"model":"m","messages":[{"role":"user","content":"Hello"}]}'
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT410"
    name = "stream-flag"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """What was asked for against what came."""
        if transcript is None or transcript.protocol is None or not interaction.response.successful:
            return
        if transcript.message is not None and transcript.message.errors:
            return
        request = interaction.request
        is_stream = bool(transcript.framing)
        name = transcript.protocol.name
        asks = _path_asks(request, name)
        route = request.route("url")
        if asks is None:
            if _NO_FLAG.fullmatch(name):
                return
            text = request.body.text
            match = _ASKS.search(text)
            if bool(match) == is_stream:
                return  # nearly always, and it spares parsing the request
            asks = _body_asks(request, name)
            route = request.body.route(*match.span()) if match and asks else request.body.route()
        if asks is not None and asks is not is_stream:
            wanted, given = ("a stream", "none") if asks else ("no stream", "one")
            yield Problem(f"the request asks for {wanted}, and the answer is {given}", route)


def _path_asks(request: Request, protocol: str) -> bool | None:
    path = request.decoded_path
    ends = _BEDROCK if protocol.startswith("bedrock-") else _METHODS
    return next((asks for end, asks in ends.items() if path.endswith(end)), None)


def _body_asks(request: Request, protocol: str) -> bool | None:
    value: Any = request.body.json()
    if request.method.upper() != "POST" or not isinstance(value, dict) or _TASKS.isdisjoint(value):
        return None
    if "stream" in value:
        flag = value["stream"]
        return flag if isinstance(flag, bool) else None
    path = request.decoded_path
    if path.endswith(_DEFAULT_UNKNOWN) or (protocol.startswith("anthropic-") and "model" not in value):
        return None  # the second is no request of the API, but of claude.ai, which always streams
    return path.endswith(_STREAMED_BY_DEFAULT) or value.get("stream_format") == "sse"
