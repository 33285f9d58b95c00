"""Credentials without a shape of their own: what announces them is a name, a scheme or a place in a URL."""

import binascii
import re

from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import GAP, HEX, LOWER, MIXED, QUOTE, START

_SEP = "[-_]?"
_TOKENS = "api access refresh auth session security bearer bot private user oauth github gitlab slack hub discord"
_SECRETS = "api client app consumer shared webhook"
_KEYS = "api secret subscription account signing encryption auth master"
_NAMES = (
    *(f"{kind}{_SEP}token" for kind in _TOKENS.split()),
    *(f"{kind}{_SEP}secret" for kind in _SECRETS.split()),
    *(f"{kind}{_SEP}key" for kind in _KEYS.split()),
    *("id_token", "id-token", "idtoken", "api key", "access token", "secret key"),
    *(f"secret{_SEP}access{_SEP}key", f"client{_SEP}assertion"),
)
_NAMED = "|".join(_NAMES)
_PARAMETERS = (
    *(f"{kind}{_SEP}token" for kind in _TOKENS.split()),
    *(f"api{_SEP}key", "id_token", f"client{_SEP}secret", "subscription-key", "password", "passwd", "client_assertion"),
)
_VALUE = r"[A-Za-z0-9_.~+/=:!$*|-]{12,}"
_AMBIGUOUS = ("token", "secret", "credential", "jwt", "pat", "bearer")
_LINE_BREAK = r"(?:(?:\r?\n|\\+r\\+n|\\+n)[ \t]*)"
_PASSWORDS = r"""password|passwd|passphrase|[a-z0-9_.]pwd|'pwd"""


def _spellings(*names: str) -> tuple[str, ...]:
    """What a text holds that has one of the names: its last two words, in every spelling."""
    return tuple(dict.fromkeys(sign.join(name.split(_SEP)[-2:]) for name in names for sign in ("-", "_", "")))


# In a URL, what is escaped belongs to a value only where it stands for a character that values have.
_IN_URL = r"(?:[A-Za-z0-9._~+/=:!$*|-]|%2[BbCcDdEeFf]|%3[AaDd]|%5[Ff]|%7[CcEe])"


def _parameter(size: int, *names: str, more: str = "") -> str:
    """The value of a query parameter, of at least that size, by its name; ``more``: what may stand before the name."""
    named = "|".join(names)
    return rf"(?:[?&;]|&amp;|\\+u0026|%26|%3[Ff])(?i:{more}(?:{named})(?:=|%3d))({_IN_URL}{{{size},}})"


def _announced(*names: str) -> tuple[str, ...]:
    """What a text holds that has such a query parameter."""
    return tuple(f"{name}{sign}" for name in _spellings(*names) for sign in ("=", "%3d"))


def _is_no_password(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    return context.is_placeholder_for_basic(secret)


def _is_no_pair(secret: str, match: str, lines: str) -> bool:
    """Behind the mere word there must be a user, a colon and a password (RFC 7617)."""
    try:
        plain = binascii.a2b_base64(secret + "=" * (-len(secret) % 4))
    except binascii.Error:
        return True
    return b":" not in plain or min(plain) < 0x20 or _is_no_password(secret, match, lines)


def _is_a_word(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001
    """Letters as words have them, with a number behind: rare among random ones, common among tokens of a text."""
    return re.fullmatch(r"(?i)(?:[^aeiouy\W\d_]{0,3}[aeiouy]+)+[^aeiouy\W\d_]{0,3}[0-9]{0,4}", secret) is not None


HEADERS: tuple[Pattern, ...] = (
    Pattern(
        "bearer-token", "a bearer token", r"(?i:bearer)(?:\s+|%20|\+)([A-Za-z0-9._~+/=-]{16,})", entropy=3.0,
        true=(("Authorization: Bear", "er ", *MIXED[:4]), ('{"Authorization": "bear', "er ", *HEX[:4], '"}')),
        false=(("The bear", "er authentication-scheme-of-http"), ("Bear", "er ", "test_openai_api_key")),
        keywords=("bearer",),
    ),
    Pattern(
        "basic-credentials", "basic credentials",
        r"(?i:authorization" + GAP + r"basic)(?:\s+|%20)([A-Za-z0-9+/]{8,}={0,2})", entropy=2.5,
        allowed=_is_no_password,
        true=(("Authorization: Bas", "ic dXNlcjpR", "N3hXMmE5"),),
        false=(("Authorization: Bas", "ic ", "requirements"), ("Authorization: Bas", "ic amFuZTpSRURB", "Q1RFRA==")),
        keywords=("basic",),
    ),
    Pattern(
        "basic-credentials", "basic credentials", r"\bBasic ([A-Za-z0-9+/]{14,}={0,2})", entropy=3.3,
        allowed=_is_no_pair,
        true=(("curl -H 'X: Bas", "ic dXNlcjpR", "N3hXMmE5Wng3UW0y'"),),
        false=(
            ("Bas", "ic ", "internationalization"), ("Bas", "ic ", "HTML5AndCSS3Tutorial123"),
            ("Bas", "ic aGVsbG8gd29y", "bGQ="), ("Bas", "ic SGVsbG8sIFdvcmxk", "IGFuZCBtb3Jl"),
        ),
        keywords=("Basic ",),
    ),
)  # fmt: skip

NAMED: tuple[Pattern, ...] = (
    Pattern(
        "credential", "a credential that its name announces", f"(?i:{_NAMED}){GAP}({_VALUE})", entropy=3.0,
        true=(
            ('"api_', 'key": "', *LOWER[:3], '"'), ("client_", "secret=", *MIXED[:4], "&x=1"),
            ("X-Api-", "Key: ", *HEX[:3]), ("access_", "token: '", *MIXED[:4], "'"), ("refresh", "Token=", *MIXED[:3]),
            ("API ", "key: ", *LOWER[:4]), ('"secretAccess', 'Key": "', *MIXED[:3], '"'),
        ),
        false=(
            ('"api_', 'key": "string"'), ("next_page_", "token=", *MIXED[:3]), ('"page', 'Token": "', *MIXED[:3], '"'),
            ('"max_', 'tokens": 4096'), ('"token_', 'type": "bearer"'), ("api_key=", "os.environ.get"),
            ("apiKey: ", "process.env.OPENAI_API_KEY"), ("access_token=", "self.config.accessToken"),
            ("api_key=", "settings.OPENAI_API_KEY_V2"),
            ('"secret_', 'santa": "', *MIXED[:3], '"'), ('"api_', 'key": {"type": "string"}'),
        ),
        keywords=_spellings(*_NAMES),
    ),
    Pattern(
        "environment-variable", "a credential in an environment variable",
        START + r"[A-Z][A-Z0-9_]{1,60}_(?:APIKEY|KEY|TOKEN|SECRET|PAT|CREDENTIALS?)"
        + QUOTE + r"\s{0,2}[=:]\s{0,2}" + QUOTE + f"({_VALUE})", entropy=3.0,
        true=(("export SOME_SERVICE_", "KEY=", *MIXED[:3]), ("MY_", 'TOKEN: "', *MIXED[:3], '"')),
        false=(("PRIMARY_KEY=", "customer_id_and_name"), ("MY_KEY=", "${{ secrets.MY_KEY }}")),
        keywords=("_APIKEY", "_KEY", "_TOKEN", "_SECRET", "_PAT", "_CREDENTIAL"),
    ),
    # Names of more than one meaning, in quotes only. The token of a text, with its probability beside it, is a word.
    Pattern(
        "quoted-secret", "a secret that its name announces",
        rf"""["'](?:{"|".join(_AMBIGUOUS)})\\*["']\s*:\s*\\*["']"""
        r"([A-Za-z0-9._~+/=-]{16,})", entropy=3.5,
        true=(('{"tok', 'en": "', *MIXED[:3], '"}'), ("{'sec", "ret': '", *HEX[:4], "'}")),
        false=(
            ('{"tok', 'en": "Hello"}'), ('{"tok', 'en": "internationalization", "logprob": -0.1}'),
            ('{"tok', 'en": "supercalifragilistic123"}'),
        ),
        allowed=_is_a_word,
        keywords=tuple(f"{quote}{name}" for name in _AMBIGUOUS for quote in "\"'"),
    ),
    Pattern(
        "password", "a password",
        f"(?i:{_PASSWORDS})" + QUOTE + r"[ \t]*(?:[:=]|%3[DdAa])[ \t]*" + QUOTE
        + r"""([A-Za-z0-9!#$%*+./:=?@^_|~-]{6,})""", entropy=2.3,
        true=(
            ('"pass', 'word": "', "hunter2x", '"'), ("pass", "word=", LOWER[0], "&grant_type=password"),
            ("PGPASS", "WORD=", *LOWER[:2]), ('"pw', 'd": "', LOWER[1], '"'),
        ),
        false=(
            ('"pass', 'word": "string"'), ("type: ", "password"), ('"pass', 'word": {"type": "string"}'),
            ("pass", "word: must be long"), ("pass", "word=your-password"), ('"pass', 'word": "$2b"'),
            ("a=ice-", "pwd:", *LOWER[:3]), ("pass", "word=", "hashlib.sha256(x)"), ("pass", "word: ", "admin123"),
            ("pass", 'word="', 'Password123!"'), ("pass", "wd: ", "letmein1"), ("pass", 'word="', 's3cret-p4ss"'),
        ),
        keywords=("password", "passwd", "passphrase", "pwd"),
    ),
    Pattern(
        "form-field", "a credential in a form",
        r'(?i:name=\\*"[a-z0-9_\[\].-]*(?:' + _NAMED + r'|token|secret|password|passwd)\]?\\*")'
        "(?:" + _LINE_BREAK + r"[A-Za-z-]+: [^\r\n\\]+)*" + _LINE_BREAK + "{2}"
        r"([A-Za-z0-9_.~+/=:!$*|-]{8,})", entropy=2.5,
        true=(
            ('Content-Disposition: form-data; name="api_', 'key"\r\n\r\n', *MIXED[:3], "\r\n--x"),
            ('name="client_', 'secret"\r\nContent-Type: text/plain\r\n\r\n', *MIXED[:3]),
        ),
        false=(('name="file"; filename="a"\r\n\r\n', *MIXED[:3]),),
        keywords=("name=",),
    ),
)  # fmt: skip

IN_URLS: tuple[Pattern, ...] = (
    # It opens one thing, until it expires.
    Pattern(
        "signed-url", "the signature of a URL",
        _parameter(24, "sig", "signature", "x-amz-signature", "x-goog-signature", "hmac"), Weight.HALF, "CT602", 3.0,
        true=(
            ("https://a.blob.core.windows.net/b?se=2026&si", "g=", *MIXED[:5], "Q7x%3D"),
            ("https://b.s3.amazonaws.com/c?X-Amz-Expires=60&X-Amz-Sig", "nature=", *HEX),
        ),
        keywords=_announced("sig", "signature", "hmac"),
    ),
    Pattern(
        "aws-session-token", "an AWS session token", _parameter(40, "x-amz-security-token"), Weight.HALF, "CT602", 4.5,
        true=(("https://b.s3.amazonaws.com/c?X-Amz-Security-", "Token=IQoJb3JpZ2luX2Vj", *MIXED),),
        keywords=_announced("x-amz-security-token"),
    ),
    Pattern(
        "url-parameter", "a credential in a URL",
        _parameter(8, *_PARAMETERS, more="[a-z0-9_.-]*"),
        code="CT602", entropy=2.3,
        true=(
            ("https://a.example/v1?alt=sse&api", "_key=", *MIXED[:3]),
            ("GET /x?access_", "token=", *MIXED[:4], " HTTP/1.1"),
            ("https%3A%2F%2Fa.example%2F%3Fapi_", "key%3D", *MIXED[:3], "%26x%3D1"),
        ),
        false=(
            ("https://a.example/?api_key=", "YOUR_API_KEY"), ("https://a.example/?page", "Token=", *MIXED[:3]),
            ("https://a.example/?next_page_", "token=", *MIXED[:3]),
        ),
        keywords=_announced(*_PARAMETERS),
    ),
    Pattern(
        "url-parameter", "a credential in a URL", _parameter(16, "key", "token", "secret", "auth", "jwt", "code"),
        code="CT602", entropy=3.3,
        true=(("https://a.example/v1/models?ke", "y=", *MIXED[:4]), ("/cb?state=x&co", "de=", *MIXED[:4])),
        false=(
            ("https://a.example/?key=", "some-name-of-a-thing"), ("https://a.example/?token=", "understanding"),
            ("https://a.example/?monkey=", *MIXED[:4]),
        ),
        keywords=_announced("key", "token", "secret", "auth", "jwt", "code"),
    ),
    Pattern(
        "url-password", "a password in a URL", r"://[A-Za-z0-9._~%!$&*+=-]*:([A-Za-z0-9._~%!$&()*+,;=:^|{}-]+)@",
        code="CT602",
        true=(("postgres://admin:", LOWER[0], "@db.internal/x"), ("https://:", *LOWER[:2], "@a.example/")),
        false=(
            ("postgres://user:", "password", "@db/x"), ("https://a.example:8080/@path",),
            ("redis://:", "${PASSWORD}", "@x"), ("mysql://root:", "root123", "@x"), ("redis://:", "mypassword", "@x"),
        ),
        keywords=("@",),
    ),
)  # fmt: skip
