"""``cassette-tools diff``."""

import importlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.comparison import FileDiff, How, compare_paths, compare_revisions
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.finding import Severity
from cassette_tools.operations.diff.difference import KINDS, Verdict

if TYPE_CHECKING:
    from cassette_tools.report.comparison import Stat, Text

_VERDICTS = {verdict.name.lower(): verdict for verdict in Verdict if verdict is not Verdict.IDENTICAL}
_SEVERITIES = {severity.label: severity for severity in Severity}
# "volatile" and "error" are kinds, too; whoever names them means more than that.
_FAILURES = tuple(dict.fromkeys((*_VERDICTS, *_SEVERITIES, *KINDS)))


@click.command("diff")
@click.argument("paths", nargs=-1, type=options.FILE)
@click.option(
    "--git", "revisions", nargs=1, multiple=True, metavar="REV",
    help="Compare this revision with the files as they are; two of them, or A..B, with each other. The paths say what "
    "of it.",
)  # fmt: skip
@options.format_option("text", "json", "markdown", "github")
@click.option("--summary", "wants_summary", is_flag=True, help="Only how many came to what.")
@click.option("--stat", "wants_stat", is_flag=True, help="Only a line for each file, as a table.")
@options.words_option(
    "--only", KINDS, "Only differences of these kinds count, such as text or tool-call.", metavar="KIND"
)
@options.words_option("--ignore", KINDS, "These do not count.", metavar="KIND")
@options.words_option(
    "--fail-on", _FAILURES, default=("wording",),
    about="Exit with 1 if there is a difference of this verdict or a worse one, of this severity or a worse one, or of "
    "this kind.  [default: wording]",
)  # fmt: skip
@click.option("--volatile", is_flag=True, help="Show what is new in every recording, too: ids, dates, fragments.")
@options.unmask
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever differs.")
@options.output
@options.config
@options.isolated
@options.color
def command(
    paths: tuple[str, ...],
    revisions: tuple[str, ...],
    format_: str,
    wants_summary: bool,
    wants_stat: bool,
    only: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: tuple[str, ...],
    volatile: bool,
    unmask: bool,
    exit_zero: bool,
    output: str,
    config: str,
    isolated: bool,
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
      cassette-tools diff --git HEAD --fail-on behaviour testdata/
      cassette-tools diff --git main HEAD testdata/ --format markdown
      cassette-tools diff --git main...HEAD

    \b
    Exit code:
      0    the same, but for what is volatile
      1    different
      2    something stopped the tool, or the first of two files cannot be read
      130  interrupted
    """
    if len(revisions) > 2:
        raise click.UsageError("--git can be given twice, for two revisions")
    if "" in revisions:
        raise click.UsageError("--git wants a revision, such as HEAD")
    if revisions:
        revisions, paths = _revisions(revisions, paths)
    elif len(paths) != 2:
        raise click.UsageError("diff compares two files or two folders; or revisions, with --git")
    if wants_summary and wants_stat:
        raise click.UsageError("--summary cannot be used with --stat")
    if (wants_summary or wants_stat) and format_ != "text":
        raise click.UsageError("--summary and --stat are reports of their own: they cannot be used with --format")
    options.check_output(output, paths)
    brief = wants_summary or wants_stat
    wants_secrets, lists_all = not unmask and not brief, format_ == "json"
    how = How(frozenset(only), frozenset(ignore), volatile, wants_secrets, config, isolated, lists_all)
    found = (
        compare_revisions(revisions[0], revisions[1] if len(revisions) > 1 else "", list(paths), how)
        if revisions
        else compare_paths(paths[0], paths[1], how)
    )
    job = _Job(fail_on)
    results = job.results(found)
    if format_ == "text":
        from cassette_tools.report.comparison import Stat, Text

        colour = options.wants_colour(color, sys.stdout) and not output
        writer = Text(colour=colour, shows=how.shows, masked=not unmask)
        stat = Stat(colour=colour, shows=how.shows) if wants_stat else None
        pieces = _text(results, writer, stat, volatile=volatile, only_summary=wants_summary)
    else:
        module = importlib.import_module(f"cassette_tools.report.comparison_{format_}")
        pieces = module.write(results, how.shows, masked=not unmask)
    options.write_report(pieces, output)
    if not job.compared and not job.in_trouble:
        if not revisions:
            raise NothingToCheckError("no cassette found", "name two files or two folders that hold cassettes")
        exits.say("no recording has changed")
    if job.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if job.failed and not exit_zero else exits.OK


def _revisions(revisions: tuple[str, ...], paths: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two revisions, or one, and the paths behind them: the second one may stand where a path could."""
    from cassette_tools import git

    if len(revisions) == 1:
        both = git.ends(revisions[0])
        if both is not None:
            return both, paths
        if paths and not os.path.lexists(paths[0]) and git.is_revision(paths[0]):
            return (*revisions, paths[0]), paths[1:]
    return revisions, paths


def _text(
    results: Iterator[FileDiff], writer: "Text", stat: "Stat | None", *, volatile: bool, only_summary: bool
) -> Iterator[str]:
    from cassette_tools.report.comparison import Summary

    summary = Summary()
    last: FileDiff | None = None
    for result in results:
        summary.add(result)
        last = result
        lines = writer.file(result)
        if stat is not None:
            stat.add(result)
        elif not only_summary and (result.verdict > Verdict.VOLATILE or volatile):
            yield "".join(f"{line}\n" for line in lines)
    if stat is not None:
        yield "".join(f"{line}\n" for line in stat.lines())
    if summary.files > 1 or (only_summary and summary.files):
        yield "".join(f"{line}\n" for line in [*([] if only_summary else [""]), *summary.lines()])
    elif stat is None and last is not None and last.verdict <= Verdict.VOLATILE and not volatile:
        yield f"{next(writer.file(last))}\n"


class _Job:
    """What a run has seen, while its results go by."""

    def __init__(self, fail_on: tuple[str, ...]) -> None:
        self._fail_on = fail_on
        self.in_trouble = False
        self.compared = 0
        self.failed = False

    def results(self, found: Iterator[FileDiff | CassetteToolsError]) -> Iterator[FileDiff]:
        """The files, without the errors: those are said and remembered."""
        for result in found:
            if isinstance(result, CassetteToolsError):
                exits.report_error(result)
                self.in_trouble = True
            else:
                self.compared += 1
                self.failed = self.failed or any(self._fails(result, word) for word in self._fail_on)
                yield result

    @staticmethod
    def _fails(result: FileDiff, word: str) -> bool:
        if word in _VERDICTS:
            return result.verdict >= _VERDICTS[word]
        if result.diff is None:
            if not result.counts:
                return False
            severity = Severity.ERROR if result.change == "broken" else Severity.WARNING
            return severity >= _SEVERITIES[word] if word in _SEVERITIES else word == "interaction"
        differences = (one for compared in result.diff.interactions for one in compared.differences)
        if word in _SEVERITIES:
            return any(one.severity >= _SEVERITIES[word] for one in differences)
        return any(one.kind == word for one in differences)
