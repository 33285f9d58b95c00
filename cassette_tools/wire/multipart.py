"""The parts of a multipart body (RFC 2046, section 5.1; RFC 7578 for forms)."""

import itertools
import re
from collections.abc import Iterator

_BOUNDARY = re.compile(r"(?i);\s*boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))")
_FIRST = re.compile(r"\A\s*--([^\s]{1,200})[ \t]*\r?\n")
_HEADERS_END = re.compile(r"\r?\n[ \t]*\r?\n")
_NAME = re.compile(r"(?im)^content-disposition:[^\r\n]*?[;\s]name=(?:\"([^\"\r\n]*)\"|([^\s;\"]+))")


def boundary(text: str, content_type: str) -> str:
    """What separates the parts; empty where nothing does.

    Args:
        text: The body, or its beginning.
        content_type: The header of the message, which names the boundary; without one the first line does.
    """
    match = _BOUNDARY.search(content_type)
    if match:
        return match[1] or match[2]
    first = _FIRST.match(text)
    return first[1] if first else ""


def without_boundary(content_type: str) -> str:
    """The header of a message without the boundary that it names."""
    return _BOUNDARY.sub("", content_type)


def parts(text: str, content_type: str = "") -> Iterator[tuple[int, int, str]]:
    """Where the contents of the parts are, and their names.

    Args:
        text: The body. Its line breaks may have become line feeds.
        content_type: The header of the message, which names the boundary; without one the first line does.
    """
    separator = boundary(text, content_type)
    if not separator:
        return
    delimiter = re.compile(rf"(?:\A|\r?\n)--{re.escape(separator)}(--)?[ \t]*(?=\r?\n|\Z)")
    ends = list(delimiter.finditer(text))
    for before, behind in itertools.pairwise(ends):
        if before[1]:
            return
        gap = _HEADERS_END.search(text, before.end(), behind.start())
        name = _NAME.search(text, before.end(), gap.start()) if gap else None
        if gap and name:
            yield gap.end(), behind.start(), name[1] if name[1] is not None else name[2]
