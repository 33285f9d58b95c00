"""What tests of the command share."""

import os
from typing import Any

import pytest

from cassette_tools.lint.engine import FileResult, lint_bytes
from cassette_tools.lint.settings import Settings

_RESULTS: dict[tuple[Any, ...], FileResult] = {}


@pytest.fixture
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """``lint`` checks a file once for all reports of it in this process; a worker checks it anew."""

    def check(data: bytes, path: str, *, named: bool, settings: Settings, use_ignores: bool) -> FileResult:
        assert not settings.config.values, "the rules of the key say nothing of what a configuration sets"
        key = (os.getpid(), data, path, named, settings.rules.codes, settings.secrets, use_ignores)
        if key not in _RESULTS:
            _RESULTS[key] = lint_bytes(data, path, named=named, settings=settings, use_ignores=use_ignores)
        return _RESULTS[key]

    monkeypatch.setattr("cassette_tools.lint.run.lint_bytes", check)
