"""Recordings whose bodies are made to keep a search for secrets busy: many beginnings, many layers, no ends."""

import base64
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

_HEAD = """\
version: 2
interactions:
- id: 0
  request: {{method: GET, url: "http://localhost/", headers: {{}}, body: ""}}
  response:
    status: 200 OK
    code: 200
    headers: {{Content-Type: [{media_type}]}}
    body: {body}
"""


def _nested(size: int) -> str:
    text = "a"
    while len(text) < size:
        text = json.dumps({"api_key": text})
    return text[:size]


def _fragments(size: int) -> str:
    event = 'data: {{"id":"a","object":"chat.completion.chunk","choices":[{{"index":0,"delta":{{"content":{}}}}}]}}\n\n'
    number = size // len(event)
    letters = random.Random(0).choices("sk-projABCDEF0123456789", k=number)  # noqa: S311
    return "".join(event.format(json.dumps(letter)) for letter in letters) + "data: [DONE]\n\n"


def _random(size: int) -> bytes:
    return random.Random(0).randbytes(size)  # noqa: S311 - it is no secret


def _short_base64(size: int) -> str:
    data = _random(size * 3 // 4)
    return "\n".join(base64.b64encode(data[at : at + 30]).decode() for at in range(0, len(data), 30))


def _repeated(text: str) -> Callable[[int], str]:
    return lambda size: text * (size // len(text))


def _json_in_layers(size: int) -> str:
    """JSON in a string of JSON in a string of JSON, as deep as it stays the size that it has."""
    text = json.dumps({"messages": ["word " * 200] * (size // 1300)})
    for _ in range(3):
        text = json.dumps({"text": text})
    return text


BODIES: dict[str, Callable[[int], str]] = {
    "words": _repeated("All of these are words. "),
    "one letter": _repeated("a"),
    "base64": lambda size: base64.b64encode(_random(size * 3 // 4)).decode(),
    "base64 of words": lambda size: base64.b64encode(b"All of these are words. " * (size // 32)).decode(),
    "base64 of gzip": lambda size: base64.b64encode(gzip.compress(_random(size * 3 // 4), mtime=0)).decode(),
    "short base64": _short_base64,
    "words nearly as long as base64": _repeated(f"{'A' * 27} "),
    "hexadecimal": lambda size: _random(size // 2).hex(),
    "sk-": _repeated("sk-"),
    "beginnings of keys": _repeated("sk-ant-api03-sk-proj-ghp_AKIAxoxb-AIzaeyJ"),
    "Bearer": _repeated("Bearer "),
    "://:@": _repeated("://:@"),
    "private keys": _repeated("-----BEGIN PRIVATE KEY-----"),
    "backslashes": _repeated("\\"),
    "quotes and backslashes": _repeated('\\"'),
    "percent signs": _repeated("%25"),
    "percent-encoded": _repeated("%2525%253D"),
    "passwords": _repeated("password="),
    "forms": _repeated("key=value&"),
    "parameters": _repeated("?token=abcdefgh12"),
    "brackets": _repeated('{"key":['),
    "keys without values": _nested,
    "JSON in JSON": _json_in_layers,
    "addresses": _repeated("a@a.a.1.2.3."),
    "dots": _repeated("eyJ.eyJ."),
    "dashes": _repeated("-"),
    "numbers": _repeated("1234567890"),
    "zeros": _repeated("0"),
    "line ends": _repeated("\n\r"),
    "one-character fragments": _fragments,
}
"""Names, and what makes a text of about that many characters."""


def write(folder: Path, size: int) -> dict[str, Path]:
    """Write a go-vcr cassette for each of the bodies; those that compress well also as gzip in base64."""
    paths = {}
    for number, (name, make) in enumerate(BODIES.items()):
        text = make(size)
        media_type = "text/event-stream" if text.startswith("data: ") else "application/json"
        path = folder / f"{number:02}.yaml"
        path.write_text(_HEAD.format(media_type=media_type, body=json.dumps(text)), encoding="utf-8")
        paths[name] = path
    return paths
