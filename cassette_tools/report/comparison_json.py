"""What recordings say differently, as JSON."""

from collections.abc import Callable, Iterator
from typing import Any

from cassette_tools.comparison import FileDiff
from cassette_tools.operations.diff.difference import Difference
from cassette_tools.report.comparison import path_text
from cassette_tools.text import escaped_json, masked_value

VERSION = 1


def write(results: Iterator[FileDiff], shows: Callable[[Difference], bool], *, masked: bool = True) -> Iterator[str]:
    """The report, one file at a time, as ``schemas/diff-report-v1.schema.json`` describes it.

    Args:
        results: The files.
        shows: Tells which differences are written.
        masked: Mask secrets.
    """
    # What stops the tool is met with the first file: nothing is written then.
    between = begin = f'{{"version": {VERSION}, "files": [\n'
    for result in results:
        yield between + escaped_json(_file(result, shows, result.mask if masked else str))
        between = ",\n"
    yield "\n]}\n" if between is not begin else f"{begin}]}}\n"


def _file(result: FileDiff, shows: Callable[[Difference], bool], mask: Callable[[str], str]) -> dict[str, Any]:
    return {
        "path": result.path,
        "verdict": result.verdict.label,
        "change": result.change or None,
        "problem": mask(result.problem) or None,
        "interactions": [
            {
                "before": compared.before,
                "after": compared.after,
                "method": compared.method,
                "url": mask(compared.url),
                "verdict": compared.verdict.label,
                "differences": [_difference(one, mask) for one in compared.differences if shows(one)],
            }
            for compared in (result.diff.interactions if result.diff is not None else ())
        ],
    }


def _difference(one: Difference, mask: Callable[[str], str]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "change": one.change,
        "severity": one.severity.label,
        "verdict": one.verdict.label,
        "where": one.where,
        "path": mask(path_text(one.path)),
        "before": _value(one.before, mask),
        "after": _value(one.after, mask),
    }


def _value(value: Any, mask: Callable[[str], str]) -> Any:
    return {"bytes": len(value)} if isinstance(value, bytes) else masked_value(value, mask)
