"""What jobs have cost, as the records say: they are the truth also before the index has caught up with them."""

from __future__ import annotations

from pathlib import Path

from tui.core.provider import SANDBOX
from tui.core.record import Origin
from tui.library import records

# Seconds that a server's clock, which dates the images, may be ahead of this machine's, which dates the records.
SKEW = 3600


def of_jobs(root: Path, since: float) -> dict[str, float]:
    """US$ by job, of those of real providers since then. A job whose cost is not known has that of its estimate.

    Only records written since then are read; one that can't be read costs nothing.
    """
    found: dict[str, list[Origin]] = {}
    for sha256, written_ns in records.listed(root):
        if written_ns >= (since - SKEW) * 1e9 and (record := records.read(root, sha256)):
            for origin in record.origins:
                if origin.created >= since and origin.provider != SANDBOX:
                    found.setdefault(origin.job, []).append(origin)
    return {job: _cost(origins) for job, origins in found.items()}


def _cost(images: list[Origin]) -> float:
    known = sum(max(image.cost or 0.0, 0.0) for image in images)
    # Each image has its own share of the cost, and its whole job's estimate.
    return max(known, *(image.estimate or 0.0 for image in images if image.cost is None), 0.0)
