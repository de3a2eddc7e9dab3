"""The child's half of `core.child`: a loop that answers frames.

`serve(handle)` in the module's `if __name__ == "__main__":`, where `handle(frame, channel)` answers through
`channel.send({"type": "done"})`.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import IO, Any, NoReturn

from desktop_helper.core.child_exit import OUT_OF_MEMORY, UNEXPECTED_ERROR
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame, read_frame, write_frame

MEMORY_ENV = "DESKTOP_HELPER_CHILD_MEMORY"


class Channel:
    """Where the child writes its frames. Thread-safe.

    Args:
        stream: the pipe to the parent.
        outlives_parent: whether there is work to finish when nobody reads any more.
    """

    def __init__(self, stream: IO[bytes], *, outlives_parent: bool = False) -> None:
        self._stream = stream
        self._outlives_parent = outlives_parent
        self._lock = threading.Lock()

    def send(self, header: dict[str, Any], *payloads: bytes) -> None:
        """Write a frame. If nobody reads any more, the process ends, unless it has something to finish."""
        try:
            with self._lock:
                write_frame(self._stream, header, *payloads)
        except OSError:
            if not self._outlives_parent:
                os._exit(0)

    def send_error(self, error: HelperError) -> None:
        """Write what `error_of` turns back into the error."""
        self.send(error_header(error))


def error_header(error: HelperError) -> dict[str, Any]:
    """The header of a frame that carries an error."""
    words = {"message": error.message, "fix": error.fix, "command_fix": error.command_fix}
    return {"type": "error", "kind": error.kind.value, **words}


def error_of(frame: Frame) -> HelperError | None:
    """The error that the child sent in `frame`, or None if it is another frame."""
    if frame.type != "error":
        return None
    header = frame.header
    kinds = {kind.value: kind for kind in ErrorKind}
    kind = kinds.get(str(header.get("kind")), ErrorKind.WORKER)
    message, fix, command_fix = (str(header.get(name, "")) for name in ("message", "fix", "command_fix"))
    return HelperError(kind, message, fix, command_fix=command_fix)


def serve(
    handler: Callable[[Frame, Channel], None],
    urgent: Callable[[Frame], bool] | None = None,
    finish: Callable[[], None] | None = None,
) -> NoReturn:
    """Answer frames until the input closes; does not return.

    A `HelperError` that `handler` raises is sent to the parent. Any other exception ends the process: its traceback,
    without the message (which may quote the user's data), goes to standard error.

    Args:
        handler: called on the main thread for one frame after the other.
        urgent: called on another thread as soon as a frame arrives, even while `handler` works; returns True if
            it took care of the frame, e.g. of a request to stop.
        finish: called on that other thread when the input has closed, even while `handler` works; the process ends
            when it returns. Without it, the process ends at once.
    """
    faulthandler.enable()  # where a C library crashed goes to the log
    _end_on_errors()
    limit_resources()
    incoming, outgoing = _take_over_pipes()
    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(incoming, frames, urgent, finish), name="frames", daemon=True).start()
    channel = Channel(outgoing, outlives_parent=finish is not None)
    while True:
        _answer(handler, frames.get(), channel)


def limit_resources() -> None:
    """Apply the memory limit that the parent asked for, and write no core dump: it would hold what the user sent.

    The child does it itself, because code between fork and exec is unsafe in a program with threads.
    """
    if sys.platform == "win32":
        return
    resource = importlib.import_module("resource")  # POSIX only
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted = os.environ.get(MEMORY_ENV)
    if wanted:
        resource.setrlimit(resource.RLIMIT_AS, (int(wanted), int(wanted)))


def _answer(handler: Callable[[Frame, Channel], None], frame: Frame, channel: Channel) -> None:
    try:
        handler(frame, channel)
    except HelperError as error:
        channel.send_error(error)


def _take_over_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Private copies of input and output. Descriptor 0 becomes empty, 1 becomes standard error.

    So neither a `print` nor a C library can get between our frames, and what they print lands in the log.
    """
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def _read(
    incoming: IO[bytes],
    frames: queue.SimpleQueue[Frame],
    urgent: Callable[[Frame], bool] | None,
    finish: Callable[[], None] | None,
) -> None:
    """Ends the process when the input does, whatever the main thread is doing."""
    while (frame := read_frame(incoming)) is not None:
        if urgent is None or not urgent(frame):
            frames.put(frame)
    if finish is not None:
        finish()
    os._exit(0)


def _end_on_errors() -> None:
    """Let an exception that nobody catches, on any thread, end the process with an exit code that names it."""
    sys.excepthook = _give_up
    threading.excepthook = lambda args: _give_up(args.exc_type, args.exc_value, args.exc_traceback)


def _give_up(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, MemoryError):
        os._exit(OUT_OF_MEMORY)
    sys.stderr.write(f"{kind.__module__}.{kind.__qualname__}\n")
    traceback.print_tb(trace)
    sys.stderr.flush()
    os._exit(UNEXPECTED_ERROR)
