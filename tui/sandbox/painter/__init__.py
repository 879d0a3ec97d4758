"""Paints what was ordered: the same picture for the same model, prompt and index, always."""

from tui.sandbox.painter.picture import Picture

__all__ = ["Picture"]
