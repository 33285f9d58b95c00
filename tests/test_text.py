"""Recorded text is shown without what acts on a terminal, and without what looks like a credential."""

import base64
import json
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cassette_tools import strict_json
from cassette_tools.text import clip, escape, escape_lines, escaped_json, mask, presentable_json, printable

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("plain text, é, 😀, 日本", "plain text, é, 😀, 日本", id="harmless"),
        pytest.param("one\ntwo\r\n\tthree", "one\\ntwo\\r\\n\\tthree", id="line breaks and tabs"),
        pytest.param("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", id="colour"),
        pytest.param("\x1b]0;title\x07", "\\x1b]0;title\\x07", id="title of the window"),
        pytest.param("\x9b2J\x85", "\\x9b2J\\x85", id="C1"),
        pytest.param("a\x00b\x7f", "a\\x00b\\x7f", id="NUL and delete"),
        pytest.param("\u202eevil\u202c\u2066x\u2069", "\\u202eevil\\u202c\\u2066x\\u2069", id="other direction"),
        pytest.param("\u200e\u200f\u061c", "\\u200e\\u200f\\u061c", id="marks of direction"),
        pytest.param("a\u200bb\xadc\u2060", "a\\u200bb\\xadc\\u2060", id="what is not seen"),
        pytest.param("\U000e0041\U000e007f", "\\U000e0041\\U000e007f", id="tags"),
        pytest.param("a\u2028b\u2029c\ufeff", "a\\u2028b\\u2029c\\ufeff", id="separators, byte order mark"),
        pytest.param("\ud83d\ude00", "\\ud83d\\ude00", id="surrogates"),
        pytest.param("a ##[error]b", "a ##\\x5berror]b", id="a command to GitHub's runner"),
        pytest.param("a ##VSO[task]b", "a ##VSO\\x5btask]b", id="a command to Azure's agent"),
        pytest.param("##teamcity[x] ###[", "##teamcity\\x5bx] ###\\x5b", id="a command to TeamCity's agent"),
        pytest.param("#[a] ## [b] ##a[c]", "#[a] ## [b] ##a[c]", id="marks of numbers and brackets"),
        pytest.param("👩\u200d💻 \u200c", "👩\u200d💻 \u200c", id="joiners are no control characters"),
    ],
)
def test_what_acts_on_a_terminal_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text(st.characters(codec=None, exclude_categories=())))
@example("".join(map(chr, range(0x110000)))[0xD000:0xE100])
@settings(max_examples=200, deadline=None)
def test_what_is_left_acts_on_no_terminal_and_can_be_encoded(text: str) -> None:
    escaped = escape(text)
    assert not _UNSAFE.search(escaped)
    escaped.encode()
    assert "\n" not in escaped
    assert escape(escaped) == escaped


@given(st.text("#[vso\n ", max_size=20), st.text("#[vso\n ", max_size=20))
def test_the_start_of_a_text_is_escaped_the_same_whatever_follows(start: str, rest: str) -> None:
    assert escape(start + rest).startswith(escape(start))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("said\n::error file=a.py,line=1::b", "said\n:\\x3aerror file=a.py,line=1::b"),
        (" \u3000::Add-Mask::c\r\n\t::group::d", " \u3000:\\x3aAdd-Mask::c\n\t:\\x3agroup::d"),
        ("##[error]e\n##vso[x]", "##\\x5berror]e\n##vso\\x5bx]"),
        ("::std::move(x)\n  ::errors::Error e;\na ::error::b\n## [x]",) * 2,
    ],
)
def test_no_line_of_a_text_is_a_command_to_a_ci_system(text: str, escaped: str) -> None:
    assert escape_lines(text) == escaped


def test_every_control_character_is_escaped() -> None:
    directions = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    for char in map(chr, range(0x110000)):
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(char) in directions:
            assert _UNSAFE.match(char), f"U+{ord(char):04X}"
            assert escape(char).isascii()


# Built from parts, so that nothing here looks like a credential to whoever scans this file.
_HEX = "9f8e7d6c5b4a" * 3
_WORD = "Zx7" * 12
_BASIC = base64.b64encode(b"user:pass-phrase-1").decode()
_JWT = ".".join(["ey" + "J" + "hbGciOiJIUzI1NiJ9", "ey" + "J" + "zdWIiOiIxMjM0In0", _WORD])
_SECRETS = {
    "OpenAI": "sk-" + _WORD,
    "OpenAI project": "sk-proj-" + _WORD,
    "Anthropic": "sk-ant-" + "api03-" + _WORD,
    "OpenRouter": "sk-or-v1-" + _HEX,
    "Google": "AIza" + "Sy" + _WORD,
    "Google OAuth": "ya29." + _WORD,
    "xAI": "xai-" + _WORD,
    "Groq": "gsk_" + _WORD,
    "Hugging Face": "hf_" + _WORD,
    "Replicate": "r8_" + _WORD,
    "Perplexity": "pplx-" + _WORD,
    "Nvidia": "nvapi-" + _WORD,
    "Fireworks": "fw_" + _WORD,
    "Together": "tgp_v1_" + _WORD,
    "GitHub": "ghp_" + _WORD,
    "GitHub, fine-grained": "github_pat_" + _WORD,
    "GitLab": "glpat-" + _WORD,
    "Slack": "xoxb-" + "123456789012-" + _WORD,
    "SendGrid": f"SG.{_WORD}.{_WORD}",
    "AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "AWS, temporary": "ASIA" + "IOSFODNN7EXAMPLE",
    "JWT": _JWT,
}


@pytest.mark.parametrize("secret", _SECRETS.values(), ids=_SECRETS)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "the key is {}, and",
        '"{}"',
        '{{"text":"a\\n{}\\nb"}}',
        "x=\\u003c{}\\u003e",
        "url?q=%22{}%22",
        "- {}\n- b",
        "[31m{}[0m",
        "({}),",
    ],
)
def test_a_credential_with_a_form_of_its_own_is_masked_wherever_it_stands(secret: str, text: str) -> None:
    assert mask(text.format(secret)) == text.format("*" * len(secret))


_NAMED: dict[str, tuple[str, str]] = {
    "a header": ("Authorization: Bearer {}\n", _WORD),
    "a header in lower case": ("authorization: bearer {}\n", _WORD),
    "a header in YAML": ("Authorization:\n    - Bearer {}\nAccept:\n", _WORD),
    "a header in YAML, far to the right": ("Authorization:\n" + " " * 30 + "- Bearer {}\n", _WORD),
    "a header in YAML, folded": ("Authorization: Bearer\n            {}\n", _WORD),
    "a header in YAML, quotes": ("Authorization:\n- 'Bearer {}'\n", _WORD),
    "a header in YAML, block": ("Authorization:\n- >-\n  Bearer {}\n", _WORD),
    "a header in YAML, base64": ("x-amz-security-token:\n- !!binary |\n  {}\n", _BASIC),
    "a header of HAR": ('{{"name": "x"}}, "authorization": "Bearer {}"', _WORD),
    "Basic": ("Authorization:\n- Basic {}\n", _BASIC),
    "a scheme of its own": ("Authorization: ApiKey {}\n", _WORD),
    "a short scheme": ("Authorization: Key {}\n", _WORD),
    "no scheme": ("Authorization: {}\n", _WORD),
    "letters only": ("Authorization: Bearer {}\n", "a" * 20),
    "a signature": ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature={}\n", _HEX),
    "x-api-key": ("X-Api-Key:\n    - {}\n", _WORD),
    "x-goog-api-key": ("X-Goog-Api-Key: {}", _WORD),
    "a variable": ("OPENAI_API_KEY={}", _WORD),
    "a query parameter": ("https://a.example/v1?alt=sse&key={}&x=1", _WORD),
    "the first query parameter": ("GET /v1/models?key={} HTTP/1.1", _WORD),
    "a query parameter, encoded": ("next=%3Fapi_key%3D{}", _WORD),
    "api_key": ("https://a.example/?api_key={}", _WORD),
    "JSON": ('{{"api_key": "{}", "model": "m"}}', _WORD),
    "JSON in JSON": ('"{{\\"api_key\\":\\"{}\\"}}"', _WORD),
    "JSON in JSON in YAML": ('a: "{{\\\\\\"apiKey\\\\\\": \\\\\\"{}\\\\\\"}}"', _WORD),
    "access token": ('"access_token": "{}"', _WORD),
    "refresh token": ("grant_type=refresh_token&refresh_token={}", _WORD),
    "client secret": ("client_secret={}&client_id=abc", _WORD),
    "a token with digits": ('"token": "{}"', _HEX),
    "password": ('"password":"{}"', "correct-horse"),
    "user and password of a URL": ("https://user:{}@a.example/", "pass-phrase"),
    "a cookie": ("Cookie: sid={}", _WORD),
    "a cookie in YAML": ("Set-Cookie:\n    - sid={}\n", _WORD),
    "the second of two cookies": ("Cookie: a=1; sid={}\r\nHost: a.example", _WORD),
    "a private key": ("-----BEGIN RSA " + "PRIVATE KEY-----\\n{}\\n-----END", _WORD * 3),
}


@pytest.mark.parametrize(("text", "secret"), _NAMED.values(), ids=_NAMED)
def test_a_credential_that_a_name_announces_is_masked(text: str, secret: str) -> None:
    recorded = text.format(secret)
    masked = mask(recorded)
    assert secret not in masked
    start = recorded.index(secret)
    assert masked[start : start + len(secret)] == "*" * len(secret)
    assert len(masked) == len(recorded)
    # What stands before it is the name, which may be shown; what stands behind it has nothing to do with it.
    behind = start + len(secret)
    if "private" not in text.lower():
        assert masked[behind:] == recorded[behind:]
    assert masked[: min(start, 6)] == recorded[: min(start, 6)]


def test_a_value_in_front_of_a_colon_is_no_key() -> None:
    assert _HEX not in mask(f"api_key={_HEX}: denied")


@pytest.mark.parametrize(
    "text",
    [
        "cookie: yes",
        "cookie: yes, I would love one, and a glass of milk",
        "Cookies are small files. Cookie = biscuit.",
        "token: 12",
        '"max_tokens": 4096, "token": "Hello"',
        '{"token":"understanding","logprob":-0.1,"bytes":[117,110]}',
        '{"token":"straightforwardly","logprob":-0.1}',
        "a basic understanding of the Basic requirements",
        "The bearer authentication scheme, or basic authentication.",
        "You need an api_key to call the API; the authorization header carries it.",
        "Authorization:\n",
        "api_key:\nmodel_name: gpt-4o\n",
        "authorization:\n    content-type: application/json\n",
        '"api_key": null, "password": "", "authorization": []',
        '{"type":"thinking","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3d"}',
        "risk-assessment-framework-2024, task-force-1234567890",
        "pplx-7b-chat-alpha, hf-internal-testing/tiny-random-gpt2",
        "sk-learn, sk_buff, xai-grok-2, AKIA, eyJ",
        "https://a.example:8080/path@home, git@a.example:group/project.git",
        "https://a.example/v1/models?pageToken=abcdefgh1234&monkey=bananas",
        "key: value, keyboard: qwertyuiop",
        "id: chatcmpl-9x8y7z6w5v4u3t2s1r0q, request-id: req_011CSHoEeqs5C35K2UUqR7Fy",
        "call_9f8e7d6c5b4a3f2e1d0c, msg_01XFDUDYJgAACzvnptvVoYEL, toolu_01A09q90qw90lq917835lq9",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Authorization: Bearer REDACTED-bearer-token-1",
        '"api_key": "REDACTED-openai-project-key-12", "password": "REDACTED"',
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert mask(text) == text


_PIECES = st.sampled_from(
    [*_SECRETS.values(), *(text.format(secret) for text, secret in _NAMED.values()), "Authorization: ", "api_key", "=",
     ": ", "- ", '"', "\\", "'", "\n", " ", "Bearer ", "cookie", "://a:b@", "x", "?key=", "sk-", "eyJ", ".", "é"]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=5), max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_masking_changes_no_length_and_nothing_but_what_it_masks(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(now in (before, "*") for before, now in zip(text, masked, strict=True))
    for secret in _SECRETS.values():
        assert f" {secret} " not in f" {masked} "


_HOSTILE = [
    *("eyJ-", "1meyJ", "eyJaaaaaaaa.", "sk-", "-sk", "xai-", "Authorization: ", "authorization:", "api_key: - "),
    *("cookie: ", "cookie=", "Set-Cookie: a", "://a:", "://", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A", "AKIA"),
    *("bearer ", "Basic a", "bearer\n", '\\"token\\"', "?key=", "\\n", " ", "password:!!a ", "password:|", "a"),
]


def test_masking_two_million_characters_of_beginnings_comes_to_an_end() -> None:
    # Where the text is looked at from each of them up to its end, this takes hours.
    text = "".join(piece * (75_000 // len(piece)) for piece in _HOSTILE)
    assert len(text) > 2_000_000 - 75_000
    assert len(mask(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("", 0, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, "…"),
    ],
)
def test_a_text_that_is_too_long_ends_with_an_ellipsis(text: str, limit: int, clipped: str) -> None:
    assert clip(text, limit) == clipped


def test_printable_text_is_masked_escaped_and_short() -> None:
    secret = _SECRETS["OpenAI"]
    assert printable(f"a\n{secret}\tb") == f"a\\n{'*' * len(secret)}\\tb"
    assert printable("x" * 200) == "x" * 119 + "…"
    assert printable("x" * 120) == "x" * 120
    assert printable("\n" * 100, 10) == "\\n\\n\\n\\n\\" + "…"
    assert printable(f"Authorization: Bearer {secret}", 30) == "Authorization: Bearer " + "*" * 7 + "…"


def test_a_credential_that_the_limit_cuts_is_masked() -> None:
    for limit in range(1, 60):
        shown = printable(f"{'x' * 20} {_SECRETS['Anthropic']}", limit)
        assert len(shown) <= limit
        assert set(shown[21:]) <= {"*", "…"}


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300), st.integers(1, 130))
@settings(max_examples=150, deadline=None)
def test_printable_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert not _UNSAFE.search(shown)


def test_printing_a_large_text_looks_at_its_start_only() -> None:
    secret = _SECRETS["OpenAI"]
    assert printable("x " * 5_000_000 + secret) == "x " * 59 + "x…"


def test_what_is_not_seen_is_escaped_in_json_as_json_has_it() -> None:
    value = {"a\u200b": "\U000e0041\u2060\x7f"}
    written = presentable_json(value)
    assert written.isascii()
    assert json.loads(written) == value


@given(
    st.recursive(st.text(st.characters(codec=None, exclude_categories=())), lambda it: st.dictionaries(st.text(), it))
)
@example({"##[error]x": "##vso[task] ##TeamCity[ ##", "a": ["Infinity", '"Infinity']})
@settings(max_examples=100, deadline=None)
def test_escaped_json_acts_on_nothing_and_means_the_same(value: object) -> None:
    written = escaped_json(value)
    assert not _UNSAFE.search(written)
    assert not re.search(r"##\w*\[", written)
    assert json.loads(written) == value


def test_a_number_that_no_float_holds_is_json_all_the_same() -> None:
    value = strict_json.loads('{"a": [1e400, -1e400], "Infinity": "a \\" -Infinity"}')
    written = escaped_json(value)
    assert written == '{"a": [1e999, -1e999], "Infinity": "a \\" -Infinity"}'
    assert strict_json.loads(written) == value


@pytest.mark.parametrize("space", [chr(code) for code in range(0x3100) if chr(code).isspace()])
@pytest.mark.parametrize("before", ["", "é😀 ", "password: none, "])
def test_a_value_is_masked_whatever_white_space_stands_before_its_colon(space: str, before: str) -> None:
    value = "q7Zk2V" + "x9Lw4Tb8"
    assert mask(f"{before}api_key{space}: {value} and more") == f"{mask(before)}api_key{space}: {'*' * 14} and more"
