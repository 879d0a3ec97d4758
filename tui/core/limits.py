"""What the person lets jobs cost: in US$, 0 for no limit. Set in the configuration or in the app, whose word counts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui.core import paths

# More is no limit that anybody means.
MOST = 1_000_000
APP = "set in the app"
NAMES = ("spending.per_day", "spending.per_session")


class Limits(NamedTuple):
    """US$ that jobs may cost from midnight to midnight, and in one run of the program; 0 for no limit."""

    per_day: float = 0.0
    per_session: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.per_day or self.per_session)


def _file(env: Mapping[str, str]) -> Path:
    return paths.state_folder(env) / "limits.json"


def chosen(env: Mapping[str, str]) -> dict[str, float]:
    """What was set in the app, by the settings' names. Raises nothing: what can't be read was not set."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        data = json.loads(_file(env).read_text(encoding="utf-8"))
        if isinstance(data, dict):
            return {name: float(data[name]) for name in NAMES if is_amount(data.get(name))}
    return {}


def choose(env: Mapping[str, str], amounts: Mapping[str, float]) -> None:
    """Keep what is set in the app, by the settings' names; a name left out is the configuration's again.

    Raises OSError.
    """
    paths.write_private(_file(env), json.dumps(dict(amounts)))


def is_amount(value: object) -> bool:
    """Whether a value may be a limit."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST
