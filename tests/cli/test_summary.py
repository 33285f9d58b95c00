"""`cassette-tools summary`: one screen about a tree."""

import json
from pathlib import Path

import jsonschema
import pytest

from cassette_tools import schemas
from tests.conftest import Run
from tests.recordings import chat, recording, streamed_chat


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings of several kinds, in two folders."""
    dated = json.loads(chat(tokens=7))
    dated["interactions"][0]["response"]["headers"]["Date"] = ["Tue, 03 Mar 2026 10:00:00 GMT"]
    files = {
        "a/one.json": chat(tokens=5),
        "a/two|three.json": json.dumps(dated),
        "b/stream.json": streamed_chat(["Hi"]),
        "b/error.json": chat(code=500),
        "b/other.json": recording({}, "{}", "application/json", url="https://a.example/x"),
        "b/notes.yaml": "a: 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_one_screen_says_what_there_is(call: Run) -> None:
    result = call("summary", ".")
    assert (result.returncode, result.stderr) == (0, "")
    said = dict(line.split("  ", 1) for line in result.stdout.splitlines())
    said = {topic: words.strip() for topic, words in said.items()}
    sizes = said.pop("sizes")
    assert sizes.startswith("median ")
    assert sizes.endswith(" kB: ./b/stream.json")
    assert said.pop("cassettes").startswith("5 in 2 folders, ")
    assert said == {
        "formats": "VCR.py 5",
        "recorded": "2023-11-14 to 2026-03-03",
        "interactions": "5: 3 answers, 1 streamed, 1 error, 1 of no known API",
        "APIs": "openai-chat 4",
        "providers": "openai 4",
        "models": "m-1 4",
        "tokens": "6 in, 12 out; unknown for 1 answer",
        "cost": "3 unknown",
        "findings": "1 info: CT208 error-response 1",
    }


def test_rules_that_found_an_error_come_before_those_that_found_more(call: Run, tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(chat(code=500))
    (tmp_path / "d.json").write_text(chat()[:-30])
    said = call("summary", ".").stdout.splitlines()[-1]
    assert said.split(None, 1) == ["findings", "1 error, 3 info: CT101 yaml-syntax 1, CT208 error-response 3"]


@pytest.mark.usefixtures("folder")
def test_the_json_fits_its_schema(call: Run) -> None:
    report = json.loads(call("summary", ".", "--format", "json").stdout)
    jsonschema.validate(report, schemas.load("summary-report-v1"))
    assert report["usage"]["tokens"]["output"] == {"sum": 12, "known": 2, "unknown": 0}
    assert report["recorded"] == ["2023-11-14T22:13:20Z", "2026-03-03T10:00:00Z"]
    assert report["findings"]["rules"] == {"CT208 error-response": 1}


@pytest.mark.usefixtures("folder")
def test_markdown_is_a_table_and_goes_to_a_file(call: Run, tmp_path: Path) -> None:
    (tmp_path / "b" / "stream.json").unlink()
    (tmp_path / "a" / "one.json").rename(tmp_path / "a" / "x|<b>.json")
    (tmp_path / "a" / "x|<b>.json").write_text(chat(text="Hello " * 900))
    assert call("summary", ".", "--format", "markdown", "-o", "out.md").stdout == ""
    lines = (tmp_path / "out.md").read_text().splitlines()
    assert lines[:2] == ["| | |", "| --- | --- |"]
    assert any("a/x\\|<b>.json` |" in line for line in lines)


def test_the_result_is_the_same_with_several_processes(call: Run, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.json").write_text(chat(tokens=number))
    assert call("summary", ".", "-j", "1").stdout == call("summary", ".", "-j", "3").stdout


def test_what_cannot_be_looked_over_is_trouble(call: Run, tmp_path: Path) -> None:
    result = call("summary", ".")
    assert (result.returncode, result.stderr[:24]) == (2, "error: no cassette found")
    (tmp_path / "a.json").write_text(chat())
    result = call("summary", "a.json", "missing")
    assert (result.returncode, result.stderr) == (2, "error: no such file or folder: 'missing'\n")
    assert result.stdout.startswith("cassettes     1, ")
    assert call("summary", "missing").stdout == ""
