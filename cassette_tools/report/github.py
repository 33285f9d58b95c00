"""Annotations of GitHub Actions: workflow commands in the log, which GitHub shows at the lines they name.

The format is that of GitHub's "Workflow commands"; what must be escaped is what its runner unescapes
(``actions/runner``, ``ActionCommand.cs``).
"""

from collections.abc import Mapping

from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Report, path_in_repository, place
from cassette_tools.text import escape

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GithubReport(Report):
    """One command a finding."""

    def add(self, finding: Finding) -> str:
        """One finding. The log shows the message only, so the place is in it, too."""
        line, column, end_line, end_column = finding.location
        properties: dict[str, object] = {
            "title": f"{finding.code} {finding.name}",
            "file": escape(path_in_repository(finding.path)),
            "line": line,
            "endLine": end_line,
        }
        if line == end_line:  # columns of a range over several lines are refused
            properties |= {"col": column, "endColumn": end_column}
        return command(finding.severity, properties, f"{place(finding)}: {finding.code} {finding.message}")


def command(severity: Severity, properties: Mapping[str, object], message: str) -> str:
    """One annotation, with its line break."""
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[severity]} {written}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
