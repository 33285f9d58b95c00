"""Whatever is where: nothing is left of it, nothing else changes, and there is nothing to be done a second time."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import Scanner
from cassette_tools.operations.redaction.policy import DEFAULT_CODES, Policy, Style
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.secrets.finder import Finder

RUN_KEY = b"0123456789abcdef"


def _samples() -> list[tuple[str, str]]:
    """Texts with a secret in them, and the secret."""
    found = []
    for pattern in PATTERNS:
        for parts in pattern.true if pattern.code in DEFAULT_CODES else ():
            text = "".join(parts)
            hits = [hit for hit in Scanner([pattern]).hits(text) if hit.start < hit.end]
            found += [(text, text[hit.start : hit.end]) for hit in hits[:1]]
    return found


SAMPLES = _samples()


def _json(text: str) -> str:
    return json.dumps({"é": 1, "text": f"so: {text} ", "z": [None]})


WRAPS: list[Callable[[str], str]] = [
    str,
    _json,
    lambda text: _json(_json(text)),
    lambda text: f"x {base64.b64encode(f'so {text} '.encode()).decode()} y",
    lambda text: f"x {base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()} y",
    lambda text: "data=" + quote(f" {text} ", safe=" \"':=/@?&"),
]
PACKS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("", bytes),
    ("gzip", lambda data: gzip.compress(data, mtime=0)),
    ("deflate", zlib.compress),
]

_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@st.composite
def _bodies(draw: st.DrawFn) -> tuple[str, str]:
    """A body, and the secret in it."""
    text, secret = draw(st.sampled_from(SAMPLES))
    wrap = draw(st.sampled_from(WRAPS))
    return f"{draw(_texts)} {wrap(text)} {draw(_texts)}", secret


@st.composite
def _messages(draw: st.DrawFn) -> tuple[dict[str, str], bytes | str, list[str]]:
    """Headers, a body, and the secrets in them."""
    headers = {"Content-Type": "text/plain", "X-Kept": draw(st.sampled_from(["a", "é", "1", "no"]))}
    body, secret = draw(_bodies())
    secrets = [secret]
    if draw(st.booleans()):
        text, secret = draw(st.sampled_from([sample for sample in SAMPLES if "\n" not in sample[0]]))
        headers["X-Note"] = f"see {text} "
        secrets.append(secret)
    coding, pack = draw(st.sampled_from(PACKS))
    if coding:
        headers["Content-Encoding"] = coding
    data = pack(body.encode())
    headers["Content-Length"] = str(len(data))
    return headers, data if coding else body, secrets


def _vcrpy(messages: list[tuple[dict[str, str], bytes | str, list[str]]]) -> dict[str, Any]:
    interactions = []
    for (asked, request, _), (answered, response, _) in zip(messages[::2], messages[1::2], strict=True):
        interactions.append(
            {
                "request": {"method": "POST", "uri": "https://a.example/", "headers": asked, "body": request},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": answered,
                    "body": {"string": response},
                },
            }
        )
    return {"interactions": interactions, "version": 1}


def _go_vcr(messages: list[tuple[dict[str, str], bytes | str, list[str]]]) -> dict[str, Any]:
    interactions = []
    for number, (asked, answered) in enumerate(zip(messages[::2], messages[1::2], strict=True)):
        sides = [
            {"headers": {name: [value] for name, value in headers.items()}, "body": body, "content_length": -1}
            for headers, body, _ in (asked, answered)
        ]
        request = {"url": "https://a.example/", "method": "POST", **sides[0]}
        response = {"code": 200, "status": "200 OK", "duration": "1s", **sides[1]}
        interactions.append({"id": number, "request": request, "response": response})
    return {"version": 2, "interactions": interactions}


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in _leaves(value[key])]
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list) else [value]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_messages(), min_size=2, max_size=4).filter(lambda messages: len(messages) % 2 == 0),
    st.sampled_from([_vcrpy, _go_vcr]),
    st.sampled_from([None, '"', "'", "|"]),
    st.sampled_from(["named", "plain", "fake"]),
)
def test_nothing_is_left_and_a_second_time_nothing_changes(
    messages: list[tuple[dict[str, str], bytes | str, list[str]]],
    shape: Callable[[list[tuple[dict[str, str], bytes | str, list[str]]]], dict[str, Any]],
    style: str | None,
    placeholders: Style,
) -> None:
    recording = shape(messages)
    data = yaml.safe_dump(recording, default_style=style, allow_unicode=True, width=70).encode()
    redactor = Redactor(Policy(style=placeholders, key=RUN_KEY))
    redacted = redactor.redact(data, "x.yaml")
    assert redacted.changed
    after = redacted.data
    again = yaml.safe_load(after)
    for secret in {secret for *_, secrets in messages for secret in secrets}:
        assert secret.encode() not in after
        for leaf in _leaves(again):
            if isinstance(leaf, bytes):
                packed = gzip.decompress(leaf) if leaf[:2] == b"\x1f\x8b" else zlib.decompress(leaf)
                assert secret.encode() not in packed
    for interaction in redacted.cassette.interactions:
        assert Finder(DEFAULT_CODES).find(interaction, registry.read(interaction)) == []
        for message in (interaction.request, interaction.response):
            assert message.headers.get("content-length") == str(message.body.size)
    for old, new in zip(recording["interactions"], again["interactions"], strict=True):
        assert old["request"]["headers"]["X-Kept"] == new["request"]["headers"]["X-Kept"]
    assert redactor.redact(after, "x.yaml").data == after
    other = Redactor(Policy(style=placeholders, key=RUN_KEY[::-1])).redact(after, "x.yaml")
    assert (other.data, other.changed) == (after, False)
