"""Paints over parts of a picture: where windows of ours are, which nobody asks about."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_helper.core.geometry import Rect

GREY = 0x80


def covered(
    pixels: bytearray, area: Rect, size: tuple[int, int], covers: Iterable[Rect], under: bytearray | None = None
) -> bytearray | None:
    """The picture with `covers` in grey, `pixels` itself if none of them is in it, None if nothing else is left.

    Args:
        pixels: as in `core.protocols.Frame`; stays as it is.
        area: what it shows of the desktop.
        size: its width and height, which are more than those of `area` where that is counted in points.
        covers: in the units of `area`.
        under: an earlier picture of the same size, of which the covered parts are taken instead.
    """
    import numpy as np

    parts = [part for cover in covers if (part := cover.intersected(area)) is not None]
    if not parts:
        return pixels
    if area in parts:
        return None
    width, height = size
    scale = max(1, width // area.width)
    painted = bytearray(pixels)
    canvas = np.frombuffer(painted, np.uint8).reshape(height, width, 4)
    earlier = None if under is None else np.frombuffer(under, np.uint8).reshape(height, width, 4)
    for part in parts:
        x, y = (part.x - area.x) * scale, (part.y - area.y) * scale
        place = np.s_[y : y + part.height * scale, x : x + part.width * scale]
        canvas[place] = GREY if earlier is None else earlier[place]
    return painted
