"""What the tool makes of the files that secrets were planted in: what it finds, and what is left when it is through."""

import base64
import binascii
import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from cassette_tools.errors import CassetteToolsError
from cassette_tools.loading import load_bytes
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.secrets.finder import CODES, PERSONAL, Finder, Secret
from cassette_tools.secrets.options import DEFAULTS, SecretOptions
from tests.corpus.planting.decoder import leaks
from tests.corpus.planting.plan import Garden, Plant, gardens
from tests.corpus.planting.tape import Tape

SCHEMAS = {"go-vcr-v1": "go-vcr-v1", "go-vcr-v2": "go-vcr-v2", "vcrpy-v1": "vcrpy", "ruby-vcr-v1": "ruby-vcr"}
_MOST = 40
"""Recordings of one format and framing."""
_LARGEST = 60_000
_CODES = CODES - {PERSONAL}


class Judged(NamedTuple):
    """How one secret fared."""

    plant: Plant
    file: str
    code: str
    """The rule that reported it; empty where none did."""
    left: tuple[str, ...]
    """What of it can be read in the redacted file."""

    @property
    def sort(self) -> str:
        """``split`` over fragments, ``known`` by its value, or ``other``."""
        return "known" if self.plant.secret.known else "split" if "split" in self.plant.place.traits else "other"

    @property
    def words(self) -> str:
        """Which it is."""
        return f"{self.plant.secret.kind}: {self.plant.place.name}: {self.file}"


def tapes(corpus: Path, number: int) -> list[Tape]:
    """Recordings of all formats and framings, of moderate size, chosen by lot, and always the same ones."""
    files = sorted(path for path in corpus.rglob("*.y*ml") if path.stat().st_size < _LARGEST)
    random.Random(1).shuffle(files)
    seen: Counter[object] = Counter()
    found: list[Tape] = []
    for path in files:
        try:
            text = path.read_bytes().decode()
            cassette = load_bytes(text.encode(), path.name)
        except (CassetteToolsError, UnicodeDecodeError):
            continue
        sort = (cassette.schema, *sorted({registry.framing(it) for it in cassette.interactions}))
        if cassette.schema not in SCHEMAS or len(cassette.interactions) > 12 or seen[sort] >= _MOST:
            continue
        try:
            found.append(Tape(str(path.relative_to(corpus)), text, SCHEMAS[cassette.schema]))
        except yaml.YAMLError:  # tags that PyYAML's safe loader does not know
            continue
        seen[sort] += 1
    return found[:number]


def judged(some: list[Tape], share: tuple[int, int] = (0, 1)) -> Iterator[Judged]:
    """Plant, find and redact.

    Args:
        some: The recordings.
        share: The first number of the second: how many files there are is in proportion.
    """
    for garden in gardens(some, share):
        yield from _judged(garden)


def _judged(garden: Garden) -> list[Judged]:
    options = SecretOptions([], [], garden.known, ()) if garden.known else DEFAULTS
    cassette = load_bytes(garden.data, garden.name)
    finder = Finder(_CODES, options)
    found = [finder.find(it, registry.read(it)) for it in cassette.interactions]
    redactor = Redactor(Policy(codes=_CODES, secrets=options))
    redacted = redactor.redact(garden.data, garden.name)
    assert not redactor.redact(redacted.data, garden.name).changed, f"{garden.name} has something left to be redacted"
    return [
        Judged(plant, garden.name, _code(plant, found[plant.exchange]), tuple(leaks(redacted.data, plant.hidden)))
        for plant in garden.plants
    ]


def _code(plant: Plant, found: list[Secret]) -> str:
    """The rule that reported a secret: one that is meant for it, if any did."""
    codes = [secret.code for secret in found if _side(secret) == plant.side and _is_it(secret, plant)]
    return next((code for code in codes if code in plant.place.expected(plant.secret)), codes[0] if codes else "")


def _side(secret: Secret) -> str:
    return "request" if "request" in secret.where or secret.where == "the URL" else "response"


def _is_it(secret: Secret, plant: Plant) -> bool:
    texts = [secret.value, secret.view.text[secret.start : secret.end]]
    with contextlib.suppress(binascii.Error, ValueError):
        texts.append(base64.b64decode(secret.value + "==").decode())  # Basic authentication
    return any(part in text for part in plant.secret.hidden for text in texts)
