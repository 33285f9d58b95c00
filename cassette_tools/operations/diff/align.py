"""Which interactions of two recordings belong together, whatever came in between or changed its place."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from cassette_tools.model import Interaction
from cassette_tools.operations.diff import forms, urls
from cassette_tools.operations.diff.ids import NONE, Names
from cassette_tools.operations.diff.json_diff import aligned, increasing
from cassette_tools.operations.diff.requests import HISTORY
from cassette_tools.protocols import volatile

_LEAST = 0.45
"""What requests have in common at least, from 0 to 1, to be the same one after a change."""


class Match(NamedTuple):
    """Two interactions that belong together, or one that has no counterpart."""

    before: int | None
    """Its place in the first recording."""
    after: int | None
    moved: bool = False
    """Whether others are on the other side of it now."""


def align(before: Sequence[Interaction], after: Sequence[Interaction], names: Names = NONE) -> list[Match]:
    """Bring the interactions of two recordings together.

    By what tells most first: the whole interaction, the request, the request without what is volatile, what the test
    itself says in it (a conversation repeats earlier answers), all but the method, and at last what requests to the
    same place have in common, in order. Equal ones are taken in order. All of it takes time in proportion to their
    number, but for the last step, which is bounded.

    Args:
        before: The interactions of a recording.
        after: Those of another one.
        names: What is new in every recording, besides what the protocols name.

    Returns:
        In the order of the second recording; what is only in the first comes where it was.
    """
    open_before, open_after = dict.fromkeys(range(len(before))), dict.fromkeys(range(len(after)))
    matches: dict[int, int] = {}
    for key in (
        _whole,
        _request,
        partial(_without_volatile, names=names),
        partial(_said, names=names),
        partial(_but_for_method, names=names),
    ):
        groups: dict[Hashable, list[int]] = defaultdict(list)
        for number in open_before:
            groups[key(before[number])].append(number)
        for other in list(open_after):
            waiting = groups.get(key(after[other]))
            if waiting:
                number = waiting.pop(0)
                matches[number] = other
                del open_before[number], open_after[other]
    _match_alike(before, after, list(open_before), list(open_after), matches)
    return _in_order(matches, len(before), len(after))


def _match_alike(
    before: Sequence[Interaction],
    after: Sequence[Interaction],
    left: list[int],
    right: list[int],
    matches: dict[int, int],
) -> None:
    """Match what is left: requests to the same place that have something in common, in order."""
    features = {number: _features(before[number]) for number in left}
    later = {number: _features(after[number]) for number in right}
    only = len(before) == len(after) == 1

    def alike(one: int, other: int) -> float:
        first, second = before[left[one]].request, after[right[other]].request
        if only:
            return 1.0
        if first.method.upper() != second.method.upper():
            return 0.0
        mine, theirs = features[left[one]], later[right[other]]
        shared = _shared(mine.settings, theirs.settings, 1.0)
        if mine.words or theirs.words:  # what is said tells requests apart; many have the same settings
            shared = 0.2 * shared + 0.8 * _shared(mine.words, theirs.words, 0.0)
        elif not mine.settings and not theirs.settings:
            shared = 0.5
        return shared if first.url_path == second.url_path else shared * 0.7

    marks = [[str(number) for number in left], [f"-{number}" for number in right]]
    for one, other in aligned(marks[0], marks[1], alike, _LEAST):
        if one is not None and other is not None:
            matches[left[one]] = right[other]


def _in_order(matches: dict[int, int], size: int, other_size: int) -> list[Match]:
    kept = dict(increasing(sorted(matches.items())))
    sources = {other: number for number, other in matches.items()}
    result = []
    position = 0

    def gone(until: int) -> list[Match]:
        return [Match(number, None) for number in range(position, until) if number not in matches]

    for other in range(other_size):
        number = sources.get(other)
        if number is not None and number in kept:
            result += gone(number)
            position = number + 1
        result.append(Match(number, other, moved=number is not None and number not in kept))
    return result + gone(size)


# --- what tells requests apart ---------------------------------------------------------------------------------------


def _whole(interaction: Interaction) -> Hashable:
    response = interaction.response
    return (_request(interaction), response.code, response.body.raw)


def _request(interaction: Interaction) -> Hashable:
    request = interaction.request
    return (request.method.upper(), request.url, request.body.raw)


def _but_for_method(interaction: Interaction, names: Names) -> Hashable:
    """Where there is no body, many requests have the rest in common: then the answer tells."""
    asked, answered = interaction.request.body.raw, interaction.response.body.raw
    return (*_key(interaction, lambda value: _stable(_by_the_test(value, names), names))[1:], "" if asked else answered)


def _without_volatile(interaction: Interaction, names: Names) -> Hashable:
    return _key(interaction, partial(_stable, names=names))


def _said(interaction: Interaction, names: Names) -> Hashable:
    return _key(interaction, partial(_by_the_test, names=names))


def _key(interaction: Interaction, reduce: Callable[[Any], Any]) -> tuple[Hashable, ...]:
    request = interaction.request
    value = request.body.json() if request.body.raw else None
    if value is None:
        body = forms.comparable(request) if forms.is_in_parts(request) else request.body.raw
        return (request.method.upper(), urls.place(request.url), body)
    return (request.method.upper(), urls.place(request.url), json.dumps(reduce(value), sort_keys=True))


def _stable(value: Any, names: Names) -> Any:
    """A value without ids and what else is new in every recording."""
    if isinstance(value, dict):
        return {
            key: _stable(item, names) if item.__class__ in (dict, list) else item
            for key, item in value.items()
            if not names.is_volatile((key,), item, "") and not volatile.is_id(key, item)
        }
    return [_stable(item, names) for item in value] if isinstance(value, list) else value


def _by_the_test(value: Any, names: Names) -> Any:
    """What a request says without what earlier answers had said: of those, only that they were there."""
    if not isinstance(value, dict):
        return value
    return {key: _turns(item, names) if key in HISTORY else item for key, item in value.items()}


def _turns(history: Any, names: Names) -> Any:
    if not isinstance(history, list):
        return history
    turns = []
    for turn in history:
        role = turn.get("role", turn.get("type")) if isinstance(turn, dict) else ""
        is_of_test = role in ("user", "user_input", "system", "developer") and not _is_result(turn)
        turns.append(_stable(turn, names) if is_of_test else str(role))
    return turns


def _is_result(turn: dict[str, Any]) -> bool:
    """Whether a turn of the user brings the results of tools, whose ids and arguments are those of earlier answers."""
    content = turn.get("content") or turn.get("parts")
    return isinstance(content, list) and any(
        isinstance(part, dict)
        and ("tool" in str(part.get("type", "")) or "toolResult" in part or "functionResponse" in part)
        for part in content
    )


class _Features(NamedTuple):
    """What a request says, in parts that another one may share."""

    settings: frozenset[Hashable]
    words: frozenset[str]
    """Of what was said."""


def _shared(mine: frozenset[Any], theirs: frozenset[Any], neither: float) -> float:
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else neither


def _features(interaction: Interaction) -> _Features:
    request = interaction.request
    found: set[Hashable] = {("query", part) for part in request.url.partition("?")[2].split("&") if part}
    words: Iterator[str] = iter(())
    value = request.body.json() if request.body.raw else None
    if isinstance(value, dict):
        found.update((key, _text(item)) for key, item in value.items() if key not in HISTORY)
        words = _words(value.get(key) for key in HISTORY)
    elif request.body.raw:
        words = _words([request.body.text])
    return _Features(frozenset(found), frozenset(islice(words, _MOST_WORDS)))


_MOST_WORDS = 2000


def _words(said: Iterable[Any]) -> Iterator[str]:
    """The words of all strings, but of those that only tell what stands beside them."""
    left = [iter(said)]
    while left:
        for value in left[-1]:
            if isinstance(value, str):
                yield from (match.group() for match in re.finditer(r"\w+", value))
            elif isinstance(value, dict):
                left.append(item for key, item in value.items() if key not in ("role", "type"))
                break
            elif isinstance(value, list):
                left.append(iter(value))
                break
        else:
            left.pop()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
