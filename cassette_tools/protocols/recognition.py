"""Which protocol an interaction speaks: one function each, tried in order, the more particular before the general.

By the request's path and what the answer, or the first event of its stream, looks like; never by the host alone, since
gateways speak the protocols of others. Where an error came, or nothing that can be read, only the path is left. The
protocols themselves are imported when they are needed: most runs see one or two.
"""

import functools
import importlib
import re
from collections.abc import Callable
from typing import Any

from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Protocol, items, mapping, string

_CLASSES = {
    "json-rpc": "json_rpc.JsonRpc",
    "bedrock-agent": "bedrock_agent.BedrockAgent",
    "bedrock-anthropic": "bedrock_invoke.BedrockAnthropic",
    "bedrock-nova": "bedrock_invoke.BedrockNova",
    "bedrock-invoke": "bedrock_invoke.BedrockInvoke",
    "bedrock-converse": "bedrock_converse.BedrockConverse",
    "anthropic-messages": "anthropic_messages.AnthropicMessages",
    "anthropic-complete": "completions.AnthropicComplete",
    "cohere-chat": "cohere.CohereChat",
    "cohere-chat-v1": "cohere.CohereChatV1",
    "cohere-generate": "cohere.CohereGenerate",
    "ollama-chat": "ollama.OllamaChat",
    "ollama-generate": "ollama.OllamaGenerate",
    "openai-responses": "openai_responses.OpenAIResponses",
    "openai-completions": "openai_completions.OpenAICompletions",
    "openai-chat": "openai_chat.OpenAIChat",
    "gemini": "gemini.Gemini",
    "gemini-interactions": "gemini_interactions.GeminiInteractions",
    "mistral-conversations": "mistral_conversations.MistralConversations",
    "openai-media": "openai_media.OpenAIMedia",
    "cloudflare-run": "cloudflare.CloudflareRun",
}
"""The class of each protocol, below this package."""


@functools.cache
def protocol(name: str) -> Protocol:
    """The protocol of a name."""
    module, _, class_name = _CLASSES[name].partition(".")
    made: Protocol = getattr(importlib.import_module(f"cassette_tools.protocols.{module}"), class_name)()
    return made


def protocols() -> tuple[Protocol, ...]:
    """Every protocol."""
    return tuple(map(protocol, _CLASSES))


def recognise(interaction: Interaction, first: Any, kind: str = "") -> Protocol | None:
    """The protocol that an interaction speaks; None when it is none that is known.

    Args:
        interaction: The interaction.
        first: The JSON value of an early event's data, or of the body when it is not a stream; None when that is not
            JSON.
        kind: The type that the framing gives the event, which counts where its data has none.
    """
    path = interaction.request.decoded_path.rstrip("/")
    value = mapping(first)
    if isinstance(first, list) and first and mapping(first[0]).get("jsonrpc") == "2.0":
        value = first[0]  # a batch
    elif kind and isinstance(first, dict) and "type" not in value:
        value = {"type": kind, **value}
    for recogniser in _RECOGNISERS:
        name = recogniser(interaction, path, value)
        if name:
            return protocol(name)
    return None


def _json_rpc(_: Interaction, path: str, value: dict[str, Any]) -> str:  # noqa: ARG001 - it says what it is
    return "json-rpc" if value.get("jsonrpc") == "2.0" else ""


def _bedrock(_: Interaction, path: str, value: dict[str, Any]) -> str:
    if path.endswith("/text") and "/agents/" in path and "/sessions/" in path:
        return "bedrock-agent"
    to_model = "/model/" in path
    invoked = to_model and path.endswith(("/invoke", "/invoke-with-response-stream"))
    if invoked or isinstance(value.get("bytes"), str):
        from cassette_tools.protocols.bedrock_invoke import vendor

        name = vendor(value, path, invoked=invoked)
        if name:
            return name
    if to_model and path.endswith(("/converse", "/converse-stream")):
        return "bedrock-converse"
    return "bedrock-converse" if is_converse_answer(value) or value.get("type") in _CONVERSE_EVENTS else ""


_CONVERSE_EVENTS = ("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop")
"""Types of events that no other API has."""


def is_converse_answer(value: dict[str, Any]) -> bool:
    """Whether a JSON object is an answer of Bedrock's ``Converse``; Nova's own are alike."""
    return "stopReason" in value and isinstance(mapping(mapping(value.get("output")).get("message")).get("role"), str)


_BLOCK_EVENTS = ("content_block_start", "content_block_delta", "content_block_stop")


def _anthropic_messages(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    if is_anthropic(value) or (
        path.endswith("/v1/messages/count_tokens") and not {"input_tokens", "error"}.isdisjoint(value)
    ):
        return "anthropic-messages"
    if not path.endswith("/v1/messages"):
        at_vertex = path.endswith((":rawPredict", ":streamRawPredict")) and "/publishers/anthropic/models/" in path
        if not at_vertex:
            return ""
    response = interaction.response
    says = not response.successful or response.media_type == "text/event-stream" or "error" in value
    return "anthropic-messages" if says else ""


def is_anthropic(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a message of Anthropic's API, or an event of a message's stream."""
    kind = value.get("type")
    if kind == "message":
        return isinstance(value.get("content"), list) and "stop_reason" in value
    if kind == "message_start":
        return isinstance(value.get("message"), dict)
    return kind in _BLOCK_EVENTS or (kind == "message_delta" and isinstance(value.get("delta"), dict))


def _anthropic_complete(_: Interaction, path: str, value: dict[str, Any]) -> str:
    # Sourcegraph has events of the same name, with a `stopReason` and all of the text in each.
    looks = value.get("type") == "completion" and isinstance(value.get("completion"), str) and "stop_reason" in value
    return "anthropic-complete" if looks or path.endswith("/v1/complete") else ""


_GEMINI_METHODS = frozenset(
    {
        "generateContent", "streamGenerateContent", "countTokens", "computeTokens", "embedContent",
        "batchEmbedContents",
    }
)  # fmt: skip
_METHOD = re.compile(r":(\w+)$")
"""How a path ends that names a method of one of Google's resources."""


def _gemini(_: Interaction, path: str, value: dict[str, Any]) -> str:
    candidate = mapping(next(iter(items(value.get("candidates"))), None))
    if isinstance(mapping(candidate.get("content")).get("parts"), list) or "finishReason" in candidate:
        return "gemini"
    if isinstance(value.get("usageMetadata"), dict) and ("modelVersion" in value or "promptFeedback" in value):
        return "gemini"
    match = _METHOD.search(path)
    method = match[1] if match else ""
    if method == "predict":  # other publishers' and customers' own models have it as well
        return "gemini" if "/publishers/google/models/" in path else ""
    wrapped = "response" in value  # as Code Assist has it, which is another API
    return "gemini" if method in _GEMINI_METHODS and not wrapped else ""


_INTERACTIONS = re.compile(r"/interactions(?:/[^/]+(?:/cancel)?)?$")
_OF_GOOGLES = re.compile(r"/v1(?:alpha|beta)?\d*/(?:projects/[^/]+/locations/[^/]+/)?interactions")
_INTERACTION_EVENTS: dict[str, tuple[str, type]] = {
    **dict.fromkeys(
        ("interaction.created", "interaction.completed", "interaction.start", "interaction.complete"),
        ("interaction", dict),
    ),
    "interaction.status_update": ("interaction_id", str),
    "step.start": ("step", dict),
    "content.start": ("content", dict),
    **dict.fromkeys(("step.delta", "content.delta"), ("delta", dict)),
    **dict.fromkeys(("step.stop", "content.stop"), ("index", int)),
}
"""Types of events, and a field that each has; others call something of theirs the same."""


def _gemini_interactions(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    field, sort = _INTERACTION_EVENTS.get(string(value.get("event_type")), ("", type(None)))
    if field and isinstance(value.get(field), sort):
        return "gemini-interactions"
    if value.get("object") == "interaction" and isinstance(value.get("status"), str):
        return "gemini-interactions"
    if _INTERACTIONS.search(path) is None:
        return ""
    # Others have a path of this name, too: chats, and customers.
    at_googles = _OF_GOOGLES.search(path) is not None
    if at_googles and isinstance(value.get("error"), dict):
        return "gemini-interactions"
    steps = value.get("steps", value.get("outputs"))
    typed = at_googles if steps == [] else isinstance(mapping(next(iter(items(steps)), None)).get("type"), str)
    if typed and isinstance(value.get("status"), str):
        return "gemini-interactions"
    request = mapping(interaction.request.body.json())
    asked = "input" in request and ("model" in request or "agent" in request)
    return "gemini-interactions" if asked else ""


def _cohere(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    if "is_finished" in value and "event_type" in value:
        return "cohere-generate" if path.endswith("/generate") else "cohere-chat-v1"
    if value.get("type") == "message-start" and isinstance(mapping(value.get("delta")).get("message"), dict):
        return "cohere-chat"
    if isinstance(value.get("generations"), list) and isinstance(value.get("meta"), dict):
        return "cohere-generate"
    if "generation_id" in value and isinstance(value.get("text"), str):
        return "cohere-chat-v1"
    if isinstance(value.get("message"), dict) and "finish_reason" in value:
        return "cohere-chat"
    # Others have such paths, too; only a failure has to be told by its path.
    if interaction.response.successful or not isinstance(value.get("message"), str):
        return ""
    paths = {"/v2/chat": "cohere-chat", "/v1/chat": "cohere-chat-v1", "/v1/generate": "cohere-generate"}
    return next((name for end, name in paths.items() if path.endswith(end)), "")


def _ollama(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    done = isinstance(value.get("done"), bool)
    response = interaction.response
    are_lines = "ndjson" in response.media_type
    failed = isinstance(value.get("error"), str) and (not response.successful or are_lines)
    if done and isinstance(value.get("message"), dict):
        return "ollama-chat"
    if done and isinstance(value.get("response"), str):
        return "ollama-generate"
    if not failed and not (are_lines and not value):  # a line that is cut
        return ""
    paths = {"/api/chat": "ollama-chat", "/api/generate": "ollama-generate"}
    return next((name for end, name in paths.items() if path.endswith(end)), "")


def _openai_responses(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    kind = string(value.get("object")) or string(value.get("type"))
    if kind == "response" or kind.startswith("response."):
        return "openai-responses"
    if not path.endswith(("/responses", "/responses/compact", "/responses/input_tokens")):
        return ""
    # Others have a path of this name, too: they collect the responses to forms.
    request = mapping(interaction.request.body.json())
    asked = "model" in request and ("input" in request or "prompt" in request)
    return "openai-responses" if asked or "error" in value else ""


def _openai_completions(_: Interaction, path: str, value: dict[str, Any]) -> str:
    kind = string(value.get("object"))
    choice = mapping(next(iter(items(value.get("choices"))), None))
    if kind.startswith("chat.completion") or "message" in choice or "delta" in choice:
        return ""
    if path.endswith("/completions"):
        looks = not path.endswith("/chat/completions")
    else:
        looks = kind == "text_completion" or isinstance(choice.get("text"), str)
    return "openai-completions" if looks else ""


def _openai_chat(_: Interaction, path: str, value: dict[str, Any]) -> str:
    choice = mapping(next(iter(items(value.get("choices"))), None))
    looks = (
        path.endswith("/chat/completions")
        or value.get("object") in ("chat.completion.chunk", "chat.completion")
        or isinstance(choice.get("delta"), dict)
        or "message" in choice
        or ("prompt_filter_results" in value and value.get("choices") == [])  # Azure's first chunk
    )
    return "openai-chat" if looks else ""


def _mistral_conversations(_: Interaction, path: str, value: dict[str, Any]) -> str:  # noqa: ARG001 - it says what it is
    kind = string(value.get("object")) or string(value.get("type"))
    return "mistral-conversations" if f"{kind}.".startswith("conversation.response.") else ""


_MEDIA_ENDPOINTS = {
    "/embeddings": ("input", "prompt"),
    "/embed": ("texts", "inputs", "input", "images"),
    "/moderations": ("input",),
    "/feature-extraction": ("inputs",),
    "/rerank": ("query",),
    "/reranking": ("query",),
    "/ocr": ("document",),
    "/images/generations": ("prompt",),
    "/images/edits": (),
    "/images/variations": (),
    "/audio/speech": ("input",),
    "/audio/transcriptions": (),
    "/audio/translations": (),
}
"""How paths end, and what a request has one of; nothing where it is a form with a file in it."""
_MEDIA_MEMBERS = ("b64_json", "flagged", "relevance_score")
"""What the members of an answer have one of; those of embeddings name themselves."""


def _openai_media(interaction: Interaction, path: str, value: dict[str, Any]) -> str:
    listed = items(value.get("data")) or items(value.get("results"))
    member = mapping(listed[0] if listed else None)
    looks = member.get("object") == "embedding" or any(field in member for field in _MEDIA_MEMBERS)
    if looks and interaction.response.media_type != "text/event-stream":  # events may carry such lists among others
        return "openai-media"
    fields = next((fields for end, fields in _MEDIA_ENDPOINTS.items() if path.endswith(end)), None)
    if fields is None or interaction.request.method.upper() not in ("POST", ""):
        return ""
    request = mapping(interaction.request.body.json()) if fields else {}
    looks = not fields or "error" in value or any(field in request for field in fields)
    return "openai-media" if looks else ""


def _cloudflare(_: Interaction, path: str, value: dict[str, Any]) -> str:
    # Models with OpenAI's interface have a path of the same kind, and their streams are chat completions.
    at = "/ai/run/" in path or "/workers-ai/@" in path  # the second is that of their gateway
    return "cloudflare-run" if at and "choices" not in value else ""


_RECOGNISERS: tuple[Callable[[Interaction, str, dict[str, Any]], str], ...] = (
    _json_rpc,
    _bedrock,
    _anthropic_messages,
    _anthropic_complete,
    _gemini,
    _gemini_interactions,
    _cohere,
    _ollama,
    _openai_responses,
    _openai_completions,
    _openai_chat,
    _mistral_conversations,
    _openai_media,
    _cloudflare,
)
