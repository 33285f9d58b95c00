"""What holds among the numbers of a usage object, by protocol.

Sources: the API references of the providers, and what their recordings hold. A gateway passes on what the model's host
counts, so where hosts differ, it is the model or a field of theirs that tells them apart, never the address:

* xAI counts reasoning beside the completion, most others in it; so a total may be the sum with or without it;
* Google's models behind OpenAI's API, Mistral's for sound, Cerebras's (where a stop sequence ended the answer) and
  those at Charm's Hyper have tokens in the total that are in no other number;
* Grok at Azure and Claude behind some gateways have a prompt without its cached part.

Reasoning is no part of a chat's completion that could be relied on: gateways count it by another tokenizer.
"""

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import CACHED_BESIDE, number, oddities


class Sum(NamedTuple):
    """A number that others add up to.

    Fields are paths with dots; ``a|b`` is the first of the two that is there, and what ends in ``?`` may be missing.
    """

    noun: str
    whole: str
    ways: tuple[tuple[str, ...], ...]
    """What may add up to it, in the order of a message; a way with a part that is missing is none."""
    may_hide: bool = False
    """Some hosts add what they do not tell."""
    in_streams: bool = True
    """False where a stream brings the whole again, but not its parts."""


class Part(NamedTuple):
    """A number that is part of another."""

    noun: str
    part: str
    whole_noun: str
    whole: str
    but: tuple[str, ...] = ()
    """What the names of the models have in them with which it is not part of it."""


_CHAT = (
    Sum(
        "total",
        "total_tokens",
        (
            ("prompt_tokens", "completion_tokens"),
            ("prompt_tokens", "completion_tokens", "completion_tokens_details.reasoning_tokens|reasoning_tokens"),
        ),
        may_hide=True,
    ),
    Sum("prompt", "prompt_tokens", (("prompt_cache_hit_tokens", "prompt_cache_miss_tokens"),)),
    Part(
        "cached tokens", "prompt_tokens_details.cached_tokens", "tokens of the prompt", "prompt_tokens", CACHED_BESIDE
    ),
)
_MEDIA = (
    Sum(
        "total",
        "total_tokens",
        (("prompt_tokens", "completion_tokens?"), ("input_tokens", "output_tokens?")),
        may_hide=True,
    ),
)
_RESPONSES = (
    Sum("total", "total_tokens", (("input_tokens", "output_tokens"),)),
    Part("cached tokens", "input_tokens_details.cached_tokens", "tokens of the input", "input_tokens", CACHED_BESIDE),
    Part("reasoning tokens", "output_tokens_details.reasoning_tokens", "tokens of the output", "output_tokens"),
)
_ANTHROPIC = (
    Sum(
        "cache creation",
        "cache_creation_input_tokens",
        (("cache_creation.ephemeral_5m_input_tokens", "cache_creation.ephemeral_1h_input_tokens"),),
        in_streams=False,
    ),
    Part("thinking tokens", "output_tokens_details.thinking_tokens", "tokens of the output", "output_tokens"),
)
_BEDROCK = (
    Sum(
        "total",
        "totalTokens",
        (
            ("inputTokens", "outputTokens"),
            (
                "inputTokens",
                "outputTokens",
                "cacheReadInputTokens|cacheReadInputTokenCount?",
                "cacheWriteInputTokens|cacheWriteInputTokenCount?",
            ),
        ),
    ),
)
_COHERE = (
    Part("cached tokens", "cached_tokens", "tokens of the input", "tokens.input_tokens"),
    Part("reasoning tokens", "tokens.reasoning_tokens", "tokens of the output", "tokens.output_tokens"),
)
_GEMINI = (
    # A prompt with the address of a file has no count of its own, and is in the total.
    Sum(
        "total",
        "totalTokenCount",
        (("promptTokenCount", "candidatesTokenCount?", "thoughtsTokenCount?", "toolUsePromptTokenCount?"),),
    ),
    Part("cached tokens", "cachedContentTokenCount", "tokens of the prompt", "promptTokenCount"),
)
_INTERACTIONS = (
    # What tools added is left out where there is none to tell of, and in the total all the same.
    Sum(
        "total",
        "total_tokens",
        (("total_input_tokens", "total_output_tokens", "total_thought_tokens?", "total_tool_use_tokens"),),
    ),
    Part("cached tokens", "total_cached_tokens", "tokens of the input", "total_input_tokens"),
)
_LAWS: dict[str, tuple[Sum | Part, ...]] = {
    "anthropic-messages": _ANTHROPIC,
    "bedrock-anthropic": _ANTHROPIC,
    "bedrock-converse": _BEDROCK,
    "bedrock-invoke": _CHAT,  # what is not Amazon's or Anthropic's there is much like chat
    "bedrock-nova": _BEDROCK,
    "cloudflare-run": _CHAT,
    "cohere-chat": _COHERE,
    "gemini": _GEMINI,
    "gemini-interactions": _INTERACTIONS,
    "openai-chat": _CHAT,
    "openai-completions": _CHAT,
    "openai-media": _MEDIA,
    "openai-responses": _RESPONSES,
}
_COUNTS = ("tokens", "tokencount", "_count")


def contradictions(protocol: str, usage: dict[str, Any], message: Message, *, streamed: bool) -> Iterator[str]:
    """What does not hold in a usage object, in words.

    Args:
        protocol: The name of the protocol.
        usage: The object.
        message: The answer that it is of.
        streamed: Whether that came as a stream.
    """
    yield from _negatives(usage)
    yield from oddities(protocol, message)
    for law in _LAWS.get(protocol, ()):
        if isinstance(law, Part):
            part, whole = _number(usage, law.part), _number(usage, law.whole)
            if part is None or whole is None or part <= whole:
                continue
            if not any(word in message.model.lower() for word in law.but):
                yield f"there are more {law.noun} ({part}) than {law.whole_noun} ({whole})"
        elif law.in_streams or not streamed:
            whole = _number(usage, law.whole)
            ways = [] if whole is None else [terms for way in law.ways if (terms := _terms(usage, way))]
            sums = [sum(way) for way in ways]
            if not ways or whole is None or whole in sums:
                continue
            if any(_is_odd(usage, field) for way in law.ways for field in way):
                continue  # which is said; what it should add up to is not known
            if not (law.may_hide and whole > sums[0] and _hides(usage, message)):
                yield _sentence(law.noun, whole, ways)


def _negatives(usage: dict[str, Any]) -> Iterator[str]:
    """Numbers below zero. -1 is none: hosts say so that they do not know."""
    held: list[tuple[str, Any]] = [("", usage)]
    while held:
        path, value = held.pop()
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, (dict, list)):
                held.append((f"{path}{key}.", item))
            elif isinstance(item, (int, float)) and item < -1 and str(key).lower().endswith(_COUNTS):
                yield f"{path}{key} is negative: {item}"


@functools.cache
def _paths(field: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name.split(".")) for name in field.removesuffix("?").split("|"))


def _number(usage: dict[str, Any], field: str) -> int | None:
    """A count; None where there is none, or what is there counts nothing."""
    for path in _paths(field):
        value: Any = usage
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        found = number(value)
        if found is not None:
            return found
    return None


def _is_odd(usage: dict[str, Any], field: str) -> bool:
    """Whether a field is there and holds no number."""
    for path in _paths(field):
        value: Any = usage
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return number(value) is None
    return False


def _hides(usage: dict[str, Any], message: Message) -> bool:
    """Whether the total may have in it what no other number says."""
    return bool(
        "gemini" in message.model.lower()
        or usage.get("prompt_audio_seconds")  # Mistral's
        or "time_info" in message.native  # Cerebras's
        or message.native.get("created") == 0  # Hyper's, to which no answer has a date
    )


def _terms(usage: dict[str, Any], way: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers to add up; none where one is missing that must be there."""
    terms = []
    for field in way:
        count = _number(usage, field)
        if count is None and not field.endswith("?"):
            return ()
        if count or not field.endswith("?"):
            terms.append(count or 0)
    return tuple(terms)


def _sentence(noun: str, whole: int, ways: list[tuple[int, ...]]) -> str:
    seen = dict.fromkeys(sum(way) for way in ways)
    told = [" + ".join(map(str, next(way for way in ways if sum(way) == number))) for number in seen]
    verdict = f"not {told[0]}" if len(told) == 1 else f"neither {' nor '.join(told)}"
    return f"the {noun} of {whole} {'token' if whole == 1 else 'tokens'} is {verdict}"
