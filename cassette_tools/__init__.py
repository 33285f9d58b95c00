"""cassette-tools: lint, reassemble, compare and redact HTTP recordings (cassettes) of LLM traffic."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cassette_tools.errors import CassetteToolsError as CassetteToolsError
    from cassette_tools.lint.engine import FileResult as FileResult
    from cassette_tools.lint.run import lint_paths as lint_paths
    from cassette_tools.loading import load as load
    from cassette_tools.operations.diff.compare import diff as diff
    from cassette_tools.operations.diff.difference import CassetteDiff as CassetteDiff
    from cassette_tools.operations.reassemble import reassemble as reassemble
    from cassette_tools.operations.redaction.policy import Policy as Policy
    from cassette_tools.operations.redaction.redact import RedactedCassette as RedactedCassette
    from cassette_tools.operations.redaction.redact import redact as redact
    from cassette_tools.operations.usage.record import Record as Record
    from cassette_tools.operations.usage.record import usage as usage
    from cassette_tools.recording import vcr_hooks as vcr_hooks

__version__ = "0.1.0"

_REDACTION = "cassette_tools.operations.redaction"
_WHERE = {
    "CassetteToolsError": "cassette_tools.errors",
    "load": "cassette_tools.loading",
    "lint_paths": "cassette_tools.lint.run",
    "FileResult": "cassette_tools.lint.engine",
    "diff": "cassette_tools.operations.diff.compare",
    "CassetteDiff": "cassette_tools.operations.diff.difference",
    "reassemble": "cassette_tools.operations.reassemble",
    "redact": f"{_REDACTION}.redact",
    "RedactedCassette": f"{_REDACTION}.redact",
    "usage": "cassette_tools.operations.usage.record",
    "Record": "cassette_tools.operations.usage.record",
    "Policy": f"{_REDACTION}.policy",
    "vcr_hooks": "cassette_tools.recording",
}
__all__ = [
    "CassetteDiff",
    "CassetteToolsError",
    "FileResult",
    "Policy",
    "Record",
    "RedactedCassette",
    "diff",
    "lint_paths",
    "load",
    "reassemble",
    "redact",
    "usage",
    "vcr_hooks",
]


def __getattr__(name: str) -> Any:
    # Not before it is asked for: every start of the command line tool goes through here.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
