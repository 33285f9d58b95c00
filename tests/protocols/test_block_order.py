"""The order of blocks: what is in order, what is not, and that each block is told of once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.protocols.block_order import BlockOrder

Step = tuple[str, int]


def _told(*steps: Step, starts: bool = False, overlap: bool = False) -> list[tuple[int, str]]:
    """What is told of steps such as ``("start", 0)``; ``starts``: blocks may begin without a start."""
    told: list[tuple[int, str]] = []
    order = BlockOrder(lambda text, event: told.append((event, text)), overlap=overlap)
    for event, (step, index) in enumerate(steps):
        if step == "start":
            order.start(index, event)
        elif step == "go":
            order.go_on(index, event, starts=starts)
        elif step == "end":
            order.end(index, event, starts=starts)
        else:
            order.close(step, event)
    return told


def _block(index: int, deltas: int = 1) -> list[Step]:
    return [("start", index), *[("go", index)] * deltas, ("end", index)]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([], id="nothing"),
        pytest.param([("last", 0), ("very last", 0)], id="no blocks"),
        pytest.param([*_block(0), *_block(1, 3), *_block(2, 0), ("last", 0)], id="three blocks"),
    ],
)
def test_what_is_in_order_is_not_told_of(steps: list[Step]) -> None:
    assert _told(*steps) == []
    assert _told(*steps, starts=True) == []


def test_blocks_may_overlap_where_they_do() -> None:
    steps = [("start", 0), ("start", 1), ("go", 0), ("go", 1), ("end", 1), ("start", 2), ("go", 0), ("end", 0)]
    assert _told(*steps, ("end", 2), ("last", 0), overlap=True) == []
    assert _told(*_block(0), *_block(1), ("last", 0), overlap=True) == []
    assert _told(*steps, ("last", 0), overlap=True) == [(8, "last comes before block 2 has ended")]
    assert _told(*steps, ("go", 1), ("end", 2), overlap=True) == [(8, "block 1 goes on after its end")]
    assert _told(*steps, ("end", 0), ("go", 4), overlap=True) == [
        (8, "block 0 ends twice"),
        (9, "block 4 goes on without having started"),
    ]
    assert _told(*steps)[0] == (1, "block 1 starts before block 0 has ended")


def test_a_block_may_begin_with_a_delta_or_with_its_end_where_there_is_no_start() -> None:
    steps = [("go", 0), ("go", 0), ("end", 0), ("end", 1), ("go", 2), ("end", 2), ("last", 0)]
    assert _told(*steps, starts=True) == []


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param([*_block(0), *_block(0)], [(3, "block 0 starts twice")], id="a block twice"),
        pytest.param(
            [("start", 0), ("start", 0), ("go", 0), ("end", 0)], [(1, "block 0 starts twice")], id="a start twice"
        ),
        pytest.param(
            [("start", 0), ("go", 0), *_block(1)], [(2, "block 1 starts before block 0 has ended")], id="no end"
        ),
        pytest.param([*_block(0), *_block(2)], [(3, "block 2 starts where block 1 is due")], id="a block is missing"),
        pytest.param(_block(1), [(0, "block 1 starts where block 0 is due")], id="the first block is missing"),
        pytest.param([*_block(0), *_block(2), *_block(3)], [(3, "block 2 starts where block 1 is due")], id="once"),
        pytest.param([("last", 0), *_block(0)], [(1, "block 0 starts after last")], id="behind the end"),
        pytest.param([("go", 0), ("end", 0)], [(0, "block 0 goes on without having started")], id="no start"),
        pytest.param([("end", 0), *_block(1)], [(0, "block 0 ends without having started")], id="only an end"),
        pytest.param([*_block(0), ("go", 0)], [(3, "block 0 goes on after its end")], id="a delta behind the end"),
        pytest.param([*_block(0), ("end", 0)], [(3, "block 0 ends twice")], id="an end twice"),
        pytest.param(
            [("start", 0), ("last", 0)], [(1, "last comes before block 0 has ended")], id="the last end is missing"
        ),
        pytest.param(
            [("start", 0), ("start", 1), ("go", 0), ("go", 1), ("end", 0), ("end", 1)],
            [(1, "block 1 starts before block 0 has ended")],
            id="two blocks at a time are one fault",
        ),
        pytest.param(
            [*_block(0), ("end", 0), *_block(2), ("last", 0), ("go", 2), ("go", 7)],
            [
                (3, "block 0 ends twice"),
                (4, "block 2 starts where block 1 is due"),
                (9, "block 7 goes on without having started"),
            ],
            id="several blocks, one fault each",
        ),
    ],
)
def test_what_is_out_of_order_is_told_once_of_each_block(steps: list[Step], told: list[tuple[int, str]]) -> None:
    assert _told(*steps) == told


@pytest.mark.parametrize("wrong", [1, 2, 9, -1])
@pytest.mark.parametrize("step", ["go", "end"])
def test_an_event_with_a_wrong_index_is_one_fault(step: str, wrong: int) -> None:
    around: list[Step] = [("start", 0), ("go", 0), (step, wrong), ("go", 0), ("end", 0), *_block(1), *_block(2)]
    how = "goes on" if step == "go" else "ends"
    assert _told(*around, ("last", 0)) == [(2, f"block {wrong} {how} without having started")]
    assert _told(*around, ("last", 0), starts=True) == [(2, f"block {wrong} starts before block 0 has ended")]


def test_a_delta_of_a_block_that_has_ended_is_a_fault_of_that_block() -> None:
    told = _told(*_block(0), ("start", 1), ("go", 0), ("go", 1), ("end", 1))
    assert told == [(4, "block 0 goes on after its end")]


def test_something_else_can_be_told_of_a_block_once() -> None:
    told: list[tuple[str, int]] = []
    order = BlockOrder(lambda text, event: told.append((text, event)))
    order.tell("odd", 3, 0)
    order.tell("odd again", 4, 0)
    order.tell("odd, too", 5, 1)
    assert told == [("odd", 3), ("odd, too", 5)]


@pytest.mark.parametrize("value", [None, "1", True, 1.0, {}], ids=repr)
def test_an_index_that_is_none_is_that_of_the_open_block_or_of_the_next_one(value: Any) -> None:
    order = BlockOrder(lambda *_: None)
    assert order.index(value) == 0
    order.start(0, 0)
    assert order.index(value) == 0
    assert order.index(7) == 7
    order.end(0, 1)
    assert order.index(value) == 1


_steps = st.tuples(st.sampled_from(["start", "go", "end", "last"]), st.integers(-2, 4))


@settings(deadline=None, max_examples=200)
@given(st.lists(_steps, max_size=20), st.booleans())
def test_of_whatever_comes_no_block_is_told_of_twice(steps: list[Step], starts: bool) -> None:
    told = _told(*steps, starts=starts)
    assert len(told) <= len({index for step, index in steps if step != "last"})
    assert [event for event, _ in told] == sorted({event for event, _ in told})


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.data())
def test_a_step_that_is_lost_is_one_fault_unless_it_is_a_delta(blocks: list[int], data: st.DataObject) -> None:
    steps = [step for index, deltas in enumerate(blocks) for step in _block(index, deltas)]
    kind, _ = steps.pop(data.draw(st.integers(0, len(steps) - 1)))
    assert len(_told(*steps, ("last", 0))) == (0 if kind == "go" else 1)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.data())
def test_a_step_that_comes_twice_is_one_fault_unless_it_is_a_delta(blocks: list[int], data: st.DataObject) -> None:
    steps = [step for index, deltas in enumerate(blocks) for step in _block(index, deltas)]
    twice = data.draw(st.integers(0, len(steps) - 1))
    steps.insert(twice, steps[twice])
    assert len(_told(*steps, ("last", 0))) == (0 if steps[twice][0] == "go" else 1)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(-2, 6), st.booleans(), st.data())
def test_a_wrong_index_is_one_fault_or_two(blocks: list[int], wrong: int, starts: bool, data: st.DataObject) -> None:
    steps = [step for index, deltas in enumerate(blocks) for step in _block(index, deltas)]
    place = data.draw(st.integers(0, len(steps) - 1))
    kind, right = steps[place]
    steps[place] = kind, wrong
    told = _told(*steps, ("last", 0), starts=starts)
    # The block whose event it was and the one whose event it became.
    assert (1 <= len(told) <= 2) == (wrong != right)
