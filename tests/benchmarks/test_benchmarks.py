"""What the benchmark runs, over what, and how it prints that."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import environments, hostile, measure, scenarios
from benchmarks.measure import MIB, Figure
from benchmarks.scenarios import Row, Setting, verdict
from cassette_tools.loading import load

Commands = dict[str, list[str]]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Commands]:
    """The commands that would be measured; nothing is installed, and each takes twice the time of the one before."""
    asked: list[Commands] = []

    def in_turn(commands: Commands, runs: int, codes: object = ()) -> dict[str, Figure]:
        del codes
        asked.append(commands)
        return {name: Figure(2**n, 1, 5 * MIB, (2**n,) * runs) for n, name in enumerate(commands)}

    monkeypatch.setattr(scenarios, "in_turn", in_turn)
    monkeypatch.setattr(environments, "this_tool", lambda: Path("/own"))
    monkeypatch.setattr(environments, "peers", lambda: Path("/peers"))
    return asked


def test_without_a_corpus_the_tree_is_350_copies_of_the_example(ran: list[Commands], tmp_path: Path) -> None:
    rows = list(scenarios.tree(Setting(None, 5, tmp_path)))
    assert [row.command for row in rows] == list(ran[0])
    assert rows[0].scenario.startswith("350 files, ")
    for name, words in ran[0].items():
        assert words[0].startswith("/own/" if name == "cassette-tools lint" else "/peers/")
    (copies,) = map(Path, ran[0]["cassette-tools lint"][2:])
    assert len(list(copies.iterdir())) == 350
    assert {path.read_bytes() for path in copies.iterdir()} == {scenarios.EXAMPLE.read_bytes()}
    assert {Path(word) for word in ran[0]["check-jsonschema"][3:]} == set(copies.iterdir())


def test_every_command_is_given_the_files_of_the_corpus(ran: list[Commands], tmp_path: Path) -> None:
    folder = tmp_path / "go-vcr-v2" / "fantasy" / "deeper"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text("version: 2\n")
    (row, *_) = scenarios.tree(Setting(tmp_path, 5, tmp_path / "unused"))
    assert row.scenario == "1 files, 0.0 MB"
    assert ran[0]["yamllint"][-1] == ran[0]["cassette-tools lint"][-1] == str(folder.parent)
    assert ran[0]["check-jsonschema"][-1] == ran[0]["detect-secrets-hook"][-1] == str(folder / "one.yaml")


def test_ratios_and_targets_stand_beside_the_medians(ran: list[Commands], tmp_path: Path) -> None:
    rows = list(scenarios.one_file(Setting(None, 5, tmp_path)))
    assert len(ran) == 1
    assert [(row.command, row.wall, row.peak, row.ratio, row.target) for row in rows] == [
        ("cassette-tools lint", 1, 5, 1, ""),
        ("yamllint", 2, 5, 2, "ours: target ≤ 0.7×, measured 0.50×"),
        ("check-jsonschema", 4, 5, 4, "ours: target ≤ 0.25×, measured 0.25×"),
        ("detect-secrets-hook", 8, 5, 8, ""),
    ]
    targets = {row.command: row.target for row in scenarios.tree(Setting(None, 5, tmp_path))}
    assert targets["yamllint"] == "target ≥ 20×, measured 2.00×: missed"


def test_the_whole_corpus_is_checked_with_two_processes_and_with_one(ran: list[Commands], tmp_path: Path) -> None:
    for name in ("b/x.json", "a.yaml"):
        (tmp_path / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "corpus" / name).write_text("{}")
    rows = list(scenarios.corpus(Setting(tmp_path / "corpus", 5, tmp_path)))
    assert rows[0].scenario == "2 files, 0.0 MB"
    assert [row.target for row in rows] == [
        "",
        "target ≥ 1.45×, measured 2.00×",
        "target ≥ 15×, measured 4.00×: missed",
        "target ≥ 9×, measured 8.00×: missed",
    ]
    assert ran[0]["cassette-tools lint"][-2:] == ["-j", "2"]
    assert ran[0]["check-jsonschema"][-2:] == [str(tmp_path / "corpus" / name) for name in ("a.yaml", "b/x.json")]


@pytest.mark.usefixtures("ran")
def test_linearity_is_measured_over_so_many_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "corpus" / "go-vcr-v2" / "fantasy"
    source.mkdir(parents=True)
    (source / "one.yaml").write_text("version: 2\n")
    monkeypatch.setattr(scenarios, "_OWN", "lint")
    rows = list(scenarios.linearity(Setting(tmp_path / "corpus", 5, tmp_path)))
    assert [len(list(tmp_path.glob(f"{copies}-times/*/one.yaml"))) for copies in (1, 10, 100)] == [1, 10, 100]
    assert [(row.scenario, row.ratio) for row in rows] == [
        ("1 × the tree", 1),
        ("10 × the tree", 2),
        ("100 × the tree", 4),
    ]
    assert rows[2].target == "target ≤ 110×, measured 4.00×; 0.040 s a tree"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("≥", 20, 20), "target ≥ 20×, measured 20.00×"),
        (("≥", 20, 19.9), "target ≥ 20×, measured 19.90×: missed"),
        (("≤", 0.7, 0.7), "target ≤ 0.7×, measured 0.70×"),
        (("≤", 4, 4.1), "target ≤ 4×, measured 4.10×: missed"),
    ],
)
def test_a_target_says_whether_it_is_met(arguments: Any, text: str) -> None:
    assert verdict(*arguments) == text


@pytest.mark.parametrize("word", ["First", "漢字", "😀"])
def test_the_large_recording_is_a_healthy_one(word: str, tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    size = scenarios.write_large(path, word, size=100_000)
    assert size == path.stat().st_size
    assert 90_000 < size < 110_000
    text = path.read_text(encoding="utf-8")
    assert text.count(f'"{word}"') == text.count('"role":"assistant"') > 15
    assert text.count("[DONE]") == 1
    measure.once([sys.executable, "-m", "cassette_tools", "lint", str(path)], codes=(0,))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The commands that would build environments, which are made as empty folders."""
    commands: list[list[str]] = []

    def run(words: list[Any], **_: Any) -> None:
        commands.append([str(word) for word in words])
        Path(commands[0][-1]).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.chdir(tmp_path)
    return commands


def test_an_environment_is_built_anew_only_where_it_would_be_another(
    built: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / ".benchmarks" / "some"
    assert environments._build("some", ["package"], "package") == folder / "bin"
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    assert built == [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin" / "python"), *pip, "package"],
    ]
    assert str(folder) in capsys.readouterr().err
    environments._build("some", ["package"], "package")
    assert len(built) == 2
    environments._build("some", ["package", "another"], "package another")
    assert len(built) == 4
    assert built[-1][-2:] == ["package", "another"]


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> list[Setting]:
    """The settings in which a scenario of the name ``one`` was run."""
    settings: list[Setting] = []

    def one(setting: Setting) -> Iterator[Row]:
        """A scenario."""
        settings.append(setting)
        yield Row("1 × one", "lint", 0.12345, 0.1, 20.4, 1.0, verdict("≥", 3, 2))

    monkeypatch.setattr(command, "SCENARIOS", {"one": one})
    monkeypatch.setattr(command, "_machine", lambda runs: {"Python": "3.x", "runs": runs})
    monkeypatch.delenv("CASSETTE_CORPUS", raising=False)
    return settings


def test_a_missed_target_is_printed_and_written_and_nothing_else(
    scenario: list[Setting], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main(["--runs", "7", "--json", str(tmp_path / "figures.json")])
    out = capsys.readouterr().out
    assert "Python 3.x, runs 7\nno corpus, " in out
    last = [cell.strip() for cell in out.splitlines()[-1].strip("|").split("|")]
    assert last == ["1 × one", "lint", "0.123", "0.100", "20", "1.00", "target ≥ 3×, measured 2.00×: missed"]
    assert scenario[0][:2] == (None, 7)
    written = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert written["machine"] == {"Python": "3.x", "runs": 7}
    assert [row["wall"] for row in written["rows"]] == [0.12345]


def test_the_corpus_is_that_of_the_environment(
    scenario: list[Setting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "go-vcr-v2" / "fantasy").mkdir(parents=True)
    monkeypatch.setenv("CASSETTE_CORPUS", str(tmp_path))
    command.main([])
    assert scenario[0][:2] == (tmp_path, 5)
    assert "no corpus" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--runs", "4"], "a median wants 5 runs or more"), (["--only", "two"], "invalid choice: 'two'")],
)
@pytest.mark.usefixtures("scenario")
def test_few_runs_and_unknown_scenarios_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert message in capsys.readouterr().err


def test_the_help_names_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command.main(["--help"])
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in scenarios.SCENARIOS)


def test_reassembling_is_compared_with_parsing_and_with_the_sdk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ("YAML and JSON", "all streams", "chat streams", "openai", "10000 events", "100000 events")
    walls = dict(zip(names, ([2.0, 2.0], [3.0, 2.0], [1.0, 1.0], [10.0, 30.0], [1.0, 1.0], [10.0, 12.0]), strict=True))
    printed = json.dumps({"times": walls, "streams": 7, "chats": 5, "openai": "3.0"})
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, printed, "")

    monkeypatch.setattr(environments, "with_sdk", lambda: Path("/sdk"))
    monkeypatch.setattr(subprocess, "run", run)
    rows = list(scenarios.reassemble(Setting(tmp_path, 2, tmp_path)))
    assert commands[0][0] == "/sdk/python"
    assert commands[0][-2:] == ["2", str(tmp_path)]
    assert [(row.scenario, row.command, row.wall, row.target) for row in rows] == [
        ("7 streams", "YAML and the events' JSON, once", 2.0, ""),
        ("7 streams", "file to message", 2.5, "target ≤ 1.5×, measured 1.25×"),
        ("5 chat streams", "stream to message", 1.0, ""),
        ("5 chat streams", "openai 3.0", 20.0, "target ≥ 20×, measured 20.00×"),
        ("one stream", "10,000 events", 1.0, ""),
        ("one stream", "100,000 events", 11.0, "target ≤ 11×, measured 11.00×"),
    ]


def test_secrets_are_compared_with_none_with_a_peer_and_among_hostile_files(
    ran: list[Commands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    for number in range(9):
        (tmp_path / "corpus" / f"{number}.yaml").write_text("version: 2\n")
    written = {name: tmp_path / f"{name}.yaml" for name in ("one", "two", "three")}
    for path in written.values():
        path.write_text("version: 2\n")
    monkeypatch.setattr(hostile, "write", lambda *_: written)
    rows = list(scenarios.secrets(Setting(tmp_path / "corpus", 5, tmp_path)))
    assert [words[1:4] for words in ran[0].values()] == [["lint", "--isolated", "-j"]] * 2
    assert ran[1]["cassette-tools lint --select CT6"][-1] == str(tmp_path / "corpus")
    assert ran[1]["detect-secrets-hook"][-9:] == [str(tmp_path / f"corpus/{number}.yaml") for number in range(9)]
    assert [words[1] for words in ran[2].values()] == ["lint"] * 3
    assert [words[1] for words in ran[3].values()] == ["redact"] * 3
    assert [row.target for row in rows] == [
        "",
        "target ≤ 1.35×, measured 2.00×: missed",
        "",
        "target ≥ 40×, measured 2.00×: missed",
        *["slowest of 3 by byte, of their median: target ≤ 10×, measured 2.00×"] * 2,
    ]


@pytest.mark.parametrize("name", hostile.BODIES)
def test_hostile_recordings_are_recordings_of_the_size_that_is_wanted(name: str, tmp_path: Path) -> None:
    written = hostile.write(tmp_path, 20_000)
    assert list(written) == list(hostile.BODIES)
    (interaction,) = load(written[name]).interactions
    assert interaction.response.body.text == hostile.BODIES[name](20_000)
    assert 10_000 < len(interaction.response.body.text) < 50_000
