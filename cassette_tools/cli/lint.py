"""``cassette-tools lint``."""

import sys

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.finding import Severity
from cassette_tools.lint import workers
from cassette_tools.lint.engine import lint_paths
from cassette_tools.report import registry
from cassette_tools.report.base import Totals, count, summary


@click.command("lint")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice([registry.AUTO, *registry.FORMATS]),
    default=registry.AUTO,
    show_default=True,
    help="The format of the report. auto: github under GitHub Actions, text elsewhere.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.label for severity in sorted(Severity, reverse=True)]),
    default=Severity.WARNING.label,
    show_default=True,
    help="Exit with 1 when there is a finding of this severity or a worse one.",
)
@click.option("--skip-unknown", is_flag=True, help="Pass over named files that are no cassettes, as in a folder.")
@click.option("--stdin-filename", metavar="NAME", default="<stdin>", help="What to call standard input in findings.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share the work; by default as many as there are CPUs, and one for few files.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@options.color
def command(
    paths: tuple[str, ...],
    format_: str,
    fail_on: str,
    skip_unknown: bool,
    stdin_filename: str,
    jobs: int | None,
    quiet: bool,
    color: str,
) -> int:
    r"""Check cassettes: files, folders, glob patterns, or - for standard input.

    Folders are searched for *.yaml, *.yml, *.json and *.har (and .gz), leaving out what .gitignore ignores. The report
    goes to stdout, the summary to stderr.

    \b
    Examples:
      cassette-tools lint testdata/
      cassette-tools lint 'fixtures/**/*.yaml' --format json
      git show HEAD:testdata/chat.yaml | cassette-tools lint - --stdin-filename testdata/chat.yaml

    \b
    Exit code:
      0    nothing found (or nothing as bad as --fail-on)
      1    findings
      2    something stopped the tool: a wrong option, a path that is not there, nothing to check
      130  interrupted
    """
    threshold = Severity[fail_on.upper()]
    totals = Totals()
    in_trouble = False
    write = sys.stdout.write
    colour = options.wants_colour(color, sys.stdout)
    report = registry.report(format_, colour=colour, width=options.terminal_width(sys.stdout))
    write(report.begin())
    results = lint_paths(
        list(paths), skip_unknown=skip_unknown, stdin_name=stdin_filename, jobs=jobs or workers.usable_cpus()
    )
    for result in results:
        if isinstance(result, CassetteToolsError):
            exits.report_error(result)
            in_trouble = True
            continue
        totals.add(result)
        for finding in result.findings:
            write(report.add(finding))
    write(report.end(totals))
    sys.stdout.flush()
    if not totals.cassettes and not in_trouble and not (skip_unknown and totals.skipped):
        raise NothingToCheckError(
            "no cassette found" + (f" in {count(totals.skipped, 'file')}" if totals.skipped else ""),
            "name a file or a folder that holds cassettes (*.yaml, *.yml, *.json, *.har, also .gz)",
        )
    if not quiet:
        exits.say(summary(totals))
    if in_trouble:
        return exits.TROUBLE
    worst = max((severity for severity, number in totals.severities.items() if number), default=None)
    return exits.FINDINGS if worst is not None and worst >= threshold else exits.OK
