"""Ruby VCR, and Betamax, whose format is modelled on it.

Written from VCR's ``lib/vcr/structs.rb`` and Betamax's ``betamax/util.py``. Both have ``http_interactions`` with a
``uri`` in the request, a status of ``code`` and ``message``, and bodies of an ``encoding`` and either a ``string`` or a
``base64_string``. Markers of ERB, which Ruby VCR can expand when it loads a cassette, are left as they are.
"""

from cassette_tools.formats import checks
from cassette_tools.formats.checks import Check, Conformity
from cassette_tools.formats.headers import header_lines, header_values
from cassette_tools.formats.vcrpy import string_body
from cassette_tools.model import Body, Cassette, Headers, Interaction, Path, Request, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence
from cassette_tools.wire import encoding

_CASSETTE: dict[str, Check] = {
    "http_interactions": checks.either(checks.null, checks.sequence),
    "recorded_with": checks.string,
}
_INTERACTION: dict[str, Check] = {
    "request": checks.mapping,
    "response": checks.mapping,
    "recorded_at": checks.string,
}
_BODY = checks.either(checks.string, checks.mapping)
_REQUEST: dict[str, Check] = {
    "method": checks.required_string,
    "uri": checks.required_string,
    "body": _BODY,
    "headers": header_values,
}
_RESPONSE: dict[str, Check] = {
    "status": checks.mapping,
    "headers": header_values,
    "body": _BODY,
    "http_version": checks.either(checks.string, checks.number),
    "adapter_metadata": checks.either(checks.null, checks.mapping),
    "url": checks.string,
}
_STATUS: dict[str, Check] = {"code": checks.required_integer, "message": checks.string}
_BODY_FIELDS: dict[str, Check] = {
    "encoding": checks.string,
    "string": checks.string,
    "base64_string": checks.string,
}
_PARTS = frozenset({"request", "response"})
_NET_HTTP = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"
"""What Net::HTTP accepts where its user names nothing (``net/http/generic_request.rb``)."""


class RubyVcr:
    """The format of Ruby VCR."""

    name = "Ruby VCR"
    versions = (1,)
    schema_versions = "2 to 6"
    files = "*.yml, *.json"
    recognised_by = "http_interactions"

    def recognises(self, root: Mapping) -> bool:
        """A list of ``http_interactions``, whoever recorded them."""
        return root.pair("http_interactions") is not None

    def version(self, root: Mapping) -> int | None:  # noqa: ARG002
        """Always 1: the format has no version of its own; VCR 1 wrote another shape."""
        return 1

    _parts = _PARTS | {"recorded_at"}
    """What an interaction must have: without a date VCR does not load it."""

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette."""
        conformity = Conformity()
        nodes = conformity.fields(root, _CASSETTE, frozenset({"http_interactions"})).get("http_interactions")
        items = nodes.items if isinstance(nodes, Sequence) else []
        interactions = [
            _interaction(node, ("http_interactions", number), conformity, self._parts)
            for number, node in enumerate(items)
        ]
        return Cassette(self.name, 1, "ruby-vcr", interactions, conforms=conformity.conforms)


class Betamax(RubyVcr):
    """The format of Betamax: that of Ruby VCR in JSON, and the URL in the response too."""

    name = "Betamax"
    schema_versions = "0.1 and later"
    files = "*.json"
    recognised_by = "http_interactions, recorded_with: betamax/…"
    _parts = _PARTS

    def recognises(self, root: Mapping) -> bool:
        """By what it was recorded with."""
        recorder = root.get("recorded_with")
        return super().recognises(root) and isinstance(recorder, Scalar) and recorder.value.startswith("betamax")


def _interaction(node: Node, path: Path, conformity: Conformity, parts: frozenset[str]) -> Interaction:
    fields = conformity.fields(node, _INTERACTION, parts)
    request = _request(fields.get("request"), (*path, "request"), conformity)
    response = _response(fields.get("response"), (*path, "response"), conformity)
    response.recoded = request.headers.get("accept-encoding") == _NET_HTTP and _was_unpacked(response)
    interaction = Interaction(int(path[1]), path, request, response, None)
    interaction.recorded_at = checks.text(fields.get("recorded_at"))
    return interaction


def _was_unpacked(response: Response) -> bool:
    """Whether Net::HTTP may have taken off the coding that it had asked for itself.

    It takes the header Content-Encoding off, too, and leaves the length as it was.
    """
    length = response.headers.get("content-length")
    if not (length.isascii() and length.isdecimal()) or length == str(response.body.size):
        return False
    return not response.body.codings and encoding.may_pack(response.body.data, int(length[:18]))


def _request(node: Node | None, path: Path, conformity: Conformity) -> Request:
    fields = conformity.fields(node, _REQUEST, frozenset({"method", "uri"}))
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    body = _body(fields.get("body"), (*path, "body"), headers, conformity)
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    method, url = checks.text(fields.get("method")).upper(), checks.text(fields.get("uri"))
    if url or checks.required_string(fields.get("uri")):  # what else stands there is against the schema, and no URL
        paths["url"] = paths["uri"]
    paths["body"] = body.path
    return Request(path, paths, headers, body, None, method=method, url=url)


def _response(node: Node | None, path: Path, conformity: Conformity) -> Response:
    fields = conformity.fields(node, _RESPONSE, frozenset({"status"}))
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    status = conformity.fields(fields.get("status"), _STATUS, frozenset({"code"}))
    body = _body(fields.get("body"), (*path, "body"), headers, conformity)
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    paths |= {"code": (*path, "status", "code"), "status": (*path, "status", "message"), "body": body.path}
    code, status_line = checks.whole_number(status.get("code")), checks.text(status.get("message"))
    return Response(path, paths, headers, body, None, code=code, status_line=status_line)


def _body(node: Node | None, path: Path, headers: Headers, conformity: Conformity) -> Body:
    if isinstance(node, Mapping):
        fields = conformity.fields(node, _BODY_FIELDS, frozenset())
        for key in ("string", "base64_string"):
            value = fields.get(key)
            if isinstance(value, Scalar):
                return string_body(key, value, (*path, key), headers)
    return Body(node.content() if isinstance(node, Scalar) else None, path, headers)
