"""SVG to pixels, inside the decoding child: nothing outside the file is read, and the size is ours."""

from __future__ import annotations

import re

import resvg_py

from tui.render.picture import Refused

MAX_BYTES = 8 << 20

_MARKUP = re.compile(r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|@import|<script\b|<foreignObject\b", re.IGNORECASE)
_REFERENCE = re.compile(r"""\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_URL = re.compile(r"\burl\s*\(\s*[\"']?\s*([^)\"']{0,80})", re.IGNORECASE)
_INSIDE = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|jpg|gif|webp)[;,]|$)", re.IGNORECASE)


def draw(data: bytes, width: int, height: int) -> bytes:
    """A PNG of at most width x height pixels that keeps the drawing's shape; raises Refused."""
    text = checked(data)
    try:
        return resvg_py.svg_to_bytes(
            svg_string=text, width=width, height=height, skip_system_fonts="<text" not in text and ":text" not in text
        )
    # A panic of the rasteriser is no Exception.
    except BaseException as error:
        raise Refused(f"it can't be drawn: {error or type(error).__name__}") from error


def checked(data: bytes) -> str:
    """The markup, if it is self-contained; raises Refused where it would reach outside or grow on reading."""
    if len(data) > MAX_BYTES:
        raise Refused(f"an SVG of more than {MAX_BYTES >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("an SVG that is not UTF-8") from error
    if found := _MARKUP.search(text):
        raise Refused(f"an SVG with {found[0].lstrip('<')}, which is not drawn")
    references = [first or second for first, second in _REFERENCE.findall(text)] + _URL.findall(text)
    if not all(_INSIDE.match(reference) for reference in references):
        raise Refused("an SVG that refers to other files, which are not read")
    return text
