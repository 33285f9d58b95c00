"""Virtual environments of the benchmark's own: nothing is installed into the user's."""

import functools
import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = Path(".benchmarks")
PEERS = ("yamllint", "check-jsonschema", "detect-secrets")


def _build(name: str, requirements: list[str], stamp: str) -> Path:
    """The folder of commands of an environment, made anew unless it was built from the same ``stamp``."""
    folder = (CACHE / name).absolute()
    marker = folder / "built-from"
    stamp = f"{sys.version}\n{stamp}"
    if not marker.is_file() or marker.read_text(encoding="utf-8") != stamp:
        print(f"building the environment {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        marker.write_text(stamp, encoding="utf-8")
    return folder / "bin"


@functools.cache
def peers() -> Path:
    """The folder with the peers' commands, as pip installs them."""
    return _build("peers", list(PEERS), "\n".join(PEERS))


@functools.cache
def this_tool() -> Path:
    """The folder with this tool's command, installed as a user would, from the source tree as it is now."""
    return _build("this-tool", [str(ROOT)], _digest())


@functools.cache
def with_sdk() -> Path:
    """The folder of a Python that has this tool, a provider's SDK, and the YAML parser that one would use instead."""
    return _build("with-sdk", [str(ROOT), "openai", "pyyaml"], _digest())


def _digest() -> str:
    """What this tool is built from."""
    sources = [path for folder in ("cassette_tools", "schemas") for path in (ROOT / folder).rglob("*")]
    digest = hashlib.sha256()
    for path in sorted(
        path for path in [*sources, ROOT / "pyproject.toml"] if path.suffix in (".py", ".json", ".toml")
    ):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def versions(commands: Path) -> dict[str, str]:
    """The version of each package of an environment."""
    pip = [str(commands / "python"), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(pip, capture_output=True, check=True).stdout)
    return {package["name"]: package["version"] for package in listed}
