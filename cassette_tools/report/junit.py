"""JUnit's XML as continuous integration reads it: a suite a file, a failing case a finding.

There is no standard; this keeps to what the schemas of Jenkins (``junit-10.xsd`` of its xUnit plugin) and of Ant
(``JUnit.xsd``) both have.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter

from cassette_tools.finding import Finding
from cassette_tools.report.base import Report, Totals, count
from cassette_tools.report.text import render
from cassette_tools.text import escape

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (production 2, ``Char``)."""
_TOOL = "cassette-tools"


class JunitReport(Report):
    """The suites. A clean run is a suite with a case that passes: an empty report is taken for a broken one."""

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        super().__init__(colour=colour, width=width)
        self._path: str | None = None
        self._cases: list[ET.Element] = []
        self._names: Counter[str] = Counter()

    def begin(self) -> str:
        """What comes before the findings."""
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{_TOOL}">\n'

    def add(self, finding: Finding) -> str:
        """One finding: the suite before it, where it is the first of another file."""
        before = "" if finding.path == self._path or self._path is None else self._suite(self._path)
        self._path = finding.path
        name = f"{finding.code} {finding.name} {finding.location.line}:{finding.location.column}"
        self._names[name] += 1
        if self._names[name] > 1:
            name += f" ({self._names[name]})"  # of cases with one name some readers keep one
        case = _case(finding.path, name)
        failure = ET.SubElement(case, "failure", type=finding.severity.label, message=_writable(finding.message))
        failure.text = "\n".join(map(_writable, render(finding, colour=False, width=self._width).split("\n")))
        self._cases.append(case)
        return before

    def end(self, totals: Totals) -> str:
        """What comes behind them."""
        if self._path is None:
            self._path = _TOOL
            self._cases.append(_case(_TOOL, count(totals.cassettes, "cassette")))
        return self._suite(self._path) + "</testsuites>\n"

    def _suite(self, path: str) -> str:
        """The cases of a file, now that they can be counted."""
        numbers = {"tests": len(self._cases), "failures": sum(map(len, self._cases)), "errors": 0, "time": 0}
        suite = ET.Element("testsuite", name=_writable(path))
        for name, number in numbers.items():
            suite.set(name, str(number))
        suite.extend(self._cases)
        ET.indent(suite, level=1)
        self._cases.clear()
        self._names.clear()
        # In ASCII, with references: the same in every encoding that stdout may have.
        return f"  {ET.tostring(suite).decode('ascii')}\n"


def _case(path: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_writable(path), name=_writable(name), time="0")


def _writable(text: str) -> str:
    return _NO_CHARACTER.sub(lambda match: f"\\u{ord(match.group()):04x}", escape(text))
