"""Bodies in several parts (RFC 2046, section 5.1), whose boundary is another one in every recording."""

from cassette_tools.model import Message
from cassette_tools.wire import multipart

_BEGINNING = 300
"""Bytes in which the first boundary is."""


def is_in_parts(message: Message) -> bool:
    """Whether a body is in parts, or may be, where nothing says what it is."""
    return message.media_type.startswith("multipart/") or (
        not message.media_type and message.body.data.startswith(b"--")
    )


def comparable(message: Message) -> bytes:
    """The bytes of a body; of one in parts, with a boundary that is the same in every recording."""
    data = message.body.data
    if not is_in_parts(message):
        return data
    beginning = data[:_BEGINNING].decode("utf-8", "replace")
    boundary = multipart.boundary(beginning, message.headers.get("content-type")).encode("utf-8", "surrogateescape")
    return data.replace(b"--" + boundary, b"--boundary") if boundary else data


def header(content_type: str) -> str:
    """A Content-Type without what separates the parts."""
    return multipart.without_boundary(content_type) if content_type[:10].lower() == "multipart/" else content_type
