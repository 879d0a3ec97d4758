"""Create: from a prompt to an image, and the form that is drawn from data."""

from __future__ import annotations

import re
from pathlib import Path

from textual.widgets import OptionList

from tests.ui.conftest import Open
from tests.ui.window import remember
from tui.core.paths import shown
from tui.sandbox.server import Sandbox
from tui.ui.jobs import State

FLARE = {"model": "gpt-image-2.5-flare", "size": "1024x640", "quality": "low"}


async def test_a_prompt_and_ctrl_j_give_a_saved_file_its_path_in_the_log_colours_and_a_row(
    window: Open, sandbox: Sandbox, library: Path
) -> None:
    async with window() as w:
        assert w.focus == "prompt"
        await w.write("a red fox")
        await w.press("ctrl+j")
        await w.until(lambda: any(job.state is State.DONE for job in w.app.session.jobs), "the image")
        (job,) = w.app.session.jobs
        file = job.saved[0].path
        assert file.is_file() and file.is_relative_to(library)
        assert f"saved {shown(file)}" in w.log
        await w.until_shown(shown(file))
        await w.until(lambda: w.images.file and w.images.file.path == file, "its row")
        await w.until_shown(file.name[-8:])
        await w.until_painted()
        assert len(w.inks) > 50
        assert [post.body for post in sandbox.posts] == [
            {"model": "dall-e-2", "prompt": "a red fox", "n": 1, "size": "256x256"}
        ]
        assert w.focus == "prompt", "the next prompt can be written at once"


async def test_the_caption_and_the_log_tell_the_cost_and_the_revised_prompt(window: Open) -> None:
    remember(form={"model": "dall-e-3"})
    async with window() as w:
        await w.make("a harbour")
        await w.until_shown("1024x1024 png")
        assert re.search(r"1024x1024 png · [\d.]+ [kM]?B · \$0\.0400 · dall-e-3", w.text), w.text
        assert "revised: " in w.log
        await w.until_shown("revised: ")


async def test_the_header_counts_what_is_spent_and_the_sandbox_costs_nothing(window: Open) -> None:
    async with window() as w:
        assert "$0.00 today" in w.text
        await w.make("a fox")
        await w.until_shown("$0.0160 today")
        w.app.use_provider("sandbox")
        await w.until_shown(" SANDBOX ")
        await w.make("another fox")
        await w.until_shown("pretend")
        assert "$0.0160 today" in w.text
        assert "free" in w.text


async def test_a_doubled_key_sends_once_and_says_so(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.prompt("a fox")
        await w.press("ctrl+j", "ctrl+j")
        await w.until(lambda: any("Sent already" in toast for toast in w.toasts), "a word about it")
        await w.until(lambda: any(job.state is State.DONE for job in w.app.session.jobs), "the image")
        assert len(sandbox.posts) == len(w.app.session.jobs) == 1


async def test_a_field_that_the_model_does_not_take_is_absent(window: Open) -> None:
    async with window() as w:
        assert w.fields == ["model", "size", "quality", "n", "response_format"]
        await w.form.choose_model("dall-e-3")
        assert "style" in w.fields and "output_format" not in w.fields
        await w.form.choose_model("gpt-image-2.5-flare")
        assert "style" not in w.fields and "response_format" not in w.fields
        assert {"output_format", "background"} <= set(w.fields)
        await w.until(lambda: "Background" in w.text and " Style " not in w.text, "the fields of the model")


async def test_a_value_that_the_model_does_not_take_cannot_be_chosen(window: Open) -> None:
    async with window() as w:
        for model in w.app.session.catalogue.names:
            await w.form.choose_model(model)
            for field in w.form.query("Field"):
                parameter = w.form.model.parameters.get(field.field)
                if parameter is not None and parameter.values:
                    assert set(field.choices) == set(parameter.values), (model, field.field)


async def test_what_was_typed_survives_a_change_of_model_and_back(window: Open) -> None:
    remember(form=FLARE)
    async with window() as w:
        await w.prompt("a fox in the snow")
        await w.go("output_format")
        await w.press("right")
        assert w.field("output_format").value == "jpeg"
        assert "output_compression" in w.fields
        (await w.go("output_compression")).change(40)
        await w.go("n")
        await w.press("4")
        await w.form.choose_model("dall-e-3")
        assert w.field("n").value == 1 and "output_format" not in w.fields
        await w.form.choose_model("gpt-image-2.5-flare")
        assert w.form.request.parameters["output_format"] == "jpeg"
        assert w.form.request.parameters["output_compression"] == 40
        assert w.form.request.parameters["n"] == 4
        assert w.form.request.parameters["size"] == "1024x640"
        assert w.form.request.prompt == "a fox in the snow"


async def test_problems_stand_beside_their_field_and_nothing_is_sent(window: Open, sandbox: Sandbox) -> None:
    remember(form={**FLARE, "background": "transparent", "output_format": "jpeg"})
    async with window() as w:
        await w.until_shown("✗ transparent needs")
        at = next(i for i, row in enumerate(w.rows) if "✗ transparent needs" in row)
        assert "Background" in w.rows[at - 1]
        assert "✗ write a prompt" not in w.text, "a prompt that is not written yet is no reproach"
        await w.press("ctrl+j")
        await w.until_shown("✗ write a prompt")
        assert w.focus == "prompt" and "write a prompt" in w.toasts
        await w.prompt("a fox")
        await w.press("ctrl+j")
        await w.until(lambda: w.focus == "field-background", "the field that is wrong")
        await w.press("backspace")
        await w.press("right")
        assert w.field("background").problem == "" or w.field("background").value == "transparent"
        assert len(w.app.session.jobs) == 0 and sandbox.posts == []


async def test_a_prompt_that_is_too_long_says_by_how_much(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.prompt("x" * 1010)
        await w.until_shown("10 over the 1000")
        await w.press("ctrl+j")
        assert sandbox.posts == []
        await w.prompt("x" * 999)
        await w.until_shown("999/1000")


async def test_a_free_size_is_typed_into_the_menu_and_checked_by_its_rules(window: Open) -> None:
    remember(form=FLARE)
    async with window() as w:
        await w.go("size")
        await w.press("enter")
        await w.until_shown("type to narrow, or type another value")
        await w.paste("1000x1000")
        await w.until_shown("✗ both edges must be multiples of 16")
        await w.press("enter")
        assert "multiples of 16" in w.text, "the menu stays open"
        await w.press(*["backspace"] * 9)
        await w.paste("1280x720")
        await w.press("enter")
        await w.until(lambda: w.field("size").value == "1280x720", "the size")
        await w.press("enter")
        await w.paste("3840x2160")
        await w.press("enter")
        await w.until_shown("experimental size")


async def test_the_menu_narrows_while_one_types_and_escape_changes_nothing(window: Open) -> None:
    async with window() as w:
        await w.go("model")
        await w.press("enter")
        await w.paste("2.5 sun")
        await w.until(lambda: w.screen.query_one(OptionList).option_count < 5, "those that fit")
        await w.press("escape")
        assert w.form.model.name == "dall-e-2"
        await w.press("enter")
        await w.paste("2.5 sun")
        await w.press("enter")
        await w.until(lambda: w.form.model.name == "gpt-image-2.5-sunburst", "the model")
        assert w.focus == "field-model"


async def test_a_model_of_a_compatible_server_is_typed_by_hand(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.go("model")
        await w.press("enter")
        await w.paste("flux-dev")
        await w.press("enter")
        await w.until(lambda: w.form.model.name == "flux-dev", "the model")
        await w.until_shown("no estimate: no")
        job = await w.generate("a fox")
        await w.until(lambda: not job.running, "an answer")
        assert sandbox.posts[0].body["model"] == "flux-dev"


async def test_arrows_digits_and_backspace_change_a_field(window: Open) -> None:
    remember(form=FLARE)
    async with window() as w:
        quality = await w.go("quality")
        await w.press("right")
        assert quality.value == "medium"
        await w.press("left", "left")
        assert quality.value == "auto"
        images = await w.go("n")
        await w.press("3")
        assert images.value == 3
        await w.press("0")
        assert images.value == 3, "none is not among the choices"
        await w.press("backspace")
        assert images.value == 3, "a field with a default of its own stays"
        await w.press("m")
        await w.until(lambda: "user" in w.fields, "the rarer fields")
        user = await w.go("user")
        await w.press("enter")
        await w.paste("u-17")
        await w.press("enter")
        await w.until(lambda: user.value == "u-17", "what was typed")
        await w.press("backspace")
        assert user.value is None
        await w.press("m")
        await w.until(lambda: "user" not in w.fields, "the rarer fields gone")


async def test_stray_letters_in_a_form_field_never_send_or_quit(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.make("a fox")
        posts = len(sandbox.posts)
        await w.go("quality")
        await w.press(*"rRexyPdDfcoOiGgnNvw")
        await w.until(lambda: w.screen is w.create, "Create")
        assert len(sandbox.posts) == posts and len(w.app.session.jobs) == 1
        assert w.app.is_running


async def test_the_price_is_shown_or_why_not(window: Open) -> None:
    async with window() as w:
        assert "≈ $0.0160" in w.text
        await w.go("n")
        await w.press("3")
        await w.until_shown("≈ $0.0480")
        await w.form.choose_model("gpt-image-2.5-flare")
        await w.until_shown("$0.0176–0.632")
        await w.form.choose_model("gpt-image-2.6-flare")
        await w.until_shown("no estimate")


async def test_the_log_opens_and_closes_and_keeps_its_state_in_every_place(window: Open) -> None:
    async with window() as w:
        assert "─Log─" in w.text
        await w.press("f2")
        assert "─Log─" not in w.text
        await w.to("queue")
        assert "─Log─" not in w.text
        await w.press("f2")
        await w.to("library")
        assert "─Log─" in w.text


async def test_partial_images_stand_in_the_preview_while_the_image_develops(window: Open) -> None:
    remember(form={**FLARE, "stream": True, "partial_images": 2})
    with Sandbox(pace=1.5) as slow:
        async with window(server=slow) as w:
            job = await w.generate("a lighthouse")
            await w.until_shown("developing · stage 1")
            await w.until_painted()
            first = w.create.preview.path
            await w.until_shown("developing · stage 2")
            assert w.create.preview.path != first and job.running
            await w.until(lambda: job.state is State.DONE, "the image")
            await w.until(lambda: w.create.preview.path == job.saved[0].path, "the saved image in the preview")
            assert "partial image 1" in w.log and "partial image 2" in w.log


async def test_prompts_come_back_by_key_and_by_search_and_the_draft_is_not_lost(window: Open) -> None:
    remember(prompts=["a lighthouse", "a red fox", "two dancers"])
    async with window() as w:
        await w.paste("my draft")
        await w.press("alt+up")
        assert w.form.prompt.text == "two dancers"
        await w.press("alt+up", "alt+up", "alt+up")
        assert w.form.prompt.text == "a lighthouse" and "No earlier prompt" in w.toasts
        await w.press("alt+down", "alt+down", "alt+down")
        assert w.form.prompt.text == "my draft"
        await w.press("ctrl+r")
        await w.until_shown("Prompts that you have sent")
        await w.paste("fox")
        await w.press("enter")
        await w.until(lambda: w.form.prompt.text == "a red fox", "the prompt")
        await w.press("ctrl+z")
        assert w.form.prompt.text == "my draft", "undo brings back what stood there"


async def test_the_form_and_the_prompts_are_remembered_between_two_runs(window: Open) -> None:
    async with window() as w:
        await w.form.choose_model("gpt-image-2.5-flare")
        await w.go("quality")
        await w.press("right")
        chosen = w.field("quality").value
        job = await w.generate("fault:moderation a fox")
        await w.until(lambda: not job.running, "the refusal")
        await w.prompt("not sent yet")
    async with window() as w:
        assert w.form.model.name == "gpt-image-2.5-flare"
        assert w.field("quality").value == chosen
        assert w.form.prompt.text == "not sent yet"
        await w.press("alt+up")
        assert w.form.prompt.text == "fault:moderation a fox"


async def test_the_newest_prompt_is_the_first_that_the_memory_gives_back(window: Open) -> None:
    remember(prompts=["a", "b"])
    async with window() as w:
        job = await w.generate("a")
        await w.until(lambda: not job.running, "the image")
        assert w.app.session.memory.prompts == ["b", "a"]


async def test_a_size_of_another_model_is_no_problem_and_comes_back_with_it(window: Open) -> None:
    async with window() as w:
        await w.form.choose_model("gpt-image-2.5-flare")
        assert w.field("size").value == "1024x1024" and not w.field("size").problem
        await w.form.choose_model("dall-e-2")
        assert w.field("size").value == "256x256"
