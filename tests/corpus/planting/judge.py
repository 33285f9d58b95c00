"""Whether the tool finds what was planted in a file, and what is left of it when the tool has taken it out."""

import base64
from typing import NamedTuple

from cassette_tools.errors import CassetteToolsError
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.lint.settings import Settings
from cassette_tools.loading import load_bytes, load_document
from cassette_tools.model import Cassette, Path
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.secrets.finder import CODES, Finder, Secret
from cassette_tools.secrets.options import SecretOptions
from cassette_tools.text import printable
from tests.corpus.planting.decoder import Reading
from tests.corpus.planting.kinds import known_values
from tests.corpus.planting.plan import Garden, Plant


class Verdict(NamedTuple):
    """What became of one secret."""

    kind: str
    place: str
    group: str
    garden: str
    reported: frozenset[str]
    """The rules that report it where it is."""
    expected: frozenset[str]
    """Those that are meant for it."""
    left: list[str]
    """What of it can be read after it was taken out."""

    @property
    def found(self) -> bool:
        """Whether a rule that is meant for it reports it."""
        return not self.reported.isdisjoint(self.expected)

    def __str__(self) -> str:
        codes = ", ".join(sorted(self.reported)) or "nothing"
        left = f"; left: {len(self.left)} parts" if self.left else ""
        return f"{self.garden}: {self.kind}: {self.place}: {codes} instead of {', '.join(sorted(self.expected))}{left}"


class Judged(NamedTuple):
    """What became of one file."""

    verdicts: list[Verdict]
    trouble: list[str]
    """What else is wrong: it cannot be redacted or read any more, redacting again changes something."""


class Judge:
    """Lints and redacts files; the known values are told to it."""

    def __init__(self) -> None:
        options = SecretOptions(known=known_values())
        self._settings = Settings(secrets=options)
        self._finder = Finder(CODES, options)
        self._redactor, self._other = (Redactor(Policy(secrets=options)) for _ in range(2))

    def judge(self, garden: Garden) -> Judged:
        """Find what was planted, take it out, and look again."""
        trouble = []
        cassette = load_bytes(garden.data, garden.name)
        before = Reading(garden.data)
        trouble += [f"cannot be read: {plant.name}" for plant in garden.plants if not before.of(plant.hidden)]
        reported, other = self._findings(garden.data, garden.name)
        held = [self._finder.find(it, registry.read(it)) for it in cassette.interactions]
        document, _ = load_document(garden.data, garden.name)
        for secret in self._finder.find_elsewhere(document, cassette, [one for several in held for one in several]):
            for several, interaction in zip(held, cassette.interactions, strict=True):
                if secret.route.path[: len(interaction.path)] == interaction.path:
                    several.append(secret)
        codes = [
            frozenset(
                secret.code
                for secret in held[plant.exchange]
                if (secret.code, printable(str(secret.route), 500)) in reported and _is(secret, plant, cassette)
            )
            for plant in garden.plants
        ]
        left: list[list[str]] = [[] for _ in garden.plants]
        try:
            redacted = self._redactor.redact(garden.data, garden.name)
            after = Reading(redacted.data)
            left = [after.of(plant.hidden) for plant in garden.plants]
            if len(load_bytes(redacted.data, garden.name).interactions) != len(cassette.interactions):
                trouble.append("an interaction is lost")
            again = self._other.redact(redacted.data, garden.name)
            if again.changed or again.data != redacted.data:
                trouble.append(f"is changed when it is redacted again: {dict(again.found)}")
            new = self._findings(redacted.data, garden.name)[1] - other
            if new:
                trouble.append(f"has other findings when it is redacted: {sorted(new)}")
        except CassetteToolsError as error:
            trouble.append(f"{error}")
        verdicts = [
            Verdict(it.secret.kind, it.place.name, it.group, garden.name, rules, it.place.expected(it.secret), parts)
            for it, rules, parts in zip(garden.plants, codes, left, strict=True)
        ]
        return Judged(verdicts, trouble)

    def _findings(self, data: bytes, name: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """What lint reports, secrets and all else: each the rule and the place."""
        found: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())
        for finding in lint_bytes(data, name, settings=self._settings).findings:
            found[finding.code not in CODES].add((finding.code, finding.route))
        return found


def _is(secret: Secret, plant: Plant, cassette: Cassette) -> bool:
    """Whether what was found is what was planted, and where it was planted."""
    path = secret.route.path[len(cassette.interactions[plant.exchange].path) :]
    if plant.side not in path or _area(path) != plant.area or plant.planted.header not in secret.where:
        return False
    spelt = (secret.value, secret.view.text[secret.start : secret.end], _basic(secret.value))
    return any(plant.hidden[0] in text for text in spelt)


def _area(path: Path) -> str:
    if "headers" in path:
        return "header"
    if "status" in path or "statusText" in path:
        return "status"
    return "url" if path[-1] in ("url", "uri") else "body"


def _basic(value: str) -> str:
    try:
        return base64.b64decode(value + "==").decode()
    except ValueError:
        return ""
