"""One kind of credential: how it looks, and how much it weighs."""

from collections.abc import Callable
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
    """In RE2's syntax. The secret is the first group that takes part and is not empty, otherwise the whole match."""
    weight: Weight = Weight.LIVE
    code: str = "CT603"
    """The rule that reports it: CT602 credential-in-url, CT606 private-key, CT607 account-id, CT608 personal-data."""
    entropy: float = 0.0
    """Shannon bits per character that the secret must at least have; above 0, words do not count as a secret either."""
    true: tuple[tuple[str, ...], ...] = ()
    """Samples in parts: put together, each is found under this name."""
    false: tuple[tuple[str, ...], ...] = ()
    """Samples in parts: put together, none is found under this name."""
    group: int = 0
    """The number of the group that is the secret, whatever the others are; 0 for the first one."""
    keywords: tuple[str, ...] = ()
    """A text without any of them is not searched: whatever their case, but for those with capitals. Empty for none."""
    also: tuple[str, ...] = ()
    """Nor is one without any of these, if there are some."""
    allowed: Callable[[str, str, str], bool] | None = None
    """Whether a secret is none after all: asked with the secret, the whole match, and the lines that it is in."""
