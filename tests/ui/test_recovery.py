"""What earlier runs left: finished by itself where the answer is there, else told of, listed and settled."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import Open
from tests.ui.left import PROMPT, answer, leave
from tests.ui.window import Window
from tui.engine.leftovers import leftovers
from tui.engine.spool import SPOOL, Entry
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State
from tui.ui.screens.question import Question
from tui.ui.widgets.job_list import LEFT, JobList


def entries(library: Path) -> list[str]:
    return sorted(path.name for path in (library / SPOOL).iterdir())


def images(library: Path) -> list[Path]:
    return sorted(library.glob("*/*.png"))


async def looked(w: Window) -> None:
    """Until it is known what was left."""
    await w.until(lambda: w.app._told_of_left, "a look at the spool")


async def to_left(w: Window) -> None:
    """The cursor of the Queue on the first job that was left."""
    await looked(w)
    await w.press("ctrl+p")
    await w.paste("Left by earlier")
    await w.press("enter")
    await w.until(lambda: w.screen.id == "queue" and w.here(JobList).selected is not None, "the job that was left")


async def asked(w: Window) -> None:
    await w.until(lambda: isinstance(w.screen, Question), "the question")


# --- by itself ------------------------------------------------------------------------------------------------------


async def test_an_answer_that_was_not_saved_yet_is_saved_without_a_word_to_the_server(
    window: Open, sandbox: Sandbox, library: Path, tmp_path: Path
) -> None:
    leave(library, body=answer(tmp_path), whole=True)
    async with window() as w:
        await w.until(lambda: [job.state for job in w.app.session.jobs] == [State.DONE], "its end")
        await w.until(lambda: any(PROMPT in (image.prompt or "") for image in w.images.files), "its image listed")
        await w.to("queue")
        assert "left earlier" in w.text
        assert "saving what came of it" in w.log
        assert LEFT not in w.text
    assert not sandbox.posts
    assert not entries(library)
    assert len(images(library)) == 1


async def test_many_answers_are_saved_without_a_toast_for_each(window: Open, library: Path, tmp_path: Path) -> None:
    for number in range(1, 9):
        leave(library, number, prompt=f"number {number}", body=answer(tmp_path), whole=True)
    async with window() as w:
        await w.to("queue")
        await w.until(lambda: [job.state for job in w.app.session.jobs] == [State.DONE] * 8, "their ends")
        assert not w.toasts
        await w.until_shown("0 running · 8 in all")
    assert not entries(library)


async def test_an_answer_that_can_not_be_read_stays_and_is_told_of(window: Open, library: Path) -> None:
    job = leave(library, body=b'{"created": 1}', whole=True)
    async with window() as w:
        await w.until(lambda: [each.state for each in w.app.session.jobs] == [State.FAILED], "its end")
        await w.until(lambda: [left.job for left in w.app.session.left] == [job], "the job that is left")
        assert "JSON without an image" in w.log
    assert entries(library) == [job]


# --- told of and listed ---------------------------------------------------------------------------------------------


async def test_a_job_of_unknown_outcome_is_told_of_and_listed_with_all_that_is_known(
    window: Open, sandbox: Sandbox, library: Path
) -> None:
    job = leave(library, body=b'{"created": 17')
    async with window() as w:
        await w.until_shown("f9 1 left")
        await to_left(w)
        await w.until(lambda: w.text.count(PROMPT[:20]) == 2, "its prompt, in its row and beside it")
        await w.until_shown(job)
        for words in (
            "unknown · 14 B",
            PROMPT[:20],
            "14 B of it came",
            "dall-e-2",
            "256x256",
            "req_0001",
            "127.0.0.1:1",
        ):
            assert words in w.text, words
    assert not sandbox.posts
    assert entries(library) == [job]


async def test_jobs_of_which_nothing_came_are_told_of_in_the_log_and_in_the_header(
    window: Open, sandbox: Sandbox, library: Path
) -> None:
    leave(library, 1), leave(library, 2, refused="503 server trouble")
    async with window() as w:
        await looked(w)
        await w.until_shown("f9 2 left")
        assert "2 jobs were left by an earlier run: f9" in w.log
        await to_left(w)
        await w.until_shown("The request may have gone out")
        await w.press("j")
        await w.until_shown("The server answered that it did nothing")
        assert "503 server trouble" in w.text
        await w.press("enter")
        await asked(w)
        assert "a second time" not in w.text
    assert not sandbox.posts


async def test_nothing_left_is_said_and_shows_nowhere(window: Open) -> None:
    async with window() as w:
        await looked(w)
        assert "left" not in w.log
        await w.press("ctrl+p")
        await w.paste("Left by earlier")
        await w.press("enter")
        await w.until(lambda: "Earlier runs left nothing" in w.toasts, "the word")
        assert LEFT not in w.text and "No jobs yet" in w.text


async def test_what_another_process_has_on_its_way_does_not_show(window: Open, library: Path) -> None:
    job = leave(library)
    owner = Entry.adopt(library, job)
    assert owner is not None
    async with window() as w:
        await looked(w)
        assert not w.app.session.left
        owner.release()
        w.app.find_left()
        await w.until(lambda: [left.job for left in w.app.session.left] == [job], "it, once nobody has it")


async def test_what_this_run_could_not_end_stands_among_its_own_jobs_only(window: Open) -> None:
    async with window() as w:
        await looked(w)
        job = await w.generate("fault:hang-up a fox")
        await w.until(lambda: job.state is State.UNKNOWN, "its end")
        w.app.find_left()
        await w.app.workers.wait_for_complete([each for each in w.app.workers if each.group == "left"])
        assert not w.app.session.left
        assert "f9 1 left" not in w.text


# --- settled --------------------------------------------------------------------------------------------------------


async def test_it_is_sent_again_on_the_person_s_word_with_the_price_and_forgotten_once_that_ended_well(
    window: Open, sandbox: Sandbox, library: Path
) -> None:
    leave(library)
    async with window() as w:
        await looked(w)
        await w.press("f9")
        await asked(w)
        assert "send it again to openai: ≈ $0.0160, perhaps for a second time" in w.text
        assert not sandbox.posts
        await w.press("y")
        await w.until(lambda: State.DONE in [job.state for job in w.app.session.jobs], "the image")
        await w.until(lambda: not w.app.session.left, "an empty list")
        assert "f9 1 left" not in w.text
    assert [post.body["prompt"] for post in sandbox.posts] == [PROMPT]
    assert not entries(library)


async def test_it_stays_while_what_was_sent_in_its_place_is_on_its_way_and_when_that_fails(
    window: Open, library: Path
) -> None:
    job = leave(library, prompt="fault:timeout")
    async with window() as w:
        await to_left(w)
        await w.press("enter")
        await asked(w)
        await w.press("y")
        await w.until_shown("sent again as #1")
        assert "f9 1 left" not in w.text
        (again,) = w.app.session.jobs
        w.app.cancel_job(again.id)
        await w.until_shown("f9 1 left")
    assert job in entries(library)


async def test_it_is_kept_and_told_of_no_more_but_stays_listed(window: Open, library: Path) -> None:
    job = leave(library, body=b"{")
    async with window() as w:
        await to_left(w)
        await w.press("enter")
        await asked(w)
        await w.press("k")
        await w.until_shown("unknown · kept")
        assert "f9 1 left" not in w.text
    async with window() as w:
        await looked(w)
        assert "f9" not in w.log
        await to_left(w)
        await w.until_shown("unknown · kept")
        await w.press("enter")
        await asked(w)
        assert "keep it" not in w.text
    assert entries(library) == [job]


async def test_it_is_forgotten_only_after_a_second_question(window: Open, library: Path) -> None:
    job = leave(library, body=b"{")
    async with window() as w:
        await to_left(w)
        for opening in (["x"], ["enter", "f"]):
            await w.press(*opening)
            await w.until_shown("Forget it?")
            await w.press("x", "f")
            await w.press("escape")
            assert entries(library) == [job]
        await w.press("x")
        await w.until_shown("What came of its answer, 1 B, is deleted for good")
        await w.press("d")
        await w.until(lambda: not w.app.session.left, "an empty list")
    assert not entries(library)


async def test_its_settings_go_into_create(window: Open, library: Path) -> None:
    leave(library)
    async with window() as w:
        await to_left(w)
        await w.press("e")
        await w.until(lambda: w.screen.id == "create" and w.form.prompt.text == PROMPT, "its prompt")


async def test_of_several_each_is_asked_about_in_turn(window: Open, library: Path) -> None:
    leave(library, 1, prompt="the first"), leave(library, 2, prompt="the second")
    async with window() as w:
        await looked(w)
        await w.until_shown("f9 2 left")
        for prompt, rest in (("the first", 1), ("the second", 0)):
            await w.press("f9")
            await asked(w)
            assert prompt in w.text
            await w.press("k")
            await w.until(lambda rest=rest: len(w.app.session.unsettled) == rest, "the rest")


async def test_a_provider_that_is_not_configured_any_more_is_told(
    window: Open, library: Path, sandbox: Sandbox
) -> None:
    leave(library, provider="studio")
    async with window() as w:
        await looked(w)
        await w.press("f9")
        await asked(w)
        await w.press("y")
        await w.until(lambda: any("Provider studio can't be had" in toast for toast in w.toasts), "the word")
    assert not sandbox.posts


async def test_one_that_another_process_took_meanwhile_is_told_and_gone_from_the_list(
    window: Open, library: Path
) -> None:
    job = leave(library)
    async with window() as w:
        await looked(w)
        owner = Entry.adopt(library, job)
        assert owner is not None
        await w.press("f9")
        await asked(w)
        await w.press("k")
        await w.until(lambda: any("another process" in toast for toast in w.toasts), "the word")
        await w.until(lambda: not w.app.session.left, "an empty list")
        owner.release()


async def test_a_request_that_can_not_be_read_can_be_kept_or_forgotten(window: Open, library: Path) -> None:
    job = leave(library)
    (library / SPOOL / job / "request.json").write_text("{")
    async with window() as w:
        await to_left(w)
        await w.until_shown("The request can't be read")
        await w.press("enter")
        await asked(w)
        assert "send it again" not in w.text and "keep it" in w.text and "forget it" in w.text


async def test_letting_an_unknown_job_be_is_remembered_by_the_next_run(window: Open, library: Path) -> None:
    async with window() as w:
        job = await w.generate("fault:hang-up a fox")
        await w.until(lambda: job.state is State.UNKNOWN, "its end")
        await w.press("f9")
        await asked(w)
        await w.press("l")
        await w.until(lambda: [left.kept for left in leftovers(library)] == [True], "it is kept")


async def test_hostile_words_of_what_was_left_are_shown_as_they_are(window: Open, library: Path) -> None:
    leave(library, prompt="[@click=app.quit]free[/] \x1b[2J 50% [/] off", provider="\x1b]0;x\x07[b]")
    async with window() as w:
        await to_left(w)
        await w.until_shown("[@click=app.quit]free[/]")
        await w.press("enter")
        await asked(w)
        assert "[@click=app.quit]free[/]" in w.text
        assert "\x1b" not in w.text and w.app.is_running
