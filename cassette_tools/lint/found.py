"""From problems to findings: with a place, an identity, and fit to be shown."""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cassette_tools.finding import Finding, Problem, Severity
from cassette_tools.lint.fingerprint import Fingerprints
from cassette_tools.lint.places import Places
from cassette_tools.model import Cassette, Path, Route
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.source.document import Document
from cassette_tools.text import escape, printable, without_secrets

if TYPE_CHECKING:
    from cassette_tools.secrets.finder import Secret

MAX_FINDINGS = 1000
"""Findings of one rule and one severity that are kept of one file; those behind them are only counted."""
_SHORT = 6
"""Characters of a secret that is too short to be looked for: it would be found in words."""
_MAX_TEXT = 500
"""Characters of a message, and of a route."""


class Found:
    """Collects the findings of a file."""

    def __init__(self, path: str, file: CheckedFile, severities: Mapping[str, Severity]) -> None:
        self._path = without_secrets(path)
        self._severities = severities
        self._places = Places(file.document or Document(b""))
        self._cassette = file.outcome if isinstance(file.outcome, Cassette) else None
        self._fingerprints = Fingerprints(self._cassette)
        self._findings: list[tuple[Finding, Route]] = []
        self._number: Counter[tuple[str, Severity]] = Counter()
        self._omitted: Counter[Severity] = Counter()
        self._last: tuple[Path, str, int, int] = ((), "", 0, 1)
        """A body, and the line of a place in it, from which on lines are counted: findings mostly come in order."""

    def line(self, route: Route) -> int:
        """The line on which a place starts."""
        return self._places.locate(route).line

    def add(self, rule: Rule, problem: Problem) -> None:
        """Make a finding of a problem."""
        severity = self._severities.get(rule.code) or problem.severity or rule.severity
        if problem.more:
            self._omitted[severity] += problem.more
        self._number[rule.code, severity] += 1
        if self._number[rule.code, severity] > MAX_FINDINGS:
            self._omitted[severity] += 1
            return
        location = self._places.locate(problem.route)
        route, message = _safe_texts(problem)
        fingerprint = self._fingerprints.of(rule.code, severity, problem.route, message)
        if problem.route.decoded is not None:
            message = f"{message} ({self._within(problem.route, message)})"
        finding = Finding(self._path, rule.code, rule.name, severity, message, location, route, None)
        self._findings.append((finding._replace(fingerprint=fingerprint, fix=problem.fix), problem.route))

    def _within(self, route: Route, message: str) -> str:
        """A place in a body whose value in the file is coded, in words."""
        offset = route.decoded or 0
        path, text, start, line = self._last
        if path != route.path or offset < start:
            text, start, line = self._decoded(route.path), 0, 1
        line += text.count("\n", start, offset)
        self._last = route.path, text, offset, line
        column = offset - text.rfind("\n", 0, offset)
        event = f"event {route.event}"
        where = "" if route.event is None or event in message else f"{event}, "
        return f"{where}line {line:,}, column {column:,} of the decoded body"

    def _decoded(self, path: Path) -> str:
        interactions = self._cassette.interactions if self._cassette else ()
        sides = (side for each in interactions for side in (each.request, each.response))
        return next((side.body.text for side in sides if side.body.path == path), "")

    def findings(self, secrets: "Sequence[Secret]" = ()) -> tuple[tuple[Finding, ...], Counter[Severity]]:
        """The findings that are kept, in the order of their places, and how many of each severity are not.

        Args:
            secrets: What must not be shown, whatever the finding.
        """
        values = self._hide(secrets)
        self._findings.sort(key=lambda item: (item[0].location, item[0].code))
        findings = []
        for finding, route in self._findings:
            finding = finding._replace(source_line=self._places.source_line(route))
            for value in values:
                if value in finding.message or value in finding.route:
                    stars = "*" * len(value)
                    finding = finding._replace(
                        message=finding.message.replace(value, stars), route=finding.route.replace(value, stars)
                    )
            findings.append(finding)
        return tuple(findings), self._omitted

    def _hide(self, secrets: "Sequence[Secret]") -> list[str]:
        """Tell where the secrets are, and return what they are, as far as messages could hold them."""
        if not secrets:
            return []
        from cassette_tools.secrets.hidden import spellings

        values: dict[str, None] = {}
        # In a message, what a part of a secret looks like may be masked already.
        is_masked = any("*" in finding.message or "*" in finding.route for finding, _ in self._findings)
        for secret in secrets:
            self._places.hide(secret.route)
            for value in (secret.value, *spellings(secret.view, secret.start, secret.end)):
                if len(value) >= _SHORT and value not in values:
                    values[value] = values[escape(value)] = None
                    if is_masked:
                        values[printable(value, _MAX_TEXT)] = None
        self._places.hide_values(values)
        return list(values)


@functools.lru_cache(maxsize=1000)
def _shown(text: str) -> str:
    """The form in which a text may be shown; routes and messages are often the same ones."""
    return printable(text, _MAX_TEXT)


def _safe_texts(problem: Problem) -> tuple[str, str]:
    """The route and the message, fit to be shown whatever recorded text a rule has put into them."""
    raw = str(problem.route)
    route, message = _shown(raw), problem.message
    if raw and message.startswith(f"{raw}: "):
        # On its own, or a route to a header such as Cookie would make a credential of the first word behind it.
        return route, f"{route}: {_shown(message[len(raw) + 2 :])}"
    return route, _shown(message)
