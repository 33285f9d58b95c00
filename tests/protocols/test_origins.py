"""From characters of a message to places in the body that they came from."""

import base64
import json
import struct
import zlib
from typing import Any

from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols.message import Fragments
from cassette_tools.protocols.origins import routes
from cassette_tools.protocols.registry import Transcript, read

CHAT = "https://api.example.com/v1/chat/completions"


def _read(url: str, body: str | bytes, content_type: str) -> tuple[Interaction, Transcript]:
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url=url)
    headers = Headers([Header("Content-Type", content_type, ())])
    response = Response((), {}, headers, Body(body, ("body",), headers), None, code=200, status_line="")
    interaction = Interaction(0, (), request, response, None)
    transcript = read(interaction)
    assert transcript is not None
    assert transcript.message is not None
    return interaction, transcript


def _shown(body: str, found: tuple[Interaction, Transcript], text: Fragments, start: int, end: int) -> list[Any]:
    return [
        None if route.span is None else (route.event, body[slice(*route.span)])
        for route in routes(*found, text, start, end)
    ]


def _text(transcript: Transcript) -> Fragments:
    assert transcript.message is not None
    return transcript.message.choices[0].text


def test_each_fragment_that_is_touched_has_its_place_with_its_escapes() -> None:
    parts = ["Hel", 'lo "\u4e16', "\u754c!"]
    body = "".join(f'data: {{"choices":[{{"delta":{{"content":{json.dumps(part)}}}}}]}}\n\n' for part in parts)
    found = _read(CHAT, body, "text/event-stream")
    text = _text(found[1])
    assert text.text == 'Hello "世界!'
    assert _shown(body, found, text, 2, 9) == [(0, "l"), (1, 'lo \\"\\u4e16'), (2, "\\u754c")]
    assert _shown(body, found, text, 6, 7) == [(1, '\\"')]


def test_data_in_several_lines_is_followed() -> None:
    body = 'data: {"choices":[{"delta":\ndata:  {"content":"Hi"}}]}\n\n'
    found = _read(CHAT, body, "text/event-stream")
    assert _shown(body, found, _text(found[1]), 1, 2) == [(0, "i")]


def test_an_answer_that_is_not_streamed_has_places_in_its_body() -> None:
    body = '{"choices": [{"message": {"content": "a\\nb"}}]}'
    found = _read(CHAT, body, "application/json")
    assert _shown(body, found, _text(found[1]), 1, 3) == [(None, "\\nb")]


def test_arguments_that_came_as_a_structure_are_that_structure() -> None:
    body = '{"type":"message","stop_reason":null,"content":[{"type":"tool_use","name":"f","input":{"a": [1]}}]}'
    found = _read("https://api.example.com/v1/messages", body, "application/json")
    assert found[1].message is not None
    (call,) = found[1].message.choices[0].tool_calls
    assert _shown(body, found, call.arguments, 0, 1) == [(None, '{"a": [1]}')]


def test_what_is_coded_has_the_place_of_its_event() -> None:
    inner = {"messageStart": {"role": "assistant"}}
    said = {"contentBlockDelta": {"delta": {"text": "Hi"}, "contentBlockIndex": 0}}
    frames = b""
    for value in (inner, said):
        payload = json.dumps({"bytes": base64.b64encode(json.dumps(value).encode()).decode()}).encode()
        name = b"\x0b:event-type\x07" + struct.pack(">H", 5) + b"chunk"
        prelude = struct.pack(">II", 16 + len(name) + len(payload), len(name))
        frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + name + payload
        frames += frame + struct.pack(">I", zlib.crc32(frame))
    url = "https://b.example/model/amazon.nova-lite-v1/invoke-with-response-stream"
    found = _read(url, frames, "application/vnd.amazon.eventstream")
    (route,) = routes(*found, _text(found[1]), 0, 2)
    assert (route.path, route.span, route.event) == (("body",), None, 1)
    # Where a recorder stored the same events as text, the place is the string that holds the base64.
    lines = [json.dumps({"bytes": base64.b64encode(json.dumps(value).encode()).decode()}) for value in (inner, said)]
    body = "".join(f"data: {line}\n\n" for line in lines)
    found = _read(url, body, "text/event-stream")
    assert _shown(body, found, _text(found[1]), 0, 1) == [(1, lines[1].partition(": ")[2][:-1])]


def test_what_several_events_make_is_the_whole_body() -> None:
    body = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
    found = _read(CHAT, body, "text/event-stream")
    made = Fragments.of("made", None, ())
    assert [(route.path, route.span) for route in routes(*found, made, 0, 4)] == [(("body",), None)]


def test_a_path_that_leads_nowhere_is_all_of_the_event() -> None:
    body = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
    found = _read(CHAT, body, "text/event-stream")
    lost = Fragments.of("lost", 0, ("nowhere",))
    assert _shown(body, found, lost, 0, 4) == [(0, body[6:-2])]
