"""The recordings that secrets are planted in: of every recorder, every framing, and whatever runs through streams."""

import random
from collections.abc import Hashable, Iterator
from pathlib import Path

import yaml

from cassette_tools.errors import CassetteToolsError
from cassette_tools.loading import load_bytes
from cassette_tools.protocols import registry
from tests.corpus.planting.tape import Tape

NUMBER = 200
_SEED = 20_270_305
_MAX_SIZE = 60_000
_LARGE = 400_000
_MAX_EXCHANGES = 12
_TELLING = (b"input_json_delta", b"function_call_arguments.delta", b"tool_calls", b"reasoning", b"thinking_delta")
"""What else than text may run through a stream."""


def tapes(corpus: Path, number: int = NUMBER) -> list[Tape]:
    """The same recordings each time: of each kind one in turn, until there are enough."""
    paths = sorted(path for path in corpus.rglob("*.y*ml") if path.is_file() and path.stat().st_size < _MAX_SIZE)
    random.Random(_SEED).shuffle(paths)
    kinds: dict[Hashable, list[tuple[Path, str, int]]] = {}
    for path in paths:
        data = path.read_bytes()
        try:
            cassette = load_bytes(data, path.name)
        except CassetteToolsError:
            continue
        if len(cassette.interactions) <= _MAX_EXCHANGES:
            framings = frozenset(map(registry.framing, cassette.interactions))
            telling = tuple(word in data for word in _TELLING) if any(framings) else ()
            kind = (cassette.schema, framings, telling)
            kinds.setdefault(kind, []).append((path, cassette.schema, len(cassette.interactions)))
    found: list[Tape] = []
    turns = [_tapes(files, corpus) for files in kinds.values()]
    while turns and len(found) < number:
        for turn in turns[:]:
            tape = next(turn, None)
            if tape is None:
                turns.remove(turn)
            else:
                found.append(tape)
    return found[:number]


def tapes_with(corpus: Path, *words: bytes) -> list[Tape]:
    """All recordings that hold one of some words, up to a size that can be worked on."""
    found = []
    for path in sorted(path for path in corpus.rglob("*.y*ml") if path.is_file() and path.stat().st_size < _LARGE):
        data = path.read_bytes()
        if any(word in data for word in words):
            try:
                cassette = load_bytes(data, path.name)
            except CassetteToolsError:
                continue
            found.append((path, cassette.schema, len(cassette.interactions)))
    return list(_tapes(found, corpus))


def _tapes(files: list[tuple[Path, str, int]], corpus: Path) -> Iterator[Tape]:
    for path, schema, exchanges in files:
        try:
            tape = Tape(path.relative_to(corpus).as_posix(), path.read_bytes().decode(), schema)
        except (yaml.YAMLError, KeyError, UnicodeDecodeError):
            continue  # an object of the recorder's language, or a format that cannot be written here
        if len(tape.exchanges) == exchanges:
            yield tape
