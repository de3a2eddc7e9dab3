"""A converter process that misbehaves: the file's text says how."""

from __future__ import annotations

import os
import time

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame

PART = {"type": "part", "part": "image", "mime": "image/png", "name": "x", "width": 1, "height": 1, "tokens": 1}
PART |= {"number": 1, "count": 1, "pages": 0}
NOTE = {"part": "file", "mime": "text/plain", "name": "pid"}


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame."""
    if frame.type == "warm":
        return
    wish = frame.payloads[0].decode()
    if wish == "crash":
        os.abort()
    if wish == "hang":
        channel.send({"type": "progress", "message": "hanging", "fraction": 0.5})
        time.sleep(60)
    while wish == "chatter":
        channel.send({"type": "progress", "message": "still at it", "fraction": None})
    while wish == "part without end":
        channel.send(PART, b"")
    if wish == "odd part":
        channel.send(PART | {"number": 2}, b"")
    if wish == "part that never came":
        channel.send({"type": "done", "parts": [{"part": "ahead", "place": 0}]})
    if wish == "memory":
        wish = str(len(bytearray(8 * 1024**3)))
    if wish == "lie":
        channel.send({"type": "done", "parts": [{"part": "image", "mime": "text/html", "name": "x"}]}, b"<script>")
    elif wish == "odd progress":
        channel.send({"type": "progress", "message": "half", "fraction": "half"})
    elif wish == "too few":
        channel.send({"type": "done", "parts": [NOTE | {"text": ""}]})
    elif wish == "many":
        for number in range(3):
            channel.send({"type": "progress", "message": str(number), "fraction": None})
    channel.send({"type": "done", "parts": [NOTE | {"text": str(os.getpid())}]}, b"")


if __name__ == "__main__":
    serve(handle)
