"""Asking what is to become of a job that an earlier run left: finish it, send it again, keep it, forget it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.provider import SANDBOX
from tui.core.text import clean_line, human_bytes
from tui.ui.shell import Shell

if TYPE_CHECKING:
    from tui.engine.leftovers import Left

# Keys that pay are no other answer's, so that one meant for a question that has just gone never pays.
PAY = "y"


class Settling(Shell):
    """What `enter`, `f9` and `x` do with it."""

    def settle_left(self, left: Left) -> None:
        from tui.ui import left_words
        from tui.ui.screens.question import Question

        acts: dict[str, tuple[str, Callable[[], None]]] = {
            "s": ("save what came of it", lambda: self.finish_left(left)),
            PAY: (self._words_of_paying(left), lambda: self.resend_left(left)),
            "k": ("keep it: listed in the Queue, and not told of any more", lambda: self.keep_left(left.job)),
            "f": ("forget it", lambda: self.ask_to_forget(left)),
        }
        if not left.finishable:
            del acts["s"]
        if left.request is None or self.session.sent_again(left.job) is not None:
            del acts[PAY]
        if left.kept:
            del acts["k"]

        def answered(word: str | None) -> None:
            for words, act in acts.values():
                if words == word:
                    act()

        prompt = clean_line(left.request.prompt, limit=200) if left.request else "The request can't be read."
        text = f"{prompt}\n\n{left_words.question(left, self.session.catalogue)}"
        answers = [(key, words) for key, (words, _) in acts.items()]
        self.push_screen(Question("Left by an earlier run", text, answers), answered)

    def _words_of_paying(self, left: Left) -> str:
        if left.provider == SANDBOX:
            return "send it again to the sandbox"
        from tui.ui import left_words

        second = ", perhaps for a second time" if str(left.state) in ("unknown", "answered") else ""
        return f"send it again to {left.provider}: {left_words.price(left, self.session.catalogue)}{second}"

    def ask_to_forget(self, left: Left) -> None:
        from tui.ui.screens.question import Question

        came = (
            f"What came of its answer, {human_bytes(left.received)}, is deleted" if left.received else "It is deleted"
        )
        prompt = clean_line(left.request.prompt, limit=200) if left.request else left.job

        def answered(word: str | None) -> None:
            if word is not None:
                self.forget_left(left.job)

        self.push_screen(Question("Forget it?", f"{prompt}\n\n{came} for good.", [("d", "delete it")]), answered)
