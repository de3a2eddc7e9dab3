"""One instance for each user: the first one listens, later ones and `desktop-helper trigger` talk to it.

The client is `services.instance`; both speak one JSON object per line each way.

Who is first is decided by a lock file, not by the socket: `QLocalServer.listen` may take over a name that is in use
(measured with Qt 6.12 and UserAccessOption), and a socket file outlives a killed process. The socket lies in a folder
that only this user may enter, so whoever can connect is the user.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.action_names import is_name
from desktop_helper.services.instance import ACTION, ACTION_PREFIX, MAX_LINE, STAND_ASIDE, pipe_name
from desktop_helper.services.paths import Paths
from desktop_helper.services.storage_errors import disk_full, is_full

_log = logging.getLogger(__name__)

_CAPTURES = {
    "region",
    "screen",
    "screens",
    "window",
    "repeat",
    "text",
    "record",
    "record-screen",
    "record-window",
    "just-happened",
    "watch",
}
COMMANDS = frozenset({"raise", *_CAPTURES, "chat", "new", "settings", "quit"})

IDLE_MS = 5_000  # a connection that says nothing for so long is closed
MAX_CONNECTIONS = 16
STARTING_S = 3.0  # how long another instance may take from its lock to its socket


class InstanceServer(QObject):
    """Listens for commands.

    Signals:
        command(str): a known command arrived, one of `COMMANDS` or the name of a quick action behind `ACTION_PREFIX`.
        guest_came(object): another process is about to take a picture; called, the object tells it that it may.
        guest_left: it has, or it is gone.

    Attributes:
        refusal: why a command will do nothing; None if it will. Who sent it learns of that, and it is emitted all the
            same: whoever pressed a key looks at the window.
    """

    command = Signal(str)
    guest_came = Signal(object)
    guest_left = Signal()

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        self.refusal: Callable[[str], HelperError | None] = _no_refusal
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None
        self._connections: dict[QLocalSocket, _Connection] = {}

    def acquire(self) -> bool:
        """Become the instance of this user. False if there is one already (it can be reached by then).

        Raises `HelperError(STORAGE)` if the folder for the socket cannot be made or is not private.
        """
        self._paths.ensure()
        if self._someone_listens():
            return False
        lock = QLockFile(str(self._paths.socket_path.with_suffix(".lock")))
        lock.setStaleLockTime(0)  # a lock is stale when its process is gone, never because it is old
        if not lock.tryLock(0):
            if lock.error() != QLockFile.LockError.LockFailedError:
                raise self._cannot_listen()
            self._wait_for_the_other()
            return False
        self._lock = lock
        self._listen()
        return True

    def close(self) -> None:
        """Stop listening and let another instance start. May be called twice."""
        server, self._server = self._server, None
        for connection in list(self._connections.values()):
            connection.drop()
        if server is not None:
            server.close()  # removes the socket file too
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _someone_listens(self) -> bool:
        path = self._paths.socket_path
        if sys.platform == "win32":
            return os.path.exists(rf"\\.\pipe\{pipe_name(path)}")
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(os.fspath(path))
            except TimeoutError:
                return True  # it is there but busy
            except OSError:
                return False
        return True

    def _wait_for_the_other(self) -> None:
        """Two started together and the other has the lock: return once it listens, so that it can be raised."""
        deadline = time.monotonic() + STARTING_S
        while time.monotonic() < deadline and not self._someone_listens():
            time.sleep(0.02)

    def _listen(self) -> None:
        path = self._paths.socket_path
        name = pipe_name(path) if sys.platform == "win32" else os.fspath(path)
        QLocalServer.removeServer(name)  # we hold the lock, so a socket that is still there is a dead one's
        server = QLocalServer(self)
        server.setMaxPendingConnections(MAX_CONNECTIONS)
        if sys.platform == "win32":
            server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._accept)
        if not server.listen(name):
            _log.info("cannot listen on %s: %s", name, server.errorString())
            self.close()
            raise self._cannot_listen()
        self._server = server

    def _accept(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            found = self._server.nextPendingConnection()
            if len(self._connections) >= MAX_CONNECTIONS:
                found.abort()
                found.deleteLater()
                continue
            self._connections[found] = _Connection(found, self)
            self._connections[found].begin()

    def forget(self, connection: QLocalSocket) -> None:
        """A connection is over."""
        if self._connections.pop(connection, None) is not None:
            connection.deleteLater()

    def on_guest_left(self) -> None:
        """One that takes pictures is gone. Who leaves the app wants no window to come back."""
        if self._server is not None:
            self.guest_left.emit()

    def _cannot_listen(self) -> HelperError:
        folder = self._paths.socket_path.parent
        if is_full(folder):
            return disk_full(folder)
        return HelperError(
            ErrorKind.STORAGE,
            tr("Desktop Helper cannot make its socket in {folder}.", folder=folder),
            tr("Check that you own the folder and may write there."),
        )


class _Connection(QObject):
    """One client: lines in, lines out, closed at the first thing that is not in order."""

    def __init__(self, connection: QLocalSocket, owner: InstanceServer) -> None:
        super().__init__(connection)
        self._socket, self._owner = connection, owner
        self._received = bytearray()
        self._open = True
        self._is_guest = False
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self.drop)
        self._idle.start()
        connection.setReadBufferSize(MAX_LINE + 1)
        connection.readyRead.connect(self._read)
        connection.disconnected.connect(self._over)

    def begin(self) -> None:
        """Read what came before we listened."""
        self._read()

    def drop(self) -> None:
        """Close without an answer."""
        self._idle.stop()
        self._socket.abort()
        self._over()

    def _over(self) -> None:
        self._open = False
        self._idle.stop()
        if self._is_guest:
            self._is_guest = False
            self._owner.on_guest_left()
        self._owner.forget(self._socket)

    def _read(self) -> None:
        while self._socket.bytesAvailable():
            self._received += self._socket.readAll().data()
            while b"\n" in self._received:
                line, _, rest = self._received.partition(b"\n")
                self._received = rest
                if not self._handle(bytes(line)):
                    return
            if len(self._received) >= MAX_LINE:
                _log.info("dropped a command of more than %d bytes", MAX_LINE)
                self.drop()
                return

    def _handle(self, line: bytes) -> bool:
        """Answer one line; False if the connection is closed because of it, as after `quit`."""
        found = parse(line)
        if found is None:
            _log.info("dropped a malformed command of %d bytes", len(line))
            self.drop()
            return False
        if found == STAND_ASIDE:
            self._idle.stop()  # it is open as long as that takes
            self._is_guest = True
            self._owner.guest_came.emit(self._admit)
            return self._open
        self._idle.start()
        known = found in COMMANDS or is_action(found)
        refusal = self._owner.refusal(found) if known else None
        if refusal is not None:
            self._answer({"ok": False, "kind": refusal.kind.value, "message": refusal.message, "fix": refusal.fix})
        else:
            self._answer({"ok": True} if known else {"ok": False, "error": "unknown command"})
        if known:
            self._owner.command.emit(found)
        return self._open

    def _admit(self) -> None:
        if self._open:
            self._answer({"ok": True})

    def _answer(self, reply: Mapping[str, Any]) -> None:
        self._socket.write(json.dumps(reply).encode() + b"\n")
        self._socket.flush()  # `quit` may end the process before the event loop would send it


def parse(line: bytes) -> str | None:
    """The command's name in `line`, or None if there is none. Whatever else stands there is ignored.

    A quick action is its name behind `ACTION_PREFIX`; `ACTION` alone if that is no name.
    """
    if len(line) > MAX_LINE:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = found.get("command") if isinstance(found, dict) else None
    if not isinstance(name, str):
        return None
    wanted = found.get("name")
    if name == ACTION and isinstance(wanted, str) and is_name(wanted):
        return f"{ACTION_PREFIX}{wanted}"
    return ACTION if name.startswith(ACTION_PREFIX) else name


def _no_refusal(_command: str) -> None:
    """Whatever is known is done."""


def is_action(command: str) -> bool:
    """Whether a command names a quick action; whether there is such a one is for others to say."""
    return command.startswith(ACTION_PREFIX) and is_name(command.removeprefix(ACTION_PREFIX))
