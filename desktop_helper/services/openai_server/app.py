"""The application: three paths behind the gate."""

from __future__ import annotations

import time
from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desktop_helper.core.i18n import tr
from desktop_helper.services.openai_server import gate
from desktop_helper.services.openai_server.chat import ChatEndpoint
from desktop_helper.services.openai_server.refusal import Refusal


def make(model: str, chat: ChatEndpoint, *, port: int, token: str, origins: Iterable[str] = ()) -> Starlette:
    """The endpoint as an ASGI application.

    Args:
        model: the id that `/v1/models` tells.
        chat: answers.
        port: that clients reach it on.
        token: that they must bring.
        origins: pages of the browser that may use it.
    """
    card = {"id": model, "object": "model", "created": int(time.time()), "owned_by": "desktop-helper"}

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [card]})

    async def one_model(request: Request) -> Response:
        if request.path_params["name"] != model:
            raise HTTPException(404)
        return JSONResponse(card)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/v1/models", models),
            Route("/v1/models/{name:path}", one_model),
            Route("/v1/chat/completions", chat, methods=["POST"]),
        ],
        middleware=[Middleware(gate.Gate, port=port, token=token, origins=origins)],
        exception_handlers={HTTPException: _no_such},
    )


async def _no_such(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if methods := headers.get("Allow", ""):
        message = tr("This address takes requests of another method: {methods}.", methods=methods)
    else:
        message = tr("There is nothing at this address; there are /v1/models and /v1/chat/completions.")
    return gate.response(Refusal(status, message, code="not_found", headers=headers))
