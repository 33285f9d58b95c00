"""What has to change in a recording so that nothing is left of its secrets: from secrets to edits of values."""

import functools
import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_plus

from cassette_tools.credentials import context
from cassette_tools.credentials.scanner import Scanner
from cassette_tools.model import Cassette, Change, Edit, Interaction, Path, Removal
from cassette_tools.operations.redaction import targets
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.replacements import Replacements
from cassette_tools.operations.redaction.search import LONGEST, SHORTEST, Search
from cassette_tools.operations.redaction.targets import Target
from cassette_tools.protocols import registry as protocols
from cassette_tools.protocols.registry import Transcript
from cassette_tools.secrets import fields
from cassette_tools.secrets.finder import ACCOUNT, KNOWN, Finder, Secret
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import (
    Derived,
    Fixed,
    Recorded,
    RecordedBytes,
    TextChange,
    View,
    json_spelling,
    replaced,
    settled,
)
from cassette_tools.source import json_document
from cassette_tools.source.document import Document
from cassette_tools.source.edit import base64_like
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find, key_text
from cassette_tools.source.scalar import unescaped

_CHARACTER = re.compile(r"(\r?\n|(?:\\+r)?\\+n)|%(?:25)*2[bBfF]|\\+u002[bBfF]|\\*/|.")
"""A character of base64 as texts have it, or a line break within it."""
_MAX_ESCAPES = 4
"""Escapes within each other, as deep as secrets are found."""
_DIGITS = 8
"""Digits that a number has at least that is looked for elsewhere."""


class Plan(NamedTuple):
    """What has to change in a file."""

    changes: list[Change]
    bodies: dict[Path, str | bytes]
    """What becomes of values that are bodies, by their paths; of other values, too."""
    values: dict[str, str]
    """What is taken out wherever else it stands, with the kind of each value."""
    words: dict[str, str]
    """The same for what is taken out elsewhere as a word of its own only."""
    found: Counter[str]
    """How many places there are, by kind."""
    left: Counter[targets.Left]
    """What paths in JSON lead to and stays: how many places there are of each."""
    fixed: int | None = None
    """The offset in the file of what is to be taken out, and stands where nothing is edited."""


class _Planner:
    def __init__(
        self, document: Document, cassette: Cassette, policy: Policy, replacements: Replacements, shapes: Scanner
    ) -> None:
        self._document = document
        self._cassette = cassette
        self._policy = policy
        self._replacements = replacements
        self._shapes = shapes
        self._texts = Texts()
        self._taken: list[Target] = []
        self._changes: dict[View, list[TextChange]] = {}
        self._removals: list[Removal] = []
        self.values: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.found: Counter[str] = Counter()
        self.left: Counter[targets.Left] = Counter()

    def read(self, finder: Finder) -> None:
        """Note every secret and everything else that the policy wants out, where it stands."""
        transcripts: list[tuple[Interaction, Transcript | None]] = []
        held: list[Secret] = []
        for interaction in self._cassette.interactions:
            transcript = protocols.read(interaction)
            transcripts.append((interaction, transcript))
            found = finder.find(interaction, transcript, self._texts)
            held += found
            self._note(found)
            for target in targets.of(interaction, self._policy, self._texts, transcript):
                self._aim(target)
        self._note(finder.find_elsewhere(self._document, self._cassette, held, self._texts))
        self._aim_at_values()
        if self._taken:
            views = list(self._views(transcripts))
            for view in views:  # no name is given twice, wherever it is hidden
                self._replacements.reserve(view.text)
            for taken in self._taken:
                self._take(*taken)
            self._search(views)

    def _note(self, secrets: list[Secret]) -> None:
        for secret in secrets:
            self._taken.append(Target(secret.view, secret.start, secret.end, secret.kind, secret.value))
            self._follow(secret.kind, secret.value, secret.code)

    def _aim(self, target: Target | Removal | targets.Left) -> None:
        if isinstance(target, Removal):
            self._removals.append(target)
            self.found["header"] += 1
        elif isinstance(target, targets.Left):
            self.left[target] += 1
        else:
            self._taken.append(target)
            if target.text is None:
                self._follow(target.kind, target.value)

    def _aim_at_values(self) -> None:
        """Note what the policy names and what stands in no body."""
        root = self._document.root
        if root is None or not (self._policy.query or self._policy.form_fields):
            return
        messages = [message for each in self._cassette.interactions for message in (each.request, each.response)]
        bodies = {message.body.path for message in messages}
        for interaction in self._cassette.interactions:
            for target in targets.of_pairs(root, interaction, self._policy, self._texts):
                self._aim(target)
        for path, scalar in _scalars(root) if self._policy.query else ():
            content = scalar.content()
            if isinstance(content, str) and path not in bodies:
                for target in targets.of_value(content, path, self._policy, self._texts):
                    self._aim(target)

    def _take(self, view: View, start: int, end: int, kind: str, value: str, text: str | None = None) -> None:
        self.found[kind] += 1
        if text is None:
            text = _spelt(self._replacements.of(kind, value), view.text[start:end], value)
        self._change(view, start, end, text)

    def _follow(self, kind: str, value: str, code: str = "") -> None:
        """Have a value looked for elsewhere, if it tells enough to be the same there.

        What only a name gives away may be a word as any other: ``theme=assistant`` in a cookie must not become of
        ``"role": "assistant"``.
        """
        if not SHORTEST <= len(value) <= LONGEST or context.is_placeholder(value):
            return
        is_random = code != ACCOUNT and context.looks_random(value)
        if code == KNOWN or is_random or self._has_shape(value):
            self.values.setdefault(value, kind)
        elif re.search("[0-9]", value) and not (value.isdecimal() and len(value) < _DIGITS):
            self.words.setdefault(value, kind)

    def _has_shape(self, value: str) -> bool:
        """Whether a value gives itself away, whatever stands around it."""
        return any(hit.end - hit.start == len(value) for hit in self._shapes.hits(value))

    def _change(self, view: View, start: int, end: int, text: str) -> None:
        number = _number_around(view.text, start, end)
        if number is not None:
            (start, end), text = number, "0"
        self._changes.setdefault(view, []).append(TextChange(start, end, text))

    # --- what was found in one place may stand in others -------------------------------------------------------------

    def _search(self, views: list[View]) -> None:
        kinds = self.words | self.values
        search = Search(kinds, self.words.keys() - self.values.keys())
        for view in views:
            for hit in search.hits(view.text):
                text = self._replacements.of(kinds[hit.name], hit.name)
                text = _spelt(text, view.text[hit.start : hit.end], hit.name)
                if hit.how == "hex":
                    # Within other bytes: as many characters, and none that these codings do not have.
                    text = "0" * (hit.end - hit.start)
                elif hit.how == "base64":
                    text = _CHARACTER.sub(lambda match: match[1] or "A", view.text[hit.start : hit.end])
                self._change(view, hit.start, hit.end, text)

    def _views(self, transcripts: list[tuple[Interaction, Transcript | None]]) -> Iterator[View]:
        """Every text of the file, each once."""
        bodies: set[Path] = set()
        for interaction, transcript in transcripts:
            is_binary = transcript is not None and transcript.framing == "aws-event-stream"
            if transcript is not None and transcript.framing:
                stream = self._texts.stream(interaction, transcript)
                yield from stream.texts()
                if is_binary:
                    for frame in stream.frames():
                        yield from _with_inner(frame)
            for body in (interaction.request.body, interaction.response.body):
                frames = is_binary and body is interaction.response.body
                view = self._texts.body(body, binary=frames)
                if view is not None:
                    bodies.add(body.path)
                    yield from () if frames else _with_inner(view)
        if self._document.root is not None:
            for path, scalar in _scalars(self._document.root):
                content = scalar.content()
                if content and path not in bodies:
                    text = content if isinstance(content, str) else content.decode("latin-1")
                    yield from _with_inner(self._texts.value(text, path))

    # --- from texts to the document ---------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """Carry all changes down to the values of the document."""
        bodies: dict[Path, str | bytes] = {}
        changes: list[Change] = list(dict.fromkeys(self._removals))
        fixed: int | None = None
        for view, made in self._lowered().items():
            new = replaced(view.text, made)
            if new == view.text:
                continue
            if isinstance(view, Fixed):
                fixed = (view.route(made[0].start, made[0].end).file_span or (0, 0))[0]
                continue
            bodies[view.path] = new
            node = self._node(view.path)
            if not isinstance(node, Scalar):
                continue  # its parts are values of the document
            if isinstance(view, RecordedBytes) or isinstance(node.content(), bytes):
                bodies[view.path] = data = new.encode("latin-1")
                changes.append(Edit(view.path, 0, None, _coded_like(node.value, view.text, data)))
            else:
                changes += (Edit(view.path, *change) for change in made)
        return Plan(changes, bodies, self.values, self.words, self.found, self.left, fixed)

    def _node(self, path: Path) -> Node | None:
        return find(self._document.root, path) if self._document.root is not None else None

    def _lowered(self) -> dict[Recorded, list[TextChange]]:
        """The changes of the values of the document that changes of any texts come to, those of the deepest first."""
        by_depth: dict[int, dict[View, list[TextChange]]] = {}

        def add(view: View, made: list[TextChange]) -> None:
            depth = 2 * view.depth + isinstance(view, Derived)
            by_depth.setdefault(depth, {}).setdefault(view, []).extend(made)

        for view, made in self._changes.items():
            add(view, made)
        ground: dict[Recorded, list[TextChange]] = {}
        while by_depth:
            for view, made in by_depth.pop(max(by_depth)).items():
                settled_changes = settled(made)
                if isinstance(view, Recorded):
                    ground[view] = settled_changes
                below = self._parts(view, settled_changes) if isinstance(view, Derived) else view.lower(settled_changes)
                for above, change in below:
                    add(above, [change])
        return ground

    def _parts(self, view: Derived, changes: list[TextChange]) -> Iterator[tuple[View, TextChange]]:
        """Changes of JSON that the recorder stored as a structure, as changes of the values of that structure."""
        root = json_document.parse(view.text.encode("utf-8", "surrogatepass")).root
        if root is None:
            yield from self._fields(view, changes)
        within = _by_place(changes)
        for path, scalar in _scalars(root) if root is not None else ():
            node = self._node((*view.path, *path))
            if not isinstance(node, Scalar) or node.value != scalar.value:
                continue
            part = self._texts.value(node.value, (*view.path, *path))
            for change in within(scalar.start, scalar.end):
                if scalar.style and scalar.start < change.start and change.end < scalar.end:
                    before = len(unescaped(view.text[scalar.start + 1 : change.start]).value)
                    size = len(unescaped(view.text[change.start : change.end]).value)
                    yield part, TextChange(before, before + size, unescaped(change.text).value)
                elif not scalar.style and change[:2] == (scalar.start, scalar.end):
                    yield part, TextChange(0, len(node.value), change.text)

    def _fields(self, view: Derived, changes: list[TextChange]) -> Iterator[tuple[View, TextChange]]:
        """The same of a form that the recorder stored as a list of objects, as HAR does."""
        path: Path = (*view.path, "params")
        params = self._node(path)
        if not isinstance(params, Sequence):
            return
        within = _by_place(changes)
        in_parts = "\r\n" in view.text
        read: Callable[[str], str] = str if in_parts else unquote_plus
        waiting: dict[str, deque[int]] = {}
        for number, param in _mappings(params):
            held = param.get("value")
            if isinstance(held, Scalar):
                waiting.setdefault(held.value, deque()).append(number)
        for start, end, _ in fields.parts(view.text) if in_parts else fields.pairs(view.text):
            numbers = waiting.get(read(view.text[start:end]))
            if not numbers:
                continue  # the form has values that the list lacks, as those of files, or has otherwise
            number = numbers.popleft()
            part = self._texts.value(read(view.text[start:end]), (*path, number, "value"))
            for change in within(start, end):
                before = len(read(view.text[start : change.start]))
                size = len(read(view.text[change.start : change.end]))
                yield part, TextChange(before, before + size, read(change.text))


def _by_place(changes: list[TextChange]) -> Callable[[int, int], list[TextChange]]:
    """Tells which changes are within a range."""
    ordered = sorted(changes)
    starts = [change.start for change in ordered]

    def within(start: int, end: int) -> list[TextChange]:
        some = ordered[bisect_left(starts, start) : bisect_right(starts, end)]
        return [change for change in some if change.end <= end]

    return within


_OF_NUMBER = re.compile(r"[-+.0-9eE]+")
_BEFORE_NUMBER = re.compile(r"(?:[\"']\s{0,9}:|[,\[])\s{0,9}([-+.0-9eE]{0,400})\Z")
_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*[,}\]]")


def _number_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The number of JSON that some characters are, or are in: with a placeholder there it would be JSON no more."""
    if _OF_NUMBER.fullmatch(text, start, end) is None:
        return None
    before = _BEFORE_NUMBER.search(text[max(start - 420, 0) : start])
    number = before and _NUMBER.match(text, start - len(before[1]))
    return number.span(1) if number and end <= number.end(1) else None


def _mappings(items: Sequence) -> Iterator[tuple[int, Mapping]]:
    for number, item in enumerate(items.items):
        if isinstance(item, Mapping):
            yield number, item


def _spelt(text: str, old: str, value: str) -> str:
    """A replacement with the escapes of what it replaces: there are line breaks and signs in fakes, too.

    Args:
        text: The replacement.
        old: A value as it stands in a text.
        value: The same without escapes.
    """
    spell: list[Callable[[str], str]] = []
    while value not in (old, old.strip()) and len(spell) < _MAX_ESCAPES:
        if "\\" in old:
            old = unescaped(old).value
            spell.append(json_spelling)
        elif "%" in old:
            spell.append(functools.partial(quote, safe=old.replace("%", "")))  # what was plain there stays plain
            old = unquote(old)
        else:
            break
    return functools.reduce(lambda done, escape: escape(done), reversed(spell), text)


def _coded_like(old: str, text: str, data: bytes) -> str:
    """Bytes in the form of an older value.

    Args:
        old: The value, in base64 or in hexadecimal digits, or the list of its chunks, as Polly.js has it.
        text: Its bytes as Latin-1.
        data: The new bytes.
    """
    chunked = old.startswith("[")
    digits = "".join(json.loads(old)) if chunked else old
    if len(digits) == 2 * len(text) and digits.lower() == text.encode("latin-1").hex():
        return json.dumps([data.hex()]) if chunked else data.hex()
    return json.dumps([base64_like("", data)]) if chunked else base64_like(old, data)


def make(
    document: Document,
    cassette: Cassette,
    policy: Policy,
    replacements: Replacements,
    finder: Finder,
    shapes: Scanner,
) -> Plan:
    """What has to change in a file so that nothing is left of what a policy wants out.

    Args:
        document: The file.
        cassette: What it says.
        policy: What is wanted out.
        replacements: What comes in its place.
        finder: Finds the secrets.
        shapes: Tells a value that gives itself away.
    """
    planner = _Planner(document, cassette, policy, replacements, shapes)
    planner.read(finder)
    return planner.plan()


def _with_inner(view: View) -> Iterator[View]:
    yield view
    for inner in view.inner:
        yield from _with_inner(inner)


def _scalars(root: Node) -> Iterator[tuple[Path, Scalar]]:
    """The scalars of a document that are values, with their paths; each once even where aliases share it."""
    stack: list[tuple[Path, Node]] = [((), root)]
    seen: set[int] = set()
    while stack:
        path, node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            yield path, node
        elif isinstance(node, Mapping):
            # Of equal keys the last one is what a path leads to.
            by_key = {key_text(key): value for key, value in node.pairs}
            stack.extend(((*path, key), value) for key, value in by_key.items())
        elif isinstance(node, Sequence):
            stack.extend(((*path, number), item) for number, item in enumerate(node.items))
