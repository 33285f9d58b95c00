"""What every report of a lint run is made from."""

from collections import Counter

from cassette_tools.finding import Severity
from cassette_tools.lint.engine import FileResult


class Totals:
    """Counts what a run has seen, while it goes."""

    def __init__(self) -> None:
        self.cassettes = 0
        self.skipped = 0
        self.other_recordings = 0
        self.files_with_findings = 0
        self.omitted = 0
        self.severities: Counter[Severity] = Counter()

    def add(self, result: FileResult) -> None:
        """Count one file."""
        if not result.checked:
            self.skipped += 1
            self.other_recordings += result.other_recording
            return
        self.cassettes += 1
        self.files_with_findings += bool(result.findings)
        self.severities.update(finding.severity for finding in result.findings)
        self.severities += result.omitted
        self.omitted += result.omitted.total()

    @property
    def findings(self) -> int:
        """All of them, those that were omitted included."""
        return self.severities.total()


def count(number: int, noun: str) -> str:
    """A number and its noun, such as ``1 finding`` and ``1,206 cassettes``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def summary(totals: Totals) -> str:
    """One line about a run: what was found, in how much, and what was passed over."""
    parts = []
    if totals.findings:
        kinds = ", ".join(
            count(totals.severities[severity], severity.label)
            if severity is not Severity.INFO
            else f"{totals.severities[severity]:,} info"
            for severity in sorted(Severity, reverse=True)
            if totals.severities[severity]
        )
        found = count(totals.findings, "finding")
        parts.append(f"{found} ({kinds}) in {totals.files_with_findings:,} of {count(totals.cassettes, 'cassette')}")
    elif totals.cassettes:
        parts.append(f"{count(totals.cassettes, 'cassette')} checked, nothing found")
    else:
        parts.append("no cassette checked")
    if totals.omitted:
        parts.append(f"{count(totals.omitted, 'finding')} not shown")
    if totals.other_recordings:
        parts.append(f"{count(totals.other_recordings, 'other recording')} skipped")
    if totals.skipped > totals.other_recordings:
        parts.append(f"{count(totals.skipped - totals.other_recordings, 'other file')} skipped")
    return ", ".join(parts)
