"""What can go wrong with a job, and what to tell the person about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of failure that a person would act on differently."""

    CONNECTION = "connection"  # nothing was sent
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"  # the answer was lost on its way
    RATE_LIMIT = "rate limited"
    QUOTA = "billing"
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not found"
    BAD_REQUEST = "bad request"
    MODERATION = "refused by moderation"
    CONFLICT = "conflict"
    SERVER = "server trouble"
    GATEWAY = "gateway gave up"
    REDIRECT = "redirected"
    UNEXPECTED = "unexpected answer"
    DOWNLOAD = "download"
    STORAGE = "cannot save"
    KEY = "no key"
    LIMIT = "spending limit"  # the person's own; nothing was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that went wrong, cleaned for showing. `advice` says what to do about it.

    `retryable`: the server answered that it did nothing, or no byte went out; the engine may repeat it by itself.
    `unknown`: the request went out and what the provider did with it is not known; only the person may repeat it.
    `retry_after` is in seconds, where the server named a time.
    """

    kind: Kind
    message: str
    advice: str = ""
    status: int | None = None
    type: str | None = None
    code: str | None = None
    param: str | None = None
    request_id: str | None = None
    stage: str | None = None
    categories: tuple[str, ...] = ()
    retryable: bool = False
    unknown: bool = False
    retry_after: float | None = None

    @property
    def summary(self) -> str:
        """One line for the log: status, kind, code, parameter, message."""
        head = f"{self.status} {self.kind}" if self.status else str(self.kind)
        facts = [fact for fact in (self.code or self.type, self.param and f"param {self.param}") if fact]
        if self.stage:
            facts.append(f"stage {self.stage}")
        if self.categories:
            facts.append(", ".join(self.categories))
        return " ".join(" · ".join([head, *facts, self.message] if self.message else [head, *facts]).split())
