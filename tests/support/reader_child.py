"""A process that reads text, and misbehaves: the picture's bytes say how."""

from __future__ import annotations

import os
import time

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame

_BOX = [0, 0, 10, 10]


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame."""
    if frame.type == "warm":
        return
    wish = frame.payloads[0].decode()
    if wish == "crash":
        os.abort()
    if wish == "refuse":
        raise HelperError(ErrorKind.SOURCE, "No.")
    if wish == "hang":
        channel.send({"type": "progress", "message": "hanging", "fraction": 0.5})
        time.sleep(60)
    while wish == "chatter":
        channel.send({"type": "progress", "message": "still at it", "fraction": 0.5})
    if wish == "memory":
        wish = str(len(bytearray(64 * 1024**3)))
    if wish == "odd progress":
        channel.send({"type": "progress", "message": "half", "fraction": "half"})
    if wish == "odd lines":
        channel.send({"type": "done", "lines": [{"text": "x", "box": [1, 2]}]})
    line = {"text": str(os.getpid()), "box": _BOX, "score": 1, "words": []}
    channel.send({"type": "done", "lines": [line]})


if __name__ == "__main__":
    serve(handle)
