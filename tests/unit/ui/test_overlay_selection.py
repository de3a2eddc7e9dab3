"""The states of a selection: drags, clicks, windows, edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo
from desktop_helper.ui.overlay_selection import Selection

WIDTH, HEIGHT = 800, 600
TOP = WindowInfo(1, "top", Rect(100, 100, 200, 200))
BELOW = WindowInfo(2, "below", Rect(50, 50, 500, 400))


@st.composite
def regions(draw: st.DrawFn) -> Rect:
    x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    return Rect(x, y, draw(st.integers(1, WIDTH - x)), draw(st.integers(1, HEIGHT - y)))


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


def held(region: Rect) -> Selection:
    made = selection()
    made.hold(region)
    return made


def test_a_region_can_be_kept_and_then_changed_and_taken() -> None:
    made = selection()
    made.press(200, 150)
    made.move(300, 250)
    assert made.release(300, 250, keep=True) is None
    assert (made.held, made.highlight) == (Rect(200, 150, 100, 100), Rect(200, 150, 100, 100))


def test_a_window_can_be_kept_too() -> None:
    made = selection()
    made.press(150, 150)
    assert made.release(150, 150, keep=True) is None
    assert made.held == TOP.rect


@pytest.mark.parametrize(
    ("grab", "to", "changed"),
    [
        ((200, 200), (190, 180), Rect(190, 180, 110, 120)),
        ((250, 200), (290, 180), Rect(200, 180, 100, 120)),
        ((299, 200), (349, 190), Rect(200, 190, 150, 110)),
        ((200, 250), (240, 290), Rect(240, 200, 60, 100)),
        ((299, 250), (309, 100), Rect(200, 200, 110, 100)),
        ((200, 299), (180, 309), Rect(180, 200, 120, 110)),
        ((250, 299), (100, 309), Rect(200, 200, 100, 110)),
        ((299, 299), (309, 319), Rect(200, 200, 110, 120)),
        ((250, 250), (260, 270), Rect(210, 220, 100, 100)),
        ((299, 250), (149, 250), Rect(150, 200, 50, 100)),  # past the other edge
    ],
)
def test_each_handle_pulls_its_edges_and_the_middle_moves_all(
    grab: tuple[int, int], to: tuple[int, int], changed: Rect
) -> None:
    made = held(Rect(200, 200, 100, 100))
    made.press(*grab)
    made.move(*to)
    assert made.highlight == changed
    assert made.release(*to) is None
    assert made.held == changed


@given(regions(), points, points)
def test_a_held_region_never_leaves_the_picture(region: Rect, start: tuple[int, int], end: tuple[int, int]) -> None:
    made = held(region)
    made.press(*start)
    made.move(*end)
    made.release(*end)
    assert made.held is not None
    assert made.held.width >= 1
    assert made.held.height >= 1
    assert made.held.intersected(Rect(0, 0, WIDTH, HEIGHT)) == made.held


@given(regions(), st.lists(st.tuples(st.booleans(), st.integers(-900, 900), st.integers(-900, 900)), max_size=6))
def test_keys_never_take_a_held_region_out_of_the_picture(region: Rect, steps: list[tuple[bool, int, int]]) -> None:
    made = held(region)
    for stretch, dx, dy in steps:
        (made.stretch if stretch else made.shift)(dx, dy)
        assert made.held is not None
        assert made.held.width >= 1
        assert made.held.height >= 1
        assert made.held.intersected(Rect(0, 0, WIDTH, HEIGHT)) == made.held


def test_an_edge_reaches_the_last_pixel_wherever_it_was_grabbed() -> None:
    made = held(Rect(200, 200, 100, 100))
    made.press(295, 295)
    made.move(WIDTH - 1, HEIGHT - 1)
    assert made.held == Rect(200, 200, WIDTH - 200, HEIGHT - 200)


def test_a_click_beside_a_held_region_changes_nothing_and_a_drag_draws_another() -> None:
    made = held(Rect(200, 200, 100, 100))
    assert drag(made, (600, 500), (601, 500)) is None
    assert made.held == Rect(200, 200, 100, 100)
    assert drag(made, (600, 500), (650, 540)) is None
    assert made.held == Rect(600, 500, 50, 40)


def test_stepping_back_goes_from_the_pull_to_the_held_region_to_nothing() -> None:
    made = held(Rect(200, 200, 100, 100))
    made.press(250, 250)
    made.move(300, 300)
    assert made.abort()
    assert made.held == Rect(200, 200, 100, 100)
    assert made.abort()
    assert made.held is None
    assert not made.abort()


def test_a_drag_that_is_dropped_gives_the_held_region_back() -> None:
    made = held(Rect(200, 200, 100, 100))
    made.press(600, 500)
    made.move(700, 550)
    assert made.abort()
    assert made.highlight == Rect(200, 200, 100, 100)


def test_a_drawn_region_is_carried_and_keeps_its_size_beyond_the_edge() -> None:
    made = selection()
    made.press(400, 300)
    made.move(500, 380)
    made.carrying = True
    made.move(510, 400)
    assert made.region == Rect(410, 320, 100, 80)
    made.move(50, 400)
    assert made.region == Rect(0, 320, 50, 80)
    made.move(510, 400)
    made.carrying = False
    made.move(520, 420)
    assert made.release(520, 420) == Rect(410, 320, 110, 100)


def test_nothing_is_held_where_only_windows_can_be_taken() -> None:
    made = selection(windows_only=True)
    made.press(150, 150)
    assert made.release(150, 150, keep=True) == TOP.rect
