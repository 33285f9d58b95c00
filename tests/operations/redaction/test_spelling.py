"""What comes in the place of a secret is escaped as the secret was: fakes have line breaks and signs in them."""

import base64
import json
import random
import string
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from cassette_tools.credentials.pattern import Pattern
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import RedactedCassette, Redactor
from cassette_tools.secrets.options import SecretOptions

_LETTERS = string.ascii_letters + string.digits + "+/"
_FAKES = Policy(style="fake", key=b"a key of this test")


def _letters(number: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(_LETTERS, k=number))


def _private_key() -> str:
    lines = "\n".join(_letters(64, number) for number in range(4))
    return f"-----BEGIN {'PRIVATE'} KEY-----\n{lines}\n-----END {'PRIVATE'} KEY-----\n"


def _redacted(body: str, url: str = "https://api.example.com/v1/chat", policy: Policy = _FAKES) -> RedactedCassette:
    request = {"method": "GET", "uri": url, "body": "", "headers": {}}
    headers = {"Content-Type": ["application/json"]}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}
    file = {"version": 1, "interactions": [{"request": request, "response": response}]}
    return Redactor(policy).redact(json.dumps(file).encode(), "recording.json")


def _is_fake_of(key: str, value: str) -> bool:
    lines, others = key.splitlines(), value.splitlines()
    return (
        [len(line) for line in lines] == [len(line) for line in others]
        and (lines[0], lines[-1]) == (others[0], others[-1])
        and not set(lines[1:-1]) & set(others[1:-1])
        and "FAKE" in lines[1]
    )


def test_a_fake_key_of_several_lines_leaves_json_json() -> None:
    key = _private_key()
    redacted = _redacted(json.dumps({"private_key": key, "id": 1}))
    body = redacted.cassette.interactions[0].response.body.json()
    assert _is_fake_of(body["private_key"], key)
    assert body["id"] == 1


def test_it_leaves_json_in_a_string_of_json_json_too() -> None:
    key = _private_key()
    redacted = _redacted(json.dumps({"arguments": json.dumps({"private_key": key})}))
    body = redacted.cassette.interactions[0].response.body.json()
    assert _is_fake_of(json.loads(body["arguments"])["private_key"], key)


def test_a_fake_in_a_url_is_percent_encoded_as_the_value_was() -> None:
    value = "aB3+xY9/" + _letters(24, 7) + "="
    redacted = _redacted("{}", f"https://api.example.com/v1/chat?api_key={quote(value, safe='')}&n=1")
    url = redacted.cassette.interactions[0].request.url
    ((_, fake), other) = parse_qsl(urlsplit(url).query, strict_parsing=True)
    assert other == ("n", "1")
    assert "FAKE" in fake
    assert [char for char in fake if not char.isalnum()] == [char for char in value if not char.isalnum()]
    assert len(fake) == len(value)


def test_the_same_value_elsewhere_in_the_file_is_spelt_as_it_is_there() -> None:
    value = "aB3+xY9/" + _letters(24, 7) + "="
    body = json.dumps({"next": f"/v1/chat?after={quote(value, safe='')}", "plain": value})
    redacted = _redacted(body, f"https://api.example.com/v1/chat?api_key={quote(value, safe='')}")
    interaction = redacted.cassette.interactions[0]
    ((_, fake),) = parse_qsl(urlsplit(interaction.request.url).query)
    assert interaction.response.body.json() == {"next": f"/v1/chat?after={quote(fake, safe='')}", "plain": fake}


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('{"password": 48271936, "a": 1}', '{"password": 0, "a": 1}'),
        ('{"a": [7, 482719360571], "b": "482719360571"}', '{"a": [7, 0], "b": "REDACTED-x-account-id-1"}'),
        ('{"a":482719360571}', '{"a":0}'),
        ('{"password": 4.8271936E+30}', '{"password": 0}'),
        ('{"a": "{\\"id\\": 482719360571}"}', '{"a": "{\\"id\\": 0}"}'),
        ("account 482719360571, 7", "account REDACTED-x-account-id-1, 7"),
    ],
)
def test_a_number_in_json_stays_a_number(body: str, after: str) -> None:
    request = {"method": "GET", "uri": "https://a.example/", "body": "", "headers": {"X-Account-Id": ["482719360571"]}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": body}}
    file = json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})
    redacted = json.loads(Redactor().redact(file.encode(), "x.json").data)
    assert redacted["interactions"][0]["response"]["body"]["string"] == after


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('{"a": [-48271936.5, 48271936e-3 ]}', '{"a": [0, 0 ]}'),
        ('{"a": 1.048271936E+2}', '{"a": 0}'),
        ("-48271936.5", "-REDACTED-account-1.5"),
        ('{"a": "b, 48271936.5"}', '{"a": "b, REDACTED-account-1.5"}'),
    ],
)
def test_a_number_with_a_secret_in_it_stays_a_number(body: str, after: str) -> None:
    secrets = SecretOptions(known={"ACCOUNT": "48271936"})
    redacted = _redacted(body, policy=Policy(secrets=secrets))
    assert redacted.cassette.interactions[0].response.body.text == after


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "us-ascii"])
def test_what_a_fake_keeps_of_a_value_fits_into_the_charset_of_its_body(charset: str) -> None:
    value = _letters(30, 9) + " \u20ac \N{GRINNING FACE} " + _letters(30, 8)
    headers = {"Content-Type": [f"application/json; charset={charset}"]}
    body = base64.b64encode(json.dumps({"password": value}).encode()).decode()
    request = {"method": "GET", "uri": "https://a.example/", "body": "", "headers": {}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"base64_string": body}}
    file = json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})
    redacted = Redactor(_FAKES).redact(file.encode(), "x.json")
    fake = redacted.cassette.interactions[0].response.body.json()["password"]
    assert "FAKE" in fake
    assert fake[30:35] == value[30:35]


@pytest.mark.parametrize("regex", ["[0-9]+", "[a-z]+-[0-9]", "openai-[a-z]+"])
def test_no_part_of_a_placeholder_is_a_secret_of_any_pattern(regex: str) -> None:
    secrets = SecretOptions([Pattern("x-id", "an id", regex)])
    redacted = _redacted('{"a": "4711-x-1 and id-7", "b": "REDACTED-openai-key-3"}', policy=Policy(secrets=secrets))
    after = redacted.cassette.interactions[0].response.body.text
    assert '"REDACTED-openai-key-3"' in after
    again = Redactor(Policy(secrets=secrets)).redact(redacted.data, "recording.json")
    assert not again.changed
