"""Names that stand in the place of secrets: the same value has the same name in a whole run."""

import re
from collections.abc import Iterator

_NAME = re.compile(r"REDACTED-([a-z0-9]+(?:-[a-z0-9]+)*)-([1-9][0-9]{0,8})(?![0-9])")


def is_name(value: str) -> bool:
    """Whether a value is such a name."""
    return _NAME.fullmatch(value) is not None


def _names_in(text: str) -> Iterator[re.Match[str]]:
    return _NAME.finditer(text) if "REDACTED-" in text else iter(())


class Names:
    """The names of one run, such as ``REDACTED-openai-key-1``."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._last: dict[str, int] = {}
        self._held: frozenset[str] = frozenset()

    def reserve(self, text: str) -> None:
        """Take note of the placeholders that a text already holds: new numbers go on behind theirs."""
        for name in _names_in(text):
            self._last[name[1]] = max(self._last.get(name[1], 0), int(name[2]))

    def begin(self, text: str) -> None:
        """Go on with another file: a name that it already holds stands for something else there, and is not used.

        Args:
            text: The file, as it is before anything is taken out of it.
        """
        self.reserve(text)
        self._held = frozenset(name[0] for name in _names_in(text))

    def name_of(self, kind: str, value: str) -> str:
        """The placeholder of a value.

        Args:
            kind: What the value is, in any spelling: ``OpenAI key`` is ``openai-key``.
            value: The secret. Asked for again it has the same name, whatever kind it is then said to be.
        """
        if value not in self._names or self._names[value] in self._held:
            kind = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "secret"
            self._last[kind] = self._last.get(kind, 0) + 1
            self._names[value] = f"REDACTED-{kind}-{self._last[kind]}"
        return self._names[value]
