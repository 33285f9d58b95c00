"""go-vcr, versions 1 and 2 of its format.

Written from the structs in go-vcr's ``pkg/cassette/cassette.go`` (``cassette/cassette.go`` up to its release 2).
Version 1 is what releases 1 and 2 write, version 2 what releases 3 and 4 write. Since release 4 a request without
headers has no ``headers`` key.
"""

import re
from typing import Any

from cassette_tools.formats import checks
from cassette_tools.formats.checks import Check
from cassette_tools.formats.headers import header_lines
from cassette_tools.model import Body, Cassette, Header, Headers, Interaction, Path, Request, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, key_text

# time.ParseDuration, https://pkg.go.dev/time#ParseDuration
_DURATION = r"[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+\Z|[-+]?0\Z"


def _duration(node: Node) -> bool:
    if not isinstance(node, Scalar):
        return False
    if checks.required_string(node):
        return bool(re.match(_DURATION, node.value))
    return checks.integer(node)


def _duration_v1(node: Node) -> bool:
    return _duration(node) or (isinstance(node, Scalar) and not node.value and node.kind == "string")


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(duration: str) -> float | None:
    """A duration as Go writes it, such as ``1m2.5s``; a bare number counts nanoseconds; None for none and for 0."""
    if duration.isdecimal() and duration.isascii() and len(duration) <= 18:
        return int(duration) * 1e-9 or None
    if len(duration) > 100 or duration.startswith("-") or not re.match(_DURATION, duration):
        return None  # none takes less than no time
    parts = re.findall(r"([0-9.]+)([^0-9.]+)", duration)
    return sum(float(number) * _UNITS[unit] for number, unit in parts) or None


def _int64(node: Node) -> bool:
    if not checks.integer(node):
        return False
    # Of fewer characters, in whatever base, every integer is one.
    return (isinstance(node, Scalar) and len(node.value) < 18) or -(2**63) <= (checks.whole_number(node) or 0) < 2**63


_HEADERS = checks.table_of_strings
_VALUES = checks.either(_HEADERS, checks.null)
_COMMON: dict[str, Check] = {
    "proto": checks.string,
    "proto_major": checks.integer,
    "proto_minor": checks.integer,
    "content_length": _int64,
    "transfer_encoding": checks.strings,
    "trailer": _VALUES,
}
_REQUEST_V1: dict[str, Check] = {
    "body": checks.string,
    "form": _VALUES,
    "headers": _HEADERS,
    "url": checks.required_string,
    "method": checks.required_string,
}
_RESPONSE_V1: dict[str, Check] = {
    "body": checks.string,
    "headers": _HEADERS,
    "status": checks.string,
    "code": checks.required_integer,
    "duration": _duration_v1,
}
_REQUEST_V2: dict[str, Check] = {
    **_COMMON,
    **_REQUEST_V1,
    "headers": _VALUES,
    "host": checks.string,
    "remote_addr": checks.string,
    "request_uri": checks.string,
}
_RESPONSE_V2: dict[str, Check] = {
    **_COMMON,
    **_RESPONSE_V1,
    "duration": _duration,
    "uncompressed": checks.boolean,
}
_INTERACTION_V1: dict[str, Check] = {
    "request": checks.table(_REQUEST_V1, "headers", "url", "method"),
    "response": checks.table(_RESPONSE_V1, "headers", "code"),
}
_INTERACTION_V2: dict[str, Check] = {
    "request": checks.table(_REQUEST_V2, "url", "method"),
    "response": checks.table(_RESPONSE_V2, "headers", "code"),
    "id": checks.integer,
}


def _cassette(interaction: dict[str, Check]) -> Check:
    interactions = checks.list_of(checks.table(interaction, "request", "response"))
    fields: dict[str, Check] = {
        "version": checks.integer,
        "interactions": checks.either(checks.null, interactions),
    }
    return checks.table(fields, *fields)


_CASSETTES = {1: _cassette(_INTERACTION_V1), 2: _cassette(_INTERACTION_V2)}


class GoVcr:
    """The format of go-vcr."""

    name = "go-vcr"
    versions = (1, 2)
    schema_versions = "1 and 2"
    files = "*.yaml"
    recognised_by = "interactions whose requests have a url"

    def recognises(self, root: Mapping) -> bool:
        """A list of interactions with a `url` in the request; VCR.py's have a `uri` and a ``status`` mapping."""
        interactions = root.get("interactions")
        items = interactions.items if isinstance(interactions, Sequence) else []
        if any(_resembles(item) for item in items if isinstance(item, Mapping)):
            return True
        # Where no interaction tells, the order tells go-vcr from VCR.py, which sorts its keys.
        listed = isinstance(interactions, Sequence) or (interactions is not None and checks.null(interactions))
        first = [key.value for key, _ in root.pairs if isinstance(key, Scalar)][:1]
        return listed and (first == ["version"] or self.version(root) == 2) and all(map(_tells_nothing, items))

    def version(self, root: Mapping) -> int | None:
        """The number under ``version``."""
        return checks.whole_number(root.get("version"))

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette of version 1 or 2."""
        version = self.version(root)
        nodes = checks.items(checks.fields(root).get("interactions"))
        interactions = [
            _interaction(node, ("interactions", index), numbered=version == 2) for index, node in enumerate(nodes)
        ]
        return Cassette(self.name, version, f"go-vcr-v{version}", interactions)

    def conforms(self, root: Mapping) -> bool:
        """Whether a document has nothing that the schema of its version does not allow."""
        return _CASSETTES[self.version(root) or 2](root)


def _resembles(item: Mapping) -> bool:
    request, response = item.get("request"), item.get("response")
    if isinstance(request, Mapping):
        if request.get("uri") is not None:
            return False
        if request.get("url") is not None or request.get("proto") is not None:
            return True
    return isinstance(response, Mapping) and response.get("code") is not None


def _tells_nothing(item: Node) -> bool:
    """Whether it is what is left of an interaction without its request and its response."""
    if not isinstance(item, Mapping):
        return True
    return all(key_text(key) in _INTERACTION_V2 and not isinstance(value, Mapping) for key, value in item.pairs)


def _interaction(node: Node, path: Path, *, numbered: bool) -> Interaction:
    """One interaction; an item of the list that is no mapping has nothing to be one."""
    fields = checks.fields(node)
    request = _request(checks.fields(fields.get("request")), (*path, "request"))
    answer = checks.fields(fields.get("response"))
    response = _response(answer, (*path, "response"))
    number = _id(fields.get("id"), numbered=numbered) if isinstance(node, Mapping) else None
    interaction = Interaction(int(path[1]), path, request, response, number)
    interaction.duration = seconds(checks.text(answer.get("duration")))
    return interaction


def _id(node: Node | None, *, numbered: bool) -> int | None:
    """The number of an interaction; one that is not given is 0 to Go."""
    if numbered and (node is None or checks.null(node)):
        return 0
    return checks.whole_number(node)


def _request(fields: dict[str, Node], path: Path) -> Request:
    method, url = checks.text(fields.get("method")), checks.text(fields.get("url"))
    message = _message(fields, path)
    if not url and not checks.required_string(fields.get("url")):
        message[1].pop("url", None)  # what else stands there is against the schema, and no URL
    request = Request(*message, method=method, url=url)
    request.extra = _extra(fields, path)
    request.recoded = _is_recoded(fields)
    return request


def _response(fields: dict[str, Node], path: Path) -> Response:
    code, status_line = checks.whole_number(fields.get("code")), checks.text(fields.get("status"))
    response = Response(*_message(fields, path), code=code, status_line=status_line)
    response.extra = _extra(fields, path)
    response.recoded = _is_recoded(fields)
    return response


def _extra(fields: dict[str, Node], path: Path) -> list[Header]:
    return [line for name in ("form", "trailer") for line in header_lines(fields.get(name), (*path, name))]


def _is_recoded(fields: dict[str, Node]) -> bool:
    """Whether net/http took something off the body: its chunks, or the gzip that it had asked for itself."""
    unpacked, transfer = fields.get("uncompressed"), fields.get("transfer_encoding")
    return (isinstance(unpacked, Scalar) and unpacked.value.lower() == "true") or (
        isinstance(transfer, Sequence) and any(checks.text(item).lower() != "identity" for item in transfer.items)
    )


def _message(fields: dict[str, Node], path: Path) -> tuple[Any, ...]:
    body = fields.get("body")
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    return (
        path,
        {name: (*path, name) for name in fields},
        headers,
        Body(body.content() if isinstance(body, Scalar) else None, (*path, "body"), headers),
        checks.whole_number(fields.get("content_length")),
    )
