"""Names of saved images, from a template and the answer's own time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

DEFAULT_TEMPLATE = "{model}-{created:%Y%m%d_%H%M%S}_{index}"
MAX_STEM_BYTES = 200
EXTENSIONS = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "gif": ".gif", "svg": ".svg", "mpo": ".jpg"}
# Names that Windows keeps for devices, whatever follows the dot.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


class TemplateError(ValueError):
    """The name template has an unknown field or a wrong form."""


def stem(template: str, *, model: str, created: int, index: int, prompt: str = "", job: str = "") -> str:
    """A file name without its extension. `created` is Unix seconds and is named in UTC; DALL·E models are `DALLE`.

    Raises TemplateError where the template can't be filled in.
    """
    name = "DALLE" if model.lower().startswith("dall-e") else model
    when = datetime.fromtimestamp(created, UTC)
    words = "_".join(re.findall(r"\w+", prompt)[:8])
    try:
        filled = template.format(model=name, created=when, index=index, prompt=words, job=job)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise TemplateError(f"name template {template!r}: {error}") from error
    return safe_stem(filled)


def safe_stem(text: str) -> str:
    """`text` as a portable file name part: no separators, controls or device names; bounded, never hidden or empty."""
    kept = re.sub(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+', "_", text).strip(" ._")
    kept = kept.encode("utf-8", "replace")[:MAX_STEM_BYTES].decode("utf-8", "ignore").rstrip(" .")
    if not kept or kept.split(".")[0].lower() in _DEVICES:
        return f"image_{kept}".rstrip("_")
    return kept


def day_folder(created: int) -> str:
    """The library folder of a day, in UTC as the names are."""
    return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%d")


def candidates(base: str, format_name: str) -> Iterator[str]:
    """File names to try in order: the plain one, then with `-2`, `-3` …"""
    extension = EXTENSIONS.get(format_name, ".bin")
    yield base + extension
    suffix = 2
    while True:
        yield f"{base}-{suffix}{extension}"
        suffix += 1
