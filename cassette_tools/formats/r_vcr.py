"""R's vcr, a port of Ruby VCR with a format of its own.

Written from vcr's ``R/write.R`` (releases 0.1 to 1.7) and ``R/serialize-interaction.R``, ``R/serialize-body.R``
(release 2). It differs from Ruby VCR's in that: a status is a number, or, up to release 1, a mapping with a
``status_code``; each interaction of release 1 says with what it was recorded; bytes are base64 of what release 2 packs
besides (R's "gzip" is zlib's format), the parts of a form are ``fields``; a body may be in a file of its own; there are
no headers in a request that is not matched by them. Where there is nothing, R has an empty list, and jsonlite an empty
mapping. libcurl takes content codings off and leaves their header.
"""

from cassette_tools.formats import checks
from cassette_tools.formats.bodies import as_unpacked, base64_body, string_body, structured_body
from cassette_tools.formats.checks import Check
from cassette_tools.formats.headers import header_lines, header_values
from cassette_tools.formats.requests import read_request
from cassette_tools.model import Body, Cassette, Header, Headers, Interaction, Path, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence
from cassette_tools.wire import encoding


def _empty_list(node: Node) -> bool:
    return isinstance(node, Sequence) and not node.items


def _empty_mapping(node: Node) -> bool:
    return isinstance(node, Mapping) and not node.pairs


_LOGICAL = checks.either(checks.boolean, checks.string)  # R writes yes and no, which YAML 1.2 takes for text
_BODY_FIELDS: dict[str, Check] = {
    "encoding": checks.string,
    "string": _LOGICAL,
    "base64_string": checks.string,
    "raw_gzip": checks.string,
    "fields": checks.mapping,
    "file": _LOGICAL,
    "on_disk": checks.string,
}
_HEADERS = checks.either(header_values, _empty_list)
_BODY = checks.either(checks.null, checks.either(checks.table(_BODY_FIELDS), _empty_list))
_WORDS = checks.either(checks.string, _empty_mapping)
_REQUEST: dict[str, Check] = {
    "method": checks.required_string,
    "uri": checks.required_string,
    "body": _BODY,
    "headers": _HEADERS,
}
_STATUS: dict[str, Check] = {
    "status_code": checks.either(checks.required_integer, checks.required_string),
    "category": _WORDS,
    "reason": _WORDS,
    "message": _WORDS,
    "explanation": _WORDS,
}
_RESPONSE: dict[str, Check] = {
    "status": checks.either(checks.required_integer, checks.table(_STATUS, "status_code")),
    "headers": _HEADERS,
    "body": _BODY,
}
_INTERACTION: dict[str, Check] = {
    "request": checks.table(_REQUEST, "method", "uri"),
    "response": checks.table(_RESPONSE, "status"),
    "recorded_at": checks.string,
    "recorded_with": checks.string,
}
_CASSETTE: dict[str, Check] = {
    "http_interactions": checks.either(checks.null, checks.list_of(checks.table(_INTERACTION, "request", "response"))),
    "recorded_with": checks.string,
}


class RVcr:
    """The format of R's vcr."""

    name = "R vcr"
    versions = (1,)
    schema_versions = "0.1 to 2"
    files = "*.yml, *.json"
    recognised_by = "http_interactions, recorded_with: vcr/… or VCR-vcr/…"

    def recognises(self, root: Mapping) -> bool:
        """By what it was recorded with, which release 1 says in each interaction; a cut file, by a status."""
        if root.pair("http_interactions") is None:
            return False
        first = checks.fields(next(iter(checks.items(root.get("http_interactions"))), None))
        recorder = root.get("recorded_with") or first.get("recorded_with")
        if recorder is not None or not first:
            return checks.text(recorder).startswith(("vcr/", "VCR-vcr/"))
        status = checks.fields(first.get("response")).get("status")
        return "status_code" in checks.fields(status) or checks.whole_number(status) is not None

    def version(self, root: Mapping) -> int | None:  # noqa: ARG002
        """Always 1: the format has no version of its own, and what releases wrote differently is read as it comes."""
        return 1

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette."""
        nodes = checks.items(root.get("http_interactions"))
        interactions = [_interaction(node, ("http_interactions", number)) for number, node in enumerate(nodes)]
        cassette = Cassette(self.name, 1, "r-vcr", interactions)
        cassette.outside = sum(it.request.body.missing + it.response.body.missing for it in interactions)
        return cassette

    _conforms = staticmethod(checks.table(_CASSETTE, "http_interactions"))

    def conforms(self, root: Mapping) -> bool:
        """Whether a document has nothing that the schema does not allow."""
        return self._conforms(root)


def _interaction(node: Node, path: Path) -> Interaction:
    fields = checks.fields(node)
    request = read_request(checks.fields(fields.get("request")), (*path, "request"), _body)
    request.method = request.method.upper()
    response = _response(checks.fields(fields.get("response")), (*path, "response"))
    interaction = Interaction(int(path[1]), path, request, response, None)
    interaction.recorded_at = checks.text(fields.get("recorded_at"))
    return interaction


def _response(fields: dict[str, Node], path: Path) -> Response:
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    body = _body(fields, path, headers)
    if body.raw and body.codings and body.coded is None:
        body = as_unpacked(body, headers)
    status = fields.get("status")
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    paths |= {"code": (*path, "status"), "body": body.path}
    status_line = ""
    if isinstance(status, Mapping):
        paths |= {"code": (*path, "status", "status_code"), "status": (*path, "status", "message")}
        status_line = checks.text(status.get("message"))
        status = status.get("status_code")
    code = checks.text(status)
    number = int(code) if len(code) <= 10 and code.isascii() and code.isdecimal() else None
    return Response(path, paths, headers, body, None, code=number, status_line=status_line)


def _body(fields: dict[str, Node], path: Path, headers: Headers) -> Body:
    node, path = fields.get("body"), (*path, "body")
    fields = checks.fields(node)
    if "on_disk" in fields or _is(fields.get("file"), "yes", "true"):
        return Body(None, path, headers, missing=True)
    if "fields" in fields:
        return structured_body(fields["fields"], (*path, "fields"), headers)
    packed = fields.get("raw_gzip")
    if isinstance(packed, Scalar):
        return _packed_body(packed, (*path, "raw_gzip"), headers)
    if isinstance(node, Mapping) and not _is(fields.get("string"), "no", "false"):
        return string_body(node, path, headers) or Body(None, path, headers)
    return Body(None, path, headers)


def _is(node: Node | None, *words: str) -> bool:
    """Whether it is one of R's logical values, which are not quoted."""
    return isinstance(node, Scalar) and not node.style and node.value in words


def _packed_body(value: Scalar, path: Path, headers: Headers) -> Body:
    """Bytes that the recorder packs, whatever the server did: the coding of the body is the recorder's."""
    body = base64_body(value, path, headers)
    if not isinstance(body.raw, bytes):
        return body
    coding = Header("Content-Encoding", encoding.sniff(body.raw) or "deflate", path)
    others = [line for line in headers if line.name.lower() != "content-encoding"]
    return Body(body.raw, path, Headers([*others, coding]), coded=True)
