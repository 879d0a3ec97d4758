"""Which colours, scene and subject a prompt asks for. Colours are RGB in 0 to 255."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass, fields
from hashlib import sha256

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture, from the top of the sky to the nearest ground."""

    top: Colour
    middle: Colour
    horizon: Colour
    sun: Colour
    far: Colour
    near: Colour

    def tuned(self, saturation: float, shift: float) -> Palette:
        """The same colours with more or less saturation, and their hue moved by `shift` turns."""
        return Palette(*(_tuned(getattr(self, each.name), saturation, shift) for each in fields(self)))


def _tuned(colour: Colour, saturation: float, shift: float) -> Colour:
    hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb((hue + shift) % 1.0, light, min(1.0, strength * saturation))
    return (red * 255, green * 255, blue * 255)


def _palette(text: str) -> Palette:
    colours = [bytes.fromhex(word) for word in text.split()]
    return Palette(*((float(each[0]), float(each[1]), float(each[2])) for each in colours))


PALETTES = {
    "dawn": _palette("2b3a67 b56576 ffcb9a fff1d0 c98b8b 2a1f3d"),
    "sunset": _palette("3a2a5e d1495b ffb45e fff0b8 b85b66 26142e"),
    "day": _palette("3f8fd2 8cc4ea f6ecd0 fffbe6 9dbfcb 1f4a3a"),
    "sea": _palette("1f6f9f 7cc6d6 fbe9c6 fffdea 7fb0bb 0f3a4d"),
    "forest": _palette("5f9688 b3cda3 f5efc6 fffbe2 8fb09a 142c1d"),
    "night": _palette("050a1c 14234a 42558a f6f2dd 2f4275 060913"),
    "snow": _palette("5f86b3 b4cce0 fde6da fffaf0 bccfe2 2c4766"),
    "autumn": _palette("557a92 e3b48a ffe2a8 fff4d2 c9905f 47190f"),
    "teal": _palette("0f4c5c 5fb3a3 f6e7c1 fffbe0 6fa99d 0b2a31"),
    "lilac": _palette("433a75 a58bc4 ffd9d0 fff3e8 9a88bb 211a40"),
    "ember": _palette("431221 c2402f ffb678 ffedc8 b5544b 260a12"),
    "gold": _palette("4f86a8 ecc58e ffe9bd fffbe8 dfa263 6a3018"),
}

# Earlier rows win: a word for the light says more than a word for a thing.
PALETTE_WORDS = {
    "night": "night moon midnight stars star starry dark galaxy space nebula black owl",
    "sunset": "sunset dusk evening orange coral flamingo harbour harbor",
    "dawn": "sunrise dawn morning pink rose blossom romantic impressionist ballet dancers",
    "snow": "snow winter ice frost polar arctic white glacier",
    "autumn": "autumn fall fox october harvest brown copper pumpkin",
    "ember": "red fire lava volcano ember crimson scarlet dragon",
    "gold": "desert dune dunes sand gold golden yellow savanna honey wheat",
    "forest": "forest wood woods green tree trees jungle moss garden meadow bamboo leaf",
    "lilac": "purple violet lilac lavender magic dream fairy wizard",
    "sea": "sea ocean water lake river beach island wave waves sail boat ship blue fish whale lighthouse",
    "teal": "teal turquoise mint aurora tropical jade emerald",
    "day": "day sky summer cloud clouds hill hills spring balloon bird birds",
}
SCENE_WORDS = {
    "water": "sea ocean water lake river beach island wave waves sail boat ship harbour harbor fish whale lighthouse",
    "silk": "abstract colour color colours colors pattern silk flow flowing curves dream music texture gradient field",
    "firs": "forest wood woods tree trees fir pine fox owl bear deer wolf",
    "peaks": "mountain mountains alps peak snow winter glacier volcano dragon ice",
    "dunes": "desert dune dunes sand savanna camel gold golden",
    "hills": "hill hills meadow field countryside valley village day summer spring cat balloon",
}
SUBJECT_WORDS = {
    "fox": "fox foxes wolf",
    "cat": "cat cats kitten",
    "boat": "boat boats ship sail sailing harbour harbor yacht",
    "lighthouse": "lighthouse tower beacon",
    "balloon": "balloon balloons",
    "birds": "bird birds gull gulls swallow geese crane sea ocean",
    "bloom": "flower flowers rose blossom bloom lotus sunflower",
}


@dataclass(frozen=True, slots=True)
class Idea:
    """What to paint: a scene, a palette and perhaps a subject."""

    scene: str
    palette: Palette
    subject: str | None
    night: bool


def idea(prompt: str, index: int, saturation: float) -> Idea:
    """What a prompt suggests; where it says nothing its hash decides. Images of one prompt differ a little in hue."""
    said = re.findall(r"[a-z]+", prompt.lower())
    words = {form for word in said for form in (word, word.removesuffix("y"), word.removesuffix("s"))}
    pick = sha256(prompt.encode("utf-8", "replace")).digest()
    name = _matching(PALETTE_WORDS, words) or sorted(PALETTES)[pick[0] % len(PALETTES)]
    scene = _matching(SCENE_WORDS, words) or ("hills", "firs", "peaks", "dunes", "water", "silk")[pick[1] % 6]
    shift = 0.0 if index == 0 else ((index * 7) % 5 - 2) * 0.013
    return Idea(scene, PALETTES[name].tuned(saturation, shift), _matching(SUBJECT_WORDS, words), name == "night")


def _matching(table: dict[str, str], words: set[str]) -> str | None:
    return next((name for name, listed in table.items() if words & set(listed.split())), None)
