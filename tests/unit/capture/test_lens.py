"""The pictures of a recording keep their size and place, whatever becomes of the screens."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_helper.capture import _lens
from desktop_helper.capture._lens import Lens
from desktop_helper.capture._pointer import blend
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo


class Desktop:
    """A grey desktop whose size can change; refuses what is not on it."""

    def __init__(self, width: int, height: int, scale: int = 1) -> None:
        self.rect = Rect(0, 0, width, height)
        self.scale = scale
        self.closed = False
        self.asked = 0

    def screens(self) -> list[Screen]:
        self.asked += 1
        return [Screen(1, "only", self.rect, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return []

    def grab(self, rect: Rect) -> Frame:
        if rect.intersected(self.rect) != rect:
            raise HelperError(ErrorKind.CAPTURE, "Outside.")
        size = Rect(rect.x, rect.y, rect.width * self.scale, rect.height * self.scale)
        return Frame(bytes([128]) * (size.width * size.height * 4), size)

    def close(self) -> None:
        self.closed = True


def array(pixels: bytearray, lens: Lens) -> np.ndarray:
    width, height = lens.size
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 4)


def test_sizes_are_even() -> None:
    lens = Lens(Desktop(101, 77), Rect(0, 0, 101, 77))
    assert len(lens.look()) == 100 * 76 * 4
    assert lens.size == (100, 76)


def test_real_pixels_of_a_sharp_screen() -> None:
    lens = Lens(Desktop(101, 77, scale=2), Rect(0, 0, 51, 30))
    assert len(lens.look()) == 100 * 60 * 4
    assert lens.size == (100, 60)


class Fractional(Desktop):
    """A screen with half as many pixels again as the desktop counts."""

    def grab(self, rect: Rect) -> Frame:
        if rect.intersected(self.rect) != rect:
            raise HelperError(ErrorKind.CAPTURE, "Outside.")
        width, height = rect.width * 3 // 2, rect.height * 3 // 2
        return Frame(bytearray([128]) * (width * height * 4), Rect(rect.x, rect.y, width, height))


def test_pixels_between_those_that_the_desktop_counts() -> None:
    desktop = Fractional(100, 60)
    lens = Lens(desktop, Rect(0, 0, 42, 34))
    assert len(lens.look()) == 62 * 50 * 4, "an odd line is left out"
    assert lens.size == (62, 50)
    desktop.rect = Rect(0, 0, 20, 60)
    shown = array(lens.look(), lens)
    assert shown[:, :30].all()
    assert not shown[:, 30:].any()


def test_what_is_outside_from_the_beginning_is_refused() -> None:
    with pytest.raises(HelperError, match="Outside"):
        Lens(Desktop(100, 80), Rect(50, 50, 100, 20)).look()


@pytest.mark.parametrize("scale", [1, 2])
def test_a_screen_that_becomes_smaller_leaves_black_and_comes_back(scale: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desktop = Desktop(100, 80, scale)
    lens = Lens(desktop, Rect(20, 10, 80, 60))
    lens.look()
    desktop.rect = Rect(0, 0, 60, 40)
    seen = array(lens.look(), lens)[:, :, 0]
    assert seen.shape == (60 * scale, 80 * scale)
    assert (seen[: 30 * scale, : 40 * scale] == 128).all()
    assert seen.astype(int).sum() == 128 * 30 * 40 * scale * scale
    desktop.rect = Rect(0, 0, 100, 80)
    asked = desktop.asked
    lens.look()
    assert desktop.asked == asked  # not for every picture
    monkeypatch.setattr(_lens, "_LOOK_AGAIN_S", 0.0)
    assert (array(lens.look(), lens)[:, :, 0] == 128).all()


def test_a_screen_that_goes_ends_it_with_a_sentence() -> None:
    desktop = Desktop(200, 80)
    lens = Lens(desktop, Rect(100, 0, 100, 80))
    lens.look()
    desktop.rect = Rect(0, 0, 100, 80)
    with pytest.raises(HelperError, match="no longer there") as caught:
        lens.look()
    assert caught.value.kind is ErrorKind.CAPTURE
    lens.close()
    assert desktop.closed


def test_blending_cuts_off_what_is_outside_and_keeps_what_shines_through() -> None:
    shape = np.zeros((4, 4, 4), np.uint8)
    shape[:, :, :] = (100, 0, 0, 127)  # half of a blue
    for x, y, covered in ((-2, -2, 4), (8, 8, 4), (3, 3, 16), (-4, 0, 0), (10, 0, 0)):
        canvas = np.full((10, 10, 4), 200, np.uint8)
        blend(canvas, shape, x, y)
        changed = (canvas[:, :, :3] != 200).any(axis=2)
        assert changed.sum() == covered
        assert {tuple(pixel) for pixel in canvas[changed].tolist()} <= {(200, 100, 100, 200), (200, 101, 101, 200)}
    opaque = np.full((2, 2, 4), 255, np.uint8)
    canvas = np.zeros((2, 2, 4), np.uint8)
    blend(canvas, opaque, 0, 0)
    assert (canvas[:, :, :3] == 255).all()
