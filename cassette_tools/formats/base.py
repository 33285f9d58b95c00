"""What a format has to offer, and what is said of a file that no format reads."""

import re
from typing import NamedTuple, Protocol

from cassette_tools.model import Cassette
from cassette_tools.source.nodes import Mapping, Node


class Format(Protocol):
    """A cassette format."""

    @property
    def name(self) -> str:
        """The recorder's name, such as ``go-vcr``."""
        ...

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions that can be read."""
        ...

    @property
    def schema_versions(self) -> str:
        """The versions as its users name them, for `cassette-tools formats`."""
        ...

    @property
    def files(self) -> str:
        """The names of its files, as patterns."""
        ...

    @property
    def recognised_by(self) -> str:
        """What a file of the format is known by, for `cassette-tools formats`."""
        ...

    def recognises(self, root: Mapping) -> bool:
        """Whether the document is of this format, readable version or not."""
        ...

    def version(self, root: Mapping) -> int | None:
        """The version that the document states, or None."""
        ...

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a document of a readable version.

        What the document lacks is empty in the model; nothing is raised for what is wrong in it.
        """
        ...


class Unreadable(NamedTuple):
    """Why a document is not read as a cassette."""

    reason: str
    """In words that fit behind the path of the file."""
    format_name: str
    """The format that recognised it but cannot read its version; empty when none did."""
    resembles: bool
    """Whether it looks like a cassette all the same: it is then never passed over in silence."""
    recording: bool = False
    """Whether it is a recording of something else than HTTP, as they lie beside cassettes."""


def may_be_cassette(data: bytes) -> bool:
    """Whether a file has the words that every cassette has; most other files are known by their absence.

    In UTF-16 the words look different: a file with zero bytes may be anything.
    """
    return b"interactions" in data or (b"request" in data and b"response" in data) or b"\0" in data[:4]


_HEAD = 65_536
_LIST = r"(?m)^[\"'{ ]{0,3}(?:http_)?interactions[\"']?\s{0,3}:"
_REQUEST = r"(?m)^[ \t\"'{-]{0,12}request[\"']?\s{0,3}:"
_RESPONSE = r"(?m)^[ \t\"'{-]{0,12}response[\"']?\s{0,3}:"


def head_resembles_cassette(text: str) -> bool:
    """Whether the first lines speak of interactions, requests and responses; for files that cannot be parsed."""
    head = text[:_HEAD]
    return bool(re.search(_LIST, head) or (re.search(_REQUEST, head) and re.search(_RESPONSE, head)))


def resembles_cassette(root: Node) -> bool:
    """Whether a document has what cassettes are made of, whatever is wrong with the rest."""
    if not isinstance(root, Mapping):
        return False
    if root.get("http_interactions") is not None or root.pair("interactions"):
        return True
    return root.get("request") is not None and root.get("response") is not None
