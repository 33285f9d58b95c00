"""Who serves an API, by the host that is asked.

Sources: the providers' references and the documentation of their SDKs.
"""

import functools
from typing import NamedTuple

from cassette_tools.model import Interaction


class Provider(NamedTuple):
    """A company, or a service of one."""

    name: str
    """As genai-prices calls it, where it knows it."""
    variable: str = "API_KEY"
    """The environment variable that its SDK takes the key from."""
    header: str = ""
    """The header for the key; empty for a bearer token."""


PROVIDERS = {
    "ai-gateway.vercel.sh": Provider("vercel", "AI_GATEWAY_API_KEY"),
    "aiplatform.googleapis.com": Provider("google-vertex"),
    "amazonaws.com": Provider("aws", "AWS_BEARER_TOKEN_BEDROCK"),
    "anthropic.com": Provider("anthropic", "ANTHROPIC_API_KEY", "x-api-key"),
    "api.ai21.com": Provider("ai21", "AI21_API_KEY"),
    "api.avian.io": Provider("avian", "AVIAN_API_KEY"),
    "api.cerebras.ai": Provider("cerebras", "CEREBRAS_API_KEY"),
    "api.cloudflare.com": Provider("cloudflare", "CLOUDFLARE_API_TOKEN"),
    "api.deepseek.com": Provider("deepseek", "DEEPSEEK_API_KEY"),
    "api.elevenlabs.io": Provider("elevenlabs", "ELEVENLABS_API_KEY", "xi-api-key"),
    "api.fireworks.ai": Provider("fireworks", "FIREWORKS_API_KEY"),
    "api.groq.com": Provider("groq", "GROQ_API_KEY"),
    "api.minimax.io": Provider("minimax", "MINIMAX_API_KEY"),
    "api.mistral.ai": Provider("mistral", "MISTRAL_API_KEY"),
    "api.moonshot.ai": Provider("moonshotai", "MOONSHOT_API_KEY"),
    "api.novita.ai": Provider("novita", "NOVITA_API_KEY"),
    "api.openai.com": Provider("openai", "OPENAI_API_KEY"),
    "api.perplexity.ai": Provider("perplexity", "PERPLEXITY_API_KEY"),
    "api.replicate.com": Provider("replicate", "REPLICATE_API_TOKEN"),
    "api.together.xyz": Provider("together", "TOGETHER_API_KEY"),
    "api.writer.com": Provider("writer", "WRITER_API_KEY"),
    "api.x.ai": Provider("x-ai", "XAI_API_KEY"),
    "api.z.ai": Provider("zai", "ZAI_API_KEY"),
    "azuredatabricks.net": Provider("databricks", "DATABRICKS_TOKEN"),
    "cognitiveservices.azure.com": Provider("azure", "AZURE_OPENAI_API_KEY", "api-key"),
    "cloud.databricks.com": Provider("databricks", "DATABRICKS_TOKEN"),
    "cohere.ai": Provider("cohere", "CO_API_KEY"),
    "cohere.com": Provider("cohere", "CO_API_KEY"),
    "gcp.databricks.com": Provider("databricks", "DATABRICKS_TOKEN"),
    "generativelanguage.googleapis.com": Provider("google", "GEMINI_API_KEY", "x-goog-api-key"),
    "huggingface.co": Provider("huggingface", "HF_TOKEN"),
    "inference.baseten.co": Provider("baseten", "BASETEN_API_KEY"),
    "integrate.api.nvidia.com": Provider("nvidia", "NVIDIA_API_KEY"),
    "models.ai.azure.com": Provider("azure", "AZURE_API_KEY", "api-key"),
    "open.bigmodel.cn": Provider("zhipuai", "ZHIPUAI_API_KEY"),
    "openai.azure.com": Provider("azure", "AZURE_OPENAI_API_KEY", "api-key"),
    "openrouter.ai": Provider("openrouter", "OPENROUTER_API_KEY"),
    "services.ai.azure.com": Provider("azure", "AZURE_API_KEY", "api-key"),
    "voyageai.com": Provider("voyageai", "VOYAGE_API_KEY"),
}
"""By the end of the host's name."""
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "host.docker.internal")  # noqa: S104 - a name to know again


def host_of(interaction: Interaction) -> str:
    """The host that is asked, in lower case and without its port; empty where the URL has none."""
    authority = interaction.request.url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return authority.lower() if authority.startswith("[") else authority.partition(":")[0].lower()


def provider_of(interaction: Interaction) -> Provider:
    """Who serves an interaction: a provider that is known, ``local``, or the host itself."""
    return _provider(host_of(interaction))


@functools.lru_cache(1024)  # recordings ask a few hosts again and again
def _provider(host: str) -> Provider:
    # Google's regions stand in the same label as the service: us-east5-aiplatform.googleapis.com.
    end = host[host.index("-aiplatform.") + 1 :] if "-aiplatform." in host else host
    while end:
        known = PROVIDERS.get(end)
        if known is not None:
            return known
        end = end.partition(".")[2]
    return Provider("local" if host.startswith(_LOCAL) else host or "unknown")
