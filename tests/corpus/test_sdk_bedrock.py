"""Amazon Bedrock's streams in real recordings: ours against botocore's frames and events and strands-agents' messages.

AWS's SDK types the events of ConverseStream and puts nothing together; AWS's own strands-agents does, in its
``process_stream``. Every recorded body goes through boto3's client, with a hook that answers with it. InvokeModel's
streams of Anthropic's models are in the test of Anthropic's SDK.
"""

import asyncio
import base64
import importlib
import io
import logging
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from cassette_tools.model import Interaction
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Message
from cassette_tools.wire.aws_eventstream import Decoder

pytestmark = pytest.mark.corpus

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

TYPE = "application/vnd.amazon.eventstream"
MISSING = object()

DIFFERENCES = {
    "serverToolUsage": "botocore's model of the service does not have it, the service sends it",
    "trace": "strands-agents takes usage and metrics out of the metadata only; the answer to Converse has the trace",
}
"""Field → why it is missing in what the SDKs make of a stream, and why ours is right."""


@pytest.fixture
def streams(recorded: Recorded) -> Iterator[tuple[str, Interaction]]:
    """The name and interaction of every stream of frames."""
    return (
        (name, interaction)
        for name, interaction in recorded(TYPE.encode())
        if interaction.response.media_type == TYPE and interaction.response.successful
    )


def test_botocore_finds_the_same_frames_and_nothing_is_left(streams: Iterator[tuple[str, Interaction]]) -> None:
    eventstream = pytest.importorskip("botocore.eventstream", reason="botocore is not installed")
    count = 0
    for name, interaction in streams:
        data = interaction.response.body.data
        decoder = Decoder()
        frames = list(decoder.frames(data))
        buffer = eventstream.EventStreamBuffer()
        buffer.add_data(data)
        theirs = [(message.headers, message.payload) for message in buffer]
        assert [(frame.headers, frame.payload) for frame in frames] == theirs, name
        assert (frames[-1].end, decoder.defects) == (len(data), []), name
        count += 1
    assert count


def test_every_stream_is_recognised_and_nothing_is_wrong_with_it(streams: Iterator[tuple[str, Interaction]]) -> None:
    protocols: set[str] = set()
    for name, interaction in streams:
        transcript = registry.read(interaction)
        assert transcript is not None, name
        assert transcript.protocol is not None, name
        assert (transcript.framing, transcript.irregularities) == ("aws-event-stream", []), name
        protocols.add(transcript.protocol.name)
    assert {"bedrock-converse", "bedrock-anthropic"} <= protocols


class _Body(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, size: int = 1024, decode_content: Any = None) -> Iterator[bytes]:  # noqa: ARG002 - botocore's call
        while part := self.read(size):
            yield part


class _Sdk:
    """boto3's client, whose requests are answered with what was recorded, and strands-agents' accumulator."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
            pytest.importorskip("strands", reason="strands-agents is not installed")
            self._process = importlib.import_module("strands.event_loop.streaming").process_stream
            self._response = importlib.import_module("botocore.awsrequest").AWSResponse
            self._client = boto3.client(
                "bedrock-runtime", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
            )
        self._client.meta.events.register("before-send.bedrock-runtime.ConverseStream", self._answer)
        self._content = b""

    def _answer(self, request: Any, **_: Any) -> Any:
        return self._response(request.url, 200, {"content-type": TYPE}, _Body(self._content))

    def events(self, interaction: Interaction) -> list[dict[str, Any]]:
        """The events that boto3 gives its caller; it drops what its model of the service does not have."""
        self._content = interaction.response.body.data
        answer = self._client.converse_stream(modelId="m", messages=[{"role": "user", "content": [{"text": "x"}]}])
        return list(answer["stream"])

    def message(self, interaction: Interaction) -> dict[str, Any]:
        """The answer in the shape of Converse, as far as strands-agents keeps it."""
        events = self.events(interaction)

        async def given() -> AsyncIterator[dict[str, Any]]:
            for event in events:
                yield event

        async def last() -> Any:
            return [found async for found in self._process(given())][-1]

        reason, message, usage, metrics = asyncio.run(last())["stop"]
        kept = {key: value for key, value in message.items() if key != "metadata"}  # of its own making
        return {"stopReason": reason, "output": {"message": kept}, "usage": dict(usage), "metrics": dict(metrics)}


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> _Sdk:
    """The SDK, which neither the environment nor the user's settings steer."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    logging.getLogger("strands").setLevel(logging.ERROR)
    return _Sdk()


def _converse(streams: Iterator[tuple[str, Interaction]]) -> Iterator[tuple[str, Interaction, Message]]:
    count = 0
    for name, interaction in streams:
        transcript = registry.read(interaction)
        if transcript and transcript.message and transcript.protocol and transcript.protocol.name == "bedrock-converse":
            count += 1
            yield name, interaction, transcript.message
    assert count


def test_texts_calls_reasons_and_usage_are_boto3s(sdk: _Sdk, streams: Iterator[tuple[str, Interaction]]) -> None:
    for name, interaction, message in _converse(streams):
        text = thoughts = role = reason = ""
        calls: dict[int, list[str]] = {}
        usage = None
        for event in sdk.events(interaction):
            ((kind, value),) = event.items()
            role = value["role"] if kind == "messageStart" else role
            reason = value["stopReason"] if kind == "messageStop" else reason
            usage = value["usage"] if kind == "metadata" else usage
            if kind == "contentBlockStart" and "toolUse" in value["start"]:
                called = value["start"]["toolUse"]
                calls[value["contentBlockIndex"]] = [called["toolUseId"], called["name"], ""]
            delta = value.get("delta", {})
            text += delta.get("text", "")
            thoughts += delta.get("reasoningContent", {}).get("text", "")
            if "toolUse" in delta:
                calls[value["contentBlockIndex"]][2] += delta["toolUse"]["input"]
        (choice,) = message.choices
        assert (choice.text.text, choice.reasoning.text) == (text, thoughts), name
        assert [[call.id, call.name, call.arguments.text] for call in choice.tool_calls] == list(calls.values()), name
        assert (choice.role, choice.finish_reason) == (role, reason), name
        assert usage is not None
        assert usage.items() <= (message.usage or {}).items(), name


def test_messages_are_those_of_strands_agents(sdk: _Sdk, streams: Iterator[tuple[str, Interaction]]) -> None:
    met: set[str] = set()
    for name, interaction, message in _converse(streams):
        theirs = sdk.message(interaction)
        met |= _compare(message.native, theirs, name, ())
    assert met == DIFFERENCES.keys()


def _compare(ours: Any, theirs: Any, name: str, path: tuple[str, ...]) -> set[str]:
    """The fields that differ, each in the way that the table says; others fail."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        met: set[str] = set()
        for key in ours.keys() | theirs.keys():
            met |= _compare(ours.get(key, MISSING), theirs.get(key, MISSING), name, (*path, key))
        return met
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return set().union(*(_compare(mine, other, name, path) for mine, other in zip(ours, theirs, strict=True)))
    if isinstance(theirs, bytes):
        theirs = base64.b64encode(theirs).decode()  # as it is in JSON
    if ours == theirs:
        return set()
    field = path[-1] if path else ""
    assert field in DIFFERENCES, (name, path, ours, theirs)
    assert theirs is MISSING, (name, path, ours, theirs)
    return {field}
