"""Cuts a region out of the pictures of the screens that it lies on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

See = Callable[["Pixels"], Frame]


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen that is shared.

    Args:
        place: on the desktop.
        look: what a function makes of its last picture, which is there only meanwhile; None if there is none.
    """

    place: Rect
    look: Callable[[See], Frame | None]


def cut(rect: Rect, screens: Sequence[Shown]) -> Frame | None:
    """The pixels of `rect`: a screen's own if it lies on one, else as many as `rect` says. None without a picture.

    What no screen shows is black.
    """
    found = [(screen, part) for screen in screens if (part := screen.place.intersected(rect)) is not None]
    if len(found) == 1 and found[0][1] == rect:
        frame = _part(*found[0])
        return None if frame is None else Frame(frame.data, Rect(rect.x, rect.y, frame.width, frame.height))
    data = bytearray(rect.width * rect.height * 4)
    canvas = _pixels(data, rect.width, rect.height)
    for screen, part in found:
        frame = _part(screen, part)
        if frame is None:
            return None
        top, left = part.y - rect.y, part.x - rect.x
        canvas[top : top + part.height, left : left + part.width] = _fitted(frame, part.width, part.height)
    return Frame(data, rect)


def whole(look: Callable[[See], Frame | None], rect: Rect, size: Rect | None) -> Frame | None:
    """All of a picture, as what `rect` shows. None if there is none.

    Args:
        look: as in `Shown`.
        rect: its corner counts.
        size: width and height that it shall have, whatever it has; None leaves it as it is.
    """

    def see(picture: Pixels) -> Frame:
        height, width = (size.height, size.width) if size is not None else picture.shape[:2]
        data = bytearray(width * height * 4)
        part = picture[:height, :width]
        _pixels(data, width, height)[: part.shape[0], : part.shape[1]] = part
        return Frame(data, Rect(rect.x, rect.y, width, height))

    return look(see)


def _part(screen: Shown, part: Rect) -> Frame | None:
    """What the screen shows of `part` of the desktop; one pixel at least."""
    place = screen.place

    def see(picture: Pixels) -> Frame:
        across, down = picture.shape[1] / place.width, picture.shape[0] / place.height
        left, top = round((part.x - place.x) * across), round((part.y - place.y) * down)
        right, bottom = round((part.right - place.x) * across), round((part.bottom - place.y) * down)
        width, height = max(right - left, 1), max(bottom - top, 1)
        data = bytearray(width * height * 4)
        _pixels(data, width, height)[...] = picture[top : top + height, left : left + width]
        return Frame(data, Rect(0, 0, width, height))

    return screen.look(see)


def _pixels(data: bytes | bytearray | memoryview, width: int, height: int) -> Pixels:
    import numpy as np

    return np.frombuffer(data, np.uint8).reshape(height, width, 4)


def _fitted(frame: Frame, width: int, height: int) -> Pixels:
    """As many pixels as are wanted, by repeating or leaving out some."""
    import numpy as np

    pixels = _pixels(frame.data, frame.width, frame.height)
    if (frame.width, frame.height) == (width, height):
        return pixels
    rows, columns = np.arange(height) * frame.height // height, np.arange(width) * frame.width // width
    return pixels[rows[:, None], columns]
