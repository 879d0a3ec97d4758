"""An image's format and size from its first bytes, without decoding anything."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

# Enough for a JPEG whose size stands behind a large EXIF block and colour profile.
HEAD = 262_144


@dataclass(frozen=True, slots=True)
class Facts:
    """`format` is png, jpeg, webp, gif, svg or unknown; width and height are pixels, 0 where they can't be read."""

    format: str
    width: int = 0
    height: int = 0


def sniff(head: bytes) -> Facts:
    """What the content says that it is; names and content types are not asked."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Facts("png", *(struct.unpack(">II", head[16:24]) if head[12:16] == b"IHDR" and len(head) >= 24 else ()))
    if head.startswith(b"\xff\xd8\xff"):
        return Facts("jpeg", *_jpeg_size(head))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Facts("webp", *_webp_size(head))
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return Facts("gif", *(struct.unpack("<HH", head[6:10]) if len(head) >= 10 else ()))
    if _is_svg(head):
        return Facts("svg", *_svg_size(head))
    return Facts("unknown")


def _jpeg_size(head: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(head):
        if head[position] != 0xFF:
            return (0, 0)
        marker = head[position + 1]
        if marker == 0xFF:
            position += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[position + 5 : position + 9])
            return (width, height)
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            position += 2
        else:
            position += 2 + struct.unpack(">H", head[position + 2 : position + 4])[0]
    return (0, 0)


def _webp_size(head: bytes) -> tuple[int, int]:
    kind, data = head[12:16], head[20:30]
    if len(data) < 10:
        return (0, 0)
    if kind == b"VP8X":
        return (int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[6:10])
        return (width & 0x3FFF, height & 0x3FFF)
    return (0, 0)


def _is_svg(head: bytes) -> bool:
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in start)


def _svg_size(head: bytes) -> tuple[int, int]:
    tag = re.search(rb"<svg\b[^>]{0,2000}", head)
    if tag is None:
        return (0, 0)
    edges = [
        re.search(rb"\s" + name + rb"\s*=\s*[\"']\s*(\d{1,6})(?:\.\d+)?(?:px)?\s*[\"']", tag[0])
        for name in (b"width", b"height")
    ]
    if edges[0] and edges[1]:
        return (int(edges[0][1]), int(edges[1][1]))
    box = re.search(
        rb"\sviewBox\s*=\s*[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(\d{1,6})(?:\.\d+)?[\s,]+(\d{1,6})(?:\.\d+)?\s*[\"']",
        tag[0],
    )
    return (int(box[1]), int(box[2])) if box else (0, 0)
