"""What the API accepts: a form becomes an order, or is refused in OpenAI's words.

What each model takes comes from the catalogue that the app uses itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.core.models import Catalogue, Model, Parameter, catalogue
from tui.core.request import Problem, Request, Value, parse_size, problems
from tui.core.sniff import sniff
from tui.sandbox.forms import Form, Upload

OPERATIONS = {
    "/v1/images/generations": "generate",
    "/v1/images/edits": "edit",
    "/v1/images/variations": "variation",
}
MAX_IMAGES = 16
MAX_IMAGE = 50 * 1024 * 1024
MAX_LEGACY_IMAGE = 4 * 1024 * 1024
FORMATS = ("png", "webp", "jpeg")
FRAMES, FRAME_MS = 9, 200
# Words of a prompt that answer what was left to the server.
TALL = ("portrait", "tall", "poster", "tower", "vertical")
WIDE = ("landscape", "wide", "panorama", "horizon", "skyline")
CUT_OUT = ("transparent", "sticker", "cut-out", "cutout", "logo", "icon")


class RefusedError(Exception):
    """A request that the server does not carry out; knows its HTTP status and its error body."""

    def __init__(
        self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None, kind: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(message, kind or "invalid_request_error", param, code)


def error_body(message: str, kind: str | None, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """OpenAI's error object."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was accepted, with everything that was left to the server decided.

    `width` and `height` are pixels, `compression` percent, `frame_ms` milliseconds. `answer` is url or b64_json.
    """

    operation: str
    model: Model
    prompt: str
    width: int
    height: int
    quality: str = "medium"
    n: int = 1
    style: str | None = None
    format: str = "png"
    background: str = "opaque"
    compression: int = 100
    answer: str = "b64_json"
    stream: bool = False
    partials: int = 0
    frames: int = FRAMES
    frame_ms: int = FRAME_MS
    complexity: str | None = None
    safety_identifier: str | None = None
    images: tuple[Upload, ...] = ()
    mask: Upload | None = None
    markup: Upload | None = None

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"

    @property
    def priced_by_token(self) -> bool:
        """Whether the answer has a usage: the per-image models of the DALL·E era have none."""
        return self.model.known and not self.model.image_prices


def accept(operation: str, form: Form, known: Catalogue | None = None) -> Order:
    """Check a form against what its model takes; raises RefusedError with the first thing that is wrong."""
    fields = {name: value for name, value in form.fields.items() if value is not None}
    name = fields.pop("model", "dall-e-2" if operation == "variation" else None)
    prompt = fields.pop("prompt", "")
    if not isinstance(name, str) or not name.strip():
        raise RefusedError("Missing required parameter: 'model'.", param="model", code="missing_required_parameter")
    if not isinstance(prompt, str):
        raise RefusedError("Invalid type for 'prompt': expected a string.", param="prompt", code="invalid_type")
    if operation == "variation" and (prompt or "prompt" in form.fields):
        raise _unknown("prompt")
    if operation != "variation" and not prompt.strip():
        raise RefusedError("Missing required parameter: 'prompt'.", param="prompt", code="missing_required_parameter")
    model = (known or catalogue()).get(name)
    fidelity = fields.pop("input_fidelity", None)
    given = {key: _typed(model.parameters.get(key), value) for key, value in _flat(fields)}
    for problem in problems(Request(prompt, name, operation, given), model):
        raise _told(problem, given, model, prompt)
    images = _images(operation, form, model, given)
    if fidelity is not None:
        _check_fidelity(operation, model, fidelity)
    return _order(operation, model, prompt, given, images)


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields under the names that the catalogue has for them."""
    for name, value in fields.items():
        if name == "svg" and isinstance(value, dict):
            for inner, given in value.items():
                effort = given.get("effort") if isinstance(given, dict) else given
                yield f"svg_{inner}", effort
        else:
            yield name, value


def _typed(parameter: Parameter | None, value: Any) -> Value:
    """A form's text as the number or switch that it means; everything else as it is."""
    if parameter is not None and isinstance(value, str):
        if parameter.kind == "integer" and value.lstrip("-").isdecimal():
            return int(value)
        if parameter.kind == "flag" and value in ("true", "false"):
            return value == "true"
    if isinstance(value, str | int | bool):
        return value
    return str(value)


def _unknown(name: str) -> RefusedError:
    return RefusedError(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def _told(problem: Problem, given: Mapping[str, Value], model: Model, prompt: str) -> RefusedError:
    """One problem as the API would put it."""
    field = problem.field
    if field == "prompt":
        text = f"Invalid 'prompt': string too long. Expected a string with maximum length {model.prompt_limit}, "
        text += f"but got a string with length {len(prompt)} instead."
        return RefusedError(text, param="prompt", code="string_above_max_length")
    if field == "model":
        return RefusedError(f"{problem.text}.", param="model", code="invalid_value")
    if field not in model.parameters:
        return _unknown(field)
    return RefusedError(
        f"Invalid value: '{given.get(field)}'. {field}: {problem.text}.", param=field, code="invalid_value"
    )


def _check_fidelity(operation: str, model: Model, value: object) -> None:
    """`input_fidelity` belongs to edits by the 1.x models; the mini takes only low, gpt-image-2 must not be sent it."""
    if operation != "edit":
        raise _unknown("input_fidelity")
    if model.family == "gpt-image-1-mini":
        allowed: tuple[str, ...] = ("low",)
    elif model.family in ("gpt-image-2", "dall-e-2"):
        allowed = ()
    else:
        allowed = ("low", "high")
    if value not in allowed:
        text = f"The model '{model.name}' does not support the 'input_fidelity' '{value}'."
        raise RefusedError(text, param="input_fidelity", code="invalid_input_fidelity_model")


def _images(operation: str, form: Form, model: Model, given: Mapping[str, Value]) -> dict[str, list[Upload]]:
    """The files of an edit or a variation by field, checked."""
    by_field: dict[str, list[Upload]] = {"image": [], "mask": [], "markup": []}
    for upload in form.uploads:
        if operation == "generate" or upload.where not in by_field:
            raise _unknown(upload.where)
        by_field[upload.where].append(upload)
    if operation == "generate":
        return by_field
    images = by_field["image"]
    if not images:
        raise RefusedError("Missing required parameter: 'image'.", param="image", code="missing_required_parameter")
    legacy = model.family == "dall-e-2"
    if len(images) > (1 if legacy else MAX_IMAGES):
        most = "one image" if legacy else f"at most {MAX_IMAGES} images"
        raise RefusedError(f"Invalid 'image': {model.name} takes {most}.", param="image", code="invalid_value")
    for upload in images:
        _check_image(upload, legacy)
    _check_overlays(by_field, model, given)
    return by_field


def _bad_image(text: str, param: str) -> RefusedError:
    return RefusedError(text, param=param, code="invalid_image_file", kind="image_generation_user_error")


def _check_image(upload: Upload, legacy: bool) -> None:
    facts = sniff(upload.content)
    limit = MAX_LEGACY_IMAGE if legacy else MAX_IMAGE
    if facts.format not in (("png",) if legacy else FORMATS) or not facts.width:
        wanted = "a PNG" if legacy else "a PNG, WebP or JPEG"
        raise _bad_image(f"Invalid image file '{upload.name}': must be {wanted}.", "image")
    if len(upload.content) >= limit:
        raise _bad_image(f"Image '{upload.name}' must be less than {limit // 1024 // 1024} MB.", "image")
    if legacy and facts.width != facts.height:
        raise _bad_image(f"Image '{upload.name}' must be square, not {facts.width}x{facts.height}.", "image")


def _check_overlays(by_field: Mapping[str, list[Upload]], model: Model, given: Mapping[str, Value]) -> None:
    """The rules of `mask` and `markup`: one PNG of the first image's dimensions with an alpha channel, not both."""
    first = sniff(by_field["image"][0].content)
    if by_field["mask"] and by_field["markup"]:
        raise RefusedError("'markup' cannot be combined with 'mask'.", param="markup", code="invalid_value")
    if by_field["markup"] and model.family not in ("gpt-image-2_5", "gpt-image-2_6"):
        raise _unknown("markup")
    if by_field["mask"] and given.get("output_format") == "gif":
        raise RefusedError("GIF output does not support masks.", param="mask", code="invalid_value")
    for name in ("mask", "markup"):
        for upload in by_field[name]:
            facts = sniff(upload.content)
            if facts.format != "png" or len(upload.content) >= MAX_IMAGE:
                raise _bad_image(f"Invalid {name}: must be a PNG of less than 50 MB.", name)
            if (facts.width, facts.height) != (first.width, first.height):
                sizes = f"{facts.width}x{facts.height} is not {first.width}x{first.height}"
                raise _bad_image(f"Invalid {name}: must have the dimensions of the first image; {sizes}.", name)
            if not _has_alpha(upload.content):
                raise _bad_image(f"Invalid {name}: the PNG has no alpha channel.", name)


def _has_alpha(png: bytes) -> bool:
    """Whether a PNG says that it can be seen through: its colour type, or a transparency chunk in its head."""
    return png[25:26] in (b"\x04", b"\x06") or b"tRNS" in png[:65536]


def _order(
    operation: str, model: Model, prompt: str, given: Mapping[str, Value], images: Mapping[str, list[Upload]]
) -> Order:
    legacy = bool(model.image_prices)
    kind = str(given.get("output_format", "png"))
    width, height = _edges(given.get("size"), prompt, images["image"], model)
    background = str(given.get("background", "auto"))
    if background == "auto":
        cut_out = kind in ("png", "webp") and not legacy and any(word in prompt.lower() for word in CUT_OUT)
        background = "transparent" if cut_out else "opaque"
    quality = str(given.get("quality", "auto"))
    if quality == "auto":
        quality = "standard" if legacy else "medium"
    who = given.get("safety_identifier") or given.get("user")
    return Order(
        operation=operation,
        model=model,
        prompt=prompt,
        width=width,
        height=height,
        quality=quality,
        n=int(given.get("n", 1)),
        style=str(given.get("style", "vivid")) if "style" in model.parameters else None,
        format=kind,
        background=background,
        compression=int(given.get("output_compression", 100)),
        answer=str(given.get("response_format", "url" if legacy else "b64_json")),
        stream=bool(given.get("stream", False)),
        partials=int(given.get("partial_images", 0)),
        frames=int(given.get("frame_count", FRAMES)),
        frame_ms=int(given.get("frame_duration_ms", FRAME_MS)),
        complexity=str(given["complexity"]) if "complexity" in given else None,
        safety_identifier=str(who) if who else None,
        images=tuple(images["image"]),
        mask=next(iter(images["mask"]), None),
        markup=next(iter(images["markup"]), None),
    )


def _edges(size: Value | None, prompt: str, images: list[Upload], model: Model) -> tuple[int, int]:
    """The pixels to paint; where they are left to the server, by the words of the prompt or the image given."""
    if isinstance(size, str) and (edges := parse_size(size)):
        return edges
    if model.image_prices:
        return (1024, 1024)
    words = prompt.lower()
    facts = sniff(images[0].content) if images else None
    ratio = facts.width / facts.height if facts and facts.height else 1.0
    if ratio > 1.2 or (not facts and any(word in words for word in WIDE)):
        return (1536, 1024)
    if ratio < 0.8 or (not facts and any(word in words for word in TALL)):
        return (1024, 1536)
    return (1024, 1024)
