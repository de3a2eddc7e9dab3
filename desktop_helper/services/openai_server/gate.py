"""Who may come in.

Every page that the user's browser shows can reach a loopback address; none of them may use the model.

Three doors, each enough by itself against a page of the web: the `Host` header must be this machine's name with our
port (a foreign name that resolves to 127.0.0.1 is DNS rebinding), an `Origin` must be one that was named at the start,
and the token must be right.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop_helper.core.i18n import tr
from desktop_helper.services.openai_server.body import drain
from desktop_helper.services.openai_server.refusal import Refusal

OPEN_PATHS = ("/health",)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_EXTENSION = re.compile(r"(?:chrome|moz|safari-web)-extension://[\w-]+")


def is_allowed_origin(origin: str) -> bool:
    """Whether `origin` may be named at the start: a page on this machine, or an extension of the user's browser."""
    if _EXTENSION.fullmatch(origin):
        return True
    try:
        parts = urlsplit(origin)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    local = parts.scheme in ("http", "https") and host in ("127.0.0.1", "localhost", "::1")
    return local and origin == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc


class Gate:
    """ASGI middleware.

    Args:
        app: what is behind it.
        port: ours.
        token: that a client must bring.
        origins: pages that may use the model, as browsers write them.
    """

    def __init__(self, app: ASGIApp, port: int, token: str, origins: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in _LOOPBACK} | ({*_LOOPBACK} if port == 80 else set())
        self._own = {f"http://{host}" for host in self._hosts}
        self._token = token.encode()
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http":
            return  # there is nothing else to be had
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        answer = self._answer(scope, headers, origin)
        shared = _sharing(send, origin) if origin in self._origins and origin is not None else send
        if answer is None:
            await self._app(scope, receive, shared)
            return
        with suppress(ClientDisconnect):
            await drain(receive)
            await answer(scope, receive, shared)

    def _answer(self, scope: Scope, headers: Headers, origin: str | None) -> Response | None:
        """What those get who do not come in."""
        try:
            self._check_host(headers)
            self._check_origin(origin)
            if scope["method"] == "OPTIONS" and origin in self._origins:
                return _preflight()
            if scope["path"] not in OPEN_PATHS:
                self._check_token(headers)
        except Refusal as refusal:
            return response(refusal)
        return None

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            message = tr("This server answers only under the name of this machine, such as 127.0.0.1.")
            raise Refusal(421, message, code="foreign_host")

    def _check_origin(self, origin: str | None) -> None:
        if origin is not None and origin not in self._origins and origin not in self._own:
            message = tr("Pages of this origin may not use the model.")
            fix = tr("If the page is yours, start the server with --allow-origin and its origin.")
            raise Refusal(403, message, fix, code="foreign_origin")

    def _check_token(self, headers: Headers) -> None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        right = secrets.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token)
        if scheme.lower() != "bearer" or not right:
            message = tr("The token is missing or wrong.")
            fix = tr("Send the one that “desktop-helper serve” printed as Authorization: Bearer TOKEN.")
            raise Refusal(401, message, fix, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})


def response(refusal: Refusal) -> JSONResponse:
    """A refusal as a reply."""
    # A body that nobody read must not be taken for the next request.
    close = {"Connection": "close"} if refusal.status in (401, 403, 408, 413, 421, 429) else {}
    return JSONResponse(refusal.body(), HTTPStatus(refusal.status), headers={**refusal.headers, **close})


def _preflight() -> Response:
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "*, Authorization, Content-Type",
        "Access-Control-Allow-Private-Network": "true",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=allowed)


def _sharing(send: Send, origin: str) -> Send:
    """Sends with the headers that let a browser hand the reply to a page of `origin`."""

    async def with_origin(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers.add_vary_header("Origin")
        await send(message)

    return with_origin
