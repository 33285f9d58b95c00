"""What a policy names besides secrets: headers, parameters, fields and places in JSON, whatever their values are."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cassette_tools.errors import ConfigError
from cassette_tools.model import Interaction, Message, Path, Removal
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.replacements import is_replacement
from cassette_tools.secrets import fields
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import View
from cassette_tools.source import json_document
from cassette_tools.source.nodes import Scalar, find
from cassette_tools.source.scalar import scalar_map

_NEEDED = frozenset(("content-type", "content-encoding", "transfer-encoding"))
"""Headers without which a body cannot be read: removing all headers but some leaves these."""
_FORM = "application/x-www-form-urlencoded"


class Target(NamedTuple):
    """A value that is to be replaced."""

    view: View
    start: int
    end: int
    kind: str
    value: str


def of(interaction: Interaction, policy: Policy, texts: Texts) -> Iterator[Target | Removal]:
    """What a policy names, of one interaction; what has a placeholder of this tool already is left alone."""
    request, response = interaction.request, interaction.response
    headers, gone = _lower(policy.headers), _lower(policy.delete_headers)
    kept = None if policy.keep_headers is None else _lower(policy.keep_headers) | _NEEDED
    for message in (request, response):
        for path in _removed(message, gone, kept):
            yield Removal(path)
        for header in message.headers:
            if header.name.lower() in headers and _is_open(header.value):
                view = texts.value(header.value, header.path)
                yield Target(view, 0, len(header.value), fields.slug(header.name), header.value)
    query, form = _lower(policy.query), _lower(policy.form_fields)
    if query and request.url:
        view = texts.value(request.url, request.paths.get("url", request.path))
        yield from _named(view, fields.parameters(request.url), query)
    if form and request.media_type == _FORM:
        body = texts.body(request.body)
        if body is not None:
            yield from _named(body, fields.pairs(body.text), form)
    for wanted in policy.json_paths:
        for message in (request, response):
            yield from _in_json(message, wanted, texts)


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


def _in_json(message: Message, path: str, texts: Texts) -> Iterator[Target]:
    body = texts.body(message.body)
    if body is None or body.text.lstrip()[:1] not in ("{", "["):
        return
    root = json_document.parse(body.text.encode("utf-8", "surrogatepass")).root
    if root is None:
        return
    for place in _places(path, message.body.json()):
        node = find(root, place)
        if isinstance(node, Scalar) and node.style and _is_open(node.value):
            name = next((step for step in reversed(place) if isinstance(step, str)), "value")
            start, end = scalar_map(body.text, node).span(0, len(node.value))
            yield Target(body, start, end, fields.slug(name), node.value)


def check_path(path: str) -> None:
    """See whether a path is one.

    Raises:
        ConfigError: It is no JSONPath.
    """
    _places(path, None)


def _places(path: str, value: Any) -> list[Path]:
    """Where a path leads, as keys and indexes.

    Raises:
        ConfigError: It is no JSONPath.
    """
    import jsonpath_rfc9535 as jsonpath

    if not path:  # for which the library has no words
        raise ConfigError("'' is no JSONPath: it is empty", "RFC 9535 has the syntax: $.user.email, $..token")
    try:
        return [node.location for node in jsonpath.finditer(path, value)]
    except jsonpath.JSONPathError as error:
        raise ConfigError(
            f"{path!r} is no JSONPath: {error}", "RFC 9535 has the syntax: $.user.email, $..token"
        ) from error
