"""`POST /v1/chat/completions`."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError, stack
from desktop_helper.services.openai_server import body, gate, refusal
from desktop_helper.services.openai_server.completion import Completion, joined
from desktop_helper.services.openai_server.desk import Desk, Turn
from desktop_helper.services.openai_server.pictures import Pictures
from desktop_helper.services.openai_server.refusal import Refusal
from desktop_helper.services.openai_server.request import translate

_log = logging.getLogger(__name__)


class ChatEndpoint:
    """An ASGI application for one path.

    Args:
        model: the id that answers carry.
        desk: where answers are made.
        pictures: decodes those of the request.
    """

    def __init__(self, model: str, desk: Desk, pictures: Pictures) -> None:
        self._model = model
        self._desk = desk
        self._pictures = pictures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = _Exchange(Request(scope, receive), send)
        cancel = CancelToken()
        try:
            with self._desk.place(cancel):
                request_body = await exchange.read()
                async with _while_connected(receive, cancel):
                    await self._answer(exchange, request_body, cancel)
        except ClientDisconnect:
            pass
        except HelperError as error:
            await exchange.refuse(refusal.of_error(error))
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not end the connection without a word
            _log.error("The endpoint raised %s\n%s", type(error).__name__, stack(error))
            await exchange.refuse(refusal.fault(type(error).__name__))
        finally:
            exchange.log()

    async def _answer(self, exchange: _Exchange, request_body: bytes, cancel: CancelToken) -> None:
        asked = await anyio.to_thread.run_sync(translate, request_body, self._pictures.reader(cancel))
        completion = exchange.completion = Completion(self._model, asked)
        async with self._desk.turn(asked.request, cancel) as turn:
            if asked.stream:
                await _stream(exchange, completion, turn)
            else:
                await _collect(completion, turn)
                await exchange.reply(completion.whole())


class _Exchange:
    """One request and what has been sent for it."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.completion: Completion | None = None
        self._send = send
        self._begun = time.monotonic()
        self._status = 0
        self._streaming = False
        self._is_read = False

    async def read(self) -> bytes:
        """The request's body."""
        data = await body.read(self.request)
        self._is_read = True
        return data

    async def reply(self, answer: dict[str, Any]) -> None:
        """Send an answer in one piece."""
        self._status = 200
        await JSONResponse(answer)(self.request.scope, self.request.receive, self._send)

    async def write(self, text: str) -> None:
        """Send a piece of a stream; the first one begins it."""
        if not self._streaming:
            self._streaming, self._status = True, 200
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def end(self) -> None:
        """End a stream."""
        await self.write("data: [DONE]\n\n")
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def refuse(self, why: Refusal) -> None:
        """Say why there is no answer, or no more of it."""
        if self._streaming:
            self._status = why.status
            await self.write(_event(why.body()))
            await self.end()
        elif not self._status:
            self._status = why.status
            if not self._is_read:
                await body.drain(self.request.receive)
            await gate.response(why)(self.request.scope, self.request.receive, self._send)

    def log(self) -> None:
        """One line, without a word of what was asked or answered."""
        usage = self.completion.usage if self.completion is not None else None
        counts = (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) if usage is not None else ()
        _log.info(
            "chat: status %s, %.1f s, %s, tokens %s",
            self._status or "none (the client left)",
            time.monotonic() - self._begun,
            (self.completion.finish if self.completion is not None else "") or "not finished",
            "/".join("?" if count is None else str(count) for count in counts) or "unknown",
        )


async def _stream(exchange: _Exchange, completion: Completion, turn: Turn) -> None:
    async with aclosing(turn.events()) as events:
        async for came in events:
            # A comment keeps the connection open while the model reads.
            pieces = [_event(completion.chunk(delta)) for event in joined(came) for delta in completion.take(event)]
            if pieces or not came:
                await exchange.write("".join(pieces) or ": the model is at work\n\n")
    await exchange.write("".join(map(_event, completion.last_chunks())))
    await exchange.end()


async def _collect(completion: Completion, turn: Turn) -> None:
    async with aclosing(turn.events()) as events:
        async for came in events:
            for event in came:
                list(completion.take(event))  # the pieces stay in it


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


@asynccontextmanager
async def _while_connected(receive: Receive, cancel: CancelToken) -> AsyncIterator[None]:
    """Leaves the block, and stops the model, as soon as the client has left."""
    scope = anyio.CancelScope()

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        cancel.cancel()
        scope.cancel()

    with scope:
        watcher = asyncio.create_task(watch())
        try:
            yield
        finally:
            watcher.cancel()
