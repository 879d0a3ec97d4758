"""A request: what is asked of a model, checked against what the model takes, and turned into an HTTP body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tui.core.models import Model, Parameter, SizeRule

Value = str | int | bool

SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
LOSSY = ("jpeg", "webp")
SEE_THROUGH = ("png", "webp")


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of one job. `parameters` holds only what was set: the rest is left to the server."""

    prompt: str
    model: str
    operation: str = "generate"
    parameters: Mapping[str, Value] = field(default_factory=dict)
    images: tuple[Path, ...] = ()
    mask: Path | None = None

    @property
    def count(self) -> int:
        """How many images are asked for."""
        n = self.parameters.get("n", 1)
        return max(int(n), 1) if isinstance(n, int) else 1


class Problem(NamedTuple):
    """Something that keeps a request from being sent: the field that it stands beside, and the words."""

    field: str
    text: str


def parse_size(text: str) -> tuple[int, int] | None:
    """`WIDTHxHEIGHT` as two numbers, or None where the text has another form."""
    match = SIZE.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def problems(request: Request, model: Model) -> list[Problem]:
    """Everything about a request that the model would refuse, in words; empty when it may be sent.

    Of a model that the data does not have, only the kinds of the values are known.
    """
    found = _prompt_problems(request, model)
    if not request.model.strip():
        found.append(Problem("model", "choose a model"))
    if request.operation not in model.operations:
        found.append(Problem("model", f"{model.name} does not take the operation {request.operation}"))
    found += value_problems(request, model)
    told = {problem.field for problem in found}
    return found + [problem for problem in _combination_problems(request) if problem.field not in told]


def value_problems(request: Request, model: Model) -> list[Problem]:
    """What is wrong with each value by itself."""
    found: list[Problem] = []
    for name, value in request.parameters.items():
        parameter = model.parameters.get(name)
        if parameter is None:
            found.append(Problem(name, f"{model.name} does not take {name}"))
        elif text := _kind_problem(parameter, value) or (_value_problem(parameter, value) if model.known else None):
            found.append(Problem(name, text))
    return found


def _prompt_problems(request: Request, model: Model) -> list[Problem]:
    if not request.prompt.strip() and request.operation != "variation":
        return [Problem("prompt", "write a prompt")]
    if len(request.prompt) > model.prompt_limit:
        over = len(request.prompt) - model.prompt_limit
        return [Problem("prompt", f"{over} over the {model.prompt_limit} characters that {model.name} takes")]
    return []


def _kind_problem(parameter: Parameter, value: Value) -> str | None:
    match parameter.kind:
        case "integer" if isinstance(value, bool) or not isinstance(value, int):
            return "a whole number"
        case "flag" if not isinstance(value, bool):
            return "on or off"
        case "text" | "choice" | "size" if not isinstance(value, str):
            return "text"
    return None


def _value_problem(parameter: Parameter, value: Value) -> str | None:
    match parameter.kind:
        case "choice" if value not in parameter.values:
            return f"one of {', '.join(parameter.values)}"
        case "integer" if isinstance(value, int):
            low, high = parameter.min, parameter.max
            if (low is not None and value < low) or (high is not None and value > high):
                return f"{low} is the only value" if low == high else f"from {low} to {high}"
        case "size":
            return _size_problem(parameter, str(value))
    return None


def _size_problem(parameter: Parameter, value: str) -> str | None:
    if value in parameter.values:
        return None
    if parameter.free is None:
        return f"one of {', '.join(parameter.values)}"
    edges = parse_size(value)
    if edges is None or 0 in edges:
        return "WIDTHxHEIGHT, such as 1536x864"
    return _free_size_problem(parameter.free, *edges)


def _free_size_problem(rule: SizeRule, width: int, height: int) -> str | None:
    if rule.multiple and (width % rule.multiple or height % rule.multiple):
        return f"both edges must be multiples of {rule.multiple}"
    if rule.max_edge and max(width, height) > rule.max_edge:
        return f"no edge over {rule.max_edge}"
    if rule.max_ratio and max(width, height) > rule.max_ratio * min(width, height):
        return f"no longer than {rule.max_ratio}:1"
    pixels = width * height
    if rule.min_pixels and pixels < rule.min_pixels:
        return f"too few pixels: {pixels:,} of at least {rule.min_pixels:,}"
    if rule.max_pixels and pixels > rule.max_pixels:
        return f"too many pixels: {pixels:,} of at most {rule.max_pixels:,}"
    return None


def experimental_size(parameter: Parameter, value: Value | None) -> bool:
    """Whether a size is one that the provider calls experimental: allowed, and worth a word."""
    edges = parse_size(value) if isinstance(value, str) else None
    limit = parameter.free.experimental_pixels if parameter.free else None
    return bool(edges and limit and edges[0] * edges[1] > limit)


def _combination_problems(request: Request) -> list[Problem]:
    """The rules that hold between parameters, as the SDK's docstrings state them."""
    given = request.parameters
    kind = given.get("output_format", "png")
    found: list[Problem] = []
    if given.get("background") == "transparent" and kind not in SEE_THROUGH:
        found.append(Problem("background", "transparent needs the format png or webp"))
    if "output_compression" in given and kind not in LOSSY:
        found.append(Problem("output_compression", "only for the formats jpeg and webp"))
    if "partial_images" in given and not given.get("stream"):
        found.append(Problem("partial_images", "only while streaming"))
    if kind in ("gif", "svg") and given.get("stream"):
        found.append(Problem("stream", f"{kind} can't be streamed"))
    if kind == "gif" and request.mask:
        found.append(Problem("mask", "a gif takes no mask"))
    if kind == "svg" and request.count != 1:
        found.append(Problem("n", "an svg is made one at a time"))
    found += [
        Problem(name, "only for the format gif")
        for name in ("frame_count", "frame_duration_ms")
        if name in given and kind != "gif"
    ]
    found += [
        Problem(name, "only for the format svg")
        for name in ("svg_model", "svg_reasoning")
        if name in given and kind != "svg"
    ]
    if "svg_reasoning" in given and "svg_model" not in given:
        found.append(Problem("svg_model", "name the author that the effort is for"))
    return found


def body(request: Request) -> dict[str, Any]:
    """The JSON body of a request: the parameters as the API names them, nothing that was not set."""
    sent: dict[str, Any] = {"model": request.model, "prompt": request.prompt}
    svg: dict[str, Any] = {}
    for name, value in request.parameters.items():
        match name:
            case "svg_model":
                svg["model"] = value
            case "svg_reasoning":
                svg["reasoning"] = {"effort": value}
            case "stream" if not value:
                pass
            case _:
                sent[name] = value
    if svg:
        sent["svg"] = svg
    return sent
