"""Completion in a real bash, as docs/ci.md has it set up."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from cassette_tools.cli.main import cli

VARIABLE = "_CASSETTE_TOOLS_COMPLETE"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """What sets completion up in bash, as the command prints it; and an environment with the command on the path."""
    folder = tmp_path_factory.mktemp("bin")
    launcher = folder / "cassette-tools"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
    launcher.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.check_output([launcher], env={**environment, VARIABLE: "bash_source"}, text=True), environment


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cassette-tools li", {"lint"}),
        ("cassette-tools lint --sel", {"--select"}),
        ("cassette-tools lint --fail-on wa", {"warning"}),
        ("cassette-tools lint --format js", {"json", "jsonl"}),
        ("cassette-tools lint --select CT20", {f"CT20{digit}" for digit in range(1, 10)}),
        ("cassette-tools lint --ignore CT3,unterm", {"CT3,unterminated-event"}),
        ("cassette-tools redact --select CT608", {"CT608"}),
        ("cassette-tools usage --by model,fol", {"model,folder"}),
        ("cassette-tools diff --only finish", {"finish-reason"}),
        ("cassette-tools rule dupl", {"duplicate-interaction", "duplicate-key"}),
    ],
)
def test_bash_completes_commands_options_values_and_rules(
    words: str, expected: set[str], tmp_path: Path, shell: tuple[str, dict[str, str]]
) -> None:
    setup, environment = shell
    script = (
        f"{setup}\nCOMP_WORDS=({words})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        '_cassette_tools_completion cassette-tools\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(result.stdout.split()) == expected, result.stderr


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("lint exa", "file"),
        ("textconv exa", "file"),
        ("lint --baseline exa", "file"),
        ("usage . -o exa", "file"),
        ("redact . -o exa", "dir"),
        ("orphans --tests exa", "dir"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(words: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line = f"cassette-tools {words}"
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    assert BashComplete(cli, {}, "cassette-tools", VARIABLE).complete() == f"{kind},exa"
