"""JUnit's XML as continuous integration reads it: a suite a file, a failing case a finding.

There is no standard; this keeps to the schema that Jenkins publishes for it (``junit-10.xsd`` of its xUnit plugin).
"""

import re
from collections import Counter
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from cassette_tools.finding import Finding
from cassette_tools.report.base import Report, Totals, count
from cassette_tools.report.text import render
from cassette_tools.text import escape

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (production 2, ``Char``)."""


class JunitReport(Report):
    """The suites. A clean run is a suite with a case that passes: an empty report is taken for a broken one."""

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        super().__init__(colour=colour, width=width)
        self._path: str | None = None
        self._cases: list[str] = []
        self._names: Counter[str] = Counter()

    def begin(self) -> str:
        """What comes before the findings."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cassette-tools">\n'

    def add(self, finding: Finding) -> str:
        """One finding: the suite before it, where it is the first of another file."""
        before = "" if finding.path == self._path else self._suite()
        self._path = finding.path
        name = f"{finding.code} {finding.name} {finding.location.line}:{finding.location.column}"
        self._names[name] += 1
        if self._names[name] > 1:
            name += f" ({self._names[name]})"  # of cases with one name some readers keep one
        failure = (
            f"<failure type={_attribute(finding.severity.label)} message={_attribute(finding.message)}>"
            f"{_text(render(finding, colour=False, width=self._width))}</failure>"
        )
        attributes = f"classname={_attribute(escape(finding.path))} name={_attribute(name)}"
        self._cases.append(f'    <testcase {attributes} time="0">{failure}</testcase>\n')
        return before

    def end(self, totals: Totals) -> str:
        """What comes behind them."""
        if self._path is not None:
            return self._suite() + "</testsuites>\n"
        return (
            '  <testsuite name="cassette-tools" tests="1" failures="0" errors="0" time="0">\n'
            f'    <testcase classname="cassette-tools" name="{count(totals.cassettes, "cassette")}" time="0"/>\n'
            "  </testsuite>\n</testsuites>\n"
        )

    def _suite(self) -> str:
        """The cases of a file, now that they can be counted."""
        if self._path is None:
            return ""
        number = len(self._cases)
        head = f'name={_attribute(escape(self._path))} tests="{number}" failures="{number}" errors="0" time="0"'
        suite = f"  <testsuite {head}>\n{''.join(self._cases)}  </testsuite>\n"
        self._cases.clear()
        self._names.clear()
        return suite


def _text(text: str) -> str:
    return _ascii(escape_xml(_writable(text)))


def _attribute(text: str) -> str:
    return _ascii(quoteattr(_writable(text)))


def _writable(text: str) -> str:
    return _NO_CHARACTER.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _ascii(xml: str) -> str:
    """The same XML in every encoding that stdout may have."""
    return xml.encode("ascii", "xmlcharrefreplace").decode()
