"""Names of saved images, from a template and the answer's own time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

from tui.core.text import clean_line

DEFAULT_TEMPLATE = "{model}-{created:%Y%m%d_%H%M%S}_{index}"
MAX_STEM_BYTES = 200
EXTENSIONS = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "gif": ".gif", "svg": ".svg", "mpo": ".jpg"}
# A provider's clock is not ours: what it says is kept within what a date can be, 1970 to 9999.
LAST_SECOND = 253_402_300_799
# The fields of a template and the forms that each may have: plain ones, so that no template reaches into a value
# or asks for a gigabyte of blanks.
_TEXT = re.compile(r"(\.\d{1,3})?", re.ASCII)
_FIELDS = {
    "model": _TEXT,
    "created": re.compile(r"([^%{}]|%[A-Za-z%])*"),
    "index": re.compile(r"0?[1-9]?d?"),
    "prompt": _TEXT,
    "job": _TEXT,
}
# Names that Windows keeps for devices, whatever follows the dot.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


class TemplateError(ValueError):
    """The name template has an unknown field or a wrong form."""


def stem(template: str, *, model: str, created: int, index: int, prompt: str = "", job: str = "") -> str:
    """A file name without its extension. `created` is Unix seconds and is named in UTC; DALL·E models are `DALLE`.

    Raises TemplateError where the template can't be filled in.
    """
    name = "DALLE" if model.lower().startswith("dall-e") else model
    words = "_".join(re.findall(r"\w+", prompt)[:8])
    try:
        _check(template)
        filled = template.format(model=name, created=_utc(created), index=index, prompt=words, job=job)
    except ValueError as error:
        raise TemplateError(f"name template {clean_line(template, limit=80)}: {error}") from error
    return safe_stem(filled)


def _check(template: str) -> None:
    for _, field, form, conversion in Formatter().parse(template):
        if field is None:
            continue
        if field not in _FIELDS:
            raise ValueError(f"there is no field {clean_line(field, limit=40)}, but {', '.join(_FIELDS)}")
        if conversion or not _FIELDS[field].fullmatch(form or ""):
            raise ValueError(f"{field} does not take the form {clean_line(form, limit=40)}")


def _utc(created: int) -> datetime:
    return datetime.fromtimestamp(min(max(created, 0), LAST_SECOND), UTC)


def safe_stem(text: str) -> str:
    """`text` as a portable file name part: no separators, controls or device names; bounded, never hidden or empty."""
    kept = clean_line(re.sub(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|]+', "_", text)).strip(" ._-")
    if not kept or kept.split(".")[0].strip().lower() in _DEVICES:
        kept = f"image_{kept}".rstrip("_")
    return kept.encode("utf-8")[:MAX_STEM_BYTES].decode("utf-8", "ignore").rstrip(" .")


def day_folder(created: int) -> str:
    """The library folder of a day, in UTC as the names are."""
    return _utc(created).strftime("%Y-%m-%d")


def candidates(base: str, format_name: str) -> Iterator[str]:
    """File names to try in order: the plain one, then with `-2`, `-3` …"""
    extension = EXTENSIONS.get(format_name, ".bin")
    yield base + extension
    suffix = 2
    while True:
        yield f"{base}-{suffix}{extension}"
        suffix += 1
