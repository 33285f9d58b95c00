"""JSON as RFC 8259 has it: the standard library's parser without its extensions and without its surprises."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

_LARGE = 4_000_000
"""Characters above which a text is checked without building its value: the value would take many times the space."""


MAX_DEPTH = 200
"""Levels of arrays and objects in each other that are read: what goes through a value may call itself for each."""

_BLANKS = " \t\n\r"
"""White space (RFC 8259, 2)."""


class JsonError(ValueError):
    """A text that is not JSON.

    Args:
        message: What is wrong, in words that fit behind "not JSON: ".
        offset: The character at which it is wrong, from 0.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


class _ConstantError(Exception):
    """NaN, Infinity or -Infinity, which Python reads and RFC 8259 section 6 does not allow."""


def _any_integer(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        # Python refuses to convert more than 4,300 digits; the number is valid JSON all the same.
        return float(digits)


def _nothing(_: object) -> None:
    return None


def _levels(pairs: list[tuple[str, Any]]) -> list[Any]:
    """What of an object tells how deep it goes."""
    return [value for _, value in pairs if type(value) is list]


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]
_any_integers = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_any_integer)
_checker = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_nothing, parse_float=_nothing, object_pairs_hook=_levels
)


def _decode(decoder: json.JSONDecoder, text: str) -> Any:
    try:
        value = decoder.decode(text)
    except json.JSONDecodeError as error:
        message = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" starting at").removesuffix(" at")
        raise _error(text, message, min(error.pos, len(text))) from None
    except StopIteration as error:
        raise _error(text, "expecting value", min(error.value, len(text))) from None
    except _ConstantError as error:
        raise JsonError(f"{error} is not a JSON value", _constant(text)) from None
    except RecursionError:
        raise _too_deep() from None
    if _is_too_deep(text, value):
        raise _too_deep()
    return value


_CONTAINERS: frozenset[object] = frozenset((dict, list))


def _too_deep() -> JsonError:
    return JsonError("nested too deeply to be read", 0)


def _is_too_deep(text: str, value: Any) -> bool:
    if len(text) <= 2 * MAX_DEPTH:
        return False
    left = text.count("[") + text.count("{")
    level = [value]
    for depth in range(1, MAX_DEPTH + 1):
        left -= len(level)
        if depth + left <= MAX_DEPTH:
            return False  # with all that is left in each other, which tells nearly every text with one look or a few
        level = [
            held
            for outer in level
            for held in (outer.values() if outer.__class__ is dict else outer)
            if held.__class__ in _CONTAINERS
        ]
        if not level:
            return False
    return True


def _constant(text: str) -> int:
    """Where the first NaN, Infinity or -Infinity is that is not within a string."""
    found = re.finditer(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity', text, re.DOTALL)
    return next(match.start() for match in found if not match.group().startswith('"'))


def _error(text: str, message: str, offset: int) -> JsonError:
    """The same error from every Python: before 3.13 a trailing comma has no word of its own."""
    before = text[:offset].rstrip(_BLANKS)
    if "trailing comma" in message or (before.endswith(",") and text[offset : offset + 1] in ("]", "}")):
        return JsonError("trailing comma", text.rindex(",", 0, offset + 1))
    return JsonError(message, offset)


def loads(text: str) -> Any:
    """Parse a JSON text.

    Raises:
        JsonError: The text is not JSON, or nested more than ``MAX_DEPTH`` levels deep.
    """
    if text[:1] in ("{", "["):
        # The scanner itself: what is around it costs as much as a small text. What is wrong is said by the other way.
        try:
            value, end = _scan(text, 0)
        except (ValueError, StopIteration, RecursionError, _ConstantError):
            pass
        else:
            if end == len(text) or not text[end:].strip(_BLANKS):  # most bodies end with a line feed
                if _is_too_deep(text, value):
                    raise _too_deep()
                return value
    try:
        return _decode(_decoder, text)
    except JsonError:
        raise
    except ValueError:
        return _decode(_any_integers, text)


def error_in(text: str) -> JsonError | None:
    """What keeps a text from being JSON, or None. A large one is checked without building its value."""
    try:
        if len(text) > _LARGE:
            _decode(_checker, text)
        else:
            loads(text)
    except JsonError as error:
        return error
    return None
