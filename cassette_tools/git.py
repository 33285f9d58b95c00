"""Asks git."""

import subprocess

from cassette_tools.errors import CassetteToolsError
from cassette_tools.text import printable


def run(*args: str) -> bytes:
    """What git prints.

    Raises:
        CassetteToolsError: There is no git, or it refuses; with its first line of why.
    """
    try:
        result = subprocess.run(["git", *args], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise CassetteToolsError("git is not installed") from error
    if result.returncode:
        reason = printable(result.stderr.decode("utf-8", "replace").strip().partition("\n")[0], 300)
        raise CassetteToolsError(f"git {args[0]}: {reason}")
    return result.stdout


def top() -> str:
    """The folder of the working tree.

    Raises:
        CassetteToolsError: The current folder is in none.
    """
    return run("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n")


def names(listed: bytes) -> list[str]:
    """The names of a list that ``-z`` has made."""
    return [name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name]


def files(folder: str) -> list[str]:
    """The files below a folder that are tracked or could be, relative to it."""
    return names(run("-C", folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard"))


def setting(key: str) -> str:
    """A setting of the repository; empty where it has none of that name."""
    try:
        return run("config", "--local", "--get", key).decode("utf-8", "surrogateescape").rstrip("\n")
    except CassetteToolsError:
        return ""
