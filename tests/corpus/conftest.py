"""What tests of real recordings share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder() -> Path:
    """The folder that CASSETTE_PAIRS names, with before/, after/ and expected.tsv."""
    name = os.environ.get("CASSETTE_PAIRS")
    if not name:
        pytest.skip("CASSETTE_PAIRS is not set: no pairs of recordings to compare")
    return Path(name)
