"""The settings that hold for a folder, as TOML that could be a configuration file."""

import json
from collections.abc import Mapping
from typing import Any

from cassette_tools.lint.settings import Settings
from cassette_tools.text import escape


def render(settings: Settings) -> str:
    """The settings, with the file that they come from in a comment."""
    values = settings.config.values
    codes = sorted(settings.rules.codes)
    lines = [
        f"# {escape(settings.config.file) or 'no configuration file'}",
        f"select = {_list(codes)}",
        f"fail-on = {_string(settings.fail_on.label)}",
    ]
    lines += [f"{key} = {_list(values[key])}" for key in ("include", "exclude") if key in values]
    lines += [f"baseline = {_string(settings.baseline)}"] if settings.baseline else []
    if values.get("per-file-ignores"):
        lines += ["", "[per-file-ignores]"]
        lines += [f"{_string(pattern)} = {_list(rules)}" for pattern, rules in values["per-file-ignores"].items()]
    for name, given in values.get("rules", {}).items():
        lines += ["", f"[rules.{name}]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in given.items()]
    for table in ("secrets", "redact"):
        lines += _table(table, values.get(table, {}))
    return "\n".join(lines) + "\n"


def _table(name: str, given: Mapping[str, Any]) -> list[str]:
    """A table of texts, of lists of texts, and of lists of such tables."""
    nested = {
        key: value for key, value in given.items() if value and isinstance(value, list) and type(value[0]) is dict
    }
    plain = {key: value for key, value in given.items() if key not in nested}
    lines = ["", f"[{name}]"] if plain else []
    lines += [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for key, tables in nested.items():
        for table in tables:
            lines += ["", f"[[{name}.{key}]]", *(f"{inner} = {json.dumps(value)}" for inner, value in table.items())]
    return lines


def _string(text: str) -> str:
    return json.dumps(text)


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(_string, texts)) + "]"
