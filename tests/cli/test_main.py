"""Help and version of every command, and what starting one imports."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cassette_tools import __version__
from cassette_tools.cli.main import cli

Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMANDS = cli.list_commands(click.Context(cli))


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_works_everywhere_and_has_examples(call: Run, name: str, option: str) -> None:
    result = call(*filter(None, [name, option]))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: cassette-tools {name}".rstrip())
    assert re.search(rf"\n  Examples?:\n    cassette-tools {name}", result.stdout)
    assert "\\b" not in result.stdout
    assert all(len(line) <= 110 for line in result.stdout.splitlines())


def test_help_of_a_command_s_own_command_keeps_its_lines(call: Run) -> None:
    lines = call("git", "setup", "--help").stdout.splitlines()
    assert "    cassette-tools git setup --write" in lines
    assert not any("\\b" in line for line in lines)


def test_help_lists_every_command_with_what_it_does(call: Run) -> None:
    shown = call("--help").stdout
    for name in COMMANDS:
        help_ = _command(name).help
        assert help_ is not None
        assert f"  {name} " in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    command = _command(name)
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_shows_every_option(call: Run, name: str) -> None:
    shown = call(name, "-h").stdout
    for parameter in _command(name).params:
        if isinstance(parameter, click.Option):
            for spelling in parameter.opts:
                assert f" {spelling}" in shown


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_version_is_the_package_s(call: Run, option: str) -> None:
    result = call(option)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"cassette-tools {__version__}\n", "")


def test_the_module_is_the_command(run: Run) -> None:
    result = run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"cassette-tools {__version__}\n", "")


def test_listing_the_commands_imports_none_of_them(environment: dict[str, str]) -> None:
    script = "import sys, cassette_tools.cli.main as m; m.cli.list_commands(None); print([*sys.modules])"
    out = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True).stdout
    for name in COMMANDS:
        assert f"'cassette_tools.cli.{name}'" not in out.decode()
    assert "yaml" not in out.decode()


def test_completions_are_click_s_and_no_findings(run: Run) -> None:
    env = {"_CASSETTE_TOOLS_COMPLETE": "bash_complete", "COMP_WORDS": "cassette-tools l", "COMP_CWORD": "1"}
    result = run(env=env)
    assert (result.returncode, result.stdout, result.stderr) == (0, "plain,lint\n", "")


# What takes long to import, or serves only commands and files that a clean one is not: each is imported where it is
# needed. Those below `importlib` and `tempfile` come with `importlib.resources`.
LATE = (
    "asyncio",
    "concurrent.futures",
    "decimal",
    "difflib",
    "gzip",
    "html",
    "http",
    "hypothesis",
    "importlib.metadata",
    "importlib.resources",
    "jsonschema",
    "multiprocessing",
    "pathspec",
    "random",
    "referencing",
    "shutil",
    "subprocess",
    "tabulate",
    "tempfile",
    "traceback",
    "unicodedata",
    "unittest",
    "urllib.parse",
)

_WATCH = """
import json, runpy, sys
before = set(sys.modules)  # what a bare interpreter, its site-packages and a coverage tracer bring along
sys.argv = ["cassette-tools", "lint", *sys.argv[1:]]
try:
    runpy.run_module("cassette_tools", run_name="__main__")
finally:
    print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "args", [["x.yaml", "--quiet"], ["x.yaml", "--quiet", "--format", "json"]], ids=["text", "json"]
)
def test_a_clean_file_is_checked_without_importing_what_others_need(
    tmp_path: Path, environment: dict[str, str], args: list[str]
) -> None:
    (tmp_path / "x.yaml").write_text(
        "version: 2\ninteractions:\n- id: 0\n"
        '  request: {url: "https://api.example.com/v1/chat/completions", method: POST, body: "{}"}\n'
        '  response: {code: 200, status: 200 OK, headers: {Content-Type: [application/json]}, body: \'{"choices": '
        '[{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}], '
        '"usage": {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9, "cost": 0.1}}\'}\n'
    )
    command = [sys.executable, "-c", _WATCH, *args]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    imported = json.loads(result.stderr)
    assert "cassette_tools.lint.engine" in imported
    early = [name for name in imported for late in LATE if name == late or name.startswith(f"{late}.")]
    assert early == []
