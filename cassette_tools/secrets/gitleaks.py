"""An organisation's configuration of gitleaks (version 8): its rules as patterns, its allow lists.

What follows is in gitleaks' README, and where it is not, what version 8.30 does: a rule is tried where one of its
keywords is, whatever the case; the secret is ``secretGroup``, or the first group that is not empty, or the whole
match; its entropy must be more than the rule's. A secret is allowed by any allow list, and a list allows what meets one
of its criteria, or all with ``condition = "AND"``. A configuration may extend another one, and that a third.

Paths and commits are the repository's, and a text of a recording has none: criteria of that kind, and rules that are
for some paths, are not used. gitleaks' own rules are not here. Whatever is not used is said.
"""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette_tools import config
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.errors import ConfigError
from cassette_tools.secrets.expressions import (
    Allowed,
    AnyOf,
    InvalidRegexError,
    Regular,
    compiled,
    matches,
    searched,
)
from cassette_tools.text import printable

if TYPE_CHECKING:
    import re2

_MAX_EXTENDED = 2
"""How many configurations may follow one another by ``extend``."""
# In lower case: gitleaks does not mind the case of a key.
_KEYS = ("title", "description", "minversion", "extend", "rules", "allowlist", "allowlists")
_EXTEND_KEYS = ("path", "url", "usedefault", "disabledrules")
_RULE_KEYS = (
    *("id", "description", "regex", "secretgroup", "entropy", "keywords", "path", "tags", "allowlist", "allowlists"),
    *("required", "skipreport"),
)
_LIST_KEYS = (*("description", "condition", "commits", "paths", "regextarget", "regexes", "stopwords", "targetrules"),)
_UNDOCUMENTED = "gitleaks' documentation does not have this key"
_KINDS = {
    str: "a string",
    list: "a list of strings",
    dict: "a table",
    bool: "true or false",
    int: "an integer",
    float: "a number",
}


class _UnusableError(Exception):
    """A rule that cannot be used; the text says why."""


class GitleaksConfig(NamedTuple):
    """What a configuration says, as far as it can be used."""

    patterns: tuple[Pattern, ...]
    """The rules; each asks its own allow lists, not those that hold for all rules."""
    allows: tuple[Allowed, ...]
    """The allow lists that hold for all rules."""
    unusable: tuple[tuple[str, str], ...]
    """What is not used: the rule or the table, and why."""


class _List(NamedTuple):
    allows: Allowed
    rules: tuple[str, ...]
    """Those that it is for; empty for all."""


class _Rule(NamedTuple):
    """A rule as it is written; what is empty is inherited from a rule of the same id."""

    id: str
    regex: str
    group: int
    entropy: float
    keywords: tuple[str, ...]
    path: str
    required: bool
    silent: bool
    lists: tuple[_List, ...]

    def over(self, base: "_Rule") -> "_Rule":
        return _Rule(
            self.id,
            self.regex or base.regex,
            self.group or base.group,
            self.entropy or base.entropy,
            base.keywords + self.keywords,
            self.path or base.path,
            self.required or base.required,
            self.silent or base.silent,
            base.lists + self.lists,
        )


class _Read(NamedTuple):
    """A configuration with those that it extends."""

    rules: dict[str, _Rule]
    lists: list[_List]
    unusable: list[tuple[str, str]]


def read(path: str) -> GitleaksConfig:
    """Read a configuration, and those that it extends: by a path from the current folder, as in gitleaks, or its own.

    Raises:
        ConfigError: It cannot be read, is no TOML, or a value is of the wrong kind; with the line.
    """
    rules, lists, unusable = _read(path, 0)
    targeted: dict[str, list[_List]] = {}
    for entry in lists:
        for name in entry.rules:
            targeted.setdefault(name, []).append(entry)
            if name not in rules:
                unusable.append(("[[allowlists]]", f"there is no rule {_quoted(name)} that it could be for"))
    patterns = []
    for rule in rules.values():
        lists_of_rule = (*rule.lists, *targeted.get(rule.id, ()))
        try:
            patterns.append(_pattern(rule, [entry.allows for entry in lists_of_rule]))
        except (InvalidRegexError, _UnusableError) as error:
            unusable.append((_shown(rule.id), str(error)))
    allows = tuple(entry.allows for entry in lists if not entry.rules)
    return GitleaksConfig(tuple(patterns), allows, tuple(unusable))


def _pattern(rule: _Rule, allows: list[Allowed]) -> Pattern:
    if rule.silent:
        raise _UnusableError("it is never reported by itself (skipReport)")
    if rule.required:
        raise _UnusableError("it needs other rules to match near it (required)")
    if rule.path:
        raise _UnusableError("it is for some paths only" if rule.regex else "it looks at paths, not at content")
    if not rule.regex:
        raise _UnusableError("it has no regex, and extends no rule that is here")
    groups = searched(rule.regex).groups
    if not 0 <= rule.group <= groups:
        raise _UnusableError(f"its secretGroup is {rule.group}, and its regex has {groups} groups")
    if rule.entropy:
        allows = [Regular(rule.entropy, at_least=False), *allows]
    name = "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in rule.id.lower()).split())
    return Pattern(
        name or "gitleaks",
        f"a secret of gitleaks' rule {_quoted(rule.id)}",
        rule.regex,
        group=rule.group,
        keywords=tuple(keyword.lower() for keyword in rule.keywords),
        allowed=AnyOf(allows) if allows else None,
    )


class _AllowList:
    """Allows what meets one of its criteria, or each of them."""

    def __init__(self, regexes: "list[re2._Regexp]", target: str, stopwords: tuple[str, ...], *, every: bool) -> None:
        self._regexes = regexes
        self._target = ("secret", "match", "line").index(target)
        self._stopwords = stopwords
        self._condition = all if every else any
        self._last = ("", False)

    def __call__(self, secret: str, match: str, line: str) -> bool:
        criteria = []
        if self._regexes:
            criteria.append(self._matches((secret, match.strip("\n"), line)[self._target]))
        if self._stopwords:
            lowered = secret.lower()
            criteria.append(any(word in lowered for word in self._stopwords))
        return self._condition(criteria)

    def _matches(self, text: str) -> bool:
        # A line of megabytes may hold thousands of secrets: it is the same object for each.
        if text is not self._last[0]:
            self._last = (text, any(matches(regex, text) for regex in self._regexes))
        return self._last[1]


class _Table:
    """A table of a file; the case of its keys does not matter, and a value of the wrong kind is an error."""

    def __init__(self, values: Mapping[str, Any], file: str, keys: tuple[str | int, ...] = ()) -> None:
        self._values = {key.lower(): (key, value) for key, value in values.items()}
        self._file = file
        self._keys = keys

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def unknown(self, known: tuple[str, ...]) -> list[str]:
        return [key for lowered, (key, _) in self._values.items() if lowered not in known]

    def text(self, key: str) -> str:
        return str(self._get(key, str) or "")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key, list) or []
        if not all(isinstance(item, str) for item in value):
            raise self.error(key, "expected a list of strings")
        return tuple(value)

    def flag(self, key: str) -> bool:
        return bool(self._get(key, bool))

    def integer(self, key: str) -> int:
        return int(self._get(key, int) or 0)

    def number(self, key: str) -> float:
        return float(self._get(key, float, int) or 0)

    def tables(self, *names: str) -> Iterator["_Table"]:
        """The tables under some keys: a table, or an array of tables."""
        for name in names:
            value = self._get(name, dict, list)
            items = value if isinstance(value, list) else [] if value is None else [value]
            key = self._values[name][0] if name in self._values else name
            for number, item in enumerate(items):
                if not isinstance(item, dict):
                    raise self.error(name, "expected tables")
                keys = (*self._keys, key, number) if isinstance(value, list) else (*self._keys, key)
                yield _Table(item, self._file, keys)

    def error(self, name: str, message: str) -> ConfigError:
        """An error about a key, or about the table if it does not have it."""
        keys = (*self._keys, self._values[name][0]) if name in self._values else self._keys
        return ConfigError(f"{config.place(self._file, keys)}: {printable('.'.join(map(str, keys)))}: {message}")

    def _get(self, key: str, *kinds: type) -> Any:
        value = self._values.get(key, ("", None))[1]
        # true is an integer to Python, and to nobody else.
        if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise self.error(key, f"expected {_KINDS[kinds[0]]}")
        return value


def _read(path: str, depth: int) -> _Read:
    root = _Table(config.read_toml(path), path)
    rules: dict[str, _Rule] = {}
    unusable = [(_shown(key), _UNDOCUMENTED) for key in root.unknown(_KEYS)]
    for table in root.tables("rules"):
        rule = _rule(table, unusable)
        if rule.id in rules:
            unusable.append((_shown(rule.id), "another rule further below has the same id"))
        rules[rule.id] = rule
    lists = [entry for table in root.tables("allowlist", "allowlists") for entry in _allow_list(table, "", unusable)]
    for table in root.tables("extend"):
        base = _extended(table, path, depth, unusable)
        for name, rule in base.rules.items():
            if name not in table.texts("disabledrules"):
                rules[name] = rules[name].over(rule) if name in rules else rule
        lists += base.lists
        unusable += base.unusable
    return _Read(rules, lists, unusable)


def _extended(table: _Table, path: str, depth: int, unusable: list[tuple[str, str]]) -> _Read:
    """What a configuration extends."""
    unusable += [(f"[extend] {_shown(key)}", _UNDOCUMENTED) for key in table.unknown(_EXTEND_KEYS)]
    if table.flag("usedefault"):
        unusable.append(("[extend] useDefault", "gitleaks' own rules are not here: the tool has patterns of its own"))
    if table.text("url"):
        unusable.append(("[extend] url", "nothing is fetched"))
    wanted = table.text("path")
    if not wanted:
        return _Read({}, [], [])
    if depth == _MAX_EXTENDED:
        unusable.append(("[extend] path", f"{_shown(wanted)} would be the fourth configuration in a row"))
        return _Read({}, [], [])
    beside = os.path.join(os.path.dirname(path), wanted)
    found = next((file for file in (wanted, beside) if os.path.isfile(file)), "")
    if not found:
        raise table.error("path", f"no such file: {_quoted(wanted)}")
    return _read(found, depth + 1)


def _rule(table: _Table, unusable: list[tuple[str, str]]) -> _Rule:
    name = table.text("id")
    if not name.strip():
        raise table.error("id", "expected a name" if "id" in table else "'id' is missing")
    unusable += [(f"{_shown(name)}: {_shown(key)}", _UNDOCUMENTED) for key in table.unknown(_RULE_KEYS)]
    lists = [entry for inner in table.tables("allowlist", "allowlists") for entry in _allow_list(inner, name, unusable)]
    return _Rule(
        name,
        table.text("regex"),
        table.integer("secretgroup"),
        table.number("entropy"),
        table.texts("keywords"),
        table.text("path"),
        any(True for _ in table.tables("required")),
        table.flag("skipreport"),
        tuple(lists),
    )


def _allow_list(table: _Table, rule: str, unusable: list[tuple[str, str]]) -> Iterator[_List]:
    """An allow list of a rule, or of all; nothing if none of it can be used."""
    name = f"{_shown(rule)}: allow list" if rule else "[[allowlists]]"

    def cannot(why: str) -> None:
        unusable.append((name, why))

    unusable += [(f"{name}: {_shown(key)}", _UNDOCUMENTED) for key in table.unknown(_LIST_KEYS)]
    condition, target = table.text("condition").upper() or "OR", table.text("regextarget") or "secret"
    if condition not in ("OR", "||", "AND", "&&"):
        raise table.error("condition", "expected AND or OR")
    if target not in ("secret", "match", "line"):
        raise table.error("regextarget", "expected secret, match or line")
    every = condition in ("AND", "&&")
    elsewhere = [key for key in ("paths", "commits") if table.texts(key)]
    for key in elsewhere:
        cannot(f"{key}: a text of a recording has none" + (", so that not all of its criteria can be met" * every))
    regexes = []
    for regex in table.texts("regexes"):
        try:
            regexes.append(compiled(regex))
        except InvalidRegexError as error:
            cannot(str(error))
            # What it would have allowed is a secret: better one too many than one too few.
            elsewhere += ["regexes"] * every
    words = tuple(word.lower() for word in table.texts("stopwords"))
    if every and elsewhere:
        return
    if regexes or words:
        yield _List(_AllowList(regexes, target, words, every=every), table.texts("targetrules"))
    elif not elsewhere and not table.texts("regexes"):
        cannot("it has no criterion")


def _quoted(text: str) -> str:
    return f"'{printable(text, 60)}'"


def _shown(text: str) -> str:
    return printable(text, 60)
