"""What a policy names besides secrets: headers, parameters, fields and places in JSON, whatever their values are."""

import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.errors import ConfigError
from cassette_tools.model import Interaction, Message, Path, Removal
from cassette_tools.operations.redaction.documents import Json, documents
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.replacements import is_replacement
from cassette_tools.protocols.registry import Transcript
from cassette_tools.secrets import fields
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import Derived, View
from cassette_tools.source.document import MAX_DEPTH
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find
from cassette_tools.source.scalar import scalar_map
from cassette_tools.wire import multipart

_NEEDED = frozenset(("content-type", "content-encoding", "transfer-encoding"))
"""Headers without which a body cannot be read: removing all headers but some leaves these."""
_FORM = "application/x-www-form-urlencoded"
_URL = re.compile(r"(?:\A|[<=\s])(?:https?:/)?/[^\s<>\"'{}]*[?#][^\s<>\"'{}]*=")
"""A URL with parameters, or a path: all of a value, or what a header has between brackets or behind a name."""
_LONGEST_URL = 20_000


class Target(NamedTuple):
    """A value that is to be replaced."""

    view: View
    start: int
    end: int
    kind: str
    value: str
    text: str | None = None
    """What comes in its place, if that is no placeholder."""


class Left(NamedTuple):
    """What a path in JSON leads to and nothing can be put in the place of."""

    path: str
    what: str


def of(
    interaction: Interaction, policy: Policy, texts: Texts, transcript: Transcript | None = None
) -> Iterator[Target | Removal | Left]:
    """What a policy names, of one interaction; what has a placeholder of this tool already is left alone.

    Args:
        interaction: The interaction.
        policy: What is wanted out.
        texts: The views of the recording.
        transcript: What reading the response gave.
    """
    headers, gone = _lower(policy.headers), _lower(policy.delete_headers)
    kept = None if policy.keep_headers is None else _lower(policy.keep_headers) | _NEEDED
    form = _lower(policy.form_fields)
    for message in (interaction.request, interaction.response):
        for path in _removed(message, gone, kept):
            yield Removal(path)
        for header in message.headers:
            if header.name.lower() in headers and _is_open(header.value):
                view = texts.value(header.value, header.path)
                yield Target(view, 0, len(header.value), fields.slug(header.name), header.value)
        if form:
            yield from _in_form(message, form, texts)
    if policy.json_paths:
        frames = transcript is not None and transcript.framing == "aws-event-stream"
        yield from _in_json(interaction.request, policy.json_paths, texts)
        if transcript is not None and frames:
            for frame in texts.stream(interaction, transcript).frames():
                yield from _in_documents(frame, policy.json_paths)
        else:
            yield from _in_json(interaction.response, policy.json_paths, texts)


def of_value(value: str, path: Path, policy: Policy, texts: Texts) -> Iterator[Target]:
    """What a policy names, of a value of the document that may be a URL: Location has one, and answers repeat it."""
    query = _lower(policy.query)
    if query and "=" in value and len(value) <= _LONGEST_URL and _URL.search(value):
        yield from _named(texts.value(value, path), fields.parameters(value), query)


def of_pairs(root: Node, interaction: Interaction, policy: Policy, texts: Texts) -> Iterator[Target]:
    """What a policy names, of the objects in which HAR repeats the parameters of a URL and the fields of a form."""
    request = interaction.request.path
    for path, names in (
        ((*request, "queryString"), _lower(policy.query)),
        ((*request, "postData", "params"), _lower(policy.form_fields)),
    ):
        node = find(root, path) if names else None
        for number, pair in enumerate(node.items if isinstance(node, Sequence) else ()):
            name = pair.get("name") if isinstance(pair, Mapping) else None
            value = pair.get("value") if isinstance(pair, Mapping) else None
            if not isinstance(name, Scalar) or not isinstance(value, Scalar):
                continue
            if name.value.lower() in names and _is_open(value.value):
                view = texts.value(value.value, (*path, number, "value"))
                yield Target(view, 0, len(value.value), fields.slug(name.value), value.value)


def _in_form(message: Message, names: frozenset[str], texts: Texts) -> Iterator[Target]:
    if message.media_type == _FORM:
        body = texts.body(message.body)
        if body is not None and not isinstance(body, Derived):  # whose parts are values of the document
            yield from _named(body, fields.pairs(body.text), names)
    elif message.media_type.startswith("multipart/"):
        body = texts.body(message.body)
        if body is not None and not isinstance(body, Derived):
            for start, end, name in multipart.parts(body.text, message.headers.get("content-type")):
                if name.lower() in names and _is_open(body.text[start:end]):
                    yield Target(body, start, end, fields.slug(name), body.text[start:end])
    for line in message.extra:
        # go-vcr's own copy of the fields.
        if line.path[len(message.path)] == "form" and line.name.lower() in names and _is_open(line.value):
            yield Target(texts.value(line.value, line.path), 0, len(line.value), fields.slug(line.name), line.value)


def _lower(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _is_open(value: str) -> bool:
    return bool(value) and not is_replacement(value)


def _removed(message: Message, gone: frozenset[str], kept: frozenset[str] | None) -> Iterator[Path]:
    for header in message.headers:
        name = header.name.lower()
        if name in gone or (kept is not None and name not in kept):
            yield _entry(header.path)


def _entry(path: Path) -> Path:
    """All that a recording has of a header: the key and its values, or HAR's object of name and value."""
    return path[:-1] if isinstance(path[-1], int) or isinstance(path[-2], int) else path


def _named(view: View, found: Iterator[tuple[int, int, str]], names: frozenset[str]) -> Iterator[Target]:
    for start, end, name in found:
        value = fields.plain(view.text[start:end])
        if name.lower() in names and _is_open(value):
            yield Target(view, start, end, fields.slug(name), value)


def _in_json(message: Message, paths: tuple[str, ...], texts: Texts) -> Iterator[Target | Left]:
    body = texts.body(message.body)
    if body is not None:
        yield from _in_documents(body, paths)


def _in_documents(view: View, paths: tuple[str, ...]) -> Iterator[Target | Left]:
    for document in documents(view):
        value = document.value
        for path in paths:
            for place in _places(path, value):
                yield from _at_place(document, path, place)


def _at_place(document: Json, path: str, place: Path) -> Iterator[Target | Left]:
    view, node = document.view, find(document.root, place)
    name = fields.slug(next((step for step in reversed(place) if isinstance(step, str)), "value"))
    if not isinstance(node, Scalar):
        yield Left(path, "a list" if isinstance(node, Sequence) else "an object")
    elif node.style:
        if _is_open(node.value):
            start, end = scalar_map(view.text, node).span(0, len(node.value))
            yield Target(view, start, end, name, node.value)
    elif node.kind in ("integer", "number"):
        if re.search("[1-9]", node.value):  # zero says nothing, and reads as a number where one is wanted
            yield Target(view, node.start, node.end, name, node.value, "0")
    elif node.kind != "null":
        yield Left(path, "a boolean")


def check_path(path: str) -> None:
    """See whether a path is one.

    Raises:
        ConfigError: It is not a JSONPath.
    """
    _places(path, None)


def _places(path: str, value: Any) -> list[Path]:
    """Where a path leads, as keys and indexes.

    Raises:
        ConfigError: It is not a JSONPath.
    """
    return [node.location for node in _query(path).finditer(value)]


@functools.lru_cache(maxsize=64)
def _query(path: str) -> Any:
    import jsonpath_rfc9535 as jsonpath

    if not path:  # for which the library has no words
        raise ConfigError("'' is not a JSONPath: it is empty", "RFC 9535 has the syntax: $.user.email, $..token")
    environment = jsonpath.JSONPathEnvironment()
    environment.max_recursion_depth = MAX_DEPTH + 1  # by itself it gives up at 100
    try:
        return environment.compile(path)
    except (jsonpath.JSONPathError, OverflowError) as error:
        raise ConfigError(
            f"{path!r} is not a JSONPath: {error}", "RFC 9535 has the syntax: $.user.email, $..token"
        ) from error
