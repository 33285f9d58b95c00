"""``cassette-tools redact``."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.cli.progress import Progress
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.operations.redaction.policy import Style
from cassette_tools.operations.redaction.redact import RedactedCassette
from cassette_tools.operations.redaction.targets import Left
from cassette_tools.redaction import STDIN_NAME, Redaction, Run, redact_paths, settings
from cassette_tools.report.base import count, elsewhere
from cassette_tools.text import escape, without_secrets


def _names(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, callback=options.words, metavar="NAMES", help=text)


@click.command("redact")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@click.option("--write", is_flag=True, help="Change the files. With - the result goes to stdout.")
@click.option("--check", is_flag=True, help="Exit with 1 when something would change, and show only where.")
@click.option("-o", "--output", type=options.DIR, default="", help="Write redacted copies into this folder.")
@options.rules("--select", "Take out what these rules find: CT601, api-key, CT6; by default all but CT608.")
@options.rules("--extend-select", "Take out what these rules find, too: CT608 is personal data.")
@options.rules("--ignore", "Leave what these rules find.")
@_names("--headers", "Take out the values of these headers, too.")
@_names("--keep-headers", "Remove all headers but these (and those without which a body cannot be read).")
@_names("--delete-headers", "Remove these headers.")
@_names("--query", "Take out the values of these parameters of URLs, too.")
@_names("--form-fields", "Take out the values of these fields of forms, too.")
@click.option("--json-path", multiple=True, metavar="PATH", help="Take out strings and numbers of JSON: $.user.email")
@click.option(
    "--placeholders",
    type=click.Choice(["named", "plain", "fake"]),
    default=None,
    help="named: REDACTED-openai-key-1, the same for the same value. plain: REDACTED. fake: a value of the same form, "
    "made with the key in CASSETTE_TOOLS_FAKE_KEY.  [default: named]",
)
@click.option("--fake", is_flag=True, help="The same as --placeholders fake.")
@options.known_secrets
@options.gitleaks_config
@options.config
@options.isolated
@options.skip_unknown
@options.no_progress
@options.quiet
@options.color
def command(
    paths: tuple[str, ...],
    write: bool,
    check: bool,
    output: str,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    headers: tuple[str, ...],
    keep_headers: tuple[str, ...],
    delete_headers: tuple[str, ...],
    query: tuple[str, ...],
    form_fields: tuple[str, ...],
    json_path: tuple[str, ...],
    placeholders: Style | None,
    fake: bool,
    known_secret_env: tuple[str, ...],
    gitleaks_config: str,
    config: str,
    isolated: bool,
    skip_unknown: bool,
    no_progress: bool,
    quiet: bool,
    color: str,
) -> int:
    r"""Take secrets out of cassettes, without breaking their replay.

    Shows what would change, with the secrets masked; --write changes the files. Only the characters of a secret change,
    however it is coded, and the lengths that count them. The same value gets the same placeholder in all files of a
    run. Settings come from the table redact of the nearest configuration.

    \b
    Examples:
      cassette-tools redact testdata/
      cassette-tools redact testdata/ --write
      cassette-tools redact testdata/ --check
      cassette-tools redact testdata/chat.yaml --write --known-secret-env OPENAI_API_KEY
      cassette-tools redact testdata/ -o redacted/ --keep-headers accept,content-type,user-agent
      cassette-tools redact - --write <chat.yaml >redacted.yaml

    \b
    Exit code:
      0    done, or nothing to be done
      1    with --check: something would change
      2    something stopped the tool, or a file cannot be redacted: it is as it was, the others are done
      130  interrupted
    """
    given = [name for name, value in (("--write", write), ("--check", check), ("--output", output)) if value]
    if len(given) > 1:
        raise click.UsageError(f"{given[0]} cannot be used with {given[1]}")
    if output and "-" in paths:
        raise click.UsageError("--output takes files and folders: what standard input holds has no name")
    if config and isolated:
        raise click.UsageError("--config cannot be used with --isolated")
    if fake and placeholders not in (None, "fake"):
        raise click.UsageError(f"--fake cannot be used with --placeholders {placeholders}")
    run = Run(
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        headers=headers,
        keep_headers=keep_headers or None,
        delete_headers=delete_headers,
        query=query,
        form_fields=form_fields,
        json_paths=json_path,
        style="fake" if fake else placeholders,
        known_secrets=known_secret_env,
        gitleaks=gitleaks_config,
        config=config,
        isolated=isolated,
        skip_unknown=skip_unknown,
        write=write,
        folder=output,
    )
    finder = settings(run)
    options.say_what_is_unusable(finder.of_file("").secrets)
    job = _Job(Progress(wanted=not (quiet or no_progress)))
    colour = options.wants_colour(color, sys.stdout)
    for path, redacted in job.results(redact_paths(list(paths), run, finder)):
        if write and path == STDIN_NAME:
            sys.stdout.flush()
            sys.stdout.buffer.write(redacted.data)
        elif redacted.changed and check:
            job.progress.clear()
            click.echo(f"{escape(without_secrets(path))}: {_what(redacted)}")
        elif redacted.changed and not (write or output):
            from cassette_tools.report import diff

            job.progress.clear()
            after = redacted.data.decode("utf-8-sig", "replace")
            click.echo(diff.render(path, redacted.before, after, colour=colour), nl=False, color=colour)
    sys.stdout.flush()
    job.check_any(skip_unknown=skip_unknown)
    for left, number in job.left.items():
        where = f"{escape(left.path)} leads to {left.what} in {count(number, 'place')}"
        exits.say(f"warning: {where}, which stays: only strings and numbers are taken out")
    if not quiet:
        exits.say(job.summary(done=write or bool(output)))
    if job.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if check and job.changed else exits.OK


def _what(redacted: RedactedCassette) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(redacted.found.items()))


class _Job:
    """What a run has seen, while its results go by."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.in_trouble = False
        self.changed = 0
        self._cassettes = 0
        self._skipped = 0
        self._failed = 0
        self._places: Counter[str] = Counter()
        self.left: Counter[Left] = Counter()
        self._outside = 0

    def results(self, found: Iterator[Redaction | CassetteToolsError]) -> Iterator[tuple[str, RedactedCassette]]:
        """The cassettes, without the errors: those are said and remembered."""
        for result in found:
            self.progress.step()
            if isinstance(result, CassetteToolsError):
                self.progress.clear()
                exits.report_error(result)
                self.in_trouble = True
                self._failed += 1
            elif result.redacted is None:
                self._skipped += 1
            else:
                self._cassettes += 1
                self._places += result.redacted.found
                self.left += result.redacted.left
                self._outside += result.redacted.cassette.outside
                self.changed += result.redacted.changed
                yield result.path, result.redacted
        self.progress.clear()

    def check_any(self, *, skip_unknown: bool) -> None:
        """Stop when there was nothing to redact."""
        if not self._cassettes and not self.in_trouble and not (skip_unknown and self._skipped):
            raise NothingToCheckError(
                "no cassette found" + (f" in {count(self._skipped, 'file')}" if self._skipped else "")
            )

    def summary(self, *, done: bool) -> str:
        """How much was taken out, or would be."""
        number = sum(self._places.values())
        verb = "redacted" if done else "would be redacted"
        text = f"{count(number, 'place')} {verb} in {self.changed:,} of {count(self._cassettes, 'cassette')}"
        text += f"; {count(self._failed, 'file')} not: see above" if self._failed else ""
        return f"{text}; {elsewhere(self._outside)}" if self._outside else text
