"""The configuration: the nearest ``cassette-tools.toml``, or a table of ``pyproject.toml``, checked against its schema.

One file holds, and nothing is merged: what a folder's configuration does not say is as if there were none above it.
"""

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cassette_tools.errors import ConfigError
from cassette_tools.source import files
from cassette_tools.text import printable

NAMES = ("cassette-tools.toml", ".cassette-tools.toml")
"""In the order in which they are looked for; ``pyproject.toml`` comes after them."""
_PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "cassette-tools")
_SCHEMA = "config"


class Config(NamedTuple):
    """What a configuration file says; ``schemas/config.schema.json`` describes the keys."""

    file: str = ""
    """The file, or empty when there is none."""
    root: str = ""
    """The real path of the folder that patterns and paths in it are relative to."""
    values: Mapping[str, Any] = {}
    """The keys and their values, which fit the schema."""

    def place(self, *keys: str | int) -> str:
        """Where a key is, for a message: ``cassette-tools.toml:3``. A number is that of an item of a list."""
        return place(self.file, _path_of(self.file, keys))


def nearest(folder: str, known: dict[str, str]) -> str:
    """The configuration file that holds for a folder, or an empty string.

    The folder and those above it are looked into, up to the one that holds ``.git``.

    Args:
        folder: Its real path.
        known: What is known of other folders; what is found out is added.
    """
    if folder not in known:
        found = _configuration_in(folder)
        above = os.path.dirname(folder)
        if not found and above != folder and not os.path.exists(os.path.join(folder, ".git")):
            found = nearest(above, known)
        known[folder] = found
    return known[folder]


_TABLE_HEAD = rb"""cassette-tools["']?\s*(?:[\].]|=\s*\{)"""
"""A table of that name, however it is written; no dependency, and no script."""


def _configuration_in(folder: str) -> str:
    for name in NAMES:
        path = os.path.join(folder, name)
        if os.path.exists(path):  # whatever it is: a folder of that name is said to be no configuration
            return shown(path)
    path = os.path.join(folder, _PYPROJECT)
    # Reading TOML takes more time than looking for the name.
    if os.path.isfile(path) and re.search(_TABLE_HEAD, _read(path)) and _table(path) is not None:
        return shown(path)
    return ""


def load(path: str) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: It cannot be read, is no TOML, has no table for this tool, or does not fit the schema. The message
            has the line, and the closest key where one is unknown.
    """
    values = _table(path)
    if values is None:
        raise ConfigError(f"{path} has no table [tool.cassette-tools]", "`cassette-tools lint --show-settings` helps")
    from cassette_tools import schemas

    if not fits(values, schemas.load(_SCHEMA)):
        raise _violation(path, values)
    return Config(path, os.path.dirname(os.path.realpath(path)), values)


def shown(path: str) -> str:
    """A path from the current folder on, where it leads down."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value fits a schema that has no other keywords than those of the configuration's.

    To import a validator takes longer than to check a cassette; it is asked when something does not fit.
    """
    kind = schema.get("type")
    if kind == "object":
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        return (
            isinstance(value, dict)
            and all(key in value for key in schema.get("required", ()))
            and all(
                fits(item, known[key]) if key in known else more if isinstance(more, bool) else fits(item, more)
                for key, item in value.items()
            )
        )
    if kind == "array":
        return isinstance(value, list) and all(fits(item, schema["items"]) for item in value)
    if kind in ("integer", "number"):
        # JSON Schema has it that 5.0 is an integer, and that what is no number is not below a minimum.
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (kind == "number" or value == value // 1) and not value < schema["minimum"]
    return (
        isinstance(value, str)
        and value in schema.get("enum", (value,))
        and ("pattern" not in schema or re.search(schema["pattern"], value) is not None)
    )


def _read(path: str) -> bytes:
    try:
        return files.read(path)
    except files.UnreadableError as error:
        raise ConfigError(f"{path}: {error}") from error


def read_toml(path: str) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConfigError: It cannot be read, or is no TOML.
    """
    import tomllib

    try:
        return tomllib.loads(_read(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {printable(str(error), 200)}") from error


def place(path: str, keys: tuple[str | int, ...]) -> str:
    """Where a key is in a TOML file, for a message: ``cassette-tools.toml:3``."""
    return f"{path}:{_line(_read(path), keys)}"


def _table(path: str) -> dict[str, Any] | None:
    """The keys of a file for this tool; None when a ``pyproject.toml`` has none."""
    value: Any = read_toml(path)
    for key in _path_of(path, ()):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def _path_of(path: str, keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return (*_TABLE, *keys) if os.path.basename(path) == _PYPROJECT else keys


def _violation(path: str, values: dict[str, Any]) -> ConfigError:
    from cassette_tools.formats.validation import violations_of

    first = next(violations_of(values, _SCHEMA))
    keys = first.path
    where = ".".join(map(str, keys[:-1] if first.key else keys))
    return ConfigError(
        f"{place(path, _path_of(path, keys))}: {f'{printable(where)}: ' if where else ''}{first.message}", _HINT
    )


_HINT = "the keys are in schemas/config.schema.json and in docs/configuration.md"


_PIECE = (
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]|\n|[^"\'#\[\]{}\n]+'
)
"""What a TOML file is made of: strings, comments, brackets, line breaks, and the rest."""


def _line(data: bytes, path: tuple[str | int, ...]) -> int:
    """The line of a key, from 1: that of the statement from which on the file has the key.

    The parser gives no places, but a file that ends behind any of its statements is TOML as well.
    """
    import bisect
    import tomllib

    text = data.decode("utf-8").replace("\r\n", "\n")
    ends, depth = [0], 0
    for token in re.finditer(_PIECE, text, re.DOTALL):
        first = token.group()[0]
        depth += (first in "[{") - (first in "]}")
        if first == "\n" and not depth:
            ends.append(token.end())
    ends.append(len(text))

    def has_key(end: int) -> bool:
        value: Any = tomllib.loads(text[:end])
        for key in path:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    number = bisect.bisect_left(ends, True, key=has_key)
    return text.count("\n", 0, ends[number - 1]) + 1 if 0 < number < len(ends) else 1
