"""A compressed answer made plain, within bounds: asked for or not, some servers compress."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from tui.core.failures import Failure, Kind
from tui.engine import disk
from tui.engine.job import BrokenError
from tui.engine.skeleton import CHUNK

LIMIT = 512_000_000
# Base64 of images packs to three quarters; a body that grows beyond all measure is no answer.
BOMB_BYTES, BOMB_RATIO = 16_000_000, 50
_GZIP = b"\x1f\x8b"


def plain(body: Path, encoding: str) -> Path:
    """The body itself, or a plain copy beside it. Raises BrokenError where it can't be read, OSError.

    Without a known encoding the first bytes say whether it is gzip. What a cut body held is kept.
    """
    with body.open("rb") as file:
        start = file.read(2)
    if encoding in ("gzip", "x-gzip") or (not encoding and start == _GZIP):
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    elif encoding == "deflate":
        # The low nibble 8 is zlib's own head; without it the data is bare.
        unpack = zlib.decompressobj(zlib.MAX_WBITS if start[:1] and start[0] & 0x0F == 8 else -zlib.MAX_WBITS)
    elif encoding in ("", "identity"):
        return body
    else:
        raise BrokenError(_failure(f"the answer is compressed as {encoding}, which was not asked for"))
    target = body.with_name("plain")
    handle = os.open(target, disk.AGAIN, disk.OURS)
    try:
        _inflate(body, unpack, handle)
    except zlib.error as error:
        raise BrokenError(_failure("the answer is compressed and broken")) from error
    finally:
        os.close(handle)
    return target


def _inflate(body: Path, unpack: zlib._Decompress, handle: int) -> None:
    size, limit = 0, min(LIMIT, max(BOMB_BYTES, body.stat().st_size * BOMB_RATIO))
    with body.open("rb", buffering=0) as file:
        while piece := file.read(CHUNK):
            while piece:
                plain = unpack.decompress(piece, CHUNK)
                size += len(plain)
                if size > limit:
                    raise BrokenError(
                        _failure(f"the answer is compressed and unpacks to more than {LIMIT // 1_000_000} MB")
                    )
                disk.write_all(handle, plain)
                piece = unpack.unconsumed_tail


def _failure(message: str) -> Failure:
    return Failure(kind=Kind.UNEXPECTED, message=message, advice="What came is kept, as it came, in the spool.")
