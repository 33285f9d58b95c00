"""Takes secrets out of recordings: only their characters change, and nothing is left of them, or nothing is changed."""

import functools
from collections import Counter
from typing import NamedTuple

from cassette_tools.credentials.scanner import Scanner
from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import Unreadable
from cassette_tools.formats.registry import read
from cassette_tools.loading import load_document
from cassette_tools.model import Cassette, Source
from cassette_tools.operations.redaction import lengths, plan
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.replacements import Replacements
from cassette_tools.operations.redaction.search import Search
from cassette_tools.operations.redaction.targets import Left
from cassette_tools.secrets.finder import CODES, KNOWN, Finder
from cassette_tools.secrets.known import Known
from cassette_tools.secrets.options import DEFAULTS, SecretOptions
from cassette_tools.source import edit
from cassette_tools.source.document import Document
from cassette_tools.source.parse import parse

_MAX_ROUNDS = 4
"""What is taken out may uncover something else, such as the half of a pair; that many in a row means a defect."""


@functools.lru_cache(maxsize=4)
def _finder(codes: frozenset[str], secrets: SecretOptions | None) -> Finder:
    """A finder; its patterns take some time to be compiled, and who redacts recordings one by one has them at hand."""
    return Finder(codes, secrets)


@functools.lru_cache(maxsize=4)
def _shapes(secrets: SecretOptions | None) -> Scanner:
    """What tells a value that gives itself away, whatever stands around it."""
    return (secrets or DEFAULTS).scanner(CODES)


class RedactionError(CassetteToolsError):
    """A file that cannot be redacted: it stays as it is."""


class RedactedCassette(NamedTuple):
    """A recording without its secrets."""

    data: bytes
    """The file."""
    cassette: Cassette
    found: Counter[str]
    """In how many places there was something to be taken out, by kind; empty where there was nothing."""
    before: str
    """The text of the file as it was, with asterisks for what was taken out."""
    left: Counter[Left]
    """What paths in JSON lead to and stays, as it is neither a string nor a number: how many places of each."""

    @property
    def changed(self) -> bool:
        """Whether anything was taken out."""
        return bool(self.found)


class Redactor:
    """Takes out what a policy wants out, of one file after the other: the same value gets the same placeholder.

    Args:
        policy: What is wanted out; None for the default.
        replacements: What comes in its place, if that is shared with others.

    Raises:
        ValueError: Fakes are wanted without a key.
    """

    def __init__(self, policy: Policy | None = None, replacements: Replacements | None = None) -> None:
        self._policy = policy or Policy()
        self._finder = _finder(self._policy.codes, self._policy.secrets)
        secrets = self._policy.secrets
        self._shapes = _shapes(secrets)
        self._known = secrets.known if secrets is not None and KNOWN in self._policy.codes else None
        self._replacements = replacements or Replacements(self._policy.style, self._policy.key)

    def redact(self, data: bytes, name: str) -> RedactedCassette:
        """A file without what the policy wants out.

        Args:
            data: The file, unpacked.
            name: What it is called; JSON is told from YAML by how the name ends.

        Raises:
            LoadError: It is no cassette that can be read.
            RedactionError: It cannot be edited, or something would be left.
        """
        found: Counter[str] = Counter()
        values: dict[str, str] = {}
        before = ""
        document, cassette = load_document(data, name)
        original = document
        self._replacements.begin(document.text)
        for _ in range(_MAX_ROUNDS):
            planned = plan.make(document, cassette, self._policy, self._replacements, self._finder, self._shapes)
            if planned.fixed is not None:
                raise _is_fixed(name, document, planned.fixed)
            if not planned.changes:
                break
            found += planned.found
            values |= planned.values
            changes = [*planned.changes, *lengths.changes(document, cassette, planned.bodies)]
            try:
                edits = edit.plan(document, changes)
                before = before or edit.blanked(document, edits)
                data = edit.make(data, document, edits, name)
            except edit.EditError as error:
                raise RedactionError(f"{name}: not redacted: {error}") from error
            document, cassette = _read(data, name)
        else:
            raise RedactionError(f"{name}: not redacted: there is no end to what is found", "please report this")
        if planned.found:
            kinds = ", ".join(sorted(planned.found))
            raise RedactionError(f"{name}: not redacted: it stands where nothing can be changed: {kinds}")
        before = before or original.text
        search = Search(values)
        _check_nothing_is_left(search, before, original, document, name)
        if self._known:
            _check_nothing_is_left(self._known, before, original, document, name)
        for hit in search.hits(before):
            before = f"{before[: hit.start]}{'*' * (hit.end - hit.start)}{before[hit.end :]}"
        return RedactedCassette(data, cassette, found, before, planned.left)


def redact(cassette: Cassette, policy: Policy | None = None) -> RedactedCassette:
    """A recording without what a policy wants out; the file that it was read from stays as it is.

    For several recordings in which the same value is to have the same placeholder, use one ``Redactor``.

    Args:
        cassette: As ``load`` gives it.
        policy: What is taken out; by default everything that the rules CT601 to CT609 find, but for personal data.

    Raises:
        LoadError: It cannot be read.
        RedactionError: It cannot be edited, or something would be left.
        ValueError: The cassette was not read from a file, or fakes are wanted without a key.
    """
    if cassette.source is None:
        raise ValueError("the cassette was not read from a file")
    return Redactor(policy).redact(*cassette.source)


def _read(data: bytes, name: str) -> tuple[Document, Cassette]:
    document = parse(data, name)
    outcome = read(document.root) if document.root is not None else None
    if outcome is None or isinstance(outcome, Unreadable):
        raise RedactionError(f"{name}: not redacted: what would be written is not a cassette", "please report this")
    outcome.source = Source(data, name)
    return document, outcome


def _check_nothing_is_left(
    known: Known | Search, before: str, original: Document, document: Document, name: str
) -> None:
    """The last look is at the file itself, in which there are keys and comments, too.

    Args:
        known: What must not be there.
        before: The file as it was, without what was found in it.
        original: The same, parsed.
        document: The new file.
        name: The file's name.
    """
    left = {hit.name for hit in known.hits(document.text)}
    if left:
        place = next((hit.start for hit in known.hits(before) if hit.name in left), 0)
        raise _is_fixed(name, original, place)


def _is_fixed(name: str, document: Document, place: int) -> RedactionError:
    line, column = document.position(place)
    return RedactionError(
        f"{name}: not redacted: a secret also stands at line {line}, column {column}, where nothing is changed: "
        "in a comment or a key, say",
        "take it out there by hand",
    )
