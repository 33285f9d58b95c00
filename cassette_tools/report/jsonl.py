"""For programs that read line by line: the findings of the JSON report, each on its line."""

import json

from cassette_tools.finding import Finding
from cassette_tools.report.base import Report
from cassette_tools.report.json import render


class JsonlReport(Report):
    """One JSON object a line, a ``finding`` of ``schemas/lint-report-v1.schema.json``; nothing where there is none."""

    def add(self, finding: Finding) -> str:
        """One finding."""
        return json.dumps(render(finding)) + "\n"
