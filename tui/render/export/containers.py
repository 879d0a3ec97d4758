"""Putting texts into image files and taking all of them out, without touching a pixel.

PNG: W3C PNG third edition. JPEG: ITU T.81, EXIF 2.32, XMP part 3. WebP: RFC 9649.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tui.core.sniff import sniff
from tui.render.decoding import png
from tui.render.export.told import Told
from tui.render.picture import Refused

# Chunks that tell how pixels look or move.
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT".split()
)
_PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PNG_TOLD = (b"parameters\0", b"XML:com.adobe.xmp\0")
# Of JPEG's application segments those of JFIF, colour profiles and Adobe's colour transform.
_JPEG_KEPT = frozenset((0xE0, 0xE2, 0xEE))
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_MOST = 65_533
_ORIENTATION, _USER_COMMENT, _DESCRIPTION, _EXIF_IFD = 0x0112, 0x9286, 0x010E, 0x8769
# Flags of VP8X.
_WEBP_EXIF, _WEBP_XMP, _WEBP_ALPHA = 0x08, 0x04, 0x10


def portable(data: bytes, told: Told) -> bytes:
    """The file with what is told of it inside, in place of what stood there of that kind.

    Content credentials are taken out: they would no longer hold. Raises Refused for a kind of file that can't hold it.
    """
    return _rewritten(data, told, "a prompt can't be put into")


def clean(data: bytes) -> bytes:
    """The file without any metadata but what tells how its pixels look. Raises Refused as `portable` does."""
    return _rewritten(data, None, "metadata can't be taken out of")


def _rewritten(data: bytes, told: Told | None, impossible: str) -> bytes:
    kind = sniff(data).format
    rewrite = {"png": _png, "jpeg": _jpeg, "webp": _webp}.get(kind)
    if rewrite is None:
        raise Refused(f"{impossible} {kind}: export it as PNG, JPEG or WebP")
    return rewrite(data, told)


def _png(data: bytes, told: Told | None) -> bytes:
    orientation = 1
    kept = [png.SIGNATURE]
    for kind, body, whole in _chunks(data):
        if kind == b"eXIf":
            orientation = _orientation_of(body)
        if kind in _PNG_KEPT or (told and kind != b"caBX" and not (kind in _PNG_TEXTS and body.startswith(_PNG_TOLD))):
            kept.append(whole)
        if kind == b"IHDR" and told:
            kept += [_itxt(b"parameters", told.text), _itxt(b"XML:com.adobe.xmp", told.xmp)]
        if kind == b"IEND":
            break
    if told is None and orientation != 1:
        kept.insert(2, png.chunk(b"eXIf", _exif(None, orientation)))
    return b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    position = len(png.SIGNATURE)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        yield data[position + 4 : position + 8], data[position + 8 : end - 4], data[position:end]
        position = end


def _itxt(name: bytes, text: str) -> bytes:
    return png.chunk(b"iTXt", name + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))


def _jpeg(data: bytes, told: Told | None) -> bytes:
    kept, exif, position = [data[:2]], b"", 2
    orientation = 1
    while position + 4 <= len(data) and data[position] == 0xFF and data[position + 1] not in (0xDA, 0xD9):
        marker = data[position + 1]
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
            continue
        end = position + 2 + max(struct.unpack(">H", data[position + 2 : position + 4])[0], 2)
        body = data[position + 4 : end]
        if marker == 0xE1 and body.startswith(_EXIF):
            exif = body[len(_EXIF) :]
            orientation = _orientation_of(exif)
        application = 0xE0 <= marker <= 0xEF or marker == 0xFE
        profile = marker != 0xE2 or body.startswith(b"ICC_PROFILE\0")
        if not application or (marker in _JPEG_KEPT and profile):
            kept.append(data[position:end])
        position = end
    # Behind JFIF's own segment, which comes first.
    at = 2 if len(kept) > 1 and kept[1][1] == 0xE0 else 1
    if told:
        kept[at:at] = [_segment(_EXIF + _exif(told, orientation)), _segment(_XMP + told.xmp.encode("utf-8", "replace"))]
    elif orientation != 1:
        kept.insert(at, _segment(_EXIF + _exif(None, orientation)))
    return b"".join([*kept, data[position:]])


def _segment(body: bytes) -> bytes:
    if len(body) > _MOST:
        raise Refused("the prompt is too long for a JPEG: PNG and WebP can hold it")
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _webp(data: bytes, told: Told | None) -> bytes:
    orientation, chunks = 1, []
    for kind, body in _riff(data):
        if kind == b"EXIF":
            orientation = _orientation_of(body.removeprefix(_EXIF))
        elif kind not in (b"XMP ", b"C2PA"):
            chunks.append((kind, body))
    exif = _exif(told, orientation) if told or orientation != 1 else b""
    xmp = told.xmp.encode("utf-8", "replace") if told else b""
    if exif or xmp or any(kind == b"VP8X" for kind, _ in chunks):
        chunks = _extended(data, chunks, (_WEBP_EXIF if exif else 0) | (_WEBP_XMP if xmp else 0))
    chunks += [(kind, body) for kind, body in ((b"EXIF", exif), (b"XMP ", xmp)) if body]
    parts = (kind + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for kind, part in chunks)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def _extended(data: bytes, chunks: list[tuple[bytes, bytes]], flags: int) -> list[tuple[bytes, bytes]]:
    """The chunks with a header that says what else there is."""
    kind, first = chunks[0] if chunks else (b"", b"")
    if kind == b"VP8X" and first:
        head = bytes([first[0] & ~(_WEBP_EXIF | _WEBP_XMP) | flags]) + first[1:]
        return [(kind, head), *chunks[1:]]
    facts = sniff(data)
    if not facts.width or not facts.height:
        raise Refused("the file is damaged")
    # A lossless picture says itself whether it has alpha.
    alpha = kind == b"VP8L" and len(first) > 4 and first[4] & 0x10
    head = struct.pack("<I", flags | (_WEBP_ALPHA if alpha else 0))
    head += (facts.width - 1).to_bytes(3, "little") + (facts.height - 1).to_bytes(3, "little")
    return [(b"VP8X", head), *chunks]


def _orientation_of(body: bytes) -> int:
    from PIL import Image

    exif = Image.Exif()
    try:
        exif.load(body)
        found = exif.get(_ORIENTATION, 1)
    except Exception:  # whatever a damaged one makes of Pillow
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _exif(told: Told | None, orientation: int) -> bytes:
    """An EXIF block without a signature in front."""
    from PIL import Image

    exif = Image.Exif()
    if orientation != 1:
        exif[_ORIENTATION] = orientation
    if told:
        exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + told.text.encode("utf-16-be", "replace")
    return exif.tobytes().removeprefix(_EXIF)
