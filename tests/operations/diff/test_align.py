"""Interactions are brought together whatever was deleted, inserted and moved."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.loading import load_bytes
from cassette_tools.model import Body, Interaction
from cassette_tools.operations.diff.align import Match, align
from cassette_tools.operations.diff.json_diff import increasing


def _interactions(questions: list[str], *, salt: str = "") -> list[Interaction]:
    """One interaction for each question; the salt changes ids and answers."""
    found = []
    for number, question in enumerate(questions):
        said = {"messages": [{"role": "user", "content": question}], "model": "m"}
        answer = {"id": f"msg_{salt}{number}", "content": f"{question}, you say {salt}"}
        found.append(
            {
                "request": {"method": "POST", "uri": "https://a.example/v1", "body": json.dumps(said), "headers": {}},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {},
                    "body": {"string": json.dumps(answer)},
                },
            }
        )
    return load_bytes(json.dumps({"version": 1, "interactions": found}).encode(), "x.json").interactions


def _pairs(matches: list[Match]) -> set[tuple[int | None, int | None]]:
    return {(match.before, match.after) for match in matches}


@settings(deadline=None, max_examples=80)
@given(size=st.integers(2, 25), deleted=st.integers(0, 6), inserted=st.integers(0, 6), seed=st.integers(0, 10**6))
def test_what_was_deleted_and_inserted_shifts_nothing(size: int, deleted: int, inserted: int, seed: int) -> None:
    chance = random.Random(seed)
    questions = [f"question {number} about {chance.random()}" for number in range(size)]
    kept = sorted(chance.sample(range(size), max(0, size - deleted)))
    after: list[tuple[str, int | None]] = [(questions[number], number) for number in kept]
    for number in range(inserted):
        after.insert(chance.randint(0, len(after)), (f"something new {number} {chance.random()}", None))
    matches = align(_interactions(questions), _interactions([text for text, _ in after], salt="again"))
    expected: set[tuple[int | None, int | None]] = {(number, place) for place, (_, number) in enumerate(after)}
    expected |= {(number, None) for number in range(size) if number not in kept}
    assert _pairs(matches) == expected
    assert not any(match.moved for match in matches)


@settings(deadline=None, max_examples=80)
@given(size=st.integers(2, 25), swaps=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_what_was_swapped_is_found_where_it_is_and_told(size: int, swaps: int, seed: int) -> None:
    chance = random.Random(seed)
    questions = [f"question {number} about {chance.random()}" for number in range(size)]
    order = list(range(size))
    for _ in range(swaps):
        one, other = chance.sample(range(size), 2)
        order[one], order[other] = order[other], order[one]
    matches = align(_interactions(questions), _interactions([questions[number] for number in order], salt="again"))
    assert _pairs(matches) == {(number, place) for place, number in enumerate(order)}
    # As few as possible are said to have moved: all but the longest row that is still in order.
    in_order = increasing(sorted((number, place) for place, number in enumerate(order)))
    assert sum(match.moved for match in matches) == size - len(in_order)


def test_equal_requests_keep_their_order() -> None:
    matches = align(_interactions(["again"] * 4), _interactions(["again"] * 3, salt="x"))
    assert [(match.before, match.after) for match in matches] == [(0, 0), (1, 1), (2, 2), (3, None)]


def test_polled_answers_are_matched_by_what_they_say() -> None:
    before, after = _interactions(["is it done"] * 3), _interactions(["is it done"] * 3)
    matches = align(before, [after[1], after[2]])
    assert _pairs(matches) == {(0, None), (1, 0), (2, 1)}


def test_a_request_of_which_the_method_changed_is_the_same_one() -> None:
    before = _interactions(["one", "two", "three"])
    after = _interactions(["one", "two", "three"], salt="again")
    after[1].request.method = "PUT"
    for side, ident in ((before, "0a1b2c3d4e5f"), (after, "f9e8d7c6b5a4")):
        body = json.loads(side[1].request.body.text) | {"request_id": ident}
        side[1].request.body = Body(json.dumps(body), ())
    assert align(before, after) == [Match(0, 0), Match(1, 1), Match(2, 2)]


def test_a_request_of_which_a_part_changed_is_the_same_one() -> None:
    before = _interactions(["one thing", "another thing"])
    after = _interactions(["one thing", "another thing, please"])
    assert _pairs(align(before, after)) == {(0, 0), (1, 1)}


@pytest.mark.parametrize(
    ("row", "kept"), [([], 0), ([0], 1), ([1, 0], 1), ([0, 1, 2], 3), ([2, 0, 1], 2), ([3, 2, 1, 0], 1)]
)
def test_the_longest_row_in_order(row: list[int], kept: int) -> None:
    found = increasing(list(enumerate(row)))
    assert len(found) == kept
    assert [other for _, other in found] == sorted(other for _, other in found)
