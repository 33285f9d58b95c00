"""A stream that is one JSON array whose members come one after the other, as Gemini's without ``alt=sse``."""

import json
import re
from collections.abc import Iterator

from cassette_tools.wire.event import Event

_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


def events(text: str) -> Iterator[Event]:
    """The members of the array; what is left of a broken or cut one is the last event, as text."""
    decoder = json.JSONDecoder()
    position = text.find("[") + 1
    number = 0
    while True:
        match = _BETWEEN.match(text, position)
        position = match.end() if match else position
        if position >= len(text) or text[position] == "]":
            return
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = len(text)
        yield Event(number, "", text[position:end], "", position, end, ((position, end),))
        number += 1
        position = end
