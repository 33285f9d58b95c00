"""The command ``cassette-tools``: its subcommands, each imported when it is asked for."""

import importlib

import click

from cassette_tools import __version__
from cassette_tools.cli import exit as exits
from cassette_tools.cli.options import prepare_streams

_COMMANDS = {
    "summary": "Look over a tree of recordings: one screen.",
    "formats": "List the formats that are read.",
    "lint": "Check cassettes: format, HTTP, event streams, LLM protocols.",
    "orphans": "List the cassettes that no test claims.",
    "show": "Show a recording to a person.",
    "reassemble": "Put streamed answers together into whole messages.",
    "diff": "Show what a re-recording changed, by what it means.",
    "git": "Make git show recordings by what they mean.",
    "git-diff": "Serve git as an external diff driver.",
    "textconv": "Print a recording as a text that git can compare.",
    "usage": "Add up what recordings used, and what it cost.",
    "redact": "Take secrets out of cassettes, without breaking their replay.",
    "rule": "Explain a rule, or list them all.",
}
"""Name and short help; listing them imports none of them."""


def _with_blocks(command: click.Command) -> click.Command:
    r"""In a raw docstring ``\b`` is two characters; click wants the one that keeps a block from being wrapped."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    if isinstance(command, click.Group) and not isinstance(command, _LazyGroup):
        for part in command.commands.values():
            _with_blocks(part)
    return command


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"cassette_tools.cli.{cmd_name.replace('-', '_')}")
        return _with_blocks(module.command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            import difflib

            close = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def cli() -> None:
    r"""Lint HTTP recordings (cassettes) of LLM traffic.

    \b
    Examples:
      cassette-tools lint testdata/
      cassette-tools lint --format json fixtures/*.yaml
      cassette-tools rule CT301
    """


_with_blocks(cli)


def run() -> int:
    """Run the command with the arguments of the process; returns its exit code."""
    prepare_streams()
    return exits.run(lambda: cli.main(prog_name="cassette-tools", standalone_mode=False))
