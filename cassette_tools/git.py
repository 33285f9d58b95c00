"""Asks git."""

import os
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


def tree(revision: str) -> str:
    """The hash of what a revision holds.

    Args:
        revision: In git's words: a branch, a tag, ``HEAD~2``.

    Raises:
        CassetteToolsError: There is no such revision.
    """
    found = "" if revision.startswith("-") else _resolved(f"{revision}^{{tree}}")
    if not found:
        raise CassetteToolsError(f"{printable(revision, 100)}: no such revision")
    return found


def is_revision(word: str) -> bool:
    """Whether a word names a revision."""
    return not word.startswith("-") and bool(_resolved(f"{word}^{{tree}}"))


def ends(revisions: str) -> tuple[str, str] | None:
    """The two revisions of a range; None where it is none.

    Args:
        revisions: In git's words: ``A..B``, or ``A...B`` for where ``B`` came from and ``B``.

    Raises:
        CassetteToolsError: The two have nothing in common.
    """
    before, dots, after = revisions.partition("..")
    if not dots:
        return None
    before = before or "HEAD"
    if not after.startswith("."):
        return before, after or "HEAD"
    after = after[1:] or "HEAD"
    tree(before)
    tree(after)
    return run("merge-base", before, after).decode().strip(), after


def _resolved(name: str) -> str:
    try:
        return run("rev-parse", "--verify", "--quiet", name).decode().strip()
    except CassetteToolsError:
        return ""


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


def matching(folder: str, patterns: list[str]) -> list[str]:
    """The files below a folder that are tracked or could be, and that a pattern of ``.gitignore``'s syntax matches."""
    if not patterns:
        return []
    given = [f"--exclude={pattern}" for pattern in patterns]
    return names(run("-C", folder, "ls-files", "-z", "--cached", "--others", "--ignored", *given))


def attributes(folder: str, name: str, paths: list[str]) -> dict[str, str]:
    """The values of an attribute, by the paths that have it; ``unset`` and ``unspecified`` are values, too."""
    values: dict[str, str] = {}
    for start in range(0, len(paths), 500):
        parts = names(run("-C", folder, "check-attr", "-z", name, "--", *paths[start : start + 500]))
        values.update(zip(parts[::3], parts[2::3], strict=True))
    return values


def path(folder: str, name: str) -> str:
    """The path of a file of git's own, such as ``info/attributes``."""
    shown = run("-C", folder, "rev-parse", "--git-path", name).decode("utf-8", "surrogateescape").rstrip("\n")
    return os.path.join(folder, shown)
