"""One record for each interaction: who was asked for what, what came of it, what it used and what that cost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

from cassette_tools.model import Cassette, Interaction, Request
from cassette_tools.operations.usage import cost
from cassette_tools.operations.usage.cost import Cost
from cassette_tools.protocols import requests
from cassette_tools.protocols import usage as uses
from cassette_tools.protocols.base import mapping
from cassette_tools.protocols.message import Message
from cassette_tools.protocols.providers import provider_of
from cassette_tools.protocols.registry import Transcript, read
from cassette_tools.protocols.usage import Billing, Said, Units, Usage
from cassette_tools.protocols.usage_tables import TABLES

Outcome = Literal["answer", "error", "other"]


class Record(NamedTuple):
    """An interaction."""

    file: str
    interaction: int
    """Its number in the file, from 0."""
    test: str
    """The name of the file as test runners name it: below the folder of recordings, without its suffix."""
    provider: str
    protocol: str
    """Empty for what is no answer of a known API."""
    endpoint: str
    model_asked: str
    model: str
    """The model that answered, or else the one that was asked."""
    status: int | None
    outcome: Outcome
    """``answer``; ``error``: a status of 400 or more, or an error for an answer; ``other``: no known API, or an answer
    that was stored and is asked for again."""
    streamed: bool
    duration: float | None
    """Seconds, where the recorder noted it."""
    recorded_at: datetime | None
    """In UTC, where the recording has a date."""
    finish: str
    tool_calls: int
    usage: Usage | None
    units: tuple[Units, ...]
    why: str
    """Why the usage is not known, or not counted."""
    cost: Cost
    billing: Billing | None = Billing()
    """What the price depends on besides the tokens; None where that cannot be read."""


_UNKNOWN = Cost(None, "unknown")


def records(cassette: Cassette, file: str) -> Iterator[Record]:
    """The records of a cassette.

    Args:
        cassette: The cassette.
        file: What it is called.
    """
    test = test_of(file)
    counted: set[str] = set()
    for interaction in cassette.interactions:
        yield record(interaction, file, test, counted)


def usage(cassette: Cassette) -> tuple[Record, ...]:
    """What the interactions of a cassette used."""
    return tuple(records(cassette, cassette.source.name if cassette.source is not None else ""))


def record(interaction: Interaction, file: str, test: str, counted: set[str] | None = None) -> Record:
    """The record of an interaction.

    Args:
        interaction: The interaction.
        file: What its file is called.
        test: What its test is called.
        counted: The ids of answers whose usage other interactions of the file have; takes that of this one. None where
            others do not matter.
    """
    transcript = read(interaction)
    message = transcript.message if transcript is not None else None
    protocol = transcript.protocol.name if transcript is not None and transcript.protocol is not None else ""
    response = interaction.response
    used, billing = _used(interaction, transcript)
    asked = requests.model(interaction)
    model = (message.model if message is not None else "") or asked
    moment = recorded_at(interaction, message)
    provider = provider_of(interaction).name
    outcome: Outcome = "answer" if protocol else "other"
    choices = message.choices if message is not None else ()
    if (response.code is not None and response.code >= 400) or (
        message is not None and message.errors and used is None and not any(choice.text for choice in choices)
    ):
        outcome = "error"
    units = uses.units(protocol, message) if message is not None else ()
    why = _why(interaction, transcript, protocol, outcome) if used is None and not units else ""
    if counted is not None and used is not None and message is not None and message.id:
        if _gives_what_is_stored(interaction.request) and message.id in counted:
            outcome, used, units, why = "other", None, (), _STORED
        counted.add(message.id)
    price = _UNKNOWN
    if outcome == "answer" and message is not None:
        price = cost.recorded(protocol, message) or _estimated(used, model, provider, moment, billing)
    return Record(
        file,
        interaction.index,
        test,
        provider,
        protocol,
        requests.endpoint(interaction),
        asked,
        model,
        response.code,
        outcome,
        bool(transcript is not None and transcript.framing),
        interaction.duration,
        moment,
        next((choice.finish_reason for choice in choices if choice.finish_reason), ""),
        sum(len(choice.tool_calls) for choice in choices),
        used,
        units,
        why,
        price,
        billing,
    )


_EMBEDS = re.compile(r"embed|rerank", re.IGNORECASE)
"""Endpoints and models whose answers are made of numbers: no output is missing there."""


def _used(interaction: Interaction, transcript: Transcript | None) -> Said:
    said = uses.of(interaction, transcript)
    used = said.usage
    if used is None or used.input is None or used.output is not None or used.total not in (None, used.input):
        return said
    if not _EMBEDS.search(interaction.request.url_path):
        return said
    return said._replace(usage=used._replace(output=0, total=used.input))


def _estimated(used: Usage | None, model: str, provider: str, moment: datetime | None, billing: Billing | None) -> Cost:
    if billing is None:
        return Cost(None, "unknown", "an amount that is no number")
    if not used and not billing.units:
        return _UNKNOWN
    price = cost.estimated(used, model, provider, moment, billing)
    details = {price.detail: None}
    for advice in billing.advice:
        other = _estimated(advice.usage, advice.model, provider, moment, advice.billing)
        if price.dollars is None or other.dollars is None:
            return (
                price if price.dollars is None else other._replace(detail=f"its adviser: {other.detail or 'no tokens'}")
            )
        details[other.detail] = None
        price = price._replace(dollars=price.dollars + other.dollars)
    return price._replace(detail=", ".join(details))


def estimate(one: Record) -> Cost:
    """What the price table says of a record, whatever the recording says itself."""
    return _estimated(one.usage, one.model, one.provider, one.recorded_at, one.billing)


_WITHOUT = re.compile(
    r"/moderations|/input_tokens|:countTokens|/count_tokens|/images/|/audio/|/api/embeddings$|/mcp|/v1/complete$"
)
"""Endpoints whose answers need not say anything of tokens."""


def _gives_what_is_stored(request: Request) -> bool:
    """Whether a request is for an answer that was made before: to read it, or to cancel it."""
    return request.method.upper() == "GET" or request.url_path.endswith("/cancel")


_STORED = "an answer that was stored, which is counted where it was made"
_JOB = re.compile(r'"object"\s*:\s*"(?:thread\.run|batch)"')
"""What says that it is the state of a job, and not an answer."""
_WITH_USAGE = re.compile(r'"usage"\s*:\s*\{')


def _why(interaction: Interaction, transcript: Transcript | None, protocol: str, outcome: Outcome) -> str:
    """Why an answer has no usage, or is not counted although it has one."""
    if outcome == "other":
        text = interaction.response.body.text if interaction.response.successful else ""
        is_job = _JOB.search(text) and _WITH_USAGE.search(text)
        return "the state of a job, which has the usage of all of it each time" if is_job else ""
    if outcome == "error":
        return ""
    message = transcript.message if transcript is not None else None
    if message is not None and uses.oddities(protocol, message):
        return "what it says is no usage"
    if protocol == "bedrock-agent":
        return "no trace of the agent was asked for"
    request = mapping(interaction.request.body.json())
    if protocol not in TABLES or _WITHOUT.search(interaction.request.url_path):
        return "answers of this kind have none"
    if transcript is not None and transcript.framing:
        options = mapping(request.get("stream_options"))
        if protocol in ("openai-chat", "openai-completions") and options.get("include_usage") is not True:
            return "the stream was not asked for it"
        if message is None or not any(choice.finish_reason for choice in message.choices):
            return "the stream is cut"
    if not interaction.response.body.raw:
        return "the answer is empty"
    return "the answer has none"


_SUFFIXES = ("yaml", "yml", "json", "har")
_RECORDINGS = frozenset(
    ("cassettes", "cassette", "testdata", "fixtures", "vcr_cassettes", "recordings", "golden", "snapshots")
)


def test_of(file: str) -> str:
    """The name of a test, from the name of its recording.

    Args:
        file: Its path.
    """
    name = file.replace("\\", "/").removesuffix(".gz")
    stem, dot, suffix = name.rpartition(".")
    folders = (stem if dot and suffix in _SUFFIXES else name).split("/")
    first = next((after for after in range(len(folders) - 1, 0, -1) if folders[after - 1] in _RECORDINGS), -1)
    return "/".join(folders[first:])


_CREATED = ("created", "created_at", "createTime")
_FIRST, _LAST = 10**9, 10**10
"""Seconds since 1970, from 2001 on: what is less or more is no date of an answer."""


def recorded_at(interaction: Interaction, message: Message | None) -> datetime | None:
    """When an interaction was recorded: as the recorder, the response's ``Date`` or the answer itself says.

    Args:
        interaction: The interaction.
        message: The answer, where it is one: what else has dates in it, has others' dates.
    """
    for text in (interaction.recorded_at, interaction.response.headers.get("Date") or ""):
        moment = _moment(text)
        if moment is not None:
            return moment
    for key in _CREATED if message is not None else ():
        said = message.native.get(key) if message is not None else None
        if isinstance(said, str):
            moment = _moment(said)
            if moment is not None:
                return moment
        elif isinstance(said, int | float) and not isinstance(said, bool) and _FIRST <= said < _LAST:
            return datetime.fromtimestamp(int(said), UTC)
    return None


def _moment(text: str) -> datetime | None:
    """A date of HTTP (RFC 9110, 5.6.7), or of ISO 8601."""
    if not text or len(text) > 64:
        return None
    try:
        moment = parsedate_to_datetime(text) if text[:1].isalpha() else datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
