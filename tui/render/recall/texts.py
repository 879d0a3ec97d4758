"""The texts in an image file, by name, read from its container without decoding anything.

PNG: W3C PNG third edition. JPEG: ITU T.81, EXIF 2.32, XMP part 3. WebP: RFC 9649. Content credentials: C2PA 2.1,
"Embedding manifests": a `caBX` chunk, APP11 segments of JUMBF boxes, a `C2PA` chunk.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

# Of a file, and of what one text may unfold to.
MAX_TEXT, MAX_TEXTS = 2_000_000, 64
XMP, COMMENT, EXIF = "xmp", "comment", "exif"
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_JPEG_EXIF, _JPEG_XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_USER_COMMENT, _DESCRIPTION, _EXIF_IFD = 0x9286, 0x010E, 0x8769


@dataclass(slots=True)
class Texts:
    """`named` are texts by their keyword in small letters; XMP, COMMENT and EXIF stand for those without one.

    `credentials`: there are content credentials, whether they hold or not.
    """

    named: dict[str, str] = field(default_factory=dict)
    credentials: bool = False

    def take(self, name: str, text: str) -> None:
        if text.strip() and len(self.named) < MAX_TEXTS:
            self.named.setdefault(name.lower(), text[:MAX_TEXT])


def texts(data: bytes) -> Texts:
    """What is written in a PNG, a JPEG or a WebP; nothing for other files. Damaged parts are passed over."""
    found = Texts()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        _png(data, found)
    elif data.startswith(b"\xff\xd8\xff"):
        _jpeg(data, found)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _webp(data, found)
    return found


def _png(data: bytes, found: Texts) -> None:
    position = 8
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        match kind:
            case b"tEXt":
                name, _, text = body.partition(b"\0")
                found.take(name.decode("latin-1"), _latin(text))
            case b"zTXt":
                name, _, packed = body.partition(b"\0")
                found.take(name.decode("latin-1"), _latin(_unpacked(packed[1:])))
            case b"iTXt":
                _itxt(body, found)
            case b"eXIf":
                _exif(body, found)
            case b"caBX":
                found.credentials = True
            case b"IEND":
                return
        position += 12 + length


def _itxt(body: bytes, found: Texts) -> None:
    name, _, rest = body.partition(b"\0")
    packed, (_, _, text) = rest[:1] == b"\1", _three(rest[2:])
    text = _unpacked(text) if packed else text
    found.take(XMP if name == _XMP_KEYWORD else name.decode("latin-1"), text.decode("utf-8", "replace"))


def _three(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """The language, the translated keyword and the text."""
    language, _, rest = rest.partition(b"\0")
    keyword, _, text = rest.partition(b"\0")
    return language, keyword, text


def _latin(text: bytes) -> str:
    """Latin-1 says the standard; most programs write UTF-8."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MAX_TEXT)
    except zlib.error:
        return b""


def _jpeg(data: bytes, found: Texts) -> None:
    for marker, body in _segments(data):
        if marker == 0xE1 and body.startswith(_JPEG_EXIF):
            _exif(body[len(_JPEG_EXIF) :], found)
        elif marker == 0xE1 and body.startswith(_JPEG_XMP):
            found.take(XMP, body[len(_JPEG_XMP) :].decode("utf-8", "replace"))
        elif marker == 0xFE:
            found.take(COMMENT, _latin(body))
        elif marker == 0xEB and b"jumb" in body[:32] and b"c2pa" in body[:128]:
            found.credentials = True


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Up to the pixels."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in (0xDA, 0xD9):
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            position += 2
            continue
        length = struct.unpack(">H", data[position + 2 : position + 4])[0]
        yield marker, data[position + 4 : position + 2 + length]
        position += 2 + max(length, 2)


def _webp(data: bytes, found: Texts) -> None:
    position = 12
    while position + 8 <= len(data):
        kind, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        body = data[position + 8 : position + 8 + length]
        if kind == b"EXIF":
            _exif(body.removeprefix(_JPEG_EXIF), found)
        elif kind == b"XMP ":
            found.take(XMP, body.decode("utf-8", "replace"))
        elif kind == b"C2PA":
            found.credentials = True
        position += 8 + length + length % 2


def _exif(body: bytes, found: Texts) -> None:
    from PIL import Image

    exif = Image.Exif()
    try:
        exif.load(body[:MAX_TEXT])
        comment, description = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT), exif.get(_DESCRIPTION)
    except Exception:  # whatever a damaged one makes of Pillow
        return
    if isinstance(comment, bytes):
        found.take(EXIF, _commented(comment, little=body[:2] == b"II"))
    elif isinstance(comment, str):
        found.take(EXIF, comment)
    if isinstance(description, str):
        found.take("description", description)


def _commented(comment: bytes, *, little: bool) -> str:
    """A user comment: eight bytes that name its coding, and the text."""
    coding, text = comment[:8], comment[8:]
    if coding == b"UNICODE\0":
        # In the file's byte order says the standard; many programs write big-endian whatever that is.
        zeros = sum(text[:200:2].count(0) for _ in (0,)), text[1:200:2].count(0)
        if zeros[0] != zeros[1]:
            little = zeros[1] > zeros[0]
        return text.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\0")
    return _latin(text if coding in (b"ASCII\0\0\0", bytes(8)) else comment).strip("\0")
