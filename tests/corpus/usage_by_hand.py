"""What answers used, from their raw JSON, by each provider's reference: written without a look at the tool's tables.

A rule takes the JSON values of an answer (one, or one for each event of its stream) and gives the numbers that it says
or that follow from it; what is not there is None. It knows nothing of broken recordings.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Sums(NamedTuple):
    """The numbers; ``total`` is what the answer says, or else input and output."""

    input: int | None
    output: int | None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None
    total: int | None = None


Values = list[Any]


def _whole(sums: Sums) -> Sums:
    if sums.total is None and sums.input is not None and sums.output is not None:
        return sums._replace(total=sums.input + sums.output)
    return sums


def _objects(values: Values) -> Iterator[dict[str, Any]]:
    yield from (value for value in values if isinstance(value, dict))


def _last(found: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    *_, last = (None, *found)
    return last


def _within(value: dict[str, Any], *keys: str) -> Any:
    held: Any = value
    for key in keys:
        held = held.get(key) if isinstance(held, dict) else None
    return held


def _chat(values: Values) -> Sums | None:
    """OpenAI's: cached in the prompt, reasoning in the completion; what some hosts do otherwise is below."""
    said = (value.get("usage") or _within(value, "x_groq", "usage") for value in _objects(values))
    usage = _last(held for held in said if held)
    if usage is None or "prompt_tokens" not in usage:
        return None
    model = next((str(value["model"]) for value in _objects(values) if value.get("model")), "").lower()
    asked, made = usage["prompt_tokens"], usage["completion_tokens"]
    cached = _within(usage, "prompt_tokens_details", "cached_tokens")
    for name in ("prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"):
        cached = usage.get(name) if cached is None else cached
    written = _within(usage, "prompt_tokens_details", "cache_write_tokens")
    written = usage.get("cache_creation_input_tokens") if written is None else written
    thought = _within(usage, "completion_tokens_details", "reasoning_tokens")
    thought = usage.get("reasoning_tokens") if thought is None else thought
    total = usage.get("total_tokens")
    is_openrouter = "is_byok" in usage and "market_cost" not in usage
    if thought and asked + made + thought == total:  # xAI: beside the completion
        made += thought
    elif thought and "market_cost" in usage and "gemini" in model:  # Vercel and Google: beside it, and not in the total
        made, total = made + thought, None
    elif thought and thought > made:  # OpenRouter counts it by another tokenizer
        assert is_openrouter, usage
        thought = None
    elif total and total > asked + made and "gemini" in model:  # Google behind OpenAI's API hides what was thought
        made = total - asked
    elif total and total > asked + made and usage.get("prompt_audio_seconds"):  # Mistral's sound
        asked = total - made
    if cached and cached > asked:  # Grok at Azure: beside the prompt
        assert "grok" in model, usage
        asked, total = asked + cached, None
    return _whole(Sums(asked, made, cached, written, thought, total))


def _responses(values: Values) -> Sums | None:
    usage = _last(held for value in _objects(values) if (held := value.get("response", value).get("usage")))
    if usage is None:
        return None
    details = usage.get("input_tokens_details") or {}
    return Sums(
        usage["input_tokens"],
        usage["output_tokens"],
        details.get("cached_tokens"),
        details.get("cache_write_tokens"),
        (usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
        usage["total_tokens"],
    )


def _anthropic(values: Values) -> Sums | None:
    """What was cached is beside the input; what comes later in a stream counts, but for null."""
    usage: dict[str, Any] = {}
    for value in _objects(values):
        held = value.get("message", value) if value.get("type") == "message_start" else value
        usage |= {key: count for key, count in (held.get("usage") or {}).items() if count is not None}
    if not usage:
        return None
    read, written = (usage.get(f"cache_{what}_input_tokens") for what in ("read", "creation"))
    thought = _within(usage, "output_tokens_details", "thinking_tokens")
    return _whole(
        Sums(usage["input_tokens"] + (read or 0) + (written or 0), usage["output_tokens"], read, written, thought)
    )


def _events_in_bytes(values: Values) -> Values:
    """The events of InvokeModel's streams are base64 in ``bytes``."""
    return [
        json.loads(base64.b64decode(value["bytes"])) if isinstance(value.get("bytes"), str) else value
        for value in _objects(values)
    ]


def _bedrock_anthropic(values: Values) -> Sums | None:
    return _anthropic(_events_in_bytes(values))


def _converse(values: Values) -> Sums | None:
    held = (value.get("usage") or _within(value, "metadata", "usage") for value in _events_in_bytes(values))
    usage = _last(found for found in held if found)
    if usage is None:
        return None

    def cache(what: str) -> int | None:
        return next(
            (usage[name] for name in (f"cache{what}InputTokens", f"cache{what}InputTokenCount") if name in usage), None
        )

    read, written = cache("Read"), cache("Write")
    asked = usage["inputTokens"] + (read or 0) + (written or 0)
    return _whole(Sums(asked, usage.get("outputTokens"), read, written))


def _invoke(values: Values) -> Sums | None:
    """Titan's, Llama's, and those that speak like chats; Bedrock's own counts in the last event of a stream."""
    asked = made = None
    every = _events_in_bytes(values)
    for value in every:
        metrics = value.get("amazon-bedrock-invocationMetrics")
        if metrics:
            return _whole(Sums(metrics["inputTokenCount"], metrics["outputTokenCount"]))
    for value in every:
        if "inputTextTokenCount" in value:
            counts = [result["tokenCount"] for result in value.get("results", ())]
            return _whole(Sums(value["inputTextTokenCount"], sum(counts) if counts else None))
        if "prompt_token_count" in value:
            asked, made = value["prompt_token_count"], value["generation_token_count"]
        if isinstance(value.get("usage"), dict):
            usage = value["usage"]
            asked = usage.get("prompt_tokens", usage.get("input_tokens"))
            made = usage.get("completion_tokens", usage.get("output_tokens"))
    return None if asked is None else _whole(Sums(asked, made))


def _gemini(values: Values) -> Sums | None:
    """The last object of a stream is the whole; what is 0 is left out; thoughts are beside the candidates."""
    every = [chunk for value in values for chunk in (value if isinstance(value, list) else [value])]
    usage = _last(held for value in _objects(every) if (held := value.get("usageMetadata")))
    if usage is None:
        counts = [
            _within(prediction, "embeddings", "statistics", "token_count")
            for value in _objects(every)
            for prediction in value.get("predictions", ())
        ]
        return Sums(sum(counts), None) if counts else None
    asked = usage.get("promptTokenCount")
    if asked is not None:
        asked += usage.get("toolUsePromptTokenCount", 0)
    thought, total = usage.get("thoughtsTokenCount"), usage.get("totalTokenCount")
    made = usage.get("candidatesTokenCount")
    if made is not None:
        made += thought or 0
    elif asked is not None and total is not None:
        made = total - asked
    return _whole(Sums(asked, made, usage.get("cachedContentTokenCount"), None, thought, total))


def _interactions(values: Values) -> Sums | None:
    """The end of a stream, or the answer, has all of it: thoughts and what tools added are beside the two numbers."""
    usage = _last(held for value in _objects(values) if (held := value.get("interaction", value).get("usage")))
    if usage is None:
        return None
    thought = usage.get("total_thought_tokens")
    asked = usage["total_input_tokens"] + usage.get("total_tool_use_tokens", 0)
    made = usage["total_output_tokens"] + (thought or 0)
    return _whole(Sums(asked, made, usage.get("total_cached_tokens"), None, thought, usage.get("total_tokens")))


def _cohere(values: Values) -> Sums | None:
    """Version 2 has ``usage``, version 1 and its completions ``meta``."""
    usage = None
    for value in _objects(values):
        for held in (
            value.get("usage"),
            _within(value, "delta", "usage"),
            value.get("meta"),
            _within(value, "response", "meta"),
        ):
            usage = held if held and ("tokens" in held or "billed_units" in held) else usage
    if usage is None:
        return None
    tokens = usage.get("tokens") or usage["billed_units"]
    count = {name: int(tokens[name]) for name in ("input_tokens", "output_tokens")}
    cached = usage.get("cached_tokens")
    thought = tokens.get("reasoning_tokens")
    return _whole(
        Sums(count["input_tokens"], count["output_tokens"], None if cached is None else int(cached), None, thought)
    )


def _ollama(values: Values) -> Sums | None:
    last = _last(value for value in _objects(values) if value.get("done"))
    if last is None or not ("prompt_eval_count" in last or "eval_count" in last):
        return None
    return _whole(Sums(last.get("prompt_eval_count"), last.get("eval_count")))


def _media(values: Values) -> Sums | None:
    """Embeddings, rankings, pictures, transcripts."""
    for value in reversed(list(_objects(values))):
        usage = value.get("usage") or _within(value, "meta", "tokens") or _within(value, "meta", "billed_units") or {}
        asked = usage.get("prompt_tokens", usage.get("input_tokens", usage.get("total_tokens")))
        if asked is not None:
            made = usage.get("completion_tokens", usage.get("output_tokens"))
            return _whole(Sums(int(asked), made, total=usage.get("total_tokens")))
    return None


def _cloudflare(values: Values) -> Sums | None:
    usage = _last(
        held for value in _objects(values) if (held := value.get("usage") or _within(value, "result", "usage"))
    )
    if usage is None:
        return None
    cached = _within(usage, "prompt_tokens_details", "cached_tokens")
    return Sums(usage["prompt_tokens"], usage["completion_tokens"], cached, None, None, usage["total_tokens"])


def _agent(values: Values) -> Sums | None:
    found: list[dict[str, int]] = []
    held: list[Any] = list(values)
    while held:
        value = held.pop()
        if isinstance(value, dict):
            usage = _within(value, "modelInvocationOutput", "metadata", "usage")
            found += [usage] if usage else []
        held += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    asked, made = (sum(usage[name] for usage in found) for name in ("inputTokens", "outputTokens"))
    return _whole(Sums(asked, made)) if found else None


RULES: dict[str, Callable[[Values], Sums | None]] = {
    "anthropic-messages": _anthropic,
    "bedrock-agent": _agent,
    "bedrock-anthropic": _bedrock_anthropic,
    "bedrock-converse": _converse,
    "bedrock-invoke": _invoke,
    "bedrock-nova": _converse,
    "cloudflare-run": _cloudflare,
    "cohere-chat": _cohere,
    "cohere-chat-v1": _cohere,
    "cohere-generate": _cohere,
    "gemini": _gemini,
    "gemini-interactions": _interactions,
    "ollama-chat": _ollama,
    "ollama-generate": _ollama,
    "openai-chat": _chat,
    "openai-completions": _chat,
    "openai-media": _media,
    "openai-responses": _responses,
}
"""By the names of the protocols."""
