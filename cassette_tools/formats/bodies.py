"""Bodies as the formats of the VCR family keep them: under ``string``, in base64, or as a structure."""

import json

from cassette_tools.model import Body, Headers, Path
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, plain
from cassette_tools.wire import encoding


def as_unpacked(body: Body, headers: Headers) -> Body:
    """The body without its codings, if it is not of the one that the header names last, and clients know that one."""
    name = body.codings[-1]
    if not encoding.is_known(name) or (isinstance(body.raw, bytes) and encoding.is_coded(body.raw, name)):
        return body
    return Body(body.raw, body.path, headers, exact=body.exact, coded=False)


def string_body(node: Mapping, path: Path, headers: Headers) -> Body | None:
    """A body under ``base64_string`` or ``string``; None where there is neither.

    Betamax writes both, and an empty ``string``, for what is packed; every recorder reads the first of the two.
    """
    packed, text = node.get("base64_string"), node.get("string")
    if isinstance(packed, Scalar) and not packed.is_null and (packed.value or not isinstance(text, Scalar)):
        return base64_body(packed, (*path, "base64_string"), headers)
    return Body(text.content(), (*path, "string"), headers) if isinstance(text, Scalar) else None


def base64_body(value: Scalar, path: Path, headers: Headers) -> Body:
    """A body in base64; text where that is broken."""
    decoded = Scalar(value.value, "!binary", "", 0, 0).content()
    return Body(decoded, path, headers, exact=isinstance(decoded, bytes))


def structured_body(node: Node, path: Path, headers: Headers) -> Body:
    """A body of JSON that the recorder stored as YAML: the text is written anew, as compact as clients send it."""
    value = plain(node)
    if isinstance(node, Sequence) and all(map(_is_field, node.items)) and len(fields := dict(value)) == len(value):
        value = fields  # of a form, as aiohttp takes it
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Body(text, path, headers, exact=False, coded=False)


def _is_field(node: Node) -> bool:
    """Whether it is a tuple of a name and a value."""
    if not isinstance(node, Sequence) or node.tag != "tag:yaml.org,2002:python/tuple" or len(node.items) != 2:
        return False
    return isinstance(node.items[0], Scalar) and node.items[0].kind == "string"
