"""How much of a large question is out: pictures over a slow line take longer than the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import httpx2

LARGE = 512 * 1024  # bytes; less is out before anybody could read how far it is
EVERY_S = 0.1
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """So many bytes of a question were handed to the line."""

    done: int
    total: int


def watch(request: httpx2.Request, report: Callable[[Sent], None]) -> None:
    """Have the body of `request` sent in pieces, and `report` how far it is, if it is large."""
    total = len(request.content)
    if total >= LARGE:
        request.stream = _Pieces(cast("httpx2.SyncByteStream", request.stream), total, report)


class _Pieces(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, total: int, report: Callable[[Sent], None]) -> None:
        self._inner = inner
        self._total = total
        self._report = report

    def __iter__(self) -> Iterator[bytes]:
        done, reported = 0, time.monotonic()
        for chunk in self._inner:
            view = memoryview(chunk)
            for at in range(0, len(view), _PIECE):
                piece = bytes(view[at : at + _PIECE])
                yield piece
                done += len(piece)  # it was taken, as we are asked for the next one
                if done == self._total or time.monotonic() - reported >= EVERY_S:
                    self._report(Sent(done, self._total))
                    reported = time.monotonic()

    def close(self) -> None:
        self._inner.close()
