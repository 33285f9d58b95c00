"""What an answer used, in one set of terms, whichever API it comes from.

The terms are those of ``Usage``. The tables of ``usage_tables.py`` say for each protocol which fields they are;
docs/usage.md explains them.
"""

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette_tools.protocols.base import Kind, items, mapping
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage_tables import COSTS, LIST_PRICE, TABLES, UPSTREAM, Table

if TYPE_CHECKING:
    from decimal import Decimal

    from cassette_tools.model import Interaction
    from cassette_tools.protocols.registry import Transcript

MOST = 10**15
"""What is greater counts no tokens."""
MOST_DOLLARS = 10**9
"""What is greater is no cost of an answer."""
CACHED_BESIDE = ("grok", "claude")
"""What the names of models have in them that some hosts serve with a prompt without its cached part."""


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
    number: "Decimal"


class Billing(NamedTuple):
    """What a price depends on besides the tokens of ``Usage``, in the words of genai-prices."""

    units: "Mapping[str, Decimal]" = MappingProxyType({})
    """What has a price of its own."""
    context: Mapping[str, str] = MappingProxyType({})
    """What makes another price of it, such as ``service_tier``."""
    advice: "tuple[Advice, ...]" = ()
    """What other models did for the answer, which none of its tokens are."""


class Advice(NamedTuple):
    """What a model used that another asked for advice."""

    model: str
    usage: Usage | None
    billing: Billing | None


_PARTS = tuple(name for name in Usage._fields if name not in ("input", "output", "total"))
_BAD = -1
"""A count that is there and is none; None is one that is not there."""


# --- where it is ------------------------------------------------------------------------------------------------------


def object_of(protocol: str, message: Message) -> dict[str, Any] | None:
    """The usage object of an answer; some protocols have it, or a part of it, in places of their own.

    Args:
        protocol: The name of the protocol.
        message: The answer.
    """
    elsewhere = _ELSEWHERE.get(protocol)
    beside = elsewhere(message.native) if elsewhere is not None else {}
    if not message.usage:
        return beside or None
    return {**beside, **message.usage} if beside else message.usage


def _of_chat(native: dict[str, Any]) -> dict[str, Any]:
    """Groq's, in an object of its own, and Moonshot's, in the choice: of several, none speaks for the whole answer."""
    choices = items(native.get("choices"))
    return mapping(mapping(native.get("x_groq")).get("usage")) or (
        mapping(mapping(choices[0]).get("usage")) if len(choices) == 1 else {}
    )


def _titans(native: dict[str, Any]) -> dict[str, Any]:
    return _summed("tokenCount", (mapping(result).get("tokenCount") for result in items(native.get("results"))))


def _coheres(native: dict[str, Any]) -> dict[str, Any]:
    return mapping(native.get("meta"))


def _of_media(native: dict[str, Any]) -> dict[str, Any]:
    """Ollama's embeddings, and the transcripts of Whisper with what was heard when."""
    return {key: native[key] for key in ("prompt_eval_count", "duration") if key in native}


def _of_predictions(native: dict[str, Any]) -> dict[str, Any]:
    statistics = (
        mapping(mapping(mapping(prediction).get("embeddings")).get("statistics"))
        for prediction in items(native.get("predictions"))
    )
    return _summed("token_count", (held.get("token_count") for held in statistics))


def _of_traces(native: dict[str, Any]) -> dict[str, Any]:
    """What the models used that an agent called, where its traces were asked for."""
    used = [
        mapping(mapping(mapping(part.get("modelInvocationOutput")).get("metadata")).get("usage"))
        for event in items(native.get("trace"))
        for part in mapping(mapping(event).get("trace")).values()
        if isinstance(part, dict)
    ]
    return {
        key: count
        for name in ("inputTokens", "outputTokens")
        for key, count in _summed(name, (held.get(name) for held in used)).items()
    }


def _summed(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """The sum of counts under a name; what is none, where one of them is none; nothing, where there are none."""
    held = [value for value in values if value is not None]
    counts = [count for value in held if (count := number(value)) is not None]
    if len(counts) < len(held):
        return {name: next(value for value in held if number(value) is None)}
    return {name: sum(counts)} if held else {}


_ELSEWHERE = {
    "bedrock-agent": _of_traces,
    "bedrock-invoke": _titans,
    "cohere-generate": _coheres,
    "gemini": _of_predictions,
    "openai-chat": _of_chat,
    "openai-media": _of_media,
}


# --- what it says ----------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """What an answer says of what it used."""

    usage: Usage | None = None
    """None when it says nothing of tokens."""
    billing: Billing | None = Billing()
    """None when a number that its price depends on is there and is none."""


def of(interaction: "Interaction", transcript: "Transcript | None") -> Said:
    """What an interaction used: as its answer says, and the headers of Amazon Bedrock.

    Of a stream that was cut, what it had not said in the end is not known.

    Args:
        interaction: The interaction.
        transcript: What its response says.
    """
    if transcript is None or transcript.protocol is None or transcript.message is None:
        return Said()
    protocol = transcript.protocol.name
    found, billing = read(protocol, transcript.message)
    if found is not None and _is_cut(transcript):
        found = found._replace(output=None, reasoning=None, output_audio=None, output_image=None, total=None)
    if protocol == "bedrock-invoke" and (found is None or None in (found.input, found.output)):
        found = _with_headers(interaction, found)
    return Said(found, billing)


def _is_cut(transcript: "Transcript") -> bool:
    """Whether a stream broke off: what it says of its output until then is no more than a beginning."""
    message = transcript.message
    if not transcript.framing or message is None or any(choice.finish_reason for choice in message.choices):
        return False
    return bool(message.errors) or any(noted.kind is Kind.CUT for noted in transcript.irregularities)


def _with_headers(interaction: "Interaction", found: Usage | None) -> Usage | None:
    """What Bedrock's headers add (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html).

    They are the same whatever model answers.
    """
    texts = (interaction.response.headers.get(f"X-Amzn-Bedrock-{way}-Token-Count") for way in ("Input", "Output"))
    counts = [int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None for text in texts]
    if counts == [None, None]:
        return found
    found = found or Usage()
    found = found._replace(
        input=counts[0] if found.input is None else found.input,
        output=counts[1] if found.output is None else found.output,
    )
    return _with_total(found) if found.total is None else found


def read(protocol: str, message: Message) -> Said:
    """What an answer says.

    Args:
        protocol: The name of the protocol.
        message: The answer.
    """
    table, usage = TABLES.get(protocol), object_of(protocol, message)
    if table is None:
        return Said()
    if usage is None:
        return Said(None, _billing(protocol, {}, message))
    said = _said(protocol, table, usage, message)
    return _with_iterations(said, protocol, table, usage, message) if protocol in _ITERATES else said


_ITERATES = ("anthropic-messages", "bedrock-anthropic")
"""Protocols whose usage may have iterations."""


def _said(protocol: str, table: Table, usage: dict[str, Any], message: Message) -> Said:
    counts = [_first(usage, ways) for ways in _ways(protocol)]
    is_bad = False
    found = Usage(*counts)
    if _BAD in counts:
        is_bad = any(getattr(found, name) == _BAD for name in _PARTS)
        found = Usage(*(None if count == _BAD else count for count in counts))
    billing = None if is_bad else _billing(protocol, usage, message)
    if found.input is None and found.output is None and found.total is None:
        return Said(None, billing)
    model = message.model.lower()
    if table.hosts_differ:
        found = _as_counted(found, usage, model)
    if table.hosts_differ or protocol == "openai-responses":
        found = _with_cached(found, model)
    return Said(_with_total(found) if counts[-1] is None else found, billing)


def _with_iterations(said: Said, protocol: str, table: Table, usage: dict[str, Any], message: Message) -> Said:
    """With what Anthropic counts in the iterations of an answer alone.

    * A summary of what had become too long is by the same model, with Bedrock's InvokeModel, too
      (https://platform.claude.com/docs/en/build-with-claude/compaction,
      https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-compaction.html).
    * Advice is by another (https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool).
    """
    used, billing = said
    advice: list[Advice] = []
    for iteration in map(mapping, items(usage.get("iterations"))):
        kind, model = iteration.get("type"), iteration.get("model")
        if kind == "compaction":
            more = _said(protocol, table, iteration, message)
            used = used and _sum_of(used, more.usage or Usage())
            billing = billing and more.billing and billing._replace(units=_units_of(billing, more.billing))
        elif kind == "advisor_message":
            more = _said(protocol, table, iteration, message)
            advice.append(Advice(model if isinstance(model, str) else "", *more))
    return Said(used, billing and billing._replace(advice=tuple(advice)))


def _sum_of(one: Usage, other: Usage) -> Usage:
    """What two used together."""
    sums = {name: (getattr(one, name), getattr(other, name)) for name in Usage._fields}
    return Usage(**{name: _of_both(name, *counts) for name, counts in sums.items()})


def _of_both(name: str, one: int | None, other: int | None) -> int | None:
    is_unknown = one is None or other is None
    if is_unknown and (name not in _PARTS or one is other):
        return None
    return (one or 0) + (other or 0)


def _units_of(one: Billing, other: Billing) -> "dict[str, Decimal]":
    sums = dict(one.units)
    for name, amount in other.units.items():
        sums[name] = sums[name] + amount if name in sums else amount
    return sums


def _with_total(found: Usage) -> Usage:
    known = found.input is not None and found.output is not None
    return found._replace(total=(found.input or 0) + (found.output or 0)) if known else found


def _as_counted(found: Usage, usage: dict[str, Any], model: str) -> Usage:
    """With the output whole, whatever the host counts in it.

    * Reasoning is beside the completion where the total says so (xAI: 213 + 2 + 198 = 413), where there is more of it,
      where Perplexity counts citations apart, and with Google's models at Vercel, which bills both.
    * OpenRouter counts reasoning by another tokenizer, and bills the completion: more than that is no part of it.
    * Google's models behind OpenAI's API, and Mistral's for sound, have in the total what no other number says.
    """
    if found.output is None:
        return found
    thought = found.reasoning or 0
    base = None if found.input is None else found.input + found.output
    at_vercel = LIST_PRICE in usage
    if thought > found.output and "is_byok" in usage and not at_vercel:
        return found._replace(reasoning=None)
    if thought and (
        thought > found.output
        or (base is not None and base + thought == found.total)
        or (found.total is None and "grok" in model)
        or "citation_tokens" in usage
        or (at_vercel and "gemini" in model)
    ):
        found = found._replace(output=found.output + thought)
    elif not thought and found.input is not None and base is not None and found.total is not None:
        hidden = found.total - base
        if hidden > 0 and "gemini" in model:
            found = found._replace(output=found.total - found.input)
        elif hidden > 0 and number(usage.get("prompt_audio_seconds")):
            found = found._replace(input=(found.input or 0) + hidden, input_audio=found.input_audio or hidden)
    return _at_least(found)


def _with_cached(found: Usage, model: str) -> Usage:
    """With what was cached in the input, where a host leaves it out."""
    if found.input is None or found.cache_read is None or found.cache_read <= found.input:
        return found
    if not any(word in model for word in CACHED_BESIDE):
        return found  # they contradict each other
    return _at_least(found._replace(input=found.input + found.cache_read))


def _at_least(found: Usage) -> Usage:
    """With a total of no less than its parts: one that is less leaves out what they were given."""
    if None in (found.input, found.output, found.total):
        return found
    return found._replace(total=max(found.total or 0, (found.input or 0) + (found.output or 0)))


def units(protocol: str, message: Message) -> tuple[Units, ...]:
    """What an answer used that is not counted in tokens.

    Args:
        protocol: The name of the protocol.
        message: The answer.
    """
    table, usage = TABLES.get(protocol), object_of(protocol, message)
    found = []
    for name, field in table.units if table is not None else ():
        amount = _decimal(_first_at(usage or {}, _paths(field)))
        if amount:
            found.append(Units(name, amount))
    if protocol == "openai-media":
        images = sum(
            1 for item in items(message.native.get("data")) if "b64_json" in mapping(item) or "url" in mapping(item)
        )
        found += [Units("images", _exact(images))] if images else []
    searches = _searches(protocol, message)
    if searches and not any(unit.name == "searches" for unit in found):
        found.append(Units("searches", _exact(searches)))
    return tuple(found)


def _searches(protocol: str, message: Message) -> int | None:
    """How often an answer searched the web; None where what it says of it is no number.

    Gemini's Interactions say it. The usage of OpenAI's Responses does not; opening a page is no search.
    """
    if protocol == "gemini-interactions":
        tools = map(mapping, items((message.usage or {}).get("grounding_tool_count")))
        counts = [number(tool.get("count")) for tool in tools if tool.get("type") == "google_search"]
        return None if None in counts else sum(count or 0 for count in counts)
    if protocol != "openai-responses":
        return 0
    calls = [mapping(item) for item in items(message.native.get("output"))]
    return sum(
        1
        for call in calls
        if call.get("type") == "web_search_call" and mapping(call.get("action")).get("type", "search") == "search"
    )


def _billing(protocol: str, usage: dict[str, Any], message: Message) -> Billing | None:
    """What the price of an answer depends on besides the tokens; None when one of its numbers is none."""
    found: dict[str, Decimal] = {}
    for name, term in _priced(protocol):
        if term.modality:
            count = _value(usage, term)
            # A list of kinds has all of them.
            amount = _exact(count) if count is not None else _exact(0) if items(_at(usage, term.paths[0])) else None
        else:
            held = _first_at(usage, term.paths)
            if held is None:
                continue
            amount = _decimal(held)
            if amount is None:
                return None
        if amount is not None:
            if amount < 0:
                return None
            found[name] = amount
    searches = _searches(protocol, message)
    if searches is None:
        return None
    if searches:
        found.setdefault("web_searches", _exact(searches))
    return Billing(found, _context(usage, message.native))


def _context(usage: dict[str, Any], native: dict[str, Any]) -> dict[str, str]:
    """The tier of the service, and the width of Perplexity's searches.

    OpenAI's tier stands beside the usage, Anthropic's and Google's in it.
    """
    found = {}
    tier = native.get("service_tier") or usage.get("service_tier") or usage.get("serviceTier")
    if isinstance(tier, str):
        found["processing" if tier == "batch" else "service_tier"] = tier.lower()
    for key in ("speed", "search_context_size"):
        if isinstance(usage.get(key), str):
            found[key] = usage[key]
    return found


# --- what is wrong with it -------------------------------------------------------------------------------------------


def oddities(protocol: str, message: Message) -> tuple[str, ...]:
    """The fields of a usage that should be numbers and are none, with what they hold instead."""
    table, usage = TABLES.get(protocol), object_of(protocol, message)
    if table is None:
        return ()
    if usage is None:
        held = message.native.get("usage")
        return () if held is None or held == {} else (f"the usage is no object: {_kind(held)}",)
    odd: dict[str, None] = {}
    for path, modality in _counts(protocol):
        if usage.get(path[0]) is not None and (modality or number(_at(usage, path)) is None):
            odd.update(dict.fromkeys(_odd(usage, path, modality)))
    for path in _amounts(protocol):
        if usage.get(path[0]) is None:
            continue
        broken = _broken(usage, path)
        if broken:
            odd[broken] = None
            continue
        held = _at(usage, path)
        is_price = path in _AMOUNTS
        if held is None or (is_price and isinstance(held, dict)):
            continue
        if not _is_amount(held, MOST_DOLLARS if is_price else MOST):
            odd[f"{'.'.join(path)} is no {'amount' if is_price else 'number'}: {_kind(held)}"] = None
    return (*sorted(odd), *_halves(protocol, usage))


_AMOUNTS = tuple(tuple(field.split(".")) for field in (*(field for field, _ in COSTS), UPSTREAM, LIST_PRICE))


@functools.cache
def _counts(protocol: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """Where a protocol counts tokens, and whether that is a list of Google's details; each once."""
    sums = [terms for ways in _ways(protocol) for terms in ways]
    sums += [_sum(way) for unit, way in TABLES[protocol].priced if unit.endswith("_tokens")]
    terms = (term for terms in sums for term in terms)
    return tuple(dict.fromkeys((path, bool(term.modality)) for term in terms for path in term.paths))


@functools.cache
def _amounts(protocol: str) -> tuple[tuple[str, ...], ...]:
    """Where a protocol has other numbers, and what its hosts charge."""
    amounts = {path for _, field in TABLES[protocol].units for path in _paths(field)} | set(_AMOUNTS)
    return tuple(sorted(amounts - {path for path, _ in _counts(protocol)}))


def _odd(usage: dict[str, Any], path: tuple[str, ...], modality: bool) -> Iterator[str]:
    name = ".".join(path)
    broken = _broken(usage, path)
    held = _at(usage, path)
    if broken:
        yield broken
    elif held is None:
        return
    elif modality:
        if not isinstance(held, list):
            yield f"{name} is no list: {_kind(held)}"
        for item in items(held):
            field, count = _counted(item)
            if count is not None and number(count) is None and not _is_negative(count):
                yield f"a {'count' if field == 'tokens' else field} of {name} is no number of tokens: {_kind(count)}"
    elif number(held) is None and not _is_negative(held):
        yield f"{name} is no number of tokens: {_kind(held)}"


def _is_negative(value: Any) -> bool:
    """-1 is how hosts say that they do not know; what else is negative is told by the sums."""
    return isinstance(value, int | float) and value < 0


def _broken(usage: dict[str, Any], path: tuple[str, ...]) -> str:
    """What is no object on the way to a field, in words."""
    value: Any = usage
    for depth, key in enumerate(path[:-1], start=1):
        value = value.get(key)
        if value is None or value == []:  # how PHP spells an object without members
            return ""
        if not isinstance(value, dict):
            # What an answer costs is an object with Perplexity only.
            name = ".".join(path[:depth])
            return "" if name == "cost" else f"{name} is no object: {_kind(value)}"
    return ""


def _halves(protocol: str, usage: dict[str, Any]) -> Iterator[str]:
    """The one of input and output that is missing where the other is there."""
    table = TABLES[protocol]
    if not table.both:
        return
    names = [_sum(ways[0])[0].paths for ways in (table.input, table.output)]
    nothing_made = number(_at(usage, ("total_tokens",)))
    there = [[path for path in paths if _at(usage, path) is not None] for paths in names]
    for mine, other in ((0, 1), (1, 0)):
        if not there[mine] and there[other] and not any(_broken(usage, path) for path in names[mine]):
            if nothing_made is not None and nothing_made == number(_at(usage, there[other][0])):
                continue
            name = ".".join(names[mine][0])
            null = any(_has(usage, path) for path in names[mine])
            yield f"{name} is {'null' if null else 'missing'}, beside {'.'.join(there[other][0])}"


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return "null" if value is None else "a boolean" if isinstance(value, bool) else "a string"
    if isinstance(value, int | float):
        if value < 0 or not value < MOST:
            return "negative" if value < 0 else "too large"
        return "a number" if value == int(value) else "a fraction"
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
def _ways(protocol: str) -> tuple[tuple[tuple[_Term, ...], ...], ...]:
    """The sums of each count of ``Usage``."""
    return tuple(tuple(map(_sum, getattr(TABLES[protocol], name))) for name in Usage._fields)


@functools.cache
def _priced(protocol: str) -> tuple[tuple[str, _Term], ...]:
    """What has a price of its own: the unit, and its field."""
    return tuple((name, term) for name, way in TABLES[protocol].priced for term in _sum(way))


@functools.cache
def _paths(field: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name.split(".")) for name in field.split("|"))


def _first(usage: dict[str, Any], ways: tuple[tuple[_Term, ...], ...]) -> int | None:
    """The number that the first way gives of which all is there; ``_BAD`` where a part of it is no number."""
    for terms in ways:
        total = 0
        is_bad = False
        for term in terms:
            value = _value(usage, term)
            if value is None and not term.optional:
                break
            is_bad = is_bad or value == _BAD
            total += term.sign * (value or 0)
        else:
            return _BAD if is_bad or total < 0 else total
    return None


def _value(usage: dict[str, Any], term: _Term) -> int | None:
    """The number that a field holds; None where it is not there, ``_BAD`` where it is none."""
    for path in term.paths:
        held = _at(usage, path)
        if held is None:
            if len(path) > 1 and _broken(usage, path):
                return _BAD
            continue
        if not term.modality:
            found = number(held)
            return _BAD if found is None else found
        if not isinstance(held, list):
            return _BAD
        told = [_counted(item)[1] for item in held if _modality(item) == term.modality]
        counts = [number(count) for count in told if count is not None]
        if counts:
            return _BAD if None in counts else sum(count or 0 for count in counts)
    return None


def _modality(detail: Any) -> str:
    """What a member of a list of Google's details is about, as the tables call it."""
    said = mapping(detail).get("modality")
    return said.upper() if isinstance(said, str) else ""


def _counted(detail: Any) -> tuple[str, Any]:
    """The field that counts in a member of such a list, and what it holds."""
    fields = mapping(detail)
    field = "tokens" if "tokens" in fields else "tokenCount"
    return field, fields.get(field)


def _at(usage: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = usage
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _first_at(usage: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> Any:
    for path in paths:
        held = _at(usage, path)
        if held is not None:
            return held
    return None


def _has(usage: dict[str, Any], path: tuple[str, ...]) -> bool:
    held = _at(usage, path[:-1]) if len(path) > 1 else usage
    return isinstance(held, dict) and path[-1] in held


def number(value: Any) -> int | None:
    """A count; None where there is none, or what is there counts nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # some hosts count in floating point
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST:
        return value
    return None


def _exact(number: float | str) -> "Decimal":
    """A number by its shortest spelling, which is what the recording has."""
    from decimal import Decimal  # most answers have nothing but tokens, and a hook should not wait for it

    return Decimal(str(number))


def _is_amount(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < most


def _decimal(value: Any) -> "Decimal | None":
    return _exact(value) if _is_amount(value, MOST) else None


def dollars(value: Any, factor: str = "1") -> "Decimal | None":
    """An amount; None where it is none.

    Args:
        value: What a field holds.
        factor: What one of it is in US dollars.
    """
    amount = _exact(value) * _exact(factor) if _is_amount(value, math.inf) else None
    return amount if amount is not None and amount < MOST_DOLLARS else None


def amount_at(usage: dict[str, Any], field: str) -> Any:
    """What a field of a usage object holds; None where it is not there.

    Args:
        usage: The object.
        field: A path with dots.
    """
    return _at(usage, _paths(field)[0])
