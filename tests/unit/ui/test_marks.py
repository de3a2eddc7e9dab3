"""What was drawn, as data: undo and redo, and how each tool follows the mouse."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.ui.annotate.marks import Drawing, Mark
from desktop_helper.ui.annotate.tools import SQUARES, is_something, tools

TOOLS = {tool.name: tool for tool in tools()}
POINTS = st.tuples(st.integers(0, 500), st.integers(0, 500))


@given(st.lists(st.sampled_from(["add", "undo", "redo"]), max_size=40))
def test_undo_and_redo_go_back_and_forth(deeds):
    drawing, number = Drawing(), 0
    there: list[Mark] = []
    undone: list[Mark] = []
    for deed in deeds:
        if deed == "add":
            number += 1
            mark = Mark("pen", ((number, 0),))
            drawing.add(mark)
            there.append(mark)
            undone.clear()
        elif deed == "undo":
            assert drawing.undo() == bool(there)
            undone += [there.pop()] if there else []
        else:
            assert drawing.redo() == bool(undone)
            there += [undone.pop()] if undone else []
        assert drawing.marks == tuple(there)
        assert drawing.can_redo == bool(undone)


@given(POINTS, POINTS, POINTS)
def test_a_box_has_the_corners_of_the_drag_whatever_came_between(start, middle, end):
    for name in ("box", "hide", "arrow"):
        mark = TOOLS[name].begin(start, "#E5352B", 3)
        mark = TOOLS[name].follow(TOOLS[name].follow(mark, middle, False), end, False)
        assert mark.points == (start, end)
    left, right = sorted((start[0], end[0]))
    assert (mark.box.x, mark.box.right - 1) == (left, right)


def test_the_pen_keeps_every_place_once():
    mark = TOOLS["pen"].begin((1, 1), "#E5352B", 3)
    for point in ((2, 2), (2, 2), (3, 1)):
        mark = TOOLS["pen"].follow(mark, point, False)
    assert mark.points == ((1, 1), (2, 2), (3, 1))


def test_with_shift_it_is_straight():
    arrow = TOOLS["arrow"].begin((100, 100), "#E5352B", 3)
    assert TOOLS["arrow"].follow(arrow, (200, 120), True).points[-1] == (200, 100)
    assert TOOLS["arrow"].follow(arrow, (110, 20), True).points[-1] == (100, 20)
    assert TOOLS["arrow"].follow(arrow, (40, 150), True).points[-1] == (40, 160)
    box = TOOLS["box"].follow(TOOLS["box"].begin((100, 100), "#E5352B", 3), (130, 60), True)
    assert box.box == Rect(100, 60, 41, 41)


def test_a_click_draws_only_where_it_means_something():
    made = {name: is_something(tool.begin((5, 5), "#E5352B", 3)) for name, tool in TOOLS.items()}
    assert made == {"arrow": False, "box": False, "pen": True, "text": False, "number": True, "hide": False}


@given(st.floats(0.5, 4))
def test_squares_of_different_sizes_lie_in_each_other_at_every_scale(unit):
    sides = [TOOLS["hide"].pixels(level, unit) for level in range(len(SQUARES))]
    assert all(larger % smaller == 0 for smaller, larger in pairwise(sides))
    assert abs(sides[0] - 24 * unit) <= 0.5


@given(st.floats(1, 4), st.integers(0, 4))
def test_lines_have_the_width_that_they_have_on_any_screen(unit, level):
    pen = TOOLS["pen"]
    assert abs(pen.pixels(level, unit) - pen.sizes[level] * unit) <= 0.5


def test_keys_and_names_are_there_once():
    assert len({tool.key for tool in TOOLS.values()}) == len({tool.label for tool in TOOLS.values()}) == len(TOOLS)
