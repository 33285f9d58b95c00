"""What patterns are built from: where a credential may start, what stands between a name and its value, samples."""

import re
from collections.abc import Callable

from cassette_tools.credentials.pattern import Pattern, Weight

START = (
    r"(?:\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%(?:25)?[0-9A-Fa-f]{2}"
    r"|[0-9;\[]m|\[[0-9;?]{0,8}[A-HJKSTfhlsu]|^|[^A-Za-z0-9_-])"
)
"""What stands before the first character of a word; part of the match, since RE2 cannot look back.

Right behind an escape such as ``\\n`` or ``%22``, or what is left of a terminal's colour or control sequence
(ECMA-48, 5.4), a word may start as well: tried first.
"""

QUOTE = r"""(?:\\*["'`]|&quot;|\\+u0022|%22)?"""
"""A quotation mark, escaped as often as JSON in JSON in YAML needs it, or none."""

GAP = QUOTE + r"[ \t]*(?::|=|%3[ADad]|=>|:=)\s{0,4}" + QUOTE
"""What stands between a name and its value."""

# Random characters, made for the samples: in parts, so that nothing in the source looks like a credential.
MIXED = ("Zx7Qm2Lp", "9Tr4Vb8N", "cW3dY6fH", "k1Gs5Ju0", "Ea8RiPo2", "Xn4Kt7Bv", "Qe6Mz9Lw", "Uy3Dh5Cj", "Sg0Fa8Ir",
         "Ob2Vx4Np", "Tk7Wq1Ye", "Jm9Zc3Hu", "Ld5Rs8Gf", "Ai6Bt0Ko", "Pw2Xv4Ne", "Mq7Yj1Sz")  # fmt: skip
LOWER = ("q7m2xk9t", "r4v8bn3w", "d6yf1hg5", "j0sea8ri", "p2x4nk7t", "b6ve9mz3", "lw5uyd8h", "c1jsg0fa")
HEX = ("9f3e7d6c", "05b4a8e2", "17c6f5e9", "d3b2a0f4", "6e8091ca", "7b35fd24", "e01f9a8c", "4d72b6e3")
UPPER = ("Q3EZTV2W", "LYKPHBN7", "4GXM5ARC", "JD6OSUFI")
DIGITS = ("48271", "93605", "71824")


_BEGINNING = re.compile(r"^[A-Za-z0-9_-]+(?![?*{])")


def token(
    name: str,
    title: str,
    shape: str,
    *true: tuple[str, ...],
    weight: Weight = Weight.LIVE,
    code: str = "CT603",
    entropy: float = 3.0,
    false: tuple[tuple[str, ...], ...] = (),
    keywords: tuple[str, ...] = (),
    allowed: Callable[[str, str, str], bool] | None = None,
) -> Pattern:
    """A pattern for a word that is a credential by its own shape, wherever it stands.

    Its keyword is what the shape begins with, unless others are given.
    """
    keywords = keywords or (_BEGINNING.findall(shape)[0],)
    regex = f"{START}({shape})"
    return Pattern(name, title, regex, weight, code, entropy, true, false, keywords=keywords, allowed=allowed)


_ID = r"""\\*["'][A-Za-z_]{0,30}[iI]d\\*["']\s{0,4}:\s{0,4}\\*["']"""
"""The name of an id, in JSON, and what stands between it and the id."""


def no_id(
    name: str,
    title: str,
    shape: str,
    *true: tuple[str, ...],
    entropy: float = 3.0,
    keywords: tuple[str, ...],
) -> Pattern:
    """The same for a word that ids look like as well: what is named as one is none."""
    # What is named as an id is taken as a whole, with its name, and sorted out by that.
    regex = f"(?:{_ID}{shape}|{START}({shape}))"
    false = tuple(('{"call_', 'id": "', *sample, '"}') for sample in true)
    return Pattern(name, title, regex, Weight.LIVE, "CT603", entropy, true, false, keywords=keywords, allowed=_is_id)


def _is_id(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    return secret.startswith(("\\", '"', "'"))


def named(
    name: str,
    title: str,
    names: str,
    value: str,
    *true: tuple[str, ...],
    weight: Weight = Weight.LIVE,
    entropy: float = 3.0,
    keywords: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> Pattern:
    """A pattern for a value that is a credential by the name in front of it: ``name: value``, in any spelling."""
    regex = f"(?i:{names}){GAP}({value})"
    return Pattern(name, title, regex, weight, entropy=entropy, true=true, keywords=keywords, also=also)
