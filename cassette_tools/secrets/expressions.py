"""Regular expressions of users': RE2's syntax, checked before they are used, and what they say is none of a secret."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cassette_tools.credentials import context
from cassette_tools.text import printable

if TYPE_CHECKING:
    import re2

Allowed = Callable[[str, str, str], bool]
"""Whether a secret is none: asked with the secret, the whole match, and the lines that the match is in."""


class InvalidRegexError(ValueError):
    """An expression that RE2 does not take; the text says why."""


def compiled(regex: str) -> "re2._Regexp":
    """An expression, compiled as RE2 does it for patterns.

    Raises:
        InvalidRegexError: It is not RE2's syntax (look-around and back-references are not), or it is too large.
    """
    import re2

    # A byte of a character; Go does not know it either.
    if re.search(r"(?<!\\)(?:\\\\)*\\C", regex):
        raise InvalidRegexError(r"invalid escape sequence: \C")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(regex, options)
    except (re2.error, UnicodeEncodeError) as error:
        said = error.args[0]
        raise InvalidRegexError(printable(said.decode() if isinstance(said, bytes) else str(error), 200)) from error


def searched(regex: str) -> "re2._Regexp":
    """An expression that is to be looked for.

    Raises:
        InvalidRegexError: It cannot be compiled, or what it finds has no characters.
    """
    pattern = compiled(regex)
    if any(match.start() == match.end() for match in pattern.finditer("a 1_-\n")) or pattern.search("") is not None:
        raise InvalidRegexError("it matches the empty text")
    return pattern


def matches(pattern: "re2._Regexp", text: str, *, whole: bool = False) -> bool:
    """Whether an expression matches somewhere in a text, or all of it; halves of surrogate pairs do no harm."""
    data = text.encode("utf-8", "surrogatepass")
    return (pattern.fullmatch(data) if whole else pattern.search(data)) is not None


class Values:
    """Allows the secrets that one of the expressions matches as a whole."""

    def __init__(self, patterns: Sequence["re2._Regexp"]) -> None:
        self._patterns = tuple(patterns)

    def __call__(self, secret: str, match: str, line: str) -> bool:  # noqa: ARG002 - as all that allow
        """Whether it does."""
        return any(matches(pattern, secret, whole=True) for pattern in self._patterns)


class Regular:
    """Allows secrets whose characters are not random enough.

    Args:
        entropy: Shannon's, in bits per character.
        at_least: Whether a secret of just this entropy is still one.
    """

    def __init__(self, entropy: float, *, at_least: bool) -> None:
        self._entropy = entropy
        self._at_least = at_least

    def __call__(self, secret: str, match: str, line: str) -> bool:  # noqa: ARG002 - as all that allow
        """Whether it does."""
        entropy = context.entropy(secret)
        return entropy < self._entropy or (entropy == self._entropy and not self._at_least)


class AnyOf:
    """Allows what one of several allows."""

    def __init__(self, several: Sequence[Allowed]) -> None:
        self._several = tuple(several)

    def __call__(self, secret: str, match: str, line: str) -> bool:
        """Whether it does."""
        return any(allowed(secret, match, line) for allowed in self._several)
