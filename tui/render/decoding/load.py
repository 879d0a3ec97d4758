"""From an image file's bytes to pixels, inside the decoding child. Files come from strangers: errors are refusals."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import (
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from tui.core.sniff import HEAD, Facts, sniff
from tui.render.decoding.raster import Wish, upright
from tui.render.picture import Refused

MEGAPIXELS = 40
SIDE = 16_384
# An MPO is opened as the JPEG that it begins with. Asked for another reader, Pillow would load all that it has.
_READERS = (PngImagePlugin, JpegImagePlugin, MpoImagePlugin, WebPImagePlugin, GifImagePlugin)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A scan of a progressive JPEG costs a pass over all its pixels; encoders write about ten.
SCANS = 200
_ORIENTATION = 274

Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Pixels as they are stored, `scale` times smaller than `size`; `bits` is what a channel has in the file."""

    image: Image.Image
    size: tuple[int, int]
    scale: int
    orientation: int
    bits: int

    @property
    def profile(self) -> object:
        return self.image.info.get("icc_profile")


def facts_of(data: bytes) -> Facts:
    """What the content is, if it is on the list and not too large. Raises Refused."""
    facts = sniff(data[:HEAD])
    if facts.format == "unknown":
        raise Refused("not an image that can be previewed (PNG, JPEG, WebP, GIF, SVG)")
    if facts.format != "svg":
        check_size(facts.width, facts.height)
    if facts.format == "jpeg" and (scans := data.count(b"\xff\xda")) > SCANS:
        raise Refused(f"a JPEG of {scans:,} scans: more than the {SCANS} that are previewed")
    return facts


def check_size(width: int, height: int) -> None:
    """Raises Refused for an image that is larger than a preview may be."""
    if width * height > MEGAPIXELS * 1_000_000:
        raise Refused(f"{width * height / 1e6:,.0f} megapixels: more than the {MEGAPIXELS} that are previewed")
    if max(width, height) > SIDE:
        raise Refused(f"{max(width, height):,} pixels a side: more than the {SIDE:,} that are previewed")


def load(data: bytes, wish: Wish | None = None) -> Loaded:
    """The first image of a file, verified and then decoded, as fine as the wish needs it. Raises Refused."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as check:
            check_size(*check.size)
            check.verify()
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        size = image.size
        scale = _reduced(image, wish) if wish and image.format in ("JPEG", "MPO") else 1
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"more than the {MEGAPIXELS} megapixels that are previewed") from error
    except UnidentifiedImageError as error:
        raise Refused("its content is damaged or not an image") from error
    except (OSError, EOFError, SyntaxError) as error:
        raise Refused(f"the file is damaged or cut short: {error}") from error
    bits = data[24] if image.format == "PNG" else 8
    return Loaded(image, size, scale, _orientation(image), bits)


def _reduced(image: Image.Image, wish: Wish) -> int:
    """Has a JPEG decoded smaller, and says how many times."""
    width, height = image.size
    scale = wish.scale(upright(image.size, _orientation(image)))
    image.draft(None, (max(width // scale, 1), max(height // scale, 1)))
    return next(step for step in (1, 2, 4, 8) if image.size == (-(-width // step), -(-height // step)))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # A broken EXIF block says nothing about the pixels.
        return 1
