"""How much a server may send: one that never ends, or sends a bomb, must not fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import cast

import httpx2

from desktop_helper.backends.openai_compatible._sse import MAX_EVENT, EndlessError, PackedError

PIECE = 64 * 1024  # bytes that are unpacked at once
MAX_STREAM = 256 * 1024 * 1024  # the longest answers have 128,000 tokens, of 350 bytes each on the wire


def limit(response: httpx2.Response) -> None:
    """A hook for responses: reading more of this one than a server has reason to send raises `EndlessError`.

    What is not a stream is held and decoded as a whole, error messages and lists of models too, so it may be as large
    as one event of a stream.
    """
    packing = response.headers.pop("content-encoding", "identity").strip().lower()
    kind = response.headers.get("content-type", "").lower()
    is_stream = response.is_success and "json" not in kind and "html" not in kind
    stream = cast("httpx2.SyncByteStream", response.stream)
    if packing in ("gzip", "x-gzip"):
        # We did not ask for it, but some proxies compress everything. It is unpacked here, a piece at a time: behind
        # a few bytes any size may hide, which the limit below must see.
        stream = _Unpacked(stream)
    elif packing != "identity":
        raise PackedError
    response.stream = _Limited(stream, MAX_STREAM if is_stream else MAX_EVENT)


class _Unpacked(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(wbits=31)
        for chunk in self._inner:
            rest, more = chunk, True
            while more:
                try:
                    piece = unpacker.decompress(rest, PIECE)
                except zlib.error as error:
                    raise PackedError from error
                rest = unpacker.unconsumed_tail
                more = bool(rest) or len(piece) == PIECE
                yield piece

    def close(self) -> None:
        self._inner.close()


class _Limited(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, left: int) -> None:
        self._inner = inner
        self._left = left

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise EndlessError
            yield chunk

    def close(self) -> None:
        self._inner.close()
