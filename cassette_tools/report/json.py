"""For programs: one JSON document, described by ``schemas/lint-report-v1.schema.json``."""

import json
from typing import Any

from cassette_tools import __version__
from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Report, Totals
from cassette_tools.text import escape


def render(finding: Finding) -> dict[str, Any]:
    """A finding as a JSON object. Lines and columns count from 1, ends are exclusive."""
    line, column, end_line, end_column = finding.location
    source = finding.source_line
    return {
        "path": escape(finding.path),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "message": finding.message,
        "route": finding.route,
        "source": None if source is None else {"text": source.text, "start": source.start, "end": source.end},
        "fix": None if finding.fix is None else {"title": finding.fix.title, "safe": finding.fix.safe},
        "fingerprint": finding.fingerprint,
    }


class JsonReport(Report):
    """Writes the document piece by piece, so that a run over many files keeps none of them."""

    _first = True

    def begin(self) -> str:
        """What comes before the findings."""
        tool = json.dumps({"name": "cassette-tools", "version": __version__})
        return f'{{\n  "version": 1,\n  "tool": {tool},\n  "findings": ['

    def add(self, finding: Finding) -> str:
        """One finding."""
        separator = "" if self._first else ","
        self._first = False
        # ASCII only: what stands for a character is then the same in every encoding that stdout may have.
        return f"{separator}\n    {json.dumps(render(finding))}"

    def end(self, totals: Totals) -> str:
        """What comes behind them."""
        counts = {
            "cassettes": totals.cassettes,
            "skipped": totals.skipped,
            "findings": totals.findings,
            "omitted": totals.omitted,
            **{severity.label: totals.severities[severity] for severity in sorted(Severity, reverse=True)},
            "ignored": totals.ignored,
            "in_baseline": totals.known,
            "fixed": totals.fixed,
            "fixable": totals.fixable,
        }
        return ("" if self._first else "\n  ") + f'],\n  "summary": {json.dumps(counts)}\n}}\n'
