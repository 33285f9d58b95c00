"""Ids that stand for each other in two recordings."""

from cassette_tools.protocols import volatile


class Ids:
    """Learns them as it meets them: one id stands for one other, or it is another thing that is meant."""

    def __init__(self) -> None:
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
