"""Edits that leave every other byte of a file alone.

An edit replaces characters of one scalar's value, a removal takes a pair or an item away. The result is parsed again
and must say what was intended, in every value, or there is no result.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cassette_tools.model import Change, Edit, Path, Removal
from cassette_tools.source import layout
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find, key_text
from cassette_tools.source.parse import parse
from cassette_tools.source.removal import remove
from cassette_tools.source.spelling import EditError as EditError
from cassette_tools.source.spelling import Place, Span, newline_of, replaced, spell

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Trail = list[tuple[Mapping | Sequence, int]]
"""The collections on the way to a node, each with the number of the pair or the item that leads on."""


class Plan(NamedTuple):
    """Changes of a document, ready to be made."""

    intended: dict[int, Scalar]
    """What scalars become, by the identity of the old ones."""
    gone: dict[int, set[int]]
    """The numbers of the pairs and items that go, by the identity of what holds them."""
    spans: list[Span]
    """The changes of the file's text for all that."""
    places: list[tuple[int, int]]
    """What is taken out of it: of what is removed, the values; the names, of headers say, tell what goes."""


def plan(document: Document, changes: Iterable[Change]) -> Plan:
    """Find out how changes of a document are made in its file.

    Args:
        document: The document.
        changes: In any order; two edits must not overlap. An edit within something that is removed is not made.

    Raises:
        EditError: A path leads nowhere, edits overlap, or no style can hold the new text.
    """
    root = document.root
    if root is None:
        raise EditError("a file that cannot be parsed cannot be edited")
    changes = list(changes)
    removed = {change.path for change in changes if isinstance(change, Removal)}
    gone, spans = _removals(root, document.text, removed)
    edits = [change for change in changes if isinstance(change, Edit) and not _within(change.path, removed)]
    intended, more = _edits(document, root, edits)
    places = [(start, end) for start, end, _ in more]
    places += [(value.start, value.end) for path in removed for value in _values(find(root, path))]
    return Plan(intended, gone, spans + more, places)


def apply(data: bytes, document: Document, changes: Iterable[Change], name: str) -> bytes:
    """The file with changes made: see ``plan`` and ``make``."""
    return make(data, document, plan(document, changes), name)


def make(data: bytes, document: Document, planned: Plan, name: str) -> bytes:
    """The file with changes made.

    Args:
        data: The file, unpacked.
        document: What parsing it gave.
        planned: The changes.
        name: The file's name, which says how it is parsed.

    Raises:
        EditError: The file is not UTF-8, or the result would not say what was intended.
    """
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    if document.root is None or mark + document.text.encode("utf-8", "replace") != data:
        raise EditError("a file that is not UTF-8 cannot be edited")
    try:
        after = mark + replaced(document.text, planned.spans).encode("utf-8")
    except UnicodeEncodeError as error:
        raise EditError("the new text cannot be written as UTF-8") from error
    again = parse(after, name).root
    if again is None or not _says(again, document.root, planned.intended, planned.gone):
        raise EditError("the edited file would not say what was intended")
    return after


def blanked(document: Document, planned: Plan) -> str:
    """The text of a file with asterisks for whatever changes take out of it: fit to be shown next to the result."""
    stars: list[Span] = []
    for start, end in sorted(planned.places):  # an alias may stand for what is edited somewhere else
        start = max(start, stars[-1][1] if stars else 0)
        if start < end:
            stars.append((start, end, re.sub(r"\S+", _stars, document.text[start:end])))
    return replaced(document.text, stars)


def _stars(match: re.Match[str]) -> str:
    return "*" * (match.end() - match.start())


def _values(node: Node) -> Iterator[Scalar]:
    """The scalars in a node that are values, but for the name of a header that is an object of its own."""
    if isinstance(node, Scalar):
        yield node
    else:
        parts = (
            node.items if isinstance(node, Sequence) else [part for key, part in node.pairs if key_text(key) != "name"]
        )
        for part in parts:
            yield from _values(part)


def base64_like(old: str, data: bytes) -> str:
    """Bytes in base64 in the form of an older value: as long lines, ending as it does; one line stays one line.

    Args:
        old: A value in base64, such as that of a ``!!binary`` scalar or of Ruby VCR's ``base64_string``.
        data: The new bytes.
    """
    encoded = base64.b64encode(data).decode("ascii")
    if ("-" in old or "_" in old) and not ("+" in old or "/" in old):
        encoded = encoded.replace("+", "-").replace("/", "_")
    bare = "".join(old.split())
    if len(bare) % 4:
        encoded = encoded.rstrip("=")
    lines = re.match(r"\s*(\S+)(\s+)\S", old)
    if lines:
        width = len(lines.group(1))
        encoded = lines.group(2).join(encoded[at : at + width] for at in range(0, len(encoded), width))
    return old[: len(old) - len(old.lstrip())] + encoded + (old[len(old.rstrip()) :] if bare else "")


def _trail(root: Node, path: Path) -> Trail:
    """The way to a node."""
    trail: Trail = []
    node = root
    for step in path:
        number = _number(node, step)
        if number is None or isinstance(node, Scalar):
            raise EditError(f"there is no {_name(path)}")
        trail.append((node, number))
        node = node.items[number] if isinstance(node, Sequence) else node.pairs[number][1]
    return trail


def _number(node: Node, step: str | int) -> int | None:
    if isinstance(node, Sequence) and isinstance(step, int):
        return step if 0 <= step < len(node.items) else None
    if isinstance(node, Mapping) and isinstance(step, str):
        # The last of several: what most parsers keep.
        return next((n for n in reversed(range(len(node.pairs))) if key_text(node.pairs[n][0]) == step), None)
    return None


def _at(root: Node, trail: Trail) -> Node:
    if not trail:
        return root
    collection, number = trail[-1]
    return collection.items[number] if isinstance(collection, Sequence) else collection.pairs[number][1]


def _name(path: Path) -> str:
    return ".".join(map(str, path))


def _within(path: Path, removed: set[Path]) -> bool:
    """Whether a path leads to something that goes, or into it."""
    return bool(removed) and any(path[:length] in removed for length in range(1, len(path) + 1))


def _removals(root: Node, text: str, removed: set[Path]) -> tuple[dict[int, set[int]], list[Span]]:
    """The numbers of what goes for each collection (by its identity), and the changes of the file for it."""
    gone: dict[int, set[int]] = {}
    trails: dict[int, Trail] = {}
    for path in removed:
        if not path:
            raise EditError("the document itself cannot be removed")
        trail = _trail(root, path)
        if not _within(path[:-1], removed):
            collection, number = trail[-1]
            gone.setdefault(id(collection), set()).add(number)
            trails[id(collection)] = trail
    spans: list[Span] = []
    for key, trail in trails.items():
        collection, _ = trail[-1]
        behind = 0
        if len(trail) > 1:
            # Where an alias led to it, it has an anchor, and nothing has to be known of what stands in front of that.
            outer, number = trail[-2]
            behind = layout.parts(text, outer)[number].behind
        spans += remove(text, collection, gone[key], behind)
    return gone, spans


def _edits(document: Document, root: Node, edits: list[Edit]) -> tuple[dict[int, Scalar], list[Span]]:
    """What scalars become (by the identity of the old one), and the changes of the file for it."""
    text = document.text
    by_scalar: dict[int, tuple[Scalar, Trail, set[Span]]] = {}
    for edit in edits:
        trail = _trail(root, edit.path)
        node = _at(root, trail)
        if not isinstance(node, Scalar):
            raise EditError(f"{_name(edit.path)} is no scalar")
        end = len(node.value) if edit.end is None else edit.end
        # Aliases lead to one scalar by several paths: the same edit of it counts once.
        by_scalar.setdefault(id(node), (node, trail, set()))[2].add((edit.start, end, edit.text))
    intended: dict[int, Scalar] = {}
    spans: list[Span] = []
    newline = newline_of(text)
    for key, (node, trail, changes) in by_scalar.items():
        spelling = spell(text, node, sorted(changes), _place(document, node, trail, newline))
        intended[key] = spelling.scalar
        spans += spelling.spans
    return intended, spans


def _place(document: Document, node: Scalar, trail: Trail, newline: str) -> Place:
    text = document.text
    if document.is_json:
        return Place(is_json=True, in_flow=True, indent=None, newline=newline)
    collections = [collection for collection, _ in reversed(trail)]
    in_flow = any(layout.is_flow(text, collection) for collection in collections)
    indent: int | None = -1
    if collections and not in_flow:
        around = collections[0]
        try:
            # An alias stands elsewhere.
            indent = layout.column(text, layout.first(text, around)) if around.start <= node.start else None
        except EditError:
            indent = None
    return Place(is_json=False, in_flow=in_flow, indent=indent, newline=newline)


def _says(node: Node, old: Node, intended: dict[int, Scalar], gone: dict[int, set[int]]) -> bool:
    """Whether a document equals another one but for what was intended, kinds and tags included."""
    stack = [(node, old)]
    seen: set[tuple[int, int]] = set()  # aliases share nodes
    while stack:
        node, old = stack.pop()
        if (id(node), id(old)) in seen:
            continue
        seen.add((id(node), id(old)))
        if isinstance(node, Scalar) and isinstance(old, Scalar):
            wanted = intended.get(id(old), old)
            if (node.value, node.kind, node.tag) != (wanted.value, wanted.kind, wanted.tag):
                return False
            continue
        if type(node) is not type(old) or node.tag != old.tag:
            return False
        missing = gone.get(id(old), set())
        if isinstance(node, Mapping) and isinstance(old, Mapping):
            pairs = [pair for number, pair in enumerate(old.pairs) if number not in missing]
            if len(node.pairs) != len(pairs):
                return False
            for pair, old_pair in zip(node.pairs, pairs, strict=True):
                stack += zip(pair, old_pair, strict=True)
        elif isinstance(node, Sequence) and isinstance(old, Sequence):
            items = [item for number, item in enumerate(old.items) if number not in missing]
            if len(node.items) != len(items):
                return False
            stack += zip(node.items, items, strict=True)
    return True
