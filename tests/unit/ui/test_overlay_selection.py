"""The states of a selection: drags, clicks, windows, edges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo
from desktop_helper.ui.overlay_selection import Selection

WIDTH, HEIGHT = 800, 600
TOP = WindowInfo(1, "top", Rect(100, 100, 200, 200))
BELOW = WindowInfo(2, "below", Rect(50, 50, 500, 400))

points = st.tuples(st.integers(-50, WIDTH + 50), st.integers(-50, HEIGHT + 50))


def selection(*, windows_only: bool = False, scale: float = 1.0) -> Selection:
    made = Selection(WIDTH, HEIGHT, scale, windows_only)
    made.windows = (TOP, BELOW)
    return made


def drag(made: Selection, *way: tuple[int, int]) -> Rect | None:
    made.press(*way[0])
    for point in way[1:]:
        made.move(*point)
    return made.release(*way[-1])


def test_a_drag_takes_what_lies_between_its_ends() -> None:
    assert drag(selection(), (200, 150), (300, 200), (720, 380)) == Rect(200, 150, 520, 230)


def test_the_direction_of_a_drag_does_not_matter() -> None:
    assert drag(selection(), (720, 380), (200, 150)) == Rect(200, 150, 520, 230)


def test_a_drag_to_the_last_pixel_takes_it_too() -> None:
    assert drag(selection(), (0, 0), (799, 599)) == Rect(0, 0, 800, 600)


@given(points, points)
def test_a_region_is_never_empty_and_never_leaves_the_picture(start: tuple[int, int], end: tuple[int, int]) -> None:
    made = Selection(WIDTH, HEIGHT)
    made.press(*start)
    made.move(*end)
    region = made.region
    if region is not None:
        assert region.width >= 1
        assert region.height >= 1
        assert region.intersected(Rect(0, 0, WIDTH, HEIGHT)) == region


def test_a_trembling_click_takes_the_topmost_window() -> None:
    assert drag(selection(), (150, 150), (153, 148)) == TOP.rect


def test_a_click_beside_every_window_takes_nothing() -> None:
    assert drag(selection(), (700, 550), (700, 550)) is None


def test_what_trembling_means_grows_with_the_screens_scale() -> None:
    assert drag(selection(scale=2.0), (150, 150), (156, 150)) == TOP.rect
    assert drag(selection(scale=2.0), (150, 150), (158, 150)) == Rect(150, 150, 8, 1)


def test_the_window_under_the_mouse_is_bright_until_a_drag_begins() -> None:
    made = selection()
    made.move(120, 120)
    assert made.highlight == TOP.rect
    made.move(60, 60)
    assert made.highlight == BELOW.rect
    made.press(60, 60)
    made.move(90, 90)
    assert made.highlight == Rect(60, 60, 30, 30)


def test_in_window_mode_a_drag_takes_the_window_where_it_ends() -> None:
    assert drag(selection(windows_only=True), (60, 60), (150, 150)) == TOP.rect


def test_a_drag_can_be_dropped_once() -> None:
    made = selection()
    made.press(10, 10)
    made.move(200, 200)
    assert made.abort()
    assert made.region is None
    assert not made.abort()
    assert made.release(200, 200) is None


def test_tab_goes_through_the_windows_and_the_mouse_takes_over_again() -> None:
    made = selection()
    made.next_window(1)
    assert made.window is TOP
    made.next_window(1)
    assert made.window is BELOW
    made.next_window(1)
    assert made.window is TOP
    made.next_window(-1)
    assert made.window is BELOW
    made.move(700, 550)
    assert made.window is None


def test_tab_without_windows_is_harmless() -> None:
    made = Selection(WIDTH, HEIGHT)
    made.next_window(1)
    assert made.window is None
