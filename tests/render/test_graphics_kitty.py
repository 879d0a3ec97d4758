"""Kitty's protocol: an image sent in chunks, and cells that say which part of it they show."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.pixel_terminal import PixelTerminal
from tui.render.graphics import kitty
from tui.render.graphics.diacritics import DIACRITICS

# 42 + (2 << 24), the example of the specification, and the same with a colour of 24 bits.
NUMBERS = [33554474, 2 << 24 | 0x0A0B0C]
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde"
    b"\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)


def unwrapped(text: str) -> str:
    """What tmux hands on: the content of its control strings, with every second escape character left out."""
    assert re.fullmatch(r"(\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\)*", text)
    inner = re.findall(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", text)
    return "".join(inner).replace("\x1b\x1b", "\x1b")


def test_the_diacritics_are_those_that_kitty_publishes() -> None:
    assert len(DIACRITICS) == 297
    assert (DIACRITICS[0], DIACRITICS[1], DIACRITICS[2], DIACRITICS[296]) == (
        "\u0305",
        "\u030d",
        "\u030e",
        "\U0001d244",
    )
    assert all(unicodedata.combining(mark) == 230 and not unicodedata.decomposition(mark) for mark in DIACRITICS)
    # Of the code points of its file, in hexadecimal with at least four digits, with a space between two.
    listed = " ".join(f"{ord(mark):04X}" for mark in DIACRITICS)
    assert hashlib.sha256(listed.encode()).hexdigest() == (
        "c3dd25224e1c644f2840932c2e136a30bcf3d2e19fba60c1d3b210559106ad54"
    )


@given(st.binary(min_size=1, max_size=20_000))
def test_an_image_arrives_whole_however_many_chunks_it_takes(data: bytes) -> None:
    text = kitty.transmission(data, 7, 3, 2)
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{keys};{chunk}\x1b\\" for keys, chunk in chunks) == text
    assert all(len(chunk) <= 4096 for _, chunk in chunks)
    assert all(len(chunk) == 4096 for _, chunk in chunks[:-1])
    assert [keys[-3:] for keys, _ in chunks] == ["m=1"] * (len(chunks) - 1) + ["m=0"] or len(chunks) == 1
    assert base64.b64decode("".join(chunk for _, chunk in chunks), validate=True) == data


def test_a_terminal_takes_the_image_and_what_deletes_it() -> None:
    terminal = PixelTerminal(4, 2)
    terminal.feed(kitty.transmission(PNG, NUMBERS[0], 3, 2))
    assert set(terminal.images) == {NUMBERS[0]}
    assert (terminal.images[NUMBERS[0]].columns, terminal.images[NUMBERS[0]].rows) == (3, 2)
    terminal.feed(kitty.deletion(NUMBERS[0]))
    assert not terminal.images


@pytest.mark.parametrize("number", NUMBERS)
@given(rows=st.integers(1, 8), columns=st.integers(1, 20), x=st.integers(0, 5))
def test_each_placeholder_shows_its_own_part_of_the_image(number: int, rows: int, columns: int, x: int) -> None:
    terminal = PixelTerminal(30, 10)
    for y in range(rows):
        terminal.feed(kitty.placeholders(number, y, 0, columns), x, y)
    for y in range(rows):
        assert terminal.placeholders(y)[x : x + columns] == [(number, y, column) for column in range(columns)]
        assert terminal.x == x + columns


@given(start=st.integers(0, 295), length=st.integers(1, 10), row=st.integers(0, 296))
def test_a_part_of_a_row_needs_nothing_on_its_left(start: int, length: int, row: int) -> None:
    terminal = PixelTerminal(20, 1)
    terminal.feed("x" + kitty.placeholders(NUMBERS[1], row, start, start + length) + "x", 0, 0)
    assert terminal.placeholders(0)[1 : 1 + length] == [
        (NUMBERS[1], row, column) for column in range(start, start + length)
    ]


def test_an_id_of_few_bits_is_one_of_the_256_colours() -> None:
    assert kitty.placeholders(2 << 24 | 42, 0, 0, 1) == "\x1b[38;5;42m\U0010eeee\u0305\u0305\u030e\x1b[0m"
    assert kitty.placeholders(2 << 24 | 0x01022A, 0, 0, 1).startswith("\x1b[38;2;1;2;42m")


def test_a_row_of_placeholders_takes_four_bytes_a_cell() -> None:
    assert len(kitty.placeholders(NUMBERS[1], 0, 0, 160).encode()) < 160 * 4 + 40


def test_a_background_stands_behind_the_image() -> None:
    terminal = PixelTerminal(3, 1)
    terminal.feed(kitty.placeholders(NUMBERS[0], 0, 0, 3, background="48;2;22;22;22"), 0, 0)
    assert [cell.back for cell in terminal.cells[0]] == ["48;2;22;22;22"] * 3
    assert terminal.back == terminal.fore == ""


def test_what_goes_through_tmux_is_the_same_after_it() -> None:
    data = bytes(range(256)) * 100
    assert unwrapped(kitty.transmission(data, 5, 3, 2, tmux=True)) == kitty.transmission(data, 5, 3, 2)
    assert unwrapped(kitty.deletion(5, tmux=True)) == kitty.deletion(5)


@pytest.mark.parametrize("truecolor", [False, True])
def test_ids_fit_what_their_colour_can_say(truecolor: bool) -> None:
    firsts = {kitty.first_number(truecolor=truecolor) for _ in range(200)}
    assert len(firsts) > (190 if truecolor else 50)
    for first in firsts:
        assert 1 <= first >> 24 <= 255
        assert first & 0xFF == 0
        assert bool(first & 0xFFFF00) is truecolor
