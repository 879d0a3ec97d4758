"""One exchange with the sandbox, down to how it ended on the wire."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tui.sandbox.faults import FAULTS
from tui.sandbox.server import Sandbox

FLARE, SIZE = "gpt-image-2.5-flare", "1024x640"
LOST = "lost"  # what `end` says when the line went before the body was whole


@dataclass
class Heard:
    """One exchange: `end` is "whole", or how the body stopped."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    end: str = "whole"

    @property
    def error(self) -> dict[str, Any]:
        return dict(json.loads(self.body)["error"])

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line[6:]) for line in self.body.splitlines() if line.startswith(b"data: ")]


def exchange(base: str, method: str, path: str, body: bytes | None = None, patience: float = 20) -> Heard:
    """One request over a plain connection, with everything that comes back until the line ends."""
    address = urlsplit(base)
    line = http.client.HTTPConnection(str(address.hostname), address.port, timeout=patience)
    heard = Heard()
    try:
        line.request(method, path, body, {"Authorization": "Bearer any", "Accept-Encoding": "identity"})
        answer = line.getresponse()
        heard.status = answer.status
        heard.headers = {name.lower(): value for name, value in answer.getheaders()}
        while piece := answer.read1(1 << 20):
            heard.body += piece
        announced = heard.headers.get("content-length")
        if announced is not None and len(heard.body) < int(announced):
            heard.end = LOST
    except http.client.IncompleteRead as error:
        heard.body += error.partial
        heard.end = LOST
    except TimeoutError:
        heard.end = "silence"
    except (OSError, http.client.HTTPException) as error:
        heard.end = type(error).__name__
    finally:
        line.close()
    return heard


def ask(sandbox: Sandbox, fault: str, patience: float = 20) -> Heard:
    """A request whose prompt asks for the fault, of the kind that the fault needs."""
    needs = FAULTS[fault.partition("*")[0]].needs
    fields: dict[str, Any] = {"model": FLARE, "size": SIZE}
    if needs == "stream":
        fields |= {"stream": True, "partial_images": 2}
    if needs == "url":
        fields = {"model": "dall-e-2", "size": "256x256"}
    body = json.dumps({"prompt": f"a fox fault:{fault}, and more", **fields}).encode()
    return exchange(sandbox.base_url, "POST", "/v1/images/generations", body, patience)


def fetch(sandbox: Sandbox, fault: str) -> Heard:
    """The image of a link that the fault spoils."""
    answered = ask(sandbox, fault)
    assert answered.status == 200
    url = json.loads(answered.body)["data"][0]["url"]
    parts = urlsplit(url)
    assert url.startswith(sandbox.base_url.removesuffix("/v1"))
    return exchange(sandbox.base_url, "GET", f"{parts.path}?{parts.query}")
