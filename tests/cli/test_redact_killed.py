"""A run that is killed leaves each file as it was or as it is to be."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"
_INTERACTION = """\
- request:
    body: '{"text": "TEXT"}'
    headers: {Authorization: [Bearer KEY]}
    url: https://api.example.com/v1
    method: GET
  response:
    body: '{"key": "KEY"}'
    headers: {}
    status: 200 OK
    code: 200
    duration: 1s
"""
OLD = (
    ("version: 1\ninteractions:\n" + _INTERACTION.replace("TEXT", "some text " * 400) * 3).replace("KEY", KEY).encode()
)
NEW = OLD.replace(KEY.encode(), NAMED.encode())
FILES = 24
KILLS = 15


def _start(folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "cassette_tools", "redact", "--write", "--quiet", "."]
    return subprocess.Popen(command, cwd=folder, env=environment)


def _fill(folder: Path) -> list[Path]:
    paths = [folder / f"{number:02}.yaml" for number in range(FILES)]
    for path in paths:
        path.write_bytes(OLD)
    return paths


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_every_file_is_old_or_new_whenever_the_run_is_killed(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / ".git").mkdir()
    chance = random.Random(6)
    cut_short = 0
    for _ in range(KILLS):
        paths = _fill(tmp_path)
        awaited = paths[chance.randrange(FILES // 2)]
        process = _start(tmp_path, environment)
        before = awaited.stat().st_ino
        while awaited.stat().st_ino == before and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.012))
        process.kill()
        process.wait()
        found = [path.read_bytes() for path in paths]
        assert set(found) <= {OLD, NEW}
        cut_short += 0 < found.count(NEW) < FILES
        for rest in tmp_path.glob(".*.yaml.*"):
            assert NEW.startswith(rest.read_bytes())
            rest.unlink()
    assert cut_short >= 5
    assert _start(tmp_path, environment).wait() == 0
    assert [KEY.encode() in path.read_bytes() for path in paths] == [False] * FILES
