"""What an answer holds, read from its file whatever form it has: JSON, an event stream, or neither."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.core.text import clean_line
from tui.engine.skeleton import CHUNK, Skeleton, Span, TooLargeError, text_of
from tui.engine.stream import EventStream, StreamEvent

# White space, and the three bytes of a byte order mark.
_SPACE = b" \t\r\n\xef\xbb\xbf"
# The first letters of an event stream's lines; no JSON begins with one of them.
_STREAM = b"deir:"
_INDEX_NAMES = ("image_index", "index", "output_index")


@dataclass(frozen=True, slots=True)
class Item:
    """One image of an answer, as base64 or behind a URL."""

    index: int
    source: Span | str | None = None
    url: str | None = field(default=None, repr=False)
    revised_prompt: Span | str | None = None


@dataclass(frozen=True, slots=True)
class Developing:
    """A partial image of a stream: image `index` at `stage`, both from 0."""

    index: int
    stage: int
    source: Span | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`complete` is False where the text ends early or is broken; `form` says in words what the body is.

    `authored`: a model of its own wrote the drawing, whose work is no part of `usage`.
    """

    items: tuple[Item, ...] = ()
    created: int | None = None
    usage: Mapping[str, Any] | None = None
    authored: bool = False
    error: object = None
    complete: bool = True
    streamed: bool = False
    form: str = "an answer"


class Reader:
    """Takes an answer's bytes in order, in pieces of any length."""

    def __init__(self) -> None:
        self._offset = 0
        self._begun = False
        self._start = bytearray()
        self._stream: EventStream | None = None
        self._json: Skeleton | None = None
        self._items: list[tuple[int | None, Item]] = []
        self._created: int | None = None
        self._usage: Mapping[str, Any] | None = None
        self._authored = False
        self._error: object = None
        self._too_large = False

    def feed(self, data: bytes) -> list[Developing]:
        """The partial images that end in this piece."""
        offset, self._offset = self._offset, self._offset + len(data)
        if not self._begun:
            rest = data.lstrip(_SPACE)
            if not rest:
                return []
            self._begun = True
            if rest[0] in _STREAM:
                self._stream = EventStream()
            elif rest[:1] != b"<":
                self._json = Skeleton()
            offset, data = offset + len(data) - len(rest), rest
        if len(self._start) < 4096:
            self._start += data[:4096]
        if self._stream is not None:
            return [part for event in self._stream.feed(data, offset) if (part := self._event(event))]
        if self._json is not None and not self._too_large:
            try:
                self._json.feed(data, offset)
            except TooLargeError:
                self._too_large = True
        return []

    def finish(self, path: Path) -> Answer:
        """All that the bytes held; long texts and repeated images are looked up in `path`."""
        if self._stream is not None:
            for event in self._stream.finish():
                self._event(event)
            return self._streamed(path)
        if self._json is None:
            # Nothing at all is an answer that was cut before its first letter.
            return Answer(form=self._form(), complete=bool(self._start))
        if self._too_large:
            return self._broken()
        try:
            value = self._json.value()
        except ValueError:
            return self._broken()
        return self._whole(value, path)

    # --- event streams ---

    def _event(self, event: StreamEvent) -> Developing | None:
        value = event.value
        if not isinstance(value, dict):
            return None
        kind = value.get("type")
        kind = kind if isinstance(kind, str) else event.name
        if value.get("error") or kind == "error":
            self._error = value.get("error") or value
            return None
        images = value.get("data") if isinstance(value.get("data"), list) else [value]
        index = _index(value)
        source = _source(value)
        if kind.endswith("partial_image"):
            stage = _whole_number(value.get("partial_image_index"))
            place = len(self._items) if index is None else index
            return None if source is None else Developing(place, stage or 0, source)
        if kind.endswith("completed") or images is value.get("data"):
            self._usage = _mapping(value.get("usage")) or self._usage
            self._authored |= bool(value.get("svg_usage"))
            self._created = _time(value) or self._created
            self._items += [(_index(image), item) for image in images or () if (item := _item(image, 0))]
        return None

    def _streamed(self, path: Path) -> Answer:
        """Each image once, however often its event came: by its index, or else by its bytes."""
        found: dict[object, Item] = {}
        for index, item in self._items:
            key = index if index is not None or len(self._items) == 1 else _digest(item, path)
            found.setdefault(key, item)
        # Those with an index stand in its order, before those without.
        order = sorted(found, key=lambda key: key if isinstance(key, int) else len(self._items) + 1000)
        items = tuple(replace(found[key], index=place) for place, key in enumerate(order))
        return Answer(
            items=tuple(items),
            created=self._created,
            usage=self._usage,
            authored=self._authored,
            error=plain(self._error, path),
            complete=bool(items),
            streamed=True,
            form="an event stream" if items or self._error else "an event stream that ends without an image",
        )

    # --- JSON ---

    def _whole(self, value: object, path: Path) -> Answer:
        if isinstance(value, list):
            value = {"data": value}
        if not isinstance(value, dict):
            return Answer(form=self._form())
        data = value.get("data")
        images = data if isinstance(data, list) else [value]
        items = [item for place, image in enumerate(images) if (item := _item(image, place))]
        return Answer(
            items=tuple(items),
            created=_time(value),
            usage=_mapping(value.get("usage")),
            authored=bool(value.get("svg_usage")),
            error=plain(value.get("error"), path),
            form="an answer" if items else "JSON without an image",
        )

    def _broken(self) -> Answer:
        """The images that are whole in a text that is not."""
        assert self._json is not None
        sources = list(self._json.found("b64_json"))
        items = tuple(Item(place, source) for place, source in enumerate(sources) if source)
        looks_like_json = self._start.startswith((b"{", b"["))
        return Answer(
            items=items,
            complete=not looks_like_json,
            form=("JSON that is cut off" if self._json.cut else "broken JSON") if looks_like_json else self._form(),
        )

    def _form(self) -> str:
        """A body that is no answer, in words."""
        start = bytes(self._start)
        if not start:
            return "nothing"
        if start[:1] == b"<":
            title = re.search(rb"<title[^>]*>(.{1,300}?)</title", start, re.IGNORECASE | re.DOTALL)
            named = clean_line(title[1].decode("utf-8", "replace"), limit=100) if title else ""
            return f"a web page ({named})" if named else "a web page or XML"
        return f"text ({clean_line(start.decode('utf-8', 'replace'), limit=100)})"


def read(path: Path) -> Answer:
    """What the file holds; its bytes must not be compressed. Raises OSError."""
    reader = Reader()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(CHUNK):
            reader.feed(piece)
    return reader.finish(path)


def plain(value: object, path: Path) -> object:
    """An error of an answer with its long texts read back."""
    if isinstance(value, dict):
        return {key: plain(entry, path) for key, entry in list(value.items())[:50]}
    if isinstance(value, list):
        return [plain(entry, path) for entry in value[:50]]
    return text_of(path, value) if isinstance(value, Span) else value


def _item(image: object, place: int) -> Item | None:
    if not isinstance(image, dict):
        return None
    source, url = _source(image), image.get("url")
    # Nothing but a data URL is that long.
    if source is None and (isinstance(url, Span) or (isinstance(url, str) and url[:5].lower() == "data:")):
        source = url
    if source is None and not (isinstance(url, str) and url):
        return None
    revised = image.get("revised_prompt")
    return Item(place, source, url if source is None else None, revised if isinstance(revised, str | Span) else None)


def _source(image: Mapping[str, Any]) -> Span | str | None:
    source = image.get("b64_json")
    return source if isinstance(source, str | Span) and source else None


def _index(image: object) -> int | None:
    if not isinstance(image, dict):
        return None
    return next((n for name in _INDEX_NAMES if (n := _whole_number(image.get(name))) is not None), None)


def _whole_number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000 else None


def _mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None


def _time(value: Mapping[str, Any]) -> int | None:
    """Seconds of Unix time, where they lie between 2001 and 2286."""
    for name in ("created", "created_at"):
        seconds = value.get(name)
        if isinstance(seconds, int | float) and 1e9 <= seconds < 1e10:
            return int(seconds)
    return None


def _digest(item: Item, path: Path) -> str:
    if not isinstance(item.source, Span):
        return str(item.source or item.url)
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        file.seek(item.source.start)
        left = item.source.end - item.source.start
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()
