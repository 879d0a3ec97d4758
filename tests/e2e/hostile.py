"""A home in which everything that can hold a text of somebody else's does, and a provider that answers with it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from tests.engine.raw import RawServer, answer
from tests.naughty import one_line

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\3\1\1\0"
    b"\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)


class Hostile(RawServer):
    """Answers each POST with what `say` was given last; counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.posts = 0
        self._next = b""
        self.on("POST", self._answer)

    def say(self, response: bytes) -> None:
        self._next = response

    def _answer(self, connection: socket.socket) -> None:
        self.posts += 1
        connection.sendall(self._next)


def error(text: str, status: str = "400 Bad Request") -> bytes:
    """A refusal whose every part is the text."""
    facts = dict.fromkeys(("message", "code", "type", "param"), text)
    details = {"moderation_stage": text, "categories": [text]}
    body = json.dumps({"error": {**facts, "moderation_details": details}}).encode()
    return with_header(answer(body, status=status), "x-request-id", text)


def with_header(response: bytes, name: str, value: str) -> bytes:
    """One header more, its value as near to the text as a header can be."""
    # Without the ends of lines that make it no header.
    raw = one_line(value).replace("\v", "").replace("\f", "").encode("utf-8", "surrogatepass").strip()
    return response.replace(b"\r\n\r\n", b"\r\n" + name.encode() + b": " + raw + b"\r\n\r\n", 1)


def image(revised: str) -> bytes:
    """An image with a revised prompt."""
    item = {"b64_json": base64.b64encode(PNG).decode(), "revised_prompt": revised}
    return with_header(answer(json.dumps({"created": 1_790_000_000, "data": [item]}).encode()), "x-request-id", revised)


def file_names(folder: Path, texts: Iterable[str]) -> list[Path]:
    """Image files named by the texts, as far as a file can be; and some whose names are no text."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    names = [one_line(text).replace("/", "∕").encode("utf-8", "surrogatepass") for text in texts]
    for number, name in enumerate([*names, b"\xff\xfe", b"\x80\x9b31m", b"a\nb\rc\td"]):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/%02d " % number + name[:180] + b".png"))
        # Other bytes each, so that each can have a record of its own.
        path.write_bytes(PNG + bytes([number]))
        os.utime(path, (2e9 - number, 2e9 - number))
        made.append(path)
    return made


def recorded(library: Path, file: Path, text: str) -> None:
    """A record of the file that somebody else wrote: whatever can be a text is this one."""
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    origin = {
        **dict.fromkeys(("job", "provider", "model", "operation", "prompt", "revised_prompt", "request_id"), text),
        "path": text,
        "index": 0,
        "created": int(file.stat().st_mtime),
        "parameters": {text: text, "size": text, "n": 1},
        "cost": 0.04,
        text: text,
    }
    record = {"version": 1, "sha256": sha256, "bytes": len(content), "format": text, "width": 1, "height": 1}
    target = library / ".safelight" / "records" / sha256[:2] / f"{sha256}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({**record, "origins": [origin], text: text}))


def toml(text: str) -> str:
    """As a string of TOML, which has no halves of characters."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings(home: Path, texts: Iterable[str]) -> None:
    """A configuration, models, themes and key files in which every text stands somewhere."""
    folder = home / ".config" / "safelight"
    (folder / "themes").mkdir(parents=True, exist_ok=True)
    chosen = list(texts)
    one = toml(chosen[12])
    lines = [f"theme = {one}", f"provider = {one}", f"out = {toml(str(home / 'Pictures' / 'safelight'))}"]
    lines += [f"{toml(f'wrong {text}')} = {toml(text)}" for text in chosen]
    lines += ["[names]", f"template = {one}", "[preview]", f"style = {one}", f"ground = {one}", "[engine]"]
    lines += [f"retries = {one}", "[keys]", *(f"{toml(f'{number} {text}')} = 1" for number, text in enumerate(chosen))]
    lines += [f"{toml(f'no {text}')} = {toml(text)}" for text in chosen]
    lines += [f"generate = {toml(chosen[0])}"]
    for number, text in enumerate(chosen):
        lines += [f"[providers.{toml(f'{number} {text}')}]", f"base_url = {toml(f'https://{text}/v1')}"]
        lines += [f"[providers.p{number}]", f"base_url = 'https://host{number}.example/v1'", f"key_env = {toml(text)}"]
    (folder / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    parameters = ["[parameter.style]", f"label = {one}", 'kind = "choice"', f"help = {one}"]
    parameters += [f"values = [{', '.join(map(toml, chosen))}]"]
    parameters += [f"[parameter.background]\nlabel = {toml(chosen[0])}"]
    models = [f"[model.{toml(f'm{number} {text}')}]\nfamily = 'dall-e-3'" for number, text in enumerate(chosen)]
    (folder / "models.toml").write_text("\n".join([*parameters, *models]), encoding="utf-8")
    for number, text in enumerate(chosen):
        name = one_line(text).replace("/", "∕").encode("utf-8", "surrogatepass")
        file = Path(os.fsdecode(os.fsencode(folder / "themes") + b"/%d " % number + name[:100] + b".toml"))
        file.write_text(f"[colors]\n{toml(text)} = {toml(text)}\n" if number % 2 else '[colors]\nprimary = "#123456"\n')


def left(library: Path, texts: Iterable[str]) -> None:
    """What an earlier run left in the spool, or somebody else put there."""
    for number, text in enumerate(texts):
        entry = library / ".safelight" / "spool" / f"20261128-{number:06d}-abcdef"
        entry.mkdir(parents=True, mode=0o700)
        facts = dict.fromkeys(("prompt", "model", "provider", "host", "job", "operation"), text)
        request = {"version": 1, "at": 1_790_000_000, "parameters": {text: text}, "images": [], "mask": None, **facts}
        request["operation"] = "generate" if number % 2 else text
        (entry / "request.json").write_text(json.dumps(request))
        head = {"status": 200, "content_type": text, "encoding": text, "request_id": text, "total": 5}
        (entry / "head.json").write_text(json.dumps(head))
        note = {"at": 1_790_000_000, "what": "refused" if number % 3 else text, "failure": text, "request_id": text}
        (entry / "attempts.jsonl").write_text(json.dumps(note) + "\n")
        (entry / "response.part").write_bytes(text.encode("utf-8", "replace"))


def surroundings(text: str) -> dict[str, str]:
    """Variables that somebody else has set."""
    raw = one_line(text)
    names = (
        "TERM",
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "COLORTERM",
        "LC_TERMINAL",
        "LC_TERMINAL_VERSION",
        "LC_ALL",
    )
    more = (
        "SSH_CONNECTION",
        "TMUX",
        "STY",
        "VTE_VERSION",
        "KITTY_WINDOW_ID",
        "WEZTERM_PANE",
        "OPENAI_ORG_ID",
        "EDITOR",
    )
    return dict.fromkeys((*names, *more), raw.encode("utf-8", "replace").decode())
