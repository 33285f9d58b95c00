"""``python -m benchmarks``."""

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

from tabulate import tabulate

from benchmarks.scenarios import SCENARIOS, Row, Setting


def main() -> None:
    """Run the scenarios and print their figures as a table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure this tool and what one would run instead, in one run. Whole processes, in turn; medians.",
        epilog="The environments it builds lie in .benchmarks/ below the working folder, and are used again.",
    )
    corpus = os.environ.get("CASSETTE_CORPUS")
    parser.add_argument(
        "--corpus", type=Path, default=Path(corpus) if corpus else None, help="default: $CASSETTE_CORPUS"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each command that count (default: 5)")
    parser.add_argument("--only", nargs="+", choices=list(SCENARIOS), help="the scenarios to run (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON, too")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {options.runs} runs or more")
    if options.corpus is None:
        print("no corpus is given: the tree is 350 copies of examples/simple_streaming.yaml")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.only or SCENARIOS:
            rows += SCENARIOS[name](Setting(options.corpus, options.runs, Path(scratch)))
    headers = ("scenario", "command", "wall, s", "CPU, s", "peak, MiB", "ratio")
    print(tabulate(rows, headers=headers, floatfmt=("", "", ".3f", ".3f", ".0f", ""), tablefmt="github"))
    if options.json:
        options.json.write_text(json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
