"""`cassette-tools formats`: one line for every format that is read."""

import subprocess
from collections.abc import Callable

from cassette_tools.formats.registry import formats

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_every_format_has_its_line(call: Run) -> None:
    result = call("formats")
    assert (result.returncode, result.stderr) == (0, "")
    header, _, *rows = result.stdout.splitlines()
    assert header.startswith("format ")
    assert len(rows) == len(list(formats()))
