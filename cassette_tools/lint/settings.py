"""What a run does with a file: the configuration that is nearest to it, and what the command line says over it."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools import config
from cassette_tools.config import Config
from cassette_tools.errors import ConfigError, UnknownNameError
from cassette_tools.finding import Severity
from cassette_tools.rules.registry import RuleSet
from cassette_tools.source.discover import EVERYTHING, Wanted

if TYPE_CHECKING:
    from cassette_tools.lint.select import Choice
    from cassette_tools.secrets.options import SecretOptions

_SEVERITIES = {severity.label: severity for severity in Severity}


class Settings(NamedTuple):
    """What holds for the files of a folder."""

    rules: RuleSet = RuleSet()
    severities: Mapping[str, Severity] = {}
    """Of rules that are given another one, by code."""
    fail_on: Severity = Severity.WARNING
    wanted: Wanted = EVERYTHING
    per_file_ignores: tuple[tuple[Wanted, frozenset[str]], ...] = ()
    """Which files (those that are excluded), and the codes that are ignored in them."""
    baseline: str = ""
    """The file, or empty."""
    config: Config = Config()
    secrets: "SecretOptions | None" = None
    """What is secret beyond what the tool knows; None for nothing."""

    def ignored_in(self, path: str) -> frozenset[str]:
        """The codes that the configuration ignores in a file."""
        if not self.per_file_ignores:
            return frozenset()
        real = os.path.realpath(path)
        return frozenset().union(*(codes for files, codes in self.per_file_ignores if files.excludes(real)))


DEFAULTS = Settings()
"""The settings where there is no configuration and no option."""


class Options(NamedTuple):
    """What the command line says; None and empty where it says nothing."""

    choice: "Choice | None" = None
    """Rules; None where none are named."""
    fail_on: Severity | None = None
    baseline: str = ""
    config: str = ""
    isolated: bool = False
    """Read no configuration file."""
    known_secrets: tuple[str, ...] = ()
    """Environment variables whose values are secret."""
    gitleaks: str = ""
    """A configuration of gitleaks."""


class SettingsFinder:
    """Finds the settings of folders, and remembers them: a configuration is read once."""

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options()
        self._nearest: dict[str, str] = {}
        self._of_folder: dict[str, Settings] = {}
        self._of_config: dict[str, Settings] = {}

    def __reduce__(self) -> "tuple[type[SettingsFinder], tuple[Options]]":
        # Elsewhere the configurations are read again: what is made of them cannot be sent.
        return SettingsFinder, (self._options,)

    def of_file(self, path: str) -> Settings:
        """The settings for a file, given by its path as the user has it.

        Raises:
            ConfigError: The configuration cannot be used.
        """
        return self.of(os.path.dirname(path))

    def of(self, folder: str) -> Settings:
        """The settings for the files in a folder; the path may be relative, and empty for the current one.

        Raises:
            ConfigError: The configuration cannot be used.
        """
        known = self._of_folder.get(folder)
        if known is None:
            file = self._options.config
            if not file and not self._options.isolated:
                file = config.nearest(os.path.realpath(folder), self._nearest)
            known = self._of_folder[folder] = self._read(file)
        return known

    def _read(self, file: str) -> Settings:
        if file not in self._of_config:
            self._of_config[file] = _settings(config.load(file) if file else Config(), self._options)
        return self._of_config[file]


def _settings(read: Config, options: Options) -> Settings:
    secrets = _secrets(read, options)
    if (
        not read.values and options.choice is None and secrets is None
    ):  # nearly always, and it spares a hook some imports
        return Settings(RuleSet(), fail_on=options.fail_on or Severity.WARNING, baseline=options.baseline, config=read)
    from cassette_tools.lint import select
    from cassette_tools.lint.select import Choice

    values = read.values
    configured = Choice(
        tuple(values["select"]) if "select" in values else None,
        tuple(values.get("extend-select", ())),
        tuple(values.get("ignore", ())),
    )
    for key, selectors in (
        ("select", configured.select or ()),
        ("extend-select", configured.extend_select),
        ("ignore", configured.ignore),
    ):
        _check(selectors, read, key)
    ignores = []
    for pattern, selectors in values.get("per-file-ignores", {}).items():
        codes = _check(selectors, read, "per-file-ignores", pattern)
        ignores.append((_wanted(read.root, None, [pattern]), codes))
    by_code: dict[str, dict[str, object]] = {}
    for name, given in values.get("rules", {}).items():
        for code in _check([name], read, "rules", name):
            by_code.setdefault(code, {}).update(given)
    severities = {code: _SEVERITIES[str(given["severity"])] for code, given in by_code.items() if "severity" in given}
    fail_on = _SEVERITIES[values["fail-on"]] if "fail-on" in values else Severity.WARNING
    return Settings(
        RuleSet(select.resolve(configured, options.choice or Choice()), by_code),
        severities,
        fail_on if options.fail_on is None else options.fail_on,
        _wanted(read.root, values.get("include"), values.get("exclude")),
        tuple(ignores),
        options.baseline
        or (config.shown(os.path.join(read.root, values["baseline"])) if values.get("baseline") else ""),
        read,
        secrets,
    )


def _secrets(read: Config, options: Options) -> "SecretOptions | None":
    if not (read.values.get("secrets") or options.known_secrets or options.gitleaks):
        return None
    from cassette_tools.secrets import options as reader

    return reader.read(read, os.environ, known=options.known_secrets, gitleaks=options.gitleaks)


def _check(selectors: list[str] | tuple[str, ...], read: Config, *keys: str) -> frozenset[str]:
    from cassette_tools.lint import select

    found: frozenset[str] = frozenset()
    for selector in selectors:
        try:
            found |= select.codes(selector)
        except UnknownNameError as error:
            raise ConfigError(f"{read.place(*keys)}: {keys[0]}: {error.message}", error.hint) from error
    return found


def _wanted(root: str, include: list[str] | None, exclude: list[str] | None) -> Wanted:
    if include is None and not exclude:
        return EVERYTHING
    from cassette_tools.source.gitignore import Patterns

    return Wanted(None if include is None else Patterns(root, include), Patterns(root, exclude) if exclude else None)
