"""Work in several processes: the same results in the same order, and nothing is lost when a process is."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cassette_tools import workers
from cassette_tools.errors import CassetteToolsError
from cassette_tools.lint.engine import FileResult
from cassette_tools.lint.run import Run, lint_paths
from cassette_tools.lint.settings import Options, SettingsFinder
from cassette_tools.source import files

pytestmark = [
    pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no other processes are used here"),
    # pytest's own threads are no part of what is forked here.
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

BROKEN = """\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 404, status: 200 OK, headers: {}, body: "[]"}
"""


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert list(workers.each(str, range(40), jobs)) == [(number, str(number)) for number in range(40)]


def _run(jobs: int | None) -> Run:
    return Run(SettingsFinder(Options(isolated=True)), jobs=jobs)


def test_no_items_need_no_worker() -> None:
    assert list(workers.each(str, [], 2)) == []


def test_other_processes_do_the_work() -> None:
    ids = {result for _, result in workers.each(lambda _: os.getpid(), range(9), 2)}
    assert len(ids) == 3  # the first item is done here, so that what it imports is inherited


def test_what_does_not_fit_into_a_pipe_comes_through() -> None:
    sizes = [1, 1 << 20, 3, 5 << 20]
    assert [len(str(result)) for _, result in workers.each(lambda size: "x" * size, sizes, 2)] == sizes


def test_a_worker_that_dies_is_named_by_its_item_and_replaced() -> None:
    def work(number: int) -> int:
        if number in (5, 9, 10):
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    results = dict(workers.each(work, range(20), 2))
    died = {number: str(result) for number, result in results.items() if isinstance(result, Exception)}
    assert died == dict.fromkeys((5, 9, 10), "killed by SIGKILL")
    assert [number for number in results if number not in died] == [
        result for result in results.values() if not isinstance(result, Exception)
    ]


def test_a_worker_that_ends_is_named_by_its_item_and_its_exit_code() -> None:
    results = dict(workers.each(lambda number: os._exit(7) if number == 3 else number, range(6), 2))
    assert str(results[3]) == "exit code 7"
    assert results[5] == 5


def test_what_the_work_raises_is_raised_here() -> None:
    def work(number: int) -> int:
        return 10 // (number - 5)

    done: list[object] = []
    with pytest.raises(ZeroDivisionError):
        done.extend(result for _, result in workers.each(work, range(10), 2))


def test_workers_end_when_nobody_asks_for_more() -> None:
    results = workers.each(lambda _: "x" * 100_000, range(100), 2)
    assert [next(results)[0] for _ in range(3)] == [0, 1, 2]
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(("files", "jobs", "used"), [(5, 8, 0), (31, 8, 0), (32, 1, 0), (32, 2, 2), (32, None, 3)])
def test_other_processes_are_used_for_many_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, jobs: int | None, used: int
) -> None:
    asked: list[int] = []

    def each(function: Callable[[str], str], items: list[str], number: int) -> Iterator[tuple[str, str]]:
        asked.append(number)
        return ((item, function(item)) for item in items)

    monkeypatch.setattr(workers, "each", each)
    monkeypatch.setattr(workers, "usable_cpus", lambda: 3)
    results = list(lint_paths(_write(tmp_path, files), _run(jobs)))
    assert (len(results), asked) == (files, [used] if used else [])


def _write(folder: Path, number: int) -> list[str]:
    names = []
    for count in range(number):
        path = folder / f"{count:03}.yaml"
        path.write_text(BROKEN.replace("404", str(400 + count)) if count % 3 else BROKEN.replace("404", "200"))
        names.append(str(path))
    return names


def _plain(results: object) -> list[object]:
    return [str(result) if isinstance(result, CassetteToolsError) else result for result in results]  # type: ignore[attr-defined]


def test_a_folder_is_checked_alike_by_any_number_of_processes(tmp_path: Path) -> None:
    names = _write(tmp_path, 50)
    names.insert(20, str(tmp_path / "nowhere.yaml"))
    one = _plain(lint_paths(names))
    assert len(one) == 51
    assert _plain(lint_paths(names, _run(2))) == one
    assert _plain(lint_paths(names, _run(7))) == one
    assert _plain(lint_paths(names[:5], _run(7))) == one[:5]


def test_a_file_that_kills_its_process_is_named_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = _write(tmp_path, 40)
    read = files.read

    def reading(path: str) -> bytes:
        if path == names[17]:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(path)

    monkeypatch.setattr(files, "read", reading)
    results = list(lint_paths(names, _run(2)))
    (error,) = [result for result in results if isinstance(result, CassetteToolsError)]
    assert error.message == f"{names[17]}: the process that checked it ended (killed by SIGKILL)"
    assert len(results) == 40
    assert isinstance(results[18], FileResult)


def _twice(number: int) -> int:
    return 2 * number


class _Broken(Executor):
    """Takes work and loses it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":  # noqa: ARG002
        future: Future[Any] = Future()
        future.set_exception(ConnectionError("gone"))
        return future


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, _Broken])
def test_any_executor_gives_the_results_in_order(pool: Callable[[], Executor]) -> None:
    with pool() as executor:
        found = list(workers.spread(_twice, iter(range(5000)), 1, executor))
    assert found == [(number, 2 * number) for number in range(5000)]


def test_what_is_not_waited_for_is_not_done() -> None:
    done: list[int] = []

    def note(number: int) -> int:
        done.append(number)
        return number

    with ThreadPoolExecutor(1) as executor:
        results = workers.spread(note, range(1_000_000), None, executor)
        assert next(results) == (0, 0)
        results.close()  # type: ignore[attr-defined]
    assert len(done) < 10_000


def test_what_the_function_raises_on_an_executor_is_raised_here() -> None:
    def fail(number: int) -> int:
        raise ValueError(str(number))

    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match=r"^7$"):
        list(workers.spread(fail, [7], None, executor))
