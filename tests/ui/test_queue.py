"""Queue: several jobs at once, their order, and cancelling at every stage."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Open
from tests.ui.window import Window, configure, remember
from tui.core.request import Request
from tui.sandbox.server import Sandbox
from tui.ui.jobs import Job, State
from tui.ui.widgets.job_list import JobList

QUICK = {"size": "256x256"}


async def send(w: Window, *prompts: str) -> list[Job]:
    before = len(w.app.session.jobs)
    for prompt in prompts:
        w.app.submit(Request(prompt, "dall-e-2", parameters=QUICK))
    await w.until(lambda: len(w.app.session.jobs) == before + len(prompts), "the jobs")
    return list(w.app.session.jobs)[before:]


async def select(w: Window, job: Job) -> None:
    """The cursor of the queue on a job."""
    jobs = w.here(JobList)
    await w.until(lambda: job in jobs._rows, "its row")
    await w.press("g")
    for _ in range(len(jobs._rows)):
        if jobs.selected is job:
            return
        await w.press("j")
    raise AssertionError(f"#{job.number} can't be reached")


STAGES = {
    "while it waits for an answer": ("fault:timeout", State.SENT, "may be charged"),
    "while it waits to be sent again": ("fault:rate-limit-seconds", State.WAITING, "nothing was sent"),
    "while its answer drips in": ("fault:drip", State.RECEIVING, "may be charged"),
    "while it asks": ("fault:link-missing", State.ASKING, "may be charged"),
}


@pytest.mark.parametrize("stage", STAGES)
async def test_a_job_is_cancelled(stage: str, window: Open, sandbox: Sandbox) -> None:
    prompt, state, words = STAGES[stage]
    async with window() as w:
        await w.to("queue")
        (job,) = await send(w, prompt)
        await w.until(lambda: job.state is state and sandbox.posts, str(state))
        await select(w, job)
        await w.press("x")
        await w.until(lambda: job.state is State.CANCELLED, "the cancellation")
        assert w.log_of(job).splitlines()[-1].startswith("cancelled") and words in w.log_of(job)
        assert len(sandbox.posts) == 1


async def test_a_job_is_cancelled_while_it_stands_in_line_and_is_never_sent(window: Open, sandbox: Sandbox) -> None:
    configure("[engine]\nparallel = 1\n")
    async with window() as w:
        await w.to("queue")
        first, second = await send(w, "fault:timeout", "a fox")
        await w.until(lambda: first.state is State.SENT and sandbox.posts, "the first")
        await select(w, second)
        await w.press("x")
        await w.until(lambda: second.state is State.CANCELLED, "the cancellation")
        assert "cancelled · nothing was sent" in w.log_of(second)
        await select(w, first)
        await w.press("x")
        await w.until(lambda: first.state is State.CANCELLED, "the end")
        assert len(sandbox.posts) == 1


async def test_a_job_is_cancelled_while_its_image_develops(window: Open) -> None:
    with Sandbox(pace=6) as slow:
        async with window(server=slow) as w:
            wanted = {"size": "1024x640", "quality": "low", "stream": True, "partial_images": 3}
            w.app.submit(Request("a fox", "gpt-image-2.5-flare", parameters=wanted))
            await w.to("queue")
            await w.until(lambda: "partial image" in w.log, "a partial image")
            (job,) = w.app.session.jobs
            await w.press("x")
            await w.until(lambda: job.state is State.CANCELLED, "the cancellation")


async def test_waiting_jobs_change_places_and_are_sent_in_that_order(window: Open, sandbox: Sandbox) -> None:
    configure("[engine]\nparallel = 1\n")
    async with window() as w:
        await w.to("queue")
        first, a, b, c = await send(w, "fault:timeout", "a", "b", "c")
        await w.until(lambda: first.state is State.SENT, "the first")
        await select(w, c)
        await w.press("K", "K")
        await w.until(lambda: [job.request.prompt for job in w.app.session.jobs][1:] == ["c", "a", "b"], "the order")
        await select(w, a)
        await w.press("J")
        await w.until(lambda: [job.request.prompt for job in w.app.session.jobs][1:] == ["c", "b", "a"], "the order")
        await select(w, first)
        await w.press("x")
        await w.until(lambda: all(job.state is State.DONE for job in (a, b, c)), "the images")
        assert [post.body["prompt"] for post in sandbox.posts] == ["fault:timeout", "c", "b", "a"]


async def test_several_jobs_run_at_once_and_no_more_than_the_limit(window: Open) -> None:
    configure("[engine]\nparallel = 3\n")
    async with window() as w:
        jobs = await send(w, *[f"fault:timeout {number}" for number in range(5)])
        await w.until(lambda: sum(job.state is State.SENT for job in jobs) == 3, "three at once")
        assert [job.state for job in jobs[3:]] == [State.QUEUED, State.QUEUED]
        await w.until_shown("3 running · 2 queued")
        await w.to("queue")
        assert "3 running · 5 in all" in w.text
        for job in jobs[:2]:
            w.app.cancel_job(job.id)
        await w.until(lambda: sum(job.state is State.SENT for job in jobs) == 3, "the next two")
        for job in jobs:
            w.app.cancel_job(job.id)
        await w.until(lambda: w.app.session.jobs.running == 0, "the end")


async def test_a_job_s_facts_stand_beside_it(window: Open) -> None:
    async with window() as w:
        (job,) = await send(w, "fault:moderation a fox")
        await w.until(lambda: not job.running, "its end")
        await w.to("queue")
        await w.until_shown("request id")
        for words in ("fault:moderation a fox", "dall-e-2", "256x256", "stage output", job.request_id or "req_"):
            assert words in w.text, words


async def test_an_empty_queue_says_what_to_do(window: Open) -> None:
    async with window() as w:
        await w.to("queue")
        assert "No jobs yet" in w.text and "f5" in w.text
        await w.press("x", "K", "J")
        assert w.app.is_running


async def test_quitting_asks_while_jobs_run_and_not_otherwise(window: Open) -> None:
    async with window() as w:
        (job,) = await send(w, "fault:timeout")
        await w.until(lambda: job.state is State.SENT, "the job")
        await w.press("ctrl+q")
        await w.until_shown("1 job runs still")
        await w.press("escape")
        assert w.app.is_running and job.running
        await w.press("ctrl+q")
        await w.press("q")
        assert w.app.is_running
        await w.press("l")
        await w.until(lambda: not w.app._running, "the end")
    async with window() as w:
        await w.to("queue")
        await w.press("q")
        await w.until(lambda: not w.app._running, "the end")
    remember()
