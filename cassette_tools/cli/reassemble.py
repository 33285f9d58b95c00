"""``cassette-tools reassemble``."""

from collections.abc import Iterator

import click

from cassette_tools.cli import exit as exits
from cassette_tools.cli import options
from cassette_tools.cli.cassettes import Cassettes
from cassette_tools.model import Cassette
from cassette_tools.operations.reassemble import Reassembled, reassemble
from cassette_tools.report import message as report
from cassette_tools.text import printable


@click.command("reassemble")
@click.argument("paths", nargs=-1, type=options.FILE, required=True)
@options.format_option(
    "json",
    "text",
    "markdown",
    "jsonl",
    about="json: the message as the provider answers without streaming, a list of them when there are several. "
    "text, markdown: for people; markdown has the request's messages, too. jsonl: one line an interaction.",
)
@options.interactions
@click.option("--only", type=click.Choice(report.PARTS), default=None, help="Only this part of the messages.")
@options.output
def command(
    paths: tuple[str, ...], format_: str, ranges: tuple[options.Range, ...] | None, only: str | None, output: str
) -> int:
    r"""Put streamed answers together: the whole message, from hundreds of fragments.

    Recorded text is shown with control characters escaped and with what looks like a credential masked.

    \b
    Examples:
      cassette-tools reassemble testdata/chat.yaml
      cassette-tools reassemble testdata/chat.yaml --only text
      cassette-tools reassemble testdata/agent.yaml --format markdown --interaction 2-4
      cassette-tools reassemble testdata/ --format jsonl | jq -r .message.model

    \b
    Exit code:
      0    every message is whole, or there was none
      1    a stream is cut or breaks its protocol: it goes as far as it can
      2    something stopped the tool: a wrong option, a file that is no cassette
      130  interrupted
    """
    if format_ == "markdown" and only:
        raise click.UsageError("--only goes with the formats json, text and jsonl")
    options.check_output(output, paths)
    run = _Run(ranges)
    written = _WRITERS[format_](run.messages(list(paths)), only or "")
    options.write_report(written, output)
    run.say_what_was_passed_over()
    if run.in_trouble:
        return exits.TROUBLE
    return exits.FINDINGS if run.damaged else exits.OK


class _Run:
    """Goes through the files, and says on stderr what is missing and what is passed over."""

    def __init__(self, ranges: tuple[options.Range, ...] | None) -> None:
        self._ranges = ranges
        self._silent = 0
        self.in_trouble = False
        self.damaged = False

    def messages(self, paths: list[str]) -> Iterator[tuple[str, Reassembled]]:
        cassettes = Cassettes(paths)
        for path, cassette in cassettes:
            yield from self._of_cassette(path, cassette)
        self.in_trouble = self.in_trouble or cassettes.in_trouble
        cassettes.check_any()

    def _of_cassette(self, path: str, cassette: Cassette) -> Iterator[tuple[str, Reassembled]]:
        for error in options.beyond(path, len(cassette.interactions), self._ranges):
            exits.report_error(error)
            self.in_trouble = True
        for interaction in cassette.interactions:
            if not options.in_ranges(interaction.index, self._ranges):
                continue
            item = reassemble(interaction)
            if item is None:
                self._silent += 1
                continue
            place = f"{printable(path, 300)}: interactions[{interaction.index}]"
            if not item.protocol:
                exits.say(f"note: {place}: a stream of no protocol that is known: its events are left as they are")
            for problem in item.problems:
                exits.say(f"incomplete: {place}: {printable(problem, 300)}")
            self.damaged = self.damaged or bool(item.protocol and item.problems)
            yield path, item

    def say_what_was_passed_over(self) -> None:
        """Interactions that are neither a stream nor an answer of a known API, such as a list of models."""
        if self._silent:
            noun = "interaction" if self._silent == 1 else "interactions"
            exits.say(f"note: {self._silent:,} {noun} passed over: no stream, and no answer of a known API")


def _json(messages: Iterator[tuple[str, Reassembled]], only: str) -> Iterator[str]:
    from cassette_tools.text import presentable_json

    values = (presentable_json(report.value(item, only), indent=2) for _, item in messages)
    first = next(values, None)
    if first is None:
        yield "[]\n"
        return
    second = next(values, None)
    if second is None:
        yield f"{first}\n"
        return
    yield f"[\n{first},\n{second}"
    for value in values:
        yield f",\n{value}"
    yield "\n]\n"


def _jsonl(messages: Iterator[tuple[str, Reassembled]], only: str) -> Iterator[str]:
    for path, item in messages:
        yield f"{report.line(item, path, only)}\n"


def _separated(pieces: Iterator[str]) -> Iterator[str]:
    separator = ""
    for piece in filter(None, pieces):
        yield separator + piece
        separator = "\n"


def _text(messages: Iterator[tuple[str, Reassembled]], only: str) -> Iterator[str]:
    return _separated(report.text(item, path, only) for path, item in messages)


def _markdown(messages: Iterator[tuple[str, Reassembled]], _: str) -> Iterator[str]:
    return _separated(report.markdown(item, path) for path, item in messages)


_WRITERS = {"json": _json, "jsonl": _jsonl, "text": _text, "markdown": _markdown}
