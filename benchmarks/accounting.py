"""Run by the scenario ``usage``, within one process each.

    python accounting.py corpus RUNS FOLDER
    python accounting.py many INTERACTIONS

The first prints the seconds of loading all cassettes of a folder, and of loading them and adding up what they used; the
second, what it takes to add up so many interactions,
which are made on the way: seconds and the peak of memory in bytes.
"""

import json
import resource
import sys
import time
from pathlib import Path

from cassette_tools.loading import LoadError, load, load_bytes
from cassette_tools.operations.usage.record import records
from cassette_tools.operations.usage.totals import Grouped

_A_FILE = 100
"""Interactions of a file that is made."""


def _corpus(runs: int, folder: Path) -> dict[str, list[float]]:
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())

    def seconds(grouped: Grouped | None) -> float:
        start = time.process_time()
        for path in paths:
            try:
                cassette = load(path)
            except LoadError:
                continue
            if grouped is not None:
                for one in records(cassette, path):
                    grouped.add(one)
        return time.process_time() - start

    times: dict[str, list[float]] = {"loading": [], "usage": []}
    for _ in range(runs + 1):
        times["loading"].append(seconds(None))
        times["usage"].append(seconds(Grouped(("provider", "model"))))
    return {name: taken[1:] for name, taken in times.items()}


def _file(first: int) -> bytes:
    """A recording of some chats, no two alike."""
    interactions = []
    for number in range(first, first + _A_FILE):
        usage = {
            "prompt_tokens": number % 997,
            "completion_tokens": number % 89,
            "total_tokens": number % 997 + number % 89,
        }
        choice = {"index": 0, "message": {"role": "assistant", "content": f"It is {number}"}, "finish_reason": "stop"}
        answer = {"id": f"chatcmpl-{number}", "object": "chat.completion", "model": f"model-{number % 20}"}
        interactions.append(
            {
                "request": {
                    "method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "headers": {},
                    "body": json.dumps({"model": "m", "messages": [{"role": "user", "content": f"What is {number}?"}]}),
                },
                "response": {
                    "status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["application/json"]},
                    "body": {"string": json.dumps({**answer, "choices": [choice], "usage": usage})},
                },
            }
        )  # fmt: skip
    return json.dumps({"version": 1, "interactions": interactions}).encode()


def _many(number: int) -> dict[str, float]:
    grouped = Grouped(("provider", "model"))
    seconds = 0.0
    for first in range(0, number, _A_FILE):
        data = _file(first)
        start = time.process_time()
        for one in records(load_bytes(data, "x.json"), f"{first}.json"):
            grouped.add(one)
        seconds += time.process_time() - start
    if grouped.all.calls != number:
        raise SystemExit(f"{grouped.all.calls:,} of {number:,} interactions were counted")
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    result = _corpus(int(sys.argv[2]), Path(sys.argv[3])) if sys.argv[1] == "corpus" else _many(int(sys.argv[2]))
    print(json.dumps(result))
