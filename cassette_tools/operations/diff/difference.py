"""The terms in which two recordings differ."""

import enum
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

from cassette_tools.finding import Severity
from cassette_tools.model import Path

Kind = Literal[
    "interaction", "order",
    "method", "url", "request-header", "messages", "tools", "parameters", "request-body",
    "status", "content-type", "text", "reasoning", "refusal", "tool-call", "arguments", "finish-reason", "role",
    "citations", "media", "usage", "model", "error", "shape", "body", "truncation", "fragments", "volatile",
]  # fmt: skip
"""What differs; ``--only``, ``--ignore`` and ``--fail-on`` know these words."""
KINDS: tuple[Kind, ...] = get_args(Kind)


class Verdict(enum.IntEnum):
    """What the differences of two recordings come to: the worst of them decides."""

    IDENTICAL = 0
    VOLATILE = 1
    """Nothing but ids, dates, counts of tokens and how a stream was cut."""
    WORDING = 2
    """The model says it in other words."""
    BEHAVIOUR = 3
    """Something else is asked for, or done."""
    BROKEN = 4
    """Something is lost: an answer, a call, an end."""

    @property
    def label(self) -> str:
        """In words."""
        return "volatile only" if self is Verdict.VOLATILE else self.name.lower()


Change = Literal["added", "removed", "changed", "type", "moved"]


class Difference(NamedTuple):
    """One thing that two recordings say differently."""

    kind: Kind
    change: Change
    severity: Severity
    verdict: Verdict
    """What it would come to if there were nothing else."""
    where: str
    """``request`` or ``response``."""
    path: Path
    """Within the request's or the answer's JSON, or the name of a header; empty for all of it."""
    before: Any
    """The value as it was: text, a number, JSON; None where it was not there."""
    after: Any

    @property
    def is_usual(self) -> bool:
        """Whether each re-recording has one like it, or the client has a new version: it is shown on demand only."""
        return self.kind in ("volatile", "fragments") or (
            self.kind == "request-header" and self.verdict <= Verdict.VOLATILE
        )


class Compared(NamedTuple):
    """Two interactions that belong together, or one that has no counterpart."""

    before: int | None
    """The number of the interaction in the first recording."""
    after: int | None
    method: str
    url: str
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict:
        """That of the worst difference."""
        return max((difference.verdict for difference in self.differences), default=Verdict.IDENTICAL)


class CassetteDiff(NamedTuple):
    """What two recordings say differently."""

    interactions: tuple[Compared, ...]
    """In the order of the second recording; what is only in the first comes where it was."""

    def only(self, wanted: Callable[[Difference], bool]) -> "CassetteDiff":
        """The same with some of the differences."""
        return CassetteDiff(
            tuple(one._replace(differences=tuple(filter(wanted, one.differences))) for one in self.interactions)
        )

    @property
    def verdict(self) -> Verdict:
        """That of the worst difference."""
        return max((compared.verdict for compared in self.interactions), default=Verdict.IDENTICAL)
