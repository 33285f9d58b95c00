"""Looks for what was taken out wherever else it stands, however many values that are."""

from collections.abc import Iterable

from cassette_tools.secrets.known import Known, KnownHit

SHORTEST, LONGEST = 6, 10_000
"""Characters of a value that is looked for. A shorter one is found in words; a longer one is no key, and takes long."""
_TOGETHER = 50
"""Values of one search: more of them are too much for one regular expression, and each is tried where one matches."""


class Search:
    """Finds values in any of their forms.

    Args:
        values: The values, each once; those that are too short or too long are left out.
    """

    def __init__(self, values: Iterable[str]) -> None:
        sought = [value for value in values if SHORTEST <= len(value) <= LONGEST]
        starts = range(0, len(sought), _TOGETHER)
        self._parts = [Known({value: value for value in sought[start : start + _TOGETHER]}) for start in starts]

    def hits(self, text: str) -> list[KnownHit]:
        """Where they are, in the order of their places; the name of each is the value."""
        found = [hit for part in self._parts for hit in part.hits(text)]
        return sorted(found, key=lambda hit: (hit.start, hit.end)) if len(self._parts) > 1 else found
