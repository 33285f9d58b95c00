"""Severities have an order, and names that options and reports share."""

import pytest

from cassette_tools.finding import Severity


def test_a_greater_severity_is_worse() -> None:
    assert sorted(Severity) == [Severity.INFO, Severity.WARNING, Severity.ERROR]


@pytest.mark.parametrize("severity", Severity)
def test_the_label_is_the_name_in_lower_case(severity: Severity) -> None:
    assert severity.label == severity.name.lower()
    assert Severity[severity.label.upper()] is severity
