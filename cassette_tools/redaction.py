"""Redacts files: from the paths that a user names and the configurations there to files that are written, or left."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cassette_tools.config import Config
from cassette_tools.errors import CassetteToolsError, ConfigError, UnknownNameError
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.lint import select
from cassette_tools.lint.settings import Options, Settings, SettingsFinder
from cassette_tools.loading import LoadError
from cassette_tools.operations.redaction import targets
from cassette_tools.operations.redaction.policy import DEFAULT_CODES, Policy, Style
from cassette_tools.operations.redaction.redact import RedactedCassette, RedactionError, Redactor
from cassette_tools.operations.redaction.replacements import Replacements
from cassette_tools.secrets.finder import CODES
from cassette_tools.source import discover, files

STDIN_NAME = "<stdin>"
"""What standard input is called."""
FAKE_KEY = "CASSETTE_TOOLS_FAKE_KEY"
"""The environment variable with the key that fakes are made with."""
_SHORTEST_KEY = 16


class Run(NamedTuple):
    """How to go about it. What is None or empty is left to the configuration."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    keep_headers: tuple[str, ...] | None = None
    delete_headers: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    form_fields: tuple[str, ...] = ()
    json_paths: tuple[str, ...] = ()
    style: Style | None = None
    known_secrets: tuple[str, ...] = ()
    gitleaks: str = ""
    config: str = ""
    isolated: bool = False
    skip_unknown: bool = False
    """Pass over a named file that is no cassette or is excluded, as is done with one found in a folder."""
    write: bool = False
    """Change the files."""
    folder: str = ""
    """Write redacted copies of all cassettes into this folder."""


class Redaction(NamedTuple):
    """What redacting one file gave."""

    path: str
    redacted: RedactedCassette | None
    """None when the file is no cassette and was passed over."""


def settings(run: Run) -> SettingsFinder:
    """What finds the settings of the files of a run."""
    return SettingsFinder(
        Options(config=run.config, isolated=run.isolated, known_secrets=run.known_secrets, gitleaks=run.gitleaks)
    )


def redact_paths(names: list[str], run: Run, finder: SettingsFinder) -> Iterator[Redaction | CassetteToolsError]:
    """Redact all files behind the names, in order, each when it is asked for.

    What cannot be read, or not be redacted, is returned as an error, and stays as it is; the run goes on.

    Args:
        names: Files and folders; ``-`` is standard input.
        run: How to go about it.
        finder: What ``settings`` gave.

    Raises:
        ConfigError: The configuration for the current folder, or an option, cannot be used.
    """
    redactors = _Redactors(run, os.environ)
    redactors.of(finder.of_file(""))  # what is wrong with it is said before any work is done

    def wanted(folder: str) -> discover.Wanted:
        return finder.of(folder).wanted

    found = list(discover.targets(names, wanted, as_found=run.skip_unknown))
    for target in found:
        if isinstance(target, discover.Target) and os.path.isfile(target.path):  # what is a pipe is read once
            redactors.reserve(target.path)
    for target in found:
        if isinstance(target, CassetteToolsError):
            yield target
            continue
        try:
            yield _redact(target, redactors.of(finder.of_file(target.path)), run)
        except CassetteToolsError as error:
            yield error
        except Exception as error:
            error.add_note(f"while redacting {target.path}")
            raise


def _redact(target: discover.Target, redactor: Redactor, run: Run) -> Redaction:
    is_stdin = target.path == discover.STDIN
    path = STDIN_NAME if is_stdin else target.path
    named = target.named and not run.skip_unknown
    try:
        data = files.read_stdin() if is_stdin else files.read(path)
    except files.UnreadableError as error:
        raise LoadError(f"{path}: {error}") from error
    if not named and not may_be_cassette(data):
        return Redaction(path, None)
    try:
        redacted = redactor.redact(data, path)
    except LoadError as error:
        if named or error.resembles:
            raise
        return Redaction(path, None)
    if run.folder:
        copy = os.path.join(run.folder, _below(path))
        if os.path.exists(copy) and os.path.samefile(copy, path):
            raise RedactionError(f"{path}: not redacted: its copy would take its place", "--write changes the files")
        _write(copy, redacted.data)
    elif run.write and redacted.changed and not is_stdin:
        try:
            unchanged = files.read(path) == data
        except files.UnreadableError:
            unchanged = False
        if not unchanged:
            raise RedactionError(f"{path}: not redacted: the file was changed in the meantime", "run it once more")
        _write(path, redacted.data)
    return Redaction(path, redacted)


def _below(path: str) -> str:
    """A path as one below a folder: from the current one on where it leads down, else from the root on."""
    relative = os.path.relpath(path)
    if not relative.startswith(os.pardir):
        return relative
    return os.path.splitdrive(os.path.abspath(path))[1].lstrip(os.sep)


def _write(path: str, data: bytes) -> None:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        files.write(path, data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RedactionError(f"{path}: not written: {reason}; it is as it was") from error


class _Redactors:
    """One redactor for each configuration; all of a run give the same value the same placeholder."""

    def __init__(self, run: Run, environment: Mapping[str, str]) -> None:
        self._run = run
        self._environment = environment
        self._by_config: dict[str, Redactor] = {}
        self._names = Replacements()
        self._replacements: dict[Style, Replacements] = {"named": self._names}

    def reserve(self, path: str) -> None:
        """Leave out the names that a file of the run has already: another file is not to give them to other values."""
        try:
            data = files.read(path)
        except files.UnreadableError:
            return  # which is said when its turn comes
        if b"REDACTED-" in data:
            self._names.reserve(data.decode("utf-8", "replace"))

    def of(self, settings: Settings) -> Redactor:
        known = self._by_config.get(settings.config.file)
        if known is None:
            policy = _policy(settings, self._run, self._environment)
            replacements = self._replacements.setdefault(policy.style, Replacements(policy.style, policy.key))
            known = self._by_config[settings.config.file] = Redactor(policy, replacements)
        return known


def _policy(settings: Settings, run: Run, environment: Mapping[str, str]) -> Policy:
    values: Mapping[str, Any] = settings.config.values.get("redact", {})
    style: Style = run.style or values.get("placeholders", "named")
    kept = run.keep_headers if run.keep_headers is not None else values.get("keep-headers")
    paths = (*values.get("json-paths", ()), *run.json_paths)
    for path in paths:
        targets.check_path(path)
    return Policy(
        codes=_codes(settings.config, values, run),
        secrets=settings.secrets,
        headers=(*values.get("headers", ()), *run.headers),
        keep_headers=None if kept is None else tuple(kept),
        delete_headers=(*values.get("delete-headers", ()), *run.delete_headers),
        query=(*values.get("query", ()), *run.query),
        form_fields=(*values.get("form-fields", ()), *run.form_fields),
        json_paths=paths,
        style=style,
        key=_key(environment) if style == "fake" else b"",
    )


def _codes(config: Config, values: Mapping[str, Any], run: Run) -> frozenset[str]:
    chosen = _meant(run.select, select.enabled) if run.select else DEFAULT_CODES
    if not run.select and "select" in values:
        chosen = _meant(values["select"], select.enabled, config)
    chosen |= _meant(run.extend_select, select.enabled)
    ignored = _meant(values.get("ignore", ()), select.codes, config) if not run.select else frozenset()
    return chosen - ignored - _meant(run.ignore, select.codes)


def _meant(
    selectors: tuple[str, ...] | list[str], meaning: Callable[[str], frozenset[str]], config: Config | None = None
) -> frozenset[str]:
    """The codes that selectors mean, all of which are to be about secrets."""
    meant: frozenset[str] = frozenset()
    for selector in selectors:
        place = f"{config.place('redact')}: redact: " if config is not None else ""
        try:
            codes = meaning(selector) & CODES
        except UnknownNameError as error:
            raise ConfigError(f"{place}{error.message}", error.hint) from error
        if not codes:
            raise ConfigError(f"{place}{selector!r} is not a rule about secrets", "those are CT601 to CT609")
        meant |= codes
    return meant


def _key(environment: Mapping[str, str]) -> bytes:
    key = environment.get(FAKE_KEY, "")
    if len(key) < _SHORTEST_KEY:
        problem = f"has fewer than {_SHORTEST_KEY} characters" if key else "is not set"
        raise ConfigError(
            f"fakes are made with a key, and the environment variable {FAKE_KEY} {problem}",
            "set it to a long random text, and keep it: the same key gives the same fakes",
        )
    return key.encode("utf-8", "surrogateescape")
