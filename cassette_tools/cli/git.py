"""``cassette-tools git``."""

from typing import TYPE_CHECKING

import click

from cassette_tools.cli import exit as exits
from cassette_tools.text import escape

if TYPE_CHECKING:
    from cassette_tools.git_setup import Overruled


@click.group("git")
def command() -> None:
    r"""Make git show recordings by what they mean.

    \b
    Examples:
      cassette-tools git setup
      cassette-tools git setup --write
      cassette-tools git setup --undo --write
    """


@command.command("setup", short_help="Have git use this tool; --undo takes it out again.")
@click.argument("patterns", nargs=-1)
@click.option("--write", "wants_write", is_flag=True, help="Write it.")
@click.option("--undo", "wants_undo", is_flag=True, help="Take out what setup has put in.")
def setup(patterns: tuple[str, ...], wants_write: bool, wants_undo: bool) -> int:
    r"""Have git use this tool for recordings: `git diff` shows what a re-recording changed.

    Shows what would be written, and writes it with --write: lines in .gitattributes, for everybody, and two settings of
    this clone's configuration. PATTERNS say which files, in the syntax of .gitattributes; without any, the folders in
    which there are recordings.

    \b
    Examples:
      cassette-tools git setup
      cassette-tools git setup --write
      cassette-tools git setup --write 'testdata/**/*.yaml'
      cassette-tools git setup --undo --write

    \b
    Exit code:
      0    shown, or written
      2    something stopped the tool
      130  interrupted
    """
    from cassette_tools import git_setup

    if wants_undo and patterns:
        raise click.UsageError("--undo takes out all of it: it takes no patterns")
    plan = git_setup.undo() if wants_undo else git_setup.plan(patterns)
    if not plan.changes:
        click.echo("nothing to do: it is not set up" if wants_undo else "nothing to do: it is set up")
        _warn(git_setup.overruled(plan))
        return exits.OK
    before, after = plan.before.splitlines(), plan.after.splitlines()
    if before != after:
        click.echo(".gitattributes")
        _show("-", [line for line in before if line not in after])
        _show("+", [line for line in after if line not in before])
    if plan.settings:
        click.echo("git's configuration of this clone")
        for setting in plan.settings:
            _show("-", [f"{setting.key} = {setting.before}"] if setting.before else [])
            _show("+", [f"{setting.key} = {setting.after}"] if setting.after else [])
    if wants_write:
        git_setup.write(plan)
        click.echo("written")
        _warn(git_setup.overruled(plan))
    else:
        click.echo("--write writes it", err=True)
    return exits.OK


def _warn(found: "list[Overruled]") -> None:
    """Say which recordings are compared line by line all the same, and what to change."""
    by: dict[str, list[str]] = {}
    for one in found:
        by.setdefault(one.by, []).append(one.name)
    for file, names in by.items():
        many = f"{escape(names[0])} is" if len(names) == 1 else f"{escape(names[0])} and {len(names) - 1:,} more are"
        why = f"{escape(file)} says so; change it there" if file else "git check-attr diff says so"
        click.echo(f"warning: {many} still compared line by line: {why}", err=True)


def _show(mark: str, lines: list[str]) -> None:
    for line in lines:
        if line:
            click.echo(f"  {mark} {escape(line)}")
