"""Ctrl+C and `kill` end the app as Quit does.

Python runs signal handlers only between bytecodes, and Qt's event loop runs none. The interpreter can write a byte to a
socket when a signal arrives (`signal.set_wakeup_fd`), which wakes the loop.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier


@contextmanager
def quit_on_signals(quit_app: Callable[[], None]) -> Iterator[None]:
    """Call `quit_app` on SIGINT and SIGTERM while the block runs."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    old_fd = signal.set_wakeup_fd(writer.fileno())
    old = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def on_signal() -> None:
        reader.recv(64)
        quit_app()

    notifier.activated.connect(on_signal)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(old_fd)
        for number, handler in old.items():
            signal.signal(number, handler)
        reader.close()
        writer.close()
