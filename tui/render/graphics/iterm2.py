"""iTerm2's inline images: a file that the terminal decodes and paints at the cursor.

https://iterm2.com/documentation-images.html; `doNotMoveCursor` is WezTerm's, and others pass it over.
"""

from __future__ import annotations

import base64


def inline(data: bytes, columns: int, rows: int) -> str:
    """What paints an image file (PNG, JPEG) over so many cells, to the right of the cursor and below."""
    keys = f"inline=1;size={len(data)};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1"
    return f"\x1b]1337;File={keys}:{base64.standard_b64encode(data).decode('ascii')}\x07"
