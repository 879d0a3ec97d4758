"""The models and what each accepts, read from `models.toml`.

A model is known by what it takes: its parameters with their values, bounds and defaults, its prompt limit and
its prices. A name that is not in the data is served as well, by the lenient family `other`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("models.toml")
OTHER = "other"


class ModelDataError(ValueError):
    """The model data can't be read; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class SizeRule:
    """What `WIDTHxHEIGHT` may be where sizes are free. Lengths in pixels; None means that nobody has said."""

    multiple: int | None = None
    max_edge: int | None = None
    max_ratio: int | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    experimental_pixels: int | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as one model takes it.

    `kind` is choice, integer, text, flag or size. `default` is what the form starts with; None leaves the
    parameter out of the request, so that the server decides.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    values: tuple[str, ...] = ()
    default: str | int | bool | None = None
    min: int | None = None
    max: int | None = None
    free: SizeRule | None = None


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """US$ per million tokens."""

    text_in: Decimal
    text_in_cached: Decimal
    image_in: Decimal
    image_in_cached: Decimal
    image_out: Decimal
    text_out: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model's name and capabilities; `parameters` keeps the order in which the form shows them."""

    name: str
    family: str
    operations: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    prompt_limit: int
    answers: tuple[str, ...]
    about: str = ""
    preferred: bool = False
    shutdown: date | None = None
    revises_prompt: bool = False
    token_prices: TokenPrices | None = None
    token_factors: Mapping[str, int] = field(default_factory=dict)
    image_tokens: tuple[Mapping[str, Any], ...] = ()
    image_prices: tuple[Mapping[str, Any], ...] = ()

    @property
    def known(self) -> bool:
        """Whether the data has this model, as against a name typed by hand."""
        return self.family != OTHER


class Catalogue:
    """Every model of the data, in the order in which they are offered."""

    def __init__(self, models: Mapping[str, Model], other: Model) -> None:
        self._models = dict(models)
        self._other = other

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._models)

    @property
    def preferred(self) -> str:
        """The model that a new form starts with."""
        return next((name for name, model in self._models.items() if model.preferred), next(iter(self._models)))

    def get(self, name: str) -> Model:
        """The model of that name; a name that the data does not have takes everything."""
        return self._models.get(name) or replace(self._other, name=name)


@cache
def catalogue(extra: Path | None = None) -> Catalogue:
    """Read the shipped data and, over it, `extra`.

    Raises ModelDataError for data that does not fit.
    """
    data = _read(DATA)
    source = DATA
    if extra is not None and extra.is_file():
        source = extra
        for section, entries in _read(extra).items():
            known = data.setdefault(section, {})
            for name, entry in entries.items():
                known[name] = {**known.get(name, {}), **entry}
    try:
        families = {name: _family(name, data["family"]) for name in data["family"]}
        models = {
            name: _model(name, families[entry["family"]], entry, data["parameter"])
            for name, entry in data["model"].items()
        }
        other = _model("", families[OTHER], {"family": OTHER}, data["parameter"])
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ModelDataError(f"{source}: {type(error).__name__}: {error}") from error
    return Catalogue(models, other)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelDataError(f"{path}: {error}") from error


def _family(name: str, families: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A family's facts with those of the family that it is like underneath."""
    if name in seen:
        raise ValueError(f"family {name} is like itself")
    entry = families[name]
    base = _family(entry["like"], families, seen | {name}) if "like" in entry else {}
    return {**base, **entry}


def _model(name: str, family: Mapping[str, Any], entry: Mapping[str, Any], known: Mapping[str, Any]) -> Model:
    facts = {**family, **entry}
    prices = facts.get("token_prices")
    shutdown = facts.get("shutdown")
    return Model(
        name=name,
        family=entry["family"],
        operations=tuple(facts["operations"]),
        parameters={key: _parameter(key, {**known[key], **facts.get(key, {})}) for key in facts["parameters"]},
        prompt_limit=int(facts["prompt_limit"]),
        answers=tuple(facts["answers"]),
        about=facts.get("about", ""),
        preferred=bool(facts.get("preferred", False)),
        shutdown=date.fromisoformat(shutdown) if shutdown else None,
        revises_prompt=bool(facts.get("revises_prompt", False)),
        token_prices=TokenPrices(**{key: Decimal(value) for key, value in prices.items()}) if prices else None,
        token_factors=dict(facts.get("token_factors", {})),
        image_tokens=tuple(facts.get("image_tokens", ())),
        image_prices=tuple(facts.get("image_prices", ())),
    )


_RULE = ("multiple", "max_edge", "max_ratio", "min_pixels", "max_pixels", "experimental_pixels")


def _parameter(name: str, facts: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        label=facts["label"],
        kind=facts["kind"],
        help=facts.get("help", ""),
        values=tuple(facts.get("values", ())),
        default=facts.get("default"),
        min=facts.get("min"),
        max=facts.get("max"),
        free=SizeRule(**{key: facts.get(key) for key in _RULE}) if facts.get("free") else None,
    )
