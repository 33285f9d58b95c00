"""A recording as plain text for git to compare: decoded, put together, masked, and the same for the same recording.

What is new in every recording is left out: ids, dates, counts of tokens, how a stream was cut, most headers. An id that
comes back later is numbered.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from cassette_tools import strict_json
from cassette_tools.model import Cassette, Interaction, Message, Path
from cassette_tools.operations.diff import forms, requests, urls
from cassette_tools.operations.diff.ids import Ids, Names
from cassette_tools.operations.diff.json_diff import Elsewhere, is_vector
from cassette_tools.operations.diff.native import ABOUT, FORM, is_read, is_silent_thought, rest
from cassette_tools.operations.media import described, readable
from cassette_tools.protocols import volatile
from cassette_tools.protocols.message import Choice
from cassette_tools.protocols.registry import read
from cassette_tools.text import escape, escape_lines

_MAX_DEPTH = 100
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_ANSWER: Path = ("answer",)
"""Where all that an answer has is."""
_CALL: Path = (requests.TOOLS[0],)
"""Where the arguments of an answer's calls are: none of their names says that something is volatile."""


def write(cassette: Cassette, names: Names, mask: Callable[[str], str]) -> Iterator[str]:
    """The lines of a recording, with their line breaks.

    Args:
        cassette: The recording.
        names: What is new in every recording, besides what the protocols name.
        mask: Takes secrets out of a text.
    """
    writer = _Writer(names, mask)
    for interaction in cassette.interactions:
        for line in writer.interaction(interaction):
            yield f"{line}\n"


class _Writer:
    def __init__(self, names: Names, mask: Callable[[str], str]) -> None:
        self._known = Ids(names)
        self._mask = mask
        self._numbers: dict[str, int] = {}

    def interaction(self, interaction: Interaction) -> Iterator[str]:
        request, response = interaction.request, interaction.response
        url = urls.numbered(request.url, self._number)
        yield f"=== {interaction.index} {self._line(request.method)} {self._line(url)}"
        yield from self._headers(request)
        transcript = read(interaction)
        protocol = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
        yield from self._body(request, (), protocol)
        yield ""
        yield f"--- {response.code if response.code is not None else ''} {self._line(response.media_type)}".rstrip()
        message = transcript.message if transcript is not None else None
        if transcript is None or message is None:
            yield from self._body(response, _ANSWER, "")
        else:
            if message.model:
                yield f"model: {self._line(message.model)}"
            for choice in message.choices:
                yield from self._choice(choice)
            for error in message.errors:
                yield from self._field((*_ANSWER, "error"), _without_ids(error), "", protocol)
            own = rest(message, transcript.protocol, streamed=bool(transcript.framing))
            asked = request.body.json() if request.body.raw else None
            # Fields that providers add are values; an answer may repeat what it was asked for. A transcript is a text,
            # and the same with times.
            parts = {
                key: value
                for key, value in (own.items() if isinstance(own, dict) else ())
                if (isinstance(value, dict | list) or (key == "text" and not message.choices))
                and not (protocol == "openai-media" and key in ("segments", "words"))
                and not (isinstance(asked, dict) and key in asked)
            }
            unread = self._unread(parts, (), protocol)
            if unread:
                yield from self._value(unread, "", _ANSWER, protocol)
        yield ""

    def _unread(self, value: Any, path: Path, protocol: str) -> Any:
        """What of the provider's own form of an answer is not in its message, without what says nothing."""
        if isinstance(value, Elsewhere) or is_silent_thought(value):
            return None
        if isinstance(value, dict):
            if is_read(value):
                return None
            return {
                key: item
                for key, inner in value.items()
                if key not in FORM
                and ABOUT.get(key, "citations") == "citations"
                and not self._known.names.is_volatile((*path, key), inner, protocol, of_answer=True)
                and (item := self._unread(inner, (*path, key), protocol)) not in _NOTHING
            }
        if isinstance(value, list) and not is_vector(value):
            items = (self._unread(item, (*path, number), protocol) for number, item in enumerate(value))
            return [item for item in items if item not in _NOTHING]
        return value

    def _headers(self, request: Message) -> Iterator[str]:
        for header in sorted(request.headers, key=lambda header: header.name.lower()):
            name = header.name.lower()
            if not self._known.is_volatile_header(name) and not requests.is_of_client(name):
                value = forms.header(header.value) if name == "content-type" else header.value
                yield f"{self._line(name)}: {self._line(value)}"

    def _body(self, message: Message, path: Path, protocol: str) -> Iterator[str]:
        body = message.body
        if not body.raw:
            return
        value = _parsed(body.text)
        data = forms.comparable(message)
        if isinstance(value, dict | list):
            for block in requests.blocks(value):
                if block.kind == "tool-call" and block.id:
                    self._number(block.id)
            yield from self._value(value, "", path, protocol)
        elif "\0" in body.text or "\N{REPLACEMENT CHARACTER}" in body.text:
            yield f"{len(data):,} bytes, {_digest(data)}"
        else:
            yield from self._lines(data.decode("utf-8", "replace"), "")

    def _choice(self, choice: Choice) -> Iterator[str]:
        if choice.number:
            yield f"choice {choice.number}:"
        if choice.role and choice.role.lower() not in requests.ANSWERS:
            yield f"role: {self._line(choice.role)}"
        for name, fragments in (("reasoning", choice.reasoning), ("text", choice.text), ("refusal", choice.refusal)):
            if fragments:
                yield f"{name}:"
                yield from self._lines(fragments.text, "  ")
        for call in choice.tool_calls:
            yield f"tool call: {self._line(call.name)} {self._number(call.id) if call.id else ''}".rstrip()
            yield from self._value(call.arguments.text if call.parsed is None else call.parsed, "  ", _CALL, "")
        for citation in choice.citations:
            yield from self._field((*_ANSWER, "citation"), citation, "", "")
        for media in choice.media:
            yield f"media: {self._line(described(media, identified=True))}"
        if choice.finish_reason:
            yield f"finish reason: {self._line(choice.finish_reason)}"

    def _value(self, value: Any, indent: str, path: Path, protocol: str) -> Iterator[str]:
        if len(indent) > 2 * _MAX_DEPTH:
            yield f"{indent}…"
        elif isinstance(value, dict) and value:
            for key in sorted(value):
                if not self._is_volatile((*path, key), value[key], protocol):
                    yield from self._field((*path, key), value[key], indent, protocol)
        elif is_vector(value):
            yield f"{indent}{len(value):,} numbers, {_digest(json.dumps(value).encode())}"
        elif isinstance(value, list) and value:
            for item in value:
                first = True
                for line in self._value(item, f"{indent}  ", path, protocol):
                    yield f"{indent}- {line[len(indent) + 2 :]}" if first else line
                    first = False
        elif isinstance(value, str):
            yield from self._lines(self._id(path, value) or _quoted(value), indent)
        else:
            yield f"{indent}{self._line(_literal(value))}"

    def _field(self, path: Path, value: Any, indent: str, protocol: str) -> Iterator[str]:
        key = str(path[-1])
        if volatile.is_cipher(path, value):
            return
        if key == "arguments" and isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, str) and "\n" not in value:
            # The name may announce what the value is.
            yield f"{indent}{self._line(f'{key}: {self._id(path, value) or _quoted(readable(value))}')}"
        elif isinstance(value, str | dict | list) and value:
            yield f"{indent}{self._line(key)}:"
            yield from self._value(value, f"{indent}  ", path, protocol)
        else:
            yield f"{indent}{self._line(f'{key}: {_literal(value)}')}"

    def _is_volatile(self, path: Path, value: Any, protocol: str) -> bool:
        """Whether what stands at a path, of which numbers are left out, is new in every recording."""
        names = self._known.names
        if path[:1] != _ANSWER and path[-1] in requests.OF_ANSWERS:
            return names.is_named(path[-1:])
        return names.is_named(path[-1:]) or (
            not _is_meant(path) and names.is_volatile(path[-1:], value, protocol, of_answer=path[:1] == _ANSWER)
        )

    def _id(self, path: Path, value: str) -> str:
        """What stands for an id that was made up for the occasion; empty for any other value."""
        name = str(path[-1]) if path else ""
        if value in self._numbers and (volatile.is_name_of_id(name) or volatile.is_id("id", value)):
            return self._number(value)
        if name in requests.OF_ANSWERS:
            return self._number(value)
        return (
            ""
            if path[:1] not in _WITH_IDS or _is_arguments(path) or not volatile.is_id(name, value)
            else self._number(value)
        )

    def _number(self, ident: str) -> str:
        return f"<id {self._numbers.setdefault(ident, len(self._numbers) + 1)}>"

    def _line(self, text: str) -> str:
        return escape(self._mask(text))

    def _lines(self, text: str, indent: str) -> Iterator[str]:
        for line in escape_lines(self._mask(readable(text))).split("\n"):
            yield f"{indent}{line}".rstrip()


_WITH_IDS = (_ANSWER, *((name,) for name in (*requests.HISTORY, *requests.SYSTEM, "metadata")))
"""Where ids are made up. What a parameter has for an id was chosen, unless an answer had it before."""


def _is_meant(path: Path) -> bool:
    """Whether a field of a request is one of tools, whose names are theirs: nothing in it is volatile by its name."""
    return path[0] in requests.TOOLS or _is_arguments(path) or requests.is_result(path)


def _is_arguments(path: Path) -> bool:
    return path[0] in requests.HISTORY and any(part in requests.ARGUMENTS for part in path[1:])


def _quoted(text: str) -> str:
    """A text as it is, or in quotes where it would look like another value."""
    if text[:1] not in _BEGINNINGS or len(text) > _MOST:
        return text
    value = _parsed(text)
    return text if value is text or (isinstance(value, dict | list) and value) else json.dumps(text)


_BEGINNINGS = tuple('-0123456789tfn{["')
"""Of JSON that might be mistaken."""
_MOST = 40
"""Characters of a number."""


def _without_ids(error: Any) -> Any:
    """An error whose words have no ids."""
    if isinstance(error, dict):
        return {key: _without_ids(value) for key, value in error.items()}
    return volatile.without_ids(error) if isinstance(error, str) else error


def _literal(value: Any) -> str:
    """A value without parts. Numbers that are equal look alike."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return json.dumps(value)


def _digest(data: bytes) -> str:
    return f"SHA-256 {hashlib.sha256(data).hexdigest()[:16]}"


def _parsed(text: str) -> Any:
    """The JSON that a text is; the text itself where it is none."""
    try:
        return strict_json.loads(text)
    except strict_json.JsonError:
        return text
