"""``python -m benchmarks``."""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from benchmarks import environments
from benchmarks.scenarios import SCENARIOS, Row, Setting, has_tree

_HEADERS = ("scenario", "command", "wall, s", "CPU, s", "peak, MiB", "× first", "target of the project")


def _runs(text: str) -> int:
    if (runs := int(text)) < 5:
        raise argparse.ArgumentTypeError("a median wants 5 runs or more")
    return runs


_DESCRIPTION = """\
Measure what one would run instead and this tool, side by side in one run. Whole processes take
turns, after one run of each that does not count; the table shows medians, and ratios of wall time
to the first row of each scenario. A target that is missed is printed and changes nothing else."""
_EPILOG = f"""
Its own environments lie in {environments.CACHE}/ below the working folder and are used again while what
they are built from is the same. All scenarios together take some minutes."""


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    scenarios = [f"  {name:12} {(run.__doc__ or '').splitlines()[0]}" for name, run in SCENARIOS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=_DESCRIPTION,
        epilog="\n".join(["scenarios:", *scenarios, _EPILOG]),
    )
    add = parser.add_argument
    corpus = os.environ.get("CASSETTE_CORPUS") or None
    text = "folder of cassettes, with go-vcr-v2/fantasy in it (default: $CASSETTE_CORPUS)"
    add("--corpus", type=Path, default=corpus, metavar="DIR", help=text)
    add("--runs", type=_runs, default=5, metavar="N", help="runs of each command that count (default: 5)")
    add("--only", nargs="+", choices=SCENARIOS, metavar="NAME", help="the scenarios to run (default: all)")
    add("--json", type=Path, metavar="FILE", help="write the figures as JSON as well")
    return parser.parse_args(arguments)


def _machine(runs: int) -> dict[str, str | int | None]:
    """What the figures depend on."""
    own, peers = (environments.versions(build()) for build in (environments.this_tool, environments.peers))
    packages = {"cassette-tools": own["cassette-tools"], **{name: peers[name] for name in environments.PEERS}}
    system = f"{platform.system()} {platform.machine()}"
    return {"Python": platform.python_version(), "cores": os.cpu_count(), "system": system, "runs": runs, **packages}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the scenarios and print their figures as a table."""
    options = _parse(arguments)
    machine = _machine(options.runs)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    if not has_tree(options.corpus):
        print("no corpus, or none with go-vcr-v2/fantasy in it: the tree is 350 copies of one example")
    rows: list[Row] = []
    for name in options.only or SCENARIOS:
        with tempfile.TemporaryDirectory() as scratch:
            rows += SCENARIOS[name](Setting(options.corpus, options.runs, Path(scratch)))
    formats = ("", "", ".3f", ".3f", ".0f", ".2f", "")
    print(tabulate(rows, headers=_HEADERS, floatfmt=formats, tablefmt="github", disable_numparse=[0, 1, 6]))
    if options.json:
        figures = {"machine": machine, "rows": [row._asdict() for row in rows]}
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
