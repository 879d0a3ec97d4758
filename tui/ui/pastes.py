"""What is pasted is text: an escape character in it must not make Textual take what follows for pressed keys."""

from __future__ import annotations

BEGIN, END = "\x1b[200~", "\x1b[201~"
ESCAPE = "\x1b"


class Pastes:
    """Follows what a terminal sends, in pieces as they come."""

    def __init__(self) -> None:
        self._inside = False
        self._before = ""
        self._held = ""

    def without_escapes(self, text: str) -> str:
        """The piece as the parser may have it; what may be the beginning of a paste's end waits for the next one."""
        text, self._held = self._held + text, ""
        found = []
        while text:
            part, text = self._pasted(text) if self._inside else self._typed(text)
            found.append(part)
        return "".join(found)

    def _typed(self, text: str) -> tuple[str, str]:
        """What is typed up to where a paste has begun, and the rest."""
        seen = self._before + text
        at = seen.find(BEGIN)
        if at < 0:
            self._before = seen[1 - len(BEGIN) :]
            return text, ""
        end = at + len(BEGIN) - len(self._before)
        self._inside, self._before = True, ""
        return text[:end], text[end:]

    def _pasted(self, text: str) -> tuple[str, str]:
        """What is pasted, up to its end if that is there, and the rest."""
        pasted, end, rest = text.partition(END)
        if end:
            self._inside = False
        else:
            begun = next((n for n in range(len(END) - 1, 0, -1) if pasted.endswith(END[:n])), 0)
            cut = len(pasted) - begun
            pasted, self._held = pasted[:cut], pasted[cut:]
        return pasted.replace(ESCAPE, "") + end, rest
