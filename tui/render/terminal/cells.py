"""How many pixels a cell has, as the kernel was told: nothing is sent for it, and SSH hands it on."""

from __future__ import annotations

import struct


def cell_size(descriptor: int) -> tuple[int, int] | None:
    """Width, height of a cell of the terminal behind a file descriptor; None where it is none or does not say."""
    try:
        import fcntl
        import termios

        size = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
    except (ImportError, OSError, ValueError):
        return None
    rows, columns, width, height = struct.unpack("HHHH", size)
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return width // columns, height // rows
