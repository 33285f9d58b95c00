"""go-vcr, versions 1 and 2 of its format.

Written from the structs in go-vcr's ``pkg/cassette/cassette.go`` (``cassette/cassette.go`` up to its release 2).
Version 1 is what releases 1 and 2 write, version 2 what releases 3 and 4 write.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from typing import Any

from cassette_tools.model import Body, Cassette, Header, Headers, Interaction, Path, Request, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence

# The checks below accept just what the schemas in ``schemas/go-vcr-v*.schema.json`` accept; a property test holds the
# two together. They take no time in a file that is right, and the schema explains one that is not.


def _string(node: Node) -> bool:
    return isinstance(node, Scalar) and (bool(node.style) or node.kind in ("string", "binary", "null"))


def _required_string(node: Node) -> bool:
    return isinstance(node, Scalar) and (bool(node.style) or node.kind in ("string", "binary"))


def _integer(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind in ("integer", "null")


def _required_integer(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind == "integer"


def _boolean(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind in ("boolean", "null")


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind == "null"


def _strings(node: Node) -> bool:
    return _null(node) or (isinstance(node, Sequence) and all(map(_string, node.items)))


def _required_values(node: Node) -> bool:
    return isinstance(node, Mapping) and all(isinstance(key, Scalar) and _strings(value) for key, value in node.pairs)


def _values(node: Node) -> bool:
    return _null(node) or _required_values(node)


# time.ParseDuration, https://pkg.go.dev/time#ParseDuration
_DURATION = re.compile(r"(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+\Z|[-+]?0\Z")


def _duration(node: Node) -> bool:
    if not isinstance(node, Scalar):
        return False
    kind = node.kind
    return kind in ("integer", "null") or (kind in ("string", "binary") and bool(_DURATION.match(node.value)))


def _duration_v1(node: Node) -> bool:
    return _duration(node) or (isinstance(node, Scalar) and node.value == "")


_Check = Callable[[Node], bool]
_COMMON: dict[str, _Check] = {
    "proto": _string,
    "proto_major": _integer,
    "proto_minor": _integer,
    "content_length": _integer,
    "transfer_encoding": _strings,
    "trailer": _values,
}
_REQUEST_V1: dict[str, _Check] = {
    "body": _string,
    "form": _values,
    "headers": _required_values,
    "url": _required_string,
    "method": _required_string,
}
_RESPONSE_V1: dict[str, _Check] = {
    "body": _string,
    "headers": _required_values,
    "status": _string,
    "code": _required_integer,
    "duration": _duration_v1,
}
_REQUEST_V2: dict[str, _Check] = {
    **_COMMON,
    **_REQUEST_V1,
    "headers": _values,
    "host": _string,
    "remote_addr": _string,
    "request_uri": _string,
}
_RESPONSE_V2: dict[str, _Check] = {**_COMMON, **_RESPONSE_V1, "duration": _duration, "uncompressed": _boolean}


class _Shape:
    """What one version of the format has in its parts."""

    def __init__(
        self,
        request: Table[str, _Check],
        request_needs: frozenset[str],
        response: Table[str, _Check],
        interaction: frozenset[str],
    ) -> None:
        self.request = request
        self.request_needs = request_needs
        self.response = response
        self.response_needs = frozenset({"headers", "code"})
        self.interaction = interaction


_SHAPES = {
    1: _Shape(_REQUEST_V1, frozenset({"headers", "url", "method"}), _RESPONSE_V1, frozenset({"request", "response"})),
    2: _Shape(_REQUEST_V2, frozenset({"url", "method"}), _RESPONSE_V2, frozenset({"id", "request", "response"})),
}


class GoVcr:
    """The format of go-vcr."""

    name = "go-vcr"
    versions = (1, 2)

    def recognises(self, root: Mapping) -> bool:
        """A list of interactions with a ``url`` in the request; VCR.py's have a ``uri`` and a ``status`` mapping."""
        interactions = root.get("interactions")
        if not isinstance(interactions, Sequence):
            # `interactions:` without a value is what a go-vcr cassette without interactions may look like.
            return interactions is not None and _null(interactions) and root.pair("version") is not None
        if not interactions.items:
            return root.pair("version") is not None
        parts = [item for item in interactions.items if isinstance(item, Mapping)]
        return any(map(_resembles_interaction, parts))

    def version(self, root: Mapping) -> int | None:
        """The number under ``version``."""
        node = root.get("version")
        return node.integer() if isinstance(node, Scalar) else None

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette of version 1 or 2."""
        version = self.version(root)
        loader = _Loader(_SHAPES[version or 2])
        interactions = loader.load(root)
        return Cassette(
            self.name, version, f"go-vcr-v{version}", interactions, conforms=loader.conforms and len(root.pairs) == 2
        )


def _resembles_interaction(item: Mapping) -> bool:
    request, response = item.get("request"), item.get("response")
    if isinstance(request, Mapping) and request.get("uri") is None:
        if request.get("url") is not None or request.get("proto") is not None:
            return True
        if isinstance(response, Mapping):
            return response.get("code") is not None
    return False


class _Loader:
    """Builds interactions, and notes whether everything is as the schema wants it."""

    def __init__(self, shape: _Shape) -> None:
        self._shape = shape
        self.conforms = True

    def load(self, root: Mapping) -> list[Interaction]:
        """The interactions of a document; an item that is no mapping has none."""
        interactions: list[Interaction] = []
        nodes = root.get("interactions")
        if not isinstance(nodes, Sequence):
            return interactions
        for index, node in enumerate(nodes.items):
            if isinstance(node, Mapping):
                interactions.append(self._interaction(node, index))
            else:
                self.conforms = False
        return interactions

    def _interaction(self, node: Mapping, index: int) -> Interaction:
        path: Path = ("interactions", index)
        parts = {key.value: value for key, value in node.pairs if isinstance(key, Scalar)}
        if len(parts) != len(node.pairs) or not parts.keys() <= self._shape.interaction:
            self.conforms = False
        recorded_id = None
        if (id_node := parts.get("id")) is not None:
            if not _integer(id_node):
                self.conforms = False
            elif isinstance(id_node, Scalar):
                recorded_id = id_node.integer()
        request = self._request(parts.get("request"), (*path, "request"))
        response = self._response(parts.get("response"), (*path, "response"))
        return Interaction(index, path, request, response, recorded_id)

    def _fields(self, node: Node | None, checks: Table[str, _Check], needs: frozenset[str]) -> dict[str, Node]:
        if not isinstance(node, Mapping):
            self.conforms = False
            return {}
        fields: dict[str, Node] = {}
        for key, value in node.pairs:
            name = key.value if isinstance(key, Scalar) else ""
            check = checks.get(name)
            if check is None or not check(value):
                self.conforms = False
            fields[name] = value
        if not needs <= fields.keys():
            self.conforms = False
        return fields

    def _request(self, node: Node | None, path: Path) -> Request:
        fields = self._fields(node, self._shape.request, self._shape.request_needs)
        return Request(*_message(fields, path), method=_text(fields.get("method")), url=_text(fields.get("url")))

    def _response(self, node: Node | None, path: Path) -> Response:
        fields = self._fields(node, self._shape.response, self._shape.response_needs)
        code = fields.get("code")
        return Response(
            *_message(fields, path),
            code=code.integer() if isinstance(code, Scalar) else None,
            status_line=_text(fields.get("status")),
        )


def _message(fields: dict[str, Node], path: Path) -> tuple[Any, ...]:
    body = fields.get("body")
    length = fields.get("content_length")
    headers = Headers(_header_lines(fields.get("headers"), (*path, "headers")))
    return (
        path,
        {name: (*path, name) for name in fields},
        headers,
        Body(body.content() if isinstance(body, Scalar) else None, (*path, "body"), headers),
        length.integer() if isinstance(length, Scalar) else None,
    )


def _header_lines(node: Node | None, path: Path) -> list[Header]:
    if not isinstance(node, Mapping):
        return []
    return [
        Header(key.value, value.value, (*path, key.value, number))
        for key, values in node.pairs
        if isinstance(key, Scalar) and isinstance(values, Sequence)
        for number, value in enumerate(values.items)
        if isinstance(value, Scalar)
    ]


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) and node.kind != "null" else ""
