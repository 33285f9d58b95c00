"""Credentials of APIs that serve models, and of what stands around them."""

import re

from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import HEX, LOWER, MIXED, named, no_id, token


def _is_hexadecimal(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    return re.fullmatch("[a-z]+-[0-9a-f]+", secret) is not None


OPENAI_AND_ITS_KIND: tuple[Pattern, ...] = (
    token(
        "openai-project-key",
        "an OpenAI project key",
        "sk-proj-[A-Za-z0-9_-]{20,}",
        ("sk-", "proj-", *MIXED[:9], "_", "T3Blbk", "FJ", *MIXED[8:]),
        false=(("sk-", "proj-", "the-name-of-something-else"),),
    ),
    token(
        "openai-admin-key",
        "an OpenAI admin key",
        "sk-admin-[A-Za-z0-9_-]{20,}",
        ("sk-", "admin-", *MIXED[:9], "T3Blbk", "FJ", *MIXED[8:]),
    ),
    token(
        "openai-service-account-key",
        "a key of an OpenAI service account",
        "sk-(?:svcacct|service)-[A-Za-z0-9_-]{20,}",
        ("sk-", "svcacct-", *MIXED[:9], "T3Blbk", "FJ", *MIXED[8:]),
    ),
    token(
        "openai-session-key",
        "an OpenAI session key",
        "sess-[A-Za-z0-9]{32,}",
        ("se", "ss-", *MIXED[:5]),
        false=(("se", "ss-", *HEX[:5]),),  # the id of a session
        allowed=_is_hexadecimal,
    ),
    token(
        "openai-client-secret", "a client secret of OpenAI's realtime API", "ek_[A-Za-z0-9]{24,}", ("ek", "_", *HEX[:4])
    ),
    token(
        "anthropic-admin-key",
        "an Anthropic admin key",
        "sk-ant-admin[0-9]{0,2}-[A-Za-z0-9_-]{20,}",
        ("sk-", "ant-", "admin01-", *MIXED[:11], "-AA"),
    ),
    token(
        "anthropic-oauth-token",
        "an Anthropic OAuth token",
        "sk-ant-(?:oat|ort)[0-9]{0,2}-[A-Za-z0-9_-]{20,}",
        ("sk-", "ant-", "oat01-", *MIXED[:11], "-AA"),
        ("sk-", "ant-", "ort01-", *MIXED[:11], "-AA"),
    ),
    token(
        "anthropic-key",
        "an Anthropic key",
        "sk-ant-[A-Za-z0-9_-]{20,}",
        ("sk-", "ant-", "api03-", *MIXED[:11], "-AA"),
        ("sk-", "ant-", "sid01-", *MIXED[:11]),
        false=(("sk-", "ant-", "api03-..."), ("sk-", "ant-", "api03-your-key-comes-here")),
    ),
    token("openrouter-key", "an OpenRouter key", "sk-or-(?:v[0-9]-)?[A-Za-z0-9_-]{20,}", ("sk-", "or-v1-", *HEX)),
    token(
        "langfuse-secret-key",
        "a Langfuse secret key",
        "sk-lf-[0-9a-f-]{20,}",
        ("sk-", "lf-", HEX[0], "-05b4-4ae2-97c6-", HEX[3], "6e80"),
    ),
    token(
        "langfuse-public-key",
        "a Langfuse public key",
        "pk-lf-[0-9a-f-]{20,}",
        ("pk-", "lf-", HEX[0], "-05b4-4ae2-97c6-", HEX[3], "6e80"),
        weight=Weight.HALF,
    ),
    token(
        "helicone-key",
        "a Helicone key",
        "(?:sk|pk)-helicone-[A-Za-z0-9_-]{16,}",
        ("sk-", "helicone-", *LOWER[:1], "-", *LOWER[1:4]),
        keywords=("-helicone-",),
    ),
    token("deepseek-key", "a DeepSeek key", r"sk-[0-9a-f]{32}\b", ("sk-", *HEX[:4])),
    token(
        "openai-key",
        "an OpenAI key",
        "sk-[A-Za-z0-9]{20,}(?:T3BlbkFJ[A-Za-z0-9]{20,})?",
        ("sk-", *MIXED[:2], "q7Va", "T3Blbk", "FJ", *MIXED[2:4], "w3Kd"),
        ("sk-", *MIXED[:6]),
        false=(("sk-", "internationalization"), ("ta", "sk-", *LOWER[:4])),
    ),
    # Gateways (LiteLLM and others) give out keys that begin like OpenAI's.
    token(
        "gateway-key",
        "a key of a gateway",
        r"sk-[A-Za-z0-9][A-Za-z0-9_-]{21,}",
        ("sk-", *MIXED[:2], "_", *MIXED[2:4], "-Q7"),
        entropy=3.5,
        false=(("sk-", "learn-contrib-2024-some-package"),),
    ),
)

OTHERS: tuple[Pattern, ...] = (
    token("google-api-key", "a Google API key", "AIza[A-Za-z0-9_-]{30,}", ("AI", "za", "Sy", *MIXED[:4], "K")),
    token("gemini-key", "a Gemini API key", r"AQ\.Ab8R[A-Za-z0-9_-]{20,}", ("AQ", ".Ab8R", "N6", *MIXED[:5]),
          keywords=("AQ.Ab8R",)),
    token("google-oauth-token", "a Google OAuth token", r"ya29\.[A-Za-z0-9_-]{20,}", ("ya", "29.", "a0", *MIXED)),
    token("google-refresh-token", "a Google refresh token", "1//0[A-Za-z0-9_-]{30,}", ("1/", "/0", "4", *MIXED[:8]),
          keywords=("1//0",)),
    token("google-client-secret", "a Google OAuth client secret", "GOCSPX-[A-Za-z0-9_-]{20,}",
          ("GOC", "SPX-", *MIXED[:3], "hT2w")),
    token("xai-key", "an xAI key", "xai-[A-Za-z0-9]{30,}", ("xa", "i-", *MIXED[:10]),
          false=(("xai-", "grok-2-vision-and-other-things-1212"),)),
    token("groq-key", "a Groq key", "gsk_[A-Za-z0-9]{30,}", ("gs", "k_", *MIXED[:6], "wQ3x")),
    token("hugging-face-token", "a Hugging Face token",
          "(?:(?:hf|api_org)_[A-Za-z0-9]{30,}|hf_oauth_[A-Za-z0-9._-]{30,})",
          ("h", "f_", *MIXED[:4], "Rp"), ("hf", "_oauth_", "eyJhbGciOiJFZERTQSJ9.", *MIXED, ".", *MIXED[:4]),
          ("api_", "org_", *MIXED[:4], "Rp"), false=(("hf_", "internal_testing_models_and_data_sets"),),
          keywords=("hf_", "api_org_")),
    token("perplexity-key", "a Perplexity key", "pplx-[A-Za-z0-9]{32,}", ("pp", "lx-", *MIXED[:6]),
          false=(("pp", "lx-", "70b-chat-alpha"),)),
    token("replicate-token", "a Replicate token", "r8_[A-Za-z0-9]{30,}", ("r", "8_", *MIXED[:4], "wQ3xT")),
    token("together-key", "a Together key", "tgp_v1_[A-Za-z0-9_-]{30,}", ("tg", "p_v1_", *MIXED[:5], "-Q7")),
    token("fireworks-key", "a Fireworks key", "fw_[A-Za-z0-9]{20,}", ("f", "w_", *MIXED[:3])),
    token("cerebras-key", "a Cerebras key", "csk-[A-Za-z0-9]{32,}", ("cs", "k-", *LOWER[:6])),
    token("nvidia-key", "an NVIDIA key", "nvapi-[A-Za-z0-9_-]{30,}", ("nv", "api-", *MIXED[:4], "_", *MIXED[4:8])),
    token("vercel-gateway-key", "a key of Vercel's AI gateway", "vc[kpira]_[A-Za-z0-9]{24,}", ("vc", "k_", *MIXED[:7]),
          keywords=("vck_", "vcp_", "vci_", "vcr_", "vca_")),
    token("jina-key", "a Jina key", "jina_[A-Za-z0-9_-]{40,}", ("ji", "na_", *MIXED[:8])),
    no_id("voyage-key", "a Voyage key", r"(?:pa|al)-[A-Za-z0-9_-]{43}\b", ("p", "a-", *MIXED[:5], "q-X"), entropy=4.0,
          keywords=("pa-", "al-")),
    token("llama-cloud-key", "a LlamaCloud key", "llx-[A-Za-z0-9]{32,}", ("ll", "x-", *MIXED[:6])),
    token("tavily-key", "a Tavily key", "tvly-(?:dev-|prod-)?[A-Za-z0-9_-]{20,}", ("tv", "ly-", "dev-", *MIXED[:4])),
    no_id("firecrawl-key", "a Firecrawl key", r"fc-[0-9a-f]{32}\b", ("f", "c-", *HEX[:4]), keywords=("fc-",)),
    token("brave-key", "a Brave Search key", r"BSA[A-Za-z0-9_-]{28}\b", ("BS", "A", *MIXED[:3], "q7Va"), entropy=3.8),
    token("pinecone-key", "a Pinecone key", "pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,}",
          ("pc", "sk_", "4KtQw", "_", *MIXED[:7])),
    token("elevenlabs-key", "an ElevenLabs key", r"sk_[0-9a-f]{48}\b", ("s", "k_", *HEX[:6])),
    token("langsmith-key", "a LangSmith key", "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
          ("ls", "v2_pt_", *HEX[:4], "_", HEX[5], "d4")),
    token("wandb-key", "a Weights & Biases key", "wandb_v1_[A-Za-z0-9_]{40,}", ("wan", "db_v1_", *MIXED[:7])),
    token("e2b-key", "an E2B key", r"e2b_[0-9a-f]{40}\b", ("e2", "b_", *HEX[:5])),
    token("cursor-key", "a Cursor key", "(?:crsr|key)_[0-9a-f]{64}", ("cr", "sr_", *HEX), keywords=("crsr_", "key_")),
    token("bedrock-key", "a Bedrock API key", "ABSK[A-Za-z0-9+/]{60,}={0,2}", ("AB", "SK", *MIXED[:14], "==")),
    token("bedrock-session-key", "a short-lived Bedrock API key", "bedrock-api-key-[A-Za-z0-9+/=_-]{40,}",
          ("bedrock-", "api-key-", "YmVkcm9jay5h", *MIXED)),
)  # fmt: skip

# No shape of their own: known by the name in front.
BY_NAME: tuple[Pattern, ...] = (
    named("zhipu-key", "a Zhipu key", r"(?:zhipu|bigmodel|zai|glm)[a-z0-9_ .-]{0,20}key",
          r"[0-9a-f]{32}\.[A-Za-z0-9]{16}\b",
          ("ZAI_API_", "KEY=", *HEX[:4], ".", *MIXED[:2]), keywords=("zhipu", "bigmodel", "zai", "glm"), also=("key",)),
    named("mistral-key", "a Mistral key", r"mistral[a-z0-9_ .-]{0,20}(?:key|token)", r"[A-Za-z0-9]{32}\b",
          ("MISTRAL_API_", "KEY=", *MIXED[:4]), ('"mistral', 'ApiKey": "', *MIXED[4:8], '"'), keywords=("mistral",),
          also=("key", "token")),
    named("cohere-key", "a Cohere key", r"(?:cohere|co)[a-z0-9_ .-]{0,20}(?:api)[-_]?(?:key|token)",
          r"[A-Za-z0-9]{40}\b",
          ("COHERE_API_", "KEY: ", *MIXED[:5]), ("CO_API_", "KEY='", *MIXED[:5], "'"),
          keywords=("api_key", "api-key", "apikey", "api_token", "api-token", "apitoken")),
    named("together-legacy-key", "a Together key", r"together[a-z0-9_ .-]{0,20}(?:key|token)", r"[0-9a-f]{64}\b",
          ("TOGETHER_API_", "KEY=", *HEX), keywords=("together",), also=("key", "token")),
    named("deepgram-key", "a Deepgram key", r"deepgram[a-z0-9_ .-]{0,20}(?:key|token)", r"[0-9a-f]{40}\b",
          ("DEEPGRAM_API_", "KEY=", *HEX[:5]), keywords=("deepgram",), also=("key", "token")),
    named("azure-key", "an Azure key", r"(?:azure|cognitive|ocp-apim|openai)[a-z0-9_ .-]{0,40}(?:key|token)",
          r"(?:[0-9a-f]{32}|[A-Za-z0-9]{84})\b", ("AZURE_OPENAI_API_", "KEY=", *HEX[:4]),
          ('"Ocp-Apim-Subscription', '-Key": "', *HEX[2:6], '"'), ("AZURE_API_", "KEY=", *MIXED[:10], "Q7xa"),
          keywords=("azure", "cognitive", "ocp-apim", "openai"), also=("key", "token")),
)  # fmt: skip
