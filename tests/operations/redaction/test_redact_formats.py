"""Whatever writes a recording: the characters of a secret change in its file, and no other ones do."""

import base64
import json

import pytest

from cassette_tools.operations.redaction.redact import RedactionError, Redactor

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
OTHER = "sk-" + "ant-" + "api03-" + "Ea8RiPo2Xn4Kt7BvQe6Mz9LwUy3Dh5Cj"
NAMED = "REDACTED-openai-project-key-1"
OTHER_NAMED = "REDACTED-anthropic-key-1"


def _redacted(data: bytes, name: str) -> bytes:
    return Redactor().redact(data, name).data


def _named(text: str) -> str:
    return text.replace(KEY, NAMED).replace(OTHER, OTHER_NAMED)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


GO_VCR_1 = f"""\
---
version: 1 # {{{{ a comment }}}}
interactions:

- request:
    body: '{{"key":"{KEY}","it''s":1}}'
    form: {{q: [x]}}
    headers: {{Authorization:   ["Bearer {KEY}"], X-Many: [a,  {KEY} , 'b']}}
    url: "https://api.example.com/v1?x=1&api_key={OTHER}#top"
    method: GET
  response:
    body: >-
      first {KEY}

      second


      third
    headers:
      X-Echo:
      -   {OTHER}   # behind it
    status: 200 OK
    code: 200
    duration: 547.2ms
"""
GO_VCR_2 = f"""\
---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        proto_minor: 1
        content_length: -1
        transfer_encoding: []
        trailer: {{}}
        host: api.example.com
        remote_addr: ""
        request_uri: ""
        body: "{{\\"k\\":\\"{KEY}\\"}}"
        form: {{}}
        headers:
            X-Api-Key:
                - {KEY}
        url: https://api.example.com/v1
        method: POST
      response:
        proto: HTTP/2.0
        proto_major: 2
        proto_minor: 0
        transfer_encoding: []
        trailer:
            X-Sum: [{KEY}]
        content_length: -1
        uncompressed: true
        body: |
            one {KEY}
              two {KEY}

        headers: {{}}
        status: 200 OK
        code: 200
        duration: 1s
"""
VCRPY = f"""\
interactions:
- request:
    body: !!python/unicode '{{"k": "{KEY}", "line":
      "broken"}}'
    headers: &headers
      X-API-KEY: ['{KEY}']
      Zulu:   [ "1" ]
      Alpha: [ '2' ]
    method: POST
    uri: https://api.example.com/v1?key={OTHER}
  response:
    body: {{string: "a\\u0062c \\x41 {KEY} \\
        \\"folded\\""}}
    headers: *headers
    status: {{code: 200, message: OK}}
- request:
    parsed_body:
      nested: [1.0, null, {{key: {KEY}}}]
      plain: {OTHER}
    headers: {{X-Plain: {KEY}}}
    method: POST
    uri: https://api.example.com/v1
  response:
    content: 'httpx says {KEY}'
    headers: {{}}
    http_version: HTTP/1.1
    status_code: 200
version: 1
"""
RUBY = f"""\
---
http_interactions:
- request:
    method: post
    uri: https://api.example.com/v1?access_token={OTHER}
    body:
      encoding: UTF-8
      string: '{{"key":"{KEY}"}}'
    headers:
      Authorization:
      - Bearer {KEY}
  response:
    status:
      code: 200
      message: OK
    headers: {{}}
    body:
      encoding: UTF-8
      string: |-
        <%= erb %> {KEY}
    http_version:
  recorded_at: Fri, 02 Jan 2026 03:04:05 GMT
recorded_with: VCR 6.4.0
"""


def _as_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=indent is None)


VCRPY_JSON = _as_json(
    {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": f"https://api.example.com/?key={OTHER}",
                    "body": f'{{"k": "{KEY}", "é": "/"}}',
                    "headers": {"X-Api-Key": [KEY]},
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"Content-Type": ["text/plain"]},
                    "body": {"string": f"😀 {KEY}\u2028 \x7f"},
                },
            }
        ],
    }
)
BETAMAX = _as_json(
    {
        "http_interactions": [
            {
                "request": {
                    "body": {"encoding": "utf-8", "string": f"key={KEY}"},
                    "headers": {"Accept": ["*/*"]},
                    "method": "GET",
                    "uri": f"https://api.example.com/?token={OTHER}",
                },
                "response": {
                    "body": {"encoding": "utf-8", "string": f"é {KEY}"},
                    "headers": {},
                    "status": {"code": 200, "message": "OK"},
                    "url": f"https://api.example.com/?token={OTHER}",
                },
                "recorded_at": "2026-01-02T03:04:05",
            }
        ],
        "recorded_with": "betamax/0.9.0",
    },
    indent=1,
)
HAR = _as_json(
    {
        "log": {
            "version": "1.2",
            "creator": {"name": "x", "version": "1"},
            "entries": [
                {
                    "startedDateTime": "2026-01-02T03:04:05.678Z",
                    "time": 12.50,
                    "request": {
                        "method": "POST",
                        "url": f"https://api.example.com/?api_key={OTHER}",
                        "httpVersion": "HTTP/1.1",
                        "headers": [{"name": "x-api-key", "value": KEY}],
                        "queryString": [{"name": "api_key", "value": OTHER}],
                        "cookies": [],
                        "headersSize": -1,
                        "bodySize": -1,
                        "postData": {"mimeType": "application/json", "text": f'{{"k": "{KEY}"}}'},
                    },
                    "response": {
                        "status": 200,
                        "statusText": "OK",
                        "httpVersion": "HTTP/1.1",
                        "headers": [{"value": f"Bearer {KEY}", "name": "Authorization", "comment": "x"}],
                        "cookies": [],
                        "content": {"size": -1, "mimeType": "text/plain", "text": f"é {KEY}"},
                        "redirectURL": f"https://api.example.com/?api_key={OTHER}",
                        "headersSize": -1,
                        "bodySize": -1,
                    },
                    "cache": {},
                    "timings": {"send": 0, "wait": 12.5, "receive": 0},
                    "_own": KEY,
                }
            ],
        }
    },
    indent=2,
)
RECORDINGS = {
    "go-vcr-1.yaml": GO_VCR_1,
    "go-vcr-2.yaml": GO_VCR_2,
    "vcrpy.yaml": VCRPY,
    "vcrpy.json": VCRPY_JSON,
    "ruby.yml": RUBY,
    "betamax.json": BETAMAX,
    "archive.har": HAR,
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.parametrize("name", RECORDINGS)
def test_the_rest_of_a_file_stays_byte_for_byte(name: str, mark: str, ends: str) -> None:
    text = mark + RECORDINGS[name].replace("\n", ends)
    assert _redacted(text.encode(), name).decode() == _named(text)


def test_what_yaml_allows_besides_stays_as_it_is() -> None:
    text = f"""\
%YAML 1.1
--- # {{first}}
version: 1
x: &shared
    "quoted key" : !!str   {KEY}
    ? complex
    : - &item '{KEY}'
interactions:
-   request: {{method: GET, url: 'https://api.example.com/', headers: {{}}, body: "" , }}
    response:
      code: 200
      headers: {{X: [*item]}}
      body: |2+
          indented {KEY}
         less


      status: OK
y: *shared
...
"""
    assert _redacted(text.encode(), "x.yaml").decode() == _named(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (GO_VCR_1.replace("    method: GET\n", f"    method: '{KEY}'\n    method: GET\n"), "line 10, column 14"),
        (GO_VCR_1 + f"# é {KEY}\n", "line 25, column 5"),
        (GO_VCR_1.replace("[a,  ", f"[a, # {KEY}\n"), "line 8, column 99"),
        (GO_VCR_1.replace("form: {q", f"form: {{{KEY}"), "line 7, column 12"),
        (GO_VCR_1 + f"x: 1 # {_b64(KEY.encode())}\n", "line 25, column 8"),
    ],
    ids=["a repeated key", "a comment", "behind another secret", "a key", "base64 in a comment"],
)
def test_a_secret_where_nothing_is_edited_is_an_error_with_its_place(text: str, place: str) -> None:
    with pytest.raises(RedactionError) as raised:
        _redacted(text.encode(), "x.yaml")
    assert raised.value.message == (
        f"x.yaml: not redacted: a secret also stands at {place}, where nothing is changed: in a comment or a key, say"
    )
    assert raised.value.hint == "take it out there by hand"
