"""The pages of the rules: their docstrings, as Markdown and as JSON."""

import inspect
from typing import Any

from cassette_tools.rules.base import Rule


def title(rule: Rule) -> str:
    """What the rule reports, in a sentence."""
    return inspect.cleandoc(type(rule).__doc__ or "").partition("\n")[0]


def page(rule: Rule) -> str:
    """The page of a rule, in Markdown."""
    rest = inspect.cleandoc(type(rule).__doc__ or "").partition("\n")[2]
    head = f"# {rule.code} {rule.name}\n\n{title(rule)}\n\nSeverity: {rule.severity.label} · since {rule.since}\n"
    return head + rest.rstrip() + "\n"


def value(rule: Rule) -> dict[str, Any]:
    """A rule as a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "since": rule.since,
        "summary": title(rule),
        "settings": dict(rule.defaults),
        "page": page(rule),
    }
