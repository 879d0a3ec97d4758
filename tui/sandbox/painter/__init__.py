"""Paints what was ordered: the same picture for the same model, prompt and index, always."""

from tui.sandbox.painter.picture import Picture
from tui.sandbox.painter.repaint import Given, given

__all__ = ["Given", "Picture", "given"]
