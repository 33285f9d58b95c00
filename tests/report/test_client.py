"""A recorded request as a command: run against a server, it sends what was recorded."""

import ast
import base64
import gzip
import http.server
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.model import Interaction
from cassette_tools.report.client import AS
from tests.recordings import recording

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5


class Arrived(NamedTuple):
    """What a server was sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Server(NamedTuple):
    """A server on this machine that takes anything."""

    url: str
    arrived: list[Arrived]


@pytest.fixture
def server() -> Iterator[Server]:
    arrived: list[Arrived] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrived.append(Arrived(self.command, self.path, headers, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"done")

        do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its signature
            """Silent."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))  # how long its end may take
        thread.start()
        yield Server(f"http://127.0.0.1:{running.server_port}", arrived)
        running.shutdown()
        thread.join()


def _interaction(url: str, body: str = '{"a": 1}', method: str = "POST", **headers: str) -> Interaction:
    value = json.loads(recording({}, "{}", "application/json", url=url))
    value["interactions"][0]["request"] |= {
        "body": body,
        "method": method,
        "headers": {k: [v] for k, v in headers.items()},
    }
    return load_bytes(json.dumps(value).encode(), "x.json").interactions[0]


def _run(how: str, written: str) -> None:
    environment = {**os.environ, "PATH": _PATH, "API_KEY": "the-key", "NO_PROXY": "*"}
    command = [sys.executable, "-c", written] if how == "python" else ["sh", "-c", written]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("done\n" if how == "python" else "done")


_PATH = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
_CLIENTS = [
    pytest.param(
        how,
        marks=pytest.mark.skipif(not shutil.which(program, path=_PATH), reason=f"{program} is not installed"),
        id=how,
    )
    for how, program in {"curl": "curl", "python": sys.executable, "httpie": "http"}.items()
]


@pytest.mark.parametrize("how", _CLIENTS)
@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/v1/chat?a=1&b=x%20y", "POST", '{"messages": [{"content": "It\'s \\"$HOME\\" `id` \\n ä 😀"}], "n": 1.5}'),
        ("/plain", "PUT", "two\nlines & 'quotes' $(id) %s \\n"),
        ("/at", "POST", "@/etc/passwd"),
        ("/control", "POST", "a\x1b[31mb\x07"),
        ("/none", "GET", ""),
        ("/form", "PATCH", "a=1&b=2"),
    ],
)
def test_what_is_sent_is_what_was_recorded(how: str, server: Server, path: str, method: str, body: str) -> None:
    headers = {
        "X-Team": "it's $HOME",
        "Content-Type": "text/x",
        "Authorization": f"Bearer {KEY}",
        "Content-Length": "7",
    }
    interaction = _interaction(server.url + path, body, method, **headers)
    written = AS[how](interaction, str)
    assert KEY not in written
    assert "\x1b" not in written
    _run(how, written)
    (arrived,) = server.arrived
    assert (arrived.method, arrived.path) == (method, path)
    if how == "python" and body.startswith("{"):
        assert json.loads(arrived.body) == json.loads(body)
    else:
        assert arrived.body.decode() == body
    sent = {name: arrived.headers.get(name) for name in ("x-team", "content-type", "authorization")}
    assert sent == {"x-team": "it's $HOME", "content-type": "text/x", "authorization": "Bearer the-key"}


@pytest.mark.parametrize("how", _CLIENTS)
def test_a_key_in_a_url_is_an_environment_variable(how: str, server: Server) -> None:
    interaction = _interaction(f"{server.url}/v1?a=1&key={KEY}&b=2")
    written = AS[how](interaction, str)
    assert KEY not in written
    _run(how, written)
    assert server.arrived[0].path == "/v1?a=1&key=the-key&b=2"


@pytest.mark.parametrize(
    ("url", "headers", "expected"),
    [
        ("https://api.anthropic.com/v1/messages", {}, "-H 'x-api-key: '\"$ANTHROPIC_API_KEY\""),
        ("https://x.openai.azure.com/v1", {}, "-H 'api-key: '\"$AZURE_OPENAI_API_KEY\""),
        ("https://api.openai.com/v1", {}, "-H 'Authorization: Bearer '\"$OPENAI_API_KEY\""),
        (
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse",
            {"Authorization": "AWS4-HMAC-SHA256 Credential=x, Signature=y", "X-Amz-Date": "20250627T101112Z"},
            "-H 'Authorization: Bearer '\"$AWS_BEARER_TOKEN_BEDROCK\"",
        ),
        ("https://api.openai.com/v1", {"authorization": "Basic abc"}, "-H 'authorization: Basic '\"$OPENAI_API_KEY\""),
        ("https://api.openai.com/v1", {"Authorization": "REDACTED"}, "-H 'Authorization: Bearer '\"$OPENAI_API_KEY\""),
        ("https://generativelanguage.googleapis.com/v1?key=x", {}, '?key=\'"$GEMINI_API_KEY"'),
        ("https://a.example/v1", {"X-Api-Key": "x"}, "-H 'X-Api-Key: '\"$API_KEY\""),
    ],
)
def test_the_credential_is_what_the_provider_takes(url: str, headers: dict[str, str], expected: str) -> None:
    written = AS["curl"](_interaction(url, **headers), str)
    assert expected in written
    assert written.count('"$') == 1
    assert "X-Amz-Date" not in written


@pytest.mark.parametrize("how", _CLIENTS)
def test_any_character_of_a_header_is_sent_as_it_is(how: str, server: Server) -> None:
    written = AS[how](_interaction(server.url, **{"X-Tab": 'a\t"\\x41"'}), str)
    assert "\t" not in written
    _run(how, written)
    assert server.arrived[0].headers["x-tab"] in ('a\t"\\x41"', 'a%09"\\x41"')  # a shell has no other escape


def test_characters_beyond_the_first_plane_are_one_each_in_a_program() -> None:
    written = AS["python"](_interaction("https://a.example/?q=\N{GRINNING FACE}"), str)
    assert "https://a.example/?q=\N{GRINNING FACE}" in [
        node.value for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Constant)
    ]


@pytest.mark.parametrize("how", AS)
def test_what_is_not_recorded_is_empty(how: str) -> None:
    recorded = _interaction("https://a.example", "", "")
    recorded.request.url = ""
    written = AS[how](recorded, str)
    if how == "python":
        assert 'requests.request(\n    "",\n    "",\n' in written
        ast.parse(written)
    else:
        assert "" in shlex.split(written)


def test_numbers_that_no_float_holds_are_sent_as_they_were_written() -> None:
    written = AS["python"](_interaction("https://a.example", '{"a": 1e400}'), str)
    assert "data=b'{\"a\": 1e400}'" in written


def test_nobody_is_asked_for_a_key_that_no_one_wants(server: Server) -> None:
    assert "API_KEY" not in AS["curl"](_interaction(server.url), str)


@pytest.mark.parametrize("how", AS)
def test_a_method_is_upper_case(how: str) -> None:
    written = AS[how](_interaction("https://a.example", method="delete"), str)
    assert "DELETE" in written
    assert "delete" not in written


@pytest.mark.parametrize("how", ["curl", "python"])
def test_json_is_sent_as_json_where_the_recording_has_no_headers(how: str, server: Server) -> None:
    _run(how, AS[how](_interaction(f"{server.url}/v1"), str))
    _run(how, AS[how](_interaction(f"{server.url}/v1", "a=1"), str))
    json_type, form_type = (arrived.headers.get("content-type", "") for arrived in server.arrived)
    assert (json_type, "json" in form_type) == ("application/json", False)


@pytest.mark.parametrize("how", ["curl", "python"])
def test_a_packed_body_is_sent_unpacked_and_says_so(how: str, server: Server) -> None:
    value = json.loads(recording({}, "{}", "application/json", url=f"{server.url}/v1"))
    packed = base64.b64encode(gzip.compress(b'{"a": 1}')).decode()
    headers = {"content-encoding": ["gzip"], "content-type": ["application/json"], "host": ["a.example"]}
    value["interactions"][0]["request"] |= {"body": {"base64_string": packed}, "headers": headers}
    _run(how, AS[how](load_bytes(json.dumps(value).encode(), "x.json").interactions[0], str))
    (arrived,) = server.arrived
    assert (json.loads(arrived.body), arrived.headers.get("content-encoding")) == ({"a": 1}, None)


def test_headers_of_a_connection_and_cookies_are_left_out() -> None:
    headers = {"Host": "x", "Cookie": "a=b", "Accept-Encoding": "gzip", "Proxy-Authorization": "Basic x", "X-Empty": ""}
    written = AS["curl"](_interaction("https://a.example", "a=1", **headers), str)
    assert written == "curl https://a.example \\\n  -H 'X-Empty;' \\\n  --data-raw a=1\n"
    assert "X-Empty;" in AS["httpie"](_interaction("https://a.example", **headers), str)


def test_what_must_not_be_shown_is_masked() -> None:
    interaction = _interaction("https://a.example/secret", '{"x": "secret"}', **{"X-It": "secret"})
    for write in AS.values():
        assert "secret" not in write(interaction, lambda text: text.replace("secret", "******"))


def test_a_url_that_could_act_on_a_terminal_is_percent_encoded() -> None:
    assert AS["curl"](_interaction("https://a.example/\u202ex"), str).startswith("curl https://a.example/%E2%80%AEx ")
