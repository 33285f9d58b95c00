"""What an interaction cost: as the recording itself says, or by a table of prices.

Recorded: the fields of ``usage_tables.COSTS``. With a key of one's own for the model's host, OpenRouter's ``cost`` is
its fee, and what the host takes is beside it; Vercel's is 0, and ``market_cost`` is what it would be without.
Estimated: the package genai-prices, with the data that come with it, at the date of the recording where that is known.
"""

import functools
import importlib.metadata
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import Billing, Usage, amount_at, dollars, object_of
from cassette_tools.protocols.usage_tables import COSTS, LIST_PRICE, UPSTREAM

if TYPE_CHECKING:
    import genai_prices

Source = Literal["recorded", "estimated", "unknown"]


class Cost(NamedTuple):
    """US dollars, and where the figure comes from."""

    dollars: Decimal | None
    source: Source
    detail: str = ""
    """The field, the model of the price table, or why it is not known."""


def recorded(protocol: str, message: Message) -> Cost | None:
    """What the answer itself says; None when it says nothing of it.

    What it says may be no amount: then the cost is unknown, and no estimate hides that.

    Args:
        protocol: The name of the protocol.
        message: The answer.
    """
    usage: dict[str, Any] = object_of(protocol, message) or {}
    for field, factor in COSTS:
        value = amount_at(usage, field)
        if value is None or isinstance(value, dict):
            continue
        amount = dollars(value, factor)
        if amount is None:
            return Cost(None, "unknown", f"{field} is no amount")
        return _with_what_others_take(usage, field, amount) if field == "cost" else Cost(amount, "recorded", field)
    return None


def _with_what_others_take(usage: dict[str, Any], field: str, amount: Decimal) -> Cost:
    if usage.get("is_byok") is True and LIST_PRICE not in usage:
        upstream = dollars(amount_at(usage, UPSTREAM))
        if upstream is None:
            return Cost(None, "unknown", f"{UPSTREAM} is no amount")
        return Cost(amount + upstream, "recorded", f"{field} + {UPSTREAM}")
    market = dollars(usage.get(LIST_PRICE))
    if not amount and market:
        return Cost(market, "recorded", LIST_PRICE)
    return Cost(amount, "recorded", field)


@functools.cache
def table_version() -> str:
    """The price table and its version; empty where the package is not installed."""
    try:
        return f"genai-prices {importlib.metadata.version('genai-prices')}"
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _prices() -> "tuple[type[genai_prices.Usage], Any] | None":
    try:
        import genai_prices
    except ImportError:
        return None
    return genai_prices.Usage, genai_prices.calc_price


_GATEWAYS = ("vercel",)
"""Those that bill what the model's own provider does; their names for it are on the left of a slash."""
_OWN = {"xai": "x-ai"}
"""Gateways' names for providers, where the table has another."""
_PROVIDERS = {"google-vertex": "google"}
_ORDINARY = ("default", "standard", "auto", "on_demand")
"""Tiers of service that cost what the list says."""
_WIDTH = "search_context_size"
"""What a request costs with Perplexity depends on it; the table has the price of the widest."""
_PRICE_OF = {
    "input_tokens": "input_mtok",
    "output_tokens": "output_mtok",
    "audio_seconds": "audio_hours",
    "input_document_pages": "input_document_kpages",
    "rerank_searches": "rerank_searches_kcount",
    "web_searches": "web_searches_kcount",
}
"""What a price is called in the table, by the unit: those without which nothing of an answer has a price."""


def estimated(
    used: Usage | None, model: str, provider: str, moment: datetime | None, billing: Billing | None = None
) -> Cost:
    """What the price table says.

    Args:
        used: The tokens.
        model: The model that answered.
        provider: Who served it, as ``protocols/providers.py`` calls it.
        moment: When; None for today's prices.
        billing: What the price depends on besides.
    """
    prices = _prices()
    if prices is None:
        return Cost(None, "unknown", "genai-prices is not installed")
    billing = billing or Billing()
    given = _given(used, billing.units)
    if isinstance(given, str):
        return Cost(None, "unknown", given)
    make, calculate = prices
    name = _PROVIDERS.get(provider, provider)
    if provider in _GATEWAYS:
        own, _, model = model.partition("/")
        name = _OWN.get(own, own)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            price = calculate(
                make(**given),
                model,
                provider_id=name,
                genai_request_timestamp=moment,
                price_context=dict(billing.context),
            )
    except LookupError:
        return Cost(None, "unknown", "no price for this model")
    except (ValueError, ArithmeticError):
        # Of parts that overlap it asks how much is in both.
        return Cost(None, "unknown", "the answer does not say how much of its parts was cached")
    when_ = moment or datetime.now(UTC)
    variants = [
        variant.when
        for variant in price.model.price_variants or ()
        if variant.constraint is None or variant.constraint.active(when_)
    ]
    for key, value in billing.context.items():
        if key != _WIDTH and value not in _ORDINARY and not any(when.get(key) == value for when in variants):
            return Cost(None, "unknown", "no price for this tier of the service")
    priced = {key for key, value in vars(price.model_price).items() if value is not None}
    if "requests_kcount" in priced and billing.context.get(_WIDTH) != "high":
        return Cost(None, "unknown", "no price for the width of its search")
    if given.get("web_searches") and not priced & {"web_searches_kcount", "requests_kcount"}:
        return Cost(None, "unknown", "no price for its searches")
    if any(given.values()) and not any(key in priced for unit, key in _PRICE_OF.items() if given.get(unit)):
        return Cost(None, "unknown", "no price for what was used")
    return Cost(price.total_price, "estimated", f"{price.provider.id}:{price.model.id}")


_NOTHING = Usage()


def _given(used: Usage | None, priced: Mapping[str, Decimal]) -> "dict[str, int | Decimal] | str":
    """What the table is asked for, by its units; or why it cannot be asked."""
    used = used or _NOTHING
    if used == _NOTHING and not any(priced.values()):
        return "no tokens"
    is_billed_otherwise = "output_tokens" in priced or "input_tokens" in priced
    if used != _NOTHING and not is_billed_otherwise:
        if used.input is None or used.output is None:
            return "input or output is unknown"
        parts = ((used.cache_read or 0) + (used.cache_write or 0), used.input_audio, used.input_image)
        if any((part or 0) > used.input for part in parts) or any(
            (part or 0) > used.output for part in (used.reasoning, used.output_audio, used.output_image)
        ):
            return "counts that contradict each other"
    if is_billed_otherwise:
        return {name: int(number) for name, number in priced.items()}
    counts: dict[str, int | Decimal | None] = {
        "input_tokens": used.input,
        "cache_read_tokens": used.cache_read,
        "cache_write_tokens": used.cache_write,
        "output_tokens": used.output,
        "output_reasoning_tokens": used.reasoning,
        "input_audio_tokens": used.input_audio,
        "output_audio_tokens": used.output_audio,
        "input_image_tokens": used.input_image,
        "output_image_tokens": used.output_image,
    }
    given = {name: count for name, count in counts.items() if count}
    given |= priced
    if "output_citation_tokens" in priced:
        given["output_tokens"] = given.get("output_tokens", 0) + int(priced["output_citation_tokens"])
    if "audio_seconds" in priced:
        # Sound is priced by its time, where it is; its tokens are in the input.
        given["input_audio_seconds"] = priced["audio_seconds"]
        given["input_tokens"] = given.get("input_tokens", 0) - (given.pop("input_audio_tokens", None) or 0)
    if given.get("cache_read_tokens"):
        for kind in ("audio", "image"):
            _deduce(given, kind)
    return given


def _deduce(given: "dict[str, int | Decimal]", kind: str) -> None:
    """How much of a kind was cached, where that goes without saying: the whole input is of the kind, or was cached."""
    name = f"cache_{kind}_read_tokens"
    cached, of_kind = given["cache_read_tokens"], given.get(f"input_{kind}_tokens")
    if name in given or not of_kind:
        return
    if of_kind == given["input_tokens"]:
        given[name] = cached
    elif cached == given["input_tokens"]:
        given[name] = of_kind
