"""Which parser reads a file: JSON's by its name or where the text is JSON, YAML's otherwise."""

from cassette_tools.source import document
from cassette_tools.source.document import Document

_JSON_SUFFIXES = (".json", ".har")


def parse(data: bytes, name: str) -> Document:
    """Parse a file.

    Args:
        data: Its content, unpacked.
        name: Its path or name, with or without ``.gz``.
    """
    named_json = name.lower().removesuffix(".gz").endswith(_JSON_SUFFIXES)
    if named_json or data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        from cassette_tools.source import json_document

        parsed = json_document.parse(data)
        # YAML has flow collections that start alike; what is JSON is read as JSON, since its escapes are not YAML's.
        if named_json or parsed.root is not None:
            return parsed
    return document.parse(data)
