"""The order of an answer's blocks: one starts, goes on and ends, then comes the next."""

from collections.abc import Callable
from typing import Any


class BlockOrder:
    """Follows the blocks of one stream, and tells what of it is out of order, once of each block.

    Args:
        note: What to do with the words for it and the number of the event.
        overlap: A block may start before others have ended.
    """

    def __init__(self, note: Callable[[str, int], None], *, overlap: bool = False) -> None:
        self._note = note
        self._overlap = overlap
        self._ended: dict[int, bool] = {}
        self._noted: set[int] = set()
        self._open: int | None = None
        self._due = 0
        self._adrift = False  # since an event had a wrong index, or one between two blocks is missing: who knows
        self._over = ""

    def index(self, value: Any) -> int:
        """The index that an event has, or the one that it must mean if it has none."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self._due if self._open is None else self._open

    def start(self, index: int, event: int) -> None:
        """A block starts."""
        if index in self._ended:
            self._tell(f"block {index} starts twice", event, index)
            return
        if self._open is not None and not self._overlap:
            self._tell(f"block {index} starts before block {self._open} has ended", event, self._open, index)
            self._adrift = True
        elif self._over:
            self._tell(f"block {index} starts after {self._over}", event, index)
        elif self._adrift:
            self._adrift = False
        elif index != self._due:
            self._tell(f"block {index} starts where block {self._due} is due", event, index)
        self._begin(index)

    def go_on(self, index: int, event: int, *, starts: bool = False) -> None:
        """A block goes on; one that is not known yet may start with that."""
        if index not in self._ended:
            if starts:
                self.start(index, event)
                return
            self._intrude(f"block {index} goes on without having started", event, index)
        elif index != self._open and (self._ended[index] or not self._overlap):
            self._tell(f"block {index} goes on after its end", event, index)

    def end(self, index: int, event: int, *, starts: bool = False) -> None:
        """A block ends; one that is not known yet may have been empty."""
        if index not in self._ended:
            if starts:
                self.start(index, event)
            else:
                self._intrude(f"block {index} ends without having started", event, index)
        elif self._ended[index]:
            self._tell(f"block {index} ends twice", event, index)
        if index in self._ended:
            self._ended[index] = True
        if index == self._open:
            self._open = None

    def close(self, word: str, event: int) -> None:
        """An event comes after which no block is expected any more."""
        if self._overlap:
            self._open = next((index for index, ended in self._ended.items() if not ended), None)
        if self._open is not None:
            self._tell(f"{word} comes before block {self._open} has ended", event, self._open)
            self._open = None
        self._over = word

    def tell(self, text: str, event: int, index: int) -> None:
        """Tell of something else that is out of order with a block."""
        self._tell(text, event, index)

    def _intrude(self, text: str, event: int, index: int) -> None:
        if self._open is None:  # the start is missing
            self._tell(text, event, index)
            self._begin(index)
        else:  # or the index is wrong
            self._tell(text, event, index, self._open)
            self._adrift = True

    def _begin(self, index: int) -> None:
        self._ended[index] = False
        self._open, self._due = index, index + 1

    def _tell(self, text: str, event: int, *blocks: int) -> None:
        if self._noted.isdisjoint(blocks):
            self._note(text, event)
        self._noted.update(blocks)
