"""Run by the scenario ``diff``: what it takes to load pairs of recordings and to compare them, within one process.

    python comparison.py RUNS BEFORE-FOLDER AFTER-FOLDER

It prints a JSON object: the number of pairs, and the seconds of each run of loading and of comparing.
``write_pair`` makes two recordings of any length for the scenario itself.
"""

import json
import random
import sys
import time
from pathlib import Path

_TEXT = "the a model says that it is what we know of them and for all there was no other way to see how far one can go"
_WORDS = _TEXT.split()


def write_pair(folder: Path, number: int, *, alike: bool) -> tuple[Path, Path]:
    """Write a recording of so many interactions, about 2.5 kB each, and its later version.

    Args:
        folder: Where to.
        number: How many interactions.
        alike: The later one has other ids and some other words, and one interaction in twenty is new, gone or moved.
            Otherwise each request is changed.
    """
    chance = random.Random(number)  # noqa: S311 - the same recordings in each run
    questions = [" ".join(chance.choices(_WORDS, k=120)) for _ in range(number)]
    before = [_interaction(question, f"{number:08x}", chance) for number, question in enumerate(questions)]
    order = list(range(number))
    for _ in range(number // 20):
        order.insert(chance.randrange(len(order)), order.pop(chance.randrange(len(order))))
        order.pop(chance.randrange(len(order)))
    after = [
        _interaction(questions[one] if alike else f"{questions[one]} again", f"f{one:07x}", chance) for one in order
    ]
    for place in range(0, number, 20):
        after.insert(place, _interaction(" ".join(chance.choices(_WORDS, k=120)), f"e{place:07x}", chance))
    paths = []
    for name, interactions in (("before", before), ("after", after)):
        path = folder / f"{name}-{number}-{'alike' if alike else 'changed'}.json"
        path.write_text(json.dumps({"version": 1, "interactions": interactions}))
        paths.append(path)
    return paths[0], paths[1]


def _interaction(question: str, ident: str, chance: random.Random) -> dict[str, object]:
    asked = {"model": "m", "messages": [{"role": "user", "content": question}], "temperature": 0}
    answer = {
        "id": f"chatcmpl-{ident}abcdef", "object": "chat.completion", "model": "m-1", "created": 1,
        "choices": [
            {
                "index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": " ".join(chance.choices(_WORDS, k=200))},
            }
        ],
        "usage": {"prompt_tokens": 120, "completion_tokens": 200, "total_tokens": 320},
    }  # fmt: skip
    return {
        "request": {
            "method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "body": json.dumps(asked),
            "headers": {"Content-Type": ["application/json"]},
        },
        "response": {
            "status": {"code": 200, "message": "OK"}, "headers": {"Content-Type": ["application/json"]},
            "body": {"string": json.dumps(answer)},
        },
    }  # fmt: skip


def _measure(runs: int, before: Path, after: Path) -> dict[str, object]:
    from cassette_tools.loading import load
    from cassette_tools.operations.diff.compare import diff

    names = [path.relative_to(before) for path in sorted(before.rglob("*.y*ml"))]
    names = [name for name in names if (after / name).exists()]
    loading, comparing = [], []
    for _ in range(runs + 1):
        start = time.perf_counter()
        pairs = [(load(str(before / name)), load(str(after / name))) for name in names]
        middle = time.perf_counter()
        for one, other in pairs:
            diff(one, other)
        comparing.append(time.perf_counter() - middle)
        loading.append(middle - start)
    return {"pairs": len(names), "loading": loading[1:], "comparing": comparing[1:]}


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))))
