"""How a new value of a scalar is spelt: in the scalar's own style where that can hold it, else between quotes.

Each way of spelling it is tried out on the scalar alone (``scalar_map`` reads it back) before it is taken.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cassette_tools.source.json_document import JSON_STYLE
from cassette_tools.source.nodes import Scalar
from cassette_tools.source.scalar import ScalarMap, scalar_map

Span = tuple[int, int, str]
"""Where characters start and end, and what comes in their place."""


class EditError(Exception):
    """An edit that cannot be made; the text says why. The file stays as it is."""


class Place(NamedTuple):
    """Where a scalar stands."""

    is_json: bool
    in_flow: bool
    """Within brackets or braces."""
    indent: int | None
    """The column of the block collection around it; None where that is not known."""
    newline: str
    """How lines end in the file."""


class Spelling(NamedTuple):
    """A new value in the file."""

    spans: list[Span]
    """Changes of the file."""
    scalar: Scalar
    """The scalar that they make of the old one, without its place."""


def replaced(text: str, changes: list[Span]) -> str:
    """A text with changes made.

    Raises:
        EditError: Changes overlap, or reach beyond the text.
    """
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(changes):
        if start < position or not start <= end <= len(text):
            raise EditError("edits overlap, or reach beyond their value")
        parts += (text[position:start], new)
        position = end
    return "".join((*parts, text[position:]))


def spell(text: str, node: Scalar, changes: list[Span], place: Place) -> Spelling:
    """Spell the value that a scalar has once changes are made to it.

    A string stays a string. A number, a boolean or null stays one where the new text reads as such, and becomes a
    string otherwise.

    Args:
        text: The file.
        node: The scalar.
        changes: What is changed, in characters of its value.
        place: Where it stands.

    Raises:
        EditError: Changes overlap, or no style can hold the new text.
    """
    value = replaced(node.value, changes)
    if value == node.value:
        return Spelling([], node)
    mapped = scalar_map(text, node)
    tag = node.tag
    untagged: list[Span] = []
    if tag in _TYPE_TAGS and Scalar(value, tag, "", 0, 0).kind != node.kind:
        tag = None
        untagged = [(*match.span(), "") for match in _TAG.finditer(text, node.start, mapped.start)]
    odd = any(_UNPRINTABLE.search(new) for *_, new in changes)
    for style, spans in _ways(text, node, mapped, value, changes, place):
        if odd and style not in ('"', JSON_STYLE):
            continue
        scalar = Scalar(value, tag, style, 0, 0)
        if _holds(text, node, mapped, [*untagged, *spans], scalar, place):
            return Spelling([*untagged, *spans], scalar)
    raise EditError("no style can hold the new text")


_TYPE_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))
_TAG = re.compile(r"(?<!\S)![^\s]*[ \t]*|![^\s]*[ \t]*")


def _ways(
    text: str, node: Scalar, mapped: ScalarMap, value: str, changes: list[Span], place: Place
) -> Iterator[tuple[str, list[Span]]]:
    """Styles, and the changes of the file that bring them about: those that change least come first."""
    start, end = mapped.start, node.end
    newline = place.newline
    # What had no characters of its own must not touch the colon or the dash in front of it.
    gap = " " if start == end and start and text[start - 1] not in " \t\r\n" else ""
    if node.style in ("|", ">"):
        yield from _block_ways(text, node, mapped, value, changes, place)
    elif node.style == JSON_STYLE:
        yield node.style, _pieces(mapped, changes, _json)
    elif node.style == '"':
        yield node.style, _pieces(mapped, changes, _double)
    elif node.style == "'":

        def single(new: str) -> str:
            # A line may be the whole file: where it starts is looked for only to break it.
            breaks = newline + " " * max(start - _line_start(text, start), 1) if "\n" in new else ""
            return _single(new, newline, breaks)

        yield node.style, _breaks_at_the_end(node, mapped, changes, newline)
        yield node.style, _pieces(mapped, changes, single)
        yield node.style, [(start + 1, end - 1, single(value))]
    elif start == end:
        yield "", [(start, end, gap + value)]
    else:
        yield "", _pieces(mapped, changes, str)
    if place.is_json:
        yield JSON_STYLE, [(start, end, f'"{_json(value)}"')]
    elif node.style not in ("|", ">"):
        if not node.style and "\n" not in value:
            yield "'", [(start, end, f"{gap}'{_single(value, newline, newline)}'")]
        yield '"', [(start, end, f'{gap}"{_double(value)}"')]


def _pieces(mapped: ScalarMap, changes: list[Span], spelt: Callable[[str], str]) -> list[Span]:
    """Only the characters that change."""
    return [(*mapped.span(start, end), spelt(new)) for start, end, new in changes]


def newline_of(text: str) -> str:
    """How lines end in a text: as the first one does."""
    match = re.search(r"\r\n|\r|\n", text)
    return match.group() if match else "\n"


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind(char, 0, offset) for char in "\n\r\x85\u2028\u2029") + 1


# --- characters ---------------------------------------------------------------------------------------------------

# What YAML's readers take, section 5.1 of its specification; the byte order mark and the breaks that are none for most
# editors are better escaped.
_PRINTABLE = r"\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_UNPRINTABLE = re.compile(f"[^{_PRINTABLE}]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json(new: str) -> str:
    # Also what JSON need not escape: the file may be read as YAML.
    escaped = json.dumps(new, ensure_ascii=False)[1:-1]
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", escaped)


def _double(new: str) -> str:
    return _UNPRINTABLE.sub(_escape, json.dumps(new, ensure_ascii=False)[1:-1])


def _single(new: str, newline: str, breaks: str) -> str:
    """One line break reads as a space, and each further one as itself; the last one is followed by ``breaks``."""
    spelt = new.replace("'", "''")
    return re.sub("\n+", lambda match: newline * len(match.group()) + breaks, spelt)


def _breaks_at_the_end(node: Scalar, mapped: ScalarMap, changes: list[Span], newline: str) -> list[Span]:
    """More line breaks behind those that a value in single quotes ends with."""
    last = len(node.value)
    if len(changes) != 1 or changes[0][:2] != (last, last) or changes[0][2].strip("\n"):
        return []
    content = node.value.rstrip("\n")
    if not content or content == node.value:
        return []
    end = mapped.span(len(content) - 1, len(content))[1]
    return [(end, end, newline * len(changes[0][2]))]


# --- what a plain scalar can hold ---------------------------------------------------------------------------------

# What YAML 1.1 and 1.2 and the parsers of Python, Ruby and Go read as something else than a string.
_LOOKS = {
    "null": re.compile(r"(?:~|null|Null|NULL)?\Z"),
    "boolean": re.compile(r"(?:true|false|yes|no|on|off|y|n)\Z", re.IGNORECASE),
    "octal": re.compile(r"[-+]?0[0-9_,]+\Z"),
    # Numbers for YAML 1.2, strings for YAML 1.1.
    "exponent": re.compile(r"[-+]?(?:[0-9][0-9_]*[eE][-+]?[0-9]+|(?:[0-9][0-9_]*)?\.[0-9_]*[eE][0-9]+)\Z"),
    "number": re.compile(
        r"[-+]?[0-9][0-9_,]*(?::[0-5]?[0-9])*(?:\.[0-9_,]*)?(?:[eE][-+]?[0-9]+)?\Z"
        r"|[-+]?\.[0-9_,]*(?:[eE][-+]?[0-9]+)?\Z|[-+]?0[box][0-9a-fA-F_,]+\Z|[-+]?\.(?:inf|nan)\Z",
        re.IGNORECASE,
    ),
    "date": re.compile(r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt \t].*)?\Z", re.DOTALL),
    "other": re.compile(r"=\Z|<<\Z|:"),  # the default key, the merge key, and Ruby's symbols
}
_JSON_LOOKS = {
    "null": re.compile(r"null\Z"),
    "boolean": re.compile(r"(?:true|false)\Z"),
    "number": re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z"),
}
_NOT_PLAIN = re.compile(
    r"[\s,\[\]{}#&*!|>'\"%@`]|[-?:](?:\s|\Z)|---|\.\.\."  # how it may not start
    r"|(?s:.*?)(?::(?:\s|\Z)|\s#|\s\Z|\t)"  # what it may not have; Python's parser takes no tabs
)
_NOT_PLAIN_IN_FLOW = re.compile(r"(?s:.*?)[,\[\]{}:?]|-(?:\s|\Z)")


def _looks_like(value: str, looks: dict[str, re.Pattern[str]] = _LOOKS) -> str:
    """What a plain scalar is read as; empty for a string."""
    return next((name for name, pattern in looks.items() if pattern.match(value)), "")


def _stays_plain(node: Scalar, scalar: Scalar, place: Place) -> bool:
    value = scalar.value
    if place.is_json:
        return _looks_like(value, _JSON_LOOKS) == _looks_like(node.value, _JSON_LOOKS) != ""
    if scalar.tag is None and _looks_like(value) not in ("", _looks_like(node.value)):
        return False
    if place.in_flow and _NOT_PLAIN_IN_FLOW.match(value):
        return False
    return bool(value) and not _NOT_PLAIN.match(value)


# --- block scalars ------------------------------------------------------------------------------------------------

_HEADER = re.compile(r"[|>]([0-9]?)([-+]?)([0-9]?)([^\r\n]*?)[ \t]*(?:\r\n|\r|\n)")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[ \t]*\Z)?")


def _block_ways(
    text: str, node: Scalar, mapped: ScalarMap, value: str, changes: list[Span], place: Place
) -> Iterator[tuple[str, list[Span]]]:
    header = _HEADER.match(text, mapped.start)
    if header is None:
        raise EditError("the head of the block cannot be read")
    newline = place.newline
    content = node.value.rstrip("\n\u2028\u2029")
    end = mapped.span(len(content) - 1, len(content))[1] if content else header.end(4)
    if content:
        first = next(run for run in mapped.runs if node.value[run.value] != "\n")
        margin = " " * (first.start - _line_start(text, first.start))
        pieces = _pieces(mapped, changes, lambda new: new.replace("\n", newline + margin))
        if max(piece[1] for piece in pieces) <= end:  # not where line breaks at the end are counted
            yield node.style, pieces
        if margin:
            spans = _respelt(text, node, value, header, end, margin, place)
            if spans is not None:
                yield node.style, spans
    # The header's comment stays.
    yield '"', [(mapped.start, end, f'"{_double(value)}"{header.group(4)}')]


def _margin(text: str, node: Scalar, mapped: ScalarMap) -> str | None:
    """What stands in front of each line of a block; None where no line tells."""
    first = next((run for run in mapped.runs if node.value[run.value] not in "\n\u2028\u2029"), None)
    return None if first is None else " " * (first.start - _line_start(text, first.start))


def _respelt(
    text: str, node: Scalar, value: str, header: re.Match[str], end: int, margin: str, place: Place
) -> list[Span] | None:
    """The same block with another value; None where a block cannot hold it."""
    newline = place.newline
    old, new = node.value.rstrip("\n"), value.rstrip("\n")
    if not new or re.search("[\u2028\u2029]", node.value):
        return None
    spans: list[Span] = []
    if new != old:
        lines = new.split("\n") if node.style == "|" else _unfolded(new)
        spans.append((header.end(), end, newline.join(margin + line if line else "" for line in lines)))
    had, has = len(node.value) - len(old), len(value) - len(new)
    if had != has:
        chomping = ("-", "", "+")[min(has, 2)]
        if chomping != header.group(2):
            spans.append((*header.span(2), chomping))
        blank = _BLANK_LINES.match(text, end)
        behind = blank.end() if blank else end
        if has > 1 or behind == end:
            spans.append((end, behind, newline * has))
    if not header.group(1) and not header.group(3) and _starts_with_space(new):
        # A first line that starts with white space would be taken for the indentation of the block.
        if place.indent is None or not 0 < len(margin) - place.indent < 10:
            return None
        indicator = str(len(margin) - max(place.indent, 0))
        spans.append((header.start(1), header.start(1), indicator))
    return spans


def _unfolded(content: str) -> list[str]:
    """The lines of a folded block: a break between lines of text needs an empty line to be read as one."""
    lines: list[str] = []
    before = ""  # the last line with something in it
    for line in content.split("\n"):
        if line:
            if before and before[0] not in " \t" and line[0] not in " \t":
                lines.append("")
            before = line
        lines.append(line)
    return lines


def _starts_with_space(content: str) -> bool:
    return content.lstrip("\n")[:1] in (" ", "\t")


# --- trying out ---------------------------------------------------------------------------------------------------


def _holds(text: str, node: Scalar, mapped: ScalarMap, spans: list[Span], scalar: Scalar, place: Place) -> bool:
    """Whether the changed characters of a scalar read as the new one."""
    if not spans:
        return False
    start = node.start
    try:
        part = replaced(text[start : node.end], [(first - start, last - start, new) for first, last, new in spans])
    except EditError:
        return False
    if not scalar.style:
        if not _stays_plain(node, scalar, place):
            return False
    elif scalar.style in ("|", ">"):
        if not scalar.value.strip():
            return False  # its indentation could not be told from its content
        margin = _margin(text, node, mapped) or ""
        if any(
            line.strip(" ") and not line.startswith(margin) for line in re.split("[\r\n\x85\u2028\u2029]", part)[1:]
        ):
            return False
        if _starts_with_space(scalar.value) and not re.match(r"(?:[!&]\S*\s+)*[|>][-+]?[0-9]", part):
            return False
    elif node.style in ("|", ">"):
        return True  # between double quotes there is room for everything
    first = len(part) - len(part.lstrip(" ")) if node.start == node.end else 0
    tried = Scalar(scalar.value, scalar.tag, scalar.style, first, len(part))
    try:
        scalar_map(part, tried)
    except ValueError:
        return False
    return True
