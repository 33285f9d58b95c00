"""Cassettes that no test claims, by the conventions of recorders for Go, Python and Ruby, and by literals in tests.

A cassette is only called an orphan where its name follows a convention that tests were found to use, or where its
neighbours are named by literals, and nothing can claim it that could not be read. Everything else is unknown.
"""

import posixpath
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from cassette_tools.operations.claims.base import Known, Names, Recording, SourceFile, Status, Unread, Verdict, is_test
from cassette_tools.operations.claims.go import GoTests
from cassette_tools.operations.claims.python import PythonTests
from cassette_tools.operations.claims.ruby import RubyTests

SUFFIXES = (".go", ".py", ".rb")
"""The files that say which tests there are: tests, and helpers that name cassettes for them."""


class _Tests(Protocol):
    def add(self, source: SourceFile) -> Names: ...

    def verdict(self, recording: Recording, known: Known) -> Verdict: ...


class Judged(NamedTuple):
    """A cassette, and what is known of it."""

    recording: Recording
    verdict: Verdict


def find(
    recordings: list[Recording], files: Iterable[SourceFile], folders: Iterable[str], unread: Iterable[Unread] = ()
) -> list[Judged]:
    """Look for the tests of cassettes.

    Args:
        recordings: The cassettes.
        files: All files with one of `SUFFIXES` in the folders of tests.
        folders: These folders, as absolute places.
        unread: Files there that were not read: whatever they could claim is no orphan.

    Returns:
        What is known of each cassette, in their order.
    """
    go, python, ruby = GoTests(), PythonTests(), RubyTests()
    readers: dict[str, _Tests] = {".go": go, ".py": python, ".rb": ruby}
    by_format: dict[str, tuple[str, _Tests]] = {
        "go-vcr": (".go", go),
        "VCR.py": (".py", python),
        "Betamax": (".py", python),
        "Ruby VCR": (".rb", ruby),
    }
    languages: set[str] = set()
    named = []
    for file in files:
        suffix = posixpath.splitext(file.place)[1]
        named.append((file, readers[suffix].add(file)))
        if is_test(posixpath.basename(file.place)):
            languages.add(suffix)
    known = Known(named, folders, unread)
    known.note(recordings)

    def judge(recording: Recording) -> Verdict:
        suffix, tests = by_format.get(recording.format_name, ("", None))
        if tests is not None and suffix in languages:
            return tests.verdict(recording, known)
        mention = known.mentioned(recording)
        if mention:
            return Verdict(Status.CLAIMED, f"its name is in {mention}")
        if tests is not None:
            return Verdict(
                Status.UNKNOWN, f"the folders hold no tests in *{suffix} that could use {recording.format_name}"
            )
        return known.by_literals(recording)

    return [Judged(recording, judge(recording)) for recording in recordings]
