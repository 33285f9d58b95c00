"""``cassette-tools rule``."""

import click

from cassette_tools.cli import options
from cassette_tools.report import rule as report
from cassette_tools.rules.registry import all_rules, find


@click.command("rule")
@click.argument("name", required=False, shell_complete=options.complete_rules)
@click.option("--all", "all_", is_flag=True, help="All rules.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: the page of a rule, or a table of all. json: the same for programs, pages included.",
)
def command(name: str | None, all_: bool, format_: str) -> None:
    r"""Explain a rule, given by its code or its name.

    \b
    Examples:
      cassette-tools rule CT301
      cassette-tools rule unterminated-event
      cassette-tools rule --all
      cassette-tools rule --all --format json
    """
    if all_ == (name is not None):
        raise click.UsageError("Name one rule, or give --all.")
    if format_ == "json":
        import json

        value = report.value(find(name)) if name is not None else [report.value(rule) for rule in all_rules()]
        click.echo(json.dumps(value, indent=2))
    else:
        click.echo(report.page(find(name)).rstrip("\n") if name is not None else _table())


def _table() -> str:
    from tabulate import tabulate

    rows = [(rule.code, rule.name, report.severity(rule), report.title(rule)) for rule in all_rules()]
    return tabulate(rows, headers=("code", "name", "severity", "what it reports"), tablefmt="simple")
