"""What answers used, in one set of terms: the numbers are those that the providers' references give them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import Units, Usage, oddities, read, units
from cassette_tools.protocols.usage_tables import TABLES


def _message(usage: Any, native: dict[str, Any] | None = None, model: str = "") -> Message:
    return Message("", model, (), usage, (), native or {})


@pytest.mark.parametrize(
    ("protocol", "usage", "expected"),
    [
        pytest.param(
            "openai-chat",
            {
                "prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29,
                "prompt_tokens_details": {"cached_tokens": 16, "audio_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 5, "audio_tokens": 0},
            },
            Usage(20, 16, None, 9, 5, 2, 0, None, None, 29),
            id="OpenAI: cached is in the prompt, reasoning in the completion",
        ),
        pytest.param(
            "openai-chat",
            {
                "prompt_tokens": 213, "completion_tokens": 2, "total_tokens": 413,
                "completion_tokens_details": {"reasoning_tokens": 198},
            },
            Usage(213, output=200, reasoning=198, total=413), id="xAI: reasoning is beside the completion",
        ),
        pytest.param(
            "openai-chat", {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6, "reasoning_tokens": 3},
            Usage(4, output=5, reasoning=3, total=9), id="more reasoning than there is of the completion",
        ),
        pytest.param(
            "openai-chat",
            {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 6, "prompt_cache_miss_tokens": 3},
            Usage(9, 6, None, 2, total=11), id="DeepSeek's cache",
        ),
        pytest.param("openai-chat", {"prompt_tokens": 4, "total_tokens": 4}, Usage(4, total=4), id="embeddings"),
        pytest.param(
            "openai-responses",
            {
                "input_tokens": 20, "input_tokens_details": {"cached_tokens": 8}, "output_tokens": 9,
                "output_tokens_details": {"reasoning_tokens": 4}, "total_tokens": 29,
            },
            Usage(20, 8, None, 9, 4, total=29), id="OpenAI's Responses",
        ),
        pytest.param(
            "anthropic-messages",
            {
                "input_tokens": 3, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20,
                "output_tokens": 7,
                "server_tool_use": {"web_search_requests": 2},
            },
            Usage(123, 100, 20, 7, total=130), id="Anthropic: cached is beside the input",
        ),
        pytest.param(
            "anthropic-messages",
            {
                "input_tokens": 3, "output_tokens": 7, "cache_read_input_tokens": 0,
                "iterations": [
                    {"type": "compaction", "input_tokens": 80, "output_tokens": 12, "cache_read_input_tokens": 9},
                    {"type": "message", "input_tokens": 3, "output_tokens": 7, "cache_read_input_tokens": 0},
                    {"type": "advisor_message", "model": "other", "input_tokens": 50, "output_tokens": 60},
                    {"type": "compaction", "input_tokens": 1, "output_tokens": 1},
                    None,
                ],
            },
            Usage(93, 9, None, 20, total=113), id="Anthropic: a summary is beside both, advice is another model's",
        ),
        pytest.param(
            "anthropic-messages",
            {
                "input_tokens": 3, "output_tokens": 7,
                "iterations": [{"type": "compaction", "input_tokens": "80", "output_tokens": 12}],
            },
            Usage(None, None, None, 19, total=None), id="Anthropic: a summary whose input is no number",
        ),
        pytest.param(
            "bedrock-anthropic",
            {
                "input_tokens": 3, "output_tokens": 7,
                "iterations": [
                    {"type": "compaction", "input_tokens": 80, "output_tokens": 12},
                    {"type": "message", "input_tokens": 3, "output_tokens": 7},
                ],
            },
            Usage(83, output=19, total=102), id="Bedrock's InvokeModel: a summary is beside both",
        ),
        pytest.param(
            "bedrock-converse",
            {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7, "cacheReadInputTokens": 10,
            "cacheWriteInputTokens": 0},
            Usage(13, 10, 0, 4, total=17), id="Bedrock's Converse: cached is beside the input",
        ),
        pytest.param(
            "gemini",
            {
                "promptTokenCount": 10, "candidatesTokenCount": 4, "thoughtsTokenCount": 6, "totalTokenCount": 23,
                "toolUsePromptTokenCount": 3, "cachedContentTokenCount": 2,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 6}, {"modality": "IMAGE", "tokenCount": 4},
                    {"modality": "AUDIO"},
                ],
            },
            Usage(13, 2, None, 10, 6, input_image=4, total=23), id="Gemini: thoughts are beside the candidates",
        ),
        pytest.param(
            "gemini", {"promptTokenCount": 10, "thoughtsTokenCount": 5, "totalTokenCount": 15},
            Usage(10, output=5, reasoning=5, total=15), id="Gemini: nothing but thoughts",
        ),
        pytest.param(
            "gemini-interactions",
            {
                "total_tokens": 288565, "total_input_tokens": 210314, "total_output_tokens": 9851,
                "total_thought_tokens": 18888, "total_tool_use_tokens": 49512, "total_cached_tokens": 300,
                "input_tokens_by_modality": [
                    {"modality": "text", "tokens": 210000}, {"modality": "image", "tokens": 14},
                    {"modality": "audio", "tokens": 300},
                ],
                "output_tokens_by_modality": [{"modality": "AUDIO", "tokens": 51}],
            },
            Usage(259826, 300, None, 28739, 18888, 300, 51, 14, total=288565),
            id="Interactions: thoughts and what tools added are beside the two numbers",
        ),
        pytest.param(
            "gemini-interactions",
            {"total_input_tokens": 11, "total_output_tokens": 364, "total_reasoning_tokens": 1120},
            Usage(11, output=1484, reasoning=1120, total=1495), id="Interactions: as they first were",
        ),
        pytest.param(
            "gemini", {"promptTokenCount": 10, "totalTokenCount": 10}, Usage(10, output=0, total=10),
            id="Gemini: nothing made"
        ),
        pytest.param(
            "cohere-chat",
            {"billed_units": {"input_tokens": 5, "output_tokens": 2}, "tokens": {"input_tokens": 200,
            "output_tokens": 4}},
            Usage(200, output=4, total=204), id="Cohere: what is billed is less than what is used",
        ),
        pytest.param("ollama-chat", {"prompt_eval_count": 3, "eval_count": 4}, Usage(3, output=4, total=7),
        id="Ollama"),
        pytest.param(
            "bedrock-invoke", {"inputTokenCount": 3, "outputTokenCount": 4}, Usage(3, output=4, total=7), id="Titan"
        ),
        pytest.param("openai-media", {"total_tokens": 3}, Usage(3, total=3), id="a total alone"),
        pytest.param("openai-media", {"prompt_eval_count": 8}, Usage(8), id="Ollama's embeddings"),
        pytest.param(
            "openai-media",
            {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 379, "prompt_audio_seconds": 1,
             "prompt_tokens_details": {"audio_tokens": 375}},
            Usage(378, output=1, input_audio=375, total=379),
            id="a transcript of Mistral's",
        ),
        pytest.param("openai-chat", {"prompt_tokens": 4.0, "completion_tokens": 2}, Usage(4, output=2, total=6),
        id="floats"),
        pytest.param("openai-chat", {"prompt_tokens": None, "completion_tokens": -1}, None, id="nothing known"),
        pytest.param("openai-chat", {}, None, id="empty"),
        pytest.param("no-such-protocol", {"prompt_tokens": 4}, None, id="no such protocol"),
    ],
)  # fmt: skip
def test_counts_are_what_the_provider_means_by_them(protocol: str, usage: Any, expected: Usage | None) -> None:
    assert read(protocol, _message(usage)).usage == expected


@pytest.mark.parametrize("value", ["12", -5, None, 10**15, 1.5, True, [], {}, float("nan")])
def test_what_is_no_number_is_unknown_and_the_others_are_read(value: Any) -> None:
    usage = {"prompt_tokens": value, "completion_tokens": 2, "total_tokens": 14}
    assert read("openai-chat", _message(usage)).usage == Usage(output=2, total=14)
    said = oddities("openai-chat", _message(usage))
    assert len(said) == (0 if value == -5 else 1)
    assert all(one.startswith(("prompt_tokens is no number of tokens: ", "prompt_tokens is null, ")) for one in said)


def test_groqs_streams_have_it_in_a_place_of_their_own() -> None:
    native = {"x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}}
    assert read("openai-chat", _message(None, native)).usage == Usage(1, output=2, total=3)


@pytest.mark.parametrize(("number", "usage"), [(1, Usage(1, output=2, total=3)), (2, None)])
def test_moonshots_streams_have_it_in_the_choice(number: int, usage: Usage | None) -> None:
    choice = {"delta": {}, "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}
    assert read("openai-chat", _message(None, {"choices": [choice] * number})).usage == usage


@pytest.mark.parametrize(
    ("protocol", "usage", "native", "expected"),
    [
        ("anthropic-messages", {"server_tool_use": {"web_search_requests": 2}}, {}, [Units("searches", Decimal(2))]),
        ("openai-media", {"seconds": 2.5}, {}, [Units("seconds", Decimal("2.5"))]),
        ("openai-media", {"pages_processed": 3}, {}, [Units("pages", Decimal(3))]),
        ("cohere-chat", {"billed_units": {"search_units": 1}}, {}, [Units("search units", Decimal(1))]),
        ("openai-media", None, {"data": [{"b64_json": "AA"}, {"url": "x"}, {"embedding": []}]}, [Units("images",
        Decimal(2))]),
        ("openai-media", {"seconds": "2"}, {}, []),
        (
            "gemini-interactions", {"grounding_tool_count": [{"type": "google_search", "count": 17}]}, {},
            [Units("searches", Decimal(17))],
        ),
        ("gemini-interactions", {"grounding_tool_count": [{"type": "google_search", "count": None}]}, {}, []),
        ("openai-chat", None, {}, []),
    ],
)  # fmt: skip
def test_what_is_counted_in_other_units(
    protocol: str, usage: Any, native: dict[str, Any], expected: list[Units]
) -> None:
    assert list(units(protocol, _message(usage, native))) == expected


_NUMBER = st.one_of(
    st.integers(), st.floats(), st.none(), st.booleans(), st.text(max_size=3), st.lists(st.none(), max_size=1)
)


@given(st.sampled_from(sorted(TABLES)), st.data())
@settings(deadline=None, max_examples=200)
def test_no_usage_is_too_strange(protocol: str, data: st.DataObject) -> None:
    table = TABLES[protocol]
    names = {part for way in (*table.input, *table.output, *table.cache_read) for part in way.replace("|", " ").split()}
    usage: dict[str, Any] = {}
    for name in sorted(name.strip("?-").split(".")[0] for name in names if name.strip("?-+")):
        usage[name] = data.draw(st.one_of(_NUMBER, st.dictionaries(st.text(max_size=12), _NUMBER, max_size=2)))
    found = read(protocol, _message(usage)).usage
    assert found is None or all(count is None or 0 <= count < 10**17 for count in found)
    oddities(protocol, _message(usage))
    units(protocol, _message(usage))


def _chat(prompt: int, completion: int, total: Any = None, **more: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return usage if total is None else {**usage, "total_tokens": total}


def _thought(tokens: int) -> dict[str, Any]:
    return {"completion_tokens_details": {"reasoning_tokens": tokens}}


def _cached(tokens: int) -> dict[str, Any]:
    return {"prompt_tokens_details": {"cached_tokens": tokens}}


@pytest.mark.parametrize(
    ("model", "usage", "expected"),
    [
        pytest.param(
            "google/gemini-2.5-flash",
            _chat(61, 10, 71, market_cost=0.1, is_byok=False, **_thought(96)),
            Usage(61, output=106, reasoning=96, total=167),
            id="Vercel and Gemini: it bills both",
        ),
        pytest.param(
            "google/gemini-2.5-flash",
            _chat(61, 10, 71, market_cost=0.1, **_thought(4)),
            Usage(61, output=14, reasoning=4, total=75),
            id="Vercel and Gemini, little reasoning",
        ),
        pytest.param(
            "openai/gpt-5",
            _chat(61, 10, 71, market_cost=0.1, **_thought(4)),
            Usage(61, output=10, reasoning=4, total=71),
            id="Vercel and another model",
        ),
        pytest.param(
            "qwen/qwen3",
            _chat(21, 16, 37, is_byok=False, cost=0.1, **_thought(21)),
            Usage(21, output=16, total=37),
            id="OpenRouter counts reasoning by another tokenizer, and bills the output",
        ),
        pytest.param(
            "grok-4", _chat(9, 20, **_thought(5)), Usage(9, output=25, reasoning=5, total=34), id="xAI, no total"
        ),
        pytest.param(
            "grok-4",
            _chat(9, 2, "413", **_thought(198)),
            Usage(9, output=200, reasoning=198),
            id="xAI, a total that is none",
        ),
        pytest.param(
            "grok-4", _chat(9, 20, 29, **_thought(5)), Usage(9, output=20, reasoning=5, total=29), id="Grok elsewhere"
        ),
        pytest.param(
            "grok-4",
            _chat(10, 20, 40, prompt_tokens_details={"cached_tokens": 30}, **_thought(10)),
            Usage(40, 30, output=30, reasoning=10, total=70),
            id="Grok at Azure: cached and reasoning beside",
        ),
        pytest.param(
            "claude-sonnet-4",
            _chat(4, 2, **_cached(90)),
            Usage(94, 90, output=2, total=96),
            id="Claude behind a gateway",
        ),
        pytest.param(
            "gpt-4o",
            _chat(100, 20, 120, **_cached(500)),
            Usage(100, 500, output=20, total=120),
            id="a contradiction stays one",
        ),
        pytest.param(
            "models/gemini-2.5-pro", _chat(35, 12, 109), Usage(35, output=74, total=109), id="Gemini's hidden thoughts"
        ),
        pytest.param("gpt-4o", _chat(35, 12, 109), Usage(35, output=12, total=109), id="hidden by nobody known"),
        pytest.param(
            "voxtral-small",
            _chat(10, 20, 405, prompt_audio_seconds=30),
            Usage(385, output=20, input_audio=375, total=405),
            id="Mistral's sound is in the total alone",
        ),
        pytest.param(
            "sonar-deep-research",
            _chat(24, 8158, 8182, citation_tokens=18047, reasoning_tokens=57),
            Usage(24, output=8215, reasoning=57, total=8239),
            id="Perplexity: beside the completion, however little",
        ),
    ],
)
def test_what_hosts_leave_out_of_a_number_is_in_it(model: str, usage: dict[str, Any], expected: Usage) -> None:
    assert read("openai-chat", _message(usage, model=model)).usage == expected


@pytest.mark.parametrize(
    ("protocol", "usage", "expected"),
    [
        (
            "anthropic-messages",
            {"input_tokens": 1, "cache_read_input_tokens": "2", "output_tokens": 5},
            Usage(output=5),
        ),
        (
            "anthropic-messages",
            {"input_tokens": 1, "cache_creation_input_tokens": -5, "output_tokens": 5},
            Usage(output=5),
        ),
        (
            "anthropic-messages",
            {"input_tokens": 1, "cache_read_input_tokens": 10**30, "output_tokens": 5},
            Usage(output=5),
        ),
        (
            "anthropic-messages",
            {"input_tokens": 1, "cache_creation_input_tokens": None, "output_tokens": 5},
            Usage(1, output=5, total=6),
        ),
        ("bedrock-converse", {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": "4"}, Usage(output=2)),
        (
            "gemini",
            {"promptTokenCount": 1, "candidatesTokenCount": 5, "thoughtsTokenCount": "9", "totalTokenCount": 15},
            Usage(1, total=15),
        ),
        ("gemini", {"promptTokenCount": 1, "candidatesTokenCount": 5, "toolUsePromptTokenCount": "9"}, Usage(output=5)),
        (
            "gemini",
            {"promptTokenCount": 1, "candidatesTokenCount": "5", "thoughtsTokenCount": 9},
            Usage(1, reasoning=9),
        ),
        ("gemini", {"promptTokenCount": 1, "candidatesTokenCount": -5, "totalTokenCount": 15}, Usage(1, total=15)),
        (
            "gemini",
            {"promptTokenCount": 10, "thoughtsTokenCount": 100, "totalTokenCount": 115},
            Usage(10, output=105, reasoning=100, total=115),
        ),
        ("gemini", {"promptTokenCount": 10}, Usage(10)),
        (
            "gemini-interactions",
            {"total_input_tokens": 7, "total_tool_use_tokens": "1", "total_output_tokens": 2, "total_tokens": 10},
            Usage(output=2, total=10),
        ),
        (
            "gemini-interactions",
            {"total_input_tokens": 7, "total_output_tokens": 2, "total_thought_tokens": [], "total_cached_tokens": -1},
            Usage(7),
        ),
        ("openai-media", {"prompt_tokens": "8", "total_tokens": 8}, Usage(total=8)),
        ("openai-media", {"input_tokens": "8", "output_tokens": 4, "total_tokens": 12}, Usage(output=4, total=12)),
        (
            "cohere-chat",
            {"tokens": {"input_tokens": "5", "output_tokens": 2}, "billed_units": {"input_tokens": 1}},
            Usage(output=2),
        ),
        ("openai-chat", {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": "5"}, Usage(3, output=2)),
        (
            "openai-chat",
            {"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": "x", "cached_tokens": 1},
            Usage(3, output=2, total=5),
        ),
        ("openai-chat", {"prompt_tokens": "3", "completion_tokens": "2", "total_tokens": 5}, Usage(total=5)),
    ],
)
def test_a_part_that_is_no_number_makes_its_sum_unknown(protocol: str, usage: Any, expected: Usage) -> None:
    assert read(protocol, _message(usage)).usage == expected


@pytest.mark.parametrize(
    ("protocol", "usage", "native", "expected"),
    [
        pytest.param(
            "bedrock-invoke",
            {"inputTextTokenCount": 5},
            {"results": [{"tokenCount": 61}, {"tokenCount": 4}]},
            Usage(5, output=65, total=70),
            id="Titan",
        ),
        pytest.param(
            "bedrock-invoke",
            {"inputTextTokenCount": 5},
            {"results": [{"tokenCount": 61}, {"tokenCount": "4"}]},
            Usage(5),
            id="Titan, broken",
        ),
        pytest.param(
            "cohere-generate",
            None,
            {"meta": {"billed_units": {"input_tokens": 7, "output_tokens": 129}}},
            Usage(7, output=129, total=136),
            id="Cohere's completions",
        ),
        pytest.param(
            "openai-media", None, {"prompt_eval_count": 8, "embeddings": []}, Usage(8), id="Ollama's embeddings"
        ),
        pytest.param(
            "gemini",
            {"billableCharacterCount": 24},
            {"predictions": [{"embeddings": {"statistics": {"token_count": count}}} for count in (6, 2)]},
            Usage(8),
            id="Vertex's embeddings",
        ),
        pytest.param(
            "bedrock-agent",
            None,
            {
                "trace": [
                    {
                        "trace": {
                            kind: {
                                "modelInvocationOutput": {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 2}}}
                            }
                        }
                    }
                    for kind in ("preProcessingTrace", "orchestrationTrace")
                ]
            },
            Usage(18, output=4, total=22),
            id="the traces of an agent",
        ),
    ],
)
def test_usage_that_is_in_a_place_of_its_own_is_found(
    protocol: str, usage: Any, native: dict[str, Any], expected: Usage
) -> None:
    assert read(protocol, _message(usage, native)).usage == expected


@pytest.mark.parametrize(
    ("protocol", "usage", "expected"),
    [
        (
            "anthropic-messages",
            {"cache_creation": {"ephemeral_1h_input_tokens": 600}, "server_tool_use": {"web_search_requests": 2}},
            {"cache_write_1h_tokens": 600, "web_searches": 2},
        ),
        (
            "anthropic-messages",
            {
                "cache_creation": {"ephemeral_1h_input_tokens": 600},
                "iterations": [
                    {
                        "type": "compaction",
                        "cache_creation": {"ephemeral_1h_input_tokens": 5},
                        "server_tool_use": {"web_search_requests": 1},
                    },
                ],
            },
            {"cache_write_1h_tokens": 605, "web_searches": 1},
        ),
        (
            "anthropic-messages",
            {"input_tokens": 1, "iterations": [{"type": "compaction", "cache_read_input_tokens": "5"}]},
            None,
        ),
        (
            "gemini",
            {"cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 4}]},
            {"cache_audio_read_tokens": 0, "cache_image_read_tokens": 0, "cache_video_read_tokens": 0},
        ),
        (
            "gemini-interactions",
            {
                "input_tokens_by_modality": [{"modality": "video", "tokens": 9}],
                "grounding_tool_count": [{"type": "google_search", "count": 17}, {"type": "retrieval", "count": 2}, 5],
            },
            {"input_video_tokens": 9, "web_searches": 17},
        ),
        ("gemini-interactions", {"grounding_tool_count": [{"type": "google_search", "count": "17"}]}, None),
        ("gemini-interactions", {"grounding_tool_count": {"type": "google_search", "count": 17}}, {}),
        ("openai-media", {"pages_processed": 3}, {"input_document_pages": 3}),
        ("openai-media", {"seconds": "3"}, None),
        ("openai-chat", _chat(3, 2, prompt_tokens_details={"cached_tokens": "1"}), None),
        ("gemini", {"promptTokensDetails": [{"modality": "AUDIO", "tokenCount": "900"}]}, None),
        ("no-such-protocol", {"seconds": 3}, {}),
    ],
)
def test_what_has_a_price_of_its_own_is_told_apart(protocol: str, usage: Any, expected: Any) -> None:
    found = read(protocol, _message(usage)).billing
    assert (None if found is None else found.units) == expected


def test_searches_of_responses_are_counted_and_pages_that_were_opened_are_none() -> None:
    actions: tuple[dict[str, str], ...] = ({"type": "search"}, {"type": "open_page"}, {})
    output = [{"type": "web_search_call", "action": action} for action in actions]
    message = _message({"input_tokens": 1, "output_tokens": 1}, {"output": [*output, {"type": "message"}]})
    assert list(units("openai-responses", message)) == [Units("searches", Decimal(2))]
    found = read("openai-responses", message).billing
    assert found is not None
    assert found.units == {"web_searches": 2}


@pytest.mark.parametrize(
    ("usage", "native", "context"),
    [
        ({"output_tokens": 1}, {"service_tier": "flex"}, {"service_tier": "flex"}),
        ({"service_tier": "batch", "speed": "fast"}, {}, {"processing": "batch", "speed": "fast"}),
        ({"serviceTier": "PRIORITY"}, {}, {"service_tier": "priority"}),
        ({"service_tier": 5, "speed": None}, {"service_tier": None}, {}),
    ],
)
def test_the_tier_of_the_service_is_told(usage: Any, native: dict[str, Any], context: dict[str, str]) -> None:
    found = read("openai-responses", _message(usage, native)).billing
    assert found is not None
    assert found.context == context
