"""Where values stand in headers, URLs and forms, and which of them open something."""

import base64

import pytest

from cassette_tools.finding import Severity
from cassette_tools.secrets import fields

TOKEN = "q7m2xk9t" + "r4v8bn3w"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ("a%20b", "a b"), ("a%2520b", "a b"), ("a%252520b", "a%20b"), ("100%", "100%"), ("%zz", "%zz")],
)
def test_percent_encoding_is_taken_off_up_to_twice(value: str, expected: str) -> None:
    assert fields.plain(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("X-Api-Key", "x-api-key"),
        ("x__api  key", "x-api-key"),
        ("", "secret"),
        ("é", "secret"),
        ("a" * 100, "a" * 60),
        ("-a-", "a"),
    ],
)
def test_names_become_kebab_case(name: str, expected: str) -> None:
    assert fields.slug(name) == expected


@pytest.mark.parametrize(
    ("value", "several", "expected"),
    [
        (f"sid={TOKEN}; theme=dark-and-grey; x=1", True, [("sid", TOKEN), ("theme", "dark-and-grey")]),
        (f"sid={TOKEN}; Path=/; HttpOnly", False, [("sid", TOKEN)]),
        (f"theme=dark; sid={TOKEN}", False, []),
        (f'sid="{TOKEN}"', True, [("sid", TOKEN)]),
        (f"  sid = {TOKEN} ;", True, [("sid", TOKEN)]),
        (f"a=b={TOKEN}", True, [("a", f"b={TOKEN}")]),
        (TOKEN, True, []),
        ("sid=REDACTED-cookie-1", True, []),
        ("sid=[FILTERED]; b=xxxxxxxx", True, []),
        ("sid=1234567", True, []),
        ("", True, []),
    ],
)
def test_cookies_have_names_and_values(value: str, several: bool, expected: list[tuple[str, str]]) -> None:
    found = [(name, value[start:end]) for start, end, name in fields.cookies(value, several=several)]
    assert found == expected


def _basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"Bearer {TOKEN}", [(TOKEN, "a Bearer credential")]),
        (f"bearer   {TOKEN} ", [(TOKEN, "a bearer credential")]),
        (f"AcmeScheme {TOKEN}", [(TOKEN, "an AcmeScheme credential")]),
        (TOKEN, [(TOKEN, "a credential")]),
        (f" {TOKEN}", [(TOKEN, "a credential")]),
        (f"Basic {_basic('me:hunter2x')}", [(_basic("me:hunter2x"), "a Basic credential")]),
        (f"Basic {_basic('me:hunter2x').rstrip('=')}", [(_basic("me:hunter2x").rstrip("="), "a Basic credential")]),
        (
            f"Basic {_basic('sk-' + 'live' + TOKEN + ':')}",
            [(_basic("sk-" + "live" + TOKEN + ":"), "a Basic credential")],
        ),
        (f"Basic {_basic('test:test')}", []),
        (f"Basic {_basic(':')}", []),
        (f"Basic {_basic('user:REDACTED')}", []),
        ("Basic !!!!!", []),
        ("Basic q7!x2#p9", [("q7!x2#p9", "a Basic credential")]),
        ("Basic REDACTED-basic-credentials-1", []),
        ("Bearer REDACTED", []),
        ("Bearer abc", []),
        ("Bearer", []),
        ("", []),
        ("   ", []),
        ("Bearer REDACTED-authorization-1", []),
    ],
)
def test_an_authorization_has_a_scheme_and_a_credential(value: str, expected: list[tuple[str, str]]) -> None:
    found = list(fields.credentials(value, scheme=True))
    assert [(value[start:end], title) for start, end, title, _ in found] == expected
    assert {severity for *_, severity in found} <= {Severity.ERROR}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (TOKEN, [TOKEN]),
        (f"Bearer {TOKEN}", [TOKEN]),
        (f"Token {TOKEN}", [TOKEN]),
        (f"{TOKEN} and {TOKEN}", [f"{TOKEN} and {TOKEN}"]),
        ("correct horse", ["correct horse"]),
        ("test_key", []),
        ("abc", []),
        (f"{TOKEN}\n", [TOKEN]),
    ],
)
def test_a_header_that_is_a_credential_is_one_as_a_whole(value: str, expected: list[str]) -> None:
    assert [value[start:end] for start, end, *_ in fields.credentials(value, scheme=False)] == expected


SIGNED = (
    f"AWS4-HMAC-SHA256 Credential={TOKEN.upper()}/20260102/us-east-1/bedrock/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={TOKEN * 4}"
)
DIGEST = f'Digest username="me", realm="x", nonce="n", uri="/", response="{TOKEN}", opaque="o"'
OAUTH = f'OAuth oauth_consumer_key="c", oauth_token="{TOKEN}", oauth_signature="{TOKEN}%3D"'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SIGNED, [(TOKEN.upper(), "credential"), (TOKEN * 4, "signature")]),
        (DIGEST, [(TOKEN, "response")]),
        (OAUTH, [(TOKEN, "oauth_token"), (f"{TOKEN}%3D", "oauth_signature")]),
        ("AWS4-HMAC-SHA256 Credential=REDACTED/1/x, Signature=REDACTED-signature-1", []),
    ],
)
def test_the_parts_of_a_signed_request_are_half_of_something(value: str, expected: list[tuple[str, str]]) -> None:
    found = list(fields.credentials(value, scheme=True))
    assert [(value[start:end], title) for start, end, title, _ in found] == [
        (secret, f"the {name} of a signed request") for secret, name in expected
    ]
    assert {severity for *_, severity in found} <= {Severity.WARNING}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://me:pa55word@a.example/x", ["pa55word"]),
        ("see https://:pa55word@a.example and redis://u:s3cr3t@b", ["pa55word", "s3cr3t"]),
        ("https://me@a.example/", []),
        ("https://a.example/x:y@z", []),
        ("https://a.example:80/?a=:b@c", []),
        ("me:pa55word@a.example", []),
        ("https://me:a:b@c", ["a:b"]),
    ],
)
def test_the_password_of_a_url_is_between_the_colon_and_the_at(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in fields.userinfo(text)] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/?a=1&b=2", [("a", "1"), ("b", "2")]),
        ("https://a.example/?a=1#b=2&c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
        ("https://a.example/#b=2", [("b", "2")]),
        ("https://a.example/a=1", []),
        ("https://a.example/?a&b=&c%20d=e%20f", [("b", ""), ("c d", "e%20f")]),
        ("/x?a=b=c", [("a", "b=c")]),
        ("", []),
    ],
)
def test_parameters_are_behind_the_question_mark_and_in_the_fragment(url: str, expected: list[tuple[str, str]]) -> None:
    assert [(name, url[start:end]) for start, end, name in fields.parameters(url)] == expected


@pytest.mark.parametrize(
    ("value", "severity"),
    [("Bearer sesame", Severity.WARNING), ("Bearer my-gateway", Severity.WARNING), ("Bearer q7Zk2Vx9", Severity.ERROR)],
)
def test_a_word_in_the_place_of_a_key_is_a_warning(value: str, severity: Severity) -> None:
    assert [each[3] for each in fields.credentials(value, scheme=True)] == [severity]
