"""The command ``cassette-tools``: its subcommands, each imported when it is asked for."""

import importlib

import click

from cassette_tools import __version__
from cassette_tools.cli import exit as exits
from cassette_tools.cli.options import prepare_streams

_SECTIONS = {
    "Check and redact": {
        "lint": "Check format, HTTP, event streams, LLM protocols, secrets.",
        "rule": "Explain a rule, or list them all.",
        "redact": "Take secrets out of cassettes, without breaking their replay.",
        "orphans": "List the cassettes that no test claims.",
    },
    "Read and compare": {
        "show": "Show what was asked and what came back.",
        "diff": "Show what a re-recording changed, by what it means.",
        "reassemble": "Put streamed answers together into whole messages.",
        "summary": "Look over a tree of recordings: one screen.",
        "usage": "Add up what recordings used, and what it cost.",
        "formats": "List the formats that are read.",
    },
    "Git": {
        "git": "Make git show recordings by what they mean.",
        "git-diff": "Serve git as an external diff driver.",
        "textconv": "Print a recording as a text that git can compare.",
    },
}
"""Name and short help of the commands, by what they are for; listing them imports none of them."""
_COMMANDS = [name for section in _SECTIONS.values() for name in section]


def _with_blocks(command: click.Command) -> click.Command:
    r"""In a raw docstring ``\b`` is two characters; click wants the one that keeps a block from being wrapped."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    if isinstance(command, click.Group) and not isinstance(command, _LazyGroup):
        for part in command.commands.values():
            _with_blocks(part)
    return command


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return _COMMANDS

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
            hint = f": did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"no such command {args[0]!r}{hint}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        width = max(map(len, _COMMANDS))
        for section, commands in _SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(f"{name:{width}}", about) for name, about in commands.items()])


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> int | None:
    r"""Check, read, compare and redact HTTP recordings (cassettes) of LLM APIs.

    \b
    Examples:
      cassette-tools summary .
      cassette-tools lint testdata/
      cassette-tools show testdata/chat.yaml -i 0
      cassette-tools diff --git HEAD testdata/
      cassette-tools redact testdata/ --write
    """
    if ctx.invoked_subcommand is not None:
        return None
    click.echo(ctx.get_help(), err=True)
    return exits.TROUBLE


_with_blocks(cli)


def run() -> int:
    """Run the command with the arguments of the process; returns its exit code."""
    prepare_streams()
    return exits.run(lambda: cli.main(prog_name="cassette-tools", standalone_mode=False))
