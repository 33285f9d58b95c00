"""The formats of a report, by name; each is imported when it is asked for."""

import importlib
import os

from cassette_tools.report.base import Report

FORMATS = {
    "text": "text:TextReport",
    "concise": "concise:ConciseReport",
    "json": "json:JsonReport",
    "jsonl": "jsonl:JsonlReport",
    "github": "github:GithubReport",
    "gitlab": "gitlab:GitlabReport",
    "sarif": "sarif:SarifReport",
    "junit": "junit:JunitReport",
    "markdown": "markdown:MarkdownReport",
}
"""The module below ``cassette_tools.report`` and the class of each."""

AUTO = "auto"
"""The name that stands for the format that suits where the tool runs."""


def resolve(name: str) -> str:
    """The name of a format: ``auto`` is ``github`` under GitHub Actions and ``text`` elsewhere."""
    if name != AUTO:
        return name
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def report(name: str, *, colour: bool, width: int) -> Report:
    """A new report in a format, one of ``FORMATS`` or ``auto``."""
    module, _, class_ = FORMATS[resolve(name)].partition(":")
    made: Report = getattr(importlib.import_module(f"{__package__}.{module}"), class_)(colour=colour, width=width)
    return made
