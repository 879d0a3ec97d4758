"""What every screen with a preview does with the picture: nearer, further, aside, in another style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.render.view import View, Window
from tui.ui.shell import shell
from tui.ui.widgets.preview import Preview

# Cells that one key moves the picture by.
ACROSS, DOWN = 8, 4


class Looking(Screen[Any]):
    """The actions of the scope `preview`, on the screen's own."""

    @property
    def preview(self) -> Preview:
        return self.query_one(Preview)

    def relisted(self) -> None:
        """The images were listed anew: what is known of them may have changed."""

    def on_screen_suspend(self) -> None:
        for preview in self.query(Preview):
            preview.cover(True)

    def on_screen_resume(self) -> None:
        """The look may have changed while another screen was shown."""
        for preview in self.query(Preview):
            preview.cover(False)

    def look(self, how: Callable[[View, Window], View]) -> None:
        """Look from elsewhere; `how` makes the new view of the old one."""
        self.preview.zoom(how)

    def action_zoom_in(self) -> None:
        self.look(View.zoom_in)

    def action_zoom_out(self) -> None:
        self.look(View.zoom_out)

    def action_true_size(self) -> None:
        self.look(View.one_to_one)

    def action_whole(self) -> None:
        self.look(lambda view, _: view.fit())

    def action_pan(self, across: int, down: int) -> None:
        self.look(_moved(across * ACROSS, down * DOWN))

    def action_next_style(self) -> None:
        self.notify(f"Preview: {shell(self).next_style()}", timeout=2)

    def action_pause(self) -> None:
        paused = self.preview.pause()
        if paused is None:
            self.notify("This image does not move.", timeout=2)


def _moved(columns: int, rows: int) -> Callable[[View, Window], View]:
    def moved(view: View, window: Window) -> View:
        # All of it is seen: there is nowhere to go.
        return view if view.scale is None else view.pan(window, columns, rows)

    return moved
