"""What of recordings must not be shown: the values of their secrets, and a text without them."""

from collections.abc import Iterator

from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.secrets.finder import CODES, PERSONAL, Finder, Secret
from cassette_tools.secrets.options import DEFAULTS, SecretOptions
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import Mapped, View
from cassette_tools.text import mask_with_codings

_SHORTEST = 4
"""Characters of a value that is looked for: a shorter one is in every second word."""


def spellings(view: View, start: int, end: int) -> Iterator[str]:
    """How some characters of a text are spelt there, and with each of the escapes that were taken off it."""
    yield view.text[start:end]
    while isinstance(view, Mapped):
        view, start, end = view.above(start, end)
        yield view.text[start:end]


class Hidden:
    """The values that must not be shown.

    Args:
        options: What is secret beyond what the tool knows; None for nothing.
    """

    def __init__(self, options: SecretOptions | None = None) -> None:
        self._finder = Finder(CODES - {PERSONAL}, options or DEFAULTS)
        self._values: set[str] = set()
        self._sorted: list[str] | None = None

    def look_into(
        self, interaction: Interaction, transcript: Transcript | None, texts: Texts | None = None
    ) -> list[Secret]:
        """Take note of the secrets of an interaction, as they are and as they are written in it.

        Args:
            interaction: The interaction.
            transcript: What reading it gave.
            texts: The views of the recording, if others need them, too.
        """
        secrets = self._finder.find(interaction, transcript, texts)
        for secret in secrets:
            self._values.update((secret.value, *spellings(secret.view, secret.start, secret.end)))
        self._sorted = None
        return secrets

    def mask(self, text: str) -> str:
        """A text with asterisks for secrets: those that were found, and what else looks like one."""
        if self._sorted is None:
            # The longest first: one may be part of another.
            self._sorted = sorted((value for value in self._values if len(value) >= _SHORTEST), key=len, reverse=True)
        for value in self._sorted:
            if value in text:
                text = text.replace(value, "*" * len(value))
        return mask_with_codings(text)
