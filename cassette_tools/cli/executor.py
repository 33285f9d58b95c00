"""The option ``--executor``: work on a cluster that is there already."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cassette_tools.cli import exit as exits
from cassette_tools.errors import CassetteToolsError

if TYPE_CHECKING:
    from concurrent.futures import Executor

_SECONDS = 10
"""How long a scheduler may take to answer."""
_PATIENCE = 60
"""How many seconds a scheduler may have no worker: some start them when there is work."""


def _check(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    if not value:
        return ""
    kind, equals, address = value.partition("=")
    if kind != "dask" or not equals or "://" not in address:
        raise click.BadParameter(f"{value!r} is not dask=tcp://HOST:PORT", ctx, parameter)
    return address


option = click.option(
    "--executor", default="", metavar="dask=ADDRESS", callback=_check,
    help="Let the workers of a Dask scheduler do it, such as dask=tcp://10.0.0.1:8786; they must see the same files.",
)  # fmt: skip


def of_command(address: str, paths: tuple[str, ...]) -> "Executor | None":
    """The executor for the command that runs; it is let go of when the command ends.

    Args:
        address: What the option says.
        paths: What the command is to read.
    """
    if address and "-" in paths:
        raise click.UsageError("standard input cannot be read on a cluster")
    return click.get_current_context().with_resource(connected(address))


@contextlib.contextmanager
def connected(address: str) -> "Iterator[Executor | None]":
    """The executor of a scheduler; None where no address is given.

    Args:
        address: Where the scheduler is, such as ``tcp://10.0.0.1:8786``.

    Raises:
        CassetteToolsError: The package is not installed, nobody answers, or nobody works.
    """
    if not address:
        yield None
        return
    try:
        client_of: Any = importlib.import_module("distributed").Client
    except ImportError as error:
        hint = "python -m pip install 'cassette-tools[dask]', here and where the workers run"
        raise CassetteToolsError("distributed is not installed", hint) from error
    import logging
    import warnings

    # What it logs and warns of is for whoever runs the cluster; a lost connection is an error here.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            client = client_of(address, timeout=_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise CassetteToolsError(
                f"no Dask scheduler answers at {address}", "is its address tcp://HOST:PORT?"
            ) from error
        try:
            _wait_for_a_worker(client, address)
            yield client.get_executor(pure=False, retries=3)
        finally:
            client.close()


def _wait_for_a_worker(client: Any, address: str) -> None:
    """Work that nobody takes would wait for ever."""
    if client.scheduler_info()["workers"]:
        return
    exits.say(f"note: the scheduler at {address} has no worker yet: waiting {_PATIENCE} seconds for one")
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        hint = f"start one: dask worker {address}"
        raise CassetteToolsError(f"the Dask scheduler at {address} has no worker", hint) from error
