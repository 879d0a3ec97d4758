"""How many frames a file holds, counted in its own blocks: what its header claims is not believed."""

from __future__ import annotations

LIMIT = 1000


def count(data: bytes, format_name: str) -> int:
    """At least 1 and at most LIMIT; nothing is decoded."""
    walker = {"gif": _gif, "png": _png, "webp": _webp}.get(format_name)
    return min(max(walker(data), 1), LIMIT) if walker else 1


def _png(data: bytes) -> int:
    position, found = 8, 0
    while position + 8 <= len(data) and found < LIMIT:
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        if kind == b"IEND":
            break
        found += kind == b"fcTL"
        position += 12 + length
    return found


def _webp(data: bytes) -> int:
    position, found = 12, 0
    while position + 8 <= len(data) and found < LIMIT:
        found += data[position : position + 4] == b"ANMF"
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + length + length % 2
    return found


def _gif(data: bytes) -> int:
    if len(data) < 13:
        return 0
    position, found = 13 + _table(data[10]), 0
    while position < len(data) and found < LIMIT:
        if data[position] == 0x21:
            position = _after_blocks(data, position + 2)
        elif data[position] == 0x2C and position + 9 < len(data):
            found += 1
            position = _after_blocks(data, position + 11 + _table(data[position + 9]))
        else:
            break
    return found


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1
