"""Completion in a real bash, as docs/ci.md has it set up."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cassette-tools li", {"lint"}),
        ("cassette-tools lint --sel", {"--select"}),
        ("cassette-tools lint --fail-on wa", {"warning"}),
        ("cassette-tools lint --format js", {"json", "jsonl"}),
        ("cassette-tools lint --select CT20", {f"CT20{digit}" for digit in range(1, 10)}),
        ("cassette-tools lint --ignore CT3,unterm", {"CT3,unterminated-event"}),
        ("cassette-tools rule dupl", {"duplicate-interaction", "duplicate-key"}),
    ],
)
def test_bash_completes_commands_options_values_and_rules(
    words: str, expected: set[str], tmp_path: Path, environment: dict[str, str]
) -> None:
    launcher = tmp_path / "cassette-tools"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
    launcher.chmod(0o755)
    script = (
        'eval "$(_CASSETTE_TOOLS_COMPLETE=bash_source cassette-tools)"\n'
        f"COMP_WORDS=({words})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        '_cassette_tools_completion cassette-tools\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        env={**environment, "PATH": f"{tmp_path}:{environment['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(result.stdout.split()) == expected, result.stderr
