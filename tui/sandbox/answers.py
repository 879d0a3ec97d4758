"""What the API says once an image is there: the images response, the event stream, the usage."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.core.pricing import CHARACTERS_PER_TOKEN, PARTIAL_TOKENS, factor_tokens, image_tokens
from tui.core.sniff import sniff
from tui.sandbox.api import Order
from tui.sandbox.forms import Upload

# The factors of the models that publish none are assumed to be those of 2.5, so that a usage can be shown.
ASSUMED_FACTORS = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
# An estimate: what an image given to an edit counts for, in pixels a token.
PIXELS_PER_TOKEN = 1024
STREAM_NAMES = {"generate": "image_generation", "edit": "image_edit"}
KINDS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Painted:
    """The bytes of one image, and where they can be fetched if the answer names a URL."""

    content: bytes
    url: str | None = None

    def entry(self) -> dict[str, Any]:
        if self.url is not None:
            return {"url": self.url}
        return {"b64_json": base64.b64encode(self.content).decode()}


def response(order: Order, painted: Sequence[Painted], created: int) -> dict[str, Any]:
    """The body of an images response."""
    data = [image.entry() for image in painted]
    if order.model.revises_prompt and order.operation == "generate":
        data = [{"revised_prompt": revised(order.prompt), **entry} for entry in data]
    said: dict[str, Any] = {"created": created, "data": data}
    if not order.priced_by_token:
        return said
    said |= {
        "background": order.background,
        "output_format": order.format,
        "quality": order.quality,
        "size": order.size,
        "usage": usage(order, len(painted)),
    }
    if order.safety_identifier:
        said["safety_identifier"] = order.safety_identifier
    if order.format == "svg":
        said["svg_usage"] = svg_usage(order, len(painted[0].content))
    return said


def revised(prompt: str) -> str:
    """The prompt as the model claims to have understood it."""
    return f"{prompt.strip().rstrip('.')}, painted by the sandbox in layered colour and soft light."


def usage(order: Order, images: int, partials: int = 0) -> dict[str, Any]:
    """Tokens of an answer with so many images and partial images."""
    each = image_tokens(order.model, order.quality, order.width, order.height)
    if each is None:
        each = factor_tokens(ASSUMED_FACTORS.get(order.quality, 24), order.width, order.height)
    made = each * images + PARTIAL_TOKENS * partials
    text = max(1, -(-len(order.prompt) // CHARACTERS_PER_TOKEN))
    given = sum(_input_tokens(upload) for upload in order.images)
    return {
        "input_tokens": text + given,
        "input_tokens_details": {"text_tokens": text, "image_tokens": given},
        "output_tokens": made,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
        "total_tokens": text + given + made,
    }


def _input_tokens(upload: Upload) -> int:
    facts = sniff(upload.content)
    return max(1, facts.width * facts.height // PIXELS_PER_TOKEN)


def svg_usage(order: Order, length: int) -> dict[str, Any]:
    """Tokens of the author of an svg: its text, and a plan of the same length again."""
    text = max(1, -(-len(order.prompt) // CHARACTERS_PER_TOKEN))
    written = max(1, length // CHARACTERS_PER_TOKEN)
    return {
        "model": "sandbox-svg-author",
        "input_tokens": text,
        "output_tokens": written * 2,
        "reasoning_tokens": written,
        "total_tokens": text + written * 2,
    }


def events(order: Order, stages: Iterable[tuple[int | None, bytes]], created: int) -> Iterator[bytes]:
    """The event stream of one request: for each stage its number as a partial image, or None once it is complete."""
    name = STREAM_NAMES[order.operation]
    common = {
        "created_at": created,
        "size": order.size,
        "quality": order.quality,
        "background": order.background,
        "output_format": order.format,
    }
    for number, content in stages:
        said = {"b64_json": base64.b64encode(content).decode(), **common}
        if number is not None:
            yield event(f"{name}.partial_image", {**said, "partial_image_index": number})
            continue
        said["usage"] = usage(order, 1, order.partials)
        if order.safety_identifier:
            said["safety_identifier"] = order.safety_identifier
        yield event(f"{name}.completed", said)


def event(name: str, content: Mapping[str, Any]) -> bytes:
    """One server-sent event, with its type in its data as the API repeats it."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **content})}\n\n".encode()
