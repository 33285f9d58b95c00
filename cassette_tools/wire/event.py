"""An event of a stream, whatever frames it."""

from typing import NamedTuple


class Event(NamedTuple):
    """An event that a client is given.

    Offsets count characters of the stream's text; in a binary framing, bytes of its body.
    """

    number: int
    """From 0, counting the events that clients are given."""
    type: str
    """What the framing calls it (``event:`` of an event stream, ``:event-type`` of a frame); may be empty."""
    data: str
    """What it carries."""
    last_event_id: str
    """The last ``id`` field of an event stream up to here; empty in other framings."""
    start: int
    """Where the event starts, comments before it included."""
    end: int
    """Where it ends: the blank line of an event stream, the last byte of a frame, exclusive."""
    pieces: tuple[tuple[int, int], ...]
    """Where the data is: one range, or one for each ``data`` line, which line feeds join."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` (exclusive) of ``data`` are in the stream."""
        first = last = self.pieces[0][0]
        offset = 0
        for piece_start, piece_end in self.pieces:
            length = piece_end - piece_start
            if start >= offset:
                first = min(piece_start + start - offset, piece_end)
            if end > offset:
                last = min(piece_start + end - offset, piece_end)
            offset += length + 1
        return first, max(first, last)


class Defect(NamedTuple):
    """Something that the framing does not allow, and that its decoder ignores or drops."""

    kind: str
    """``unknown-field``, ``null-in-id``, ``bad-retry``, ``unterminated``; ``checksum``, ``frame``; ``unclosed``."""
    text: str
    """What it is about: a field's name, its value, the data of a lost event, or a description."""
    start: int
    """Offsets as those of events."""
    end: int
    event: int
    """The number of the event it belongs to, or of the one that follows."""
