"""A key and the signature of a URL stand nowhere but where they must, after everything that can go wrong."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import strict
from tests.e2e.conftest import PATIENCE
from tests.e2e.terminal import ROOT, App, Terminal, descendants, environment
from tui.sandbox.faults import FAULTS
from tui.sandbox.links import Links
from tui.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")

# Of no form that any pattern would know.
KEY = "Zq7vKeyMarker0c41Wd"
SIGNATURE = "Zq7vSigMarker9e20Xb"
PASSWORD = "Zq7vPassMarker1f77Yc"
VARIABLE = "STUDIO_LOGIN"
# What keeps a URL until it ends.
SPOOLED = ("response", "response.part")
FOR_EVER = {"timeout", "drip", "rate-limit-long"}

CRASH = """
import sys
import tui.app as wired
from tui.cli import main
class Crashing(wired.SafelightApp):
    def key_f10(self):
        key, url = self.session.provider.key, "https://host.example/a.png?se=1&sig=" + sys.argv[1]
        raise ValueError(f"[@click=app.quit]{key}[/] {url} \\x1b]0;owned\\x07")
wired.SafelightApp = Crashing
sys.exit(main([]))
"""
CRASHING_LINES = """
import sys
import tui.subcommands.ls as subcommand
from tui.cli import main
def run(given, config, env):
    from tui.engine import keys
    key = keys.choose(config, env).key
    raise RuntimeError(f"{key} https://host.example/a.png?sig={sys.argv[1]} \\x1b]0;owned\\x07")
subcommand.run = run
sys.exit(main(["ls"]))
"""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A provider whose signatures are known again."""
    signed = Links._sign
    monkeypatch.setattr(Links, "_sign", lambda links, text: SIGNATURE + signed(links, text))
    with Sandbox() as running:
        yield running


@pytest.fixture
def everybody() -> Iterator[None]:
    """Nothing is private by the person's own doing."""
    before = os.umask(0)
    yield
    os.umask(before)


def configure(home: Path, sandbox: Sandbox, key_env: str | None) -> None:
    folder = home / ".config" / "safelight"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "config.toml").write_text(
        'provider = "studio"\n[engine]\nretries = 0\ndeadline = 3\n'
        f'[providers.other]\nbase_url = "https://somebody:{PASSWORD}@host.example/v1"\n'
        f'[providers.studio]\nbase_url = "{sandbox.base_url}"\n' + (f'key_env = "{key_env}"\n' if key_env else "")
    )
    if key_env is None:
        (folder / "keys").mkdir(mode=0o700)
        file = folder / "keys" / "studio"
        file.write_text(f"{KEY}\n")
        file.chmod(0o600)


def forms(secret: str) -> list[bytes]:
    """As it is, and as it would be written in base64, at each of its three places."""
    shifted = [base64.b64encode(b" " * shift + secret.encode())[4:-4] for shift in range(3)]
    return [secret.encode(), secret.encode("utf-16-le"), *shifted]


def holds(content: bytes, *secrets: str) -> bool:
    return any(form in content for secret in secrets for form in forms(secret))


def files(home: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(os.fsencode(home)):
        yield from (Path(os.fsdecode(folder)) / os.fsdecode(name) for name in names)


def check_home(home: Path) -> None:
    """No secret is in any file, but the key in its own and a URL in the spool, which nobody else can read."""
    own = {home / ".config/safelight/config.toml", home / ".config/safelight/keys/studio"}
    for path in files(home):
        content = path.read_bytes()
        assert not holds(str(path).encode(), KEY, SIGNATURE, PASSWORD)
        assert path in own or not holds(content, KEY, PASSWORD), path
        if holds(content, SIGNATURE):
            assert path.name in SPOOLED and ".safelight/spool" in str(path), path
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def check_modes(home: Path) -> None:
    """All that is ours is the person's alone."""
    told = {path: stat.S_IMODE(path.lstat().st_mode) for path in home.rglob("*")}
    ours = {path: mode for path, mode in told.items() if "safelight" in str(path.relative_to(home))}
    assert ours
    wrong = {str(path): oct(mode) for path, mode in ours.items() if mode & 0o077 and path.suffix != ".toml"}
    assert not wrong


def check_children(pid: int) -> int:
    """What a neighbour sees of the children: how many there were."""
    seen = 0
    for child in descendants(pid):
        for name in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{child}/{name}").read_bytes()
            except OSError:
                continue
            assert not holds(content, KEY, SIGNATURE, PASSWORD), (child, name)
            assert name == "cmdline" or VARIABLE.encode() not in content
            seen += 1
    # The program's own environment has what the person put there; what it was called with has nothing.
    assert not holds(Path(f"/proc/{pid}/cmdline").read_bytes(), KEY, PASSWORD)
    return seen


def tattler(folder: Path, name: str, then: str = "") -> Path:
    """A program that writes down all that it was told."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f'#!/bin/sh\n{{ env; echo "$0 $@"; cat /proc/$$/cmdline; }} >> "{folder}/told by {name}"\n{then}\n')
    file.chmod(0o755)
    return file


@pytest.mark.usefixtures("everybody")
def test_a_session_of_the_app_with_everything_that_goes_wrong_leaves_no_secret(home: Path, sandbox: Sandbox) -> None:
    configure(home, sandbox, VARIABLE)
    tattler(home / "bin", "xdg-open")
    editor = tattler(home / "bin", "editor")
    env = {VARIABLE: KEY, "EDITOR": str(editor), "DISPLAY": ":0", "PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
    with App(home, welcome=False, columns=160, **env) as app:
        # Of a provider with a key nothing is told but where that came from.
        app.wait_for(f"environment: {VARIABLE}")
        if "A darkroom for images" in app.text:
            app.press("enter")
        app.wait_until_quiet()
        app.generate("a red fox")
        app.wait_for("#1 done")
        app.wait_for(lambda: len(app.colours()) > 20)
        assert check_children(app.child.pid) >= 2
        for number, fault in enumerate(sorted(set(FAULTS) - FOR_EVER - {"hostile-error", "gzip-bomb"}), 2):
            app.generate(f"fault:{fault} a fox")
            app.wait_for(lambda: len(sandbox.posts) == number and "1 running" not in app.text)  # noqa: B023  # it is asked at once
            check_children(app.child.pid)
        app.press("f4")
        app.wait_for(lambda: (home / "bin/told by editor").exists())
        app.wait_until_quiet()
        app.press("f6")
        app.wait_for("a red fox")
        app.press("o")
        app.wait_for(lambda: (home / "bin/told by xdg-open").exists())
        app.wait_until_quiet()
        check_children(app.child.pid)
        app.press("f7")
        app.wait_until_quiet()
        app.press("ctrl+q")
        app.wait_until_quiet()
        if app.child.isalive():
            app.press("q")
        app.end()
        assert not holds(app.raw, KEY, SIGNATURE, PASSWORD)
    assert VARIABLE not in (home / "bin/told by editor").read_text()
    check_home(home)
    check_modes(home)


@pytest.mark.usefixtures("everybody")
def test_a_crash_of_the_app_tells_no_secret_and_where_to_look(home: Path, sandbox: Sandbox) -> None:
    configure(home, sandbox, None)
    with Terminal([sys.executable, "-c", CRASH, SIGNATURE], environment(home), columns=160, rows=40) as crashing:
        crashing.wait_for("file: ~/.config/safelight/keys/studio")
        crashing.send(b"\x1b[21~")
        assert crashing.end() == 1
        after = crashing.raw[crashing.raw.rindex(b"\x1b[?1049l") :].decode()
        assert "ValueError: [@click=app.quit][hidden][/]" in after
        assert "in key_f10" in after
        assert "~/.local/state/safelight/safelight.log" in after
        assert "safelight recover" in after
        assert "sandbox" not in after, "the value of a variable"
        assert not strict.of_app(crashing.raw.replace(b"\r\n", b""))
        assert not holds(crashing.raw, KEY, SIGNATURE, PASSWORD)
    assert b"ValueError" in (home / ".local/state/safelight/safelight.log").read_bytes()
    check_home(home)
    check_modes(home)


def run(home: Path, *words: str, typed: str = "", code: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, SIGNATURE] if code else [sys.executable, "-m", "tui", *words]
    ended = subprocess.run(
        command, env=environment(home, **more), input=typed, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
    )
    said = ended.stdout + ended.stderr
    assert not holds(said.encode(), KEY, SIGNATURE, PASSWORD), said
    assert not strict.of_lines(said.encode())
    assert "Traceback" not in said
    return ended


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("source", ["file", "environment"])
def test_every_fault_on_the_command_line_and_a_crash_leave_no_secret(home: Path, sandbox: Sandbox, source: str) -> None:
    configure(home, sandbox, VARIABLE if source == "environment" else None)
    env = {VARIABLE: KEY} if source == "environment" else {}
    prompts = "\n".join(["a red fox", *(f"fault:{name} a fox" for name in FAULTS if name not in FOR_EVER)])
    for model in ("gpt-image-1", "dall-e-2") if source == "file" else ("dall-e-2",):
        size = "1024x1024" if model == "gpt-image-1" else "256x256"
        words = ("generate", "-", "--lines", "--parallel", "8", "--model", model, "--size", size)
        more = ("--response-format", "url") if model == "dall-e-2" else ("--quality", "low")
        ended = run(home, *words, *more, typed=prompts, **env)
        assert ended.returncode in (1, 3), ended.stderr
    assert any(
        SIGNATURE in unquote(path.read_text("utf-8", "replace")) for path in files(home) if path.name == "response"
    )
    for subcommand in (["ls"], ["ls", "--json"], ["doctor"], ["doctor", "--json"], ["config"], ["config", "--json"]):
        run(home, *subcommand, **env)
    ended = run(home, code=CRASHING_LINES, **env)
    assert ended.returncode == 1
    assert "RuntimeError: [hidden]" in ended.stderr
    check_home(home)
    check_modes(home)
    run(home, "export", "fox", "--to", str(home / "copies"), "--manifest", "json", **env)
    listed = run(home, "recover", "--list", "--json", **env).stdout.splitlines()
    assert listed
    for line in listed:
        run(home, "recover", "--forget", json.loads(line)["job"], "--yes", **env)
    check_home(home)
    assert not [path for path in files(home) if holds(path.read_bytes(), SIGNATURE)], "a URL goes with its job"


@pytest.mark.parametrize("subcommand", ["generate", "show", "ls", "sandbox", "doctor", "config", "recover", ""])
def test_no_argument_takes_a_key(home: Path, subcommand: str) -> None:
    said = run(home, *filter(None, [subcommand]), "--help").stdout.lower()
    assert "usage: safelight" in said
    assert not [word for word in said.split() if word.startswith("--") and ("key" in word or "token" in word)]


def test_no_field_of_the_app_takes_a_key() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "tui" / "ui").rglob("*.py")]
    assert sources
    assert not [text for text in sources if "password" in text]
