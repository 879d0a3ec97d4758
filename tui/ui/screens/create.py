"""Create: the form, the preview of what develops, and the outputs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.widget import Widget

from tui.core.spending import Budget
from tui.core.text import clean
from tui.ui.commands import bindings
from tui.ui.previewer import Previewer
from tui.ui.screens.browsing import Browsing
from tui.ui.session import Session
from tui.ui.shell import shell
from tui.ui.widgets.field import Field
from tui.ui.widgets.form import Form
from tui.ui.widgets.image_list import ImageList
from tui.ui.widgets.preview import Preview
from tui.ui.widgets.prompt import LONGEST

if TYPE_CHECKING:
    from tui.core.events import Event

EMPTY_PREVIEW = "The image develops here.\nWrite a prompt and press ctrl+j."
EMPTY_OUTPUTS = "Your images will stand here.\nPress ctrl+j to make the first one."


class CreateScreen(Browsing):
    """`developing` is the job whose image the preview follows until the person looks at another one."""

    PLACE = "create"
    PANES: ClassVar = (("form", "Prompt"), ("preview", "Preview"), ("outputs", "Outputs"))
    AUTO_FOCUS = "#prompt"
    BINDINGS = [
        *bindings("create"),
        ("escape", "leave_field"),
        # Textual's own act after the letters behind them in a bunch, which then stand in the field that was left.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, session: Session, previewer: Previewer) -> None:
        super().__init__(session, previewer)
        self.developing: str | None = None

    def panes(self) -> Iterable[Widget]:
        yield Form(self.session.catalogue, self.session.memory)
        yield Preview(self.previewer, empty=EMPTY_PREVIEW, id="preview")
        yield ImageList("Outputs", empty=EMPTY_OUTPUTS, id="outputs")

    @property
    def form(self) -> Form:
        return self.query_one(Form)

    def follow(self) -> None:
        super().follow()
        provider = self.session.provider
        sandbox = provider is not None and provider.is_sandbox
        budget = self.session.budget or Budget()
        if self.stands and (self.form.sandbox, self.form.budget) != (sandbox, budget):
            self.form.sandbox, self.form.budget = sandbox, budget
            self.form.refresh_price()

    def develop(self, event: Event) -> None:
        """Follow the newest job: that it was sent, each partial image, then the saved one, or why there is none."""
        from tui.core.events import Cancelled, Failed, Partial, Saved, Sent, Unknown

        if event.job != self.developing or not self.stands:
            return
        match event:
            case Sent():
                self.preview.say(f"#{event.number} is on its way …\nThe image is shown as soon as there is one.")
            case Partial():
                self.preview.show(event.path, f"developing · stage {event.stage + 1}", at_once=True)
            case Saved():
                self.awaited = event.path
            case Failed() | Unknown():
                head = "Outcome unknown" if isinstance(event, Unknown) else "No image"
                self.preview.end(f"{head}: {event.failure.summary}\n{event.failure.advice}")
            case Cancelled():
                self.preview.end(f"#{event.number} was cancelled.")

    def tells(self, job: str) -> bool:
        """Whether what becomes of a job stands in the preview, and that is in sight."""
        return self.developing == job and bool(self.preview.region.area)

    @property
    def follows_cursor(self) -> bool:
        """Not while an image develops, until one looks elsewhere."""
        shown = self.preview.path
        return self.images.has_focus or shown is None or (self.file is not None and self.file.path == shown)

    def action_clear(self) -> None:
        self.form.prompt.write("")
        self.set_focus(self.form.prompt)

    @on(ImageList.Moved)
    def _looks_elsewhere(self, event: ImageList.Moved) -> None:
        if event.lines.has_focus:
            self.developing = None

    @on(Form.Changed)
    def _remember(self) -> None:
        self.form.remember()

    def action_leave_field(self) -> None:
        """From the prompt to where letters act."""
        if self.has_class("-narrow"):
            self.show_pane("outputs" if self.pane == "form" else "form")
        elif self.focused is not None and self.form in self.focused.ancestors_with_self:
            self.set_focus(self.images)
        else:
            self.set_focus(self.form.prompt)

    def action_recall(self, delta: int) -> None:
        if not self.form.prompt.recall(self.session.memory.prompts, delta):
            self.notify("No earlier prompt" if delta < 0 else "No later prompt", timeout=2)

    async def action_more(self) -> None:
        await self.form.toggle_more()

    def action_generate(self) -> None:
        """Send what was typed. The key overtakes those before it, which still wait in line for the focused field."""
        (self.focused or self).call_later(self._generate)

    def _generate(self) -> None:
        """Send the request, or go to the first field that keeps it from being sent."""
        found = self.form.check()
        if found:
            self.show_pane("form", focus=False)
            self.form.go_to(found[0].field)
            self.notify(found[0].text, title=found[0].field, severity="warning", markup=False, timeout=4)
            return
        self.form.remember()
        shell(self).submit(self.form.request)
        if self.has_class("-narrow"):
            self.show_pane("preview")

    def action_editor(self) -> None:
        """The prompt in the person's editor, on the terminal that the app steps back from."""
        from tui.ui import outside

        text: str | None = None
        problem = ""
        try:
            command = outside.editor(os.environ)
            # Where an error passes it, `suspend` does not take the terminal back.
            with self.app.suspend():
                try:
                    text = outside.edit(self.form.prompt.text, command, drop=self.session.secrets)
                except outside.OutsideError as error:
                    problem = str(error)
        except (outside.OutsideError, SuspendNotSupported) as error:
            problem = str(error) or "not possible here"
        if text is None:
            self.notify(problem, severity="warning", markup=False)
        else:
            self.form.prompt.write(clean(text, limit=LONGEST))

    def action_prompts(self) -> None:
        from tui.ui.screens.pick import Pick
        from tui.ui.widgets.choice import Choice

        def chosen(prompt: str | None) -> None:
            if prompt is not None:
                self.form.prompt.write(prompt)

        choices = [Choice(prompt, prompt) for prompt in reversed(self.session.memory.prompts)]
        if choices:
            self.app.push_screen(Pick("Prompts that you have sent", choices), chosen)
        else:
            self.notify("No prompts yet: those that you send are kept here", timeout=3)

    def action_search(self) -> None:
        self._in_library("search")

    def action_details(self) -> None:
        self._in_library("details")

    def _in_library(self, action: str) -> None:
        """What needs the room of the Library happens there."""

        async def go() -> None:
            await self.app.run_action("place('library')")
            self.app.call_after_refresh(self.app.run_action, action, self.app.screen)

        self.app.call_next(go)

    @on(Field.Asked)
    def _choose(self, event: Field.Asked) -> None:
        """A menu for a field, or a line to type its value into."""
        event.stop()
        from tui.ui.screens.pick import Pick

        field, form = event.field, self.form
        current = None if field.value is None else str(field.value)

        def chosen(text: str | None) -> None:
            if text is not None:
                field.change(form.parse(field, text))

        pick = Pick(
            field.label,
            form.choices(field),
            current=current,
            free=field.free,
            hint=field.help_text,
            check=lambda text: form.complaint(field, text),
        )
        self.app.push_screen(pick, chosen)
