"""Every rule against the recordings in ``cases/``: where it fires and with which words, and where it is silent.

A case is a file under a name, either ``pass`` (the rule finds nothing) or ``fail`` (it finds just what is listed, as
``line:column severity code message``). Other rules may have their say about the same file.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cassette_tools.lint.engine import lint_bytes
from cassette_tools.rules.registry import all_rules

CASES = Path(__file__).parent / "cases"
_LOADED: dict[str, list[dict[str, Any]]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.yml"))
}


def _findings(code: str, text: str) -> list[str]:
    return [
        f"{finding.location.line}:{finding.location.column} {finding.severity.label} {finding.code} {finding.message}"
        for finding in lint_bytes(text.encode(), "recording.yaml").findings
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
def test_a_rule_fires_where_it_should_and_nowhere_else(code: str, case: dict[str, Any]) -> None:
    expected = case["findings"] if "fail" in case else []
    assert _findings(code, case["file"]) == expected
    assert bool(expected) == ("fail" in case)


def test_every_rule_has_cases_of_both_kinds() -> None:
    # What cannot be read, and what unpacks to gigabytes, is made by the tests of their own below and in tests/cli.
    without_files = {"CT100", "CT206"}
    for rule in all_rules():
        if rule.code not in without_files:
            kinds = [("fail" in case) for case in _LOADED[rule.code]]
            assert kinds.count(True) >= 2, rule.code
            assert kinds.count(False) >= 2, rule.code


def test_a_body_that_unpacks_to_more_than_the_limit_is_reported() -> None:
    import base64
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    packed = base64.b64encode(b"".join(packer.compress(zeros) for _ in range(65)) + packer.flush()).decode()
    text = f"""interactions:
- request: {{method: GET, uri: "https://x.example/", headers: {{}}, body: null}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{Content-Encoding: [gzip]}}
    body: {{string: !!binary {packed}}}
"""
    assert _findings("CT206", text) == ["6:20 warning CT206 the response's body unpacks to more than 64 MiB"]
    assert _findings("CT205", text) == []
