"""CT502: usage-arithmetic."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Body, Interaction, Route
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule


class _Sum(NamedTuple):
    """A total, and what it is made of, in the words of a provider: ``a.b`` is ``b`` in ``a``."""

    total: str
    parts: tuple[str, ...]
    """What is always in it; those that are missing count nothing, but for the first, without which nothing is said."""
    besides: str = ""
    """What some providers count inside one of the parts, and others beside them."""
    hidden: bool = False
    """Some models count tokens that are shown nowhere (``_HIDING``): their totals may be greater."""


class _Share(NamedTuple):
    """A number that counts a part of another one."""

    part: str
    whole: str


_CHAT = _Sum(
    "total_tokens",
    ("prompt_tokens", "completion_tokens"),
    besides="completion_tokens_details.reasoning_tokens",  # xAI's models, wherever they are hosted
    hidden=True,
)
# Thoughts of Gemini behind Google's own gateway and others; Mistral's audio; streams that Cerebras stops.
_HIDING = re.compile("gemini|voxtral|cerebras")
_SUMS = {
    "openai-chat": (_CHAT,),
    "openai-completions": (_CHAT,),
    "openai-responses": (_Sum("total_tokens", ("input_tokens", "output_tokens")),),
    "gemini": (
        _Sum(
            "totalTokenCount",
            ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"),
        ),
    ),
    "bedrock-converse": (
        _Sum(
            "totalTokens",
            ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
        ),
    ),
    **dict.fromkeys(
        ("anthropic-messages", "bedrock-anthropic"),
        (
            _Sum(
                "cache_creation_input_tokens",
                ("cache_creation.ephemeral_5m_input_tokens", "cache_creation.ephemeral_1h_input_tokens"),
            ),
        ),
    ),
}
_SHARES = {
    "openai-responses": (
        _Share("input_tokens_details.cached_tokens", "input_tokens"),
        _Share("output_tokens_details.reasoning_tokens", "output_tokens"),
    ),
    "gemini": (_Share("cachedContentTokenCount", "promptTokenCount"),),
}
_DEPTH = 4


class UsageArithmetic(Rule):
    """Counts of tokens that contradict each other.

    ## What it does

    Adds up what an answer says of its tokens, in the way its provider does, and reports a total that is not the sum of
    its parts, a part that is greater than its whole (cached tokens of the input, reasoning of the output), and a
    number below zero. Where providers differ, every way that is known is accepted: xAI counts reasoning beside
    `completion_tokens`, others inside; Bedrock's totals hold what was read from a cache; thoughts of Gemini may be
    counted and not shown.

    ## Why it matters

    Providers do not err in this. Somebody changed a number by hand, or put two recordings together, and a test of
    costs or limits passes on figures that never were.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.openai.com/v1/responses", method: POST, body: '{"model":"m","input":"Hi"}'}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: >-
          {"id":"resp_1","object":"response","status":"completed","output":[],
          "usage":{"input_tokens":213,"output_tokens":2,"total_tokens":251}}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.openai.com/v1/responses", method: POST, body: '{"model":"m","input":"Hi"}'}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: >-
          {"id":"resp_1","object":"response","status":"completed","output":[],
          "usage":{"input_tokens":213,"output_tokens":2,"total_tokens":215}}
    ```

    ## Configuration

    `severity`.
    """

    code = "CT502"
    name = "usage-arithmetic"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The usage of an answer, streamed or not."""
        message = transcript.message if transcript is not None else None
        if transcript is None or transcript.protocol is None or message is None or not message.usage:
            return
        usage, name = message.usage, transcript.protocol.name
        body = interaction.response.body
        for path, number in _below_zero(usage, _DEPTH):
            yield Problem(f"{path} is {number:,}", _place(body, transcript, path))
        hiding = bool(_HIDING.search(f"{interaction.request.host} {message.model}".lower()))
        for total in _SUMS.get(name, ()):
            text = _off(usage, total, hiding=hiding)
            if text:
                yield Problem(text, _place(body, transcript, total.total))
        for part, whole in _SHARES.get(name, ()):
            some, all_ = _number(usage, part), _number(usage, whole)
            if some is not None and all_ is not None and some > all_:
                text = f"{part} is {some:,}, more than the {all_:,} of {whole} that it is a part of"
                yield Problem(text, _place(body, transcript, part))


def _off(usage: Mapping[str, Any], what: _Sum, *, hiding: bool) -> str:
    """What is wrong with a total; empty when nothing is."""
    total, first = _number(usage, what.total), _number(usage, what.parts[0])
    if total is None or first is None:
        return ""
    numbers = [first, *(number for path in what.parts[1:] if (number := _number(usage, path)))]
    sums = [(sum(numbers), _added(numbers))]
    more = _number(usage, what.besides) if what.besides else None
    if more:
        sums.append((sums[0][0] + more, f"{sums[0][1]} + {more:,}"))
    if total in {number for number, _ in sums} or (what.hidden and hiding and total > sums[0][0]):
        return ""
    return f"{what.total} is {total:,}, but the parts are {' or '.join(text for _, text in sums)}"


def _added(numbers: list[int]) -> str:
    return " + ".join(f"{number:,}" for number in numbers)


def _number(usage: Mapping[str, Any], path: str) -> int | None:
    """The whole number at a path; None where there is none."""
    value: Any = usage
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _below_zero(value: object, depth: int, path: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(value, dict) and depth:
        for key, item in value.items():
            yield from _below_zero(item, depth - 1, f"{path}.{key}" if path else key)
    elif isinstance(value, int) and value < 0:
        yield path, value


def _place(body: Body, transcript: Transcript, path: str) -> Route:
    """The last place where the number is named: in streams, what comes last holds."""
    if transcript.framing == "aws-event-stream":
        return body.route()
    word = f'"{path.rpartition(".")[2]}"'
    start = body.text.rfind(word)
    return body.route() if start < 0 else body.route(start, start + len(word))
