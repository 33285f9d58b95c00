"""``cassette-tools usage``."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cassette_tools.accounting import FileUsage, Run, usage_of_paths
from cassette_tools.cli import executor as executors
from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.operations.usage.record import Record
from cassette_tools.operations.usage.totals import KEYS, SORTS, Grouped

if TYPE_CHECKING:
    from concurrent.futures import Executor

_DEFAULT = ("provider", "model")


def _date(ctx: click.Context, parameter: click.Parameter, value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-01-31", ctx, parameter) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC)


@click.command("usage")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@options.words_option("--by", KEYS, f"Group by one or several of {', '.join(KEYS)}.  [default: provider,model]")
@click.option(
    "--sort", type=click.Choice(list(SORTS)), default=None, metavar="WORD",
    help=f"Sort the groups, the greatest first, by one of {', '.join(SORTS)}.  [default: cost with --top, else names]",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=1), metavar="N", default=None, help="Show so many groups, and the others as one."
)
@click.option(
    "--model", default="", metavar="PATTERN", help="Only these models, as they are written, such as 'gpt-4o*'."
)
@click.option("--since", default="", metavar="DATE", callback=_date, help="Only what was recorded since then.")
@options.format_option(
    "text", "json", "jsonl", "csv", "markdown", "html", "parquet",
    about="text, markdown, json: the groups. jsonl: a line an interaction. csv: the groups with --by, or interactions. "
    "html: a page with a table and plots. parquet: a row an interaction, to -o FILE.",
)  # fmt: skip
@click.option("--check-prices", is_flag=True, help="Compare what recordings say they cost with the table of prices.")
@options.output
@options.jobs
@executors.option
def command(
    paths: tuple[str, ...],
    by: tuple[str, ...],
    sort: str | None,
    top: int | None,
    model: str,
    since: datetime | None,
    format_: str,
    check_prices: bool,
    output: str,
    jobs: int | None,
    executor: str,
) -> int:
    r"""Add up what recordings used, and what it would cost to record them again.

    Tokens are counted in the same terms for all APIs; docs/usage.md defines them. What an answer does not say is
    unknown and counted as that, never as 0. A cost is what the recording itself says, or else an estimate by the tables
    of genai-prices, if that is installed, at the recording's date.

    \b
    Examples:
      cassette-tools usage testdata/
      cassette-tools usage testdata/ --by folder --sort cost --top 10
      cassette-tools usage testdata/ --model 'gpt-4o*' --format json
      cassette-tools usage testdata/ --format jsonl -o usage.jsonl

    \b
    Exit code:
      0    added up
      2    a file cannot be read, or something stopped the tool
      130  interrupted
    """
    from cassette_tools.report import usage as report

    if format_ == "parquet" and not output:
        raise click.UsageError("--format parquet goes to a file: -o FILE")
    if check_prices and format_ != "text":
        raise click.UsageError(f"--check-prices has no --format {format_}")
    is_by_record = format_ in ("jsonl", "parquet") or (format_ == "csv" and not by)
    if (is_by_record or check_prices) and (sort or top):
        raise click.UsageError("--sort and --top are for groups, and not for a line an interaction")
    options.check_output(output, paths)
    keys = by or _DEFAULT
    # The first few by name are of no interest to anybody.
    sort = sort or ("cost" if top else "")
    wants_records = check_prices or is_by_record or format_ == "html"
    pool = executors.of_command(executor, paths)
    job = _Job(list(paths), Run(keys, wants_records, model, since, jobs), pool)
    if not job.begin():
        return exits.TROUBLE
    if check_prices:
        from cassette_tools.report import prices

        pieces = prices.write(job.records())
    elif format_ == "parquet":
        from cassette_tools.report import usage_parquet

        usage_parquet.write(job.records(), output)
        return exits.TROUBLE if job.in_trouble else exits.OK
    elif format_ == "html":
        from cassette_tools.report import usage_html

        pieces = usage_html.write(job.records(), keys, sort or "total", top)
    elif format_ == "jsonl":
        pieces = map(report.line, job.records())
    elif format_ == "csv" and not by:
        pieces = report.csv_of_records(job.records())
    else:
        width = options.terminal_width(sys.stdout) if sys.stdout.isatty() and not output else None
        write: dict[str, Callable[[Grouped], Iterator[str]]] = {
            "text": lambda grouped: iter([report.table(grouped, keys, sort, top, width=width)]),
            "markdown": lambda grouped: iter([report.table(grouped, keys, sort, top, markdown=True)]),
            "json": lambda grouped: iter([report.as_json(grouped, keys, sort, top)]),
            "csv": lambda grouped: report.csv_of_groups(grouped, keys, sort, top),
        }
        pieces = job.written(keys, write[format_])
    options.write_report(pieces, output)
    return exits.TROUBLE if job.in_trouble else exits.OK


class _Job:
    """Goes through the files; what is wrong with some is said and remembered."""

    def __init__(self, paths: list[str], run: Run, pool: "Executor | None") -> None:
        self._run = run
        self._results = self._read(paths, pool)
        self._first: FileUsage | None = None
        self.in_trouble = False

    def begin(self) -> bool:
        """Go on until the first file that there is something to say of; false where there is none."""
        self._first = next(self._results, None)
        return self._first is not None

    def _read(self, paths: list[str], pool: "Executor | None") -> Iterator[FileUsage]:
        cassettes = undated = calls = 0
        for result in usage_of_paths(paths, self._run, pool):
            if isinstance(result, CassetteToolsError):
                exits.report_error(result)
                self.in_trouble = True
            elif result.is_cassette:
                cassettes += 1
                undated += result.undated
                calls += result.totals.all.calls
                yield result
        if not cassettes and not self.in_trouble:
            raise NothingToCheckError
        if undated:
            noun = "interaction has" if undated == 1 else "interactions have"
            exits.say(f"note: {undated:,} {noun} no date, and {'is' if undated == 1 else 'are'} left out")
        if cassettes and not calls and (self._run.model or self._run.since is not None):
            exits.say("note: nothing is left by --model and --since")

    def _files(self) -> Iterator[FileUsage]:
        if self._first is not None:
            yield self._first
        yield from self._results

    def records(self) -> Iterator[Record]:
        for result in self._files():
            yield from result.records

    def written(self, keys: tuple[str, ...], write: Callable[[Grouped], Iterator[str]]) -> Iterator[str]:
        grouped = Grouped(keys)
        for result in self._files():
            grouped.merge(result.totals)
        yield from write(grouped)
