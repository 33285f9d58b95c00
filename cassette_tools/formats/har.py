"""HAR 1.2, the HTTP Archive: what browsers, mitmproxy and Polly.js write.

Source: the HAR 1.2 specification (http://www.softwareishard.com/blog/har-12-spec/). The text of a content is what is
left once the content codings are taken off, whatever the headers say, or base64 where ``encoding`` says so. Polly.js
keeps a coded body as it came, in base64 since its release 6 and as hexadecimal digits before; the bytes then tell.
"""

import re
from typing import Any

from cassette_tools import strict_json
from cassette_tools.formats import checks
from cassette_tools.formats.bodies import structured_body
from cassette_tools.formats.checks import Check
from cassette_tools.model import Body, Cassette, Header, Headers, Interaction, Path, Request, Response
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence
from cassette_tools.wire import encoding, multipart


def _object(fields: dict[str, Check], *needs: str) -> Check:
    """An object, which every tool extends with its own fields."""
    return checks.table(fields, *needs, extensible=True)


# Of a header, some clients give Polly.js a number, such as axios of a length.
_PAIR: dict[str, Check] = {"name": checks.required_string, "value": checks.either(checks.string, checks.number)}
_PAIRS = checks.list_of(_object(_PAIR, "name", "value"))
_POST_DATA: dict[str, Check] = {
    "mimeType": checks.string,
    "text": checks.string,
    "params": checks.either(checks.null, checks.list_of(_object(_PAIR, "name"))),
}
_REQUEST: dict[str, Check] = {
    "method": checks.required_string,
    "url": checks.required_string,
    "httpVersion": checks.string,
    "headers": _PAIRS,
    "queryString": checks.sequence,
    "cookies": checks.sequence,
    "postData": checks.either(checks.null, _object(_POST_DATA)),
    "headersSize": checks.integer,
    "bodySize": checks.integer,
}
_CONTENT: dict[str, Check] = {
    "size": checks.integer,
    "mimeType": checks.string,
    "text": checks.string,
    "encoding": checks.string,
}
_RESPONSE: dict[str, Check] = {
    "status": checks.required_integer,
    "statusText": checks.string,
    "httpVersion": checks.string,
    "headers": _PAIRS,
    "cookies": checks.sequence,
    "content": _object(_CONTENT),
    "redirectURL": checks.string,
    "headersSize": checks.integer,
    "bodySize": checks.integer,
}
_ENTRY: dict[str, Check] = {
    "startedDateTime": checks.string,
    "time": checks.number,
    "request": _object(_REQUEST, "method", "url", "headers"),
    "response": _object(_RESPONSE, "status", "headers", "content"),
}
_LOG: dict[str, Check] = {
    "version": checks.string,
    "creator": checks.mapping,
    "entries": checks.list_of(_object(_ENTRY, "request", "response")),
}
_ARCHIVE = _object({"log": _object(_LOG, "entries")}, "log")


class Har:
    """The HTTP Archive format."""

    name = "HAR"
    versions = (1,)
    schema_versions = "1.2"
    files = "*.har"
    recognised_by = "log with entries"

    def recognises(self, root: Mapping) -> bool:
        """An object ``log`` with a list of ``entries``."""
        log = root.get("log")
        return isinstance(log, Mapping) and isinstance(log.get("entries"), Sequence)

    def version(self, root: Mapping) -> int | None:
        """The major version; without one it is 1.1, as the specification has it."""
        log = root.get("log")
        stated = checks.text(log.get("version") if isinstance(log, Mapping) else None) or "1.1"
        major = stated.partition(".")[0]
        return int(major) if major.isascii() and major.isdigit() and len(major) < 5 else None

    def load(self, root: Mapping) -> Cassette:
        """Build the model of an archive."""
        log = checks.fields(checks.fields(root).get("log"))
        nodes = checks.items(log.get("entries"))
        interactions = [_entry(node, ("log", "entries", number)) for number, node in enumerate(nodes)]
        cassette = Cassette(self.name, 1, "har-1.2", interactions)
        cassette.outside = sum(map(_outside, nodes))
        return cassette

    def conforms(self, root: Mapping) -> bool:
        """Whether a document has nothing that the schema does not allow."""
        return _ARCHIVE(root)


def _entry(node: Node, path: Path) -> Interaction:
    """One exchange."""
    fields = checks.fields(node)
    request = _request(fields.get("request"), (*path, "request"))
    response = _response(fields.get("response"), (*path, "response"))
    interaction = Interaction(int(path[-1]), path, request, response, None)
    time = checks.text(fields.get("time"))
    interaction.recorded_at = checks.text(fields.get("startedDateTime"))
    # In milliseconds; -1 where it is not known.
    interaction.duration = float(time) / 1000 if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,20})?", time) else None
    return interaction


def _outside(node: Node) -> int:
    """How many bodies of an entry are in files of their own, which is a way of Playwright's."""
    entry = checks.fields(node)
    data = checks.fields(checks.fields(entry.get("request")).get("postData"))
    content = checks.fields(checks.fields(entry.get("response")).get("content"))
    return ("_file" in data) + ("_file" in content)


def _request(node: Node | None, path: Path) -> Request:
    fields = checks.fields(node)
    headers = Headers(_pairs(fields.get("headers"), (*path, "headers")))
    # Browsers leave out what they cannot or do not want to keep, such as the files of an upload.
    had_body = (checks.whole_number(fields.get("bodySize")) or 0) > 0 or headers.get("content-length") not in (
        "",
        "0",
    )
    body = _post_data(fields.get("postData"), (*path, "postData"), headers, missing=had_body)
    paths: dict[str, Path] = {name: (*path, name) for name in fields} | {"body": body.path}
    # Some trackers write the word of their library's interface, such as axios'.
    method, url = checks.text(fields.get("method")).upper(), checks.text(fields.get("url"))
    if not url and not checks.required_string(fields.get("url")):
        paths.pop("url", None)  # what else stands there is against the schema, and no URL
    return Request(path, paths, headers, body, None, method=method, url=url)


def _response(node: Node | None, path: Path) -> Response:
    fields = checks.fields(node)
    headers = Headers(_pairs(fields.get("headers"), (*path, "headers")))
    body = _content(fields.get("content"), (*path, "content"), headers)
    paths: dict[str, Path] = {name: (*path, name) for name in fields} | {"body": body.path}
    paths |= {"code": (*path, "status"), "status": (*path, "statusText")}
    code, status_line = checks.whole_number(fields.get("status")), checks.text(fields.get("statusText"))
    return Response(path, paths, headers, body, None, code=code, status_line=status_line)


def _pairs(node: Node | None, path: Path) -> list[Header]:
    lines = []
    for number, item in enumerate(checks.items(node)):
        fields = checks.fields(item)
        name, value = checks.text(fields.get("name")), checks.text(fields.get("value"))
        lines.append(Header(name, value, (*path, number, "value")))
    return lines


def _post_data(node: Node | None, path: Path, headers: Headers, *, missing: bool) -> Body:
    if node is None or checks.null(node):
        return Body(None, path, headers, missing=missing)
    fields = checks.fields(node)
    text = fields.get("text")
    if isinstance(text, Scalar) and text.value:
        return Body(text.value, (*path, "text"), headers, coded=False)
    if "textJSON" in fields:  # Cody's archives, in YAML, where a change of a line is one of a line
        return structured_body(fields["textJSON"], (*path, "textJSON"), headers)
    params = checks.items(fields.get("params"))
    if not params:
        return Body(None, path, headers, missing=missing)
    content_type = headers.get("content-type")
    between = multipart.boundary("", content_type) if content_type.lower().startswith("multipart/") else ""
    body = Body(_form(params, between), path, headers, exact=False, coded=False)
    told = ("name", "value", "fileName", "contentType") if between else ("name", "value")
    body.parts = tuple(
        (*path, "params", number, name)
        for number, param in enumerate(map(checks.fields, params))
        for name in told
        if isinstance(param.get(name), Scalar)
    )
    return body


def _form(params: list[Node], between: str) -> str:
    """A form as it may have been sent, in parts if it is known what separates them; a file has no value."""
    pairs = [(checks.text(param.get("name")), checks.text(param.get("value"))) for param in map(checks.fields, params)]
    if not between:
        from urllib.parse import urlencode

        return urlencode(pairs)
    written = []
    for (name, value), param in zip(pairs, map(checks.fields, params), strict=True):
        file, kind = checks.text(param.get("fileName")), checks.text(param.get("contentType"))
        named = f'form-data; name="{_quotable(name)}"' + (f'; filename="{_quotable(file)}"' if file else "")
        kind = f"\r\nContent-Type: {kind}" if kind else ""
        written.append(f"--{between}\r\nContent-Disposition: {named}{kind}\r\n\r\n{value}\r\n")
    return "".join((*written, f"--{between}--\r\n"))


def _quotable(name: str) -> str:
    """As browsers write it (HTML, section 4.10.21.8)."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _content(node: Node | None, path: Path, headers: Headers) -> Body:
    fields = checks.fields(node)
    text, path = fields.get("text"), (*path, "text")
    if not isinstance(text, Scalar) or text.kind == "null":
        return Body(None, path, headers, missing=True)  # the text is optional
    data = _bytes(text.value, _coding(fields))
    body = Body(data, path, headers, exact=False)
    # Browsers take the codings off, Polly.js leaves them on; either keeps the header.
    if isinstance(data, bytes) and _is_coded(data, body):
        return body
    if data is None and body.codings and text.value.startswith('["'):
        body.raw = _bytes(text.value, "hex")  # Polly.js does not say so
        if isinstance(body.raw, bytes) and _is_coded(body.raw, body):
            return body
    if data is None:
        # mitmproxy reads frames as Latin-1 where they are text for the most part, as whatever names no charset.
        frames = "vnd.amazon.eventstream" in headers.get("content-type") and max(text.value, default="") <= "\xff"
        return Body(text.value, path, headers, coded=False, bytewise=frames)
    body.coded = False
    return body


def _is_coded(data: bytes, body: Body) -> bool:
    return bool(encoding.sniff(data) or (body.codings and encoding.is_coded(data, body.codings[-1])))


def _coding(fields: dict[str, Node]) -> str:
    """How the bytes of a content are written; empty where its text is its text."""
    stated = checks.text(fields.get("encoding")).lower()
    if not stated and checks.text(fields.get("_isBinary")).lower() == "true":
        return "hex"  # Polly.js before release 6
    return stated


def _bytes(text: str, coding: str) -> str | bytes | None:
    """The bytes that a text stands for; the text itself where it is not what it is said to be.

    Args:
        text: The text, or the JSON list of its chunks, as Polly.js writes it.
        coding: ``base64`` or ``hex``; with any other a text stands for itself, which gives None.
    """
    decode = {"base64": _from_base64, "hex": _from_hexadecimal}.get(coding)
    if decode is None:
        return None
    if not text.startswith("["):
        return decode(text)
    try:
        chunks: Any = strict_json.loads(text)
        "".join(chunks)
    except (ValueError, TypeError):
        return text
    parts = [part for part in map(decode, chunks) if isinstance(part, bytes)]
    return b"".join(parts) if len(parts) == len(chunks) else text


def _from_base64(text: str) -> str | bytes | None:
    return Scalar(text, "!binary", "", 0, 0).content()


def _from_hexadecimal(text: str) -> str | bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text
