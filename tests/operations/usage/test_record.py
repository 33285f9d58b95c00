"""One record an interaction: who, what, when, how much; and why something is not known."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cassette_tools.loading import load_bytes
from cassette_tools.operations.usage import cost, record
from cassette_tools.operations.usage.cost import Cost
from cassette_tools.operations.usage.record import Record, records
from cassette_tools.protocols.usage import Billing, Usage
from tests.recordings import chat, recording, streamed_chat


def _record(text: str, file: str = "x.json") -> Record:
    (one,) = records(load_bytes(text.encode(), "x.json"), file)
    return one


def test_a_record_has_all_that_is_known_of_an_interaction() -> None:
    text = json.loads(chat(tokens=7, finish="length"))
    text["interactions"][0]["response"]["headers"]["Date"] = ["Tue, 03 Mar 2026 10:00:00 GMT"]
    one = _record(json.dumps(text), "tests/cassettes/test_chat/test_hi[a].yaml")
    assert one == Record(
        "tests/cassettes/test_chat/test_hi[a].yaml", 0, "test_chat/test_hi[a]", "openai", "openai-chat",
        "/v1/chat/completions", "m", "m-1", 200, "answer", False, None, datetime(2026, 3, 3, 10, tzinfo=UTC), "length",
        0, Usage(3, output=7, total=10), (), "", one.cost, Billing(),
    )  # fmt: skip
    assert one.cost == Cost(None, "unknown", "no price for this model")


@pytest.mark.parametrize(
    ("text", "outcome", "why"),
    [
        (chat(code=429), "error", ""),
        (recording({"model": "m", "messages": []}, '{"error": {"message": "x"}}', "application/json"), "error", ""),
        (recording({}, "{}", "application/json", url="https://a.example/x"), "other", ""),
        (streamed_chat(["Hi"]), "answer", "the stream was not asked for it"),
        (
            streamed_chat(["Hi"]).replace('\\"stream\\": true', '\\"stream_options\\": {\\"include_usage\\": true}')
            .replace('\\"stop\\"', "null"),
            "answer", "the stream is cut",
        ),
        (
            recording({"prompt": "x", "model": "m"}, '{"type": "completion", "completion": "x", "stop_reason": "stop"}',
                      "application/json", url="https://api.anthropic.com/v1/complete"),
            "answer", "answers of this kind have none",
        ),
    ],
)  # fmt: skip
def test_what_has_no_usage_says_why(text: str, outcome: str, why: str) -> None:
    one = _record(text)
    assert (one.usage if outcome != "error" else None, one.outcome, one.why) == (None, outcome, why)


def _costs(**usage: Any) -> Cost:
    value = json.loads(chat())
    answer = json.loads(value["interactions"][0]["response"]["body"]["string"])
    answer["usage"] |= usage
    value["interactions"][0]["response"]["body"]["string"] = json.dumps(answer)
    return _record(json.dumps(value)).cost


@pytest.mark.parametrize(
    ("usage", "dollars", "field"),
    [
        ({"cost": 0.00012}, "0.00012", "cost"),
        ({"cost": 0}, "0", "cost"),
        ({"cost": {"total_cost": 0.006, "request_cost": 0.005}}, "0.006", "cost.total_cost"),
        ({"cost_in_usd_ticks": 3_080_400}, "0.0003080400", "cost_in_usd_ticks"),
    ],
)
def test_what_the_recording_says_it_cost_is_what_it_cost(usage: dict[str, Any], dollars: str, field: str) -> None:
    assert _costs(**usage) == Cost(Decimal(dollars), "recorded", field)


@pytest.mark.parametrize("value", ["0.1", -1, True, None, 1e300, float("nan"), [1]])
def test_what_is_no_amount_is_none(value: Any) -> None:
    assert _costs(cost=value).source == "unknown"


def test_an_estimate_is_that_of_the_table_at_the_time() -> None:
    used = Usage(input=1000, cache_read=400, output=100)
    price = cost.estimated(used, "gpt-4o-2024-08-06", "openai", datetime(2026, 1, 1, tzinfo=UTC))
    # $2.50, $1.25 and $10 for a million tokens, as OpenAI's price list has them.
    assert price.dollars == (600 * Decimal("2.5") + 400 * Decimal("1.25") + 100 * Decimal(10)) / 10**6
    assert (price.source, price.detail) == ("estimated", "openai:gpt-4o")


def test_without_a_table_or_with_counts_that_contradict_each_other_there_is_no_estimate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    odd = cost.estimated(Usage(input=1, cache_read=400, output=1), "gpt-4o", "openai", None)
    assert (odd.dollars, odd.source) == (None, "unknown")
    assert cost.estimated(Usage(), "gpt-4o", "openai", None).detail == "no tokens"
    monkeypatch.setattr(cost, "_prices", lambda: None)
    assert cost.estimated(Usage(1, output=1), "gpt-4o", "openai", None).detail == "genai-prices is not installed"


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("tests/cassettes/test_a/test_b.yaml", "test_a/test_b"),
        ("internal/testdata/TestX/fixtures/sub.case.yaml.gz", "sub.case"),
        ("spec/fixtures/vcr_cassettes/a_b.yml", "a_b"),
        ("somewhere/a.har", "a"),
        ("C:\\x\\cassettes\\t\\a.json", "t/a"),
        ("<stdin>", "<stdin>"),
    ],
)
def test_a_test_is_named_as_its_recording_is(file: str, test: str) -> None:
    assert record.test_of(file) == test


def _dated(**where: Any) -> datetime | None:
    value = json.loads(chat())
    interaction = value["interactions"][0]
    interaction["response"]["headers"] |= where.get("headers", {})
    if "created" in where:
        interaction["response"]["body"]["string"] = json.dumps({"created": where["created"]})
    return _record(json.dumps(value)).recorded_at


def test_a_date_is_the_headers_or_the_answers() -> None:
    assert _dated(headers={"Date": ["Tue, 03 Mar 2026 10:00:00 GMT"]}) == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert _dated(headers={"Date": ["no date"]}, created=1_700_000_000) == datetime(
        2023, 11, 14, 22, 13, 20, tzinfo=UTC
    )
    for text in ("Tue, 99 Mar 2026 10:00:00 GMT", "x" * 100, "2026-13-01", ""):
        assert _dated(headers={"Date": [text]}, created="soon") is None


def _events(*events: dict[str, Any]) -> str:
    return "".join(f"event: {event.get('type', 'x')}\ndata: {json.dumps(event)}\n\n" for event in events)


def _claude(*rest: dict[str, Any]) -> Record:
    usage = {"input_tokens": 10, "cache_read_input_tokens": 4, "output_tokens": 1}
    message = {"type": "message", "role": "assistant", "model": "claude-sonnet-4-0", "content": [], "usage": usage}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi there"}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    body = _events({"type": "message_start", "message": message}, block, delta, *rest)
    return _record(recording({"stream": True}, body, "text/event-stream", url="https://api.anthropic.com/v1/messages"))


_STOP = {"type": "content_block_stop", "index": 0}
_ENDED = {"type": "message_stop"}


def _end(usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param((), id="cut"),
        pytest.param(({"type": "error", "error": {"type": "overloaded_error", "message": "x"}},), id="an error"),
        pytest.param((_STOP, _end({"output_tokens": None}), _ENDED), id="null in the end"),
        pytest.param((_STOP, _end(None), _ENDED), id="nothing in the end"),
    ],
)
def test_what_a_stream_had_not_said_in_the_end_is_unknown(rest: tuple[dict[str, Any], ...]) -> None:
    one = _claude(*rest)
    assert one.usage == Usage(14, 4)
    assert one.cost == Cost(None, "unknown", "input or output is unknown")
    whole = _claude(_STOP, _end({"output_tokens": 50}), _ENDED)
    assert whole.usage == Usage(14, 4, output=50, total=64)


def test_what_a_stream_of_geminis_counted_before_it_was_cut_is_no_output() -> None:
    part = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "index": 0}]}
    chunk = {**part, "usageMetadata": {"promptTokenCount": 10, "totalTokenCount": 10}, "modelVersion": "gemini-2.5-pro"}
    url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent"
    one = _record(recording({}, f"data: {json.dumps(chunk)}\n\n", "text/event-stream", url=url))
    assert one.usage == Usage(10)


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        (
            {"object": "list", "data": [{"id": "gpt-4", "object": "model", "created": 1_687_882_411}]},
            "https://api.openai.com/v1/models",
        ),
        (
            {
                "modelVersion": "gemini-2.5-pro",
                "candidates": [
                    {
                        "content": {"parts": [{"functionCall": {"name": "f", "args": {"created": 1_111_111_111}}}]},
                        "finishReason": "STOP",
                    }
                ],
            },
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent",
        ),
    ],
    ids=["models and when they were made", "an argument of a tool"],
)
def test_dates_of_other_things_are_no_dates_of_recordings(answer: Any, url: str) -> None:
    assert _record(recording({}, json.dumps(answer), "application/json", url=url)).recorded_at is None


def test_ollama_and_vertex_say_when_they_answered() -> None:
    said = {"model": "llama3", "created_at": "2025-03-03T10:00:00Z", "message": {"role": "assistant", "content": "Hi"}}
    text = recording({}, json.dumps({**said, "done": True}), "application/json", url="http://localhost:11434/api/chat")
    assert _record(text).recorded_at == datetime(2025, 3, 3, 10, tzinfo=UTC)


def test_an_answer_that_was_stored_is_counted_once() -> None:
    answer = {
        "id": "resp_1", "object": "response", "status": "completed", "output": [], "model": "m",
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
    }  # fmt: skip
    url = "https://api.openai.com/v1/responses"
    text = json.loads(recording({"model": "m", "input": "x"}, json.dumps(answer), "application/json", url=url))
    asked = text["interactions"][0]
    again = {**asked, "request": {**asked["request"], "method": "GET", "uri": f"{url}/resp_1", "body": ""}}

    def told(*interactions: Any) -> list[tuple[str, int | None, str]]:
        cassette = load_bytes(json.dumps({**text, "interactions": interactions}).encode(), "x.json")
        return [(one.outcome, one.usage.total if one.usage else None, one.why) for one in records(cassette, "x.json")]

    once = ("answer", 7, "")
    stored = ("other", None, "an answer that was stored, which is counted where it was made")
    assert told(asked, again, again) == [once, stored, stored]
    assert told(again, again) == [once, stored]
    assert told(asked, asked) == [once, once]
    cancelled = {**asked, "request": {**asked["request"], "uri": f"{url}/resp_1/cancel", "body": ""}}
    assert told(asked, cancelled) == [once, stored]
    assert told(cancelled, again) == [once, stored]
