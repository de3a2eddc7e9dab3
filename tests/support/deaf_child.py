"""A process that reads frames and answers none; with an argument, one that answers nonsense."""

from __future__ import annotations

import sys
import time

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame, or do not."""
    if len(sys.argv) > 1:
        numbers = {"duration": "nan", "width": 0, "height": -1, "frames": 1, "at": "x", "until": []}
        if sys.argv[1] == "nan":
            numbers |= {"at": "nan", "until": None}
        channel.send({"type": "about" if frame.header["what"] == "about" else "picture"} | numbers, b"")
        return
    time.sleep(60)


if __name__ == "__main__":
    serve(handle)
