"""Kinds of secrets as their issuers make them: the right prefixes, alphabets and lengths, and nothing else right.

Written from the issuers' documentation and from what keys look like in the wild, not from the patterns that are to find
them. All of them are put together when a test runs, so that no scanner of secrets finds one in this file.
"""

import base64
import json
import random
import string
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote


class Secret(NamedTuple):
    """A secret, and how people write it down."""

    kind: str
    value: str
    """What a header, a parameter or a field holds."""
    text: str
    """As it stands in a longer text, with a word before it that says what it is where its form does not."""
    field: str
    """What a field is called that holds it."""
    hidden: tuple[str, ...]
    """What must not be left: the value, or the parts of it that are secret."""
    codes: frozenset[str] = frozenset({"CT603"})
    """The rules that are meant for it in a body."""
    announced: bool = False
    """It has no form of its own: only its name tells."""
    known: bool = False
    """Its value is told to the tool."""


class Kind(NamedTuple):
    """A kind of secret."""

    name: str
    make: Callable[[random.Random], Secret]
    traits: frozenset[str] = frozenset()
    """What the table of what is left out goes by: ``lines``, ``pair``, ``url``, ``signature`` and such."""


DIGITS = string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + DIGITS
ALNUM = string.ascii_letters + DIGITS
WORD = ALNUM + "_-"
BASE64 = ALNUM + "+/"


def some(chance: random.Random, alphabet: str, length: int) -> str:
    """Characters of an alphabet; the first and the last are letters or digits, as in nearly all keys there are."""
    ends = [letter for letter in alphabet if letter.isalnum()]
    middle = "".join(chance.choices(alphabet, k=length - 2))
    return chance.choice(ends) + middle + chance.choice(ends)


_SENTENCES = (
    "The key is {} and it works.",
    "Please call it with {}\nand tell me what it says.",
    "curl -H 'x-api-key: {}' https://api.example.org/v1/models",
    'client = Client(token="{}")',
    "It was ({}), wasn't it?",
    "TOKEN={}",
    "export THE_TOKEN='{}' && make",
    "{}",
)


def _said(chance: random.Random, value: str) -> str:
    return chance.choice(_SENTENCES).format(value)


def formed(name: str, *parts: str | tuple[str, int]) -> Kind:
    """A kind that is known by its form: fixed parts, and alphabets with lengths."""

    def make(chance: random.Random) -> Secret:
        value = "".join(part if isinstance(part, str) else some(chance, *part) for part in parts)
        return Secret(name, value, _said(chance, value), "api_key", (value,))

    return Kind(name, make)


def announced(name: str, variable: str, *parts: str | tuple[str, int]) -> Kind:
    """A kind that only its name tells, such as the variable of the environment that the provider's SDK reads."""

    def make(chance: random.Random) -> Secret:
        value = "".join(part if isinstance(part, str) else some(chance, *part) for part in parts)
        shapes = ("{}={}", "export {}={}\n", '{}="{}"', "{}: {}", "Set {}={} in your shell")
        return Secret(
            name, value, chance.choice(shapes).format(variable, value), variable.lower(), (value,), announced=True
        )

    return Kind(name, make)


def _jwt(chance: random.Random) -> Secret:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")

    # What is random comes last: of the second half, no part may stand in a recording by chance.
    claims = {"role": "member", "iat": chance.randrange(1_600_000_000, 1_800_000_000), "sub": some(chance, HEX, 24)}
    value = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{some(chance, WORD, 43)}"
    return Secret("JWT", value, _said(chance, value), "id_token", (value,))


def _pem(name: str, label: str, start: str, lines: int) -> Kind:
    def make(chance: random.Random) -> Secret:
        body = [start + some(chance, BASE64, 64 - len(start)), *(some(chance, BASE64, 64) for _ in range(lines))]
        body.append(some(chance, BASE64, 40) + "==")
        edges = [f"-----{word} {label} " + "KEY-----" for word in ("BEGIN", "END")]
        value = "\n".join([edges[0], *body, edges[1]]) + "\n"
        return Secret(name, value, value, "private_key", tuple(body), frozenset({"CT606"}))

    return Kind(name, make, frozenset({"lines"}))


def _service_account(chance: random.Random) -> Secret:
    key = _pem("", "PRIVATE", "MIIEv", 24).make(chance)
    account = {
        "type": "service_account",
        "project_id": "example-project",
        "private_key_id": some(chance, HEX, 40),
        "private_key": key.value,
        "client_id": some(chance, DIGITS, 21),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    value = json.dumps(account, indent=chance.choice([None, 2]))
    return Secret("GCP service account", value, value, "credentials", key.hidden, frozenset({"CT606"}))


def _aws_pair(chance: random.Random) -> Secret:
    access, secret = "AK" + "IA" + some(chance, string.ascii_uppercase + "234567", 16), some(chance, BASE64, 40)
    forms = (
        f"aws_access_key_id = {access}\naws_secret_access_key = {secret}\n",
        f"AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret}",
        json.dumps({"AccessKeyId": access, "SecretAccessKey": secret}),
    )
    text = chance.choice(forms)
    return Secret("AWS pair", secret, text, "aws_secret_access_key", (secret, access), announced=True)


def _aws_session(chance: random.Random) -> Secret:
    value = "IQoJb3JpZ2luX2Vj" + some(chance, BASE64, 340)
    text = f"AWS_SESSION_TOKEN={value}"
    return Secret("AWS session token", value, text, "aws_session_token", (value,), announced=True)


def _storage(chance: random.Random) -> Secret:
    value = some(chance, BASE64, 86) + "=="
    name = some(chance, string.ascii_lowercase, 10)
    text = f"DefaultEndpointsProtocol=https;AccountName={name};AccountKey={value};EndpointSuffix=core.windows.net"
    return Secret("Azure storage key", value, text, "account_key", (value,), announced=True)


def _shared_access(chance: random.Random) -> Secret:
    value = some(chance, BASE64, 43) + "="
    address = f"https://{some(chance, string.ascii_lowercase, 8)}.blob.core.windows.net/c/f.txt?sp=r&sv=2022-11-02&sr=b"
    text = f"{address}&sig={quote(value, safe='')}"
    return Secret("Azure SAS", value, text, "sig", (value, quote(value, safe="")), frozenset({"CT602"}), announced=True)


def _webhook(chance: random.Random) -> Secret:
    last = some(chance, ALNUM, 24)
    parts = ["https://hooks", "slack.com/services/T" + some(chance, UPPER, 10), "B" + some(chance, UPPER, 10), last]
    value = parts[0] + "." + "/".join(parts[1:])
    return Secret("Slack webhook", value, value, "webhook_url", (last,), frozenset({"CT602", "CT603"}))


def _database(chance: random.Random) -> Secret:
    password = some(chance, ALNUM, 20)
    scheme = chance.choice(["postgres", "postgresql", "mysql", "mongodb+srv", "redis", "amqp"])
    value = f"{scheme}://app:{password}@db.example.org:5432/app"
    text = chance.choice(["DATABASE_URL={}", "connect to {} first", "{}"]).format(value)
    return Secret("database URL", value, text, "database_url", (password,), frozenset({"CT602", "CT603"}))


def _password(chance: random.Random) -> Secret:
    value = some(chance, ALNUM + "!%^*+~", 18)
    text = json.dumps({"username": "app", "password": value})
    return Secret("password", value, text, "password", (value,), announced=True)


def _client_secret(chance: random.Random) -> Secret:
    value = some(chance, WORD, 40)
    text = json.dumps({"client_id": "app", "client_secret": value})
    return Secret("client secret", value, text, "client_secret", (value,), announced=True)


def _bearer(chance: random.Random) -> Secret:
    value = some(chance, WORD, 44)
    text = chance.choice(["curl -H 'Authorization: Bearer {}' https://api.example.org", "Authorization: Bearer {}\n"])
    return Secret("bearer token", value, text.format(value), "access_token", (value,), announced=True)


def _signature(chance: random.Random) -> Secret:
    access = "AK" + "IA" + some(chance, string.ascii_uppercase + "234567", 16)
    value = some(chance, HEX, 64)
    text = (
        f"AWS4-HMAC-SHA256 Credential={access}/20260102/us-east-1/bedrock/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={value}"
    )
    return Secret("AWS signature", value, text, "X-Amz-Signature", (value, access), announced=True)


_OPENAI = "T3Blbk" + "FJ"

KINDS: tuple[Kind, ...] = (
    formed("OpenAI key", "sk-", (ALNUM, 20), _OPENAI, (ALNUM, 20)),
    formed("OpenAI project key", "sk-" + "proj-", (WORD, 74), _OPENAI, (WORD, 74)),
    formed("OpenAI service account key", "sk-" + "svcacct-", (WORD, 74), _OPENAI, (WORD, 74)),
    formed("OpenAI admin key", "sk-" + "admin-", (WORD, 74), _OPENAI, (WORD, 74)),
    formed("Anthropic key", "sk-" + "ant-api03-", (WORD, 93), "AA"),
    formed("Anthropic admin key", "sk-" + "ant-admin01-", (WORD, 93), "AA"),
    formed("Anthropic OAuth token", "sk-" + "ant-oat01-", (WORD, 93), "AA"),
    formed("Google key", "AI" + "za", (WORD, 35)),
    formed("Google OAuth token", "ya" + "29.", (WORD, 160)),
    formed("Google client secret", "GOC" + "SPX-", (WORD, 28)),
    Kind("GCP service account", _service_account, frozenset({"lines"})),
    formed("xAI key", "xai-", (ALNUM, 80)),
    formed("Groq key", "gsk" + "_", (ALNUM, 52)),
    announced("Mistral key", "MISTRAL_API_KEY", (ALNUM, 32)),
    formed("Hugging Face token", "hf" + "_", (string.ascii_letters, 34)),
    formed("OpenRouter key", "sk-" + "or-v1-", (HEX, 64)),
    announced("Cohere key", "COHERE_API_KEY", (ALNUM, 40)),
    formed("Perplexity key", "pplx-", (ALNUM, 48)),
    formed("Replicate token", "r8" + "_", (ALNUM, 37)),
    announced("Together key", "TOGETHER_API_KEY", (HEX, 64)),
    formed("DeepSeek key", "sk-", (HEX, 32)),
    formed("Cerebras key", "csk-", (string.ascii_lowercase + DIGITS, 48)),
    formed("NVIDIA key", "nvapi-", (WORD, 64)),
    announced("ElevenLabs key", "ELEVENLABS_API_KEY", "sk_", (HEX, 48)),
    announced("Deepgram key", "DEEPGRAM_API_KEY", (HEX, 40)),
    announced("Azure OpenAI key", "AZURE_OPENAI_API_KEY", (HEX, 32)),
    formed("Azure AI services key", (ALNUM, 52), "JQQJ99" + "BC", (ALNUM, 24)),
    Kind("Azure storage key", _storage),
    formed("Azure client secret", (ALNUM, 3), "8Q~", (ALNUM + "_~.-", 34)),
    Kind("Azure SAS", _shared_access, frozenset({"url", "parameter"})),
    Kind("AWS pair", _aws_pair, frozenset({"pair"})),
    Kind("AWS session token", _aws_session),
    Kind("AWS signature", _signature, frozenset({"signature"})),
    formed("Bedrock key", "ABS" + "K", (BASE64, 128)),
    formed("GitHub token", "gh" + "p_", (ALNUM, 36)),
    formed("GitHub app token", "gh" + "s_", (ALNUM, 36)),
    formed("GitHub fine-grained token", "github" + "_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    formed("GitLab token", "glp" + "at-", (WORD, 20)),
    formed("Slack bot token", "xox" + "b-", (DIGITS, 12), "-", (DIGITS, 13), "-", (ALNUM, 24)),
    Kind("Slack webhook", _webhook, frozenset({"url"})),
    formed("Stripe key", "sk" + "_live_", (ALNUM, 99)),
    formed("Stripe restricted key", "rk" + "_live_", (ALNUM, 24)),
    formed("npm token", "np" + "m_", (ALNUM, 36)),
    formed("PyPI token", "pypi-" + "AgEIcHlwaS5vcmc", (WORD, 160)),
    formed("SendGrid key", "SG.", (WORD, 22), ".", (WORD, 43)),
    formed("DigitalOcean token", "dop" + "_v1_", (HEX, 64)),
    formed("Databricks token", "dap" + "i", (HEX, 32)),
    formed("LangSmith key", "lsv2" + "_pt_", (HEX, 32), "_", (HEX, 10)),
    announced("Weights & Biases key", "WANDB_API_KEY", (HEX, 40)),
    formed("Vault token", "hvs" + ".", (WORD, 92)),
    Kind("JWT", _jwt),
    _pem("RSA private key", "RSA PRIVATE", "MIIEp", 24),
    _pem("EC private key", "EC PRIVATE", "MHcCAQEE", 1),
    _pem("OpenSSH private key", "OPENSSH PRIVATE", "b3BlbnNzaC1rZXktdjE", 5),
    Kind("database URL", _database, frozenset({"url"})),
    Kind("password", _password),
    Kind("client secret", _client_secret),
    Kind("bearer token", _bearer),
)


def _known(name: str, alphabet: str, length: int, *traits: str) -> Kind:
    def make(chance: random.Random) -> Secret:
        value = some(chance, alphabet, length)
        return Secret(name, value, _said(chance, value), "note", (value,), frozenset({"CT609"}), known=True)

    return Kind(name, make, frozenset({"known", *traits}))


def _phrase(chance: random.Random) -> Secret:
    value = " ".join(some(chance, string.ascii_lowercase, chance.randint(4, 8)) for _ in range(5))
    return Secret("known phrase", value, _said(chance, value), "note", (value,), frozenset({"CT609"}), known=True)


KNOWN: tuple[Kind, ...] = (
    _known("known letters and digits", ALNUM, 24),
    _known("known number", DIGITS, 16),
    _known("known base64", BASE64, 44),
    _known("known password", ALNUM + "\"\\/&%+=?#'<>", 20, "awkward"),
    _known("known accents", ALNUM + "äéøßñ漢字😀", 16, "accents"),
    Kind("known phrase", _phrase, frozenset({"known", "awkward"})),
)
"""Values that nothing tells but their owner."""
