"""What a schema says against a document, in words: the slow way, for files that the fast checks do not pass."""

import difflib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette_tools import schemas
from cassette_tools.model import Path
from cassette_tools.source.nodes import Node, Scalar, Sequence, base64_ends, key_text, plain
from cassette_tools.text import printable

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


class Violation(NamedTuple):
    """One thing that breaks the schema."""

    message: str
    path: Path
    key: bool
    """The key at the end of the path is meant, not its value."""
    unknown: bool
    """An unknown key, which recorders ignore; everything else keeps them from reading the file as meant."""
    at: int | None = None
    """The character of the value that is meant; None for all of it."""


def violations(root: Node, schema: str) -> Iterator[Violation]:
    """Everything in a document that breaks a schema of the package, at the deepest place that is wrong."""
    for violation in violations_of(plain(root), schema):
        if violation.unknown:
            violation = violation._replace(message=f"{violation.message}: the format does not have it")
        yield violation
    yield from _unreadable(root)


def _unreadable(root: Node) -> Iterator[Violation]:
    """What a schema does not see, since it is given plain values: tags that do not fit, and keys that are no text."""
    stack: list[tuple[Node, Path]] = [(root, ())]
    seen: set[int] = set()
    while stack:
        node, path = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            kind = node.kind
            if kind == "binary" and isinstance(node.content(), str):
                message = "the bytes are not base64: recorders cannot read them, or read others"
                yield Violation(message, path, key=False, unknown=False, at=base64_ends(node.value))
            elif kind == "broken":
                tag = (node.tag or "").rpartition(":")[2]
                yield Violation(f"{_describe(node.value)} is no {_TAGS[tag]}", path, key=False, unknown=False)
        elif isinstance(node, Sequence):
            stack += [(item, (*path, number)) for number, item in enumerate(node.items)]
        else:
            for key, value in node.pairs:
                name = key_text(key)
                if not name and not isinstance(key, Scalar):
                    message = f"expected a name for a key, found {_describe(plain(key))}"
                    yield Violation(message, (*path, name), key=True, unknown=False)
                stack.append((value, (*path, name)))


_TAGS = {"int": "integer", "float": "number", "bool": "boolean", "null": "null", "seq": "list", "map": "mapping"}


def violations_of(value: Any, schema: str) -> Iterator[Violation]:
    """The same for a value, whatever it was read from."""
    for error in _validator(schema).iter_errors(value):
        yield from _explain(error)


@functools.cache
def _validator(schema: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schemas.load(schema))


_MAX_HINTS = 100
_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}


def _explain(error: "ValidationError") -> Iterator[Violation]:
    path: Path = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "type":
        names = [name for name in ([rule] if isinstance(rule, str) else rule) if name != "null"]
        expected = " or ".join(_NAMES[name] for name in names)
        # The value of a header may be a credential that nothing but the header's name gives away.
        found = "a string" if isinstance(value, str) and "headers" in path else _describe(value)
        yield Violation(f"expected {expected}, found {found}", path, key=False, unknown=False)
    elif error.validator == "required":
        for name in rule:
            if name not in value and f"'{name}'" in error.message:
                yield Violation(f"{name!r} is missing", path, key=False, unknown=False)
    elif error.validator == "additionalProperties":
        known = {key.lower(): key for key in schema["properties"]}
        unknown = [name for name in value if name not in schema["properties"]]
        for number, name in enumerate(unknown):
            # Looking for what is meant takes its time; a mapping with hundreds of unknown keys means something else.
            close = (
                difflib.get_close_matches(name.lower(), known, n=1) if number < _MAX_HINTS and len(name) <= 40 else []
            )
            hint = f" (did you mean {known[close[0]]!r}?)" if close else ""
            message = f"unknown key '{printable(name, 40)}'{hint}"
            yield Violation(message, (*path, name), key=True, unknown=True)
    elif error.validator == "enum":
        wanted = ", ".join(map(repr, rule[:-1])) + f" or {rule[-1]!r}"
        yield Violation(f"expected {wanted}, found {_describe(value)}", path, key=False, unknown=False)
    elif error.validator in ("minimum", "maximum"):
        if isinstance(value, float) and "number" not in schema["type"]:
            return  # it is of the wrong type, which is said
        limit = f"at {'least' if error.validator == 'minimum' else 'most'} {rule}"
        yield Violation(f"expected {limit}, found {_describe(value)}", path, key=False, unknown=False)
    elif error.validator == "const":
        yield Violation(f"expected {rule!r}, found {_describe(value)}", path, key=False, unknown=False)
    elif error.validator in ("maxItems", "maxProperties"):
        name = "list" if error.validator == "maxItems" else "mapping"
        yield Violation(
            f"expected no more than an empty {name}, found {_describe(value)}", path, key=False, unknown=False
        )
    else:  # pattern, the only other keyword of the schemas
        wanted = schema["description"].partition(": ")[2].rstrip(".")
        yield Violation(f"expected {wanted}, found {_describe(value)}", path, key=False, unknown=False)


def described(node: Node) -> str:
    """A value in words, as it stands behind "found"."""
    return _describe(plain(node))


def _describe(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        kind = "integer" if isinstance(value, int) else "number"
        return f"the {kind} {printable(str(value), 40)}"
    if isinstance(value, str):
        return f"the string '{printable(value, 40)}'"
    if isinstance(value, list):
        return "a list"
    return "a mapping"
