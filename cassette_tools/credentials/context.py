"""What tells a credential from what only looks like one: the name it stands behind, and the value itself."""

import binascii
import functools
import math
import operator
import re
from collections import Counter
from typing import Literal

HeaderKind = Literal["authorization", "key", "vague", "cookie", "set-cookie", "account", "person"]
CookieKind = Literal["infrastructure", "visitor", "session"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What documentation and filters of recorders write in the place of a secret. As words of their own only.
_STAND_INS = _words(
    "changeme dummy example examples fake fakes filter filtered foo foobar bar baz hidden insert invalid masked "
    "mock mocked none nope notreal null omitted placeholder redact redacted removed replace replaced sample "
    "sanitised sanitized scrubbed secret secrets string stub test tester testing tests todo undefined unset "
    "unused value xxx yyy zzz your"
)
# Words that such a text is made of besides.
_NEUTRAL = _words(
    "a access ai an and anthropic api apikey app auth authorization aws azure basic bearer bedrock bot client "
    "cohere cookie credential credentials deepseek default demo dev for gemini github google goog groq gsk here "
    "hf id is jwt key keys live local me mistral my no not of only openai openrouter org pass password passwd pat "
    "personal ant or org proj project private public real refresh service session sk pk ghp xoxb this to token "
    "tokens user username vcr with account admin root runner shared ubuntu vscode jenkins v v1 "
    # What servers that need no key, and tests, are given as one.
    "anything bad cassette deadbeef empty expired hello incorrect litellm llama llamafile lm localai localhost needed "
    "nokey offline ollama playback pytest recorded replay required something studio vllm whatever world wrong"
)
# What people take for a password in an example, with the usual ends and letters (P@ssw0rd, letmein1).
_WEAK = _words(
    "changeit guest hunter letmein mongo mypass mypassword mysql passwort password postgres qwerty redis welcome"
)
_WEAK_END = r"[0-9]{0,4}[!?.#$%*]{0,2}"
_LOOKALIKES = str.maketrans("013457@$!", "oleastasi")
# Long enough not to stand in a random text by chance; also found where words are not told apart. (All expressions here
# are compiled when they are first needed.)
_TELLING = (
    r"(?i)redacted|placeholder|changeme|saniti[sz]ed|scrubbed|filtered|example|not[-_ ]?real|unit[-_]?test|deadbeef|"
    r"(?:test|fake|mock|dummy|your|insert|some|any)[-_ ]?(?:open[-_]?ai|anthropic|api|key|token|secret|password|auth)"
)
_BRACKETS = r"(?s)<.*>|\[.*\]|\{.*\}|\$\w+|\$\{.*\}|\$\(.*\)|%\w+%|%[sdv]|__\w+__|\*+.*\*+"
_BLANKED = r"x{4}|X{4}|\*{3}|•{3}|…|\.{3}|#{4}|\?{4}|FAKE"
_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WORDS = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+"
# No word is longer than "internationalization".
_WORD = r"(?:[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{2,20})*|[A-Z]{1,14}|[vV]?[0-9]{1,4}[a-z]?|(?:19|20)[0-9]{6})"
_WORDING = f"{_WORD}(?:[-_.:/ ]+{_WORD})*"
# What a program calls something: hashlib.sha256, settings.OPENAI_API_KEY_V2.
_IDENTIFIER = "[A-Za-z]{1,20}[0-9]{0,3}(?:_[A-Za-z]{1,14}[0-9]{0,3})*"
_NAME = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})+"
# The beginning of the token that jwt.io shows, of 1234567890 with the name John Doe, and of its many variations.
_SAMPLE_CLAIMS = ".ey" + "JzdWIiOiIxMjM0NTY3ODkwIiwi"
_ADDRESS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"


_BEGINNING = 4000
"""Characters of a value that decide what it is, which may be megabytes: no credential is longer."""


def entropy(value: str) -> float:
    """Shannon's entropy of the characters, in bits per character; of a long text, those of its beginning."""
    value = value[:_BEGINNING]
    size = len(value)
    return sum(-count / size * math.log2(count / size) for count in Counter(value).values())


def is_placeholder(value: str) -> bool:
    """Whether a value only stands where a secret would be.

    That is what filters of recorders and documentation write (``REDACTED``, ``[FILTERED]``, ``<TOKEN>``, ``{{key}}``,
    ``${VAR}``, ``your-api-key``, ``sk-...``), what people type (``test_key``, ``xxxx``, repeated letters, rows such as
    ``1234567890`` and ``abcdef``, ``Password123!``), and what this tool writes (``REDACTED-…``, fakes: they hold the
    letters FAKE or start with eight zeros). Addresses that belong to nobody count as well.
    """
    value = value.strip().strip("\"'")
    # Recordings have few values, the same ones over and over again; those of megabytes are not kept.
    return (_is_made_up if len(value) <= _BEGINNING else _is_made_up.__wrapped__)(value)


@functools.lru_cache(maxsize=4096)
def _is_made_up(value: str) -> bool:
    if not value or value.startswith("00000000"):
        return True
    # The beginning decides, and a long random text may hold anything by chance.
    head = value[:120]
    if re.search(_BLANKED, head) or (
        len(value) <= 200 and (re.fullmatch(_BRACKETS, value) or re.search(_TELLING, value))
    ):
        return True
    if re.fullmatch(_ADDRESS, value):
        return _is_nobodys_address(value) or _is_monotonous(value)
    return _is_monotonous(head) or _is_stand_in(value) or _is_weak(value) or _SAMPLE_CLAIMS in value


def is_placeholder_for_basic(token: str) -> bool:
    """Whether the token of Basic authentication (RFC 7617) holds no password, but what stands for one."""
    if is_placeholder(token):
        return True
    try:
        plain = binascii.a2b_base64(token + "=" * (-len(token) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    user, _, password = plain.partition(":")
    if not password:
        return is_placeholder(user)
    # Some APIs take a key as the user, with any password.
    return is_placeholder(password) and not looks_random(user)


def _is_monotonous(value: str) -> bool:
    """Whether it is made of few different characters, or of rows of the alphabet."""
    if len(value) < 6:
        return len(set(value)) == 1 or _is_row(value)
    if len(value) >= 8 and (len(set(value)) <= 4 or entropy(value) < 2.0):
        return True
    codes = list(map(ord, value))
    for step in (1, 2):  # abcdef, a1b2c3
        steps = list(map(operator.sub, codes[step:], codes))
        if steps.count(0) + steps.count(1) + steps.count(-9) >= 0.6 * len(steps):
            return True
    return False


def _is_row(value: str) -> bool:
    """Whether it is a short row of the alphabet: ``123``, ``1234567890``, ``abc``."""
    steps = set(map(operator.sub, map(ord, value[1:]), map(ord, value)))
    return len(value) >= 3 and (steps == {1} or steps == {1, -9})


def _is_weak(value: str) -> bool:
    """Whether it is a password that nobody would keep secret: one of a few words, with a number behind it."""
    if len(value) > 20:
        return False
    bare = re.sub(_WEAK_END + r"\Z", "", value)
    words = re.findall("[a-z]+", bare.lower().translate(_LOOKALIKES))
    return bool(words) and all(word in _WEAK or word in _STAND_INS or word in _NEUTRAL for word in words)


def _is_stand_in(value: str) -> bool:
    """Whether it is a word that stands for a secret, with nothing beside it that looks random."""
    if len(value) > 100:
        return False
    words = [word.lower() for word in re.findall(_WORDS, value)]
    if not any(word in _STAND_INS for word in words) and not value.lower().startswith("test"):
        is_neutral = all(word in _NEUTRAL or _is_row(word) for word in words)
        return is_neutral and (bool(words) or not re.search(r"\w", value))
    # Random characters are cut into many short pieces: one piece for every two or three characters.
    rest = [word for word in words if word not in _STAND_INS and word not in _NEUTRAL]
    return sum(map(len, rest)) <= 12 or is_wording(value)


def is_wording(value: str) -> bool:
    """Whether a value is words and short numbers, and not random characters: ``name-of-2-things``, ``getApiKey``."""
    if len(value) > _BEGINNING:
        end = max(value.rfind(mark, 0, _BEGINNING) for mark in "-_.:/ ")
        if end < _BEGINNING // 2:
            return False  # what has thousands of letters is no word
        value = value[:end]
    return re.fullmatch(_WORDING, value) is not None or re.fullmatch(_NAME, value) is not None


def _is_nobodys_address(value: str) -> bool:
    """Whether it is an IP address of nobody: loopback, private, for documentation, of a network; or no address."""
    from ipaddress import ip_address

    try:
        return not ip_address(value).is_global or value.endswith(".0")
    except ValueError:
        return True


def shown(secret: str) -> str:
    """How a secret may be named: at most its first and last two characters, and its length."""
    size = len(secret)
    length = f"({size} character{'' if size == 1 else 's'})"
    if size < 12:
        return length
    edge = 2 if size >= 20 else 1
    return f"'{secret[:edge]}…{secret[-edge:]}' {length}"


def _joined(name: str) -> str:
    """A name in lower case with one hyphen between its words: ``xApiKey`` and ``X_API_KEY`` are ``x-api-key``."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name[:200])
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


_HEADERS: dict[str, HeaderKind] = {
    **dict.fromkeys(
        ("authorization", "proxy-authorization", "x-authorization", "x-forwarded-authorization", "cf-aig-authorization",
         "helicone-auth", "x-goog-iam-authorization-token", "x-serverless-authorization",
         "x-ms-authorization-auxiliary", "authentication", "x-original-authorization"),
        "authorization",
    ),
    **dict.fromkeys(
        ("apikey", "x-apikey", "auth-token", "x-auth", "x-auth-key", "x-functions-key", "x-amz-security-token",
         "ocp-apim-subscription-key", "dd-application-key", "x-honeycomb-team", "x-pinecone-key", "x-jwt-assertion",
         "x-goog-authenticated-user-jwt", "x-goog-iap-jwt-assertion", "cf-access-jwt-assertion",
         "cf-access-client-secret", "x-amzn-oidc-data", "x-amzn-oidc-accesstoken", "x-ms-token-aad-access-token",
         "x-aws-ec2-metadata-token", "x-client-secret", "x-secret", "x-token", "x-password", "x-credential",
         "x-credentials", "x-ms-copy-source-authorization"),
        "key",
    ),
    "cookie": "cookie",
    "cookie2": "cookie",
    "set-cookie": "set-cookie",
    "set-cookie2": "set-cookie",
    **dict.fromkeys(
        ("openai-organization", "openai-project", "anthropic-organization-id", "anthropic-workspace-id",
         "chatgpt-account-id", "x-goog-user-project", "x-hf-bill-to", "x-organization-id", "x-org-id", "x-account-id",
         "x-tenant-id", "x-workspace-id", "x-project-id", "x-aws-account-id", "x-ms-subscription-id"),
        "account",
    ),
    **dict.fromkeys(
        ("x-forwarded-for", "x-real-ip", "cf-connecting-ip", "cf-connecting-ipv6", "true-client-ip", "x-client-ip",
         "x-original-forwarded-for", "fastly-client-ip", "x-cluster-client-ip", "forwarded", "from", "x-user-email",
         "x-goog-authenticated-user-email", "x-ms-client-principal-name"),
        "person",
    ),
}  # fmt: skip
_HEADER_ENDINGS = (
    *("api-key", "apikey", "subscription-key", "access-key", "secret-key", "private-key", "account-key"),
    *("access-token", "auth-token", "api-token", "security-token", "session-token", "private-token", "job-token"),
    *("id-token", "refresh-token", "bearer-token", "vault-token", "subscription-token", "bot-token", "deploy-token"),
    *("client-secret", "api-secret", "app-secret", "-password", "-passwd", "-passphrase"),
)

_VAGUE_HEADERS = r"(?<!websocket-)(?<!web-socket-)(?<!surrogate-)\b(?:token|key|secret|auth|jwt|apitoken)$"

# Names of query parameters and of fields. Whole names, or the last words of a name: OPENAI_API_KEY, x-api-key.
_ENDINGS = (
    *("api-key", "apikey", "api-token", "apitoken", "api-secret", "apisecret", "app-secret", "appsecret"),
    *("access-token", "accesstoken", "refresh-token", "refreshtoken", "id-token", "idtoken", "auth-token", "authtoken"),
    *("session-token", "sessiontoken", "security-token", "securitytoken", "bearer-token", "bearertoken", "bot-token"),
    *("private-token", "personal-access-token", "oauth-token", "oauthtoken", "user-token", "login-token", "jwt-token"),
    *("github-token", "gitlab-token", "slack-token", "hf-token", "hub-token", "discord-token", "telegram-token"),
    *("client-secret", "clientsecret", "consumer-secret", "shared-secret", "webhook-secret", "oauth-secret"),
    *("signing-secret", "signingsecret"),
    *("secret-key", "secretkey", "secret-access-key", "secretaccesskey", "private-key", "privatekey", "signing-key"),
    *("account-key", "accountkey", "shared-access-key", "sharedaccesskey", "subscription-key", "subscriptionkey"),
    *("encryption-key", "master-key", "auth-key", "authkey", "access-key", "accesskey", "storage-key", "license-key"),
    *("password", "passwd", "passphrase", "pwd", "client-assertion", "session-key", "sessionkey"),
)
_WHOLE_FIELDS = frozenset({"authorization", "proxy-authorization", "jwt", "refresh", "x-auth", "session-id-token"})
# Names that mean many things: what stands behind them has to look like a credential.
_VAGUE_FIELDS = _words(
    "token secret key auth credential credentials code pat signature sig access session sid assertion cookie"
)
_VAGUE_STRINGS = _words("token secret key auth credential credentials pat hmac sessionid session-id")
_PASSWORDS = ("password", "passwd", "passphrase", "pwd")
_WHOLE_PARAMETERS = _words(
    "key token secret auth authorization sig signature access jwt assertion client-assertion code x-amz-signature "
    "x-amz-security-token x-goog-signature x-amz-credential sas hmac hdnea hdnts ticket sessionid session-id sid "
    "awsaccesskeyid aws-access-key-id key-pair-id x-goog-credential app-key user-key pass"
)
# What a signed URL names the key by.
_IDS = _words("awsaccesskeyid aws-access-key-id key-pair-id x-amz-credential x-goog-credential")
# Signatures and tokens that open nothing: they lead to the next page.
_HARMLESS = (
    r"(?:^|-)(?:next|page|continuation|sync|cursor|pagination|starting|resume|change|nextpage|max|min|csrf|xsrf|"
    r"idempotency|cache|partition|sort|primary|foreign|public|publishable|ssh-public|thought|stop|start|eos|bos|pad|unk|"
    r"completion|prompt|input|output|total|reasoning|cached)-?(?:token|tokens|key|signature)(?:-|$)"
)


def header_kind(name: str) -> HeaderKind | None:
    """What a header of this name carries, or None where it is nothing that opens or identifies anything.

    ``authorization``: a scheme and a credential; ``key``: the value is a credential; ``vague``: it is one if it looks
    random; ``cookie`` and ``set-cookie``;
    ``account``: whose account it is; ``person``: an address of a client or a user.
    """
    name = _joined(name)
    kind = _HEADERS.get(name)
    if kind or re.search(_HARMLESS, name):
        return kind
    if name.endswith(_HEADER_ENDINGS):
        return "key"
    return "vague" if re.search(_VAGUE_HEADERS, name) else None


def parameter_is_credential(name: str, value: str | None = None) -> bool:
    """Whether a query parameter of this name carries a credential.

    Args:
        name: As in the URL, decoded.
        value: If given, names that mean many things (``code``, ``key``) count with a value that looks random only.
    """
    name = _joined(name)
    if re.search(_HARMLESS, name):
        return False
    if name in _WHOLE_PARAMETERS:
        # Google's signed URLs name an account by its address where there is no id of a key.
        return value is None or (looks_random(value) and not (name in _IDS and "@" in value))
    return name.endswith(_ENDINGS) or name in _WHOLE_FIELDS


def parameter_is_id(name: str) -> bool:
    """Whether a query parameter that carries a credential carries the id of a key alone, of no use without the key."""
    return _joined(name) in _IDS


def field_is_credential(name: str, value: str) -> bool:
    """Whether a field of this name, in JSON, a form or an environment, carries a credential.

    Args:
        name: Of the field or variable.
        value: Names that mean many things (``token``, ``key``, ``secret``) count with one that looks random.
    """
    name = _joined(name)
    if re.search(_HARMLESS, name):
        return False
    if name in _VAGUE_FIELDS:
        return looks_random(value) and not _names_file(name, value)
    return (name.endswith(_ENDINGS) or name in _WHOLE_FIELDS) and not _names_file(name, value)


def _names_file(name: str, value: str) -> bool:
    """Whether the value is where a file lies, as a ``storage_key`` is, or where a key is kept."""
    return (
        not name.endswith(_PASSWORDS) and "/" in value and re.search(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z", value) is not None
    )


def string_is_credential(name: str, value: str) -> bool:
    """Whether a string of JSON by this name is a credential, and no text about one.

    Args:
        name: Of the member.
        value: The string, without escapes of characters by their number; others do no harm.
    """
    joined = _joined(name)
    if re.search(_HARMLESS, joined):
        return False
    if joined.endswith(_PASSWORDS):
        if joined.endswith("pwd") and re.match(r"[/~]|[A-Za-z]:\\", value):
            return False  # a working directory
        if not value.isascii() and value.isalpha():
            return False  # the word for it in another language
        words = value.split()
        return len(words) == 1 or any(re.search("[0-9]", word) and re.search("[A-Za-z]", word) for word in words)
    if re.search(r"\s", value):
        return False
    if joined in _VAGUE_STRINGS:
        is_id = re.fullmatch(_UUID, value) or (joined.startswith("session") and re.match("sess(?:ion)?_", value))
        return looks_random(value) and entropy(value) >= 3.5 and not is_id and not _names_file(joined, value)
    return (joined.endswith(_ENDINGS) or joined in _WHOLE_FIELDS) and not _names_file(joined, value)


def looks_random(value: str) -> bool:
    """Whether a value could be a generated secret: no white space, no URL, 16 characters or more, not made of words."""
    return (
        len(value) >= 16
        and "://" not in value
        and not re.search(r"\s", value)
        and not is_wording(value)
        and re.search(r"[0-9]", value) is not None
        and entropy(value) >= 3.0
        and not is_placeholder(value)
    )


# What load balancers, and services against bots, set for every client: they open no account. (Cloudflare, AWS, Azure,
# Google's load balancers, Akamai, Imperva, F5.)
_INFRASTRUCTURE = (
    r"(?i)__cf_bm|__cfruid|_cfuvid|__cfuid|__cflb|__cfseq.*|__cfwaitingroom|awsalb(?:tg)?(?:cors)?|awselb(?:cors)?|"
    r"arraffinity(?:samesite)?|gaesa|gclb|gcilb|ts[0-9a-f]{6,}|bigipserver.*|visid_incap_\w+|incap_ses_\w+|nlbi_\w+|"
    r"ak_bmsc|bm_s[vz]|bm_mi|_abck|akavpau_\w+|asp\.net_sessionid_lb|route|serverid|stickounet|x-ms-routing-name|"
    r"ocp-apim-affinity|fly-.*|heroku-session-affinity|lb"
)
# Who visits and what they like, not who is signed in: Google's NID and its kind hold preferences and count visits.
_VISITOR = (
    r"(?i)nid|aec|1p_jar|consent|socs|dv|otz|_ga(?:_.*)?|_gid|_gat.*|_gcl_.*|_fbp|_hj.*|ajs_anonymous_id|ajs_user_id|"
    r"__stripe_[ms]id|intercom-(?:id|device-id)-.*|_dd_s|ph_.*_posthog|mp_.*_mixpanel|amplitude_id.*|oai-did|oai-sc|"
    r"lang|language|locale|theme|timezone|tz|currency|cookieconsent.*|optanon.*|_mkto_trk|hubspotutk|__hs.*|muid|"
    r"datadome|_uetsid|_uetvid"
)


def cookie_kind(name: str) -> CookieKind:
    """What a cookie is for.

    ``infrastructure``: it finds the same server again, or tells clients from bots; ``visitor``: it counts visits or
    remembers preferences; ``session``: anything else, which may well sign somebody in.
    """
    if re.fullmatch(_INFRASTRUCTURE, name):
        return "infrastructure"
    return "visitor" if re.fullmatch(_VISITOR, name) else "session"
