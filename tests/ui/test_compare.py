"""Comparing: which images, side by side and in one another's place, looked at together, and what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Open
from tests.ui.test_judge import known, marked, record
from tests.ui.test_library import HOSTILE, listed, paint, point
from tests.ui.window import Window, no_control_character
from tui.core.differences import ADDED, KEPT, REMOVED, Run, differing, words
from tui.render.view import View
from tui.render.view import Window as Looked
from tui.ui.commands import COMMANDS
from tui.ui.screens.compare import Compare, compared


async def comparing(w: Window) -> Compare:
    await w.press("c")
    await w.until(lambda: isinstance(w.screen, Compare), "the comparison")
    screen = w.screen
    assert isinstance(screen, Compare)
    await w.until(lambda: all(each.canvas.painted for each in screen.previews if each.display), "the pictures")
    return screen


def seen(screen: Compare) -> list[str]:
    return [each.path.name for each in screen.previews if each.display and each.path]


def painted(folder: Path, *names: str) -> list[Path]:
    return [paint(folder / f"{name}.png", name) for name in names]


# --- which ---


@pytest.mark.parametrize(
    ("place", "marks", "numbers"),
    [
        (0, (), [9, 8]), (3, (), [7, 6]), (1, (9, 6), [9, 6]), (1, (6, 9, 8), [9, 8, 6]), (2, (9,), [9, 7]),
        (0, (9,), [9, 8]), (1, (6, 100), [100, 6]), (None, (), []), (None, (9,), [9]),
    ],
)  # fmt: skip
def test_it_is_the_marked_ones_or_one_and_its_neighbour_that_are_compared(
    place: int | None, marks: tuple[int, ...], numbers: list[int]
) -> None:
    assert compared([9, 8, 7, 6], place, marks) == numbers


def test_a_single_image_has_none_to_be_compared_with() -> None:
    assert compared([9], 0, ()) == [9]


async def test_marked_images_stand_side_by_side_in_the_order_of_the_list(window: Open, library: Path) -> None:
    red, green, blue = painted(library, "red", "green", "blue")
    async with window() as w:
        await w.to("library")
        await listed(w, 3)
        await marked(w, red, blue)
        screen = await comparing(w)
        order = [each.path.name for each in w.images.files if each.path != green]
        assert seen(screen) == order
        await w.press("escape")
        await w.until(lambda: w.screen.id == "library", "the library")


async def test_too_many_or_too_few_are_told(window: Open, library: Path) -> None:
    painted(library, "red")
    async with window() as w:
        await w.to("library")
        await listed(w, 1)
        await w.press("c")
        assert any("no other image" in toast for toast in w.toasts)
        painted(library, "green", "blue", "yellow", "black")
        await listed(w, 5)
        await w.press("ctrl+a", "c")
        assert any("2 to 4 images can be compared; 5 are marked" in toast for toast in w.toasts)
        assert w.screen.id == "library"


# --- looking ---


async def test_one_is_seen_in_the_place_of_the_other_and_all_of_them_again(window: Open, library: Path) -> None:
    painted(library, "red", "green")
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        screen = await comparing(w)
        both = seen(screen)
        await w.press("x")
        assert seen(screen) == both[:1]
        whole = screen.preview.canvas.size
        await w.press("tab")
        await w.until(lambda: seen(screen) == both[1:] and screen.preview.canvas.size == whole, "the other")
        await w.press("x")
        assert seen(screen) == both[:1]
        await w.press("c")
        assert seen(screen) == both


async def test_near_and_aside_is_one_look_at_all_of_them(window: Open, library: Path) -> None:
    for file in painted(library, "red", "blue"):
        Image.open(file).resize((600, 400)).save(file)
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        screen = await comparing(w)
        one, other = screen.previews
        await w.until(lambda: one.window and other.window, "what they are looked through")
        await w.press("plus", "plus", "L", "J")
        assert one.view != View()
        assert one.view == other.view
        await w.press("right", "w")
        assert one.view == other.view == View()


def test_a_look_is_carried_to_an_image_of_another_size() -> None:
    here, there = (Looked(size, 40, 20, (2, 2)) for size in ((1000, 500), (500, 250)))
    assert View().carried(here, there) == View()
    view = View(0.5, (700, 100))
    assert view.carried(here, there) == View(1.0, (350, 50))
    part, theirs = view.part(here), view.carried(here, there).part(there)
    assert theirs.width == pytest.approx(part.width / 2)
    assert (theirs.left, theirs.top) == pytest.approx((part.left / 2, part.top / 2))


async def test_on_a_small_screen_two_stand_beside_each_other_and_more_take_turns(window: Open, library: Path) -> None:
    painted(library, "red", "green", "blue")
    async with window(size=(80, 24)) as w:
        await w.to("library")
        await listed(w, 3)
        screen = await comparing(w)
        assert len(seen(screen)) == 2
        await w.press("escape", "ctrl+a")
        screen = await comparing(w)
        assert len(seen(screen)) == 1
        await w.press("c")
        assert any("no room" in toast for toast in w.toasts)
        await w.resize(120, 40)
        await w.until(lambda: len(seen(screen)) == 3, "all three")


# --- judging ---


async def test_the_chosen_one_is_judged_and_the_comparison_says_so(window: Open, library: Path) -> None:
    painted(library, "red", "green")
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        screen = await comparing(w)
        second = library / seen(screen)[1]
        await w.press("right", "4")
        await w.until_shown("★★★★")
        assert known(library, second).rating == 4
        await w.press("u")
        await w.until(lambda: "★" not in w.text, "no stars")
        await w.press("x", "f")
        await w.until_shown("♥")
        assert known(library, library / seen(screen)[0]).favourite


# --- what differs ---


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("a red fox", "a red fox", [(KEPT, "a red fox")]),
        ("a red fox", "a blue fox", [(KEPT, "a"), (REMOVED, "red"), (ADDED, "blue"), (KEPT, "fox")]),
        ("a fox", "a fox in snow", [(KEPT, "a fox"), (ADDED, "in snow")]),
        ("", "new", [(ADDED, "new")]),
        ("gone", "", [(REMOVED, "gone")]),
        ("a a a", "a a", [(KEPT, "a a"), (REMOVED, "a")]),
        ("", "", []),
    ],
)
def test_prompts_differ_by_words(before: str, after: str, runs: list[tuple[str, str]]) -> None:
    assert words(before, after) == [Run(*run) for run in runs]


def test_both_prompts_can_be_read_from_what_differs() -> None:
    before = " ".join(f"{n % 7} word{n % 13}" for n in range(2000))
    after = " ".join(f"{n % 5} word{n % 11}" for n in range(2000))
    runs = words(before, after)
    assert " ".join(run.text for run in runs if run.what != ADDED) == before
    assert " ".join(run.text for run in runs if run.what != REMOVED) == after


def test_only_parameters_that_are_not_the_same_differ() -> None:
    columns = [{"size": "1", "n": "1"}, {"size": "1", "n": "2", "style": "vivid"}]
    assert differing(columns) == [("n", ("1", "2")), ("style", ("", "vivid"))]


async def test_prompts_and_parameters_that_differ_are_told(window: Open, library: Path) -> None:
    red, green = painted(library, "red", "green")
    record(library, red, "a red fox in the snow", made=1_700_000_000, parameters={"size": "1024x1024", "n": 1})
    record(library, green, "a green fox in the snow", made=1_700_000_001, parameters={"size": "512x512", "n": 1})
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await comparing(w)
        await w.until_shown("a green red fox in the snow")
        row = next(row for row in w.rows if "size" in row)
        assert "512x512" in row and "1024x1024" in row
        assert "provider" not in w.text
        segments = [segment for strip in w.screen._compositor.render_strips() for segment in strip]
        styled = [(each.text, each.style) for each in segments if each.style]
        assert [text for text, style in styled if style.strike] == ["green"]
        assert [text for text, style in styled if style.underline and text.strip()] == ["red"]


async def test_images_of_one_request_do_not_differ_and_hostile_prompts_do_no_harm(window: Open, library: Path) -> None:
    red, green = painted(library, "red", "green")
    record(library, red, "the same", made=1_700_000_000)
    record(library, green, "the same", made=1_700_000_001)
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await comparing(w)
        await w.until_shown("made of the same request")
        await w.press("escape")
        blue = paint(library / "blue.png", "blue")
        record(library, blue, HOSTILE, made=1_700_000_002, parameters={HOSTILE: HOSTILE})
        await listed(w, 3)
        await point(w, blue)
        await comparing(w)
        await w.until_shown("[@click")
        assert no_control_character(w.app)


async def test_an_image_that_goes_ends_its_comparison(window: Open, library: Path) -> None:
    red, _ = painted(library, "red", "green")
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await comparing(w)
        red.unlink()
        await w.until(lambda: w.screen.id == "library", "the library")
        assert any("gone" in toast for toast in w.toasts)


async def test_every_command_of_the_comparison_is_in_the_palette(window: Open, library: Path) -> None:
    painted(library, "red", "green")
    async with window() as w:
        await w.to("library")
        await listed(w, 2)
        await comparing(w)
        await w.press("ctrl+p")
        await w.until_shown("Commands")
        found = {choice.value for choice in w.screen._choices}
        assert {c.id for c in COMMANDS if c.scope in ("compare", "judge", "preview")} <= found
        await w.press(*"flip", "enter")
        await w.until(lambda: isinstance(w.screen, Compare) and w.screen.flipped, "one of them alone")
