"""What commands share: colour, width, streams."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO, TypeVar, cast

import click

from cassette_tools.errors import CassetteToolsError, OutputError
from cassette_tools.text import escape

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cassette_tools.secrets.options import SecretOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Place(click.ParamType):  # type: ignore[type-arg]
    """The name of a file or a folder, as it is given; a shell completes it."""

    def __init__(self, name: Literal["file", "dir"]) -> None:
        self.name = name

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":  # noqa: ARG002
        """Have the shell look for it."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self.name)]


FILE = _Place("file")
DIR = _Place("dir")

color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the report. auto: on a terminal, unless NO_COLOR is set; FORCE_COLOR turns it on elsewhere.",
)


output = click.option("-o", "--output", type=FILE, default="", help="Write to a file: all of the report or nothing.")
config = click.option("--config", type=FILE, default="", help="Use this configuration, for all files.")
isolated = click.option("--isolated", is_flag=True, help="Use no configuration.")
unmask = click.option("--unmask", is_flag=True, help="Show secrets as they are.")
skip_unknown = click.option(
    "--skip-unknown", is_flag=True, help="Pass over named files that are no cassettes, as in a folder."
)
no_progress = click.option("--no-progress", is_flag=True, help="Do not show how far a long run is.")
quiet = click.option("-q", "--quiet", is_flag=True, help="No summary, and no progress.")
known_secrets = click.option(
    "--known-secret-env",
    multiple=True,
    metavar="NAME",
    help="Search for the value of this environment variable, however it is coded; can be given several times.",
)
gitleaks_config = click.option(
    "--gitleaks-config",
    type=FILE,
    default="",
    help="Search for what the rules of this gitleaks configuration find.",
)


class Range(NamedTuple):
    """Numbers of interactions, from 0."""

    first: int
    last: int | None
    """None for all that follow."""


class Ranges(click.ParamType):  # type: ignore[type-arg]
    """Numbers and ranges of numbers: ``0``, ``2-5``, ``7-``, ``1,3,8-9``."""

    name = "N"

    def convert(
        self, value: str | tuple[Range, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Range, ...]:
        """The ranges that a text names."""
        if isinstance(value, tuple):
            return value
        ranges = []
        for part in value.split(","):
            first, dash, last = (number.strip() for number in part.partition("-"))
            numbers = [number for number in (first, last) if number]
            if not first or not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
                self.fail(f"{value!r} is not a list of numbers and ranges such as 0, 2-5 or 1,3,8-", param, ctx)
            if first and last and int(last) < int(first):
                self.fail(f"{part.strip()!r} ends before it begins", param, ctx)
            ranges.append(Range(int(first), int(last) if last else None if dash else int(first)))
        return tuple(ranges)


interactions = click.option(
    "-i", "--interaction", "ranges", type=Ranges(), help="Only these interactions: 0, 2-5 or 1,3,8- (from 0)."
)


class _Format(click.Choice):  # type: ignore[type-arg]
    """A format by the name that all commands have for it, or by that of some other tool."""

    _OTHERS = MappingProxyType({"table": "text", "json-lines": "jsonl", "ndjson": "jsonl"})

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        other = self._OTHERS.get(value)
        return super().convert(other if other in self.choices else value, param, ctx)


def format_option(*names: str, about: str = "The report.") -> Callable[[_Command], _Command]:
    """The option ``--format``, as ``format_``.

    Args:
        names: The formats, that of people at a terminal first: it is the default.
        about: What the help says.
    """
    return click.option("--format", "format_", type=_Format(names), default=names[0], show_default=True, help=about)


def in_ranges(number: int, ranges: tuple[Range, ...] | None) -> bool:
    """Whether a number is in one of the ranges; without any, each is."""
    return ranges is None or any(first <= number and (last is None or number <= last) for first, last in ranges)


def beyond(path: str, number: int, ranges: tuple[Range, ...] | None) -> Iterator[CassetteToolsError]:
    """The ranges that start behind the last of ``number`` interactions."""
    for wanted in ranges or ():
        if wanted.first >= number:
            have = f"it has {number}, and they count from 0" if number else "it has none"
            yield CassetteToolsError(f"{path}: no interaction {wanted.first}", have)


jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share the work; by default as many as there are CPUs, and one for few files.",
)


def words_option(
    name: str, known: Iterable[str], about: str, *, metavar: str = "WORD", default: tuple[str, ...] = ()
) -> Callable[[_Command], _Command]:
    """An option that takes some words, several times or between commas; each of them is given once.

    Args:
        name: The option.
        known: The words that there are.
        about: What the help says.
        metavar: What the help calls a word.
        default: The words if none is given.
    """
    known = tuple(known)

    def check(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        given = words(ctx, parameter, values)
        for word in given:
            if word not in known:
                import difflib

                close = difflib.get_close_matches(word, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"they are {', '.join(known)}"
                raise click.BadParameter(f"there is no {word!r}: {hint}", ctx, parameter)
        return tuple(dict.fromkeys(given))

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
        return _completed(incomplete, known)

    return click.option(
        name, multiple=True, metavar=metavar, callback=check, shell_complete=complete, default=default, help=about
    )


def _completed(incomplete: str, known: Iterable[str]) -> list[str]:
    """What the last of the words, which commas separate, may become."""
    before, comma, word = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in known if name.startswith(word)]


def words(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001
    """The words of an option that may be given several times, each time with several words between commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def say_what_is_unusable(secrets: "SecretOptions | None") -> None:
    """Say on stderr which rules of a gitleaks configuration are not used, and why."""
    for rule, why in secrets.unusable if secrets is not None else ():
        click.echo(f"warning: gitleaks: {escape(rule)}: not used: {escape(why)}", err=True)


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Whether to colour a stream: the option, then NO_COLOR, then FORCE_COLOR, then what the stream is."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width(stream: TextIO) -> int:
    """The columns of a terminal; a file or a pipe has 120, unless COLUMNS says otherwise."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:6]) > 0:
        return int(columns[:6])
    try:
        return os.get_terminal_size(stream.fileno()).columns or 120
    except (OSError, ValueError):
        return 120


def prepare_streams() -> None:
    """A character that the terminal's encoding lacks is escaped, not an error; a closed stdout swallows the report."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the program runs
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def is_folder(path: str) -> bool:
    """Whether a path is that of a folder."""
    return os.path.isdir(path)


def check_output(file: str, names: Iterable[str]) -> None:
    """Refuse to write a report over a recording, or over a file that is read.

    Args:
        file: Where the report is to go; empty for stdout.
        names: The paths that the command reads.

    Raises:
        OutputError: It is one of them, or a recording.
    """
    if not file or not os.path.isfile(file):
        return
    if any(os.path.exists(name) and os.path.samefile(name, file) for name in names):
        raise OutputError(f"{file!r} is read by this command: it would be lost", "write to another file")
    from cassette_tools import loading

    try:
        loading.load(file)
    except loading.LoadError as error:
        if not error.resembles:
            return
    raise OutputError(f"{file!r} is a recording: it would be lost", "write to another file")


def write_report(pieces: Iterable[str], file: str) -> None:
    """Write a report to stdout piece by piece, or to a file: all of it or nothing.

    Raises:
        OutputError: The file cannot be written; it is as it was.
    """
    if not file:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
        return
    from cassette_tools.source import files

    try:
        with _collected(pieces) as report:
            files.write(file, report)
    except OSError as error:
        raise OutputError(f"{file!r} cannot be written: {(error.strerror or str(error)).lower()}") from error


@contextlib.contextmanager
def _collected(pieces: Iterable[str]) -> Iterator[bytes]:
    """All of a report as bytes: on the disk, since there may be millions of lines."""
    import mmap
    import tempfile

    with tempfile.TemporaryFile() as stream:
        stream.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
        stream.flush()
        if not stream.tell():
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield cast("bytes", mapped)  # whoever writes bytes can write them


def complete_rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The codes and names that start with the last of the words, which commas separate."""
    from cassette_tools.rules.registry import NAMES

    return _completed(incomplete, [*NAMES, *sorted(NAMES.values())])


def rules(name: str, about: str) -> Callable[[_Command], _Command]:
    """An option that takes rules: codes, prefixes of codes, names; several times or between commas."""
    return click.option(name, multiple=True, callback=words, shell_complete=complete_rules, metavar="RULES", help=about)
