"""GitLab's Code Quality report: a JSON array, shown in merge requests.

The format is GitLab's "Code Quality report format", the part of Code Climate's that GitLab reads.
"""

import hashlib
import json
from collections import Counter

from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Report, Totals, path_in_repository
from cassette_tools.text import escape

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


class GitlabReport(Report):
    """An issue a finding; an empty array is a report, too, and takes away what the one before it showed."""

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        super().__init__(colour=colour, width=width)
        self._seen: Counter[str] = Counter()

    def begin(self) -> str:
        """What comes before the findings."""
        return "["

    def add(self, finding: Finding) -> str:
        """One finding."""
        separator = "," if self._seen else ""
        path = escape(path_in_repository(finding.path))
        issue = {
            "description": f"{finding.code} {finding.name}: {finding.message}",
            "check_name": finding.code,
            "fingerprint": self._fingerprint(path, finding),
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": path, "lines": {"begin": finding.location.line}},
        }
        return f"{separator}\n  {json.dumps(issue)}"

    def end(self, totals: Totals) -> str:  # noqa: ARG002 - the format has no place for them
        """What comes behind them."""
        return ("\n" if self._seen else "") + "]\n"

    def _fingerprint(self, path: str, finding: Finding) -> str:
        """Of all issues with one fingerprint GitLab shows the first: equal findings are numbered."""
        identity = json.dumps([path, finding.code, finding.fingerprint])
        self._seen[identity] += 1
        numbered = f"{identity} {self._seen[identity]}"
        return hashlib.blake2b(numbered.encode(), digest_size=16).hexdigest()
