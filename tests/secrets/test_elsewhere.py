"""Secrets in fields that are no part of a request or a response, in keys and in comments are found, and taken out."""

import json
from typing import Any

import pytest

from cassette_tools.lint.engine import lint_bytes
from cassette_tools.lint.settings import Settings
from cassette_tools.loading import load_document
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import RedactionError, Redactor
from cassette_tools.secrets import elsewhere
from cassette_tools.secrets.options import SecretOptions

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
TOKEN = "q7m2xk9t" + "r4v8bn3w" + "d6yf1hg5"
KNOWN = "correct horse battery"
OPTIONS = SecretOptions(known={"NAME": KNOWN})

_GO = {
    "version": 2,
    "interactions": [
        {
            "id": 0,
            "request": {
                "proto": "HTTP/1.1", "proto_major": 1, "proto_minor": 1, "content_length": 0, "transfer_encoding": [],
                "trailer": {}, "host": "a.example", "remote_addr": "", "request_uri": "", "body": "", "form": {},
                "headers": {}, "url": "https://a.example/", "method": "GET",
            },
            "response": {
                "proto": "HTTP/2.0", "proto_major": 2, "proto_minor": 0, "transfer_encoding": [], "trailer": {},
                "content_length": 2, "uncompressed": False, "body": "{}", "headers": {}, "status": "200 OK",
                "code": 200, "duration": "1ms",
            },
        }
    ],
}  # fmt: skip
_PYTHON = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "GET", "uri": "https://a.example/", "body": None, "headers": {}},
            "response": {
                "status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}, "url": "",
                "history": [{"url": ""}],
            },
        }
    ],
    "metadata": {"remark": ""},
}  # fmt: skip
_RUBY = {
    "http_interactions": [
        {
            "request": {"method": "get", "uri": "https://a.example/", "headers": {}, "body": {"string": ""}},
            "response": {
                "status": {"code": 200, "message": "OK"}, "headers": {}, "http_version": "1.1",
                "body": {"encoding": "UTF-8", "string": "{}"}, "adapter_metadata": {"effective_url": ""},
            },
            "recorded_at": "Tue, 01 Nov 2011 04:58:44 GMT",
            "tags": [""],
        }
    ],
    "recorded_with": "VCR 6.0.0",
}  # fmt: skip
_BROWSER = {
    "log": {
        "version": "1.2", "creator": {"name": "a", "version": "1"}, "pages": [{"title": ""}],
        "entries": [
            {
                "startedDateTime": "2020-01-01T00:00:00Z", "time": 1, "cache": {}, "timings": {}, "comment": "",
                "serverIPAddress": "", "_initiator": {"url": ""}, "_webSocketMessages": [{"data": ""}],
                "request": {
                    "method": "GET", "url": "https://a.example/", "httpVersion": "HTTP/1.1", "headersSize": -1,
                    "cookies": [{"name": "a", "value": ""}], "headers": [], "bodySize": -1,
                    "queryString": [{"name": "a", "value": ""}],
                },
                "response": {
                    "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                    "content": {"size": 2, "mimeType": "application/json", "text": "{}"}, "redirectURL": "",
                    "headersSize": -1, "bodySize": -1,
                },
            }
        ],
    }
}  # fmt: skip

_ASKED, _ANSWERED = ("interactions", 0, "request"), ("interactions", 0, "response")
_ENTRY = ("log", "entries", 0)
PLACES: list[tuple[Any, tuple[Any, ...]]] = [
    (_PYTHON, (*_ANSWERED, "url")), (_PYTHON, (*_ANSWERED, "history", 0, "url")),
    (_PYTHON, (*_ANSWERED, "status", "message")), (_PYTHON, ("metadata", "remark")),
    (_GO, (*_ASKED, "host")), (_GO, (*_ASKED, "remote_addr")), (_GO, (*_ASKED, "request_uri")),
    (_GO, (*_ANSWERED, "status")), (_GO, (*_ANSWERED, "duration")),
    (_RUBY, ("http_interactions", 0, "response", "adapter_metadata", "effective_url")),
    (_RUBY, ("http_interactions", 0, "response", "http_version")), (_RUBY, ("recorded_with",)),
    (_RUBY, ("http_interactions", 0, "response", "status", "message")), (_RUBY, ("http_interactions", 0, "tags", 0)),
    (_BROWSER, (*_ENTRY, "request", "queryString", 0, "value")), (_BROWSER, (*_ENTRY, "response", "redirectURL")),
    (_BROWSER, (*_ENTRY, "request", "cookies", 0, "value")), (_BROWSER, (*_ENTRY, "response", "statusText")),
    (_BROWSER, (*_ENTRY, "_webSocketMessages", 0, "data")), (_BROWSER, (*_ENTRY, "_initiator", "url")),
    (_BROWSER, ("log", "pages", 0, "title")), (_BROWSER, (*_ENTRY, "comment")),
    (_BROWSER, (*_ENTRY, "serverIPAddress")),
]  # fmt: skip


def _with(recording: Any, path: tuple[Any, ...], value: str) -> bytes:
    copy = json.loads(json.dumps(recording))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return json.dumps(copy).encode()


def _reported(data: bytes, name: str = "x.json") -> list[tuple[str, str]]:
    findings = lint_bytes(data, name, settings=Settings(secrets=OPTIONS)).findings
    return [(it.code, it.route) for it in findings if it.code.startswith("CT60")]


def _route(path: tuple[Any, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


@pytest.mark.parametrize(
    ("value", "code"), [(KEY, "CT603"), (f"a {KNOWN}", "CT609"), (f"https://u:{TOKEN}@b/", "CT602")]
)
@pytest.mark.parametrize(("recording", "path"), PLACES)
def test_a_secret_in_any_field_is_found_and_taken_out(
    recording: Any, path: tuple[Any, ...], value: str, code: str
) -> None:
    data = _with(recording, path, value)
    assert _reported(data) == [(code, _route(path))]
    redacted = Redactor(Policy(secrets=OPTIONS)).redact(data, "x.json").data.decode()
    assert [it for it in (KEY, KNOWN, TOKEN) if it in redacted] == []
    assert "REDACTED-" in redacted


@pytest.mark.parametrize("recording", [_PYTHON, _GO, _RUBY, _BROWSER])
def test_a_recording_without_secrets_has_none_elsewhere(recording: Any) -> None:
    assert _reported(json.dumps(recording).encode()) == []


def test_a_value_is_a_credential_by_the_name_of_its_field() -> None:
    path = (*_ENTRY, "request", "queryString", 0)
    recording = json.loads(_with(_BROWSER, (*path, "name"), "api_key"))
    assert _reported(_with(recording, (*path, "value"), TOKEN)) == [("CT603", _route((*path, "value")))]


NO_VALUES: dict[str, str] = {
    "a key": f"  '{KEY}': a",
    "a comment on a line of its own": f"  # {KEY}\n  a: b",
    "a comment behind a value": f"  a: b # {KEY}",
    "a value that a later key hides": f"  a: '{KEY}'\n  a: b",
}
_YAML = """\
version: 1
metadata:
{}
interactions:
- request: {{method: GET, uri: "https://a.example/", body: null, headers: {{}}}}
  response: {{status: {{code: 200, message: OK}}, headers: {{}}, body: {{string: "# no {comment}\\n"}}}}
"""


@pytest.mark.parametrize("kind", NO_VALUES)
@pytest.mark.parametrize("secret", [KEY, KNOWN])
def test_what_is_no_value_is_reported_and_keeps_a_file_from_being_redacted(kind: str, secret: str) -> None:
    text = _YAML.format(NO_VALUES[kind].replace(KEY, secret), comment="comment")
    found = lint_bytes(text.encode(), "x.yaml", settings=Settings(secrets=OPTIONS)).findings
    (finding,) = (it for it in found if it.code in ("CT603", "CT609"))
    line, column = next((n, line.index(secret) + 1) for n, line in enumerate(text.splitlines(), 1) if secret in line)
    assert finding.location[:2] == (line, column)
    assert secret not in str(finding)
    with pytest.raises(RedactionError, match=f"a secret also stands at line {line}, column {column}, "):
        Redactor(Policy(secrets=OPTIONS)).redact(text.encode(), "x.yaml")


def test_what_looks_like_a_comment_within_a_value_is_none() -> None:
    text = _YAML.format("  a: b", comment=KEY)
    found = lint_bytes(text.encode(), "x.yaml", settings=Settings(secrets=OPTIONS)).findings
    assert [(it.code, it.route) for it in found] == [("CT603", "interactions[0].response.body.string")]


def test_values_of_requests_and_responses_are_not_looked_at_twice() -> None:
    document, cassette = load_document(_with(_PYTHON, (*_ANSWERED, "body", "string"), '{"a": "long"}'), "x.json")
    assert not {"https://a.example/", '{"a": "long"}'} & set(elsewhere.lines(document, cassette))
