"""Has the windows of a running instance stand aside while a picture is taken by another process."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop_helper.services.instance import MAX_LINE, STAND_ASIDE

_PATIENCE_S = 2.0  # with an instance that is busy; then its windows are in the picture


@contextmanager
def own_windows_aside(socket_path: Path) -> Iterator[None]:
    """They are hidden meanwhile, if there are any; an instance that does not answer keeps nobody from their picture.

    They come back when the connection ends, also by `kill -9`. Not on Windows, where a pipe cannot be waited for.
    """
    connection = None if sys.platform == "win32" else _asked(socket_path)
    try:
        yield
    finally:
        if connection is not None:
            connection.close()


def _asked(socket_path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        if socket_path.parent.stat().st_uid != os.getuid():
            raise PermissionError  # another user's, see `services.instance`
        connection.settimeout(_PATIENCE_S)
        connection.connect(os.fspath(socket_path))
        connection.sendall(json.dumps({"command": STAND_ASIDE}).encode() + b"\n")
        with suppress(TimeoutError):
            connection.recv(MAX_LINE)
    except OSError:
        connection.close()
        return None
    return connection
