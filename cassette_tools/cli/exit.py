"""Exit codes, and the boundary that every error passes."""

import os
import sys
from collections.abc import Callable

import click

from cassette_tools.errors import CassetteToolsError
from cassette_tools.text import escape, printable

OK = 0
"""Nothing to report."""
FINDINGS = 1
"""Findings, and nothing else."""
TROUBLE = 2
"""Something stopped the tool."""
INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 + SIGINT."""


def report_error(error: CassetteToolsError) -> None:
    """Say on stderr what went wrong and how to mend it."""
    click.echo(f"error: {escape(error.message)}", err=True)
    if error.hint:
        click.echo(f"  hint: {escape(error.hint)}", err=True)


def run(command: Callable[[], int | None]) -> int:
    """Run a command and turn whatever it raises into an exit code and a message without a traceback.

    click itself exits with 1 on its own errors, on exceptions and on a broken pipe; here 1 means findings.
    """
    try:
        code = command()
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return TROUBLE
    except CassetteToolsError as error:
        report_error(error)
        return TROUBLE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`| head -1`). Python would complain about it once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE
    except Exception as error:  # noqa: BLE001 - the boundary
        _report_internal(error)
        return TROUBLE
    return OK if code is None else code


def _report_internal(error: Exception) -> None:
    if os.environ.get("CASSETTE_TOOLS_TRACEBACK"):
        raise error
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
    click.echo(f"error: internal error: {type(error).__name__} at {place}: {printable(str(error), 200)}", err=True)
    click.echo("  hint: this is a defect of cassette-tools; CASSETTE_TOOLS_TRACEBACK=1 shows the traceback", err=True)
