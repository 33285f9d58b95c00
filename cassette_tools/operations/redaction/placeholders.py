"""Names that stand in the place of secrets: the same value has the same name in a whole run."""

import re

_NAME = re.compile(r"REDACTED-([a-z0-9]+(?:-[a-z0-9]+)*)-([1-9][0-9]{0,8})(?![0-9])")


def is_name(value: str) -> bool:
    """Whether a value is such a name."""
    return _NAME.fullmatch(value) is not None


class Names:
    """The names of one run, such as ``REDACTED-openai-key-1``."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._last: dict[str, int] = {}

    def reserve(self, text: str) -> None:
        """Take note of the placeholders that a text already holds: new numbers go on behind theirs."""
        for kind, number in _NAME.findall(text) if "REDACTED-" in text else ():
            self._last[kind] = max(self._last.get(kind, 0), int(number))

    def name_of(self, kind: str, value: str) -> str:
        """The placeholder of a value.

        Args:
            kind: What the value is, in any spelling: ``OpenAI key`` is ``openai-key``.
            value: The secret. Asked for again it has the same name, whatever kind it is then said to be.
        """
        if value not in self._names:
            kind = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "secret"
            self._last[kind] = self._last.get(kind, 0) + 1
            self._names[value] = f"REDACTED-{kind}-{self._last[kind]}"
        return self._names[value]
