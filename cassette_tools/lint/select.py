"""Which rules are switched on: selectors are codes (``CT301``), their prefixes (``CT3``), names, or ``ALL``.

A rule that is off by default is not switched on by a prefix: who selects a family did not ask for it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from cassette_tools.errors import UnknownNameError
from cassette_tools.rules.registry import NAMES, OFF_BY_DEFAULT, closest

EVERY = "ALL"


class Choice(NamedTuple):
    """What the configuration says about rules, or the command line."""

    select: tuple[str, ...] | None = None
    """None for what is selected anyway."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def codes(selector: str) -> frozenset[str]:
    """The codes of the rules that a selector means, those that are off by default among them.

    Raises:
        UnknownNameError: There is no such rule; the hint names the closest one.
    """
    word = selector.strip()
    if word.upper() == EVERY:
        return frozenset(NAMES)
    found = frozenset(
        code
        for code, name in NAMES.items()
        if name == word.lower() or (len(word) > 1 and code.startswith(word.upper()))
    )
    if not found:
        raise UnknownNameError(
            f"no such rule: {selector!r}", closest(word) or "`cassette-tools rule --all` lists them; CT3 means a family"
        )
    return found


def enabled(selector: str) -> frozenset[str]:
    """The codes of the rules that a selector switches on.

    Raises:
        UnknownNameError: There is no such rule; the hint names the closest one.
    """
    meant = codes(selector)
    is_prefix = len(meant) > 1 and selector.strip().upper() != EVERY
    return meant - OFF_BY_DEFAULT if is_prefix else meant


def resolve(configured: Choice, asked: Choice) -> frozenset[str]:
    """The codes that are switched on.

    Of two selectors the narrower one decides, and ``ignore`` where both are as narrow. What is asked for on the command
    line goes over what is configured; ``ignore`` of the configuration holds for what ``--select`` does not name itself.

    Raises:
        UnknownNameError: There is no such rule, or none is left.
    """
    if asked.select is not None:
        chosen = _apply(frozenset(), asked.select + asked.extend_select, ())
        kept = _apply(chosen, asked.select + asked.extend_select, configured.ignore, ties=True)
        result = _apply(kept, (), asked.ignore)
    else:
        base = frozenset(NAMES) - OFF_BY_DEFAULT if configured.select is None else frozenset()
        chosen = _apply(base, (configured.select or ()) + configured.extend_select, configured.ignore)
        result = _apply(chosen, asked.extend_select, asked.ignore)
    if not result:
        raise UnknownNameError("no rule is left: all that are selected are ignored as well")
    return result


def _apply(
    chosen: frozenset[str], enable: Iterable[str], disable: Iterable[str], *, ties: bool = False
) -> frozenset[str]:
    """A set of codes after selectors have been applied to it; ``ties``: what is named on both sides is enabled."""
    on, off = _narrowness(enable, enabled), _narrowness(disable, codes)
    added = {code for code, number in on.items() if number > off.get(code, -1) - ties}
    removed = {code for code, number in off.items() if number > on.get(code, -1) - (not ties)}
    return (chosen | added) - removed


def _narrowness(selectors: Iterable[str], meaning: Callable[[str], frozenset[str]]) -> dict[str, int]:
    """For each rule that is meant, how narrow the narrowest selector is that means it."""
    narrowness: dict[str, int] = {}
    for selector in selectors:
        word = selector.strip().upper()
        exact = 0 if word == EVERY else len(word) if word.startswith("CT") and word[2:].isdecimal() else 5
        for code in meaning(selector):
            narrowness[code] = max(narrowness.get(code, 0), exact)
    return narrowness
