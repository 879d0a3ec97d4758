"""The line that fetches files over SSH: right for any name, held against the real scp and a real shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.strict import of_lines
from tui.ui.scp import scp_line

HERE = "203.0.113.9 50022 192.0.2.7 22"
NAMES = (
    b"plain.png", b"a b.png", b"it's.png", b'"quoted".png', b"$HOME `id` $(id).png", b"caf\xe9\xff.png",
    "日本 🦊.png".encode(), b"[ab]*?.png", b"back\\slash.png", b"-dash.png", b"~tilde.png", b"semi;colon&|.png",
    "\u202egnp.evil.png".encode(), b"{a,b}.png", b"!bang.png", b"#hash.png", b"tab\t.png", b"esc\x1b[31m.png",
)  # fmt: skip
SERVERS = [
    Path(folder, "sftp-server")
    for folder in ("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/libexec", "/usr/lib/ssh")
]
SERVER = next((str(path) for path in SERVERS if path.exists()), "")
# In place of ssh: the far side is here, and what it is asked to run is run by its shell.
SSH = f"""#!/bin/sh
while [ $# -gt 0 ]; do
    case "$1" in --) shift; break ;; -o|-l|-p) shift ;; -*) ;; *) break ;; esac
    shift
done
echo "$1" >> hosts
shift
case "$1" in sftp|-s) exec {SERVER or "false"} ;; esac
exec sh -c "$*"
"""


def test_it_names_this_machine_as_the_person_reached_it() -> None:
    env = {"SSH_CONNECTION": HERE, "USER": "me"}
    assert scp_line([Path("/a/b.png")], env) == "scp me@192.0.2.7:/a/b.png ."
    assert (
        scp_line([Path("/a/b.png"), Path("/a/c d.png")], env)
        == r"scp me@192.0.2.7:/a/b.png 'me@192.0.2.7:/a/c\ d.png' ."
    )
    six = {"SSH_CONNECTION": "2001:db8::1 50022 2001:db8::7%eth0 2222", "USER": "me"}
    assert scp_line([Path("/a.png")], six) == "scp -P 2222 'me@[2001:db8::7]:/a.png' ."


@pytest.mark.parametrize("told", ["", "a b c d", "1.2.3.4 5", "1.2.3.4 5 ;reboot 22", "1.2.3.4 5 6.7.8.9 x"])
def test_without_an_address_that_is_one_there_is_no_line(told: str) -> None:
    assert scp_line([Path("/a.png")], {"SSH_CONNECTION": told, "USER": "me"}) is None
    assert scp_line([Path("/a.png")], {"USER": "me"}) is None


def test_it_is_one_line_of_text_that_no_terminal_acts_on() -> None:
    names = [*NAMES, b"new\nline.png", b"\xc2\x9bc1.png"]
    line = scp_line([Path("/p") / os.fsdecode(name) for name in names], {"SSH_CONNECTION": HERE, "USER": "me"})
    assert line is not None and line.encode() and "\n" not in line and not of_lines(line.encode())


@pytest.mark.skipif(not shutil.which("scp"), reason="scp is not installed")
@pytest.mark.parametrize(
    "protocol",
    ["-O", pytest.param("-s", marks=pytest.mark.skipif(not SERVER, reason="there is no sftp-server here"))],
)
def test_scp_fetches_files_of_any_name_by_it(protocol: str, tmp_path: Path) -> None:
    far, near = tmp_path / "far off", tmp_path / "near"
    for folder in (far, near):
        folder.mkdir()
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o700)
    for name in NAMES:
        (far / os.fsdecode(name)).write_bytes(name)
    line = scp_line([far / os.fsdecode(name) for name in NAMES], {"SSH_CONNECTION": HERE, "USER": "me"})
    assert line is not None
    shell = shutil.which("bash") or "sh"
    with_ssh = line.replace("scp ", f"scp -q {protocol} -S {ssh} ", 1)
    subprocess.run([shell, "-c", with_ssh], cwd=near, check=True, capture_output=True, timeout=60)
    assert set((near / "hosts").read_text().split()) == {"192.0.2.7"}
    (near / "hosts").unlink()
    assert {os.fsencode(path.name): path.read_bytes() for path in near.iterdir()} == {name: name for name in NAMES}
