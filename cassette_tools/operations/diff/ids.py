"""What is new in every recording, of the two that are compared: ids that stand for each other, and fields by name."""

from collections.abc import Iterable
from typing import NamedTuple

from cassette_tools.protocols import volatile


class Names(NamedTuple):
    """Names of what is new in every recording, besides those that the protocols name; in lower case."""

    fields: frozenset[str] = frozenset()
    """Keys of JSON."""
    headers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, fields: Iterable[str], headers: Iterable[str]) -> "Names":
        """Those that a user names."""
        return cls(frozenset(map(str.lower, fields)), frozenset(map(str.lower, headers)))


NONE = Names()


class Ids:
    """Learns ids as it meets them: one id stands for one other, or it is another thing that is meant.

    Args:
        names: Further names of what is new in every recording.
    """

    def __init__(self, names: Names = NONE) -> None:
        self._names = names
        self._later: dict[str, str] = {}
        self._earlier: dict[str, str] = {}

    def stand_for_each_other(self, name: str, before: object, after: object) -> bool:
        """Whether two values of a field are ids that mean the same thing.

        Args:
            name: The field's key.
            before: Its value in the first recording.
            after: Its value in the second one.
        """
        if not (volatile.is_id(name, before) and volatile.is_id(name, after)):
            return False
        one, other = str(before), str(after)
        return self._later.setdefault(one, other) == other and self._earlier.setdefault(other, one) == one

    def is_volatile(self, name: str, protocol: str) -> bool:
        """Whether a field of JSON is new in every recording, whatever it holds. See ``volatile.is_volatile``."""
        return volatile.is_volatile(name, protocol) or name.lower() in self._names.fields

    def is_volatile_header(self, name: str) -> bool:
        """Whether a header is another one in every recording."""
        return volatile.is_volatile_header(name) or name.lower() in self._names.headers
