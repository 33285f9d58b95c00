"""A secret that comes in fragments is found in any stream, and wherever copies of the fragments stand."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.secrets.columns import Columns
from cassette_tools.secrets.finder import KNOWN, SPLIT, Finder
from cassette_tools.secrets.options import SecretOptions
from cassette_tools.wire import sse
from tests.recordings import recording

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
KNOWN_VALUE = "correct horse battery"
CHAT = "https://api.openai.com/v1/chat/completions"


def _pieces(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def _events(values: list[Any], name: str = "") -> str:
    head = f"event: {name}\n" if name else ""
    return "".join(f"{head}data: {value if isinstance(value, str) else json.dumps(value)}\n\n" for value in values)


def _chat(deltas: list[dict[str, Any]], **more: Any) -> list[Any]:
    return [{"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, **more}]} for delta in deltas]


def _logprobs(pieces: list[str]) -> list[Any]:
    """Tokens with their bytes, of which some come two in an event."""
    tokens: list[dict[str, Any]] = [{"token": piece, "bytes": list(piece.encode())} for piece in pieces]
    pairs = [tokens[:1], *(tokens[at : at + 2] for at in range(1, len(tokens), 2))]
    return [
        event
        for several in pairs
        for event in _chat([{"content": "".join(it["token"] for it in several)}], logprobs={"content": several})
    ]


def _alternatives(pieces: list[str]) -> list[Any]:
    """Tokens, each with others that were likely."""
    return [
        event
        for piece in pieces
        for event in _chat(
            [{"content": piece}],
            logprobs={"content": [{"token": piece, "top_logprobs": [{"token": piece}, {"token": "other"}]}]},
        )
    ]


def _taking_turns(pieces: list[str]) -> list[Any]:
    return [
        {"choices": [{"index": index, "delta": {"content": text}}]}
        for piece in pieces
        for index, text in ((0, "words "), (1, piece))
    ]


STREAMS: dict[str, Callable[[list[str]], str]] = {
    "a copy in the details of the reasoning": lambda pieces: _events(
        _chat([{"reasoning": it, "reasoning_details": [{"type": "reasoning.text", "text": it}]} for it in pieces])
    ),
    "tokens with their bytes": lambda pieces: _events(_logprobs(pieces)),
    "tokens with others that were likely": lambda pieces: _events(_alternatives(pieces)),
    "a transcript of what is said": lambda pieces: _events(_chat([{"audio": {"transcript": it}} for it in pieces])),
    "two answers that take turns": lambda pieces: _events(_taking_turns(pieces)),
    "two fragments in each event": lambda pieces: _events(
        [
            {"parts": [{"text": one}, {"text": other}]}
            for one, other in zip(pieces[::2], [*pieces[1::2], ""], strict=False)
        ]
    ),
    "events that are numbered": lambda pieces: _events(
        [{"index": number, "token": {"text": it}} for number, it in enumerate(pieces)]
    ),
    "an unknown event": lambda pieces: _events([{"type": "text-delta", "delta": it} for it in pieces], "data"),
    "events that are no JSON": lambda pieces: _events(list(pieces), "output"),
    "events that are strings": lambda pieces: _events([json.dumps(it) for it in pieces]),
}


def _joined(body: str) -> Iterator[str]:
    """Whatever can be put together from the strings at one place, or at the same place of each item of a list."""
    together: dict[tuple[Any, ...], list[str]] = {}

    def collect(value: Any, exact: tuple[Any, ...], loose: tuple[Any, ...]) -> None:
        if isinstance(value, list) and value and all(isinstance(item, int) for item in value):
            value = bytes(value).decode("latin-1")
        if isinstance(value, str):
            together.setdefault(exact, []).append(value)
            if loose != exact:
                together.setdefault(loose, []).append(value)
        elif isinstance(value, dict):
            mark = value.get("index")
            for key, item in value.items():
                collect(item, (*exact, mark, key), (*loose, key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                collect(item, (*exact, number), loose)

    for event in sse.decode(body)[0]:
        try:
            collect(json.loads(event.data), (), ("loose",))
        except ValueError:
            collect(event.data, (), ("loose",))
    return ("".join(parts) for parts in together.values())


@pytest.mark.parametrize("url", [CHAT, "https://a.example/stream"])
@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("secret", [KEY, KNOWN_VALUE])
def test_a_secret_in_fragments_is_found_and_taken_out_in_every_copy(kind: str, secret: str, url: str) -> None:
    body = STREAMS[kind](_pieces(f"the key is {secret}, ok?"))
    assert any(secret in text for text in _joined(body))
    data = recording({"stream": True}, body, "text/event-stream", url=url).encode()
    options = SecretOptions(known={"NAME": KNOWN_VALUE})
    interaction = load_bytes(data, "x.json").interactions[0]
    found = Finder(options=options).find(interaction, registry.read(interaction))
    assert {(it.code, it.value) for it in found} == {(KNOWN if secret == KNOWN_VALUE else SPLIT, secret)}
    redacted = Redactor(Policy(secrets=options)).redact(data, "x.json").cassette.interactions[0].response.body.text
    left = [text for text in _joined(redacted) if any(secret[at : at + 8] in text for at in range(8, len(secret) - 8))]
    assert left == []


def _columns(values: list[Any]) -> list[str]:
    columns = Columns()
    for event in sse.decode(_events(values))[0]:
        columns.add(event, json.loads(event.data))
    return [text.string for text in columns.texts()]


def test_strings_of_one_place_are_put_together_once() -> None:
    assert _columns([{"a": "x", "b": "1"}, {"a": "y", "b": "2"}]) == ["xy", "12"]


def test_what_is_the_same_in_each_event_is_no_text() -> None:
    assert _columns([{"id": "abc"}] * 3) == []


def test_strings_of_a_single_event_are_no_fragments() -> None:
    assert _columns([{"a": ["x", "y"], "b": "z"}]) == []


def test_fragments_of_several_texts_are_kept_apart_and_put_together() -> None:
    values = [{"c": [{"index": 0, "t": "a"}]}, {"c": [{"index": 1, "t": "x"}]}]
    values += [{"c": [{"index": 0, "t": "b"}]}, {"c": [{"index": 1, "t": "y"}]}]
    assert _columns(values) == ["ab", "xy", "axby"]


def test_a_structure_that_is_very_deep_is_not_followed_to_its_end() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = {"a": deep}
    assert _columns([deep, deep]) == []
