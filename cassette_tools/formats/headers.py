"""Headers as mappings from a name to a value or a list of values: the shape that the VCR family shares."""

from cassette_tools.formats import checks
from cassette_tools.model import Header, Path
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, key_text


def _value(node: Node) -> bool:
    if node.__class__ is Scalar and node.tag is None and node.style:
        return True  # most are quoted, or
    return checks.string(node) or checks.number(node)


def header_values(node: Node) -> bool:
    """The check of such a mapping, or null. Written out: recordings have more headers than anything else."""
    if not isinstance(node, Mapping):
        return checks.null(node)
    for key, values in node.pairs:
        if key.__class__ is not Scalar and not key_text(key):
            return False
        if not (all(map(_value, values.items)) if isinstance(values, Sequence) else _value(values)):
            return False
    return True


def header_lines(node: Node | None, path: Path) -> list[Header]:
    """One header for each value, in the order of the file; bytes are read as Latin-1, as HTTP has them.

    A name whose value is null has no lines; null in a list is an empty value.
    """
    if not isinstance(node, Mapping):
        return []
    lines: list[Header] = []
    for key, values in node.pairs:
        name = key.value if key.__class__ is Scalar else key_text(key)
        if isinstance(values, Sequence):
            for number, value in enumerate(values.items):
                if isinstance(value, Scalar):
                    text = value.value if value.tag is None and value.style else _text(value)
                    lines.append(Header(name, text, (*path, name, number)))
        elif isinstance(values, Scalar) and not values.is_null:
            lines.append(Header(name, _text(values), (*path, name)))
    return lines


def _text(node: Scalar) -> str:
    content = node.content()
    return content.decode("latin-1") if isinstance(content, bytes) else content or ""
