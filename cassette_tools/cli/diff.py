"""``cassette-tools diff``."""

import sys
from collections.abc import Iterator

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.comparison import FileDiff, compare_paths, compare_revisions
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.operations.diff.difference import Verdict

_FORMATS = ("text", "json", "markdown")


@click.command("diff")
@click.argument("paths", nargs=-1)
@click.option(
    "--git", "revisions", nargs=1, multiple=True, metavar="REV",
    help="Compare this revision with the files as they are; given twice, the first revision with the second. The "
    "paths say what of it.",
)  # fmt: skip
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True, help="The report.")
@click.option("--summary", "wants_summary", is_flag=True, help="Only how many came to what.")
@click.option("--stat", "wants_stat", is_flag=True, help="Only the verdict of each file.")
@click.option("--volatile", is_flag=True, help="Show what is new in every recording, too: ids, dates, fragments.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever differs.")
@click.option("-o", "--output", metavar="FILE", default="", help="Write to a file: all of the report or nothing.")
@options.color
def command(
    paths: tuple[str, ...],
    revisions: tuple[str, ...],
    format_: str,
    wants_summary: bool,
    wants_stat: bool,
    volatile: bool,
    exit_zero: bool,
    output: str,
    color: str,
) -> int:
    r"""Show what a re-recording changed, by what it means.

    Interactions are brought together even where others came in between. Then what is asked and what is answered is
    compared: streamed answers as whole messages, JSON by its fields. Each file gets a verdict: identical, volatile only
    (ids, dates, counts of tokens, fragments), wording (the model says it in other words), behaviour (something else is
    asked for or done), broken (something is lost).

    \b
    Examples:
      cassette-tools diff old.yaml new.yaml
      cassette-tools diff before/ after/ --summary
      cassette-tools diff --git HEAD testdata/
      cassette-tools diff --git main --git HEAD testdata/ --format markdown

    \b
    Exit code:
      0    the same, but for what is volatile
      1    different
      2    something stopped the tool, or a file cannot be read
      130  interrupted
    """
    if len(revisions) > 2:
        raise click.UsageError("--git can be given twice, for two revisions.")
    if not revisions and len(paths) != 2:
        raise click.UsageError("diff compares two files or two folders; or revisions, with --git.")
    if wants_summary and wants_stat:
        raise click.UsageError("--summary cannot be used with --stat.")
    found = (
        compare_revisions(revisions[0], revisions[1] if len(revisions) > 1 else "", list(paths))
        if revisions
        else compare_paths(paths[0], paths[1])
    )
    job = _Job()
    results = job.results(found)
    if format_ == "json":
        from cassette_tools.report import comparison_json

        pieces = comparison_json.write(results, volatile=volatile)
    elif format_ == "markdown":
        from cassette_tools.report import comparison_markdown

        pieces = comparison_markdown.write(results)
    else:
        colour = options.wants_colour(color, sys.stdout) and not output
        pieces = _text(results, colour=colour, volatile=volatile, brief=wants_stat, only_summary=wants_summary)
    options.write_report(pieces, output)
    if not job.compared and not job.in_trouble:
        raise NothingToCheckError("no cassette found", "name two files or two folders that hold cassettes")
    if job.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if job.worst > Verdict.VOLATILE and not exit_zero else exits.OK


def _text(
    results: Iterator[FileDiff], *, colour: bool, volatile: bool, brief: bool, only_summary: bool
) -> Iterator[str]:
    from cassette_tools.report import comparison

    writer = comparison.Text(colour=colour, volatile=volatile)
    seen: list[FileDiff] = []
    for result in results:
        seen.append(result)
        lines = writer.file(result)
        if brief:
            yield f"{next(lines)}\n"
        elif not only_summary and (result.verdict > Verdict.VOLATILE or volatile):
            yield "".join(f"{line}\n" for line in lines)
    if len(seen) != 1 or only_summary:
        yield "".join(f"{line}\n" for line in [*([] if only_summary else [""]), *comparison.summary(seen)])
    elif not brief and seen[0].verdict <= Verdict.VOLATILE and not volatile:
        yield f"{next(writer.file(seen[0]))}\n"


class _Job:
    """What a run has seen, while its results go by."""

    def __init__(self) -> None:
        self.in_trouble = False
        self.compared = 0
        self.worst = Verdict.IDENTICAL

    def results(self, found: Iterator[FileDiff | CassetteToolsError]) -> Iterator[FileDiff]:
        """The files, without the errors: those are said and remembered."""
        for result in found:
            if isinstance(result, CassetteToolsError):
                exits.report_error(result)
                self.in_trouble = True
            else:
                self.compared += 1
                self.worst = max(self.worst, result.verdict)
                yield result
