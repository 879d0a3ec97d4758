"""What the screens may ask of the app. The app itself, which wires everything, is not known here."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from textual import events
from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.core.request import Request
from tui.core.text import clean, clean_line
from tui.ui.commands import Command
from tui.ui.garbage import Garbage
from tui.ui.previewer import Previewer
from tui.ui.sending import Sending
from tui.ui.session import Session
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.core.record import Record
    from tui.engine.leftovers import Left
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Cancelled, Deed, Progress
    from tui.ui.acting import Act
    from tui.ui.jobs import Job

    Found = Callable[[Entry, Record | None], None]

T = TypeVar("T")

# Seconds that keys are kept at most.
HELD = 1.0
# Letters that are pasted at most: far more than any model takes.
PASTED = 1_000_000


class Shell(Sending):
    """The part of the app that screens call."""

    session: Session
    previewer: Previewer
    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        self.garbage = Garbage()
        self._held: list[events.Key] = []
        self._hold: Timer | None = None

    def hold_keys(self) -> None:
        """Keep the keys that come from now on until what opens is there to take them."""
        if self._hold is None:
            # Should it never come, the keys must not be lost with it.
            self._hold = self.set_timer(HELD, self.release_keys)

    def release_keys(self) -> None:
        """Hand out the keys that were kept, before those that came since and still wait in line."""
        self.call_next(self._hand_out)

    async def _hand_out(self) -> None:
        if self._hold is not None:
            self._hold.stop()
            self._hold = None
        # One of them may open something that takes the others.
        while self._held and self._hold is None:
            await super().on_event(self._held.pop(0))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self.garbage.busy()
        if isinstance(event, events.Paste):
            event.text = clean(event.text, limit=PASTED)
        if isinstance(event, events.MouseDown) and self._has_gone(event):
            return
        if self._hold is not None and isinstance(event, events.Key) and not event.is_forwarded:
            self._held.append(event)
        else:
            await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:  # Textual's
        """Where no key is text, each acts before the next one is looked at.

        Left to Textual, it acts when it has come up from the focus to here, and what it opens or goes to misses those
        behind it in a bunch: they would act on images.
        """
        if await super()._check_bindings(key, priority):
            return True
        at_once = priority and not self.screen.is_modal and not _takes_keys(self.focused)
        return at_once and await super()._check_bindings(key)

    def _has_gone(self, event: events.MouseDown) -> bool:
        """Whether what stands below the mouse was taken away just now, as toasts are: Textual would end by an error."""
        widget, _ = self.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
        return widget is not None and widget is not self.screen and widget.parent is None

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002  # never, whoever asks: what is told may come from outside
    ) -> None:
        """A toast, its text cleaned and shown without markup."""
        super().notify(clean(message), title=clean_line(title), severity=severity, timeout=timeout, markup=False)

    def keys_of(self, command: Command) -> str:
        """A command's keys, as the keymap has them."""
        return self._keymap.get(command.id, command.keys)

    @abstractmethod
    def submit(self, request: Request) -> None:
        """Send a request; words about what is wrong are shown, nothing is raised."""

    @abstractmethod
    def resend(self, job: Job) -> None:
        """Send a job's request once more, to the provider that it went to."""

    @abstractmethod
    def cancel_job(self, job: str) -> None:
        """Cancel a job at whatever stage it is."""

    @abstractmethod
    def move_job(self, job: str, delta: int) -> None:
        """Move a waiting job forward (negative) or back."""

    @abstractmethod
    def list_images(self, *, rescan: bool = True) -> None:
        """List the folder of the session anew; the place that is shown is filled when it is read.

        Without `rescan` only what is wanted of it changed, and the folder is not looked through again.
        """

    @abstractmethod
    def look_up(self, file: Entry, then: Found, *, only_latest: str = "") -> None:
        """Find what is known of an image and call `then` on the UI thread.

        With `only_latest`, a name, a later look-up of the same name takes the place of this one.
        """

    @abstractmethod
    def fetch(
        self, numbers: Iterable[int], then: Callable[[Mapping[int, Entry]], None], *, library: bool = False
    ) -> None:
        """Read what is known of images of the folder that is shown, or of the library, and call `then` with it."""

    @abstractmethod
    def ask(
        self,
        question: Callable[[Index], T],
        then: Callable[[T], object],
        *,
        library: bool = False,
        only_latest: str = "",
    ) -> None:
        """Put a question to the index of the folder that is shown, or of the library, and call `then` with the answer.

        With `only_latest`, a name, a later question of the same name takes the place of this one.
        """

    @abstractmethod
    def act(self, numbers: Sequence[int], act: Act, *, words: str, library: bool = False) -> None:
        """Do something to images of the folder that is shown, or of the library; `words` say what, while it lasts."""

    @abstractmethod
    def work_on(
        self,
        run: Callable[[Progress, Cancelled], Deed],
        *,
        words: str,
        keep: bool = True,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Do it in a worker; when it lasts a box says how far it is, and escape stops it between two images.

        What was done is told, and can be taken back with `keep`; `then` is called behind it.
        """

    @abstractmethod
    def sort_images(self, order: str, *, reverse: bool) -> None:
        """List the images in another order."""

    @abstractmethod
    def count_spending(self) -> object:
        """Find out anew what was spent."""

    @abstractmethod
    def refill(self) -> None:
        """Fill the place that is shown with what was listed last."""

    @abstractmethod
    def open_folder(self, folder: Path | None) -> None:
        """List another folder, or the library again for None."""

    @abstractmethod
    def reuse(self, request: Request) -> None:
        """Put a request's settings into Create and go there."""

    @abstractmethod
    def answer_job(self, job: str, choice: str, folder: Path | None = None) -> None:
        """Give a waiting job the person's answer; the folder goes with "elsewhere"."""

    @abstractmethod
    def finish_left(self, left: Left) -> None:
        """Save what came of a job that an earlier run left."""

    @abstractmethod
    def resend_left(self, left: Left) -> None:
        """Send its request once more, to the provider that it went to; it is forgotten once that has ended well."""

    @abstractmethod
    def keep_left(self, job: str) -> None:
        """Keep a job as it is: it is listed, but nobody is told of it any more."""

    @abstractmethod
    def forget_left(self, job: str) -> None:
        """Take a job away, with all that came of its answer."""

    @abstractmethod
    def settle_left(self, left: Left) -> None:
        """Ask what is to become of a job that an earlier run left."""

    @abstractmethod
    def ask_to_forget(self, left: Left) -> None:
        """Forget it, if the person means it."""

    @abstractmethod
    def remember(self) -> None:
        """Write down what is remembered between runs."""

    @abstractmethod
    def use_provider(self, name: str) -> None:
        """Send from now on to another provider."""

    @abstractmethod
    def next_style(self) -> str:
        """Draw previews in the next style from now on; its name."""

    @property
    @abstractmethod
    def theme_names(self) -> list[str]:
        """The themes that can be chosen."""


def shell(node: DOMNode) -> Shell:
    """The app that a screen or widget belongs to."""
    return cast(Shell, node.app)


def _takes_keys(widget: Widget | None) -> bool:
    """Whether keys are first of all the widget's own, as text or otherwise."""
    return isinstance(widget, (Input, TextArea)) or hasattr(widget, "on_key")
