"""Neither the line for a question nor the bubble with the answer covers the region, where the screen has room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.ui.ask_here import places

SCREEN = (1280, 800)
WHOLE = Rect(0, 0, *SCREEN)
LINE, ROOM = (440, 90), 130
BAR_SIDE = 44
WIDTH, LEAST, MOST = 440, 200, 480
desktops = st.sampled_from([Rect(0, 0, 1280, 800), Rect(1920, 200, 1280, 770), Rect(-1280, 0, 1280, 800)])


@st.composite
def regions(draw: st.DrawFn, screen: Rect = WHOLE) -> Rect:
    """A part of a screen."""
    x, y = draw(st.integers(0, screen.width - 5)), draw(st.integers(0, screen.height - 5))
    width, height = draw(st.integers(5, screen.width - x)), draw(st.integers(5, screen.height - y))
    return Rect(screen.x + x, screen.y + y, width, height)


@given(regions(), st.integers(LINE[1], 260))
def test_the_line_is_on_the_screen_and_beside_the_region_where_there_is_room(region: Rect, height: int) -> None:
    room = max(height, ROOM)
    place = places.line(region, (LINE[0], height), room, SCREEN, ())
    assert place.intersected(WHOLE) == place
    under, above = SCREEN[1] - region.bottom - places.GAP, region.y - places.GAP
    assert (place.intersected(region) is None) == (max(under, above) >= room)
    if under >= room:
        assert place.y == region.bottom + places.GAP
        assert place.x == min(region.x, SCREEN[0] - LINE[0])


@given(regions(), st.booleans())
def test_the_line_keeps_clear_of_bar_and_label(region: Rect, right: bool) -> None:
    """The bar may reach far below a small region, on either side of it."""
    x = region.right + places.GAP if right else region.x - places.GAP - BAR_SIDE
    bar = Rect(x, min(region.y, SCREEN[1] - 500), BAR_SIDE, 480)
    label = Rect(region.x, region.y - 34, 200, 24)
    if bar.intersected(WHOLE) != bar or label.y < 0:
        return
    place = places.line(region, LINE, ROOM, SCREEN, (bar, label))
    assert place.intersected(bar) is None
    assert place.intersected(label) is None


def test_the_line_stays_at_its_side_while_it_grows() -> None:
    region = Rect(300, 200, 400, 300)
    small = places.line(region, (440, 90), ROOM, SCREEN, ())
    large = places.line(region, (440, 130), ROOM, SCREEN, ())
    assert (small.x, small.y) == (large.x, large.y)
    low = Rect(300, 500, 400, 290)
    assert places.line(low, (440, 90), ROOM, SCREEN, ()).bottom == places.line(low, (440, 130), ROOM, SCREEN, ()).bottom


@given(st.data(), desktops)
def test_the_bubble_is_on_its_screen_and_beside_the_region_where_there_is_room(
    data: st.DataObject, screen: Rect
) -> None:
    region = data.draw(regions(screen))
    slot = places.bubble(region, WIDTH, (LEAST, MOST), screen)
    for height in (100, LEAST, MOST, 5000):
        place = slot.at(height)
        assert place.intersected(screen) == place
        assert place.height <= MOST
    beside = max(region.x - screen.x, screen.right - region.right) - places.GAP - places.MARGIN >= WIDTH
    below = max(region.y - screen.y, screen.bottom - region.bottom) - places.GAP - places.MARGIN >= LEAST
    if beside or below:
        assert slot.area.intersected(region) is None
    else:  # the lower corner, which may lie beside the region by chance
        assert (slot.area.right, slot.area.bottom) == (screen.right - places.MARGIN, screen.bottom - places.MARGIN)


@given(st.data(), desktops)
def test_a_bubble_that_grows_keeps_one_edge(data: st.DataObject, screen: Rect) -> None:
    slot = places.bubble(data.draw(regions(screen)), WIDTH, (LEAST, MOST), screen)
    small, large = slot.at(120), slot.at(400)
    assert small.x == large.x
    assert (small.bottom == large.bottom) if slot.upwards else (small.y == large.y)


def test_a_narrow_screen_makes_the_bubble_narrow() -> None:
    screen = Rect(0, 0, 400, 600)
    place = places.bubble(Rect(10, 10, 100, 50), WIDTH, (LEAST, MOST), screen).at(300)
    assert place.width == 400 - 2 * places.MARGIN
