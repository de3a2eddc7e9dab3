"""What every capture source owes its callers (`core.protocols.Capturer`). A subclass says which source and where.

class TestMySource(CaptureContract):
    @pytest.fixture
    def capturer(self): ...
"""

from __future__ import annotations

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Capturer, Frame


class CaptureContract:
    """Inherit and provide `capturer`: one that works, closed by the fixture."""

    def test_screens_are_counted_from_one(self, capturer: Capturer) -> None:
        screens = capturer.screens()
        assert [screen.index for screen in screens] == list(range(1, len(screens) + 1))
        assert all(screen.name for screen in screens)
        assert len({(screen.rect.x, screen.rect.y) for screen in screens}) == len(screens)

    def test_one_screen_is_the_primary(self, capturer: Capturer) -> None:
        assert sum(screen.primary for screen in capturer.screens()) == 1

    def test_a_frame_has_every_pixel_without_padding(self, capturer: Capturer) -> None:
        area = capturer.screens()[0].rect
        for width, height in ((1, 1), (3, 7), (area.width, 1), (area.width, area.height)):
            frame = capturer.grab(Rect(area.x, area.y, width, height))
            assert len(frame.data) == frame.width * frame.height * 4
            assert (frame.rect.x, frame.rect.y) == (area.x, area.y)

    def test_a_part_equals_the_same_part_of_the_whole(self, capturer: Capturer) -> None:
        area = capturer.screens()[0].rect
        whole = capturer.grab(area)
        part = capturer.grab(Rect(area.x + 11, area.y + 5, 40, 30))
        assert _rows(part, 0, 0, 40, 30) == _rows(whole, 11, 5, 40, 30)

    def test_two_frames_do_not_share_memory(self, capturer: Capturer) -> None:
        area = Rect(capturer.screens()[0].rect.x, capturer.screens()[0].rect.y, 8, 8)
        first = capturer.grab(area)
        before = bytes(first.data)
        capturer.grab(Rect(area.x + 20, area.y + 20, 8, 8))
        assert bytes(first.data) == before

    def test_what_is_no_screen_is_refused_in_one_sentence(self, capturer: Capturer) -> None:
        with pytest.raises(HelperError) as caught:
            capturer.grab(Rect(10_000_000 % 32_000, 0, 100, 100))
        assert caught.value.kind is ErrorKind.CAPTURE
        assert caught.value.message
        assert caught.value.fix
        assert capturer.grab(Rect(0, 0, 2, 2)).width  # and it still works

    def test_windows_lie_on_the_desktop(self, capturer: Capturer) -> None:
        assert all(window.rect.width > 0 and window.rect.height > 0 for window in capturer.windows())

    def test_closing_twice_is_fine(self, capturer: Capturer) -> None:
        capturer.close()
        capturer.close()


def _rows(frame: Frame, x: int, y: int, width: int, height: int) -> list[bytes]:
    """Blue, green and red of a part; the fourth byte means nothing."""
    data, stride = bytes(frame.data), frame.width * 4
    rows = [data[(y + row) * stride + x * 4 :][: width * 4] for row in range(height)]
    return [bytes(value for at, value in enumerate(row) if at % 4 != 3) for row in rows]
