"""SARIF 2.1.0, the exchange format of static analysis: GitHub's code scanning, Azure, editors.

Numbers of sections are those of the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

import inspect
import json
import re
from typing import Any
from urllib.parse import quote

from cassette_tools import __version__
from cassette_tools.finding import Finding, Severity
from cassette_tools.report.base import Report, Totals, path_in_repository
from cassette_tools.text import escape

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
"""What GitHub calls them, in ``problem.severity``."""


_HOME = "https://github.com/cassette-tools/cassette-tools"


class SarifReport(Report):
    """A log with one run. Its results come first and its rules, those that found something, last."""

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        super().__init__(colour=colour, width=width)
        self._found: dict[str, Finding] = {}

    def begin(self) -> str:
        """What comes before the findings."""
        return f'{{\n  "$schema": "{_SCHEMA}",\n  "version": "2.1.0",\n  "runs": [{{\n    "results": ['

    def add(self, finding: Finding) -> str:
        """One finding."""
        separator = "," if self._found else ""
        self._found.setdefault(finding.code, finding)
        return f"{separator}\n      {json.dumps(self._result(finding))}"

    def end(self, totals: Totals) -> str:  # noqa: ARG002 - the format has no place for them
        """What comes behind them."""
        rules = "".join(f"\n        {json.dumps(rule)}," for rule in self._rules())[:-1]
        about = f'"name": "cassette-tools", "version": "{__version__}", "informationUri": "{_HOME}"'
        driver = f'{about}, "rules": [{rules}{_indent(6, rules)}]'
        return (
            f"{_indent(4, self._found)}],\n"
            '    "columnKind": "unicodeCodePoints",\n'
            '    "newlineSequences": ["\\r\\n", "\\n", "\\r"],\n'
            f'    "tool": {{"driver": {{{driver}}}}}\n'
            "  }]\n}\n"
        )

    def _result(self, finding: Finding) -> dict[str, Any]:
        line, column, end_line, end_column = finding.location
        location: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(finding.path)},
                "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
            }
        }
        if finding.route:
            location["logicalLocations"] = [{"fullyQualifiedName": finding.route}]
        result = {
            "ruleId": finding.code,
            "ruleIndex": list(self._found).index(finding.code),
            "level": _LEVELS[finding.severity],
            "message": {"text": _plain(finding.message)},
            "locations": [location],
        }
        if finding.fingerprint:
            result["partialFingerprints"] = {"cassetteTools/v1": finding.fingerprint}
        return result

    def _rules(self) -> list[dict[str, Any]]:
        from cassette_tools.rules.registry import OFF_BY_DEFAULT, all_rules

        known = {rule.code: rule for rule in all_rules()} if self._found else {}
        described = []
        for code, finding in self._found.items():
            rule: dict[str, Any] = {"id": code, "name": finding.name}
            if code in known:
                title, sections = _page(type(known[code]).__doc__ or "")
                severity = known[code].severity
                rule |= {
                    "shortDescription": {"text": title},
                    "fullDescription": {"text": sections.get("What it does", title)},
                    "help": {"text": f"{title}\n\n{sections['']}", "markdown": sections[""]},
                    "defaultConfiguration": {
                        "level": _LEVELS[severity],
                        **({"enabled": False} if code in OFF_BY_DEFAULT else {}),
                    },
                    "properties": {
                        "tags": [type(known[code]).__module__.split(".")[-2].replace("_", "-")],
                        "since": known[code].since,
                        "problem.severity": _PROBLEMS[severity],
                    },
                }
            described.append(rule)
        return described


def _indent(columns: int, items: object) -> str:
    """The line break before a bracket that closes something with items in it."""
    return f"\n{' ' * columns}" if items else ""


def _page(docstring: str) -> tuple[str, dict[str, str]]:
    """The title of a rule, and its sections by their headings; all of them together under the empty one."""
    title, _, page = inspect.cleandoc(docstring).partition("\n")
    head, *rest = re.split(r"(?m)^## (.*)\n", page)
    sections = dict(zip(rest[::2], (" ".join(text.split()) for text in rest[1::2]), strict=True))
    return title, {**sections, "": page.strip() or head or title}


def _uri(path: str) -> str:
    """A reference to a file (§3.4.3): percent-encoded, relative unless the path is not (§3.4.4)."""
    path = path_in_repository(path)
    try:
        data = path.encode("utf-8", "surrogateescape")  # the bytes of the file's name
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    encoded = quote(data, safe="/")
    if path.startswith("/"):
        return f"file://{encoded}"
    if re.match(r"[A-Za-z]:/", path):
        return f"file:///{encoded}"
    return encoded


def _plain(message: str) -> str:
    """A message in which nothing is an embedded link (§3.11.6), ``[text](target)``."""
    return escape(message).replace("](", "\\](")
