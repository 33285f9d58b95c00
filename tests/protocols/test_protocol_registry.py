"""Which protocol reads a response, and what reading one gives."""

import json
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools import strict_json
from cassette_tools.model import Body, Header, Headers, Interaction, Request, Response
from cassette_tools.protocols import recognition, registry
from cassette_tools.protocols.base import MAX_IRREGULARITIES, Kind
from cassette_tools.protocols.registry import Transcript

_CHAT = "https://api.example.com/v1/chat/completions"
_OTHER = "https://api.example.com/v1/other"
_CHUNK = '{"choices":[{"index":0,"delta":{"content":"Hi"}}]}'
_END = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
_STREAM = f"data: {_CHUNK}\n\ndata: {_END}\n\ndata: [DONE]\n\n"


def _interaction(
    url: str, body: str | bytes | None, content_type: str | None = "text/event-stream", code: int | None = 200
) -> Interaction:
    headers = Headers([] if content_type is None else [Header("Content-Type", content_type, ("headers",))])
    request = Request((), {}, Headers([]), Body(None, ()), None, method="POST", url=url)
    response = Response((), {}, headers, Body(body, ("body",), headers), None, code=code, status_line="")
    return Interaction(0, (), request, response, None)


def _read(
    url: str, body: str | bytes | None, content_type: str | None = "text/event-stream", code: int | None = 200
) -> Transcript:
    transcript = registry.read(_interaction(url, body, content_type, code))
    assert transcript is not None
    return transcript


def _frame(kind: str, value: object) -> bytes:
    """A frame of an Amazon event stream."""
    head = b"\x0b:event-type\x07" + struct.pack(">H", len(kind)) + kind.encode()
    prelude = struct.pack(">II", 16 + len(head) + len(json.dumps(value)), len(head))
    start = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + json.dumps(value).encode()
    return start + struct.pack(">I", zlib.crc32(start))


def _text(transcript: Transcript) -> str:
    assert transcript.message is not None
    (choice,) = transcript.message.choices
    return choice.text.text


@pytest.mark.parametrize(
    ("content_type", "code", "body", "framing"),
    [
        ("text/event-stream", 200, _STREAM, "event-stream"),
        ("Text/Event-Stream; charset=utf-8", 200, _STREAM, "event-stream"),
        ("text/event-stream", None, _STREAM, "event-stream"),
        ("text/event-stream", 200, "", "event-stream"),
        ("text/event-stream", 200, None, "event-stream"),
        ("text/event-stream", 200, "junk", "event-stream"),
        ("text/event-stream", 200, '{"error": {}}', ""),
        ("text/event-stream", 200, '[{"error": {}}]', ""),
        ("text/event-stream", 400, _STREAM, ""),
        ("text/event-stream", 429, '{\n  "error": {}\n}', ""),
        ("text/event-stream", 302, _STREAM, ""),
        ("application/json", 200, _STREAM, "event-stream"),
        ("text/plain", 200, _STREAM, "event-stream"),
        ("text/html", 200, 'event: x\nid: 1\ndata: {"a": 1}\n\n', "event-stream"),
        ("application/octet-stream", 200, f": hello\n\n{_STREAM}", "event-stream"),
        ("text/plain", 200, "data: {a: 1}\n", ""),
        ("text/plain", 200, "data: [1, 2]\nevent: none\n", ""),
        ("text/plain", 200, '{"a": 1}\n{"a": 2}\n', ""),
        ("application/octet-stream", 200, b"\xff\xfedata: {", ""),
        ("image/png", 200, _STREAM, ""),
        ("application/json", 200, '{"a": 1}\n{"a": 2}\n', "ndjson"),
        ("application/json", 200, '{"a": 1}\r\n\r\n{"a": 2}', "ndjson"),
        ("application/json", 200, '{"a": 1}\n', ""),
        ("application/json", 200, '{"a": {}\n,"b": {}}\n', ""),
        ("application/json", 200, '{\n"a": 1}\n{"a": 2}\n', ""),
        (None, 200, '{"a": 1}\n{"a": 2}\n', "ndjson"),
        ("application/json", 200, '[{"candidates": [{"index": 0}]}]', "json-array"),
        (None, 200, '[\n {"candidates" : [', "json-array"),
        ("application/json", 200, '[{"candidates": 3}]', ""),
        (None, 200, _STREAM, "event-stream"),
        (None, 200, "data:{}\n\n", "event-stream"),
        (None, 200, "data:[DONE]\n\n", "event-stream"),
        (None, 200, "event: message_start\ndata: {}\n\n", "event-stream"),
        (None, 200, "event:x\ndata:{}\n\n", "event-stream"),
        (None, 200, "\ufeffdata: {}\n\n", "event-stream"),
        (None, 200, ": PROCESSING\n\ndata: {}\n\n", "event-stream"),
        (None, 200, ":\r\n\r\n: again\r\n\r\nevent: x\r\ndata: {}\r\n", "event-stream"),
        (None, 200, 'id: 1\ndata: {\ndata: "a": 1}\n\n', "event-stream"),
        (None, 200, "event: x\n", ""),
        (None, 200, "data: foo\nbar: x\n", ""),
        (None, 200, "event: [a]\nbar: x\n", ""),
        (None, 200, "data: [a]\nbar: x\n", ""),
        (None, 500, _STREAM, ""),
        (None, 200, "data:image/png;base64,AAAA", ""),
        (None, 200, ": a comment and nothing else\n", ""),
        (None, 200, '{"a": 1}', ""),
        (None, 200, "", ""),
        (None, 200, None, ""),
        ("application/vnd.amazon.eventstream", 200, b"", "aws-event-stream"),
        ("application/x-ndjson", 200, "{}\n", "ndjson"),
        ("application/jsonl; charset=utf-8", 200, "{}\n", "ndjson"),
    ],
)
def test_what_frames_a_response(
    content_type: str | None, code: int | None, body: str | bytes | None, framing: str
) -> None:
    assert registry.framing(_interaction(_OTHER, body, content_type, code)) == framing


def test_a_streaming_method_whose_answer_is_a_list_streams_that_list() -> None:
    url = "https://g.example/v1beta/models/m:streamGenerateContent"
    assert registry.framing(_interaction(url, "[{}\n,{}]", "application/json")) == "json-array"
    assert registry.framing(_interaction(url, '{"error": {}}', "application/json")) == ""
    assert registry.framing(_interaction(url.replace(":stream", "%3Astream"), "[{}]", "application/json")) != ""


def test_a_chat_stream_is_recognised_by_its_path() -> None:
    transcript = _read(_CHAT, _STREAM)
    assert transcript.protocol is not None
    assert (transcript.protocol.name, transcript.framing, transcript.event_count) == ("openai-chat", "event-stream", 3)
    assert _text(transcript) == "Hi"
    assert (transcript.defects, transcript.irregularities) == ([], [])


def test_a_chat_stream_is_recognised_by_its_first_chunk() -> None:
    transcript = _read(_OTHER, _STREAM)
    assert transcript.protocol is not None
    assert (transcript.protocol.name, _text(transcript)) == ("openai-chat", "Hi")


@pytest.mark.parametrize(
    "body", [_STREAM.encode(), "\ufeff" + _STREAM, _STREAM.replace("\n", "\r\n"), ": x\n\n" + _STREAM]
)
def test_the_same_stream_in_other_dress(body: str | bytes) -> None:
    transcript = _read(_CHAT, body)
    assert (_text(transcript), transcript.defects, transcript.irregularities) == ("Hi", [], [])


def test_places_of_events_are_those_of_their_data() -> None:
    transcript = _read(_CHAT, _STREAM)
    spans = [transcript.event_span(number) for number in range(transcript.event_count)]
    assert [_STREAM[start:end] for start, end in spans] == [_CHUNK, _END, "[DONE]"]


def test_a_stream_without_events_of_a_known_protocol_is_cut() -> None:
    for body in ("", None, ": comment\n\n"):
        transcript = _read(_CHAT, body)
        assert transcript.protocol is not None
        assert [(noted.kind, noted.event) for noted in transcript.irregularities] == [(Kind.CUT, None)]


def test_a_stream_without_events_of_no_known_protocol_has_nothing_to_say() -> None:
    transcript = _read(_OTHER, "")
    assert (transcript.protocol, transcript.message, transcript.irregularities, transcript.event_count) == (
        None,
        None,
        [],
        0,
    )


@pytest.mark.parametrize(
    ("before", "name", "body"),
    [
        pytest.param("id: 1\ndata: \n\n", "json-rpc", 'data: {"jsonrpc": "2.0", "id": 1}\n\n', id="an empty event"),
        pytest.param(
            "event: endpoint\ndata: /messages?session=a\n\n",
            "json-rpc",
            'data: {"jsonrpc": "2.0", "id": 1}\n\n',
            id="where to send to",
        ),
        pytest.param('event: ping\ndata: {"type": "ping"}\n\n' * 9, "openai-chat", _STREAM, id="pings"),
    ],
)
def test_events_before_the_first_that_tells_what_is_spoken_are_passed_over(before: str, name: str, body: str) -> None:
    transcript = _read(_OTHER, before + body)
    assert transcript.protocol is not None
    assert transcript.protocol.name == name
    assert (transcript.irregularities, transcript.event_count) == ([], before.count("data:") + body.count("data:"))


def test_events_before_the_first_that_tells_what_is_spoken_reach_its_protocol() -> None:
    transcript = _read(_OTHER, f'data: {{"x_gateway": 5}}\n\ndata: {{"x" 1}}\n\n{_STREAM}')
    assert _text(transcript) == "Hi"
    assert transcript.message is not None
    assert transcript.message.native["x_gateway"] == 5
    assert [(noted.kind, noted.event) for noted in transcript.irregularities] == [(Kind.NOT_JSON, 1)]


def test_a_list_that_an_event_carries_makes_no_answer_of_the_stream() -> None:
    found = 'data: {"type": "start"}\n\ndata: {"results": [{"relevance_score": 0.5}]}\n\ndata: {"type": "end"}\n\n'
    assert _read(_OTHER, found).protocol is None


def test_a_stream_that_is_nothing_known_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(registry, "recognise", lambda *about: asked.append(about))
    assert _read(_OTHER, 'data: {"a": 1}\n\n' * 1000).event_count == 1000
    assert len(asked) == 16


def test_the_type_of_an_event_tells_what_is_spoken_where_its_data_does_not() -> None:
    frames = b"".join(
        _frame(kind, value)
        for kind, value in (
            ("messageStart", {"role": "assistant"}),
            ("contentBlockDelta", {"delta": {"text": "Hi"}, "contentBlockIndex": 0}),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": "end_turn"}),
            ("metadata", {"usage": {}}),
        )
    )
    transcript = _read(_OTHER, frames, "application/vnd.amazon.eventstream")
    assert transcript.protocol is not None
    assert (transcript.protocol.name, _text(transcript)) == ("bedrock-converse", "Hi")
    message = '{"message": {"role": "assistant", "content": []}}'
    transcript = _read(_OTHER, f"event: message_start\ndata: {message}\n\n")
    assert transcript.protocol is not None
    assert transcript.protocol.name == "anthropic-messages"


def test_an_error_event_may_say_it_in_words() -> None:
    transcript = _read(_CHAT, f"data: {_CHUNK}\n\nevent: error\ndata: upstream timed out\n\n")
    assert [(noted.kind, noted.detail) for noted in transcript.irregularities] == [(Kind.ERROR, "upstream timed out")]
    assert transcript.message is not None
    assert transcript.message.errors == ("upstream timed out",)
    transcript = _read(_CHAT, f'data: {_CHUNK}\n\nevent: error\ndata: {{"error" 1}}\n\n')
    assert [noted.kind for noted in transcript.irregularities] == [Kind.NOT_JSON, Kind.CUT]


def test_a_stream_of_lines_may_fail_at_once() -> None:
    transcript = _read("http://localhost:11434/api/chat", '{"error": "no such model"}\n', "application/x-ndjson")
    assert transcript.protocol is not None
    assert transcript.protocol.name == "ollama-chat"
    assert [(noted.kind, noted.detail) for noted in transcript.irregularities] == [(Kind.ERROR, "no such model")]


def test_a_stream_of_lines_that_is_cut_in_its_first_one() -> None:
    transcript = _read("http://localhost:11434/api/chat", '{"model":"m","mess', "application/x-ndjson")
    assert transcript.protocol is not None
    assert transcript.protocol.name == "ollama-chat"
    assert [noted.kind for noted in transcript.irregularities] == [Kind.NOT_JSON, Kind.CUT]


def test_a_batch_is_all_of_its_messages() -> None:
    batch = [{"jsonrpc": "2.0", "id": 1, "result": {}}, {"jsonrpc": "2.0", "id": 2, "result": {}}]
    for transcript in (
        _read(_OTHER, json.dumps(batch), "application/json"),
        _read(_OTHER, f"data: {json.dumps(batch)}\n\n"),
    ):
        assert transcript.protocol is not None
        assert transcript.protocol.name == "json-rpc"
        assert transcript.message is not None
        assert transcript.message.native == {"messages": batch}


def test_embeddings_may_have_nothing_around_them() -> None:
    interaction = _interaction("http://localhost/embed", "[[0.1], [0.2]]", "application/json")
    interaction.request.body = Body('{"inputs": ["a", "b"]}', ())
    transcript = registry.read(interaction)
    assert transcript is not None
    assert transcript.protocol is not None
    assert transcript.protocol.name == "openai-media"
    assert transcript.message is not None
    assert transcript.message.native == {"embeddings": [[0.1], [0.2]]}


def test_a_list_of_something_else_is_no_answer() -> None:
    for url in (_CHAT, _OTHER):
        assert registry.read(_interaction(url, '[{"a": 1}, {"a": 2}]', "application/json")) is None
    assert registry.read(_interaction(_OTHER, "[]", "application/json")) is None


def test_an_unknown_protocol_speaks_json_if_its_first_event_is_an_object() -> None:
    body = 'data: {"hello":"2.0"}\n\ndata: {"a": nil}\n\ndata: [DONE]\n\ndata: 5\n\n'
    transcript = _read(_OTHER, body)
    assert (transcript.protocol, transcript.message) == (None, None)
    (noted,) = transcript.irregularities
    assert (noted.kind, noted.detail, noted.event) == (Kind.NOT_JSON, "expecting value", 1)
    assert noted.start is not None
    assert body[noted.start : noted.end] == "n"


@pytest.mark.parametrize("first", ["hello", "5", '"x"', "[1]", "[DONE]", "null", "{"])
def test_an_unknown_protocol_whose_first_event_is_no_object_may_say_what_it_likes(first: str) -> None:
    assert _read(_OTHER, f"data: {first}\n\ndata: {{broken\n\n").irregularities == []


@pytest.mark.parametrize("data", ["hello", "credential is no longer valid", "", "5x"])
def test_in_an_unknown_protocol_an_event_may_carry_words(data: str) -> None:
    body = f'data: {{"x": 1}}\n\nevent: auth_revoked\ndata: {data}\n\n'
    assert _read(_OTHER, body).irregularities == []
    (noted,) = _read(_OTHER, body + 'data: {"x": 1\n\n').irregularities
    assert (noted.kind, noted.event) == (Kind.NOT_JSON, 2)


def test_blanks_behind_the_terminator_change_nothing() -> None:
    transcript = _read(_CHAT, _STREAM.replace("[DONE]", "[DONE] "))
    assert (_text(transcript), transcript.irregularities) == ("Hi", [])


def test_the_terminator_may_have_quotes_around_it() -> None:
    transcript = _read(_CHAT, _STREAM.replace("[DONE]", '"[DONE]"'))
    assert (_text(transcript), transcript.irregularities) == ("Hi", [])


def test_a_known_protocol_speaks_json_from_the_first_event_on() -> None:
    transcript = _read(_CHAT, "data: oops\n\n" + _STREAM)
    assert [(noted.kind, noted.detail, noted.event) for noted in transcript.irregularities] == [
        (Kind.NOT_JSON, "expecting value", 0)
    ]
    assert _text(transcript) == "Hi"


@pytest.mark.parametrize(
    ("data", "detail", "marked"),
    [
        ('{"a": 1', "expecting ',' delimiter", "\n"),
        ('{"a": 1}}', "extra data", "}"),
        ('{"a": NaN}', "NaN is not a JSON value", "N"),
        ("{'a': 1}", "expecting property name enclosed in double quotes", "'"),
        ("", "expecting value", "\n"),
        ('{"a": "b\tc"}', "invalid control character", "\t"),
        (" [DONE]", "expecting value", "D"),
    ],
)  # fmt: skip
def test_data_that_is_not_json_has_its_place(data: str, detail: str, marked: str) -> None:
    body = f"data: {_CHUNK}\n\ndata: {data}\n\n{_STREAM}"
    noted = _read(_CHAT, body).irregularities[0]
    assert (noted.kind, noted.detail, noted.event) == (Kind.NOT_JSON, detail, 1)
    assert noted.start is not None
    assert noted.end is not None
    assert body[noted.start : max(noted.end, noted.start + 1)] == marked


def test_the_place_in_data_of_several_lines_is_in_the_right_line() -> None:
    body = 'data: {"a":\ndata: oops}\n\n' + _STREAM
    noted = _read(_CHAT, body).irregularities[0]
    assert noted.start is not None
    assert body[noted.start : noted.end] == "o"


def test_data_of_several_lines_is_one_text() -> None:
    assert _text(_read(_CHAT, _STREAM.replace('"delta"', '\ndata: "delta"'))) == "Hi"


def test_the_event_that_no_blank_line_ends_is_read_all_the_same() -> None:
    transcript = _read(_CHAT, _STREAM.removesuffix("\n"))
    assert [defect.kind for defect in transcript.defects] == ["unterminated"]
    assert (transcript.event_count, transcript.irregularities) == (3, [])
    assert _text(_read(_CHAT, f"data: {_CHUNK}\n\ndata: {_CHUNK}")) == "HiHi"


def test_a_stream_that_is_cut_in_the_middle_of_an_event() -> None:
    body = f"data: {_CHUNK}\n\ndata: {_CHUNK[:20]}"
    transcript = _read(_CHAT, body)
    assert [defect.kind for defect in transcript.defects] == ["unterminated"]
    assert [(noted.kind, noted.event) for noted in transcript.irregularities] == [(Kind.CUT, 0)]
    assert transcript.event_span(1) == (len(body) - 20, len(body))


def test_a_failed_answer_is_read_as_the_json_it_is() -> None:
    transcript = _read(_CHAT, '{\n  "error": {"message": "no"}\n}', code=400)
    assert transcript.framing == ""
    assert transcript.message is not None
    assert transcript.message.errors == ({"message": "no"},)


def test_a_success_whose_event_stream_is_json_is_read_as_the_json_it_is() -> None:
    transcript = _read(_CHAT, '{"error": {"message": "no"}}')
    assert (transcript.framing, transcript.irregularities) == ("", [])
    assert transcript.message is not None


@pytest.mark.parametrize(
    ("url", "body", "code"),
    [
        (_OTHER, '{"a": 1}', 200),
        (_CHAT, "", 200),
        (_CHAT, None, 200),
        (_CHAT, "[]", 200),
        (_CHAT, "<html>", 502),
        (_CHAT, _STREAM, 500),
    ],
)
def test_what_is_neither_a_stream_nor_an_answer_is_not_read(url: str, body: str | None, code: int) -> None:
    assert registry.read(_interaction(url, body, "application/json", code)) is None


def _answer(arguments: str, finish: str) -> str:
    call = {"id": "c", "function": {"name": "add", "arguments": arguments}}
    return json.dumps({"choices": [{"message": {"tool_calls": [call]}, "finish_reason": finish}]})


@pytest.mark.parametrize(
    ("arguments", "finish", "details"),
    [
        ('{"a": 1}', "tool_calls", []),
        ('{"a": 1', "tool_calls", ["add\nexpecting ',' delimiter"]),
        ('{"a": 1', "length", []),
        ("", "tool_calls", []),
    ],
)
def test_the_arguments_of_a_plain_answer_are_checked(arguments: str, finish: str, details: list[str]) -> None:
    transcript = _read(_CHAT, _answer(arguments, finish), "application/json")
    assert [noted.detail for noted in transcript.irregularities] == details
    assert all((noted.kind, noted.event) == (Kind.TOOL_ARGUMENTS, None) for noted in transcript.irregularities)


# Hostile input.


@pytest.mark.parametrize("depth", [60, 190, 200, 480, 900, 1500, 5000, 50_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_nesting_is_read_or_noted_but_never_raised(depth: int, start: str, end: str) -> None:
    deep = start * depth + "1" + end * depth
    body = (
        f'data: {{"choices":[{{"index":0,"delta":{{"content":"Hi","x":{deep}}}}}]}}\n\ndata: {_END}\n\ndata: [DONE]\n\n'
    )
    transcript = _read(_CHAT, body)
    if depth < strict_json.MAX_DEPTH:
        assert (_text(transcript), transcript.irregularities) == ("Hi", [])
    else:
        assert [noted.kind for noted in transcript.irregularities] == [Kind.NOT_JSON]
        assert transcript.irregularities[0].detail == "nested too deeply to be read"


@pytest.mark.parametrize("depth", [60, 190, 200, 900, 5000])
def test_a_plain_answer_is_read_as_deep_as_json_is(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    body = f'{{"choices":[{{"message":{{"content":"Hi","x":{deep}}}}}]}}'
    transcript = registry.read(_interaction(_CHAT, body, "application/json"))
    if depth < strict_json.MAX_DEPTH:
        assert transcript is not None
        assert _text(transcript) == "Hi"
    else:
        assert transcript is None


def test_what_is_noted_of_broken_events_is_bounded() -> None:
    transcript = _read(_CHAT, "data: oops\n\n" * (MAX_IRREGULARITIES + 5))
    assert [noted.kind for noted in transcript.irregularities].count(Kind.NOT_JSON) == MAX_IRREGULARITIES


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from([_CHAT, _OTHER, "x:stream", ""]),
    st.sampled_from(["text/event-stream", "application/x-ndjson", "application/json", None, "x;charset=utf-16"]),
    st.lists(
        st.sampled_from(
            [
                "data: ",
                "data:",
                "\n",
                "\r",
                "\n\n",
                "[DONE]",
                _CHUNK,
                _END,
                "{",
                "[",
                "]",
                ",",
                "5",
                "é",
                "event: error\n",
            ]
        )
    ),
    st.booleans(),
)
def test_no_response_is_too_strange(url: str, content_type: str | None, parts: list[str], as_bytes: bool) -> None:
    text = "".join(parts)
    transcript = registry.read(_interaction(url, text.encode() if as_bytes else text, content_type))
    if transcript is not None:
        for noted in transcript.irregularities:
            if noted.event is not None and transcript.framing:
                start, end = transcript.event_span(noted.event)
                assert 0 <= start <= end <= len(text)


def test_every_protocol_has_a_name_of_its_own() -> None:
    names = [protocol.name for protocol in recognition.protocols()]
    assert len(set(names)) == len(names)
    assert names == [recognition.protocol(name).name for name in names]


def test_everything_that_a_protocol_gives_is_json() -> None:
    message = _read(_CHAT, _STREAM).message
    assert message is not None
    assert json.loads(json.dumps(message.native)) == message.native


GEMINI = "https://g.example/v1beta/models/m:streamGenerateContent"


def test_an_array_may_have_white_space_in_front_and_one_that_is_cut_is_only_cut() -> None:
    text = '\n [{"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]},\n{"candidates": [{"con'
    transcript = _read(GEMINI, text, "application/json")
    assert transcript.framing == "json-array"
    assert [(noted.kind, noted.event) for noted in transcript.irregularities] == [(Kind.CUT, 0)]
    assert [defect.kind for defect in transcript.defects] == ["unclosed"]


def test_an_error_in_an_array_of_one_is_the_answer() -> None:
    interaction = _interaction(GEMINI, '[{"error": {"code": 404, "message": "no such model"}}]', "application/json")
    interaction.response.code = 404
    transcript = registry.read(interaction)
    assert transcript is not None
    assert transcript.message is not None
    assert transcript.message.errors == ({"code": 404, "message": "no such model"},)
