"""Redaction while VCR.py records, judged by the real VCR.py, real clients, and a server on this machine."""

import gzip
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request as Asking
from urllib.request import urlopen

import httpx
import pytest
import requests
import vcr
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request

from cassette_tools import Policy, vcr_hooks
from cassette_tools.operations.redaction.redact import RedactionError

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 6
OTHER = "sk-proj-" + "Zk3Rw8Np5Hd1" * 6
MATCH_ON = ["method", "scheme", "host", "port", "path", "query", "body"]


def _stream() -> bytes:
    """An OpenAI stream whose text holds the key, three characters at a time."""
    start = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    text = f"It is {KEY}."
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[at : at + 3]} for at in range(0, len(text), 3)]
    chunks = [{**start, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**start, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks) + b"data: [DONE]\n\n"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("content-length") or 0))
        media_type = "application/json"
        headers = {"Set-Cookie": "session=" + "b7Qe2Zr9" * 4, "OpenAI-Organization": "org-" + "a8Xk2Lq7" * 3}
        if "chat" in self.path:
            media_type, body = "text/event-stream", _stream()
        elif "bytes" in self.path:
            media_type, body = "application/octet-stream", b"\xff\xfe" + KEY.encode()
        elif "plain" in self.path:
            media_type, body, headers = "text/plain", b"nothing to hide", {}
        else:
            seen = {"url": self.path, "authorization": self.headers.get("authorization"), "body": asked.decode()}
            body = gzip.compress(json.dumps(seen).encode(), mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(200)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 - named by http.server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def _interactions(file: Path) -> list[dict[str, Any]]:
    interactions: list[dict[str, Any]] = yaml.safe_load(file.read_text())["interactions"]
    return interactions


def _post(client: str, url: str, key: str) -> tuple[int, bytes]:
    """Ask for something with a key in every place that a request has."""
    headers = {"Authorization": f"Bearer {key}", "X-Kept": "1"}
    body = {"messages": [{"role": "user", "content": f"Is {key} a key?"}], "stream": True}
    address = f"{url}?key={key}&page=2"
    if client == "requests":
        answer = requests.post(address, json=body, headers=headers, timeout=10)
        return answer.status_code, answer.content
    response = httpx.post(address, json=body, headers=headers, timeout=10)
    return response.status_code, response.content


@pytest.mark.parametrize("client", ["requests", "httpx"])
@pytest.mark.parametrize("style", ["plain", "fake"])
def test_what_is_recorded_holds_no_key_and_answers_a_request_with_another_one(
    server: str, tmp_path: Path, client: str, style: str
) -> None:
    policy = Policy(style="plain") if style == "plain" else Policy(style="fake", key=b"0123456789abcdef")
    file = tmp_path / "chat.yaml"
    with vcr.use_cassette(file, match_on=MATCH_ON, record_mode="once", **vcr_hooks(policy)):
        status, seen = _post(client, f"{server}/v1/chat/completions", KEY)
    assert (status, seen) == (200, _stream())
    text = file.read_text()
    for secret in (KEY, KEY[20:40], "b7Qe2Zr9", "a8Xk2Lq7"):
        assert secret not in text
    (interaction,) = _interactions(file)
    request, response = interaction["request"], interaction["response"]
    body = json.loads(request["body"])
    if style == "plain":
        assert request["uri"] == f"{server}/v1/chat/completions?key=REDACTED&page=2"
        assert _values(request)["authorization"] == ["Bearer REDACTED"]
        assert body["messages"][0]["content"] == "Is REDACTED a key?"
        assert _text(response["body"]["string"]) == "It is REDACTED."
    assert _values(request)["x-kept"] == ["1"]
    assert _text(response["body"]["string"]) == body["messages"][0]["content"].replace("Is", "It is")[:-7] + "."
    assert int(_values(request)["content-length"][0]) == len(request["body"])
    # The same key again; with REDACTED, any other one as well.
    for key in (KEY, OTHER) if style == "plain" else (KEY,):
        with vcr.use_cassette(file, match_on=MATCH_ON, record_mode="none", **vcr_hooks(policy)) as cassette:
            status, seen = _post(client, f"{server}/v1/chat/completions", key)
        assert cassette.all_played
        assert (status, seen.decode()) == (200, response["body"]["string"])


def _values(message: dict[str, Any]) -> dict[str, list[str]]:
    return {name.lower(): values for name, values in message["headers"].items()}


def _text(stream: str) -> str:
    chunks = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)


def test_with_fakes_another_key_is_another_request(server: str, tmp_path: Path) -> None:
    policy = Policy(style="fake", key=b"0123456789abcdef")
    file = tmp_path / "chat.yaml"
    with vcr.use_cassette(file, match_on=MATCH_ON, **vcr_hooks(policy)):
        _post("requests", f"{server}/echo", KEY)
    with (
        vcr.use_cassette(file, match_on=MATCH_ON, record_mode="none", **vcr_hooks(policy)),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        _post("requests", f"{server}/echo", OTHER)


def test_a_compressed_answer_that_repeats_the_request_holds_no_key(server: str, tmp_path: Path) -> None:
    def ask(key: str) -> bytes:
        url = f"{server}/echo?key={key}&page=2"
        with urlopen(Asking(url, headers={"Authorization": f"Bearer {key}"}), timeout=10) as answer:
            return bytes(answer.read())

    file = tmp_path / "echo.yaml"
    with vcr.use_cassette(file, **vcr_hooks()):
        seen = ask(KEY)
    assert json.loads(gzip.decompress(seen))["authorization"] == f"Bearer {KEY}"
    (interaction,) = _interactions(file)
    stored = interaction["response"]["body"]["string"]
    echo = json.loads(gzip.decompress(stored))
    assert echo["authorization"] == "Bearer REDACTED"
    assert echo["url"] == "/echo?key=REDACTED&page=2"
    assert _values(interaction["response"])["content-length"] == [str(len(stored))]
    with vcr.use_cassette(file, record_mode="none", **vcr_hooks()):
        seen = ask(OTHER)
    assert seen == stored


def test_bytes_that_are_no_text_are_redacted_too(server: str, tmp_path: Path) -> None:
    file = tmp_path / "bytes.yaml"
    with vcr.use_cassette(file, **vcr_hooks()):
        seen = requests.get(f"{server}/bytes", timeout=10).content
    assert seen == b"\xff\xfe" + KEY.encode()
    (interaction,) = _interactions(file)
    assert interaction["response"]["body"]["string"] == b"\xff\xfeREDACTED"


def test_what_holds_no_secret_is_recorded_as_without_hooks(server: str, tmp_path: Path) -> None:
    def record(name: str, **hooks: Any) -> str:
        with vcr.use_cassette(tmp_path / name, **hooks):
            requests.get(f"{server}/plain?page=2", timeout=10)
        return (tmp_path / name).read_text()

    with_hooks, without = record("with.yaml", **vcr_hooks()), record("without.yaml")
    assert [line for line in with_hooks.splitlines() if "GMT" not in line] == [
        line for line in without.splitlines() if "GMT" not in line
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda data: data, id="bytes"),
        pytest.param(lambda data: data.decode(), id="text"),
        pytest.param(io.BytesIO, id="a file"),
        pytest.param(lambda data: iter([data[:20], data[20:]]), id="an iterator"),
    ],
)
def test_a_body_of_any_kind_is_redacted_and_stays_of_its_kind(body: Any) -> None:
    data = f'{{"input": "Is {KEY} a key?"}}'.encode()
    request = Request("POST", "https://api.example.org/v1", body(data), {"x-api-key": KEY.encode()})
    kind = type(request.body)
    done = vcr_hooks()["before_record_request"](request)
    assert type(done.body) is kind
    read = done.body
    assert (read if isinstance(read, bytes) else b"".join(read)) == b'{"input": "Is REDACTED a key?"}'
    assert dict(done.headers) == {"x-api-key": b"REDACTED"}


def test_a_body_that_cannot_be_looked_into_is_not_recorded() -> None:
    request = Request("POST", "https://api.example.org/v1", object(), {})
    with pytest.raises(RedactionError, match="a body that is object"):
        vcr_hooks()["before_record_request"](request)


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        pytest.param(
            {"messages": [{"content": f"Is {KEY} a key?", "n": 1.5}], 2: (None, True), "parts": [{1: KEY}]},
            {"messages": [{"content": "Is REDACTED a key?", "n": 1.5}], 2: (None, True), "parts": [{1: "REDACTED"}]},
            id="what is to become JSON",
        ),
        pytest.param([("password", KEY), ("n", "1")], [("password", "REDACTED"), ("n", "1")], id="fields of a form"),
        pytest.param([("a", KEY), ("a", "x")], [("a", "REDACTED"), ("a", "x")], id="a field twice"),
        pytest.param({"n": float("inf"), "x": KEY}, {"n": float("inf"), "x": "REDACTED"}, id="what JSON has not"),
        pytest.param({"password": "q7Zk2V" + "x9Lw4Tb8"}, {"password": "REDACTED"}, id="what its name announces"),
        pytest.param(
            [("client_secret", "Zk3Rw8Np5Hd1aQ7x")], [("client_secret", "REDACTED")], id="what a field's name announces"
        ),
        pytest.param({"raw": b"\xff" + KEY.encode()}, {"raw": b"\xffREDACTED"}, id="bytes within"),
        pytest.param({"raw": memoryview(KEY.encode())}, {"raw": b"REDACTED"}, id="a view of bytes within"),
        pytest.param(bytearray(b"Is " + KEY.encode()), b"Is REDACTED", id="bytes that can be changed"),
        pytest.param(
            {"messages": [{"string": "hello"}], "string": "x"},
            {"messages": [{"string": "hello"}], "string": "x"},
            id="nothing to hide",
        ),
    ],
)
def test_a_body_that_a_client_has_not_written_yet_is_redacted(body: Any, stored: Any) -> None:
    request = Request("POST", "https://api.example.org/v1", body, {"Authorization": f"Bearer {KEY}"})
    done = vcr_hooks()["before_record_request"](request)
    assert done.body == stored
    assert dict(done.headers) == {"Authorization": "Bearer REDACTED"}
    other = Request("POST", "https://api.example.org/v1", {"n": 1}, {})
    assert vcr_hooks()["before_record_request"](other).body == {"n": 1}


def test_a_file_in_memory_in_a_form_is_redacted_and_stays_where_it_is_read() -> None:
    file, text = io.BytesIO(b"Is " + KEY.encode()), io.StringIO("hello")
    request = Request("POST", "https://api.example.org/v1", {"file": file, "text": text}, {})
    body = vcr_hooks()["before_record_request"](request).body
    assert (body["file"].read(), body["text"]) == (b"Is REDACTED", text)
    assert file.read() == b"Is " + KEY.encode()


def test_headers_go_where_the_policy_removes_them() -> None:
    policy = Policy(style="plain", keep_headers=("accept",), headers=("accept",))
    request = Request("GET", "https://api.example.org/v1", None, {"Accept": "test", "User-Agent": "x"})
    hooks = vcr_hooks(policy)
    assert dict(hooks["before_record_request"](request).headers) == {"Accept": "REDACTED"}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {"Server": ["x"]}, "body": {"string": b""}}
    assert hooks["before_record_response"](response) == {**response, "headers": {}}


def test_a_response_without_its_request_is_redacted() -> None:
    response = {"status": {"code": 200, "message": "OK"}, "headers": {"X-Api-Key": KEY}, "body": {"string": None}}
    done = vcr_hooks()["before_record_response"](dict(response))
    assert done == {**response, "headers": {"X-Api-Key": "REDACTED"}}


@pytest.mark.parametrize("kind", [str, bytes])
def test_what_httpx_made_of_a_body_is_redacted_for_older_releases(kind: type[str | bytes]) -> None:
    headers = {"content-type": ["application/json"], "content-encoding": ["gzip"]}
    response = {"status_code": 200, "http_version": "HTTP/1.1", "headers": headers}
    told, left = f'{{"a": "{KEY}"}}', '{"a": "REDACTED"}'
    before, after = (told, left) if kind is str else (told.encode(), left.encode())
    done = vcr_hooks()["before_record_response"]({**response, "content": before})
    assert done == {**response, "content": after}


def test_numbered_placeholders_are_refused() -> None:
    with pytest.raises(ValueError, match="would differ at playback"):
        vcr_hooks(Policy())


def test_a_secret_that_cannot_be_taken_out_is_not_recorded(server: str, tmp_path: Path) -> None:
    file = tmp_path / "key.yaml"
    with vcr.use_cassette(file, **vcr_hooks()), pytest.raises(RedactionError):
        requests.get(f"{server}/plain", headers={"Authorization": f"Bearer {KEY}", f"X-{KEY}": "1"}, timeout=10)
    assert not file.exists() or KEY not in file.read_text()
