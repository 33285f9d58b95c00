"""The nodes of a document: values with their place in the file, whatever parser read them."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from cassette_tools.model import Path

STRING_TAG = "tag:yaml.org,2002:str"
BINARY_TAGS = frozenset({"tag:yaml.org,2002:binary", "!binary"})
"""YAML's own and Psych's: a scalar of bytes in base64."""
CORE_TAGS = BINARY_TAGS | {
    "!",
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")),
}
"""Tags that say no more than a plain value would."""

_KINDS = {
    "tag:yaml.org,2002:int": ("integer",),
    "tag:yaml.org,2002:float": ("number", "integer"),
    "tag:yaml.org,2002:bool": ("boolean",),
    "tag:yaml.org,2002:null": ("null",),
}
"""What a scalar must be to have one of these tags."""
_TEXT_TAGS = frozenset({"!", STRING_TAG, "tag:yaml.org,2002:timestamp"})
# The core schema of YAML 1.2, section 10.3.2, with the underscores and octals of YAML 1.1.
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n"})
_INTEGER = r"[-+]?(?:0|[1-9][0-9_]*|0o[0-7]+|0x[0-9a-fA-F]+|0[0-7]+)\Z"
_FLOAT = (
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"
    r"|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"
)
_NUMERIC_START = frozenset("0123456789+-.")
_NUMERIC_END = frozenset("0123456789._abcdefABCDEFNn")


class Scalar:
    """A scalar. ``style`` is its YAML style: ``|``, ``>``, ``'``, ``"`` or an empty string for a plain one."""

    __slots__ = ("_bytes", "end", "start", "style", "tag", "value")

    def __init__(self, value: str, tag: str | None, style: str, start: int, end: int) -> None:
        self.value = value
        self.tag = tag
        self.style = style
        self.start = start
        self.end = end

    @property
    def kind(self) -> str:
        """What the scalar is: ``string``, ``integer``, ``number``, ``boolean``, ``null`` or ``binary``.

        ``broken`` is one whose text its tag does not allow, such as ``!!int hello``; parsers refuse it.
        """
        tag = self.tag
        if tag is not None:
            if tag in BINARY_TAGS:
                return "binary"
            if tag in _TEXT_TAGS or tag not in CORE_TAGS:
                return "string"
            kind = self._resolved()
            # Parsers know more spellings of numbers and booleans than are known here.
            is_text = (
                kind == "string" and self.value[0] not in _NUMERIC_START and self.value.lower() not in _OLD_BOOLEANS
            )
            return "broken" if is_text or (kind == "null" and kind not in _KINDS.get(tag, ())) else kind
        return "string" if self.style else self._resolved()

    def _resolved(self) -> str:
        value = self.value
        if value in _NULLS:
            return "null"
        if value[0] in _NUMERIC_START:
            if value.isdecimal() and value.isascii() and (value[0] != "0" or value == "0"):
                return "integer"
            if value[-1] in _NUMERIC_END:
                # "200 OK" and "547.2ms" do not come here, and few values do that are no numbers.
                if re.match(_INTEGER, value):
                    return "integer"
                if re.match(_FLOAT, value):
                    return "number"
        return "boolean" if value in _BOOLEANS else "string"

    def integer(self) -> int | None:
        """The value of an integer; None for any other kind, and for one of more than 40 characters."""
        value = self.value
        if self.kind != "integer" or len(value) > 40:
            return None
        if value[0] in "123456789" and value.isdecimal():
            return int(value)
        digits = value.replace("_", "")
        sign = digits.lstrip("+-")
        base = 8 if len(sign) > 1 and sign[0] == "0" and sign[1].isdigit() else 0
        return int(digits, base)

    @property
    def is_null(self) -> bool:
        """Whether ``kind`` is ``null``, known without the other kinds."""
        if self.tag is None:
            return not self.style and self.value in _NULLS
        return self.kind == "null"

    def content(self) -> str | bytes | None:
        """The text or the bytes that the scalar stands for; None for null. Base64 that is broken stays text."""
        if self.tag is None:
            return None if self.is_null else self.value
        kind = self.kind
        if kind == "null":
            return None
        return self._decoded() if kind == "binary" else self.value

    def _decoded(self) -> str | bytes:
        """The bytes, decoded once: a format both checks them and reads them."""
        try:
            return self._bytes
        except AttributeError:
            pass
        try:
            self._bytes: str | bytes = base64.b64decode("".join(self.value.split()), validate=True)
        except (binascii.Error, ValueError):
            self._bytes = self.value
        return self._bytes


def base64_ends(value: str) -> int:
    """Where a text stops being base64: the first character that is not of it, or the end where padding is missing."""
    match = re.search(r"[^A-Za-z0-9+/\s]", value)
    if match is None or re.match(r"(?:=\s*){1,2}\Z", value[match.start() :]):
        return len(value)
    return match.start()


class Sequence:
    """A list of nodes."""

    __slots__ = ("end", "items", "start", "tag")

    def __init__(self, items: "list[Node]", tag: str | None, start: int, end: int) -> None:
        self.items = items
        self.tag = tag
        self.start = start
        self.end = end


class Mapping:
    """Keys and values in the order of the file, duplicates included.

    Where others are merged into it (``<<``), their pairs come first and ``is_merged`` is set.
    """

    __slots__ = ("end", "is_merged", "pairs", "start", "tag")

    def __init__(self, pairs: "list[tuple[Node, Node]]", tag: str | None, start: int, end: int) -> None:
        self.pairs = pairs
        self.is_merged = False
        self.tag = tag
        self.start = start
        self.end = end

    def get(self, key: str) -> "Node | None":
        """The value of the last pair with that key: what most parsers keep of duplicates."""
        found = self.pair(key)
        return found[1] if found else None

    def pair(self, key: str) -> "tuple[Node, Node] | None":
        """The last pair with that key."""
        for pair in reversed(self.pairs):
            node = pair[0]
            if (node.value if node.__class__ is Scalar else key_text(node)) == key:
                return pair
        return None


Node = Scalar | Sequence | Mapping


def key_text(node: Node) -> str:
    """The text of a key.

    VCR.py writes keys of aiohttp's class for header names as a call of that class with the name as its argument; such
    a list of one stands for its member. Any other key that is no scalar has no text.
    """
    if isinstance(node, Sequence) and node.tag is not None and len(node.items) == 1:
        node = node.items[0]
    return node.value if isinstance(node, Scalar) else ""


def find(root: Node, path: Path, *, key: bool = False) -> Node:
    """The node at a path, or the deepest one on the way to it that exists.

    Args:
        root: Where the path starts.
        path: Keys and indexes.
        key: Return the node of the last key instead of its value.
    """
    node = root
    for number, step in enumerate(path):
        if isinstance(node, Mapping) and isinstance(step, str):
            pair = node.pair(step)
            if pair is None:
                return node
            if key and number == len(path) - 1:
                return pair[0]
            node = pair[1]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return node
    return node


def plain(node: Node) -> Any:
    """The node as plain Python values, as a JSON Schema wants them: bytes are a string, keys are strings."""
    if isinstance(node, Mapping):
        return {key_text(key): plain(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    kind = node.kind
    if kind == "null":
        return None
    if kind == "boolean":
        return _BOOLEANS[node.value]
    if kind == "integer":
        number = node.integer()
        return node.value if number is None else number
    if kind == "number":
        return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return node.value


def walk(root: Node) -> Iterator[Node]:
    """Every node below and including ``root``, keys too, each once even where aliases share it."""
    stack: list[Node] = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, Mapping):
            for key, value in reversed(node.pairs):
                stack += (value, key)
        elif isinstance(node, Sequence):
            stack.extend(reversed(node.items))
