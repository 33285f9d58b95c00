"""``cassette-tools summary``."""

import click

from cassette_tools.cli import executor as executors
from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.overview import overview


@click.command("summary")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@options.format_option("text", "markdown", "json")
@options.output
@options.jobs
@executors.option
def command(paths: tuple[str, ...], format_: str, output: str, jobs: int | None, executor: str) -> int:
    r"""Look over a tree of recordings: one screen about what is in it.

    Formats, sizes and ages, APIs, providers and models, tokens and cost, and what lint has to say. What to run first in
    a repository that one does not know.

    \b
    Examples:
      cassette-tools summary .
      cassette-tools summary testdata/ --format markdown

    \b
    Exit code:
      0    looked over, whatever was found
      2    a file cannot be read, or something stopped the tool
      130  interrupted
    """
    from cassette_tools.report import overview as report

    options.check_output(output, paths)
    in_trouble = False
    for result in overview(list(paths), jobs, executors.of_command(executor, paths)):
        if isinstance(result, CassetteToolsError):
            exits.report_error(result)
            in_trouble = True
            continue
        if not result.cassettes:
            if in_trouble:
                break
            raise NothingToCheckError
        write = {"text": report.text, "markdown": report.markdown, "json": report.as_json}[format_]
        options.write_report([write(result)], output)
    return exits.TROUBLE if in_trouble else exits.OK
