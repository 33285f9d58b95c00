"""HAR, from small archives written by its specification."""

import base64
import gzip
import json
from typing import Any

import pytest

from cassette_tools.formats.registry import conforms, read
from cassette_tools.formats.validation import violations
from cassette_tools.model import Cassette
from cassette_tools.source.parse import parse
from cassette_tools.wire.encoding import encode


def _archive(**parts: Any) -> dict[str, Any]:
    request = {
        "method": "POST",
        "url": "https://api.example.com/v1/chat?x=1",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "queryString": [{"name": "x", "value": "1"}],
        "cookies": [],
        "headersSize": -1,
        "bodySize": 2,
        "postData": {"mimeType": "application/json", "text": "{}"},
    }
    response = {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Content-Encoding", "value": "gzip"}],
        "cookies": [],
        "content": {"size": 5, "mimeType": "text/plain", "text": "hello"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": 25,
    }
    request |= parts.get("request", {})
    response |= parts.get("response", {})
    entry = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 12.5,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 12.5, "receive": 0},
    }
    log = {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": [entry], "_tool": {"own": True}}
    return {"log": log | parts.get("log", {})}


def _read(archive: dict[str, Any]) -> Cassette:
    outcome = read(parse(json.dumps(archive).encode(), "recording.har").root)
    assert isinstance(outcome, Cassette)
    return outcome


def _conforms(archive: dict[str, Any]) -> bool:
    return conforms(parse(json.dumps(archive).encode(), "recording.har").root, "HAR")


def test_an_archive_gives_the_model() -> None:
    cassette = _read(_archive())
    assert (cassette.format_name, _conforms(_archive())) == ("HAR", True)
    (interaction,) = cassette.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/chat?x=1")
    assert (request.media_type, request.body.text) == ("application/json", "{}")
    assert (response.code, response.status_line, response.body.text) == (200, "OK", "hello")
    assert request.route("url").path == ("log", "entries", 0, "request", "url")
    assert response.body.route(0, 5).path == ("log", "entries", 0, "response", "content", "text")


def test_the_text_of_a_content_has_no_coding_whatever_the_headers_say() -> None:
    body = _read(_archive()).interactions[0].response.body
    assert (body.codings, body.decoded.problem, body.data) == (("gzip",), "", b"hello")


def test_base64_is_decoded() -> None:
    content = {
        "size": 3,
        "mimeType": "image/png",
        "text": base64.b64encode(b"\x00\x01\xff").decode(),
        "encoding": "base64",
    }
    assert _read(_archive(response={"content": content})).interactions[0].response.body.data == b"\x00\x01\xff"


@pytest.mark.parametrize("chunked", [False, True], ids=["one text", "a list of chunks"])
def test_polly_keeps_the_coding_and_the_bytes_tell(chunked: bool) -> None:
    packed = gzip.compress(b"hello", mtime=0)
    parts = [base64.b64encode(part).decode() for part in ((packed[:9], packed[9:]) if chunked else (packed,))]
    content = {
        "size": 5,
        "mimeType": "text/plain",
        "encoding": "base64",
        "text": json.dumps(parts) if chunked else parts[0],
    }
    body = _read(_archive(response={"content": content})).interactions[0].response.body
    assert (body.raw, body.data) == (packed, b"hello")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_base64_under_each_coding_is_coded_if_its_bytes_are(coding: str) -> None:
    # Polly.js leaves the codings on, browsers take them off; both keep the header.
    pixel = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d4948445200000001000000010806000000")
    headers = [{"name": "Content-Encoding", "value": coding}]
    for stored in (encode(pixel, (coding,)), pixel):
        content = {"size": len(pixel), "text": base64.b64encode(stored).decode(), "encoding": "base64"}
        body = _read(_archive(response={"content": content, "headers": headers})).interactions[0].response.body
        assert (body.data, body.decoded.problem) == (pixel, "")


@pytest.mark.parametrize("mark", [{"_isBinary": True}, {"encoding": "hex"}, {"encoding": "HEX", "_isBinary": False}])
def test_older_releases_of_polly_write_hexadecimal_digits(mark: dict[str, Any]) -> None:
    # Until its release 5 under a mark of its own; its change log says to put `"encoding": "hex"` in its place.
    for raw in (b"\x89PNG\x00\xff", gzip.compress(b"hello", mtime=0)):
        content = {"size": len(raw), "mimeType": "image/png", "text": raw.hex(), **mark}
        body = _read(_archive(response={"content": content})).interactions[0].response.body
        assert (body.raw, body.decoded.problem) == (raw, "")
        assert body.data == (b"hello" if raw[0] == 0x1F else raw)


def test_older_releases_of_polly_write_a_coded_body_as_a_list_of_digits_without_a_mark() -> None:
    packed = gzip.compress(b"hello", mtime=0)
    content = {"size": 5, "mimeType": "text/plain", "text": json.dumps([packed[:9].hex(), packed[9:].hex()])}
    body = _read(_archive(response={"content": content})).interactions[0].response.body
    assert (body.raw, body.data) == (packed, b"hello")


@pytest.mark.parametrize("text", ['["cafe"]', '["caf\u00e9"]', '["cafe", 1]', '["'])
def test_a_list_that_is_no_coded_body_is_a_text(text: str) -> None:
    content = {"size": 5, "mimeType": "application/json", "text": text}
    body = _read(_archive(response={"content": content})).interactions[0].response.body
    assert (body.raw, body.text, body.coded) == (text, text, False)


def test_digits_that_are_none_stay_text() -> None:
    content = {"size": 5, "mimeType": "text/plain", "text": "no digits", "encoding": "hex"}
    assert _read(_archive(response={"content": content})).interactions[0].response.body.text == "no digits"


def test_json_that_an_archive_in_yaml_keeps_as_a_structure_is_the_body() -> None:
    post = {"mimeType": "application/json", "params": [], "textJSON": {"model": "m", "messages": [{"text": "é"}]}}
    body = _read(_archive(request={"postData": post})).interactions[0].request.body
    assert (body.json(), body.missing, body.exact) == (post["textJSON"], False, False)
    assert body.path[-1] == "textJSON"


def test_what_looks_like_a_list_of_chunks_may_be_whatever_it_is() -> None:
    for text in ("[" * 100_000, "[1", "[1]", "[[]]", '["aGk=","aGk"]'):
        content = {"size": 5, "mimeType": "text/plain", "encoding": "base64", "text": text}
        assert _read(_archive(response={"content": content})).interactions[0].response.body.raw == text


def test_a_form_is_written_from_its_parameters() -> None:
    post = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "c&d"}]}
    assert _read(_archive(request={"postData": post})).interactions[0].request.body.text == "a+b=c%26d"


def test_a_form_in_parts_is_written_from_its_parameters() -> None:
    headers = [{"name": "Content-Type", "value": "multipart/form-data; boundary=x1"}]
    params = [
        {"name": "model", "value": "whisper-1"},
        {"name": 'a "file"', "fileName": "a.wav", "contentType": "audio/wav"},
    ]
    post = {"mimeType": headers[0]["value"], "params": params}
    body = _read(_archive(request={"headers": headers, "postData": post})).interactions[0].request.body
    assert body.text.split("\r\n") == [
        "--x1",
        'Content-Disposition: form-data; name="model"',
        "",
        "whisper-1",
        "--x1",
        'Content-Disposition: form-data; name="a %22file%22"; filename="a.wav"',
        "Content-Type: audio/wav",
        "",
        "",
        "--x1--",
        "",
    ]
    assert not body.exact
    headers[0]["value"] = "multipart/form-data"
    body = _read(_archive(request={"headers": headers, "postData": post})).interactions[0].request.body
    assert body.text.startswith("model=whisper-1&"), "what separates the parts is not known"


def test_a_file_in_a_form_needs_no_value() -> None:
    file = {"name": "file", "fileName": "a.wav", "contentType": "audio/wav"}
    archive = _archive(request={"postData": {"mimeType": "multipart/form-data", "params": [file]}})
    assert _conforms(archive)
    root = parse(json.dumps(archive).encode(), "x.har").root
    assert root is not None
    assert list(violations(root, "har-1.2")) == []
    assert not _conforms(_archive(request={"postData": {"params": [{"value": "a"}]}}))


def test_the_value_of_a_header_may_be_a_number() -> None:
    # As axios gives a length to Polly.js.
    archive = _archive(request={"headers": [{"name": "content-length", "value": 84}]})
    assert _conforms(archive)
    assert _read(archive).interactions[0].request.headers.get("content-length") == "84"


def test_a_request_without_a_body_has_none() -> None:
    archive = _archive()
    del archive["log"]["entries"][0]["request"]["postData"]
    assert _read(archive).interactions[0].request.body.raw is None


def test_a_method_is_in_capitals() -> None:
    assert _read(_archive(request={"method": "post"})).interactions[0].request.method == "POST"


def test_fields_of_a_tool_are_allowed_and_a_wrong_type_is_not() -> None:
    assert _conforms(_archive(response={"_error": None, "comment": "x"}))
    assert not _conforms(_archive(response={"status": "200"}))


def test_an_archive_without_a_version_is_of_version_1_1() -> None:
    assert _conforms(_archive(log={"version": ""}))


def test_a_byte_order_mark_is_allowed() -> None:
    outcome = read(parse(b"\xef\xbb\xbf" + json.dumps(_archive()).encode(), "recording.har").root)
    assert isinstance(outcome, Cassette)
