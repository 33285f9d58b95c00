"""What is measured. One function a scenario; each returns rows for the table."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import environments
from benchmarks.measure import Figure, in_turn, ratio

EXAMPLE = environments.ROOT / "examples" / "simple_streaming.yaml"
_SCHEMA = environments.ROOT / "schemas" / "go-vcr-v2.schema.json"


class Row(NamedTuple):
    """A line of the table."""

    scenario: str
    command: str
    wall: float
    cpu: float
    peak: float
    compared: str
    """The ratio, with the target that the project has set itself."""


class Setting(NamedTuple):
    """What a scenario needs to know."""

    corpus: Path | None
    runs: int
    scratch: Path


def _row(scenario: str, command: str, figure: Figure, compared: str) -> Row:
    return Row(scenario, command, figure.wall, figure.cpu, figure.peak, compared)


def _commands(paths: list[str], folder: str | None) -> dict[str, list[str]]:
    """This tool and its peers over the same files; a peer that takes no folder is given the files."""
    own, peers = environments.this_tool(), environments.peers()
    return {
        "cassette-tools lint": [str(own / "cassette-tools"), "lint", *([folder] if folder else paths)],
        "yamllint": [str(peers / "yamllint"), *([folder] if folder else paths)],
        "check-jsonschema": [str(peers / "check-jsonschema"), "--schemafile", str(_SCHEMA), *paths],
        "detect-secrets-hook": [str(peers / "detect-secrets-hook"), *paths],
    }


def _against_peers(name: str, commands: dict[str, list[str]], runs: int, targets: dict[str, str]) -> Iterator[Row]:
    figures = in_turn(commands, runs)
    own_name = next(iter(commands))
    own = figures.pop(own_name)
    yield _row(name, own_name, own, "1")
    for peer, figure in figures.items():
        times = ratio(figure, own)
        target = targets.get(peer, "")
        # Both directions: a peer that takes 20× our time, and ours being 0.7× of a peer's.
        yield _row(name, peer, figure, f"{times:.2f}× of ours, ours {1 / times:.2f}×{target}")


def tree(setting: Setting) -> Iterator[Row]:
    """350 go-vcr recordings of streamed and plain LLM traffic."""
    folder = _tree(setting)
    files = sorted(str(path) for path in folder.rglob("*.yaml"))
    targets = {"yamllint": " (target: ≥ 20×)", "check-jsonschema": " (target: ≥ 12×)"}
    name = f"{len(files)} files, {sum(map(os.path.getsize, files)) / 1e6:.1f} MB"
    yield from _against_peers(name, _commands(files, str(folder)), setting.runs, targets)


def _tree(setting: Setting) -> Path:
    if setting.corpus is not None and (setting.corpus / "go-vcr-v2" / "fantasy").is_dir():
        return setting.corpus / "go-vcr-v2" / "fantasy"
    folder = setting.scratch / "copies-of-the-example"
    folder.mkdir(exist_ok=True)
    for number in range(350):
        shutil.copy(EXAMPLE, folder / f"{number}.yaml")
    return folder


def one_file(setting: Setting) -> Iterator[Row]:
    """One file of 6 kB, the start of the interpreter included: what a hook costs."""
    targets = {"yamllint": " (target: ≤ 0.70×)", "check-jsonschema": " (target: ≤ 0.25×)"}
    commands = _commands([str(EXAMPLE)], None)
    yield from _against_peers("one file, 6 kB", commands, max(setting.runs, 15), targets)


def large_file(setting: Setting) -> Iterator[Row]:
    """One recording of 100 MB with a single streamed interaction; peers do not finish."""
    for name, first_word in (("ASCII", "First"), ("Chinese", "漢字"), ("emoji", "😀")):
        path = setting.scratch / f"large-{name}.yaml"
        size = _write_large(path, first_word)
        command = [str(environments.this_tool() / "cassette-tools"), "lint", str(path)]
        figure = in_turn({"cassette-tools lint": command}, 1)["cassette-tools lint"]
        path.unlink()
        times = figure.peak * 1024 * 1024 / size
        yield _row(
            f"one file, 100 MB, {name}", "cassette-tools lint", figure, f"peak {times:.1f}× the file (target: ≤ 4×)"
        )


def _write_large(path: Path, first_word: str, size: int = 100_000_000) -> int:
    """The example with its middle events repeated, so that it stays a healthy recording."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('"First"', f'"{first_word}"')
    head, body = text.split("      data: ", 1)
    events = [f"      data: {event}" for event in body.split("      data: ")]
    middle = "".join(event for event in events[:-3]).encode()
    last = "".join(events[-3:]).encode()
    with path.open("wb") as stream:
        stream.write(head.encode())
        for _ in range(size // len(middle)):
            stream.write(middle)
        stream.write(last)
    return path.stat().st_size


def linearity(setting: Setting) -> Iterator[Row]:
    """The tree once, ten times and a hundred times: time per tree, and memory."""
    folder = _tree(setting)
    command = str(environments.this_tool() / "cassette-tools")
    base: Figure | None = None
    for copies in (1, 10, 100):
        target = setting.scratch / f"copies-{copies}"
        target.mkdir()
        for number in range(copies):
            # As hard links where the file system can, since only reading is measured.
            if subprocess.run(["cp", "-rl", folder, target / str(number)], capture_output=True, check=False).returncode:
                shutil.rmtree(target / str(number), ignore_errors=True)
                shutil.copytree(folder, target / str(number))
        figure = in_turn({"lint": [command, "lint", str(target)]}, 1 if copies == 100 else 3)["lint"]
        shutil.rmtree(target)
        base = base or figure
        compared = f"{figure.wall / base.wall:.1f}× the time of one copy (linear: {copies}×)"
        yield _row(f"{copies} × the tree", "cassette-tools lint", figure, compared)


SCENARIOS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "tree": tree,
    "one-file": one_file,
    "large-file": large_file,
    "linearity": linearity,
}
