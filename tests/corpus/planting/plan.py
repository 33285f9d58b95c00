"""Which secret goes where: every kind into every place, each recording with several, and the files that come of it."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.corpus.planting.kinds import KINDS, KNOWN, Kind, Secret
from tests.corpus.planting.places import PLACES, Place, Planted, left_out
from tests.corpus.planting.tape import Exchange, Side, Tape

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
    def name(self) -> str:
        return f"{self.secret.kind}: {self.place.name}"

    @property
    def side(self) -> Side:
        return self.place.side

    @property
    def area(self) -> str:
        """``url``, ``body``, ``status`` or ``header``."""
        return self.place.area if self.place.area in ("url", "body", "status") else "header"

    @property
    def group(self) -> str:
        """``known``, ``split`` or ``other``: what is asked of recall differs."""
        return "known" if self.secret.known else "split" if "split" in self.place.traits else "other"


class Garden(NamedTuple):
    """A file with secrets in it."""

    name: str
    tape: Tape
    data: bytes
    plants: tuple[Plant, ...]


def pairs(step: int = 1) -> list[tuple[Kind, Place]]:
    """Every kind in every place where it makes sense; or a sample that has every kind and every place.

    Args:
        step: One pair of so many.
    """
    found = []
    for column, place in enumerate(PLACES):
        kinds = [kind for kind in (*KINDS, *KNOWN) if not left_out(kind, place)]
        found += [(kind, place) for kind in kinds[column * 7 % min(step, len(kinds)) :: step]]
    return found


def plots(tapes: list[Tape], step: int = 1, rounds: int = 1) -> list[Plot]:
    """All pairs, shared out among the recordings: those come first that have been used least."""
    chance = random.Random(SEED)
    fitting = [{(it.number, name) for it in tape.exchanges for name in _fitting(it)} for tape in tapes]
    by_name = {place.name: place for place in PLACES}
    waiting: dict[str, list[Kind]] = {place.name: [] for place in PLACES}
    for kind, place in pairs(step) * rounds:
        waiting[place.name].append(kind)
    for kinds in waiting.values():
        chance.shuffle(kinds)
    room = {name: [n for n, fits in enumerate(fitting) if any(name == place for _, place in fits)] for name in waiting}
    assert all(room[name] for name, kinds in waiting.items() if kinds), [name for name in room if not room[name]]
    used: Counter[int] = Counter()
    found: list[Plot] = []
    while left := [name for name, kinds in waiting.items() if kinds]:
        # The place that fewest recordings have for what still has to go there.
        need = {name: len(waiting[name]) / len(room[name]) for name in left}
        unused = [n for n in range(len(tapes)) if not used[n] and any(n in room[name] for name in left)]
        if unused:
            number = unused[0]
            first = max((name for name in left if number in room[name]), key=need.__getitem__)
        else:
            first = max(left, key=need.__getitem__)
            number = min(room[first], key=lambda n: (used[n], len(tapes[n].text)))
        used[number] += 1
        seeds: list[Seed] = []
        taken: set[tuple[int, str, str]] = set()
        style = by_name[first].style
        order = sorted(left, key=lambda name: (name != first, -need[name]))
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
    return found


def _fitting(exchange: Exchange) -> list[str]:
    """The places that an exchange has; many ask for the same."""
    fits = {place.fits: place.fits(exchange) for place in PLACES}
    return [place.name for place in PLACES if fits[place.fits]]


def planted(plot: Plot, tape: Tape) -> Garden:
    """Plant what is planned."""
    chance = random.Random(f"{SEED} {plot.number} {plot.name}")
    tape = tape.copy()
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


def gardens(tapes: list[Tape], share: tuple[int, int] = (0, 1), step: int = 1, rounds: int = 1) -> Iterator[Garden]:
    """The files, or a share of them: the first number of the second."""
    by_name = {tape.name: tape for tape in tapes}
    for plot in plots(tapes, step, rounds):
        if plot.number % share[1] == share[0]:
            yield planted(plot, by_name[plot.name])
