"""Where credentials are in a text, in one pass for all patterns and in linear time for each."""

import bisect
import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import START

if TYPE_CHECKING:
    import re2

_MOST = 10**10
"""The bytes that may be read to find the matches of a pattern in a text: some ten seconds, and a thousand of 10 MB."""
_BY_HAND = 20_000
"""Bytes in which keywords are looked for one after the other: for so few, to make an automaton takes longer."""
_BETWEEN = b"\n\0\n"
"""What separates texts that are searched as one: nothing that a pattern takes for a part of a credential."""
_ORDER = {Weight.LIVE: 0, Weight.HALF: 0, Weight.IDENTITY: 1}


class Hit(NamedTuple):
    """A credential in a text."""

    pattern: Pattern
    start: int
    """The first character of the secret itself, not of what announces it."""
    end: int


class Scanner:
    """Patterns, made ready to be looked for together.

    One automaton looks for the keywords of all patterns at once, and only patterns whose keywords are there are
    compiled and run: in most recordings, none. Where little is searched, not even that automaton is made. One of the
    patterns (``re2.Set``) would be as fast on ordinary text, but takes thirty times as long to be made, and a text of
    many beginnings makes it hundreds of times slower: each combination of half-read patterns is a state of its own.

    Args:
        patterns: Of two that find the same characters, the first wins.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._always = [index for index, pattern in enumerate(self._patterns) if not pattern.keywords]
        self._conditional = {index for index, pattern in enumerate(self._patterns) if pattern.also}
        self._left = _BY_HAND if all(map(str.isascii, self._announced)) else 0
        self._keywords: re2.Set | None = None
        self._numbered: list[list[int]] = []
        self._regexes: dict[int, tuple[re2._Regexp, re2._Regexp | None]] = {}

    def hits(self, text: str, *, placeholders: bool = False) -> list[Hit]:
        """The credentials in a text, in its order, none of them overlapping: of two that do, the longer one stays.

        Args:
            text: Any text; halves of surrogate pairs are characters like any other.
            placeholders: Whether what only stands for a secret, or has less entropy than the pattern wants, counts too;
                words do not.
        """
        data = text.encode("utf-8", "surrogatepass")
        possible = self._possible(data)
        if not possible:
            return []
        found: list[Hit] = []
        for index in possible:
            pattern = self._patterns[index]
            matches = self._matches(index, data)
            if not matches:
                continue
            spans = [_secret(pattern, match) for match in matches]
            lines = _Lines(data)
            places = spans if len(data) == len(text) else _characters(data, spans)
            for match, (start, end) in zip(matches, places, strict=True):
                value = text[start:end]
                if not value or (pattern.entropy and context.is_wording(value)):
                    continue
                if placeholders or _is_secret(pattern, value, match, lines):
                    found.append(Hit(pattern, start, end))
        if found and not placeholders and "REDACTED-" in text:
            found = list(_outside_of_placeholders(found, text))
        return _without_overlaps(found) if len(found) > 1 else found

    def _matches(self, index: int, data: bytes) -> list[Any]:
        regex, beginning = self._regexes.get(index) or self._compiled_pattern(index)
        if beginning is not None and beginning.search(data) is None:
            return []
        # To know where a match ends, RE2 may have to read all of the text, once for each: x(.*y)? where there is no y.
        return list(itertools.islice(regex.finditer(data), _most(data)))

    def _compiled_pattern(self, index: int) -> "tuple[re2._Regexp, re2._Regexp | None]":
        """A pattern; and it without what stands before a word: where it begins with letters, RE2 is sooner done."""
        regex = self._patterns[index].regex
        bare = regex.removeprefix(START)
        compiled = _regex(regex), _regex(bare) if bare != regex else None
        self._regexes[index] = compiled
        return compiled

    def touched(self, texts: Sequence[str]) -> set[int]:
        """The numbers of the texts in which a pattern matches, or may: in the others, ``hits`` finds nothing.

        One look at all of them costs little more than a look at one of them.
        """
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        data = _BETWEEN.join(parts)
        ends = list(itertools.accumulate(len(part) + len(_BETWEEN) for part in parts))
        found: set[int] = set()
        for index in self._possible(data):
            matches = self._matches(index, data)
            if len(matches) >= _most(data):
                return set(range(len(texts)))
            for start, end in (match.span() for match in matches):
                found.update(range(bisect.bisect(ends, start), bisect.bisect_left(ends, end) + 1))
        return found

    def _possible(self, data: bytes) -> list[int]:
        """The patterns that may match, in their order: those of which the text has a keyword, or that need none."""
        if not self._patterns or not data:
            return []
        if self._keywords is None and len(data) <= self._left:
            self._left -= len(data)
            found = _keywords_in(data, self._announced)
        else:
            keywords = self._keywords or self._compiled()
            found = [index for number in keywords.Match(data) or () for index in self._numbered[number]]
        if not found:
            return self._always
        announced = {index for index in found if index >= 0}
        return sorted({*self._always, *(announced - self._conditional), *(announced & {~index for index in found})})

    @functools.cached_property
    def _announced(self) -> dict[str, list[int]]:
        """The patterns that each keyword announces; the complement of those that need it besides."""
        announced: dict[str, list[int]] = {}
        for index, pattern in enumerate(self._patterns):
            for keyword in pattern.keywords:
                announced.setdefault(keyword, []).append(index)
            for keyword in pattern.also:
                announced.setdefault(keyword, []).append(~index)
        return announced

    def _compiled(self) -> "re2.Set":
        import re2

        self._numbered = list(self._announced.values()) or [[]]
        self._keywords = re2.Set.SearchSet(_quiet())
        for keyword in self._announced or ("\0",):  # nothing can be looked for in an empty set
            self._keywords.Add(re2.escape(keyword) if keyword != keyword.lower() else f"(?i){re2.escape(keyword)}")
        self._keywords.Compile()
        return self._keywords


def _most(data: bytes) -> int:
    """The matches of a pattern that are taken of a text; never more than 32 bits can count."""
    return max(1000, min(_MOST // len(data), 1 << 30))


def _keywords_in(data: bytes, announced: Mapping[str, list[int]]) -> list[int]:
    """What the keywords announce that a text has: as the automaton finds them."""
    lower = data.lower()
    for char, spelling in _FOLDED:
        lower = lower.replace(char, spelling)
    return [
        index
        for keyword, indexes in announced.items()
        if keyword.encode() in (lower if keyword == keyword.lower() else data)
        for index in indexes
    ]


_FOLDED = (("\u017f".encode(), b"s"), ("\u212a".encode(), b"k"))
"""What is a letter of ASCII where case does not count (Unicode's CaseFolding.txt): the long s, the kelvin."""


@functools.lru_cache(maxsize=1000)
def _regex(regex: str) -> "re2._Regexp":
    """An expression, compiled once: what masks a text knows the patterns of what found something in it."""
    import re2

    return re2.compile(regex, _quiet())


def _quiet() -> "re2.Options":
    import re2

    options = re2.Options()
    options.log_errors = False
    return options


@functools.cache
def default() -> Scanner:
    """The scanner for every kind of credential and account that the tool knows, but not for persons (CT608)."""
    from cassette_tools.credentials.patterns import PATTERNS

    return for_codes(frozenset(pattern.code for pattern in PATTERNS) - {"CT608"})


def for_codes(codes: frozenset[str]) -> Scanner:
    """The scanner for what the tool knows that some rules report.

    Args:
        codes: Those of the rules; CT608 is for personal data, which nearly every text has to be searched for.
    """
    from cassette_tools.credentials.patterns import PATTERNS

    return _made(codes.intersection(pattern.code for pattern in PATTERNS))


@functools.cache
def _made(codes: frozenset[str]) -> Scanner:
    from cassette_tools.credentials.patterns import PATTERNS

    return Scanner([pattern for pattern in PATTERNS if pattern.code in codes])


def _is_secret(pattern: Pattern, value: str, match: Any, lines: "_Lines") -> bool:
    if context.is_placeholder(value):
        return False
    if pattern.entropy and context.entropy(value) < pattern.entropy:
        return False
    return pattern.allowed is None or not pattern.allowed(value, _text(match.group()), lines.of(*match.span()))


def _secret(pattern: Pattern, match: "re2._Match") -> tuple[int, int]:
    """The part of a match that is the secret, in bytes."""
    groups = (pattern.group,) if pattern.group else range(1, match.re.groups + 1)
    spans = [span for span in map(match.span, groups) if pattern.group or span[0] < span[1]]
    start, end = spans[0] if spans else match.span()
    return start, end


def _outside_of_placeholders(found: list[Hit], text: str) -> Iterator[Hit]:
    """The hits that are no part of a placeholder of this tool: that has words and a number, as much has."""
    spans = [match.span() for match in re.finditer(r"REDACTED(?:-[a-z0-9]+)+", text)]
    for hit in found:
        place = bisect.bisect(spans, hit.start, key=lambda span: span[0])
        if not place or spans[place - 1][1] < hit.end:
            yield hit


class _Lines:
    """The lines of a text, for matches that follow each other: what is one line of megabytes is cut out once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._start = self._end = 0
        self._line = ""

    def of(self, start: int, end: int) -> str:
        """The line that a place in the text is in, or those that it is in."""
        if not (self._line and self._start <= start and end <= self._end):
            self._start = self._data.rfind(b"\n", 0, start) + 1
            end = self._data.find(b"\n", end)
            self._end = len(self._data) if end < 0 else end
            self._line = _text(self._data[self._start : self._end])
        return self._line


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _characters(data: bytes, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Turn places in UTF-8 into places in its text. The matches of one pattern follow each other."""
    places = []
    seen = characters = 0
    for start, end in spans:
        if start < 0:  # the group took no part in the match
            places.append((0, 0))
            continue
        first = characters + len(data[seen:start].decode("utf-8", "surrogatepass"))
        last = first + len(data[start:end].decode("utf-8", "surrogatepass"))
        places.append((first, last))
        seen, characters = end, last
    return places


def _without_overlaps(found: list[Hit]) -> list[Hit]:
    """Credentials before what only identifies, the longer before the shorter, then the order of the table."""
    kept: list[Hit] = []
    # Chains of overlapping hits are short: each is settled for itself.
    found.sort(key=lambda hit: hit.start)
    chain: list[Hit] = []
    reach = -1
    for hit in found:
        if hit.start >= reach:
            kept += _settled(chain)
            chain = []
        chain.append(hit)
        reach = max(reach, hit.end)
    return kept + _settled(chain)


def _settled(chain: list[Hit]) -> list[Hit]:
    if len(chain) < 2:
        return chain
    kept: list[Hit] = []
    for hit in sorted(chain, key=lambda hit: (_ORDER[hit.pattern.weight], hit.start - hit.end)):
        place = bisect.bisect(kept, hit.start, key=lambda other: other.start)
        if (not place or kept[place - 1].end <= hit.start) and (place == len(kept) or hit.end <= kept[place].start):
            kept.insert(place, hit)
    return kept
