"""Runs the endpoint on a thread of its own, so that the main thread is free for signals."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterable
from types import TracebackType

import uvicorn

from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Backend
from desktop_helper.services.openai_server import app
from desktop_helper.services.openai_server.chat import ChatEndpoint
from desktop_helper.services.openai_server.desk import Desk
from desktop_helper.services.openai_server.pictures import Pictures

HOST = "127.0.0.1"
GRACE_S = 3
_BACKLOG = 64

_log = logging.getLogger(__name__)


def bind(port: int) -> socket.socket:
    """A listening socket on loopback; 0 is any free port. Raises `HelperError(CONFIG)`."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # where the other option would share the port with anyone
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # not refused for a minute after the last server
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise not_bound(port, error) from error
    return made


def not_bound(port: int, error: OSError) -> HelperError:
    """What to tell about a port that cannot be listened at."""
    fix = tr("Name another one with --port; 0 takes any that is free.")
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)):
        return HelperError(ErrorKind.CONFIG, tr("Port {port} is taken by another program.", port=port), fix)
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return HelperError(ErrorKind.CONFIG, tr("Port {port} cannot be opened: {why}.", port=port, why=why), fix)


class OpenAIServer:
    """A running endpoint; leaving the block stops it, with every answer.

    Args:
        backend: answers; used by one thread at a time, and not closed here.
        model: the id that clients see.
        listener: of `bind`; closed at the end.
        token: that clients must bring.
        pictures: decodes those of requests.
        origins: pages of the browser that may use it.
        desk: for another length of the queue.
    """

    def __init__(
        self,
        backend: Backend,
        model: str,
        listener: socket.socket,
        token: str,
        pictures: Pictures,
        *,
        origins: Iterable[str] = (),
        desk: Desk | None = None,
    ) -> None:
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._desk = desk or Desk(backend)
        endpoint = ChatEndpoint(model, self._desk, pictures)
        application = app.make(model, endpoint, port=self.port, token=token, origins=origins)
        self._server = uvicorn.Server(_config(application))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="openai-server")

    @property
    def url(self) -> str:
        """What clients call the base URL."""
        return f"http://{HOST}:{self.port}/v1"

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._thread.is_alive()

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - whoever waits sees `alive` and says it in a sentence
            _log.error("The server ended with %s\n%s", type(error).__name__, stack(error))

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not (self._server.should_exit or serving.done()):
            await asyncio.sleep(0.05)
        self._desk.close()  # uvicorn waits for the answers that are running
        await serving


def _config(application: object) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        # Nobody stands before us: what claims to come from elsewhere does not.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        backlog=_BACKLOG,
    )
