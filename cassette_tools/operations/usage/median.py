"""The median of any number of values, in memory that does not grow with them."""

from collections import Counter

_EXACT = 10_000
"""So many values are kept as they are."""


class Median:
    """Takes values as they come.

    The median is exact of up to some thousand values; of more, each counts as its first three digits. It depends on the
    values alone, and not on their order.

    Attributes:
        number: How many there were.
    """

    def __init__(self) -> None:
        self.number = 0
        self._values: Counter[float] = Counter()
        self._rounded = False

    def add(self, value: float) -> None:
        """Take a value that is not negative."""
        self.number += 1
        self._values[float(f"{value:.2e}") if self._rounded else value] += 1
        if not self._rounded and self.number > _EXACT:
            self._rounded = True
            exact, self._values = self._values, Counter()
            for held, times in exact.items():
                self._values[float(f"{held:.2e}")] += times

    @property
    def value(self) -> float:
        """The value in the middle; of an even number, the mean of the two there; 0 of none."""
        if not self.number:
            return 0
        middle = ((self.number - 1) // 2, self.number // 2)
        found: list[float] = []
        seen = 0
        for value, times in sorted(self._values.items()):
            seen += times
            while len(found) < 2 and seen > middle[len(found)]:
                found.append(value)
            if len(found) == 2:
                break
        return found[0] if found[0] == found[1] else sum(found) / 2
