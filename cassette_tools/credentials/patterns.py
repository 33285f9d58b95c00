"""The kinds of credentials with a shape of their own, each with samples of what it is and what it is not."""

from cassette_tools.credentials.pattern import Pattern, Weight

# Not within a word, but right behind an escape such as \n or %22, or what is left of a colour, a word may well start.
_START = r"(?:^|[^A-Za-z0-9_-]|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|[0-9;\[]m)"

_HEX = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
_MIXED = "Zx7Qm2Lp9Tr4Vb8Nc3Wd6Yf1Hk5Gs0JuEaRi"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "openai-project-key",
        "an OpenAI project key",
        _START + "(sk-proj-[A-Za-z0-9_-]{20,})",
        entropy=3.0,
        true=(("sk-", "proj-", _MIXED * 3),),
        false=(("sk-", "proj-", "name-of-something-else"),),
    ),
    Pattern(
        "openai-admin-key",
        "an OpenAI admin key",
        _START + "(sk-admin-[A-Za-z0-9_-]{20,})",
        entropy=3.0,
        true=(("sk-", "admin-", _MIXED * 3),),
    ),
    Pattern(
        "openai-service-account-key",
        "a key of an OpenAI service account",
        _START + "(sk-svcacct-[A-Za-z0-9_-]{20,})",
        entropy=3.0,
        true=(("sk-", "svcacct-", _MIXED * 3),),
    ),
    Pattern(
        "anthropic-key",
        "an Anthropic key",
        _START + "(sk-ant-api[0-9]{2}-[A-Za-z0-9_-]{20,})",
        entropy=3.0,
        true=(("sk-", "ant-", "api03-", _MIXED * 2),),
    ),
    Pattern(
        "openrouter-key",
        "an OpenRouter key",
        _START + "(sk-or-v1-[0-9a-f]{32,})",
        entropy=3.0,
        true=(("sk-", "or-v1-", _HEX * 2),),
    ),
    Pattern(
        "openai-key",
        "an OpenAI key",
        _START + "(sk-[A-Za-z0-9]{32,})",
        entropy=3.0,
        true=(("sk-", _MIXED[:20], "T3Blbk", "FJ", _MIXED[:20]),),
    ),
    Pattern(
        "google-api-key",
        "a Google API key",
        _START + "(AIza[A-Za-z0-9_-]{33,})",
        entropy=3.0,
        true=(("AI", "za", "Sy", _MIXED[:33]),),
    ),
    Pattern(
        "groq-key",
        "a Groq key",
        _START + "(gsk_[A-Za-z0-9]{32,})",
        entropy=3.0,
        true=(("gs", "k_", _MIXED, _MIXED[:16]),),
    ),
    Pattern("xai-key", "an xAI key", _START + "(xai-[A-Za-z0-9]{32,})", entropy=3.0, true=(("xa", "i-", _MIXED * 2),)),
    Pattern(
        "github-token",
        "a GitHub token",
        _START + "((?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,})",
        entropy=3.0,
        true=(("gh", "p_", _MIXED),),
    ),
    Pattern(
        "hugging-face-token",
        "a Hugging Face token",
        _START + "(hf_[A-Za-z0-9]{30,})",
        entropy=3.0,
        true=(("h", "f_", _MIXED[:34]),),
    ),
    Pattern(
        "aws-access-key-id",
        "an AWS access key id",
        _START + r"((?:AKIA|ASIA)[A-Z2-7]{16})\b",
        Weight.HALF,
        entropy=2.5,
        true=(("AK", "IA", "Q3EZTV2WLYKPHBN7"),),
    ),
)
