"""What an answer cost: what it says itself first, else the table of prices, and no figure where one is not known.

Prices are those of the providers' lists, in dollars for a million tokens unless it says otherwise.
"""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.usage import cost
from cassette_tools.operations.usage.cost import Cost
from cassette_tools.operations.usage.record import Record, estimate, records
from cassette_tools.protocols.usage import Billing, Usage
from tests.recordings import recording

_MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
_MILLION = Decimal(10**6)


def _record(url: str, answer: dict[str, Any], asked: dict[str, Any] | None = None, **headers: str) -> Record:
    value = json.loads(recording(asked or {}, json.dumps(answer), "application/json", url=url))
    dated = {"Date": ["Sun, 01 Mar 2026 10:00:00 GMT"], **{name.replace("_", "-"): [v] for name, v in headers.items()}}
    value["interactions"][0]["response"]["headers"] |= dated
    (one,) = records(load_bytes(json.dumps(value).encode(), "x.json"), "x.json")
    return one


def _chat(model: str, usage: Any, host: str = "api.openai.com") -> Record:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    answer = {"object": "chat.completion", "model": model, "choices": [choice], "usage": usage}
    return _record(f"https://{host}/v1/chat/completions", answer, {"model": model, "messages": []})


def _messages(usage: dict[str, Any]) -> Record:
    answer = {
        "type": "message", "role": "assistant", "model": "claude-sonnet-4-20250514", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "Hi"}], "usage": usage,
    }  # fmt: skip
    return _record("https://api.anthropic.com/v1/messages", answer)


def _gemini(model: str, usage: dict[str, Any]) -> Record:
    candidate = {"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP"}
    answer = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model}
    return _record(f"https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent", answer)


def _kinds(**counts: int) -> list[dict[str, Any]]:
    return [{"modality": kind.upper(), "tokenCount": count} for kind, count in counts.items()]


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": "100", "completion_tokens": 20, "total_tokens": 120},
        {"prompt_tokens": None, "completion_tokens": 20, "total_tokens": 120},
        {"prompt_tokens": -1, "completion_tokens": 20, "total_tokens": 120},
        {"completion_tokens": 20},
        {"prompt_tokens": 100, "total_tokens": 120},
        {"prompt_tokens": 100, "completion_tokens": 1.5},
        {"total_tokens": 120},
    ],
)
def test_where_half_of_it_is_unknown_the_cost_is(usage: dict[str, Any]) -> None:
    assert _chat("gpt-4o", usage).cost == Cost(None, "unknown", "input or output is unknown")


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": "5"}},
        {"prompt_tokens": 9, "completion_tokens": 2, "completion_tokens_details": {"audio_tokens": -3}},
    ],
)
def test_where_a_part_has_no_number_the_cost_is_unknown(usage: dict[str, Any]) -> None:
    assert _chat("gpt-4o", usage).cost == Cost(None, "unknown", "an amount that is no number")


def test_an_embedding_has_no_output_and_a_cost() -> None:
    answer = {"data": [{"object": "embedding", "embedding": [0.1]}], "model": "text-embedding-3-small"}
    url = "https://api.openai.com/v1/embeddings"
    one = _record(url, {**answer, "usage": {"prompt_tokens": 8, "total_tokens": 8}}, {"input": "a"})
    assert one.usage == Usage(8, output=0, total=8)
    assert one.cost.dollars == 8 * Decimal("0.02") / _MILLION
    odd = _record(url, {**answer, "usage": {"prompt_tokens": "8", "total_tokens": 8}}, {"input": "a"})
    assert (odd.usage, odd.cost.dollars) == (Usage(total=8), None)


def test_what_was_cached_for_an_hour_and_what_was_searched_have_prices_of_their_own() -> None:
    one = _messages(
        {
            "input_tokens": 10, "cache_creation_input_tokens": 1000, "cache_read_input_tokens": 2000,
            "cache_creation": {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 600},
            "output_tokens": 5, "server_tool_use": {"web_search_requests": 2},
        }
    )  # fmt: skip
    tokens = 10 * 3 + 2000 * Decimal("0.3") + 400 * Decimal("3.75") + 600 * 6 + 5 * 15
    assert one.cost.dollars == tokens / _MILLION + 2 * Decimal("0.01")


def _advised(*iterations: dict[str, Any]) -> Record:
    return _messages({"input_tokens": 10, "output_tokens": 20, "iterations": list(iterations)})


def test_a_summary_is_paid_as_the_answer_is_and_advice_at_the_price_of_its_model() -> None:
    summary = {"type": "compaction", "input_tokens": 1000, "output_tokens": 100}
    advice = {
        "type": "advisor_message", "model": "claude-opus-4-20250514", "input_tokens": 30, "output_tokens": 40,
    }  # fmt: skip
    one = _advised({"type": "message", "input_tokens": 10, "output_tokens": 20}, summary, advice)
    assert one.usage == Usage(1010, output=120, total=1130)
    dollars = 1010 * 3 + 120 * 15 + 30 * 15 + 40 * 75
    assert one.cost.dollars == dollars / _MILLION
    assert one.cost.detail == "anthropic:claude-sonnet-4-0, anthropic:claude-opus-4-0"


def test_a_model_that_is_asked_for_advice_again_is_named_once() -> None:
    advice = {
        "type": "advisor_message", "model": "claude-opus-4-20250514", "input_tokens": 30, "output_tokens": 40,
    }  # fmt: skip
    one = _advised(advice, advice, advice)
    assert one.cost.dollars == (10 * 3 + 20 * 15 + 3 * (30 * 15 + 40 * 75)) / _MILLION
    assert one.cost.detail == "anthropic:claude-sonnet-4-0, anthropic:claude-opus-4-0"


@pytest.mark.parametrize(
    ("advice", "detail"),
    [
        ({"input_tokens": 30, "output_tokens": 40}, "its adviser: no price for this model"),
        ({"model": "claude-opus-4-20250514"}, "its adviser: no tokens"),
        ({"model": "claude-opus-4-20250514", "cache_read_input_tokens": "1", "input_tokens": 1, "output_tokens": 2},
         "its adviser: an amount that is no number"),
    ],
)  # fmt: skip
def test_advice_that_has_no_price_leaves_the_answer_without_one(advice: dict[str, Any], detail: str) -> None:
    one = _advised({"type": "advisor_message", **advice})
    assert one.usage == Usage(10, output=20, total=30)
    assert (one.cost.dollars, one.cost.source, one.cost.detail) == (None, "unknown", detail)


def test_an_answer_without_a_price_has_none_for_its_advice() -> None:
    advice = {"type": "advisor_message", "model": "no-such", "input_tokens": 1, "output_tokens": 1}
    one = _messages({"input_tokens": 10, "output_tokens": 20, "service_tier": "no-such", "iterations": [advice]})
    assert one.cost.detail == "no price for this tier of the service"


def test_sound_that_was_cached_has_a_price_of_its_own() -> None:
    usage = {
        "promptTokenCount": 1000, "candidatesTokenCount": 5, "totalTokenCount": 1005, "cachedContentTokenCount": 500,
        "promptTokensDetails": _kinds(audio=600, text=400), "cacheTokensDetails": _kinds(audio=300, text=200),
    }  # fmt: skip
    price = _gemini("gemini-2.5-flash", usage).cost
    dollars = 200 * Decimal("0.3") + 200 * Decimal("0.03") + 300 * 1 + 300 * Decimal("0.1") + 5 * Decimal("2.5")
    assert price.dollars == dollars / _MILLION


@pytest.mark.parametrize(
    ("cached", "sound", "expected"),
    [
        pytest.param(4, 4, None, id="either"),
        pytest.param(10, 4, 6 * Decimal("0.03") + 4 * Decimal("0.1"), id="all was cached"),
        pytest.param(4, 10, 4 * Decimal("0.1") + 6, id="all is sound"),
    ],
)
def test_how_much_sound_was_cached_is_known_or_the_cost_is_not(
    cached: int, sound: int, expected: Decimal | None
) -> None:
    usage = {
        "promptTokenCount": 10, "candidatesTokenCount": 0, "totalTokenCount": 10, "cachedContentTokenCount": cached,
        "promptTokensDetails": _kinds(audio=sound),
    }  # fmt: skip
    price = _gemini("gemini-2.5-flash", usage).cost
    assert price.dollars == (None if expected is None else expected / _MILLION)
    assert expected is not None or price.detail == "the answer does not say how much of its parts was cached"


def test_pictures_have_prices_of_their_own() -> None:
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 1290, "totalTokenCount": 1300}
    one = _gemini("gemini-2.5-flash-image", {**usage, "candidatesTokensDetails": _kinds(image=1290)})
    assert one.cost.dollars == (10 * Decimal("0.3") + 1290 * 30) / _MILLION


def test_perplexity_reads_thinks_and_searches_at_prices_of_their_own() -> None:
    usage = {
        "prompt_tokens": 24, "completion_tokens": 8158, "total_tokens": 8182, "num_search_queries": 21,
        "citation_tokens": 18047, "reasoning_tokens": 57694,
    }  # fmt: skip
    one = _chat("sonar-deep-research", usage, "api.perplexity.ai")
    dollars = 24 * 2 + 8158 * 8 + 18047 * 2 + 57694 * 3
    assert one.cost.dollars == Decimal(dollars) / _MILLION + 21 * Decimal("0.005")


def test_sound_is_priced_by_its_time_and_pages_by_their_number() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 405, "prompt_audio_seconds": 30}
    by_time = _chat("voxtral-small-latest", usage, "api.mistral.ai")
    assert by_time.cost.dollars is not None
    tokens = Decimal(10) * Decimal("0.1") + 20 * Decimal("0.3")
    assert by_time.cost.dollars == pytest.approx(tokens / _MILLION + Decimal("0.24") * 30 / 3600)
    url = "https://api.openai.com/v1/audio/transcriptions"
    for said in ({"usage": {"type": "duration", "seconds": 36}}, {"task": "transcribe", "duration": 36.0}):
        assert _record(url, {"text": "Hi", **said}, {"model": "whisper-1"}).cost.dollars == Decimal("0.0036")
    pages = _record(
        "https://api.mistral.ai/v1/ocr",
        {"pages": [], "model": "mistral-ocr-2505", "usage_info": {"pages_processed": 3}},
        {"document": {}},
    )
    assert pages.cost.dollars == Decimal("0.003")


@pytest.mark.parametrize("packed", [False, True])
def test_the_model_of_sound_that_was_sent_as_a_form_is_in_the_form(packed: bool) -> None:
    url = "https://api.openai.com/v1/audio/transcriptions"
    value = json.loads(recording({}, '{"text": "Hi", "usage": {"type": "duration", "seconds": 36}}', "", url=url))
    sound = b"RIFF\xff" if packed else b"RIFF"
    form = b"".join(
        b'--x1\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in ((b"file", b'; filename="model"', sound), (b"model", b"", b"whisper-1"))
    )
    request = value["interactions"][0]["request"]
    request["headers"] = {"Content-Type": ["multipart/form-data; boundary=x1"]}
    coded = base64.b64encode(form + b"--x1--\r\n").decode()
    request["body"] = {"base64_string": coded} if packed else (form + b"--x1--\r\n").decode()
    (one,) = records(load_bytes(json.dumps(value).encode(), "x.json"), "x.json")
    assert (one.model, one.model_asked) == ("whisper-1", "whisper-1")
    assert one.cost.dollars is not None


def test_where_the_table_has_no_price_for_what_was_used_the_cost_is_unknown() -> None:
    whisper = cost.estimated(Usage(10, output=20, total=30), "whisper-1", "openai", _MOMENT)
    assert whisper == Cost(None, "unknown", "no price for what was used")


def test_where_the_table_has_no_price_for_searches_what_used_them_has_none() -> None:
    used = Usage(10, output=20, total=30)
    searched = Billing({"web_searches": Decimal(2)})
    assert cost.estimated(used, "grok-4.3", "x-ai", _MOMENT, searched).detail == "no price for its searches"


def test_a_request_has_the_price_of_the_widest_search_or_none() -> None:
    used = Usage(10, output=20, total=30)
    wide, narrow = (Billing({"web_searches": Decimal(2)}, {"search_context_size": size}) for size in ("high", "low"))
    assert cost.estimated(used, "sonar", "perplexity", _MOMENT, wide).dollars == Decimal(30) / _MILLION + Decimal(
        "0.012"
    )
    for other in (narrow, Billing()):
        assert (
            cost.estimated(used, "sonar", "perplexity", _MOMENT, other).detail == "no price for the width of its search"
        )


def test_cohere_is_billed_for_less_than_is_used() -> None:
    usage = {
        "billed_units": {"input_tokens": 5, "output_tokens": 20},
        "tokens": {"input_tokens": 500, "output_tokens": 22}, "cached_tokens": 400,
    }  # fmt: skip
    message = {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}
    answer = {"id": "x", "finish_reason": "COMPLETE", "message": message, "usage": usage}
    one = _record("https://api.cohere.com/v2/chat", answer, {"model": "command-r-plus-08-2024", "messages": []})
    assert one.usage is not None
    assert (one.usage.input, one.usage.output) == (500, 22)
    assert one.cost.dollars == (5 * Decimal("2.5") + 20 * 10) / _MILLION


_TOKENS = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"cost": 0.001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.005}},
            Cost(Decimal("0.006"), "recorded", "cost + cost_details.upstream_inference_cost"),
            id="OpenRouter with a key of one's own: its fee, and what the host takes",
        ),
        pytest.param(
            {"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": None}},
            Cost(None, "unknown", "cost_details.upstream_inference_cost is no amount"),
            id="what the host takes is not told",
        ),
        pytest.param({"cost": 0, "is_byok": False}, Cost(Decimal(0), "recorded", "cost"), id="a free model"),
        pytest.param(
            {"cost": 0, "market_cost": 0.0002833, "is_byok": True},
            Cost(Decimal("0.0002833"), "recorded", "market_cost"), id="Vercel with a key of one's own",
        ),
        pytest.param(
            {"cost": 0.0002, "market_cost": 0.0003}, Cost(Decimal("0.0002"), "recorded", "cost"), id="Vercel, less"
        ),
        pytest.param({"cost": "0.00123"}, Cost(None, "unknown", "cost is no amount"), id="a string"),
        pytest.param({"cost": -1}, Cost(None, "unknown", "cost is no amount"), id="negative"),
        pytest.param({"cost": {"total_cost": "1"}}, Cost(None, "unknown", "cost.total_cost is no amount"), id="within"),
        pytest.param(
            {"cost_in_usd_ticks": True}, Cost(None, "unknown", "cost_in_usd_ticks is no amount"), id="a boolean"
        ),
    ],
)  # fmt: skip
def test_what_the_recording_says_of_its_cost_is_taken_or_said_to_be_none(said: dict[str, Any], expected: Cost) -> None:
    assert _chat("openai/gpt-4o", {**_TOKENS, **said}, "openrouter.ai").cost == expected


def test_a_gateway_without_prices_has_those_of_the_models_provider() -> None:
    one = _chat("anthropic/claude-sonnet-4", {**_TOKENS, "cost": 5.0}, "ai-gateway.vercel.sh")
    assert estimate(one).dollars == (100 * 3 + 20 * Decimal(15)) / _MILLION
    assert estimate(one).detail.startswith("anthropic:")
    assert estimate(_chat("xai/grok-3", _TOKENS, "ai-gateway.vercel.sh")).detail.startswith("x-ai:")
    assert estimate(_chat("nobody/knows", _TOKENS, "ai-gateway.vercel.sh")).detail == "no price for this model"


def test_what_bedrock_says_in_its_headers_counts_where_the_answer_says_nothing() -> None:
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/mistral.mistral-7b-instruct-v0:2/invoke"
    answer = {"outputs": [{"text": "Hi", "stop_reason": "stop"}]}
    names = ("X_Amzn_Bedrock_Input_Token_Count", "X_Amzn_Bedrock_Output_Token_Count")
    one = _record(url, answer, {"prompt": "a"}, **dict(zip(names, ("14", "99"), strict=True)))
    assert (one.usage, one.why) == (Usage(14, output=99, total=113), "")
    odd = _record(url, answer, {"prompt": "a"}, **dict(zip(names, ("many", "-1"), strict=True)))
    assert (odd.usage, odd.why) == (None, "the answer has none")


def test_what_is_no_usage_is_not_called_none() -> None:
    usages: tuple[Any, ...] = ("none", [], 5, {"prompt_tokens": "1", "completion_tokens": "2"})
    for usage in usages:
        assert _chat("gpt-4o", usage).why == "what it says is no usage"
    assert _chat("gpt-4o", None).why == "the answer has none"


def test_the_tier_of_the_service_has_a_price_of_its_own_or_none() -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 0}
    assert _messages(usage).cost.dollars == 3
    assert _messages({**usage, "service_tier": "standard"}).cost.dollars == 3
    assert _messages({**usage, "service_tier": "batch"}).cost.detail == "no price for this tier of the service"
    flex = Billing(context={"service_tier": "flex"})
    used = Usage(1_000_000, output=0)
    then, now = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 11))
    assert cost.estimated(used, "o3", "openai", now, flex).dollars == 1
    assert cost.estimated(used, "o3", "openai", then, flex).detail == "no price for this tier of the service"
    assert cost.estimated(used, "o3", "openai", then).dollars == 2
