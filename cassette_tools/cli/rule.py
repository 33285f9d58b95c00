"""``cassette-tools rule``."""

from collections.abc import Iterable

import click

from cassette_tools.cli import options
from cassette_tools.report import rule as report
from cassette_tools.report.table import table
from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import all_rules, find


@click.command("rule")
@click.argument("name", required=False, shell_complete=options.complete_rules)
@click.option("--all", "all_", is_flag=True, help="List all rules.")
@options.format_option(
    "text", "json", about="text: the page of a rule, or a table of several. json: the same for programs, with pages."
)
def command(name: str | None, all_: bool, format_: str) -> None:
    r"""Explain a rule, given by its code or its name; list a family, given by the beginning of its codes.

    \b
    Examples:
      cassette-tools rule CT301
      cassette-tools rule unterminated-event
      cassette-tools rule CT3
      cassette-tools rule --all
      cassette-tools rule --all --format json

    \b
    Exit code:
      0    shown
      2    there is no such rule
      130  interrupted
    """
    if all_ == (name is not None):
        raise click.UsageError("name one rule, or give --all")
    rules = all_rules() if name is None else [rule for rule in all_rules() if _is_of_family(rule, name)]
    if format_ == "json":
        import json

        value = [report.value(rule) for rule in rules] if rules or name is None else report.value(find(name))
        click.echo(json.dumps(value, indent=2))
    else:
        click.echo(_table(rules) if rules or name is None else report.page(find(name)).rstrip("\n"))


def _is_of_family(rule: Rule, name: str) -> bool:
    return len(name) in (3, 4) and rule.code.startswith(name.upper())


def _table(rules: Iterable[Rule]) -> str:
    rows = [(rule.code, rule.name, report.severity(rule), report.title(rule)) for rule in rules]
    return table(("code", "name", "severity", "what it reports"), rows)
