"""`cassette-tools formats`: one line for every format that is read."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from cassette_tools.formats.registry import formats
from cassette_tools.protocols.recognition import protocols

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_every_format_has_its_line(call: Run) -> None:
    result = call("formats")
    assert (result.returncode, result.stderr) == (0, "")
    header, _, *rows = result.stdout.splitlines()
    assert header.startswith("format ")
    assert len(rows) == len(list(formats()))


def test_every_protocol_has_its_line(call: Run) -> None:
    result = call("formats", "--protocols")
    assert (result.returncode, result.stderr) == (0, "")
    _, _, *rows = result.stdout.splitlines()
    assert [row.split()[0] for row in rows] == [protocol.name for protocol in protocols()]


def test_protocols_are_counted_where_recordings_are_named(call: Run, tmp_path: Path) -> None:
    request = {"url": "https://api.example.com/v1/chat/completions", "method": "POST", "headers": {}}
    page = {"url": "https://example.com/", "method": "GET", "headers": {}}
    stream = {"code": 200, "headers": {"Content-Type": ["text/event-stream"]}, "body": "data: [DONE]\n\n"}
    plain = {"code": 200, "headers": {"Content-Type": ["application/json"]}, "body": '{"choices":[]}'}
    pairs = [(request, stream), (request, plain), (request, plain), (page, plain)]
    interactions = [{"id": n, "request": asked, "response": said} for n, (asked, said) in enumerate(pairs)]
    (tmp_path / "a.json").write_text(json.dumps({"version": 2, "interactions": interactions}))
    result = call("formats", "--protocols", "a.json")
    assert (result.returncode, result.stderr) == (0, "")
    assert [row.split() for row in result.stdout.splitlines()[2:]] == [["openai-chat", "1", "2"], ["(none)", "0", "1"]]
    assert call("formats", "--protocols", "a.json", "nowhere").returncode == 2


def test_formats_of_paths_are_not_a_thing(call: Run) -> None:
    result = call("formats", "a.json")
    assert result.returncode == 2
    assert "paths go with --protocols" in result.stderr
