"""What copies of the chosen images are to be, and where they go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.core import naming
from tui.core.paths import expanded, shown
from tui.core.text import human_bytes, image_count
from tui.ui.commands import bindings
from tui.ui.exporting import SHEET_NAME, TILE
from tui.ui.screens.box import Box
from tui.ui.screens.folder import FolderPick
from tui.ui.screens.pick import Pick
from tui.ui.widgets.action import Action
from tui.ui.widgets.choice import Choice
from tui.ui.widgets.field import Field
from tui.ui.widgets.named_field import NamedField
from tui.ui.wishes import ORIGINAL, PORTABLE, SHEET, Wishes

if TYPE_CHECKING:
    from tui.library.entry import Entry

MOST_PIXELS = 16_384
FORMS = [
    Choice(ORIGINAL, "originals", "the bytes as they are"),
    Choice(PORTABLE, "portable", "with the prompt inside, for other programs"),
    Choice("clean", "clean", "without any metadata"),
    Choice(SHEET, "contact sheet", "all of them on one image"),
]
FORMATS = [
    Choice("", "as it is"), Choice("png", "PNG"), Choice("jpeg", "JPEG", "what is transparent becomes white"),
    Choice("webp", "WebP"),
]  # fmt: skip
SIDES = [Choice("", "as it is"), *(Choice(str(side), f"{side} pixels") for side in (512, 1024, 1600, 2048, 4096))]
TILES = [Choice("", f"{TILE} pixels"), *(Choice(str(side), f"{side} pixels") for side in (160, 240, 480, 640))]
COLUMNS = [Choice(str(number), str(number)) for number in range(1, 11)]
NAMES = [
    Choice("", "as they are"),
    Choice("{prompt}_{index:02d}", "{prompt}_{index:02d}"),
    Choice("{model}-{created:%Y%m%d_%H%M%S}_{index}", "{model}-{created:%Y%m%d_%H%M%S}_{index}"),
]
MANIFESTS = [
    Choice("", "none"), Choice("json", "JSON", "what is known of each, for programs"),
    Choice("csv", "CSV", "the same as a table"),
]  # fmt: skip
KEEPS = {
    ORIGINAL: "Byte for byte as they were saved: content credentials stay inside.",
    PORTABLE: "The prompt goes inside; content credentials that an image has are lost: only originals keep them.",
    "clean": "Nothing goes inside: no prompt, and no content credentials that an image has.",
    SHEET: "One PNG with every image and its name.",
}


class Export(Box[bool | None]):
    """Changes `wishes` as the person wants them, and gives back True where it is to be done."""

    BINDINGS = [("escape", "dismiss(None)", "Back"), *bindings("export")]
    AUTO_FOCUS = "NamedField"

    def __init__(self, entries: Sequence[Entry], wishes: Wishes) -> None:
        super().__init__()
        self._entries = entries
        self._wishes = wishes

    def compose(self) -> ComposeResult:
        count = len(self._entries)
        things = image_count(count)
        size = human_bytes(sum(entry.bytes for entry in self._entries))
        with Vertical(id="box") as box:
            box.border_title = Content.assemble(f"Export {things}", (f"  {size}", "$text-muted"))
            box.border_subtitle = "← → change · enter choose · esc back"
            with Vertical(id="wishes"):
                yield from self._fields()
            yield Static(id="note", markup=False)
            yield Action("export_now", "Export", id="export-now")

    def on_mount(self) -> None:
        super().on_mount()
        self._tell()

    def _fields(self) -> Iterable[Field]:
        wishes = self._wishes
        side = str(wishes.side or "")
        yield NamedField("form", "Copies", FORMS, wishes.form)
        if wishes.form == SHEET:
            yield NamedField("columns", "Columns", COLUMNS, str(wishes.columns))
            yield NamedField("side", "Image side", TILES, side, hint="pixels", check=_side_problem)
        else:
            yield NamedField("kind", "Format", FORMATS, wishes.kind)
            yield NamedField("side", "Long side", SIDES, side, hint="pixels", check=_side_problem)
            hint = "from {model} {created} {index} {prompt} {job}"
            yield NamedField("template", "Names", NAMES, wishes.template, hint=hint, check=template_problem)
            yield NamedField("manifest", "Manifest", MANIFESTS, wishes.manifest)
        yield NamedField("target", "To", [], wishes.target)

    # --- choosing -----------------------------------------------------------------------------------------------------

    @on(Field.Asked)
    def _asked(self, event: Field.Asked) -> None:
        field = event.field
        assert isinstance(field, NamedField)

        def chosen(text: str | None) -> None:
            if text is not None:
                field.change(text.strip())

        if field.field == "target":
            places = [Choice(text, text) for text in dict.fromkeys([self._wishes.target, Wishes.target, "~/Downloads"])]
            hint = (
                "a folder, or a new .zip" if self._wishes.form != SHEET else f"a folder, or a new .png ({SHEET_NAME})"
            )
            self.app.push_screen(FolderPick("Export to", places, hint=f"{hint}; tab completes it"), chosen)
        else:
            current = str(field.value or "")
            menu = Pick(
                field.label, field.offered, current=current, free=field.free, hint=field.hint, check=field.check
            )
            self.app.push_screen(menu, chosen)

    @on(Field.Changed)
    async def _changed(self, event: Field.Changed) -> None:
        wishes, value = self._wishes, str(event.field.value or "")
        match event.field.field:
            case "form":
                if value == ORIGINAL or SHEET in (value, wishes.form):
                    wishes.side = 0
                wishes.kind = "" if value in (ORIGINAL, SHEET) else wishes.kind
                wishes.form = value
                await self._redraw()
            case "side" | "columns" as name:
                setattr(wishes, name, int(value or 0))
            case "target":
                wishes.target = value or Wishes.target
            case name:
                setattr(wishes, name, value)
        if wishes.form == ORIGINAL and (wishes.kind or wishes.side):
            # Another format or size is another image.
            wishes.form = PORTABLE
        self._tell()

    async def _redraw(self) -> None:
        """Other copies have other fields."""
        focused = self.focused.id if self.focused is not None else None
        box = self.query_one("#wishes")
        with self.app.batch_update():
            await box.remove_children()
            await box.mount(*self._fields())
        if focused and (found := self.query(f"#{focused}")):
            found.first().focus()

    # --- what comes of it ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        wishes = self._wishes
        for field in self.query(NamedField):
            field.show(str(getattr(wishes, field.field) or ""))
        target = self.query_one("#field-target", NamedField)
        target.complain(self._problem())
        self.query_one("#note", Static).update(f"{KEEPS[wishes.form]}\n{self._example()}")

    def _example(self) -> str:
        """Where the first one goes."""
        wishes = self._wishes
        target = expanded(wishes.target, os.environ)
        suffix = target.suffix.lower()
        if wishes.form == SHEET:
            return f"→ {shown(target if suffix == '.png' else target / SHEET_NAME)}"
        first = self._entries[0]
        name = first.name
        if wishes.template:
            stem = naming.stem(
                wishes.template,
                model=first.model or "image",
                created=first.created,
                index=0,
                prompt=first.prompt or "",
                job=first.job or "",
            )
            name = stem + first.path.suffix
        if wishes.kind:
            name = name.removesuffix(first.path.suffix) + naming.EXTENSIONS[wishes.kind]
        return f"→ {shown(target)} : {name}" if suffix == ".zip" else f"→ {shown(target / name)}"

    def _problem(self) -> str:
        suffix = expanded(self._wishes.target, os.environ).suffix.lower()
        if self._wishes.form == SHEET and suffix in (".zip", ".jpg", ".jpeg", ".webp"):
            return "a contact sheet is a .png, or goes into a folder"
        return ""

    def action_export_now(self) -> None:
        if self._problem():
            self.query_one("#field-target").focus()
        else:
            self.dismiss(True)


def template_problem(template: str) -> str:
    """What is wrong with a name template, empty for nothing."""
    try:
        naming.stem(template, model="model", created=0, index=0, prompt="prompt", job="job")
    except naming.TemplateError as error:
        return str(error)
    return ""


def _side_problem(text: str) -> str:
    fits = text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PIXELS
    return "" if fits else f"a number of pixels from 1 to {MOST_PIXELS:,}"
