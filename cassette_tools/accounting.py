"""Adds up what files of recordings used: from the paths that a user names to records, or to totals of groups."""

import fnmatch
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools import workers
from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.operations.usage.record import Record, records
from cassette_tools.operations.usage.totals import Grouped
from cassette_tools.source import discover, files

if TYPE_CHECKING:
    from concurrent.futures import Executor

STDIN_NAME = "<stdin>"
"""What standard input is called."""


class Run(NamedTuple):
    """How to go about it."""

    by: tuple[str, ...] = ()
    """What to group by."""
    want_records: bool = False
    """Give the records, too; otherwise only their totals leave the process that reads a file."""
    model: str = ""
    """Only these models: a pattern with ``*`` and ``?``."""
    since: datetime | None = None
    """Only what was recorded at that time or later; what has no date is left out."""
    jobs: int | None = 1
    """How many processes share the work where there are enough files; None for as many as there are CPUs."""


class FileUsage(NamedTuple):
    """What a file used."""

    path: str
    is_cassette: bool
    """False for a file of another kind, which was passed over."""
    totals: Grouped
    records: tuple[Record, ...] = ()
    undated: int = 0
    """Records that were left out since they have no date."""
    format_name: str = ""
    """The format of the cassette."""
    size: int = 0
    """Bytes, unpacked."""
    dates: tuple[datetime, datetime] | None = None
    """When the first and the last interaction were recorded, where that is known."""


def usage_of_paths(
    names: list[str], run: Run, executor: "Executor | None" = None
) -> Iterator[FileUsage | CassetteToolsError]:
    """Read all files behind the names, in order.

    Args:
        names: Files, folders, patterns, or ``-`` for standard input.
        run: How to go about it.
        executor: What does the work instead of this process and its children; its workers must see the same files.

    Yields:
        The use of each file; an error for what cannot be read.
    """
    finder = SettingsFinder(Options())
    found = discover.targets(names, lambda folder: finder.of(folder).wanted)
    for target, result in workers.spread(partial(_read, run), found, run.jobs, executor):
        if isinstance(result, workers.WorkerDiedError):
            path = target.path if isinstance(target, discover.Target) else ""
            yield CassetteToolsError(f"{path}: the process that read it ended ({result})")
        else:
            yield result


def _read(run: Run, target: discover.Target | CassetteToolsError) -> FileUsage | CassetteToolsError:
    return target if isinstance(target, CassetteToolsError) else _of_target(target, run)


def _of_target(target: discover.Target, run: Run) -> FileUsage | CassetteToolsError:
    is_stdin = target.path == discover.STDIN
    path = STDIN_NAME if is_stdin else target.path
    totals = Grouped(run.by)
    try:
        data = files.read_stdin() if is_stdin else files.read(path)
        if not target.named and not may_be_cassette(data):
            return FileUsage(path, False, totals)
        cassette = load_bytes(data, path)
    except files.UnreadableError as error:
        return LoadError(f"{path}: {error}")
    except LoadError as error:
        return error if target.named or error.resembles else FileUsage(path, False, totals)
    kept = []
    dates = []
    undated = 0
    for one in records(cassette, path):
        if run.model and not any(fnmatch.fnmatchcase(name, run.model) for name in (one.model, one.model_asked)):
            continue
        if run.since is not None and (one.recorded_at is None or one.recorded_at < run.since):
            undated += one.recorded_at is None
            continue
        totals.add(one)
        if one.recorded_at is not None:
            dates.append(one.recorded_at)
        if run.want_records:
            kept.append(one)
    span = (min(dates), max(dates)) if dates else None
    return FileUsage(path, True, totals, tuple(kept), undated, cassette.format_name, len(data), span)
