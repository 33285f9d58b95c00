"""What an answer used, in one set of terms, whichever API it comes from.

The terms are those of ``Usage``. ``TABLES`` says for each protocol which fields they are; docs/usage.md explains them.
Sources: the API references that the modules of the protocols name, and what their recordings hold.
"""

import functools
from decimal import Decimal
from typing import Any, NamedTuple

from cassette_tools.protocols.message import Message

MOST = 10**15
"""What is greater counts no tokens."""


class Usage(NamedTuple):
    """Tokens; None where the answer does not say, or what it says counts nothing."""

    input: int | None = None
    """All of the input: with what was cached, with pictures and sounds, with what tools of the provider's added."""
    cache_read: int | None = None
    """Of the input, what came from a cache."""
    cache_write: int | None = None
    """Of the input, what was put into a cache."""
    output: int | None = None
    """All that the model made: with its reasoning, and with what its tools were called with."""
    reasoning: int | None = None
    """Of the output, what was thought."""
    input_audio: int | None = None
    output_audio: int | None = None
    input_image: int | None = None
    output_image: int | None = None
    total: int | None = None
    """Input and output."""


class Units(NamedTuple):
    """What is counted in other units than tokens."""

    name: str
    """``images``, ``seconds``, ``characters``, ``searches``, ``pages`` or ``search units``."""
    number: Decimal


# A way to come by a number is a sum of fields. A field is a path with dots in the usage object; ``a|b`` is the first of
# the two that is there, ``a?`` may be missing, ``-a`` is taken off, and ``a[KIND]`` is what a list of Google's details
# counts of one modality. The first way of which all fields are there is taken.
Ways = tuple[str, ...]


class Table(NamedTuple):
    """Where a protocol has what; see ``Usage`` for what each is."""

    input: Ways
    output: Ways
    cache_read: Ways = ()
    cache_write: Ways = ()
    reasoning: Ways = ()
    input_audio: Ways = ()
    output_audio: Ways = ()
    input_image: Ways = ()
    output_image: Ways = ()
    total: Ways = ()
    beside: bool = False
    """Whether hosts differ in what the two main numbers include: reasoning is beside the output where the total says so
    (xAI: 213 + 2 + 198 = 413), and what was cached is beside the input where there is more of it."""
    units: tuple[tuple[str, str], ...] = ()
    """What is counted otherwise: the unit, and its field."""


_CHAT = Table(
    input=("prompt_tokens",),
    output=("completion_tokens",),
    cache_read=(
        "prompt_tokens_details.cached_tokens|prompt_cache_hit_tokens|cached_tokens|num_cached_tokens",
        "cache_read_input_tokens",
    ),
    cache_write=("prompt_tokens_details.cache_write_tokens|cache_creation_input_tokens",),
    reasoning=("completion_tokens_details.reasoning_tokens|reasoning_tokens",),
    input_audio=("prompt_tokens_details.audio_tokens|audio_prompt_tokens",),
    output_audio=("completion_tokens_details.audio_tokens",),
    input_image=("prompt_tokens_details.image_tokens",),
    output_image=("completion_tokens_details.image_tokens",),
    total=("total_tokens",),
    beside=True,
    units=(("searches", "num_search_queries"), ("seconds", "prompt_audio_seconds")),
)
_RESPONSES = Table(
    input=("input_tokens",),
    output=("output_tokens",),
    cache_read=("input_tokens_details.cached_tokens",),
    cache_write=("input_tokens_details.cache_write_tokens",),
    reasoning=("output_tokens_details.reasoning_tokens",),
    input_audio=("input_tokens_details.audio_tokens",),
    output_audio=("output_tokens_details.audio_tokens",),
    input_image=("input_tokens_details.image_tokens",),
    output_image=("output_tokens_details.image_tokens",),
    total=("total_tokens",),
    beside=True,
    units=(("searches", "server_side_tool_usage_details.web_search_calls"),),
)
_ANTHROPIC = Table(
    input=("input_tokens + cache_read_input_tokens? + cache_creation_input_tokens?",),
    output=("output_tokens",),
    cache_read=("cache_read_input_tokens",),
    cache_write=("cache_creation_input_tokens",),
    reasoning=("output_tokens_details.thinking_tokens",),
    units=(("searches", "server_tool_use.web_search_requests"),),
)
_READ, _WRITTEN = (f"cache{what}InputTokens|cache{what}InputTokenCount" for what in ("Read", "Write"))
_BEDROCK = Table(
    input=("inputTokens + " + " + ".join((f"{_READ}?", f"{_WRITTEN}?")),),
    output=("outputTokens",),
    cache_read=(_READ,),
    cache_write=(_WRITTEN,),
)
_INVOKE = Table(
    input=("inputTokenCount|inputTextTokenCount|prompt_token_count|prompt_tokens|inputTokens|input_tokens",),
    output=("outputTokenCount|generation_token_count|completion_tokens|outputTokens|output_tokens",),
    total=("total_tokens",),
)
_COHERE = Table(
    input=("tokens.input_tokens|billed_units.input_tokens",),
    output=("tokens.output_tokens|billed_units.output_tokens",),
    cache_read=("cached_tokens",),
    reasoning=("tokens.reasoning_tokens",),
    units=(("search units", "billed_units.search_units"), ("classifications", "billed_units.classifications")),
)
_OLLAMA = Table(input=("prompt_eval_count",), output=("eval_count",))
_GEMINI = Table(
    input=("promptTokenCount + toolUsePromptTokenCount?",),
    # What is 0 is left out, all of it where nothing was made; a total says so.
    output=(
        "candidatesTokenCount|responseTokenCount + thoughtsTokenCount?",
        "thoughtsTokenCount",
        "totalTokenCount - promptTokenCount - toolUsePromptTokenCount?",
    ),
    cache_read=("cachedContentTokenCount",),
    reasoning=("thoughtsTokenCount",),
    input_audio=("promptTokensDetails[AUDIO]",),
    output_audio=("candidatesTokensDetails[AUDIO]",),
    input_image=("promptTokensDetails[IMAGE]",),
    output_image=("candidatesTokensDetails[IMAGE]",),
    total=("totalTokenCount",),
    units=(("characters", "billableCharacterCount"),),
)
_MEDIA = Table(
    input=(
        "prompt_tokens|input_tokens|tokens.input_tokens|billed_units.input_tokens|prompt_eval_count",
        "total_tokens",
    ),
    output=("completion_tokens|output_tokens|tokens.output_tokens",),
    input_audio=("input_token_details.audio_tokens|input_tokens_details.audio_tokens",),
    input_image=("input_tokens_details.image_tokens|billed_units.image_tokens",),
    output_image=("output_tokens_details.image_tokens",),
    total=("total_tokens",),
    units=(
        ("seconds", "seconds|prompt_audio_seconds"),
        ("pages", "pages_processed"),
        ("search units", "billed_units.search_units"),
    ),
)
TABLES: dict[str, Table] = {
    "anthropic-messages": _ANTHROPIC,
    "bedrock-anthropic": _ANTHROPIC,
    "bedrock-converse": _BEDROCK,
    "bedrock-invoke": _INVOKE,
    "bedrock-nova": _BEDROCK,
    "cloudflare-run": _CHAT,
    "cohere-chat": _COHERE,
    "cohere-chat-v1": _COHERE,
    "gemini": _GEMINI,
    "ollama-chat": _OLLAMA,
    "ollama-generate": _OLLAMA,
    "openai-chat": _CHAT,
    "openai-completions": _CHAT,
    "openai-media": _MEDIA,
    "openai-responses": _RESPONSES,
}
"""By the names of the protocols; those that are not here do not say what they used."""


def object_of(message: Message) -> dict[str, Any] | None:
    """The usage object of an answer; Groq's streams have it in a place of its own."""
    if message.usage:
        return message.usage
    own = message.native.get("x_groq")
    usage = own.get("usage") if isinstance(own, dict) else None
    return usage if isinstance(usage, dict) else None


def read(protocol: str, message: Message) -> Usage | None:
    """What an answer used.

    Args:
        protocol: The name of the protocol.
        message: The answer.

    Returns:
        None when it says nothing of tokens.
    """
    table, usage = TABLES.get(protocol), object_of(message)
    if table is None or usage is None:
        return None
    found = Usage(*(_first(usage, getattr(table, name)) for name in Usage._fields))
    if table.beside:
        found = _with_what_is_beside(found)
    if found.input is None and found.output is None:
        return None
    if found.total is None and found.input is not None and found.output is not None:
        found = found._replace(total=found.input + found.output)
    return found


def _with_what_is_beside(found: Usage) -> Usage:
    if found.input is not None and found.cache_read is not None and found.cache_read > found.input:
        found = found._replace(input=found.input + found.cache_read)
    known = (found.input, found.output, found.reasoning, found.total)
    if None not in known and found.reasoning:
        input_, output, reasoning, total = (number or 0 for number in known)
        if input_ + output + reasoning == total:
            found = found._replace(output=output + reasoning)
    return found


def units(protocol: str, message: Message) -> tuple[Units, ...]:
    """What an answer used that is not counted in tokens.

    Args:
        protocol: The name of the protocol.
        message: The answer.
    """
    table, usage = TABLES.get(protocol), object_of(message)
    found = []
    for name, field in table.units if table is not None else ():
        number = next(
            (value for path in _paths(field) if (value := _decimal(_at(usage or {}, path))) is not None), None
        )
        if number:
            found.append(Units(name, number))
    data = message.native.get("data")
    if protocol == "openai-media" and isinstance(data, list):
        images = sum(1 for item in data if isinstance(item, dict) and ("b64_json" in item or "url" in item))
        found += [Units("images", Decimal(images))] if images else []
    return tuple(found)


def oddities(protocol: str, message: Message) -> tuple[str, ...]:
    """The fields of a usage object that should be numbers of tokens and are none, with what they hold instead."""
    table, usage = TABLES.get(protocol), object_of(message)
    if table is None or usage is None:
        return ()
    ways = (way for name in Usage._fields for way in getattr(table, name))
    fields = {path for way in ways for term in _sum(way) if not term.modality for path in term.paths}
    odd = []
    for path in sorted(fields):
        value = _at(usage, path)
        # -1 is how hosts say that they do not know; what else is negative is told by the sums.
        if value is not None and number(value) is None and not (isinstance(value, int | float) and value < 0):
            odd.append(f"{'.'.join(path)} is no number of tokens: {_kind(value)}")
    return tuple(odd)


def _kind(value: Any) -> str:
    if isinstance(value, bool | str):
        return "a boolean" if isinstance(value, bool) else "a string"
    if isinstance(value, int | float):
        return "too large" if abs(value) >= MOST else "a fraction"
    return "a list" if isinstance(value, list) else "an object"


# --- fields ----------------------------------------------------------------------------------------------------------


class _Term(NamedTuple):
    """A field of a sum."""

    paths: tuple[tuple[str, ...], ...]
    sign: int
    optional: bool
    modality: str


@functools.cache
def _sum(way: str) -> tuple[_Term, ...]:
    terms = []
    for number_, part in enumerate(way.replace(" - ", " + -").split(" + ")):
        sign = -1 if number_ and part.startswith("-") else 1
        field = part.removeprefix("-") if number_ else part
        optional = field.endswith("?")
        field, _, modality = field.removesuffix("?").partition("[")
        terms.append(_Term(_paths(field), sign, optional, modality.rstrip("]")))
    return tuple(terms)


@functools.cache
def _paths(field: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name.split(".")) for name in field.split("|"))


def _first(usage: dict[str, Any], ways: Ways) -> int | None:
    for way in ways:
        total = 0
        for term in _sum(way):
            value = _value(usage, term)
            if value is None and not term.optional:
                break
            total += term.sign * (value or 0)
        else:
            if total >= 0:
                return total
    return None


def _value(usage: dict[str, Any], term: _Term) -> int | None:
    for path in term.paths:
        held = _at(usage, path)
        if term.modality:
            counts = [
                count
                for item in (held if isinstance(held, list) else ())
                if isinstance(item, dict) and item.get("modality") == term.modality
                and (count := number(item.get("tokenCount"))) is not None
            ]  # fmt: skip
            found = sum(counts) if counts else None
        else:
            found = number(held)
        if found is not None:
            return found
    return None


def _at(usage: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = usage
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def number(value: Any) -> int | None:
    """A count; None where there is none, or what is there counts nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # some hosts count in floating point
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST:
        return value
    return None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST:
        return Decimal(str(value))
    return None
