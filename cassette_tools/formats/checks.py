"""Checks of a node's type, shared by the formats: the fast side of their JSON Schemas.

A format says for each field of a mapping which check its value has to pass, and which fields must be there. The checks
accept just what the format's schema accepts; property tests hold the two together. They take next to no time, and the
schema explains what is wrong with a file that does not pass them.
"""

from collections.abc import Callable
from collections.abc import Mapping as Table

from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, key_text

Check = Callable[[Node], bool]
_DIGITS = 40
"""Characters of an integer that is read as one; a longer one is no status, length or id."""


def anything(node: Node) -> bool:  # noqa: ARG001
    """Every node."""
    return True


def null(node: Node) -> bool:
    """Null, spelt out or left out."""
    return isinstance(node, Scalar) and node.is_null


def _quoted(node: Scalar) -> bool:
    """Text at a glance, which most scalars are."""
    return bool(node.style) and node.tag is None


def string(node: Node) -> bool:
    """Text, bytes or null."""
    if not isinstance(node, Scalar):
        return False
    if _quoted(node):
        return True
    kind = node.kind
    return kind in ("string", "null") or (kind == "binary" and isinstance(node.content(), bytes))


def required_string(node: Node | None) -> bool:
    """Text or bytes."""
    if not isinstance(node, Scalar):
        return False
    if _quoted(node):
        return True
    kind = node.kind
    return kind == "string" or (kind == "binary" and isinstance(node.content(), bytes))


def integer(node: Node) -> bool:
    """An integer or null."""
    if not isinstance(node, Scalar):
        return False
    kind = node.kind
    return (kind == "integer" and len(node.value) <= _DIGITS) or kind == "null"


def required_integer(node: Node) -> bool:
    """An integer."""
    return isinstance(node, Scalar) and node.kind == "integer" and len(node.value) <= _DIGITS


def number(node: Node) -> bool:
    """An integer, a fraction or null."""
    return integer(node) or (isinstance(node, Scalar) and node.kind == "number")


def boolean(node: Node) -> bool:
    """True, false or null."""
    return isinstance(node, Scalar) and node.kind in ("boolean", "null")


def mapping(node: Node) -> bool:
    """A mapping."""
    return isinstance(node, Mapping)


def sequence(node: Node) -> bool:
    """A list."""
    return isinstance(node, Sequence)


def strings(node: Node) -> bool:
    """A list of strings, or null."""
    return null(node) or (isinstance(node, Sequence) and all(map(string, node.items)))


def either(first: Check, second: Check) -> Check:
    """What passes one of two checks."""
    return lambda node: first(node) or second(node)


def table_of_strings(node: Node) -> bool:
    """A mapping of names to lists of strings. Written out: recordings have more headers than anything else."""
    if not isinstance(node, Mapping):
        return False
    for key, values in node.pairs:
        if key.__class__ is not Scalar and not key_text(key):
            return False
        if not isinstance(values, Sequence):
            if not null(values):
                return False
            continue
        for item in values.items:
            if not (item.__class__ is Scalar and item.tag is None and item.style) and not string(item):
                return False
    return True


def list_of(check: Check) -> Check:
    """A list whose items all pass a check."""
    return lambda node: isinstance(node, Sequence) and all(map(check, node.items))


def table(fields: Table[str, Check], *needs: str, extensible: bool = False) -> Check:
    """A mapping.

    Args:
        fields: Those that the format has, and the checks that their values have to pass.
        needs: Those that must be there.
        extensible: Others are allowed.
    """
    needed = frozenset(needs)

    def passes(node: Node) -> bool:
        if not isinstance(node, Mapping):
            return False
        names = set()
        for key, value in node.pairs:
            name = key.value if key.__class__ is Scalar else key_text(key)
            check = fields.get(name)
            if not extensible if check is None else not check(value):
                return False
            names.add(name)
        return needed <= names

    return passes


def fields(node: Node | None) -> dict[str, Node]:
    """The fields of a mapping by name, the last of each; nothing where there is no mapping."""
    if not isinstance(node, Mapping):
        return {}
    return {key.value if key.__class__ is Scalar else key_text(key): value for key, value in node.pairs}


def items(node: Node | None) -> list[Node]:
    """The items of a list; nothing where there is no list."""
    return node.items if isinstance(node, Sequence) else []


def text(node: Node | None) -> str:
    """The text of a scalar; empty for null and for everything else."""
    return node.value if isinstance(node, Scalar) and not node.is_null else ""


def whole_number(node: Node | None) -> int | None:
    """The value of an integer, or None."""
    return node.integer() if isinstance(node, Scalar) else None
