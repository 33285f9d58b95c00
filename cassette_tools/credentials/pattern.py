"""One kind of credential: how it looks, and how much it weighs."""

from enum import Enum
from typing import NamedTuple


class Weight(Enum):
    """What it means that a text of this kind is in a recording."""

    LIVE = "live"
    """It opens something by itself."""
    HALF = "half"
    """It opens nothing without another half, or is meant to be published."""
    IDENTITY = "identity"
    """It says whose account or which person it is."""


class Pattern(NamedTuple):
    """A kind of credential with a shape that a regular expression can tell."""

    name: str
    """In kebab-case; names placeholders: ``openai-project-key`` gives ``REDACTED-openai-project-key-1``."""
    title: str
    """With its article, for messages: ``an OpenAI project key``."""
    regex: str
    """In RE2's syntax. Group 1 is the secret if there is a group, otherwise the whole match is."""
    weight: Weight = Weight.LIVE
    code: str = "CT603"
    """The rule that reports it: CT602 credential-in-url, CT606 private-key, CT607 account-id, CT608 personal-data."""
    entropy: float = 0.0
    """Shannon bits per character that the secret must at least have; above 0, words do not count as a secret either."""
    true: tuple[tuple[str, ...], ...] = ()
    """Samples in parts: put together, each is found under this name."""
    false: tuple[tuple[str, ...], ...] = ()
    """Samples in parts: put together, none is found under this name."""
