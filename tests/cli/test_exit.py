"""Exit codes and streams: 0 clean, 1 findings and nothing else, 2 trouble, 130 interrupted."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cassette_tools.__main__ import main
from cassette_tools.cli import exit as exits
from cassette_tools.errors import CassetteToolsError

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEALTHY = b"""\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
ERROR = HEALTHY.replace(b"code: 200", b"code: 404")  # CT202
WARNING = HEALTHY.replace(b"id: 0", b"id: 7")  # CT109
INFO = b"version: 2\ninteractions: []\n"  # CT108
NOTHING = (
    "error: no cassette found%s\n"
    """\
  hint: name a file or a folder that holds cassettes (*.yaml, *.yml, *.json, *.har, also .gz)
"""
)
USAGE = "Usage: cassette-tools lint [OPTIONS] PATHS...\nTry 'cassette-tools lint -h' for help.\n\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file for each way a file can be."""
    for name, data in {"clean": HEALTHY, "error": ERROR, "warning": WARNING, "info": INFO}.items():
        (tmp_path / f"{name}.yaml").write_bytes(data)
    (tmp_path / "empty").mkdir()
    (tmp_path / "compose").mkdir()
    (tmp_path / "compose" / "compose.yaml").write_text("services:\n  web: {image: nginx}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code", "err"),
    [
        pytest.param(["clean.yaml"], 0, "1 cassette checked, nothing found\n", id="clean"),
        pytest.param(["clean.yaml", "-q"], 0, "", id="clean, quiet"),
        pytest.param(
            ["error.yaml"], 1, "1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette\n", id="an error"
        ),
        pytest.param(["error.yaml", "--quiet"], 1, "", id="an error, quiet"),
        pytest.param(
            ["warning.yaml"], 1, "1 finding (1 warning; 1 fixable with --fix) in 1 of 1 cassette\n", id="a warning"
        ),
        pytest.param(
            ["warning.yaml", "--fail-on", "error"],
            0,
            "1 finding (1 warning; 1 fixable with --fix) in 1 of 1 cassette\n",
            id="below error",
        ),
        pytest.param(["info.yaml"], 0, "1 finding (1 info) in 1 of 1 cassette\n", id="below warning"),
        pytest.param(
            ["info.yaml", "--fail-on", "info"], 1, "1 finding (1 info) in 1 of 1 cassette\n", id="from info on"
        ),
        pytest.param(
            ["."],
            1,
            "3 findings (1 error, 1 warning, 1 info; 2 fixable with --fix) in 3 of 4 cassettes, 1 other file skipped\n",
            id="a folder",
        ),
        pytest.param(
            ["clen.yaml", "clean.yaml"],
            2,
            "error: no such file or folder: 'clen.yaml'\n  hint: did you mean 'clean.yaml'?\n"
            "1 cassette checked, nothing found\n",
            id="a missing path",
        ),
        pytest.param(
            ["clen.yaml", "error.yaml"],
            2,
            "error: no such file or folder: 'clen.yaml'\n  hint: did you mean 'clean.yaml'?\n"
            "1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette\n",
            id="a missing path and findings",
        ),
        pytest.param(
            ["far/away"],
            2,
            "error: no such file or folder: 'far/away'\nno cassette checked\n",
            id="nothing but missing",
        ),
        pytest.param(
            ["*.json"],
            2,
            "error: no file matches '*.json'\n  hint: quote the pattern, and try it with `ls`\nno cassette checked\n",
            id="a pattern without match",
        ),
        pytest.param(
            ["empty"],
            2,
            NOTHING % "",
            id="nothing to check",
        ),
        pytest.param(
            ["compose"],
            2,
            NOTHING % " in 1 file",
            id="no cassette in the folder",
        ),
        pytest.param(
            ["compose", "--skip-unknown"], 0, "no cassette checked, 1 other file skipped\n", id="no cassette, as a hook"
        ),
        pytest.param(
            ["empty", "--skip-unknown"],
            2,
            NOTHING % "",
            id="nothing to check, as a hook",
        ),
    ],
)
def test_lint_ends_with_its_code_and_says_why_on_stderr(
    call: Run, folder: Path, args: list[str], code: int, err: str
) -> None:
    result = call("lint", *args)
    assert (result.returncode, result.stderr) == (code, err)
    # stdout has the report and nothing else: one header a finding, each with its two lines of source.
    findings = int(err.partition(" finding")[0].split("\n")[-1]) if " in " in err and " finding" in err else 0
    if "-q" not in args and "--quiet" not in args:
        assert len(result.stdout.splitlines()) == 3 * findings
    assert folder.is_dir()


@pytest.mark.parametrize(("name", "code"), [("clean", 0), ("error", 1), ("clen", 2)])
def test_a_process_ends_with_the_code(run: Run, folder: Path, name: str, code: int) -> None:
    result = run("lint", f"{name}.yaml")
    assert (result.returncode, bool(result.stdout), bool(result.stderr)) == (code, code == 1, True)
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["--frmat", "json", "clean.yaml"], ["--frmat", "--format"], id="an unknown option"),
        pytest.param(
            ["--format", "xml", "clean.yaml"], ["--format", "'xml'", "'text', 'concise', 'json'"], id="an invalid value"
        ),
        pytest.param(["--fail-on", "clean.yaml"], ["--fail-on", "'clean.yaml'", "'warning'"], id="a value left out"),
        pytest.param([], ["missing argument", "PATHS"], id="no path"),
    ],
)
def test_options_that_are_wrong_are_trouble_and_nothing_is_checked(
    call: Run, folder: Path, args: list[str], words: list[str]
) -> None:
    # The words are click's own and differ between its releases.
    result = call("lint", *args)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{USAGE}error: ")
    assert len(result.stderr.splitlines()) == 4
    for word in words:
        assert word in result.stderr
    assert folder.is_dir()


GROUP_USAGE = "Usage: cassette-tools [OPTIONS] COMMAND [ARGS]...\nTry 'cassette-tools -h' for help.\n\n"


@pytest.mark.parametrize(
    ("args", "err"),
    [
        pytest.param(
            ["lnt"], GROUP_USAGE + "error: no such command 'lnt': did you mean 'lint'?\n", id="a misspelt command"
        ),
        pytest.param(["zzz"], GROUP_USAGE + "error: no such command 'zzz'\n", id="an unknown command"),
        pytest.param(
            ["rule"],
            "Usage: cassette-tools rule [OPTIONS] [NAME]\nTry 'cassette-tools rule -h' for help.\n\n"
            "error: name one rule, or give --all\n",
            id="rule without a name",
        ),
        pytest.param(
            ["rule", "CT3011"], "error: no such rule: 'CT3011'\n  hint: did you mean 'CT301'?\n", id="a misspelt code"
        ),
        pytest.param(
            ["rule", "stauts-code"],
            "error: no such rule: 'stauts-code'\n  hint: did you mean 'status-code'?\n",
            id="a misspelt name",
        ),
        pytest.param(
            ["rule", "?"],
            "error: no such rule: '?'\n  hint: `cassette-tools rule --all` lists them\n",
            id="an unknown rule",
        ),
    ],
)
def test_what_cannot_be_understood_is_trouble_with_a_hint(call: Run, args: list[str], err: str) -> None:
    result = call(*args)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", err)


def test_without_a_command_the_help_is_shown_and_it_is_trouble(call: Run) -> None:
    result = call()
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == call("--help").stdout


def test_a_misspelt_command_is_trouble_from_outside_too(run: Run) -> None:
    result = run("lnt")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith("error: no such command 'lnt': did you mean 'lint'?\n")


def _process(args: list[str], folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "cassette_tools", *args]
    pipe = subprocess.PIPE

    def heed_interrupts() -> None:
        # What a shell starts in the background ignores them, and so does what that starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=heed_interrupts
    )


def test_an_interrupt_ends_with_130_and_without_a_traceback(tmp_path: Path, environment: dict[str, str]) -> None:
    with _process(["lint", "-"], tmp_path, environment) as process:
        assert process.stdin is not None
        # A pipe holds 64 KiB: once more than that is written, the command is reading, and waits for more.
        process.stdin.write(b"#" * 300_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err.decode().strip()) == (130, b"", "interrupted")


def test_an_interrupt_while_the_command_is_loaded_shows_no_traceback(environment: dict[str, str]) -> None:
    script = (
        "import runpy, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder())\n"
        "runpy.run_module('cassette_tools', run_name='__main__')\n"
    )
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"")


def test_the_entry_point_ends_with_the_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cassette-tools", "lint", str(folder / "error.yaml")])
    with pytest.raises(SystemExit) as stop:
        main()
    gc.unfreeze()
    assert stop.value.code == 1


@pytest.mark.parametrize("args", [["lint", "."], ["lint", ".", "--format", "json"]], ids=["text", "json"])
def test_a_reader_that_goes_ends_the_report_in_silence(
    tmp_path: Path, environment: dict[str, str], args: list[str]
) -> None:
    interaction = ERROR.partition(b"interactions:\n")[2]
    (tmp_path / "many.yaml").write_bytes(b"version: 2\ninteractions:\n" + interaction * 900)
    with _process(args, tmp_path, environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.close()
        first = process.stdout.readline()
        process.stdout.close()  # `| head -1`
        err = process.stderr.read()
    assert first
    assert (process.returncode, err) == (2, b"")


def test_help_for_a_reader_that_has_gone_is_silent(tmp_path: Path, environment: dict[str, str]) -> None:
    with _process(["-h"], tmp_path, environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (2, b"")


def test_a_reader_of_stderr_that_has_gone_changes_nothing(folder: Path, environment: dict[str, str]) -> None:
    with _process(["lint", "error.yaml"], folder, environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stderr.close()
        process.stdin.close()
        out = process.stdout.read()
    assert process.returncode == 1
    assert out.startswith(b"error.yaml:5:33: error[CT202] status-code: ")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full: a device that is always full")
def test_a_full_disk_is_trouble_and_no_defect(folder: Path, environment: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "cassette_tools", "lint", "error.yaml"]
        result = subprocess.run(command, cwd=folder, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
    err = "error: the report cannot be written: no space left on device\n"
    assert (result.returncode, result.stderr.decode()) == (2, err)


def test_a_closed_stdout_swallows_the_report(folder: Path, environment: dict[str, str]) -> None:
    command = f'exec "{sys.executable}" -m cassette_tools lint error.yaml >&-'
    result = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stderr=subprocess.PIPE, check=False)
    assert (result.returncode, result.stderr) == (1, b"1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette\n")


def _raise(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "err"),
    [
        pytest.param(SystemExit(0), 0, "", id="a shell has its completions"),
        pytest.param(KeyboardInterrupt(), 130, "interrupted\n", id="interrupt"),
        pytest.param(click.Abort(), 130, "interrupted\n", id="interrupt inside click"),
        pytest.param(click.ClickException("no\x1b[31m way"), 2, "error: no\\x1b[31m way\n", id="click's error"),
        pytest.param(click.UsageError("no context"), 2, "error: no context\n", id="click's usage error"),
        pytest.param(CassetteToolsError("no\n::error"), 2, "error: no\\n::error\n", id="own error"),
        pytest.param(CassetteToolsError("no", "try"), 2, "error: no\n  hint: try\n", id="own error with a hint"),
        pytest.param(
            FileNotFoundError(2, "No such file or directory", "x\x1by"),
            2,
            "error: x\\x1by: no such file or directory\n",
            id="a file that goes while it is used",
        ),
        pytest.param(BrokenPipeError(32, "Broken pipe"), 2, "", id="a reader that goes at the very end"),
    ],
)
def test_every_error_has_its_code(
    error: BaseException, code: int, err: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exits, "let_go", lambda _: None)  # stdout is pytest's here
    assert exits.run(_raise(error)) == code
    assert capfd.readouterr() == ("", err)


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1), (2, 2)])
def test_a_command_decides_its_code(returned: int | None, code: int) -> None:
    assert exits.run(lambda: returned) == code


def test_an_internal_error_is_trouble_names_its_place_and_shows_nothing_raw(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "sk-" + "proj-" + "Qx7Lm2Vb9Tz4Wk3Rn8Hd6Yc1P"

    def broken(*_: object) -> None:
        raise RuntimeError(f"\x1b[31m {secret} \n::error")

    monkeypatch.setattr("cassette_tools.lint.engine.read_format", broken)
    (tmp_path / "x.yaml").write_bytes(HEALTHY)
    result = call("lint", "x.yaml")
    assert (result.returncode, result.stdout) == (2, "")
    first, note, hint = result.stderr.splitlines()
    assert first.startswith("error: internal error: RuntimeError at test_exit.py:")
    assert first.endswith(": \\x1b[31m " + "*" * 33 + " \\n::error")
    assert note == "  while checking x.yaml"
    assert hint == "  hint: this is a defect of cassette-tools; CASSETTE_TOOLS_TRACEBACK=1 shows the traceback"


def test_a_traceback_is_shown_on_request_and_changes_no_code(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("here")

    monkeypatch.setattr("cassette_tools.lint.engine.read_format", broken)
    (tmp_path / "x.yaml").write_bytes(HEALTHY)
    result = call("lint", "x.yaml", env={"CASSETTE_TOOLS_TRACEBACK": "1"})
    assert result.returncode == 2
    assert result.stderr.startswith("Traceback (most recent call last):\n")
    assert "RuntimeError: here\n" in result.stderr
