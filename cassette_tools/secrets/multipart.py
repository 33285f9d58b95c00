"""The parts of a multipart body (RFC 2046, section 5.1; RFC 7578 for forms)."""

import itertools
import re
from collections.abc import Iterator

_BOUNDARY = re.compile(r"(?i);\s*boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))")
_FIRST = re.compile(r"\A\s*--([^\s]{1,200})[ \t]*\r?\n")
_HEADERS_END = re.compile(r"\r?\n[ \t]*\r?\n")
_NAME = re.compile(r"(?im)^content-disposition:[^\r\n]*?[;\s]name=(?:\"([^\"\r\n]*)\"|([^\s;\"]+))")


def parts(text: str, content_type: str = "") -> Iterator[tuple[int, int, str]]:
    """Where the contents of the parts are, and their names.

    Args:
        text: The body. Its line breaks may have become line feeds.
        content_type: The header of the message, which names the boundary; without one the first line does.
    """
    match = _BOUNDARY.search(content_type)
    boundary = (match[1] or match[2]) if match else ""
    if not boundary:
        first = _FIRST.match(text)
        if first is None:
            return
        boundary = first[1]
    delimiter = re.compile(rf"(?:\A|\r?\n)--{re.escape(boundary)}(--)?[ \t]*(?=\r?\n|\Z)")
    ends = list(delimiter.finditer(text))
    for before, behind in itertools.pairwise(ends):
        if before[1]:
            return
        gap = _HEADERS_END.search(text, before.end(), behind.start())
        name = _NAME.search(text, before.end(), gap.start()) if gap else None
        if gap and name:
            yield gap.end(), behind.start(), name[1] if name[1] is not None else name[2]
