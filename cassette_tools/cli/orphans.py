"""``cassette-tools orphans``."""

import os

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.cli.cassettes import Cassettes
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.operations import orphans
from cassette_tools.operations.claims.base import Recording, SourceFile, Status, Unread, is_test
from cassette_tools.report.base import count
from cassette_tools.source import discover, files
from cassette_tools.text import printable

_MAX_SOURCE = 2_000_000
"""Bytes of a source that is read; tests are written by people."""
_MAX_SHOWN = 300


@click.command("orphans")
@click.argument("paths", nargs=-1, type=options.FILE)
@click.option(
    "--tests", multiple=True, default=["."], show_default=True, type=options.DIR,
    help="Where the tests are; several times for several.",
)  # fmt: skip
@options.format_option("text", "json", about="text: a line for each cassette. json: for programs, all cassettes.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("-v", "--verbose", is_flag=True, help="List the cassettes that are claimed, too, and by what.")
def command(paths: tuple[str, ...], tests: tuple[str, ...], format_: str, quiet: bool, verbose: bool) -> int:
    r"""List the cassettes that no test claims, by the names that recorders give them.

    PATHS are files, folders and patterns; without any, the folders of the tests are searched. Known are the names of
    charm's vcr for Go, pytest-recording, pytest-vcr and Ruby VCR; a cassette that is named in a test is claimed in any
    case. Tests are read and never run. What cannot be known, since names are computed, is listed as unknown and is no
    orphan.

    \b
    Examples:
      cassette-tools orphans
      cassette-tools orphans testdata/ --tests internal/ --tests cmd/
      cassette-tools orphans spec/fixtures/vcr_cassettes --tests spec --format json

    \b
    Exit code:
      0    every cassette is claimed, or may be
      1    there are orphans
      2    something stopped the tool: a path that is not there, no cassettes, no tests
      130  interrupted
    """
    sources, unread = _sources(tests)
    cassettes = Cassettes(list(paths or tests))
    recordings = [Recording(path, _place(path), cassette.format_name) for path, cassette in cassettes]
    cassettes.check_any()
    judged = orphans.find(recordings, sources, map(_place, tests), unread)
    results = [
        (printable(recording.path, _MAX_SHOWN), verdict.status, printable(verdict.reason, _MAX_SHOWN))
        for recording, verdict in judged
    ]
    if format_ == "json":
        import json

        records = [{"path": path, "verdict": status.value, "reason": reason} for path, status, reason in results]
        click.echo(json.dumps(records, indent=2))
    else:
        for path, status, reason in results:
            if status is not Status.CLAIMED or verbose:
                click.echo(f"{path}: {status.value}: {reason}")
    claimed, orphaned, unknown = (sum(status is kind for _, status, _ in results) for kind in Status)
    if results and not quiet:
        exits.say(
            f"{count(len(results), 'cassette')}: {claimed:,} claimed, {count(orphaned, 'orphan')}, {unknown:,} unknown"
        )
    if cassettes.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if orphaned else exits.OK


def _sources(folders: tuple[str, ...]) -> tuple[list[SourceFile], list[Unread]]:
    """The tests and their helpers in some folders, and what there is too large or cannot be read."""
    from cassette_tools.source.gitignore import Patterns

    found: list[SourceFile] = []
    unread: list[Unread] = []
    has_tests = False
    for folder in folders:
        include = Patterns(os.path.realpath(folder), [f"*{suffix}" for suffix in orphans.SUFFIXES])
        for target in discover.targets([folder], lambda _, include=include: discover.Wanted(include)):  # type: ignore[misc]
            if isinstance(target, CassetteToolsError):
                raise target
            if not target.path.endswith(orphans.SUFFIXES):
                continue
            has_tests = has_tests or is_test(os.path.basename(target.path))
            source = _source(target.path)
            if isinstance(source, SourceFile):
                found.append(source)
            else:
                unread.append(source)
    if not has_tests:
        hint = "--tests names the folders that hold the tests (*_test.go, test_*.py, *_test.py, *_spec.rb, *_test.rb)"
        raise NothingToCheckError(f"no tests found in {', '.join(map(repr, folders))}", hint)
    return found, unread


def _source(path: str) -> SourceFile | Unread:
    place = _place(path)
    try:
        if os.path.getsize(path) > _MAX_SOURCE:
            return Unread(path, place, f"larger than {_MAX_SOURCE:,} bytes")
        text = files.read(path).decode("utf-8", "replace")
    except (files.UnreadableError, OSError) as error:
        return Unread(path, place, str(error))
    return SourceFile(path, place, text.replace("\r\n", "\n"))


def _place(path: str) -> str:
    """Where a file or a folder is, with slashes. A link to a file is where the link is: that has the name."""
    if os.path.isdir(path):
        return os.path.realpath(path).replace(os.sep, "/")
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name).replace(os.sep, "/")
