"""The benchmark's arithmetic, and that it measures the command and nothing else. No test here asserts a time."""

import sys

import pytest

from benchmarks import measure
from benchmarks.measure import MIB, Figure, Sample

PYTHON = [sys.executable, "-I", "-S", "-c"]


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands in the order in which they were run; each takes as many seconds as it says, and ten at first."""
    ran: list[str] = []

    def once(command: list[str], _codes: object) -> Sample:
        name, *walls = command
        ran.append(name)
        return Sample(float(walls[ran.count(name) - 1]), 1, 2)

    monkeypatch.setattr(measure, "once", once)
    return ran


def test_commands_take_turns_and_their_first_run_does_not_count(order: list[str]) -> None:
    figures = measure.in_turn({"a": ["A", "99", "1", "5", "3"], "b": ["B", "99", "4", "4", "8"]}, runs=3)
    assert order == ["A", "B"] * 4
    assert figures == {"a": Figure(3, 1, 2, (1, 5, 3)), "b": Figure(4, 1, 2, (4, 4, 8))}


def test_a_ratio_is_the_median_of_those_of_each_turn() -> None:
    slow_in_the_second_turn = Figure(2, 0, 0, (2, 20, 2)), Figure(1, 0, 0, (1, 10, 0.5))
    assert measure.ratio(*slow_in_the_second_turn) == 2
    assert measure.ratio(*reversed(slow_in_the_second_turn)) == 0.5


def test_the_peak_memory_is_that_of_the_command_and_not_of_who_measures_it() -> None:
    held = bytearray(b"x" * (200 * MIB))
    small = measure.once([*PYTHON, "pass"])
    large = measure.once([*PYTHON, f"bytearray({100 * MIB})[::4096] = b'x' * {100 * MIB // 4096}"])
    assert len(held) > 100 * MIB > small.peak
    assert 200 * MIB > large.peak > 100 * MIB


def test_the_time_of_children_of_the_command_is_counted() -> None:
    busy = "import time\nwhile time.process_time() < 0.1: pass"
    parent = f"import os, sys\nos.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-c', {busy!r}], {{}}), 0)"
    assert measure.once([*PYTHON, parent]).cpu >= 0.1


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match=r"^exit code 3: (.|\n)*it does not work"):
        measure.once([*PYTHON, "import sys; print('it does not work', file=sys.stderr); sys.exit(3)"])


def test_what_is_expected_to_find_nothing_must_not_find_anything() -> None:
    findings = [*PYTHON, "raise SystemExit(1)"]
    assert measure.once(findings).wall > 0
    with pytest.raises(RuntimeError, match=r"^exit code 1"):
        measure.once(findings, codes=(0,))


def test_what_steers_the_interpreter_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    script = "import os, sys; sys.exit(any(name.startswith('PYTHON') for name in os.environ))"
    assert measure.once([*PYTHON, script], codes=(0,)).wall > 0
