"""Which parser reads a file: JSON's by its name or where the text is JSON, YAML's otherwise."""

from cassette_tools.source import document, json_document
from cassette_tools.source.document import Document

_JSON_SUFFIXES = (".json", ".har")


def parse(data: bytes, name: str) -> Document:
    """Parse a file.

    Args:
        data: Its content, unpacked.
        name: Its path or name, with or without ``.gz``.
    """
    if name.lower().removesuffix(".gz").endswith(_JSON_SUFFIXES):
        return json_document.parse(data)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        # YAML has flow collections that start alike; what is JSON is read as JSON, since its escapes are not YAML's.
        parsed = json_document.parse(data)
        if parsed.root is not None:
            return parsed
    return document.parse(data)
