"""Work on a cluster: a real scheduler and real workers, on this machine, and the same bytes as without them."""

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Run
from tests.recordings import chat

ROOT = Path(__file__).parents[2]


class Cluster(NamedTuple):
    """A scheduler and its workers."""

    address: str
    workers: list["subprocess.Popen[bytes]"]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="distributed is not installed: the extra `dask` has it")
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("cluster")
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore",
        # A worker that dies takes few with it, and is missed soon.
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    }  # fmt: skip

    def start(*args: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", *args],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    common = ("--no-dashboard", "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
    workers = [start("distributed.cli.dask_worker", address, *common) for _ in range(2)]
    try:
        _wait_for_workers(address, 2)
        yield Cluster(address, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _wait_for_workers(address: str, number: int) -> None:
    distributed: Any = importlib.import_module("distributed")
    deadline = time.monotonic() + 60
    while True:
        try:
            with distributed.Client(address, timeout=5, set_as_default=False) as client:
                if number:
                    client.wait_for_workers(number, timeout=30)
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(300):
        code = 500 if number % 7 == 0 else 200
        (tmp_path / f"{number:03}.json").write_text(chat(tokens=number, code=code, text=f"It is {number}"))
    return tmp_path


_COMMANDS = (("lint", "."), ("usage", ".", "--by", "file"), ("usage", ".", "--format", "jsonl"), ("summary", "."))


@pytest.mark.usefixtures("folder")
def test_a_cluster_gives_the_same_bytes(run: Run, cluster: Cluster) -> None:
    for command in _COMMANDS:
        here = run(*command, "-j", "1")
        there = run(*command, "--executor", f"dask={cluster.address}")
        assert (there.stdout, there.returncode) == (here.stdout, here.returncode)
        assert here.stdout


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    run: Run, cluster: Cluster, folder: Path, environment: dict[str, str]
) -> None:
    expected = run("usage", ".", "--format", "jsonl", "-j", "1").stdout
    command = [sys.executable, "-m", "cassette_tools", "usage", ".", "--format", "jsonl"]
    with subprocess.Popen(
        [*command, "--executor", f"dask={cluster.address}"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stdout.readline()  # it is at work
        cluster.workers[0].send_signal(signal.SIGKILL)
        rest = running.stdout.read()
        said = running.stderr.read()
    assert running.returncode == 0, said
    assert (first + rest).decode() == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("tcp://127.0.0.1:1", "'tcp://127.0.0.1:1' is not dask=tcp://HOST:PORT"),
        ("dask=127.0.0.1:1", "is not dask=tcp://HOST:PORT"),
        ("ray=tcp://127.0.0.1:1", "is not dask=tcp://HOST:PORT"),
    ],
)
def test_an_address_that_is_none_is_an_error(call: Run, tmp_path: Path, value: str, message: str) -> None:
    (tmp_path / "a.json").write_text(chat())
    result = call("usage", "a.json", "--executor", value)
    assert (result.returncode, message in result.stderr) == (2, True)


def test_standard_input_stays_here(call: Run) -> None:
    result = call("lint", "-", "--executor", "dask=tcp://127.0.0.1:1")
    assert (result.returncode, "standard input cannot be read on a cluster" in result.stderr) == (2, True)


def test_without_the_package_it_says_what_to_install(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text(chat())
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = call("usage", "a.json", "--executor", "dask=tcp://127.0.0.1:1")
    assert (result.returncode, result.stderr.splitlines()[0]) == (2, "error: distributed is not installed")


def test_where_nobody_answers_it_is_said(call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: the extra `dask` has it")
    from cassette_tools.cli import executor

    monkeypatch.setattr(executor, "_SECONDS", 1)
    (tmp_path / "a.json").write_text(chat())
    address = f"tcp://127.0.0.1:{_free_port()}"
    result = call("usage", "a.json", "--executor", f"dask={address}")
    assert (result.returncode, result.stderr.splitlines()[0]) == (2, f"error: no Dask scheduler answers at {address}")


def test_where_nobody_works_it_is_said_and_not_waited_for_ever(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: the extra `dask` has it")
    from cassette_tools.cli import executor

    monkeypatch.setattr(executor, "_PATIENCE", 1)
    (tmp_path / "a.json").write_text(chat())
    port = _free_port()
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    scheduler = subprocess.Popen(
        [*command, "--no-dashboard"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"tcp://127.0.0.1:{port}"
    try:
        _wait_for_workers(address, 0)
        result = call("usage", "a.json", "--executor", f"dask={address}")
    finally:
        scheduler.kill()
        scheduler.wait()
    assert result.returncode == 2
    assert result.stderr.splitlines()[:2] == [
        f"note: the scheduler at {address} has no worker yet: waiting 1 seconds for one",
        f"error: the Dask scheduler at {address} has no worker",
    ]
