"""CT502: usage-arithmetic."""

import json
import re
from collections.abc import Iterable
from typing import Any

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Route
from cassette_tools.protocols.registry import Transcript, events
from cassette_tools.protocols.usage import object_of
from cassette_tools.rules.base import Rule
from cassette_tools.rules.usage.arithmetic import contradictions

_USAGE = r'"usage(?:Metadata)?"[ \t]*:[ \t]*'


class UsageArithmetic(Rule):
    """Numbers of tokens that contradict each other.

    ## What it does

    Compares the numbers in the usage of an answer, by the protocol it speaks. A total is the sum of its parts: of
    prompt and completion in chats (with the reasoning, where a host counts that apart), of input and output in
    Responses, of prompt, candidates, thoughts and tool use with Gemini, of input, output, thoughts and tool use in its
    Interactions where all of them are told, of input, output and cache with Bedrock's Converse. What was cached is part
    of the prompt, what was thought part of the output, and nothing is negative (but -1, which says that it is not
    known) or anything else than a number: tokens, what is counted otherwise, and what it cost. A chat that says one of
    input and output says the other. Where hosts are known to count otherwise, their way is accepted as well.

    ## Why it matters

    Such numbers seldom come from a provider: somebody, or a filter that takes out what is private, changed them in one
    place and not in the other. What a test computes from them is not what would be billed.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: |
          {"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":8,"completion_tokens":1,"total_tokens":12}}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: |
          {"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":8,"completion_tokens":1,"total_tokens":9}}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT502"
    name = "usage-arithmetic"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The numbers, among themselves."""
        if transcript is None or transcript.protocol is None or transcript.message is None:
            return
        message = transcript.message
        usage = object_of(transcript.protocol.name, message)
        if message.errors or not interaction.response.successful:
            return
        held = message.native.get("usage") if usage is None else usage
        for said in contradictions(transcript.protocol.name, usage or {}, message, streamed=bool(transcript.framing)):
            yield Problem(said, _place(interaction, transcript, held))


def _place(interaction: Interaction, transcript: Transcript, usage: Any) -> Route:
    """Where the usage is, or the whole body: the last value of that name that says what the usage says."""
    body = interaction.response.body
    if transcript.framing == "aws-event-stream":
        told = events(interaction, Transcript(interaction, transcript.framing))
        return body.route(event=max((event.number for event in told if re.search(_USAGE, event.data)), default=None))
    text = body.text
    for match in reversed(list(re.finditer(_USAGE, text))):
        try:
            value, end = json.JSONDecoder().raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        is_it = value == usage
        if isinstance(value, dict) and isinstance(usage, dict):
            is_it = all(item is None or usage.get(key) == item for key, item in value.items())
        if is_it:
            return body.route(match.start(), end, event=_event(transcript, match.start()))
    return body.route()


def _event(transcript: Transcript, offset: int) -> int | None:
    """The number of the event that has a character of the body."""
    for number in range(transcript.event_count if transcript.framing else 0):
        start, end = transcript.event_span(number)
        if start <= offset < end:
            return number
    return None
