"""Where each protocol says what was used, as data.

A way to come by a number is a sum of fields. A field is a path with dots in the usage object; ``a|b`` is the first of
the two that is there, ``a?`` may be missing, ``-a`` is taken off, and ``a[KIND]`` is what a list of Google's details
counts of one modality, in upper or lower case. The first way of which all fields are there is taken. What is there and
is no number makes the whole sum unknown: another way would give another number.

Sources: the API references that the modules of the protocols name, and what their recordings hold.
"""

from typing import NamedTuple

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
    hosts_differ: bool = False
    """Whether hosts differ in what the two main numbers include: xAI counts reasoning beside the output, most in it."""
    units: tuple[tuple[str, str], ...] = ()
    """What is counted otherwise: the unit, and its field."""
    priced: tuple[tuple[str, str], ...] = ()
    """What has a price of its own besides: the unit as genai-prices names it, and its way."""
    both: bool = False
    """Whether an answer that says one of input and output says the other, too."""


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
    hosts_differ=True,
    units=(("searches", "num_search_queries"), ("seconds", "prompt_audio_seconds")),
    priced=(
        ("cache_audio_read_tokens", "prompt_tokens_details.cached_tokens_details.audio_tokens"),
        ("output_citation_tokens", "citation_tokens"),
        ("web_searches", "num_search_queries"),
        ("audio_seconds", "prompt_audio_seconds"),
    ),
    both=True,
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
    units=(("searches", "server_side_tool_usage_details.web_search_calls"),),
    priced=(("web_searches", "server_side_tool_usage_details.web_search_calls"),),
    both=True,
)
_ANTHROPIC = Table(
    input=("input_tokens + cache_read_input_tokens? + cache_creation_input_tokens?",),
    output=("output_tokens",),
    cache_read=("cache_read_input_tokens",),
    cache_write=("cache_creation_input_tokens",),
    reasoning=("output_tokens_details.thinking_tokens",),
    units=(("searches", "server_tool_use.web_search_requests"),),
    priced=(
        ("cache_write_1h_tokens", "cache_creation.ephemeral_1h_input_tokens"),
        ("web_searches", "server_tool_use.web_search_requests"),
    ),
    both=True,
)
_READ, _WRITTEN = (f"cache{what}InputTokens|cache{what}InputTokenCount" for what in ("Read", "Write"))
_BEDROCK = Table(
    input=("inputTokens + " + " + ".join((f"{_READ}?", f"{_WRITTEN}?")),),
    output=("outputTokens",),
    cache_read=(_READ,),
    cache_write=(_WRITTEN,),
    both=True,
)
_AGENT = Table(input=("inputTokens",), output=("outputTokens",))
_INVOKE = Table(
    input=("inputTokenCount|inputTextTokenCount|prompt_token_count|prompt_tokens|inputTokens|input_tokens",),
    output=("outputTokenCount|generation_token_count|completion_tokens|outputTokens|output_tokens|tokenCount",),
    total=("total_tokens",),
)
_COHERE = Table(
    input=("tokens.input_tokens|billed_units.input_tokens",),
    output=("tokens.output_tokens|billed_units.output_tokens",),
    cache_read=("cached_tokens",),
    reasoning=("tokens.reasoning_tokens",),
    units=(("search units", "billed_units.search_units"), ("classifications", "billed_units.classifications")),
    # What is billed is less than what is used.
    priced=(("input_tokens", "billed_units.input_tokens"), ("output_tokens", "billed_units.output_tokens")),
    both=True,
)
_OLLAMA = Table(input=("prompt_eval_count",), output=("eval_count",))
_GEMINI = Table(
    input=("promptTokenCount + toolUsePromptTokenCount?", "token_count"),
    # What is 0 is left out, all of it where nothing was made; a total says so.
    output=(
        "candidatesTokenCount|responseTokenCount + thoughtsTokenCount?",
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
    priced=(
        ("input_video_tokens", "promptTokensDetails[VIDEO]"),
        ("cache_audio_read_tokens", "cacheTokensDetails[AUDIO]"),
        ("cache_image_read_tokens", "cacheTokensDetails[IMAGE]"),
        ("cache_video_read_tokens", "cacheTokensDetails[VIDEO]"),
    ),
)
_INTERACTIONS = Table(
    input=("total_input_tokens + total_tool_use_tokens?",),
    output=("total_output_tokens + total_thought_tokens|total_reasoning_tokens?",),
    cache_read=("total_cached_tokens",),
    reasoning=("total_thought_tokens|total_reasoning_tokens",),
    input_audio=("input_tokens_by_modality[AUDIO]",),
    output_audio=("output_tokens_by_modality[AUDIO]",),
    input_image=("input_tokens_by_modality[IMAGE]",),
    output_image=("output_tokens_by_modality[IMAGE]",),
    total=("total_tokens",),
    priced=(
        ("input_video_tokens", "input_tokens_by_modality[VIDEO]"),
        ("cache_audio_read_tokens", "cached_tokens_by_modality[AUDIO]"),
        ("cache_image_read_tokens", "cached_tokens_by_modality[IMAGE]"),
        ("cache_video_read_tokens", "cached_tokens_by_modality[VIDEO]"),
    ),
)
_CONVERSATIONS = Table(
    input=("prompt_tokens + connector_tokens?",),
    output=("completion_tokens",),
    total=("total_tokens",),
    units=(("searches", "connectors.web_search"),),
    both=True,
)
_MEDIA = Table(
    input=(
        "prompt_tokens|input_tokens|tokens.input_tokens|billed_units.input_tokens|prompt_eval_count",
        "total_tokens",
    ),
    output=("completion_tokens|output_tokens|tokens.output_tokens",),
    input_audio=(
        "input_token_details.audio_tokens|input_tokens_details.audio_tokens|prompt_tokens_details.audio_tokens",
    ),
    input_image=("input_tokens_details.image_tokens|billed_units.image_tokens",),
    output_image=("output_tokens_details.image_tokens",),
    total=("total_tokens",),
    hosts_differ=True,
    units=(
        ("seconds", "seconds|prompt_audio_seconds|duration"),
        ("pages", "pages_processed"),
        ("search units", "billed_units.search_units"),
        ("images", "billed_units.images"),
    ),
    priced=(
        ("audio_seconds", "seconds|prompt_audio_seconds|duration"),
        ("input_document_pages", "pages_processed"),
        ("rerank_searches", "billed_units.search_units"),
    ),
)
TABLES: dict[str, Table] = {
    "anthropic-messages": _ANTHROPIC,
    "bedrock-agent": _AGENT,
    "bedrock-anthropic": _ANTHROPIC,
    "bedrock-converse": _BEDROCK,
    "bedrock-invoke": _INVOKE,
    "bedrock-nova": _BEDROCK._replace(both=False),  # where a guardrail stepped in, it leaves out the output
    "cloudflare-run": _CHAT,
    "cohere-chat": _COHERE,
    "cohere-chat-v1": _COHERE,
    "cohere-generate": _COHERE,
    "gemini": _GEMINI,
    "gemini-interactions": _INTERACTIONS,
    "mistral-conversations": _CONVERSATIONS,
    "ollama-chat": _OLLAMA,
    "ollama-generate": _OLLAMA,
    "openai-chat": _CHAT,
    "openai-completions": _CHAT,
    "openai-media": _MEDIA,
    "openai-responses": _RESPONSES,
}
"""By the names of the protocols; those that are not here do not say what they used."""

COSTS: tuple[tuple[str, str], ...] = (
    ("cost.total_cost", "1"),
    ("cost", "1"),
    ("cost_in_usd_ticks", "1e-10"),
)
"""Where answers say what they cost, and what one is in US dollars.

OpenRouter (https://openrouter.ai/docs/use-cases/usage-accounting) and Vercel's gateway have ``cost``, Perplexity an
object of that name, xAI ticks.
"""
UPSTREAM = "cost_details.upstream_inference_cost"
"""What OpenRouter's customer pays the model's host, where ``is_byok`` says that the key is the customer's own."""
LIST_PRICE = "market_cost"
"""What Vercel's customer would pay without credentials of its own, with which ``cost`` is 0."""
