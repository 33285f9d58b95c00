"""``cassette-tools orphans``."""

import os

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli.cassettes import Cassettes
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.operations import orphans
from cassette_tools.operations.orphans import Recorded, Source, Verdict
from cassette_tools.report.base import count
from cassette_tools.source import discover, files
from cassette_tools.text import printable

_MAX_SOURCE = 2_000_000
"""Bytes of a source that is read; tests are written by people."""
_MAX_SHOWN = 300


@click.command("orphans")
@click.argument("paths", nargs=-1)
@click.option(
    "--tests", multiple=True, required=True, metavar="DIR", help="Where the tests are; several times for several."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: a line for each cassette. json: for programs, all cassettes.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.option("-v", "--verbose", is_flag=True, help="List the cassettes that are claimed, too, and by what.")
def command(paths: tuple[str, ...], tests: tuple[str, ...], format_: str, quiet: bool, verbose: bool) -> int:
    r"""List the cassettes that no test claims, by the names that recorders give them.

    PATHS are files, folders and patterns; without any, the folders of the tests are searched. Known are the names of
    charm's vcr for Go, pytest-recording and Ruby VCR; a cassette that is named in a test is claimed in any case. What
    cannot be known, since names are computed, is listed as unknown and is no orphan.

    \b
    Examples:
      cassette-tools orphans --tests .
      cassette-tools orphans testdata/ --tests internal/ --tests cmd/
      cassette-tools orphans spec/fixtures/vcr_cassettes --tests spec --format json

    \b
    Exit code:
      0    every cassette is claimed, or may be
      1    there are orphans
      2    something stopped the tool: a path that is not there, no cassettes, no tests
      130  interrupted
    """
    sources = _sources(tests)
    cassettes = Cassettes(list(paths or tests))
    shown: dict[str, str] = {}
    recorded = []
    for path, cassette in cassettes:
        real = _slashes(os.path.realpath(path))
        shown[real] = path
        recorded.append(Recorded(real, cassette.format_name))
    cassettes.check_any()
    here = _slashes(os.getcwd()) + "/"
    results = [
        (shown[judgement.path], judgement.verdict, judgement.reason.replace(here, ""))
        for judgement in orphans.judge(recorded, sources)
    ]
    if format_ == "json":
        import json

        records = [
            {"path": printable(path, _MAX_SHOWN), "verdict": verdict.value, "reason": printable(reason, _MAX_SHOWN)}
            for path, verdict, reason in results
        ]
        click.echo(json.dumps(records, indent=2))
    else:
        for path, verdict, reason in results:
            if verdict is not Verdict.CLAIMED or verbose:
                click.echo(f"{printable(path, _MAX_SHOWN)}: {verdict.value}: {printable(reason, _MAX_SHOWN)}")
    numbers = [sum(verdict is kind for _, verdict, _ in results) for kind in Verdict]
    if results and not quiet:
        claimed, orphaned, unknown = numbers
        exits.say(
            f"{count(len(results), 'cassette')}: {claimed:,} claimed, {count(orphaned, 'orphan')}, {unknown:,} unknown"
        )
    if cassettes.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if numbers[1] else exits.OK


def _sources(folders: tuple[str, ...]) -> list[Source]:
    from cassette_tools.source.gitignore import Patterns

    found: list[Source] = []
    for folder in folders:
        include = Patterns(os.path.realpath(folder), [f"*{suffix}" for suffix in orphans.SUFFIXES])
        for target in discover.targets([folder], lambda _, include=include: discover.Wanted(include)):  # type: ignore[misc]
            if isinstance(target, CassetteToolsError):
                raise target
            if target.path.endswith(orphans.SUFFIXES) and os.path.getsize(target.path) <= _MAX_SOURCE:
                text = files.read(target.path).decode("utf-8", "replace")
                found.append(Source(_slashes(os.path.realpath(target.path)), text))
    if not found:
        hint = "--tests names the folders that hold the tests (*.go, *.py, *.rb)"
        raise NothingToCheckError(f"no tests found in {', '.join(map(repr, folders))}", hint)
    return found


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/")
