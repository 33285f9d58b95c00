"""VCR.py, version 1 of its format, from its YAML and its JSON serializer.

Written from VCR.py's ``vcr/serialize.py``, ``vcr/request.py`` and ``vcr/stubs``. What differs from one writer to the
next: header values are lists or plain strings; a response has its status under ``status`` or, from VCR.py 4 with
httpx, under ``status_code`` with its body under ``content``; pydantic-ai's serializer writes JSON bodies as a structure
under ``parsed_body``, that of PRAW a date under ``recorded_at``, as Betamax did; older releases wrote file-like and
iterated request bodies as tagged Python objects. Of a coded response it stores the bytes that httpx got, but what
urllib3 2 (so requests, too) and aiohttp had unpacked, each under the Content-Encoding as it came, and plays them back
alike.
"""

from typing import Any

from cassette_tools.formats import checks
from cassette_tools.formats.bodies import as_unpacked, base64_body, string_body, structured_body
from cassette_tools.formats.checks import Check
from cassette_tools.formats.headers import header_lines, header_values
from cassette_tools.formats.requests import read_request
from cassette_tools.model import Body, Cassette, Headers, Interaction, Path, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, base64_ends

_REQUEST: dict[str, Check] = {
    "method": checks.required_string,
    "uri": checks.required_string,
    "headers": header_values,
    "body": checks.anything,
    "parsed_body": checks.anything,
}


def _body_of_response(node: Node) -> bool:
    """A mapping with the text under ``string``, which is what VCR.py plays back; older ones have the text alone."""
    if isinstance(node, Mapping):
        text = node.get("string")
        return node.get("base64_string") is not None if text is None else checks.string(text)
    return checks.string(node)


_STATUS: dict[str, Check] = {"code": checks.required_integer, "message": checks.string}
_RESPONSE: dict[str, Check] = {
    "status": checks.table(_STATUS, "code"),
    "headers": header_values,
    "body": _body_of_response,
    "parsed_body": checks.anything,
    "status_code": checks.required_integer,
    "http_version": checks.string,
    "content": checks.string,
    "protocol": checks.anything,
    "url": checks.string,
}
_WITH_STATUS = checks.table(_RESPONSE, "headers", "status")
_WITH_STATUS_CODE = checks.table({**_RESPONSE, "status": checks.mapping}, "headers", "status_code")


def _is_response(node: Node) -> bool:
    return _WITH_STATUS_CODE(node) if _has_plain_status(node) else _WITH_STATUS(node)


def _has_plain_status(node: Node | None) -> bool:
    return isinstance(node, Mapping) and node.get("status_code") is not None


_INTERACTION: dict[str, Check] = {
    "request": checks.table(_REQUEST, "method", "uri", "headers"),
    "response": _is_response,
    "recorded_at": checks.string,
}
_FIELDS: dict[str, Check] = {
    "version": checks.integer,
    "interactions": checks.list_of(checks.table(_INTERACTION, "request", "response")),
    "metadata": checks.anything,
    "recorded_at": checks.string,
}
_CASSETTE = checks.table(_FIELDS, "interactions")


class VcrPy:
    """The format of VCR.py."""

    name = "VCR.py"
    versions = (1,)
    schema_versions = "1"
    files = "*.yaml, *.json"
    recognised_by = "interactions whose requests have a uri"

    def recognises(self, root: Mapping) -> bool:
        """A list of interactions with a `uri` in the request, or with a response that only VCR.py writes."""
        interactions = root.get("interactions")
        if not isinstance(interactions, Sequence):
            return False
        known = [item for item in interactions.items if isinstance(item, Mapping)]
        if known:
            return any(map(_resembles, known))
        return root.pair("version") is not None or (len(root.pairs) == 1 and not interactions.items)

    def version(self, root: Mapping) -> int | None:
        """The number under ``version``; without one it is 1, as VCR.py does not look at it."""
        node = root.get("version")
        return 1 if node is None else checks.whole_number(node)

    def load(self, root: Mapping) -> Cassette:
        """Build the model of a cassette."""
        nodes = checks.items(checks.fields(root).get("interactions"))
        interactions = [_interaction(node, ("interactions", number)) for number, node in enumerate(nodes)]
        return Cassette(self.name, 1, "vcrpy-v1", interactions)

    def conforms(self, root: Mapping) -> bool:
        """Whether a document has nothing that the schema does not allow."""
        return _CASSETTE(root)


def _resembles(item: Mapping) -> bool:
    request, response = item.get("request"), item.get("response")
    if isinstance(request, Mapping) and (request.get("uri") is not None or request.get("parsed_body") is not None):
        return True
    # A status that is a number is what contracts and stubs of servers have.
    return (
        isinstance(response, Mapping)
        and (
            isinstance(response.get("status"), Mapping)
            or any(response.get(name) is not None for name in ("status_code", "parsed_body"))
        )
        and response.get("code") is None
    )


def _interaction(node: Node, path: Path) -> Interaction:
    fields = checks.fields(node)
    request = read_request(checks.fields(fields.get("request")), (*path, "request"), _body)
    response = _response(fields.get("response"), (*path, "response"))
    # Of all clients, httpx alone gives a header Host to VCR.py: the others send it below of what VCR.py replaces.
    if response.body.codings and request.headers.find("host") is None:
        response.body = as_unpacked(response.body, response.headers)
    interaction = Interaction(int(path[1]), path, request, response, None)
    interaction.recorded_at = checks.text(fields.get("recorded_at"))
    return interaction


def _response(node: Node | None, path: Path) -> Response:
    fields = checks.fields(node)
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    if _has_plain_status(node):
        code, status_line = checks.whole_number(fields.get("status_code")), ""
        paths["code"] = (*path, "status_code")
    else:
        status = checks.fields(fields.get("status"))
        code = checks.whole_number(status.get("code"))
        status_line = checks.text(status.get("message"))
        paths["code"] = (*path, "status", "code")
        paths["status"] = (*path, "status", "message")
    body = _body(fields, path, headers)
    paths["body"] = body.path
    return Response(path, paths, headers, body, None, code=code, status_line=status_line)


def _body(fields: dict[str, Node], path: Path, headers: Headers) -> Body:
    if "parsed_body" in fields:
        return structured_body(fields["parsed_body"], (*path, "parsed_body"), headers)
    if "content" in fields:
        # What httpx had made of it: the content codings are off, whatever the headers say.
        content = fields["content"]
        raw = content.content() if isinstance(content, Scalar) else None
        return Body(raw, (*path, "content"), headers, coded=False)
    node, path = fields.get("body"), (*path, "body")
    if isinstance(node, Scalar):
        if _is_form_in_base64(node, headers):
            return base64_body(node, path, headers)
        return Body(node.content(), path, headers)
    if isinstance(node, Mapping):
        if node.tag is not None and node.tag.startswith("tag:yaml.org,2002:python/object"):
            return Body(_object_content(node), path, headers)
        found = string_body(node, path, headers)
        if found is not None:
            return found
        if node.pairs and node.pair("string") is None:
            return structured_body(node, path, headers)
    if isinstance(node, Sequence) and node.items:
        return structured_body(node, path, headers)
    return Body(None, path, headers)


def _is_form_in_base64(node: Scalar, headers: Headers) -> bool:
    """Whether it is a form as base64: VCR.py has httpx's requests as UTF-8, and who sends a file helps it so."""
    return (
        node.value[:2] == "LS"  # with two hyphens every form begins
        and headers.get("content-type").lower().startswith("multipart/")
        and node.kind == "string"
        and isinstance(node.content(), str)
        and base64_ends(node.value) == len(node.value)
    )


def _object_content(node: Mapping) -> bytes | None:
    """The content of ``io.BytesIO`` (first of its state) and of an iterator over parts (its argument).

    VCR.py's own loader reads these two tags and refuses every other object.
    """
    for key in ("state", "args"):
        value = node.get(key)
        if isinstance(value, Sequence) and value.items:
            first: Any = value.items[0]
            parts = first.items if isinstance(first, Sequence) else [first]
            contents = [part.content() for part in parts if isinstance(part, Scalar)]
            return b"".join(c.encode() if isinstance(c, str) else c or b"" for c in contents)
    return None
