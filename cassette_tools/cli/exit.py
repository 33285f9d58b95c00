"""Exit codes, and the boundary that every error passes."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

import click

from cassette_tools.errors import CassetteToolsError
from cassette_tools.text import escape, presentable, printable, without_secrets

OK = 0
"""Nothing to report."""
FINDINGS = 1
"""Findings, and nothing else."""
TROUBLE = 2
"""Something stopped the tool."""
INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 + SIGINT."""


def say(message: str) -> None:
    """Write a line to stderr. A reader of stderr that has gone changes nothing about the exit code."""
    try:
        click.echo(message, err=True)
    except OSError:
        let_go(sys.stderr)


def report_error(error: CassetteToolsError) -> None:
    """Say on stderr what went wrong and how to fix it."""
    say(f"error: {escape(without_secrets(error.message))}")
    if error.hint:
        say(f"  hint: {escape(without_secrets(error.hint))}")


def run(command: Callable[[], int | None]) -> int:
    """Run a command and turn whatever it raises into an exit code and a message without a traceback.

    click itself exits with 1 on its own errors, on exceptions and on a broken pipe; here 1 means findings.
    """
    try:
        code = command()
        sys.stdout.flush()
    except click.ClickException as error:
        _report_usage(error)
    except CassetteToolsError as error:
        report_error(error)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except SystemExit as stop:
        # click ends so where the reader of stdout has gone (`| head -1`), and where a shell asks for completions.
        let_go(sys.stdout)
        return TROUBLE if stop.code else OK
    except OSError as error:
        let_go(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            place = error.filename if error.filename is not None else "the report cannot be written"
            say(f"error: {escape(without_secrets(str(place)))}: {(error.strerror or type(error).__name__).lower()}")
    except Exception as error:  # noqa: BLE001 - the boundary
        _report_internal(error)
    else:
        return OK if code is None else code
    return TROUBLE


def let_go(stream: TextIO) -> None:
    """What Python still flushes into a stream when it ends goes nowhere, instead of failing once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _report_usage(error: click.ClickException) -> None:
    if isinstance(error, click.UsageError) and error.ctx is not None:
        say(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} -h' for help.\n")
    message = error.format_message()
    if message[1:2].islower():
        # click begins with a capital and ends with a full stop; what this tool says does neither.
        message = message[:1].lower() + message[1:].rstrip(".")
    say(f"error: {escape(message)}")


def _report_internal(error: Exception) -> None:
    import traceback

    if os.environ.get("CASSETTE_TOOLS_TRACEBACK"):
        say(presentable("".join(traceback.format_exception(error)).rstrip()))
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} at {os.path.basename(last.filename)}:{last.lineno}"
    say(f"error: internal error: {place}: {printable(str(error), 200)}")
    for note in getattr(error, "__notes__", ()):
        say(f"  {escape(without_secrets(note))}")
    say("  hint: this is a defect of cassette-tools; CASSETTE_TOOLS_TRACEBACK=1 shows the traceback")
