"""Safelight: a darkroom for AI images in the terminal."""

__version__ = "0.1.0"
