"""The Wayland protocol on the wire, as little of it as asking for outputs and their pixels takes.

Qt would know the outputs, but the command line works without Qt; and libwayland is made for C. Requests and events are
those of https://wayland.app/protocols/wayland: target, size and code, then arguments of 32 bits in the machine's order.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

TIMEOUT_S = 3.0
_HEADER = struct.Struct("=II")
_DISPLAY, _REGISTRY = 1, 2
_MAX_READ = 1 << 16


class Reader:
    """Takes one argument after another from the body of an event. Raises OSError at its end."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def unsigned(self) -> int:
        """A `uint` or an object."""
        return self._number("=I")

    def signed(self) -> int:
        """An `int`."""
        return self._number("=i")

    def text(self) -> str:
        """A `string`."""
        length = self.unsigned()
        raw = self._body[self._at : self._at + length]
        self._at += _padded(length)
        return raw.rstrip(b"\0").decode("utf-8", "replace")

    def _number(self, form: str) -> int:
        try:
            (number,) = struct.unpack_from(form, self._body, self._at)
        except struct.error:
            raise OSError("the compositor sent a message that is too short") from None
        self._at += 4
        return int(number)


Listener = Callable[[int, Reader], None]


class Connection:
    """To a compositor. Every method raises OSError if it is gone, is silent for `TIMEOUT_S`, or refuses a request.

    Args:
        display: name or path of the compositor's socket; by default what `WAYLAND_DISPLAY` says.
    """

    def __init__(self, display: str | None = None) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(TIMEOUT_S)
        self._received = b""
        self._last_id = _REGISTRY
        self._listeners: dict[int, Listener] = {_DISPLAY: self._on_display, _REGISTRY: self._on_registry}
        self._globals: dict[int, tuple[str, int]] = {}
        try:
            self._socket.connect(str(socket_path(display)))
            self.send(_DISPLAY, 1, _REGISTRY)  # wl_display.get_registry
            self.round_trip()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; the compositor frees what was made over this connection."""
        self._socket.close()

    def globals(self, interface: str) -> list[int]:
        """The names of what the compositor offers of one kind, in its order."""
        return [name for name, (kind, _version) in self._globals.items() if kind == interface]

    def bind(self, name: int, version: int, listener: Listener | None = None) -> int:
        """An object for a global, in at most the version that we know."""
        interface, offered = self._globals[name]
        made = self.new_id(listener)
        self.send(_REGISTRY, 0, name, interface, min(version, offered), made)
        return made

    def new_id(self, listener: Listener | None = None) -> int:
        """The id of an object that the next request makes, and who hears its events."""
        self._last_id += 1
        if listener is not None:
            self._listeners[self._last_id] = listener
        return self._last_id

    def send(self, target: int, code: int, *arguments: int | str, files: Sequence[int] = ()) -> None:
        """A request. Numbers below zero are written as `int`, which has the same bits."""
        body = b"".join(_argument(argument) for argument in arguments)
        message = _HEADER.pack(target, (_HEADER.size + len(body)) << 16 | code) + body
        if files:
            socket.send_fds(self._socket, [message], files)
        else:
            self._socket.sendall(message)

    def round_trip(self) -> None:
        """Return when everything up to now has been answered."""
        done: list[bool] = []
        self.send(_DISPLAY, 0, self.new_id(lambda _code, _reader: done.append(True)))  # wl_display.sync
        self.wait_for(lambda: bool(done))

    def wait_for(self, is_done: Callable[[], bool]) -> None:
        """Hand out events until `is_done`."""
        while not is_done():
            target, size_and_code = _HEADER.unpack(self._take(_HEADER.size))
            size = size_and_code >> 16
            if size < _HEADER.size:
                raise OSError("the compositor sent a message that is none")
            reader = Reader(self._take(size - _HEADER.size))
            if (listener := self._listeners.get(target)) is not None:
                listener(size_and_code & 0xFFFF, reader)

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            more = self._socket.recv(_MAX_READ)
            if not more:
                raise OSError("the compositor hung up")
            self._received += more
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def _on_display(self, code: int, reader: Reader) -> None:
        if code == 0:
            reader.unsigned(), reader.unsigned()  # the object, and the number of the error
            raise OSError(f"the compositor refused a request: {reader.text()}")
        self._listeners.pop(reader.unsigned(), None)  # delete_id

    def _on_registry(self, code: int, reader: Reader) -> None:
        name = reader.unsigned()
        if code == 0:
            self._globals[name] = (reader.text(), reader.unsigned())
        else:
            self._globals.pop(name, None)


def socket_path(display: str | None = None) -> Path:
    """Where the compositor listens. A name is looked up in the user's runtime folder."""
    return Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / (display or os.environ.get("WAYLAND_DISPLAY") or "wayland-0")


def _argument(argument: int | str) -> bytes:
    if isinstance(argument, int):
        return struct.pack("=I", argument & 0xFFFFFFFF)
    raw = argument.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw.ljust(_padded(len(raw)), b"\0")


def _padded(length: int) -> int:
    return (length + 3) & ~3
