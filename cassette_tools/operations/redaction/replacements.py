"""What comes in the place of a secret: always the same for the same value, in all files of a run."""

from cassette_tools.operations.redaction.fakes import fake
from cassette_tools.operations.redaction.placeholders import Names
from cassette_tools.operations.redaction.policy import Style


class Replacements:
    """Chooses them.

    Args:
        style: Which kind of them.
        key: What fakes are made with.
    """

    def __init__(self, style: Style = "named", key: bytes = b"") -> None:
        self._style = style
        self._key = key
        self._names = Names()

    def reserve(self, text: str) -> None:
        """Leave out the names that a file has already."""
        self._names.reserve(text)

    def of(self, kind: str, value: str) -> str:
        """What comes in the place of a value."""
        if self._style == "plain":
            return "REDACTED"
        return fake(kind, value, self._key) if self._style == "fake" else self._names.name_of(kind, value)
