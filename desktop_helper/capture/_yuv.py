"""Pixels of the screen as an H.264 encoder takes them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

TICKS = 90_000  # of a video's clock a second


class Yuv:
    """Makes frames of one size. Belongs to one thread.

    Args:
        width, height: even.
    """

    def __init__(self, width: int, height: int) -> None:
        from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

        self._size = (width, height)
        self._reformatter = VideoReformatter()
        self._matrix, self._range = Colorspace.ITU709, ColorRange.MPEG

    def prepare(self, context: Any) -> None:
        """Tell an encoder what it gets."""
        context.width, context.height = self._size
        context.pix_fmt, context.time_base = "yuv420p", Fraction(1, TICKS)
        # Without these a player guesses the colours from the size.
        context.colorspace, context.color_range = int(self._matrix), int(self._range)
        context.color_primaries, context.color_trc = 1, 1  # BT.709

    def frame(self, pixels: bytearray, ticks: int) -> VideoFrame:
        """One picture, as in `core.protocols.Frame`, at its time."""
        import numpy as np
        from av import VideoFrame

        width, height = self._size
        picture = VideoFrame.from_numpy_buffer(np.frombuffer(pixels, np.uint8).reshape(height, width, 4), format="bgra")
        frame = self._reformatter.reformat(
            picture, format="yuv420p", dst_colorspace=self._matrix, dst_color_range=self._range, threads=1
        )
        frame.pts, frame.time_base = ticks, Fraction(1, TICKS)
        return frame
