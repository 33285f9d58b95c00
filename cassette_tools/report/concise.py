"""One line a finding: for people, for editors that jump to places, and for grep."""

from cassette_tools.finding import Finding
from cassette_tools.report.base import Report, place
from cassette_tools.report.text import BOLD, COLOURS, paint


class ConciseReport(Report):
    """``path:line:column: code message``."""

    def add(self, finding: Finding) -> str:
        """One finding."""
        where = paint(place(finding), BOLD, self._colour)
        code = paint(finding.code, COLOURS[finding.severity], self._colour)
        return f"{where}: {code} {finding.message}\n"
