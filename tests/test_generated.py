"""What is made from other things is up to date."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "generate.py"
pytestmark = pytest.mark.skipif(
    not SCRIPT.exists(), reason="the tests run from an installed package, without the script"
)


def test_pages_schema_and_hooks_are_what_the_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("generate", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = generate.generated()
    stale = [name for name, text in written.items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run python scripts/generate.py"
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "rules").iterdir()}
    assert pages == {name for name in written if name.startswith("docs/rules/")}
