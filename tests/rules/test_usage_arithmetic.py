"""What holds among the numbers of a usage object: the dialects that are known, and what no dialect explains."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.message import Message
from cassette_tools.rules.usage.arithmetic import contradictions


def _said(
    protocol: str, usage: dict[str, Any], model: str = "m", *, streamed: bool = False, **native: Any
) -> list[str]:
    message = Message("", model, (), usage, (), {"usage": usage, **native})
    return list(contradictions(protocol, usage, message, streamed=streamed))


def _chat(prompt: int, completion: int, total: int, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total, **more}


def _reasoning(tokens: int) -> dict[str, Any]:
    return {"completion_tokens_details": {"reasoning_tokens": tokens}}


def _cached(tokens: int) -> dict[str, Any]:
    return {"prompt_tokens_details": {"cached_tokens": tokens}}


@pytest.mark.parametrize(
    ("protocol", "usage"),
    [
        pytest.param("openai-chat", _chat(8, 3, 11), id="chat"),
        pytest.param("openai-chat", _chat(8, 3, 11, **_reasoning(2)), id="reasoning inside the completion"),
        pytest.param("openai-chat", _chat(8, 3, 31, **_reasoning(20)), id="reasoning beside it, as xAI counts"),
        pytest.param("openai-chat", _chat(8, 3, 11, **_reasoning(20)), id="reasoning in no number, as gateways count"),
        pytest.param("openai-chat", _chat(8, 3, 31, reasoning_tokens=20), id="reasoning without details"),
        pytest.param("openai-chat", _chat(8, 0, 8, **_cached(8)), id="a prompt that is cached as a whole"),
        pytest.param(
            "openai-chat", _chat(8, 3, 11, prompt_cache_hit_tokens=6, prompt_cache_miss_tokens=2), id="DeepSeek's cache"
        ),
        pytest.param("openai-chat", {"prompt_tokens": 8, "total_tokens": 8}, id="nothing was made"),
        pytest.param("openai-chat", _chat(8, -1, 8), id="a completion that is not known"),
        pytest.param("openai-chat", {"total_tokens": None, "prompt_tokens_details": []}, id="odd"),
        pytest.param("openai-media", {"prompt_tokens": 8, "total_tokens": 8}, id="an embedding"),
        pytest.param("openai-media", {"input_tokens": 8, "output_tokens": 90, "total_tokens": 98}, id="a picture"),
        pytest.param("openai-media", {"total_tokens": 8}, id="a ranking"),
        pytest.param("openai-responses", {"input_tokens": 8, "output_tokens": 3, "total_tokens": 11}, id="responses"),
        pytest.param(
            "gemini", {"promptTokenCount": 8, "thoughtsTokenCount": 5, "totalTokenCount": 13}, id="thoughts only"
        ),
        pytest.param(
            "gemini",
            {
                "promptTokenCount": 80,
                "candidatesTokenCount": 173,
                "thoughtsTokenCount": 60,
                "toolUsePromptTokenCount": 237,
                "totalTokenCount": 550,
            },
            id="tool use",
        ),
        pytest.param(
            "gemini", {"candidatesTokenCount": 2, "totalTokenCount": 300}, id="the address of a file as prompt"
        ),
        pytest.param("gemini", {"promptTokenCount": 8}, id="an embedding of Gemini's"),
        pytest.param(
            "gemini-interactions",
            {
                "total_input_tokens": 210314,
                "total_output_tokens": 9851,
                "total_thought_tokens": 18888,
                "total_tool_use_tokens": 49512,
                "total_tokens": 288565,
            },
            id="an interaction with thoughts and tools",
        ),
        pytest.param(
            "gemini-interactions",
            {"total_input_tokens": 8, "total_output_tokens": 3, "total_tokens": 50},
            id="an interaction that does not say what tools added",
        ),
        pytest.param(
            "bedrock-converse",
            {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokens": 7, "totalTokens": 12},
            id="a total with the cache",
        ),
        pytest.param(
            "bedrock-converse",
            {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokens": 7, "totalTokens": 5},
            id="a total without the cache",
        ),
        pytest.param(
            "anthropic-messages",
            {
                "input_tokens": 3,
                "cache_read_input_tokens": 500,
                "cache_creation_input_tokens": 9,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
                "output_tokens": 2,
            },
            id="a cache outside the input",
        ),
        pytest.param(
            "cohere-chat", {"tokens": {"input_tokens": 8.0, "output_tokens": 3.0}, "cached_tokens": 8.0}, id="floats"
        ),
        pytest.param("ollama-chat", {"eval_count": 3, "prompt_eval_count": 8, "total_duration": 1}, id="no total"),
        pytest.param("json-rpc", _chat(8, 3, 1), id="a protocol without laws"),
    ],
)
def test_what_providers_send_holds(protocol: str, usage: dict[str, Any]) -> None:
    assert _said(protocol, usage) == []


@pytest.mark.parametrize(
    ("usage", "model", "native"),
    [
        pytest.param(_chat(35, 12, 109), "models/gemini-2.5-flash", {}, id="Gemini's hidden thoughts"),
        pytest.param(_chat(8, 3, 380, prompt_audio_seconds=4), "voxtral", {}, id="Mistral's seconds of sound"),
        pytest.param(_chat(79, 2, 83), "gpt-oss-120b", {"time_info": {}}, id="Cerebras's tokens behind a stop"),
        pytest.param(_chat(152, 105, 305), "gpt-oss-120b", {"created": 0}, id="what Hyper had in its cache"),
    ],
)
def test_a_total_may_hide_tokens_with_hosts_that_do(usage: dict[str, Any], model: str, native: dict[str, Any]) -> None:
    assert _said("openai-chat", usage, model, **native) == []
    assert len(_said("openai-chat", {**usage, "prompt_audio_seconds": None})) == 1
    less = {**usage, "total_tokens": usage["prompt_tokens"]}
    assert len(_said("openai-chat", less, model, **native)) == 1


@pytest.mark.parametrize("model", ["grok-4-1-fast-non-reasoning", "x-ai/Grok-4", "claude-sonnet-4"])
def test_a_prompt_may_leave_its_cached_part_out_with_models_that_do(model: str) -> None:
    usage = _chat(7, 1, 8, **_cached(163))
    assert _said("openai-chat", usage, model) == []
    assert _said("openai-chat", usage) == ["there are more cached tokens (163) than tokens of the prompt (7)"]


@pytest.mark.parametrize(
    ("protocol", "usage", "message"),
    [
        ("openai-completions", _chat(8, 3, 1), "the total of 1 token is not 8 + 3"),
        ("cloudflare-run", _chat(8, 3, 12, **_reasoning(0)), "the total of 12 tokens is not 8 + 3"),
        (
            "openai-chat",
            _chat(8, 3, 11, prompt_cache_hit_tokens=6, prompt_cache_miss_tokens=3),
            "the prompt of 8 tokens is not 6 + 3",
        ),
        ("openai-media", {"prompt_tokens": 8, "total_tokens": 9}, "the total of 9 tokens is not 8"),
        (
            "openai-responses",
            {"input_tokens": 8, "output_tokens": 3, "output_tokens_details": {"reasoning_tokens": 4}},
            "there are more reasoning tokens (4) than tokens of the output (3)",
        ),
        (
            "openai-responses",
            {"input_tokens": 8, "output_tokens": 3, "total_tokens": 12},
            "the total of 12 tokens is not 8 + 3",
        ),
        (
            "gemini",
            {"promptTokenCount": 8, "cachedContentTokenCount": 9},
            "there are more cached tokens (9) than tokens of the prompt (8)",
        ),
        (
            "bedrock-nova",
            {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokenCount": 7, "totalTokens": 11},
            "the total of 11 tokens is neither 3 + 2 nor 3 + 2 + 7",
        ),
        (
            "anthropic-messages",
            {
                "cache_creation_input_tokens": 10,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
            },
            "the cache creation of 10 tokens is not 4 + 5",
        ),
        (
            "cohere-chat",
            {"tokens": {"input_tokens": 8, "output_tokens": 3}, "cached_tokens": 16},
            "there are more cached tokens (16) than tokens of the input (8)",
        ),
        ("ollama-chat", {"eval_count": -3}, "eval_count is negative: -3"),
        (
            "openai-chat",
            {"prompt_tokens": 8, "total_tokens": 11},
            "completion_tokens is missing, beside prompt_tokens",
        ),
        ("openai-chat", _chat(8, 3, 11, completion_tokens=None), "completion_tokens is null, beside prompt_tokens"),
        ("anthropic-messages", {"output_tokens": 3}, "input_tokens is missing, beside output_tokens"),
        (
            "openai-chat",
            _chat(8, 3, 11, prompt_tokens_details="none"),
            "prompt_tokens_details is no object: a string",
        ),
        (
            "gemini",
            {"promptTokensDetails": [{"modality": "AUDIO", "tokenCount": "900"}]},
            "a tokenCount of promptTokensDetails is no number of tokens: a string",
        ),
        (
            "gemini",
            {"promptTokenCount": 8, "candidatesTokenCount": 2, "thoughtsTokenCount": "5", "totalTokenCount": 15},
            "thoughtsTokenCount is no number of tokens: a string",
        ),
        (
            "bedrock-converse",
            {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokens": "7", "totalTokens": 12},
            "cacheReadInputTokens is no number of tokens: a string",
        ),
        ("gemini", {"cacheTokensDetails": 5}, "cacheTokensDetails is no list: a number"),
        (
            "gemini-interactions",
            {"total_input_tokens": 8, "total_output_tokens": 3, "total_tool_use_tokens": 0, "total_tokens": 12},
            "the total of 12 tokens is not 8 + 3 + 0",
        ),
        (
            "gemini-interactions",
            {"total_input_tokens": 8, "total_cached_tokens": 9},
            "there are more cached tokens (9) than tokens of the input (8)",
        ),
        (
            "gemini-interactions",
            {"input_tokens_by_modality": [{"modality": "text"}, {"modality": "audio", "tokens": "900"}]},
            "a count of input_tokens_by_modality is no number of tokens: a string",
        ),
        ("openai-media", {"pages_processed": "3"}, "pages_processed is no number: a string"),
        ("openai-media", {"seconds": -3}, "seconds is no number: negative"),
        ("openai-chat", _chat(8, 3, 11, cost="0.00123"), "cost is no amount: a string"),
        ("openai-chat", _chat(8, 3, 11, cost=-1), "cost is no amount: negative"),
        ("openai-chat", _chat(8, 3, 11, cost={"total_cost": []}), "cost.total_cost is no amount: a list"),
        ("openai-chat", _chat(8, 3, 11, cost_in_usd_ticks="9"), "cost_in_usd_ticks is no amount: a string"),
        ("openai-chat", _chat(8, 3, 11, market_cost="9"), "market_cost is no amount: a string"),
        ("openai-chat", _chat(8, 3, 11, citation_tokens="9"), "citation_tokens is no number of tokens: a string"),
        ("gemini", {"promptTokensDetails": [{"tokenCount": -5}]}, "promptTokensDetails.0.tokenCount is negative: -5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nothing_explains_is_said(protocol: str, usage: dict[str, Any], message: str) -> None:
    assert _said(protocol, usage) == [message]


def test_a_stream_brings_the_cache_creation_again_but_not_its_parts() -> None:
    usage = {
        "cache_creation_input_tokens": 900,
        "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
    }
    assert _said("anthropic-messages", usage, streamed=True) == []
    assert len(_said("anthropic-messages", usage)) == 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (10**400, "too large"), (1e300, "too large"), (float("inf"), "too large"), (True, "a boolean"),
        (1.5, "a fraction"), ("8", "a string"), ([8], "a list"), ({}, "an object"),
    ],
)  # fmt: skip
def test_what_is_no_number_of_tokens_is_said_and_not_added_up(value: object, kind: str) -> None:
    usage = {"prompt_tokens": value, "completion_tokens": 3, "total_tokens": 11}
    assert _said("openai-chat", usage) == [f"prompt_tokens is no number of tokens: {kind}"]


@pytest.mark.parametrize(
    ("value", "kind"), [("none", "a string"), ([], "a list"), (5, "a number"), (True, "a boolean")]
)
def test_a_usage_that_is_no_object_is_said(value: object, kind: str) -> None:
    message = Message("", "m", (), None, (), {"usage": value})
    assert list(contradictions("openai-chat", {}, message, streamed=False)) == [f"the usage is no object: {kind}"]


@pytest.mark.parametrize("value", [None, {}])
def test_no_usage_is_no_oddity(value: object) -> None:
    message = Message("", "m", (), None, (), {"usage": value})
    assert list(contradictions("openai-chat", {}, message, streamed=False)) == []


@pytest.mark.parametrize("value", [-1, 8.0])
def test_what_is_not_known_or_counted_in_floating_point_is_no_oddity(value: object) -> None:
    assert _said("openai-chat", {"prompt_tokens": value, "completion_tokens": 3, "total_tokens": 11}) == []


_TOKENS = st.integers(0, 10**9)


@given(_TOKENS, _TOKENS, st.integers(1, 10**6))
@settings(deadline=None, max_examples=50)
def test_one_number_that_is_changed_is_found(prompt: int, completion: int, change: int) -> None:
    assert _said("openai-chat", _chat(prompt, completion, prompt + completion)) == []
    assert any(
        "total" in said for said in _said("openai-chat", _chat(prompt, completion, prompt + completion + change))
    )
    assert any(
        "total" in said for said in _said("openai-chat", _chat(prompt + change, completion, prompt + completion))
    )
