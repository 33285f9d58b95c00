"""Goes through files: from the paths that a user names to the results, in order, in as many processes as may be."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cassette_tools.errors import BaselineError, CassetteToolsError, ConfigError, FixError
from cassette_tools.lint.engine import FileResult, lint_bytes, lint_unreadable
from cassette_tools.lint.settings import Settings, SettingsFinder
from cassette_tools.source import discover, files

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cassette_tools.lint.baseline import Baselines


class Fixing(NamedTuple):
    """What is to be done about findings that can be fixed."""

    unsafe: bool = False
    """Use fixes that are not safe, too."""
    show: bool = False
    """Leave the files as they are; the results have the change."""


class Run(NamedTuple):
    """How to go about it."""

    finder: SettingsFinder
    skip_unknown: bool = False
    """Pass over a named file that is no cassette or is excluded, as is done with one found in a folder."""
    stdin_name: str = "<stdin>"
    """What standard input is called in findings."""
    jobs: int | None = 1
    """How many processes may share the work where there are enough files; None for as many as there are CPUs. With more
    than one, all files are looked for before the first one is checked."""
    use_ignores: bool = True
    """Hide what comments and the configuration say is to be hidden."""
    use_baseline: bool = True
    fixing: Fixing | None = None


def lint_paths(
    paths: Iterable[str | os.PathLike[str]] | os.PathLike[str],
    run: Run | None = None,
    executor: "Executor | None" = None,
) -> Iterator[FileResult | CassetteToolsError]:
    """Check all files behind the names, in order, each when it is asked for.

    A name that leads nowhere is returned as an error, and so are a configuration that cannot be used and, behind its
    result, a file that cannot be written; the run goes on.

    Args:
        paths: Files, folders, patterns, or ``-`` for standard input; or one of them.
        run: How to go about it; None for what the command does without options: the configuration that is nearest to
            each file, in one process.
        executor: What does the work instead of this process and its children; its workers must see the same files.
    """
    run = run or Run(SettingsFinder())
    # A text is a list of its characters, too, and one of those may be the root of all folders.
    names = [os.fspath(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    baselines: Baselines | None = None
    for target, result in _results(names, run, executor):
        if isinstance(result, CassetteToolsError) or target is None:
            yield result
            continue
        settings = run.finder.of_file(_name(target, run))
        if settings.baseline and run.use_baseline and run.use_ignores:
            baselines = baselines or _baselines(names)
            try:
                result = baselines.of(settings.baseline).apply(result, settings)
            except BaselineError as error:
                yield error
                continue
        yield _judged(result, settings)
        if result.not_fixed is not None:
            yield result.not_fixed
    for stale in baselines.stale() if baselines else ():
        yield _judged(stale, run.finder.of_file(stale.path))


def _baselines(names: list[str]) -> "Baselines":
    from cassette_tools.lint.baseline import Baselines

    return Baselines(names)


def _judged(result: FileResult, settings: Settings) -> FileResult:
    severities = {finding.severity for finding in result.findings} | {*+result.omitted}
    return result._replace(fails=any(severity >= settings.fail_on for severity in severities))


def targets(names: list[str], run: Run) -> Iterator[discover.Target | CassetteToolsError]:
    """The files that a run checks, and what is wrong with the names and the configurations."""
    broken: set[str] = set()

    def wanted(folder: str) -> discover.Wanted:
        try:
            return run.finder.of(folder).wanted
        except ConfigError:
            return discover.EVERYTHING  # said below, when a file of the folder comes up

    for target in discover.targets(names, wanted, as_found=run.skip_unknown):
        if isinstance(target, discover.Target):
            try:
                run.finder.of_file(_name(target, run))
            except CassetteToolsError as error:
                if error.message not in broken:
                    broken.add(error.message)
                    yield error
                continue
        yield target


def _name(target: discover.Target, run: Run) -> str:
    return run.stdin_name if target.path == discover.STDIN else target.path


_Checked = tuple[discover.Target | None, FileResult | CassetteToolsError]


def _results(names: list[str], run: Run, executor: "Executor | None") -> Iterator[_Checked]:
    from cassette_tools import workers

    for target, result in workers.spread(partial(_check, run), targets(names, run), run.jobs, executor):
        if isinstance(result, workers.WorkerDiedError):
            path = target.path if isinstance(target, discover.Target) else ""
            yield None, CassetteToolsError(f"{path}: the process that checked it ended ({result})", _DIED)
        else:
            yield result


_DIED = "the other files are checked; with -j 1 it is the only one in memory"


def _check(run: Run, target: discover.Target | CassetteToolsError) -> _Checked:
    return (None, target) if isinstance(target, CassetteToolsError) else (target, _check_target(target, run))


def _check_target(target: discover.Target, run: Run) -> FileResult | CassetteToolsError:
    path = _name(target, run)
    settings = run.finder.of_file(path)
    try:
        data = files.read_stdin() if target.path == discover.STDIN else files.read(target.path)
    except files.UnreadableError as error:
        return lint_unreadable(str(error), path, settings, use_ignores=run.use_ignores)
    named = target.named and not run.skip_unknown
    try:
        result = lint_bytes(data, path, named=named, settings=settings, use_ignores=run.use_ignores)
        if run.fixing is not None and any(finding.fix for finding in result.findings):
            return _fixed(data, result, run, target, settings)
    except Exception as error:
        error.add_note(f"while checking {path}")
        raise
    return result


def _fixed(data: bytes, result: FileResult, run: Run, target: discover.Target, settings: Settings) -> FileResult:
    from cassette_tools.lint import fix

    wished = run.fixing or Fixing()
    try:
        return fix.apply(
            data,
            result,
            lambda edited: lint_bytes(edited, result.path, settings=settings, use_ignores=run.use_ignores),
            unsafe=wished.unsafe,
            write_to="" if wished.show else target.path,
        )
    except FixError as error:
        return result._replace(not_fixed=error)
