"""The GitHub Action: valid by the official schema, and its script does in a runner's surroundings what it says."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
pytestmark = pytest.mark.skipif(
    not ACTION.exists(), reason="the tests run from an installed package, without the action"
)

CLEAN = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
BROKEN = CLEAN.replace("code: 200", "code: 404")


def _steps() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    return steps


class _Runner:
    """A folder and the variables that GitHub's runner sets; the tool is installed already."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.workspace = folder / "work space"
        self.summary, self.outputs = folder / "summary", folder / "outputs"
        binaries = folder / "temp" / "cassette-tools" / "bin"
        for made in (self.workspace, binaries):
            made.mkdir(parents=True)
        launcher = binaries / "cassette-tools"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
        launcher.chmod(0o755)
        self._environment = {
            **environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(self.outputs),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(folder / "temp"),
        }

    def lint(self, paths: str = ".", args: str = "", summary: str = "true") -> "subprocess.CompletedProcess[str]":
        step = _steps()[1]
        given = {"inputs.paths": paths, "inputs.args": args, "inputs.summary": summary}
        inputs = {name: given[value.removeprefix("${{ ").removesuffix(" }}")] for name, value in step["env"].items()}
        # As the runner calls it for `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            command,
            cwd=self.workspace,
            env={**self._environment, **inputs},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path, environment: dict[str, str]) -> _Runner:
    return _Runner(tmp_path, environment)


def test_the_action_is_valid_by_the_official_schema() -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed: it has the schema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_nothing_that_a_user_gives_is_a_part_of_a_script() -> None:
    assert not [step["name"] for step in _steps() if "${{" in step["run"]]


def test_findings_are_annotations_and_fail_the_step(runner: _Runner) -> None:
    (runner.workspace / "a b.yaml").write_text(BROKEN)
    result = runner.lint()
    assert result.returncode == 1
    assert result.stdout.startswith("::error title=CT202 status-code,file=a b.yaml,line=5,")
    assert "1 finding (1 error" in runner.summary.read_text()
    assert runner.outputs.read_text() == "exit-code=1\n"


def test_clean_cassettes_pass(runner: _Runner) -> None:
    (runner.workspace / "x.yaml").write_text(CLEAN)
    result = runner.lint()
    assert (result.returncode, result.stdout) == (0, "")
    assert "nothing found" in runner.summary.read_text()
    assert runner.outputs.read_text() == "exit-code=0\n"


def test_paths_and_options_are_taken_line_by_line_as_they_are(runner: _Runner) -> None:
    for name in ("a b.yaml", "$(touch forged).yaml", "other.yaml"):
        (runner.workspace / name).write_text(BROKEN)
    result = runner.lint("a b.yaml\n$(touch forged).yaml\n", "--ignore=CT1\n--fail-on\nerror", summary="false")
    assert (result.returncode, result.stdout.count("::error")) == (1, 2)
    assert not (runner.workspace / "forged").exists()
    assert not runner.summary.exists()
    assert runner.lint(args="--ignore=CT2").returncode == 0


def test_a_wrong_option_stops_the_step_with_its_message(runner: _Runner) -> None:
    (runner.workspace / "x.yaml").write_text(CLEAN)
    result = runner.lint(args="--select=CT999")
    assert (result.returncode, runner.outputs.read_text()) == (2, "exit-code=2\n")
    assert "no such rule: 'CT999'" in result.stderr
    assert os.listdir(runner.workspace) == ["x.yaml"]
