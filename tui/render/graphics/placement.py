"""Pictures on a terminal that takes pixels: what has to be written to show one, to show it again, and to free it.

`Graphics.place` encodes, and may be called from any thread. Everything else is quick and belongs to the one thread that
writes to the terminal.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection
from typing import TYPE_CHECKING

from tui.render.graphics import PROTOCOLS, iterm2, kitty

if TYPE_CHECKING:
    from tui.render.picture import Picture

Colour = tuple[int, int, int]
# Pixels of images that are not shown and that the terminal is to hold nevertheless: in Kitty a fifth of its quota.
ROOM = 16 << 20


class Placement(ABC):
    """One picture at one size in cells. `cuttable`: whether a part of it can be written without the rest.

    One that is not may not reach into the screen's last row, where some terminals would scroll below it.
    """

    cuttable: bool

    def __init__(self, owner: Graphics, columns: int, rows: int, ground: Colour | None) -> None:
        self.columns = columns
        self.rows = rows
        self._owner = owner
        self._background = f"48;2;{ground[0]};{ground[1]};{ground[2]}" if ground else ""

    @property
    def usable(self) -> bool:
        """Whether it may be shown at all; see `Graphics.close`."""
        return not self._owner.closed

    @property
    def fragile(self) -> bool:
        """Whether all of it goes where a part is written over, as tmux has it with what it paints itself."""
        return not self.cuttable and self._owner.tmux

    @property
    def pixels(self) -> int:
        """How many the terminal has to keep at most."""
        return self.columns * self.rows * self._owner.cell[0] * self._owner.cell[1]

    @property
    @abstractmethod
    def stands(self) -> bool:
        """Whether the terminal holds it, so that rows that were written before need not be written again."""

    @abstractmethod
    def row(self, y: int, start: int = 0, end: int | None = None) -> str | None:
        """What to write where the cells from `start` to before `end` of row `y` begin, in the terminal's own colours.

        The cursor is after these cells then, and the colours are the terminal's own. Ask only for what is written at
        once: the text that comes first carries the picture. None: this part can't be shown, draw cells instead and say
        `invalidate`.
        """

    @abstractmethod
    def invalidate(self) -> None:
        """Something else was written over some of its cells; the whole has to be written again."""

    @abstractmethod
    def forget(self) -> None:
        """The terminal has lost its images: it was reset, or left the alternate screen, or it is another one."""

    @abstractmethod
    def delete(self) -> str:
        """What frees the picture. Write it once other cells stand in its place. Shown again, it is sent again."""


class KittyPlacement(Placement):
    """By the Kitty protocol: sent once, then shown by text, which may be written over, cut and moved like any other."""

    cuttable = True

    def __init__(self, owner: Graphics, png: bytes, columns: int, rows: int, ground: Colour | None) -> None:
        super().__init__(owner, columns, rows, ground)
        self._png = png
        self._number = 0

    @property
    def stands(self) -> bool:
        return bool(self._number)

    def row(self, y: int, start: int = 0, end: int | None = None) -> str | None:
        stop = self.columns if end is None else end
        inside = 0 <= y < self.rows and 0 <= start < stop <= self.columns
        if not inside or max(y, start) >= kitty.MAX_ROWS or not self.usable:
            return None
        sent = "" if self._number else self._send()
        return sent + kitty.placeholders(self._number, y, start, stop, background=self._background)

    def _send(self) -> str:
        self._number = self._owner.take(self)
        return kitty.transmission(self._png, self._number, self.columns, self.rows, tmux=self._owner.tmux)

    def invalidate(self) -> None:
        """Text is written anew by whoever wrote over it."""

    def forget(self) -> None:
        if self._number:
            self._owner.give_back(self._number)
            self._number = 0

    def delete(self) -> str:
        number = self._number
        self.forget()
        return kitty.deletion(number, tmux=self._owner.tmux) if number else ""


class PaintedPlacement(Placement):
    """Painted over its cells by the text of row 0; the others only pass over what stands there."""

    cuttable = False

    def __init__(self, owner: Graphics, picture: str, columns: int, rows: int, ground: Colour | None) -> None:
        super().__init__(owner, columns, rows, ground)
        self._picture = picture
        self._stands = False

    @property
    def stands(self) -> bool:
        return self._stands

    def row(self, y: int, start: int = 0, end: int | None = None) -> str | None:
        whole = (start, self.columns if end is None else end) == (0, self.columns)
        if not (whole and 0 <= y < self.rows and self.usable):
            return None
        painted = ""
        if y == 0 and not self._stands:
            self._stands = True
            painted = self._painted()
        return f"{painted}\x1b[{self.columns}C"

    def _painted(self) -> str:
        """The cells emptied and the picture over them, with the cursor back where it was."""
        erased = f"\x1b[{self.columns}X"
        cells = "\x1b[B".join([erased] * self.rows)
        colours = f"\x1b[{self._background}m" if self._background else ""
        return f"\x1b7{colours}{cells}\x1b8{self._picture}\x1b8"

    def invalidate(self) -> None:
        self._stands = False

    def forget(self) -> None:
        self._stands = False

    def delete(self) -> str:
        """Nothing: what is written over the cells takes the picture's place."""
        self._stands = False
        return ""


class Graphics:
    """Makes placements for one terminal.

    `protocol` is one of PROTOCOLS, `cell` a cell's width and height in pixels, which Sixel needs to be exact. `depth`
    is a depth of tui.render.terminal.DEPTHS, `colours` how many colours the terminal's Sixel has at once. `tmux`:
    whether tmux is around. Only Kitty's protocol passes through it; where it knows Sixel itself, nothing differs.
    """

    def __init__(
        self,
        protocol: str,
        *,
        cell: tuple[int, int],
        depth: str = "truecolor",
        tmux: bool = False,
        colours: int = 256,
    ) -> None:
        if protocol not in PROTOCOLS:
            raise ValueError(f"no such graphics protocol: {protocol}")
        self.protocol = protocol
        self.cell = cell
        self.tmux = tmux
        self.colours = colours
        self.closed = False
        # Tmux turns colours into others where it thinks that the terminal has fewer; the 256 it leaves alone.
        self._base = kitty.first_number(truecolor=depth == "truecolor" and not tmux)
        self._free = deque(kitty.NUMBERS)
        self._free.rotate(int.from_bytes(os.urandom(2)))
        self._shown: dict[int, KittyPlacement] = {}

    @property
    def holds(self) -> bool:
        """Whether the terminal holds any of its images."""
        return bool(self._shown)

    def place(self, picture: Picture, columns: int, rows: int, ground: Colour | None = None) -> Placement:
        """The picture over columns x rows cells, which it is stretched to, in no more pixels than the cells have.

        `ground` is what shows where it does not reach. Slow: not for the thread that draws.
        """
        from tui.render.graphics import encodings, sixel

        width, height = columns * self.cell[0], rows * self.cell[1]
        if self.protocol == "kitty":
            return KittyPlacement(self, encodings.png(encodings.sized(picture, width, height)), columns, rows, ground)
        if self.protocol == "iterm2":
            data = encodings.jpeg_or_png(encodings.sized(picture, width, height))
            return PaintedPlacement(self, iterm2.inline(data, columns, rows), columns, rows, ground)
        # Whole bands: one that stuck out below the last row would scroll the screen.
        height = max(height // sixel.BAND, 1) * sixel.BAND
        image = encodings.sized(picture, min(width, sixel.MAX_WIDTH), height, exactly=True)
        return PaintedPlacement(self, encodings.for_sixel(image, self.colours), columns, rows, ground)

    def forget(self) -> None:
        """The terminal has lost its images: every placement that is shown again sends its own again."""
        for placement in list(self._shown.values()):
            placement.forget()

    def close(self) -> None:
        """Show nothing of these from now on: no placement gives a row. What the terminal holds is still to be freed."""
        self.closed = True

    def spare(self, shown: Collection[Placement], kept: Collection[Placement]) -> str:
        """What frees the images that are not `shown`, but for those that are `kept` and for which there is room."""
        room, written = ROOM, ""
        for placement in reversed(list(self._shown.values())):
            if placement not in shown:
                room -= placement.pixels
                if placement not in kept or room < 0:
                    written += placement.delete()
        return written

    def cleanup(self) -> str:
        """What frees every image that the terminal holds of this process.

        Write it before the alternate screen is left, whose images some terminals keep apart.
        """
        return "".join(placement.delete() for placement in list(self._shown.values()))

    def take(self, placement: KittyPlacement) -> int:
        """An id for a placement that is being sent; where all are taken, the oldest one's."""
        if not self._free:
            next(iter(self._shown.values())).forget()
        number = self._base + self._free.popleft()
        self._shown[number] = placement
        return number

    def give_back(self, number: int) -> None:
        self._shown.pop(number, None)
        self._free.append(number - self._base)
