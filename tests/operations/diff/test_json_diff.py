"""Two JSON values: where they differ, and that nothing is lost."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.operations.diff.json_diff import differences, same

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(("", "a", "b")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("a", "name", "id")), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_VALUES, _VALUES)
def test_json_differs_somewhere_if_and_only_if_it_is_not_the_same(before: Any, after: Any) -> None:
    steps = list(differences(before, after))
    assert bool(steps) != same(before, after)
    assert list(differences(before, before)) == []


@given(st.lists(_VALUES, max_size=6), st.randoms(use_true_random=False))
def test_of_a_list_in_another_order_nothing_came_and_nothing_went(values: list[Any], random: Random) -> None:
    tagged = [{"number": number, "value": value} for number, value in enumerate(values)]
    shuffled = random.sample(tagged, len(tagged))
    changes = {step.change for step in differences(tagged, shuffled)}
    assert not changes & {"added", "removed"}
    assert bool(changes) == (tagged != shuffled)
