"""The baseline: findings that are known and not to be reported, written down in a file beside the cassettes.

An entry is the path of a cassette (from the folder of the baseline) and the fingerprint of a finding, which stays the
same when the cassette is recorded again. An entry hides every finding that it fits.
"""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from cassette_tools.errors import BaselineError
from cassette_tools.finding import Finding, Problem
from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.found import Found
from cassette_tools.lint.settings import DEFAULTS, Settings
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile
from cassette_tools.source import files
from cassette_tools.source.parse import parse
from cassette_tools.text import printable, without_secrets

_VERSION = 1
_STALE = "CT001"
_Entry = tuple[str, str]
"""A path from the baseline's folder, with slashes, and a fingerprint."""


class Baseline:
    """A baseline in use.

    Args:
        path: The file.
        searched: The real paths of folders that a run searches: what is not found there any more is gone.

    Raises:
        BaselineError: It cannot be read, or is none.
    """

    def __init__(self, path: str, searched: list[str]) -> None:
        self._path = path
        self._root = os.path.dirname(os.path.realpath(path))
        self._searched = searched
        self._entries = _read(path)
        self._by_file: dict[str, dict[str, int]] = {}
        for number, entry in enumerate(self._entries):
            self._by_file.setdefault(entry["path"], {})[entry["fingerprint"]] = number
        self._used: set[int] = set()
        self._checked: dict[str, Settings] = {}

    def apply(self, result: FileResult, settings: Settings) -> FileResult:
        """A result without the findings that are known."""
        name = _name(result.path, self._root)
        self._checked[name] = settings
        entries = self._by_file.get(name)
        if entries is None:
            return result
        new: list[Finding] = []
        for finding in result.findings:
            number = entries.get(finding.fingerprint)
            if number is None:
                new.append(finding)
            else:
                self._used.add(number)
        # Those that were not kept are like those that were.
        open_severities = {finding.severity for finding in new}
        omitted = result.omitted.copy()
        for severity in result.omitted:
            if severity not in open_severities:
                del omitted[severity]
        known = len(result.findings) - len(new) + (result.omitted - omitted).total()
        return result._replace(findings=tuple(new), omitted=omitted, known=known)

    def stale(self) -> FileResult | None:
        """The entries that hide nothing, as findings in the baseline itself; None when there are none."""
        problems: list[Problem] = []
        settings = next(iter(self._checked.values()), DEFAULTS)
        for number, entry in enumerate(self._entries):
            if number in self._used or not self._is_due(entry):
                continue
            what = f"{printable(entry['path'], 200)}: {printable(entry.get('code', ''), 20)}"
            problems.append(Problem(f"nothing is found that the entry for {what} hides", Route(("findings", number))))
        rules = [rule for rule in settings.rules.rules_with("") if rule.code == _STALE]
        if not problems or not rules:
            return None
        document = parse(files.read(self._path), "baseline.json")
        found = Found(self._path, CheckedFile(document, "", None), settings.severities)
        for problem in problems:
            found.add(rules[0], problem)
        findings, omitted = found.findings()
        return FileResult(self._path, checked=True, findings=findings, omitted=omitted, is_baseline=True)

    def _is_due(self, entry: dict[str, str]) -> bool:
        """Whether this run would have found what an entry stands for."""
        settings = self._checked.get(entry["path"])
        if settings is not None:
            return entry.get("code", "") in settings.rules.codes or entry.get("code", "") == ""
        path = os.path.normpath(os.path.join(self._root, entry["path"]))
        return not os.path.exists(path) and any(path.startswith(folder + os.sep) for folder in self._searched)


class Baselines:
    """The baselines of a run, each read when the first file of its folder comes up.

    Args:
        names: The paths that the user named.
    """

    def __init__(self, names: list[str]) -> None:
        self._searched = [os.path.realpath(name) for name in names if os.path.isdir(name)]
        self._known: dict[str, Baseline] = {}

    def of(self, path: str) -> Baseline:
        """The baseline in a file.

        Raises:
            BaselineError: It cannot be read, or is none.
        """
        if path not in self._known:
            self._known[path] = Baseline(path, self._searched)
        return self._known[path]

    def stale(self) -> Iterator[FileResult]:
        """The results for the baselines that have entries which hide nothing."""
        for baseline in self._known.values():
            result = baseline.stale()
            if result is not None:
                yield result


def _name(path: str, root: str) -> str:
    return without_secrets(os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/"))


def _read(path: str) -> list[dict[str, str]]:
    try:
        value: Any = json.loads(files.read(path))
    except files.UnreadableError as error:
        hint = "" if os.path.exists(path) else "`--write-baseline` makes one"
        raise BaselineError(f"the baseline {path!r} cannot be read: {error}", hint) from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"the baseline {path!r} is not JSON: {printable(str(error))}") from error
    entries = value.get("findings") if isinstance(value, dict) else None
    if not isinstance(entries, list) or value.get("version") != _VERSION or not all(map(_is_entry, entries)):
        raise BaselineError(f"{path!r} is not a baseline of version {_VERSION}", "`--write-baseline` makes one")
    return entries


def _is_entry(value: object) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(item, str) for item in value.values())
        and {"path", "fingerprint"} <= value.keys()
    )


def write(path: str, results: Iterable[FileResult]) -> int:
    """Write down the findings of a run; entries of files that it did not look at, and that exist, are kept.

    Returns:
        The number of entries.

    Raises:
        BaselineError: The file cannot be written, or is there and no baseline.
    """
    root = os.path.dirname(os.path.realpath(path))
    entries: dict[_Entry, dict[str, str]] = {}
    checked: set[str] = set()
    for result in results:
        name = _name(result.path, root)
        checked.add(name)
        for finding in result.findings:
            entries[name, finding.fingerprint] = {
                "path": name,
                "code": finding.code,
                "name": finding.name,
                "route": finding.route,
                "fingerprint": finding.fingerprint,
            }
    for entry in _read(path) if os.path.exists(path) else ():
        if entry["path"] not in checked and os.path.exists(os.path.join(root, entry["path"])):
            entries[entry["path"], entry["fingerprint"]] = entry
    ordered = sorted(entries.values(), key=lambda entry: (entry["path"], entry.get("code", ""), entry["fingerprint"]))
    # A line for each, so that the history of the file shows what came and what went.
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in ordered)
    body = f"\n{lines}\n  " if lines else ""
    text = f'{{\n  "version": {_VERSION},\n  "findings": [{body}]\n}}\n'
    try:
        files.write(path, text.encode("ascii"))
    except OSError as error:
        raise BaselineError(f"{path!r} cannot be written: {(error.strerror or str(error)).lower()}") from error
    return len(ordered)
