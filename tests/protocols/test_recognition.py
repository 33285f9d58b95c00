"""Which protocol an interaction speaks, by its path and by what its answer looks like."""

import base64
import json
from typing import Any

import pytest

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols.recognition import recognise


def _interaction(url: str, *, asked: Any = None, code: int = 200, stream: bool = False) -> Interaction:
    body = Body(None if asked is None else json.dumps(asked), ())
    request = Request((), {}, Headers([]), body, None, method="POST", url=url)
    headers = Headers([Header("Content-Type", "text/event-stream", ())] if stream else [])
    response = Response((), {}, headers, Body(None, ()), None, code=code, status_line="")
    return Interaction(0, (), request, response, None)


def _name(interaction: Interaction, first: Any) -> str:
    protocol = recognise(interaction, first)
    return protocol.name if protocol else ""


def _coded(value: Any) -> dict[str, str]:
    return {"bytes": base64.b64encode(json.dumps(value).encode()).decode(), "p": "abc"}


_CLAUDE = "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-v1:0/invoke"
_NOVA = "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/invoke"
_LLAMA = "https://bedrock-runtime.us-east-1.amazonaws.com/model/meta.llama3-8b-instruct-v1:0/invoke"
_VERTEX = "https://x.example/v1/projects/p/locations/l/publishers/anthropic/models/c@1:rawPredict"
_GOOGLE = "https://g.example/v1beta1/projects/p/locations/l/publishers/google/models/gemini-x"
_GOOGLES = "https://us-central1-aiplatform.googleapis.com/v1beta1/projects/p/locations/l"
_INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"
_WHOLE: dict[str, Any] = {"type": "message", "content": [], "stop_reason": None}
_CONVERSED = {"stopReason": "end_turn", "output": {"message": {"role": "assistant"}}}
_STARTED = {"type": "message_start", "message": {}}


@pytest.mark.parametrize(
    ("url", "first", "name"),
    [
        ("https://api.openai.com/v1/chat/completions", None, "openai-chat"),
        ("https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", None, "openai-chat"),
        ("https://gateway.example/v1/chat/completions/", {"error": {}}, "openai-chat"),
        ("/v1/chat/completions", None, "openai-chat"),
        ("https://gateway.example/proxy", {"object": "chat.completion.chunk"}, "openai-chat"),
        ("https://gateway.example/proxy", {"object": "chat.completion"}, "openai-chat"),
        ("https://gateway.example/proxy", {"choices": [{"delta": {}}]}, "openai-chat"),
        ("https://gateway.example/proxy", {"choices": [{"message": {}}]}, "openai-chat"),
        ("https://gateway.example/proxy", {"choices": [], "object": "", "prompt_filter_results": []}, "openai-chat"),
        ("https://gateway.example/v1/completions", {"choices": [{"text": "a"}]}, "openai-completions"),
        ("https://gateway.example/v1/completions", {"choices": [{"delta": {"content": "a"}}]}, "openai-chat"),
        ("https://api.anthropic.com/v1/messages/count_tokens", {"input_tokens": 14}, "anthropic-messages"),
        ("https://mail.example/v1/messages/count_tokens", {"count": 14}, ""),
        ("https://gateway.example/v1/chat", {"message": {"content": "a"}, "done": False}, "ollama-chat"),
        ("https://gateway.example/proxy", {"choices": []}, ""),
        ("https://gateway.example/proxy", {"choices": [5]}, ""),
        ("https://gateway.example/proxy", {"choices": {"delta": {}}}, ""),
        ("https://gateway.example/proxy", {"object": ["chat.completion"]}, ""),
        ("https://gateway.example/proxy", [1], ""),
        ("https://gateway.example/proxy", None, ""),
        ("https://gateway.example/?next=/chat/completions", None, ""),
        ("https://gateway.example/v1/completions", {"error": {}}, "openai-completions"),
        ("https://gateway.example/v1/completions", {"choices": [{"message": {}}]}, "openai-chat"),
        ("https://gateway.example/proxy", {"object": "text_completion"}, "openai-completions"),
        ("https://gateway.example/proxy", {"choices": [{"text": "a"}]}, "openai-completions"),
        ("https://api.openai.com/v1/responses", {"object": "response"}, "openai-responses"),
        ("https://api.openai.com/v1/responses", {"error": {"message": "no"}}, "openai-responses"),
        ("https://gateway.example/proxy", {"type": "response.created", "response": {}}, "openai-responses"),
        ("https://forms.example/v1/responses", {"items": []}, ""),
        (
            "https://api.anthropic.com/v1/messages",
            {"type": "message", "content": [], "stop_reason": None},
            "anthropic-messages",
        ),
        ("https://gateway.example/proxy", _STARTED, "anthropic-messages"),
        ("https://gateway.example/proxy", {"type": "message_delta", "delta": {}}, "anthropic-messages"),
        ("https://api.anthropic.com/v1/messages", {"type": "error", "error": {}}, "anthropic-messages"),
        (
            "https://x.example/v1/projects/p/locations/l/publishers/anthropic/models/c@1:rawPredict",
            {"error": {}},
            "anthropic-messages",
        ),
        ("https://mail.example/v1/messages", {"messages": []}, ""),
        ("https://mail.example/proxy", {"type": "message", "content": "hello"}, ""),
        ("https://api.anthropic.com/v1/complete", {"completion": " a", "stop_reason": None}, "anthropic-complete"),
        (
            "https://gateway.example/proxy",
            {"type": "completion", "completion": " a", "stop_reason": None},
            "anthropic-complete",
        ),
        ("https://gateway.example/proxy", {"type": "completion", "completion": " a", "stopReason": "stop"}, ""),
        (_CLAUDE, {"content": []}, "bedrock-anthropic"),
        (_CLAUDE, None, "bedrock-anthropic"),
        (f"{_CLAUDE}-with-response-stream", _coded(_STARTED), "bedrock-anthropic"),
        (_NOVA, {"message": "no"}, "bedrock-nova"),
        (f"{_NOVA}-with-response-stream", _coded({"messageStart": {"role": "assistant"}}), "bedrock-nova"),
        (_LLAMA, {"generation": "a", "stop_reason": "stop"}, "bedrock-invoke"),
        (_LLAMA, {"choices": []}, "bedrock-invoke"),
        (_LLAMA, _coded("text"), "bedrock-invoke"),
        ("https://gateway.example/proxy", _coded(_STARTED), "bedrock-anthropic"),
        ("https://gateway.example/proxy", _coded("text"), ""),
        ("https://gateway.example/proxy", {"bytes": "no base64!"}, ""),
        ("https://b.example/model/m/converse", {"message": "no"}, "bedrock-converse"),
        ("https://b.example/model/m/converse-stream", None, "bedrock-converse"),
        (
            "https://gateway.example/proxy",
            _CONVERSED,
            "bedrock-converse",
        ),
        ("https://gateway.example/proxy", {"stopReason": "end_turn", "output": []}, ""),
        ("https://b.example/agents/A/agentAliases/B/sessions/C/text", None, "bedrock-agent"),
        ("https://b.example/sessions/C/text", None, ""),
        (f"{_GOOGLE}:generateContent", {"candidates": []}, "gemini"),
        ("https://m.example/v1/conversations#stream", {"object": "conversation.response"}, "mistral-conversations"),
        ("https://m.example/proxy", {"type": "conversation.response.started"}, "mistral-conversations"),
        ("https://m.example/v1/conversations", {"object": "conversation"}, ""),
        (f"{_GOOGLE}:streamGenerateContent?alt=sse", None, "gemini"),
        (f"{_GOOGLE}%3AgenerateContent", {"error": {}}, "gemini"),
        (f"{_GOOGLE}:countTokens", {"totalTokens": 8}, "gemini"),
        (f"{_GOOGLE}:computeTokens", {"tokensInfo": []}, "gemini"),
        (f"{_GOOGLE}:embedContent", {"embedding": {}}, "gemini"),
        (f"{_GOOGLE}:batchEmbedContents", {"embeddings": []}, "gemini"),
        (f"{_GOOGLE}:predict", {"predictions": []}, "gemini"),
        ("https://v.example/v1/projects/p/locations/l/endpoints/e:generateContent", None, "gemini"),
        ("https://v.example/v1/projects/p/locations/l/endpoints/e:predict", {"predictions": []}, ""),
        ("https://v.example/v1/projects/p/locations/l/cachedContents", {"usageMetadata": {"totalTokenCount": 9}}, ""),
        ("https://v.example/v1internal:streamGenerateContent", {"response": {"candidates": []}}, ""),
        ("https://gateway.example/generateContent", {"ok": True}, ""),
        ("https://gateway.example/models:list?next=:generateContent", {"models": []}, ""),
        ("https://gateway.example/proxy", {"candidates": [{"content": {"parts": []}}]}, "gemini"),
        ("https://gateway.example/proxy", {"candidates": [{"finishReason": "SAFETY"}]}, "gemini"),
        ("https://gateway.example/proxy", {"usageMetadata": {}, "modelVersion": "m"}, "gemini"),
        ("https://gateway.example/proxy", {"usageMetadata": {}, "promptFeedback": {}}, "gemini"),
        ("https://election.example/proxy", {"candidates": [{"content": "a", "name": "b"}]}, ""),
        ("https://election.example/proxy", {"candidates": 3, "usageMetadata": 3}, ""),
        ("https://gateway.example/proxy", {"object": "interaction", "status": "completed"}, "gemini-interactions"),
        ("https://gateway.example/proxy", {"event_type": "step.stop", "index": 0}, "gemini-interactions"),
        ("https://gateway.example/proxy", {"event_type": "step.delta", "delta": {}}, "gemini-interactions"),
        ("https://gateway.example/proxy", {"event_type": "content.start", "content": {}}, "gemini-interactions"),
        (
            "https://gateway.example/proxy",
            {"event_type": "interaction.created", "interaction": {}},
            "gemini-interactions",
        ),
        (
            "https://gateway.example/proxy",
            {"event_type": "interaction.status_update", "interaction_id": ""},
            "gemini-interactions",
        ),
        ("https://gateway.example/proxy", {"event_type": "content.delta", "delta": "Hi"}, ""),
        ("https://gateway.example/proxy", {"event_type": "step.start"}, ""),
        ("https://gateway.example/proxy", {"event_type": "step.start", "step": "boil"}, ""),
        ("https://gateway.example/proxy", {"event_type": "interaction.completed", "interaction": 5}, ""),
        ("https://gateway.example/proxy", {"event_type": ["step.start"], "step": {}}, ""),
        ("https://gateway.example/proxy", {"object": "interaction"}, ""),
        (f"{_INTERACTIONS}?key=k", {"id": "v1_a", "status": "completed", "steps": []}, "gemini-interactions"),
        (f"{_INTERACTIONS}/v1_a", {"id": "v1_a", "status": "completed", "outputs": []}, "gemini-interactions"),
        (f"{_INTERACTIONS}/v1_a/cancel", {"error": {"message": "no"}}, "gemini-interactions"),
        (_INTERACTIONS, {"error": {"message": "no"}}, "gemini-interactions"),
        (f"{_GOOGLES}/interactions", {"error": {"code": 403}}, "gemini-interactions"),
        (
            "https://gateway.example/interactions/a",
            {"status": "completed", "steps": [{"type": "model_output"}]},
            "gemini-interactions",
        ),
        ("https://crm.example/v1/interactions/5", {"id": "5", "status": "completed"}, ""),
        ("https://crm.example/v1/interactions/5", {"status": "open", "steps": [{"name": "a call"}]}, ""),
        ("https://crm.example/v1/interactions/5", {"status": "open", "steps": 3}, ""),
        ("https://flows.example/api/interactions", {"status": "running", "outputs": []}, ""),
        ("https://crm.example/v1/interactions/5", {"error": "no such interaction"}, ""),
        (f"{_INTERACTIONS}/v1_a", {}, ""),
        (f"{_INTERACTIONS}/a/b/callback", {"error": {}}, ""),
        ("https://chat.example/api/v10/interactions/1/token/callback", {"type": 4}, ""),
        ("https://crm.example/interactions", {"error": {"message": "no"}}, ""),
        ("https://crm.example/api/interactions/5", {"status": "open", "notes": []}, ""),
        ("https://v.example/v1/publishers/anthropic/models/c@1:streamRawPredict", None, ""),
        ("https://api.openai.com/v1/embeddings", {"object": "list", "data": [{"object": "embedding"}]}, "openai-media"),
        ("https://gateway.example/proxy", {"results": [{"flagged": False}]}, "openai-media"),
        ("https://gateway.example/v1/images/edits", {"created": 1}, "openai-media"),
        ("https://gateway.example/v1/embeddings", {"ok": True}, ""),
        ("https://mcp.example/mcp", {"jsonrpc": "2.0", "id": 1, "result": {}}, "json-rpc"),
        ("https://mcp.example/mcp", {"jsonrpc": "1.0"}, ""),
        ("https://gateway.example/chat", {"type": "message-start", "delta": {"message": {}}}, "cohere-chat"),
        ("https://gateway.example/chat", {"message": {"content": []}, "finish_reason": "COMPLETE"}, "cohere-chat"),
        ("https://gateway.example/chat", {"event_type": "stream-start", "is_finished": False}, "cohere-chat-v1"),
        ("https://gateway.example/chat", {"text": "a", "generation_id": "g"}, "cohere-chat-v1"),
        (
            "https://gateway.example/v1/generate",
            {"event_type": "text-generation", "is_finished": False},
            "cohere-generate",
        ),
        ("https://gateway.example/x", {"generations": [], "meta": {}}, "cohere-generate"),
        ("https://gateway.example/v2/chat", {"message": "hello"}, ""),
        ("https://gateway.example/api/chat", {"type": "start"}, ""),
        ("https://gateway.example/api/generate", {"response": "a", "done": False}, "ollama-generate"),
        ("https://c.example/client/v4/accounts/A/ai/run/@cf/m", {"result": {}}, "cloudflare-run"),
        ("https://c.example/client/v4/accounts/A/ai/run/@cf/m", {"choices": [{"message": {}}]}, "openai-chat"),
        ("https://gateway.ai.c.example/v1/a/b/workers-ai/@cf/m", {"response": "a"}, "cloudflare-run"),
        ("https://gateway.ai.c.example/v1/a/b/workers-ai/v1/models", {"data": []}, ""),
        ("https://gateway.example/proxy", [{"jsonrpc": "2.0"}, {"jsonrpc": "2.0"}], "json-rpc"),
        ("https://gateway.example/v1/embeddings", {"error": {}}, "openai-media"),
    ],
)
def test_a_protocol_is_recognised_by_path_and_looks(url: str, first: Any, name: str) -> None:
    assert _name(_interaction(url), first) == name


@pytest.mark.parametrize(
    ("url", "asked", "name"),
    [
        ("https://api.openai.com/v1/responses", {"model": "m", "input": "hi"}, "openai-responses"),
        ("https://forms.example/v1/responses", {"answers": []}, ""),
        ("https://gateway.example/interactions", {"model": "m", "input": "hi"}, "gemini-interactions"),
        ("https://gateway.example/interactions", {"agent": "a", "input": []}, "gemini-interactions"),
        ("https://crm.example/v1/interactions", {"input": "a call"}, ""),
        ("https://gateway.example/v1/embed", {"texts": ["a"]}, "openai-media"),
        ("https://gateway.example/v1/embed", {"page": "a"}, ""),
        ("https://gateway.example/v1/reranking", {"query": "a", "input": ["b"]}, "openai-media"),
        ("https://hf.example/models/o/m/pipeline/feature-extraction", {"inputs": "a"}, "openai-media"),
    ],
)
def test_what_was_asked_for_tells_paths_apart_that_others_have_too(url: str, asked: Any, name: str) -> None:
    assert _name(_interaction(url, asked=asked), {}) == name


def test_messages_are_recognised_by_path_where_an_answer_failed_or_is_a_stream_that_cannot_be_read() -> None:
    url = "https://gateway.example/v1/messages"
    assert _name(_interaction(url, code=529), None) == "anthropic-messages"
    assert _name(_interaction(url, stream=True), None) == "anthropic-messages"
    assert _name(_interaction(url), None) == ""


def test_claude_on_vertex_is_not_gemini() -> None:
    assert _name(_interaction(_VERTEX, code=429), {"error": {}}) == "anthropic-messages"
    stream = _VERTEX.replace("rawPredict", "streamRawPredict")
    assert _name(_interaction(stream, stream=True), None) == "anthropic-messages"


@pytest.mark.parametrize(
    ("url", "first", "name"),
    [
        ("https://api.example.com/v2/chat", {"message": "invalid api token"}, "cohere-chat"),
        ("https://api.example.com/v1/chat", {"message": "invalid api token"}, "cohere-chat-v1"),
        ("https://api.example.com/v1/generate", {"message": "invalid api token"}, "cohere-generate"),
        ("https://api.example.com/v1/other", {"message": "invalid api token"}, ""),
        ("https://api.example.com/api/chat", {"error": "model not found"}, "ollama-chat"),
        ("https://api.example.com/api/generate", {"error": "model not found"}, "ollama-generate"),
        ("https://api.example.com/api/chat", {"error": {"message": "no"}}, ""),
    ],
)
def test_a_failure_is_told_by_its_path(url: str, first: Any, name: str) -> None:
    assert _name(_interaction(url, code=401), first) == name
