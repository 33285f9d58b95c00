"""What comes in the place of a secret: always the same for the same value, in all files of a run."""

from cassette_tools.operations.redaction.fakes import fake, is_fake
from cassette_tools.operations.redaction.placeholders import Names, is_name
from cassette_tools.operations.redaction.policy import Style

_PLAIN = "REDACTED"


def is_replacement(value: str) -> bool:
    """Whether a value is one that this tool has put there."""
    return value == _PLAIN or is_name(value) or is_fake(value)


class Replacements:
    """Chooses them.

    Args:
        style: Which kind of them.
        key: What fakes are made with.

    Raises:
        ValueError: There is no key for fakes.
    """

    def __init__(self, style: Style = "named", key: bytes = b"") -> None:
        if style == "fake" and not key:
            raise ValueError("fakes are made with a key: without one, anybody could find out what they stand for")
        self._style = style
        self._key = key
        self._names = Names()

    def reserve(self, text: str) -> None:
        """Leave out the names that a text has already."""
        self._names.reserve(text)

    def begin(self, text: str) -> None:
        """Go on with another file, of which this is the text as it was."""
        self._names.begin(text)

    def of(self, kind: str, value: str) -> str:
        """What comes in the place of a value."""
        if self._style == "plain":
            return _PLAIN
        return fake(kind, value, self._key) if self._style == "fake" else self._names.name_of(kind, value)
