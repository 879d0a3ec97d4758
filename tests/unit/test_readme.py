"""README says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui.sandbox.faults import FAULTS
from tui.subcommands.parsers import SUBCOMMANDS
from tui.ui.commands import COMMANDS, key_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_key_table_is_the_one_that_the_command_table_gives() -> None:
    match = re.search(r"<!-- keys -->\n(.*?)\n<!-- /keys -->", README, re.DOTALL)
    assert match, "README has no key table"
    assert match[1] == key_table(), "python -m tui.ui.commands prints the table that belongs between the marks"


def test_every_command_has_a_help_text_and_an_id_of_its_own() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.help and command.title for command in COMMANDS)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_is_described(name: str) -> None:
    assert f"safelight {name}" in README


def test_every_picture_that_is_shown_is_there() -> None:
    pictures = re.findall(r"\]\((docs/[^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


@pytest.mark.parametrize("fault", ["rate-limit", "moderation", "gateway-timeout", "link-expired", "stream-cut"])
def test_the_faults_that_are_named_exist(fault: str) -> None:
    assert f"fault:{fault}" in README
    assert fault in FAULTS
