"""``cassette-tools redact``: what is shown, what is written, and what a run ends with."""

import gzip
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Run = Callable[..., "subprocess.CompletedProcess[str]"]

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
OTHER = "sk-" + "proj-" + "Ea8RiPo2Xn4Kt7BvQe6Mz9LwUy3Dh5Cj"
NAMED = "REDACTED-openai-project-key-1"
SECOND = "REDACTED-openai-project-key-2"
DIRTY = f"""\
version: 1
interactions:
- request:
    body: ''
    headers: {{Authorization: [Bearer {KEY}], X-Trace: [t1]}}
    url: https://api.example.com/v1?user=jo # kept
    method: GET
  response:
    body: '{{"key": "{KEY}"}}'
    headers: {{}}
    status: 200 OK
    code: 200
    duration: 1s
"""
CLEAN = DIRTY.replace(KEY, NAMED)
LEFT = (
    "not redacted: a secret also stands at line {line}, column {column}, where nothing is changed: "
    "in a comment or a key, say"
)
FAKE_KEY = {"CASSETTE_TOOLS_FAKE_KEY": "0123456789abcdef"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A cassette with a secret, one without, and a file that is none."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "dirty.yaml").write_text(DIRTY)
    (tmp_path / "clean.yaml").write_text(CLEAN)
    (tmp_path / "other.json").write_text('{"a": 1}')
    return tmp_path


def _shows_no_secret(result: "subprocess.CompletedProcess[str]") -> bool:
    shown = result.stdout + result.stderr
    return not any(secret[start : start + 5] in shown for secret in (KEY, OTHER) for start in range(8, len(secret) - 5))


# --- what is shown --------------------------------------------------------------------------------------------------


def test_by_default_a_diff_is_shown_and_nothing_is_written(call: Run, folder: Path) -> None:
    result = call("redact", "dirty.yaml")
    assert result.stdout == (
        "--- dirty.yaml\n+++ dirty.yaml\n@@ -2,11 +2,11 @@\n interactions:\n - request:\n     body: ''\n"
        f"-    headers: {{Authorization: [Bearer {'*' * len(KEY)}], X-Trace: [t1]}}\n"
        f"+    headers: {{Authorization: [Bearer {NAMED}], X-Trace: [t1]}}\n"
        "     url: https://api.example.com/v1?user=jo # kept\n     method: GET\n   response:\n"
        f'-    body: \'{{"key": "{"*" * len(KEY)}"}}\'\n'
        f'+    body: \'{{"key": "{NAMED}"}}\'\n'
        "     headers: {}\n     status: 200 OK\n     code: 200\n"
    )
    assert result.stderr == "2 places would be redacted in 1 of 1 cassette\n"
    assert result.returncode == 0
    assert (folder / "dirty.yaml").read_text() == DIRTY


def test_nothing_is_shown_of_what_needs_no_change(call: Run) -> None:
    result = call("redact", "clean.yaml")
    assert (result.stdout, result.stderr) == ("", "0 places would be redacted in 0 of 1 cassette\n")
    assert result.returncode == 0


def test_bodies_in_files_of_their_own_are_said_not_to_be_looked_at(call: Run, tmp_path: Path) -> None:
    (tmp_path / "page.har").write_text(
        """{"log": {"version": "1.2", "creator": {}, "entries": [{
        "request": {"method": "POST", "url": "https://a.example/", "headers": [], "postData": {"_file": "1.json"}},
        "response": {"status": 200, "headers": [], "content": {"size": 9, "mimeType": "text/html", "_file": "2.html"}}
        }]}}"""
    )
    said = "2 bodies in files of their own not looked at"
    assert call("redact", "page.har").stderr == f"0 places would be redacted in 0 of 1 cassette; {said}\n"
    assert call("lint", "page.har").stderr == f"1 cassette checked, nothing found, {said}\n"


def test_quiet_says_nothing_besides(call: Run) -> None:
    for args in (["clean.yaml"], ["dirty.yaml", "--write"]):
        result = call("redact", "--quiet", *args)
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("args", "env", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_a_diff_is_coloured_where_that_is_wanted(
    call: Run, args: list[str], env: dict[str, str], coloured: bool
) -> None:
    result = call("redact", "dirty.yaml", *args, env=env)
    assert ("\x1b[31m-    headers" in result.stdout) is coloured
    assert ("\x1b" in result.stdout) is coloured


def test_check_says_where_and_exits_with_1(call: Run, folder: Path) -> None:
    result = call("redact", "--check", "dirty.yaml", "clean.yaml")
    assert result.stdout == "dirty.yaml: 2 openai-project-key\n"
    assert result.stderr == "2 places would be redacted in 1 of 2 cassettes\n"
    assert result.returncode == 1
    assert (folder / "dirty.yaml").read_text() == DIRTY
    assert call("redact", "--check", "clean.yaml").returncode == 0


def test_no_secret_is_shown_whatever_is_asked_for(call: Run, folder: Path) -> None:
    (folder / "key.yaml").write_text(DIRTY.replace("form", KEY) + f"{KEY}: {OTHER}\n# {OTHER}\n")
    (folder / "broken.yaml").write_text(DIRTY + f'"{KEY}')
    wishes: list[list[str]] = [[], ["--check"], ["-o", "out"], ["--fake"], ["--delete-headers", "authorization"]]
    for args in [*wishes, ["--ignore", "CT6", "--query", "user"], ["--write"]]:
        result = call("redact", ".", *args, env=FAKE_KEY)
        assert result.returncode == 2
        assert _shows_no_secret(result), (args, result.stdout, result.stderr)


# --- what is written ------------------------------------------------------------------------------------------------


def test_write_changes_the_files(call: Run, folder: Path) -> None:
    (folder / "clean.yaml").write_text(CLEAN.replace(NAMED, "REDACTED"))
    result = call("redact", "--write", ".")
    assert (result.stdout, result.stderr) == ("", "2 places redacted in 1 of 2 cassettes\n")
    assert result.returncode == 0
    assert (folder / "dirty.yaml").read_text() == CLEAN
    assert call("redact", "--check", ".").returncode == 0


def test_what_needs_no_change_is_not_written(call: Run, folder: Path) -> None:
    before = (folder / "clean.yaml").stat()
    call("redact", "--write", ".")
    assert (folder / "clean.yaml").stat() == before


def test_the_mode_of_a_file_stays(call: Run, folder: Path) -> None:
    (folder / "dirty.yaml").chmod(0o640)
    call("redact", "--write", "dirty.yaml")
    assert stat.S_IMODE((folder / "dirty.yaml").stat().st_mode) == 0o640


def test_the_target_of_a_link_is_edited(call: Run, folder: Path) -> None:
    (folder / "far").mkdir()
    (folder / "dirty.yaml").rename(folder / "far" / "real.yaml")
    (folder / "dirty.yaml").symlink_to("far/real.yaml")
    assert call("redact", "--write", "dirty.yaml").returncode == 0
    assert (folder / "dirty.yaml").is_symlink()
    assert (folder / "far" / "real.yaml").read_text() == CLEAN


def test_a_packed_file_is_packed_again(call: Run, folder: Path) -> None:
    (folder / "x.yaml.gz").write_bytes(gzip.compress(DIRTY.encode()))
    result = call("redact", "x.yaml.gz")
    assert "+    headers: {Authorization: [Bearer REDACTED-openai-project-key-1]" in result.stdout
    assert call("redact", "--write", "x.yaml.gz").returncode == 0
    assert gzip.decompress((folder / "x.yaml.gz").read_bytes()).decode() == CLEAN


def test_a_folder_takes_copies_of_all_cassettes(call: Run, folder: Path) -> None:
    (folder / "clean.yaml").write_text(CLEAN.replace(NAMED, "REDACTED"))
    (folder / "inner").mkdir()
    (folder / "inner" / "deep.yaml").write_text(DIRTY)
    result = call("redact", ".", "-o", "out")
    assert (result.stdout, result.returncode) == ("", 0)
    assert result.stderr == "4 places redacted in 2 of 3 cassettes\n"
    written = {str(path.relative_to(folder / "out")): path.read_text() for path in (folder / "out").rglob("*.*")}
    assert written == {
        "dirty.yaml": CLEAN,
        "clean.yaml": CLEAN.replace(NAMED, "REDACTED"),
        "inner/deep.yaml": CLEAN,
    }
    assert (folder / "dirty.yaml").read_text() == DIRTY


def test_a_copy_never_takes_the_place_of_its_file(call: Run, tmp_path: Path) -> None:
    (tmp_path / "dirty.yaml").write_text(DIRTY)
    result = call("redact", "dirty.yaml", "-o", ".")
    assert (result.returncode, (tmp_path / "dirty.yaml").read_text()) == (2, DIRTY)
    assert "dirty.yaml: not redacted: its copy would take its place" in result.stderr


def test_a_copy_of_a_file_from_elsewhere_lies_below_the_folder(
    call: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere") / "x.yaml"
    other.write_text(DIRTY)
    assert call("redact", str(other), "-o", "out").returncode == 0
    assert (folder / "out" / str(other).lstrip("/")).read_text() == CLEAN


@pytest.mark.parametrize("args", [["--write"], []])
def test_standard_input_goes_to_standard_output(run: Run, args: list[str]) -> None:
    result = run("redact", "-", *args, stdin=DIRTY.encode())
    assert result.returncode == 0
    if args:
        assert result.stdout == CLEAN
        assert result.stderr == "2 places redacted in 1 of 1 cassette\n"
    else:
        assert result.stdout.startswith("--- <stdin>\n+++ <stdin>\n@@ ")


def test_standard_input_that_needs_no_change_goes_through(run: Run) -> None:
    result = run("redact", "-", "--write", "--quiet", stdin=b"\xef\xbb\xbf" + CLEAN.replace("\n", "\r\n").encode())
    assert result.stdout == "\ufeff" + CLEAN.replace("\n", "\r\n")
    assert result.returncode == 0


def test_a_value_has_one_name_in_all_files(call: Run, folder: Path) -> None:
    (folder / "a.yaml").write_text(DIRTY.replace(KEY, OTHER, 1))
    (folder / "b.yaml").write_text(DIRTY.replace(KEY, OTHER))
    assert call("redact", "--write", "a.yaml", "b.yaml", "dirty.yaml").returncode == 0
    assert (folder / "a.yaml").read_text() == DIRTY.replace(KEY, NAMED, 1).replace(KEY, SECOND)
    assert (folder / "b.yaml").read_text() == DIRTY.replace(KEY, NAMED)
    assert (folder / "dirty.yaml").read_text() == DIRTY.replace(KEY, SECOND)


def test_a_name_that_another_file_of_the_run_has_already_is_not_used(call: Run, folder: Path) -> None:
    (folder / "a.yaml").write_text(DIRTY)
    (folder / "z.yaml.gz").write_bytes(gzip.compress(CLEAN.encode()))
    assert call("redact", "--write", "a.yaml", "z.yaml.gz").returncode == 0
    assert (folder / "a.yaml").read_text() == DIRTY.replace(KEY, SECOND)
    assert gzip.decompress((folder / "z.yaml.gz").read_bytes()).decode() == CLEAN


# --- trouble --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_redacted_is_listed_and_the_others_are_done(call: Run, folder: Path) -> None:
    (folder / "a.yaml").write_text(DIRTY + f"# {KEY}\n")
    (folder / "b.yaml").write_text(DIRTY + "\x07")
    result = call("redact", "--write", "a.yaml", "b.yaml", "nowhere.yaml", "dirty.yaml", "other.json")
    assert result.returncode == 2
    assert result.stdout == ""
    assert re.findall("^error: .*", result.stderr, re.MULTILINE) == [
        f"error: a.yaml: {LEFT.format(line=14, column=3)}",
        "error: b.yaml:14:1: the control character U+0007 is not allowed in YAML",
        "error: no such file or folder: 'nowhere.yaml'",
        "error: other.json: not a cassette: it holds no interactions",
    ]
    assert result.stderr.endswith("2 places redacted in 1 of 1 cassette; 4 files not: see above\n")
    assert (folder / "a.yaml").read_text() == DIRTY + f"# {KEY}\n"
    assert (folder / "dirty.yaml").read_text() == CLEAN


def test_what_cannot_be_read_is_listed_if_it_was_named_or_looks_like_a_cassette(call: Run, folder: Path) -> None:
    (folder / "x.yaml.gz").write_bytes(b"no gzip")
    (folder / "list.yaml").write_text("- interactions\n")
    result = call("redact", ".", "x.yaml.gz")
    assert result.returncode == 2
    assert re.findall("^error: .*", result.stderr, re.MULTILINE) == [
        "error: ./x.yaml.gz: broken gzip data: Not a gzipped file (b'no')"
    ]
    assert "list.yaml: " in call("redact", "list.yaml").stderr


def test_a_folder_that_cannot_be_written_to_leaves_the_file(
    call: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    result = call("redact", "--write", "dirty.yaml")
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == "error: dirty.yaml: not written: permission denied; it is as it was"
    assert result.stderr.endswith("0 places redacted in 0 of 0 cassettes; 1 file not: see above\n")
    assert (folder / "dirty.yaml").read_text() == DIRTY


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_read_only_folder_leaves_the_file(call: Run, folder: Path) -> None:
    folder.chmod(0o555)
    try:
        result = call("redact", "--write", "dirty.yaml")
    finally:
        folder.chmod(0o755)
    assert result.returncode == 2
    assert "error: dirty.yaml: not written: permission denied; it is as it was" in result.stderr


def test_a_folder_for_copies_that_cannot_be_made_is_an_error(call: Run, folder: Path) -> None:
    (folder / "out").write_text("a file")
    result = call("redact", "dirty.yaml", "-o", "out")
    assert result.returncode == 2
    assert result.stderr.startswith("error: out/dirty.yaml: not written: ")


def test_where_there_is_no_cassette_there_is_nothing_to_do(call: Run, folder: Path) -> None:
    (folder / "dirty.yaml").unlink()
    (folder / "clean.yaml").unlink()
    result = call("redact", ".")
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == "error: no cassette found in 1 file"
    result = call("redact", "other.json", "--skip-unknown")
    assert (result.stderr, result.returncode) == ("0 places would be redacted in 0 of 0 cassettes\n", 0)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--write", "--check"], "--write cannot be used with --check"),
        (["--check", "-o", "x"], "--check cannot be used with --output"),
        (["--write", "-o", "x"], "--write cannot be used with --output"),
        (["-", "-o", "x"], "--output takes files and folders: what standard input holds has no name"),
        (["--config", "x.toml", "--isolated"], "--config cannot be used with --isolated"),
        (["--fake", "--placeholders", "plain"], "--fake cannot be used with --placeholders plain"),
        (["--placeholders", "x"], "invalid value for '--placeholders': 'x' is not one of 'named', 'plain', 'fake'"),
        (["--config", "nowhere.toml"], "nowhere.toml: no such file or directory"),
        (["--select", "CT3"], "'CT3' is not a rule about secrets"),
        (["--ignore", "content-length"], "'content-length' is not a rule about secrets"),
        (["--extend-select", "CT699"], "no such rule: 'CT699'"),
        (["--json-path", "$["], "'$[' is not a JSONPath: "),
        (
            ["--known-secret-env", "NOT_SET_AT_ALL"],
            "--known-secret-env: the environment variable 'NOT_SET_AT_ALL' is not set",
        ),
        (["--gitleaks-config", "nowhere.toml"], "nowhere.toml: no such file or directory"),
        (["--fake"], "fakes are made with a key, and the environment variable CASSETTE_TOOLS_FAKE_KEY is not set"),
    ],
)
def test_an_option_that_cannot_be_used_stops_the_run(call: Run, folder: Path, args: list[str], message: str) -> None:
    result = call("redact", "dirty.yaml", "--write" if not set(args) & {"--check", "-o", "--write"} else "-q", *args)
    assert result.returncode == 2
    assert f"error: {message}" in result.stderr
    assert (folder / "dirty.yaml").read_text() == DIRTY


def test_a_key_for_fakes_that_is_short_is_an_error(call: Run) -> None:
    result = call("redact", "dirty.yaml", "--fake", env={"CASSETTE_TOOLS_FAKE_KEY": "0123456789abcde"})
    assert result.returncode == 2
    assert "CASSETTE_TOOLS_FAKE_KEY has fewer than 16 characters\n" in result.stderr
    assert "0123456789" not in result.stderr


# --- policies -------------------------------------------------------------------------------------------------------

HEADERS = {"Authorization": [f"Bearer {NAMED}"], "X-Trace": ["t1"]}


@pytest.mark.parametrize(
    ("args", "table", "headers", "url", "body"),
    [
        ([], "", HEADERS, "jo", NAMED),
        (["--headers", "x-trace,y"], "headers = ['x-trace']",
         {**HEADERS, "X-Trace": ["REDACTED-x-trace-1"]}, "jo", NAMED),
        (["--keep-headers", "x-trace"], "keep-headers = ['x-trace']", {"X-Trace": ["t1"]}, "jo", NAMED),
        (["--delete-headers", "authorization, x-trace"], "delete-headers = ['authorization', 'x-trace']",
         {}, "jo", NAMED),
        (["--query", "user"], "query = ['user']", HEADERS, "REDACTED-user-1", NAMED),
        (["--placeholders", "plain"], "placeholders = 'plain'",
         {**HEADERS, "Authorization": ["Bearer REDACTED"]}, "jo", "REDACTED"),
        (["--select", "CT601"], "select = ['CT601']", HEADERS, "jo", NAMED),
        (["--select", "CT602"], "select = ['CT602']", {**HEADERS, "Authorization": [f"Bearer {KEY}"]}, "jo", KEY),
        (["--ignore", "CT6"], "ignore = ['CT6']", {**HEADERS, "Authorization": [f"Bearer {KEY}"]}, "jo", KEY),
        (["--json-path", "$.key", "--ignore", "CT6"], "json-paths = ['$.key']\nignore = ['CT6']",
         {**HEADERS, "Authorization": ["Bearer REDACTED-key-1"]}, "jo", "REDACTED-key-1"),
    ],
    ids=["", "headers", "keep", "delete", "query", "plain", "select", "select another", "ignore", "JSON path"],
)  # fmt: skip
def test_options_and_the_configuration_say_the_same(
    call: Run, folder: Path, args: list[str], table: str, headers: dict[str, list[str]], url: str, body: str
) -> None:
    for given, text in ((args, ""), ([], f"[redact]\n{table}\n")):
        (folder / "cassette-tools.toml").write_text(text)
        (folder / "dirty.yaml").write_text(DIRTY)
        result = call("redact", "dirty.yaml", "--write", *given)
        assert result.returncode == 0, result.stderr
        (interaction,) = yaml.safe_load((folder / "dirty.yaml").read_text())["interactions"]
        assert interaction["request"]["headers"] == headers
        assert interaction["request"]["url"] == f"https://api.example.com/v1?user={url}"
        assert interaction["response"]["body"] == f'{{"key": "{body}"}}'


def test_form_fields_come_from_options_and_the_configuration(call: Run, folder: Path) -> None:
    form = DIRTY.replace("X-Trace: [t1]", "Content-Type: [application/x-www-form-urlencoded]").replace(
        "body: ''", "body: 'user=jo&x=1'"
    )
    for given, text in ((["--form-fields", "user"], ""), ([], "[redact]\nform-fields = ['user']\n")):
        (folder / "cassette-tools.toml").write_text(text)
        (folder / "dirty.yaml").write_text(form)
        assert call("redact", "dirty.yaml", "--write", *given).returncode == 0
        assert "body: 'user=REDACTED-user-1&x=1'" in (folder / "dirty.yaml").read_text()


def test_what_a_path_leads_to_and_stays_is_said(call: Run, folder: Path) -> None:
    for name in ("dirty.yaml", "clean.yaml"):
        (folder / name).write_text(CLEAN.replace('"key"', '"yes": true, "user": {"id": "jo"}, "key"'))
    result = call("redact", "dirty.yaml", "clean.yaml", "--write", "--json-path", "$.user", "--json-path", "$.yes")
    assert result.stderr == (
        "warning: $.user leads to an object in 2 places, which stays: only strings and numbers are taken out\n"
        "warning: $.yes leads to a boolean in 2 places, which stays: only strings and numbers are taken out\n"
        "0 places redacted in 0 of 2 cassettes\n"
    )
    assert result.returncode == 0


def test_the_command_line_goes_over_the_configuration_or_adds_to_it(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text(
        "[redact]\nselect = ['CT602']\nplaceholders = 'plain'\nkeep-headers = ['authorization', 'x-trace']\n"
        "headers = ['x-trace']\nignore = ['CT601']\n"
    )
    result = call(
        "redact", "dirty.yaml", "--write", "--select", "CT6", "--placeholders", "named", "--query", "user",
        "--keep-headers", "X-TRACE",
    )  # fmt: skip
    assert result.returncode == 0
    text = (folder / "dirty.yaml").read_text()
    assert "headers: {X-Trace: [REDACTED-x-trace-1]}" in text
    assert f'"key": "{NAMED}"' in text
    assert "user=REDACTED-user-1 # kept" in text
    (folder / "dirty.yaml").write_text(DIRTY)
    assert call("redact", "dirty.yaml", "--write", "--isolated").returncode == 0
    assert (folder / "dirty.yaml").read_text() == CLEAN


def test_each_folder_has_its_configuration_and_all_share_the_names(call: Run, folder: Path) -> None:
    for name, table in (("a", "delete-headers = ['x-trace']"), ("b", "query = ['user']")):
        (folder / name).mkdir()
        (folder / name / "cassette-tools.toml").write_text(f"[redact]\n{table}\n")
        (folder / name / "x.yaml").write_text(DIRTY)
    assert call("redact", "a", "b", "--write").returncode == 0
    assert (folder / "a" / "x.yaml").read_text() == CLEAN.replace(", X-Trace: [t1]", "")
    assert (folder / "b" / "x.yaml").read_text() == CLEAN.replace("user=jo", "user=REDACTED-user-1")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("select = ['CT3']", "cassette-tools.toml:1: redact: 'CT3' is not a rule about secrets"),
        ("ignore = ['CT699']", "cassette-tools.toml:1: redact: no such rule: 'CT699'"),
        ("placeholders = 'x'", "cassette-tools.toml:2: redact.placeholders: "),
        ("headers = 'x'", "cassette-tools.toml:2: redact.headers: "),
        ("heders = ['x']", "cassette-tools.toml:2: redact: unknown key 'heders'"),
        ("json-paths = ['$[']", "'$[' is not a JSONPath: "),
        ("placeholders = 'fake'", "fakes are made with a key, and the environment variable CASSETTE_TOOLS_FAKE_KEY"),
    ],
)
def test_a_configuration_that_cannot_be_used_stops_the_run(call: Run, folder: Path, table: str, message: str) -> None:
    (folder / "cassette-tools.toml").write_text(f"[redact]\n{table}\n")
    result = call("redact", "dirty.yaml", "--write")
    assert result.returncode == 2
    assert f"error: {message}" in result.stderr
    assert (folder / "dirty.yaml").read_text() == DIRTY


def test_persons_are_taken_out_where_that_is_asked_for(call: Run, folder: Path) -> None:
    address = "jane.doe" + "@" + "acme-corp.com"
    (folder / "dirty.yaml").write_text(DIRTY.replace(KEY, address))
    assert call("redact", "--check", "dirty.yaml", "--ignore", "CT601").returncode == 0
    result = call("redact", "--write", "dirty.yaml", "--extend-select", "CT608")
    assert result.returncode == 0
    assert address not in (folder / "dirty.yaml").read_text()


def test_fakes_are_the_same_for_the_same_key_and_others_for_another(call: Run, folder: Path) -> None:
    def made(key: str) -> str:
        (folder / "dirty.yaml").write_text(DIRTY)
        assert call("redact", "--write", "dirty.yaml", "--fake", env={"CASSETTE_TOOLS_FAKE_KEY": key}).returncode == 0
        return (folder / "dirty.yaml").read_text()

    one, again, other = made("0123456789abcdef"), made("0123456789abcdef"), made("fedcba9876543210")
    assert one == again
    assert len({len(text) for text in (DIRTY, one, other)}) == 1
    fakes = [re.findall("sk-proj-[A-Za-z0-9]+", text) for text in (one, other)]
    assert [len(set(found)) for found in fakes] == [1, 1]
    assert fakes[0] != fakes[1]
    assert all("FAKE" in found[0] for found in fakes)
    assert call("redact", "--check", "dirty.yaml").returncode == 0


# --- more secrets ---------------------------------------------------------------------------------------------------


def test_a_known_value_is_taken_out_whatever_it_looks_like(call: Run, folder: Path) -> None:
    value = "correct horse " + "battery"
    (folder / "x.yaml").write_text(DIRTY.replace(KEY, value))
    result = call("redact", "--write", "x.yaml", "--known-secret-env", "MY_PHRASE", env={"MY_PHRASE": value})
    assert result.returncode == 0
    assert (folder / "x.yaml").read_text() == DIRTY.replace(KEY, "REDACTED-my-phrase-1")


def test_a_known_value_that_no_value_of_a_cassette_holds_is_still_one(call: Run, folder: Path) -> None:
    value = "correct horse " + "battery"
    (folder / "clean.yaml").write_text(CLEAN + f"# {value}\n")
    result = call("redact", "--check", "clean.yaml", "--known-secret-env", "MY_PHRASE", env={"MY_PHRASE": value})
    assert result.returncode == 2
    assert "error: clean.yaml: not redacted: a secret also stands at line 14, column 3, where nothing" in result.stderr
    assert value not in result.stderr


def test_rules_of_gitleaks_are_used_and_those_that_cannot_be_are_named(call: Run, folder: Path) -> None:
    (folder / "gitleaks.toml").write_text(
        "[[rules]]\nid = 'acme'\nregex = 'jo # kept|user=(jo)'\n[[rules]]\nid = 'files'\npath = 'x'\n"
    )
    result = call("redact", "--write", "dirty.yaml", "--gitleaks-config", "gitleaks.toml")
    assert result.returncode == 0
    assert "warning: gitleaks: files: not used: " in result.stderr
    assert "?user=REDACTED-acme-1 # kept" in (folder / "dirty.yaml").read_text()


def test_patterns_of_the_configuration_are_used(call: Run, folder: Path) -> None:
    (folder / "cassette-tools.toml").write_text("[[secrets.patterns]]\nname = 'acme-user'\nregex = 'user=([a-z]+)'\n")
    assert call("redact", "--write", "dirty.yaml").returncode == 0
    assert (folder / "dirty.yaml").read_text() == CLEAN.replace("user=jo", "user=REDACTED-acme-user-1")


# --- others at work -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_a_file_that_changes_meanwhile_is_left_alone(
    call: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    from cassette_tools.operations.redaction import redact

    real = redact.Redactor.redact
    path = folder / "dirty.yaml"

    def slow(self: redact.Redactor, data: bytes, name: str) -> redact.RedactedCassette:
        redacted = real(self, data, name)
        path.write_text(DIRTY + "# more\n")
        if change == "gone":
            path.unlink()
        return redacted

    monkeypatch.setattr(redact.Redactor, "redact", slow)
    result = call("redact", "--write", "dirty.yaml")
    assert result.returncode == 2
    assert "error: dirty.yaml: not redacted: the file was changed in the meantime" in result.stderr
    assert path.exists() is (change == "changed")
    assert change == "gone" or path.read_text() == DIRTY + "# more\n"


def test_a_defect_names_the_file(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from cassette_tools.operations.redaction import redact

    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(redact.Redactor, "redact", fail)
    result = call("redact", "--write", "dirty.yaml")
    assert result.returncode == 2
    assert "internal error: ZeroDivisionError at test_redact.py:" in result.stderr
    assert "  while redacting dirty.yaml\n" in result.stderr
