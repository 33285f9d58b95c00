"""``python -m tests.corpus.planting``: every kind of secret in every place, and what becomes of each."""

import argparse
import multiprocessing
import os
import time
from collections import Counter, defaultdict
from pathlib import Path

from tests.corpus.planting.judge import Judge, Judged, Verdict
from tests.corpus.planting.plan import gardens
from tests.corpus.planting.recordings import chosen

GROUPS = ("other", "split", "known")


def judged(corpus: Path, share: tuple[int, int], step: int, rounds: int) -> list[tuple[str, str, Judged]]:
    """A share of the files, each with the recording that it was made of."""
    judge = Judge()
    return [(it.name, it.tape.name, judge.judge(it)) for it in gardens(chosen(corpus), share, step, rounds)]


def summary(verdicts: list[Verdict]) -> list[str]:
    """The recall of each group and of all, and how many are left."""
    lines = []
    for group in (*GROUPS, "all"):
        these = [it for it in verdicts if group in (it.group, "all")]
        found, left = sum(it.found for it in these), sum(bool(it.left) for it in these)
        if these:
            lines.append(f"{group:<10} {len(these):>6} {found:>6} {found / len(these):>8.2%} {left:>5} left")
    return lines


def table(verdicts: list[Verdict], by: str) -> list[str]:
    """The recall by kind or by place."""
    rows: dict[str, list[Verdict]] = defaultdict(list)
    for it in verdicts:
        rows[it.kind if by == "kind" else it.place].append(it)
    lines = [f"{by:<52} {'planted':>7} {'found':>6} {'recall':>8} {'left':>5}"]
    for name, these in rows.items():
        found, left = sum(it.found for it in these), sum(bool(it.left) for it in these)
        lines.append(f"{name:<52} {len(these):>7} {found:>6} {found / len(these):>8.2%} {left:>5}")
    return lines


def main() -> None:
    """Plant, find, redact, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.planting", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("CASSETTE_CORPUS"), metavar="DIR")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--step", type=int, default=1, metavar="N", help="one of N pairs of kind and place only")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="each pair in N recordings")
    options = parser.parse_args()
    if options.corpus is None:
        parser.error("no corpus: give --corpus or set CASSETTE_CORPUS")
    start = time.monotonic()
    shares = [(options.corpus, (n, options.jobs), options.step, options.rounds) for n in range(options.jobs)]
    with multiprocessing.Pool(options.jobs) as pool:
        files = [file for part in pool.starmap(judged, shares) for file in part]
    verdicts = [verdict for _, _, outcome in files for verdict in outcome.verdicts]
    for by in ("kind", "place"):
        print("\n".join(table(verdicts, by)), end="\n\n")
    for it in verdicts:
        if not it.found or it.left:
            codes = f"reported as {' '.join(sorted(it.reported))}" if it.reported else "not found"
            state = "" if it.found else f" {codes};"
            print(f"{it.garden}: {it.kind}: {it.place}:{state} {len(it.left)} parts left")
    for name, recording, outcome in files:
        for text in outcome.trouble:
            print(f"{name} ({recording}): {text}")
    recordings = len({recording for _, recording, _ in files})
    troubles = Counter(bool(outcome.trouble) for _, _, outcome in files)[True]
    print(f"\n{len(files)} files of {recordings} recordings, {troubles} in trouble, {time.monotonic() - start:.0f} s")
    print("\n".join(summary(verdicts)))


if __name__ == "__main__":
    main()
