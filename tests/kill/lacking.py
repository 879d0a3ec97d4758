"""File systems that lack what the engine likes to use: the calls are refused as there. In a run's own process only."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn


def _refused(number: int) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refuse


def links() -> None:
    """As on FAT."""
    os.link = _refused(errno.EPERM)


def links_across() -> None:
    """As between two disks, one of which is mounted in a folder of the other."""
    link, refuse = os.link, _refused(errno.EXDEV)

    def within(source: str | Path, target: str | Path) -> None:
        (link if Path(source).parent == Path(target).parent else refuse)(source, target)

    os.link = within


def locks() -> None:
    """As on some network file systems."""
    import fcntl

    fcntl.flock = _refused(errno.ENOLCK)


LACKS: dict[str, Callable[[], None]] = {lack.__name__: lack for lack in (links, links_across, locks)}


def install(name: str) -> None:
    LACKS[name]()
