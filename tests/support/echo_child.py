"""A child process for the tests of `core.child`: does what the frame asks for."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame

_stopped = False


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame."""
    match frame.type:
        case "echo":
            channel.send(frame.header, *frame.payloads)
        case "print":
            sys.stdout.write("from Python\n")
            sys.stdout.flush()
            ctypes.CDLL(None).puts(b"from C")
            ctypes.CDLL(None).fflush(None)
            sys.stderr.write(str(frame.header.get("text", "")))
            sys.stderr.flush()  # a busy machine may kill us before the exit would
            channel.send({"type": "printed"})
        case "raise":
            raise ValueError(str(frame.header["text"]))
        case "refuse":
            raise HelperError(ErrorKind.SOURCE, "This is not a picture.", "Choose another file.")
        case "exit":
            os._exit(int(frame.header["code"]))
        case "abort":
            os.abort()
        case "garbage":
            os.write(int(_outgoing_descriptor()), b"x" * 64)
            time.sleep(60)
        case "allocate":
            channel.send({"type": "allocated", "bytes": len(bytearray(int(frame.header["bytes"])))})
        case "grandchild":
            process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            channel.send({"type": "grandchild", "pid": process.pid})
            time.sleep(60)
        case "work":
            channel.send({"type": "working"})
            while not _stopped:
                time.sleep(0.01)
            channel.send({"type": "stopped"})
        case _:
            channel.send({"type": "unknown"})


def urgent(frame: Frame) -> bool:
    """Take `stop` at once."""
    global _stopped
    _stopped = _stopped or frame.type == "stop"
    return frame.type == "stop"


def finish() -> None:
    """End what `work` does and leave a note, once nobody is there any more."""
    global _stopped
    _stopped = True
    Path(sys.argv[1]).write_text("finished", encoding="utf-8")


def _outgoing_descriptor() -> str:
    """The pipe to the parent: `serve` keeps it as the highest descriptor that is a pipe."""
    pipes = [name for name in os.listdir("/proc/self/fd") if _target(name).startswith("pipe:")]
    return max(pipes, key=int)


def _target(name: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        return ""


if __name__ == "__main__":
    serve(handle, urgent, finish if sys.argv[1:] else None)
