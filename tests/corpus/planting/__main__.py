"""Plants every kind of secret in every place: ``python -m tests.corpus.planting FOLDER`` says how many are found."""

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tabulate import tabulate

from tests.corpus.planting.judge import Judged, judged, tapes

_RECORDINGS = 200


def _share(folder: str, number: int, of: int) -> list[tuple[str, str, str, str, str, tuple[str, ...]]]:
    return [_row(one) for one in judged(tapes(Path(folder), _RECORDINGS), (number, of))]


def _row(one: Judged) -> tuple[str, str, str, str, str, tuple[str, ...]]:
    return one.sort, one.plant.secret.kind, one.plant.place.name, one.file, one.code, one.left


def main(folder: str, processes: int = 2) -> None:
    """Print how many secrets of each sort are found, and which are not."""
    started = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        shares = list(pool.map(_share, [folder] * processes, range(processes), [processes] * processes))
    rows = [row for share in shares for row in share]
    for title, column in (("sort", 0), ("place", 2), ("kind", 1)):
        number, found, left = Counter[str](), Counter[str](), Counter[str]()
        for row in rows:
            name = str(row[column])
            number[name] += 1
            found[name] += bool(row[4])
            left[name] += bool(row[5])
        table = [(name, count, found[name], f"{found[name] / count:.2%}", left[name]) for name, count in number.items()]
        print(tabulate(sorted(table), headers=[title, "planted", "found", "recall", "left"]), end="\n\n")  # noqa: T201
    for row in rows:
        if not row[4] or row[5]:
            print(f"{'not found' if not row[4] else 'left':9} {row[1]}: {row[2]}: {row[3]}")  # noqa: T201
    print(f"{len(rows):,} secrets, {time.perf_counter() - started:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
