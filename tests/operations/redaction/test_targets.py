"""What a policy names is taken out, whatever its value is; nothing else is."""

import json
from typing import Any

import pytest
import yaml

from cassette_tools.errors import ConfigError
from cassette_tools.operations.redaction.policy import DEFAULT_CODES, Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.secrets.finder import CODES

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"


def _redacted(value: Any, name: str = "x.yaml", **policy: Any) -> Any:
    text = json.dumps(value)
    data = yaml.dump(json.loads(text), sort_keys=False) if name.endswith(".yaml") else text
    after = Redactor(Policy(**policy)).redact(data.encode(), name).data
    assert Redactor(Policy(**policy)).redact(after, name).data == after
    return yaml.safe_load(after) if name.endswith(".yaml") else json.loads(after)


def _go_vcr(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "version": 1,
        "interactions": [
            {
                "request": {"body": "", "form": {}, "headers": {}, "url": "https://a.example/", "method": "POST"}
                | (request or {}),
                "response": {"body": "", "headers": {}, "status": "200 OK", "code": 200, "duration": "1s"}
                | (response or {}),
            }
        ],
    }


def _har(request: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1, "bodySize": -1}
    entry = {
        "request": {"method": "POST", "url": "https://a.example/", "queryString": [], **fields, **request},
        "response": {"status": 200, "statusText": "OK", "redirectURL": "", "content": {}, **fields, **response},
    }
    return {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}}


HEADERS = {
    "Content-Type": ["text/plain; charset=x"],
    "X-Trace": ["abc", "def", "abc"],
    "x-empty": [""],
    "Content-Encoding": ["identity"],
    "Accept": ["*/*"],
    "Authorization": [f"Bearer {KEY}"],
}


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        ({}, {**HEADERS, "Authorization": [f"Bearer {NAMED}"]}),
        (
            {"headers": ("x-TRACE", "X-Empty", "nowhere")},
            {
                **HEADERS,
                "X-Trace": ["REDACTED-x-trace-1", "REDACTED-x-trace-2", "REDACTED-x-trace-1"],
                "Authorization": [f"Bearer {NAMED}"],
            },
        ),
        (
            {"delete_headers": ("x-trace", "AUTHORIZATION")},
            {name: value for name, value in HEADERS.items() if name not in ("X-Trace", "Authorization")},
        ),
        (
            {"keep_headers": ("ACCEPT",)},
            {name: HEADERS[name] for name in ("Content-Type", "Content-Encoding", "Accept")},
        ),
        ({"keep_headers": ()}, {name: HEADERS[name] for name in ("Content-Type", "Content-Encoding")}),
        (
            {
                "keep_headers": ("authorization", "x-trace"),
                "delete_headers": ("content-type",),
                "headers": ("x-trace",),
            },
            {
                "X-Trace": ["REDACTED-x-trace-1", "REDACTED-x-trace-2", "REDACTED-x-trace-1"],
                "Content-Encoding": HEADERS["Content-Encoding"],
                "Authorization": [f"Bearer {NAMED}"],
            },
        ),
        ({"codes": frozenset()}, HEADERS),
        ({"codes": frozenset({"CT602"}), "headers": ("accept",)}, {**HEADERS, "Accept": ["REDACTED-accept-1"]}),
        (
            {"style": "plain", "headers": ("x-trace",)},
            {**HEADERS, "X-Trace": ["REDACTED"] * 3, "Authorization": ["Bearer REDACTED"]},
        ),
    ],
    ids=["nothing", "masked", "deleted", "kept", "none kept", "all of it", "no codes", "another code", "plain"],
)
def test_headers_go_as_a_policy_says(policy: dict[str, Any], after: dict[str, list[str]]) -> None:
    recording = _go_vcr({"headers": HEADERS}, {"headers": HEADERS})
    (interaction,) = _redacted(recording, **policy)["interactions"]
    assert (interaction["request"]["headers"], interaction["response"]["headers"]) == (after, after)


def test_a_header_of_an_archive_goes_with_its_object() -> None:
    def pairs(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "value": "abc"} for name in names]

    recording = _har({"headers": pairs("A", "B", "a")}, {"headers": pairs("B", "Content-Type", "A")})
    (entry,) = _redacted(recording, "x.har", delete_headers=("a",))["log"]["entries"]
    assert entry["request"]["headers"] == pairs("B")
    assert entry["response"]["headers"] == pairs("B", "Content-Type")
    (entry,) = _redacted(recording, "x.har", keep_headers=("a",))["log"]["entries"]
    assert entry["request"]["headers"] == pairs("A", "a")
    assert entry["response"]["headers"] == pairs("Content-Type", "A")


def test_plain_values_of_headers_go_with_their_names() -> None:
    request = {"method": "GET", "uri": "https://a.example/", "headers": {"A": "x", "B": "y", "C": None}, "body": None}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {"A": "x"}, "body": {"string": ""}}
    recording = {"interactions": [{"request": request, "response": response}], "version": 1}
    (interaction,) = _redacted(recording, delete_headers=("a",))["interactions"]
    assert (interaction["request"]["headers"], interaction["response"]["headers"]) == ({"B": "y", "C": None}, {})


def test_parameters_of_urls_go_by_their_names() -> None:
    url = "https://a.example/x?user=me&USER=you&user%5Fid=7&q=user&empty=&user#user=we"
    recording = _go_vcr({"url": url})
    (interaction,) = _redacted(recording, query=("User", "user_id", "empty"))["interactions"]
    assert interaction["request"]["url"] == (
        "https://a.example/x?user=REDACTED-user-1&USER=REDACTED-user-2&user%5Fid=REDACTED-user-id-1&q=user&empty=&user"
        "#user=REDACTED-user-3"
    )


def test_without_a_url_there_are_no_parameters() -> None:
    recording = _go_vcr({"url": ""}, {"body": KEY})
    (interaction,) = _redacted(recording, query=("a",))["interactions"]
    assert interaction["request"]["url"] == ""


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; a=b"])
def test_fields_of_forms_go_by_their_names(media_type: str) -> None:
    headers = {"Content-Type": [media_type]}
    recording = _go_vcr({"headers": headers, "body": "user=me&q=user+x&user%5fid=a%20b&x=me"})
    (interaction,) = _redacted(recording, form_fields=("user", "user_id"))["interactions"]
    assert interaction["request"]["body"] == "user=REDACTED-user-1&q=user+x&user%5fid=REDACTED-user-id-1&x=me"


@pytest.mark.parametrize("headers", [{}, {"Content-Type": ["text/plain"]}])
def test_what_is_no_form_has_no_fields(headers: dict[str, list[str]]) -> None:
    recording = _go_vcr({"headers": headers, "body": "user=me"})
    (interaction,) = _redacted(recording, form_fields=("user",))["interactions"]
    assert interaction["request"]["body"] == "user=me"


JSON = {"user": {"email": "me@corp.example.org", "id": 7, 'e"é': "jo"}, "tags": ["red", "green", None], "n": "7"}


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("$.user.email", {**JSON, "user": {**JSON["user"], "email": "REDACTED-email-1"}}),  # type: ignore[dict-item]
        ("$..email", {**JSON, "user": {**JSON["user"], "email": "REDACTED-email-1"}}),  # type: ignore[dict-item]
        ("$.user['e\"é']", {**JSON, "user": {**JSON["user"], 'e"é': "REDACTED-e-1"}}),  # type: ignore[dict-item]
        ("$.tags[*]", {**JSON, "tags": ["REDACTED-tags-1", "REDACTED-tags-2", None]}),
        ("$.tags[-2]", {**JSON, "tags": ["red", "REDACTED-tags-1", None]}),
        ("$.tags[?@ == 'red']", {**JSON, "tags": ["REDACTED-tags-1", "green", None]}),
        ("$.user", JSON),
        ("$.user.id", JSON),
        ("$.nothing", JSON),
        ("$", JSON),
    ],
)
@pytest.mark.parametrize("shape", ["text", "indented", "structure", "gzip"])
def test_places_in_json_go_if_they_are_strings(path: str, after: dict[str, Any], shape: str) -> None:
    text = json.dumps(JSON, indent=2 if shape == "indented" else None)
    if shape == "structure":
        response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "parsed_body": JSON}
        request = {"method": "POST", "uri": "https://a.example/", "headers": {}, "parsed_body": JSON}
        recording: dict[str, Any] = {"interactions": [{"request": request, "response": response}], "version": 1}
        (interaction,) = _redacted(recording, json_paths=(path,))["interactions"]
        assert (interaction["request"]["parsed_body"], interaction["response"]["parsed_body"]) == (after, after)
    elif shape == "gzip":
        import base64
        import gzip

        body = base64.b64encode(gzip.compress(text.encode())).decode()
        content = {"mimeType": "application/json", "text": body, "encoding": "base64", "size": -1}
        headers = [{"name": "Content-Encoding", "value": "gzip"}]
        recording = _har({"headers": []}, {"headers": headers, "content": content})
        (entry,) = _redacted(recording, "x.har", json_paths=(path,))["log"]["entries"]
        assert json.loads(gzip.decompress(base64.b64decode(entry["response"]["content"]["text"]))) == after
    else:
        (interaction,) = _redacted(_go_vcr({"body": text}, {"body": text}), json_paths=(path,))["interactions"]
        wanted = json.dumps(after, indent=2 if shape == "indented" else None)
        assert (interaction["request"]["body"], interaction["response"]["body"]) == (wanted, wanted)


def test_several_paths_go_together() -> None:
    text = json.dumps(JSON)
    (interaction,) = _redacted(_go_vcr({"body": text}), json_paths=("$.user.email", "$..email", "$.n"))["interactions"]
    assert json.loads(interaction["request"]["body"]) == {
        **JSON,
        "user": {**JSON["user"], "email": "REDACTED-email-1"},  # type: ignore[dict-item]
        "n": "REDACTED-n-1",
    }


@pytest.mark.parametrize("body", ["", "text", '{"a": ', "[1, 2", '"user"', "\ud800{"])
def test_a_body_that_is_no_json_has_no_places(body: str) -> None:
    (interaction,) = _redacted(_go_vcr({}, {"body": body}), "x.json", json_paths=("$..a",))["interactions"]
    assert interaction["response"]["body"] == body


@pytest.mark.parametrize("path", ["$.user[", "user", "", "$..", "$[?@.a ==]", "$.a b"])
def test_a_path_that_is_none_is_an_error(path: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _redacted(_go_vcr({"body": "{}"}), json_paths=(path,))
    assert raised.value.message.startswith(f"{path!r} is no JSONPath: ")
    assert raised.value.hint == "RFC 9535 has the syntax: $.user.email, $..token"


def test_what_is_named_has_a_placeholder_wherever_else_it_stands() -> None:
    trace = "trace-0001"
    recording = _go_vcr(
        {"headers": {"X-Trace": [trace]}, "url": f"https://a.example/{trace}"},
        {"body": f"see {trace}", "headers": {"Location": [f"/x?{trace}"], "Authorization": [f"Bearer {KEY} {trace}"]}},
    )
    (interaction,) = _redacted(recording, headers=("x-trace",))["interactions"]
    assert interaction["request"]["url"] == "https://a.example/REDACTED-x-trace-1"
    assert interaction["response"]["body"] == "see REDACTED-x-trace-1"
    assert interaction["response"]["headers"]["Location"] == ["/x?REDACTED-x-trace-1"]
    assert trace not in interaction["response"]["headers"]["Authorization"][0]


def test_by_default_persons_stay() -> None:
    assert {"CT608"} == CODES - DEFAULT_CODES
    address = "jane.doe" + "@" + "acme-corp.com"
    recording = _go_vcr({}, {"body": f"write to {address}"})
    (interaction,) = _redacted(recording)["interactions"]
    assert interaction["response"]["body"] == f"write to {address}"
    (interaction,) = _redacted(recording, codes=CODES)["interactions"]
    assert interaction["response"]["body"] == "write to REDACTED-email-1"
