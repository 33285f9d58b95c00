"""``cassette-tools lint``."""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from cassette_tools.cli import executor as executors
from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.cli.progress import Progress
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.finding import Finding, Severity
from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.run import Fixing, Run, lint_paths, targets
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.report import registry
from cassette_tools.report.base import Report, Totals, count, summary
from cassette_tools.text import escape, without_secrets

if TYPE_CHECKING:
    from cassette_tools.lint.select import Choice

_STDIN_NAME = "<stdin>"
_FEW = 3
"""Files that a hint names."""
_SEVERITIES = [severity.label for severity in sorted(Severity, reverse=True)]


def _path(*names: str, text: str) -> Callable[[Any], Any]:
    return click.option(*names, type=options.FILE, default="", help=text)


@click.command("lint")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@options.rules("--select", "Check these rules only: codes, prefixes of codes (CT3), names, ALL; several with commas.")
@options.rules("--extend-select", "Check these rules, too.")
@options.rules("--ignore", "Do not check these rules.")
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Exit with 1 when there is a finding of this severity or a worse one.  [default: warning]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--fix", is_flag=True, help="Fix what can be fixed safely, in the files.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff, also what may change what a recording says.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@_path("--baseline", text="Hide the findings that are written down in this file.")
@_path("--write-baseline", text="Write all findings down in this file, instead of reporting them.")
@click.option("--no-ignores", is_flag=True, help="Report what comments, the configuration and the baseline hide.")
@options.known_secrets
@options.gitleaks_config
@options.config
@options.isolated
@options.format_option(registry.AUTO, *registry.FORMATS, about="auto: github in a GitHub Actions job, else text.")
@options.output
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead; [*] marks what has a fix.")
@click.option("--show-files", is_flag=True, help="List the files that would be looked at, and stop.")
@click.option("--show-settings", is_flag=True, help="Show the settings for the first path, and stop.")
@options.skip_unknown
@click.option("--stdin-filename", metavar="NAME", default=_STDIN_NAME, help="What to call standard input in findings.")
@options.jobs
@executors.option
@options.no_progress
@options.quiet
@click.option("-v", "--verbose", is_flag=True, help="Say which configurations hold, and what was passed over.")
@options.color
def command(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    exit_zero: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    baseline: str,
    write_baseline: str,
    no_ignores: bool,
    known_secret_env: tuple[str, ...],
    gitleaks_config: str,
    config: str,
    isolated: bool,
    format_: str,
    output: str,
    statistics: bool,
    show_files: bool,
    show_settings: bool,
    skip_unknown: bool,
    stdin_filename: str,
    jobs: int | None,
    executor: str,
    no_progress: bool,
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    r"""Check cassettes: files, folders, glob patterns, or - for standard input.

    Folders are searched for *.yaml, *.yml, *.json and *.har (and .gz), leaving out what .gitignore ignores. The report
    goes to stdout, the summary to stderr. Settings come from the nearest cassette-tools.toml, .cassette-tools.toml or
    [tool.cassette-tools] in pyproject.toml.

    \b
    Examples:
      cassette-tools lint testdata/
      cassette-tools lint testdata/ --select CT3,CT4 --fail-on error
      cassette-tools lint testdata/ --fix
      cassette-tools lint testdata/ --write-baseline cassette-baseline.json
      cassette-tools lint 'fixtures/**/*.yaml' --format sarif -o report.sarif
      git show HEAD:testdata/chat.yaml | cassette-tools lint - --stdin-filename testdata/chat.yaml

    \b
    Exit code:
      0    nothing found (or nothing as bad as --fail-on)
      1    findings
      2    something stopped the tool: a wrong option, a path that is not there, nothing to check
      130  interrupted
    """
    _check_together(
        ("--quiet", quiet, "--verbose", verbose),
        ("--config", config, "--isolated", isolated),
        ("--baseline", baseline, "--write-baseline", write_baseline),
        ("--fix", fix, "--diff", diff),
        ("--write-baseline", write_baseline, "--fix", fix or diff),
        ("--statistics", statistics, "--diff", diff),
        ("-", "-" in paths, "--fix", fix or diff),
    )
    finder = SettingsFinder(
        Options(
            _choice(select, extend_select, ignore),
            None if fail_on is None else Severity[fail_on.upper()],
            baseline,
            config,
            isolated,
            known_secret_env,
            gitleaks_config,
        )
    )
    # What is wrong with the options or the configuration here is said before any work is done.
    options.say_what_is_unusable(finder.of_file("").secrets)
    if show_settings:
        return _show_settings(paths[0], finder)
    options.check_output(output or write_baseline, paths)
    if stdin_filename != _STDIN_NAME and "-" not in paths:
        exits.say("note: --stdin-filename is not used: standard input is not read without the path -")
    if unsafe_fixes and not (fix or diff):
        exits.say("note: --unsafe-fixes is not used: nothing is fixed without --fix or --diff")
    run = Run(
        finder,
        skip_unknown=skip_unknown,
        stdin_name=stdin_filename,
        jobs=jobs,
        use_ignores=not no_ignores,
        use_baseline=not no_ignores and not write_baseline,
        fixing=Fixing(unsafe_fixes, show=diff) if fix or diff else None,
    )
    if show_files:
        return _show_files(list(paths), run)
    job = _Job(
        finder, Progress(wanted=not (quiet or no_progress)), skip_unknown=skip_unknown, quiet=quiet, verbose=verbose
    )
    results = job.results(lint_paths(paths, run, executors.of_command(executor, paths)))
    if write_baseline:
        return _write_baseline(write_baseline, results, job)
    colour = options.wants_colour(color, sys.stdout) and not output
    if diff:
        pieces = _diffs(results, job, colour=colour)
    elif statistics:
        pieces = _statistics(results, registry.resolve(format_))
    else:
        width = 120 if output else options.terminal_width(sys.stdout)
        pieces = _report(results, registry.report(format_, colour=colour, width=width), job)
    options.write_report(pieces, output)
    job.end(summary(job.totals, writes=not diff))
    leaking = [path for path in job.leaking if "-" not in paths or path != stdin_filename]
    if leaking:
        about = [("--known-secret-env", name) for name in known_secret_env]
        about += [("--gitleaks-config", gitleaks_config), ("--config", config)]
        words = [word for option in about if option[1] for word in option]
        job.say(_how_to_redact(leaking, paths, [*words, "--isolated"] if isolated else words))
    if job.in_trouble:
        return exits.TROUBLE
    failed = job.changed if diff else job.failed
    return exits.FINDINGS if failed and not exit_zero else exits.OK


def _show_settings(path: str, finder: SettingsFinder) -> int:
    from cassette_tools.report.settings import render

    click.echo(render(finder.of(path) if options.is_folder(path) else finder.of_file(path)), nl=False)
    return exits.OK


def _write_baseline(file: str, results: Iterator[FileResult], job: "_Job") -> int:
    from cassette_tools.lint import baseline

    job.end(f"{count(baseline.write(file, results), 'entry')} in {escape(file)}")
    return exits.TROUBLE if job.in_trouble else exits.OK


def _choice(select: tuple[str, ...], extend_select: tuple[str, ...], ignore: tuple[str, ...]) -> "Choice | None":
    if not (select or extend_select or ignore):
        return None
    from cassette_tools.lint.select import Choice

    return Choice(select or None, extend_select, ignore)


def _check_together(*pairs: tuple[str, object, str, object]) -> None:
    for first, one, second, other in pairs:
        if one and other:
            raise click.UsageError(f"{first} cannot be used with {second}")


def _how_to_redact(leaking: list[str], paths: tuple[str, ...], about: list[str]) -> str:
    """A hint with the command that takes out what was found; a hook's user sees nothing else of this tool."""
    import shlex

    few = leaking if len(leaking) <= _FEW else [path for path in paths if path != "-"]
    words = " ".join([*map(shlex.quote, [*about, *few[:_FEW]]), *(["…"] if len(few) > _FEW else [])])
    command = escape(without_secrets(f"cassette-tools redact --write {words}"))
    return f"  hint: `{command}` takes secrets out; revoke those that were pushed already"


def _show_files(paths: list[str], run: Run) -> int:
    code = exits.OK
    for target in targets(paths, run):
        if isinstance(target, CassetteToolsError):
            exits.report_error(target)
            code = exits.TROUBLE
        else:
            click.echo(escape(target.path))
    return code


class _Job:
    """What a run has seen, while its results go by."""

    def __init__(
        self, finder: SettingsFinder, progress: Progress, *, skip_unknown: bool, quiet: bool, verbose: bool
    ) -> None:
        self.totals = Totals()
        self.in_trouble = False
        self.failed = False
        self.changed = False
        self.leaking: list[str] = []
        """The files in which `redact` has something to take out that is worse than worth knowing."""
        self.progress = progress
        self._finder = finder
        self._skip_unknown = skip_unknown
        self._quiet = quiet
        self._verbose = verbose
        self._configurations: set[str] = set()

    def results(self, found: Iterator[FileResult | CassetteToolsError]) -> Iterator[FileResult]:
        """The results, without the errors: those are said and remembered."""
        for result in found:
            self.progress.step()
            if isinstance(result, CassetteToolsError):
                self.progress.clear()
                exits.report_error(result)
                self.in_trouble = True
                continue
            self.totals.add(result)
            self.failed = self.failed or result.fails
            if result.findings and _leaks(result.findings):
                self.leaking.append(result.path)
            if self._verbose:
                self._explain(result)
            yield result
        self.progress.clear()

    def _explain(self, result: FileResult) -> None:
        file = self._finder.of_file(result.path).config.file
        if file not in self._configurations:
            self._configurations.add(file)
            self.say(f"settings: {escape(file) or 'no configuration file'}")
        if not result.checked:
            kind = "a recording of something else" if result.other_recording else "no cassette"
            self.say(f"{escape(without_secrets(result.path))}: passed over: {kind}")

    def end(self, message: str) -> None:
        """Sum up; stop when there was nothing to check."""
        totals = self.totals
        if not totals.cassettes and not self.in_trouble and not (self._skip_unknown and totals.skipped):
            raise NothingToCheckError(
                "no cassette found" + (f" in {count(totals.skipped, 'file')}" if totals.skipped else "")
            )
        self.say(message)

    def say(self, message: str) -> None:
        """Say something on stderr, unless it is to be quiet."""
        self.progress.clear()
        if not self._quiet:
            exits.say(message)


def _leaks(findings: tuple[Finding, ...]) -> bool:
    from cassette_tools.operations.redaction.policy import DEFAULT_CODES

    return any(finding.code in DEFAULT_CODES and finding.severity >= Severity.WARNING for finding in findings)


def _report(results: Iterator[FileResult], report: Report, job: _Job) -> Iterator[str]:
    yield report.begin()
    for result in results:
        if result.findings:
            job.progress.clear()
        for finding in result.findings:
            yield report.add(finding)
    yield report.end(job.totals)


def _diffs(results: Iterator[FileResult], job: _Job, *, colour: bool) -> Iterator[str]:
    from cassette_tools.report import diff

    for result in results:
        if result.change is not None:
            job.changed = True
            job.progress.clear()
            yield diff.render(result.path, *result.change, colour=colour)


def _statistics(results: Iterator[FileResult], format_: str) -> Iterator[str]:
    from cassette_tools.report import statistics

    yield statistics.render([finding for result in results for finding in result.findings], as_json=format_ == "json")
