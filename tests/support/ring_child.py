"""A process that keeps no seconds but answers: how, the first area's width says."""

from __future__ import annotations

import os
import signal
import time

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame

ANSWERS, DIES, REFUSES, SILENT = 1, 2, 3, 4


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame."""
    if frame.type == "keep":
        ((_x, _y, how, _height),) = frame.header["areas"]
        channel.send({"type": "seen", "number": 1})
        if how == DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        if how == REFUSES:
            raise HelperError(ErrorKind.CAPTURE, "There is no screen.", "Connect one.")
        if how == SILENT:
            time.sleep(60)
    elif frame.type == "cover":
        channel.send({"type": "seen", "number": frame.header["number"] + 1})
    elif frame.type == "take":
        channel.send({"type": "clip", "token": frame.header["token"]}, repr(frame.header["covers"]).encode())


if __name__ == "__main__":
    serve(handle)
