"""From an image file to pixels, inside the decoding child. Files come from strangers: any exception is a refusal."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from tui.core.sniff import HEAD, Facts, sniff
from tui.render import frames, svg
from tui.render.picture import Picture, Refused, fit

MEGAPIXELS = 40
SIDE = 16_384
MAX_BYTES = 128 << 20
# An MPO is opened as the JPEG that it begins with.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A scan of a progressive JPEG costs a pass over all its pixels; encoders write about ten.
SCANS = 200
_PROFILE_BYTES = 4 << 20

# EXIF orientation (TIFF 6.0, tag 274) to what makes the image upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 274

Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)
ImageFile.LOAD_TRUNCATED_IMAGES = False


def picture(
    path: str, width: int, height: int, *, aspect: float, ground: tuple[int, int, int] | Literal["checker"]
) -> Picture:
    """The file's first frame over `ground`, inside width x height pixels that are `aspect` times taller than wide."""
    data = read(path)
    image, facts = small(data, width, height, aspect)
    flat = over(image, ground)
    return Picture(
        *flat.size, flat.tobytes(), (facts.width, facts.height), facts.format, frames.count(data, facts.format)
    )


def thumbnail(path: str, target: str, side: int, texts: Mapping[str, str]) -> None:
    """A PNG of at most side x side pixels in place of `target`, mode 0600, its folder 0700, with `texts` in it."""
    data = read(path)
    facts = sniff(data[:HEAD])
    sides = [min(side, edge) if edge and facts.format != "svg" else side for edge in (facts.width, facts.height)]
    image, facts = small(data, max(sides), max(sides), 1.0)
    known = {
        "Thumb::Image::Width": str(facts.width),
        "Thumb::Image::Height": str(facts.height),
        "Thumb::Mimetype": "image/svg+xml" if facts.format == "svg" else f"image/{facts.format}",
    }
    info = PngInfo()
    for name, text in {**texts, **known}.items():
        info.add_text(name, text)
    folder = Path(target).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".png", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            image.save(file, "PNG", pnginfo=info, compress_level=4)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(path: str) -> bytes:
    """A regular file's bytes; nothing that could block or act on being opened is opened."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a path with surrogates, as it came
            raise Refused("not a file")
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise Refused("not a file")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused(f"it can't be read: {error.strerror or error}") from error
    if not data:
        raise Refused("the file is empty")
    if len(data) > MAX_BYTES:
        raise Refused(f"more than the {MAX_BYTES >> 20} MB that are previewed")
    return data


def small(data: bytes, width: int, height: int, aspect: float) -> tuple[Image.Image, Facts]:
    """The image upright, in sRGB, as RGB or RGBA, scaled to fit; and its format and upright size."""
    facts = sniff(data[:HEAD])
    if facts.format == "svg":
        # Drawn in square pixels, fine enough for either direction; the shape is made on scaling.
        drawn = Image.open(io.BytesIO(svg.draw(data, max(width, 1), max(round(height * aspect), 1))), formats=("PNG",))
        size = (facts.width, facts.height) if facts.width and facts.height else drawn.size
        return _scaled(drawn.convert("RGBA"), fit(drawn.size, width, height, aspect)), Facts("svg", *size)
    if facts.format == "unknown":
        raise Refused("not an image that can be previewed (PNG, JPEG, WebP, GIF, SVG)")
    _check_size(facts.width, facts.height)
    if facts.format == "jpeg" and (scans := data.count(b"\xff\xda")) > SCANS:
        raise Refused(f"a JPEG of {scans:,} scans: more than the {SCANS} that are previewed")
    image = _loaded(data, width, height, aspect)
    size = image.info["size"]
    turn = _TURNS.get(_orientation(image))
    swapped = turn is not None and turn >= Image.Transpose.ROTATE_90 and turn != Image.Transpose.ROTATE_180
    upright = size[::-1] if swapped else size
    columns, lines = fit(upright, width, height, aspect)
    result = _to_srgb(_scaled(_plain(image), (lines, columns) if swapped else (columns, lines)), image)
    return (result.transpose(turn) if turn is not None else result), Facts(facts.format, *upright)


def over(image: Image.Image, ground: tuple[int, int, int] | Literal["checker"]) -> Image.Image:
    """The image as RGB, what is transparent showing the ground."""
    if image.mode == "RGB":
        return image
    below = _checker(image.size) if ground == "checker" else Image.new("RGB", image.size, ground)
    below.paste(image, mask=image.getchannel("A"))
    return below


def _check_size(width: int, height: int) -> None:
    if width * height > MEGAPIXELS * 1_000_000:
        raise Refused(f"{width * height / 1e6:,.0f} megapixels: more than the {MEGAPIXELS} that are previewed")
    if max(width, height) > SIDE:
        raise Refused(f"{max(width, height):,} pixels a side: more than the {SIDE:,} that are previewed")


def _loaded(data: bytes, width: int, height: int, aspect: float) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as check:
            _check_size(*check.size)
            check.verify()
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        size = image.size
        if image.format in ("JPEG", "MPO"):
            # At least three times what is needed, or the picture loses sharpness; square, as it may lie on its side.
            side = 3 * max(width, round(height * max(aspect, 1.0)))
            image.draft(None, (side, side))
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(f"more than the {MEGAPIXELS} megapixels that are previewed") from error
    except UnidentifiedImageError as error:
        raise Refused("its content is damaged or not an image") from error
    except (OSError, SyntaxError) as error:
        raise Refused(f"the file is damaged or cut short: {error}") from error
    image.info["size"] = size
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # A broken EXIF block says nothing about the pixels.
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The image in a mode whose pixels can be averaged: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # `convert` would clip 16 bits to 8, not scale them.
        image = image.point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("LA", "PA", "RGBa", "La") or image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "F") else "RGB")


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    if size[0] >= image.width and size[1] >= image.height:
        return image.resize(size, Image.Resampling.NEAREST)
    if image.mode == "RGBA":
        # Premultiplied by hand: what is transparent must not bleed in, and `resize` drops the gap for this mode.
        return image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).convert("RGBA")
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _to_srgb(image: Image.Image, original: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB. A profile that can't be used is passed over, as viewers do."""
    profile = original.info.get("icc_profile")
    plain = image if image.mode in ("RGB", "RGBA") else image.convert("RGB")
    if not isinstance(profile, bytes) or not 128 <= len(profile) <= _PROFILE_BYTES or b"sRGB" in profile[:4096]:
        return plain
    try:
        source = image.convert("RGB") if image.mode == "RGBA" else image
        # `.convert("L")` on a colour profile, and the like, is an error here, and the profile is then of no use.
        result = ImageCms.profileToProfile(
            source, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except Exception:
        return plain
    if result is None:
        return plain
    if image.mode == "RGBA":
        result.putalpha(image.getchannel("A"))
    return result


def _checker(size: tuple[int, int]) -> Image.Image:
    edge = max(max(size) // 32, 2)
    tiles = Image.new("L", (-(-size[0] // edge), -(-size[1] // edge)), 102)
    for y in range(tiles.height):
        for x in range(y % 2, tiles.width, 2):
            tiles.putpixel((x, y), 153)
    grown = tiles.resize((tiles.width * edge, tiles.height * edge), Image.Resampling.NEAREST)
    return grown.crop((0, 0, *size)).convert("RGB")
