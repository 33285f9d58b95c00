"""OpenAI's SDK as the judge of recorded chat completions and responses, each stream through its real client."""

import importlib
import importlib.util
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cassette_tools.model import Interaction
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.registry import framing, read

pytestmark = pytest.mark.corpus

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

_CHAT_DIFFERENCES = {
    # field of the answer: what the SDK does to it, and why it is right as it is here
    r"choices\[\]\.message\.role": "concatenates the role that each chunk repeats",
    r"choices\[\]\.message\.tool_calls\[\]\.index": "leaves the index of the fragments in, which no whole answer has",
    r"choices\[\]\.message\.reasoning_details(\[\]\.format)?": "joins formats, ids, and types of one index",
    r"choices\[\]\.message\.content": "drops Mistral's list of thoughts when text came first",
    r"choices\[\]\.(native_finish_reason|content_filter_results\..*|matched_stop)": "keeps what the first chunk had",
    r"choices\[\]\.text": "keeps an empty text that some hosts send beside each delta",
    r"choices\[\]\.logprobs\.reasoning_content": "knows the probabilities of content and refusal only",
    r"choices\[\]\.finish_reason": "loses it where the last chunk of Perplexity calls itself a completion",
    r"usage\.cost\..*": "keeps the first usage of such a stream, the last one being in a chunk that it skips",
    r"generationId|service_tier|prompt_filter_results|latency_checkpoint|timings|time_info": "keeps the first chunk's",
    r"x_groq(\.usage)?": "keeps the first chunk's, and the usage is in the last one",
    r"sla_metrics\.ts_us": "keeps the first chunk's, which is no measure of the whole answer",
}
_REFUSED = {
    # kind, exception and host: why
    ("openai-chat", "AssertionError", "api.perplexity.ai"): "skips chunks that call themselves chat.completion",
    ("openai-chat", "AssertionError", "api.writer.com"): "the same",
    ("openai-responses", "RuntimeError", "api.openai.com"): "ends in response.incomplete, which is legal",
}
_MOST_REFUSED = 10


def _client(body: bytes) -> Any:
    openai = pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    # The HTTP client under the SDK has another name since its third release.
    http: Any = importlib.import_module("httpx2" if importlib.util.find_spec("httpx2") else "httpx")

    def answer(_: Any) -> Any:
        return http.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    transport = http.Client(transport=http.MockTransport(answer))
    return openai.OpenAI(api_key="x", base_url="http://localhost", max_retries=0, http_client=transport)


def _chat(body: bytes) -> Any:
    openai = pytest.importorskip("openai")
    client = _client(body)
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "x"}]) as stream:
        try:
            final = stream.get_final_completion()
        except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError):
            final = stream.current_completion_snapshot  # it is whole, and get_final_completion refuses it
    return final.to_dict(mode="json")


def _response(body: bytes) -> Any:
    with _client(body).responses.stream(model="m", input="x") as stream:
        return stream.get_final_response().to_dict(mode="json")


def _normal(value: Any) -> Any:
    """Without nulls, which the SDK adds, and with whole numbers as such."""
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _differences(theirs: Any, ours: Any, path: str = "") -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            here = f"{path}.{key}" if path else key
            if key in theirs and key in ours:
                yield from _differences(theirs[key], ours[key], here)
            else:
                yield here
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for one, other in zip(theirs, ours, strict=True):
            yield from _differences(one, other, f"{path}[]")
    elif theirs != ours:
        yield path


def _streams(recorded: Recorded, name: str) -> Iterator[tuple[str, Interaction, Message]]:
    for place, interaction in recorded():
        if framing(interaction):
            transcript = read(interaction)
            if transcript is not None and transcript.protocol is not None and transcript.protocol.name == name:
                assert transcript.message is not None, place
                yield place, interaction, transcript.message


def _judged(
    recorded: Recorded, name: str, accumulate: Callable[[bytes], Any]
) -> tuple[dict[str, Any], Counter[tuple[str, str, str]]]:
    """What the SDK gives for each stream that it accepts, beside our message; and which ones it refuses."""
    accepted: dict[str, Any] = {}
    refused: Counter[tuple[str, str, str]] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, interaction, message in _streams(recorded, name):
            try:
                theirs = accumulate(interaction.response.body.data)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is looked up in the table
                refused[name, type(error).__name__, interaction.request.host] += 1
            else:
                accepted[place] = (_normal(theirs), _normal(message.native), message)
    return accepted, refused


def _said(choice: dict[str, Any]) -> tuple[Any, ...]:
    """What a choice says, in the SDK's terms."""
    message = choice["message"]
    calls = [
        (call.get("id"), call.get("function", {}).get("name"), call.get("function", {}).get("arguments"))
        for call in message.get("tool_calls", [])
    ]
    texts = [message.get(name) or "" for name in ("content", "refusal", "reasoning", "reasoning_content")]
    return (*texts, choice.get("finish_reason"), calls)


def test_chat_completions_are_what_the_sdk_puts_together(recorded: Recorded) -> None:
    pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    accepted, refused = _judged(recorded, "openai-chat", _chat)
    assert set(refused) <= set(_REFUSED), refused
    assert refused.total() <= _MOST_REFUSED
    assert len(accepted) > 250
    seen: Counter[str] = Counter()
    for place, (theirs, ours, message) in accepted.items():
        differing = []
        for path in _differences(theirs, ours):
            pattern = next((known for known in _CHAT_DIFFERENCES if re.fullmatch(known, path)), None)
            assert pattern is not None, (place, path)
            seen[pattern] += 1
            differing.append(path)
        if not any(re.search(r"\.content$|\.finish_reason$", path) for path in differing):
            assert list(map(_said, theirs["choices"])) == list(map(_said, ours["choices"])), place
        if not any(path.startswith("usage") for path in differing):
            assert theirs.get("usage") == ours.get("usage") == _normal(message.usage), place
    assert set(seen) == set(_CHAT_DIFFERENCES), "an entry of the table is not needed any more"


def test_responses_are_what_the_sdk_puts_together_without_a_difference(recorded: Recorded) -> None:
    pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    accepted, refused = _judged(recorded, "openai-responses", _response)
    assert set(refused) <= set(_REFUSED), refused
    assert refused.total() <= 1
    assert len(accepted) > 60
    for place, (theirs, ours, message) in accepted.items():
        assert list(_differences(theirs, ours)) == [], place
        assert theirs.get("usage") == _normal(message.usage), place
        said = "".join(
            part["text"]
            for item in theirs["output"]
            if item["type"] == "message"
            for part in item["content"]
            if part["type"] == "output_text"
        )
        assert "".join(choice.text.text for choice in message.choices) == said, place


def test_a_response_without_its_end_is_what_its_deltas_add_up_to(recorded: Recorded) -> None:
    looked_at = 0
    for place, interaction, whole in _streams(recorded, "openai-responses"):
        text = interaction.response.body.text
        end = text.rfind("event: response.completed")
        if end < 0 or interaction.request.method.upper() == "GET":
            continue
        body = interaction.response.body
        body.raw, body._text = text[:end], text[:end]  # the same stream, cut
        transcript = read(interaction)
        assert transcript is not None
        assert transcript.message is not None
        ours, theirs = transcript.message.choices[0], whole.choices[0]
        assert (ours.text.text, ours.refusal.text) == (theirs.text.text, theirs.refusal.text), place
        assert [(call.id, call.name, call.arguments.text) for call in ours.tool_calls] == [
            (call.id, call.name, call.arguments.text) for call in theirs.tool_calls
        ], place
        assert ours.finish_reason == "", place
        looked_at += 1
    assert looked_at > 50
