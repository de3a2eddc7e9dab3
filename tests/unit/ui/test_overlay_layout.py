"""The label never covers a handle; label and magnifier never leave the screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.ui import overlay_layout as layout

SCREEN = (1280, 800)
ALL = Rect(0, 0, *SCREEN)
LABEL = (150, 24)


@st.composite
def regions(draw: st.DrawFn) -> Rect:
    x, y = draw(st.integers(0, SCREEN[0] - 1)), draw(st.integers(0, SCREEN[1] - 1))
    return Rect(x, y, draw(st.integers(1, SCREEN[0] - x)), draw(st.integers(1, SCREEN[1] - y)))


units = st.sampled_from([1.0, 1.25, 1.5, 2.0])


@given(regions(), units)
def test_the_label_stays_clear_of_the_handles(region: Rect, unit: float) -> None:
    size = (round(LABEL[0] * unit), round(LABEL[1] * unit))
    label = layout.label(region, size, SCREEN, unit)
    assert label.intersected(ALL) == label
    assert not any(label.intersected(handle) for handle in layout.handles(region, unit))


def test_the_label_is_above_if_there_is_room_else_below_else_inside() -> None:
    assert layout.label(Rect(100, 100, 300, 200), LABEL, SCREEN, 1).bottom < 100
    assert layout.label(Rect(100, 5, 300, 200), LABEL, SCREEN, 1).y > 205
    inside = layout.label(ALL, LABEL, SCREEN, 1)
    assert inside.intersected(ALL) == inside


def test_there_are_eight_handles_centred_on_the_outline() -> None:
    places = layout.handles(Rect(100, 100, 301, 201), 1)
    centres = {(handle.x + handle.width // 2, handle.y + handle.height // 2) for handle in places}
    assert centres == {(x, y) for x in (100, 250, 400) for y in (100, 200, 300)} - {(250, 200)}


@given(st.integers(0, SCREEN[0] - 1), st.integers(0, SCREEN[1] - 1), units, st.sampled_from([-1, 1]))
def test_the_magnifier_stays_on_the_screen_and_off_the_mouse(x: int, y: int, unit: float, side: int) -> None:
    glass = layout.magnifier((x, y), (side, side), SCREEN, unit)
    assert glass.intersected(ALL) == glass
    assert not glass.intersected(Rect(x, y, 1, 1))


@given(regions(), st.data(), units)
def test_the_magnifier_covers_neither_the_mouse_nor_the_label(region: Rect, data: st.DataObject, unit: float) -> None:
    label = layout.label(region, (round(LABEL[0] * unit), round(LABEL[1] * unit)), SCREEN, unit)
    x = data.draw(st.integers(region.x, region.right - 1))
    y = data.draw(st.integers(region.y, region.bottom - 1))
    side_x, side_y = data.draw(st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])))
    glass = layout.magnifier((x, y), (side_x, side_y), SCREEN, unit, label)
    assert glass.intersected(ALL) == glass
    assert not glass.intersected(Rect(x, y, 1, 1))
    assert not glass.intersected(label)


@given(regions(), units)
def test_the_bar_stays_on_the_screen_and_off_the_label(region: Rect, unit: float) -> None:
    label = layout.label(region, (round(LABEL[0] * unit), round(LABEL[1] * unit)), SCREEN, unit)
    bar = layout.bar(region, (round(42 * unit), round(170 * unit)), SCREEN, unit, label)
    assert bar.intersected(ALL) == bar
    assert not bar.intersected(label)


@given(regions(), units)
def test_the_bar_leaves_room_for_what_lies_under_a_narrow_region(region: Rect, unit: float) -> None:
    size, under, lane = (round(42 * unit), round(170 * unit)), round(300 * unit), round(80 * unit)
    bar = layout.bar(region, size, SCREEN, unit, None, under=under, lane=lane)
    assert bar.intersected(ALL) == bar
    assert bar.bottom <= SCREEN[1] - lane, "the help below is to be read"
    needed = max(region.width, under) + 2 * round(layout.GAP * unit) + size[0]
    if region.x + needed <= SCREEN[0] or region.right - needed >= 0:
        below = [Rect(x, region.y, under, SCREEN[1]) for x in (region.x, region.right - under)]
        assert any(place.intersected(bar) is None for place in below)


def test_the_bar_does_not_jump_when_a_narrow_region_becomes_wider() -> None:
    regions = [Rect(100, 100, width, 50) for width in range(10, 300)]
    assert {layout.bar(region, (42, 170), SCREEN, 1, None, under=300).x for region in regions} == {410}
