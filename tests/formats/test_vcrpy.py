"""VCR.py, from small recordings written by its source."""

import base64
import gzip
import json

import pytest

from cassette_tools.formats.registry import conforms, read
from cassette_tools.formats.validation import violations
from cassette_tools.model import Cassette
from cassette_tools.source.parse import parse

_HEAD = """interactions:
- request:
    method: POST
    uri: https://api.example.com/v1/chat
    headers:
      Content-Type: [application/json]
"""
_RESPONSE = """  response:
    status: {code: 200, message: OK}
    headers:
      Content-Type: [application/json]
    body: {string: '[]'}
version: 1
"""


def _read(text: str, name: str = "cassette.yaml") -> Cassette:
    outcome = read(parse(text.encode(), name).root)
    assert isinstance(outcome, Cassette)
    return outcome


def _conforms(text: str, name: str = "cassette.yaml") -> bool:
    root = parse(text.encode(), name).root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    return conforms(root, outcome.format_name)


def _request_body(body: str) -> str:
    return f"{_HEAD}    body: {body}\n{_RESPONSE}"


_BYTES_IO = """!!python/object/new:_io.BytesIO
      state: !!python/tuple [!!binary aGVsbG8=, 0, null]"""
_ITERATOR = """!!python/object/apply:builtins.iter
      args:
      - [!!binary aGU=, !!binary bGxv]"""


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("hello", b"hello"),
        ("null", b""),
        ("!!binary aGVsbG8=", b"hello"),
        ("!!python/unicode 'hello'", b"hello"),
        ("!!python/str '12'", b"12"),
        ("{a: 1, b: [true, null, 1.5]}", b'{"a":1,"b":[true,null,1.5]}'),
        ("[!!python/tuple [a, b], !!python/tuple [c, d]]", b'{"a":"b","c":"d"}'),
        ("[!!python/tuple [a, b], !!python/tuple [a, d]]", b'[["a","b"],["a","d"]]'),
        ("[{a: 1}, [b, !!python/tuple [c, d]]]", b'[{"a":1},["b",["c","d"]]]'),
        (_BYTES_IO, b"hello"),
        (_ITERATOR, b"hello"),
    ],
)
def test_request_bodies_of_every_shape(body: str, data: bytes) -> None:
    cassette = _read(_request_body(body))
    assert _conforms(_request_body(body))
    assert cassette.interactions[0].request.body.data == data


def test_vcrpy_reads_those_bodies_the_same_way() -> None:
    from vcr.serialize import deserialize
    from vcr.serializers import yamlserializer

    for body in ("hello", "null", "!!binary aGVsbG8=", "!!python/unicode 'hello'", _BYTES_IO, _ITERATOR):
        text = _request_body(body)
        (request,) = deserialize(text, yamlserializer)[0]
        theirs = request.body
        if hasattr(theirs, "read"):
            theirs = theirs.read()
        elif theirs is not None and not isinstance(theirs, bytes):
            theirs = b"".join(theirs)
        assert _read(text).interactions[0].request.body.data == (theirs or b"")


def test_structured_bodies_are_json_on_both_sides() -> None:
    text = (
        _HEAD
        + "    parsed_body: {q: [1, 'two']}\n"
        + _RESPONSE.replace("body: {string: '[]'}", "parsed_body: {ok: true}")
    )
    cassette = _read(text)
    assert _conforms(text)
    interaction = cassette.interactions[0]
    assert interaction.request.body.text == '{"q":[1,"two"]}'
    assert interaction.response.body.json() == {"ok": True}
    assert interaction.response.body.route(0, 3).span is None  # the place is the whole structure


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_coded_bodies_are_decoded(coding: str) -> None:
    import zlib

    import brotli

    if coding == "zstd":
        zstd = pytest.importorskip("backports.zstd", reason="Python's own zstd is tested with Python 3.14")
        packed = zstd.compress(b'{"a": 1}')
    else:
        packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding](b'{"a": 1}')
    text = base64.b64encode(packed).decode()
    body = (
        _read(
            _request_body("null")
            .replace("Content-Type: [application/json]\n    body: {", f"Content-Encoding: [{coding}]\n    body: {{")
            .replace("'[]'", f"!!binary {text}")
        )
        .interactions[0]
        .response.body
    )
    assert (body.codings, body.decoded.problem, body.json()) == ((coding,), "", {"a": 1})


def test_base64_strings_are_bytes() -> None:
    text = _request_body("null").replace("string: '[]'", "base64_string: aGVsbG8=")
    assert _read(text).interactions[0].response.body.data == b"hello"


def test_headers_may_be_plain_strings_lists_bytes_and_tagged_keys() -> None:
    text = _request_body("null").replace(
        "      Content-Type: [application/json]\n    body: null",
        "      Content-Type: application/json\n"
        "      X-Bytes: [!!binary 6Q==]\n"
        "      ? !!python/object/apply:multidict._multidict.istr [X-Key]\n      : [a, b]\n"
        "    body: null",
    )
    cassette = _read(text)
    assert _conforms(text)
    lines = [(line.name, line.value) for line in cassette.interactions[0].request.headers]
    assert lines == [("Content-Type", "application/json"), ("X-Bytes", "é"), ("X-Key", "a"), ("X-Key", "b")]


def test_the_first_format_of_httpx_recordings_is_read() -> None:
    response = "    status_code: 200\n    http_version: HTTP/1.1\n    headers: {}\n    content: hi\n"
    text = f"{_HEAD}    body: ''\n  response:\n{response}"
    cassette = _read(text)
    assert _conforms(text)
    assert (cassette.interactions[0].response.code, cassette.interactions[0].response.body.text) == (200, "hi")


def test_the_json_serializer_is_read_with_the_same_places() -> None:
    document = {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "GET", "uri": "https://x.example/", "headers": {}, "body": None},
                "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "a\n😀b"}},
            }
        ],
    }
    text = json.dumps(document, indent=4)
    cassette = _read(text, "cassette.json")
    assert _conforms(text, "cassette.json")
    assert cassette.interactions[0].response.body.text == "a\n😀b"


def test_a_missing_status_is_named() -> None:
    text = _request_body("null").replace("    status: {code: 200, message: OK}\n", "")
    root = parse(text.encode(), "cassette.yaml").root
    assert root is not None
    assert not _conforms(text)
    cassette = _read(text)
    found = [(violation.path, violation.message) for violation in violations(root, cassette.schema)]
    assert found == [(("interactions", 0, "response"), "'status' is missing")]


def test_without_a_version_it_is_read_and_with_another_it_is_not() -> None:
    assert _read(_request_body("null").replace("version: 1\n", "")).version == 1
    outcome = read(parse(_request_body("null").replace("version: 1", "version: 7").encode(), "c.yaml").root)
    assert not isinstance(outcome, Cassette)
    assert outcome.reason == "a VCR.py cassette that states version 7; version 1 can be read"


def test_the_list_of_the_first_releases_is_named() -> None:
    outcome = read(parse(b"- request: {method: GET}\n  response: {status: {code: 200}}\n", "c.yaml").root)
    assert not isinstance(outcome, Cassette)
    assert (outcome.format_name, outcome.resembles) == ("VCR.py", True)
    assert "before version 1" in outcome.reason


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_what_a_client_had_unpacked_is_read_as_it_stands(coding: str) -> None:
    # As requests 2.34 with urllib3 2.8 and VCR.py 9.4 record a text in Latin-1.
    text = "Größe: 5 µm, naïve café\n"
    headers = f"Content-Encoding: [{coding}]\n      Content-Type: [text/plain; charset=iso-8859-1]"
    answer = _RESPONSE.replace("Content-Type: [application/json]", headers)
    stored = base64.b64encode(text.encode("latin-1")).decode()
    cassette = _read(_HEAD + "    body: null\n" + answer.replace("'[]'", f"!!binary {stored}"))
    body = cassette.interactions[0].response.body
    assert (body.text, body.decoded.problem, body.as_sent) == (text, "", False)


def test_a_date_that_a_users_serializer_added_is_when_it_was() -> None:
    text = _request_body("null").replace("- request:", '- recorded_at: "2026-01-02T03:04:05"\n  request:', 1)
    assert _conforms(f'recorded_at: "2026-01-02T03:04:05"\n{text}')
    assert _read(text).interactions[0].recorded_at == "2026-01-02T03:04:05"


def test_a_form_as_base64_is_the_form() -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\x89PNG\r\n--b--\r\n'
    head = _HEAD.replace("application/json", "multipart/form-data; boundary=b")
    text = base64.b64encode(form).decode()
    assert _read(f"{head}    body: {text}\n{_RESPONSE}").interactions[0].request.body.raw == form
    # What only looks like one is a text.
    assert _read(f"{_HEAD}    body: {text}\n{_RESPONSE}").interactions[0].request.body.raw == text
    assert _read(f"{head}    body: LS0-\n{_RESPONSE}").interactions[0].request.body.raw == "LS0-"
    assert _read(f"{head}    body: '--b'\n{_RESPONSE}").interactions[0].request.body.raw == "--b"
