"""Writing copies of images elsewhere, in a worker, as the person wants them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.naming import TemplateError
from tui.core.paths import expanded, shown
from tui.core.text import clean_line, shorten_middle
from tui.ui.shell import Shell
from tui.ui.wishes import SHEET, Wishes

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.index import Index
    from tui.library.undo import Cancelled, Deed, Progress

# Pixels of an image on a sheet where nothing is said.
TILE = 320
SHEET_NAME = "contact-sheet.png"
STOPPED = "stopped before anything was written"


def export(app: Shell, images: Sequence[Entry], wishes: Wishes, *, library: bool) -> None:
    """Copies of images, or a sheet of them. What was done, and what copies lost, is told."""
    from tui.library.undo import Deed, reason

    target = expanded(wishes.target, os.environ)
    folder = app.session.library if library else app.session.shown_folder

    def run(progress: Progress, cancelled: Cancelled) -> Deed:
        try:
            if wishes.form == SHEET:
                return _sheet(images, target, wishes, cancelled)
            return _copies(app, app.shelf.index_of(folder), images, target, wishes, progress, cancelled)
        except OSError as error:
            return Deed("exported", 0, ((target, reason(error)),))
        except (TemplateError, ValueError) as error:
            return Deed("exported", 0, ((target, clean_line(error, limit=200)),))

    app.work_on(run, words="Exporting", keep=False)


def _copies(
    app: Shell,
    index: Index,
    images: Sequence[Entry],
    target: Path,
    wishes: Wishes,
    progress: Progress,
    cancelled: Cancelled,
) -> Deed:
    from tui.library.export import How, encoder, export
    from tui.library.undo import Deed
    from tui.render.decoding.decoder import Decoder
    from tui.render.picture import Refused

    how = How(wishes.form, wishes.kind, wishes.side, template=wishes.template, manifest=wishes.manifest)
    # One of its own: previews do not wait for it.
    with Decoder() as decoder:
        encode = encoder(index, decoder.export, Refused)
        done = export(images, target, how, encode, progress, cancelled)
    packed = target.suffix.lower() == ".zip"
    count = (len(images) - len(done.failed) if done.paths else 0) if packed else len(done.paths)
    if done.credentials_lost:
        app.call_from_thread(partial(app.notify, _lost(done.credentials_lost), severity="warning", timeout=10))
    place = done.paths[0] if packed and done.paths else target
    words = f"copied to {shown(place)}"
    if not count and not done.failed:
        words = STOPPED
    elif cancelled():
        words += f", of {len(images):,}: stopped"
    return Deed(words, count, done.failed)


def _sheet(images: Sequence[Entry], target: Path, wishes: Wishes, cancelled: Cancelled) -> Deed:
    """A PNG, under the name that was given or in the folder."""
    from tui.library.moving import free, write
    from tui.library.undo import Deed
    from tui.render.decoding.decoder import Decoder
    from tui.render.picture import Refused, Stale

    paths = [image.path for image in images]
    labels = [shorten_middle(image.name, 60) for image in images]
    side = wishes.side or TILE
    try:
        with Decoder() as decoder:
            data = decoder.sheet(paths, labels, columns=wishes.columns, side=side, stale=cancelled)
    except Stale:
        return Deed(STOPPED, 0)
    except Refused as refused:
        raise ValueError(str(refused)) from refused
    folder, name = (target.parent, target.name) if target.suffix.lower() == ".png" else (target, SHEET_NAME)
    folder.mkdir(parents=True, exist_ok=True)
    for path in free(folder, name):
        try:
            write(path, [data])
        except FileExistsError:
            continue
        return Deed(f"on {shown(path)}", len(images))
    raise FileExistsError("no free name")


def _lost(count: int) -> str:
    copies = "1 copy does" if count == 1 else f"{count:,} copies do"
    return f"{copies} not carry the original's content credentials any more; the originals keep them"
