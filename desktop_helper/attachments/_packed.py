"""What gzip, bzip2 and xz have packed, within limits and only in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from desktop_helper.attachments import _errors
from desktop_helper.core.errors import HelperError

GZIP, XZ = b"\x1f\x8b\x08", b"\xfd7zXZ\0"
_BZIP2, _BLOCKS = b"BZh", (b"1AY&SY", b"\x17rE8P\x90")  # begins with a size, then a block or the end
_XZ_MEMORY = 128 * 1024 * 1024  # twice of what the strongest usual setting needs
_ANY_HEADER = 31  # of zlib's window sizes: gzip, and nothing else
_BEGINNING = 1_000_000  # bytes: bzip2 packs up to 900 kB at once


class _Unpacking(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def is_packed(head: bytes) -> bool:
    """Whether a file begins like that."""
    return head.startswith((GZIP, XZ)) or (head.startswith(_BZIP2) and head[4:10] in _BLOCKS)


def beginning(data: bytes, most: int) -> bytes:
    """The first bytes that are packed in it, at most so many; nothing of what is broken."""
    try:
        return _errors.guarded("", lambda: _unpacking(data).decompress(data[:_BEGINNING], most))
    except HelperError:
        return b""


def unpacked(data: bytes, name: str, most: int) -> bytes:
    """All that was packed, one piece after the other; what follows them is nobody's. Raises `HelperError(SOURCE)`."""
    return _errors.guarded(name, lambda: b"".join(_pieces(data, name, most)))


def _pieces(data: bytes, name: str, most: int) -> Iterator[bytes]:
    while is_packed(data):
        unpacking = _unpacking(data)
        piece = unpacking.decompress(data, most + 1)
        most -= len(piece)
        if most < 0:
            raise _errors.too_large(name)
        if not unpacking.eof:
            raise _errors.damaged(name)
        yield piece
        data = unpacking.unused_data


def _unpacking(data: bytes) -> _Unpacking:
    if data.startswith(GZIP):
        return zlib.decompressobj(_ANY_HEADER)
    if data.startswith(_BZIP2):
        import bz2

        return bz2.BZ2Decompressor()
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
