"""``cassette-tools rule``."""

import inspect

import click

from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import all_rules, find


@click.command("rule")
@click.argument("name", required=False)
@click.option("--all", "all_", is_flag=True, help="List all rules.")
def command(name: str | None, all_: bool) -> None:
    r"""Explain a rule, given by its code or its name.

    \b
    Examples:
      cassette-tools rule CT301
      cassette-tools rule unterminated-event
      cassette-tools rule --all
    """
    if all_ == (name is not None):
        raise click.UsageError("Name one rule, or give --all.")
    click.echo(_page(find(name)) if name is not None else _table())


def _page(rule: Rule) -> str:
    title, _, rest = inspect.cleandoc(type(rule).__doc__ or "").partition("\n")
    head = f"# {rule.code} {rule.name}\n\n{title}\n\nSeverity: {rule.severity.label} · since {rule.since}\n"
    return head + rest


def _table() -> str:
    from tabulate import tabulate

    rows = [
        (rule.code, rule.name, rule.severity.label, (type(rule).__doc__ or "").partition("\n")[0])
        for rule in all_rules()
    ]
    return tabulate(rows, headers=("code", "name", "severity", "what it reports"), tablefmt="simple")
