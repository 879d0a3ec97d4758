"""Texts of strangers in the real program: none of them acts, none types a key, none moves what stands beside it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from tests import strict
from tests.e2e.hostile import Hostile, error, file_names, image, recorded, with_header
from tests.e2e.terminal import App
from tests.emulator import Emulator, differences
from tests.engine.raw import answer
from tests.naughty import MARKUP, NAUGHTY, UNWANTED, one_line
from tests.render.odd import png
from tui.core.text import clean, clean_line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")

KEY = "sk-marker-3e51b0d7"
COLUMNS, ROWS = 160, 50
ALL = "\n".join(NAUGHTY.values())
TIME = re.compile(r" 03:3\d\W")


class Watched(App):
    """The app, of which every byte is looked at when it ends."""

    def __init__(self, home: Path, server: Hostile | None = None, **env: str | None) -> None:
        at = {"OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": KEY} if server else {}
        super().__init__(home, columns=COLUMNS, rows=ROWS, **{**at, **env})
        self.screen = Emulator(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, a letter a cell; the second cell of a wide one has none."""
        return ["".join(cell[0][:1] or "\0" for cell in row) for row in self.screen.cells()]

    @property
    def text(self) -> str:
        return "\n".join(self.rows).replace("\0", "")

    def check(self, after: object) -> None:
        if not self.child.isalive():
            log = (self.home / ".local/state/safelight/safelight.log").read_text()
            raise AssertionError(f"ended after {after!r}:\n{self.text}\n{log[-4000:]}")
        assert not strict.of_app(self.raw), f"after {after!r}"

    def check_whole(self, after: object) -> None:
        """What stands on the screen is what stands there when everything is sent once more."""
        self.wait_until_quiet(0.3)
        seen = self.screen.cells()
        self.screen.fill()
        os.kill(self.child.pid, signal.SIGWINCH)
        self.wait_for(lambda: not self.colours(frozenset(Emulator.FILLED)))
        self.wait_until_quiet(0.3)
        wrong = differences(seen, self.screen.cells())
        assert not wrong, f"after {after!r}: {wrong}"

    def write(self, prompt: str) -> None:
        self.press("f5")
        self.wait_for("/32000")
        if " 0/" not in self.words:
            self.press("ctrl+l")
            self.wait_for(" 0/")
        self.send(prompt.encode())
        self.wait_for(f" {len(prompt)}/")

    def paste(self, text: str) -> None:
        """As a terminal does that takes nothing away, but for the end of the paste."""
        self.send(b"\x1b[200~" + text.encode("utf-8", "surrogatepass").replace(b"\x1b[201~", b"") + b"\x1b[201~")

    def click(self, row: int, column: int) -> None:
        place = b"%d;%d" % (column + 1, row + 1)
        self.send(b"\x1b[<0;" + place + b"M\x1b[<0;" + place + b"m")

    def click_on(self, words: str) -> int:
        """Click on each place where the words stand: how many there were."""
        places = [
            (y, x + offset)
            for y, line in enumerate(self.rows)
            for x in (found.start() for found in re.finditer(re.escape(words), line))
            for offset in (0, len(words) - 1)
        ]
        for row, column in places:
            self.click(row, column)
        self.wait_until_quiet(0.2)
        return len(places)

    def leave(self) -> None:
        """Everything that was written until the end is looked at; the terminal is as it was."""
        assert self.quit() == 0
        assert not strict.of_app(self.raw)
        assert not strict.copied(self.raw)


@pytest.fixture
def server() -> Iterator[Hostile]:
    with Hostile() as running:
        yield running


def settle(home: Path, **memory: object) -> None:
    """Past the welcome, with what is remembered of earlier runs."""
    file = home / ".local/state/safelight/memory.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"welcomed": True, **memory}))


def configure(home: Path, text: str) -> None:
    file = home / ".config/safelight/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


# --- what a provider says --------------------------------------------------------------------------------------------


def test_no_error_of_a_provider_acts(home: Path, server: Hostile) -> None:
    with Watched(home, server) as app:
        app.open()
        for number, (name, text) in enumerate(NAUGHTY.items(), 1):
            server.say(error(text))
            app.generate(f"fox {number}")
            app.wait_for(lambda number=number: re.search(rf"#{number} +(400|outcome)", app.words))  # type: ignore[misc]  # a lambda with a default
            app.check(name)
        assert server.posts == len(NAUGHTY)
        app.press("f7")
        app.wait_for("in all")
        for _ in NAUGHTY:
            app.press("down")
        app.wait_until_quiet()
        app.check("Queue")
        app.leave()


def test_markup_of_a_provider_is_shown_as_it_is_and_does_nothing_when_it_is_clicked(
    home: Path, server: Hostile
) -> None:
    seen = 0
    with Watched(home, server) as app:
        app.open()
        for number, text in enumerate(MARKUP.values(), 1):
            server.say(error(text))
            app.generate(text)
            app.wait_for(lambda: server.posts == number and "running" not in app.text)  # noqa: B023  # it is asked at once
            assert clean_line(text)[:20] in app.words
            seen += sum(app.click_on(words) for words in ("@click", "press here", "[/]"))
            app.check(text)
        assert seen > 10
        app.press("f7")
        app.wait_for("in all")
        app.press(*["down"] * (len(MARKUP) - 2))
        app.wait_until_quiet(0.2)
        assert app.click_on("@click") > 1
        app.check("clicks")
        assert server.posts == len(MARKUP)
        app.leave()


def test_no_other_part_of_an_answer_acts(home: Path, server: Hostile) -> None:
    names = list(NAUGHTY.values())
    page = answer(f"<html><title>{ALL}</title></html>".encode("utf-8", "surrogatepass"), "text/html")
    words = ALL.encode("utf-8", "replace")
    moved = answer(b"", status="307 Moved")
    odd = [
        page,
        answer(ALL.encode("utf-8", "surrogatepass"), "text/plain", "200 OK"),
        answer(json.dumps({"error": ALL}).encode(), status="500 Nothing"),
        answer(json.dumps({"detail": ALL}).encode(), status="422 Nothing"),
        answer(bytes(range(256)) * 4, "application/json", "400 Bad"),
        answer(b"event: error\ndata: " + json.dumps({"message": ALL}).encode() + b"\n\n", "text/event-stream"),
        answer(json.dumps({"data": [{"b64_json": base64.b64encode(words).decode()}]}).encode()),
        *(with_header(moved, "location", f"https://{text}.example/{text}") for text in names[10:40]),
        *(with_header(page, "content-type", f"image/{text}") for text in names[10:25]),
        *(answer(b"", status=f"500 {one_line(text)}") for text in names[10:20]),
        ALL.encode("utf-8", "surrogatepass"),
    ]  # fmt: skip
    configure(home, "[engine]\nretries = 0\n")
    with Watched(home, server) as app:
        app.open()
        for number, response in enumerate(odd, 1):
            server.say(response)
            app.generate(f"fox {number}")
            app.wait_for(lambda: server.posts == number and "running" not in app.text)  # noqa: B023  # it is asked at once
            app.check(response[:80])
        app.press("f2", "f2")
        app.wait_until_quiet()
        app.check("all of them")


def test_a_revised_prompt_is_shown_and_kept_without_what_acts(home: Path, server: Hostile) -> None:
    with Watched(home, server) as app:
        app.open()
        # The last one is written as it came, the others are read again with it.
        texts = [*list(NAUGHTY.values())[::9], ALL]
        for number, text in enumerate(texts, 1):
            server.say(image(text))
            app.generate(f"fox {number}")
            app.wait_for(f"#{number} done")
            app.check(text)
        app.press("f6")
        app.wait_for("revised prompt")
        app.wait_until_quiet()
        app.check("details")
        app.leave()
    kept = [json.loads(path.read_text()) for path in home.glob("Pictures/safelight/.safelight/records/*/*.json")]
    told = {origin["revised_prompt"] for record in kept for origin in record["origins"]}
    assert clean(ALL) in told
    assert not set("".join(filter(None, told))) & UNWANTED


def test_an_image_that_is_not_previewed_is_saved_and_listed_and_says_why(home: Path, server: Hostile) -> None:
    bomb = png(11_450, 11_450, pixels=b"x")
    item = {"b64_json": base64.b64encode(bomb).decode()}
    server.say(answer(json.dumps({"created": 1_790_000_000, "data": [item]}).encode()))
    with Watched(home, server) as app:
        app.open()
        app.generate("a fox")
        app.wait_for("#1 done")
        app.wait_for("Cannot preview: 131 megapixels: more than the 40 that are previewed")
        app.press("f6")
        app.wait_for("11450 x 11450")
        app.wait_for("131 megapixels")
        app.leave()
    (kept,) = app.images
    assert kept.read_bytes() == bomb


# --- what lies on the disk -------------------------------------------------------------------------------------------


def test_names_of_files_and_records_of_others_do_not_act_and_rows_stay_in_line(home: Path) -> None:
    library = home / "Pictures" / "safelight"
    files = file_names(library, list(NAUGHTY.values()))
    texts = [*NAUGHTY.values()]
    for file, text in zip(files[::2], texts[::2], strict=False):
        recorded(library, file, text)
    settle(home)
    with Watched(home) as app:
        app._welcome = False
        app.open()
        app.press("f6")
        app.wait_for("Details")
        for number in range(len(files)):
            app.press("down")
            app.wait_until_quiet(0.05)
            app.check(files[number])
            # Where the times stand, at the ends of the rows.
            app.wait_for(lambda: len({found.start() for row in app.rows if (found := TIME.search(row[:60]))}) == 1)
            if number % 9 == 0 or number > len(files) - 12:
                app.check_whole(files[number])
        for row in range(3):
            app.press(*["up"] * row, "enter")
            app.wait_for(" of ")
            app.wait_until_quiet(0.1)
            app.press("i", "left", "left", "escape")
            app.wait_until_quiet(0.1)
        app.check("full screen")
        app.click_on("@click")
        app.check("clicks")
        app.leave()
