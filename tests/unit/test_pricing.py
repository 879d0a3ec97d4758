"""Prices: every published figure to the token, estimates as ranges, and what an answer did cost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.models import Model, catalogue
from tui.core.pricing import Estimate, actual, describe, dollars, estimate, factor_tokens, image_tokens
from tui.core.request import Request, Value

OLD_TOKENS = {
    ("low", "1024x1024"): 272,
    ("low", "1024x1536"): 408,
    ("low", "1536x1024"): 400,
    ("medium", "1024x1024"): 1056,
    ("medium", "1024x1536"): 1584,
    ("medium", "1536x1024"): 1568,
    ("high", "1024x1024"): 4160,
    ("high", "1024x1536"): 6240,
    ("high", "1536x1024"): 6208,
}
# The nine prices that OpenAI publishes for gpt-image-2, in US$ for one image, rounded as published.
OFFICIAL_2 = {
    ("low", "1024x1024"): "0.006",
    ("low", "1024x1536"): "0.005",
    ("low", "1536x1024"): "0.005",
    ("medium", "1024x1024"): "0.053",
    ("medium", "1024x1536"): "0.041",
    ("medium", "1536x1024"): "0.041",
    ("high", "1024x1024"): "0.211",
    ("high", "1024x1536"): "0.165",
    ("high", "1536x1024"): "0.165",
}
PRICES = {
    "gpt-image-1": ("5", "1.25", "10", "2.50", "40", None),
    "gpt-image-1-mini": ("2", "0.20", "2.50", "0.25", "8", None),
    "gpt-image-1.5": ("5", "1.25", "8", "2", "32", "10"),
    "chatgpt-image-latest": ("5", "1.25", "8", "2", "32", "10"),
    "gpt-image-2": ("5", "1.25", "8", "2", "30", None),
    "gpt-image-2.5-flare": ("5", "1.25", "8", "2", "30", None),
    "gpt-image-2.5-sunburst": ("5", "1.25", "8", "2", "30", None),
    "gpt-image-2.6-flare": ("5", "1.25", "8", "2", "30", None),
    "gpt-image-2.6-sunburst": ("5", "1.25", "8", "2", "30", None),
}


def model(name: str) -> Model:
    return catalogue().get(name)


def priced(name: str, prompt: str = "", **parameters: Value) -> Estimate:
    return estimate(Request(prompt, name, parameters=parameters), model(name))


def cost(name: str, usage: Any, images: int = 1, **parameters: Value) -> Decimal | None:
    return actual(model(name), usage, Request("a fox", name, parameters=parameters), images)


@pytest.mark.parametrize("name", PRICES)
def test_token_prices_are_the_published_ones(name: str) -> None:
    prices = model(name).token_prices
    assert prices is not None
    given = (prices.text_in, prices.text_in_cached, prices.image_in, prices.image_in_cached, prices.image_out)
    assert given == tuple(Decimal(price) for price in PRICES[name][:5] if price)
    assert prices.text_out == (Decimal(PRICES[name][5]) if PRICES[name][5] else None)


@pytest.mark.parametrize("name", ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "chatgpt-image-latest"])
@pytest.mark.parametrize(("quality", "size"), OLD_TOKENS)
def test_older_models_make_the_tokens_of_the_table(name: str, quality: str, size: str) -> None:
    width, height = map(int, size.split("x"))
    assert image_tokens(model(name), quality, width, height) == OLD_TOKENS[quality, size]


@pytest.mark.parametrize(
    ("quality", "tokens"), [("low", 196), ("medium", 439), ("high", 1756), ("xhigh", 3122), ("max", 7024)]
)
@pytest.mark.parametrize("name", ["gpt-image-2.5-flare", "gpt-image-2.5-sunburst", "gpt-image-2.5-flare-2026-09-08"])
def test_2_5_makes_the_published_tokens_of_a_square(name: str, quality: str, tokens: int) -> None:
    assert image_tokens(model(name), quality, 1024, 1024) == tokens


@pytest.mark.parametrize("name", ["gpt-image-2", "gpt-image-2-2026-04-21"])
@pytest.mark.parametrize(("quality", "size"), OFFICIAL_2)
def test_2_costs_what_openai_says(name: str, quality: str, size: str) -> None:
    price = priced(name, quality=quality, size=size)
    assert price.low is not None
    assert price.low == price.high
    assert price.low.quantize(Decimal("0.001")) == Decimal(OFFICIAL_2[quality, size])


@given(st.sampled_from([16, 24, 48, 64, 96]), st.integers(1280, 3840), st.integers(1280, 3840))
def test_tokens_do_not_depend_on_which_edge_is_the_long_one(factor: int, width: int, height: int) -> None:
    assert factor_tokens(factor, width, height) == factor_tokens(factor, height, width) > 0


@pytest.mark.parametrize(
    ("name", "parameters", "price"),
    [
        ("dall-e-2", {"size": "256x256"}, "0.016"),
        ("dall-e-2", {"size": "512x512"}, "0.018"),
        ("dall-e-2", {"size": "1024x1024"}, "0.020"),
        ("dall-e-2", {}, "0.020"),
        ("dall-e-2", {"size": "256x256", "quality": "standard", "n": 10}, "0.16"),
        ("dall-e-3", {}, "0.04"),
        ("dall-e-3", {"size": "1792x1024"}, "0.08"),
        ("dall-e-3", {"size": "1024x1792", "quality": "standard"}, "0.08"),
        ("dall-e-3", {"quality": "hd"}, "0.08"),
        ("dall-e-3", {"quality": "hd", "size": "1024x1792"}, "0.12"),
        ("dall-e-3", {"quality": "hd", "size": "1792x1024"}, "0.12"),
    ],
)
def test_dall_e_costs_a_price_for_an_image(name: str, parameters: dict[str, Value], price: str) -> None:
    assert priced(name, **parameters) == Estimate(Decimal(price), Decimal(price))


def test_an_estimate_with_a_quality_is_one_price() -> None:
    price = priced("gpt-image-2.5-flare", size="1024x1024", quality="high", n=3)
    assert price == Estimate(Decimal(1756 * 3 * 30) / 1_000_000, Decimal(1756 * 3 * 30) / 1_000_000)


@pytest.mark.parametrize("quality", [{}, {"quality": "auto"}])
def test_an_estimate_without_a_quality_runs_from_the_lowest_to_the_highest(quality: dict[str, Value]) -> None:
    price = priced("gpt-image-2.5-flare", size="1024x1024", **quality)
    assert price == Estimate(Decimal(196 * 30) / 1_000_000, Decimal(7024 * 30) / 1_000_000)


def test_each_partial_image_adds_a_hundred_tokens_while_streaming() -> None:
    still = priced("gpt-image-2", size="1024x1024", quality="low")
    streamed = priced("gpt-image-2", size="1024x1024", quality="low", stream=True, partial_images=3)
    unstreamed = priced("gpt-image-2", size="1024x1024", quality="low", partial_images=3)
    assert still.low is not None
    assert streamed.low == still.low + Decimal(300 * 30) / 1_000_000
    assert unstreamed == still


def test_the_prompt_is_part_of_the_price() -> None:
    short, long = (priced("gpt-image-2", text, size="1024x1024", quality="low") for text in ("", "x" * 4000))
    assert short.low is not None
    assert long.low == short.low + Decimal(1000 * 5) / 1_000_000


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("gpt-image-2.6-flare", {"size": "1024x1024", "quality": "low"}, "not published"),
        ("gpt-image-2.6-sunburst", {}, "not published"),
        ("flux-pro", {"size": "1024x1024"}, "no price known for this model"),
        ("gpt-image-2", {"size": "auto"}, "the server chooses the size"),
        ("gpt-image-2", {}, "the server chooses the size"),
        ("gpt-image-2", {"size": "0x0", "quality": "low"}, "the server chooses the size"),
        ("gpt-image-1", {"size": "512x512", "quality": "low"}, "no price known for 512x512"),
        ("dall-e-3", {"size": "512x512"}, "no price known for 512x512"),
    ],
)
def test_where_a_price_cannot_be_known_it_says_why(name: str, parameters: dict[str, Value], words: str) -> None:
    price = priced(name, **parameters)
    assert not price.known
    assert price.low is price.high is None
    assert words in price.why
    assert describe(price) == f"no estimate: {price.why}"


@given(
    st.dictionaries(
        st.sampled_from(["n", "size", "quality", "stream", "partial_images", "output_format"]),
        st.one_of(st.text(max_size=12), st.integers(), st.booleans(), st.sampled_from(["1024x1024", "low", "auto"])),
    ),
    st.sampled_from(catalogue().names),
)
def test_an_estimate_never_raises_and_is_never_below_nothing(parameters: dict[str, Value], name: str) -> None:
    price = priced(name, **parameters)
    if price.low is None or price.high is None:
        assert price.why
    else:
        assert 0 <= price.low <= price.high


def test_an_estimate_works_for_a_model_of_ones_own_without_a_quality(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text('[model.own]\nfamily = "gpt-image-2"\nparameters = ["size"]\n', encoding="utf-8")
    own = catalogue(file).get("own")
    assert not estimate(Request("a fox", "own", parameters={"size": "1024x1024"}), own).known


def test_an_answer_costs_what_its_usage_says() -> None:
    usage = {
        "input_tokens": 600,
        "input_tokens_details": {"text_tokens": 100, "image_tokens": 500},
        "output_tokens": 1756,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": 1756},
        "total_tokens": 2356,
    }
    assert cost("gpt-image-2.6-flare", usage) == Decimal(100 * 5 + 500 * 8 + 1756 * 30) / 1_000_000


def test_what_an_author_that_is_paid_besides_made_has_no_known_cost() -> None:
    usage = {"output_tokens_details": {"text_tokens": 0, "image_tokens": 1000}}
    assert actual(model("gpt-image-2.6-flare"), usage, Request("", "x"), 1, authored=True) is None


def test_text_that_a_model_writes_has_its_own_price_where_one_is_published() -> None:
    usage = {"output_tokens_details": {"text_tokens": 1000, "image_tokens": 1000}}
    assert cost("gpt-image-1.5", usage) == Decimal(1000 * 10 + 1000 * 32) / 1_000_000
    assert cost("gpt-image-2", usage) == Decimal(2000 * 30) / 1_000_000


@pytest.mark.parametrize("details", [{}, None, [], "none", 7, {"image_tokens": None}])
def test_usage_without_details_counts_its_output_as_image_tokens(details: Any) -> None:
    usage = {
        "input_tokens": 100,
        "output_tokens": 196,
        "output_tokens_details": details,
        "input_tokens_details": details,
    }
    assert cost("gpt-image-2", usage) == Decimal(100 * 5 + 196 * 30) / 1_000_000


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        "usage",
        {"tokens": 3},
        {"output_tokens": -5},
        {"output_tokens": True},
        {"output_tokens": "7024"},
        {"output_tokens": 10**400},
        {"output_tokens": float("nan")},
        {"output_tokens_details": {"image_tokens": [1]}},
    ],
)
def test_usage_that_says_nothing_believable_gives_no_cost(usage: Any) -> None:
    assert cost("gpt-image-2", usage) is None


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["input_tokens", "output_tokens", "input_tokens_details", "output_tokens_details", "image_tokens", "text_tokens"]
)


@given(st.dictionaries(fields, junk | st.dictionaries(fields, junk)))
def test_hostile_usage_never_raises_and_never_gives_a_price_below_nothing(usage: dict[str, Any]) -> None:
    price = cost("gpt-image-2", usage)
    assert price is None or (price > 0 and price.is_finite() and float(price) < 1e6)


def test_what_was_paid_for_dall_e_follows_the_images_that_came() -> None:
    assert cost("dall-e-2", None, images=3, size="256x256", n=4) == Decimal("0.048")
    assert cost("dall-e-2", None, images=1, n=0) == Decimal("0.020")
    assert cost("dall-e-3", None, size="7x7") is None


def test_what_an_unknown_model_cost_is_not_known() -> None:
    assert cost("flux-pro", {"output_tokens": 100}) is None
    assert actual(model("gpt-image-2")._replace(token_prices=None), {"output_tokens": 1}, Request("", "x"), 1) is None


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("12.346", "$12.35"),
        ("1", "$1.00"),
        ("0.42", "$0.420"),
        ("0.0132", "$0.0132"),
        ("0.00588", "$0.0059"),
        ("0.00012", "$0.00012"),
        ("0.000001", "$0.0000010"),
    ],
)
def test_prices_are_shown_with_the_digits_that_matter(amount: str, shown: str) -> None:
    assert dollars(Decimal(amount)) == shown
    assert dollars(float(amount)) == shown


def test_an_estimate_is_shown_as_a_price_or_as_a_range() -> None:
    assert describe(Estimate(Decimal("0.0264"), Decimal("0.0264"))) == "≈ $0.0264"
    assert describe(Estimate(Decimal("0.012"), Decimal("0.42"))) == "$0.0120–0.420"
