"""Run by the scenario ``reassemble`` in an environment of its own: takes times within one process, in turn.

    python accumulation.py RUNS FOLDER-OR-FILE…

It prints a JSON object: the name of each thing measured, and the seconds of each of its runs.
"""

import gc
import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from cassette_tools.formats.registry import read as read_format
from cassette_tools.model import Cassette, Interaction
from cassette_tools.operations.reassemble import reassemble
from cassette_tools.protocols.registry import framing
from cassette_tools.source import files
from cassette_tools.source.parse import parse
from cassette_tools.wire import sse

# Both are in the environment of the scenario only. The HTTP client under the SDK has another name since release 3.
openai: Any = importlib.import_module("openai")
_http: Any = importlib.import_module("httpx2" if importlib.util.find_spec("httpx2") else "httpx")
_CHUNK = 'data: {"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
_END = 'data: {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


def _cassettes(paths: list[str]) -> list[bytes]:
    """The files with event streams in them; those whose YAML only its own program can load are left out."""
    found = []
    for path in (file for name in paths for file in sorted(Path(name).rglob("*.y*ml"))):
        data = files.read(path)
        if b"event-stream" in data and b"!!python" not in data and b"!binary" not in data:
            found.append(data)
    return found


def _streams(data: bytes) -> list[Interaction]:
    cassette = read_format(parse(data, "").root)
    interactions = cassette.interactions if isinstance(cassette, Cassette) else []
    return [interaction for interaction in interactions if framing(interaction) == "event-stream"]


def _json_of_events(streams: list[Interaction]) -> Callable[[], None]:
    """What every reader of a stream has to do once."""
    data = [
        event.data
        for interaction in streams
        for event in sse.Decoder().feed(interaction.response.body.text)
        if event.data.startswith("{")
    ]

    def run() -> None:
        for text in data:
            try:
                json.loads(text)
            except ValueError:
                continue

    return run


def _sdk(bodies: list[bytes]) -> None:
    """Each stream through the SDK's client, as an application would read it."""
    served = iter(bodies)

    def answer(_: Any) -> Any:
        return _http.Response(200, headers={"content-type": "text/event-stream"}, content=next(served))

    transport = _http.Client(transport=_http.MockTransport(answer))
    client = openai.OpenAI(api_key="x", base_url="http://localhost", max_retries=0, http_client=transport)
    for _ in bodies:
        with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "x"}]) as stream:
            stream.get_final_completion()


def _accepted(streams: list[Interaction]) -> list[Interaction]:
    """The chat streams that the SDK reads to their end."""
    found = []
    for interaction in streams:
        item = reassemble(interaction)
        if item is not None and item.protocol == "openai-chat":
            try:
                _sdk([interaction.response.body.data])
            except Exception:  # noqa: BLE001, S112 - whatever it is, there is no time to compare with
                continue
            found.append(interaction)
    return found


def _fresh(interaction: Interaction) -> Interaction:
    """The same without what was remembered of it: its text and its JSON."""
    from cassette_tools.model import Body, Response

    response = interaction.response
    body = Body(response.body.raw, response.body.path, response.headers, coded=response.body.coded)
    again = Response(response.path, response.paths, response.headers, body, None, code=response.code, status_line="")
    return Interaction(interaction.index, interaction.path, interaction.request, again, None)


def _timed(run: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    run()
    elapsed = time.perf_counter() - started
    gc.enable()
    return elapsed


def main() -> None:
    """Measure, in turn."""
    runs, paths = int(sys.argv[1]), sys.argv[2:]
    cassettes = _cassettes(paths)
    streams = [interaction for data in cassettes for interaction in _streams(data)]
    events = _json_of_events(streams)
    chats = _accepted(streams)
    bodies = [interaction.response.body.data for interaction in chats]
    long = {count: Interaction(0, (), chats[0].request, _fresh(chats[0]).response, None) for count in (10_000, 100_000)}
    for count, interaction in long.items():
        interaction.response.body.raw = _CHUNK * count + _END

    def parse_only() -> None:
        for data in cassettes:
            yaml.load(data, Loader=yaml.CSafeLoader)
        events()

    def whole() -> None:
        for data in cassettes:
            for interaction in _streams(data):
                reassemble(interaction)

    measured: dict[str, Callable[[], Any]] = {
        "YAML and JSON": parse_only,
        "all streams": whole,
        "chat streams": lambda: [reassemble(_fresh(interaction)) for interaction in chats],
        "openai": lambda: _sdk(bodies),
        **{f"{count} events": lambda count=count: reassemble(_fresh(long[count])) for count in long},  # type: ignore[misc]
    }
    times: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(runs + 1):
        for name, run in measured.items():
            elapsed = _timed(run)
            if number:  # the first round does not count
                times[name].append(elapsed)
    print(json.dumps({"times": times, "streams": len(streams), "chats": len(chats), "openai": openai.__version__}))


if __name__ == "__main__":
    main()
