"""What is known of the terminal while the app runs, and the look that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tui.core.config import AUTO, DEFAULT, Value
from tui.render.geometry import STYLES
from tui.render.look import REMEMBERED, SESSION, SETTINGS, Look
from tui.render.terminal import Terminal, detect
from tui.render.terminal.answers import NOTHING, Answers
from tui.render.terminal.questions import asks_tmux, questions
from tui.render.terminal.tmux import Around

# Among the questions that were put.
_TMUX = "tmux"


class Knowledge:
    """`terminal` is what is thought of it now; each of `listeners` is called whenever that changes.

    `settings` are the configuration's values; `remembered` is the style that was chosen in an earlier run.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        settings: Mapping[str, Value],
        *,
        remembered: str | None = None,
    ) -> None:
        self.listeners: list[Callable[[], None]] = []
        self._env = env
        self._settings = settings
        self._wishes: dict[str, Value] = {}
        self._above: Collection[str] = ()
        self._answers = NOTHING
        self._around: Around | None = None
        self._cell: tuple[int, int] | None = None
        self._asked: set[str] = set()
        style = SETTINGS["style"]
        # What stands in the file was written with more thought than a key is pressed with.
        if remembered in STYLES and settings[style].source == DEFAULT:
            self._wishes[style] = Value(remembered, REMEMBERED)
        self.terminal = self._examined()

    @property
    def look(self) -> Look:
        return self.terminal.look

    @property
    def chosen_style(self) -> str | None:
        """The style to remember: one that the person chose, and not what was found out."""
        chosen = self._wishes.get(SETTINGS["style"])
        return str(chosen.value) if chosen else None

    @property
    def wants_pictures(self) -> bool:
        """Whether a graphics protocol is to be found out."""
        name = SETTINGS["graphics"]
        return bool(self._wishes.get(name, self._settings[name]).value == AUTO)

    def wished(self, part: str) -> str | float | None:
        """What the person chose for a part of the look in this run; None: nothing."""
        chosen = self._wishes.get(SETTINGS[part])
        return chosen.value if chosen else None

    def wish(self, part: str, value: str | float | None) -> None:
        """Choose a part of the look for this run, as the configuration would; None: as it is without that."""
        if value is None:
            self._wishes.pop(SETTINGS[part], None)
        else:
            self._wishes[SETTINGS[part]] = Value(value, SESSION)
        self._examine()

    def next_style(self) -> str:
        """Choose the next of the styles that come through; its name."""
        styles = self.terminal.styles
        self.wish("style", styles[(styles.index(self.look.style) + 1) % len(styles)])
        return self.look.style

    def learn(
        self,
        *,
        cell: tuple[int, int] | None = None,
        above: Collection[str] | None = None,
        answers: Answers | None = None,
        around: Around | None = None,
    ) -> None:
        """Take in what was found out: a cell's size in pixels, the processes above this one, answers, those of tmux."""
        self._cell = cell if cell and all(cell) else self._cell
        self._above = self._above if above is None else above
        self._answers = answers or self._answers
        self._around = around or self._around
        self._examine()

    def query(self) -> str:
        """What is worth sending to the terminal now, empty for nothing; no question is given twice."""
        worth = questions(self.terminal, graphics=self.wants_pictures)
        new = [question for question in worth if question not in self._asked]
        self._asked.update(new)
        return "".join(new)

    def asks_tmux(self) -> bool:
        """Whether tmux is to be asked what stands around it; once it was said, no longer."""
        if _TMUX in self._asked or not asks_tmux(self.terminal, graphics=self.wants_pictures):
            return False
        self._asked.add(_TMUX)
        return True

    def _examine(self) -> None:
        before, self.terminal = self.terminal, self._examined()
        if self.terminal != before:
            for listener in tuple(self.listeners):
                listener()

    def _examined(self) -> Terminal:
        return detect(
            self._env,
            cell=self._cell,
            above=self._above,
            answers=self._answers,
            around=self._around,
            wishes={**self._settings, **self._wishes},
        )
