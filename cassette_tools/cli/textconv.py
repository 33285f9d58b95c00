"""``cassette-tools textconv``."""

import os
from collections.abc import Callable

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.comparison import names_of
from cassette_tools.formats.base import may_be_cassette
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.source import discover, files
from cassette_tools.text import presentable, printable


@click.command("textconv")
@click.argument("path", type=options.FILE)
@options.unmask
def command(path: str, unmask: bool) -> int:
    r"""Print a recording as a text that git can compare.

    The text is decoded, put together and masked, without what is new in every recording. git runs it for `git diff`,
    `git log -p` and `git show` where `cassette-tools git setup` has told it to. What is no cassette is printed as
    it is, but for control characters and what looks like a credential.

    \b
    Examples:
      cassette-tools textconv testdata/chat.yaml
      git config diff.cassette.textconv "cassette-tools textconv"

    \b
    Exit code:
      0    printed
      2    the file cannot be read
      130  interrupted
    """
    try:
        data = files.read_stdin() if path == discover.STDIN else files.read(path)
    except files.UnreadableError as error:
        raise LoadError(f"{path}: {error}") from error
    # git hands out temporary files: what holds is the configuration of the folder that it runs in.
    folder = os.getcwd() if os.environ.get("GIT_DIR") or path == discover.STDIN else os.path.dirname(path)
    settings = SettingsFinder(Options()).of(folder)
    mask: Callable[[str], str] = str
    try:
        cassette = load_bytes(data, path) if may_be_cassette(data) else None
        why = ""
    except LoadError as error:
        cassette, why = None, f"({printable(str(error), 300)})\n"
    if cassette is None:
        # git takes no for an answer by showing nothing at all, of any file.
        text = data.decode("utf-8", "replace")
        options.write_report([why, text if unmask else presentable(text)], "")
        return exits.OK
    from cassette_tools.report import textconv

    if not unmask:
        from cassette_tools.protocols.registry import read
        from cassette_tools.secrets.hidden import Hidden

        hidden = Hidden(settings.secrets)
        for interaction in cassette.interactions:
            hidden.look_into(interaction, read(interaction))
        mask = hidden.mask
    options.write_report(textconv.write(cassette, names_of(settings), mask), "")
    return exits.OK
