"""Whole processes, measured in turn."""

import os
import statistics
import subprocess
import sys
from collections.abc import Collection
from typing import NamedTuple

# The peak memory of a process starts from that of the process that starts it. So that this is a bare interpreter, which
# no command measured here goes below, and not the benchmark with all that it holds, there is one process in between.
_LAUNCHER = """
import os, sys, time
command = sys.argv[1:]
discard = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1)]
started = time.perf_counter()
process = os.posix_spawn(command[0], command, os.environ, file_actions=discard)
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - started
unit = 1 if sys.platform == "darwin" else 1024
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, os.waitstatus_to_exitcode(status))
"""
MIB = 1024 * 1024


class Sample(NamedTuple):
    """One run of a command."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, children included."""
    peak: float
    """Bytes of the largest process."""


class Figure(NamedTuple):
    """The medians of several runs, and the wall time of each."""

    wall: float
    cpu: float
    peak: float
    walls: tuple[float, ...]


def once(command: list[str], codes: Collection[int] = (0, 1)) -> Sample:
    """Run a command, given by its full path, to its end.

    Raises:
        RuntimeError: it ended with another exit code than ``codes``, so that its time says nothing.
    """
    # What steers the interpreter of the benchmark is not meant for what it measures.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
    # From a folder that has no configuration for any of them.
    root = os.path.abspath(os.sep)
    result = subprocess.run(
        launcher, cwd=root, env=environment, capture_output=True, text=True, errors="replace", check=True
    )
    wall, cpu, peak, code = map(float, result.stdout.split())
    if code not in codes:
        raise RuntimeError(f"exit code {code:.0f}: {' '.join(command)[:200]}\n{result.stderr[-1000:]}")
    return Sample(wall, cpu, peak)


def in_turn(commands: dict[str, list[str]], runs: int, codes: Collection[int] = (0, 1)) -> dict[str, Figure]:
    """Run the commands A B C, A B C … after one run of each that does not count.

    Drifts of the machine hit all of them alike, so that ratios hold where single times do not.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            sample = once(command, codes)
            if number:
                samples[name].append(sample)
    return {name: _median(values) for name, values in samples.items()}


def _median(samples: list[Sample]) -> Figure:
    wall, cpu, peak = (statistics.median(column) for column in zip(*samples, strict=True))
    return Figure(wall, cpu, peak, tuple(sample.wall for sample in samples))


def ratio(one: Figure, other: Figure) -> float:
    """How many times the wall time of ``other`` the one takes: the median over the pairs of runs."""
    return statistics.median(a / b for a, b in zip(one.walls, other.walls, strict=True))
