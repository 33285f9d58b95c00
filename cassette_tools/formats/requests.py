"""Requests as the formats of the VCR family keep them: a ``method``, a ``uri``, headers and a body."""

from collections.abc import Callable

from cassette_tools.formats import checks
from cassette_tools.formats.headers import header_lines
from cassette_tools.model import Body, Headers, Path, Request
from cassette_tools.source.nodes import Node


def read_request(
    fields: dict[str, Node], path: Path, read_body: Callable[[dict[str, Node], Path, Headers], Body]
) -> Request:
    """The request that a mapping is.

    Args:
        fields: Of the mapping.
        path: Where it is.
        read_body: Makes the body of the fields, their path and the headers.
    """
    headers = Headers(header_lines(fields.get("headers"), (*path, "headers")))
    body = read_body(fields, path, headers)
    paths: dict[str, Path] = {name: (*path, name) for name in fields}
    method, url = checks.text(fields.get("method")), checks.text(fields.get("uri"))
    if url or checks.required_string(fields.get("uri")):  # what else stands there is against the schema, and no URL
        paths["url"] = paths["uri"]
    paths["body"] = body.path
    return Request(path, paths, headers, body, None, method=method, url=url)
