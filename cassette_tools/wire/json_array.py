"""A stream that is one JSON array whose members come one after the other, as Gemini's without ``alt=sse``."""

import json
import re
from collections.abc import Iterator

from cassette_tools.wire.event import Defect, Event

_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


class Decoder:
    """Decodes the text of a response.

    Attributes:
        defects: An array that does not end (``unclosed``).
        tail: The last member, when the text ends in the middle of it.
    """

    def __init__(self) -> None:
        self.defects: list[Defect] = []
        self.tail: Event | None = None

    def events(self, text: str) -> Iterator[Event]:
        """The members of the array; from a broken one on, all that is left is the last event."""
        decoder = json.JSONDecoder()
        position = text.find("[") + 1
        number = 0
        while True:
            match = _BETWEEN.match(text, position)
            position = match.end() if match else position
            if text.startswith("]", position):
                return
            if position >= len(text):
                self._unclosed(text, number)
                return
            try:
                _, end = decoder.raw_decode(text, position)
            except (ValueError, RecursionError) as error:
                event = Event(number, "", text[position:], "", position, len(text), ((position, len(text)),))
                if _is_cut(text, error):
                    self.tail = event
                    self._unclosed(text, number)
                yield event
                return
            yield Event(number, "", text[position:end], "", position, end, ((position, end),))
            number += 1
            position = end

    def _unclosed(self, text: str, number: int) -> None:
        self.defects.append(Defect("unclosed", "the array does not end", len(text) - 1, len(text), number))


def _is_cut(text: str, error: ValueError | RecursionError) -> bool:
    """Whether the end of the text is what keeps a member from being JSON."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
