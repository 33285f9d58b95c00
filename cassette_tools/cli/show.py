"""``cassette-tools show``."""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.cli.cassettes import Cassettes
from cassette_tools.errors import OutputError
from cassette_tools.model import Cassette
from cassette_tools.operations.show import media, show
from cassette_tools.text import escaped_json, printable

if TYPE_CHECKING:
    from cassette_tools.report.show import What, Writer
    from cassette_tools.secrets.hidden import Hidden

_CLIENTS = ("curl", "httpie", "python")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")
_SUFFIXES = {"jpeg": "jpg", "mpeg": "mp3", "plain": "txt", "x-wav": "wav", "svg+xml": "svg"}


@click.command("show")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@options.interactions
@click.option("--headers", is_flag=True, help="Show the headers, too.")
@click.option("--raw", is_flag=True, help="Show the bodies as they were sent, without their content codings.")
@click.option("--events", is_flag=True, help="Show the events of a stream, and what each adds to the answer.")
@click.option("--as", "client", type=click.Choice(_CLIENTS), help="Give a request in a form that sends it again.")
@click.option(
    "--extract",
    type=options.DIR,
    default="",
    help="Save pictures, sounds and files of the interactions there.",
)
@options.format_option("text", "json")
@options.unmask
@click.option("--no-pager", is_flag=True, help="Print all at once; otherwise what is long is paged on a terminal.")
@options.color
def command(
    paths: tuple[str, ...],
    ranges: tuple[options.Range, ...] | None,
    headers: bool,
    raw: bool,
    events: bool,
    client: str | None,
    extract: str,
    format_: str,
    unmask: bool,
    no_pager: bool,
    color: str,
) -> int:
    r"""Show a recording to a person: what was asked and what came back.

    Without --interaction, a list of the interactions. With it, the conversation: the messages of the request, the tools
    that it offers, and the answer, put together if it was streamed.

    \b
    Examples:
      cassette-tools show testdata/chat.yaml
      cassette-tools show testdata/chat.yaml -i 0
      cassette-tools show testdata/chat.yaml -i 0 --events
      cassette-tools show testdata/chat.yaml -i 0 --as curl

    \b
    Exit code:
      0    shown
      2    a file cannot be read, has no such interaction, or something stopped the tool
      130  interrupted
    """
    from cassette_tools.report.show import What, Writer

    what = What(headers, raw, events)
    full = ranges is not None or client is not None or any(what) or bool(extract)
    job = _Job(list(paths), ranges, unmask=unmask)
    if client is not None:
        if any(what) or format_ == "json":
            raise click.UsageError("--as gives a request and nothing else")
        options.write_report(job.clients(client), "")
    elif extract:
        options.write_report(job.extracted(extract), "")
    elif format_ == "json":
        options.write_report(job.json(what if full else None), "")
    else:
        width = options.terminal_width(sys.stdout)
        writer = Writer(job.mask, colour=options.wants_colour(color, sys.stdout), width=width)
        _page(job.text(writer, what if full else None), pages=sys.stdout.isatty() and not no_pager)
    return exits.TROUBLE if job.in_trouble else exits.OK


class _Job:
    """Goes through the files."""

    def __init__(self, paths: list[str], ranges: tuple[options.Range, ...] | None, *, unmask: bool) -> None:
        self._paths = paths
        self._cassettes = Cassettes(paths)
        self._ranges = ranges
        self._unmask = unmask
        self._hidden: Hidden | None = None
        self._number = 0
        self._beyond = False
        self._unsaved = False

    @property
    def in_trouble(self) -> bool:
        return self._cassettes.in_trouble or self._beyond or self._unsaved

    def mask(self, text: str) -> str:
        """A text without the secrets of the cassette that is shown at the time."""
        return text if self._hidden is None else self._hidden.mask(text)

    def _each(self) -> Iterator[tuple[str, Cassette]]:
        for path, cassette in self._cassettes:
            if not self._unmask:
                from cassette_tools.secrets.hidden import Hidden

                self._hidden = Hidden()
            for error in options.beyond(path, len(cassette.interactions), self._ranges):
                exits.report_error(error)
                self._beyond = True
            yield path, cassette
        self._cassettes.check_any()

    def _wanted(self, number: int) -> bool:
        return options.in_ranges(number, self._ranges)

    def text(self, writer: "Writer", what: "What | None") -> Iterator[str]:
        is_one = len(self._paths) == 1 and (self._paths[0] == "-" or os.path.isfile(self._paths[0]))
        for number, (path, cassette) in enumerate(self._each()):
            title = f"{printable(path, 300)}: {cassette.format_name}\n\n"
            if what is None:
                shown = show(cassette, self._wanted, self._hidden, full=False)
                yield "\n" if number else ""
                yield f"{title}{writer.table(shown)}"
                continue
            title = "" if is_one else title
            for one in show(cassette, self._wanted, self._hidden, full=True):
                yield "\n\n" if self._number else ""
                self._number += 1
                yield title + "".join(f"{line}\n" for line in writer.interaction(one, what))
                title = ""

    def json(self, what: "What | None") -> Iterator[str]:
        from cassette_tools.report import show_json

        between = begin = f'{{"version": {show_json.VERSION}, "files": [\n'
        for path, cassette in self._each():
            shown = show(cassette, self._wanted, self._hidden, full=what is not None)
            value = show_json.cassette(path, cassette.format_name, shown, what, self.mask)
            yield between + escaped_json(value)
            between = ",\n"
        yield "\n]}\n" if between is not begin else f"{begin}]}}\n"

    def clients(self, client: str) -> Iterator[str]:
        from cassette_tools.report.client import AS

        for _, cassette in self._each():
            for one in show(cassette, self._wanted, self._hidden, full=False):
                yield "\n" if self._number else ""
                self._number += 1
                yield AS[client](one.interaction, self.mask)

    def extracted(self, folder: str) -> Iterator[str]:
        """Save what media there are; names are this tool's, and nothing that is there is written over."""
        from cassette_tools.operations.media import content, described

        found = False
        stems: set[str] = set()
        for path, cassette in self._each():
            stem = _stem(path, self._paths, stems)
            for one in show(cassette, self._wanted, self._hidden, full=True):
                for number, held in enumerate(media(one)):
                    data = content(held)
                    if data is None:
                        continue
                    found = True
                    name = f"{stem}-{one.interaction.index}-{number}.{_suffix(described(held))}"
                    try:
                        yield f"{_save(folder, name, data)}: {printable(described(held))}\n"
                    except ThereAlreadyError as error:
                        exits.report_error(error)
                        self._unsaved = True
        if not found:
            exits.say("note: no picture, sound or file is recorded there")


class ThereAlreadyError(OutputError):
    """A file has the name that another one was to get."""


def _stem(path: str, named: list[str], taken: set[str]) -> str:
    """How the files begin that a cassette's media are saved as: by its place in the folder that was named.

    Args:
        path: That of the cassette.
        named: The paths that the user named.
        taken: The beginnings that others have; this one is added.
    """
    folders = (name for name in named if os.path.isdir(name) and path.startswith(os.path.join(name, "")))
    folder = max(folders, key=len, default=os.path.dirname(path))
    parts = os.path.relpath(path, folder).split(os.sep) if folder else [path]
    parts[-1] = parts[-1].split(".")[0]
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(parts)).strip("-") or "recording"
    number, wanted = 2, stem
    while stem in taken:
        stem, number = f"{wanted}-{number}", number + 1
    taken.add(stem)
    return stem


def _suffix(description: str) -> str:
    """The end of a file's name, from the media type that a description begins with."""
    kind = description.partition(" ")[0].partition("/")[2].lower()
    kind = _SUFFIXES.get(kind, kind)
    return kind if _SUFFIX.fullmatch(kind) else "bin"


def _save(folder: str, name: str, data: bytes) -> str:
    path = os.path.join(folder, name)
    if os.path.lexists(path):
        raise ThereAlreadyError(f"{path} is there already: nothing is written over")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(path, "xb") as stream:
            stream.write(data)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error
    return path


def _page(pieces: Iterator[str], *, pages: bool) -> None:
    """Print, and page what does not fit on the terminal."""
    if not pages:
        options.write_report(pieces, "")
        return
    held: list[str] = []
    columns, room = shutil.get_terminal_size((120, 40))
    for piece in pieces:
        held.append(piece)
        # A terminal breaks what is wider than it is.
        room -= sum(1 + max(len(_ANSI.sub("", line)) - 1, 0) // columns for line in piece.splitlines())
        if room <= 0:
            break
    else:
        options.write_report(held, "")
        return
    # Closing the pager early is no error.
    with contextlib.suppress(BrokenPipeError):
        os.environ.setdefault("LESS", "-R")
        click.echo_via_pager(chain(held, pieces), color=True)
