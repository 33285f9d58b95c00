"""What is redacted still replays: in VCR.py's own loader and player, with real clients, and through the SDKs."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import requests
import vcr
from vcr.request import Request
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from cassette_tools.errors import CassetteToolsError
from cassette_tools.loading import load_bytes
from cassette_tools.model import Cassette, Interaction
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Choice
from tests.corpus import test_sdk_openai as openai_sdk
from tests.corpus.planting.judge import tapes
from tests.corpus.planting.plan import gardens

pytestmark = pytest.mark.corpus

_PLAYED = 25
"""Recordings that each client plays."""
_FAKES = Policy(style="fake", key=b"0123456789abcdef")
_FEW_HEADERS = Policy(keep_headers=("accept", "content-type", "user-agent"))


class Redacted(NamedTuple):
    """A recording, and what redaction made of it."""

    name: str
    before: Cassette
    after: Cassette
    data: bytes


def _redacted(corpus: Path, policy: Policy, every: int = 1) -> Iterator[Redacted]:
    redactor = Redactor(policy)
    files = sorted(path for path in corpus.rglob("*") if path.is_file())
    for path in files[::every]:
        data = path.read_bytes()
        try:
            before = load_bytes(data, path.name)
        except CassetteToolsError:
            continue
        result = redactor.redact(data, path.name)
        if result.changed:
            yield Redacted(str(path.relative_to(corpus)), before, result.cassette, result.data)


@pytest.fixture(scope="module")
def redacted(corpus: Path) -> list[Redacted]:
    """All recordings that the default policy changes."""
    return list(_redacted(corpus, Policy()))


def _answers(cassette: Cassette) -> list[Any]:
    """What the answers of a recording mean."""
    return [(it.response.code, it.response.media_type, *_meaning(it)) for it in cassette.interactions]


def _meaning(interaction: Interaction) -> Iterator[Any]:
    transcript = registry.read(interaction)
    if transcript is None:
        return
    yield transcript.framing, transcript.event_count, transcript.irregularities, len(transcript.defects)
    if transcript.message is not None:
        yield transcript.message.model, transcript.message.usage
        yield [_said(choice) for choice in transcript.message.choices]


def _said(choice: Choice) -> Any:
    calls = [(call.name, call.arguments.text) for call in choice.tool_calls]
    return choice.text.text, choice.reasoning.text, choice.refusal.text, calls, choice.finish_reason


def test_statuses_and_messages_are_those_of_the_original(redacted: list[Redacted]) -> None:
    assert len(redacted) >= 200
    for one in redacted:
        assert _answers(one.after) == _answers(one.before), one.name


@pytest.mark.parametrize(("policy", "every"), [(_FAKES, 4), (_FEW_HEADERS, 20)], ids=["fakes", "few headers"])
def test_so_they_are_with_fakes_and_without_headers(corpus: Path, policy: Policy, every: int) -> None:
    number = 0
    for one in _redacted(corpus, policy, every):
        assert _answers(one.after) == _answers(one.before), one.name
        number += 1
    assert number >= 30


def test_vcr_loads_what_it_loaded_before(redacted: list[Redacted]) -> None:
    number = 0
    for one in redacted:
        if one.after.format_name == "VCR.py" and one.name.endswith(("yaml", "yml")):
            before, after = (_loaded(side.source.data) for side in (one.before, one.after) if side.source)
            if not before:
                continue  # VCR.py itself refuses it
            assert len(after) == len(before), one.name
            for (asked, answer), (new_asked, new_answer) in zip(before, after, strict=True):
                assert (new_asked.method, new_asked.host) == (asked.method, asked.host)
                assert new_asked.path.count("/") == asked.path.count("/")  # an account may be in it
                assert new_answer.get("status") == answer.get("status"), one.name
            number += 1
    assert number >= 50


def _loaded(data: bytes) -> list[tuple[Request, dict[str, Any]]]:
    try:
        requests_and_answers = deserialize(data.decode(), yamlserializer)
    except (ValueError, TypeError):  # tags of objects, and fields of other serializers
        return []
    return list(zip(requests_and_answers[0], copy.deepcopy(requests_and_answers[1]), strict=True))


# --- playing ---------------------------------------------------------------------------------------------------------


def _playable(one: Redacted) -> bool:
    """Whether it is a recording of VCR.py's with bodies as they were sent: those of other serializers need these."""
    return (
        one.after.format_name == "VCR.py"
        and one.name.endswith(("yaml", "yml"))
        and bool(_loaded(one.data))
        and b"status_code:" not in one.data  # of VCR.py 4, which this one does not play
        and all(it.response.code is not None and it.response.body.raw for it in one.after.interactions)
    )


def _ask(client: str, asked: Request) -> tuple[int, bytes]:
    body = b"".join(asked.body) if hasattr(asked.body, "__next__") else asked.body
    body = body.read() if hasattr(body, "read") else body
    # The client puts some in itself, and would unpack what the headers of the recording do not promise.
    headers = {name: value for name, value in asked.headers.items() if name.lower() not in _OWN_HEADERS}
    if client == "requests":
        answer = requests.request(
            asked.method, asked.uri, data=body, headers=headers, timeout=10, allow_redirects=False
        )
        return answer.status_code, answer.content
    response = httpx.request(asked.method, asked.uri, content=body, headers=headers, timeout=10)
    return response.status_code, response.content


_OWN_HEADERS = ("host", "content-length", "connection", "transfer-encoding", "accept-encoding")
_MATCH_ON = ["method", "scheme", "host", "port", "path", "query", "body"]


@pytest.mark.parametrize("client", ["requests", "httpx"])
def test_vcr_plays_what_was_redacted(redacted: list[Redacted], tmp_path: Path, client: str) -> None:
    playable = [one for one in redacted if _playable(one)]
    chosen = playable[0 if client == "requests" else 1 :: 2][:_PLAYED]
    assert len(chosen) == _PLAYED
    for number, one in enumerate(chosen):
        file = tmp_path / f"{number}.yaml"
        file.write_bytes(one.data)
        with vcr.use_cassette(file, record_mode="none", match_on=_MATCH_ON) as played:
            for interaction, (asked, _) in zip(one.after.interactions, _loaded(one.data), strict=True):
                status, body = _ask(client, asked)
                assert status == interaction.response.code, one.name
                # Whether the player or the client unpacks it depends on the headers of both.
                assert body in (interaction.response.body.data, interaction.response.body.raw), one.name
            assert played.all_played, one.name


# --- the SDKs --------------------------------------------------------------------------------------------------------


def test_streams_that_secrets_were_taken_out_of_are_read_by_the_sdk(corpus: Path) -> None:
    pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    number = 0
    for interaction in _streams_with_placeholders(corpus):
        transcript = registry.read(interaction)
        assert transcript is not None
        assert transcript.message is not None
        choice = transcript.message.choices[0]
        name = transcript.protocol.name if transcript.protocol else ""
        data = interaction.response.body.data
        if name == "openai-chat":
            theirs = openai_sdk._chat(data)["choices"][0]["message"]
            calls = [call["function"]["arguments"] for call in theirs.get("tool_calls") or []]
            text = theirs.get("content") or ""
        elif name == "openai-responses":
            output = openai_sdk._response(data)["output"]
            calls = [item["arguments"] for item in output if item["type"] == "function_call"]
            text = "".join(
                part["text"]
                for item in output
                if item["type"] == "message"
                for part in item["content"]
                if "text" in part
            )
        else:
            continue
        ours = [call.arguments.text for call in choice.tool_calls]
        # Calls of tools that the provider runs itself are no functions to the SDK.
        assert (text, [call for call in ours if call in calls]) == (choice.text.text, calls)
        assert "REDACTED" in f"{text}{calls}{choice.reasoning.text}"
        number += 1
    assert number >= 10


def _streams_with_placeholders(corpus: Path) -> Iterator[Interaction]:
    for garden in gardens(tapes(corpus, 200), (7, 20)):
        split = {plant.exchange for plant in garden.plants if "split" in plant.place.traits and not plant.secret.known}
        if split:
            after = Redactor().redact(garden.data, garden.name).cassette
            yield from (after.interactions[number] for number in sorted(split))
