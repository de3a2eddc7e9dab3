"""Neither the frame nor the bar lies over what is recorded, wherever that is and however the screen is scaled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.ui.recording import places

SCREEN = Rect(0, 0, 1280, 800)
BAR = (240, 42)
scales = st.sampled_from([1.0, 1.25, 1.5, 1.75, 2.0, 3.0])


@st.composite
def areas(draw: st.DrawFn, screen: Rect = SCREEN, scale: float = 1.0) -> Rect:
    """A part of a screen, in physical pixels."""
    width, height = round(screen.width * scale), round(screen.height * scale)
    x, y = draw(st.integers(0, width - 16)), draw(st.integers(0, height - 16))
    return Rect(screen.x + x, screen.y + y, draw(st.integers(16, width - x)), draw(st.integers(16, height - y)))


def native(rect: Rect, screen: Rect, scale: float) -> Rect:
    """What Qt makes of a window's place: the corner and the size are rounded, each by itself."""
    x, y = round((rect.x - screen.x) * scale), round((rect.y - screen.y) * scale)
    return Rect(screen.x + x, screen.y + y, round(rect.width * scale), round(rect.height * scale))


@given(st.data(), scales, st.sampled_from([SCREEN, Rect(1920, 200, 1280, 800)]))
def test_the_frame_is_outside(data: st.DataObject, scale: float, screen: Rect) -> None:
    area = data.draw(areas(screen, scale))
    region = places.logical(area, screen, scale)
    for edge in places.edges(region, screen, scale):
        assert native(edge, screen, scale).intersected(area) is None
        assert edge.intersected(screen) == edge


def test_a_region_in_the_middle_has_four_sides_and_one_at_the_edge_fewer() -> None:
    assert len(places.edges(Rect(100, 100, 300, 200), SCREEN, 1.0)) == 4
    assert len(places.edges(Rect(0, 0, 300, 200), SCREEN, 1.0)) == 2
    assert places.edges(SCREEN, SCREEN, 1.0) == []


@given(areas())
def test_the_bar_is_outside_unless_there_is_no_room(area: Rect) -> None:
    place = places.bar(area, BAR, [SCREEN])
    bar = Rect(place.x, place.y, *BAR)
    assert bar.intersected(SCREEN) == bar
    frame = [*places.edges(area, SCREEN, 1.0), area]
    assert place.inside == any(bar.intersected(part) for part in frame)
    room = max(area.y, SCREEN.bottom - area.bottom) >= 60 or max(area.x, SCREEN.right - area.right) >= 260
    assert not (place.inside and room)


def test_another_screen_has_room() -> None:
    other = Rect(1280, 0, 1024, 768)
    place = places.bar(SCREEN, BAR, [SCREEN, other])
    assert not place.inside
    assert Rect(place.x, place.y, *BAR).intersected(other) == Rect(place.x, place.y, *BAR)
    assert places.bar(SCREEN, BAR, [SCREEN]).inside
