"""Keys, passwords and signatures are never told: not in the log, not after a crash, not where a server repeats them."""

from __future__ import annotations

import logging
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naughty import LONG, NAUGHTY, UNWANTED
from tui.core import crash, logs, secrets
from tui.core.secrets import HIDDEN, redact
from tui.engine import retry
from tui.subcommands import output

MARKER = "Xq7vMarkerOfNoForm"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test had hidden, and where it logged."""
    before, handlers = set(secrets._known), list(logging.getLogger().handlers)
    yield
    secrets._known.clear()
    secrets._known.update(before)
    for handler in [each for each in logging.getLogger().handlers if each not in handlers]:
        logging.getLogger().removeHandler(handler)
        handler.close()


@pytest.mark.parametrize("text", [
    f"sk-{MARKER}", f"sk-proj-{MARKER}_x", f"Incorrect API key provided: sk-{MARKER}.", f"Bearer {MARKER}",
    f"authorization: Basic {MARKER}==", f"b'Bearer {MARKER}'", f"{{'api_key': '{MARKER}'}}", f'"api-key": "{MARKER}"',
    f"password={MARKER}", f"x-api-key: {MARKER}", f"https://host.example/a.png?st=1&sig={MARKER}%3D&x=1",
    f"https://host.example/a.png?X-Amz-Signature={MARKER}", f"https://host.example/a#{MARKER}",
    f"https://host.example:8/a?{MARKER}", f"url: /private/a.png?se=1&sig={MARKER} (Caused by x)",
    f"HTTPSConnectionPool: Max retries exceeded with url: /a?X-Amz-Security-Token={MARKER}", f"/a?sig={MARKER}",
    f"http://user:{MARKER}@host.example/v1", f"https://{MARKER}@host.example/v1", f"&skoid={MARKER}&",
])  # fmt: skip
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert MARKER not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize("text", [
    "a red fox · 1024x1024 · high · $0.17", "https://platform.example/docs/images", "is this right? yes=no",
    "input_tokens: 12, output_tokens: 4160", "the key from environment: STUDIO is refused", "skip the basic steps",
    "fox@example.com", "//", "safelight/2026-01-01/gpt-image-2_0.png",
])  # fmt: skip
def test_what_is_no_secret_is_told(text: str) -> None:
    assert redact(text) == text


@given(st.text(min_size=20, max_size=60), st.text(max_size=50), st.text(max_size=50))
def test_a_known_secret_is_hidden_whatever_it_looks_like(secret: str, before: str, after: str) -> None:
    secrets._known.clear()
    secrets.hide(secret)
    assert secret not in redact(before + secret + after)


@pytest.mark.parametrize("name", [*NAUGHTY, *LONG])
def test_no_text_takes_long_to_look_through(name: str) -> None:
    text = {**NAUGHTY, **LONG}[name][:100_000]
    for form in (text, text * 2, f"https://{text}", f"?{text}", f"api_key{text}", f"//{text}"):
        began = time.process_time()
        redact(form)
        # What grows with the square of the length would take minutes.
        assert time.process_time() - began < 20


def written(tmp_path: Path) -> str:
    return (tmp_path / "log").read_text(encoding="utf-8")


def test_whatever_is_logged_is_cleaned_and_without_secrets(tmp_path: Path) -> None:
    assert logs.set_up(tmp_path / "log")
    secrets.hide(MARKER)
    log = logging.getLogger("a.library")
    log.info("GET https://host.example/a.png?sig=%s", "abc")
    log.warning("%s", MARKER)
    for text in NAUGHTY.values():
        log.error("%s", text)
    try:
        key = MARKER
        raise ValueError(f"\x1b]0;owned\x07 sk-{key} {MARKER}")
    except ValueError:
        log.exception("it failed")
    text = written(tmp_path)
    assert "it failed" in text
    assert "Traceback" in text
    assert MARKER not in text
    assert "sig=abc" not in text
    assert not set(text) & UNWANTED


def test_no_text_passes_for_an_entry_of_its_own(tmp_path: Path) -> None:
    logs.set_up(tmp_path / "log")
    logging.getLogger("x").warning("%s", NAUGHTY["a line of a log"])
    entry, rest = written(tmp_path).splitlines()
    assert entry.endswith("nothing")
    assert re.fullmatch(r" +2026-01-01 .* forged", rest)


@pytest.mark.parametrize("name", logs.CHATTY)
def test_libraries_that_tell_addresses_are_not_heard(name: str, tmp_path: Path) -> None:
    logs.set_up(tmp_path / "log")
    logging.getLogger(name).info("HTTP Request: GET https://host.example/a.png?sig=abc")
    assert written(tmp_path) == ""


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_log_and_its_folder_are_the_persons_own(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        logs.set_up(tmp_path / "state" / "log")
        logging.getLogger("x").warning("one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "state" / "log").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_log_is_written_once_however_often_it_is_set_up(tmp_path: Path) -> None:
    assert logs.set_up(tmp_path / "log") is logs.set_up(tmp_path / "log")
    logging.getLogger("x").warning("one")
    assert written(tmp_path).count("one") == 1


def test_without_a_log_file_what_is_said_is_as_careful(capsys: pytest.CaptureFixture[str]) -> None:
    logs.prepare()
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        raise ValueError(MARKER)
    except ValueError:
        logging.getLogger("x").exception("\x1b]0;owned\x07 https://host.example/a?sig=%s", MARKER)
    finally:
        root.handlers = handlers
    assert capsys.readouterr().err == f"]0;owned https://host.example/a?{HIDDEN}\n"


def test_after_a_crash_the_place_is_told_and_no_value(tmp_path: Path) -> None:
    def fail(key: str) -> None:
        raise ValueError(f"[bold]{key}[/] \x1b]0;owned\x07 https://user:pass@host.example/a.png?sig={key}")

    secrets.hide(MARKER)
    try:
        fail(MARKER)
    except ValueError as error:
        said = crash.report(error, tmp_path / "log")
    assert "ValueError: [bold]" in said
    assert "test_secrets.py" in said
    assert "in fail" in said
    assert str(tmp_path / "log") in said
    assert "safelight recover" in said
    for text in (said, written(tmp_path)):
        assert MARKER not in text
        assert "pass@" not in text
        assert not set(text) & UNWANTED


@pytest.mark.parametrize("form", [
    '{{"error": {{"message": "no such key: {0}", "code": "{0}", "type": "{0}", "param": "{0}"}}}}',
    '{{"error": "no such key: {0}"}}', '{{"message": "no such key: {0}"}}', "<title>{0}</title>", "plain: {0}", '"{0}"',
    '{{"error": {{"message": "x", "moderation_details": {{"moderation_stage": "{0}", "categories": ["{0}"]}}}}}}',
])  # fmt: skip
def test_a_server_that_repeats_the_key_does_not_have_it_told(form: str) -> None:
    secrets.hide(MARKER)
    failure = retry.refusal(401, {"x-request-id": MARKER, "location": f"/{MARKER}"}, form.format(MARKER).encode())
    assert MARKER not in repr(failure)
    assert MARKER not in failure.summary


@pytest.mark.parametrize("name", NAUGHTY)
def test_what_a_subcommand_says_is_one_line_without_what_acts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.say(NAUGHTY[name])
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert not set(said) & UNWANTED
    assert not set(output.shown_path(NAUGHTY[name])) & {*UNWANTED, "\n", "\t"}


def test_where_a_redirect_points_is_told_without_what_stands_behind_it() -> None:
    location = f"https://somebody:{MARKER}@host.example/v1?sig={MARKER}#{MARKER}"
    failure = retry.refusal(307, {"location": location}, b"")
    assert "https://host.example/v1" in failure.message
    assert MARKER not in repr(failure)
