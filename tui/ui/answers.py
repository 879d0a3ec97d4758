"""Answering the jobs that ask, and those of which nobody knows how they ended."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from tui.core.paths import expanded
from tui.core.pricing import describe
from tui.core.provider import SANDBOX
from tui.ui.jobs import Job
from tui.ui.settling import PAY, Settling

if TYPE_CHECKING:
    from tui.core.events import Waiting


class Answers(Settling):
    """What `f9` does: in the Queue for the selected job, elsewhere for the one that has waited longest."""

    def action_answer(self) -> None:
        jobs = self.session.jobs
        selected = getattr(self.screen, "job", None)
        left = getattr(self.screen, "left", None)
        if isinstance(selected, Job) and (selected.question is not None or selected in jobs.unknown):
            job = selected
        elif left is not None:
            self.settle_left(left)
            return
        elif jobs.asking:
            job = jobs.asking[0]
        elif jobs.unknown:
            job = jobs.unknown[-1]
        elif self.session.unsettled:
            self.settle_left(self.session.unsettled[0])
            return
        else:
            self.notify("No job asks anything", timeout=2)
            return
        if job.question is not None:
            self._ask(job)
        else:
            self._ask_unknown(job)

    def _ask(self, job: Job) -> None:
        from tui.ui.answer_words import ELSEWHERE, advice_for, answers_to
        from tui.ui.screens.question import Question

        question = job.question
        assert question is not None
        failure = question.failure
        answers = answers_to(failure.kind, question.choices)
        choices = {word: choice for (_, word), choice in zip(answers, question.choices, strict=True)}
        text = f"{failure.summary}\n\n{advice_for(failure.kind, failure.advice)}"
        if question.url is not None:
            answers.append(("c", "copy URL"))
            if question.expires is not None:
                text += f"\n\nThe URL lives until {time.strftime('%H:%M', time.localtime(question.expires))}."

        def answered(word: str | None) -> None:
            if word == "copy URL" and question.url is not None:
                self.copy_to_clipboard(question.url)
                self.notify("Copied the URL; anybody who has it can fetch the image", timeout=4)
                self._ask(job)
            elif word is not None and job.question is question:
                if choices[word] == ELSEWHERE:
                    self._ask_folder(job, question)
                else:
                    self.answer_job(job.id, choices[word])

        self.push_screen(Question(f"Job #{job.number} asks", text, answers), answered)

    def _ask_folder(self, job: Job, question: Waiting) -> None:
        """Where else the images are to go."""
        from tui.ui.answer_words import ELSEWHERE
        from tui.ui.screens.folder import HINT, FolderPick

        def chosen(text: str | None) -> None:
            if not text:
                self._ask(job)
            elif job.question is question:
                self.answer_job(job.id, ELSEWHERE, folder=expanded(text, os.environ))

        self.push_screen(FolderPick("Save in another folder", hint=f"{HINT}; it becomes this job's library"), chosen)

    def _ask_unknown(self, job: Job) -> None:
        from tui.ui.screens.question import Question

        failure = job.failure.summary if job.failure else ""
        charged = f"The request went out, and {job.provider} may have charged for it: {describe(job.estimate)}."
        if job.provider == SANDBOX:
            charged = "The request went out. In the sandbox nothing is charged; a real provider may have."
        text = f"{failure}\n\n{charged}"

        def answered(word: str | None) -> None:
            if word is not None and not job.settled:
                job.settled = True
                if word.startswith("send"):
                    self.resend(job)
                else:
                    self.keep_left(job.id)

        answers = [(PAY, f"send it again to {job.provider}, which may be charged again"), ("l", "let it be")]
        self.push_screen(Question(f"Job #{job.number}: outcome unknown", text, answers), answered)
