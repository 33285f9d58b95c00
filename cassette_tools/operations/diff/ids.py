"""What is new in every recording, of the two that are compared: ids that stand for each other, and fields by name."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cassette_tools.model import Path
from cassette_tools.operations.diff.json_diff import aligned
from cassette_tools.protocols import volatile

_SAME = 8
"""Bodies that both recordings have, in which an id is looked for: one is asked for in the requests that follow."""
_SHORT = 100_000
"""Characters of such a body at most; longer ones would be searched for each id."""


class Names(NamedTuple):
    """Names of what is new in every recording, besides those that the protocols name; in lower case."""

    fields: frozenset[str] = frozenset()
    """Keys of JSON."""
    headers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, fields: Iterable[str], headers: Iterable[str]) -> "Names":
        """Those that a user names."""
        return cls(frozenset(map(str.lower, fields)), frozenset(map(str.lower, headers)))

    def is_volatile(self, path: Path, value: object, protocol: str, *, of_answer: bool = False) -> bool:
        """Whether what stands at a path of JSON is new in every recording. See ``volatile.is_volatile``."""
        return volatile.is_volatile(path, value, protocol, of_answer=of_answer) or (self.is_named(path))

    def is_named(self, path: Path) -> bool:
        """Whether a user says so of what stands at a path of JSON."""
        return bool(self.fields) and any(isinstance(part, str) and part.lower() in self.fields for part in path)


NONE = Names()


class Call(NamedTuple):
    """A call of a tool, in an answer or in what a request says of an earlier one."""

    id: str
    name: str
    arguments: str


def paired(before: Sequence[Call], after: Sequence[Call]) -> Iterator[tuple[int | None, int | None]]:
    """The calls that belong together: equal ones wherever they are, then those of the same tool, in order.

    Yields:
        Indexes, in the order of the second side; None where a call has no counterpart.
    """
    marks = [[f"{call.name}\n{call.arguments}" for call in side] for side in (before, after)]

    def alike(one: int, other: int) -> float:
        return 1.0 if before[one].name == after[other].name else 0.0

    matches = list(aligned(marks[0], marks[1], alike))
    # A pair of the same tool only holds where neither has an equal one elsewhere.
    left = [one for one, other in matches if one is not None and (other is None or marks[0][one] != marks[1][other])]
    right = [other for one, other in matches if other is not None and (one is None or marks[0][one] != marks[1][other])]
    found: dict[int, int] = {
        other: one
        for one, other in matches
        if one is not None and other is not None and marks[0][one] == marks[1][other]
    }
    names = [[call.name for call in side] for side in (before, after)]
    for tell in (marks, names):
        for other in list(right):
            one = next((number for number in left if tell[0][number] == tell[1][other]), None)
            if one is not None:
                left.remove(one)
                right.remove(other)
                found[other] = one
    for other in range(len(after)):
        yield found.get(other), other
    yield from ((one, None) for one in left)


class Ids:
    """Learns ids as it meets them: one id stands for one other, or it is another thing that is meant.

    Args:
        names: Further names of what is new in every recording.
    """

    def __init__(self, names: Names = NONE) -> None:
        self.names = names
        self._later: dict[str, str] = {}
        self._earlier: dict[str, str] = {}
        self._same: deque[str] = deque(maxlen=_SAME)
        self._asked = ""

    def ask(self, text: str) -> None:
        """Take in the body of the second recording's request that is compared now: an id that is still there stays."""
        self._asked = text if len(text) <= _SHORT else ""

    def remain(self, text: str) -> None:
        """Take in a body that both recordings have: the ids in it stand for themselves."""
        if len(text) <= _SHORT:
            self._same.append(text)

    def learn(self, before: str, after: str) -> None:
        """Take in two ids that are known to mean the same thing, by where they stand; later ones count."""
        if before and after:
            self._later[before] = after
            self._earlier[after] = before

    def learn_calls(self, before: Sequence[Call], after: Sequence[Call]) -> None:
        """Take in the ids of calls that belong together."""
        for one, other in paired(before, after):
            if one is not None and other is not None:
                self.learn(before[one].id, after[other].id)

    def stand_for_each_other(self, name: str, before: object, after: object) -> bool:
        """Whether two values of a field are ids that mean the same thing.

        Args:
            name: The field's key.
            before: Its value in the first recording.
            after: Its value in the second one.
        """
        if not volatile.is_name_of_id(name) or {type(before), type(after)} - {str, int}:
            return False
        one, other = str(before), str(after)
        if one not in self._later and other not in self._earlier:
            if not (volatile.is_id(name, before) and volatile.is_id(name, after)):
                return False
            if isinstance(before, str) and any(before in text for text in (self._asked, *self._same)):
                self.learn(one, one)
        return self._later.setdefault(one, other) == other and self._earlier.setdefault(other, one) == one

    def later(self, before: str) -> str:
        """What an id of the first recording is in the second one; empty where that is not known."""
        return self._later.get(before, "")

    def are_known(self, before: object, after: object) -> bool:
        """Whether two values are ids that were seen to mean the same thing."""
        return str(before) in self._later and self._later[str(before)] == str(after)

    def is_volatile_header(self, name: str) -> bool:
        """Whether a header is another one in every recording."""
        return volatile.is_volatile_header(name) or name.lower() in self.names.headers
