"""The shipped hook, run by the real pre-commit in a throw-away repository."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("pre_commit", reason="pre-commit is not installed: the hook cannot be run")

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
pytestmark = pytest.mark.skipif(
    not MANIFEST.exists(), reason="the tests run from an installed package, without the hook"
)

HEALTHY = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""
BROKEN = HEALTHY.replace("code: 200", "code: 404")
# What else a repository has: each is handed to the hook, and each passes in silence.
OTHERS = {
    "compose.yaml": "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n",
    ".github/workflows/test.yml": (
        "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n    - uses: actions/checkout@v4\n"
    ),
    "openapi.yaml": (
        "openapi: 3.1.0\npaths:\n  /v1/models:\n    get:\n      requestBody: {content: {}}\n"
        "      responses: {'200': {description: a request, a response, interactions}}\n"
    ),
    "chart/templates/map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n{{- range .Values.interactions }}\n"
        "  entry: {{ . | quote }}\n{{- end }}\n"
    ),
    "many.yaml": "a: 1\n---\nb: 2\n",
    "empty.yml": "",
}


def _hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}


def test_pre_commit_accepts_the_manifest() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_hooks_are_those_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert list(_hooks()) == ["cassette-lint", "cassette-redact"]
    assert "- id: cassette-lint" in readme
    assert "`cassette-redact`" in readme


class _Repository:
    """A git repository with the hook in it; a `cassette-tools` of this interpreter is on the path."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder / "repository"
        binary = folder / "bin"
        binary.mkdir()
        launcher = binary / "cassette-tools"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cassette_tools "$@"\n')
        launcher.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        self._environment = {
            **environment,
            "HOME": str(home),
            "PATH": f"{binary}{os.pathsep}{environment['PATH']}",
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        self.folder.mkdir()
        self.git("init", "--quiet")
        self.use("cassette-lint")

    def use(self, name: str) -> None:
        # The same hook as others get it, but run from where it is: nothing is installed, and no network is asked.
        hook = {**_hooks()[name], "language": "system", "verbose": True}
        config = {"repos": [{"repo": "local", "hooks": [hook]}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump(config))

    def git(self, *args: str) -> None:
        subprocess.run(["git", *args], cwd=self.folder, env=self._environment, check=True, capture_output=True)

    def write(self, name: str, data: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        self.git("add", name)

    def run(self, *args: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", *args]
        result = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return result.returncode, result.stdout.decode()


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str]) -> _Repository:
    clean = {name: value for name, value in environment.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return _Repository(tmp_path, clean)


def test_a_clean_repository_passes_with_all_its_other_yaml(repository: _Repository) -> None:
    repository.write("testdata/good.yaml", HEALTHY)
    repository.write("testdata/good.yml.gz", gzip.compress(HEALTHY.encode()))
    for name, text in OTHERS.items():
        repository.write(name, text)
    code, output = repository.run("--all-files")
    assert code == 0, output
    assert "lint cassettes" in output
    assert "Passed" in output
    assert "[CT" not in output
    assert "error" not in output
    # Everything was handed over, the configuration of pre-commit too, in one batch or in several.
    checked = re.findall(r"^(\d+) cassettes? checked", output, re.MULTILINE)
    skipped = re.findall(r"(\d+) other files? skipped$", output, re.MULTILINE)
    assert (sum(map(int, checked)), sum(map(int, skipped))) == (2, len(OTHERS) + 1)


@pytest.mark.parametrize(
    ("name", "data", "head"),
    [
        pytest.param(
            "testdata/bad.yaml",
            BROKEN,
            "testdata/bad.yaml:5:33: error[CT202] status-code: the status line says 200, the status code is 404",
            id="a broken one",
        ),
        pytest.param(
            "testdata/bad.yml.gz",
            gzip.compress(BROKEN.encode()),
            "testdata/bad.yml.gz:5:33: error[CT202] status-code: the status line says 200, the status code is 404",
            id="a broken one, gzipped",
        ),
        pytest.param(
            "testdata/cut.yml",
            HEALTHY[:60],
            "testdata/cut.yml:4:18: error[CT101] yaml-syntax: not valid YAML: "
            "while scanning a quoted scalar, found unexpected end of stream",
            id="a truncated one",
        ),
    ],
)
def test_a_bad_cassette_stops_the_commit_and_is_the_only_one_named(
    repository: _Repository, name: str, data: str | bytes, head: str
) -> None:
    repository.write("testdata/good.yaml", HEALTHY)
    repository.write(name, data)
    for other, text in OTHERS.items():
        repository.write(other, text)
    code, output = repository.run()
    assert code == 1, output
    assert "- exit code: 1" in output
    assert [line for line in output.splitlines() if "[CT" in line] == [head]


def test_a_commit_without_yaml_does_not_run_the_hook(repository: _Repository) -> None:
    repository.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "start")
    repository.write("notes.txt", BROKEN)
    code, output = repository.run()
    assert code == 0
    assert "(no files to check)Skipped" in output


def test_the_configuration_of_the_repository_holds_in_the_hook(repository: _Repository) -> None:
    repository.write("broken/kept.yaml", BROKEN)
    repository.write("testdata/known.yaml", BROKEN)
    repository.write("testdata/errors/wanted.yaml", BROKEN)
    repository.write("cassette-tools.toml", 'exclude = ["broken/"]\n[per-file-ignores]\n"errors/" = ["CT202"]\n')
    code, output = repository.run("--all-files")
    assert code == 1
    assert [line for line in output.splitlines() if "[CT" in line] == [
        "testdata/known.yaml:5:33: error[CT202] status-code: the status line says 200, the status code is 404"
    ]


def test_a_baseline_holds_whatever_batch_a_file_is_in(repository: _Repository) -> None:
    for number in range(40):
        repository.write(f"testdata/{number}.yaml", BROKEN)
    written = subprocess.run(
        [sys.executable, "-m", "cassette_tools", "lint", "testdata", "--write-baseline", "known.json"],
        cwd=repository.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.stderr == "40 entries in known.json\n"
    repository.write("cassette-tools.toml", 'baseline = "known.json"\n')
    code, output = repository.run("--all-files")
    assert (code, "[CT" in output) == (0, False), output
    entries = (repository.folder / "known.json").read_text().splitlines()
    entry = next(number for number, line in enumerate(entries, 1) if '"testdata/7.yaml"' in line)
    # One that is mended makes its entry stale, in the batch that has it and in no other.
    repository.write("testdata/7.yaml", HEALTHY)
    code, output = repository.run("--all-files")
    assert code == 1
    (finding,) = [line for line in output.splitlines() if "[CT" in line]
    assert finding.startswith(f"known.json:{entry}:5: warning[CT001] stale-baseline-entry: ")
    assert finding.endswith("the entry for testdata/7.yaml: CT202 hides")


def test_a_wrong_configuration_stops_the_commit(repository: _Repository) -> None:
    repository.write("testdata/good.yaml", HEALTHY)
    repository.write("cassette-tools.toml", 'selct = ["CT3"]\n')
    code, output = repository.run("--all-files")
    assert code == 1
    assert "- exit code: 2" in output
    assert "cassette-tools.toml:1: unknown key 'selct' (did you mean 'select'?)" in output


def test_a_secret_stops_the_commit_and_the_command_that_takes_it_out_is_told(repository: _Repository) -> None:
    key = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5
    repository.write("testdata/chat.yaml", HEALTHY.replace('"[]"', f"'[\"{key}\"]'"))
    code, output = repository.run()
    assert code == 1
    assert "error[CT603] api-key: an OpenAI project key in the response body" in output
    assert "hint: `cassette-tools redact --write testdata/chat.yaml` takes secrets out" in output
    assert key not in output


def test_the_other_hook_takes_secrets_out_and_stops_the_commit_once(repository: _Repository) -> None:
    key = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 5
    repository.use("cassette-redact")
    leaking = HEALTHY.replace('"[]"', f"'[\"{key}\"]'")
    for number in range(30):
        repository.write(f"testdata/{number}.yaml", leaking)
    for other, text in OTHERS.items():
        repository.write(other, text)
    code, output = repository.run()
    assert code == 1, output
    assert "files were modified by this hook" in output
    assert key not in output
    redacted = leaking.replace(key, "REDACTED-openai-project-key-1")
    for number in range(30):
        assert (repository.folder / f"testdata/{number}.yaml").read_text() == redacted
    for other, text in OTHERS.items():
        assert (repository.folder / other).read_text() == text
    repository.git("add", "--all")
    code, output = repository.run()
    assert code == 0, output
