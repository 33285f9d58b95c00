"""A line on stderr that says how far a long run is."""

import sys
import time
from typing import TextIO

_PATIENCE = 1.0
"""Seconds before anything is shown."""
_PAUSE = 0.1
"""Seconds between two changes of the line."""


class Progress:
    """Counts files, and shows the number on a terminal when the run takes longer than a second.

    Args:
        wanted: Whether the user wants to see it at all.
        stream: Where it is shown, if that is a terminal.
    """

    def __init__(self, *, wanted: bool, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._due = time.monotonic() + _PATIENCE if wanted and self._stream.isatty() else float("inf")
        self._files = 0
        self._shown = False

    def step(self) -> None:
        """Count a file."""
        self._files += 1
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _PAUSE
            self._write(f"\r{self._files:,} files …")
            self._shown = True

    def clear(self) -> None:
        """Take the line away, to be called before anything else is written."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._due = float("inf")
