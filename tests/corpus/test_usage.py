"""What real recordings used, judged by others: sums made by hand from their JSON, and genai-prices' own reading."""

import json
import re
import statistics
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.loading import LoadError, load
from cassette_tools.operations.usage.record import Record, estimate, record
from cassette_tools.protocols.registry import Transcript, events, framing, read
from cassette_tools.protocols.usage import Usage
from cassette_tools.protocols.usage_tables import TABLES
from tests.corpus.usage_by_hand import RULES, Sums

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


def _interactions(corpus: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        try:
            cassette = load(str(path))
        except LoadError:
            continue
        for interaction in cassette.interactions:
            yield str(path.relative_to(corpus)), interaction


def _with_what_headers_say(sums: Sums | None, interaction: Any) -> Sums | None:
    """What Bedrock says in the headers of answers that say nothing themselves."""
    counts = [interaction.response.headers.get(f"x-amzn-bedrock-{way}-token-count") for way in ("input", "output")]
    asked, made = (int(count) if count else None for count in counts)
    if (asked, made) == (None, None):
        return sums
    sums = sums or Sums(None, None)
    asked, made = (mine if mine is not None else theirs for mine, theirs in zip(sums[:2], (asked, made), strict=True))
    return sums._replace(input=asked, output=made, total=None if None in (asked, made) else (asked or 0) + (made or 0))


_AT_LEAST = {
    "openai-chat": 700, "openai-responses": 200, "gemini": 190, "anthropic-messages": 160,
    "gemini-interactions": 0,  # none has been recorded yet
}  # fmt: skip
"""How many recordings are summed, so that none is lost; of the others, one at least."""


_UNRECORDED = {"gemini-interactions", "mistral-conversations"}
"""Of which the corpus has no recording."""


def _compared(interaction: Any, name: str) -> tuple[str, Sums | None, Sums | None] | None:
    """What the tool and the rules by hand say of an answer, and what it speaks; None for what is none."""
    transcript = read(interaction)
    protocol = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
    if protocol not in TABLES:
        return None
    one = record(interaction, name, "")
    if one.outcome != "answer":
        return None
    hand = RULES[protocol](list(_objects(interaction)))
    if protocol == "bedrock-invoke":
        hand = _with_what_headers_say(hand, interaction)
    embeds = re.search("embed|rerank", interaction.request.url, re.IGNORECASE)
    if embeds and hand is not None and hand.output is None:
        hand = hand._replace(output=0, total=hand.input)  # what makes nothing
    mine = None if one.usage is None else Sums(*(getattr(one.usage, field) for field in Sums._fields))
    return protocol, mine, hand


@pytest.fixture(scope="module")
def compared(corpus: Path) -> dict[str, list[tuple[str, Sums | None, Sums | None]]]:
    found: dict[str, list[tuple[str, Sums | None, Sums | None]]] = {}
    for path, interaction in _interactions(corpus):
        both = _compared(interaction, path)
        if both is not None:
            found.setdefault(both[0], []).append((f"{path}#{interaction.index}", *both[1:]))
    return found


@pytest.mark.parametrize("protocol", sorted(TABLES.keys() - _UNRECORDED))
def test_totals_are_those_that_were_summed_by_hand(
    compared: dict[str, list[tuple[str, Sums | None, Sums | None]]], protocol: str
) -> None:
    ours, theirs = Counter[str](), Counter[str]()
    answers = compared.get(protocol, [])
    for _, mine, hand in answers:
        for sums, counts in ((mine, ours), (hand, theirs)):
            counts.update({field: count or 0 for field, count in (sums._asdict() if sums else {}).items()})
    assert [one for one in answers if one[1] != one[2]] == []
    assert ours == theirs
    assert sum(mine is not None for _, mine, _ in answers) >= _AT_LEAST.get(protocol, 1)


@pytest.fixture(scope="module")
def records_(corpus: Path) -> list[tuple[Record, Any]]:
    return [(record(interaction, path, ""), interaction) for path, interaction in _interactions(corpus)]


_COUNTS = re.compile(
    r'"(?:[a-z_]*tokens?|[a-z]+_token_count|[a-z_]*TokenCount|token_?count|tokenCount|prompt_eval_count|eval_count'
    r'|billed_units|[a-z]*Tokens)"\s*:\s*(?:[1-9]|\{)',
    re.IGNORECASE,
)
"""What looks like a count of tokens, whatever the API."""
_REASONS = {"the stream was not asked for it", "answers of this kind have none", "the answer has none"}
_NOTHING_SAID = {
    ("demo-endpoints.pydantic.workers.dev", "/bin/content-type/application/json/chat/completions"): 1,
    ("text.pollinations.ai", "/openai"): 2,
    ("writer", "/v1/completions"): 2,
}
"""Who leaves out what others say, and how often."""
_COUNTING = re.compile(r":countTokens$|/input_tokens$|/count_tokens$")
"""Endpoints whose answers are counts themselves: of what was not sent."""


def test_all_but_one_in_a_hundred_answers_have_usage_or_are_truly_without(records_: list[tuple[Record, Any]]) -> None:
    answers = [(one, interaction) for one, interaction in records_ if one.outcome == "answer"]
    without = [(one, interaction) for one, interaction in answers if one.usage is None and not one.units]
    assert {one.why for one, _ in without} <= _REASONS
    suspicious = []
    for one, interaction in without:
        said = [
            *(match.group() for match in _COUNTS.finditer(interaction.response.body.text)),
            *(header.name for header in interaction.response.headers if "token-count" in header.name.lower()),
        ]
        if said and not _COUNTING.search(one.endpoint):
            suspicious.append((one.file, one.interaction, one.protocol, one.endpoint, one.why, said[:3]))
    assert suspicious == []
    rest = Counter((one.provider, one.endpoint) for one, _ in without if one.why == "the answer has none")
    assert rest == _NOTHING_SAID
    assert rest.total() <= 0.01 * len(answers)
    assert len(answers) > 1000


def test_estimates_are_what_recordings_say_they_cost(records_: list[tuple[Record, Any]]) -> None:
    errors: dict[str, list[float]] = {}
    for one, _ in records_:
        if one.cost.source == "recorded" and one.cost.dollars:
            estimated = estimate(one).dollars
            if estimated is not None:
                error = abs(estimated - one.cost.dollars) / one.cost.dollars
                errors.setdefault(one.provider, []).append(float(error))
    medians = {name: statistics.median(held) for name, held in errors.items()}
    assert medians.keys() == {"avian", "openrouter", "perplexity", "vercel", "x-ai"}
    assert all(median < 0.0001 for median in medians.values()), medians
    shares = {name: sum(error < 0.01 for error in held) / len(held) for name, held in errors.items()}
    assert shares["avian"] == shares["x-ai"] == 1
    assert shares["openrouter"] >= 0.8  # routed to hosts with other prices, and searches
    assert shares["vercel"] >= 0.8  # bills what OpenAI's models thought twice


_FLAVORS = {
    "openai-chat": ("openai", "chat"),
    "openai-responses": ("openai", "responses"),
    "anthropic-messages": ("anthropic", "default"),
    "gemini": ("google", "default"),
    "cohere-chat": ("cohere", "tokens"),
}
"""What genai-prices calls the readers of what these speak."""
_SAME = "the same"
_REASONING = "it leaves out reasoning beside the output (xAI's chat, Google's models at Vercel)"
_CACHED = "it takes a prompt without its cached part for all of the input (Grok at Azure)"
_TOLD = {
    "anthropic-messages": {_SAME: 99},
    "cohere-chat": {_SAME: 22},
    "gemini": {_SAME: 140},
    "openai-chat": {_SAME: 471, _REASONING: 25, _CACHED: 8},
    "openai-responses": {_SAME: 137},
}
"""How often it reads what, of the answers that did not come as streams."""


def _difference(ours: Usage, theirs: Any) -> str:
    """Why genai-prices reads other numbers than the tool; empty where that is not known."""
    asked, made = theirs.input_tokens or 0, theirs.output_tokens or 0
    if (ours.input, ours.output) == (asked, made):
        return _SAME
    if ours.cache_read and (ours.input, ours.output) == (asked + ours.cache_read, made):
        return _CACHED
    if ours.reasoning and (ours.input, ours.output) == (asked, made + ours.reasoning):
        return _REASONING
    return ""


def test_genai_prices_reads_the_same_but_for_what_is_explained(corpus: Path) -> None:
    reason = "genai-prices is not installed: the extra `prices` has it"
    snapshot = pytest.importorskip("genai_prices.data_snapshot", reason=reason).get_snapshot()
    readers = {reader.id: reader for reader in snapshot.providers}
    told: dict[str, Counter[str]] = {}
    unexplained = []
    for name, interaction in _interactions(corpus):
        transcript = read(interaction)
        protocol = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
        if protocol not in _FLAVORS or framing(interaction) or not interaction.response.successful:
            continue
        one = record(interaction, name, "")
        values = list(_objects(interaction))
        if one.usage is None or not values or one.usage.output == 0:
            continue  # what makes nothing has another flavor
        provider, flavor = _FLAVORS[protocol]
        why = told.setdefault(protocol, Counter())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = readers[provider].extract_usage(values[0], api_flavor=flavor)[1]
        except (LookupError, ValueError, AttributeError) as error:
            why[f"it refuses: {error}"] += 1
            continue
        difference = _difference(one.usage, theirs)
        why[difference] += 1
        if not difference:
            unexplained.append((name, one.usage, theirs))
    assert unexplained == []
    assert {protocol: dict(why) for protocol, why in told.items()} == _TOLD
