"""A healthy recording of the corpus, and how a value is written into its file: all else stays as it is.

The modules beside this one have the damage, as real life does it: by hand, by tools that rewrite files, by recorders
that were stopped. Each kind is a function that is given a recording and gives the file as it is afterwards. The chance
that it is given, too, decides what is damaged, and where.
"""

import base64
import contextlib
import gzip
import json
import random
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from cassette_tools.formats.registry import read as read_format
from cassette_tools.model import Cassette, Interaction, Message
from cassette_tools.model import Path as Place
from cassette_tools.protocols.registry import Transcript, read
from cassette_tools.source.nodes import Mapping, Node, Scalar, find
from cassette_tools.source.parse import parse

Bytes = bytes | None
"""A damaged file; None where there is nothing to damage in this way."""
Streams = dict[str, list[list[str]]]
"""The events of streams that are there to be mixed in, by protocol."""


class Answer(NamedTuple):
    """An interaction and what its response says."""

    interaction: Interaction
    transcript: Transcript | None

    @property
    def framing(self) -> str:
        return self.transcript.framing if self.transcript else ""

    @property
    def protocol(self) -> str:
        return self.transcript.protocol.name if self.transcript and self.transcript.protocol else ""

    @property
    def has_calls(self) -> bool:
        message = self.transcript.message if self.transcript else None
        return message is not None and any(choice.tool_calls for choice in message.choices)


class Recording:
    """A file of the corpus that is a recording, as it was read."""

    def __init__(self, name: str, text: str, root: Node, cassette: Cassette) -> None:
        self.name = name
        self.text = text
        self.root = root
        self.cassette = cassette
        self.answers = [Answer(interaction, read(interaction)) for interaction in cassette.interactions]

    @classmethod
    def of(cls, name: str, data: bytes) -> "Recording | None":
        """The recording in a file; None where it holds none, or is not UTF-8 and nothing else."""
        document = parse(data, name)
        cassette = read_format(document.root)
        if document.root is None or not isinstance(cassette, Cassette) or document.text.encode() != data:
            return None
        return cls(name, document.text, document.root, cassette)

    def shuffled(self, chance: random.Random) -> list[Answer]:
        """The answers in an order that chance decides: the first one that has what is damaged is taken."""
        return chance.sample(self.answers, len(self.answers))


_ESCAPED_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def quoted(text: str) -> str:
    """Between double quotes, as YAML and JSON have them."""
    text = json.dumps(text, ensure_ascii=False)
    return _ESCAPED_IN_YAML.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def spliced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """The text with other characters in the place of some."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _span(recording: Recording, node: Node) -> tuple[int, int]:
    """Where a value is in the file; a block reaches into the line behind it, which is given back."""
    end = node.end
    while end > node.start and recording.text[end - 1] in " \t\r\n":
        end -= 1
    return node.start, end


def put(recording: Recording, place: Place, spelt: str) -> str | None:
    """The file with a scalar spelt anew."""
    node = find(recording.root, place)
    return spliced(recording.text, [(*_span(recording, node), spelt)]) if isinstance(node, Scalar) else None


def _spelt_body(recording: Recording, message: Message, content: str | bytes) -> tuple[int, int, str] | None:
    """The change that gives a body another content, coded as the old one was; None where it was stored otherwise."""
    body = message.body
    node = find(recording.root, body.path)
    if not isinstance(node, Scalar) or body.raw is None:
        return None
    if body.codings and body.coded is not False:
        if body.codings != ("gzip",):
            return None
        content = gzip.compress(content.encode() if isinstance(content, str) else content, mtime=0)
    if body.path[-1] == "base64_string":
        data = content.encode() if isinstance(content, str) else content
        return (*_span(recording, node), quoted(base64.b64encode(data).decode()))
    if isinstance(content, bytes):
        return (*_span(recording, node), f'!!binary "{base64.b64encode(content).decode()}"')
    return (*_span(recording, node), quoted(content))


def with_body(recording: Recording, message: Message, content: str | bytes) -> Bytes:
    """The file with another body."""
    change = _spelt_body(recording, message, content)
    return spliced(recording.text, [change]).encode() if change else None


def rewritten(recording: Recording) -> bytes:
    """The file with every body written anew that damage may be done to, and each as it was."""
    changes = []
    for interaction in recording.cassette.interactions:
        for message in (interaction.request, interaction.response):
            text = message.body.text
            content: str | bytes = text if text.encode("utf-8", "replace") == message.body.data else message.body.data
            changes.append(_spelt_body(recording, message, content) if content else None)
    return spliced(recording.text, filter(None, changes)).encode()


def line_start(text: str, offset: int) -> int:
    """Where the line begins."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the next line begins."""
    return text.find("\n", offset) + 1 or len(text)


def without(recording: Recording, node: Mapping, number: int) -> bytes:
    """The file without a field of a mapping."""
    key, value = node.pairs[number]
    if number + 1 < len(node.pairs):
        return spliced(recording.text, [(key.start, node.pairs[number + 1][0].start, "")]).encode()
    start = line_start(recording.text, key.start)
    return spliced(recording.text, [(start, line_end(recording.text, _span(recording, value)[1]), "")]).encode()


def broken_json(text: str, chance: random.Random) -> str:
    """JSON that is none any more for the lack of one character."""
    places = [match.start() for match in re.finditer(r'["{}\[\]:,]', text)]
    chance.shuffle(places)
    for place in places:
        shorter = text[:place] + text[place + 1 :]
        try:
            json.loads(shorter)
        except ValueError:
            return shorter
    raise ValueError(text)


def loaded(data: str) -> Any:
    """The value of JSON, or the text if it is none."""
    with contextlib.suppress(ValueError):
        return json.loads(data)
    return data
