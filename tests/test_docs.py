"""Every console example in the documentation is run, and prints what the page says.

``UPDATE_DOCS=1 pytest tests/test_docs.py`` writes into the pages what the commands print now.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cassette_tools.lint.settings import SettingsFinder

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^(`{3,})console\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the examples in it, and the command on the path."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    binary = tmp_path / ".bin"
    binary.mkdir()
    launcher = binary / "cassette-tools"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
    launcher.chmod(0o755)
    return tmp_path


def _add_demo(text: str, folder: Path) -> None:
    """The recordings that a page names; others show all that there are."""
    if "docs/demo/" in text:
        shutil.copytree(ROOT / "docs" / "demo", folder / "docs" / "demo")


def _run(command: str, folder: Path) -> str:
    clean = {
        key: value
        for key, value in os.environ.items()
        if key not in ("NO_COLOR", "FORCE_COLOR", "CI_PROJECT_DIR") and not key.startswith("GITHUB_")
    }
    env = {**clean, "COLUMNS": "110", "PATH": f"{folder / '.bin'}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout.rstrip() + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_print_what_the_page_says(page: Path, folder: Path) -> None:
    text = page.read_text(encoding="utf-8")
    _add_demo(text, folder)

    def rerun(block: re.Match[str]) -> str:
        fence = block.group(1)
        command = block.group(2).partition("\n")[0]
        assert command.startswith("$ "), f"a console block of {page.name} does not start with a command"
        return f"{fence}console\n{command}\n{_run(command[2:], folder)}{fence}"

    now = _BLOCK.sub(rerun, text)
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(now, encoding="utf-8")
    assert now == text


_TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONFIGURATIONS = [(page, text) for page in PAGES for text in _TOML.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "text"), _CONFIGURATIONS, ids=[page.name for page, _ in _CONFIGURATIONS])
def test_configurations_in_the_documentation_can_be_used(
    page: Path, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / ".gitleaks.toml").write_text("[[rules]]\nid = 'acme'\nregex = 'acme_[0-9]{9}'\n")
    name = "pyproject.toml" if "[tool.cassette-tools" in text else "cassette-tools.toml"
    (tmp_path / "a" / name).write_text(text)
    monkeypatch.setenv("ACME_PASSWORD", "correct-horse")
    settings = SettingsFinder().of(str(tmp_path / "a"))
    assert settings.config.values != {}, page


_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAMS = [(page, code) for page in PAGES for code in _PYTHON.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "code"), _PROGRAMS, ids=[page.name for page, _ in _PROGRAMS])
def test_programs_in_the_documentation_run(page: Path, code: str, folder: Path) -> None:
    _add_demo(code, folder)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, ""), page
    for said in re.findall(r"print\(.*\)  # ([^;\n]+)", code):
        assert said.strip() in result.stdout.splitlines(), page


def test_every_command_has_a_page_that_the_readme_links() -> None:
    from cassette_tools.cli.main import cli

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in cli.list_commands(click.Context(cli)):
        assert (ROOT / "docs" / f"{name}.md").is_file()
        assert f"docs/{name}.md" in readme
