"""Which files are checked and which are passed over: never, in silence, one that may be a recording."""

import gzip
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEALTHY = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
BROKEN = HEALTHY.replace("code: 200", "code: 404")

COMPOSE = "services:\n  web:\n    image: nginx\n"
WORKFLOW = "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n    - run: make\n"
OPENAPI = """\
openapi: 3.1.0
paths:
  /v1/models:
    get:
      requestBody: {content: {}}
      responses: {'200': {description: the interactions}}
"""
HELM = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
{{- range .Values.interactions }}
  request: {{ . | quote }}
  response: {{ . }}
{{- end }}
"""
PACT = """\
{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [
  {"description": "x", "request": {"method": "GET", "path": "/x"}, "response": {"status": 200}}
]}
"""
OTHERS = {
    "a Compose file": COMPOSE, "a workflow": WORKFLOW, "an OpenAPI document": OPENAPI, "an empty file": "",
    "a Pact contract": PACT,
    "a stub of WireMock": '{"request": {"method": "GET", "url": "/x"}, "response": {"status": 200}}',
    "interactions of a page": "interactions:\n- click\n",
}  # fmt: skip
# The start of a recording whose rest was lost: what is left is no YAML, but says what it was.
TRUNCATED = {
    "go-vcr": HEALTHY[:60],
    "go-vcr 4, in blocks": "---\nversion: 2\ninteractions:\n    - id: 0\n      request:\n        proto: 'HTTP/1.1",
    "VCR.py": 'interactions:\n- request:\n    body: \'{"a": 1',
    "Ruby VCR": '---\nhttp_interactions:\n- request:\n    method: get\n    uri: "https://exa',
    "JSON": '{"interactions": [{"request": {"method": "GET", "uri": "https://exa',
    "an interaction alone": "request:\n  url: https://example.com/\nresponse:\n  body: 'abc",
}


def _heads(result: "subprocess.CompletedProcess[str]") -> list[str]:
    """Path and rule of every finding."""
    heads = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    return [re.sub(r":.*?\[(CT\d{3})\].*", r" \1", head) for head in heads]


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_a_file_that_is_no_cassette_is_reported_when_it_is_named_and_else_passed_over(
    call: Run, tmp_path: Path, text: str
) -> None:
    (tmp_path / "x.yaml").write_text(text)
    named = call("lint", "x.yaml")
    assert (named.returncode, _heads(named)) == (1, ["x.yaml CT105"])
    from_stdin = call("lint", "-", stdin=text.encode())
    assert (from_stdin.returncode, _heads(from_stdin)) == (1, ["<stdin> CT105"])
    (tmp_path / "good.yaml").write_text(HEALTHY)
    for args in (["."], ["*.yaml"], ["x.yaml", "good.yaml", "--skip-unknown"]):
        result = call("lint", *args)
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr == "1 cassette checked, nothing found, 1 other file skipped\n"
    result = call("lint", "-", "--skip-unknown", stdin=text.encode())
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "no cassette checked, 1 other file skipped\n"


def test_what_is_no_yaml_either_is_reported_when_it_is_named_and_else_passed_over(call: Run, tmp_path: Path) -> None:
    (tmp_path / "chart.yaml").write_text(HELM.replace("request", "name").replace("response", "value"))
    (tmp_path / "good.yaml").write_text(HEALTHY)
    assert _heads(call("lint", "chart.yaml", "good.yaml")) == ["chart.yaml CT101"]
    for args in (["."], ["*.yaml"], ["chart.yaml", "good.yaml", "--skip-unknown"]):
        result = call("lint", *args)
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr == "1 cassette checked, nothing found, 1 other file skipped\n"


@pytest.mark.parametrize("text", TRUNCATED.values(), ids=TRUNCATED.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_was_a_cassette_is_never_passed_over(call: Run, tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "x.yaml").write_bytes(text.encode(encoding))
    for args in (["x.yaml"], ["x.yaml", "--skip-unknown"], ["*.yaml"], [str(tmp_path)]):
        result = call("lint", *args)
        assert result.returncode == 1, args
        assert _heads(result)[0].endswith("x.yaml CT101")
    result = call("lint", "-", "--skip-unknown", stdin=text.encode(encoding))
    assert (result.returncode, _heads(result)) == (1, ["<stdin> CT101"])


def test_a_recording_of_no_format_is_never_passed_over(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("interactions:\n- request: {verb: GET}\n  response: {}\n")
    for args in (["x.yaml"], ["x.yaml", "--skip-unknown"], ["."]):
        result = call("lint", *args)
        assert result.returncode == 1
        assert [head.removeprefix("./") for head in _heads(result)] == ["x.yaml CT105"]


def test_folders_are_searched_in_order_for_files_with_the_suffixes_of_cassettes(call: Run, tmp_path: Path) -> None:
    for name in ("b/2.yml", "b/1.yaml", "a/x.yaml", "a/deep/er/y.yaml", ".hidden/h.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BROKEN)
    (tmp_path / "b" / "3.yaml.gz").write_bytes(gzip.compress(BROKEN.encode()))
    (tmp_path / "b" / "4.yml.gz").write_bytes(gzip.compress(BROKEN.encode()))
    for name in ("notes.txt", "b/x.yaml.orig", "b/yaml"):
        (tmp_path / name).write_text(BROKEN)
    result = call("lint", "b", "a", ".hidden")
    names = ["b/1.yaml", "b/2.yml", "b/3.yaml.gz", "b/4.yml.gz", "a/x.yaml", "a/deep/er/y.yaml", ".hidden/h.yaml"]
    assert _heads(result) == [f"{name} CT202" for name in names]
    assert result.stderr == "7 findings (7 errors; 7 fixable with --fix) in 7 of 7 cassettes\n"
    # A file that is named may be called what it likes.
    assert _heads(call("lint", "notes.txt")) == ["notes.txt CT202"]


def test_a_suffix_may_be_in_upper_case(call: Run, tmp_path: Path) -> None:
    (tmp_path / "UP.YAML").write_text(BROKEN)
    (tmp_path / "up.Yml.GZ").write_bytes(gzip.compress(BROKEN.encode()))
    assert [head.removeprefix("./") for head in _heads(call("lint", "."))] == ["UP.YAML CT202", "up.Yml.GZ CT202"]


def test_a_name_that_leads_nowhere_is_not_shown_at_any_length(call: Run) -> None:
    for name in ("x" * 100_000, "*" + "x" * 100_000):
        result = call("lint", name)
        assert result.returncode == 2
        assert len(result.stderr) < 1000


def test_a_pattern_is_expanded_and_a_file_is_checked_once(call: Run, tmp_path: Path) -> None:
    for name in ("a/1.yaml", "a/b/2.yaml", "3.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BROKEN)
    assert _heads(call("lint", "**/*.yaml")) == ["3.yaml CT202", "a/1.yaml CT202", "a/b/2.yaml CT202"]
    assert _heads(call("lint", "a/?.yaml")) == ["a/1.yaml CT202"]
    once = call("lint", "3.yaml", "./3.yaml", "*.yaml", str(tmp_path / "3.yaml"))
    assert (_heads(once), once.stderr) == (
        ["3.yaml CT202"],
        "1 finding (1 error; 1 fixable with --fix) in 1 of 1 cassette\n",
    )


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x[1].yaml").write_text(BROKEN)
    assert _heads(call("lint", "x[1].yaml")) == ["x[1].yaml CT202"]


def test_what_git_ignores_is_left_out_of_a_folder_and_checked_when_it_is_named(call: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("out/\n*.tmp.yaml\n!keep.tmp.yaml\n")
    for name in ("x.yaml", "x.tmp.yaml", "keep.tmp.yaml", "out/x.yaml", ".git/x.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BROKEN)
    found = [head.removeprefix("./") for head in _heads(call("lint", "."))]
    assert found == ["keep.tmp.yaml CT202", "x.yaml CT202"]
    assert _heads(call("lint", "out/x.yaml")) == ["out/x.yaml CT202"]


def test_standard_input_goes_with_other_paths_and_is_read_once(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    result = call("lint", "-", "x.yaml", "-", "--stdin-filename", "chat.yaml", stdin=BROKEN.encode())
    assert _heads(result) == ["chat.yaml CT202", "x.yaml CT202"]
    assert result.stderr == "2 findings (2 errors; 2 fixable with --fix) in 2 of 2 cassettes\n"


def test_unsafe_fixes_without_fixes_are_told_to_be_of_no_use(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(HEALTHY)
    note = "note: --unsafe-fixes is not used: nothing is fixed without --fix or --diff\n"
    for args, said in (([], note), (["--fix"], ""), (["--diff"], "")):
        assert call("lint", "x.yaml", "--unsafe-fixes", *args).stderr.startswith(f"{said}1 cassette checked")


def test_the_baseline_is_no_cassette_with_findings(call: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN)
    call("lint", "x.yaml", "--write-baseline", "known.json")
    (tmp_path / "x.yaml").write_text(HEALTHY)
    result = call("lint", "x.yaml", "--baseline", "known.json")
    assert (_heads(result), result.stderr) == (["known.json CT001"], "1 finding (1 warning) in 0 of 1 cassette\n")


def test_standard_input_reaches_the_real_command(run: Run) -> None:
    result = run("lint", "-", "--stdin-filename", "chat.yaml", stdin=BROKEN.encode())
    assert (result.returncode, _heads(result)) == (1, ["chat.yaml CT202"])


def test_the_summary_counts_what_was_checked_found_and_passed_over(call: Run, tmp_path: Path) -> None:
    for name, text in {
        "1.yaml": HEALTHY,
        "2.yaml": BROKEN.replace("id: 0", "id: 1"),
        "3.yaml": "version: 2\ninteractions: []\n",
        "4.yaml": TRUNCATED["VCR.py"],
        "5.yaml": COMPOSE,
        "6.yaml": WORKFLOW,
        "7.yaml": "",
    }.items():
        (tmp_path / name).write_text(text)
    result = call("lint", ".")
    assert result.stderr == (
        "4 findings (2 errors, 1 warning, 1 info; 2 fixable with --fix) in 3 of 4 cassettes, 3 other files skipped\n"
    )
    assert call("lint", ".", "-q").stderr == ""
