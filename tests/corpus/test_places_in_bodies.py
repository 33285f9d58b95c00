"""A place in a decoded body leads to the same characters in the file, through every style of YAML and JSON."""

import json
import random
from pathlib import Path

import pytest

from cassette_tools.formats.registry import read
from cassette_tools.lint.places import Places
from cassette_tools.model import Cassette, Message
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.source.parse import parse

pytestmark = pytest.mark.corpus

PLACES = 1000
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "'": "''"}


def _shown(document: Document, start: tuple[int, int], end: tuple[int, int]) -> str:
    first = document.line_starts[start[0] - 1] + start[1] - 1
    last = document.line_starts[end[0] - 1] + end[1] - 1
    return document.text[first:last]


def _spells(spelling: str, char: str) -> bool:
    """Whether characters of a file stand for one of a value: itself, an escape of it, or a fold for white space."""
    if spelling in (char, _ESCAPES.get(char)) or (char in " \n" and not spelling.strip()):
        return True
    if spelling.startswith("\\"):
        return json.loads(f'"{spelling}"') == char if spelling[1] in "u/bfnrt" else spelling[1] in 'x_NLPUe" 0a'
    return False


def test_a_thousand_random_places_show_the_same_characters(corpus: Path) -> None:
    chance = random.Random(20_260_101)
    files = sorted(corpus.rglob("*.y*ml"))
    looked_at = {"exact": 0, "whole": 0}
    while sum(looked_at.values()) < PLACES:
        path = chance.choice(files)
        document = parse(path.read_bytes(), path.name)
        cassette = read(document.root)
        if not isinstance(cassette, Cassette) or not cassette.interactions:
            continue
        if document.root is not None and chance.random() < 0.3 and "parsed_body" not in document.text:
            # The same recording as JSON: another document layer, the same model.
            document, cassette = _as_json(document, cassette)
        places = Places(document)
        for _ in range(5):
            interaction = chance.choice(cassette.interactions)
            message: Message = chance.choice([interaction.request, interaction.response])
            text = message.body.text
            if not text:
                continue
            offset = chance.randrange(len(text))
            route = message.body.route(offset, offset + 1)
            location = places.locate(route)
            start, end = (location.line, location.column), (location.end_line, location.end_column)
            if route.span is not None:
                assert _spells(_shown(document, start, end), text[offset]), (path, route)
                looked_at["exact"] += 1
            else:
                assert document.root is not None
                node = find(document.root, route.path)
                assert document.position(node.start) == start, (path, route)
                looked_at["whole"] += 1
    assert looked_at["exact"] > PLACES / 2
    assert looked_at["whole"] > 0


def _as_json(document: Document, cassette: Cassette) -> tuple[Document, Cassette]:
    from cassette_tools.source.nodes import plain, walk

    assert document.root is not None
    if any(isinstance(node, Scalar) and node.kind == "binary" for node in walk(document.root)):
        return document, cassette
    rewritten = parse(json.dumps(plain(document.root), indent=1).encode(), "cassette.json")
    outcome = read(rewritten.root)
    assert isinstance(outcome, Cassette)
    return rewritten, outcome
