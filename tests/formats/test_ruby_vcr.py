"""Ruby VCR and Betamax, from small recordings written by their sources."""

import base64
import gzip
import json

from cassette_tools.formats.registry import conforms, read
from cassette_tools.model import Cassette
from cassette_tools.source.parse import parse

_RUBY = """---
http_interactions:
- request:
    method: post
    uri: https://api.example.com/v1/chat
    body:
      encoding: UTF-8
      string: '{"a":1}'
    headers:
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - text/plain
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        /wA=
    http_version: '1.1'
    adapter_metadata:
      vcr_decompressed: gzip
  recorded_at: Fri, 02 Jan 2026 03:04:05 GMT
recorded_with: VCR 6.4.0
"""


def _read(text: str, name: str) -> Cassette:
    outcome = read(parse(text.encode(), name).root)
    assert isinstance(outcome, Cassette)
    return outcome


def _conforms(text: str, name: str) -> bool:
    root = parse(text.encode(), name).root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    return conforms(root, outcome.format_name)


def test_a_ruby_recording_gives_the_model() -> None:
    cassette = _read(_RUBY, "cassette.yml")
    assert (cassette.format_name, _conforms(_RUBY, "cassette.yml")) == ("Ruby VCR", True)
    request, response = cassette.interactions[0].request, cassette.interactions[0].response
    assert (request.method, request.url, request.body.json()) == ("POST", "https://api.example.com/v1/chat", {"a": 1})
    assert (response.code, response.status_line, response.body.data) == (200, "OK", b"\xff\x00")
    assert response.route("code").path == ("http_interactions", 0, "response", "status", "code")
    assert request.body.route(1, 2).path == ("http_interactions", 0, "request", "body", "string")


def test_markers_of_erb_stay_as_they_are() -> None:
    text = _RUBY.replace("https://api.example.com/v1/chat", "<%= base %>/v1/chat")
    assert _read(text, "cassette.yml").interactions[0].request.url == "<%= base %>/v1/chat"


def test_tags_of_ruby_objects_are_plain_values() -> None:
    text = _RUBY.replace("message: OK", "message: !ruby/object:Net::ReadAdapter OK")
    assert _read(text, "cassette.yml").interactions[0].response.status_line == "OK"


def test_a_betamax_recording_gives_the_model() -> None:
    recording = {
        "http_interactions": [
            {
                "request": {
                    "body": {"encoding": "utf-8", "string": "q=1"},
                    "headers": {"Accept": ["*/*"]},
                    "method": "GET",
                    "uri": "https://api.example.com/",
                },
                "response": {
                    "body": {"encoding": "utf-8", "base64_string": base64.b64encode("é".encode()).decode()},
                    "headers": {"Content-Type": ["text/plain"]},
                    "status": {"code": 404, "message": "Not Found"},
                    "url": "https://api.example.com/",
                },
                "recorded_at": "2026-01-02T03:04:05",
            }
        ],
        "recorded_with": "betamax/0.9.0",
    }
    cassette = _read(json.dumps(recording), "cassette.json")
    assert (cassette.format_name, _conforms(json.dumps(recording), "cassette.json")) == ("Betamax", True)
    request, response = cassette.interactions[0].request, cassette.interactions[0].response
    assert (request.body.text, request.headers.get("accept")) == ("q=1", "*/*")
    assert (response.code, response.body.text) == (404, "é")


def test_a_body_in_base64_is_read_whatever_stands_beside_it() -> None:
    # Betamax writes an empty text as well.
    for other in ({}, {"string": ""}, {"string": None}):
        packed = gzip.compress(b"hi", mtime=0)
        body = {"base64_string": base64.b64encode(packed).decode(), "encoding": "ISO-8859-1", **other}
        headers = {"Content-Encoding": ["gzip"]}
        response = {"body": body, "headers": headers, "status": {"code": 200, "message": "OK"}, "url": "https://x/"}
        request = {"body": {"string": "a=b", "base64_string": ""}, "headers": {}, "method": "GET", "uri": "https://x/"}
        recording = {
            "http_interactions": [{"request": request, "response": response}],
            "recorded_with": "betamax/0.8.1",
        }
        assert _conforms(json.dumps(recording), "c.json")
        (interaction,) = _read(json.dumps(recording), "c.json").interactions
        assert (interaction.response.body.data, interaction.response.body.path[-1]) == (b"hi", "base64_string")
        assert (interaction.request.body.text, interaction.request.body.path[-1]) == ("a=b", "string")


def test_betamax_first_releases_wrote_a_status_code() -> None:
    request = {"body": "", "headers": {"Accept": "*/*"}, "method": "GET", "uri": "https://x/"}
    response = {"body": {"encoding": "utf-8", "string": "no"}, "headers": {}, "url": "https://x/", "status_code": 401}
    recording = {"http_interactions": [{"request": request, "response": response}], "recorded_with": "betamax"}
    answer = _read(json.dumps(recording), "c.json").interactions[0].response
    assert (answer.code, answer.status_line, answer.route("code").path[-1]) == (401, "", "status_code")
    assert _conforms(json.dumps(recording), "c.json")
    # Ruby VCR does not read it.
    assert not _conforms(json.dumps(recording | {"recorded_with": "VCR 6.4.0"}), "c.json")


def test_betamax_own_loader_reads_the_same() -> None:
    import pytest

    util = pytest.importorskip("betamax.util", reason="betamax is not installed")
    body = {"encoding": "utf-8", "base64_string": base64.b64encode(b"hi").decode()}
    serialized = {"body": body, "headers": {"A": ["b"]}, "status": {"code": 200, "message": "OK"}, "url": "https://x/"}
    theirs = util.deserialize_response(serialized)
    request = {"body": {"encoding": "utf-8", "string": ""}, "headers": {}, "method": "GET", "uri": "https://x/"}
    recording = {"http_interactions": [{"request": request, "response": serialized}], "recorded_with": "betamax/0.9.0"}
    ours = _read(json.dumps(recording), "c.json").interactions[0].response
    assert (ours.code, ours.body.data, ours.headers.get("A")) == (
        theirs.status_code,
        theirs.content,
        theirs.headers["A"],
    )
