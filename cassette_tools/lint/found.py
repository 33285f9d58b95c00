"""From problems to findings: with a place, an identity, and fit to be shown."""

from collections import Counter
from collections.abc import Mapping

from cassette_tools.finding import Finding, Problem, Severity
from cassette_tools.lint.fingerprint import Fingerprints
from cassette_tools.lint.places import Places
from cassette_tools.model import Cassette, Route
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.source.document import Document
from cassette_tools.text import printable

MAX_FINDINGS = 1000
"""Findings of one rule and one severity that are kept of one file; those behind them are only counted."""
_MAX_TEXT = 500
"""Characters of a message, and of a route."""


class Found:
    """Collects the findings of a file."""

    def __init__(self, path: str, file: CheckedFile, severities: Mapping[str, Severity]) -> None:
        self._path = path
        self._severities = severities
        self._places = Places(file.document or Document(b""))
        self._fingerprints = Fingerprints(file.outcome if isinstance(file.outcome, Cassette) else None)
        self._findings: list[Finding] = []
        self._number: Counter[tuple[str, Severity]] = Counter()
        self._omitted: Counter[Severity] = Counter()

    def line(self, route: Route) -> int:
        """The line on which a place starts."""
        return self._places.locate(route)[0].line

    def add(self, rule: Rule, problem: Problem) -> None:
        """Make a finding of a problem."""
        severity = self._severities.get(rule.code) or problem.severity or rule.severity
        self._number[rule.code, severity] += 1
        if self._number[rule.code, severity] > MAX_FINDINGS:
            self._omitted[severity] += 1
            return
        location, source_line = self._places.locate(problem.route)
        route, message = _safe_texts(problem)
        fingerprint = self._fingerprints.of(rule.code, severity, problem.route, message)
        finding = Finding(self._path, rule.code, rule.name, severity, message, location, route, source_line)
        self._findings.append(finding._replace(fingerprint=fingerprint, fix=problem.fix))

    def findings(self) -> tuple[tuple[Finding, ...], Counter[Severity]]:
        """The findings that are kept, in the order of their places, and how many of each severity are not."""
        self._findings.sort(key=lambda finding: (finding.location, finding.code))
        return tuple(self._findings), self._omitted


def _safe_texts(problem: Problem) -> tuple[str, str]:
    """The route and the message, fit to be shown whatever recorded text a rule has put into them."""
    raw = str(problem.route)
    route, message = printable(raw, _MAX_TEXT), problem.message
    if raw and message.startswith(f"{raw}: "):
        # On its own, or a route to a header such as Cookie would make a credential of the first word behind it.
        return route, f"{route}: {printable(message[len(raw) + 2 :], _MAX_TEXT)}"
    return route, printable(message, _MAX_TEXT)
