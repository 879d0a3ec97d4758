"""What the terminal can show, and why it is thought so. Standard library only; nothing is sent to the terminal."""

from __future__ import annotations

from tui.core.config import DEPTHS
from tui.render.terminal.colours import TEXTUAL_NAMES
from tui.render.terminal.deciding import Terminal, detect

__all__ = ["DEPTHS", "TEXTUAL_NAMES", "Terminal", "detect"]
