"""Writes the files that are made from others: ``python scripts/generate.py``; the tests say when one is out of date.

- ``docs/rules/``: the pages of the rules, from their docstrings.
- ``schemas/config.schema.json``: the keys of the configuration, with the settings of the rules.
- ``.pre-commit-hooks.yaml``: the hooks.
"""

import json
from pathlib import Path
from typing import Any

from cassette_tools.finding import Severity
from cassette_tools.report.rule import page, severity, title
from cassette_tools.rules.registry import all_rules

ROOT = Path(__file__).parents[1]
_FAMILIES = {
    "CT0": "What hides findings",
    "CT1": "The file",
    "CT2": "HTTP",
    "CT3": "Event streams",
    "CT4": "The protocols of language models",
    "CT5": "Usage",
    "CT6": "Secrets",
}


def generated() -> dict[str, str]:
    """The files by their paths from the root of the project, and what they are to contain."""
    pages = {f"docs/rules/{rule.code}.md": page(rule) for rule in all_rules()}
    return {
        **pages,
        "docs/rules/README.md": _index(),
        "schemas/config.schema.json": json.dumps(_schema(), indent=2) + "\n",
        ".pre-commit-hooks.yaml": _HOOKS,
    }


def _index() -> str:
    lines = ["# The rules", "", "`cassette-tools rule CT301` prints the page of a rule, `rule --all` lists them."]
    for prefix, family in _FAMILIES.items():
        lines += ["", f"## {prefix}: {family}", "", "| code | name | severity | what it reports |", "|---|---|---|---|"]
        for rule in all_rules():
            if rule.code.startswith(prefix):
                cells = (f"[{rule.code}]({rule.code}.md)", rule.name, severity(rule), title(rule))
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _schema() -> dict[str, Any]:
    severities = [severity.label for severity in sorted(Severity, reverse=True)]
    selectors = _strings("Rules: codes (`CT301`), prefixes of codes (`CT3`), names (`unterminated-event`), or `ALL`.")
    patterns = "in gitignore's syntax, relative to the folder of this file."
    rules: dict[str, Any] = {}
    for rule in all_rules():
        settings: dict[str, Any] = {
            "severity": {"type": "string", "enum": severities, "description": "The severity of all its findings."}
        }
        for name, default in rule.defaults.items():
            # The only kind that there is.
            settings[name] = {"type": "integer", "minimum": 1, "default": default}
        rules[rule.code] = rules[rule.name] = _table(title(rule), settings)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:cassette-tools:schema:config",
        "title": "The configuration of cassette-tools",
        "description": "cassette-tools.toml, .cassette-tools.toml, or [tool.cassette-tools] in pyproject.toml.",
        "type": "object",
        "properties": {
            "select": {**selectors, "default": ["ALL"]},
            "extend-select": selectors,
            "ignore": selectors,
            "fail-on": {
                "type": "string",
                "enum": severities,
                "default": "warning",
                "description": "Exit with 1 when there is a finding of this severity or a worse one.",
            },
            "include": _strings(f"What a folder is searched for: patterns {patterns}"),
            "exclude": _strings(f"What is left out unless it is named: patterns {patterns}"),
            "baseline": {"type": "string", "description": "The baseline, relative to the folder of this file."},
            "per-file-ignores": {
                "type": "object",
                "description": f"Rules that are ignored in some files, by patterns {patterns}",
                "additionalProperties": selectors,
            },
            "rules": {
                "type": "object",
                "description": "Settings of rules, by their codes or names.",
                "properties": rules,
                "additionalProperties": False,
            },
            "secrets": _table("What else is a secret, and what is none.", _secrets(severities)),
            "redact": _table("What `cassette-tools redact` takes out, and what it writes instead.", _redact(selectors)),
            "diff": _table(
                "What `cassette-tools diff` and `textconv` take for new in every recording, besides what they know.",
                {
                    "volatile": _strings("Fields of JSON, by their keys, whatever their case."),
                    "volatile-headers": _strings("Headers of requests."),
                },
            ),
        },
        "additionalProperties": False,
    }


def _secrets(severities: list[str]) -> dict[str, Any]:
    pattern = _table(
        "A kind of secret.",
        {
            "name": {
                "type": "string",
                "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                "description": "What placeholders call it: words of a-z and 0-9 with hyphens between them.",
            },
            "regex": {
                "type": "string",
                "description": "In RE2's syntax. The first group that is not empty is the secret, or else the match.",
            },
            "title": {"type": "string", "description": "What messages call it, with its article."},
            "keywords": _strings("A text without any of them is not searched; their case does not matter."),
            "entropy": {
                "type": "number",
                "minimum": 0,
                "default": 0,
                "description": "Shannon's entropy, in bits per character, that a secret has at least.",
            },
            "severity": {"type": "string", "enum": severities, "default": "error"},
            "code": {
                "type": "string",
                "enum": ["CT602", "CT603", "CT606", "CT607", "CT608"],
                "default": "CT603",
                "description": "The rule that reports it.",
            },
        },
    )
    return {
        "patterns": {"type": "array", "items": {**pattern, "required": ["name", "regex"]}},
        "allow": _strings("Regular expressions of RE2's: what one of them matches as a whole is no secret."),
        "known-secret-env": _strings("Environment variables whose values are secrets."),
        "gitleaks-config": {
            "type": "string",
            "description": "A configuration of gitleaks, relative to the folder of this file.",
        },
    }


def _redact(selectors: dict[str, Any]) -> dict[str, Any]:
    return {
        "select": selectors,
        "ignore": selectors,
        "placeholders": {
            "type": "string",
            "enum": ["named", "plain", "fake"],
            "default": "named",
            "description": "REDACTED with a name and a number, REDACTED alone, or values of the same form.",
        },
        "headers": _strings("Headers whose values are taken out, besides those that are known to hold secrets."),
        "keep-headers": _strings(
            "The headers that are kept: all others are removed, but for those without which a body cannot be read."
        ),
        "delete-headers": _strings("Headers that are taken out, with their names."),
        "query": _strings("Parameters of URLs whose values are taken out."),
        "json-paths": _strings("Values of JSON bodies that are taken out: paths of RFC 9535."),
        "form-fields": _strings("Fields of forms whose values are taken out."),
    }


def _table(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "description": description, "properties": properties, "additionalProperties": False}


def _strings(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


_HOOKS = r"""# Written by scripts/generate.py.
- id: cassette-lint
  name: lint cassettes
  description: Check HTTP recordings (cassettes) of LLM traffic. All other files that it is handed pass in silence.
  # pre-commit runs as many processes as there are CPUs itself.
  entry: cassette-tools lint --skip-unknown --no-progress --jobs=1
  language: python
  # pre-commit tags *.yaml.gz as binary and gzip, not as yaml: files are chosen by their names.
  files: \.(ya?ml|json|har)(\.gz)?$
  types: [file]
- id: cassette-redact
  name: take secrets out of cassettes
  description: Replace secrets in HTTP recordings (cassettes) by placeholders. All other files pass in silence.
  entry: cassette-tools redact --write --skip-unknown --no-progress --quiet
  language: python
  files: \.(ya?ml|json|har)(\.gz)?$
  types: [file]
  # The same value has the same placeholder in all files of one run.
  require_serial: true
"""


if __name__ == "__main__":
    for name, text in generated().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
