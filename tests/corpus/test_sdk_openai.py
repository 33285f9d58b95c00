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
from cassette_tools.protocols.message import Choice, Message
from cassette_tools.protocols.registry import framing, read

pytestmark = pytest.mark.corpus

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

MISSING = object()


def _repeats(theirs: Any, ours: Any) -> bool:
    return isinstance(theirs, str) and bool(ours) and theirs == ours * (len(theirs) // len(ours))


def _dropped(theirs: Any, ours: Any) -> bool:
    return theirs is MISSING and ours is not MISSING


def _left_in(theirs: Any, ours: Any) -> bool:
    return ours is MISSING and isinstance(theirs, int)


def _empty(theirs: Any, ours: Any) -> bool:
    return ours is MISSING and theirs == ""


def _merged(theirs: Any, ours: Any) -> bool:
    kept = {(detail["index"], detail["type"]) for detail in ours}
    return {detail["index"] for detail in theirs} == {index for index, _ in kept} and len(theirs) < len(kept)


def _without_thoughts(theirs: Any, ours: Any) -> bool:
    said = "".join(part["text"] for part in ours if part["type"] == "text")
    return theirs == said and any(part["type"] == "thinking" for part in ours)


def _earlier(theirs: Any, ours: Any) -> bool:
    return theirs is MISSING or theirs < ours


_CHAT_DIFFERENCES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    # field of the answer: how the SDK's value looks, what the SDK does to it, and why it is right as it is here
    r"choices\[\]\.message\.role": (_repeats, "concatenates the role that each chunk repeats"),
    r"choices\[\]\.message\.tool_calls\[\]\.index": (_left_in, "leaves the index of the fragments in"),
    r"choices\[\]\.message\.reasoning_details": (_merged, "merges details of one index and different types"),
    r"choices\[\]\.message\.reasoning_details\[\]\.format": (_repeats, "concatenates what each fragment repeats"),
    r"choices\[\]\.message\.content": (_without_thoughts, "drops Mistral's list of thoughts when text came first"),
    r"choices\[\]\.(native_finish_reason|content_filter_results\.\w+|matched_stop)": (
        _dropped,
        "keeps what the first chunk had, and that had nothing",
    ),
    r"choices\[\]\.text": (_empty, "keeps an empty text that Together sends beside each delta"),
    r"choices\[\]\.logprobs\.reasoning_content": (_dropped, "knows the logprobs of content and refusal only"),
    r"choices\[\]\.finish_reason": (_dropped, "skips the last chunk of Perplexity, which calls itself a completion"),
    r"usage\.cost\.\w+": (_earlier, "keeps the first usage of such a stream, the last one being in that chunk"),
    r"generationId|service_tier|prompt_filter_results|latency_checkpoint|timings|time_info": (
        _dropped,
        "keeps what the first chunk had, and that had nothing",
    ),
    r"x_groq(\.usage)?": (_dropped, "keeps the first chunk's, and the usage is in the last one"),
    r"sla_metrics\.ts_us": (_earlier, "keeps the first chunk's, which is no measure of the whole answer"),
}
_WHOLE = re.compile(r'"object" ?: ?"chat\.completion"')
_REFUSED: tuple[tuple[str, str, Callable[[str], bool], str], ...] = (
    # protocol and exception, what the stream is like, and what the SDK does with it
    (
        "openai-chat",
        "AssertionError",
        lambda text: _WHOLE.search(text) is not None,
        "skips chunks that call themselves a chat.completion, and then misses them",
    ),
    (
        "openai-chat",
        "AssertionError",
        lambda text: '"type":null,"function":{"name":null' in text,
        "overwrites the type of a call with the null that its next fragments have, and then misses it",
    ),
    (
        "openai-responses",
        "RuntimeError",
        lambda text: "event: response.incomplete" in text and "event: response.completed" not in text,
        "does not take response.incomplete for an end, which it is by the API's reference",
    ),
)
_MOST_REFUSED = 10
_SPOILT_TEXT = "choices[].message.content"
_SPOILT_FINISH = "choices[].finish_reason"


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


def _differences(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Fields that differ, with the SDK's value and ours."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            here = f"{path}.{key}" if path else key
            yield from _differences(theirs.get(key, MISSING), ours.get(key, MISSING), here)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for one, other in zip(theirs, ours, strict=True):
            yield from _differences(one, other, f"{path}[]")
    elif theirs != ours:
        yield path, theirs, ours


def _streams(recorded: Recorded, name: str) -> Iterator[tuple[str, Interaction, Message]]:
    for place, interaction in recorded():
        if framing(interaction):
            transcript = read(interaction)
            if transcript is not None and transcript.protocol is not None and transcript.protocol.name == name:
                assert transcript.message is not None, place
                yield place, interaction, transcript.message


def _judged(recorded: Recorded, name: str, accumulate: Callable[[bytes], Any]) -> tuple[dict[str, Any], int]:
    """What the SDK gives for each stream that it accepts, beside our message; and how many it refuses."""
    accepted: dict[str, Any] = {}
    refused: list[tuple[str, str, str]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, interaction, message in _streams(recorded, name):
            try:
                theirs = accumulate(interaction.response.body.data)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is looked up in the table
                refused.append((place, type(error).__name__, interaction.response.body.text))
            else:
                accepted[place] = (_normal(theirs), _normal(message.native), message)
    for place, raised, text in refused:
        assert any(known[:2] == (name, raised) and known[2](text) for known in _REFUSED), (place, raised)
    return accepted, len(refused)


def _said(choice: dict[str, Any]) -> dict[str, Any]:
    """What a choice of the SDK's says, in the terms of the common view."""
    message = choice["message"]
    functions = [(call.get("id", ""), call["function"]) for call in message.get("tool_calls", [])]
    return {
        "text": message.get("content") or "",
        "reasoning": message.get("reasoning_content") or message.get("reasoning") or "",
        "refusal": message.get("refusal") or "",
        "finish": choice.get("finish_reason", ""),
        "calls": [(ident, called.get("name"), called.get("arguments")) for ident, called in functions],
    }


def _viewed(choice: Choice) -> dict[str, Any]:
    """The common view of a choice."""
    return {
        "text": choice.text.text,
        "reasoning": choice.reasoning.text,
        "refusal": choice.refusal.text,
        "finish": choice.finish_reason,
        "calls": [(call.id, call.name, call.arguments.text) for call in choice.tool_calls],
    }


def test_chat_completions_are_what_the_sdk_puts_together(recorded: Recorded) -> None:
    pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    accepted, refused = _judged(recorded, "openai-chat", _chat)
    assert refused <= _MOST_REFUSED
    assert len(accepted) > 250
    seen: Counter[str] = Counter()
    for place, (theirs, ours, message) in accepted.items():
        differing = set()
        for path, one, other in _differences(theirs, ours):
            pattern = next((known for known in _CHAT_DIFFERENCES if re.fullmatch(known, path)), None)
            assert pattern is not None, (place, path)
            assert _CHAT_DIFFERENCES[pattern][0](one, other), (place, path, one, other)
            seen[pattern] += 1
            differing.add(path)
        said, viewed = [*map(_said, theirs["choices"])], [*map(_viewed, message.choices)]
        for one, other in zip(said, viewed, strict=True):
            if _SPOILT_TEXT in differing:
                del one["reasoning"], other["reasoning"]  # the thoughts that it drops
            if _SPOILT_FINISH in differing:
                del one["finish"], other["finish"]
        assert said == viewed, place
        assert [choice.finish_reason for choice in message.choices] == [
            choice.get("finish_reason", "") for choice in ours["choices"]
        ], place
        if not any(path.startswith("usage") for path in differing):
            assert theirs.get("usage") == _normal(message.usage), place
        assert (message.id, message.model) == (theirs.get("id", ""), theirs.get("model", "")), place
    assert set(seen) == set(_CHAT_DIFFERENCES), "an entry of the table is not needed any more"


_CLIENTS = ("function_call", "custom_tool_call")


def _response_said(response: dict[str, Any]) -> dict[str, Any]:
    """What a response of the SDK's says, in the terms of the common view."""
    found: dict[str, Any] = {"text": "", "reasoning": "", "refusal": "", "calls": []}
    for item in response["output"]:
        parts = item.get("content", [])
        if item["type"] == "message":
            found["text"] += "".join(part.get("text", "") for part in parts)
            found["refusal"] += "".join(part.get("refusal", "") for part in parts)
        elif item["type"] == "reasoning":
            found["reasoning"] += "".join(part["text"] for part in [*item.get("summary", []), *parts])
        elif item["type"] in _CLIENTS:
            found["calls"].append((item["call_id"], item["name"], item.get("arguments", item.get("input"))))
    return {**found, "finish": response["status"]}


def test_responses_are_what_the_sdk_puts_together_without_a_difference(recorded: Recorded) -> None:
    pytest.importorskip("openai", reason="openai is not installed: the extra `sdk` has it")
    accepted, refused = _judged(recorded, "openai-responses", _response)
    assert refused <= 1
    assert len(accepted) > 60
    for place, (theirs, ours, message) in accepted.items():
        assert list(_differences(theirs, ours)) == [], place
        assert theirs.get("usage") == _normal(message.usage), place
        (choice,) = message.choices
        own = {item["call_id"] for item in theirs["output"] if item["type"] in _CLIENTS}
        viewed = _viewed(choice)
        viewed["calls"] = [call for call in viewed["calls"] if call[0] in own]  # the others have no one way to be told
        assert viewed == _response_said(theirs), place
        assert (message.id, message.model) == (theirs["id"], theirs["model"]), place


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
