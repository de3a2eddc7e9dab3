"""How much a server may send: one that never ends, or sends a bomb, must not fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import httpx2

from desktop_helper.backends.openai_compatible._sse import MAX_EVENT, EndlessError, GarbledError

MAX_STREAM = 256 * 1024 * 1024  # the longest answers have 128,000 tokens, of 350 bytes each on the wire


def limit(response: httpx2.Response) -> None:
    """A hook for responses: reading more of this one than a server has reason to send raises `EndlessError`.

    What is not a stream is held and decoded as a whole, error messages and lists of models too, so it may be as large
    as one event of a stream.
    """
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise GarbledError  # we did not ask for compression, behind which any size may hide
    kind = response.headers.get("content-type", "").lower()
    is_stream = response.is_success and "json" not in kind and "html" not in kind
    response.stream = _Limited(cast("httpx2.SyncByteStream", response.stream), MAX_STREAM if is_stream else MAX_EVENT)


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
