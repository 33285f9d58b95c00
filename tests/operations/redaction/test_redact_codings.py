"""However a secret is coded, it is taken out below the coding, and what holds it stays of that coding."""

import base64
import gzip
import itertools
import json
import re
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import brotli
import pytest
import yaml

from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.wire import encoding

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"
Wrap = Callable[[str], str]


def _recording(
    *bodies: str | bytes, headers: dict[str, str] | None = None, uri: str = "https://api.example.com/"
) -> bytes:
    """A recording of VCR.py with response bodies, each in an interaction of its own."""
    interactions = [
        {
            "request": {"method": "GET", "uri": uri, "headers": {}, "body": None},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {name: [value] for name, value in (headers or {"Content-Type": "text/plain"}).items()},
                "body": {"string": body},
            },
        }
        for body in bodies
    ]
    return yaml.dump({"version": 1, "interactions": interactions}, Dumper=_Dumper).encode()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _redacted(data: bytes, name: str = "x.yaml") -> Any:
    after = Redactor().redact(data, name).data
    assert Redactor().redact(after, name).data == after
    return yaml.safe_load(after)["interactions"][0]


def _body(text: str | bytes, headers: dict[str, str] | None = None) -> Any:
    return _redacted(_recording(text, headers=headers))["response"]["body"]["string"]


# --- content codings ------------------------------------------------------------------------------------------------


def _zstd(data: bytes) -> bytes:
    return encoding.encode(data, ("zstd",))


def _unwrapped(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _unzstd(data: bytes) -> bytes:
    assert data[:4] == b"\x28\xb5\x2f\xfd"
    return encoding.decode(data, ("zstd",)).data


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress, gzip.decompress),
    "x-gzip": ("X-GZIP", gzip.compress, gzip.decompress),
    "br": ("br", brotli.compress, brotli.decompress),
    "zstd": ("zstd", _zstd, _unzstd),
    "deflate": ("deflate", zlib.compress, zlib.decompress),
    "bare deflate": ("deflate", _unwrapped, lambda data: zlib.decompress(data, -15)),
    "several": (
        "gzip, br",
        lambda d: brotli.compress(gzip.compress(d)),
        lambda d: gzip.decompress(brotli.decompress(d)),
    ),
    "unannounced gzip": ("", gzip.compress, gzip.decompress),
    "unannounced zstd": ("", _zstd, _unzstd),
    "gzip in gzip": ("gzip", lambda d: gzip.compress(gzip.compress(d)), lambda d: gzip.decompress(gzip.decompress(d))),
    "none": ("", bytes, bytes),
}


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-16le", "shift_jis", "ascii"])
@pytest.mark.parametrize("name", CODINGS)
def test_a_packed_body_is_packed_again_the_same_way(name: str, charset: str) -> None:
    coding, pack, unpack = CODINGS[name]
    word = {"shift_jis": "日本", "ascii": "e"}.get(charset, "é")
    headers = {"Content-Type": f"text/plain; charset={charset}"} | ({"Content-Encoding": coding} if coding else {})
    text = f'{{"a": "{word}", "k": "{KEY}", "z": 1}}'
    headers["Content-Length"] = str(len(pack(text.encode(charset))))
    response = _redacted(_recording(pack(text.encode(charset)), headers=headers))["response"]
    body = response["body"]["string"]
    assert unpack(body).decode(charset) == text.replace(KEY, NAMED)
    assert response["headers"] == {
        name: [value if name != "Content-Length" else str(len(body))] for name, value in headers.items()
    }


def test_a_body_that_cannot_be_unpacked_is_searched_as_it_is() -> None:
    text = f"no gzip: {KEY}".encode() + b"\xff"
    assert _body(text, {"Content-Encoding": "gzip"}) == text.replace(KEY.encode(), NAMED.encode())
    assert _body(text, {"Content-Encoding": "unheard-of"}) == text.replace(KEY.encode(), NAMED.encode())


def test_bytes_that_are_no_text_stay_as_they_are_around_it() -> None:
    before, behind = bytes(range(256)), bytes(reversed(range(256)))
    assert _body(before + b" " + KEY.encode() + b" " + behind) == before + b" " + NAMED.encode() + b" " + behind


# --- texts within texts ---------------------------------------------------------------------------------------------


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _json(text: str) -> str:
    return json.dumps({"a": "é", "k": text, "n": 1.50})


def _multipart(text: str) -> str:
    return (
        '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n'
        f"{text}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    )


WRAPS: dict[str, Wrap] = {
    "text": lambda s: f"say {s} now",
    "JSON": _json,
    "JSON in JSON": lambda s: _json(_json(s)),
    "JSON in JSON in JSON": lambda s: _json(_json(_json(s))),
    "escaped JSON": lambda s: _json("".join(f"\\u{ord(char):04x}" for char in '"/<') + s),
    "base64": lambda s: f"<{_b64(f'to be kept: {s}')}>",
    "base64 without padding": lambda s: f"<{_b64(f'keep: {s}').rstrip('=')}>",
    "base64url": lambda s: f"<{base64.urlsafe_b64encode(f'~~~???>>>{s}~~~???>>>'.encode()).decode()}>",
    "base64 of gzip": lambda s: f"<{base64.b64encode(gzip.compress(s.encode(), mtime=0)).decode()}>",
    "base64 of zlib": lambda s: f"<{base64.b64encode(zlib.compress(s.encode())).decode()}>",
    "base64 of zstd": lambda s: f"<{base64.b64encode(_zstd(s.encode())).decode()}>",
    "data URL": lambda s: f"url(data:application/json;base64,{_b64(_json(s))})",
    "percent": lambda s: quote(_json(s), safe=""),
    "percent twice": lambda s: quote(quote(_json(s), safe=""), safe=""),
    "form": lambda s: urlencode({"a": "x y", "f": _json(s), "é": "&"}),
    "multipart": _multipart,
    "lines of SSE without a type": lambda s: f"data: {_json(s)}\n\ndata: [DONE]\n\n",
}


@pytest.mark.parametrize("name", WRAPS)
def test_a_secret_is_taken_out_below_a_coding(name: str) -> None:
    assert _body(WRAPS[name](KEY)) == WRAPS[name](NAMED)


_PERCENT = ("percent", "percent twice", "form")
_IN_PERCENT = ("text", "JSON", "JSON in JSON", "base64", "base64url", "data URL", "percent", "multipart")
PAIRS = [(a, b) for a, b in itertools.product(WRAPS, repeat=2) if a not in _PERCENT or b in _IN_PERCENT]


def test_a_secret_is_taken_out_below_two_codings() -> None:
    bodies = [WRAPS[outer](WRAPS[inner](KEY)) for outer, inner in PAIRS]
    after = Redactor().redact(_recording(*bodies), "x.yaml").data
    assert Redactor().redact(after, "x.yaml").data == after
    interactions = yaml.safe_load(after)["interactions"]
    wrong = [
        f"{inner} in {outer}"
        for (outer, inner), interaction in zip(PAIRS, interactions, strict=True)
        if _bare(interaction["response"]["body"]["string"]) != _bare(WRAPS[outer](WRAPS[inner](NAMED)))
    ]
    assert wrong == []


def _bare(text: str) -> str:
    """A text without the padding of base64: where it was not needed, nobody knows whether it is wanted."""
    return re.sub("=|%(25)?3D", "", text)


@pytest.mark.parametrize("name", ["base64", "base64 of gzip", "percent twice", "JSON in JSON"])
def test_it_is_taken_out_of_packed_bodies_too(name: str) -> None:
    body = _body(gzip.compress(WRAPS[name](KEY).encode()), {"Content-Encoding": "gzip"})
    assert gzip.decompress(body).decode() == WRAPS[name](NAMED)


ESCAPED = "".join(f"\\u{ord(char):04x}" if char in "spo-7" else char for char in KEY)
PERCENT = "".join(f"%{ord(char):02x}" if char in "spo-7" else char for char in KEY)
SLASHED = "AbQ/x9+Zr3/Lm7Tq5Wv1/Yk8Np2+Hd4Jc6Gs0Fe/"
"""Forty characters, as secret keys of AWS have."""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'{{"k":"{ESCAPED}"}}', f'{{"k":"{NAMED}"}}'),
        (f'{{"k":"{{\\"k\\":\\"{ESCAPED}\\"}}"}}', f'{{"k":"{{\\"k\\":\\"{NAMED}\\"}}"}}'),
        (f"x={PERCENT}&y=1", f"x={NAMED}&y=1"),
        (f"x={quote(PERCENT)}&y=1", f"x={NAMED}&y=1"),
        (
            '{"secretAccessKey":"' + SLASHED.replace("/", "\\/") + '"}',
            '{"secretAccessKey":"REDACTED-aws-secret-access-key-1"}',
        ),
    ],
    ids=["\\u", "\\u in JSON in JSON", "percent", "percent twice", "\\/"],
)
def test_the_characters_of_a_secret_may_be_escaped_themselves(before: str, after: str) -> None:
    assert _body(before) == after


def _jwt(claims: str) -> str:
    parts = ('{"alg":"HS256","typ":"JWT"}', claims)
    head = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return head + "." + "q7m2xk9tr4v8bn3wd6yf1hg5j0sea8rip2x4nk7tb6v"


@pytest.mark.parametrize("name", ["text", "base64", "base64 of gzip", "JSON in JSON", "percent twice"])
def test_a_web_token_goes_as_a_whole(name: str) -> None:
    token = _jwt('{"sub":"someone","iat":1700000000}')
    assert _body(WRAPS[name](token)) == WRAPS[name]("REDACTED-jwt-1")


def test_a_form_gives_up_the_values_of_its_fields() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    password = "hunter2 " + "x&%+é9"
    body = f"grant_type=password&password={quote_plus(password)}&client_secret={quote(KEY)}&scope=a+b"
    assert _body(body, headers) == (
        "grant_type=password&password=REDACTED-password-1&client_secret=REDACTED-client-secret-1&scope=a+b"
    )


def test_a_multipart_form_gives_up_the_values_of_its_fields() -> None:
    value = "q7m2xk9t" + "r4v8bn3w"
    body = f'--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{value}\r\n--b--\r\n'
    assert _body(body, {"Content-Type": "multipart/form-data; boundary=b"}) == body.replace(value, "REDACTED-api-key-1")


# --- URLs -----------------------------------------------------------------------------------------------------------

VALUE = "q7m2xk9t" + "r4v8bn3w" + "d6yf1hg5"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"https://a.example/v1?x=1&api_key={VALUE}&y=2",
            "https://a.example/v1?x=1&api_key=REDACTED-url-parameter-1&y=2",
        ),
        (
            f"https://a.example/v1?x=1#access_token={VALUE}",
            "https://a.example/v1?x=1#access_token=REDACTED-credential-1",
        ),
        (f"https://me:{VALUE}@a.example/v1", "https://me:REDACTED-url-password-1@a.example/v1"),
        (f"https://a.example/v1/{KEY}/x?%7b", f"https://a.example/v1/{NAMED}/x?%7b"),
        (
            "https://a.example/?next=" + quote(f"https://b.example/?api_key={VALUE}&z=1", safe=""),
            "https://a.example/?next=https%3A%2F%2Fb.example%2F%3Fapi_key%3DREDACTED-url-parameter-1%26z%3D1",
        ),
        (
            "https://a.example/?next=" + quote(quote(f"https://b.example/?api_key={VALUE}&z=1", safe=""), safe=""),
            "https://a.example/?next="
            + quote(quote("https://b.example/?api_key=REDACTED-url-parameter-1&z=1", safe=""), safe=""),
        ),
        (f"https://a.example/?key={PERCENT}", f"https://a.example/?key={NAMED}"),
        (f"https://a.example/?key={quote(PERCENT)}", f"https://a.example/?key={NAMED}"),
    ],
    ids=["query", "fragment", "userinfo", "path", "URL in URL", "the same, twice", "percent", "percent twice"],
)
@pytest.mark.parametrize("place", ["uri", "Location", "Referer", "body"])
def test_a_url_gives_up_what_opens_something(before: str, after: str, place: str) -> None:
    if place == "uri":
        assert _redacted(_recording("", uri=before))["request"]["uri"] == after
    elif place == "body":
        assert _body(before) == after
    else:
        assert _redacted(_recording("", headers={place: before}))["response"]["headers"][place] == [after]


@pytest.mark.parametrize("gap", ["\n", "\r\n"])
@pytest.mark.parametrize("width", [60, 76])
def test_base64_in_lines_is_coded_anew_in_lines(gap: str, width: int) -> None:
    said = f"# settings of some service\nOPENAI_API_KEY={KEY}\nMORE=1\n"
    coded = base64.b64encode(said.encode()).decode()
    lines = "".join(coded[at : at + width] + gap for at in range(0, len(coded), width))
    content = json.loads(_body(json.dumps({"name": ".env", "content": lines})))["content"]
    assert base64.b64decode(content).decode() == said.replace(KEY, NAMED)
    assert {len(line) for line in content.split(gap)[:-2]} == {width}


def test_what_stands_in_lines_of_base64_among_other_bytes_leaves_the_lines_and_the_other_bytes() -> None:
    data = b"\xff\xfe" * 20 + KEY.encode() + b"/+\xff\xfe" * 20
    coded = base64.b64encode(data).decode()
    lines = "\n".join(coded[at : at + 60] for at in range(0, len(coded), 60))
    after = json.loads(_body(json.dumps({"key": KEY, "blob": lines})))["blob"]
    assert [len(line) for line in after.split("\n")] == [len(line) for line in lines.split("\n")]
    start = data.index(KEY.encode())
    assert base64.b64decode(after)[: start - 1] == data[: start - 1]
    assert base64.b64decode(after)[start + len(KEY) + 1 :] == data[start + len(KEY) + 1 :]
    assert KEY.encode()[2:-2] not in base64.b64decode(after)
