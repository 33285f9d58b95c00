"""What tests of several rooms share: the command, run as a user runs it, and a folder of real recordings."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from cassette_tools.formats.registry import read
from cassette_tools.model import Cassette, Interaction
from cassette_tools.source import files
from cassette_tools.source.parse import parse

# The same examples each time; HYPOTHESIS_PROFILE=default looks for others.
settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Git = Callable[..., str]
Recorded = Callable[..., Iterator[tuple[str, Interaction]]]
_STEERING = ("CI", "CI_PROJECT_DIR", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM", "CASSETTE_TOOLS_TRACEBACK")


def _steers(name: str) -> bool:
    return name in _STEERING or name.startswith("GITHUB_")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that tests have recorded, whichever process they ran in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "table":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.line(value)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of cassettes that CASSETTE_CORPUS names."""
    folder = os.environ.get("CASSETTE_CORPUS")
    if not folder:
        pytest.skip("CASSETTE_CORPUS is not set: no folder of cassettes to read")
    return Path(folder)


@pytest.fixture
def recorded(corpus: Path) -> Recorded:
    """The interactions of the corpus, of files that hold one of some words if given: ``recorded(b"anthropic")``."""

    def recorded(*words: bytes) -> Iterator[tuple[str, Interaction]]:
        for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
            data = files.read(str(path))
            if not words or any(word in data for word in words):
                cassette = read(parse(data, path.name).root)
                for interaction in cassette.interactions if isinstance(cassette, Cassette) else ():
                    yield f"{path.relative_to(corpus)}#{interaction.index}", interaction

    return recorded


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment without what steers the output of commands."""
    return {name: value for name, value in os.environ.items() if not _steers(name)}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Runs the real command in an empty folder: ``run("lint", "x.yaml", stdin=b"", env={"NO_COLOR": "1"})``."""

    def run(*args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "cassette_tools", *args]
        result = subprocess.run(
            command, cwd=tmp_path, env={**environment, **(env or {})}, input=stdin, capture_output=True, check=False
        )
        return subprocess.CompletedProcess(command, result.returncode, result.stdout.decode(), result.stderr.decode())

    return run


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same within this process, which is quicker: everything but the start and the end of the interpreter."""
    from cassette_tools.cli import exit as exits
    from cassette_tools.cli.main import cli

    for name in filter(_steers, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def call(
        *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            capsys.readouterr()
            code = exits.run(lambda: cli.main(list(args), prog_name="cassette-tools", standalone_mode=False))
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(args, code, out, err)

    return call


@pytest.fixture
def git(tmp_path: Path, environment: dict[str, str]) -> Git:
    """Runs git in a new repository, with the command on the path, and without the user's configuration."""
    binary = tmp_path.parent / f"{tmp_path.name}-bin"
    binary.mkdir()
    launcher = binary / "cassette-tools"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
    launcher.chmod(0o755)
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        environment |= {f"{name}_NAME": "x", f"{name}_EMAIL": "x@example.com"}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_PAGER": "cat"}
    environment["PATH"] = f"{binary}{os.pathsep}{environment['PATH']}"

    def git(*args: str) -> str:
        done = subprocess.run(
            ["git", *args], cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    git("init", "--quiet", "--initial-branch=main")
    return git
