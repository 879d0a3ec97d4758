"""The preview: the selected or developing image as cells, on a neutral ground, with a caption below."""

from __future__ import annotations

from pathlib import Path

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from tui.core.text import shorten
from tui.ui.previewer import Previewer, Rendered
from tui.ui.widgets.drawn import Drawn

# A cursor that runs through a list asks for nothing on its way.
SETTLE = 0.03


class Canvas(Drawn, can_focus=True):
    """The rows of one picture, in the middle. `say` puts words there instead."""

    DEFAULT_CSS = """
    Canvas { height: 1fr; width: 1fr; background: #161616; color: #9a9a9a; }
    """
    _rendered: reactive[Rendered | None] = reactive(None, layout=False)
    _words: reactive[str] = reactive("", layout=False)

    def paint(self, rendered: Rendered) -> None:
        self._words = ""
        self._rendered = rendered

    def say(self, words: str) -> None:
        self._rendered = None
        self._words = words

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        style = self.ground
        if self._rendered is None:
            return self._words_line(y).adjust_cell_length(width, style)
        top = max((height - len(self._rendered.strips)) // 2, 0)
        if not top <= y < top + len(self._rendered.strips):
            return Strip.blank(width, style)
        left = max((width - self._rendered.width) // 2, 0)
        row = Strip.join([Strip.blank(left, style), self._rendered.strips[y - top].apply_style(style)])
        return row.adjust_cell_length(width, style)

    def _words_line(self, y: int) -> Strip:
        width, height = self.size
        lines = Content(self._words).wrap(max(min(width - 4, 60), 1)) if self._words else []
        at = y - max((height - len(lines)) // 2, 0)
        if not 0 <= at < len(lines):
            return Strip.blank(width, self.ground)
        text = lines[at].plain.rstrip().center(width)
        from rich.segment import Segment

        return Strip([Segment(text, self.ground)], len(text))


class Preview(Vertical):
    """Shows one image at a time; a newer one makes the work for an older one stale."""

    DEFAULT_CSS = """
    Preview #caption { height: auto; max-height: 4; padding: 0 1; color: $text-muted; background: $surface; }
    Preview #caption.-empty { display: none; }
    """

    def __init__(self, previewer: Previewer, *, empty: str, id: str | None = None) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id, classes="pane")
        self._previewer = previewer
        self._empty = empty
        self._path: Path | None = None
        self._settle: Timer | None = None
        self.border_title = "Preview"

    def compose(self) -> ComposeResult:
        yield Canvas()
        yield Static(id="caption", classes="-empty")

    def on_mount(self) -> None:
        self.canvas.say(self._empty)

    @property
    def canvas(self) -> Canvas:
        return self.query_one(Canvas)

    @property
    def path(self) -> Path | None:
        return self._path

    def show(self, path: Path | None, caption: Content | str = "", *, at_once: bool = False) -> None:
        """Show a file, or the empty state; `caption` is already clean."""
        self.query_one("#caption", Static).update(caption)
        self.query_one("#caption").set_class(not caption, "-empty")
        if path == self._path and path is not None and not at_once:
            return
        self._path = path
        if path is None:
            self.workers.cancel_group(self, "draw")
            self.canvas.say(self._empty)
            return
        self._wait(0 if at_once else SETTLE)

    def say(self, words: str) -> None:
        """Words in place of an image."""
        self.show(None)
        self.canvas.say(words)

    def end(self, words: str) -> None:
        """The job gave no image, or no whole one: the last partial image stays, and the words stand below it."""
        if self._path is None:
            self.canvas.say(words)
        else:
            self.show(self._path, Content.styled(words.replace("\n", " · "), "$error"))

    def redraw(self) -> None:
        """Draw the same image again: the size or the style changed."""
        if self._path is not None:
            self._wait(SETTLE)

    def _wait(self, seconds: float) -> None:
        if self._settle is not None:
            self._settle.stop()
        self._settle = self.set_timer(seconds, self._start) if seconds else None
        if not seconds:
            self._start()

    def _start(self) -> None:
        size = self.canvas.size
        if self._path is not None and size.width and size.height:
            self._draw(self._path, size.width, size.height)

    @work(thread=True, exclusive=True, group="draw", exit_on_error=False)
    def _draw(self, path: Path, columns: int, rows: int) -> None:
        from tui.render.picture import Refused, Stale

        worker = get_current_worker()
        try:
            rendered = self._previewer.draw(path, columns, rows, lambda: worker.is_cancelled)
        except Stale:
            return
        except Refused as refused:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._refused, path, refused.reason)
        except OSError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._refused, path, f"its decoder can't be started: {error.strerror}")
        else:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._drawn, path, rendered)

    def _drawn(self, path: Path, rendered: Rendered) -> None:
        if path == self._path:
            self.canvas.paint(rendered)

    def _refused(self, path: Path, reason: str) -> None:
        if path == self._path:
            self.canvas.say(f"Cannot preview: {shorten(reason, 300)}")

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()
