"""Imports go one way: import-linter holds it, and it would see it if they did not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter", reason="import-linter is not installed: `pip install -e '.[dev]'` has it")

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    not (ROOT / "cassette_tools").is_dir(), reason="the tests run from an installed package, without the source"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with its contracts."""
    shutil.copytree(ROOT / "cassette_tools", tmp_path / "cassette_tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint_imports(folder: Path) -> tuple[int, str]:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    # Without the settings of a coverage run, which the copy of the package must not count for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    result = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, " ".join(result.stdout.split())


def test_imports_go_one_way(copy: Path) -> None:
    code, output = _lint_imports(copy)
    assert code == 0, output
    assert " 0 broken" in output


@pytest.mark.parametrize(
    ("file", "line", "chain"),
    [
        ("model.py", "from cassette_tools.source import nodes", "cassette_tools.model -> cassette_tools.source.nodes"),
        ("text.py", "import cassette_tools.model", "cassette_tools.text -> cassette_tools.model"),
        (
            "source/files.py",
            "from cassette_tools.formats import base",
            "cassette_tools.source.files -> cassette_tools.formats.base",
        ),
        (
            "wire/sse.py",
            "from cassette_tools.formats import base",
            "cassette_tools.wire.sse -> cassette_tools.formats.base",
        ),
        (
            "rules/http/ct202_status_code.py",
            "def late():\n    from cassette_tools.report.base import count",
            "cassette_tools.rules.http.ct202_status_code -> cassette_tools.report.base",
        ),
        ("lint/engine.py", "import cassette_tools.cli.main", "cassette_tools.lint.engine -> cassette_tools.cli.main"),
        ("lint/engine.py", "import click", "cassette_tools.lint.engine -> click"),
        ("rules/base.py", "import tabulate", "cassette_tools.rules.base -> tabulate"),
        ("source/edit.py", "from yaml import safe_load", "cassette_tools.source.edit -> yaml"),
    ],
)
def test_an_import_that_goes_the_other_way_is_caught(copy: Path, file: str, line: str, chain: str) -> None:
    path = copy / "cassette_tools" / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    code, output = _lint_imports(copy)
    assert code == 1, output
    assert chain in output
