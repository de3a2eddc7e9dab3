"""Screen pixels to picture files: what a model gets, and what `shot` writes.

A crop that fits the model's budget keeps its exact pixels: pages of text and user interfaces become PNG, photographs
JPEG. What is smaller or thinner than a model accepts is padded. Only what is over the budget is made smaller, to
multiples of 28 pixels, so that no server resamples it again.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, PATCH, fit, image_tokens, padded_size
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

SMALL_PIXELS = 640 * 480  # lossless costs next to nothing
FLAT_SHARE = 0.55  # of equal neighbours: user interfaces and text have 0.7 and more, photographs hardly any
JPEG_QUALITIES = (90, 80, 65, 50)
_LEAKED = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")


def crop(frame: Frame, rect: Rect) -> Frame:
    """A copy of the part of `frame` that lies in `rect` (coordinates of the desktop), pixel for pixel.

    Raises `HelperError(CAPTURE)` if `rect` is not inside the frame.
    """
    if rect.intersected(frame.rect) != rect:
        raise HelperError(ErrorKind.CAPTURE, tr("The region lies outside the picture."), tr("Drag it again."))
    if rect == frame.rect:
        return Frame(bytes(frame.data), rect)
    rows = memoryview(frame.data)
    stride, width = frame.width * 4, rect.width * 4
    start = (rect.y - frame.rect.y) * stride + (rect.x - frame.rect.x) * 4
    data = bytearray(width * rect.height)
    for row in range(rect.height):
        begin = start + row * stride
        data[row * width : (row + 1) * width] = rows[begin : begin + width]
    return Frame(data, rect)


def encode(frame: Frame, name: str, max_tokens: int) -> ImagePart:
    """A picture as the model gets it: within `max_tokens`, small enough to be sent, PNG or JPEG.

    Args:
        frame: the pixels.
        name: how the picture is called where it is shown. Untrusted.
        max_tokens: what one picture may cost.
    """
    picture = _within_limits(_bgr(frame), max_tokens)
    data, mime = _compressed(picture)
    while len(data) > MAX_BYTES:  # noise at the largest size; a quarter less on each side always ends this
        height, width = picture.shape[:2]
        picture = _resized(picture, max(PATCH, width * 3 // 4), max(PATCH, height * 3 // 4))
        data, mime = _compressed(picture)
    height, width = picture.shape[:2]
    shrunk = width < frame.width or height < frame.height
    full_size = (frame.width, frame.height) if shrunk else None
    return ImagePart(data, mime, width, height, name, image_tokens(width, height), full_size=full_size)


def to_png(frame: Frame) -> bytes:
    """`frame` as a PNG file with its exact pixels."""
    return _png(_bgr(frame))


def load_cv2() -> ModuleType:
    """OpenCV, without the environment variables that its import sets and that child processes would inherit."""
    before = {name: os.environ.get(name) for name in _LEAKED}
    import cv2

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return cv2


def _bgr(frame: Frame) -> Pixels:
    import numpy as np

    pixels = np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 4)
    cv2 = load_cv2()
    converted: Pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR)
    return converted


def _within_limits(picture: Pixels, max_tokens: int) -> Pixels:
    picture = _padded(picture)
    height, width = picture.shape[:2]
    if image_tokens(width, height) <= max_tokens and max(width, height) <= MAX_SIDE:
        return picture
    scale = min(1.0, MAX_SIDE / max(width, height))
    return _padded(_resized(picture, *fit(max(1, int(width * scale)), max(1, int(height * scale)), max_tokens)))


def _padded(picture: Pixels) -> Pixels:
    """What is too small or too thin for the model's processor, widened by repeating its last row or column."""
    height, width = picture.shape[:2]
    wide, high = padded_size(width, height)
    if (wide, high) == (width, height):
        return picture
    cv2 = load_cv2()
    padded: Pixels = cv2.copyMakeBorder(picture, 0, high - height, 0, wide - width, cv2.BORDER_REPLICATE)
    return padded


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    cv2 = load_cv2()
    smaller: Pixels = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return smaller


def _compressed(picture: Pixels) -> tuple[bytes, str]:
    height, width = picture.shape[:2]
    if width * height <= SMALL_PIXELS or _flat_share(picture) >= FLAT_SHARE:
        data = _png(picture)
        if len(data) <= MAX_BYTES:
            return data, "image/png"
    for quality in JPEG_QUALITIES:
        data = _jpeg(picture, quality)
        if len(data) <= MAX_BYTES:
            break
    return data, "image/jpeg"


def _flat_share(picture: Pixels) -> float:
    """Share of pixels that equal their right neighbour, in a sample of the rows."""
    if picture.shape[1] < 2:
        return 1.0
    sample = picture[:: max(1, picture.shape[0] // 128)]
    return float((sample[:, 1:] == sample[:, :-1]).all(axis=2).mean())


def _png(picture: Pixels) -> bytes:
    cv2 = load_cv2()
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    return _bytes(done, data)


def _jpeg(picture: Pixels, quality: int) -> bytes:
    cv2 = load_cv2()
    # Full colour resolution: coloured text on a screen smears without it.
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", picture, options)
    return _bytes(done, data)


def _bytes(done: bool, data: Any) -> bytes:
    if not done:
        raise HelperError(ErrorKind.CAPTURE, tr("The picture could not be encoded."), tr("Take a smaller region."))
    return bytes(data.tobytes())
