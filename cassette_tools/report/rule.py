"""The pages of the rules: their docstrings, as Markdown and as JSON."""

import inspect
from typing import Any

from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import OFF_BY_DEFAULT


def title(rule: Rule) -> str:
    """What the rule reports, in a sentence."""
    return inspect.cleandoc(type(rule).__doc__ or "").partition("\n")[0]


def severity(rule: Rule) -> str:
    """Its severity, and that it is off where it is."""
    return f"{rule.severity.label} (off)" if rule.code in OFF_BY_DEFAULT else rule.severity.label


def page(rule: Rule) -> str:
    """The page of a rule, in Markdown."""
    rest = inspect.cleandoc(type(rule).__doc__ or "").partition("\n")[2]
    off = " · off by default" if rule.code in OFF_BY_DEFAULT else ""
    facts = f"Severity: {rule.severity.label} · since {rule.since}{off}"
    return f"# {rule.code} {rule.name}\n\n{title(rule)}\n\n{facts}\n" + rest.rstrip() + "\n"


def value(rule: Rule) -> dict[str, Any]:
    """A rule as a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "since": rule.since,
        "default": rule.code not in OFF_BY_DEFAULT,
        "summary": title(rule),
        "settings": dict(rule.defaults),
        "page": page(rule),
    }
