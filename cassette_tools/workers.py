"""Work on many things in several processes, with the results in order however many there are.

Workers are forked: they have everything imported and start within a millisecond. The pools of the standard library take
thirty to be imported, and when a worker is killed they cannot tell what it was at. Where forking is not safe (macOS) or
not possible (Windows), the work is done in this process.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Result = TypeVar("Result")

ARE_POSSIBLE = sys.platform not in ("win32", "darwin")
"""Whether work can be given to other processes here."""
_LENGTH = 8  # bytes that say how long the next result is


class WorkerDiedError(Exception):
    """A worker was killed, for want of memory perhaps, before it was done with a thing."""


def usable_cpus() -> int:
    """The number of CPUs that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


FEW = 32
"""Things for which other processes do not pay."""
_BATCH = 32
"""Things that an executor is given at a time: handing one over takes as long as a small file."""
_AHEAD = 64
"""Batches that are under way at a time."""


def spread(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int | None, executor: "Executor | None" = None
) -> Iterator[tuple[Item, Result | WorkerDiedError]]:
    """Call a function with each item, here or elsewhere, with the results in order.

    Args:
        function: What to do; for an executor it must be fit to be pickled, and so must the items.
        items: What to do it with. For several processes all of them are listed first.
        jobs: How many processes share the work where there are enough items; None for as many as there are CPUs.
        executor: Where to do it instead; its workers must see the same files.
    """
    if executor is not None:
        yield from _on(executor, function, items)
        return
    if jobs != 1:
        items = list(items)
        number = jobs or usable_cpus()
        if len(items) >= FEW and number > 1 and ARE_POSSIBLE:
            yield from each(function, items, number)
            return
    for item in items:
        yield item, function(item)


def _on(
    executor: "Executor", function: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Result | WorkerDiedError]]:
    from collections import deque
    from itertools import islice

    pending: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    left = iter(items)
    folder = os.getcwd()
    try:
        while batch := list(islice(left, _BATCH)):
            pending.append((batch, executor.submit(_call, function, batch, folder)))
            if len(pending) >= _AHEAD:
                yield from _results(function, *pending.popleft())
        while pending:
            yield from _results(function, *pending.popleft())
    finally:
        for _, future in pending:
            future.cancel()


def _results(
    function: Callable[[Item], Result], batch: list[Item], future: "Future[list[Result]]"
) -> Iterator[tuple[Item, Result]]:
    try:
        results = future.result()
    except Exception:  # noqa: BLE001 - whatever a cluster comes up with; what the function raises is raised below
        results = [function(item) for item in batch]
    yield from zip(batch, results, strict=True)


def _call(function: Callable[[Item], Result], batch: list[Item], folder: str) -> list[Result]:
    """What a worker of an executor does: names are relative to the folder in which the command runs."""
    if os.getcwd() != folder:
        os.chdir(folder)
    return [function(item) for item in batch]


def each(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Iterator[tuple[Item, Result | WorkerDiedError]]:
    """Call a function with each item; every ``jobs``-th one in the same process.

    What the function raises is raised here, by calling it once more in this process. A worker that dies is replaced.

    Args:
        function: What to do; its result must be fit to be pickled.
        items: What to do it with.
        jobs: The number of processes.
    """
    workers: list[_Worker[Item, Result]] = []
    try:
        for number, item in enumerate(items):
            if number == 0:
                yield item, function(item)  # so that what is imported on demand is there to be inherited
                workers = [_Worker(function, items[first::jobs]) for first in range(1, jobs + 1)]
                continue
            worker = workers[(number - 1) % jobs]
            try:
                yield item, worker.next_result()
            except EOFError:
                yield item, WorkerDiedError(worker.end(stop=False))
                workers[(number - 1) % jobs] = _Worker(function, items[number + jobs :: jobs])
            except _RaisedError:
                yield item, function(item)
    finally:
        for worker in workers:
            worker.end()


class _RaisedError(Exception):
    """The function raised something."""


class _Worker(Generic[Item, Result]):
    """A process that calls the function with its items, in order, and writes down the results."""

    def __init__(self, function: Callable[[Item], Result], items: Sequence[Item]) -> None:
        reading, writing = os.pipe()
        self._pid: int | None = os.fork()
        if self._pid == 0:  # pragma: no cover - in the worker
            os.close(reading)
            _work(function, items, writing)
        os.close(writing)
        self._results: BinaryIO = os.fdopen(reading, "rb")

    def next_result(self) -> Result:
        """Wait for the next result."""
        head = self._read(_LENGTH)
        length = int.from_bytes(head, "big")
        if not length:
            raise _RaisedError
        import pickle

        result: Result = pickle.loads(self._read(length))  # noqa: S301 - this process's own child wrote it
        return result

    def _read(self, size: int) -> bytes:
        data = self._results.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def end(self, *, stop: bool = True) -> str:
        """Wait for the worker's end, after stopping it if need be; says how it ended."""
        if self._pid is None:
            return ""
        self._results.close()
        import signal

        if stop:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self._pid = None
        code = os.waitstatus_to_exitcode(status)
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _work(  # pragma: no cover - no coverage leaves a process that ends like this
    function: Callable[[Item], Result], items: Sequence[Item], writing: int
) -> None:
    """What a worker does; it never returns, and leaves the buffers of its parent alone."""
    import pickle
    import signal

    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says that it was interrupted
        with os.fdopen(writing, "wb") as results:
            for item in items:
                try:
                    data = pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL)
                except Exception:  # noqa: BLE001 - the parent meets it again, and has a place for it
                    data = b""
                results.write(len(data).to_bytes(_LENGTH, "big") + data)
                results.flush()
        code = 0
    finally:
        os._exit(code)
