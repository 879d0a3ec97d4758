"""Places, panes, keys, palette, help: everything can be reached from the keyboard, and nothing by mistake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui.conftest import Open
from tests.ui.test_library import paint
from tests.ui.window import configure, remember
from tui.core import paths
from tui.sandbox.server import Sandbox
from tui.ui.commands import COMMANDS
from tui.ui.widgets.field import Field
from tui.ui.widgets.log_pane import LogPane


async def test_the_places_are_reached_from_inside_the_prompt(window: Open) -> None:
    async with window() as w:
        await w.write("a f")
        for key, place in (("f6", "library"), ("f7", "queue"), ("f8", "spend"), ("f5", "create")):
            await w.press(key)
            assert w.screen.id == place
        assert w.focus == "prompt" and w.form.prompt.text == "a f"


async def test_letters_in_the_prompt_are_text(window: Open, sandbox: Sandbox) -> None:
    async with window() as w:
        await w.make("a fox")
        await w.press("ctrl+a")
        w.form.prompt.clear()
        await w.write("qreyPidf/?:m")
        assert w.form.prompt.text == "qreyPidf/?:m"
        assert w.screen is w.create and len(sandbox.posts) == 1


async def test_escape_leaves_the_prompt_and_goes_back_into_it(window: Open) -> None:
    async with window() as w:
        await w.make("a fox")
        await w.press("escape")
        assert w.focus == "outputs"
        await w.press("escape")
        assert w.focus == "prompt"


async def test_f3_goes_round_the_panes(window: Open) -> None:
    async with window() as w:
        seen = [w.focus]
        for _ in range(3):
            await w.press("f3")
            await w.until(lambda: w.focus != seen[-1], "another pane")
            seen.append(w.focus)
        assert seen[0] == seen[3] == "prompt" and "outputs" in seen


async def test_tab_goes_through_every_field(window: Open) -> None:
    async with window() as w:
        seen = []
        while w.focus not in seen:
            seen.append(w.focus)
            await w.press("tab")
        assert {"prompt", "field-model", "field-size", "field-quality", "field-n", "more", "generate"} <= set(seen)
        assert {"outputs", "log"} <= set(seen)


async def test_jump_puts_a_letter_on_every_pane_and_field(window: Open) -> None:
    async with window() as w:
        await w.press("ctrl+o")
        await w.until(lambda: len(w.screen.query(".letter")) > 5, "the letters")
        targets = w.screen._targets
        assert {widget.id for widget in targets.values()} >= {"prompt", "field-model", "field-n", "outputs", "log"}
        letter = next(letter for letter, widget in targets.items() if widget.id == "field-n")
        for label in w.screen.query(".letter"):
            assert w.screen.size.region.contains_region(label.region)
        await w.press(letter)
        assert w.focus == "field-n"
        await w.press("ctrl+o", "escape")
        assert w.focus == "field-n" and w.screen is w.create


async def test_help_lists_the_keys_that_act_here_from_both_keys(window: Open) -> None:
    async with window() as w:
        await w.press("f1")
        await w.until_shown("Send the request")
        await w.press("escape")
        await w.to("queue")
        await w.press("question_mark")
        await w.until_shown("Cancel the job")
        assert "Send the request" not in w.text
        await w.press("escape")
        assert w.screen.id == "queue"


async def test_every_command_can_be_found_in_the_palette_where_it_acts(window: Open) -> None:
    async with window() as w:
        await w.make("a fox")
        found: set[str] = set()
        for place in ("create", "library", "queue", "spend"):
            await w.to(place)
            if place == "create":
                w.images.focus()
                await w.settle()
            await w.press("ctrl+p")
            await w.until_shown("Commands")
            found |= {choice.value for choice in w.screen._choices}
            await w.press("escape")
        elsewhere = {"viewer", "compare", "export", "spend"}
        unasked = {"palette", "copy", "copy_scp", "answer", "settle"}
        expected = {c.id for c in COMMANDS if c.scope not in elsewhere} - unasked
        assert expected <= found


async def test_the_palette_runs_what_is_chosen(window: Open) -> None:
    async with window() as w:
        await w.press("ctrl+p")
        await w.paste("queue")
        await w.press("enter")
        await w.until(lambda: w.screen.id == "queue", "the queue")
        await w.press("colon")
        await w.paste("show or hide the log")
        await w.press("enter")
        await w.until(lambda: "─Log─" not in w.text, "the log gone")
        await w.press("ctrl+p", "escape")
        assert w.screen.id == "queue"


async def test_the_header_and_the_key_bar_are_clicked(window: Open) -> None:
    async with window() as w:
        await w.pilot.click(offset=(w.rows[0].index("Queue") + 1, 0))
        await w.until(lambda: w.screen.id == "queue", "the queue")
        await w.pilot.click(offset=(w.rows[-1].index("Log"), w.app.size.height - 1))
        await w.until(lambda: "─Log─" not in w.text, "the log gone")


async def test_a_keymap_changes_the_keys_the_help_and_the_palette(window: Open) -> None:
    configure('[keys]\ngenerate = "ctrl+g"\nlog = "f8"\nno_such_action = "f9"\n')
    async with window() as w:
        await w.press("f8")
        assert "─Log─" not in w.text
        await w.press("f2")
        assert "─Log─" not in w.text, "the key of old does nothing"
        assert "ctrl+g Generate" in w.rows[-1] and "f8 Log" in w.rows[-1]
        await w.press("f1")
        await w.until_shown("ctrl+g")
        assert next(row for row in w.rows if "Send the request" in row).count("ctrl+g") == 1
        await w.press("escape")
        await w.prompt("a fox")
        await w.press("ctrl+g")
        await w.until(lambda: len(w.app.session.jobs) == 1, "the job")


async def test_the_button_shows_the_key_of_the_keymap(window: Open) -> None:
    configure('[keys]\ngenerate = "ctrl+g"\n')
    async with window() as w:
        assert "Generate  ctrl+g" in w.text and "Generate  ctrl+j" not in w.text


async def test_another_provider_is_chosen_in_the_app(
    window: Open, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as other:
        configure(f'[providers.mine]\nbase_url = "{other.base_url}"\nkey_env = "MY_KEY"\n')
        monkeypatch.setenv("MY_KEY", "k-2")
        async with window() as w:
            await w.press("ctrl+n")
            await w.until_shown("paints locally, charges nothing")
            await w.paste("mine")
            await w.press("enter")
            await w.until_shown("mine · 127.0.0.1")
            job = await w.generate("a fox")
            await w.until(lambda: not job.running, "the image")
            assert len(other.posts) == 1 and sandbox.posts == []
            assert other.posts[0].headers["authorization"] == "Bearer k-2"
            assert "k-2" not in w.text and "k-2" not in w.log


async def test_a_provider_without_its_key_is_refused_in_words_and_the_old_one_stays(window: Open) -> None:
    folder = paths.config_folder(os.environ) / "keys"
    folder.mkdir(parents=True)
    (folder / "mine").write_text("k-3")
    (folder / "mine").chmod(0o644)
    configure('[providers.mine]\nbase_url = "https://images.example/v1"\n')
    async with window() as w:
        before = w.app.session.provider
        w.app.use_provider("mine")
        await w.until(lambda: "others can read the key file" in w.log, "the refusal")
        assert w.app.session.provider is before and "chmod 600" in w.log


async def test_the_first_run_explains_the_sandbox_and_where_a_key_goes_and_the_second_does_not(
    window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = window()
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name)
    (paths.state_folder(os.environ) / "memory.json").unlink()
    async with first as w:
        await w.until_shown("No key was found, so you are in the sandbox")
        assert "OPENAI_API_KEY" in w.text and "keys/openai" in w.text
        await w.press("enter")
        await w.until(lambda: w.screen is w.create, "Create")
        assert w.focus == "prompt"
    async with window() as w:
        assert w.screen is w.create
        await w.press("ctrl+p")
        await w.paste("first steps")
        await w.press("enter")
        await w.until_shown("A darkroom for images.")


async def test_what_the_configuration_has_wrong_is_named_and_passed_over(window: Open) -> None:
    configure('theme = "no-such"\nsize = 3\n[engine]\nparallel = "x"\n')
    async with window() as w:
        assert "there is no setting size" in w.log
        assert "engine.parallel must be a whole number" in w.log
        assert w.app.theme == "safelight"


async def test_an_editor_that_cannot_be_had_here_is_told_and_the_prompt_stays(
    window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with window() as w:
        await w.prompt("a fox")
        monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
        await w.press("f4")
        await w.until(lambda: w.toasts, "words about it")
        assert w.form.prompt.text == "a fox"


class FallenError(Exception):
    """What the test has an action raise."""


async def test_a_crash_report_has_no_value_of_a_variable(
    window: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def falls(self: object, *_: object) -> None:
        secret = "sk-marker-7d20"
        raise FallenError(f"it broke with key {secret}")

    monkeypatch.setattr("tui.ui.actions.Actions.action_toggle_log", falls)
    with pytest.raises(FallenError):
        async with window() as w:
            await w.prompt("my secret plan")
            await w.press("f2")
            await w.until(lambda: not w.app._running, "the end")
    report = capsys.readouterr().err
    assert "Safelight ended by an error of its own" in report and "in falls" in report
    assert "sk-marker" not in report and "my secret plan" not in report
    log = paths.log_file(os.environ).read_text()
    assert "FallenError" in log and "sk-marker" not in log and "my secret plan" not in log


async def test_what_is_typed_outlives_every_size(window: Open) -> None:
    async with window() as w:
        await w.write("a")
        for letter, size in zip(
            "bcdefgh", [(80, 24), (40, 10), (20, 5), (200, 60), (5, 3), (1, 1), (120, 40)], strict=True
        ):
            await w.resize(*size)
            await w.write(letter)
            assert len(w.rows) == size[1]
        assert w.form.prompt.text == "abcdefgh"
        for place in ("library", "queue", "create"):
            await w.to(place)
            for size in ((20, 5), (40, 10), (200, 60), (80, 24)):
                await w.resize(*size)
        for key in ("f1", "ctrl+p", "ctrl+o"):
            await w.press(key)
            await w.resize(20, 5)
            await w.resize(120, 40)
            await w.press("escape")
        assert w.form.prompt.text == "abcdefgh"


async def test_on_a_small_screen_one_pane_stands_and_the_focus_is_never_out_of_sight(window: Open) -> None:
    async with window((80, 24)) as w:
        await w.make("a fox")

        def panes() -> list[str]:
            return [name for name, _ in w.create.PANES if w.create.query_one(f"#{name}").region.area]

        def focus_in_sight() -> bool:
            return w.app.focused is not None and bool(w.app.focused.region.area)

        for _ in range(4):
            await w.press("f3")
            await w.until(lambda: len(panes()) == 1 and focus_in_sight(), "one pane, with the focus")
        for _ in range(12):
            await w.press("tab")
            await w.until(lambda: len(panes()) == 1 and focus_in_sight(), "one pane, with the focus")
        await w.press("escape")
        await w.until(focus_in_sight, "the focus")


async def test_a_filled_form_fits_80x24_with_the_log_open(window: Open) -> None:
    remember(form={"model": "gpt-image-2.5-flare", "stream": True, "partial_images": 2, "output_format": "jpeg"})
    async with window((80, 24)) as w:
        for name in ("model", "size", "quality", "n", "output_format", "background", "output_compression"):
            field = w.field(name)
            assert isinstance(field, Field) and w.screen.size.region.contains_region(field.region), name
            assert field.label in w.text
        assert "Generate" in w.text and "─Log─" in w.text and w.form.prompt.region.height >= 2


async def test_the_editor_s_text_comes_back_into_the_prompt(
    window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pilot's terminal can't be given away, so that stepping back from it is left out; the pty tests have it."""
    from contextlib import nullcontext

    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf " in the snow\\033[31m" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    async with window() as w:
        monkeypatch.setattr(w.app, "suspend", nullcontext)
        await w.prompt("a fox")
        await w.press("f4")
        await w.until(lambda: w.form.prompt.text == "a fox in the snow[31m", "the editor's text")
        await w.press("ctrl+z")
        assert w.form.prompt.text == "a fox"


async def test_the_log_follows_its_end_unless_one_went_up(window: Open) -> None:
    async with window((80, 24)) as w:
        log = w.here(LogPane)
        for number in range(3):
            job = await w.generate(f"fault:moderation {number}")
            await w.until(lambda job=job: not job.running, "its end")
            await w.until(lambda: log.scroll_offset.y == log.count - log.size.height > 0, "the end of the log")
        await w.until_shown("→ The prompt is kept")
        log.focus()
        await w.press("g")
        await w.until(lambda: log.scroll_offset.y == 0, "the beginning")
        w.app.session.log.say("something new")
        log.follow()
        await w.settle()
        assert log.scroll_offset.y == 0 and "something new" not in w.text
        await w.press("G")
        await w.until_shown("something new")


async def test_a_long_list_scrolls_with_its_cursor(window: Open, library: Path) -> None:
    for number in range(60):
        paint(library / f"{number:02}.png")
    async with window() as w:
        await w.to("library")
        await w.until(lambda: len(w.images.files) == 60, "the images")
        await w.press("G")
        await w.until(lambda: w.images.file is w.images.files[-1], "the last")
        await w.until_shown(w.images.files[-1].name)
        await w.press("g")
        await w.until_shown("Today")
        await w.press("ctrl+d")
        assert w.images.cursor > 5
