"""What a request will cost and what an answer did cost, in US$.

Figures: OpenAI's pricing page and image generation guide, read November 2026. They live in `models.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tui.core.models import Model
from tui.core.request import Request, parse_size

MILLION = Decimal(1_000_000)
PARTIAL_TOKENS = 100
# Far above what any answer can use.
MOST_TOKENS = 10**9
# OpenAI's own rule of thumb for English; only ever part of an estimate.
CHARACTERS_PER_TOKEN = 4


class Estimate(NamedTuple):
    """A price before it is paid: equal bounds where nothing is left to the server, none where `why` says why."""

    low: Decimal | None = None
    high: Decimal | None = None
    why: str = ""

    @property
    def known(self) -> bool:
        return self.low is not None


def factor_tokens(factor: int, width: int, height: int) -> int:
    """Output tokens of gpt-image-2 and 2.5 for one image: the published prices' formula, in integer arithmetic."""
    long, short = max(width, height), min(width, height)
    scaled = (2 * factor * short + long) // (2 * long)
    return -(-factor * scaled * (2_000_000 + width * height) // 4_000_000)


def image_tokens(model: Model, quality: str, width: int, height: int) -> int | None:
    """Output tokens of one image, or None where they are not published."""
    for row in model.image_tokens:
        if row["size"] == f"{width}x{height}" and quality in row:
            return int(row[quality])
    factor = model.token_factors.get(quality)
    return factor_tokens(factor, width, height) if factor else None


def estimate(request: Request, model: Model) -> Estimate:
    """The price of a request as a range; where the quality is left to the server, from its lowest to its highest."""
    if not model.known:
        return Estimate(why="no price known for this model")
    if model.image_prices:
        return _flat_estimate(request, model)
    prices = model.token_prices
    if prices is None or not (model.token_factors or model.image_tokens):
        return Estimate(why=f"the prices of {model.name} are not published")
    size = request.parameters.get("size")
    edges = parse_size(size) if isinstance(size, str) else None
    if edges is None or 0 in edges:
        return Estimate(why="the server chooses the size")
    if request.parameters.get("output_format") == "svg":
        return Estimate(why="the work of an svg author can't be known before")
    quality = request.parameters.get("quality", "auto")
    offered = model.parameters["quality"].values if "quality" in model.parameters else ()
    qualities = [str(quality)] if quality != "auto" else [q for q in offered if q != "auto"]
    tokens = [count for q in qualities if (count := image_tokens(model, q, *edges)) is not None]
    if not tokens:
        return Estimate(why=f"no price known for {size}")
    partials = request.parameters.get("partial_images", 0) if request.parameters.get("stream") else 0
    text = -(-len(request.prompt) // CHARACTERS_PER_TOKEN) * prices.text_in
    extra = _count(partials) * PARTIAL_TOKENS
    low, high = ((count + extra) * prices.image_out * request.count for count in (min(tokens), max(tokens)))
    return Estimate((low + text) / MILLION, (high + text) / MILLION)


def _flat_estimate(request: Request, model: Model) -> Estimate:
    quality = request.parameters.get("quality", "standard")
    size = request.parameters.get("size", "1024x1024")
    for row in model.image_prices:
        if row["size"] == size and row.get("quality", quality) == quality:
            price = Decimal(row["price"]) * request.count
            return Estimate(price, price)
    return Estimate(why=f"no price known for {size}")


def actual(
    model: Model, usage: Mapping[str, Any] | None, request: Request, images: int, *, authored: bool = False
) -> Decimal | None:
    """What an answer cost: from its `usage`, or from the price of an image; None where neither is known.

    A `usage` without details counts its input as text and its output as image tokens. `authored`: another model
    wrote the image and is paid besides, at prices that are not published.
    """
    if authored:
        return None
    if model.image_prices:
        whole = _flat_estimate(request, model).high
        return whole / request.count * images if whole is not None else None
    prices = model.token_prices
    if prices is None or not isinstance(usage, Mapping):
        return None
    text_in, image_in = _details(usage.get("input_tokens_details"))
    text_out, image_out = _details(usage.get("output_tokens_details"))
    if not (text_in or image_in):
        text_in = _count(usage.get("input_tokens"))
    if not (text_out or image_out):
        image_out = _count(usage.get("output_tokens"))
    if not (text_in or image_in or text_out or image_out):
        return None
    cost = text_in * prices.text_in + image_in * prices.image_in + image_out * prices.image_out
    cost += text_out * (prices.text_out or prices.image_out)
    return cost / MILLION


def _details(details: object) -> tuple[int, int]:
    """Text and image tokens."""
    if not isinstance(details, Mapping):
        return (0, 0)
    return (_count(details.get("text_tokens")), _count(details.get("image_tokens")))


def _count(value: object) -> int:
    """A number of tokens; what can't be one, be it from a server or from a form, is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST_TOKENS else 0


def dollars(amount: Decimal | float) -> str:
    """A price as it is shown: cents from a dollar on, four digits below a tenth of it, at least two significant."""
    value = Decimal(str(amount))
    if value >= 1 or value == 0:
        return f"${value:.2f}"
    return f"${value:.3f}" if value >= Decimal("0.1") else f"${value:.{max(4, 1 - value.adjusted())}f}"


def describe(estimate: Estimate) -> str:
    """An estimate in words for the form: `≈ $0.026`, `$0.012–0.42`, or why there is none."""
    if estimate.low is None or estimate.high is None:
        return f"no estimate: {estimate.why}"
    if estimate.low == estimate.high:
        return f"≈ {dollars(estimate.low)}"
    return f"{dollars(estimate.low)}–{dollars(estimate.high)[1:]}"
