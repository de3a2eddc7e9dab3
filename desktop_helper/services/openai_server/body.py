"""Takes in what a client sends, within limits."""

from __future__ import annotations

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from desktop_helper.core.i18n import tr
from desktop_helper.services.openai_server.refusal import Refusal

MAX_BODY_BYTES = 64 * 1024 * 1024
BODY_S = 60.0
DRAIN_S = 5.0


async def read(request: Request) -> bytes:
    """The body. Raises `Refusal` for one that is too large or too slow, and `ClientDisconnect`."""
    limit = MAX_BODY_BYTES // (1024 * 1024)
    too_large = Refusal(413, tr("The request is larger than {limit} MB.", limit=limit), code="request_too_large")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MAX_BODY_BYTES:
        raise too_large
    pieces, size = [], 0
    with anyio.move_on_after(BODY_S):
        async for piece in request.stream():
            size += len(piece)
            if size > MAX_BODY_BYTES:
                raise too_large
            pieces.append(piece)
        return b"".join(pieces)
    raise Refusal(408, tr("The request did not arrive in time."), code="request_timeout")


async def drain(receive: Receive) -> None:
    """Read on and keep nothing: a connection that is closed with unread bytes loses the reply that says why."""
    size, more = 0, True
    with anyio.move_on_after(DRAIN_S):
        while more and size <= 2 * MAX_BODY_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
