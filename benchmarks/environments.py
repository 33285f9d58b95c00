"""Virtual environments of the benchmark's own: nothing is installed into the user's."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = Path(".benchmarks")
PEERS = ("yamllint", "check-jsonschema", "detect-secrets")


def _build(name: str, requirements: list[str], stamp: str) -> Path:
    folder = (CACHE / name).absolute()
    marker = folder / "built-from"
    if not marker.is_file() or marker.read_text() != stamp:
        print(f"building the environment {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        marker.write_text(stamp)
    return folder / "bin"


def peers() -> Path:
    """The folder with the peers' commands, as pip installs them."""
    return _build("peers", list(PEERS), " ".join(PEERS))


def this_tool() -> Path:
    """The folder with this tool's command, installed as a user would, from the source tree as it is now."""
    sources = sorted(path for top in ("cassette_tools", "schemas") for path in (ROOT / top).rglob("*.*"))
    newest = max(path.stat().st_mtime_ns for path in [*sources, ROOT / "pyproject.toml"])
    return _build("this-tool", [str(ROOT)], f"{newest} {len(sources)}")
