"""A video has even sizes, and all that was chosen is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import even

DESKTOP = Rect(-100, 50, 640, 480)


@given(st.data())
def test_a_region_grows_by_a_pixel_where_its_size_is_odd(data: st.DataObject) -> None:
    x, y = data.draw(st.integers(-100, 539)), data.draw(st.integers(50, 529))
    area = Rect(x, y, data.draw(st.integers(1, 540 - x)), data.draw(st.integers(1, 530 - y)))
    found = even(area, DESKTOP)
    assert (found.width % 2, found.height % 2) == (0, 0)
    assert found.intersected(area) == area
    assert found.intersected(DESKTOP) == found
    assert found.width - area.width + found.height - area.height <= 2


def test_a_desktop_that_is_odd_itself_stays() -> None:
    desktop = Rect(0, 0, 1365, 767)
    assert even(desktop, desktop) == desktop
