"""The engine's settings as the person has configured them."""

from __future__ import annotations

from tui.core.config import Config
from tui.engine.job import Settings


def from_config(config: Config) -> Settings:
    """What the configuration says of the engine, the library's folder and the names in it."""
    return Settings(
        out=config.library,
        parallel=config.get("engine.parallel"),
        retries=config.get("engine.retries"),
        deadline=config.get("engine.deadline"),
        template=config.get("names.template"),
        limits=config.limits,
    )
