"""The form: a prompt and the fields that the chosen model takes, with what is wrong beside them and the price."""

from __future__ import annotations

import re
from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.core.models import Catalogue, Model, Parameter
from tui.core.pricing import describe, estimate
from tui.core.request import Problem, Request, Value, experimental_size, problems, value_problems
from tui.core.spending import Budget
from tui.ui.memory import Memory
from tui.ui.widgets.action import Action
from tui.ui.widgets.choice import Choice
from tui.ui.widgets.field import Field, display
from tui.ui.widgets.prompt import Prompt

MAIN = ("size", "quality", "n", "output_format", "background", "style", "response_format")


class Form(Vertical):
    """Holds what was typed for every parameter, whether or not the model of the moment takes it."""

    class Changed(Message):
        """Something of the request changed."""

    def __init__(self, catalogue: Catalogue, memory: Memory) -> None:
        super().__init__(id="form", classes="pane")
        self._catalogue = catalogue
        self._memory = memory
        self._typed: dict[str, Value | None] = {k: v for k, v in memory.form.items() if k not in ("model", "prompt")}
        self._more = False
        self.model: Model = catalogue.get(str(memory.form.get("model") or catalogue.preferred))
        self.sandbox = False
        self.budget = Budget()

    def compose(self) -> ComposeResult:
        self.border_title = "Prompt"
        yield Prompt(str(self._memory.form.get("prompt", "")))
        with VerticalScroll(id="fields", can_focus=False):
            yield from self._fields()
        with Horizontal(id="send"):
            yield Static(id="price", markup=False)
            yield Action("generate", "Generate", id="generate")

    def on_mount(self) -> None:
        self._judge()

    # --- the request ----------------------------------------------------------------------------------------------

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def request(self) -> Request:
        """The request as the form stands."""
        values = {name: self._value(parameter) for name, parameter in self.model.parameters.items()}
        given = {name: value for name, value in values.items() if value is not None and value != ""}
        given = {name: value for name, value in given.items() if not self._idle(name, value, given)}
        return Request(prompt=self.prompt.words, model=self.model.name, parameters=given)

    def check(self) -> list[Problem]:
        """What keeps the request from being sent, shown beside the fields as well."""
        found = problems(self.request, self.model)
        self._show(found, strict=True)
        return found

    def take(self, request: Request) -> None:
        """Put an earlier request's settings into the form."""
        self._typed = dict.fromkeys(self._typed)
        self._typed.update(request.parameters)
        self.prompt.write(request.prompt)
        self.call_later(self.choose_model, request.model)

    def go_to(self, name: str) -> None:
        """Focus the field of a parameter, or the prompt."""
        fields = self.query(f"#field-{name}")
        (fields.first() if fields else self.prompt).focus()

    def choices(self, field: Field) -> list[Choice]:
        """What the menu of a field offers, each with a word about it."""
        if field.field == "model":
            return [Choice(name, name, _about(self._catalogue.get(name))) for name in self._catalogue.names]
        unset = [Choice("", display(None), "the server decides")] if field.optional and field.choices else []
        return [*unset, *(Choice(str(value), display(value)) for value in field.choices)]

    def parse(self, field: Field, text: str) -> Value | None:
        """Typed text as the field's value; None for nothing."""
        parameter = self.model.parameters.get(field.field)
        if not text:
            return None
        if parameter is not None and parameter.kind == "integer":
            return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text
        return text

    def complaint(self, field: Field, text: str) -> str:
        """What is wrong with typed text, in words; empty when it may be set."""
        value = self.parse(field, text)
        if field.field == "model" or value is None:
            return ""
        request = Request(prompt="x", model=self.model.name, parameters={field.field: value})
        return next((each.text for each in value_problems(request, self.model)), "")

    def remember(self) -> None:
        """Leave what was typed to the memory."""
        kept = {name: value for name, value in self._typed.items() if value is not None}
        self._memory.form = {**kept, "model": self.model.name, "prompt": self.prompt.words}

    def _value(self, parameter: Parameter) -> Value | None:
        """What was typed, where this model takes it; the model's default otherwise."""
        if parameter.name not in self._typed:
            return parameter.default
        value = self._typed[parameter.name]
        if value is None:
            return parameter.default
        alone = Request(prompt="x", model=self.model.name, parameters={parameter.name: value})
        return parameter.default if value_problems(alone, self.model) else value

    @staticmethod
    def _idle(name: str, value: Value, given: dict[str, Value]) -> bool:
        """Whether a set value means nothing beside the others, and is kept without being sent."""
        kind = given.get("output_format", "png")
        return (
            (name == "stream" and not value)
            or (name == "partial_images" and not given.get("stream"))
            or (name == "output_compression" and kind not in ("jpeg", "webp"))
            or (name.startswith("frame_") and kind != "gif")
            or (name.startswith("svg_") and kind != "svg")
        )

    # --- the fields -----------------------------------------------------------------------------------------------

    def _fields(self) -> list[Field | Action]:
        names = list(self._catalogue.names)
        model = Field("model", "Model", names, self.model.name, optional=False, free=True)
        shown = [parameter for name, parameter in self.model.parameters.items() if self._shown(name)]
        rows: list[Field | Action] = [model, *(Field.of(each, self._value(each)) for each in shown)]
        if any(name not in MAIN for name in self.model.parameters):
            rows.append(Action("more", "▾ Fewer" if self._more else "▸ More", id="more"))
        return rows

    def _shown(self, name: str) -> bool:
        """Main fields always; the rarer ones when asked for, or where what was chosen calls for them."""
        kind = self._typed.get("output_format")
        called_for = (
            (name == "output_compression" and kind in ("jpeg", "webp"))
            or (name.startswith("frame_") and kind == "gif")
            or (name.startswith("svg_") and kind == "svg")
            or (name == "partial_images" and self._typed.get("stream") is True)
        )
        format_only = name == "output_compression" or name.startswith(("frame_", "svg_"))
        return name in MAIN or (called_for if format_only else self._more or called_for)

    async def _redraw(self) -> None:
        """Draw the fields anew and keep the focus where it was."""
        focused = self.screen.focused
        name = focused.id if focused is not None and self in focused.ancestors else None
        box = self.query_one("#fields")
        with self.app.batch_update():
            await box.remove_children()
            await box.mount(*self._fields())
        if name and (found := self.query(f"#{name}")):
            found.first().focus(scroll_visible=False)
        self._judge()

    async def choose_model(self, name: str) -> None:
        self.model = self._catalogue.get(name)
        await self._redraw()
        self.post_message(self.Changed())

    async def toggle_more(self) -> None:
        self._more = not self._more
        await self._redraw()

    @on(Field.Changed)
    async def _take_change(self, event: Field.Changed) -> None:
        event.stop()
        field = event.field
        if field.field == "model":
            await self.choose_model(str(field.value))
            return
        self._typed[field.field] = field.value
        if field.field in ("output_format", "stream"):
            await self._redraw()
        else:
            self._judge()
        self.post_message(self.Changed())

    @on(Prompt.Changed)
    def _prompt_changed(self, event: Prompt.Changed) -> None:
        event.stop()
        self._judge()
        self.post_message(self.Changed())

    # --- what is wrong, and the price -----------------------------------------------------------------------------

    def _judge(self) -> None:
        """Say at once what can't be sent, but do not complain of a prompt that is not written yet."""
        self._show(problems(self.request, self.model), strict=False)

    def _show(self, found: list[Problem], *, strict: bool) -> None:
        words = {problem.field: problem.text for problem in reversed(found)}
        request = self.request
        for field in self.query(Field):
            field.complain(words.pop(field.field, ""))
        count, limit = len(request.prompt), self.model.prompt_limit
        wrong = words.pop("prompt", "") if strict or count else ""
        words.pop("prompt", None)
        note = (f"✗ {wrong}", "$error") if wrong else (f"{count}/{limit}", "$text-disabled")
        self.border_title = Content.assemble("Prompt  ", note)
        self.query_one("#price", Static).update(self._price(request, list(words.values())))

    def _price(self, request: Request, elsewhere: list[str]) -> Content:
        """The price, or what is wrong with a field that is not in sight."""
        if elsewhere:
            return Content.styled(f"✗ {elsewhere[0]}", "$error")
        price = estimate(request, self.model)
        text = describe(price)
        notes = []
        size = self.model.parameters.get("size")
        if size and experimental_size(size, request.parameters.get("size")):
            notes.append("experimental size")
        if self.model.shutdown:
            notes.append(_about(self.model))
        bold = "estimate" not in text and not self.sandbox
        parts = [(text, "bold $foreground" if bold else "$text-muted")]
        if self.sandbox:
            # On its own line rather than broken behind the dot.
            fits = len(text) + len(" · free") <= self.query_one("#price").size.width
            parts += [(" · " if fits else "\n", "$text-muted"), ("free", "bold $success")]
        elif warning := self.budget.warning(price):
            parts.append((f"\n{warning}", "bold $warning"))
        if notes:
            parts.append((f"\n{' · '.join(notes)}", "$text-muted"))
        return Content.assemble(*parts)

    def refresh_price(self) -> None:
        """The provider changed, or what is spent."""
        self._judge()


def _about(model: Model) -> str:
    """A word about a model for the menu."""
    ends = f"ends {model.shutdown}" if model.shutdown and model.shutdown >= date.today() else ""
    ended = f"OpenAI ended it {model.shutdown}" if model.shutdown and not ends else ""
    return " · ".join(word for word in (model.about, ends, ended) if word)
