"""What real recordings used, judged by others: sums made by hand from their JSON, and genai-prices' own reading."""

import json
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.loading import LoadError, load
from cassette_tools.operations.usage.record import Record, estimate, record
from cassette_tools.protocols.registry import Transcript, events, framing, read
from tests.conftest import Recorded

pytestmark = pytest.mark.corpus


def _objects(interaction: Any) -> Iterator[Any]:
    """The JSON of an answer, or of each event of its stream, as it is."""
    response = interaction.response
    frame = framing(interaction)
    texts = (
        [event.data for event in events(interaction, Transcript(interaction, frame))] if frame else [response.body.text]
    )
    for text in texts:
        try:
            yield json.loads(text)
        except ValueError:
            continue


def _by_hand(protocol: str, values: list[Any]) -> tuple[int, int] | None:
    """Input and output, from the JSON, as each provider's reference defines its numbers."""
    if protocol == "openai-chat":
        held = [
            (value.get("usage") or (value.get("x_groq") or {}).get("usage")) for value in values if "choices" in value
        ]
        usages = [usage for usage in held if usage]
        if not usages or "prompt_tokens" not in usages[-1]:
            return None
        usage = usages[-1]
        output = usage["completion_tokens"]
        thought = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
        beside = thought and usage["prompt_tokens"] + output + thought == usage["total_tokens"]
        # Vercel bills what Google's models thought beside the completion.
        beside = beside or ("market_cost" in usage and "gemini" in str(values[-1].get("model") or values[0]["model"]))
        asked, cached = usage["prompt_tokens"], (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        # Grok at Azure has the cached part beside the prompt.
        return asked + (cached if cached > asked else 0), output + (thought if beside else 0)
    if protocol == "anthropic-messages":
        usage = {}
        for value in values:
            held = value.get("message", value) if value.get("type") == "message_start" else value
            usage |= {key: count for key, count in (held.get("usage") or {}).items() if isinstance(count, int)}
        cached = sum(usage.get(f"cache_{what}_input_tokens", 0) for what in ("read", "creation"))
        return (usage["input_tokens"] + cached, usage["output_tokens"]) if usage else None
    if protocol == "openai-responses":
        usages = [value.get("response", value).get("usage") for value in values if isinstance(value, dict)]
        usages = [usage for usage in usages if usage]
        return (usages[-1]["input_tokens"], usages[-1]["output_tokens"]) if usages else None
    if protocol == "bedrock-converse":
        usages = [value["usage"] for value in values if isinstance(value, dict) and value.get("usage")]
        if not usages:
            return None
        usage = usages[-1]
        cached = (usage.get("cacheReadInputTokens") or 0) + (usage.get("cacheWriteInputTokens") or 0)
        return usage["inputTokens"] + cached, usage["outputTokens"]
    if protocol in ("ollama-chat", "ollama-generate"):
        last = values[-1] if values else {}
        return (last["prompt_eval_count"], last["eval_count"]) if "prompt_eval_count" in last else None
    if protocol == "cohere-chat":
        usages = [
            value.get("usage") or (value.get("delta") or {}).get("usage") for value in values if isinstance(value, dict)
        ]
        usages = [usage["tokens"] for usage in usages if usage]
        return (usages[-1]["input_tokens"], usages[-1]["output_tokens"]) if usages else None
    return None


_SUMMED = ("openai-chat", "anthropic-messages", "openai-responses", "bedrock-converse", "ollama-chat", "cohere-chat")


@pytest.mark.parametrize("protocol", _SUMMED)
def test_totals_are_those_that_were_summed_by_hand(recorded: Recorded, protocol: str) -> None:
    ours, theirs, number = Counter[str](), Counter[str](), 0
    differ = []
    for name, interaction in recorded():
        transcript = read(interaction)
        if transcript is None or transcript.protocol is None or transcript.protocol.name != protocol:
            continue
        one = record(interaction, name, "")
        if one.outcome != "answer":
            continue
        hand = _by_hand(protocol, list(_objects(interaction)))
        if hand is None:
            assert one.usage is None, name
            continue
        assert one.usage is not None, name
        number += 1
        ours.update(input=one.usage.input or 0, output=one.usage.output or 0)
        theirs.update(input=hand[0], output=hand[1])
        if (one.usage.input, one.usage.output) != hand:
            differ.append((name, one.usage, hand))
    assert differ == []
    assert ours == theirs
    assert number > 10


@pytest.fixture(scope="module")
def records_(corpus: Path) -> list[Record]:
    found = []
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        try:
            cassette = load(str(path))
        except LoadError:
            continue
        found += [record(interaction, str(path.relative_to(corpus)), "") for interaction in cassette.interactions]
    return found


_NONE = {
    "the stream was not asked for it",
    "answers of this kind have none",
    "the stream is cut",
    "the answer has none",
}
"""Reasons for an answer to be truly without."""


def test_all_but_one_in_a_hundred_answers_have_usage_or_are_truly_without(records_: list[Record]) -> None:
    answers = [one for one in records_ if one.outcome == "answer"]
    without = Counter(one.why for one in answers if one.usage is None and not one.units)
    assert set(without) <= _NONE
    # What the tables do not find is nowhere in the recording: but for these, which have none at all.
    assert without["the answer has none"] <= 0.01 * len(answers)
    assert len(answers) > 1000


def test_estimates_are_what_recordings_say_they_cost(records_: list[Record]) -> None:
    errors: dict[str, list[float]] = {}
    for one in records_:
        if one.cost.source == "recorded" and one.cost.dollars:
            estimated = estimate(one).dollars
            if estimated is not None:
                error = abs(estimated - one.cost.dollars) / one.cost.dollars
                errors.setdefault(one.provider, []).append(float(error))
    shares = {name: sum(error < 0.01 for error in held) / len(held) for name, held in errors.items()}
    assert shares["x-ai"] >= 0.9  # but for searches, which cost extra
    assert shares["openrouter"] >= 0.8  # routed to hosts with other prices, and searches


_FLAVORS = {
    "openai-chat": ("openai", "chat"),
    "openai-responses": ("openai", "responses"),
    "anthropic-messages": ("anthropic", "default"),
    "gemini": ("google", "default"),
}


def test_genai_prices_reads_the_same_but_for_what_is_explained(recorded: Recorded) -> None:
    genai_prices = pytest.importorskip("genai_prices", reason="genai-prices is not installed")
    told = Counter[str]()
    unexplained = []
    for name, interaction in recorded():
        transcript = read(interaction)
        protocol = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
        if protocol not in _FLAVORS or framing(interaction) or not interaction.response.successful:
            continue
        one = record(interaction, name, "")
        values = list(_objects(interaction))
        if one.usage is None or not values:
            continue
        provider, flavor = _FLAVORS[protocol]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = genai_prices.extract_usage(values[0], provider_id=provider, api_flavor=flavor).usage
        except (LookupError, ValueError, AttributeError) as error:
            told[f"it refuses: {type(error).__name__}"] += 1
            continue
        pair = (one.usage.input, one.usage.output)
        if pair == (theirs.input_tokens, theirs.output_tokens):
            told["the same"] += 1
        elif one.usage.reasoning and pair == (theirs.input_tokens, theirs.output_tokens + one.usage.reasoning):
            told["it leaves out reasoning that is beside the output (xAI's chat, Gemini's thoughts)"] += 1
        elif one.usage.cache_read and one.usage.input == (theirs.input_tokens or 0) + one.usage.cache_read:
            told["it takes a prompt without its cached part for all of the input (Grok at Azure)"] += 1
        elif one.usage.output is None or one.usage.output == 0:
            told["nothing was made, and it does not say so"] += 1
        elif (one.usage.input or 0) > (theirs.input_tokens or 0):
            told["it leaves out what tools of the provider added to the input (Gemini)"] += 1
        else:
            unexplained.append((name, one.usage, theirs))
    assert unexplained == []
    assert told["the same"] > 200, told
