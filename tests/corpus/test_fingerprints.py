"""A baseline outlives real re-recordings: the same damage has the same fingerprint before and after."""

import os
import re
from pathlib import Path

import pytest

from cassette_tools.lint.engine import lint_bytes

_DAMAGES = (
    # A wrong length, which nothing explains.
    (r"(?m)^(\s+)content_length: -1\n\s+uncompressed: \w+$", r"\g<1>content_length: 7"),
    (r"(?m)^\s+data: \[DONE\]\n", "\n"),  # the last word lost
    (r'(?m)^\s+data: \{"type":"(?:message_stop|response\.completed)".*\n', "\n"),
    (r"(?m)^(\s+data: \{.*)\}\n(?=\n\s+data)", r"\1\n"),  # the first event broken
)


def _fingerprints(path: Path) -> set[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    for pattern, replacement in _DAMAGES:
        text = re.sub(pattern, replacement, text, count=1)
    return {(finding.code, finding.fingerprint) for finding in lint_bytes(text.encode(), "x.yaml").findings}


@pytest.mark.corpus
def test_the_same_damage_is_known_again_after_another_recording() -> None:
    folder = os.environ.get("CASSETTE_PAIRS")
    if not folder:
        pytest.skip("CASSETTE_PAIRS is not set: no folder with cassettes before and after another recording")
    before, after = Path(folder, "before"), Path(folder, "after")
    pairs = [(path, after / path.relative_to(before)) for path in sorted(before.rglob("*.yaml"))]
    found = [(_fingerprints(old), _fingerprints(new)) for old, new in pairs if new.exists()]
    number = sum(len(old) for old, _ in found)
    known = sum(len(old & new) for old, new in found)
    # Another model in a URL makes another interaction; nothing else may.
    assert number > len(found) > 200
    assert known >= 0.99 * number
