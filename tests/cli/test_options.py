"""Colour and width: what a terminal, the environment and the option say."""

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from cassette_tools.cli import options
from tests.recordings import chat

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BROKEN = (
    'version: 2\ninteractions:\n- id: 0\n  request: {url: "https://api.example.com/v1/models", method: GET}\n'
    '  response: {code: 404, status: 200 OK, headers: {}, body: "%s"}\n' % ("a" * 200)
)
COLOUR = "\x1b[1;31merror[CT202]\x1b[0m"
PLAIN = "error[CT202]"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "terminal", "env", "colour"),
    [
        ("auto", False, {}, False),
        ("auto", True, {}, True),
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {}, True),
        ("always", False, {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", True, {}, False),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_the_option_goes_before_no_color_before_force_color_before_the_terminal(
    choice: str, terminal: bool, env: dict[str, str], colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert options.wants_colour(choice, _Terminal() if terminal else io.StringIO()) is colour


@pytest.mark.parametrize(
    ("columns", "width"),
    [("60", 60), ("0", 120), ("-5", 120), ("wide", 120), ("", 120), ("٨٠", 120), ("9" * 5000, 999_999)],
    ids=["60", "0", "negative", "a word", "empty", "other digits", "huge"],
)
def test_columns_says_the_width_when_it_is_a_number(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert options.terminal_width(io.StringIO()) == width


@pytest.mark.parametrize(
    ("env", "args", "shown"),
    [
        pytest.param({}, [], PLAIN, id="no terminal"),
        pytest.param({"FORCE_COLOR": "1"}, [], COLOUR, id="FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], PLAIN, id="NO_COLOR beats FORCE_COLOR"),
        pytest.param({"NO_COLOR": "1"}, ["--color", "always"], COLOUR, id="always"),
        pytest.param({"FORCE_COLOR": "1"}, ["--color", "never"], PLAIN, id="never"),
    ],
)
def test_a_report_is_coloured_as_told(
    call: Run, tmp_path: Path, env: dict[str, str], args: list[str], shown: str
) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    result = call("lint", "x.yaml", *args, env=env)
    assert shown in result.stdout
    assert ("\x1b" in result.stdout) is (shown == COLOUR)
    assert "\x1b" not in result.stderr


def test_json_has_no_colour_even_when_it_is_asked_for(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    assert "\x1b" not in call("lint", "x.yaml", "--format", "json", "--color", "always").stdout


def _on_terminal(folder: Path, env: dict[str, str], columns: int) -> str:
    """What the command writes to a terminal of so many columns."""
    (folder / "x.yaml").write_text(BROKEN)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "cassette_tools", "lint", "x.yaml"]
    with subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        data = b""
        while True:
            try:
                piece = os.read(master, 65_536)
            except OSError:  # Linux says so where others say that nothing comes any more
                break
            if not piece:
                break
            data += piece
    os.close(master)
    assert process.returncode == 1
    return data.decode().replace("\r\n", "\n")


def test_a_terminal_has_colours_and_its_width(tmp_path: Path, environment: dict[str, str]) -> None:
    shown = _on_terminal(tmp_path, {**environment, "TERM": "xterm"}, 64)
    head, line, marks, summary = shown.splitlines()
    assert head.startswith(f"\x1b[1mx.yaml:5:33\x1b[0m: {COLOUR} status-code: ")
    line = line.replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert line == ' 5 | …ode: 404, status: 200 OK, headers: {}, body: "aaaaaaaaaaa…'
    assert len(line) == 64
    assert marks == "   \x1b[2m|\x1b[0m " + " " * 19 + "\x1b[1;31m^^^^^^\x1b[0m"
    assert summary == "1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette"


def test_a_terminal_has_no_colours_where_no_color_is_set(tmp_path: Path, environment: dict[str, str]) -> None:
    shown = _on_terminal(tmp_path, {**environment, "TERM": "xterm", "NO_COLOR": "1"}, 64)
    assert "\x1b" not in shown
    assert shown.startswith("x.yaml:5:33: error[CT202] status-code: ")


def test_what_an_encoding_lacks_is_escaped(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ü.yaml").write_text(BROKEN)
    result = run("lint", "ü.yaml", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert result.returncode == 1
    assert result.stdout.startswith("\\xfc.yaml:5:33: error[CT202]")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_cannot_be_prepared_is_left_alone(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other: TextIO = io.StringIO()
    monkeypatch.setattr(sys, stream, other)
    options.prepare_streams()
    assert getattr(sys, stream) is other


def test_a_report_goes_to_a_file_in_pieces_and_takes_no_memory(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        options.write_report(("x" * 1000 + "\n" for _ in range(30_000)), str(tmp_path / "report"))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "report").stat().st_size == 30_000 * 1001
    assert most < 5_000_000


def test_a_report_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "new"
        raise RuntimeError

    file = tmp_path / "report"
    file.write_text("old")
    with pytest.raises(RuntimeError):
        options.write_report(pieces(), str(file))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
    options.write_report([], str(file))
    assert file.read_text() == ""


@pytest.mark.parametrize(
    ("command", "name", "other"),
    [("lint", "jsonl", "json-lines"), ("reassemble", "jsonl", "ndjson"), ("usage", "text", "table")],
)
def test_a_format_is_understood_by_the_name_that_other_tools_have_for_it(
    call: Run, tmp_path: Path, command: str, name: str, other: str
) -> None:
    (tmp_path / "x.json").write_text(chat(code=500))
    shown = call(command, "x.json", "--format", name).stdout
    assert shown == call(command, "x.json", "--format", other).stdout != ""
    assert f"[{other}" not in call(command, "--help").stdout
    assert f"|{other}" not in call(command, "--help").stdout


def test_a_format_that_a_command_has_not_is_refused_by_whatever_name(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(chat())
    assert "'json-lines' is not one of 'text', 'json'" in call("show", "x.json", "--format", "json-lines").stderr
