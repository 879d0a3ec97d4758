"""A failure in one line, and events that can't be changed and keep their secrets."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from tui.core import events
from tui.core.failures import Failure, Kind


def test_the_summary_has_status_kind_code_parameter_and_message_in_order() -> None:
    failure = Failure(
        kind=Kind.BAD_REQUEST,
        message="Invalid size",
        status=400,
        type="image_error",
        code="invalid_value",
        param="size",
    )
    assert failure.summary == "400 bad request · invalid_value · param size · Invalid size"


def test_the_summary_of_a_refusal_has_its_stage_and_categories() -> None:
    failure = Failure(
        kind=Kind.MODERATION,
        message="Your request was rejected",
        status=400,
        code="moderation_blocked",
        stage="output",
        categories=("violence", "gore"),
    )
    assert failure.summary == (
        "400 refused by moderation · moderation_blocked · stage output · violence, gore · Your request was rejected"
    )


def test_the_summary_leaves_out_what_is_not_known() -> None:
    assert Failure(kind=Kind.CONNECTION, message="").summary == "connection"
    assert Failure(kind=Kind.TIMEOUT, message="no answer").summary == "timeout · no answer"
    assert (
        Failure(kind=Kind.SERVER, message="", status=500, type="server_error").summary
        == "500 server trouble · server_error"
    )


def test_the_summary_is_one_line_whatever_the_server_wrote() -> None:
    assert (
        Failure(kind=Kind.SERVER, message="bad\n\n\tgateway\n", status=502).summary
        == "502 server trouble · bad gateway"
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_in_words(kind: Kind) -> None:
    assert Failure(kind=kind, message="m").summary.startswith(kind.value)
    assert "_" not in kind.value


def test_a_failure_is_not_repeated_unless_it_says_so() -> None:
    failure = Failure(kind=Kind.SERVER, message="m")
    assert not failure.retryable
    assert not failure.unknown


def test_events_are_frozen() -> None:
    event = events.Cancelled(job="j", number=1, at=0.0, sent=True)
    with pytest.raises(FrozenInstanceError):
        event.sent = False  # type: ignore[misc]  # what is tested is that this fails


def test_every_event_names_its_job_and_time() -> None:
    kinds = [each for each in vars(events).values() if isinstance(each, type) and issubclass(each, events.Event)]
    assert len(kinds) > 10
    for kind in kinds:
        assert {"job", "number", "at"} <= {field.name for field in fields(kind)}


def test_a_job_ends_in_one_of_four_ways() -> None:
    assert set(get_args(events.Ending)) == {events.Done, events.Failed, events.Cancelled, events.Unknown}


def test_the_secret_url_of_a_download_is_not_in_what_gets_logged() -> None:
    event = events.Waiting(
        job="j",
        number=1,
        at=0.0,
        failure=Failure(kind=Kind.DOWNLOAD, message="403"),
        seconds=None,
        choices=("retry", "skip"),
        url="https://x.blob.core.windows.net/a.png?sig=secret",
    )
    assert "secret" not in repr(event)
    assert "secret" not in str(event)
