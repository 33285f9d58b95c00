"""What is measured. One function a scenario; each yields rows for the table. A new one goes into ``SCENARIOS``."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeGuard

from benchmarks import comparison, environments, hostile
from benchmarks.measure import MIB, Figure, in_turn, ratio

EXAMPLE = environments.ROOT / "examples" / "simple_streaming.yaml"
_OWN = "cassette-tools lint"
_TREE = Path("go-vcr-v2", "fantasy")
_SCHEMA = environments.ROOT / "schemas" / "go-vcr-v2.schema.json"


class Row(NamedTuple):
    """A line of the table: medians, and what they are compared with."""

    scenario: str
    command: str
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time."""
    peak: float
    """MiB."""
    ratio: float
    """Times the wall time of the first row of the scenario; the median over the pairs of runs."""
    target: str = ""
    """What the project has set itself, and what was measured."""


class Setting(NamedTuple):
    """What a scenario needs to know."""

    corpus: Path | None
    """A folder of cassettes."""
    runs: int
    """Runs of each command that count."""
    scratch: Path
    """An empty folder for what is generated."""


def verdict(sign: Literal["≥", "≤"], bound: float, value: float) -> str:
    """A target and whether it is met, for the table: its sign, its bound, and what was measured."""
    met = value >= bound if sign == "≥" else value <= bound
    return f"target {sign} {bound:g}×, measured {value:.2f}×{'' if met else ': missed'}"


def _row(scenario: str, command: str, figure: Figure, times: float = 1.0, target: str = "") -> Row:
    return Row(scenario, command, figure.wall, figure.cpu, figure.peak / MIB, times, target)


def _own() -> str:
    return str(environments.this_tool() / "cassette-tools")


def _commands(paths: list[str], folder: list[str]) -> dict[str, list[str]]:
    """This tool and its peers over the same files; a peer that takes no folder is given the files."""
    peers = environments.peers()
    return {
        _OWN: [_own(), "lint", *(folder or paths)],
        "yamllint": [str(peers / "yamllint"), "-d", "default", *(folder or paths)],
        "check-jsonschema": [str(peers / "check-jsonschema"), "--schemafile", str(_SCHEMA), *paths],
        # Without asking the services that issued what looks like a secret.
        "detect-secrets-hook": [str(peers / "detect-secrets-hook"), "--no-verify", *paths],
    }


def _against_peers(name: str, commands: dict[str, list[str]], runs: int, bounds: dict[str, float]) -> Iterator[Row]:
    """A bound from 1 up: how often our time fits into the peer's, at least. Below 1: our share of its time, at most."""
    figures = in_turn(commands, runs)
    for command, figure in figures.items():
        times, bound, target = ratio(figure, figures[_OWN]), bounds.get(command), ""
        if bound is not None:
            target = verdict("≥", bound, times) if bound >= 1 else f"ours: {verdict('≤', bound, 1 / times)}"
        yield _row(name, command, figure, times, target)


def has_tree(corpus: Path | None) -> TypeGuard[Path]:
    """Whether the corpus has the folder that is measured."""
    return corpus is not None and (corpus / _TREE).is_dir()


def _tree(setting: Setting) -> Path:
    """The folder of the corpus that is measured; without it, as many copies of the example."""
    if has_tree(setting.corpus):
        return setting.corpus / _TREE
    folder = setting.scratch / "copies-of-the-example"
    folder.mkdir(exist_ok=True)
    for number in range(350):
        shutil.copy(EXAMPLE, folder / f"{number}.yaml")
    return folder


def tree(setting: Setting) -> Iterator[Row]:
    """A folder of recordings."""
    folder = _tree(setting)
    files = sorted(str(path) for path in folder.rglob("*.yaml"))
    name = f"{len(files)} files, {sum(map(os.path.getsize, files)) / 1e6:.1f} MB"
    bounds = {"yamllint": 20.0, "check-jsonschema": 12.0}
    yield from _against_peers(name, _commands(files, [str(folder)]), setting.runs, bounds)


def corpus(setting: Setting) -> Iterator[Row]:
    """All cassettes of the corpus, of every format, with one process and with two."""
    folder = setting.corpus if setting.corpus is not None else _tree(setting)
    files = [str(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    name = f"{len(files)} files, {sum(map(os.path.getsize, files)) / 1e6:.1f} MB"
    everything = _commands(files, [str(folder)])
    commands = {
        _OWN: [*everything.pop(_OWN), "-j", "2"],
        f"{_OWN} -j 1": [_own(), "lint", str(folder), "-j", "1"],
        **{name: everything[name] for name in ("yamllint", "check-jsonschema")},
    }
    bounds = {"yamllint": 15.0, "check-jsonschema": 9.0, f"{_OWN} -j 1": 1.45}
    yield from _against_peers(name, commands, setting.runs, bounds)


def one_file(setting: Setting) -> Iterator[Row]:
    """One file, the start of the interpreter included: what a hook costs."""
    name = f"one file, {EXAMPLE.stat().st_size / 1e3:.1f} kB"
    bounds = {"yamllint": 0.7, "check-jsonschema": 0.25}
    # Away from this project, whose own pyproject.toml would be read for a configuration.
    example = setting.scratch / EXAMPLE.name
    shutil.copy(EXAMPLE, example)
    # Short runs vary most, and cost least to repeat.
    yield from _against_peers(name, _commands([str(example)], []), 3 * setting.runs, bounds)


def large_file(setting: Setting) -> Iterator[Row]:
    """One streamed interaction of 100 MB, with characters that take 1, 2 and 4 bytes. Only this tool.

    The peers take minutes, or more memory than there is.
    """
    for name, word in (("ASCII", "First"), ("Chinese", "漢字"), ("emoji", "😀")):
        path = setting.scratch / f"large-{name}.yaml"
        size = write_large(path, word)
        # The one finding is that the file is large.
        figure = in_turn({_OWN: [_own(), "lint", str(path)]}, setting.runs, codes=(1,))[_OWN]
        path.unlink()
        target = f"memory, of the file: {verdict('≤', 4, figure.peak / size)}"
        yield _row(f"one file, {size / 1e6:.0f} MB, {name}", _OWN, figure, target=target)


def write_large(path: Path, word: str, size: int = 100_000_000) -> int:
    """Write the example with its events repeated up to ``size`` bytes, and a ``word`` of it replaced in each round.

    It stays a healthy recording: its last events, with the finish reason, stay the last. Returns the size.
    """
    text = EXAMPLE.read_text(encoding="utf-8").replace('"First"', f'"{word}"')
    head, *events = text.split("      data: ")
    repeated, last = ("".join(f"      data: {event}" for event in part) for part in (events[:-3], events[-3:]))
    with path.open("wb") as stream:
        stream.write(head.encode())
        for _ in range(max(1, size // len(repeated.encode()))):
            stream.write(repeated.encode())
        stream.write(last.encode())
    return path.stat().st_size


def linearity(setting: Setting) -> Iterator[Row]:
    """The tree once, ten times and a hundred times. Only this tool."""
    source = _tree(setting)
    commands = {}
    for copies in (1, 10, 100):
        folder = setting.scratch / f"{copies}-times"
        commands[f"{copies} × the tree"] = [_own(), "lint", str(folder)]
        for number in range(copies):
            _copy(source, folder / str(number))
    figures = in_turn(commands, setting.runs)
    for (name, figure), copies in zip(figures.items(), (1, 10, 100), strict=True):
        times = ratio(figure, figures["1 × the tree"])
        # Start-up is paid once, so that less than linear is what one expects; a tenth is left for noise.
        target = f"{verdict('≤', 1.1 * copies, times)}; {figure.wall / copies:.3f} s a tree"
        yield _row(name, _OWN, figure, times, target)


def _copy(source: Path, target: Path) -> None:
    """As hard links where the file system can, since only reading is measured."""
    target.parent.mkdir(exist_ok=True)
    if subprocess.run(["cp", "-rl", source, target], capture_output=True, check=False).returncode:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)


def reassemble(setting: Setting) -> Iterator[Row]:
    """Whole messages from streams, within one process: against parsing alone, and against OpenAI's own SDK."""
    script = Path(__file__).with_name("accumulation.py")
    command = [str(environments.with_sdk() / "python"), "-W", "ignore", str(script), str(setting.runs)]
    folders = [setting.corpus] if setting.corpus else [_tree(setting)]
    printed = subprocess.run([*command, *map(str, folders)], capture_output=True, text=True, check=True).stdout
    measured = json.loads(printed)
    figures = {
        name: Figure(statistics.median(walls), 0.0, 0.0, tuple(walls)) for name, walls in measured["times"].items()
    }
    parsing, whole, chats, sdk, some, many = figures.values()
    name = f"{measured['streams']} streams"
    yield _row(name, "YAML and the events' JSON, once", parsing)
    times = ratio(whole, parsing)
    yield _row(name, "file to message", whole, times, verdict("≤", 1.5, times))
    name = f"{measured['chats']} chat streams"
    yield _row(name, "stream to message", chats)
    times = ratio(sdk, chats)
    yield _row(name, f"openai {measured['openai']}", sdk, times, verdict("≥", 20, times))
    yield _row("one stream", "10,000 events", some)
    times = ratio(many, some)
    yield _row("one stream", "100,000 events", many, times, verdict("≤", 11, times))


def diff(setting: Setting) -> Iterator[Row]:
    """Two recordings of 500, 1,000 and 2,000 interactions; and, where CASSETTE_PAIRS names them, pairs of real ones."""
    pairs = os.environ.get("CASSETTE_PAIRS")
    if pairs:
        script = str(Path(comparison.__file__))
        folders = [str(Path(pairs, side)) for side in ("before", "after")]
        command = [str(environments.this_tool() / "python"), script, str(setting.runs), *folders]
        measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        loading, comparing = (
            Figure(statistics.median(measured[name]), 0.0, 0.0, tuple(measured[name]))
            for name in ("loading", "comparing")
        )
        name = f"{measured['pairs']} pairs"
        yield _row(name, "loading both sides", loading)
        times = ratio(comparing, loading)
        yield _row(name, "comparing them", comparing, times, verdict("≤", 3, times))
    for alike in (True, False):
        commands = {}
        for number in (500, 1000, 2000):
            paths = comparison.write_pair(setting.scratch, number, alike=alike)
            commands[f"{number:,} interactions"] = [_own(), "diff", "--stat", *map(str, paths)]
        figures = in_turn(commands, setting.runs, codes=(1,))
        first, *_, last = figures.values()
        for command_, figure in figures.items():
            times = ratio(figure, first)
            target = verdict("≤", 4.4, times) if figure is last else ""
            yield _row("most are alike" if alike else "all requests changed", command_, figure, times, target)


def usage(setting: Setting) -> Iterator[Row]:
    """Adding up what recordings used, against loading them; ten times as many interactions. Within one process."""
    script = str(Path(__file__).with_name("accounting.py"))
    python = str(environments.this_tool() / "python")
    folder = setting.corpus if setting.corpus is not None else _tree(setting)
    command = [python, script, "corpus", str(setting.runs), str(folder)]
    measured = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    loading, adding = (
        Figure(statistics.median(seconds), statistics.median(seconds), 0.0, tuple(seconds))
        for seconds in (measured["loading"], measured["usage"])
    )
    yield _row("all cassettes", "loading them", loading)
    times = ratio(adding, loading)
    yield _row("all cassettes", "loading them and adding up", adding, times, verdict("≤", 1.3, times))
    few: dict[str, float] = {}
    for number in (10_000, 100_000):
        printed = subprocess.run(
            [python, script, "many", str(number)], capture_output=True, text=True, check=True
        ).stdout
        found: dict[str, float] = json.loads(printed)
        few = few or found
        times, memory = found["seconds"] / few["seconds"], found["peak"] / few["peak"]
        target = f"{verdict('≤', 11, times)}; memory: {verdict('≤', 1.1, memory)}" if few is not found else ""
        yield Row(
            "made on the way",
            f"{number:,} interactions",
            found["seconds"],
            found["seconds"],
            found["peak"] / MIB,
            times,
            target,
        )


def secrets(setting: Setting) -> Iterator[Row]:
    """What the rules about secrets add, against another scanner, and over what is made to keep them busy."""
    folder = setting.corpus if setting.corpus is not None else _tree(setting)
    files = [str(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    name = f"{len(files)} files, {sum(map(os.path.getsize, files)) / 1e6:.1f} MB"
    own = [_own(), "lint", "--isolated", "-j", "1"]
    without, everything = f"{_OWN} --ignore CT6", _OWN
    figures = in_turn({without: [*own, "--ignore", "CT6", str(folder)], everything: [*own, str(folder)]}, setting.runs)
    times = ratio(figures[everything], figures[without])
    yield _row(name, without, figures[without])
    yield _row(name, everything, figures[everything], times, verdict("≤", 1.35, times))
    alone, peer = f"{_OWN} --select CT6", "detect-secrets-hook"
    figures = in_turn({alone: [*own, "--select", "CT6", str(folder)], peer: _commands(files, [])[peer]}, setting.runs)
    times = ratio(figures[peer], figures[alone])
    yield _row(name, alone, figures[alone])
    yield _row(name, peer, figures[peer], times, verdict("≥", 40, times))
    paths = hostile.write(setting.scratch, 10_000_000)
    for what, options in (("lint", ["lint", "--isolated", "--select", "CT6"]), ("redact", ["redact", "--check"])):
        # One run of each: it is the one that takes ten times the others' time that is looked for.
        figures = in_turn({name: [_own(), *options, str(path)] for name, path in paths.items()}, 1)
        by_byte = {name: figure.wall / paths[name].stat().st_size for name, figure in figures.items()}
        worst = max(by_byte, key=by_byte.__getitem__)
        times = by_byte[worst] / statistics.median(by_byte.values())
        target = f"slowest of {len(paths)} by byte, of their median: {verdict('≤', 10, times)}"
        yield _row(f"one body, 10 MB: {worst}", f"cassette-tools {what}", figures[worst], times, target)


SCENARIOS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "tree": tree,
    "corpus": corpus,
    "one-file": one_file,
    "large-file": large_file,
    "linearity": linearity,
    "reassemble": reassemble,
    "diff": diff,
    "usage": usage,
    "secrets": secrets,
}
