"""Characters of a message lead to the same characters in the file."""

import contextlib
import json
import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from cassette_tools.formats.registry import read as read_cassette
from cassette_tools.lint.places import Places
from cassette_tools.model import Cassette
from cassette_tools.protocols.message import Fragments, Message
from cassette_tools.protocols.origins import routes
from cassette_tools.protocols.registry import read
from cassette_tools.source.parse import parse

PLACES = 1500


def _texts(message: Message) -> list[Fragments]:
    found = []
    for choice in message.choices:
        found += [choice.text, choice.reasoning, choice.refusal]
        found += [call.arguments for call in choice.tool_calls]
    return [text for text in found if text]


def _may_spell(spelling: str) -> set[str]:
    """What characters of a file may stand for: themselves, or with escapes of JSON, of YAML or of both taken off."""
    found = {spelling, spelling.replace("''", "'")}
    for loads in (json.loads, yaml.safe_load, json.loads):
        for text in tuple(found):
            with contextlib.suppress(ValueError, yaml.YAMLError):
                found.add(str(loads(f'"{text}"')))
    return found


@pytest.mark.corpus
def test_random_characters_of_messages_are_found_in_the_file(corpus: Path) -> None:
    chance = random.Random(20_261_123)
    files = sorted(corpus.rglob("*.y*ml"))
    seen: Counter[str] = Counter()
    while seen.total() < PLACES:
        path = chance.choice(files)
        document = parse(path.read_bytes(), path.name)
        cassette = read_cassette(document.root)
        if not isinstance(cassette, Cassette) or not cassette.interactions:
            continue
        interaction = chance.choice(cassette.interactions)
        transcript = read(interaction)
        if transcript is None or transcript.message is None:
            continue
        places = Places(document)
        for text in _texts(transcript.message)[:5]:
            offset = chance.randrange(len(text.text))
            (route,) = routes(interaction, transcript, text, offset, offset + 1)
            location = places.locate(route)
            first = document.line_starts[location.line - 1] + location.column - 1
            last = document.line_starts[location.end_line - 1] + location.end_column - 1
            shown = document.text[first:last]
            assert shown, (path, route)
            if route.span is None:
                seen["the body"] += 1  # bytes, or stored by the recorder as a structure
                continue
            whole = interaction.response.body.text[slice(*route.span)]
            if len(whole) > 1 and whole[0] in "{[":
                seen["a structure"] += 1  # arguments that came as JSON, not as text
                assert json.loads(whole) is not None
                continue
            seen["a character"] += 1
            assert text.text[offset] in _may_spell(whole), (path, route, whole)
            assert text.text[offset] in _may_spell(shown) or not shown.strip(), (path, shown)
    assert seen["a character"] > PLACES / 2, seen
