"""Streams of all framings as lists of events, and the texts that run through them."""

import base64
import copy
import functools
import json
import random
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tests.corpus.planting.frames import Frame, framed, unframed
from tests.corpus.planting.tape import Exchange

What = Literal["text", "arguments", "reasoning"]
Framing = Literal["event-stream", "frames", "ndjson", "array"]


class Event:
    """One event; ``value`` is its JSON, None where it has none."""

    def __init__(self, value: Any, raw: str = "", frame: Frame | None = None, *, inner: bool = False) -> None:
        self.value = value
        self.raw = raw
        self.frame = frame
        self.inner = inner
        """Its JSON is in base64 in that of the frame."""

    def clone(self) -> "Event":
        """The same once more."""
        return Event(copy.deepcopy(self.value), self.raw, self.frame, inner=self.inner)


_BLANK = re.compile(r"(?<=\n\n)|(?<=\r\n\r\n)")
_DATA = re.compile(r"^data: ?(.*?)(\r?)$", re.MULTILINE)


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def read(exchange: Exchange) -> tuple[Framing, list[Event]] | None:
    """The events of a response; None where it is no stream."""
    return _read(*_body(exchange))


_FRAMES = "application/vnd.amazon.eventstream"


def _body(exchange: Exchange) -> tuple[str, bytes | str]:
    """The media type of a response, and what its events are read from."""
    response = exchange.response
    return response.media_type, response.stored if response.media_type == _FRAMES else response.text


def _read(media_type: str, body: bytes | str) -> tuple[Framing, list[Event]] | None:
    if isinstance(body, bytes):
        try:
            return "frames", [_of_frame(frame) for frame in unframed(body)]
        except ValueError:
            return None
    text = body
    if media_type == "text/event-stream" or (text.startswith(("data:", "event:")) and "\n\n" in text):
        events = []
        for raw in filter(None, _BLANK.split(text)):
            lines = _DATA.findall(raw)
            events.append(Event(_parsed(lines[0][0]) if len(lines) == 1 else None, raw))
        return "event-stream", events
    lines = text.split("\n")
    if "ndjson" in media_type or (len(lines) > 3 and all(map(_parsed, lines[:2]))):
        return "ndjson", [Event(_parsed(line), line + "\n") for line in lines if line]
    return None


def _of_frame(frame: Frame) -> Event:
    value = _parsed(frame.payload.decode("utf-8", "replace"))
    if value and isinstance(value.get("bytes"), str):
        inner = _parsed(base64.b64decode(value["bytes"]).decode("utf-8", "replace"))
        return Event(inner, frame.payload.decode(), frame, inner=True)
    return Event(value, "", frame)


def write(exchange: Exchange, framing: Framing, events: list[Event]) -> None:
    """Make these the events of a response."""
    if framing == "frames":
        exchange.response.set_data(framed([_frame(event) for event in events]), text=False)
    elif framing == "array":
        parts = ",\r\n".join(json.dumps(event.value, ensure_ascii=False, indent=2) for event in events)
        exchange.response.set_text(f"[{parts}\n]\n")
    else:
        exchange.response.set_text("".join(_text(event, framing) for event in events))


def _frame(event: Event) -> Frame:
    assert event.frame is not None
    if event.value is None:
        return event.frame
    data = json.dumps(event.value, separators=(",", ":")).encode()
    if event.inner:
        outer = {**json.loads(event.raw), "bytes": base64.b64encode(data).decode()}
        data = json.dumps(outer, separators=(",", ":")).encode()
    return Frame(event.frame.headers, data)


def _text(event: Event, framing: Framing) -> str:
    lines = [event.raw.rstrip("\n")] if framing == "ndjson" else [line for line, _ in _DATA.findall(event.raw)]
    if event.value is None or _parsed(lines[0]) == event.value:
        return event.raw  # untouched, and so are its blanks
    plain = lines[0].isascii()
    text = json.dumps(event.value, ensure_ascii=plain, separators=(",", ":"))
    return event.raw.replace(lines[0], text, 1)


class Channel(NamedTuple):
    """A text that runs through the events of a stream."""

    what: What
    places: list[int]
    """Its events."""
    path: tuple[str | int, ...]
    """Where its part is in each."""


# Of each protocol: what runs there, where, and what must be in the event for it to be that.
_CHANNELS: tuple[tuple[What, tuple[str | int, ...], str], ...] = (
    ("text", ("delta", "text"), "text_delta"),  # Anthropic, alone and on Bedrock
    ("arguments", ("delta", "partial_json"), "input_json_delta"),
    ("reasoning", ("delta", "thinking"), "thinking_delta"),
    ("text", ("delta",), "response.output_text.delta"),
    ("arguments", ("delta",), "response.function_call_arguments.delta"),
    ("reasoning", ("delta",), "response.reasoning_summary_text.delta"),
    ("reasoning", ("delta",), "response.reasoning_text.delta"),
    ("text", ("choices", 0, "delta", "content"), ""),
    ("arguments", ("choices", 0, "delta", "tool_calls", 0, "function", "arguments"), ""),
    ("reasoning", ("choices", 0, "delta", "reasoning_content"), ""),
    ("reasoning", ("choices", 0, "delta", "reasoning"), ""),
    ("text", ("choices", 0, "text"), ""),
    ("text", ("candidates", 0, "content", "parts", 0, "text"), ""),
    ("text", ("delta", "message", "content", "text"), ""),  # Cohere
    ("text", ("message", "content"), ""),  # Ollama
    ("text", ("response",), ""),
    ("text", ("contentBlockDelta", "delta", "text"), ""),  # Nova
    ("text", ("delta", "text"), ""),  # Converse
    ("arguments", ("delta", "toolUse", "input"), ""),
    ("reasoning", ("delta", "reasoningContent", "text"), ""),
)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path; None where nothing does."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def put(value: Any, path: tuple[str | int, ...], text: str) -> None:
    """Put a text there."""
    at(value, path[:-1])[path[-1]] = text


def _kind(value: Any) -> str:
    delta = value.get("delta")
    inner = delta.get("type") if isinstance(delta, dict) else None
    return str(inner or value.get("type") or "")


def channels(events: list[Event], what: What) -> Iterator[Channel]:
    """The texts of one sort."""
    for sort, path, kind in _CHANNELS:
        if sort != what:
            continue
        found: dict[tuple[Any, ...], list[int]] = {}
        for number, event in enumerate(events):
            value = event.value
            if not isinstance(value, dict) or not isinstance(at(value, path), str):
                continue
            if kind != _kind(value) and (
                kind or (path[0] == "delta" and value.get("type") not in (None, "content-delta"))
            ):
                continue
            part = at(value, path[:-1])
            if (isinstance(part, dict) and part.get("thought")) or at(value, ("choices", 0, "message")):
                continue
            call = at(value, ("choices", 0, "delta", "tool_calls", 0, "index")) if what == "arguments" else None
            # The parts of a summary are texts of their own.
            key = tuple(
                json.dumps(value.get(name))
                for name in ("index", "item_id", "content_index", "summary_index", "contentBlockIndex")
            )
            found.setdefault((*key, at(value, ("choices", 0, "index")), call), []).append(number)
        for places in found.values():
            yield Channel(what, places, path)


def glance(exchange: Exchange, what: What) -> tuple[Framing, list[Event], list[Channel]] | None:
    """The events of a response, and the texts of one sort in them. Whoever asks gets the same ones, to look at."""
    return _glance(*_body(exchange), what)


@functools.lru_cache(maxsize=16)
def _glance(media_type: str, body: bytes | str, what: What) -> tuple[Framing, list[Event], list[Channel]] | None:
    found = _read_once(media_type, body)
    return None if found is None else (*found, list(channels(found[1], what)))


_read_once = functools.lru_cache(maxsize=16)(_read)

_ENDS = ("finish_reason", "finishReason", "stop_reason", "finishMessage", "done", "done_reason")
_TOTALS = ("usage", "usageMetadata", "x_groq", "amazon-bedrock-invocationMetrics")
_OLLAMA = (
    "total_duration",
    "load_duration",
    "prompt_eval_count",
    "prompt_eval_duration",
    "eval_count",
    "eval_duration",
)


def _holders(event: Event) -> list[dict[str, Any]]:
    found = [event.value, at(event.value, ("choices", 0)), at(event.value, ("candidates", 0))]
    return [holder for holder in found if isinstance(holder, dict)]


def _with(event: Event, path: tuple[str | int, ...], text: str) -> Event:
    """A copy with another text that can stand beside the event: it begins and ends nothing."""
    clone = event.clone()
    for holder in _holders(clone):
        for name in (*_ENDS, *_TOTALS, *_OLLAMA):
            if name in ("finish_reason", "done") and name in holder:
                holder[name] = False if name == "done" else None
            else:
                holder.pop(name, None)
    call = at(clone.value, ("choices", 0, "delta", "tool_calls", 0))
    if isinstance(call, dict):
        call.pop("id", None)
        call["function"] = {"arguments": ""}
    put(clone.value, path, text)
    return clone


def insert(events: list[Event], channel: Channel, pieces: list[str], chance: random.Random) -> None:
    """Put a text into a channel, each piece as a fragment, and into every copy of the whole that the provider sends.

    Arguments of a tool are JSON: the pieces have to be a member of an object, without a comma.

    Raises:
        ValueError: It cannot be done here without breaking the stream.
    """
    parts = [at(events[number].value, channel.path) for number in channel.places]
    before = "".join(parts)
    if channel.what == "arguments":
        position = before.find("{") + 1
        if not position:
            if before:
                raise ValueError("no object")
            pieces = ["{", *pieces, "}"]
        elif not before[position:].lstrip().startswith("}"):
            pieces = [*pieces, ","]
    else:
        position = len("".join(parts[: chance.randrange(len(parts) + 1)]))
    number, start = 0, 0
    while number + 1 < len(parts) and start + len(parts[number]) < position:
        start += len(parts[number])
        number += 1
    place, head, tail = channel.places[number], parts[number][: position - start], parts[number][position - start :]
    event = events[place]
    added = [_with(event, channel.path, piece) for piece in pieces]
    if any(holder.get(name) for holder in _holders(event) for name in _ENDS):
        put(event.value, channel.path, tail)
        events[place:place] = [*([_with(event, channel.path, head)] if head else []), *added]
    else:
        put(event.value, channel.path, head)
        events[place + 1 : place + 1] = [*added, *([_with(event, channel.path, tail)] if tail else [])]
    if str(event.value.get("type")).startswith("response."):
        if not before:
            raise ValueError("nothing that is repeated")
        after = f"{before[:position]}{''.join(pieces)}{before[position:]}"
        for other in events[place:]:
            if other.value is not None and not str(other.value.get("type")).endswith(".delta"):
                _replace(other.value, before, after)
    _renumber(events)


def _replace(value: Any, before: str, after: str) -> None:
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if item == before:
            value[key] = after
        elif isinstance(item, dict | list):
            _replace(item, before, after)


def _renumber(events: list[Event]) -> None:
    numbered = [event.value for event in events if event.value and isinstance(event.value.get("sequence_number"), int)]
    for number, value in enumerate(numbered, numbered[0]["sequence_number"] if numbered else 0):
        value["sequence_number"] = number
