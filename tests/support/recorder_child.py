"""A recorder process that misbehaves: the name of the file says how."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame

PROGRESS = {"type": "progress", "seconds": 0.5, "bytes": 100, "delivered": 15, "dropped": 0, "paused": False}


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame."""
    header = frame.header
    wish, partial = Path(header["file"]).stem, Path(header["partial"])
    channel.send(PROGRESS)
    for _ in range(6 if wish == "asks" else 0):
        channel.send({"type": "waiting"})
        time.sleep(0.3)
    if wish.startswith("begun"):
        partial.write_bytes(b"....ftyp........moov....")
    if wish.endswith("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    if wish.endswith("hangs"):
        time.sleep(60)
    raise HelperError(ErrorKind.CAPTURE, "There is no screen.", "Connect one.")


if __name__ == "__main__":
    serve(handle)
