"""R's vcr, from small recordings written by its sources, releases 1 and 2."""

import base64
import zlib

import pytest
import yaml

from cassette_tools.formats.registry import conforms, read
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.model import Cassette
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.source.parse import parse

_KEY = "sk-" + "proj-" + "ogyjey4XVnHrkgn5ZYXltMT02fLPFlDf51Hs4J20FzLAksYc"
_RELEASE_1 = """\
http_interactions:
- request:
    method: post
    uri: https://api.example.com/v1/chat/completions
    body:
      encoding: ''
      string: '{"model":"m-1","messages":[]}'
    headers:
      Accept: application/json, text/xml, application/xml, */*
  response:
    status:
      status_code: '404'
      message: Not Found
      explanation: Nothing matches the given URI
    headers:
      status: HTTP/1.1 404 Not Found
      content-encoding: gzip
      content-length: '38'
      content-type: text/plain
      set-cookie:
      - a=b
      - c=d
    body:
      encoding: ''
      file: no
      string: Nothing here
  recorded_at: 2026-11-30 01:19:22 GMT
  recorded_with: vcr/1.2.0, webmockr/0.8.2
"""
_RELEASE_2 = """\
http_interactions:
- request:
    method: POST
    uri: https://api.example.com/v1/files
    body:
      fields:
        purpose: user_data
        file:
          path: apples.pdf
          name: ~
  response:
    status: 200
    headers:
      content-type: application/json
      content-encoding: br
      content-length: '12'
    body:
      string: '{"id":"file-1"}'
  recorded_at: 2026-11-30 01:19:22
recorded_with: VCR-vcr/2.1.0
"""


def _read(text: str, name: str = "cassette.yml") -> Cassette:
    root = parse(text.encode(), name).root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    assert (outcome.format_name, outcome.schema, conforms(root, "R vcr")) == ("R vcr", "r-vcr", True)
    return outcome


def _codes(text: str) -> list[str]:
    return [finding.code for finding in lint_bytes(text.encode(), "cassette.yml").findings]


def _packed(data: bytes, name: str = "raw_gzip") -> str:
    text = base64.b64encode(zlib.compress(data) if name == "raw_gzip" else data).decode()
    lines = "".join(f"\n        {text[at : at + 80]}" for at in range(0, len(text), 80))
    return _RELEASE_2.replace('string: \'{"id":"file-1"}\'', f"{name}: |-{lines}")


def test_a_recording_of_release_1_gives_the_model() -> None:
    (interaction,) = _read(_RELEASE_1).interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/chat/completions")
    assert request.body.json() == {"model": "m-1", "messages": []}
    assert (response.code, response.status_line, response.body.text) == (404, "Not Found", "Nothing here")
    assert response.headers.values("set-cookie") == ["a=b", "c=d"]
    assert response.route("code").path == ("http_interactions", 0, "response", "status", "status_code")
    assert interaction.recorded_at == "2026-11-30 01:19:22 GMT"


def test_a_recording_of_release_2_gives_the_model() -> None:
    (interaction,) = _read(_RELEASE_2).interactions
    request, response = interaction.request, interaction.response
    assert (request.method, len(request.headers)) == ("POST", 0)
    assert request.body.json() == {"purpose": "user_data", "file": {"path": "apples.pdf", "name": None}}
    assert (response.code, response.status_line, response.body.json()) == (200, "", {"id": "file-1"})
    assert response.route("code").path == ("http_interactions", 0, "response", "status")


@pytest.mark.parametrize("text", [_RELEASE_1.replace("404", "200"), _RELEASE_2, _packed(b'{"id":"file-1"}')])
def test_codings_that_libcurl_took_off_and_lengths_of_what_was_sent_are_no_findings(text: str) -> None:
    assert _codes(text) == []


@pytest.mark.parametrize("text", [_RELEASE_1, _RELEASE_2])
def test_a_recording_whose_end_is_cut_is_known_by_its_status(text: str) -> None:
    _read(text[: text.index("  recorded_at")])


def test_a_status_that_is_broken_makes_no_other_recording_of_it() -> None:
    for recorder in ("VCR 6.4.0", "betamax/0.9.0", "[]"):
        root = parse(_RELEASE_2.replace("VCR-vcr/2.1.0", recorder).encode(), "cassette.yml").root
        outcome = read(root)
        assert isinstance(outcome, Cassette)
        assert outcome.format_name != "R vcr"


def test_a_length_that_no_coding_explains_is_a_finding() -> None:
    assert _codes(_RELEASE_2.replace("      content-encoding: br\n", "")) == ["CT201"]


@pytest.mark.parametrize("name", ["raw_gzip", "base64_string"])
def test_bytes_are_what_the_server_sent(name: str) -> None:
    body = _read(_packed(bytes(range(256)), name)).interactions[0].response.body
    assert body.data == bytes(range(256))


def test_bytes_whose_base64_is_broken_are_text() -> None:
    text = _RELEASE_2.replace('string: \'{"id":"file-1"}\'', "raw_gzip: '*'")
    assert _read(text).interactions[0].response.body.raw == "*"


@pytest.mark.parametrize("data", [b"plain text", zlib.compress(b"cut")[:-6], zlib.compress(b"changed")[:-1] + b"x"])
def test_bytes_that_nothing_unpacks_are_a_finding(data: bytes) -> None:
    text = _RELEASE_2.replace('string: \'{"id":"file-1"}\'', f"raw_gzip: {base64.b64encode(data).decode()}")
    assert "CT205" in _codes(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("file: no\n      string: Nothing here", "file: yes\n      string: files/answer.json"),
        ("file: no\n      string: Nothing here", "file: true\n      string: files/answer.json"),
        ("encoding: ''\n      file: no\n      string: Nothing here", "on_disk: files/answer.json"),
    ],
)
def test_a_body_in_a_file_of_its_own_is_missing(old: str, new: str) -> None:
    cassette = _read(_RELEASE_1.replace(old, new))
    body = cassette.interactions[0].response.body
    assert (body.raw, body.missing, cassette.outside) == (None, True, 1)


@pytest.mark.parametrize("nothing", ["[]", "{}", "~"])
def test_where_there_are_no_headers_and_no_body_there_is_an_empty_list(nothing: str) -> None:
    cassette = _read(
        f"""\
http_interactions:
- request: {{method: GET, uri: "https://api.example.com/", body: {nothing}, headers: {nothing}}}
  response: {{status: 204, body: {nothing}, headers: {nothing}}}
recorded_with: VCR-vcr/2.1.0
"""
    )
    request, response = cassette.interactions[0].request, cassette.interactions[0].response
    assert (request.body.raw, response.body.raw, len(request.headers), len(response.headers)) == (None, None, 0, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("explanation: Nothing matches the given URI", "explanation: {}"),
        ("message: Not Found", "message: {}"),
    ],
)
def test_words_about_a_status_that_r_does_not_know_are_an_empty_mapping(old: str, new: str) -> None:
    assert _read(_RELEASE_1.replace(old, new)).interactions[0].response.code == 404


def test_what_stands_in_the_place_of_nothing_is_told() -> None:
    text = _RELEASE_2.replace("  response:\n", "    headers: [a]\n  response:\n")
    found = [(finding.code, finding.message) for finding in lint_bytes(text.encode(), "cassette.yml").findings]
    place = "http_interactions[0].request.headers"
    assert found == [("CT107", f"{place}: expected no more than an empty list, found a list")]


@pytest.mark.parametrize("new", ["string: no", "string: false", "string: ~"])
def test_no_body_is_spelt_in_many_ways(new: str) -> None:
    body = _read(_RELEASE_1.replace("string: Nothing here", new)).interactions[0].response.body
    assert (body.raw, body.missing) == (None, False)


def test_a_body_that_says_no_is_a_body() -> None:
    body = _read(_RELEASE_1.replace("string: Nothing here", "string: 'no'")).interactions[0].response.body
    assert body.raw == "no"


@pytest.mark.parametrize("code", ["'²'", "soon", "'12345678901234567890'", "[1]", "~"])
def test_a_status_that_is_no_number_is_none(code: str) -> None:
    root = parse(_RELEASE_1.replace("'404'", code).encode(), "cassette.yml").root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    assert (outcome.format_name, outcome.interactions[0].response.code) == ("R vcr", None)


def test_a_request_that_has_no_url_has_no_place_for_it() -> None:
    root = parse(_RELEASE_2.replace("uri: https://api.example.com/v1/files", "uri: [1]").encode(), "cassette.yml").root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    request = outcome.interactions[0].request
    assert (request.url, "url" in request.paths, conforms(root, "R vcr")) == ("", False, False)


@pytest.mark.parametrize("name", ["raw_gzip", "base64_string"])
def test_a_key_in_packed_bytes_is_taken_out_and_they_are_packed_again(name: str) -> None:
    text = _packed(f'{{"key":"{_KEY}","id":"é","of":{[*range(90)]}}}'.encode(), name)
    assert _codes(text) == ["CT603"]
    redacted = Redactor().redact(text.encode(), "cassette.yml")
    body = redacted.cassette.interactions[0].response.body
    assert body.json() == {"key": "REDACTED-openai-project-key-1", "id": "é", "of": [*range(90)]}
    assert _codes(redacted.data.decode()) == []
    written = yaml.safe_load(redacted.data)["http_interactions"][0]["response"]["body"][name]
    assert max(map(len, written.split("\n"))) == 80
    data = base64.b64decode(written)
    assert (zlib.decompress(data) if name == "raw_gzip" else data) == body.data
