"""What a request asks for, whichever API it is for."""

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.protocols.requests import endpoint, model
from tests.recordings import recording


@pytest.mark.parametrize(
    ("path", "name", "place"),
    [
        ("/models/owner/bert", "owner/bert", "/models/*"),
        ("/models/gpt2", "gpt2", "/models/*"),
        ("/models/gpt2/v1/chat/completions", "gpt2", "/models/*/v1/chat/completions"),
        ("/models/owner/llama/v1/chat/completions", "owner/llama", "/models/*/v1/chat/completions"),
        (
            "/hf-inference/models/owner/bert/pipeline/fill-mask",
            "owner/bert",
            "/hf-inference/models/*/pipeline/fill-mask",
        ),
        ("/api/models/owner/llama", "owner/llama", "/api/models/*"),
        ("/v1/models/owner/llama/predictions", "owner/llama", "/v1/models/*/predictions"),
        ("/v1beta/models/gemini-x:generateContent", "gemini-x", "/v1beta/models/*:generateContent"),
        ("/model/anthropic.claude-v1%3A0/invoke", "anthropic.claude-v1:0", "/model/*/invoke"),
        ("/openai/deployments/d/chat/completions", "d", "/openai/deployments/*/chat/completions"),
        ("/v2/models/m/infer", "m", "/v2/models/*/infer"),
        ("/agents/a/agentAliases/b/sessions/c/text", "a", "/agents/*/agentAliases/*/sessions/*/text"),
        ("/v1/agents/sessions", "", "/v1/agents/sessions"),
        ("/models/chat/completions", "", "/models/chat/completions"),
        ("/models/images/embeddings", "", "/models/images/embeddings"),
    ],
)
def test_a_path_names_the_model(path: str, name: str, place: str) -> None:
    held = recording({"x": 1}, "{}", "application/json", url=f"https://api.example.com{path}")
    (interaction,) = load_bytes(held.encode(), "a.json").interactions
    assert (model(interaction), endpoint(interaction)) == (name, place)
