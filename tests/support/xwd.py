"""The X server's own picture of its screen, as `xwd` dumps it: the judge of every capture."""

from __future__ import annotations

import struct
import subprocess

from PIL import Image


def screen(display: str) -> Image.Image:
    """The whole screen. The format is in X11/XWDFile.h: 25 numbers in front, most significant byte first."""
    dump = subprocess.run(["xwd", "-root", "-silent", "-display", display], check=True, capture_output=True).stdout
    header = struct.unpack(">25I", dump[:100])
    size, layout, width, height = header[0], header[2], header[4], header[5]
    order, depth, line, colours = header[7], header[11], header[12], header[19]
    assert (layout, order, depth) == (2, 0, 32), "a ZPixmap of BGRX"
    return Image.frombuffer("RGB", (width, height), dump[size + 12 * colours :], "raw", "BGRX", line, 1)
