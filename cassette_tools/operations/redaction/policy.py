"""What is taken out of a recording, and what comes in its place."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from cassette_tools.secrets.finder import CODES, PERSONAL

if TYPE_CHECKING:
    from cassette_tools.secrets.options import SecretOptions

Style = Literal["named", "plain", "fake"]
"""``REDACTED-openai-key-1``, the same for the same value; ``REDACTED``; a fake of the same form."""
DEFAULT_CODES = CODES - {PERSONAL}


class Policy(NamedTuple):
    """What is taken out: by default everything that the rules about secrets report, but for personal data.

    Names are compared without case.
    """

    codes: frozenset[str] = DEFAULT_CODES
    """The rules whose findings are taken out."""
    secrets: "SecretOptions | None" = None
    """What is secret, and what is not, beyond what the tool knows."""
    headers: tuple[str, ...] = ()
    """Headers whose values are taken out, too."""
    keep_headers: tuple[str, ...] | None = None
    """If given, all headers but these are removed, and those without which a body cannot be read."""
    delete_headers: tuple[str, ...] = ()
    """Headers that are removed, name and value."""
    query: tuple[str, ...] = ()
    """Parameters of URLs whose values are taken out, too."""
    form_fields: tuple[str, ...] = ()
    """Fields of forms."""
    json_paths: tuple[str, ...] = ()
    """Places in JSON bodies (RFC 9535)."""
    style: Style = "named"
    key: bytes = b""
    """What fakes are made with: the same key gives the same fakes, which tell nobody without it what they stand for."""
