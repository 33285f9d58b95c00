"""What is found in an interaction: its rule, its kind, how bad it is, and where it stands."""

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from cassette_tools.credentials.pattern import Pattern
from cassette_tools.finding import Severity
from cassette_tools.loading import load_bytes
from cassette_tools.model import Interaction
from cassette_tools.protocols import registry
from cassette_tools.secrets import views
from cassette_tools.secrets.finder import CODES, Finder, Secret, canonical
from cassette_tools.secrets.options import SecretOptions
from cassette_tools.secrets.views import View

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
TOKEN = "q7m2xk9t" + "r4v8bn3w" + "d6yf1hg5"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def _interaction(
    request: dict[str, Any] | None = None, response: dict[str, Any] | None = None, url: str = "https://a.example/"
) -> Interaction:
    """An interaction of VCR.py; headers are a mapping of names to values, bodies are text or bytes."""
    sides = []
    for given in (request or {}, response or {}):
        headers = {name: [value] for name, value in given.get("headers", {}).items()}
        sides.append({"headers": headers, "body": given.get("body", "")})
    asked = {"method": "POST", "uri": url, **sides[0]}
    answered = {"status": {"code": 200, "message": "OK"}, **sides[1], "body": {"string": sides[1]["body"]}}
    text = yaml.dump({"interactions": [{"request": asked, "response": answered}], "version": 1})
    return load_bytes(text.encode(), "x.yaml").interactions[0]


def _one_sided(side: str, given: dict[str, Any]) -> Interaction:
    return _interaction(given) if side == "request" else _interaction({}, given)


def _found(
    interaction: Interaction, codes: Iterable[str] = CODES, options: SecretOptions | None = None
) -> list[Secret]:
    return Finder(codes, options).find(interaction, registry.read(interaction))


def _told(interaction: Interaction, codes: Iterable[str] = CODES) -> list[tuple[str, str, Severity, str, str]]:
    return [(it.code, it.kind, it.severity, it.value, it.where) for it in _found(interaction, codes)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", f"Bearer {KEY}", ("CT601", "openai-project-key", ERROR, KEY)),
        ("authorization", f"Bearer {TOKEN}", ("CT601", "bearer-token", ERROR, TOKEN)),
        ("Proxy-Authorization", f"Acme {TOKEN}", ("CT601", "proxy-authorization", ERROR, TOKEN)),
        ("X-Api-Key", TOKEN, ("CT601", "x-api-key", ERROR, TOKEN)),
        ("api-key", TOKEN, ("CT601", "api-key", ERROR, TOKEN)),
        ("X-Goog-Api-Key", TOKEN, ("CT601", "x-goog-api-key", ERROR, TOKEN)),
        ("X-Acme-Client-Secret", TOKEN, ("CT601", "x-acme-client-secret", ERROR, TOKEN)),
        ("X-Amz-Security-Token", TOKEN, ("CT601", "x-amz-security-token", WARNING, TOKEN)),
        ("Cookie", f"sid={TOKEN}", ("CT605", "cookie", WARNING, TOKEN)),
        ("Cookie", f"__cf_bm={TOKEN}", ("CT605", "cookie", INFO, TOKEN)),
        ("Set-Cookie", f"_ga={TOKEN}; Path=/", ("CT605", "cookie", INFO, TOKEN)),
        ("openai-organization", "acme-4827", ("CT607", "openai-organization", INFO, "acme-4827")),
        ("anthropic-organization-id", TOKEN, ("CT607", "anthropic-organization-id", INFO, TOKEN)),
        ("X-Forwarded-For", "84.17.62.133", ("CT608", "x-forwarded-for", INFO, "84.17.62.133")),
        ("X-Note", f"see {KEY}", ("CT601", "openai-project-key", ERROR, KEY)),
        ("Location", f"https://a.example/?api_key={TOKEN}", ("CT602", "url-parameter", ERROR, TOKEN)),
        ("Referer", f"https://me:{TOKEN}@a.example/", ("CT602", "url-password", ERROR, TOKEN)),
        (
            "X-Note",
            f"u={quote('https://a.example/?api_key=' + TOKEN, safe='')}",
            ("CT602", "url-parameter", ERROR, TOKEN),
        ),
    ],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_headers_of_both_sides_are_looked_into(
    side: str, name: str, value: str, expected: tuple[str, str, Severity, str]
) -> None:
    interaction = _one_sided(side, {"headers": {name: value}})
    (found,) = _told(interaction)
    assert found == (*expected, f"the {side} header {name}")
    (secret,) = _found(interaction)
    assert secret.route.path == ("interactions", 0, side, "headers", name, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer REDACTED"),
        ("X-Api-Key", "test_key"),
        ("Cookie", "sid=[FILTERED]"),
        ("Cookie", "a=b; c=d"),
        ("openai-organization", "org"),
        ("openai-organization", "REDACTED-openai-organization-1"),
        ("X-Request-Id", TOKEN),
        ("Strict-Transport-Security", f"max-age=1; x={KEY}"),
        ("X-Short", "a?%2"),
        ("Location", "https://a.example/?next_page_token=" + TOKEN),
        ("Location", "https://a.example/?code=200&key=" + "a-name"),
    ],
)
def test_what_opens_nothing_is_not_found(name: str, value: str) -> None:
    headers = {name: value}
    assert _told(_interaction({"headers": headers}, {"headers": headers})) == []


@pytest.mark.parametrize(
    ("url", "code", "kind", "value"),
    [
        (f"https://a.example/?api_key={TOKEN}&x=1", "CT602", "url-parameter", TOKEN),
        (f"https://a.example/?x=1&acme_password={TOKEN}", "CT602", "url-parameter", TOKEN),
        (f"https://a.example/?sid={TOKEN}", "CT602", "sid", TOKEN),
        (f"https://me:{TOKEN}@a.example/", "CT602", "url-password", TOKEN),
        (f"https://me:{quote('pa:ss')}@a.example/", "CT602", "url-password", "pa:ss"),
        (f"https://a.example/{KEY}/x", "CT602", "openai-project-key", KEY),
        (f"https://a.example/?q={quote(quote('?api_key=' + TOKEN, safe=''))}", "CT602", "url-parameter", TOKEN),
        (f"https://a.example/?q={base64.urlsafe_b64encode(f'use {KEY} ok'.encode()).decode()}",
         "CT602", "openai-project-key", KEY),
    ],
)  # fmt: skip
def test_urls_are_looked_into(url: str, code: str, kind: str, value: str) -> None:
    assert [(found[0], found[1], found[3], found[4]) for found in _told(_interaction(url=url))] == [
        (code, kind, value, "the URL")
    ]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        f"say {KEY}.",
        json.dumps({"a": json.dumps({"k": KEY})}),
        f"x {_b64(f'so {KEY} it is')} y",
        quote(f'{{"k":"{KEY}"}}'),
        gzip.compress(f"say {KEY}.".encode(), mtime=0),
    ],
    ids=["text", "JSON in JSON", "base64", "percent", "gzip"],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_bodies_are_looked_into_whatever_their_coding(side: str, body: str | bytes) -> None:
    headers = {"Content-Encoding": "gzip"} if isinstance(body, bytes) else {}
    (found,) = _told(_one_sided(side, {"body": body, "headers": headers}))
    assert found == ("CT603", "openai-project-key", ERROR, KEY, f"the {side} body")


def test_the_codings_of_what_was_found_are_known() -> None:
    body = json.dumps({"a": _b64(json.dumps({"k": f"so {KEY} it\\/is"}))})
    (secret,) = _found(
        _interaction({}, {"body": gzip.compress(body.encode()), "headers": {"Content-Encoding": "gzip"}})
    )
    assert secret.view.codings == ["gzip", "base64"]


@pytest.mark.parametrize(
    ("text", "code", "kind", "severity"),
    [
        ("-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkq" + TOKEN * 3 + "\n-----END PRIVATE KEY-----",
         "CT606", "private-key", ERROR),
        ("write to jane.doe" + "@" + "acme-corp.com", "CT608", "email", INFO),
        ("pk-lf-" + "9f3e7d6c-05b4-4ae2-97c6-" + "d3b2a0f46e80", "CT603", "langfuse-public-key", WARNING),
        ("https://me:" + TOKEN + "@db.internal/x", "CT602", "url-password", ERROR),
    ],
)  # fmt: skip
def test_the_rule_of_what_was_found_is_that_of_its_kind(text: str, code: str, kind: str, severity: Severity) -> None:
    assert [found[:3] for found in _told(_interaction({}, {"body": text}))] == [(code, kind, severity)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"password={quote('correct horse')}&x=1", [("CT603", "password", "correct horse")]),
        (f"client_secret={TOKEN}&code=200", [("CT603", "client-secret", TOKEN)]),
        ("grant_type=password&password=REDACTED", []),
        ("password=abc", []),
        (f"page_token={TOKEN}", []),
    ],
)
def test_fields_of_forms_are_looked_into(body: str, expected: list[tuple[str, str, str]]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    found = _told(_interaction({"body": body, "headers": headers}))
    assert [(code, kind, value) for code, kind, _, value, _ in found] == expected


def test_a_place_is_reported_once_by_what_tells_most_about_it() -> None:
    interaction = _interaction(
        {"headers": {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"},
         "body": f"api_key={KEY}"},
        url=f"https://a.example/?api_key={KEY}",
    )  # fmt: skip
    assert [(code, kind) for code, kind, *_ in _told(interaction)] == [
        ("CT601", "openai-project-key"),
        ("CT602", "openai-project-key"),
        ("CT603", "api-key"),
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), []),
        (("CT601",), ["CT601"]),
        (("CT602", "CT603"), ["CT602", "CT603"]),
        (("CT605", "CT999"), ["CT605"]),
    ],
)
def test_only_what_rules_ask_for_is_found(codes: tuple[str, ...], expected: list[str]) -> None:
    interaction = _interaction(
        {"headers": {"Authorization": f"Bearer {KEY}", "Cookie": f"sid={TOKEN}"}, "body": KEY},
        url=f"https://a.example/?api_key={TOKEN}",
    )
    assert [found[0] for found in _told(interaction, codes)] == expected


def _sse(*texts: str) -> str:
    chunks = [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
        for text in texts
    ]
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


def _stream(*texts: str) -> Interaction:
    return _interaction(
        {}, {"body": _sse(*texts), "headers": {"Content-Type": "text/event-stream"}},
        url="https://api.openai.com/v1/chat/completions",
    )  # fmt: skip


def test_what_is_split_over_fragments_is_found_where_it_starts() -> None:
    (secret,) = _found(_stream("so ", "it is " + KEY[:9], KEY[9:20], KEY[20:] + " ok"))
    assert (secret.code, secret.kind, secret.severity, secret.value) == ("CT604", "openai-project-key", ERROR, KEY)
    assert (secret.event, secret.events, secret.where) == (1, 3, "the answer, split over 3 fragments")
    route = secret.route
    assert route.event == 1
    assert route.span is not None
    body = _sse("so ", "it is " + KEY[:9], KEY[9:20], KEY[20:] + " ok")
    assert body[slice(*route.span)] == KEY[:9]


def test_what_looks_whole_in_a_later_fragment_is_split_all_the_same() -> None:
    key = "q7Va" + TOKEN + TOKEN[:20] + "JQQ" + "J9" + TOKEN + "Zx7Q"
    for pieces in ((key[:4], key[4:]), (key[:2], key[2:4], key[4:])):
        (secret,) = _found(_stream("so ", *pieces, " ok"))
        assert (secret.code, secret.kind, secret.value, secret.events) == ("CT604", "azure-ai-key", key, len(pieces))


@pytest.mark.parametrize("cut", [25, 30, 38])
def test_what_looks_whole_in_its_first_fragment_is_split_all_the_same(cut: int) -> None:
    (secret,) = _found(_stream("so ", KEY[:cut], KEY[cut:], " ok"))
    assert (secret.code, secret.value, secret.events) == ("CT604", KEY, 2)


def test_what_one_fragment_holds_is_found_in_its_event() -> None:
    (secret,) = _found(_stream("so ", f"it is {KEY} ok", "."))
    assert (secret.code, secret.value, secret.event, secret.events) == ("CT603", KEY, 1, 0)
    assert secret.route.event == 1


def test_a_known_value_is_found_with_its_name() -> None:
    options = SecretOptions(known={"MY_PHRASE": "correct horse"})
    interaction = _interaction({"headers": {"X-Note": "correct horse"}}, {"body": _b64("a correct horse indeed it is")})
    found = _found(interaction, options=options)
    assert [(it.code, it.kind, it.title, it.severity, it.value) for it in found] == [
        ("CT609", "my-phrase", "the value of MY_PHRASE", ERROR, "correct horse"),
        ("CT609", "my-phrase", "the value of MY_PHRASE (base64)", ERROR, "correct horse"),
    ]
    assert _found(interaction, CODES - {"CT609"}, options) == []
    split = _found(_stream("a corr", "ect hor", "se b"), options=options)
    assert [(it.code, it.value, it.events) for it in split] == [("CT609", "correct horse", 3)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", "theme=dark; sid=correct-horse; lang=en"),
        ("Set-Cookie", "sid=correct%2Dhorse; Path=/"),
        ("openai-organization", "correct-horse"),
        ("X-Forwarded-For", "correct-horse"),
        ("Report-To", '{"group":"correct-horse"}'),
        ("X-Tag", "correct-horse"),
    ],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_a_known_value_is_known_whatever_a_header_is_for(side: str, name: str, value: str) -> None:
    interaction = _one_sided(side, {"headers": {name: value}})
    found = _found(interaction, options=SecretOptions(known={"TAG": "correct-horse"}))
    assert [(it.code, it.severity, it.value, it.where) for it in found if it.value == "correct-horse"] == [
        ("CT609", ERROR, "correct-horse", f"the {side} header {name}")
    ]


def test_a_known_value_is_known_in_a_form() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"a=1&client_secret={quote(TOKEN + '/+', safe='')}&note=correct+horse"
    interaction = _interaction({"headers": headers, "body": body})
    found = _found(interaction, options=SecretOptions(known={"ONE": TOKEN + "/+", "TWO": "correct horse"}))
    assert [(it.code, it.kind, it.value) for it in found] == [
        ("CT609", "one", TOKEN + "/+"),
        ("CT609", "two", "correct horse"),
    ]


def test_a_form_of_which_only_the_line_breaks_are_percent_encoded_is_read() -> None:
    body = f'data=Content-Disposition: form-data%3B name="api_key"%0D%0A%0D%0A{TOKEN[:24]}%0D%0A--x'
    (secret,) = _found(_interaction({"headers": {"Content-Type": "text/plain"}, "body": body}))
    assert (secret.code, secret.kind, secret.value) == ("CT603", "form-field", TOKEN[:24])


def test_what_is_allowed_is_not_found_unless_it_is_known() -> None:
    def allowed(secret: str, match: str, line: str) -> bool:  # noqa: ARG001
        return secret in (KEY, TOKEN)

    interaction = _interaction({"headers": {"Authorization": f"Bearer {KEY}", "X-Api-Key": TOKEN}})
    assert _found(interaction, options=SecretOptions(allows=[allowed])) == []
    known = _found(interaction, options=SecretOptions(allows=[allowed], known={"K": KEY}))
    assert [(it.code, it.value) for it in known] == [("CT609", KEY)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abc", "abc"),
        (r"a\/b", "a/b"),
        (r"a\\\/b", "a/b"),
        (r"a\u0041", "aA"),
        (" a\\nb\n", "a\nb"),
        ("a\\", "a\\"),
        (r"a\users", r"a\users"),
    ],
)
def test_a_secret_is_the_same_however_it_was_escaped(value: str, expected: str) -> None:
    assert canonical(value) == expected


def _structured(value: Any) -> Interaction:
    request = {"method": "POST", "uri": "https://a.example/", "headers": {}, "parsed_body": value}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "parsed_body": value}
    text = yaml.dump(json.loads(json.dumps({"interactions": [{"request": request, "response": response}]})))
    return load_bytes(text.encode(), "x.yaml").interactions[0]


@pytest.mark.parametrize("value", ["correct horse", 'quo"ted\\/value', "back\\slash\\u0041", "lines\nof\ttext"])
@pytest.mark.parametrize("coded", [str, lambda text: json.dumps({"a": text}), lambda text: _b64(f"so it is: {text}")])
def test_a_known_value_is_found_in_what_was_recorded_as_a_structure(value: str, coded: Any) -> None:
    body = {"a": [1, None, {"b": coded(value)}], "c": "\\d"}
    found = _found(_structured(body), options=SecretOptions(known={"MY_KEY": value}))
    assert {(it.code, it.value, it.where) for it in found} == {
        ("CT609", value, "the request body"),
        ("CT609", value, "the response body"),
    }
    assert _found(_structured({"a": ["\\n", 1, None]}), options=SecretOptions(known={"MY_KEY": value})) == []


# --- whole values, whatever characters they have --------------------------------------------------------------------

ODD = [
    "Ab12cd" + "&Zq34xyWv9",
    "Xk9&mQ2" + ",vR7(zT",
    "Pa%20ss" + "&w0rd!x(7)Q",
    "abcDEF1234" + '"quoted"zz9',
    "Zk4<Rm8" + ">Tn2{Vb6}",
]


def _of(found: list[Secret]) -> list[str]:
    return [it.value for it in found]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["password", "db_passwd", "client_secret", "accessKey", "signing_secret"])
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_string_of_json_is_a_credential_as_a_whole(value: str, name: str, levels: int) -> None:
    value = value if name.startswith(("pass", "db")) else value + "9x"
    text = json.dumps({"user": "jane", name: value})
    for _ in range(levels - 1):
        text = json.dumps({"body": text, "ok": True})
    assert _of(_found(_interaction({"body": text}))) == [value]


@pytest.mark.parametrize("name", ["key", "auth", "hmac"])
def test_a_name_of_many_meanings_needs_a_value_that_looks_random(name: str) -> None:
    assert _of(_found(_interaction({"body": json.dumps({name: TOKEN})}))) == [TOKEN]
    for value in ("uploads/2024/report-1.pdf", "some-name-of-a-thing-1", "9f3e7d6c-05b4-48e2-97c6-f5e9d3b2a0f4"):
        assert _found(_interaction({"body": json.dumps({name: value})})) == []


@pytest.mark.parametrize(
    "value", ["Enter 8 characters or more", "{{ password }}", "correct-horse-battery-staple", "REDACTED", "Passwort"]
)
def test_what_is_said_about_a_password_is_none(value: str) -> None:
    assert _found(_interaction({"body": json.dumps({"password": value})})) == []


def test_the_directory_of_a_process_is_no_password() -> None:
    assert _found(_interaction({"body": json.dumps({"pwd": "/srv/" + TOKEN})})) == []


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_part_of_a_multipart_form_is_a_credential_as_a_whole(value: str, end: str) -> None:
    lines = ["--b", 'Content-Disposition: form-data; name="user"', "", "jane"]
    lines += [
        "--b",
        'Content-Disposition: form-data; name="password"',
        "Content-Type: text/plain",
        "",
        value,
        "--b--",
        "",
    ]
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert _of(_found(_interaction({"body": end.join(lines), "headers": headers}))) == [value]


def test_of_a_url_that_a_field_holds_only_the_secret_is_one() -> None:
    lines = [
        "--b",
        'Content-Disposition: form-data; name="sig"',
        "",
        f"https://a.example/?b=1&sig={TOKEN}9",
        "--b--",
        "",
    ]
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert _of(_found(_interaction({"body": "\r\n".join(lines), "headers": headers}))) == [f"{TOKEN}9"]


@pytest.mark.parametrize("url", ["https://a.example/b?{}", "https://a.example/b?to=https://c.example/?{}", "/#x=1&{}"])
@pytest.mark.parametrize("value", ODD)
def test_a_parameter_is_a_credential_as_a_whole(value: str, url: str) -> None:
    assert _of(_found(_interaction(url=url.format(f"api_key={quote(value, safe='')}")))) == [value.replace("%20", " ")]


def test_a_parameter_within_a_url_that_is_a_parameter_is_a_credential_as_a_whole() -> None:
    inner = f"https://a.example/?api_key={quote(ODD[0], safe='')}"
    assert _of(_found(_interaction(url=f"https://b.example/?to={quote(inner, safe='')}"))) == [ODD[0]]


def test_a_parameter_is_named_by_what_its_value_looks_like() -> None:
    (secret,) = _found(_interaction(url=f"https://a.example/?key={KEY.replace('-', '%2D')}"))
    assert (secret.code, secret.kind, secret.value) == ("CT602", "openai-project-key", KEY)


# --- names of many meanings in headers and parameters ---------------------------------------------------------------

VAGUE = [
    "x-key",
    "Fal-Key",
    "token",
    "secret",
    "X-Acme-Token",
    "X-Webhook-Secret",
    "X-Sentry-Auth",
    "x-jwt",
    "apitoken",
]


@pytest.mark.parametrize("name", VAGUE)
def test_a_header_whose_name_means_many_things_is_a_credential_if_it_looks_random(name: str) -> None:
    assert _of(_found(_interaction({"headers": {name: TOKEN}}))) == [TOKEN]
    for value in ("some-name-of-a-thing-1", "true", "1700000000"):
        assert _found(_interaction({"headers": {name: value}})) == []


@pytest.mark.parametrize("name", ["Idempotency-Key", "Sec-WebSocket-Key", "X-CSRF-Token", "Surrogate-Key", "X-Monkey"])
def test_keys_that_open_nothing_are_no_credentials(name: str) -> None:
    assert _found(_interaction({"headers": {name: TOKEN}})) == []


@pytest.mark.parametrize("name", ["app_key", "user_key", "pass", "AWSAccessKeyId", "Key-Pair-Id"])
def test_a_parameter_whose_name_means_many_things_is_a_credential_if_it_looks_random(name: str) -> None:
    assert _of(_found(_interaction(url=f"https://a.example/?{name}={TOKEN}"))) == [TOKEN]
    assert _found(_interaction(url=f"https://a.example/?{name}=some-name")) == []


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize(
    "text", ["key\n{}\nend", "key\t{}\t", '"{}" is it', "{}", "a\r\n{}"], ids=["line", "tab", "quotes", "alone", "CRLF"]
)
def test_a_pattern_of_the_users_sees_a_text_without_the_escapes_of_json(text: str, levels: int) -> None:
    secret = "acme_live_" + "q7m2xk9tr4v8bn3w"
    body = text.format(secret)
    for _ in range(levels):
        body = json.dumps({"t": body})
    quoted = Pattern("acme", "an Acme key", r'(?:^|[\s"])(acme_live_[a-z0-9]{16})(?:$|[\s"])')
    bounded = Pattern("acme", "an Acme key", r"\bacme_live_[a-z0-9]{16}\b", keywords=("acme_",))
    interaction = _interaction(response={"body": body})
    for pattern in (quoted, bounded):
        (found,) = Finder(CODES, SecretOptions([pattern])).find(interaction)
        assert (found.kind, found.value) == ("acme", secret)
        start = body.index(secret)
        assert found.route.span == (start, start + len(secret))


def test_the_tools_own_patterns_do_not_ask_for_a_text_without_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[View] = []
    monkeypatch.setattr(views, "without_escapes", asked.append)
    body = json.dumps({"t": 'key\n"sk-\t"'})
    Finder().find(_interaction(response={"body": body}))
    assert asked == []
    Finder(CODES, SecretOptions([Pattern("acme", "an Acme key", "acme")])).find(_interaction(response={"body": body}))
    assert [view.text for view in asked] == [body]
