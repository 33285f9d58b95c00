"""What two URLs say differently, but for ids that an earlier answer made up, and for credentials."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from cassette_tools.credentials.context import parameter_is_credential
from cassette_tools.model import Path
from cassette_tools.operations.diff.difference import Change
from cassette_tools.operations.diff.ids import Ids
from cassette_tools.operations.diff.json_diff import differences
from cassette_tools.protocols import volatile

_MADE_UP = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9]{5,}"
    r"|[a-z]{2,16}[-_](?=[A-Za-z]*[0-9])[A-Za-z0-9]{10,}|(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{20,}"
)
"""A step of a path that is an id: a UUID, a number, ``thread_abc123…``."""
_NAMES = ("models", "model", "deployments", "engines", "run")
"""What the name of a model follows, which may look like an id."""


class Changed(NamedTuple):
    """One thing that two URLs say differently."""

    change: Change
    path: Path
    before: object
    after: object
    volatile: bool = False
    order: bool = False
    """Only the order of parameters is another one."""


def compare(before: str, after: str, ids: Ids) -> Iterator[Changed]:
    """Where two URLs differ.

    Args:
        before: A URL.
        after: Another one.
        ids: The ids that stand for each other in the two recordings.
    """
    if before == after:
        return
    try:
        one, other = urlsplit(before), urlsplit(after)
    except ValueError:
        yield Changed("changed", (), before, after)
        return
    if one[:3] != other[:3] or one.fragment != other.fragment:
        same = (one[:2], one.fragment) == (other[:2], other.fragment) and _same_but_for_ids(one.path, other.path, ids)
        yield Changed("changed", (), before.partition("?")[0], after.partition("?")[0], volatile=same)
    if one.query == other.query:
        return
    lists = _parameters(one), _parameters(other)
    steps = list(differences(_by_name(lists[0]), _by_name(lists[1]), ("query",)))
    if not steps and lists[0] != lists[1]:
        yield Changed("changed", ("query",), one.query, other.query, order=True)
    for step in steps:
        name = str(step.path[1])
        known = _is_volatile(name) or (
            step.change == "changed"
            and _is_id(step.before)
            and _is_id(step.after)
            and ids.stand_for_each_other("id", step.before, step.after)
        )
        yield Changed(step.change, step.path, step.before, step.after, volatile=known)


def place(url: str) -> str:
    """A URL with a star for each id, and without credentials: what it says in every recording."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = _path(parts, lambda _: "*")
    query = sorted(
        (name, "*" if _is_id(value) else value) for name, value in _parameters(parts) if not _is_volatile(name)
    )
    return f"{parts.scheme}://{parts.netloc}{path}?{query}"


def numbered(url: str, number: Callable[[str], str]) -> str:
    """A URL in which something stands for each id, and for what else is new in every recording nothing.

    Args:
        url: The URL.
        number: What stands for an id.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = _path(parts, number)
    query = parts.query
    if any(_is_id(value) or _is_volatile(name) for name, value in _parameters(parts)):
        query = "&".join(
            f"{name}={'' if _is_volatile(name) else number(value) if _is_id(value) else value}"
            for name, value in _parameters(parts)
        )
    return url if (path, query) == (parts.path, parts.query) else parts._replace(path=path, query=query).geturl()


def _parameters(url: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(url.query, keep_blank_values=True)


def _by_name(parameters: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    """The values of each parameter: a list where it has several."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    return {name: several[0] if len(several) == 1 else several for name, several in values.items()}


def _same_but_for_ids(before: str, after: str, ids: Ids) -> bool:
    one, other = before.split("/"), after.split("/")
    return len(one) == len(other) and all(
        step == later
        or (
            name not in _NAMES
            and name == later_name
            and _is_id(step)
            and _is_id(later)
            and ids.stand_for_each_other("id", step, later)
        )
        for name, later_name, step, later in zip(["", *one], ["", *other], one, other, strict=False)
    )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _MADE_UP.fullmatch(value) is not None


def _is_volatile(name: str) -> bool:
    return parameter_is_credential(name) or volatile.is_volatile_header(name) or volatile.is_volatile((name,), "", "")


def _path(parts: SplitResult, number: Callable[[str], str]) -> str:
    """The path with what stands for each id; what follows a name that says so is none."""
    steps = parts.path.split("/")
    return "/".join(
        number(step) if _is_id(step) and before not in _NAMES else step
        for before, step in zip(["", *steps], steps, strict=False)
    )
