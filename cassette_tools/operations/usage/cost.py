"""What an interaction cost: as the recording itself says, or by a table of prices.

Recorded: ``usage.cost`` in US dollars of OpenRouter (https://openrouter.ai/docs/use-cases/usage-accounting) and of
Vercel's gateway, ``usage.cost.total_cost`` of Perplexity, ``usage.cost_in_usd_ticks`` of xAI: one is 1e-10 dollars.
Estimated: the package genai-prices, with the data that come with it, at the date of the recording where that is known.
"""

import functools
import importlib.metadata
import warnings
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cassette_tools.protocols.message import Message
from cassette_tools.protocols.usage import Usage, object_of

if TYPE_CHECKING:
    import genai_prices

Source = Literal["recorded", "estimated", "unknown"]
_TICK = Decimal("1e-10")
_MOST = Decimal(10**9)


class Cost(NamedTuple):
    """US dollars, and where the figure comes from."""

    dollars: Decimal | None
    source: Source
    detail: str = ""
    """The field, the model of the price table, or why it is not known."""


def recorded(message: Message) -> Cost | None:
    """What the answer itself says; None when it says nothing of it."""
    usage: dict[str, Any] = object_of(message) or {}
    cost = usage.get("cost")
    for field, value, factor in (
        ("cost", cost, Decimal(1)),
        ("cost.total_cost", cost.get("total_cost") if isinstance(cost, dict) else None, Decimal(1)),
        ("cost_in_usd_ticks", usage.get("cost_in_usd_ticks"), _TICK),
    ):
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST:
            # By its shortest spelling, which is what the recording has.
            return Cost(Decimal(str(value)) * factor, "recorded", field)
    return None


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


_PROVIDERS = {"google-vertex": "google", "aws": "aws", "zai": "zai"}


def estimated(used: Usage, model: str, provider: str, moment: datetime | None) -> Cost:
    """What the price table says.

    Args:
        used: The tokens.
        model: The model that answered.
        provider: Who served it, as ``protocols/providers.py`` calls it.
        moment: When; None for today's prices.
    """
    prices = _prices()
    if prices is None:
        return Cost(None, "unknown", "genai-prices is not installed")
    if used.input is None and used.output is None:
        return Cost(None, "unknown", "no tokens")
    make, calculate = prices
    given = {
        "input_tokens": used.input,
        "cache_read_tokens": used.cache_read,
        "cache_write_tokens": used.cache_write,
        "output_tokens": used.output,
        "input_audio_tokens": used.input_audio,
        "output_audio_tokens": used.output_audio,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            price = calculate(
                make(**{name: count for name, count in given.items() if count}),
                model,
                provider_id=_PROVIDERS.get(provider, provider),
                genai_request_timestamp=moment,
            )
    except LookupError:
        return Cost(None, "unknown", "no price for this model")
    except (ValueError, ArithmeticError):  # parts that are more than the whole
        return Cost(None, "unknown", "counts that contradict each other")
    return Cost(price.total_price, "estimated", f"{price.provider.id}:{price.model.id}")
