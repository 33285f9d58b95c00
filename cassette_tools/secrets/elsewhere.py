"""What a file says outside of what is read of it as requests and responses: other fields, keys, comments."""

import functools
from collections.abc import Collection, Iterator
from typing import NamedTuple

from cassette_tools.credentials import context
from cassette_tools.model import Cassette, Header, Path, Route
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import Fixed, View
from cassette_tools.source import comments
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find, key_text

_RANDOM = "q7m2xk9tr4v8bn3w"
"""What a credential may look like, whatever it is one of."""


class Other(NamedTuple):
    """A text that stands elsewhere."""

    view: View
    name: str
    """Of the field, if it is one; empty for a key and a comment."""
    where: str
    """The place in words."""


def lines(document: Document, cassette: Cassette, held: Collection[str] = ()) -> list[str]:
    """Whatever stands elsewhere, each value once: to see at little cost that there is nothing in it.

    A value that a request or a response has as well is left out, unless something was found in it there.

    Args:
        document: The file.
        cassette: What was read of it.
        held: What was found in it.
    """
    if document.root is None:
        return []
    bodies = {id(find(document.root, path)) for path in _bodies(cassette)}
    found: dict[str, str] = {}
    stack: list[tuple[Node, str]] = [(document.root, "")]
    while stack:
        node, name = stack.pop()
        if id(node) in bodies:
            continue
        if isinstance(node, Scalar):
            found.setdefault(node.value, name)
        elif isinstance(node, Sequence):
            for item in node.items:
                if isinstance(item, Scalar):
                    found.setdefault(item.value, name)
                else:
                    stack.append((item, name))
        else:
            called = ""
            for key, value in node.pairs:
                name = key_text(key)
                found.setdefault(name, "")
                if isinstance(value, Scalar):
                    if value.value not in found and id(value) not in bodies:
                        found[value.value] = (called if name == "value" else "") or name
                    called = value.value if name == "name" else called
                else:
                    stack.append((value, name))
    read = {header.value for header in _headers(cassette)}
    read.update(interaction.request.url for interaction in cassette.interactions)
    for text in read:
        if not (held and any(secret in text for secret in held)):
            found.pop(text, "")
    told = [f'"{name}": "{value}"' if _is_telling(name) else value for value, name in found.items()]
    return told + [document.text[start:end] for start, end in comments.candidates(document)]


@functools.lru_cache(maxsize=1000)
def _is_telling(name: str) -> bool:
    """Whether a field of this name may be a credential."""
    return bool(name) and context.field_is_credential(name, _RANDOM)


def _names(node: Mapping) -> str:
    """The name that an object gives to its value, as those of HAR do."""
    name = node.get("name")
    return name.value if isinstance(name, Scalar) else ""


def others(document: Document, cassette: Cassette, texts: Texts) -> Iterator[Other]:
    """Every text that stands elsewhere."""
    if document.root is None:
        return
    read = {header.path for header in _headers(cassette)}
    read.update(_bodies(cassette))
    read.update(it.request.paths["url"] for it in cassette.interactions if "url" in it.request.paths)
    yield from _values(document, read, texts)
    for start, end in comments.comments(document):
        yield Other(Fixed(document.text[start:end], functools.partial(_behind, start)), "", "a comment")


def _behind(offset: int, start: int, end: int) -> Route:
    return Route(file_span=(offset + start, offset + end))


def _headers(cassette: Cassette) -> Iterator[Header]:
    for interaction in cassette.interactions:
        for message in (interaction.request, interaction.response):
            yield from message.headers
            yield from message.extra


def _bodies(cassette: Cassette) -> Iterator[Path]:
    for interaction in cassette.interactions:
        for message in (interaction.request, interaction.response):
            if message.body.raw is not None:
                parts = message.body.parts
                yield from (message.body.path,) if parts is None else parts


def _values(document: Document, read: set[Path], texts: Texts) -> Iterator[Other]:
    stack: list[tuple[Node | None, Path, str, bool]] = [(document.root, (), "", False)]
    seen: set[int] = set()
    while stack:
        node, path, name, is_hidden = stack.pop()
        if (path in read and not is_hidden) or id(node) in seen:
            continue
        seen.add(id(node))  # aliases share nodes
        if isinstance(node, Scalar):
            content = node.content()
            if content:
                text = content if isinstance(content, str) else content.decode("latin-1")
                place = functools.partial(_within, document, node)
                view = Fixed(text, place) if is_hidden else texts.value(text, path)
                yield Other(view, name, f"the field {name[:40]}")
        elif isinstance(node, Sequence):
            stack += ((item, (*path, number), name, is_hidden) for number, item in enumerate(node.items))
        elif isinstance(node, Mapping):
            last = {key_text(key): value for key, value in node.pairs}
            for key, value in node.pairs:
                text = key_text(key)
                named = (_names(node) if text == "value" else "") or text
                stack.append((value, (*path, text), named, is_hidden or last[text] is not value))
                if isinstance(key, Scalar):
                    yield Other(Fixed(text, functools.partial(_within, document, key)), "", "a key")


def _within(document: Document, scalar: Scalar, start: int, end: int) -> Route:
    """Characters of a scalar; all of it where they are none of its text."""
    if scalar.kind == "binary":
        return Route(file_span=(scalar.start, scalar.end))
    from cassette_tools.source.scalar import scalar_map

    return Route(file_span=scalar_map(document.text, scalar).span(start, end))
