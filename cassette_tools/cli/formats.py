"""``cassette-tools formats``."""

from collections import Counter

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.report.table import table


@click.command("formats")
@click.argument("paths", nargs=-1, type=options.FILE)
@click.option("--protocols", is_flag=True, help="List the LLM protocols; with PATHS, how often each is spoken there.")
def command(paths: tuple[str, ...], protocols: bool) -> int:
    r"""List the cassette formats that are read, and how each is recognised.

    Every file may also be gzipped (.gz).

    \b
    Examples:
      cassette-tools formats
      cassette-tools formats --protocols
      cassette-tools formats --protocols testdata/

    \b
    Exit code:
      0    shown
      2    a file cannot be read, or something stopped the tool
      130  interrupted
    """
    if paths and not protocols:
        raise click.UsageError("paths go with --protocols")
    if protocols:
        return _count_protocols(list(paths)) if paths else _list_protocols()
    from cassette_tools.formats.registry import formats

    rows = [(f.name, f.schema_versions, f.files, f.recognised_by) for f in formats()]
    click.echo(table(("format", "versions", "files", "recognised by"), rows))
    return exits.OK


def _list_protocols() -> int:
    from cassette_tools.protocols.recognition import protocols

    rows = [
        (protocol.name, (type(protocol).__doc__ or "").partition("\n")[0].replace("``", "")) for protocol in protocols()
    ]
    click.echo(table(("protocol", "what it is"), rows))
    return exits.OK


def _count_protocols(paths: list[str]) -> int:
    from cassette_tools.cli.cassettes import Cassettes
    from cassette_tools.protocols.recognition import protocols
    from cassette_tools.protocols.registry import framing, read

    found: Counter[tuple[str, bool]] = Counter()
    cassettes = Cassettes(paths)
    for _, cassette in cassettes:
        for interaction in cassette.interactions:
            transcript = read(interaction)
            name = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
            found[name, bool(framing(interaction))] += 1
    cassettes.check_any()
    rows = [
        (name or "(none)", f"{found[name, True]:,}", f"{found[name, False]:,}")
        for name in (*(protocol.name for protocol in protocols()), "")
        if found[name, True] or found[name, False]
    ]
    headers = ("protocol", "streamed", "not streamed")
    click.echo(table(headers, rows, headers[1:]))
    return exits.TROUBLE if cassettes.in_trouble else exits.OK
