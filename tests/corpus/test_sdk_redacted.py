"""The providers' SDKs read the streams of redacted recordings as they read them before."""

import json
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.model import Cassette, Interaction
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.protocols import registry
from cassette_tools.source import files
from tests.corpus import test_sdk_anthropic, test_sdk_bedrock, test_sdk_gemini, test_sdk_openai
from tests.corpus.planting.streams import channels, insert, write
from tests.corpus.planting.streams import read as read_stream
from tests.corpus.planting.tape import Tape
from tests.corpus.test_redacted_word_for_word import _of_folder, _paths

pytestmark = pytest.mark.corpus

KEY = "sk-proj-" + "Qx7Lm2Vb9Tz4" * 6
_NAME = "REDACTED-openai-project-key-1"
_SIGNS = {
    "openai-chat": b"chat.completion.chunk",
    "openai-responses": b"response.output_text.delta",
    "anthropic-messages": b"content_block_delta",
    "bedrock-anthropic": b"vnd.amazon.eventstream",
    "bedrock-converse": b"vnd.amazon.eventstream",
    "gemini": b"streamGenerateContent",
}
"""Protocols whose SDKs are here, and what a file must hold to have a stream of one."""


class _Sdks:
    """The providers' SDKs: what they give their callers of a recorded stream."""

    def __init__(self) -> None:
        self._anthropic = test_sdk_anthropic._Sdk()
        self._bedrock = test_sdk_bedrock._Sdk()
        self._gemini = test_sdk_gemini._Sdk()

    def said(self, protocol: str, interaction: Interaction) -> tuple[str, list[Any]]:
        """The text of the first answer, and the arguments of its calls.

        Raises:
            Exception: The SDK refuses the stream.
        """
        body = interaction.response.body.data
        if protocol == "openai-chat":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = test_sdk_openai._chat(body)["choices"][0]["message"]
            calls = [call["function"]["arguments"] for call in answer.get("tool_calls") or []]
            return answer.get("content") or "", list(map(_parsed, calls))
        if protocol == "openai-responses":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                items = test_sdk_openai._response(body)["output"]
            parts = [part for item in items if item["type"] == "message" for part in item["content"]]
            calls = [item["arguments"] for item in items if item.get("arguments") is not None]
            return "".join(part.get("text", "") for part in parts), list(map(_parsed, calls))
        if protocol in test_sdk_anthropic.PROTOCOLS:
            blocks = self._anthropic.message(interaction).content
            text = "".join(block.text for block in blocks if block.type == "text")
            return text, [block.input for block in blocks if block.type.endswith("tool_use")]
        if protocol == "bedrock-converse":
            content = self._bedrock.message(interaction)["output"]["message"]["content"]
            text = "".join(block.get("text", "") for block in content)
            return text, [block["toolUse"]["input"] for block in content if "toolUse" in block]
        chunks = self._gemini.chunks(interaction, streamed=True)
        found = [candidate.content for chunk in chunks for candidate in chunk.candidates or [] if candidate.content]
        said = [part for content in found for part in content.parts or []]
        text = "".join(part.text or "" for part in said if not part.thought)
        return text, [part.function_call.args or {} for part in said if part.function_call]


def _parsed(arguments: Any) -> Any:
    try:
        return json.loads(arguments)
    except (TypeError, ValueError):
        return arguments


def _said_here(transcript: registry.Transcript) -> tuple[str, list[Any]]:
    """The same of our transcript."""
    assert transcript.message is not None
    choice = transcript.message.choices[0]
    return choice.text.text, [
        {} if call.arguments.text == "" and call.parsed == {} else _parsed(call.arguments.text)
        for call in choice.tool_calls
    ]


@pytest.fixture
def sdks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Sdks:
    """The SDKs, which neither the environment nor the user's settings steer."""
    for name in (*test_sdk_anthropic._STEERING, *test_sdk_gemini._STEERING, "AWS_PROFILE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return _Sdks()


def _streams(cassette: Cassette) -> Iterator[tuple[str, Interaction, registry.Transcript]]:
    """The streams of protocols that an SDK of ours reads."""
    for interaction in cassette.interactions:
        transcript = registry.read(interaction) if registry.framing(interaction) else None
        if transcript is None or transcript.protocol is None or transcript.message is None:
            continue
        if transcript.protocol.name in _SIGNS and transcript.message.choices:
            yield transcript.protocol.name, interaction, transcript


def test_sdks_read_redacted_streams_as_they_are_read_here(
    sdks: _Sdks, corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    judged: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for folder in ("go-vcr-v2", "vcrpy"):
        for redacted in _of_folder(corpus, folder):
            before = list(_streams(redacted.before))
            for (protocol, original, _), (_, interaction, transcript) in zip(
                before, _streams(redacted.after), strict=True
            ):
                if judged[protocol] == 15:
                    continue
                try:
                    theirs = sdks.said(protocol, original)
                except Exception as error:  # noqa: BLE001 - the tests of the SDKs say which and why
                    with pytest.raises(type(error)):
                        sdks.said(protocol, interaction)
                    refused[f"{protocol}: {type(error).__name__}"] += 1
                    continue
                assert sdks.said(protocol, interaction) == theirs == _said_here(transcript), redacted.path
                judged[protocol] += 1
    record_property("table", f"judged: {dict(judged)}; refused before and after: {dict(refused)}")
    assert {"openai-chat", "openai-responses", "anthropic-messages"} <= judged.keys()


def _planted(path: Path, chance: random.Random) -> tuple[bytes, int] | None:
    """A file with a key in the text of one of its streams, and in which; None where no stream takes it."""
    data = files.read(str(path)).decode("utf-8-sig")
    cassette = load_bytes(data.encode(), path.name)
    tape = Tape(path.name, data, cassette.schema)
    for exchange in tape.exchanges:
        found = read_stream(exchange) if registry.framing(cassette.interactions[exchange.number]) else None
        if found is None:
            continue
        framing, events = found
        texts = sorted(channels(events, "text"), key=lambda channel: len(channel.places))
        if not texts:
            continue
        cuts = sorted(chance.sample(range(1, len(KEY)), chance.choice((1, 4, 25))))
        pieces = [
            f" {KEY} "[0 if not start else start + 1 : end + 1] for start, end in pairwise((0, *cuts, len(KEY) + 1))
        ]
        try:
            insert(events, texts[-1], pieces, chance)
        except ValueError:
            continue
        write(exchange, framing, events)
        return tape.written("yaml"), exchange.number
    return None


@pytest.mark.parametrize("protocol", _SIGNS)
def test_sdks_read_what_is_left_of_a_stream_with_a_key_in_it(
    protocol: str, sdks: _Sdks, corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(protocol)
    judged = 0
    left_out: Counter[str] = Counter()
    candidates = [path for path in _paths(corpus) if path.suffix in (".yaml", ".yml") and path.stat().st_size < 300_000]
    chance.shuffle(candidates)
    for path in candidates:
        if judged == 8:
            break
        if _SIGNS[protocol] not in path.read_bytes():
            continue
        try:
            planted = _planted(path, chance)
        except (LoadError, yaml.YAMLError, TypeError):
            left_out["a tag or an object that a plain loader refuses"] += 1
            continue
        if planted is None:
            left_out["no stream whose text can be added to"] += 1
            continue
        before = load_bytes(planted[0], "planted.yaml").interactions[planted[1]]
        streams = [stream for stream in _streams(_only(before)) if stream[0] == protocol]
        if not streams:
            continue
        try:
            text, calls = sdks.said(protocol, before)
        except Exception as error:  # noqa: BLE001 - the tests of the SDKs say which and why
            left_out[f"refused before it is redacted, too: {type(error).__name__}"] += 1
            continue
        if KEY not in text:
            left_out["the SDK has no use for the text that was added to"] += 1
            continue
        redacted = Redactor().redact(planted[0], "planted.yaml")
        assert KEY.encode() not in redacted.data
        after = load_bytes(redacted.data, "planted.yaml").interactions[planted[1]]
        ((_, interaction, transcript),) = _streams(_only(after))
        expected = (text.replace(KEY, _NAME), calls)
        assert sdks.said(protocol, interaction) == expected, path
        assert _said_here(transcript) == expected, path
        assert transcript.irregularities == streams[0][2].irregularities, path
        judged += 1
    record_property("table", f"{protocol}: {judged} judged; left out: {dict(left_out)}")
    assert judged > 2


def _only(interaction: Interaction) -> Cassette:
    return Cassette("", None, "", [interaction])
