"""Which secret goes where: every kind into every place, each recording with several, and the files that come of it."""

import copy
import functools
import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.corpus.planting.kinds import KINDS, KNOWN, Kind, Secret
from tests.corpus.planting.places import PLACES, Place, Planted, left_out
from tests.corpus.planting.tape import Side, Tape

SEED = 20_270_306
MOST = 8
"""Secrets in a file."""


class Seed(NamedTuple):
    """What is to be planted where."""

    kind: Kind
    place: Place
    exchange: int


class Plot(NamedTuple):
    """A recording, and what is to be planted in it."""

    number: int
    name: str
    seeds: tuple[Seed, ...]


class Plant(NamedTuple):
    """A secret that was planted."""

    secret: Secret
    place: Place
    exchange: int
    planted: Planted

    @property
    def hidden(self) -> tuple[str, ...]:
        """What must not be left of it."""
        return tuple(
            part for part in self.secret.hidden if part in self.planted.carrier or len(self.secret.hidden) == 1
        )

    @property
    def side(self) -> Side:
        return self.place.side


class Garden(NamedTuple):
    """A file with secrets in it."""

    name: str
    tape: Tape
    data: bytes
    plants: tuple[Plant, ...]

    @property
    def known(self) -> dict[str, str]:
        """The values that are told to the tool, by the names of variables."""
        values = [plant.secret.value for plant in self.plants if plant.secret.known]
        return {f"PLANTED_{number}": value for number, value in enumerate(values)}


@functools.cache
def pairs() -> tuple[tuple[Kind, Place], ...]:
    """Every kind in every place where it makes sense."""
    return tuple((kind, place) for kind in (*KINDS, *KNOWN) for place in PLACES if not left_out(kind, place))


def plots(tapes: list[Tape], rounds: int = 1) -> list[Plot]:
    """All pairs, shared out among the recordings: those come first that have been used least."""
    chance = random.Random(SEED)
    fitting = [
        {(exchange.number, place.name) for exchange in tape.exchanges for place in PLACES if place.fits(exchange)}
        for tape in tapes
    ]
    by_name = {place.name: place for place in PLACES}
    waiting = {place.name: [kind for kind, other in pairs() if other is place] * rounds for place in PLACES}
    for kinds in waiting.values():
        chance.shuffle(kinds)
    room = {name: [n for n, fits in enumerate(fitting) if any(name == place for _, place in fits)] for name in waiting}
    used: Counter[int] = Counter()
    found: list[Plot] = []
    while True:
        # The place that fewest recordings have for what still has to go there.
        left = [name for name, kinds in waiting.items() if kinds]
        if not left:
            return found
        assert all(room[name] for name in left), [name for name in left if not room[name]]
        first = max(left, key=lambda name: len(waiting[name]) / len(room[name]))
        number = min(room[first], key=lambda n: (used[n], len(tapes[n].text)))
        used[number] += 1
        seeds: list[Seed] = []
        taken: set[tuple[int, str, str]] = set()
        style = by_name[first].style
        order = sorted(left, key=lambda name: (name != first, -len(waiting[name]) / len(room[name])))
        for name in order:
            place = by_name[name]
            for exchange in sorted(n for n, other in fitting[number] if other == name):
                key = (exchange, place.side, place.area)
                if key in taken or place.style != style or len(seeds) == MOST or not waiting[name]:
                    continue
                taken.add(key)
                if style:
                    taken.update({(exchange, side, place.area) for side in ("request", "response")})
                seeds.append(Seed(waiting[name].pop(), place, exchange))
        found.append(Plot(len(found), tapes[number].name, tuple(seeds)))


def planted(plot: Plot, tape: Tape) -> Garden:
    """Plant what is planned."""
    chance = random.Random(f"{SEED} {plot.number} {plot.name}")
    tape = copy.deepcopy(tape)
    plants = []
    # Bodies first: some places in URLs and headers change how a body is read.
    for seed in sorted(plot.seeds, key=lambda seed: seed.place.area != "body"):
        secret = seed.kind.make(chance)
        what = seed.place.plant(tape.exchanges[seed.exchange], secret, chance)
        plants.append(Plant(secret, seed.place, seed.exchange, what))
    style = next((seed.place.style for seed in plot.seeds if seed.place.style), "")
    style = style or chance.choice([*tape.styles(), "text", "text"])
    data = tape.written(style)
    ending = "json" if data[:1] == b"{" else "yaml"
    return Garden(f"{plot.number:04}-{style}.{ending}", tape, data, tuple(plants))


def gardens(tapes: list[Tape], share: tuple[int, int] = (0, 1), rounds: int = 1) -> Iterator[Garden]:
    """The files, or a share of them: the first number of the second."""
    by_name = {tape.name: tape for tape in tapes}
    for plot in plots(tapes, rounds):
        if plot.number % share[1] == share[0]:
            yield planted(plot, by_name[plot.name])
