"""``cassette-tools git-diff``: what git calls for each file."""

import os
import sys
from collections.abc import Iterator
from itertools import islice

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.errors import CassetteToolsError
from cassette_tools.text import escape, presentable

_PARTS = 7
"""path, old file, its hash and mode, new file, its hash and mode; with its new path and a message if it was renamed."""


@click.command("git-diff", context_settings={"ignore_unknown_options": True})
@click.argument("parts", nargs=-1, metavar="PATH OLD-FILE OLD-HASH OLD-MODE NEW-FILE NEW-HASH NEW-MODE")
def command(parts: tuple[str, ...]) -> int:
    r"""Serve git as an external diff driver: what a re-recording changed, by what it means.

    git calls it with seven arguments where `cassette-tools git setup` has told it to. What is no cassette is compared
    line by line.

    \b
    Examples:
      cassette-tools git-diff chat.yaml old.yaml 1f00 100644 new.yaml 2e11 100644
      git config diff.cassette.command "cassette-tools git-diff"
      GIT_EXTERNAL_DIFF="cassette-tools git-diff" git diff

    \b
    Exit code:
      0    shown
      2    something stopped the tool
      130  interrupted
    """
    if len(parts) == 1:
        click.echo(f"* Unmerged path {escape(parts[0])}")
        return exits.OK
    if len(parts) < _PARTS:
        raise click.UsageError(f"git calls it with {_PARTS} arguments")
    if _nobody_reads():
        return exits.OK
    path, old, _, old_mode, new, _, new_mode = parts[:_PARTS]
    name, message = parts[_PARTS : _PARTS + 2] if len(parts) > _PARTS + 1 else (path, "")
    has_colour = options.wants_colour("auto", sys.stdout) or _is_for_gits_pager()
    about = [*_modes(old_mode, new_mode), *(line for line in message.split("\n") if not line.startswith("index "))]
    try:
        options.write_report(_report(path, name, (old, new), list(filter(None, about)), colour=has_colour), "")
    except BrokenPipeError:
        # Whoever leaves the pager has seen enough; git would call it fatal that its driver died.
        exits.let_go(sys.stdout)
    return exits.OK


def _nobody_reads() -> bool:
    """Whether the reader of stdout has gone: git does not know, and calls for each file that is left."""
    import select

    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False
    # Neither of these is said of a device that cannot be asked, such as a terminal on macOS.
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _is_for_gits_pager() -> bool:
    return os.environ.get("GIT_PAGER_IN_USE") == "1" and not os.environ.get("NO_COLOR")


def _modes(before: str, after: str) -> list[str]:
    return [f"old mode {before}", f"new mode {after}"] if before != after and "." not in (before, after) else []


def _report(path: str, name: str, versions: tuple[str, str], about: list[str], *, colour: bool) -> Iterator[str]:
    def head(driver: str) -> Iterator[str]:
        bold, reset = ("\x1b[1m", "\x1b[0m") if colour else ("", "")
        for line in (f"diff --{driver} a/{path} b/{name}", *about):
            yield f"{bold}{escape(line)}{reset}\n"

    from cassette_tools.comparison import compare_versions
    from cassette_tools.operations.diff.difference import Verdict

    try:
        result = compare_versions(name, *versions)
    except CassetteToolsError:
        result = None
    if result is None:
        # git's own first line has no path of a file that is not there.
        rest = _lines(path, name, versions, colour=colour).partition("\n")[2]
        yield from head("git") if rest or about else ()
        yield rest
        return
    yield from head("cassette")
    from cassette_tools.report.comparison import Text

    lines = Text(colour=colour).file(result)
    # What each re-recording has is not worth more than a line.
    yield from (f"{line}\n" for line in (lines if result.verdict > Verdict.VOLATILE else islice(lines, 1)))


def _lines(path: str, name: str, versions: tuple[str, str], *, colour: bool) -> str:
    """What git itself shows, of the files as they may be shown."""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for side, label, version in (("a", path, versions[0]), ("b", name, versions[1])):
            target = os.path.join(folder, side, label)
            if version == os.devnull:
                sides.append(os.devnull)
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w", encoding="utf-8", newline="") as stream:
                stream.write(presentable(_text(version)))
            sides.append(f"{side}/{label}")
        shown = "always" if colour else "never"
        command = ["git", "diff", "--no-index", "--no-ext-diff", "--no-textconv", "--no-prefix", f"--color={shown}"]
        environment = {key: value for key, value in os.environ.items() if key != "GIT_EXTERNAL_DIFF"}
        done = subprocess.run(  # noqa: S603 - the names of files follow "--"
            [*command, "--", *sides], cwd=folder, env=environment, capture_output=True, check=False
        )
    return done.stdout.decode("utf-8", "replace")


def _text(version: str) -> str:
    from cassette_tools.source import files

    try:
        return files.read(version).decode("utf-8", "replace")
    except files.UnreadableError as error:
        return f"({error})\n"
