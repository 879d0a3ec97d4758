"""The models and what each accepts, read from `models.toml`.

A model is known by what it takes: its parameters with their values, bounds and defaults, its prompt limit and
its prices. A name that is not in the data is served as well, by the lenient family `other`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tui.core.text import LIMIT, clean_line

DATA = Path(__file__).with_name("models.toml")
OTHER = "other"
KINDS = ("choice", "integer", "text", "flag", "size")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII | re.IGNORECASE)


class ModelDataError(ValueError):
    """The model data can't be read; the message names the file and the entry."""


class SizeRule(NamedTuple):
    """What `WIDTHxHEIGHT` may be where sizes are free. Lengths in pixels; None means that nobody has said."""

    multiple: int | None = None
    max_edge: int | None = None
    max_ratio: int | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    experimental_pixels: int | None = None


class Parameter(NamedTuple):
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


class TokenPrices(NamedTuple):
    """US$ per million tokens."""

    text_in: Decimal
    text_in_cached: Decimal
    image_in: Decimal
    image_in_cached: Decimal
    image_out: Decimal
    text_out: Decimal | None = None


class Model(NamedTuple):
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
    token_factors: Mapping[str, int] = MappingProxyType({})
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
        return self._models.get(name) or self._other._replace(name=name)


@cache
def catalogue(extra: Path | None = None) -> Catalogue:
    """Read the shipped data and, over it, `extra`.

    Raises ModelDataError for data that does not fit.
    """
    data = _read(DATA)
    source = DATA
    if extra is not None and extra.is_file():
        source = extra
        for section, entries in _cleaned(_read(extra)).items():
            if section not in data:
                raise ModelDataError(f"{extra}: there is no section {clean_line(section)}, but {', '.join(data)}")
            for name, entry in entries.items():
                data[section][name] = {**data[section].get(name, {}), **entry}
    families, models = {}, {}
    for name in data["family"]:
        with _naming(source, f"family {name}"):
            families[name] = _family(name, data["family"])
            _model("", families[name], {"family": name}, data["parameter"])
    for name, entry in data["model"].items():
        with _naming(source, f"model {name}"):
            models[name] = _model(name, families[entry["family"]], entry, data["parameter"])
    return Catalogue(models, _model("", families[OTHER], {"family": OTHER}, data["parameter"]))


@contextmanager
def _naming(source: Path, entry: str) -> Iterator[None]:
    """Turn what goes wrong inside into a sentence with the file and the entry."""
    try:
        yield
    except KeyError as error:
        raise ModelDataError(f"{source}: {entry}: nothing is said of {error.args[0]}") from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ModelDataError(f"{source}: {entry}: {error or 'a figure is no number'}") from error


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelDataError(f"{path}: {error}") from error
    for section, entries in data.items():
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise ModelDataError(f"{path}: {clean_line(section)} must hold tables, such as [section.NAME]")
    for name in data.get("parameter", {}):
        # It is also an option of the command line, in scripts of shells too.
        if not _NAME.fullmatch(name):
            raise ModelDataError(f"{path}: parameter {clean_line(name)}: a name has letters, digits and _ only")
    return data


def _cleaned(value: Any) -> Any:
    """TOML data with every text in it on one line and fit for showing, names too."""
    if isinstance(value, dict):
        return {clean_line(name): _cleaned(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    return clean_line(value, limit=LIMIT) if isinstance(value, str) else value


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
        operations=_texts(facts, "operations"),
        parameters={key: _parameter(key, {**known[key], **facts.get(key, {})}) for key in _texts(facts, "parameters")},
        prompt_limit=int(facts["prompt_limit"]),
        answers=_texts(facts, "answers"),
        about=facts.get("about", ""),
        preferred=bool(facts.get("preferred", False)),
        shutdown=date.fromisoformat(shutdown) if shutdown else None,
        revises_prompt=bool(facts.get("revises_prompt", False)),
        token_prices=TokenPrices(**{key: _price(value) for key, value in prices.items()}) if prices else None,
        token_factors={key: int(value) for key, value in facts.get("token_factors", {}).items()},
        image_tokens=tuple(
            {"size": row["size"], **{quality: int(count) for quality, count in row.items() if quality != "size"}}
            for row in facts.get("image_tokens", ())
        ),
        image_prices=tuple(
            {**row, "size": row["size"], "price": _price(row["price"])} for row in facts.get("image_prices", ())
        ),
    )


def _price(value: object) -> Decimal:
    price = Decimal(str(value))
    if not (price.is_finite() and price >= 0):
        raise ValueError(f"{value} is no price")
    return price


def _texts(facts: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = facts[key]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{key} must be a list of texts")
    return tuple(texts)


def _whole(facts: Mapping[str, Any], key: str) -> int | None:
    number = facts.get(key)
    if number is not None and type(number) is not int:
        raise ValueError(f"{key} must be a whole number")
    return number


_RULE = ("multiple", "max_edge", "max_ratio", "min_pixels", "max_pixels", "experimental_pixels")


def _parameter(name: str, facts: Mapping[str, Any]) -> Parameter:
    if facts["kind"] not in KINDS:
        raise ValueError(f"the kind of {name} must be one of {', '.join(KINDS)}")
    return Parameter(
        name=name,
        label=facts["label"],
        kind=facts["kind"],
        help=facts.get("help", ""),
        values=_texts(facts, "values") if "values" in facts else (),
        default=facts.get("default"),
        min=_whole(facts, "min"),
        max=_whole(facts, "max"),
        free=SizeRule(**{key: _whole(facts, key) for key in _RULE}) if facts.get("free") else None,
    )
