"""What a run takes for a secret besides what the tool knows itself, and what it takes for none."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cassette_tools import config
from cassette_tools.config import Config
from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.scanner import Scanner, for_codes
from cassette_tools.errors import ConfigError
from cassette_tools.secrets import expressions
from cassette_tools.secrets.expressions import Allowed, AnyOf, InvalidRegexError
from cassette_tools.secrets.known import Known

MIN_KNOWN = 6
"""Characters that a known value has at least: a shorter one is found in nearly every recording."""
_WEIGHTS = {"error": Weight.LIVE, "warning": Weight.HALF, "info": Weight.IDENTITY}
_SYNTAX = "the syntax is that of RE2: https://github.com/google/re2/wiki/Syntax"


class SecretOptions:
    """What a run takes for a secret; nothing changes it.

    Args:
        patterns: Kinds of secrets besides those that the tool knows.
        allows: Whether what was found is no secret after all; asked of whatever is found except for known values.
        known: Values that are secrets, by the names of the environment variables that hold them.
        unusable: What of a configuration of gitleaks is not used: the rule or the table, and why.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern] = (),
        allows: Sequence[Allowed] = (),
        known: Mapping[str, str] | None = None,
        unusable: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.patterns = tuple(patterns)
        self.unusable = tuple(unusable)
        self.known = Known(known or {})
        self._allows = tuple(allows)

    def allowed(self, secret: str, match: str | None = None, line: str | None = None) -> bool:
        """Whether what was found is allowed.

        Args:
            secret: The secret.
            match: It with what announces it; only itself if that is not known.
            line: The line of the text that it is in; the match if that is not known.
        """
        match = secret if match is None else match
        return any(allowed(secret, match, match if line is None else line) for allowed in self._allows)

    def scanner(self, codes: frozenset[str], *, own: bool = False) -> Scanner:
        """The scanner for what the tool knows and for these patterns, which leaves out what is allowed.

        Args:
            codes: The rules that report what is looked for.
            own: For these patterns only.
        """
        if not (own or self.patterns or self._allows):
            return for_codes(codes)
        from cassette_tools.credentials.patterns import PATTERNS

        # The first of two that find the same wins: the user's have the names that the user knows.
        patterns = self.patterns if own else (*self.patterns, *PATTERNS)
        wanted = [pattern for pattern in patterns if pattern.code in codes]
        return Scanner([self._with_allows(pattern) for pattern in wanted])

    def _with_allows(self, pattern: Pattern) -> Pattern:
        own = () if pattern.allowed is None else (pattern.allowed,)
        return pattern._replace(allowed=AnyOf((*own, *self._allows))) if self._allows else pattern


DEFAULTS = SecretOptions()
"""Where nothing is said."""


def read(
    read_from: Config, environment: Mapping[str, str], *, known: Sequence[str] = (), gitleaks: str = ""
) -> SecretOptions:
    """What a configuration and the command line say.

    Args:
        read_from: The configuration.
        environment: Where the values of known secrets are.
        known: Environment variables named on the command line, besides those of the configuration.
        gitleaks: A configuration of gitleaks named on the command line, instead of that of the configuration.

    Raises:
        ConfigError: A regular expression that RE2 does not take, a variable that is not set or too short to be
            searched for, or a configuration of gitleaks that cannot be used; with the place.
    """
    values: Mapping[str, Any] = read_from.values.get("secrets", {})
    if not (values or known or gitleaks):
        return DEFAULTS
    patterns = [_pattern(given, read_from, number) for number, given in enumerate(values.get("patterns", ()))]
    allow = [
        _checked(expressions.compiled, regex, read_from, "allow", number)
        for number, regex in enumerate(values.get("allow", ()))
    ]
    allows: list[Allowed] = [expressions.Values(allow)] if allow else []
    unusable: tuple[tuple[str, str], ...] = ()
    file = gitleaks
    if not file and values.get("gitleaks-config"):
        file = config.shown(os.path.join(read_from.root, values["gitleaks-config"]))
    if file:
        from cassette_tools.secrets import gitleaks as reader

        other = reader.read(file)
        patterns += other.patterns
        allows += other.allows
        unusable = other.unusable
    places = {
        name: f"{read_from.place('secrets', 'known-secret-env')}: secrets.known-secret-env"
        for name in values.get("known-secret-env", ())
    }
    places |= dict.fromkeys(known, "--known-secret-env")
    secrets = {name: _value(name, environment, place) for name, place in places.items()}
    return SecretOptions(patterns, allows, secrets, unusable)


def _pattern(given: Mapping[str, Any], read_from: Config, number: int) -> Pattern:
    name = given["name"]
    _checked(expressions.searched, given["regex"], read_from, "patterns", number, "regex")
    return Pattern(
        name,
        given.get("title") or f"a secret of the pattern '{name}'",
        given["regex"],
        _WEIGHTS[given.get("severity", "error")],
        given.get("code", "CT603"),
        keywords=tuple(keyword.lower() for keyword in given.get("keywords", ())),
        allowed=expressions.Regular(given["entropy"], at_least=True) if given.get("entropy") else None,
    )


def _checked(check: Any, regex: str, read_from: Config, *keys: str | int) -> Any:
    try:
        return check(regex)
    except InvalidRegexError as error:
        where = ".".join(map(str, ("secrets", *keys)))
        raise ConfigError(f"{read_from.place('secrets', *keys)}: {where}: {error}", _SYNTAX) from error


def _value(name: str, environment: Mapping[str, str], place: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        problem = "is empty" if name in environment else "is not set"
    elif len(value) < MIN_KNOWN:
        problem = f"has fewer than {MIN_KNOWN} characters, which are found everywhere"
    elif re.search("[\ud800-\udfff]", value):
        problem = "is not UTF-8"
    else:
        return value
    # Who gives the secret instead of the variable's name does not see it in a log.
    is_name = re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,60}", name) is not None and not context.looks_random(name)
    shown = f"'{name}'" if is_name else context.shown(name)
    hint = "it takes the name of an environment variable" + ("" if is_name else ", not its value")
    raise ConfigError(f"{place}: the environment variable {shown} {problem}", hint)
