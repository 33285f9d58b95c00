"""What was redacted still replays: it loads, says the same, and is played back by VCR.py to real clients."""

import base64
import gzip
import itertools
import json
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import requests
import vcr
import yaml
from vcr.request import Request
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from cassette_tools.errors import CassetteToolsError
from cassette_tools.loading import load_bytes
from cassette_tools.model import Cassette, Interaction
from cassette_tools.model import Message as HttpMessage
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import RedactedCassette, Redactor
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.registry import read
from tests.corpus.planting.frames import unframed
from tests.corpus.planting.tape import leaves

pytestmark = pytest.mark.corpus

KEPT = ("accept", "content-type", "user-agent")
KEY = b"the key of the fakes of this test"
NAME = re.compile(r"REDACTED(?:-[a-z0-9]+)+?-[0-9]+")
FOLDERS = {"go-vcr-v1": 5, "go-vcr-v2": 25, "ruby-vcr": 15, "vcrpy": 190}
"""How many files of each format change, at least."""


class Standing:
    """What the placeholders of a file stand for: each for one value, wherever it is."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def same(self, before: str, after: str) -> bool:
        """Whether a text differs from another one only in that it has placeholders."""
        if before == after:
            return True
        pattern = "(.+?)".join(map(re.escape, NAME.split(after)))
        found = re.fullmatch(pattern, before, re.DOTALL) if NAME.search(after) else None
        if found is None:
            ours, theirs = _coded(before), _coded(after)
            return ours is not None and theirs is not None and self.alike(ours, theirs)
        pairs = zip(NAME.findall(after), found.groups(), strict=True)
        return all(self.values.setdefault(name, value) == value for name, value in pairs)

    def alike(self, before: Any, after: Any) -> bool:
        """The same of two structures."""
        ours, theirs = dict(leaves(before)), dict(leaves(after))
        return list(ours) == list(theirs) and all(self._leaf(one, theirs[path]) for path, one in ours.items())

    def _leaf(self, before: Any, after: Any) -> bool:
        return self.same(before, after) if isinstance(before, str) and isinstance(after, str) else before == after


def _coded(text: str) -> Any:
    """What a text codes in JSON or in base64; None where it is neither."""
    if text[:1] in ("{", "["):
        return json.loads(text)
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return None


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader with Ruby's ``!binary``, and with tagged objects as their plain value."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return tuple(loader.construct_sequence(node, deep=True))  # it may be a key
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


_Loader.add_constructor("!binary", yaml.SafeLoader.yaml_constructors["tag:yaml.org,2002:binary"])
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _plain)
_Loader.add_multi_constructor("!ruby/", _plain)


def _redacted(redactor: Redactor, path: Path) -> tuple[bytes, RedactedCassette] | None:
    """A file and what becomes of it; None where it is no recording that can be read."""
    data = path.read_bytes()
    try:
        return data, redactor.redact(data, path.name)
    except CassetteToolsError:
        with pytest.raises(CassetteToolsError):  # not for what redaction made of it
            load_bytes(data, path.name)
        return None


def _changed(folder: Path, redactor: Redactor) -> Iterator[tuple[Path, bytes, RedactedCassette]]:
    """The files that redaction changes; nothing at all changes in the others."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        result = _redacted(redactor, path)
        if result is not None and result[1].changed:
            yield path, *result
        else:
            assert result is None or result[0] == result[1].data, path


def _texts(message: HttpMessage) -> Any:
    """What a body says: its text, or the payloads of its frames."""
    if message.media_type != "application/vnd.amazon.eventstream" or not message.body.data:
        return message.body.text
    found = []
    for frame in unframed(message.body.data):
        payload = json.loads(frame.payload)
        if "bytes" in payload:
            payload["bytes"] = base64.b64decode(payload["bytes"]).decode("utf-8", "surrogateescape")
        found.append(payload)
    return found


def _said(interaction: Interaction) -> Any:
    """What a response says once it is put together."""
    transcript = read(interaction)
    if transcript is None:
        return None
    message = transcript.message
    return [
        transcript.framing,
        transcript.protocol.name if transcript.protocol else "",
        transcript.event_count,
        [str(defect.kind) for defect in transcript.defects],
        [str(irregularity.kind) for irregularity in transcript.irregularities],
        None if message is None else [message.native, message.usage, *_choices(message)],
    ]


def _choices(message: Message) -> Iterator[Any]:
    for choice in message.choices:
        yield [choice.role, choice.finish_reason, choice.text.text, choice.reasoning.text, choice.refusal.text]
        yield [[call.id, call.name, call.arguments.text] for call in choice.tool_calls]


def _shape(url: str) -> Any:
    parts = urlsplit(url)
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    return parts.scheme, parts.hostname, parts.port, parts.path.count("/"), names, bool(parts.fragment)


def _check_messages(before: HttpMessage, after: HttpMessage, standing: Standing, kept: tuple[str, ...] | None) -> None:
    assert standing.alike(_texts(before), _texts(after))
    old, new = list(before.headers), list(after.headers)
    if kept is not None:
        names = {line.name.lower() for line in new}
        old = [line for line in old if line.name.lower() in names]
        # Those without which a body cannot be read stay, whatever is kept.
        assert names <= {*kept, "content-encoding", "transfer-encoding", "content-length"}, names
        assert {line.name.lower() for line in before.headers} & set(kept) <= names
    assert [line.name for line in old] == [line.name for line in new]
    for one, other in zip(old, new, strict=True):
        if one.name.lower() != "content-length":
            assert standing.same(one.value, other.value), one.name
        elif one.value == str(before.body.size):
            assert other.value == str(after.body.size)
        else:
            assert other.value == one.value
    if before.content_length is not None and before.content_length == before.body.size:
        assert after.content_length == after.body.size
    else:
        assert after.content_length == before.content_length


def _check(before: Cassette, after: Cassette, kept: tuple[str, ...] | None = None) -> dict[str, str]:
    """Compare two recordings, and tell what the placeholders of the second one stand for."""
    standing = Standing()
    assert (before.format_name, before.version, before.schema) == (after.format_name, after.version, after.schema)
    for one, other in zip(before.interactions, after.interactions, strict=True):
        assert (one.index, one.recorded_id, one.path) == (other.index, other.recorded_id, other.path)
        assert one.request.method == other.request.method
        assert _shape(one.request.url) == _shape(other.request.url)
        assert standing.same(one.request.url, other.request.url)
        assert (one.response.code, one.response.status_line) == (other.response.code, other.response.status_line)
        _check_messages(one.request, other.request, standing, kept)
        _check_messages(one.response, other.response, standing, kept)
        assert standing.alike(_said(one), _said(other))
    return standing.values


def _check_loaded(before: bytes, after: bytes) -> None:
    """The same with a loader that is not ours, of everything in the file but binary bodies and lengths."""
    ours, theirs = (dict(leaves(yaml.load(data, Loader=_Loader))) for data in (before, after))
    assert list(ours) == list(theirs)
    standing = Standing()
    for path, one in ours.items():
        other = theirs[path]
        assert type(one) is type(other), path
        if isinstance(one, bytes) or any(str(step).lower() in ("content-length", "content_length") for step in path):
            continue
        assert standing.same(str(one), str(other)), path


def _check_vcrpy(path: Path, before: bytes, after: bytes) -> bool:
    """The same with VCR.py's own loader; return whether it takes such files at all."""
    try:
        requests_before, responses_before = deserialize(before.decode(), yamlserializer)
    except (ValueError, TypeError, KeyError) as error:
        with pytest.raises(type(error)):
            deserialize(after.decode(), yamlserializer)
        return False
    requests_after, responses_after = deserialize(after.decode(), yamlserializer)
    standing = Standing()
    for one, other in zip(requests_before, requests_after, strict=True):
        assert (one.method, one.scheme, one.host, one.port) == (other.method, other.scheme, other.host, other.port)
        assert [name for name, _ in one.query] == [name for name, _ in other.query]
        assert standing.same(one.uri, other.uri), path
        assert list(one.headers) == list(other.headers), path
    for one, other in zip(responses_before, responses_after, strict=True):
        assert one.get("status") == other.get("status"), path
        assert list(one["headers"]) == list(other["headers"]), path
    return True


@pytest.mark.parametrize("folder", FOLDERS)
def test_redacted_files_load_and_say_the_same_but_for_what_was_taken_out(corpus: Path, folder: str) -> None:
    redactor = Redactor()
    fakes = Redactor(Policy(style="fake", key=KEY))
    seen: Counter[str] = Counter()
    for path, data, redacted in _changed(corpus / folder, redactor):
        seen["changed"] += 1
        values = _check(load_bytes(data, path.name), redacted.cassette)
        assert values, path
        _check_loaded(data, redacted.data)
        if folder == "vcrpy":
            seen["taken by VCR.py"] += _check_vcrpy(path, data, redacted.data)
        fake = fakes.redact(data, path.name)
        assert fake.found == redacted.found, path
        inventions = _check(fake.cassette, redacted.cassette)  # they stand where the placeholders do
        assert inventions.keys() == values.keys(), path
        # Short values get eight letters; of a web token only the three parts and its end are kept.
        alike = [name for name in values if len(values[name]) >= 8 and not name.startswith("REDACTED-jwt-")]
        assert [len(values[name]) for name in alike] == [len(inventions[name]) for name in alike], path
        assert not set(values.values()) & set(inventions.values()), path
    assert seen["changed"] >= FOLDERS[folder]
    assert folder != "vcrpy" or seen["taken by VCR.py"] > 140


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_list_of_kept_headers_leaves_the_rest_as_it_was(corpus: Path, folder: str) -> None:
    redactor = Redactor(Policy(keep_headers=KEPT))
    checked = 0
    for path in sorted(path for path in (corpus / folder).rglob("*") if path.is_file())[::12]:
        result = _redacted(redactor, path)
        if result is not None:
            data, redacted = result
            _check(load_bytes(data, path.name), redacted.cassette, KEPT)
            checked += 1
    assert checked > 2


# --- VCR.py plays them back -------------------------------------------------------------------------------------------


class NetworkError(AssertionError):
    """Something went over the network."""


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise NetworkError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


GZIP = b"\x1f\x8b"
MATCHED = ["method", "scheme", "host", "port", "path", "query", "json body"]
PLAYED = 25
"""Recordings that each client is given."""
Client = Callable[[Request], tuple[int, bytes]]


def _sent_headers(request: Request) -> dict[str, str]:
    """What a client does not add by itself."""
    own = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
    return {name: str(value) for name, value in request.headers.items() if name.lower() not in own}


def _by_requests(request: Request) -> tuple[int, bytes]:
    answer = requests.request(
        request.method,
        request.uri,
        headers=_sent_headers(request),
        data=request.body,
        allow_redirects=False,
        timeout=1,
    )
    content = answer.content
    if content.startswith(GZIP) and answer.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)  # VCR.py's answer to urllib3 leaves that to the caller
    return answer.status_code, content


def _by_httpx(request: Request) -> tuple[int, bytes]:
    with httpx.Client(trust_env=False) as client:
        answer = client.request(
            request.method, request.uri, headers=_sent_headers(request), content=request.body, follow_redirects=False
        )
    return answer.status_code, answer.content


def _same_json(sent: Request, recorded: Request) -> None:
    """Compare bodies where they are JSON, as users do who match on them."""
    assert _json(sent) == _json(recorded)


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body or b"")
    except ValueError:
        return None


def _to_play(corpus: Path) -> Iterator[tuple[Path, RedactedCassette]]:
    """Recordings of VCR.py that redaction changes and that VCR.py can play, one of each folder in turn."""
    redactor = Redactor()
    folders: dict[Path, list[Path]] = {}
    for path in sorted((corpus / "vcrpy").rglob("*.yaml")):
        folders.setdefault(path.parent, []).append(path)
    for path in filter(None, itertools.chain(*itertools.zip_longest(*folders.values()))):
        result = _redacted(redactor, path)
        if result is not None and result[1].changed and not _unplayable(result[1]):
            yield path, result[1]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(("client", "turn"), [(_by_requests, 0), (_by_httpx, 1)], ids=["requests", "httpx"])
def test_vcrpy_plays_back_what_was_redacted(corpus: Path, tmp_path: Path, client: Client, turn: int) -> None:
    file = tmp_path / "cassette.yaml"
    recorder = vcr.VCR(record_mode="none", match_on=MATCHED)
    recorder.register_matcher("json body", _same_json)
    played = 0
    for path, redacted in itertools.islice(_to_play(corpus), turn, 2 * PLAYED, 2):
        file.write_bytes(redacted.data)
        recorded, _ = deserialize(redacted.data.decode(), yamlserializer)
        with recorder.use_cassette(str(file)) as cassette:
            for request, ours in zip(recorded, redacted.cassette.interactions, strict=True):
                assert client(request) == (ours.response.code, ours.response.body.data), path
            assert cassette.all_played, path
        played += 1
    assert played == PLAYED


def _unplayable(redacted: RedactedCassette) -> str:
    """Why VCR.py cannot play a recording; empty when it can."""
    if b"parsed_body:" in redacted.data:
        return "written by a serializer of its own"
    try:
        deserialize(redacted.data.decode(), yamlserializer)
    except (ValueError, TypeError, KeyError):
        return "VCR.py does not load it, redacted or not"
    return ""
