"""What a format has to offer, and what is said of a file that no format reads."""

import re
from typing import NamedTuple, Protocol

from cassette_tools.model import Cassette
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence


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

    def conforms(self, root: Mapping) -> bool:
        """Whether a document of a readable version passes the fast side of its schema.

        False when it may break the schema, which then says whether it does, and how.
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
    return (
        b"interactions" in data
        or (b"request" in data and b"response" in data)
        or (b'"log"' in data[:1000] and b'"entries"' in data)
        or b"\0" in data[:4]
    )


_HEAD = 65_536
_VERSION = r"(?:\{ ?\"version\": ?[0-9]{1,2}, ?)?"  # JSON in one line
_LIST = rf"(?m)^{_VERSION}[\"'{{ ]{{0,3}}(?:http_)?interactions[\"']?\s{{0,3}}:[ \t]{{0,40}}(?:[\r\n\[{{#&*!]|\Z)"
_WORDS = r"\b(?:version|recorded_with|request|response)[\"']?\s{0,3}:"
_REQUEST = r"(?m)^[ \t\"'{[-]{0,12}request[\"']?\s{0,3}:"
_RESPONSE = r"(?m)^[ \t\"'{-]{0,12}response[\"']?\s{0,3}:"
_ADDRESS = r"\bur[il][\"']?\s{0,3}:"
_ARCHIVE = r"\A\s{0,100}\{\s{0,100}\"log\"\s{0,3}:\s{0,3}\{"
_ENTRIES = r"\"(?:entries|creator|pages)\"\s{0,3}:"


def head_resembles_cassette(text: str) -> bool:
    """Whether the first lines speak of interactions, requests and responses; for files that cannot be parsed."""
    head = text[:_HEAD]

    def has(pattern: str) -> bool:
        return re.search(pattern, head) is not None

    if has(_LIST) and has(_WORDS):
        return True
    return (has(_REQUEST) and has(_RESPONSE) and has(_ADDRESS)) or (has(_ARCHIVE) and has(_ENTRIES))


def resembles_cassette(root: Node) -> bool:
    """Whether a document has what cassettes are made of, whatever is wrong with the rest."""
    if not isinstance(root, Mapping):
        return False
    for name in ("interactions", "http_interactions"):
        listed = root.get(name)
        items = listed.items if isinstance(listed, Sequence) else [listed]
        if any(isinstance(item, Mapping) and _is_exchange(item) for item in items):
            return True
        version = root.get("version")
        if isinstance(listed, Mapping) and isinstance(version, Scalar) and version.integer() is not None:
            return True
    request, response = root.get("request"), root.get("response")
    # An interaction that has lost its list. Stubs of servers look like one, but for the status.
    return (
        isinstance(request, Mapping)
        and isinstance(response, Mapping)
        and (request.get("url") is not None or request.get("uri") is not None)
        and (response.get("code") is not None or isinstance(response.get("status"), Mapping))
    )


def _is_exchange(item: Mapping) -> bool:
    return isinstance(item.get("request"), Mapping) or isinstance(item.get("response"), Mapping)
