"""Anthropic's streams in real recordings: ours against the message that the anthropic SDK puts together.

The SDK's beta client is the judge, since it knows more kinds of blocks than the other one; its client for Bedrock is
that of the streams of InvokeModel. Every recorded body goes through the whole client, over a transport that answers
with it, and each field of the messages is compared, but for what the table says.
"""

import importlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cassette_tools.model import Interaction
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Message

pytestmark = pytest.mark.corpus

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

MISSING = object()
_STEERING = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "AWS_BEARER_TOKEN_BEDROCK")
_REQUEST: dict[str, Any] = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}


def _dropped(_: Any, theirs: Any) -> bool:
    return theirs is MISSING


DIFFERENCES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "amazon-bedrock-invocationMetrics": (
        _dropped,
        "dropped with the event that has it (message_stop); Bedrock's own counts and times are in no other place",
    ),
}
"""Field → what the SDK does to it, and why ours is right."""

REFUSED: dict[str, str] = {}
"""Name of a recording → why the SDK gives up on its stream; ours is read as far as it goes. There is none so far."""


class _Sdk:
    """The SDK's clients over a transport that answers with what was recorded."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            anthropic = pytest.importorskip("anthropic", reason="the anthropic SDK is not installed")
            pytest.importorskip("botocore", reason="botocore is not installed")
            try:
                self._httpx: Any = importlib.import_module("httpx2")  # since version 2
            except ImportError:
                self._httpx = importlib.import_module("httpx")
            options = {"max_retries": 0, "base_url": "http://localhost"}
            client = self._httpx.Client(transport=self._httpx.MockTransport(self._handle))
            self._direct = anthropic.Anthropic(api_key="k", http_client=client, **options)
            self._bedrock = anthropic.AnthropicBedrock(
                aws_access_key="k",
                aws_secret_key="s",
                aws_region="us-east-1",
                http_client=client,
                **options,
            )
        self._content = b""
        self._media_type = ""

    def _handle(self, _: Any) -> Any:
        return self._httpx.Response(200, headers={"content-type": self._media_type}, content=self._content)

    def message(self, interaction: Interaction) -> Any:
        """The message that the SDK gives its caller at the end of a stream."""
        response = interaction.response
        self._content, self._media_type = response.body.data, response.media_type
        framed = response.media_type == "application/vnd.amazon.eventstream"
        messages = self._bedrock.messages if framed else self._direct.beta.messages
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with messages.stream(**_REQUEST) as stream:
                return stream.get_final_message()


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> _Sdk:
    """The SDK, which the environment does not steer."""
    for name in _STEERING:
        monkeypatch.delenv(name, raising=False)
    return _Sdk()


def _streams(recorded: Recorded) -> Iterator[tuple[str, str, Interaction, Message]]:
    """Name, protocol, interaction and our message of each stream of Anthropic's."""
    for name, interaction in recorded(b"message_start", b"vnd.amazon.eventstream"):
        if "message_start" in interaction.response.body.text or "/invoke-with-" in interaction.request.url_path:
            transcript = registry.read(interaction)
            if transcript is None or not transcript.framing:
                continue
            assert transcript.protocol is not None, name
            assert transcript.message is not None, name
            assert transcript.irregularities == [], name
            yield name, transcript.protocol.name, interaction, transcript.message


PROTOCOLS = ("anthropic-messages", "bedrock-anthropic")


def test_texts_calls_reasons_and_usage_are_the_sdks(sdk: _Sdk, recorded: Recorded) -> None:
    counts = dict.fromkeys(PROTOCOLS, 0)
    for name, protocol, interaction, message in _streams(recorded):
        if protocol not in counts or name in REFUSED:
            continue
        counts[protocol] += 1
        theirs = sdk.message(interaction)
        (choice,) = message.choices
        by_type: dict[str, str] = {"text": "", "thinking": ""}
        for block in theirs.content:
            if block.type in by_type:
                by_type[block.type] += getattr(block, block.type)
        calls = [block for block in theirs.content if block.type.endswith("tool_use")]
        assert (choice.text.text, choice.reasoning.text) == (by_type["text"], by_type["thinking"]), name
        assert [(call.id, call.name, call.parsed) for call in choice.tool_calls] == [
            (call.id, call.name, call.input) for call in calls
        ], name
        assert choice.finish_reason == theirs.stop_reason, name
        assert (message.id, message.model, choice.role) == (theirs.id, theirs.model, theirs.role), name
        assert _compare(message.usage, theirs.usage.to_dict(mode="json"), name, ()) == set()
    assert all(counts.values()), counts
    print(counts)  # noqa: T201 - how many were judged


def test_every_other_field_is_the_sdks_but_for_what_the_table_says(sdk: _Sdk, recorded: Recorded) -> None:
    met: set[str] = set()
    for name, protocol, interaction, message in _streams(recorded):
        if protocol in PROTOCOLS and name not in REFUSED:
            met |= _compare(message.native, sdk.message(interaction).to_dict(mode="json"), name, ())
    assert met == DIFFERENCES.keys()


def _compare(ours: Any, theirs: Any, name: str, path: tuple[str, ...]) -> set[str]:
    """The fields that differ, each in the way that the table says; others fail. A null is as good as nothing."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        met: set[str] = set()
        for key in ours.keys() | theirs.keys():
            met |= _compare(_given(ours, key), _given(theirs, key), name, (*path, key))
        return met
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return set().union(*(_compare(mine, other, name, path) for mine, other in zip(ours, theirs, strict=True)))
    if ours == theirs:
        return set()
    field = path[-1] if path else ""
    assert field in DIFFERENCES, (name, path, ours, theirs)
    assert DIFFERENCES[field][0](ours, theirs), (name, path, ours, theirs)
    return {field}


def _given(value: dict[str, Any], key: str) -> Any:
    found = value.get(key)
    return MISSING if found is None else found
