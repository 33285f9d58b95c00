"""The baseline hides what was known and nothing else, also after another recording, and says what it hides no more."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.errors import BaselineError, CassetteToolsError
from cassette_tools.lint import baseline
from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.run import Run, lint_paths
from cassette_tools.lint.settings import Options, SettingsFinder

RECORDING = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 404, status: 200 OK, headers: {}, body: "[]", content_length: 9}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two cassettes, one of them in a folder."""
    (tmp_path / "cassettes" / "sub").mkdir(parents=True)
    (tmp_path / "cassettes" / "a.yaml").write_text(RECORDING)
    (tmp_path / "cassettes" / "sub" / "b.yaml").write_text(RECORDING)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _lint(*names: str, use: bool = True, file: str = "known.json") -> list[FileResult]:
    run = Run(SettingsFinder(Options(isolated=True, baseline=file if use else "")), use_baseline=use)
    results = list(lint_paths(list(names), run))
    errors = [result for result in results if isinstance(result, CassetteToolsError)]
    if errors:
        raise errors[0]
    return [result for result in results if isinstance(result, FileResult)]


def _write(*names: str) -> int:
    return baseline.write("known.json", _lint(*names, use=False))


def _codes(results: list[FileResult]) -> list[tuple[str, str]]:
    return [(result.path, finding.code) for result in results for finding in result.findings]


def test_what_is_written_down_is_hidden_and_counted(folder: Path) -> None:
    assert _write("cassettes") == 4
    results = _lint("cassettes")
    assert _codes(results) == []
    assert [(result.known, result.fails) for result in results] == [(2, False), (2, False)]
    # From another folder, too: the paths are those from the baseline on.
    assert _codes(_lint(str(folder / "cassettes" / "sub"))) == []


def test_a_new_finding_is_reported_whatever_is_known(folder: Path) -> None:
    _write("cassettes")
    path = folder / "cassettes" / "a.yaml"
    path.write_text(path.read_text().replace("id: 0", "id: 7").replace("content_length: 9", "content_length: 11"))
    results = _lint("cassettes")
    assert _codes(results) == [("cassettes/a.yaml", "CT109")]
    assert [result.known for result in results] == [2, 2]


def test_an_entry_that_hides_nothing_any_more_is_reported_at_its_line(folder: Path) -> None:
    _write("cassettes")
    path = folder / "cassettes" / "a.yaml"
    path.write_text(path.read_text().replace("200 OK", "404 Not Found"))
    result = _lint("cassettes/a.yaml")[-1]
    (finding,) = result.findings
    assert (finding.path, finding.code, finding.severity.label) == ("known.json", "CT001", "warning")
    assert finding.message == "nothing is found that the entry for cassettes/a.yaml: CT202 hides"
    line = (folder / "known.json").read_text().splitlines()[finding.location.line - 1]
    assert json.loads(line.rstrip(","))["code"] == "CT202"
    assert (result.is_baseline, result.fails) == (True, True)


def test_entries_of_files_that_were_not_looked_at_are_not_stale(folder: Path) -> None:
    _write("cassettes")
    (folder / "cassettes" / "sub" / "b.yaml").unlink()
    assert _codes(_lint("cassettes/a.yaml")) == []
    # A search of the folder shows that the file is gone.
    assert _codes(_lint("cassettes")) == [("known.json", "CT001")] * 2


def test_entries_of_rules_that_did_not_run_are_not_stale(folder: Path) -> None:
    _write("cassettes")
    (folder / "cassette-tools.toml").write_text('baseline = "known.json"\nselect = ["CT0", "CT202"]\n')
    results = [result for result in lint_paths(["cassettes"], Run(SettingsFinder())) if isinstance(result, FileResult)]
    assert _codes(results) == []
    assert [result.known for result in results] == [1, 1]


def test_writing_again_keeps_what_is_said_of_other_files_and_drops_what_is_gone(folder: Path) -> None:
    _write("cassettes")
    first = (folder / "known.json").read_text()
    assert _write("cassettes/a.yaml") == 4
    assert (folder / "known.json").read_text() == first
    (folder / "cassettes" / "sub" / "b.yaml").unlink()
    assert _write("cassettes/a.yaml") == 2


def test_no_secret_and_no_text_of_the_recording_is_in_it(folder: Path) -> None:
    secret = "sk-" + "a1B2" * 12
    path = folder / "cassettes" / "a.yaml"
    path.write_text(
        RECORDING.replace("/v1/models", f"/v1/models?key={secret}").replace("code: 404", f'code: "{secret}"')
    )
    assert _write("cassettes") > 2
    assert "a1B2" not in (folder / "known.json").read_text()


def test_more_findings_than_are_kept_are_known_when_those_that_are_kept_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cassette_tools.lint.found.MAX_FINDINGS", 2)
    interactions = RECORDING.partition("interactions:\n")[2]
    many = "".join(interactions.replace("id: 0", f"id: {number}") for number in range(5))
    (folder / "cassettes" / "a.yaml").write_text(f"version: 2\ninteractions:\n{many}")
    _write("cassettes/a.yaml")
    (result,) = _lint("cassettes/a.yaml")
    # The kind of finding is known; further ones of it are, too.
    assert (result.findings, result.omitted.total()) == ((), 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the baseline 'known.json' cannot be read: no such file or directory"),
        ("{", "the baseline 'known.json' is not JSON: "),
        ("[" * 100_000, "the baseline 'known.json' is not JSON: "),
        ("[]", "'known.json' is not a baseline of version 1"),
        ('{"version": 2, "findings": []}', "'known.json' is not a baseline of version 1"),
        ('{"version": 1, "findings": [{"path": "x"}]}', "'known.json' is not a baseline of version 1"),
        ('{"version": 1, "findings": [{"path": 1, "fingerprint": "x"}]}', "'known.json' is not a baseline"),
    ],
)
def test_what_is_no_baseline_is_an_error_and_nothing_is_hidden(folder: Path, text: str | None, message: str) -> None:
    if text is not None:
        (folder / "known.json").write_text(text)
    with pytest.raises(BaselineError, match=re.escape(message)):
        _lint("cassettes")
    if text is not None:
        with pytest.raises(BaselineError, match=re.escape(message)):
            _write("cassettes")


@pytest.mark.usefixtures("folder")
def test_a_baseline_that_cannot_be_written_is_an_error() -> None:
    with pytest.raises(BaselineError, match=r"'no/known\.json' cannot be written: no such file or directory"):
        baseline.write("no/known.json", _lint("cassettes", use=False))


def test_it_is_written_for_people_to_read_and_to_compare(folder: Path) -> None:
    _write("cassettes")
    lines = (folder / "known.json").read_text().splitlines()
    entries: list[dict[str, Any]] = [json.loads(line.rstrip(",")) for line in lines if line.startswith("    ")]
    assert [(entry["path"], entry["code"], entry["name"], entry["route"]) for entry in entries] == [
        ("cassettes/a.yaml", "CT201", "content-length", "interactions[0].response.content_length"),
        ("cassettes/a.yaml", "CT202", "status-code", "interactions[0].response.status"),
        ("cassettes/sub/b.yaml", "CT201", "content-length", "interactions[0].response.content_length"),
        ("cassettes/sub/b.yaml", "CT202", "status-code", "interactions[0].response.status"),
    ]
    assert lines == (folder / "known.json").read_text().splitlines()
    (folder / "cassettes" / "a.yaml").unlink()
    (folder / "cassettes" / "sub" / "b.yaml").write_text(RECORDING.replace("404", "200").replace("9}", "2}"))
    assert _write("cassettes") == 0
    assert json.loads((folder / "known.json").read_text()) == {"version": 1, "findings": []}
