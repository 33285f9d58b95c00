"""Whole processes, measured in turn."""

import os
import statistics
import subprocess
import time
from typing import NamedTuple


class Sample(NamedTuple):
    """One run of a command."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, children included."""
    peak: float
    """MiB of the largest process."""


class Figure(NamedTuple):
    """The medians of several runs, and the wall time of each."""

    wall: float
    cpu: float
    peak: float
    walls: tuple[float, ...]


def _once(command: list[str]) -> Sample:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = 0  # it has been waited for; findings make the exit code 1
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(commands: dict[str, list[str]], runs: int) -> dict[str, Figure]:
    """Run the commands A B C, A B C … after one run of each that does not count.

    Drifts of the machine hit all of them alike, so that ratios hold where single times do not.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            sample = _once(command)
            if number:
                samples[name].append(sample)
    return {name: _median(values) for name, values in samples.items()}


def _median(samples: list[Sample]) -> Figure:
    wall, cpu, peak = (statistics.median(column) for column in zip(*samples, strict=True))
    return Figure(wall, cpu, peak, tuple(sample.wall for sample in samples))


def ratio(other: Figure, own: Figure) -> float:
    """How many times the wall time of ``own`` the other takes: the median over the pairs of runs."""
    return statistics.median(a / b for a, b in zip(other.walls, own.walls, strict=True))
