"""Pictures as OpenCV has them: rows of pixels of blue, green and red."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]  # 4 x 2: upper left, upper right, lower right, lower left

MARGIN = 16  # pixels: text that touches the edge is not found
UPRIGHT = 1.5  # a line that is so many times as high as wide runs from above to below
STRAIGHT = 1.5  # pixels by which corners may be off without anybody seeing it


def decoded(data: bytes, name: str) -> Pixels:
    """The pixels of a PNG or JPEG file. Raises `HelperError(SOURCE)`."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None:
        raise HelperError(ErrorKind.SOURCE, tr("{name} cannot be read as a picture.", name=name))
    return picture.astype(np.uint8, copy=False)


def raw(data: bytes, width: int, height: int) -> Pixels:
    """The pixels of a `core.protocols.Frame`. Raises ValueError if there are too few or too many."""
    return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(height, width, 4)[:, :, :3])


def with_margin(picture: Pixels) -> Pixels:
    """`picture` with the colours of its edge around it."""
    wider = cv2.copyMakeBorder(picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE)
    return wider.astype(np.uint8, copy=False)


def scaled(picture: Pixels, scale: float) -> Pixels:
    """`picture`, `scale` times as large."""
    if scale == 1:
        return picture
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    other = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return other.astype(np.uint8, copy=False)


def cut(picture: Pixels, corners: Corners) -> Pixels:
    """What lies between `corners`, made straight; lying down if it stood upright."""
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    if np.abs(box - corners).max() <= STRAIGHT:
        part = picture[top:bottom, left:right]
    else:
        part = _straightened(picture, corners)
    return part if not is_upright(corners) else np.ascontiguousarray(np.rot90(part))


def is_upright(corners: Corners) -> bool:
    """Whether the line between `corners` runs from above to below."""
    width, height = _sides(corners)
    return height >= UPRIGHT * width


def _straightened(picture: Pixels, corners: Corners) -> Pixels:
    width, height = (max(1, round(side)) for side in _sides(corners))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turned = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(corners, target),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_CUBIC,
    )
    return turned.astype(np.uint8, copy=False)


def _sides(corners: Corners) -> tuple[float, float]:
    width = max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[2] - corners[3]))
    height = max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2]))
    return float(width), float(height)
