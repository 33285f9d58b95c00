"""The settings that hold for a folder, as TOML that could be a configuration file."""

import json

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
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    return json.dumps(text)


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(map(_string, texts)) + "]"
