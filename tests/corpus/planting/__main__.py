"""``python -m tests.corpus.planting``."""

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path

from tests.corpus.planting import report
from tests.corpus.planting.judge import Judge, Judged
from tests.corpus.planting.plan import gardens
from tests.corpus.planting.recordings import tapes

_DESCRIPTION = """\
Plant every kind of secret in every place and encoding, in real recordings; let the tool find them and take them out;
print what was missed and what is left."""


def _judged(corpus: Path, share: tuple[int, int], step: int, rounds: int) -> list[tuple[str, str, Judged]]:
    """A share of the files, each with the recording that it was made of."""
    judge = Judge()
    return [(it.name, it.tape.name, judge.judge(it)) for it in gardens(tapes(corpus), share, step, rounds)]


def main() -> int:
    """Plant, find, redact, print; 1 when anything was missed or is left."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.planting", description=_DESCRIPTION)
    add, corpus = parser.add_argument, os.environ.get("CASSETTE_CORPUS")
    add("--corpus", type=Path, default=corpus, metavar="DIR", help="folder of cassettes (default: $CASSETTE_CORPUS)")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each core)")
    add("--step", type=int, default=1, metavar="N", help="one of N pairs of a kind and a place (default: all)")
    add("--rounds", type=int, default=1, metavar="N", help="each pair N times, in other recordings (default: once)")
    options = parser.parse_args()
    if options.corpus is None:
        parser.error("no folder of cassettes: give --corpus or set CASSETTE_CORPUS")
    start = time.monotonic()
    shares = [(options.corpus, (n, options.jobs), options.step, options.rounds) for n in range(options.jobs)]
    with multiprocessing.Pool(options.jobs) as pool:
        files = [file for part in pool.starmap(_judged, shares, chunksize=1) for file in part]
    verdicts = [verdict for _, _, judged in files for verdict in judged.verdicts]
    bad = [str(it) for it in verdicts if not it.found or it.left]
    bad += [f"{name} ({recording}): {text}" for name, recording, judged in files for text in judged.trouble]
    recordings, seconds = len({recording for _, recording, _ in files}), time.monotonic() - start
    done = f"{len(files)} files of {recordings} recordings in {seconds:.0f} s"
    parts = (report.by_kind(verdicts), report.by_place(verdicts), *bad, done, report.summary(verdicts))
    sys.stdout.write("\n\n".join(parts) + "\n")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
