"""What every report of a lint run is made from."""

import os
from abc import ABC, abstractmethod
from collections import Counter

from cassette_tools.finding import Finding, Severity
from cassette_tools.lint.engine import FileResult
from cassette_tools.text import escape


class Totals:
    """Counts what a run has seen, while it goes."""

    def __init__(self) -> None:
        self.cassettes = 0
        self.skipped = 0
        self.other_recordings = 0
        self.files_with_findings = 0
        self.omitted = 0
        self.ignored = 0
        self.known = 0
        self.fixed = 0
        self.fixable = 0
        self.fixable_unsafely = 0
        self.outside = 0
        self.severities: Counter[Severity] = Counter()

    def add(self, result: FileResult) -> None:
        """Count one file."""
        if not result.checked:
            self.skipped += 1
            self.other_recordings += result.other_recording
            return
        self.cassettes += not result.is_baseline
        self.files_with_findings += bool(result.findings) and not result.is_baseline
        self.severities.update(finding.severity for finding in result.findings)
        self.severities += result.omitted
        self.omitted += result.omitted.total()
        self.ignored += result.ignored
        self.known += result.known
        self.fixed += result.fixed
        self.outside += result.outside
        fixes = [finding.fix.safe for finding in result.findings if finding.fix]
        self.fixable += fixes.count(True)
        self.fixable_unsafely += fixes.count(False)

    @property
    def findings(self) -> int:
        """All of them, those that were omitted included."""
        return self.severities.total()


def count(number: int, noun: str) -> str:
    """A number and its noun, such as ``1 finding`` and ``1,206 cassettes``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def summary(totals: Totals, *, writes: bool = True) -> str:
    """One line about a run: what was found, in how much, and what was passed over.

    Args:
        totals: What was seen.
        writes: Whether fixes were made, and not only shown.
    """
    parts = []
    hidden = _hidden(totals, "fixed" if writes else "would be fixed")
    if totals.findings:
        kinds = ", ".join(
            count(totals.severities[severity], severity.label)
            if severity is not Severity.INFO
            else f"{totals.severities[severity]:,} info"
            for severity in sorted(Severity, reverse=True)
            if totals.severities[severity]
        )
        found = count(totals.findings, "finding")
        said = "; ".join(filter(None, (kinds, hidden)))
        parts.append(f"{found} ({said}) in {totals.files_with_findings:,} of {count(totals.cassettes, 'cassette')}")
    elif totals.cassettes:
        said = f" ({hidden})" if hidden else ""
        parts.append(f"{count(totals.cassettes, 'cassette')} checked, nothing found{said}")
    else:
        parts.append("no cassette checked")
    if totals.omitted:
        parts.append(f"{count(totals.omitted, 'finding')} not shown")
    if totals.outside:
        parts.append(elsewhere(totals.outside))
    if totals.other_recordings:
        parts.append(f"{count(totals.other_recordings, 'other recording')} skipped")
    if totals.skipped > totals.other_recordings:
        parts.append(f"{count(totals.skipped - totals.other_recordings, 'other file')} skipped")
    return ", ".join(parts)


def elsewhere(bodies: int) -> str:
    """That bodies are in files of their own."""
    return (
        f"{'1 body in a file of its own' if bodies == 1 else f'{bodies:,} bodies in files of their own'} not looked at"
    )


def _hidden(totals: Totals, fixed: str) -> str:
    """What is not to be seen in the report, and what can be done about what is."""
    parts = [
        f"{totals.ignored:,} ignored" if totals.ignored else "",
        f"{totals.known:,} in the baseline" if totals.known else "",
        f"{totals.fixed:,} {fixed}" if totals.fixed else "",
        f"{totals.fixable:,} fixable with --fix" if totals.fixable else "",
        f"{totals.fixable_unsafely:,} fixable with --fix --unsafe-fixes" if totals.fixable_unsafely else "",
    ]
    return ", ".join(filter(None, parts))


class Report(ABC):
    """Writes the findings of a run in one format: what its methods return, in their order, is the report.

    Findings come file by file. What a finding says is fit to be shown; its path is as the user named it.
    """

    def __init__(self, *, colour: bool = False, width: int = 120) -> None:
        """Make a report; only what people read at a terminal has colours and a width.

        Args:
            colour: Use ANSI colours.
            width: Columns of the terminal.
        """
        self._colour = colour
        self._width = width

    def begin(self) -> str:
        """What comes before the findings."""
        return ""

    @abstractmethod
    def add(self, finding: Finding) -> str:
        """One finding."""

    def end(self, totals: Totals) -> str:  # noqa: ARG002 - most formats need no totals
        """What comes behind the findings."""
        return ""


def place(finding: Finding) -> str:
    """``path:line:column`` for people, at the start of a line."""
    path = escape(finding.path)
    if path.lstrip().startswith("::"):
        path = f"./{path}"  # a file may be named like a command to GitHub's runner, which stands at the start of a line
    return f"{path}:{finding.location.line}:{finding.location.column}"


_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""The variables in which CI systems name the folder of the repository: GitHub's, GitLab's."""


def path_in_repository(path: str) -> str:
    """A path as a CI system looks for it: with slashes and from the repository's root, where that is known."""
    path = os.path.normpath(path)
    roots = [os.environ[name] for name in _ROOTS if os.environ.get(name)]
    if roots and path != "<stdin>":
        absolute = os.path.normpath(os.path.join(os.getcwd(), path))
        for root in (os.path.normpath(roots[0]), os.path.realpath(roots[0])):
            start = root.rstrip(os.sep) + os.sep
            if absolute.startswith(start):
                path = absolute[len(start) :]
                break
    return path.replace(os.sep, "/")
