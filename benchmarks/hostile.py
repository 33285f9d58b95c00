"""Run by the scenario ``secrets``: times of bodies that are made to take long, within one process.

    python hostile.py [BYTES [NAME…]]

It prints a JSON object: the name of each input, and the seconds of CPU time that the rules about secrets and that
redacting take. All inputs have one size, so that times are times per byte.
"""

import base64
import contextlib
import gzip
import json
import random
import string
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from cassette_tools.lint.engine import lint_bytes
from cassette_tools.lint.select import Choice
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.operations.redaction.redact import RedactionError, Redactor

_ALPHABET = string.ascii_letters + string.digits
_JSON = "application/json"
_SSE = "text/event-stream"
_FORM = "application/x-www-form-urlencoded"


class Input(NamedTuple):
    """A body."""

    text: str
    media_type: str = "text/plain"
    coding: str = ""


def _letters(size: int) -> str:
    return "".join(random.Random(1).choices(_ALPHABET, k=size))  # noqa: S311 - the same in every run


def _filled(part: str, size: int) -> str:
    return part * (size // len(part))


def _numbered(part: str, size: int) -> str:
    """Parts with numbers in them, up to a size."""
    return "".join(part.format(number) for number in range(size // (len(part) + 5)))


def _nested(size: int) -> str:
    """JSON in a string of JSON in a string, four times, in each member of an object."""
    inner = "x"
    for _ in range(4):
        inner = json.dumps({"a": inner})
    member = json.dumps(inner)
    return "{" + ",".join(f'"{number}":{member}' for number in range(size // (len(member) + 9))) + "}"


def _fragments(size: int, text: str) -> str:
    """A stream of OpenAI's, with one character of a text in each of its events."""
    event = 'data: {"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":%s}}]}\n\n'
    number = size // (len(event) + 1)
    return "".join(event % json.dumps(text[at % len(text)]) for at in range(number)) + "data: [DONE]\n\n"


def _prose(size: int) -> str:
    chance = random.Random(2)  # noqa: S311
    words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9))) for _ in range(500)]
    return " ".join(chance.choices(words, k=size // 6))


_KEY = "sk-" + "proj-"
INPUTS: dict[str, Callable[[int], Input]] = {
    "prose": lambda size: Input(_prose(size)),
    "one letter": lambda size: Input("a" * size),
    "base64": lambda size: Input(_letters(size)),
    "words of base64": lambda size: Input(_filled(_letters(10_000)[:60] + " ", size)),
    "sk-": lambda size: Input(_filled("sk-", size)),
    "keys": lambda size: Input(_filled(f"{_KEY}{_letters(48)} ", size)),
    "keys, each another": lambda size: Input(_numbered(_KEY + "Qx7Lm2Vb9Tz4Rw8Np5Hd1Zk3{0:08} ", size)),
    "Bearer": lambda size: Input(_filled("Bearer ", size)),
    "://:@": lambda size: Input(_filled("://:@", size)),
    "PEM": lambda size: Input(_filled("-----BEGIN " + "PRIVATE KEY-----", size)),
    "PEM, lines": lambda size: Input(_filled("-----BEGIN " + "PRIVATE KEY-----\n", size)),
    "backslashes": lambda size: Input("\\" * size),
    "escapes": lambda size: Input(_filled("\\u0041\\/", size)),
    "%25": lambda size: Input(_filled("%25", size)),
    "password=": lambda size: Input(_filled("password=", size)),
    "form": lambda size: Input(_filled("key=value&", size), _FORM),
    "form of passwords": lambda size: Input(_numbered("password=Qx7Lm2Vb9{0}&", size), _FORM),
    "query": lambda size: Input("https://h/?" + _filled("key=value&", size)),
    "web tokens": lambda size: Input(_filled("eyJhbGciOiJIUzI1NiJ9.", size)),
    "quotes": lambda size: Input('"' * size),
    "JSON in JSON": lambda size: Input(_nested(size), _JSON),
    "brackets": lambda size: Input("[" * (size // 2) + "]" * (size // 2), _JSON),
    "members": lambda size: Input("{" + _numbered('"api_key{0}":"value",', size) + '"a":1}', _JSON),
    "one character an event": lambda size: Input(_fragments(size, "It is so. "), _SSE),
    "a key, one character an event": lambda size: Input(_fragments(size, f"{_KEY}{_letters(48)} "), _SSE),
    "gzip": lambda size: Input(_prose(size), "text/plain", "gzip"),
    "gzip of one letter": lambda size: Input("a" * size, "text/plain", "gzip"),
    "characters of four bytes": lambda size: Input("😀" * (size // 4)),
}


def recording(given: Input) -> bytes:
    """A go-vcr recording with such a body."""
    headers = f"Content-Type: [{given.media_type}]"
    body = json.dumps(given.text, ensure_ascii=False)
    if given.coding:
        headers += f", Content-Encoding: [{given.coding}]"
        body = f"!!binary {base64.b64encode(gzip.compress(given.text.encode(), mtime=0)).decode()}"
    url = "https://api.openai.com/v1/chat/completions"
    return (
        "---\nversion: 2\ninteractions:\n- id: 0\n"
        f"  request: {{proto: HTTP/1.1, method: POST, url: '{url}', headers: {{}}, body: ''}}\n"
        "  response:\n    proto: HTTP/1.1\n    status: 200 OK\n    code: 200\n    duration: 1ms\n"
        f"    headers: {{{headers}}}\n    body: {body}\n"
    ).encode()


def _time(run: Callable[[], object]) -> float:
    """Seconds of CPU time."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main(arguments: list[str]) -> None:
    """Take the times."""
    size = int(float(arguments[0])) if arguments else 10_000_000
    settings = SettingsFinder(Options(choice=Choice(select=("CT6",)), isolated=True)).of("")

    def lint(data: bytes) -> None:
        lint_bytes(data, "x.yaml", settings=settings)

    def redact(data: bytes) -> None:
        with contextlib.suppress(RedactionError):  # that takes its time, too
            Redactor().redact(data, "x.yaml")

    warm = recording(INPUTS["keys"](1000))
    lint(warm)
    redact(warm)  # imports, and compiles the patterns
    found: dict[str, tuple[float, float]] = {}
    for name in arguments[1:] or INPUTS:
        data = recording(INPUTS[name](size))
        found[name] = (_time(lambda: lint(data)), _time(lambda: redact(data)))  # noqa: B023 - called at once
        print(f"{name:32}", *(f"{seconds:8.2f}" for seconds in found[name]), file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
