"""Ruby VCR, and Betamax, whose format is modelled on it.

Written from VCR's ``lib/vcr/structs.rb`` and Betamax's ``betamax/util.py``. Both have ``http_interactions`` with a
``uri`` in the request, a status of ``code`` and ``message``, and bodies of an ``encoding`` and either a ``string`` or a
``base64_string``. Markers of ERB, which Ruby VCR can expand when it loads a cassette, are left as they are. Betamax's
first releases wrote ``status_code`` and no message, which it still reads.
"""

from cassette_tools.formats import checks
from cassette_tools.formats.bodies import string_body
from cassette_tools.formats.checks import Check
from cassette_tools.formats.headers import header_lines, header_values
from cassette_tools.formats.requests import read_request
from cassette_tools.model import Body, Cassette, Headers, Interaction, Path, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar
from cassette_tools.wire import encoding

_BODY_FIELDS: dict[str, Check] = {
    "encoding": checks.string,
    "string": checks.string,
    "base64_string": checks.string,
}
_BODY = checks.either(checks.string, checks.table(_BODY_FIELDS))
_REQUEST: dict[str, Check] = {
    "method": checks.required_string,
    "uri": checks.required_string,
    "body": _BODY,
    "headers": header_values,
}
_STATUS: dict[str, Check] = {"code": checks.required_integer, "message": checks.string}
_RESPONSE: dict[str, Check] = {
    "status": checks.table(_STATUS, "code"),
    "status_code": checks.required_integer,
    "headers": header_values,
    "body": _BODY,
    "http_version": checks.either(checks.string, checks.number),
    "adapter_metadata": checks.either(checks.null, checks.mapping),
    "url": checks.string,
}
_WITH_STATUS = checks.table(_RESPONSE, "status")
_INTERACTION: dict[str, Check] = {
    "request": checks.table(_REQUEST, "method", "uri"),
    "response": _WITH_STATUS,
    "recorded_at": checks.string,
}
_NET_HTTP = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"
"""What Net::HTTP accepts where its user names nothing (``net/http/generic_request.rb``)."""


def _cassette(interaction: dict[str, Check], *needs: str) -> Check:
    """A cassette.

    Args:
        interaction: The fields of an interaction.
        needs: What an interaction must have.
    """
    interactions = checks.list_of(checks.table(interaction, *needs))
    fields: dict[str, Check] = {
        "http_interactions": checks.either(checks.null, interactions),
        "recorded_with": checks.string,
    }
    return checks.table(fields, "http_interactions")


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

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette."""
        nodes = checks.items(checks.fields(root).get("http_interactions"))
        interactions = [_interaction(node, ("http_interactions", number)) for number, node in enumerate(nodes)]
        return Cassette(self.name, 1, "ruby-vcr", interactions)

    _conforms = staticmethod(_cassette(_INTERACTION, "request", "response", "recorded_at"))
    """Without a date VCR does not load an interaction."""

    def conforms(self, root: Mapping) -> bool:
        """Whether a document has nothing that the schema does not allow."""
        return self._conforms(root)


class Betamax(RubyVcr):
    """The format of Betamax: that of Ruby VCR in JSON, and the URL in the response too."""

    name = "Betamax"
    schema_versions = "0.1 and later"
    files = "*.json"
    recognised_by = "http_interactions, recorded_with: betamax/…"
    _conforms = staticmethod(
        _cassette(
            _INTERACTION | {"response": checks.either(_WITH_STATUS, checks.table(_RESPONSE, "status_code"))},
            "request",
            "response",
        )
    )

    def recognises(self, root: Mapping) -> bool:
        """By what it was recorded with."""
        recorder = root.get("recorded_with")
        return super().recognises(root) and isinstance(recorder, Scalar) and recorder.value.startswith("betamax")


def _interaction(node: Node, path: Path) -> Interaction:
    fields = checks.fields(node)
    request = read_request(checks.fields(fields.get("request")), (*path, "request"), _body)
    request.method = request.method.upper()
    response = _response(checks.fields(fields.get("response")), (*path, "response"))
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


def _response(fields: dict[str, Node], path: Path) -> Response:
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    status = checks.fields(fields.get("status"))
    body = _body(fields, path, headers)
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    paths |= {"code": (*path, "status", "code"), "status": (*path, "status", "message"), "body": body.path}
    code, status_line = checks.whole_number(status.get("code")), checks.text(status.get("message"))
    if not status and "status_code" in fields:
        code = checks.whole_number(fields["status_code"])
        paths["code"] = (*path, "status_code")
    return Response(path, paths, headers, body, None, code=code, status_line=status_line)


def _body(fields: dict[str, Node], path: Path, headers: Headers) -> Body:
    node, path = fields.get("body"), (*path, "body")
    found = string_body(node, path, headers) if isinstance(node, Mapping) else None
    return found or Body(node.content() if isinstance(node, Scalar) else None, path, headers)
