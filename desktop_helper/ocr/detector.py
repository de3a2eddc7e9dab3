"""Where text stands in a picture: for each line of it, four corners.

The network says of each pixel whether it lies inside of text (Differentiable Binarization); the insides are made a
little too small on purpose, so that lines do not touch. Each connected one becomes a rectangle, which is then widened.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop_helper.ocr.images import Corners, Pixels
from desktop_helper.ocr.models import DETECTION
from desktop_helper.ocr.session import Session

STEP = 32  # the network takes sides that are multiples of this
TEXT_AT = 0.3  # of a pixel: how much text the network sees in it
SURE_AT = 0.5  # of a rectangle, on average
WIDEN = 1.6  # by this share of area / circumference
LEAST_SIDE = 3  # pixels of the inside
MOST_LINES = 4000  # a picture of noise must come to an end


class Detector:
    """See the module. One picture keeps `threads` processors busy."""

    def __init__(self, threads: int) -> None:
        self._session = Session(DETECTION, threads, keeps_memory=False)

    def find(self, picture: Pixels) -> list[Corners]:
        """The lines of text in a picture, in no order. Its sides may be anything."""
        height, width = picture.shape[:2]
        seen = self._session.run(_prepared(picture))[0, 0, :height, :width]
        marks = cv2.dilate((seen > TEXT_AT).astype(np.uint8), np.ones((2, 2), np.uint8))
        contours, _ = cv2.findContours(marks, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        found = (_corners(contour, seen) for contour in contours[:MOST_LINES])
        return [corners for corners in found if corners is not None]


def _prepared(picture: Pixels) -> NDArray[np.float32]:
    """From -1 to 1, widened to whole steps with the colour of the edge."""
    height, width = picture.shape[:2]
    whole = cv2.copyMakeBorder(picture, 0, -height % STEP, 0, -width % STEP, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray((whole.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[np.newaxis])


def _corners(contour: Any, seen: NDArray[Any]) -> Corners | None:
    centre, (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < LEAST_SIDE or _mean_inside(_points(centre, (width, height), angle), seen) < SURE_AT:
        return None
    more = WIDEN * width * height / (width + height)
    return _upright(_points(centre, (width + more, height + more), angle))


def _points(centre: Any, size: tuple[float, float], angle: float) -> Corners:
    return np.asarray(cv2.boxPoints((centre, size, angle)), np.float32)


def _mean_inside(corners: Corners, seen: NDArray[Any]) -> float:
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = np.ascontiguousarray(seen[top:bottom, left:right])
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _upright(corners: Corners) -> Corners:
    """Beginning with the upper left one, clockwise."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
