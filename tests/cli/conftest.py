"""What tests of the command share."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from cassette_tools.lint import run
from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.settings import Settings

_RESULTS: dict[tuple[Any, ...], FileResult] = {}


@pytest.fixture
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """``lint`` checks a file once for all reports of it in this process; a worker checks it anew."""
    check: Callable[..., FileResult] = run.lint_bytes

    def lint_bytes(data: bytes, path: str, *, named: bool, settings: Settings, use_ignores: bool) -> FileResult:
        assert not settings.config.values, "the rules of the key say nothing of what a configuration sets"
        key = (os.getpid(), data, path, named, settings.rules.codes, settings.secrets, use_ignores)
        if key not in _RESULTS:
            _RESULTS[key] = check(data, path, named=named, settings=settings, use_ignores=use_ignores)
        return _RESULTS[key]

    monkeypatch.setattr(run, "lint_bytes", lint_bytes)
