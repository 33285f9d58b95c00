"""Newline-delimited JSON (``application/x-ndjson``, ``application/jsonl``): one JSON text a line.

Source: https://github.com/ndjson/ndjson-spec; blank lines are ignored, a last line needs no line feed.
"""

import re
from collections.abc import Iterator

from cassette_tools.wire.event import Event

_LINE = re.compile(r"[^\r\n]*[^\s][^\r\n]*")


def events(text: str) -> Iterator[Event]:
    """The lines that are not blank."""
    for number, match in enumerate(_LINE.finditer(text)):
        start, end = match.span()
        yield Event(number, "", match.group(), "", start, end, ((start, end),))
