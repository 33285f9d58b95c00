"""The texts of a message in fragments, and where their characters are in the recording."""

import base64
import json
import struct
import zlib
from typing import Any

import pytest
import yaml

from cassette_tools.loading import load_bytes
from cassette_tools.model import Interaction
from cassette_tools.operations.redaction.redact import RedactionError, Redactor
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Fragments, Origin
from cassette_tools.secrets.messages import Joined, Stream
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import Recorded, RecordedBytes, TextChange

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
CHAT = "https://api.openai.com/v1/chat/completions"
BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/"


def _file(url: str, media_type: str, body: str | bytes) -> bytes:
    request = {"method": "POST", "uri": url, "headers": {}, "body": "{}"}
    headers = {"Content-Type": [media_type]}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}
    return yaml.dump({"interactions": [{"request": request, "response": response}], "version": 1}).encode()


def _stream(url: str, media_type: str, body: str | bytes) -> tuple[Interaction, Stream]:
    interaction = load_bytes(_file(url, media_type, body), "x.yaml").interactions[0]
    transcript = registry.read(interaction)
    assert transcript is not None
    return interaction, Texts().stream(interaction, transcript)


def _chunk(text: str) -> str:
    chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return f"data: {json.dumps(chunk)}\n\n"


BODY = _chunk("one ") + _chunk('tw"o') + ": comment\n\n" + _chunk(" three")


def test_a_text_in_fragments_leads_to_its_events() -> None:
    _, stream = _stream(CHAT, "text/event-stream", BODY)
    (text,) = stream.texts()
    assert text.text == 'one tw"o three'
    assert text.events(0, 4) == (0,)
    assert text.events(2, 12) == (0, 1, 2)
    route = text.route(5, 12)
    assert route.event == 1
    assert route.span is not None
    assert BODY[slice(*route.span)] == 'w\\"o'


def test_a_change_is_made_in_the_first_fragment_and_the_others_are_emptied() -> None:
    _, stream = _stream(CHAT, "text/event-stream", BODY)
    (text,) = stream.texts()
    lowered = text.lower([TextChange(2, 10, "X"), TextChange(11, 12, "")])
    assert [(view.text, change) for view, change in lowered] == [
        ("one ", (2, 4, "X")),
        ('tw"o', (0, 4, "")),
        (" three", (0, 2, "")),
        (" three", (3, 4, "")),
    ]


def test_a_text_that_came_whole_is_none_in_fragments() -> None:
    _, stream = _stream(CHAT, "text/event-stream", _chunk("one"))
    assert list(stream.texts()) == []


def test_what_was_not_read_as_the_stream_has_no_strings() -> None:
    body = _chunk(KEY[:9]).encode() + b": \xff\n\n" + _chunk(KEY[9:]).encode()
    interaction, stream = _stream(CHAT, "text/event-stream", body)
    (text,) = stream.texts()
    assert text.text == KEY
    assert text.lower([TextChange(0, 40, "X")]) == []
    assert text.route(0, 40) == interaction.response.body.route()
    with pytest.raises(RedactionError, match="it stands where nothing can be changed: openai-project-key"):
        Redactor().redact(_file(CHAT, "text/event-stream", body), "x.yaml")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("choices", 0, "delta", "content"), "one "),
        (("id",), "c"),
        (("choices", 1), None),
        (("choices", 0, "index"), None),
        (("choices", 0), None),
        (("nothing",), None),
        (("id", "more"), None),
        (("choices", "content"), None),
        (("object", 0), None),
    ],
)
def test_only_strings_of_an_event_are_strings(path: tuple[str | int, ...], value: str | None) -> None:
    _, stream = _stream(CHAT, "text/event-stream", BODY)
    view = stream.string(Origin(0, path, 0, 1))
    assert (view.text if view is not None else None) == value
    assert stream.string(Origin(0, path, 0, 1)) is view
    assert stream.string(Origin(99, path, 0, 1)) is None


def test_an_event_that_is_no_json_has_no_strings() -> None:
    _, stream = _stream(CHAT, "text/event-stream", BODY + "data: {broken\n\ndata: [DONE]\n\n")
    assert stream.string(Origin(3, ("id",), 0, 1)) is None


def _frame(payload: bytes, kind: str = "chunk") -> bytes:
    headers = b""
    for name, value in ((":event-type", kind), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    rest = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return rest + struct.pack(">I", zlib.crc32(rest))


def _inner(value: Any) -> bytes:
    return json.dumps({"bytes": base64.b64encode(json.dumps(value).encode()).decode(), "p": "é"}).encode()


def test_frames_have_payloads_and_what_is_in_their_base64() -> None:
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
        for text in ("so it", " is é")
    ]
    frames = [_frame(_inner(value)) for value in deltas]
    _, stream = _stream(f"{BEDROCK}invoke-with-response-stream", "application/vnd.amazon.eventstream", b"".join(frames))
    assert [json.loads(view.text)["p"] for view in stream.frames()] == ["é", "é"]
    (text,) = stream.texts()
    assert text.text == "so it is é"
    ((view, change),) = text.lower([TextChange(6, 10, "was 日")])
    while not isinstance(view, Recorded):
        ((view, change),) = view.lower([change])
    assert isinstance(view, RecordedBytes)
    deltas[1]["delta"] = {"type": "text_delta", "text": " was 日"}
    after = view.text[: change.start] + change.text + view.text[change.end :]
    first, second = after.encode("latin-1")[: len(frames[0])], after.encode("latin-1")[len(frames[0]) :]
    assert first == frames[0]
    payload = json.dumps(deltas[1]).encode()
    wanted = json.dumps({"bytes": base64.b64encode(payload).decode(), "p": "é"}).encode()
    assert second == _frame(wanted)


def test_short_base64_in_a_frame_is_looked_into_where_a_path_leads_there() -> None:
    frames = [_frame(_inner({"a": "b"}))]
    _, stream = _stream(f"{BEDROCK}invoke-with-response-stream", "application/vnd.amazon.eventstream", b"".join(frames))
    view = stream.string(Origin(0, ("bytes", "a"), 0, 1))
    assert view is not None
    assert (view.text, view.codings) == ("b", ["event stream", "base64"])
    assert stream.string(Origin(0, ("p", "a"), 0, 1)) is None


def test_a_fragment_of_several_events_is_nowhere() -> None:
    _, stream = _stream(CHAT, "text/event-stream", BODY)
    fragments = Fragments.of("one", None, ("x",))
    joined = Joined(fragments.text, lambda: fragments, stream)
    assert joined.events(0, 3) == ()
    assert joined.lower([TextChange(0, 3, "x")]) == []
