"""CT210: duplicate-interaction."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Cassette, Interaction, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document
from cassette_tools.text import printable

_TASKS = frozenset({"messages", "input", "prompt", "contents", "message"})
"""What a request to a model has one of. Requests that differ in it ask for something else."""
_NEAR = 100
"""Characters by which the bodies of nearly equal requests differ in length; a conversation grows by more."""
_SCALARS = (str, int, float, bool, type(None))


class DuplicateInteraction(Rule):
    """A request that was recorded before in the same cassette.

    ## What it does

    Reports, once, a request whose method, URL and body come again in the same cassette, and says whether the responses
    differ. It also reports a request to a model whose JSON is that of an earlier one but for one field, such as `seed`
    or `stream`, or but for white space, and names the field; requests that ask for something else are passed over.

    ## Why it matters

    Some recorders replay the first of such interactions for all of them, others replay each once and in order: when
    requests are made in another order, or one more often, the test gets an answer that was not meant for it. Requests
    that differ in one field are the same one to a recorder that does not compare bodies. Where an answer is polled or
    a request is tried again, there is nothing to fix.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    - id: 1
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT210"
    name = "duplicate-interaction"
    severity = Severity.INFO
    since = "0.1.0"

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """All requests against those before them, by their hashes."""
        if len(cassette.interactions) < 2:
            return
        places: defaultdict[tuple[str, str], dict[str | bytes, list[Interaction]]] = defaultdict(dict)
        for interaction in cassette.interactions:
            request = interaction.request
            if request.url and not request.body.missing:
                bodies = places[request.method.upper(), request.url]
                bodies.setdefault(request.body.raw or "", []).append(interaction)
        for bodies in places.values():
            for same in bodies.values():
                if len(same) > 1:
                    yield _repeated(same)
            if len(bodies) > 1:
                yield from _nearly_equal({body: same[0] for body, same in bodies.items()})


def _repeated(same: list[Interaction]) -> Problem:
    """Said once for a request, however often it comes: what is polled would fill a report."""
    count = f", {len(same):,} times in all" if len(same) > 2 else ""
    answers = {(interaction.response.code, interaction.response.body.raw or "") for interaction in same}
    differ = "the responses differ" if len(answers) > 1 else "the responses are the same, too"
    if any(interaction.response.body.missing for interaction in same):
        differ = "the bodies of the responses are not recorded"
    message = f"the request of {Route(same[0].path)} comes again{count}; {differ}"
    return Problem(message, same[1].request.route("url"))


def _nearly_equal(bodies: dict[str | bytes, Interaction]) -> Iterator[Problem]:
    """Those of requests with the same method and URL, and different bodies, that differ in one field or in none.

    The marks of a request's fields add up to a number, and so does what is left without one of them: with these, each
    request is looked at once, and not each pair.
    """
    wholes: dict[int, _Known] = {}
    parts: dict[tuple[str, int], _Known] = {}
    lacking: dict[int, _Known] = {}
    for interaction in _candidates(bodies):
        value = interaction.request.body.json()
        if not isinstance(value, dict) or _TASKS.isdisjoint(value):
            continue
        marks = {key: hash((key, repr(item))) for key, item in value.items()}
        total = sum(marks.values())
        rests = {
            key: total - marks[key] for key, item in value.items() if key not in _TASKS and isinstance(item, _SCALARS)
        }
        found = [wholes.get(total), lacking.get(total)]
        found += [earlier for key, rest in rests.items() for earlier in (parts.get((key, rest)), wholes.get(rest))]
        for earlier in found:
            message = _difference(earlier, value) if earlier else ""
            if message:
                yield Problem(message, interaction.request.body.route())
                break
        known = _Known(interaction, value)
        wholes.setdefault(total, known)
        for key, rest in rests.items():
            parts.setdefault((key, rest), known)
            lacking.setdefault(rest, known)


class _Known(NamedTuple):
    interaction: Interaction
    value: dict[str, Any]


def _difference(earlier: _Known, value: dict[str, Any]) -> str:
    before = earlier.value
    keys = [key for key in {**before, **value} if key not in before or key not in value or before[key] != value[key]]
    request = f"the request is that of {Route(earlier.interaction.path)} but for"
    if not keys:
        return f"{request} how its JSON is written"
    key = keys[0]
    there, here = (_said(fields[key]) if key in fields else "missing" for fields in (before, value))
    return f"{request} '{printable(key, 40)}': {there} there, {here} here" if len(keys) == 1 else ""


def _said(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False), 40)


def _candidates(bodies: dict[str | bytes, Interaction]) -> list[Interaction]:
    """The interactions whose request is JSON and about as long as another one, in order: few need to be parsed."""
    objects = [(len(raw), item) for raw, item in bodies.items() if isinstance(raw, str) and raw.lstrip()[:1] == "{"]
    objects.sort(key=lambda pair: pair[0])
    near = {
        interaction.index: interaction
        for one, other in itertools.pairwise(objects)
        if other[0] - one[0] <= _NEAR
        for interaction in (one[1], other[1])
    }
    return [near[index] for index in sorted(near)]
