"""Damage to streams."""

import functools
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cassette_tools.model import Message
from cassette_tools.protocols.registry import Transcript, events
from cassette_tools.source.nodes import find
from tests.corpus.sabotage.messages import OVERLOADED
from tests.corpus.sabotage.recording import Answer, Bytes, Recording, Streams, broken_json, loaded, spliced, with_body


class Stream(NamedTuple):
    """The events of an answer, as they stand in its body."""

    answer: Answer
    pieces: list[str]
    """One for each event, with the blank line that ends it; together they are the body."""
    chunks: list[Any]
    """Their data, parsed; the text where it is not JSON."""

    @property
    def protocol(self) -> str:
        return self.answer.protocol

    def kinds(self) -> list[str]:
        """What the events call themselves."""
        return [str(chunk.get("type", "")) if isinstance(chunk, dict) else str(chunk) for chunk in self.chunks]


@functools.cache
def streams(recording: Recording, framing: str = "event-stream") -> tuple[Stream, ...]:
    """The streams of a recording whose protocol is known and whose end can be told."""
    return tuple(_streams(recording, framing))


def _streams(recording: Recording, framing: str) -> Iterator[Stream]:
    for answer in recording.answers:
        transcript, body = answer.transcript, answer.interaction.response.body
        if transcript is None or transcript.framing != framing or answer.protocol in ("", "json-rpc"):
            continue
        if body.text.encode("utf-8", "replace") != body.data or not answer.interaction.response.successful:
            continue
        found = list(events(answer.interaction, Transcript(answer.interaction, framing)))
        if len(found) > 1 and transcript.message is not None and not transcript.message.errors:
            starts = [0, *(event.start for event in found[1:]), len(body.text)]
            pieces = [body.text[start:end] for start, end in itertools.pairwise(starts)]
            yield Stream(answer, pieces, [loaded(event.data) for event in found])


Change = Callable[[Stream, random.Random], "list[str] | None"]


def _in_stream(
    recording: Recording, chance: random.Random, change: Change, *protocols: str, framing: str = "event-stream"
) -> Bytes:
    """The file with the pieces of one stream changed: of the first one that the change finds something in."""
    found = [stream for stream in streams(recording, framing) if not protocols or stream.protocol in protocols]
    for stream in chance.sample(found, len(found)):
        pieces = change(stream, chance)
        if pieces is not None:
            return with_body(recording, stream.answer.interaction.response, "".join(pieces))
    return None


def _frames(recording: Recording) -> Iterator[tuple[Answer, list[bytes]]]:
    """The frames of Amazon event streams."""
    for answer in recording.answers:
        if answer.framing == "aws-event-stream" and answer.transcript and answer.protocol:
            data = answer.interaction.response.body.data
            found = events(answer.interaction, Transcript(answer.interaction, answer.framing))
            yield answer, [data[event.start : event.end] for event in found]


def cut_tail(recording: Recording, chance: random.Random) -> Bytes:
    """The stream ends behind some event."""
    for answer, frames in _frames(recording):
        if answer.protocol != "bedrock-agent":  # nothing marks its end
            kept = b"".join(frames[: chance.randrange(1, len(frames))])
            return with_body(recording, answer.interaction.response, kept)

    def change(stream: Stream, chance: random.Random) -> list[str]:
        return stream.pieces[: chance.randrange(1, len(stream.pieces))]

    return _in_stream(recording, chance, change) or _in_stream(recording, chance, change, framing="ndjson")


def cut_inside(recording: Recording, chance: random.Random) -> Bytes:
    """The stream ends within an event."""
    for answer, frames in _frames(recording):
        whole = b"".join(frames)
        place = chance.randrange(1, len(frames[-1]))
        return with_body(recording, answer.interaction.response, whole[:-place])

    def change(stream: Stream, chance: random.Random) -> list[str]:
        number = chance.randrange(len(stream.pieces))
        piece = stream.pieces[number].rstrip()
        return [*stream.pieces[:number], piece[: chance.randrange(len(piece) // 2, len(piece))]]

    return _in_stream(recording, chance, change) or _in_stream(recording, chance, change, framing="ndjson")


def flip_bit(recording: Recording, chance: random.Random) -> Bytes:
    """A bit of an Amazon event stream is another one."""
    for answer, frames in _frames(recording):
        data = bytearray(b"".join(frames))
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return with_body(recording, answer.interaction.response, bytes(data))
    return None


def empty_stream(recording: Recording, chance: random.Random) -> Bytes:
    """The recorder came when the stream had been read."""
    for answer in recording.shuffled(chance):
        response = answer.interaction.response
        if answer.framing in ("event-stream", "aws-event-stream", "ndjson") and "content-type" in _names(response):
            file = with_body(recording, response, "")
            if file:
                return file
    return None


def _names(message: Message) -> set[str]:
    return {header.name.lower() for header in message.headers}


def break_event(recording: Recording, chance: random.Random) -> Bytes:
    """A quote, a comma or a bracket was lost in an event."""

    def change(stream: Stream, chance: random.Random) -> list[str]:
        number = chance.choice([n for n, chunk in enumerate(stream.chunks) if isinstance(chunk, dict)])
        head, brace, data = stream.pieces[number].partition("{")
        end = data.rindex("}") + 1
        return _with(stream, number, head + broken_json(brace + data[:end], chance) + data[end:])

    return _in_stream(recording, chance, change) or _in_stream(recording, chance, change, framing="ndjson")


def _with(stream: Stream, number: int, *pieces: str) -> list[str]:
    """The body with other pieces in the place of one."""
    return [*stream.pieces[:number], *pieces, *stream.pieces[number + 1 :]]


_FINISH = re.compile(r'("(?:finish_reason|stop_reason|finishReason)"\s*:\s*)"\w+"')


def lose_finish_reason(recording: Recording, chance: random.Random) -> Bytes:
    """Nothing says why the answer ends."""

    def change(stream: Stream, _: random.Random) -> list[str] | None:
        pieces = [_FINISH.sub(r"\1null", piece) for piece in stream.pieces]
        return pieces if pieces != stream.pieces else None

    return _in_stream(recording, chance, change, "openai-chat", "openai-completions", "anthropic-messages", "gemini")


_LAST_WORDS = {
    "anthropic-messages": "message_stop",
    "openai-chat": "[DONE]",
    "openai-completions": "[DONE]",
    "openai-responses": "response.completed",
}


def _is_ended(stream: Stream) -> bool:
    """Whether its last event is its protocol's last word."""
    return stream.kinds()[-1] == _LAST_WORDS.get(stream.protocol)


def lose_terminator(recording: Recording, chance: random.Random) -> Bytes:
    """The last event was cut off."""

    def change(stream: Stream, _: random.Random) -> list[str] | None:
        return stream.pieces[:-1] if _is_ended(stream) else None

    return _in_stream(recording, chance, change)


def _numbered(stream: Stream) -> bool:
    numbers = [chunk.get("sequence_number") for chunk in stream.chunks if isinstance(chunk, dict)]
    return None not in numbers and len(set(numbers)) == len(numbers)


def lose_numbered_event(recording: Recording, chance: random.Random) -> Bytes:
    """An event of a Responses stream was deleted: its number is missing, else its text is from the sum."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        kinds = stream.kinds()
        inner = range(1, len(kinds) - 1)
        if not _numbered(stream):
            inner = [n for n in inner if kinds[n].endswith(".delta") and stream.chunks[n]["delta"]]  # type: ignore[assignment]
        return _with(stream, chance.choice(inner)) if inner else None

    return _in_stream(recording, chance, change, "openai-responses")


_EDGES = ("content_block_start", "content_block_stop")


def lose_block_edge(recording: Recording, chance: random.Random) -> Bytes:
    """The event that starts or ends a block of an answer was deleted."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        edges = [n for n, kind in enumerate(stream.kinds()) if kind in _EDGES]
        return _with(stream, chance.choice(edges)) if edges else None

    return _in_stream(recording, chance, change, "anthropic-messages")


def _argument_fragments(stream: Stream) -> dict[Any, list[tuple[int, str]]]:
    """The fragments of the arguments of each tool call: the numbers of their events, and their texts."""
    found: dict[Any, list[tuple[int, str]]] = {}
    for number, chunk in enumerate(stream.chunks):
        if not isinstance(chunk, dict):
            continue
        if stream.protocol == "anthropic-messages":
            part = (chunk.get("delta") or {}).get("partial_json")
            if part:
                found.setdefault(chunk["index"], []).append((number, part))
        elif stream.protocol == "openai-responses":
            if chunk.get("type") == "response.function_call_arguments.delta":
                found.setdefault(chunk["output_index"], []).append((number, chunk["delta"]))
        else:
            for choice in chunk.get("choices") or ():
                for call in (choice.get("delta") or {}).get("tool_calls") or ():
                    part = (call.get("function") or {}).get("arguments")
                    if part and isinstance(part, str):
                        place = choice.get("index"), call.get("index")
                        found.setdefault(place, []).append((number, part))
    return found


_CALLING = ("openai-chat", "anthropic-messages")


def lose_argument_fragment(recording: Recording, chance: random.Random) -> Bytes:
    """An event with a part of a tool call's arguments was deleted, one without which they are no JSON."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        missed = []
        for fragments in _argument_fragments(stream).values():
            texts = [text for _, text in fragments]
            for place in range(1, len(texts)):
                rest = "".join(texts[:place] + texts[place + 1 :])
                if isinstance(loaded(rest), str):
                    missed.append(fragments[place][0])
        return _with(stream, chance.choice(missed)) if missed else None

    return _in_stream(recording, chance, change, *_CALLING)


def cut_argument_fragment(recording: Recording, chance: random.Random) -> Bytes:
    """The last part of a tool call's arguments is shorter than it was; none at all are the provider's ``{}``."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        found = list(_argument_fragments(stream).values())
        if not found:
            return None
        fragments = chance.choice(found)
        number, text = fragments[-1]
        key = {"anthropic-messages": "partial_json", "openai-responses": "delta"}.get(stream.protocol, "arguments")
        shorter = text[: chance.randrange(len(fragments) == 1, len(text))]
        piece = stream.pieces[number]
        pattern = rf'("{key}"\s*:\s*)"(?:[^"\\]|\\.)*"'
        matches = [m for m in re.finditer(pattern, piece) if json.loads(m.group()[len(m[1]) :]) == text]
        match = matches[-1]
        return _with(stream, number, piece[: match.end(1)] + json.dumps(shorter) + piece[match.end() :])

    return _in_stream(recording, chance, change, *_CALLING, "openai-responses")


def swap(recording: Recording, chance: random.Random) -> Bytes:
    """Two events stand the other way round, where the protocol numbers them or gives them an order."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        kinds = stream.kinds()
        ordered = stream.protocol == "openai-responses" and _numbered(stream)
        found = [
            number
            for number, (one, other) in enumerate(itertools.pairwise(kinds))
            if ordered or (stream.protocol == "anthropic-messages" and one != other and "ping" not in (one, other))
        ]
        if not found:
            return None
        number = chance.choice(found)
        pieces = [*stream.pieces]
        pieces[number], pieces[number + 1] = pieces[number + 1], pieces[number]
        return pieces

    return _in_stream(recording, chance, change, "anthropic-messages", "openai-responses")


_ONCE = ("message_start", *_EDGES, *_LAST_WORDS.values())


def repeat_event(recording: Recording, chance: random.Random) -> Bytes:
    """An event stands twice that the protocol numbers, or that comes once."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        found = [
            number
            for number, kind in enumerate(stream.kinds())
            if kind in _ONCE or (stream.protocol == "openai-responses" and _numbered(stream))
        ]
        if not found:
            return None
        number = chance.choice(found)
        return _with(stream, number, stream.pieces[number], stream.pieces[number])

    return _in_stream(recording, chance, change, *_LAST_WORDS)


def other_number(recording: Recording, chance: random.Random) -> Bytes:
    """The number of an event is another one."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        if not _numbered(stream):
            return None
        number = chance.randrange(1, len(stream.pieces))
        due = stream.chunks[number]["sequence_number"]
        other = due + chance.choice([-2, 2, 5] if due > 1 else [2, 5])
        piece = re.sub(r'("sequence_number"\s*:\s*)[0-9]+', rf"\g<1>{other}", stream.pieces[number])
        return _with(stream, number, piece)

    return _in_stream(recording, chance, change, "openai-responses")


_DELTA = re.compile(r'("delta"\s*:\s*)"(?:[^"\\]|\\.)*"')


def redact_fragment(recording: Recording, chance: random.Random) -> Bytes:
    """A filter replaced the text of one event, and left the sum of all as it was."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        found = [n for n, kind in enumerate(stream.kinds()) if kind == "response.output_text.delta"]
        if not found:
            return None
        number = chance.choice(found)
        return _with(stream, number, _DELTA.sub(r'\1"[REDACTED]"', stream.pieces[number]))

    return _in_stream(recording, chance, change, "openai-responses")


def rename_call(recording: Recording, chance: random.Random) -> Bytes:
    """A tool was renamed in the whole response, and not in the event that has the call."""

    def change(stream: Stream, _: random.Random) -> list[str] | None:
        kinds = stream.kinds()
        if kinds[-1] != "response.completed":
            return None
        calls = {item["id"] for chunk in stream.chunks if (item := _done(chunk)) and item["type"] == "function_call"}
        whole = json.loads(json.dumps(stream.chunks[-1]))
        named = [item for item in whole["response"]["output"] if item.get("id") in calls]
        if not named:
            return None
        named[0]["name"] += "_2"
        return _with(stream, len(stream.pieces) - 1, _spelt(stream.pieces[-1], whole))

    return _in_stream(recording, chance, change, "openai-responses")


def lose_item(recording: Recording, chance: random.Random) -> Bytes:
    """An item was deleted from the whole response, and its events were left."""

    def change(stream: Stream, _: random.Random) -> list[str] | None:
        whole = json.loads(json.dumps(stream.chunks[-1]))
        if stream.kinds()[-1] != "response.completed" or len(whole["response"].get("output") or []) < 2:
            return None
        if len({item["id"] for chunk in stream.chunks if (item := _done(chunk))}) < 2:
            return None
        del whole["response"]["output"][-1]
        return _with(stream, len(stream.pieces) - 1, _spelt(stream.pieces[-1], whole))

    return _in_stream(recording, chance, change, "openai-responses")


def _done(chunk: Any) -> Any:
    """The item that an event has whole."""
    is_done = isinstance(chunk, dict) and chunk.get("type") == "response.output_item.done"
    return chunk["item"] if is_done else None


def _spelt(piece: str, value: Any) -> str:
    """An event with other data, in one line."""
    return re.sub("(?m)^data:.*$", lambda _: f"data: {json.dumps(value)}", piece)


def _in_line(recording: Recording, chance: random.Random, spelt: str) -> Bytes:
    def change(stream: Stream, chance: random.Random) -> list[str]:
        number = chance.randrange(len(stream.pieces))
        return _with(stream, number, re.sub("(?m)^data:", spelt, stream.pieces[number], count=1))

    return _in_stream(recording, chance, change)


def indent_data(recording: Recording, chance: random.Random) -> Bytes:
    """A line of an event was indented."""
    return _in_line(recording, chance, "  data:")


def misspell_data(recording: Recording, chance: random.Random) -> Bytes:
    """A letter of a field's name was lost."""
    return _in_line(recording, chance, "dta:")


_LAST_BREAKS = re.compile(r"(\r\n|\r|\n)(?:\r\n|\r|\n)+\Z")


def join_events(recording: Recording, chance: random.Random) -> Bytes:
    """The blank line between two events was deleted."""

    def change(stream: Stream, chance: random.Random) -> list[str]:
        number = chance.randrange(len(stream.pieces) - 1)
        return _with(stream, number, _LAST_BREAKS.sub(r"\1", stream.pieces[number]))

    return _in_stream(recording, chance, change)


def lose_last_blank_line(recording: Recording, chance: random.Random) -> Bytes:
    """The line that ends the last event was deleted."""

    def change(stream: Stream, _: random.Random) -> list[str]:
        return [*stream.pieces[:-1], _LAST_BREAKS.sub(r"\1", stream.pieces[-1])]

    return _in_stream(recording, chance, change)


_KEEP = re.compile(r"\|([0-9]?)\+")


def _restyled(recording: Recording, spelt: str) -> Bytes:
    """The file with another indicator over a stream that is a block."""
    for stream in streams(recording):
        body = stream.answer.interaction.response.body
        node = find(recording.root, body.path)
        match = _KEEP.match(recording.text, node.start)
        if match:
            return spliced(recording.text, [(*match.span(), match.expand(spelt))]).encode()
    return None


def lose_keep(recording: Recording, _chance: random.Random) -> Bytes:
    """The plus behind the bar was lost, and with it the blank line at the end."""
    return _restyled(recording, r"|\1")


def fold(recording: Recording, _chance: random.Random) -> Bytes:
    """A formatter folds long blocks."""
    return _restyled(recording, r">\1+")


def end_in_error(recording: Recording, chance: random.Random) -> Bytes:
    """The provider broke off with an error, and that was recorded."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        error: object = OVERLOADED[stream.protocol]
        head = ""
        if stream.protocol == "openai-responses":
            error = {"type": "error", "code": "server_error", "message": "The server is overloaded", "param": None}
        if stream.protocol in ("anthropic-messages", "openai-responses"):
            head = "event: error\n"
        number = chance.randrange(1, len(stream.pieces))
        return [*stream.pieces[:number], f"{head}data: {json.dumps(error)}\n\n"]

    return _in_stream(recording, chance, change, *OVERLOADED)


def mix_in(others: Streams) -> Callable[[Recording, random.Random], Bytes]:
    """The beginning of another answer was pasted into the stream."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        other = _another(stream, others, chance)
        number = chance.randrange(1, len(stream.pieces))
        return _with(stream, number, *other[: chance.randint(1, 4)], stream.pieces[number]) if other else None

    return lambda recording, chance: _in_stream(
        recording, chance, change, "anthropic-messages", "openai-responses", "gemini"
    )


def append_other(others: Streams) -> Callable[[Recording, random.Random], Bytes]:
    """A whole other answer stands behind the last word of the stream."""

    def change(stream: Stream, chance: random.Random) -> list[str] | None:
        other = _another(stream, others, chance)
        return [*stream.pieces, *other] if other and _is_ended(stream) else None

    return lambda recording, chance: _in_stream(recording, chance, change)


def _another(stream: Stream, others: Streams, chance: random.Random) -> list[str]:
    found = [pieces for pieces in others[stream.protocol] if pieces != stream.pieces]
    return chance.choice(found) if found else []


def lose_usage(recording: Recording, chance: random.Random) -> Bytes:
    """The request asks for the usage, and the answer does not have it."""

    def change(stream: Stream, _: random.Random) -> list[str] | None:
        if not re.search(r'"include_usage"\s*:\s*true', stream.answer.interaction.request.body.text):
            return None
        pieces = []
        for piece, chunk in zip(stream.pieces, stream.chunks, strict=True):
            if not isinstance(chunk, dict) or not (chunk.get("usage") or chunk.get("x_groq")):
                pieces.append(piece)
            elif chunk.get("choices"):
                rest = {key: value for key, value in chunk.items() if key not in ("usage", "x_groq")}
                pieces.append(f"data: {json.dumps(rest)}\n\n")
        return pieces if pieces != stream.pieces else None

    return _in_stream(recording, chance, change, "openai-chat")


_TOTAL = re.compile(r'("(?:total_tokens|totalTokenCount)"\s*:\s*)([0-9]+)')


def other_total(recording: Recording, chance: random.Random) -> Bytes:
    """The sum of the tokens is another one than that of its parts."""
    for answer in recording.shuffled(chance):
        text = answer.interaction.response.body.text
        if answer.protocol in ("openai-chat", "openai-responses", "gemini") and answer.framing in ("", "event-stream"):
            wrong = _TOTAL.sub(lambda match: f"{match[1]}{int(match[2]) * 3 + 1000}", text)
            file = with_body(recording, answer.interaction.response, wrong) if wrong != text else None
            if file:
                return file
    return None
