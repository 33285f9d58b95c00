"""What ``.gitignore`` files leave out, as gitignore(5) and git's ``wildmatch.c`` have it."""

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

_NEVER = "(?!)"
_TOKEN = re.compile(
    r"(?P<folders>(?<![^/])\*{2,}/)|(?P<below>(?<![^/])\*{2,}\Z)|(?P<any>\*+)|(?P<one>\?)"
    r"|\[(?P<set>[!^]?+\]?+(?:\\.|\[:[^]]*:\]|[^]\\])*+)\]|\\(?P<escaped>.)|(?P<plain>[^\\\[])",
    re.DOTALL,
)
_MEMBER = re.compile(r"\[:(?P<class>[^]]*):\]|\\?+(?P<low>.)-\\?+(?P<high>.)|\\?+(?P<one>.)", re.DOTALL)
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \t", "cntrl": "\0-\x1f\x7f", "digit": "0-9", "graph": "!-~",
    "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": "\t-\r ", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class _Pattern(NamedTuple):
    """A line of a ``.gitignore`` file."""

    expression: re.Pattern[str]
    """Matches a path below the file's folder."""
    negated: bool
    folders_only: bool


class GitIgnore:
    """The ``.gitignore`` files that hold for a folder and what is below it; all paths are real ones.

    Those from the root of the work tree down are read; the user's own excludes file is not. Whoever walks the folder
    enters each one before asking for what is in it, and does not go into those that are ignored.
    """

    def __init__(self, folder: str) -> None:
        self._patterns: dict[str, list[_Pattern]] = {}
        above = [folder]
        while not os.path.exists(os.path.join(above[-1], ".git")):
            parent = os.path.dirname(above[-1])
            if parent == above[-1]:
                return  # not in a work tree: only what is below the folder holds
            above.append(parent)
        for parent in above[1:]:
            self.enter(parent)

    def enter(self, folder: str) -> None:
        """Read the folder's own file, if it has one."""
        file = os.path.join(folder, ".gitignore")
        if not os.path.isfile(file):
            return
        try:
            with open(file, "rb") as stream:
                lines = _characters(stream.read().removeprefix(b"\xef\xbb\xbf")).split("\n")
        except OSError:
            return  # git, too, goes on without a file that it cannot read
        patterns = [_pattern(line.removesuffix("\r")) for line in lines]
        # The last pattern that matches decides.
        self._patterns[folder] = [pattern for pattern in reversed(patterns) if pattern is not None]

    def ignores(self, folder: str, name: str, *, is_folder: bool = False) -> bool:
        """Whether what is called ``name`` in a folder is ignored: the deepest file that says something decides."""
        if not self._patterns:
            return False
        relative = _characters(os.fsencode(name))
        while True:
            for pattern in self._patterns.get(folder, ()):
                if (is_folder or not pattern.folders_only) and pattern.expression.fullmatch(relative):
                    return not pattern.negated
            above, base = os.path.split(folder)
            if above == folder:
                return False
            folder, relative = above, f"{_characters(os.fsencode(base))}/{relative}"


class Patterns:
    """Lines of gitignore's syntax that hold below a folder, wherever they are written down; all paths are real ones.

    Args:
        folder: What the patterns are relative to.
        lines: The patterns; the last one that matches decides.
    """

    def __init__(self, folder: str, lines: Iterable[str]) -> None:
        self._folder = folder
        patterns = [_pattern(_characters(os.fsencode(line))) for line in lines]
        self._patterns = [pattern for pattern in reversed(patterns) if pattern is not None]

    def match(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a file, or a folder above it, is meant."""
        inside = self._folder if self._folder.endswith(os.sep) else self._folder + os.sep
        if not self._patterns or not path.startswith(inside):
            return False
        relative = _characters(os.fsencode(path[len(inside) :].replace(os.sep, "/")))
        while True:
            for pattern in self._patterns:
                if (is_folder or not pattern.folders_only) and pattern.expression.fullmatch(relative):
                    return not pattern.negated
            relative, separator, _ = relative.rpartition("/")
            if not separator:
                return False
            is_folder = True


def _characters(data: bytes) -> str:
    """Bytes as text of as many characters: git compares bytes, and ``?`` stands for one of them."""
    return data.decode("latin-1")


def _pattern(line: str) -> _Pattern | None:
    """The pattern of a line, or None for a blank line and a comment."""
    text = line.rstrip(" ")
    if text != line and (len(text) - len(text.rstrip("\\"))) % 2:
        text += " "  # the first of the spaces is escaped
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[negated:]
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    # A pattern with a slash in it starts at the file's folder, one without holds at any depth.
    expression = _expression(text.removeprefix("/")) if "/" in text else f"(?:.*/)?{_expression(text)}"
    return _Pattern(re.compile(expression, re.DOTALL), negated, folders_only)


def _expression(pattern: str) -> str:
    """The regular expression of a pattern; what git cannot use (an open bracket, say) matches nothing."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return _NEVER
        position = token.end()
        if token["folders"]:
            parts.append("(?:.*/)?")
        elif token["below"]:
            parts.append(".*")
        elif token["any"]:
            parts.append("[^/]*")
        elif token["one"]:
            parts.append("[^/]")
        elif token["set"] is not None:
            parts.append(_set(token["set"]))
        else:
            parts.append(re.escape(token["escaped"] or token["plain"]))
    return "".join(parts) or _NEVER


def _set(text: str) -> str:
    """The regular expression of what stands between brackets."""
    negated = text[0] in "!^"
    members: list[str] = []
    for member in _MEMBER.finditer(text, int(negated)):
        if member["class"] is not None:
            if member["class"] not in _CLASSES:
                return _NEVER
            members.append(_CLASSES[member["class"]])
        elif member["one"]:
            members.append(re.escape(member["one"]))
        elif member["low"] <= member["high"]:
            members.append(f"{re.escape(member['low'])}-{re.escape(member['high'])}")
    if negated:
        return f"[^/{''.join(members)}]"
    return f"(?!/)[{''.join(members)}]" if members else _NEVER
