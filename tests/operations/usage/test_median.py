"""A median of any number of values, in bounded memory."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette_tools.operations.usage.median import Median


def _median(values: list[float]) -> Median:
    median = Median()
    for value in values:
        median.add(value)
    return median


@given(st.lists(st.floats(0, 1e9), max_size=50))
def test_it_is_the_median(values: list[float]) -> None:
    assert _median(values).value == (pytest.approx(statistics.median(values)) if values else 0)


def test_of_many_values_it_is_that_of_their_first_digits_in_whatever_order() -> None:
    values = [float(number) for number in range(1, 30_001)]
    shuffled = random.Random(1).sample(values, len(values))
    one, other = _median(values), _median(shuffled)
    assert one.value == other.value == pytest.approx(15_000.5, rel=0.005)
    assert (one.number, len(one._values) < 5_000) == (30_000, True)
