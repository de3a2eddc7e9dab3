"""Talks to the instance of Desktop Helper that is already running. No Qt: `trigger` must be quick.

Protocol: one JSON object per line, answered by one JSON object per line, at most 64 KiB each. The server is
`qt.instance_server`. On Windows the path stands for a named pipe (`pipe_name`).
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

MAX_LINE = 64 * 1024  # bytes
ACTION = "action"  # the command that starts a quick action; its `name` says which
STAND_ASIDE = "stand-aside"  # our windows do, from its answer until the connection ends; see `services.stand_aside`
ACTION_PREFIX = "action:"  # in front of that name where commands and hotkeys are names only


class NotRunningError(HelperError):
    """No instance listens."""

    def __init__(self) -> None:
        super().__init__(ErrorKind.INSTANCE, tr("Desktop Helper is not running."), tr("Start it with: desktop-helper"))


def pipe_name(socket_path: Path) -> str:
    """Name of the Windows pipe (and of the `QLocalServer`) that stands for `socket_path`."""
    import hashlib

    digest = hashlib.sha256(os.fsencode(socket_path)).hexdigest()[:16]
    return f"desktop-helper-{digest}"


def send_command(socket_path: Path, command: dict[str, Any], timeout_s: float = 5.0) -> dict[str, Any]:
    """Send one command and return the reply.

    Raises:
        NotRunningError: nobody listens.
        HelperError: the instance did not answer in time, or not with a JSON object.
    """
    line = json.dumps(command).encode() + b"\n"
    if len(line) > MAX_LINE:
        raise HelperError(ErrorKind.USAGE, tr("The command is too long to be sent to the running instance."))
    try:
        reply = _exchange(socket_path, line, timeout_s)
    except TimeoutError:
        raise _no_answer() from None
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise NotRunningError from None
    except OSError:
        raise _no_answer() from None
    try:
        answer = json.loads(reply)
    except ValueError:
        raise _no_answer() from None
    if not isinstance(answer, dict):
        raise _no_answer()
    return answer


def _exchange(socket_path: Path, line: bytes, timeout_s: float) -> bytes:
    if sys.platform == "win32":
        return _through_pipe(rf"\\.\pipe\{pipe_name(socket_path)}", line, timeout_s)
    if socket_path.parent.stat().st_uid != os.getuid():
        # A folder in a shared temp folder that another user made first. `Paths.ensure` says so when we start.
        raise NotRunningError
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect(os.fspath(socket_path))
        connection.sendall(line)
        with connection.makefile("rb") as reply:
            return reply.readline(MAX_LINE)


def _through_pipe(path: str, line: bytes, timeout_s: float) -> bytes:
    """Send `line` and read one back. A pipe has no deadline of its own, so a thread that may be left behind waits."""
    replies: list[bytes] = []
    errors: list[OSError] = []

    def exchange() -> None:
        try:
            with open(path, "r+b", buffering=0) as pipe:
                pipe.write(line)
                replies.append(pipe.readline(MAX_LINE))
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=exchange, name="instance-pipe", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if errors:
        raise errors[0]
    if not replies:
        raise TimeoutError
    return replies[0]


def _no_answer() -> HelperError:
    return HelperError(
        ErrorKind.INSTANCE,
        tr("The running instance of Desktop Helper does not answer."),
        tr("Quit it from its tray menu, or end its process, and start it again."),
    )
