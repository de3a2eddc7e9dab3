"""One picture through FFmpeg, which decodes what Pillow does not, or not rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_SIZE_MARKER = b"\xff\x4f\xff\x51"  # begins the code of JPEG 2000
_DEPTH_AT = 42  # behind that


def decoded(codec: str, setup: bytes, data: bytes, pixels: int) -> Image.Image:
    """The picture in a piece of code. Raises ValueError, or what FFmpeg raises.

    Args:
        codec: FFmpeg's name.
        setup: what its decoder must know beforehand.
        data: the piece.
        pixels: about how many there are; many more are refused.
    """
    from av.codec.context import CodecContext
    from av.packet import Packet

    context: Any = CodecContext.create(codec, "r")
    context.extradata = setup or None
    context.thread_count = 1
    context.options = {"max_pixels": str(2 * pixels + 1_000_000)}
    frames = [*context.decode(Packet(data)), *context.decode(None)]
    if not frames:
        raise ValueError("a piece without a picture")
    image: Image.Image = frames[0].to_image()
    return image


def is_deep_jpeg2000(data: bytes) -> bool:
    """Whether it has more than 8 bits a channel. Pillow 13 rounds the lightest of those up, to black."""
    at = data.find(_SIZE_MARKER, 0, 4096)
    return at >= 0 and len(data) > at + _DEPTH_AT and data[at + _DEPTH_AT] & 0x7F > 7
