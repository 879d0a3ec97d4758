"""Answering the jobs that ask, and those of which nobody knows how they ended."""

from __future__ import annotations

import time

from tui.core.failures import Kind
from tui.core.pricing import describe
from tui.core.provider import SANDBOX
from tui.ui.jobs import Job
from tui.ui.shell import Shell

# Keys that pay are no other answer's, so that one meant for a question that has just gone never pays.
PAY = "y"
# The key and the words of an answer, where they are more than its first letter and itself.
ANSWERS = {
    (Kind.LIMIT, "send"): (PAY, "send anyway"),
    (Kind.LIMIT, "stop"): ("n", "do not send"),
}
RAISE = "Nothing was sent yet. Spending limit, in the palette, sets another limit for the jobs to come."


class Answers(Shell):
    """What `f9` does: in the Queue for the selected job, elsewhere for the one that has waited longest."""

    def action_answer(self) -> None:
        jobs = self.session.jobs
        selected = getattr(self.screen, "job", None)
        if isinstance(selected, Job) and (selected.question is not None or selected in jobs.unknown):
            job = selected
        elif jobs.asking:
            job = jobs.asking[0]
        elif jobs.unknown:
            job = jobs.unknown[-1]
        else:
            self.notify("No job asks anything", timeout=2)
            return
        if job.question is not None:
            self._ask(job)
        else:
            self._ask_unknown(job)

    def _ask(self, job: Job) -> None:
        from tui.ui.screens.question import Question

        question = job.question
        assert question is not None
        kind = question.failure.kind
        answers = [ANSWERS.get((kind, choice), (choice[0], choice)) for choice in question.choices]
        choices = {word: choice for (_, word), choice in zip(answers, question.choices, strict=True)}
        text = f"{question.failure.summary}\n\n{RAISE if kind is Kind.LIMIT else question.failure.advice}"
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
                self.answer_job(job.id, choices[word])

        self.push_screen(Question(f"Job #{job.number} asks", text, answers), answered)

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

        answers = [(PAY, f"send it again to {job.provider}, which may be charged again"), ("l", "let it be")]
        self.push_screen(Question(f"Job #{job.number}: outcome unknown", text, answers), answered)
