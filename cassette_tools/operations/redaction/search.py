"""Looks for what was taken out wherever else it stands, however many values that are.

`Known` finds a value in all its forms, and takes milliseconds to be made ready for one. Nearly every value stands in
nearly every text as it is, or not at all, which can be told from six letters and digits of it: only what those leave
open is asked of `Known`.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator
from typing import NamedTuple

from cassette_tools.secrets.known import Known, KnownHit

SHORTEST, LONGEST = 6, 10_000
"""Characters of a value that is looked for. A shorter one is found in words; a longer one is no key, and takes long."""
_SIZE = 6
"""Letters and digits of a value that are looked for first."""
_TOGETHER = 50
"""Values of one `Known`: more are too much for one regular expression, and each is tried where one of them is."""
_FEW = 100
"""Texts of which each is looked for alone: for so many that takes as long as a look at each place for them all."""
_RUN = re.compile(rf"[A-Za-z0-9]{{{_SIZE},}}")
_BREAKS = ("\\r\\n", "\\n", "\r\n", "\n")
# Letters and digits that are escaped, as no encoder does that has no need to. Both begin with what is found fast.
_ODD_CODE = "(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])"
_ODD = tuple(map(re.compile, (f"%(?:25)*{_ODD_CODE}", rf"u00(?:(?<=\\u00)|(?<=5[cC]u00)){_ODD_CODE}")))
_DIGITS = re.compile(rf"[0-9a-f]{{{2 * SHORTEST},}}")
_BOUND = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\[bfnrt]|%[0-9A-Fa-f]{2}|[^\w-]|\A)\Z")
"""What stands in front of a word: the n of an escaped line break is no letter of it."""
_AUTHORITY = re.compile(r"(?i)(?::(?:\\?/){2}|%3a%2f%2f)[^\s/?#\\\"'<>]*\Z")
_REST = re.compile(r"[^\s/?#\\\"'<>@]*")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?")
_LONGEST_HOST = 300


class _Sign(NamedTuple):
    """Whose part six letters are."""

    value: str
    offset: int
    """Where the part is in the value; -1 where it is part of another form."""


class Search:
    """Finds values in any of their forms.

    Args:
        values: The values, each once; those that are too short or too long are left out.
        words: Those of them that might be part of something else: they are found as words of their own, and not in the
            names of hosts.
    """

    def __init__(self, values: Iterable[str], words: Container[str] = ()) -> None:
        self._words = words
        self._values = [value for value in values if SHORTEST <= len(value) <= LONGEST]
        self._signs: defaultdict[str, list[_Sign]] = defaultdict(list)
        self._digits: defaultdict[str, list[str]] = defaultdict(list)
        self._known: dict[tuple[str, ...], Known] = {}
        self._plain = [value for value in self._values if not self._add(value)]
        """Those that cannot be told by letters and digits."""

    def _add(self, value: str) -> bool:
        """Take note of the signs of a value; return whether each form has one."""
        # Of other values, a form with escapes may begin with the value as it is, or end with it.
        run = _RUN.search(value) if value[0].isalnum() and not set(value) & {"\\", "%"} else None
        forms = [_RUN.search(form) for form in _in_base64(value)]
        if run is None or None in forms:
            return False
        self._signs[value[run.start() : run.start() + _SIZE]].append(_Sign(value, run.start()))
        for form in forms:
            if form is not None:
                self._signs[form.group()[:_SIZE]].append(_Sign(value, -1))
        self._digits[value.encode("utf-8", "surrogatepass").hex()[: 2 * SHORTEST]].append(value)
        return True

    def hits(self, text: str) -> list[KnownHit]:
        """Where they are, in the order of their places; the name of each is the value."""
        if not self._values:
            return []
        found: list[KnownHit] = []
        asked = self._plain
        if any(odd.search(text) for odd in _ODD):
            asked = self._values
        elif self._signs:
            places, open_ones = self._places(text)
            asked = [*self._plain, *open_ones]
            for value, starts in places.items():
                if value not in open_ones:
                    found += (KnownHit(value, start, start + len(value), "raw") for start in _apart(starts, len(value)))
        for first in range(0, len(asked), _TOGETHER):
            found += self._of(tuple(asked[first : first + _TOGETHER])).hits(text)
        found = [hit for hit in found if hit.name not in self._words or _is_word(text, hit)]
        return sorted(found, key=lambda hit: (hit.start, hit.end))

    def _of(self, values: tuple[str, ...]) -> Known:
        if values not in self._known:
            self._known[values] = Known({value: value for value in values})
        return self._known[values]

    def _places(self, text: str) -> tuple[dict[str, list[int]], dict[str, None]]:
        """Where values stand as they are, and which ones may stand there in another form."""
        places: dict[str, list[int]] = {}
        open_ones: dict[str, None] = {}
        for sign, at in self._found(text):
            start = at - sign.offset
            if sign.offset >= 0 and start >= 0 and text.startswith(sign.value, start):
                places.setdefault(sign.value, []).append(start)
            else:
                open_ones[sign.value] = None
        for digits, _ in _occurrences(self._digits, text.lower(), _DIGITS):
            open_ones.update(dict.fromkeys(self._digits[digits]))
        in_one_line = text  # base64 may be in several
        for line_break in _BREAKS:
            in_one_line = in_one_line.replace(line_break, "")
        if len(in_one_line) < len(text):
            for sign, _ in self._found(in_one_line):
                if sign.offset < 0:
                    open_ones[sign.value] = None
        return places, open_ones

    def _found(self, text: str) -> Iterator[tuple[_Sign, int]]:
        """The signs that are in a text, and where."""
        for letters, at in _occurrences(self._signs, text, _RUN):
            for sign in self._signs[letters]:
                yield sign, at


def _occurrences(wanted: Collection[str], text: str, runs: "re.Pattern[str]") -> Iterator[tuple[str, int]]:
    """Where some texts of one length stand in another one.

    Args:
        wanted: The texts.
        text: Where they are looked for.
        runs: What they are parts of.
    """
    if len(wanted) <= _FEW:
        for word in wanted:
            at = text.find(word)
            while at >= 0:
                yield word, at
                at = text.find(word, at + 1)
        return
    size = len(next(iter(wanted)))
    for run in runs.finditer(text):
        letters, first = run.group(), run.start()
        for at in range(len(letters) - size + 1):
            if letters[at : at + size] in wanted:
                yield letters[at : at + size], first + at


def _is_word(text: str, hit: KnownHit) -> bool:
    """Whether a value stands for itself in a text, and is neither part of a longer word nor of a host's name."""
    if hit.how in ("base64", "hex"):
        return True
    behind = text[hit.end : hit.end + 1]
    if behind == "-" or behind == "_" or behind.isalnum() or not _BOUND.search(text[max(hit.start - 6, 0) : hit.start]):
        return False
    if _AUTHORITY.search(text[max(hit.start - _LONGEST_HOST, 0) : hit.start]):
        rest = _REST.match(text, hit.end)
        return rest is not None and text[rest.end() : rest.end() + 1] == "@"  # a user, or a password
    return len(text) > _LONGEST_HOST or hit.end - hit.start == len(text) or not _HOST.fullmatch(text)


def _in_base64(value: str) -> Iterator[str]:
    """What stands in a text in the base64 of which there is a value, whatever is in front of it."""
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode()
        # Without characters that hold bits of others. The first one left may be taken for the end of a line break.
        yield coded[-(-8 * before // 6) + 1 : 8 * (before + len(data)) // 6]


def _apart(starts: list[int], size: int) -> Iterator[int]:
    """The places of those that do not overlap."""
    end = 0
    for start in sorted(set(starts)):
        if start >= end:
            yield start
            end = start + size
