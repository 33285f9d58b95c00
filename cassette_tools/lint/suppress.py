"""What hides findings: comments in the file, and the configuration.

A comment stands where the format has room for one: behind a value, on the line of a block's key, or on a line of its
own, where it holds for the line below. It covers what is found on that line, and in the value that starts there; above
the first line of a file it covers all of it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cassette_tools.errors import UnknownNameError
from cassette_tools.finding import Problem
from cassette_tools.lint import select
from cassette_tools.model import Route
from cassette_tools.source.comments import recorded
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Mapping, Sequence
from cassette_tools.text import printable

# Compiled where they are used: few files have comments.
_COMMENT = r"(?m)(?:^|(?<=[ \t]))#[ \t]*cassette-tools:[ \t]*([^\r\n\x85\u2028\u2029]*)"
_IGNORE = r"ignore\[([^\]]*)\]"
_OTHER_COMMENTS = r"(?:\s*+#(?![ \t]*cassette-tools:)[^\r\n]*+)*+\s*+"


class _Comment(NamedTuple):
    span: tuple[int, int]
    line: int
    """The line that it holds for; 0 for the whole file."""
    codes: dict[str, frozenset[str]]
    """What it ignores, by the selectors as they are written."""
    used: set[str]


class Suppressions:
    """The suppressions of one file.

    Args:
        document: The file.
        codes: What the configuration ignores in it.
    """

    def __init__(self, document: Document | None, codes: frozenset[str]) -> None:
        self._codes = codes
        self._document = document
        self._problems: list[Problem] = []
        self._comments: dict[int, list[_Comment]] = {}
        if document is not None and document.root is not None:
            for comment in reversed(list(self._find(document))):
                self._comments.setdefault(comment.line, []).append(comment)

    def hide(self, code: str, route: Route, line: int) -> bool:
        """Whether something hides a finding of a rule at a place that starts on a line."""
        hidden = code in self._codes
        for start in {0, line, *self._lines(route)} if self._comments else ():
            for comment in self._comments.get(start, ()):
                matching = [selector for selector, codes in comment.codes.items() if code in codes]
                comment.used.update(matching)
                hidden = hidden or bool(matching)
        return hidden

    def problems(self, enabled: frozenset[str]) -> Iterator[Problem]:
        """What is wrong with the comments, to be asked for in the end; those of rules that did not run are left out."""
        yield from self._problems
        for comments in self._comments.values():
            for comment in comments:
                for selector, codes in comment.codes.items():
                    if selector not in comment.used and codes & enabled:
                        message = f"ignore[{printable(selector, 40)}] hides nothing here"
                        yield Problem(message, Route(file_span=comment.span))

    def _find(self, document: Document) -> Iterator[_Comment]:
        """The comments, the last one first."""
        text = document.text
        is_recorded = recorded(document)  # what a remote machine wrote hides nothing
        lines: dict[int, int] = {}  # what the comments on lines of their own hold for, by their places
        for match in reversed(list(re.finditer(_COMMENT, text))):
            start, end = match.span()
            if is_recorded(start):
                continue
            line, _ = document.position(start)
            if not text[document.line(line)[0] : start].strip():
                line = lines[start] = self._below(document, end, lines)
            codes: dict[str, frozenset[str]] = {}
            ignore = re.match(_IGNORE, match.group(1))
            selectors = [word for word in map(str.strip, ignore.group(1).split(",")) if word] if ignore else []
            if not selectors:
                self._complain("the comment names no rule: write ignore[CT208] and the reason", match)
            for selector in selectors:
                try:
                    codes[selector] = select.codes(selector)
                except UnknownNameError as error:
                    hint = f" ({error.hint})" if error.hint.startswith("did") else ""
                    self._complain(f"there is no rule '{printable(selector, 40)}'{hint}", match)
            yield _Comment((start, end), line, codes, set())

    def _complain(self, message: str, match: re.Match[str]) -> None:
        self._problems.append(Problem(message, Route(file_span=match.span())))

    @staticmethod
    def _below(document: Document, offset: int, known: dict[int, int]) -> int:
        """The line that a comment on a line of its own holds for: the next one with something else on it."""
        others = re.compile(_OTHER_COMMENTS).match(document.text, offset)
        following = others.end() if others else offset
        if following in known:
            return known[following]
        root = document.root
        return 0 if root is not None and following <= root.start else document.position(following)[0]

    def _lines(self, route: Route) -> Iterator[int]:
        """The lines on which the values start that a route leads through."""
        document = self._document
        node = document.root if document else None
        for step in route.path:
            if isinstance(node, Mapping) and isinstance(step, str):
                pair = node.pair(step)
                if pair is None:
                    return
                start, node = pair[0].start, pair[1]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                start = node.start
            else:
                return
            if document is not None:
                yield document.position(start)[0]
