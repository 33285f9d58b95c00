"""Damage to headers, and to bodies that are no streams."""

import json
import random
import re
from collections.abc import Iterator

from cassette_tools.model import Message
from cassette_tools.model import Path as Place
from cassette_tools.source.nodes import Mapping, Node, Scalar, find
from tests.corpus.sabotage.recording import (
    Answer,
    Bytes,
    Recording,
    broken_json,
    line_start,
    put,
    quoted,
    spliced,
    with_body,
    without,
)


def other_status_line(recording: Recording, chance: random.Random) -> Bytes:
    """Code and status line were not changed together."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        if response.line_code is not None and response.line_code == response.code:
            place, value = chance.choice([("status", "'500 Internal Server Error'"), ("code", "500")])
            file = put(recording, response.paths[place], value)
            return file.encode() if file else None
    return None


def _lengths(recording: Recording) -> Iterator[tuple[Message, Place]]:
    """The messages that say how long they are, and where they do."""
    for answer in recording.answers:
        for message in (answer.interaction.request, answer.interaction.response):
            body = message.body
            if not body.size or body.codings or message.recoded or message.headers.get("transfer-encoding"):
                continue
            if isinstance(find(recording.root, body.path), Scalar) and body.coded is not False:
                header = message.headers.find("content-length")
                if message.content_length == body.size:
                    yield message, message.paths["content_length"]
                elif message.content_length is None and header and header.value == str(body.size):
                    yield message, header.path


def other_length(recording: Recording, chance: random.Random) -> Bytes:
    """A recorded length is another one than the body's."""
    found = list(_lengths(recording))
    if not found:
        return None
    message, place = chance.choice(found)
    node = find(recording.root, place)
    length = message.body.size + chance.choice([-1, 1, 2, 40])
    file = put(recording, place, f"'{length}'" if isinstance(node, Scalar) and node.style else str(length))
    return file.encode() if file else None


_PROMPT = re.compile(r'"(?:content|text|input|prompt)"\s*:\s*"')


def edit_prompt(recording: Recording, chance: random.Random) -> Bytes:
    """A word was put into a body whose length is recorded."""
    found = [message for message, _ in _lengths(recording) if _PROMPT.search(message.body.text)]
    if not found:
        return None
    message = chance.choice(found)
    match = chance.choice(list(_PROMPT.finditer(message.body.text)))
    text = message.body.text
    return with_body(recording, message, text[: match.end()] + "Please " + text[match.end() :])


def lose_scheme(recording: Recording, chance: random.Random) -> Bytes:
    """A filter took the beginning of the URL away."""
    request = chance.choice(recording.answers).interaction.request
    scheme, separator, rest = request.url.partition("://")
    if scheme not in ("http", "https") or not separator:
        return None
    file = put(recording, request.paths["url"], quoted(rest))
    return file.encode() if file else None


def is_gzip(answer: Answer) -> bool:
    """Whether the body was recorded as gzip."""
    body = answer.interaction.response.body
    return body.codings == ("gzip",) and isinstance(body.raw, bytes) and bool(body.raw)


def lose_gzip_header(recording: Recording, chance: random.Random) -> Bytes:
    """A filter of headers took Content-Encoding away and left the body as it was."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        header = response.headers.find("content-encoding")
        if header and is_gzip(answer):
            headers = find(recording.root, response.paths["headers"])
            if isinstance(headers, Mapping):
                place = next(n for n, (_, value) in enumerate(headers.pairs) if _holds(value, header.path, recording))
                return without(recording, headers, place)
    return None


def _holds(value: Node, place: Place, recording: Recording) -> bool:
    node = find(recording.root, place)
    return value.start <= node.start and node.end <= value.end


def claim_gzip(recording: Recording, chance: random.Random) -> Bytes:
    """The recorder decoded the body and kept the header, or the header was copied from elsewhere."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        headers = find(recording.root, response.paths.get("headers", response.path))
        if not isinstance(response.body.raw, str) or response.body.coded is False or response.body.codings:
            continue
        if "uri" in answer.interaction.request.paths and not answer.interaction.request.headers.get("host"):
            continue  # VCR.py stores it like that, from other clients than httpx
        if response.body.raw and "headers" in response.paths and isinstance(headers, Mapping) and headers.pairs:
            first = headers.pairs[0][0].start
            indent = " " * (first - line_start(recording.text, first))
            if recording.text[first - len(indent) : first] == indent:
                line = f"Content-Encoding:\n{indent}- gzip\n{indent}"
                return spliced(recording.text, [(first, first, line)]).encode()
    return None


def other_type(recording: Recording, chance: random.Random) -> Bytes:
    """The header of a stream over JSON, or that of JSON over a stream."""
    types = {"application/json": "text/event-stream", "text/event-stream": "application/json"}
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        header = response.headers.find("content-type")
        if answer.protocol and response.successful and header and response.media_type in types and response.body.raw:
            file = put(recording, header.path, types[response.media_type])
            return file.encode() if file else None
    return None


_STREAM_FLAG = re.compile(r'("stream"\s*:\s*)(true|false)')
_FLIPPED = {"true": "false", "false": "true"}


def flip_stream_flag(recording: Recording, chance: random.Random) -> Bytes:
    """The request asks for a stream and is given none, or the other way round."""
    for answer in recording.shuffled(chance):
        request = answer.interaction.request
        flags = _STREAM_FLAG.findall(request.body.text)
        if not answer.protocol or len(flags) != 1 or not answer.interaction.response.successful:
            continue
        if "stream" in request.url_path:
            continue  # the path decides, whatever the flag says
        node = find(recording.root, request.body.path)
        flipped = _FLIPPED[flags[0][1]]
        if isinstance(node, Scalar):
            return with_body(recording, request, _STREAM_FLAG.sub(rf"\g<1>{flipped}", request.body.text))
        file = put(recording, (*request.body.path, "stream"), flipped)
        return file.encode() if file else None
    return None


def _json_bodies(recording: Recording) -> list[Message]:
    return [
        message
        for answer in recording.answers
        for message in (answer.interaction.request, answer.interaction.response)
        if message.media_type == "application/json" and isinstance(message.body.json(), dict)
        if isinstance(find(recording.root, message.body.path), Scalar)
    ]


def cut_json(recording: Recording, chance: random.Random) -> Bytes:
    """A body of JSON ends in the middle."""
    found = _json_bodies(recording)
    if not found:
        return None
    message = chance.choice(found)
    text = message.body.text.strip()
    return with_body(recording, message, text[: chance.randrange(1, len(text))])


def break_json(recording: Recording, chance: random.Random) -> Bytes:
    """A quote, a comma or a bracket was lost in a body."""
    found = _json_bodies(recording)
    if not found:
        return None
    message = chance.choice(found)
    return with_body(recording, message, broken_json(message.body.text, chance))


_IDENTITY = re.compile(r'("(?:id|model|created|object)"\s*:\s*)("[^"\\]*"|[0-9]+)')


def placeholder_without_quotes(recording: Recording, chance: random.Random) -> Bytes:
    """A filter replaced a value and the quotes around it."""
    found = [message for message in _json_bodies(recording) if _IDENTITY.search(message.body.text)]
    if not found:
        return None
    message = chance.choice(found)
    return with_body(recording, message, _IDENTITY.sub(r"\1<REDACTED>", message.body.text, count=1))


_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
</body>
</html>
"""


def page_of_proxy(recording: Recording, chance: random.Random) -> Bytes:
    """What a proxy said was recorded under the headers of the answer."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        if response.media_type in ("application/json", "text/event-stream") and response.successful:
            file = with_body(recording, response, _PAGE)
            if file:
                return file
    return None


OVERLOADED = {
    "anthropic-messages": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    "gemini": {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
    "openai-chat": {"error": {"message": "The server is overloaded", "type": "server_error", "code": None}},
    "openai-responses": {"error": {"message": "The server is overloaded", "type": "server_error", "code": None}},
}


def error_under_success(recording: Recording, chance: random.Random) -> Bytes:
    """A gateway reports the provider's error with the status 200."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        if answer.protocol in OVERLOADED and answer.framing in ("", "event-stream") and response.successful:
            file = with_body(recording, response, json.dumps(OVERLOADED[answer.protocol]))
            if file:
                return file
    return None


def decode_twice(recording: Recording, chance: random.Random) -> Bytes:
    """A body was read with the wrong encoding: UTF-8 as Latin-1, or as ASCII."""
    for answer in recording.shuffled(chance):
        for message in chance.sample([answer.interaction.request, answer.interaction.response], 2):
            text = message.body.text
            if len(re.findall("[\x80-\U0010ffff]", text)) >= 2 and text.encode("utf-8", "replace") == message.body.data:
                wrong = text.encode().decode(chance.choice(["latin-1", "ascii"]), "replace")
                file = with_body(recording, message, wrong)
                if file:
                    return file
    return None


_ARGUMENTS = re.compile(r'("arguments"\s*:\s*")((?:[^"\\]|\\.)*)(?=")')


def has_arguments(answer: Answer) -> bool:
    """Whether a plain answer calls tools with arguments that are text."""
    written = answer.protocol in ("openai-chat", "openai-responses") and not answer.framing and answer.has_calls
    return written and answer.interaction.response.body.coded is not False and bool(_arguments(answer))


def _arguments(answer: Answer) -> list[re.Match[str]]:
    found = _ARGUMENTS.finditer(answer.interaction.response.body.text)
    return [match for match in found if match[2].endswith("}")]


def cut_arguments(recording: Recording, chance: random.Random) -> Bytes:
    """The arguments of a tool call end in the middle, in an answer that is no stream."""
    for answer in recording.shuffled(chance):
        body = answer.interaction.response.body
        if has_arguments(answer):
            match = chance.choice(_arguments(answer))
            units = re.findall(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]", match[2])
            kept = "".join(units[: chance.randrange(1, len(units))])
            text = body.text[: match.start(2)] + kept + body.text[match.end(2) :]
            file = with_body(recording, answer.interaction.response, text)
            if file:
                return file
    return None
