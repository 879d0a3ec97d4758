"""Every failure is told in words, with its request id and what to do; nothing is sent twice without being asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from textual.events import MouseDown

from tests.conftest import isolate
from tests.ui.conftest import Open
from tests.ui.window import SandboxedApp, Window, configure, no_control_character, opened, remember
from tui.core.request import Request
from tui.sandbox.faults import FAULTS
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State
from tui.ui.screens.question import Question

# What the log says of each, beside its request id.
TOLD = {
    "rate-limit": ("429 rate limited · rate_limit_exceeded", "→ "),
    "quota": ("429 billing · insufficient_quota", "→ Add credit"),
    "billing-limit": ("429 billing · billing_hard_limit_reached", "→ Add credit"),
    "spend-limit": ("429 billing · project_spend_limit_exceeded", "→ Add credit"),
    "bad-value": ("400 bad request · invalid_value · param size", "→ Change size"),
    "moderation": ("moderation_blocked · stage output · violence, sexual", "→ The prompt is kept"),
    "content-policy": ("refused by moderation · content_policy_violation", "→ The prompt is kept"),
    "error-text": ("400 bad request · the prompt was not understood", "→ Change the request"),
    "bad-key": ("401 authentication · invalid_api_key", "→ Check the key"),
    "unverified": ("403 permission", "→ Verify the organisation"),
    "no-model": ("404 not found · model_not_found", "→ The model is retired"),
    "gone": ("404 not found", "→ This server does not know"),
    "request-timeout": ("outcome unknown · 408", "→ The provider may have gone on"),
    "conflict": ("409 conflict", "→ The server did nothing"),
    "too-large": ("413 bad request", "→ Change the request"),
    "unprocessable": ("422 bad request", "→ Change the request"),
    "server-error": ("500 server trouble", "→ The server did nothing"),
    "bad-gateway": ("outcome unknown · 502 gateway gave up", "→ The provider may have gone on"),
    "unavailable": ("503 server trouble", "→ The server did nothing"),
    "gateway-timeout": ("outcome unknown · 504 gateway gave up", "→ The provider may have gone on"),
    "proxy-timeout": ("outcome unknown · 524 gateway gave up", "→ The provider may have gone on"),
    "overloaded": ("529 server trouble", "→ The server did nothing"),
    "redirect": ("307 redirected · the server points to", "→ Nothing was sent there"),
    "short-body": ("outcome unknown · interrupted", "→ The provider may have made the image"),
    "cut-chunks": ("outcome unknown · interrupted", "→ The provider may have made the image"),
    "html": ("200 unexpected answer · the answer is a web page", "→ Does the base URL lead to an Images API?"),
    "empty-object": (
        "200 unexpected answer · the answer is JSON without an image",
        "→ Does the base URL lead to an Images API? What came is kept in",
    ),
    "null": ("200 unexpected answer", "→ Does the base URL lead to an Images API? What came is kept in"),
    "error-200": (
        "200 unexpected answer · server_error",
        "→ Does the base URL lead to an Images API? What came is kept in",
    ),
    "broken-json": ("outcome unknown · unexpected answer · the answer is JSON that is cut off", "→ The provider may"),
    "stream-cut": ("outcome unknown · unexpected answer", "→ The provider may have made the image"),
    "stream-reset": ("outcome unknown · interrupted", "→ The provider may have made the image"),
    "stream-error": ("outcome unknown · 200 unexpected answer · server_error", "→ The provider may have made"),
}
# No answer came, so that there is no request id.
SILENT = {
    "timeout": ("outcome unknown · timeout · no complete answer within", "→ The provider may have made the image"),
    "reset": ("outcome unknown · interrupted", "→ The provider may have made the image"),
    "hang-up": ("outcome unknown · interrupted", "→ The provider may have made the image"),
}
# The person is asked.
ASKED = {
    "link-expired": "403 download · the URL has expired",
    "link-missing": "404 download",
    "link-error": "500 download",
    "link-reset": "download · the connection broke",
    "link-short": "download · the connection broke",
    "link-type": "download · there is no image but text/html",
    "link-empty": "download · the file is empty",
    "link-redirect": "download · the URL leads to a private address",
    "link-private": "download · the URL leads to a private address",
}


def _request(fault: str) -> Request:
    if FAULTS[fault].needs == "stream":
        wanted = {"size": "1024x640", "quality": "low", "stream": True, "partial_images": 1}
        return Request(f"fault:{fault}", "gpt-image-2.5-flare", parameters=wanted)
    return Request(f"fault:{fault}", "dall-e-2", parameters={"size": "256x256"})


@pytest.fixture(scope="module")
def told(server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[State, str, int]]]:
    """One run of the app in which every fault strikes: how each job ended, what the log said, how often it was sent."""

    async def run() -> dict[str, tuple[State, str, int]]:
        # What is silent waits for the deadline; what is painted must not reach it, on a busy machine either.
        configure("[engine]\nretries = 0\nparallel = 8\ndeadline = 5\n")
        async with opened(server) as w:
            names = [*TOLD, *SILENT, *ASKED]
            for name in names:
                w.app.submit(_request(name))
            jobs = w.app.session.jobs
            await w.until(lambda: len(jobs) == len(names), "the jobs")
            await w.until(lambda: all(not job.running or job.question for job in jobs), "their ends")
            posts = [post.body["prompt"] for post in server.posts]
            return {
                name: (job.state, w.log_of(job), posts.count(f"fault:{name}"))
                for name, job in zip(names, jobs, strict=True)
            }

    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, tmp_path_factory.mktemp("told"))
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        patch.setenv("OPENAI_API_KEY", "sk-marker")
        remember()
        yield asyncio.run(run())


@pytest.mark.parametrize("fault", TOLD)
def test_a_failure_is_told_with_its_request_id_and_advice(fault: str, told: dict[str, tuple[State, str, int]]) -> None:
    state, log, posts = told[fault]
    what, advice = TOLD[fault]
    assert what in log and "req_" in log and advice in log
    assert state is (State.UNKNOWN if "unknown" in what else State.FAILED)
    assert posts == 1


@pytest.mark.parametrize("fault", SILENT)
def test_silence_is_an_unknown_outcome(fault: str, told: dict[str, tuple[State, str, int]]) -> None:
    state, log, posts = told[fault]
    what, advice = SILENT[fault]
    assert what in log and advice in log
    assert (state, posts) == (State.UNKNOWN, 1)


@pytest.mark.parametrize("fault", ASKED)
def test_what_a_person_must_decide_is_asked(fault: str, told: dict[str, tuple[State, str, int]]) -> None:
    state, log, posts = told[fault]
    assert ASKED[fault] in log and "f9: " in log
    assert (state, posts) == (State.ASKING, 1)
    assert "sig=" not in log, "the signature of a URL stays out of the log"


def test_every_fault_of_the_table_is_known_here() -> None:
    delivered = {name for name, fault in FAULTS.items() if fault.delivers and not fault.link}
    elsewhere = {
        "rate-limit-seconds", "rate-limit-date", "rate-limit-bare", "rate-limit-long",  # told as rate-limit is
        "hostile-error", "drip", "gzip-bomb", "cut-base64", "not-an-image", "link-huge",  # here below, and the engine's
    }  # fmt: skip
    assert set(FAULTS) == {*TOLD, *SILENT, *ASKED, *delivered, *elsewhere}


async def test_a_wait_is_a_countdown_that_is_drawn_anew_and_ends_in_an_image(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:rate-limit*1")
        await w.until_shown("retry 1 of 2 in 1.")
        await w.until_shown("retry 1 of 2 in 0.")
        await w.until(lambda: job.state is State.DONE, "the image")
        assert "in 0." not in w.log and len(sandbox.posts) == 2


async def test_a_wait_of_more_than_two_minutes_asks_first(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:rate-limit-long")
        await w.until_shown("f9 answer")
        assert "429 rate limited" in w.log_of(job) and "req_" in w.log_of(job)
        await w.press("f9")
        await w.until_shown(f"Job #{job.number} asks")
        await w.press("s")
        await w.until(lambda: not job.running, "its end")
        assert len(sandbox.posts) == 1 and job.state is State.FAILED


async def test_a_failed_download_can_be_retried_until_it_comes(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:link-error*1")
        await w.until_shown("f9 answer")
        await w.press("f9")
        await w.until_shown(f"Job #{job.number} asks")
        assert "500 download" in w.text and "The URL lives until" in w.text
        await w.press("r")
        await w.until(lambda: job.state is State.DONE, "the image")
        assert job.saved[0].path.is_file() and len(sandbox.posts) == 1
        assert "f9 answer" not in w.text


async def test_a_failed_download_can_be_skipped_and_its_url_copied(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:link-missing")
        await w.until_shown("f9 answer")
        await w.press("f9")
        await w.press("c")
        assert w.app.clipboard.startswith(sandbox.base_url.removesuffix("/v1")) and "sig=" in w.app.clipboard
        await w.until_shown(f"Job #{job.number} asks")
        await w.press("s")
        await w.until(lambda: not job.running, "its end")
        assert "sig=" not in w.log and "sig=" not in w.text
        assert "Copied the URL" in w.toasts[-1] or any("Copied the URL" in each for each in w.toasts)


async def test_escape_leaves_a_question_open(window: Open) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:link-missing")
        await w.until_shown("f9 answer")
        await w.press("f9")
        await w.press("escape")
        await w.until(lambda: w.screen is w.create, "Create")
        assert job.state is State.ASKING


async def test_an_unknown_outcome_offers_to_send_again_and_posts_nothing_by_itself(
    window: Open, sandbox: Sandbox
) -> None:
    async with window() as w:
        job = await w.generate("a fox fault:hang-up*1")
        await w.until(lambda: job.state is State.UNKNOWN, "its end")
        await w.until_shown("outcome unknown")
        await w.press("f9")
        await w.until_shown("may have charged for it")
        assert len(sandbox.posts) == 1
        await w.press("escape")
        assert len(sandbox.posts) == 1 and len(w.app.session.jobs) == 1
        await w.press("f9")
        await w.press("y")
        await w.until(lambda: len(w.app.session.jobs) == 2, "a second job")
        again = list(w.app.session.jobs)[-1]
        await w.until(lambda: again.state is State.DONE, "the image")
        assert len(sandbox.posts) == 2


async def test_a_hostile_error_is_shown_as_it_is_and_does_nothing(window: Open) -> None:
    async with window() as w:
        job = await w.generate("fault:hostile-error")
        await w.until(lambda: job.state is State.FAILED, "its end")
        await w.until_shown("52;c;b3duZWQ=[@click=app.quit]free[/] 50%")
        assert no_control_character(w.app)
        assert not w.toasts, "one would stand over the preview, which says it"
        await w.to("library")
        w.app.submit(_request("hostile-error"))
        told = "[@click=app.quit]free[/] 50% [/] off"
        await w.until(lambda: any(told in toast for toast in w.toasts), "a toast, as the preview is not in sight")
        assert no_control_character(w.app)
        await w.to("queue")
        await w.until_shown("[@click=app.quit]free")
        for y, row in enumerate(w.rows):
            if "app.quit" in row:
                await w.pilot.click(offset=(row.index("app.quit") + 2, y))
        assert w.app.is_running and no_control_character(w.app)


async def test_a_job_that_ends_while_one_is_elsewhere_is_told_by_a_toast(window: Open) -> None:
    async with window() as w:
        await w.to("library")
        w.app.submit(_request("gzip"))
        await w.until(lambda: any("done: 1 saved" in toast for toast in w.toasts), "a toast")


async def test_without_a_key_or_a_url_the_sandbox_serves_and_nobody_else_is_asked(
    window: Open, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = window()
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("OPENAI_API_KEY")
    async with opening as w:
        await w.until_shown(" SANDBOX ")
        assert "no key found · sandbox: it paints locally and charges nothing" in w.log
        assert "OPENAI" not in os.environ
        await w.make("a fox")
        assert len(sandbox.posts) == 1 and "free in the sandbox" in w.log


async def test_where_no_provider_can_be_had_what_is_sent_is_refused_with_the_reason_until_one_is_chosen(
    window: Open, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    window()
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    app = SandboxedApp(None)
    async with app.run_test(size=(120, 40)) as pilot:
        w = Window(app, pilot)
        await w.until_shown("the sandbox did not start: no port is free")
        await w.write("a fox")
        await w.press("ctrl+j")
        await w.until(lambda: "Not sent: the sandbox did not start: no port is free" in w.toasts, "why it is not sent")
        assert not w.app.session.jobs.running
        app._address = sandbox.base_url
        await w.until_shown("no provider · ctrl+n")
        await w.press("ctrl+n", "down", "enter")
        await w.until_shown(" SANDBOX ")
        assert not sandbox.posts, "what was refused is not sent later"
        await w.make("a fox")
        assert len(sandbox.posts) == 1
    app.close()


async def test_what_waited_for_the_start_is_not_sent_once_the_person_leaves(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        app = w.app
        engine, app.engine = app.engine, None
        await w.write("a fox")
        await w.press("ctrl+j")
        assert "Still starting: it is sent in a moment" in w.toasts
        app.engine = engine
        app.exit()
        app.send_early()
    assert not app.session.memory.prompts and not sandbox.posts


async def test_a_click_on_what_goes_at_that_moment_ends_nothing(window: Open) -> None:
    """As a toast does; here it is the price, as there are no toasts without a terminal."""
    async with window() as w:
        going = w.screen.query_one("#price")
        holder, place = going.parent, going.region
        # It has no place in the tree any more, and the screen was not drawn since.
        going._detach()
        await w.app.on_event(MouseDown(None, place.x, place.y, 0, 0, 1, False, False, False, place.x, place.y))
        going._attach(holder)
        assert w.app.return_code is None


async def test_what_a_question_quotes_is_shown_without_markup(window: Open) -> None:
    async with window() as w:
        w.app.push_screen(Question("Again?", "[@click=app.quit]x[/] 50% [b]bold[/]", [("y", "yes")]))
        await w.until_shown("[@click=app.quit]x[/] 50% [b]bold[/]")
