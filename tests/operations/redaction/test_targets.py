"""What a policy names is taken out, whatever its value is; nothing else is."""

import base64
import json
from typing import Any

import pytest
import yaml

from cassette_tools.errors import ConfigError
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.operations.redaction.policy import DEFAULT_CODES, Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.operations.redaction.targets import Left
from cassette_tools.secrets.finder import CODES
from cassette_tools.wire import aws_eventstream
from tests.operations.redaction.test_redact_streams import _frame

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"
ACCOUNT = "plain"
GONE = "REDACTED-account-1"


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


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example/x?account=%s&x=1",
        "/x?x=1#account=%s",
        "//a.example/?account=%s",
        "<https://a.example/x?account=%s>; rel=next",
        "0; url=/x?account=%s",
    ],
)
def test_parameters_go_wherever_a_recording_has_a_url(value: str) -> None:
    headers = {"Location": [value % ACCOUNT], "X-Note": [f"account={ACCOUNT}"]}
    (interaction,) = _redacted(_go_vcr({}, {"headers": headers}), query=("account",))["interactions"]
    assert interaction["response"]["headers"] == {"Location": [value % GONE], "X-Note": [f"account={ACCOUNT}"]}


def test_parameters_and_fields_go_where_an_archive_repeats_them() -> None:
    def pairs(value: str) -> list[dict[str, str]]:
        return [{"name": "x", "value": "plain"}, {"name": "Account", "value": value}]

    request = {
        "url": f"https://a.example/?x=1&account={ACCOUNT}",
        "queryString": pairs(ACCOUNT),
        "headers": [{"name": "Content-Type", "value": "application/x-www-form-urlencoded"}],
        "postData": {"mimeType": "application/x-www-form-urlencoded", "params": pairs("a&b")},
    }
    response = {"headers": [], "redirectURL": f"/?account={ACCOUNT}"}
    (entry,) = _redacted(_har(request, response), "x.har", query=("account",), form_fields=("account",))["log"][
        "entries"
    ]
    assert entry["request"]["url"] == f"https://a.example/?x=1&account={GONE}"
    assert entry["request"]["queryString"] == pairs(GONE)
    assert entry["request"]["postData"]["params"] == pairs("REDACTED-account-2")
    assert entry["response"]["redirectURL"] == f"/?account={GONE}"


def test_a_secret_in_a_form_of_an_archive_is_taken_out_of_its_list() -> None:
    def params(value: str) -> list[dict[str, str]]:
        return [{"name": "a b", "value": "c d"}, {"name": "password", "value": value}]

    request = {
        "headers": [{"name": "Content-Type", "value": "application/x-www-form-urlencoded"}],
        "postData": {"mimeType": "application/x-www-form-urlencoded", "params": params("hunting & fishing")},
    }
    (entry,) = _redacted(_har(request, {"headers": []}), "x.har")["log"]["entries"]
    assert entry["request"]["postData"]["params"] == params("REDACTED-password-1")


def test_a_secret_in_a_form_in_parts_is_taken_out_of_its_list() -> None:
    def params(value: str) -> list[dict[str, str]]:
        return [
            {"name": "filename", "value": "a.wav"},
            {"name": "file", "fileName": "a.wav"},
            {"name": "password", "value": value},
        ]

    request = {
        "headers": [{"name": "Content-Type", "value": "multipart/form-data; boundary=x1"}],
        "postData": {"mimeType": "multipart/form-data", "params": params("hunting + fishing")},
    }
    (entry,) = _redacted(_har(request, {"headers": []}), "x.har")["log"]["entries"]
    assert entry["request"]["postData"]["params"] == params("REDACTED-password-1")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x1", "application/x-www-form-urlencoded"])
def test_of_fields_with_one_value_the_one_that_its_name_gives_away_is_changed(kind: str) -> None:
    def params(value: str) -> list[dict[str, str]]:
        words = "hunting & fishing"
        return [{"name": name, "value": words} for name in ("a", "b")] + [{"name": "password", "value": value}]

    headers = [{"name": "Content-Type", "value": kind}]
    request = {"headers": headers, "postData": {"mimeType": kind, "params": params("hunting & fishing")}}
    (entry,) = _redacted(_har(request, {"headers": []}), "x.har")["log"]["entries"]
    assert entry["request"]["postData"]["params"] == params("REDACTED-password-1")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x1", "multipart/form-data", "application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("place", ["of the form", "in no field", "name", "value", "fileName", "contentType", "comment"])
def test_a_key_beside_the_fields_of_a_form_is_found_once_and_taken_out(kind: str, place: str) -> None:
    def form(value: str) -> dict[str, Any]:
        if place == "of the form":
            return {"mimeType": kind, "params": [{"name": "a", "value": "b"}], "comment": value}
        if place == "in no field":
            return {"mimeType": kind, "params": [["a", value]]}
        return {"mimeType": kind, "params": [{"name": "a", "value": "b"} | {place: value}]}

    headers = [{"name": "Content-Type", "value": kind}]
    archive = _har({"headers": headers, "postData": form(KEY)}, {"headers": []})
    codes = [finding.code for finding in lint_bytes(json.dumps(archive).encode(), "x.har").findings]
    assert [code for code in codes if code.startswith("CT6")] == ["CT603"]
    assert _redacted(archive, "x.har")["log"]["entries"][0]["request"]["postData"] == form(NAMED)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x1", "application/x-www-form-urlencoded"])
def test_a_field_of_a_form_of_an_archive_is_counted_once(kind: str) -> None:
    form = {"mimeType": kind, "params": [{"name": "account", "value": ACCOUNT}]}
    archive = _har({"headers": [{"name": "Content-Type", "value": kind}], "postData": form}, {"headers": []})
    redacted = Redactor(Policy(form_fields=("account",))).redact(json.dumps(archive).encode(), "x.har")
    assert redacted.found == {"account": 1}


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


@pytest.mark.parametrize("parameter", ["; boundary=b", '; boundary="b"; charset=x', ""])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_fields_of_forms_in_parts_go_by_their_names(parameter: str, end: str) -> None:
    lines = [
        *("--b", 'Content-Disposition: form-data; name="account"', "", "%s"),
        *(
            "--b",
            "Content-Type: text/plain",
            "content-disposition: form-data; filename=account; name=x",
            "",
            ACCOUNT,
            "",
        ),
        *("--b", "content-disposition: form-data; name=ACCOUNT", "Content-Type: text/plain", "", "a", "b", "--b--", ""),
    ]
    body = end.join(lines)
    recording = _go_vcr({"headers": {"Content-Type": [f"multipart/form-data{parameter}"]}, "body": body % ACCOUNT})
    (interaction,) = _redacted(recording, form_fields=("account",))["interactions"]
    assert interaction["request"]["body"] == (body % GONE).replace(f"a{end}b", "REDACTED-account-2")


def test_fields_of_forms_go_from_answers_and_from_the_recorders_own_copy() -> None:
    headers = {"Content-Type": ["application/x-www-form-urlencoded"]}
    request = {"headers": headers, "body": "account=ab&x=1", "form": {"account": ["ab"], "x": ["1"]}}
    recording = _go_vcr(request, {"headers": headers, "body": "x=1&account=ab"})
    (interaction,) = _redacted(recording, form_fields=("account",))["interactions"]
    assert interaction["request"]["body"] == f"account={GONE}&x=1"
    assert interaction["request"]["form"] == {"account": [GONE], "x": ["1"]}
    assert interaction["response"]["body"] == f"x=1&account={GONE}"


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
        ("$.user.id", {**JSON, "user": {**JSON["user"], "id": 0}}),  # type: ignore[dict-item]
        ("$.nothing", JSON),
        ("$", JSON),
    ],
)
@pytest.mark.parametrize("shape", ["text", "indented", "structure", "gzip"])
def test_places_in_json_go_if_they_are_strings_or_numbers(path: str, after: dict[str, Any], shape: str) -> None:
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


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('{"account": "%s"}\n\n{"account": "%s"}\n', None),
        ('data: {"account": "%s"}\n\ndata: [DONE]\n\n', None),
        ('event: x\r\ndata: {\r\ndata: "account": "%s"}\r\n\r\ndata: {"a": {"account": "%s"}}\r\n\r\n', None),
        (json.dumps({"arguments": json.dumps({"account": "%s", "deep": json.dumps({"account": "%s"})})}), None),
        ('data: {"arguments": "{\\"account\\": \\"%s\\"}"}\n\n', None),
        ('{"a": "été", "b": "e", "c": "WAAAAAAA", "account": "%s"}', None),
        ('{"number": 1}\ntext "account": "%s"\n{"account": "%s"', ACCOUNT),
        ('data: {"number":\n\ndata: 1, "account": "%s"}\n\n', ACCOUNT),
    ],
    ids=[
        "lines",
        "an event stream",
        "data of several lines",
        "within strings",
        "within data",
        "no base64",
        "text",
        "cut in two",
    ],
)
def test_places_in_json_are_those_of_each_document_of_a_body(body: str, after: str | None) -> None:
    number = body.count("%s")
    recording = _go_vcr({}, {"body": body % ((ACCOUNT,) * number)})
    (interaction,) = _redacted(recording, "x.json", json_paths=("$..account",))["interactions"]
    assert interaction["response"]["body"] == body % ((after or GONE,) * number)


def test_places_in_json_are_those_of_frames_of_bytes_too() -> None:
    inner = base64.b64encode(json.dumps({"account": ACCOUNT}).encode()).decode()
    frame = _frame("chunk", json.dumps({"bytes": inner}))
    body = {"base64_string": base64.b64encode(frame).decode()}
    headers = {"Content-Type": ["application/vnd.amazon.eventstream"]}
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2/invoke-with-response-stream"
    request = {"method": "POST", "uri": url, "headers": {}, "body": ""}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": body}
    recording = {"interactions": [{"request": request, "response": response}], "version": 1}
    (interaction,) = _redacted(recording, json_paths=("$.account",))["interactions"]
    decoder = aws_eventstream.Decoder()
    (event,) = decoder.events(base64.b64decode(interaction["response"]["body"]["base64_string"]))
    assert decoder.defects == []
    assert json.loads(base64.b64decode(json.loads(event.data)["bytes"])) == {"account": GONE}


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("$.user", [("$.user", "an object")]),
        ("$.tags", [("$.tags", "a list")]),
        ("$.yes", [("$.yes", "a boolean")]),
        ("$.tags[2]", []),
        ("$.nothing", []),
        ("$.user.email", []),
    ],
)
def test_what_a_path_leads_to_and_stays_is_told(path: str, left: list[tuple[str, str]]) -> None:
    data = json.dumps(_go_vcr({"body": json.dumps({**JSON, "yes": True})})).encode()
    redacted = Redactor(Policy(json_paths=(path,))).redact(data, "x.json")
    assert redacted.left == {Left(*each): 1 for each in left}


@pytest.mark.parametrize("number", ["8412345678", "-1.5e3", "0.25"])
def test_a_number_that_a_path_leads_to_becomes_one_that_says_nothing(number: str) -> None:
    (interaction,) = _redacted(_go_vcr({"body": f'{{"id": {number}}}'}), json_paths=("$.id",))["interactions"]
    assert interaction["request"]["body"] == '{"id": 0}'


@pytest.mark.parametrize("depth", [50, 150, 199, 350])
def test_a_path_leads_as_deep_as_json_is_read(depth: int) -> None:
    body = '{"a":' * depth + f'{{"account": "{ACCOUNT}"}}' + "}" * depth
    (interaction,) = _redacted(_go_vcr({"body": body}), "x.json", json_paths=("$..account",))["interactions"]
    assert interaction["request"]["body"] == body.replace(ACCOUNT, GONE)


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


@pytest.mark.parametrize("path", ["$.user[", "user", "", "$..", "$[?@.a ==]", "$.a b", "$[?@.a == 1e999]"])
def test_a_path_that_is_none_is_an_error(path: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _redacted(_go_vcr({"body": "{}"}), json_paths=(path,))
    assert raised.value.message.startswith(f"{path!r} is not a JSONPath: ")
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
