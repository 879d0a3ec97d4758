"""One request on its way to its answer: the painting, its pace, and the fault that strikes it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.sandbox import answers
from tui.sandbox.answers import KINDS, Painted
from tui.sandbox.api import Order
from tui.sandbox.books import Books
from tui.sandbox.faults import Wanted
from tui.sandbox.links import Held
from tui.sandbox.wire import Answer, Line, json_answer

if TYPE_CHECKING:
    from tui.sandbox.painter import Given, Picture

# An address where nothing answers: it is private, and of no network that people use.
PRIVATE = "http://10.255.255.1"
# Painting is arithmetic: more at once than there are processors would only take memory.
PAINTERS = threading.Semaphore(os.cpu_count() or 1)


@dataclass(slots=True)
class Making:
    """An accepted order being carried out. `fault` is what strikes it, `link` what strikes the URLs that it gives."""

    books: Books
    line: Line
    order: Order
    request_id: str
    fault: Wanted | None = None
    link: Wanted | None = None
    started: float = field(default_factory=time.monotonic)
    _given: Given | None = None

    def run(self) -> None:
        """Answer; raises RefusedError, before anything is sent, for images that can't be decoded."""
        fault = self.fault.fault if self.fault else None
        if fault is None or fault.charges:
            if self.order.images:
                self._open()
            self.books.charge(self.request_id, self.order.n)
        if fault is None or fault.act is None:
            self.line.send(self.answer())
        else:
            fault.act(self)

    def _open(self) -> None:
        from tui.sandbox.painter import given

        with PAINTERS:
            self._given = given(self.order)

    def _picture(self, index: int) -> Picture:
        from tui.sandbox.painter import Picture

        return Picture(self.order, index, self._given)

    def now(self) -> float:
        return self.books.clock()

    def answer(self, stream: bool | None = None) -> Answer:
        order = self.order
        if order.stream if stream is None else stream:
            body = answers.events(order, self._stages(), int(self.now()))
            return Answer(body=body, kind="text/event-stream; charset=utf-8", headers={"Cache-Control": "no-cache"})
        painted = [self._painted(index) for index in range(order.n)]
        self._wait(1.0)
        said = answers.response(order, painted, int(self.now()))
        if order.answer == "b64_json":
            for image in painted:
                self._sent(image.content)
        return json_answer(said)

    def _stages(self) -> Iterator[tuple[int | None, bytes]]:
        """Every stage of every image, each when its time has come: drafts with their number, the whole with None."""
        order = self.order
        steps = order.n * (order.partials + 1)
        for index in range(order.n):
            picture = self._picture(index)
            for number in range(order.partials):
                with PAINTERS:
                    draft = picture.draft((number + 1) / (order.partials + 1))
                self._wait((index * (order.partials + 1) + number + 1) / steps)
                yield number, draft
            with PAINTERS:
                content = picture.encoded()
            self.books.finished(self.request_id, content)
            self._wait((index + 1) * (order.partials + 1) / steps)
            self._sent(content)
            yield None, content

    def _painted(self, index: int) -> Painted:
        with PAINTERS:
            content = self._picture(index).encoded()
        self.books.finished(self.request_id, content)
        if self.order.answer != "url":
            return Painted(content)
        base = PRIVATE if self.link and self.link.fault.link is None else self.books.base
        return Painted(content, self.books.links.make(Held(content, KINDS[self.order.format], self.link), base))

    def _wait(self, share: float) -> None:
        """Let the share of the pace pass that the painting itself has not used up."""
        left = self.started + self.books.pace * share - time.monotonic()
        if left > 0:
            self.line.wait(left)

    def _sent(self, content: bytes) -> None:
        if self.fault is None or self.fault.fault.delivers:
            self.books.answered(content)


@dataclass(frozen=True, slots=True)
class Fetch:
    """An image being fetched from its link."""

    books: Books
    line: Line
    target: str
    held: Held

    def run(self) -> None:
        wanted = self.held.fault
        if wanted and wanted.fault.link and self.books.strikes(wanted, self.target):
            wanted.fault.link(self)
            return
        if self.line.body_wanted:
            self.books.answered(self.held.content)
        self.line.send(self.answer())

    def now(self) -> float:
        return self.books.clock()

    def answer(self, stream: bool | None = None) -> Answer:  # noqa: ARG002  a link has one form only
        plain = Answer(body=self.held.content, kind=self.held.kind)
        return replace(plain, headers={"x-ms-blob-type": "BlockBlob", "Content-Disposition": "inline"})
