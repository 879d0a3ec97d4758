"""`safelight export`: copies of images for elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.core import paths
from tui.core.config import Config
from tui.core.naming import TemplateError
from tui.core.text import shorten_middle
from tui.subcommands import chosen, output

if TYPE_CHECKING:
    from tui.library.entry import Entry
    from tui.library.export import How

MAX_SIDE = 16_384
# Pixels of an image on a sheet where nothing is said.
TILE = 320
EPILOG = """\
Originals are never changed. A portable copy has the prompt inside, where other programs read it; a clean one has
nothing inside. Neither carries the content credentials that some providers put into their images.

  safelight export rating:5 --to best.zip --manifest csv
  safelight export 'red fox' --to ~/web --clean --format jpeg --side 1600
  safelight export since:7d --to week.png --sheet
"""


def arguments(parser: argparse.ArgumentParser, env: Mapping[str, str]) -> None:  # noqa: ARG001  every subcommand's form
    chosen.argument(parser)
    parser.add_argument("--to", metavar="PLACE", required=True, help="a folder, or a new ZIP where it ends in .zip")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--portable", action="store_true", help="copies with the prompt inside")
    forms.add_argument("--clean", action="store_true", help="copies without any metadata")
    forms.add_argument("--sheet", action="store_true", help="one PNG, at PLACE, with all of them side by side")
    parser.add_argument("--format", choices=("png", "jpeg", "webp"), help="another format")
    parser.add_argument("--side", type=int, default=0, metavar="PIXELS", help="at most so many on the longer side")
    parser.add_argument("--quality", type=int, default=92, metavar="N", help="of JPEG and WebP, 1 to 100")
    parser.add_argument("--columns", type=int, default=4, metavar="N", help="images side by side on a sheet")
    parser.add_argument("--name", metavar="TEMPLATE", default="", help="from {model} {created} {index} {prompt} {job}")
    parser.add_argument("--manifest", choices=("json", "csv"), default="", help="what is known of each, beside them")
    parser.epilog = EPILOG


def run(given: argparse.Namespace, config: Config, env: Mapping[str, str]) -> int:
    for name, value, least, most in (
        ("side", given.side, 0, MAX_SIDE), ("quality", given.quality, 1, 100), ("columns", given.columns, 1, 100),
    ):  # fmt: skip
        if not least <= value <= most:
            output.say(f"--{name}: from {max(least, 1)} to {most:,}")
            return 2
    from tui.library.export import How

    # What is made anew has the prompt inside unless it is not wanted.
    anew = bool(given.format or given.side) and not given.clean
    form = "portable" if given.portable or anew else "clean" if given.clean else "original"
    how = How(form, given.format or "", given.side, given.quality, given.name, given.manifest)
    try:
        with chosen.opened(config, env) as index:
            images = chosen.images(index, given.what)
            if given.sheet:
                return _sheet(images, given, env)
            return _copies(index, images, given.to, how, env)
    except (chosen.NothingChosenError, TemplateError) as error:
        output.say(error)
        return 2
    except OSError as error:
        output.say(f"{given.to}: {error.strerror or error}")
        return 1


def _copies(index: object, images: list[Entry], to: str, how: How, env: Mapping[str, str]) -> int:
    from tui.library.export import encoder, export
    from tui.library.index import Index
    from tui.render.decoding.decoder import Decoder, Refused

    assert isinstance(index, Index)
    with Decoder() as decoder:
        encode = encoder(index, decoder.export, Refused)
        done = export(images, paths.expanded(to, env), how, encode, _progress())
    for path, why in done.failed:
        output.say(f"{output.shown_path(path)}: {why}")
    if done.credentials_lost:
        count = done.credentials_lost
        output.say(f"{count} {'copy does' if count == 1 else 'copies do'} not carry the original's content credentials")
    lines = output.Lines()
    for path in done.paths:
        lines.line(output.shown_path(path))
    return 1 if done.failed or lines.failed else 0


def _sheet(images: list[Entry], given: argparse.Namespace, env: Mapping[str, str]) -> int:
    from tui.library.moving import write
    from tui.render.decoding.decoder import Decoder, Refused

    target = paths.expanded(given.to, env)
    with Decoder() as decoder:
        try:
            labels = [shorten_middle(image.name, 60) for image in images]
            side = given.side or TILE
            data = decoder.sheet([image.path for image in images], labels, columns=given.columns, side=side)
        except Refused as refused:
            output.say(refused)
            return 1
    write(target, [data])
    output.Lines().line(output.shown_path(target))
    return 0


def _progress() -> Callable[[int, int], None] | None:
    """A line that counts, on a terminal."""
    if not output.is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return None

    def tell(done: int, total: int) -> None:
        output.write_error(f"\r{done} of {total}" + ("\r\x1b[K" if done == total else ""))

    return tell
