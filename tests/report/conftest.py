"""What tests of the formats share: findings, and a report as the command puts it together."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import strategies as st

from cassette_tools.finding import Finding, Location, Severity, SourceLine
from cassette_tools.lint.engine import FileResult
from cassette_tools.report.base import Totals
from cassette_tools.report.registry import report

Written = Callable[..., str]


@pytest.fixture(autouse=True)
def _outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def _write(name: str, findings: Iterable[Finding], *, omitted: int = 0) -> str:
    made, totals, kept = report(name, colour=False, width=120), Totals(), tuple(findings)
    totals.add(FileResult("x", checked=True, findings=kept, omitted=Counter({Severity.ERROR: omitted})))
    return made.begin() + "".join(map(made.add, kept)) + made.end(totals)


@pytest.fixture(scope="session")
def written() -> Written:
    """A whole report: ``written("sarif", findings)``."""
    return _write


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    """Makes a finding, with other values where some are given: ``finding(path="y.yaml")``."""
    usual = Finding(
        path="testdata/x.yaml",
        code="CT202",
        name="status-code",
        severity=Severity.ERROR,
        message="the status line says 200, the status code is 404",
        location=Location(5, 13, 5, 19),
        route="interactions[0].response.status",
        source_line=SourceLine("    status: 200 OK", 12, 18),
        fingerprint="0123456789abcdef" * 2,
    )
    return usual._replace


_words = st.text(st.characters(codec=None, exclude_categories=()), max_size=30) | st.sampled_from(
    [
        "::error::x",
        "##[error]x",
        "]]>",
        "</failure><failure>",
        "&lt;",
        "``|`",
        "[a](b)",
        "%0A::error::x",
        "é\ud800",
        "a:b/c#d",
    ]
)
_locations = st.builds(
    lambda line, column, lines, columns: Location(line, column, line + lines, column + columns),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(0, 1),
    st.integers(0, 80),
)
_findings = st.lists(
    st.builds(
        Finding,
        path=_words.filter(str.strip),
        code=st.sampled_from(["CT101", "CT202", "CT301", "CT999"]),
        name=st.from_regex(r"[a-z]+(-[a-z]+){0,2}", fullmatch=True),
        severity=st.sampled_from(Severity),
        message=_words.filter(bool),
        location=_locations,
        route=_words,
        source_line=st.none() | st.builds(lambda text: SourceLine(text, 0, max(len(text), 1)), _words),
        fingerprint=st.sampled_from(["", "0" * 32, "1" * 32]),
    ),
    max_size=5,
)


@pytest.fixture(scope="session")
def findings() -> st.SearchStrategy[list[Finding]]:
    """Any findings in any number, with text in them that nothing has made fit to be shown."""
    return _findings
