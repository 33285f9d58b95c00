"""A recording for a person: a list of its interactions, a conversation, bodies and events; fit for a terminal."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.model import Header, Message, Response
from cassette_tools.operations import show
from cassette_tools.operations.media import described, readable
from cassette_tools.operations.show import Conversation, Events, Shown
from cassette_tools.protocols.conversation import Block, Turn
from cassette_tools.protocols.message import Media
from cassette_tools.report.base import count
from cassette_tools.report.table import table
from cassette_tools.text import clip, escape, escape_lines
from cassette_tools.wire import multipart

_STYLES = {
    "head": "\x1b[1m", "dim": "\x1b[2m", "role": "\x1b[1;36m", "call": "\x1b[33m",
    "bad": "\x1b[31m", "good": "\x1b[32m",
}  # fmt: skip
_RESET = "\x1b[0m"
_MASKED = re.compile(r"\*{4,}")
_COLUMNS = ("#", "method", "url", "status", "model", "seconds", "in", "out", "finish")
_WORDS = ("method", "url", "model", "finish")
_CUT = {"url": 16, "model": 12, "finish": 8}
"""What may be cut where a terminal is narrow, and how much of each is left."""
_DISPENSABLE = ("seconds", "method", "out", "in", "model", "finish", "status")
"""What is left out of a list where cutting is not enough, first that which tells least."""
_ROOM_FOR_TIMES = 60
"""Columns of a terminal from which on events have their times."""
_LEAST_ADDED = 20
"""Columns that what an event adds gets rather than the event's type."""
_LONGEST = 2000
"""Characters of a value that is no text, such as a result of a tool, unless all of it is asked for."""


class What(NamedTuple):
    """What is shown of an interaction."""

    headers: bool = False
    raw: bool = False
    """The bodies as they were sent, without their codings, instead of the conversation."""
    events: bool = False
    """The events of the stream instead of the conversation."""


class Writer:
    """Writes interactions as text.

    Args:
        mask: Takes secrets out of a text, and leaves it as long as it was.
        colour: Use ANSI colours.
        width: Columns of the terminal.
    """

    def __init__(self, mask: Callable[[str], str], *, colour: bool, width: int) -> None:
        self._mask = mask
        self._colour = colour
        self._width = max(width, 20)

    # --- the list ----------------------------------------------------------------------------------------------------

    def table(self, interactions: Iterable[Shown]) -> str:
        """One line an interaction, in the columns for which the terminal has room."""
        cells = [self._row(shown) for shown in interactions]
        # A column in which nothing is said is not there.
        names = [name for number, name in enumerate(_COLUMNS) if number < 4 or any(row[name] for row in cells)]
        widths = {name: max([len(name), *(len(row[name]) for row in cells)]) for name in names}
        _fit(widths, self._width)
        for row in cells:
            for name in _CUT:
                row[name] = _shortened(row[name], widths.get(name, 0))
        numbers = [name for name in widths if name not in _WORDS]
        return table(list(widths), [[row[name] for name in widths] for row in cells], numbers) + "\n"

    def _row(self, shown: Shown) -> dict[str, str]:
        request, response = shown.interaction.request, shown.interaction.response
        duration, tokens = shown.interaction.duration, shown.tokens
        return {
            "#": str(shown.interaction.index),
            "method": self._line(request.method, 10),
            "url": self._line(request.url, 2000),
            "status": "" if response.code is None else str(response.code),
            "model": self._line(shown.model, 40),
            "seconds": "" if duration is None else f"{duration:,.2f}",
            "in": "" if tokens is None or tokens.input is None else f"{tokens.input:,}",
            "out": "" if tokens is None or tokens.output is None else f"{tokens.output:,}",
            "finish": self._line(", ".join((*shown.finish, *(["incomplete"] if shown.problems else []))), 40),
        }

    # --- one interaction ---------------------------------------------------------------------------------------------

    def interaction(self, shown: Shown, what: What) -> Iterator[str]:
        """The lines of an interaction."""
        request, response = shown.interaction.request, shown.interaction.response
        title = f"#{shown.interaction.index} {self._line(request.method, 40)} {self._line(request.url, 2000)}"
        yield self._paint("head", title)
        yield self._paint("dim", " · ".join(self._facts(shown)))
        yield from (self._paint("bad", f"incomplete: {self._line(problem, 300)}") for problem in shown.problems)
        if what.headers:
            yield from self._headers("request headers", request)
            yield from self._headers("response headers", response)
        if what.raw:
            yield from self._raw("request body", request, ())
            yield from self._raw("response body", response, shown.spans)
        if what.events:
            yield from self._events(show.stream(shown))
        if not what.raw and not what.events:
            yield from self._conversation(shown, show.converse(shown))

    def _facts(self, shown: Shown) -> Iterator[str]:
        response = shown.interaction.response
        yield f"status {response.code}" if response.code is not None else "no status"
        if response.media_type:
            yield self._line(response.media_type, 80)
        if shown.interaction.duration is not None:
            yield f"{shown.interaction.duration:,.2f} s"
        if shown.protocol:
            yield shown.protocol
        if shown.model:
            yield self._line(shown.model, 80)
        if shown.tokens is not None:
            parts = [("in", shown.tokens.input), ("out", shown.tokens.output)]
            if shown.tokens.input is None and shown.tokens.output is None:
                parts = [("in all", shown.tokens.total)]
            said = ", ".join(f"{number:,} {name}" for name, number in parts if number is not None)
            yield f"tokens {said}" if said else "tokens unknown"
        if shown.finish:
            yield f"finish {self._line(', '.join(shown.finish), 80)}"

    def _headers(self, name: str, message: Message) -> Iterator[str]:
        yield from ("", self._paint("role", name))
        for header in message.headers:
            yield f"  {self._paint('dim', f'{escape(header.name)}:')} {self._header(header)}"

    def _header(self, header: Header) -> str:
        head = f"{header.name}: "
        # The name may announce what the value is.
        return clip(escape(self._mask(f"{head}{header.value}")[len(head) :]), 1000)

    def _raw(self, name: str, message: Message, spans: tuple[tuple[int, int], ...]) -> Iterator[str]:
        body = message.body
        coded = f", without {', '.join(body.codings)}" if body.codings else ""
        yield from ("", self._paint("role", f"{name}{self._line(coded, 100)}"))
        if not body.raw:
            yield "  (empty)"
            return
        if is_binary(body.text):
            yield from self._parts(message) or [f"  ({count(len(body.data), 'byte')} that are no text)"]
            return
        text = body.text
        for start, end in spans:
            text = f"{text[:start]}{'*' * (end - start)}{text[end:]}"
        yield from self._lines(text, "  ")

    def _parts(self, message: Message) -> list[str]:
        """The fields of a form that has a file among them; none of anything else."""
        if message.media_type != "multipart/form-data":
            return []
        data = message.body.data.decode("latin-1")
        lines = []
        for start, end, name in multipart.parts(data, message.headers.get("content-type")):
            part = data[start:end].encode("latin-1")
            value = part.decode("utf-8", "replace")
            told = f"({count(len(part), 'byte')} that are no text)" if is_binary(value) else value
            field = name.encode("latin-1").decode("utf-8", "replace")
            lines.append(f"  {self._line(f'{field}: {told}', 1000)}")
        return lines

    def _events(self, events: Events | None) -> Iterator[str]:
        if events is None:
            yield from ("", "  (no stream)")
            return
        texts = [self._mask(text) for _, text in events.texts]
        has_times = any(row.time is not None for row in events.rows) and self._width >= _ROOM_FOR_TIMES
        yield ""
        time = "   seconds" if has_times else ""
        left = max(self._width - len(f"{'':6}{time}  {'':7}    ") - _LEAST_ADDED, len("type"))
        kinds = min(left, 30)
        yield self._paint("dim", f"{'event':>6}{time}  {'bytes':>7}  {'type':{kinds}}  adds")
        for row in events.rows:
            time = "" if not has_times else f"{row.time:10.3f}" if row.time is not None else " " * 10
            head = f"{row.number:6}{time}  {row.size:7,}  {self._line(row.type, kinds):{kinds}}  "
            parts = ((events.texts[part.text][0], texts[part.text][part.start : part.end]) for part in row.parts)
            yield f"{head}{self._added(parts, max(self._width - len(head), 4))}".rstrip()

    def _added(self, parts: Iterable[tuple[str, str]], room: int) -> str:
        """What an event adds, in so many columns: to the text, or with the name of what else it adds to."""
        pieces = []
        for name, added in parts:
            label = "" if name == "text" else escape(name)
            text = f"{label} {escape(added)}" if label else escape(added)
            cut = clip(text, room)
            pieces.append(f"{self._paint('dim', cut[: len(label)])}{cut[len(label) :]}")
            room -= len(cut) + 1
            if room <= 0:
                break
        return " ".join(pieces)

    # --- the conversation --------------------------------------------------------------------------------------------

    def _conversation(self, shown: Shown, talk: Conversation) -> Iterator[str]:
        settings = [f"{escape(name)} {escape(self._mask(json.dumps(value)))}" for name, value in talk.settings.items()]
        if settings:
            yield self._paint("dim", clip(" · ".join(settings), 4 * self._width))
        for turn in talk.turns:
            yield from self._turn(turn)
        body = show.media_body(shown.interaction)
        form = [] if talk.turns or not (talk.understood or body) else self._parts(shown.interaction.request)
        if form:
            yield from ("", self._paint("role", "request body"), *form)
        if talk.tools:
            yield from ("", self._paint("role", "tools offered"))
            for tool in talk.tools:
                names = ", ".join(_parameters(tool.parameters))
                description = f"  {self._line(tool.description.partition(chr(10))[0], 100)}" if tool.description else ""
                yield f"  {self._line(tool.name, 80)}({self._line(names, 200)}){self._paint('dim', description)}"
        for turn in talk.answers:
            yield from self._turn(turn, is_answer=True)
        for error in talk.errors:
            yield from ("", self._paint("bad", "error"))
            yield from self._json(error)
        if body is not None:
            yield from ("", f"  {self._media(body)}")
        elif not talk.understood:
            request = shown.interaction.request
            yield from self._body("request body", request) if not talk.turns else ()
            yield from self._body("response body", shown.interaction.response) if request.method != "HEAD" else ()

    def _body(self, name: str, message: Message) -> Iterator[str]:
        if not message.body.raw:
            has_one = not isinstance(message, Response) or (message.successful and message.code != 204)
            if message.body.missing and has_one:
                yield from ("", self._paint("role", name), "  (not in the recording)")
            return
        value = None if message.body.json_error() else message.body.json()
        if isinstance(value, dict | list):
            yield from ("", self._paint("role", name))
            yield from self._json(value)
        else:
            yield from self._raw(name, message, ())

    def _turn(self, turn: Turn, *, is_answer: bool = False) -> Iterator[str]:
        yield from ("", self._paint("good" if is_answer else "role", self._line(turn.role, 60)))
        cited = 0
        for block in turn.blocks:
            if block.kind == "citation":
                yield from [] if cited else [f"  {self._paint('call', 'citations')}"]
                cited += 1
                yield f"    {cited}. {self._line(block.text, 300)}"
            else:
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        if block.kind == "text":
            yield from self._lines(readable(block.text), "  ")
        elif block.kind == "reasoning":
            yield from (self._paint("dim", line) for line in self._lines(block.text, "  | "))
        elif block.kind == "media" and block.media is not None:
            yield f"  {self._media(block.media)}"
        else:
            title = " ".join(filter(None, (block.kind.replace("-", " "), block.name, block.id and f"({block.id})")))
            yield f"  {self._paint('call', self._line(title, 200))}"
            yield from self._value(block.text)

    def _value(self, text: str) -> Iterator[str]:
        """Arguments of a call, or a result: JSON as a rule."""
        if not text:
            return
        try:
            value = strict_json.loads(text)
        except strict_json.JsonError:
            value = None
        if isinstance(value, dict | list):
            yield from self._json(value, "    ")
        else:
            yield from self._lines(readable(text), "    ", _LONGEST)

    def _json(self, value: Any, indent: str = "  ") -> Iterator[str]:
        text = json.dumps(_legible(readable(value)), ensure_ascii=False, indent=2)
        yield from self._lines(text, indent, 4 * _LONGEST)

    def _media(self, media: Media) -> str:
        return self._line(described(media), 300)

    # --- what is recorded --------------------------------------------------------------------------------------------

    def _lines(self, text: str, indent: str, longest: int | None = None) -> Iterator[str]:
        text = escape_lines(self._mask(text)).strip("\n")
        left = len(text) - longest if longest is not None else 0
        if left > 0:
            text = text[:longest]
        for line in text.split("\n"):
            yield f"{indent}{line}".rstrip()
        if left > 0:
            yield f"{indent}… {count(left, 'more character')}"

    def _line(self, text: str, longest: int) -> str:
        return clip(escape(self._mask(text)), longest)

    def _paint(self, style: str, text: str) -> str:
        return f"{_STYLES[style]}{text}{_RESET}" if self._colour and text else text


def is_binary(text: str) -> bool:
    """Whether what was decoded as text is none."""
    return "\0" in text or text.count("\N{REPLACEMENT CHARACTER}") * 20 > len(text)


def _legible(value: Any) -> Any:
    """A JSON value without what only the provider can read."""
    if isinstance(value, dict):
        return {
            key: f"({count(len(held), 'character')})"
            if key.startswith("encrypted_") and isinstance(held, str)
            else _legible(held)
            for key, held in value.items()
        }
    return [_legible(held) for held in value] if isinstance(value, list) else value


def _parameters(schema: Any) -> Iterator[str]:
    """The names of a tool's parameters, those that may be left out with a question mark."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return
    required = schema.get("required")
    for name in properties:
        yield name if isinstance(required, list) and name in required else f"{name}?"


def _fit(widths: dict[str, int], room: int) -> None:
    """Make the columns of a list narrower, then fewer, until they have room; there are two spaces between them."""
    for name in ("", *_DISPENSABLE):
        widths.pop(name, None)
        over = sum(widths.values()) + 2 * (len(widths) - 1) - room
        if over <= sum(max(widths[one] - least, 0) for one, least in _CUT.items() if one in widths):
            break
    for one, least in _CUT.items():
        if one in widths and over > 0:
            cut = min(over, max(widths[one] - least, 0))
            widths[one] -= cut
            over -= cut
    if over > 0:
        widths["url"] = max(widths["url"] - over, len("url"))


def _shortened(text: str, room: int) -> str:
    """A URL or a name cut in its middle: its ends tell most."""
    if len(text) <= room:
        return text
    text = re.sub(r"^https?://", "", text)
    if len(text) <= room:
        return text
    # How long a secret is matters least.
    text = _MASKED.sub("***", text)
    if len(text) <= room:
        return text
    head = room // 3
    return f"{text[:head]}…{text[len(text) - max(room - head - 1, 0) :]}"
