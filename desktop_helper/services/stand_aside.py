"""Has the windows of a running instance stand aside while a picture is taken by another process."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop_helper.services.instance import MAX_LINE, STAND_ASIDE, pipe_name

_LINE = json.dumps({"command": STAND_ASIDE}).encode() + b"\n"
_PATIENCE_S = 2.0  # with an instance that is busy; then its windows are in the picture
_CLOSE_S = 1.0  # for a pipe that is being closed


@contextmanager
def own_windows_aside(socket_path: Path) -> Iterator[None]:
    """They are hidden meanwhile, if there are any; an instance that does not answer keeps nobody from their picture.

    They come back when the connection ends, also by `kill -9`.
    """
    if sys.platform == "win32":
        leave = through_pipe(rf"\\.\pipe\{pipe_name(socket_path)}")
    else:
        leave = _through_socket(socket_path)
    try:
        yield
    finally:
        leave()


def through_pipe(path: str) -> Callable[[], None]:
    """Ask, and return when the windows are away. Call what is returned when the picture is taken.

    A pipe has no deadline of its own, so a thread holds it, which may be left behind while it waits for an answer.
    """
    answered, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with open(path, "r+b", buffering=0) as pipe:
                pipe.write(_LINE)
                pipe.readline(MAX_LINE)
                answered.set()
                over.wait()
        except OSError:
            pass  # nobody listens, or not any more
        finally:
            answered.set()

    thread = threading.Thread(target=hold, name="stand-aside", daemon=True)
    thread.start()
    in_time = answered.wait(_PATIENCE_S)

    def leave() -> None:
        over.set()
        if in_time:
            thread.join(_CLOSE_S)

    return leave


def _through_socket(path: Path) -> Callable[[], None]:
    connection = socket.socket(socket.AF_UNIX)
    try:
        if path.parent.stat().st_uid != os.getuid():
            raise PermissionError  # another user's, see `services.instance`
        connection.settimeout(_PATIENCE_S)
        connection.connect(os.fspath(path))
        connection.sendall(_LINE)
        with suppress(TimeoutError):
            connection.recv(MAX_LINE)
    except OSError:
        connection.close()
    return connection.close
