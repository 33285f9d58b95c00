"""Every rule against the recordings in ``cases/``: where it fires and with which words, and where it is silent.

A case is a ``file`` under a title, either ``pass`` (the rule finds nothing) or ``fail`` (it finds just what is listed,
as ``line:column severity code message``). Other rules may have their say about the same file. Where the file's ``name``
matters it is given; ``found: true`` has the file found in a folder instead of being named, and ``config`` is a
configuration beside it, ``environment`` what is set. ``fixed`` is the file after all fixes, safe or not.

Secrets are in parts, with a ``¦`` between them that is taken out: nothing that looks for secrets finds any in here.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.run import Fixing, Run, lint_paths
from cassette_tools.lint.settings import SettingsFinder
from cassette_tools.rules.registry import all_rules

CASES = Path(__file__).parent / "cases"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LOADED: dict[str, list[dict[str, Any]]] = {
    path.stem: yaml.load(path.read_text(encoding="utf-8"), LOADER) for path in sorted(CASES.glob("*.yml"))
}


def _whole(text: str) -> str:
    return text.replace("¦", "")


def _findings(code: str, case: dict[str, Any], folder: Path) -> list[str]:
    data = case["file"]
    path = folder / case.get("name", "recording.yaml")
    path.write_bytes(data if isinstance(data, bytes) else _whole(data).encode())
    (folder / "cassette-tools.toml").write_text(case.get("config", ""))
    (result,) = lint_paths([str(folder if case.get("found") else path)], Run(SettingsFinder()))
    assert isinstance(result, FileResult)
    return [
        f"{finding.location.line}:{finding.location.column} {finding.severity.label} {finding.code} {finding.message}"
        for finding in result.findings
        if finding.code == code
    ]


@pytest.mark.parametrize(
    ("code", "case"),
    [
        pytest.param(
            code, case, id=f"{code} {'fires' if 'fail' in case else 'is silent'}: {case.get('fail', case.get('pass'))}"
        )
        for code, cases in _LOADED.items()
        for case in cases
    ],
)
def test_a_rule_fires_where_it_should_and_nowhere_else(
    code: str, case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in case.get("environment", {}).items():
        monkeypatch.setenv(name, _whole(value))
    expected = case["findings"] if "fail" in case else []
    assert _findings(code, case, tmp_path) == expected
    assert bool(expected) == ("fail" in case)


@pytest.mark.parametrize(
    ("code", "case"),
    [
        pytest.param(code, case, id=f"{code}: {case['fail']}")
        for code, cases in _LOADED.items()
        for case in cases
        if "fixed" in case
    ],
)
def test_a_fix_changes_what_is_wrong_and_nothing_else(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "recording.yaml"
    path.write_text(case["file"])
    run = Run(SettingsFinder(), fixing=Fixing(unsafe=True))
    (result,) = lint_paths([str(path)], run)
    assert isinstance(result, FileResult)
    assert path.read_text() == case["fixed"]
    assert (result.fixed > 0, code in {finding.code for finding in result.findings}) == (True, False)
    # Fixing twice changes nothing.
    (again,) = lint_paths([str(path)], run)
    assert isinstance(again, FileResult)
    assert (again.fixed, path.read_text()) == (0, case["fixed"])


def test_every_rule_has_cases_of_both_kinds() -> None:
    for rule in all_rules():
        if rule.code == "CT001":
            continue  # what it looks at is no cassette; tests/lint/test_baseline.py has it
        kinds = [("fail" in case) for case in _LOADED[rule.code]]
        assert kinds.count(True) >= 2, rule.code
        assert kinds.count(False) >= 2, rule.code
