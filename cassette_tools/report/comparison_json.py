"""What recordings say differently, as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from cassette_tools.comparison import FileDiff
from cassette_tools.operations.diff.difference import Difference
from cassette_tools.report.comparison import is_hidden, path_text
from cassette_tools.text import mask

VERSION = 1


def write(results: Iterator[FileDiff], *, volatile: bool) -> Iterator[str]:
    """The report, one file at a time; values are masked as everywhere.

    Args:
        results: The files.
        volatile: Write what is new in every recording, too.
    """
    yield f'{{"version": {VERSION}, "files": ['
    between = "\n"
    for result in results:
        yield between + json.dumps(_file(result, volatile=volatile), ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _file(result: FileDiff, *, volatile: bool) -> dict[str, Any]:
    interactions = []
    for compared in result.diff.interactions if result.diff is not None else ():
        shown = [_difference(one) for one in compared.differences if volatile or not is_hidden(one)]
        interactions.append(
            {
                "before": compared.before,
                "after": compared.after,
                "method": compared.method,
                "url": mask(compared.url),
                "verdict": compared.verdict.label,
                "differences": shown,
            }
        )
    return {
        "path": result.path,
        "verdict": result.verdict.label,
        "change": result.change or None,
        "interactions": interactions,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "change": one.change,
        "severity": one.severity.label,
        "verdict": one.verdict.label,
        "where": one.where,
        "path": path_text(one.path),
        "before": _masked(one.before),
        "after": _masked(one.after),
    }


def _masked(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict | list):
        # As text, since a name in an object may be what announces a secret.
        text = json.dumps(value, ensure_ascii=False)
        masked = mask(text)
        return value if masked == text else masked
    return value
