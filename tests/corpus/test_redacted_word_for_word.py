"""Redacted recordings replay, in VCR.py and its clients and in our loaders.

What was taken out is told from what was not without the help of the package: each text of the redacted recording, with
its placeholders as gaps, has to fit the text that was there, and each placeholder stands for one value.
"""

import base64
import functools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import requests
import vcr
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.model import Cassette, Message
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.source import files

pytestmark = pytest.mark.corpus

Leaf = tuple[tuple[str | int, ...], Any]

_PLACEHOLDER = re.compile(r"(REDACTED-[a-z0-9-]+?-[0-9]+)")
_COUNTS = ("content-length", "content_length")
_KEPT = ("accept", "content-type", "user-agent")
_NEEDED = ("content-encoding", "content-length", "transfer-encoding")
"""Headers without which a body cannot be read."""


class Redacted(NamedTuple):
    """A file of the corpus, before and after."""

    path: Path
    before: Cassette
    after: Cassette
    text: str
    """The new file."""


def _redacted(paths: list[Path], policy: Policy) -> Iterator[Redacted]:
    redactor = Redactor(policy)
    for path in paths:
        data = files.read(str(path))
        try:
            redacted = redactor.redact(data, path.name)
        except LoadError:
            continue  # no cassette, which other tests count
        if redacted.changed:
            # Read once more from the bytes, and not as the redactor left it.
            after = load_bytes(redacted.data, path.name)
            yield Redacted(path, load_bytes(data, path.name), after, redacted.data.decode("utf-8-sig"))


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@functools.cache
def _of_folder(corpus: Path, name: str) -> tuple[Redacted, ...]:
    """What the default policy changes in one folder of the corpus."""
    return tuple(_redacted(_paths(corpus / name), Policy()))


# --- everything is as it was, but for what was taken out --------------------------------------------------------------


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """All values of a structure that are no mappings and no lists, with their keys."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, number))
    else:
        yield path, value


def _said(cassette: Cassette) -> Iterator[Leaf]:
    """Everything that matters to a replay: requests, statuses, headers, bodies, and the messages in them."""
    for number, interaction in enumerate(cassette.interactions):
        request, response = interaction.request, interaction.response
        yield (number, "method"), request.method
        yield (number, "url"), request.url
        yield (number, "status"), (response.code, response.status_line)
        for side, message in (("request", request), ("response", response)):
            yield (number, side, "content_length"), str(message.content_length)
            for place, header in enumerate(message.headers):
                yield (number, side, place, header.name.lower()), header.value
            yield from _leaves(_body(message), (number, side, "body"))
        transcript = registry.read(interaction)
        if transcript is not None:
            yield (number, "events"), (transcript.framing, transcript.event_count, len(transcript.defects))
            if transcript.message is not None:
                yield from _leaves(transcript.message.native, (number, "message"))
                for choice in transcript.message.choices:
                    said = [choice.text.text, choice.reasoning.text, choice.refusal.text, choice.finish_reason]
                    calls = [(call.id, call.name, call.arguments.text) for call in choice.tool_calls]
                    yield from _leaves([said, calls], (number, "choice", choice.number))


def _body(message: Message) -> str | list[str]:
    """The text of a body; of frames, each of which has checksums, that of each."""
    if message.media_type != "application/vnd.amazon.eventstream" or not isinstance(message.body.raw, bytes):
        return message.body.text
    eventstream = pytest.importorskip("botocore.eventstream", reason="botocore is not installed")
    buffer = eventstream.EventStreamBuffer()  # which verifies the checksums
    buffer.add_data(message.body.data)
    return [frame.payload.decode("latin-1") for frame in buffer]


def _compare(before: Iterator[Leaf], after: Iterator[Leaf], values: dict[str, str], name: Path) -> int:
    """Compare texts, with placeholders as gaps.

    Args:
        before: The texts as they were.
        after: The texts as they are.
        values: What each placeholder stands for; what is found is added.
        name: Whose texts they are.

    Returns:
        In how many of the texts there is a placeholder.
    """
    changed = 0
    for (path, old), (other, new) in zip(before, after, strict=True):
        assert path == other, name
        if old == new or path[-1] in _COUNTS:
            continue
        assert isinstance(old, str) and isinstance(new, str), (name, path)  # noqa: PT018 - they belong together
        parts = _PLACEHOLDER.split(_opened(new))
        match = re.fullmatch("(.+)".join(map(re.escape, parts[::2])), _opened(old), re.DOTALL)
        assert match, (name, path)
        for placeholder, value in zip(parts[1::2], match.groups(), strict=True):
            assert values.setdefault(placeholder, value) == value, (name, path, placeholder)
        changed += 1
    return changed


def _opened(text: str) -> str:
    """The same with texts in the place of their base64."""

    def opened(match: re.Match[str]) -> str:
        try:
            return base64.b64decode(match.group(), validate=True).decode()
        except ValueError:
            return match.group()

    return re.sub(r"[A-Za-z0-9+/]{40,}={0,2}", opened, text)


def _folders() -> list[str]:
    folder = os.environ.get("CASSETTE_CORPUS")
    return sorted(path.name for path in Path(folder).iterdir() if path.is_dir()) if folder else ["."]


@pytest.mark.parametrize("folder", _folders())
def test_redacted_files_say_what_they_said_but_for_what_was_taken_out(corpus: Path, folder: str) -> None:
    values: dict[str, str] = {}
    for redacted in _of_folder(corpus, folder):
        assert _compare(_said(redacted.before), _said(redacted.after), values, redacted.path), redacted.path
        for old, new in zip(_messages(redacted.before), _messages(redacted.after), strict=True):
            assert _lengths(old) == _lengths(new), redacted.path
    assert len(_of_folder(corpus, folder)) > 5
    assert len(set(values.values())) == len(values), "one value, two placeholders"


def _messages(cassette: Cassette) -> Iterator[Message]:
    for interaction in cassette.interactions:
        yield interaction.request
        yield interaction.response


def _lengths(message: Message) -> tuple[bool, ...]:
    """Which of the lengths that a message names fit its body: coded, or without its codings."""
    named = (message.headers.get("content-length"), str(message.content_length))
    sizes = (str(message.body.size), str(len(message.body.data)))
    return tuple(length in sizes for length in named)


def _of_vcr(text: str) -> Iterator[Leaf]:
    """What VCR.py's own loader reads, but for the bodies.

    Raises:
        TypeError: It cannot read the file.
        ValueError: It cannot read the file.
    """
    asked, answered = deserialize(text, yamlserializer)
    for number, (request, response) in enumerate(zip(asked, answered, strict=True)):
        yield (number, "method"), request.method
        yield (number, "uri"), request.uri
        yield from _leaves(_shown(dict(request.headers)), (number, "request"))
        yield from _leaves(response["status"], (number, "status"))
        for name, values in response["headers"].items():
            yield from (((number, place, name.lower()), value) for place, value in enumerate(_shown(values)))


def _shown(value: Any) -> Any:
    """The same with texts in the place of bytes."""
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    assert isinstance(body, bytes | None)
    return body or b""


def test_vcrpys_own_loader_reads_what_it_read_but_for_what_was_taken_out(corpus: Path) -> None:
    values: dict[str, str] = {}
    read: Counter[str] = Counter()
    for redacted in _of_folder(corpus, "vcrpy"):
        try:
            before = list(_of_vcr(redacted.path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            # A tag that its safe loader refuses, or another serializer's keys: it still does, and still for that.
            with pytest.raises(type(error)):
                list(_of_vcr(redacted.text))
            read[type(error).__name__] += 1
        else:
            after = list(_of_vcr(redacted.text))
            assert [path for path, _ in before] == [path for path, _ in after], redacted.path
            _compare(iter(before), iter(after), values, redacted.path)
            for ours, request, response in zip(
                redacted.after.interactions, *deserialize(redacted.text, yamlserializer), strict=True
            ):
                assert _bytes(request.body) == _bytes(ours.request.body.raw), redacted.path
                assert _bytes(response["body"]["string"]) == _bytes(ours.response.body.raw), redacted.path
            read["read"] += 1
    assert read["read"] > 100


def test_fakes_and_few_headers_change_nothing_else(corpus: Path) -> None:
    policy = Policy(style="fake", key=b"a key for this test", keep_headers=_KEPT)
    count = 0
    for redacted in _redacted(_paths(corpus)[::12], policy):
        for before, after in zip(redacted.before.interactions, redacted.after.interactions, strict=True):
            assert before.request.method == after.request.method, redacted.path
            assert (before.response.code, before.response.status_line) == (
                after.response.code,
                after.response.status_line,
            )
            for message in (after.request, after.response):
                assert {header.name.lower() for header in message.headers} <= {*_KEPT, *_NEEDED}, redacted.path
            old, new = registry.read(before), registry.read(after)
            assert (old is None) == (new is None), redacted.path
            if old is None or new is None:
                continue
            assert (old.framing, old.event_count, old.defects) == (new.framing, new.event_count, new.defects)
            assert (old.protocol, old.irregularities) == (new.protocol, new.irregularities), redacted.path
            if old.message is not None and new.message is not None:
                pairs = zip(_leaves(old.message.native), _leaves(new.message.native), strict=True)
                for (path, value), (other, changed) in pairs:
                    assert path == other, redacted.path
                    assert value == changed or len(value) == len(changed), (redacted.path, path)
        count += 1
    assert count > 50


# --- the real VCR.py plays them back ----------------------------------------------------------------------------------


def _by_requests(request: Any) -> tuple[int, bytes]:
    headers = _sent(request)
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            request.method, request.url, headers=headers, data=request.body.raw, allow_redirects=False, timeout=5
        )
        return answer.status_code, answer.content


def _by_httpx(request: Any) -> tuple[int, bytes]:
    with httpx.Client(trust_env=False) as client:
        answer = client.request(request.method, request.url, headers=_sent(request), content=request.body.raw)
        return answer.status_code, answer.content


def _sent(request: Any) -> dict[str, str]:
    own = ("content-length", "host", "connection", "transfer-encoding")  # which the client makes itself
    return {header.name: header.value for header in request.headers if header.name.lower() not in own}


def _why_not(redacted: Redacted) -> str:
    """Why a recording cannot be played back, redacted or not; empty when it can."""
    try:
        list(_of_vcr(redacted.text))
    except (ValueError, TypeError, KeyError):
        return "VCR.py cannot read it: another serializer's, or a tag that its loader refuses"
    for message in _messages(redacted.after):
        if message.body.decoded.problem:
            return "a body is not of the coding that its headers name"
    return ""


@pytest.mark.parametrize(("play", "first"), [(_by_requests, 0), (_by_httpx, 1)], ids=["requests", "httpx"])
def test_vcrpy_plays_redacted_recordings_back(
    play: Callable[[Any], tuple[int, bytes]],
    first: int,
    corpus: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    left_out: Counter[str] = Counter()
    played = coded = 0
    changed = [*_of_folder(corpus, "vcrpy")]
    for redacted in changed[first::2]:
        if played == 25:
            break
        if why := _why_not(redacted):
            left_out[why] += 1
            continue
        path = tmp_path / f"{played}.yaml"
        path.write_text(redacted.text, encoding="utf-8")
        by_default = ["method", "scheme", "host", "port", "path", "query"]
        is_json = all(interaction.request.body.json() is not None for interaction in redacted.after.interactions)
        recorder = vcr.VCR(record_mode="none", match_on=[*by_default, *(["body"] if is_json else [])])
        with recorder.use_cassette(str(path)) as cassette:
            for interaction in redacted.after.interactions:
                status, body = play(interaction.request)
                assert status == interaction.response.code, redacted.path
                if body != interaction.response.body.data:
                    # VCR.py's stub of urllib3 takes no codings off: requests gets the bytes that were recorded.
                    assert body == interaction.response.body.raw, redacted.path
                    coded += 1
            assert cassette.all_played, redacted.path
        played += 1
    assert played == 25
    assert coded == 0 or play is _by_requests
    record_property("table", f"{played} files played back; not all was decoded: {coded}; left out: {dict(left_out)}")
