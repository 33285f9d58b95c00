"""Lengths that a recording notes follow a body that changes, where they fitted it."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"
BODY = f'{{"é": "{KEY}"}}'
SIZE = len(BODY.encode())
NEW = SIZE - len(KEY) + len(NAMED)


def _redacted(value: Any, name: str, policy: Policy | None = None) -> Any:
    text = json.dumps(value)
    data = yaml.dump(json.loads(text), allow_unicode=True) if name.endswith(".yaml") else text
    after = Redactor(policy).redact(data.encode(), name).data
    return yaml.safe_load(after) if name.endswith(".yaml") else json.loads(after)


def _vcrpy(method: str = "POST", code: int = 200, length: str = str(SIZE)) -> dict[str, Any]:
    headers = {"content-LENGTH": [length], "X-Other-Length": [length]}
    request = {"method": method, "uri": "https://api.example.com/", "headers": headers, "body": BODY}
    response = {"status": {"code": code, "message": "x"}, "headers": dict(headers), "body": {"string": BODY}}
    return {"interactions": [{"request": request, "response": response}], "version": 1}


@pytest.mark.parametrize(
    ("method", "code", "length", "request_length", "response_length"),
    [
        ("POST", 200, str(SIZE), str(NEW), str(NEW)),
        ("POST", 404, str(SIZE), str(NEW), str(NEW)),
        ("POST", 200, str(SIZE - 1), str(SIZE - 1), str(SIZE - 1)),
        ("POST", 200, str(len(BODY)), str(len(BODY)), str(len(BODY))),
        ("POST", 200, "-1", "-1", "-1"),
        ("POST", 200, "", "", ""),
        ("POST", 200, "many", "many", "many"),
        ("HEAD", 200, str(SIZE), str(NEW), str(SIZE)),
        ("head", 200, str(SIZE), str(NEW), str(SIZE)),
        ("POST", 204, str(SIZE), str(NEW), str(SIZE)),
        ("POST", 304, str(SIZE), str(NEW), str(SIZE)),
    ],
)
def test_a_content_length_follows_where_it_fitted(
    method: str, code: int, length: str, request_length: str, response_length: str
) -> None:
    (interaction,) = _redacted(_vcrpy(method, code, length), "x.yaml")["interactions"]
    request, response = interaction["request"], interaction["response"]
    assert (request["body"], response["body"]["string"]) == (BODY.replace(KEY, NAMED),) * 2
    assert request["headers"] == {"content-LENGTH": [request_length], "X-Other-Length": [length]}
    assert response["headers"] == {"content-LENGTH": [response_length], "X-Other-Length": [length]}


def test_a_body_that_does_not_change_keeps_its_length() -> None:
    recording = _vcrpy(length="1")
    recording["interactions"][0]["response"]["body"]["string"] = "x"
    (interaction,) = _redacted(recording, "x.yaml")["interactions"]
    assert interaction["response"]["headers"]["content-LENGTH"] == ["1"]


def test_a_placeholder_of_the_same_length_changes_no_length() -> None:
    policy = Policy(style="fake", key=b"0123456789abcdef")
    (interaction,) = _redacted(_vcrpy(), "x.yaml", policy)["interactions"]
    assert len(interaction["request"]["body"].encode()) == SIZE
    assert interaction["request"]["headers"]["content-LENGTH"] == [str(SIZE)]


def test_a_length_that_is_removed_is_not_changed() -> None:
    policy = Policy(delete_headers=("Content-Length",))
    (interaction,) = _redacted(_vcrpy(), "x.yaml", policy)["interactions"]
    assert interaction["request"]["headers"] == {"X-Other-Length": [str(SIZE)]}


@pytest.mark.parametrize(("length", "after"), [(SIZE, NEW), (-1, -1), (0, 0), (SIZE + 1, SIZE + 1)])
def test_what_go_vcr_notes_follows(length: int, after: int) -> None:
    message = {"content_length": length, "headers": {"Content-Length": [str(SIZE)]}, "body": BODY}
    request = {"url": "https://api.example.com/", "method": "POST", **message}
    response = {"code": 200, "status": "200 OK", "duration": "1s", **message}
    recording = {"version": 2, "interactions": [{"id": 0, "request": request, "response": response}]}
    (interaction,) = _redacted(recording, "x.yaml")["interactions"]
    for side in ("request", "response"):
        assert interaction[side]["content_length"] == after
        assert interaction[side]["headers"] == {"Content-Length": [str(NEW)]}


def _har(request: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1}
    entry = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 1,
        "request": {"method": "POST", "url": "https://api.example.com/", "queryString": [], **fields, **request},
        "response": {"status": 200, "statusText": "OK", "redirectURL": "", **fields, **response},
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }
    return {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}}


def test_what_an_archive_notes_follows() -> None:
    headers = [{"name": "content-length", "value": str(SIZE)}]
    post = {"mimeType": "application/json", "text": BODY}
    content = {"mimeType": "application/json", "text": BODY, "size": SIZE}
    recording = _har(
        {"headers": headers, "bodySize": SIZE, "postData": post},
        {"headers": headers, "bodySize": SIZE, "content": content},
    )
    (entry,) = _redacted(recording, "x.har")["log"]["entries"]
    assert (entry["request"]["bodySize"], entry["response"]["bodySize"]) == (NEW, NEW)
    assert entry["response"]["content"]["size"] == NEW
    for side in ("request", "response"):
        assert entry[side]["headers"] == [{"name": "content-length", "value": str(NEW)}]


def test_json_that_an_archive_keeps_as_a_structure_is_edited_there() -> None:
    post = {"mimeType": "application/json", "params": [], "textJSON": json.loads(BODY)}
    size = SIZE - 1  # it is written without a space
    headers = [{"name": "content-length", "value": str(size)}]
    recording = _har(
        {"headers": headers, "bodySize": size, "postData": post},
        {"headers": [], "content": {"mimeType": "x", "text": "", "size": 0}},
    )
    (entry,) = _redacted(recording, "x.yaml")["log"]["entries"]
    assert entry["request"]["postData"]["textJSON"] == {"é": NAMED}
    assert entry["request"]["headers"] == [{"name": "content-length", "value": str(NEW - 1)}]
    assert entry["request"]["bodySize"] == NEW - 1


def test_of_a_body_in_base64_it_is_the_length_of_its_bytes() -> None:
    content = {"mimeType": "x", "text": base64.b64encode(BODY.encode()).decode(), "encoding": "base64", "size": SIZE}
    recording = _har({"headers": [], "bodySize": 0}, {"headers": [], "bodySize": SIZE, "content": content})
    (entry,) = _redacted(recording, "x.har")["log"]["entries"]
    after = entry["response"]["content"]
    assert base64.b64decode(after["text"]).decode() == BODY.replace(KEY, NAMED)
    assert (after["size"], entry["response"]["bodySize"]) == (NEW, NEW)


def _in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("chunked", [False, True], ids=["at once", "chunks"])
@pytest.mark.parametrize(
    ("write", "read", "mark"),
    [
        pytest.param(_in_base64, base64.b64decode, {"encoding": "base64"}, id="base64"),
        pytest.param(bytes.hex, bytes.fromhex, {"_isBinary": True}, id="hexadecimal"),
    ],
)
def test_of_a_packed_body_there_are_two_lengths(
    write: Callable[[bytes], str], read: Callable[[str], bytes], mark: dict[str, Any], chunked: bool
) -> None:
    packed = gzip.compress(BODY.encode(), mtime=0)
    chunks = [write(part) for part in (packed[:21], packed[21:])]
    text = json.dumps(chunks) if chunked else write(packed)
    headers = [{"name": "content-encoding", "value": "gzip"}, {"name": "content-length", "value": str(len(packed))}]
    content = {"mimeType": "x", "text": text, "size": SIZE, **mark}
    recording = _har({"headers": [], "bodySize": 0}, {"headers": headers, "bodySize": len(packed), "content": content})
    (entry,) = _redacted(recording, "x.har")["log"]["entries"]
    after = entry["response"]["content"]["text"]
    new = b"".join(map(read, json.loads(after) if chunked else [after]))
    assert gzip.decompress(new).decode() == BODY.replace(KEY, NAMED)
    assert entry["response"]["bodySize"] == len(new) != len(packed)
    assert entry["response"]["headers"][1]["value"] == str(len(new))
    assert entry["response"]["content"]["size"] == NEW


def test_a_body_that_was_recorded_as_a_structure_has_the_length_that_its_text_would_have() -> None:
    recording = _vcrpy(length=str(SIZE - 1))
    for side in ("request", "response"):
        message = recording["interactions"][0][side]
        message["parsed_body"] = json.loads(BODY)
        del message["body"]
    (interaction,) = _redacted(recording, "x.yaml")["interactions"]
    for side in ("request", "response"):
        assert interaction[side]["parsed_body"] == {"é": NAMED}
        assert interaction[side]["headers"]["content-LENGTH"] == [str(NEW - 1)]
