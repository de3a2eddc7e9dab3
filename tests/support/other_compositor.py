"""A Wayland socket behind which the compositor is the same, but seems to be another.

`python -m tests.support.other_compositor COMPOSITOR SOCKET HOW`: who finds the socket can connect.

HOW: `like-gnome` (it does not hand out its pixels by wlr-screencopy), `with-graphics` (it has a graphics card: wlroots'
portal casts nothing unless each picture is also offered in the memory of one, even to those who would not take it from
there, https://github.com/emersion/xdg-desktop-portal-wlr/issues/289; the offer is added, and nobody takes it up).
"""

from __future__ import annotations

import array
import contextlib
import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator

_DISPLAY, _DELETE_ID = 1, 1
_MANAGER = b"zwlr_screencopy_manager_v1\0"
_GLOBAL, _BIND, _CAPTURE_OUTPUT = 0, 0, (0, 1)
_BUFFER, _LINUX_DMABUF = 0, 5
_OFFERS_MEMORY = 3  # the first version of wlr-screencopy that does
_XRGB = 0x34325258  # as drm_fourcc.h spells it
_HEADER = struct.Struct("=IHH")  # object, opcode, bytes of the whole message
_FILES = socket.CMSG_SPACE(28 * 4)  # libwayland sends no more at once

Message = tuple[int, int, bytes]


class Client:
    """What one client of the compositor says and hears."""

    def __init__(self, client: socket.socket, compositor: socket.socket, how: str) -> None:
        self._client, self._compositor = client, compositor
        self._hides = how == "like-gnome"
        self._managers: set[int] = set()
        self._frames: set[int] = set()

    def upwards(self) -> None:
        """Everything that the client says; which of its objects are pictures is remembered."""
        for messages, files in _messages(self._client):
            for target, code, body in messages:
                self._look(target, code, body)
            _send(self._compositor, messages, files)
        _close(self._client, self._compositor)

    def downwards(self) -> None:
        """What it hears."""
        for messages, files in _messages(self._compositor):
            _send(self._client, [heard for message in messages for heard in self._heard(*message)], files)
        _close(self._client, self._compositor)

    def _heard(self, target: int, code: int, body: bytes) -> Iterator[Message]:
        if self._hides and code == _GLOBAL and _MANAGER in body:
            return
        yield target, code, body
        if target == _DISPLAY and code == _DELETE_ID:
            self._frames.discard(*struct.unpack("=I", body))
        elif target in self._frames and code == _BUFFER:
            _form, width, height, _stride = struct.unpack("=4I", body)
            yield target, _LINUX_DMABUF, struct.pack("=3I", _XRGB, width, height)

    def _look(self, target: int, code: int, body: bytes) -> None:
        if code == _BIND and _MANAGER in body:
            version, number = struct.unpack("=II", body[-8:])
            if version >= _OFFERS_MEMORY:
                self._managers.add(number)
        elif target in self._managers and code in _CAPTURE_OUTPUT:
            self._frames.add(struct.unpack("=I", body[:4])[0])


def _messages(source: socket.socket) -> Iterator[tuple[list[Message], list[int]]]:
    """Whole messages, and the files that came with them, until the other side is gone."""
    pending = b""
    files: list[int] = []
    with contextlib.suppress(OSError):
        while True:
            data, ancillary, _flags, _address = source.recvmsg(65536, _FILES)
            if not data:
                return
            for _level, _kind, piece in ancillary:
                numbers = array.array("i")
                numbers.frombytes(piece[: len(piece) - len(piece) % numbers.itemsize])
                files += numbers
            pending += data
            whole: list[Message] = []
            while len(pending) >= _HEADER.size:
                target, code, size = _HEADER.unpack_from(pending)
                if len(pending) < size:
                    break
                whole.append((target, code, pending[_HEADER.size : size]))
                pending = pending[size:]
            if whole:
                yield whole, files
                files = []


def _send(target: socket.socket, messages: list[Message], files: list[int]) -> None:
    data = b"".join(_HEADER.pack(number, code, _HEADER.size + len(body)) + body for number, code, body in messages)
    try:
        with contextlib.suppress(OSError):
            sent = socket.send_fds(target, [data], files)
            target.sendall(data[sent:])
    finally:
        for file in files:
            socket.close(file)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def main(compositor: str, path: str, how: str) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{path}.new")
    listener.listen()
    os.rename(f"{path}.new", path)
    while True:
        there, _address = listener.accept()
        here = socket.socket(socket.AF_UNIX)
        here.connect(compositor)
        client = Client(there, here, how)
        for work in (client.upwards, client.downwards):
            threading.Thread(target=work, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
