"""The options of ``lint``: what linters have taught people to expect, and nothing that turns a check off in silence."""

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cassette_tools.cli.progress import Progress

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BROKEN = """\
version: 2
interactions:
- id: 3
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 500 Broken, headers: {}, body: "[]"}
"""
FIXED = BROKEN.replace("id: 3", "id: 0").replace("500 Broken", "200 OK")
CLEAN = FIXED


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A cassette with a warning (CT109) and an error (CT202), and a clean one."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "x.yaml").write_text(BROKEN)
    (tmp_path / "clean.yaml").write_text(CLEAN)
    return tmp_path


def _codes(result: "subprocess.CompletedProcess[str]") -> list[str]:
    return re.findall(r" (?:error|warning|info)\[(CT[0-9]{3})\]", result.stdout)


@pytest.mark.parametrize(
    ("args", "codes", "code"),
    [
        ([], ["CT109", "CT202"], 1),
        (["--select", "CT2"], ["CT202"], 1),
        (["--select", "CT2,interaction-id"], ["CT109", "CT202"], 1),
        (["--select", "CT3", "--extend-select", "CT109"], ["CT109"], 1),
        (["--select", "CT3"], [], 0),
        (["--ignore", "status-code"], ["CT109"], 1),
        (["--ignore", "status-code", "--fail-on", "error"], ["CT109"], 0),
        (["--ignore", "CT1", "--ignore", "CT2"], [], 0),
        (["--exit-zero"], ["CT109", "CT202"], 0),
    ],
)
def test_rules_are_chosen_by_codes_prefixes_and_names(call: Run, args: list[str], codes: list[str], code: int) -> None:
    result = call("lint", "x.yaml", *args)
    assert (_codes(result), result.returncode) == (codes, code)


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("CT3011", "did you mean 'CT301'?"),
        ("CT2,yaml-sintax", "did you mean 'yaml-syntax'?"),
        ("zz", "`cassette-tools "),
    ],
)
def test_an_unknown_rule_stops_the_tool_and_the_closest_one_is_named(
    call: Run, option: str, value: str, hint: str
) -> None:
    result = call("lint", "x.yaml", option, value)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: no such rule: ")
    assert f"  hint: {hint}" in result.stderr


@pytest.mark.parametrize(
    "text", ['ignore = ["CT2O2"]', 'selct = ["CT2"]', "[per-file-ignores]\n'*' = ['CT22']", "[rules.CT22]\nx = 1", "["]
)
def test_a_configuration_that_is_wrong_stops_the_tool(call: Run, folder: Path, text: str) -> None:
    (folder / "cassette-tools.toml").write_text(text)
    result = call("lint", "x.yaml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: cassette-tools.toml")
    # Whatever the configuration says, it is not read.
    assert call("lint", "x.yaml", "--isolated").returncode == 1


def test_a_configuration_that_is_wrong_further_down_is_said_once_and_the_rest_is_checked(
    call: Run, folder: Path
) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "cassette-tools.toml").write_text("zzz = 1")
    (folder / "a" / "y.yaml").write_text(BROKEN)
    (folder / "a" / "z.yaml").write_text(BROKEN)
    result = call("lint", ".", "--select", "CT2")
    assert (_codes(result), result.returncode) == (["CT202"], 2)
    assert result.stderr.count("a/cassette-tools.toml:1: unknown key 'zzz'") == 1


def test_the_configuration_chooses_and_the_command_line_goes_over_it(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text('select = ["CT1"]\nfail-on = "error"')
    assert (_codes(call("lint", "x.yaml")), call("lint", "x.yaml").returncode) == (["CT109"], 0)
    assert _codes(call("lint", "x.yaml", "--select", "CT2")) == ["CT202"]
    assert call("lint", "x.yaml", "--fail-on", "warning").returncode == 1
    (folder / "other.toml").write_text('select = ["CT202"]')
    assert _codes(call("lint", "x.yaml", "--config", "other.toml")) == ["CT202"]
    assert _codes(call("lint", "x.yaml", "--isolated")) == ["CT109", "CT202"]
    missing = call("lint", "x.yaml", "--config", "nowhere.toml")
    assert (missing.returncode, missing.stderr) == (2, "error: nowhere.toml: no such file or directory\n")


def test_a_severity_of_the_configuration_holds(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text(
        '[rules.CT202]\nseverity = "info"\n[rules.interaction-id]\nseverity = "error"'
    )
    result = call("lint", "x.yaml", "--fail-on", "error")
    assert re.findall(r"(\w+)\[(CT[0-9]+)\]", result.stdout) == [("error", "CT109"), ("info", "CT202")]


def test_standard_input_has_the_configuration_of_the_place_that_it_is_said_to_have(call: Run, folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "cassette-tools.toml").write_text('[per-file-ignores]\n"chat.yaml" = ["CT202"]')
    result = call("lint", "-", "--stdin-filename", "a/chat.yaml", stdin=BROKEN.encode())
    assert _codes(result) == ["CT109"]
    assert "1 ignored" in result.stderr


def test_the_summary_says_what_was_hidden_and_no_ignores_shows_it(call: Run, folder: Path) -> None:
    (folder / "x.yaml").write_text(BROKEN.replace("id: 3", "id: 3 # cassette-tools: ignore[CT109] merged by hand"))
    assert call("lint", "x.yaml").stderr == "1 finding (1 error; 1 ignored, 1 fixable with --fix) in 1 of 1 cassette\n"
    assert call("lint", ".", "--write-baseline", "known.json").stderr == "1 entry in known.json\n"
    hidden = call("lint", "x.yaml", "--baseline", "known.json")
    assert (hidden.returncode, hidden.stdout) == (0, "")
    assert hidden.stderr == "1 cassette checked, nothing found (1 ignored, 1 in the baseline)\n"
    (folder / "cassette-tools.toml").write_text('baseline = "known.json"')
    assert call("lint", "x.yaml").returncode == 0
    shown = call("lint", "x.yaml", "--no-ignores")
    assert (_codes(shown), shown.returncode) == (["CT109", "CT202"], 1)


def test_a_baseline_that_is_not_there_stops_the_tool(call: Run) -> None:
    result = call("lint", "x.yaml", "--baseline", "nowhere.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "error: the baseline 'nowhere.json' cannot be read: no such file or directory\n  hint: `--write-baseline`"
    )


def test_fixes_are_made_shown_and_counted(call: Run, folder: Path) -> None:
    shown = call("lint", ".", "--diff")
    assert (shown.returncode, (folder / "x.yaml").read_text()) == (1, BROKEN)
    assert shown.stderr == "2 cassettes checked, nothing found (2 would be fixed)\n"
    assert shown.stdout == (
        "--- ./x.yaml\n+++ ./x.yaml\n@@ -1,5 +1,5 @@\n version: 2\n interactions:\n-- id: 3\n+- id: 0\n"
        '   request: {url: "https://api.example.com/v1/models", method: GET}\n'
        '-  response: {code: 200, status: 500 Broken, headers: {}, body: "[]"}\n'
        '+  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}\n'
    )
    fixed = call("lint", ".", "--fix")
    assert (fixed.returncode, fixed.stdout) == (0, "")
    assert fixed.stderr == "2 cassettes checked, nothing found (2 fixed)\n"
    assert (folder / "x.yaml").read_text() == FIXED
    again = call("lint", ".", "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_a_diff_is_coloured_on_demand(call: Run) -> None:
    shown = call("lint", "x.yaml", "--diff", "--color", "always").stdout
    assert "\x1b[31m-- id: 3\x1b[0m\n\x1b[32m+- id: 0\x1b[0m\n" in shown


def test_statistics_count_the_findings_of_each_rule(call: Run) -> None:
    text = call("lint", ".", "--statistics")
    assert text.stdout == "1  CT109  interaction-id  warning  [*]\n1  CT202  status-code     error    [*]\n"
    assert text.returncode == 1
    assert json.loads(call("lint", ".", "--statistics", "--format", "json").stdout)[0] == {
        "code": "CT109", "name": "interaction-id", "severity": "warning", "count": 1, "fixable": 1,
    }  # fmt: skip
    assert call("lint", "clean.yaml", "--statistics").stdout == ""


def test_the_files_that_would_be_checked_are_listed(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text('exclude = ["clean.*"]')
    result = call("lint", ".", "--show-files")
    assert (result.stdout, result.returncode) == ("./x.yaml\n", 0)
    assert call("lint", "no.yaml", "clean.yaml", "--show-files").returncode == 2


def test_the_settings_are_shown_and_could_be_a_configuration(call: Run, folder: Path) -> None:
    import tomllib

    (folder / "cassette-tools.toml").write_text(
        'select = ["CT30"]\nfail-on = "info"\nexclude = ["a/"]\nbaseline = "b.json"\n'
        '[per-file-ignores]\n"x*" = ["CT301"]\n[rules.CT110]\nmax-size = 7\n'
    )
    shown = call("lint", "x.yaml", "--show-settings").stdout
    assert shown.startswith("# cassette-tools.toml\n")
    assert tomllib.loads(shown) == {
        "select": ["CT301", "CT302", "CT303", "CT306", "CT307"],
        "fail-on": "info",
        "exclude": ["a/"],
        "baseline": "b.json",
        "per-file-ignores": {"x*": ["CT301"]},
        "rules": {"CT110": {"max-size": 7}},
    }
    assert call("lint", ".", "--show-settings", "--isolated").stdout.startswith("# no configuration file\n")


def test_what_is_secret_and_what_is_taken_out_is_shown_with_the_settings(call: Run, folder: Path) -> None:
    import tomllib

    text = """
[secrets]
allow = ["a[0-9]+", "b\\\\d"]

[[secrets.patterns]]
name = "acme"
regex = 'x"\\w{9}'
entropy = 2.5

[[secrets.patterns]]
name = "other"
regex = "y{9}"

[redact]
placeholders = "plain"
keep-headers = ["accept"]
"""
    (folder / "cassette-tools.toml").write_text(text)
    shown = tomllib.loads(call("lint", "x.yaml", "--show-settings").stdout)
    given = tomllib.loads(text)
    assert {key: shown[key] for key in given} == given


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "concise"])
@pytest.mark.parametrize("name", ["x.yaml", "clean.yaml"])
def test_a_report_is_written_to_a_file_also_when_nothing_is_found(
    call: Run, folder: Path, format_: str, name: str
) -> None:
    (folder / "report").write_text("an old one")
    on_stdout = call("lint", name, "--format", format_)
    to_file = call("lint", name, "--format", format_, "-o", "report")
    assert (to_file.returncode, to_file.stdout, to_file.stderr) == (on_stdout.returncode, "", on_stdout.stderr)
    assert (folder / "report").read_text() == on_stdout.stdout


def test_the_name_of_a_baseline_acts_on_no_terminal(call: Run, folder: Path) -> None:
    result = call("lint", "x.yaml", "--write-baseline", "a\x1b[2Jb")
    assert (result.returncode, (folder / "a\x1b[2Jb").exists()) == (0, True)
    assert result.stderr.endswith(" in a\\x1b[2Jb\n")


def test_a_report_that_cannot_be_written_is_an_error(call: Run) -> None:
    result = call("lint", "x.yaml", "-o", "no/report")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: 'no/report' cannot be written: no such file or directory\n"


def test_a_name_for_standard_input_that_is_not_read_is_said_not_to_be_used(call: Run) -> None:
    note = "note: --stdin-filename is not used: standard input is not read without the path -\n"
    assert call("lint", "clean.yaml", "--stdin-filename", "x.yaml").stderr.startswith(note)
    assert note not in call("lint", "-", "--stdin-filename", "x.yaml", stdin=CLEAN.encode()).stderr


def test_a_folder_with_the_name_of_a_configuration_is_said_to_be_none(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").mkdir()
    result = call("lint", "clean.yaml")
    assert (result.returncode, result.stdout) == (2, "")
    assert "cassette-tools.toml" in result.stderr


@pytest.mark.parametrize("redirected", [True, False], ids=["a file", "a pipe"])
def test_a_report_for_dev_stdout_goes_there(call: Run, folder: Path, redirected: bool) -> None:
    expected = call("lint", "x.yaml", "--format", "json").stdout
    command = [sys.executable, "-m", "cassette_tools", "lint", "x.yaml", "--format", "json", "-o", "/dev/stdout"]
    if not redirected:
        assert subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True).stdout == expected
        return
    log = folder / "log"
    log.write_text("an entry\n")
    with log.open("a") as stream:
        subprocess.run(command, cwd=folder, check=False, stdout=stream, stderr=subprocess.DEVNULL)
    assert log.read_text() == f"an entry\n{expected}"


@pytest.mark.parametrize(
    "command",
    [
        ["lint", "-o"],
        ["lint", "--write-baseline"],
        ["usage", "-o"],
        ["usage", "--format", "parquet", "-o"],
        ["summary", "-o"],
        ["reassemble", "-o"],
        ["diff", "clean.yaml", "-o"],
    ],
    ids=" ".join,
)
def test_no_output_takes_the_place_of_a_recording(call: Run, folder: Path, command: list[str]) -> None:
    (folder / "link.yaml").symlink_to("x.yaml")
    (folder / "cut.yaml").write_text(BROKEN + "  '")
    (folder / "notes.txt").write_text("a: 1\n")
    for name, target, what in (
        ("x.yaml", "x.yaml", "is read by this command"),
        ("x.yaml", "link.yaml", "is read by this command"),
        ("notes.txt", "notes.txt", "is read by this command"),
        ("x.yaml", "clean.yaml", "is"),  # what diff reads
        (".", "x.yaml", "is a recording"),
        (".", "cut.yaml", "is a recording"),
    ):
        before = (folder / target).read_text()
        result = call(*command, target, name)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(f"error: {target!r} {what}")
        assert "it would be lost" in result.stderr
        assert (folder / target).read_text() == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-q", "-v"], "--quiet cannot be used with --verbose"),
        (["--config", "a.toml", "--isolated"], "--config cannot be used with --isolated"),
        (["--fix", "--diff"], "--fix cannot be used with --diff"),
        (["--baseline", "a", "--write-baseline", "b"], "--baseline cannot be used with --write-baseline"),
        (["--write-baseline", "b", "--fix"], "--write-baseline cannot be used with --fix"),
        (["--statistics", "--diff"], "--statistics cannot be used with --diff"),
        (["-", "--fix"], "- cannot be used with --fix"),
    ],
)
def test_options_that_contradict_each_other_are_refused(call: Run, args: list[str], message: str) -> None:
    result = call("lint", "x.yaml", *args)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith(f"error: {message}\n")


def test_verbose_says_which_configuration_holds_and_what_was_passed_over(call: Run, folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "cassette-tools.toml").write_text("")
    (folder / "a" / "compose.yaml").write_text("services: {}\n")
    (folder / "a" / "y.yaml").write_text(CLEAN)
    result = call("lint", ".", "-v", "--ignore", "CT1,CT2")
    assert result.stderr.splitlines() == [
        "settings: no configuration file",
        "settings: a/cassette-tools.toml",
        "./a/compose.yaml: passed over: no cassette",
        "3 cassettes checked, nothing found, 1 other file skipped",
    ]


def test_under_github_actions_the_report_is_annotations(call: Run) -> None:
    result = call("lint", "x.yaml", env={"GITHUB_ACTIONS": "true"})
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()] == ["::warning", "::error"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_when_a_run_takes_over_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    terminal = _Terminal()
    progress = Progress(wanted=True, stream=terminal)
    for moment in (100.5, 100.9, 101.1, 101.15, 101.3):
        now[0] = moment
        progress.step()
    assert terminal.getvalue() == "\r3 files …\r5 files …"
    progress.clear()
    progress.clear()
    assert terminal.getvalue() == "\r3 files …\r5 files …\r\x1b[K"


def test_progress_is_not_shown_where_it_is_not_wanted_or_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    terminal, pipe = _Terminal(), io.StringIO()
    for progress in (Progress(wanted=False, stream=terminal), Progress(wanted=True, stream=pipe)):
        now[0] += 10
        progress.step()
        progress.clear()
    assert (terminal.getvalue(), pipe.getvalue()) == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_progress_is_gone_from_a_real_terminal_when_the_summary_comes(
    folder: Path, environment: dict[str, str]
) -> None:
    for number in range(60):
        (folder / f"{number}.yaml").write_text(CLEAN)
    script = (
        "import sys, cassette_tools.cli.progress as p; p._PATIENCE = p._PAUSE = 0.0;"
        "sys.argv = ['cassette-tools', 'lint', '.', '--select', 'CT3'];"
        "from cassette_tools.__main__ import main; main()"
    )
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=folder, env={**environment, "TERM": "xterm"}, stderr=follower,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    os.close(follower)
    written = b""
    while process.poll() is None or select.select([leader], [], [], 0.2)[0]:
        try:
            written += os.read(leader, 65536)
        except OSError:
            break
    process.communicate()
    os.close(leader)
    shown = written.decode()
    assert "\r60 files …" in shown
    assert shown.endswith("\r\x1b[K62 cassettes checked, nothing found\r\n")
