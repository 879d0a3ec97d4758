"""A request's body as fields and files: JSON, and the multipart forms of edits and variations."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
FILENAME = re.compile(rb'\bfilename="([^"]*)"', re.IGNORECASE)
KIND = re.compile(rb"^content-type:\s*([^\r\n;]+)", re.IGNORECASE | re.MULTILINE)
BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
DATA_URL = re.compile(r"data:([\w/+.-]+);base64,")


class BadFormError(ValueError):
    """A body that is not what its content type says; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request. `where` is the form's name for it, without brackets."""

    where: str
    name: str
    kind: str
    content: bytes = field(repr=False)

    def summary(self) -> dict[str, Any]:
        """What is remembered of a file once its request is over."""
        digest = hashlib.sha256(self.content).hexdigest()
        return {"name": self.name, "kind": self.kind, "bytes": len(self.content), "sha256": digest}


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a body, and its files in their order."""

    fields: dict[str, Any]
    uploads: tuple[Upload, ...] = ()


def read(body: bytes, kind: str) -> Form:
    """Parse a body by its content type; raises BadFormError."""
    if kind.partition(";")[0].strip().lower() == "multipart/form-data":
        boundary = BOUNDARY.search(kind)
        if boundary is None:
            raise BadFormError("the multipart body names no boundary")
        return _multipart(body, boundary[1].encode("latin-1"))
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadFormError("We could not parse the JSON body of your request.") from error
    if not isinstance(fields, dict):
        raise BadFormError("The JSON body of your request must be an object.")
    return _json_files(fields)


def _multipart(body: bytes, boundary: bytes) -> Form:
    fields: dict[str, Any] = {}
    uploads: list[Upload] = []
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            break
        head, gap, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = NAME.search(head)
        if not gap or name is None:
            raise BadFormError("a part of the multipart body has no name")
        key = name[1].decode("utf-8", "replace")
        if filename := FILENAME.search(head):
            kind = KIND.search(head)
            said = kind[1].decode("latin-1").strip() if kind else ""
            field_name = key.partition("[")[0]
            uploads.append(Upload(field_name, filename[1].decode("utf-8", "replace"), said, content))
        else:
            _nest(fields, key, content.decode("utf-8", "replace"))
    return Form(fields, tuple(uploads))


def _nest(fields: dict[str, Any], key: str, value: str) -> None:
    """Put `svg[reasoning][effort]` where JSON would have it."""
    outer, *inner = re.findall(r"[^\[\]]+", key) or [key]
    place = fields
    for name in inner:
        deeper = place.setdefault(outer, {})
        if not isinstance(deeper, dict):
            raise BadFormError(f"the form has {outer} both as a value and as a group")
        place, outer = deeper, name
    place[outer] = value


def _json_files(fields: Mapping[str, Any]) -> Form:
    """Take the files of the JSON edit form, `images: [{image_url}]` and `mask: {image_url}`, out of the fields."""
    rest = dict(fields)
    listed = rest.pop("images", [])
    uploads = [_inline("image", entry) for entry in (listed if isinstance(listed, list) else [listed])]
    uploads += [_inline(name, rest.pop(name)) for name in ("mask", "markup") if rest.get(name) is not None]
    return Form(rest, tuple(uploads))


def _inline(name: str, entry: object) -> Upload:
    url = entry.get("image_url") if isinstance(entry, dict) else None
    match = DATA_URL.match(url) if isinstance(url, str) else None
    if match is None or not isinstance(url, str):
        raise BadFormError(f"the sandbox fetches nothing: give {name} as a data: URL in image_url")
    try:
        content = base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadFormError(f"the base64 of {name} is broken") from error
    return Upload(name, f"{name}.{match[1].rpartition('/')[2]}", match[1], content)
