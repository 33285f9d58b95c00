"""``orphans``: what is listed, and how it ends."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
RECORDING = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A package with a claimed cassette, an orphan, and one of which nothing is known."""
    for name in ("TestChat/says_hi.yaml", "TestGone.yaml", "by_hand.yaml"):
        path = tmp_path / "chat" / "testdata" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RECORDING)
    (tmp_path / "chat" / "chat_test.go").write_text('func TestChat(t *testing.T) {\n\tt.Run("says hi", f)\n}\n')
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "client.py").write_text("def test_gone(): ...\n")
    (tmp_path / "chat" / "compose.yaml").write_text("services: {}\n")
    return tmp_path


def test_orphans_and_unknown_ones_are_listed_with_the_reason(call: Run) -> None:
    result = call("orphans", "--tests", "chat")
    assert (result.returncode, result.stderr) == (1, "3 cassettes: 1 claimed, 1 orphan, 1 unknown\n")
    assert result.stdout.splitlines() == [
        "chat/testdata/TestGone.yaml: orphan: no test claims it (looked for TestGone in *_test.go)",
        "chat/testdata/by_hand.yaml: unknown: its name follows no convention that is known",
    ]


def test_without_options_the_tests_and_their_recordings_are_here(call: Run) -> None:
    shown = call("orphans").stdout
    assert shown.replace("./chat/", "chat/") == call("orphans", "--tests", "chat").stdout.replace("./chat/", "chat/")


def test_what_is_unknown_is_no_orphan(call: Run) -> None:
    result = call("orphans", "chat/testdata/by_hand.yaml", "--tests", "chat", "-q")
    assert (result.returncode, result.stderr, result.stdout.count("unknown")) == (0, "", 1)


def test_all_of_them_are_listed_for_programs_and_on_demand(call: Run) -> None:
    document = json.loads(call("orphans", "--tests", "chat", "--format", "json").stdout)
    assert [(item["path"], item["verdict"]) for item in document] == [
        ("chat/testdata/TestGone.yaml", "orphan"),
        ("chat/testdata/by_hand.yaml", "unknown"),
        ("chat/testdata/TestChat/says_hi.yaml", "claimed"),
    ]
    shown = call("orphans", "--tests", "chat", "-v").stdout
    assert "chat/testdata/TestChat/says_hi.yaml: claimed: TestChat is in chat/chat_test.go\n" in shown


def test_sources_that_are_ignored_or_no_tests_claim_nothing_and_those_not_read_anything(
    call: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "chat" / ".gitignore").write_text("built/\n")
    (folder / "chat" / "built").mkdir()
    for name in ("built/x_test.go", "notes.txt"):
        (folder / "chat" / name).write_text("func TestGone(t *testing.T) {}\n")
    assert call("orphans", "--tests", "chat").returncode == 1
    monkeypatch.setattr("cassette_tools.cli.orphans._MAX_SOURCE", 60)
    (folder / "chat" / "gone_test.go").write_text("func TestGone(t *testing.T) {}\n" + "\n" * 60)
    result = call("orphans", "--tests", "chat")
    assert result.returncode == 0
    assert "TestGone.yaml: unknown: chat/gone_test.go was not read: larger than 60 bytes\n" in result.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--tests", "nowhere"], "error: no such file or folder: 'nowhere'\n"),
        (["--tests", "helpers"], "error: no tests found in 'helpers'\n  hint: --tests names"),
        (["--tests", "chat/testdata"], "error: no tests found in 'chat/testdata'\n  hint: --tests names"),
        (["nowhere.yaml", "--tests", "chat"], "error: no such file or folder: 'nowhere.yaml'\n"),
        (["chat/compose.yaml", "--tests", "chat"], "error: chat/compose.yaml: "),
        (["chat/*.yml", "--tests", "chat"], "error: no file matches 'chat/*.yml'"),
    ],
)
def test_what_is_missing_stops_it(call: Run, args: list[str], message: str) -> None:
    result = call("orphans", *args)
    assert (result.returncode, result.stdout if "json" in args else "") == (2, "")
    assert result.stderr.startswith(message)


def test_names_of_files_are_escaped(call: Run, folder: Path) -> None:
    (folder / "chat" / "testdata" / "\x1b[31m::error::.yaml").write_text(RECORDING)
    result = call("orphans", "--tests", "chat")
    assert "\\x1b[31m::error::.yaml: unknown" in result.stdout
    assert "\x1b" not in result.stdout


def test_names_in_reasons_are_escaped_and_masked(call: Run, folder: Path) -> None:
    hostile = folder / "chat" / "testdata" / "TestGone" / ("\x1b[31m" + "sk-" + "a1" * 12 + ".yaml")
    hostile.parent.mkdir()
    hostile.write_text(RECORDING)
    for format_ in ("text", "json"):
        result = call("orphans", "--tests", "chat", "--format", format_)
        assert "looked for TestGone/" in result.stdout
        assert "\x1b" not in result.stdout
        assert "a1a1a1" not in result.stdout


def test_a_cassette_is_where_its_link_is(call: Run, folder: Path) -> None:
    (folder / "store").mkdir()
    (folder / "store" / "1.yaml").write_text(RECORDING)
    (folder / "chat" / "testdata" / "TestChat.yaml").symlink_to(folder / "store" / "1.yaml")
    shown = call("orphans", "chat/testdata/TestChat.yaml", "--tests", "chat", "-v").stdout
    assert shown == "chat/testdata/TestChat.yaml: claimed: TestChat is in chat/chat_test.go\n"


def test_the_current_folder_and_one_given_twice_are_read_once(
    call: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "chat")
    for args in (["--tests", "."], ["--tests", ".", "--tests", "../chat"]):
        result = call("orphans", *args)
        assert (result.returncode, result.stderr) == (1, "3 cassettes: 1 claimed, 1 orphan, 1 unknown\n")
