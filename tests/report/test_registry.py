"""The formats by name: each can be made, is imported alone, and `auto` is what suits."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cassette_tools.report import registry
from cassette_tools.report.base import Report

Run = Callable[..., "subprocess.CompletedProcess[str]"]
_IMPORTED = """
import json, sys
from cassette_tools.report import registry
registry.report(sys.argv[1], colour=False, width=80)
print(json.dumps([name.rpartition(".")[2] for name in sys.modules if name.startswith("cassette_tools.report.")]))
"""
BROKEN = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 404, status: 200 OK, headers: {}, body: "[]"}
"""


@pytest.mark.parametrize("name", registry.FORMATS)
def test_each_format_is_a_report(name: str) -> None:
    report = registry.report(name, colour=False, width=80)
    assert isinstance(report, Report)
    assert type(report).__name__ == f"{name.title().replace('-', '')}Report"


@pytest.mark.parametrize(
    ("value", "name"), [("true", "github"), ("false", "text"), ("", "text"), (None, "text")], ids=str
)
def test_auto_is_what_suits_where_the_tool_runs(monkeypatch: pytest.MonkeyPatch, value: str | None, name: str) -> None:
    if value is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert registry.resolve("auto") == name
    assert registry.resolve("sarif") == "sarif"


@pytest.mark.parametrize("name", registry.FORMATS)
def test_a_format_imports_no_other(name: str) -> None:
    out = subprocess.run([sys.executable, "-c", _IMPORTED, name], capture_output=True, check=True).stdout
    modules = {format_: path.partition(":")[0] for format_, path in registry.FORMATS.items()}
    builds_upon = {"concise": {"text"}, "junit": {"text"}, "jsonl": {"json"}}.get(name, set())
    assert set(json.loads(out)) & set(modules.values()) == {modules[name], *builds_upon}


def test_the_command_writes_the_format_it_is_asked_for(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    starts = {
        "text": "x.yaml:5:33: error[CT202]",
        "concise": "x.yaml:5:33: CT202 the",
        "json": '{\n  "version": 1',
        "jsonl": '{"path": "x.yaml"',
        "github": "::error title=CT202",
        "gitlab": "[\n  {",
        "sarif": '{\n  "$schema"',
        "junit": "<?xml",
        "markdown": "**cassette-tools**: 1 finding (1 error;",
    }
    assert set(starts) == set(registry.FORMATS)
    for name, start in starts.items():
        result = call("lint", "x.yaml", "--format", name)
        assert (result.returncode, result.stdout[: len(start)]) == (1, start)
        assert result.stdout.endswith("\n")


def test_the_default_is_auto(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    assert call("lint", "x.yaml").stdout.startswith("x.yaml:5:33: error[CT202]")
    assert call("lint", "x.yaml", env={"GITHUB_ACTIONS": "true"}).stdout.startswith("::error title=CT202")
