"""Where parts of lists and mappings are is told from the file alone, or not at all."""

from collections.abc import Callable

import pytest

from cassette_tools.source import layout
from cassette_tools.source.nodes import Mapping, Scalar, Sequence, find
from cassette_tools.source.parse import parse
from cassette_tools.source.spelling import EditError


def _parts(text: str, *path: str | int) -> list[tuple[str, str]]:
    """Of each part what stands in front of its value, and the value."""
    document = parse(text.encode(), "x.yaml")
    assert document.root is not None
    node = find(document.root, path)
    assert isinstance(node, Sequence | Mapping)
    return [(text[part.start : part.behind], text[part.behind : part.end]) for part in layout.parts(text, node)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b # c\nd:   'e'\n", [("a:", " b"), ("d:", "   'e'")]),
        ("- a\n-   b: c\n    d: e # f\n-\n- [x,\n   y]\n",
         [("-", " a"), ("-", "   b: c\n    d: e"), ("-", ""), ("-", " [x,\n   y]")]),
        ("{a: b, 'c':d, e}", [("a:", " b"), ("'c':", "d"), ("e", "")]),
        ("[ a , b,]", [("", "a"), ("", "b")]),
        ("? a\n: b\n? c\n: d\n", [("? a\n:", " b"), ("? c\n:", " d")]),
        ("&x !t\n- a\n", [("-", " a")]),
        ("a: |\n  x\n\n\nb: 1\n", [("a:", " |\n  x\n\n"), ("b:", " 1")]),
        ("a: &x 1\nb: *x\nc: [*x]\n", [("a:", " &x 1"), ("b:", " *x"), ("c:", " [*x]")]),
    ],
)  # fmt: skip
def test_parts_are_cut_out(text: str, expected: list[tuple[str, str]]) -> None:
    assert _parts(text) == expected


def _scalar(value: str, start: int) -> Scalar:
    return Scalar(value, None, "", start, start + len(value))


BROKEN: dict[str, tuple[str, Callable[[str], object]]] = {
    "a list whose items cannot be told apart": (
        "ab",
        lambda text: layout.first(text, Sequence([_scalar("a", 0)], None, 0, 2)),
    ),
    "a list or mapping whose parts cannot be told apart": (
        "[a b]",
        lambda text: layout.parts(text, Sequence([_scalar("a", 1), _scalar("b", 3)], None, 0, 5)),
    ),
    "a list whose items cannot be told": (
        "- a\nb",
        lambda text: layout.parts(text, Sequence([_scalar("a", 2), _scalar("b", 4)], None, 0, 5)),
    ),
    "an alias that cannot be read": ("a: b", lambda text: layout.end(text, _scalar("x", 0), 2)),
    "an alias as a key": (
        "*x : 1",
        lambda text: layout.first(text, Mapping([(_scalar("x", -3), _scalar("1", 5))], None, 0, 6)),
    ),
}


@pytest.mark.parametrize("message", BROKEN)
def test_what_does_not_fit_the_file_is_an_error(message: str) -> None:
    text, ask = BROKEN[message]
    with pytest.raises(EditError, match=message):
        ask(text)
