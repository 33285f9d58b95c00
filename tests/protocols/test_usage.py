"""What answers used, in one set of terms: the numbers are those that the providers' references give them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import TABLES, Units, Usage, oddities, read, units


def _message(usage: Any, native: dict[str, Any] | None = None) -> Message:
    return Message("", "", (), usage, (), native or {})


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
            Usage(4, output=2, reasoning=3, total=6), id="a gateway that counts reasoning otherwise",
        ),
        pytest.param(
            "openai-chat",
            {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 6, "prompt_cache_miss_tokens": 3},
            Usage(9, 6, None, 2, total=11), id="DeepSeek's cache",
        ),
        pytest.param(
            "openai-chat", {"prompt_tokens": 4, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 90}},
            Usage(94, 90, None, 2, total=96), id="a prompt without what was cached",
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
        pytest.param("openai-chat", {"prompt_tokens": 4.0, "completion_tokens": 2}, Usage(4, output=2, total=6),
        id="floats"),
        pytest.param("openai-chat", {"prompt_tokens": None, "completion_tokens": -1}, None, id="nothing known"),
        pytest.param("openai-chat", {}, None, id="empty"),
        pytest.param("no-such-protocol", {"prompt_tokens": 4}, None, id="no such protocol"),
    ],
)  # fmt: skip
def test_counts_are_what_the_provider_means_by_them(protocol: str, usage: Any, expected: Usage | None) -> None:
    assert read(protocol, _message(usage)) == expected


@pytest.mark.parametrize("value", ["12", -5, None, 10**15, 1.5, True, [], {}, float("nan")])
def test_what_is_no_number_is_unknown_and_the_others_are_read(value: Any) -> None:
    usage = {"prompt_tokens": value, "completion_tokens": 2, "total_tokens": 14}
    assert read("openai-chat", _message(usage)) == Usage(output=2, total=14)
    said = oddities("openai-chat", _message(usage))
    assert len(said) == (0 if value in (None, -5) else 1)
    assert all(one.startswith("prompt_tokens is no number of tokens: ") for one in said)


def test_groqs_streams_have_it_in_a_place_of_their_own() -> None:
    native = {"x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}}
    assert read("openai-chat", _message(None, native)) == Usage(1, output=2, total=3)


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
    found = read(protocol, _message(usage))
    assert found is None or all(count is None or 0 <= count < 10**17 for count in found)
    oddities(protocol, _message(usage))
    units(protocol, _message(usage))
