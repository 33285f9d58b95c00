"""Event streams (``text/event-stream``), as the WHATWG has them.

Written from the HTML standard, section 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream"
(https://html.spec.whatwg.org/multipage/server-sent-events.html). What the standard drops is dropped here too, and
kept as a defect: client libraries differ in what they accept, a recording should not depend on it.
"""

import re
from collections.abc import Generator, Iterator

from cassette_tools.wire.event import Defect, Event

MAX_DEFECTS = 1000
"""Defects that are kept of one stream; a body made of nothing else has no use for more."""

_LINE_END = re.compile(r"\r\n|\n|\r")


class Decoder:
    """Decodes a stream that may come in pieces.

    Attributes:
        defects: What has been found so far, at most ``MAX_DEFECTS``.
        dropped: How many defects of each kind were found beyond those.
        retry: The last valid reconnection time in milliseconds, or None.
        tail: After ``close``, the event that was dropped because no blank line ends it, or None.
    """

    def __init__(self) -> None:
        self.defects: list[Defect] = []
        self.dropped: dict[str, int] = {}
        self.retry: int | None = None
        self.tail: Event | None = None
        self._pending: list[str] = []  # parts of a line whose end has not come yet
        self._offset = 0  # where that line starts
        self._fresh = True  # nothing has come yet: a byte order mark may
        self._after_cr = False  # the last piece ended in CR: a line feed would belong to it
        self._count = 0
        self._last_event_id = ""
        self._reset(0)

    def _reset(self, start: int) -> None:
        self._start = start
        self._type = ""
        self._data: list[str] = []
        self._pieces: list[tuple[int, int]] = []

    def feed(self, text: str) -> Iterator[Event]:
        """Decode a further piece; its events are decoded while they are asked for."""
        if not text:
            return
        if self._fresh:
            self._fresh = False
            if text[0] == "\ufeff":
                text = text[1:]
                self._skip()
        elif self._after_cr and text[0] == "\n":
            text = text[1:]
            self._skip()
        self._after_cr = text.endswith("\r")
        has_cr = "\r" in text
        position = 0
        while True:
            if self._start == self._offset and not self._pending:
                position = yield from self._plain_events(text, position, has_cr=has_cr)
            match = _LINE_END.search(text, position)
            if match is None:
                break
            line = text[position : match.start()]
            position = match.end()
            if self._pending:
                line = "".join((*self._pending, line))
                self._pending.clear()
            start = self._offset
            self._offset += len(line) + position - match.start()
            if line:
                self._line(line, start)
            else:
                if self._data:
                    yield self._event(start)
                    self._count += 1
                self._reset(self._offset)
        if position < len(text):
            self._pending.append(text[position:])

    def _plain_events(self, text: str, position: int, *, has_cr: bool) -> Generator[Event, None, int]:
        """The events from here on that look like nearly all do: a data line, perhaps a type before it, and LF.

        Their lines need not be taken one by one.

        Returns:
            Where the first one starts that does not look so.
        """
        shift = self._offset - position
        while True:
            name, begin = "", position
            if text.startswith("event: ", begin):
                end = text.find("\n", begin)
                name = text[begin + 7 : end]
                if end < 0 or "\r" in name:
                    return position
                begin = end + 1
            if not text.startswith("data: ", begin):
                return position
            begin += 6
            end = text.find("\n", begin)
            if end < 0 or not text.startswith("\n", end + 1) or (has_cr and text.find("\r", begin, end) >= 0):
                return position
            start, number = self._start, self._count
            position = end + 2
            self._start = self._offset = position + shift
            self._count = number + 1
            span = begin + shift, end + shift
            yield Event(number, name, text[begin:end], self._last_event_id, start, end + 1 + shift, (span,))

    def _skip(self) -> None:
        if self._start == self._offset:
            self._start += 1
        self._offset += 1

    def close(self) -> None:
        """End the stream. An event without the blank line that ends it is dropped, and is a defect."""
        if self._pending:
            line = "".join(self._pending)
            self._pending.clear()
            retry = self.retry
            self._line(line, self._offset)
            self.retry = retry  # the standard discards a line without an end; here it only counts for what is lost
            self._offset += len(line)
        if self._data:
            self.tail = self._event(self._offset)
            self._defect("unterminated", self.tail.data, self._pieces[0][0], self._pieces[-1][1])

    def _event(self, end: int) -> Event:
        data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
        return Event(self._count, self._type, data, self._last_event_id, self._start, end, tuple(self._pieces))

    def _line(self, line: str, start: int) -> None:
        name, colon, value = line.partition(":")
        skipped = len(name) + len(colon)
        if value[:1] == " ":
            value = value[1:]
            skipped += 1
        if name == "data":
            self._data.append(value)
            self._pieces.append((start + skipped, start + len(line)))
        elif name == "event":
            self._type = value
        elif name == "id":
            if "\0" in value:
                self._defect("null-in-id", value, start, start + len(line))
            else:
                self._last_event_id = value
        elif name == "retry":
            if value.isascii() and value.isdigit():
                # Python converts no more than 4,300 digits; no client waits for as long as what is left either.
                self.retry = int(value[-4000:])
            else:
                self._defect("bad-retry", value, start, start + len(line))
        elif name:
            self._defect("unknown-field", name, start, start + len(line))
        # else: a comment

    def _defect(self, kind: str, text: str, start: int, end: int) -> None:
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(kind, text, start, end, self._count))
        else:
            self.dropped[kind] = self.dropped.get(kind, 0) + 1


def decode(text: str) -> tuple[list[Event], Decoder]:
    """Decode a whole stream at once; the decoder has the defects."""
    decoder = Decoder()
    events = list(decoder.feed(text))
    decoder.close()
    return events, decoder
