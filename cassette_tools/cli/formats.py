"""``cassette-tools formats``."""

import click

from cassette_tools.formats.registry import formats


@click.command("formats")
def command() -> None:
    r"""List the cassette formats that are read, and how each is recognised.

    Every file may also be gzipped (.gz).

    \b
    Example:
      cassette-tools formats
    """
    from tabulate import tabulate

    rows = [(f.name, f.schema_versions, f.files, f.recognised_by) for f in formats()]
    click.echo(tabulate(rows, headers=("format", "versions", "files", "recognised by"), tablefmt="simple"))
