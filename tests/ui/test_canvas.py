"""Marks become pixels in one place: exact beside them, the same in pieces as at once, and nothing of what is hidden."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate.blocks import Blocks
from desktop_helper.ui.annotate.canvas import Canvas
from desktop_helper.ui.annotate.marks import Mark
from desktop_helper.ui.annotate.shapes import touched
from desktop_helper.ui.overlay_painting import rects

WIDTH, HEIGHT = 320, 240
RED, WHITE = "#E5352B", "#FFFFFF"
MARKS = {
    "arrow": Mark("arrow", ((40, 200), (260, 50)), RED, 4),
    "box": Mark("box", ((40, 200), (260, 50)), RED, 4),
    "pen": Mark("pen", ((40, 40), (90, 120), (200, 60), (60, 60)), RED, 4),
    "text": Mark("text", ((40, 100),), RED, 22, "Here: 这里"),
    "number": Mark("number", ((100, 100),), RED, 30, "12"),
    "hide": Mark("hide", ((45, 50), (130, 121)), "", 24),
}


def noise(seed: int = 1) -> Frame:
    return Frame(random.Random(seed).randbytes(WIDTH * HEIGHT * 4), Rect(0, 0, WIDTH, HEIGHT))


def pixels(frame: Frame) -> list[bytes]:
    """Blue, green and red of each pixel."""
    data = bytes(frame.data)
    return [data[place : place + 3] for place in range(0, len(data), 4)]


def differing(one: Frame, other: Frame) -> list[tuple[int, int]]:
    pairs = zip(pixels(one), pixels(other), strict=True)
    return [(place % one.width, place // one.width) for place, (a, b) in enumerate(pairs) if a != b]


def drawn(frame: Frame, *marks: Mark) -> Frame:
    canvas = Canvas(frame)
    canvas.show(marks)
    return Frame(bytes(canvas.frame.data), frame.rect)


@pytest.mark.parametrize("name", MARKS)
def test_outside_of_a_mark_every_pixel_is_the_screens(qapp, name):
    frame = noise()
    changed = differing(frame, drawn(frame, MARKS[name]))
    area = touched(MARKS[name])
    assert changed
    assert all(area.contains(QRect(x, y, 1, 1)) for x, y in changed)
    assert area.boundingRect().width() < WIDTH


@pytest.mark.parametrize("name", MARKS)
def test_undo_restores_the_screens_own_bytes(qapp, name):
    frame = noise()
    canvas = Canvas(frame)
    canvas.show((MARKS["box"],))
    before = bytes(canvas.frame.data)
    canvas.show((MARKS["box"], MARKS[name]))
    assert bytes(canvas.frame.data) != before or name == "box"
    canvas.show((MARKS["box"],))
    assert bytes(canvas.frame.data) == before
    canvas.show(())
    assert canvas.frame is frame


points = st.tuples(st.integers(-10, WIDTH + 10), st.integers(-10, HEIGHT + 10))


@st.composite
def any_mark(draw):
    name = draw(st.sampled_from(list(MARKS)))
    count = draw(st.integers(2, 12)) if name == "pen" else 1 if name in ("text", "number") else 2
    size = draw(st.sampled_from((24, 48) if name == "hide" else (22, 30) if count == 1 else (2, 4, 9)))
    text = "12" if name == "number" else "Hi 你" if name == "text" else ""
    where = tuple(draw(st.lists(points, min_size=count, max_size=count)))
    return Mark(name, where, draw(st.sampled_from((RED, WHITE))), size, text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(any_mark(), max_size=4), min_size=1, max_size=4), any_mark())
def test_painting_what_changed_gives_what_painting_everything_gives(qapp, states, growing):
    frame = noise()
    canvas = Canvas(frame)
    for number in range(1, len(growing.points) + 1):  # as a pen's line grows under the mouse
        canvas.show((replace(growing, points=growing.points[:number]),))
    assert differing(canvas.frame, drawn(frame, growing)) == []
    for marks in states:
        before = bytes(canvas.frame.data)
        dirty = canvas.show(tuple(marks))
        assert differing(canvas.frame, drawn(frame, *marks)) == []
        outside = differing(Frame(before, frame.rect), Frame(bytes(canvas.frame.data), frame.rect))
        assert all(dirty.contains(QRect(x, y, 1, 1)) for x, y in outside)


def inside(mark: Mark) -> list[tuple[int, int]]:
    box = mark.box
    return [(x, y) for y in range(box.y, box.bottom) for x in range(box.x, box.right)]


def test_what_is_hidden_is_shown_in_squares_of_one_colour(qapp):
    frame, mark = noise(), MARKS["hide"]
    shown = pixels(drawn(frame, mark))
    squares: dict[tuple[int, int], set[bytes]] = {}
    for x, y in inside(mark):
        squares.setdefault((x // 24, y // 24), set()).add(shown[y * WIDTH + x])
    assert all(len(colours) == 1 for colours in squares.values())
    for square, colour in Blocks(frame).within(mark.box, 24):
        (one,) = squares[square.x // 24, square.y // 24]
        assert one == colour.to_bytes(3, "little")


def shuffled_under(frame: Frame, hidden: set[tuple[int, int]], side: int) -> Frame:
    """Another picture with the same averages and the same pixels everywhere else."""
    data = bytearray(frame.data)
    squares: dict[tuple[int, int], list[int]] = {}
    for x, y in sorted(hidden):
        squares.setdefault((x // side, y // side), []).append((y * WIDTH + x) * 4)
    for places in squares.values():
        values = [bytes(frame.data[place : place + 4]) for place in places]
        random.Random(3).shuffle(values)
        for place, value in zip(places, values, strict=True):
            data[place : place + 4] = value
    return Frame(bytes(data), frame.rect)


def test_nothing_drawn_over_or_beside_or_undone_brings_back_what_is_hidden(qapp):
    """Two screens that differ only under the squares, with equal averages, give the same picture to the last byte."""
    frame = noise()
    first = MARKS["hide"]
    marks = (
        MARKS["arrow"],
        first,
        replace(first, points=((46, 51), (150, 140))),  # an offset of one pixel
        replace(first, points=((90, 90), (140, 130)), size=48),
        MARKS["text"],
        replace(first, points=((20, 60), (100, 100))),
        MARKS["number"],
    )
    hidden = {place for mark in marks if mark.tool == "hide" for place in inside(mark)}
    other = shuffled_under(frame, hidden, 24)
    assert len(differing(frame, other)) > 5_000
    one_canvas, other_canvas = Canvas(frame), Canvas(other)
    for canvas in (one_canvas, other_canvas):
        for count in range(2, len(marks) + 1):
            canvas.show(marks[:count])
        canvas.show((*marks, MARKS["box"]))
        canvas.show(marks)
    # The last byte of a pixel means nothing, but it is written to no file either: it must not differ where a mark is.
    assert differing(one_canvas.frame, other_canvas.frame) == []
    data, others = bytes(one_canvas.frame.data), bytes(other_canvas.frame.data)
    assert data == others


def test_the_preview_is_the_picture_that_is_taken(qapp):
    frame = noise()
    canvas = Canvas(frame)
    canvas.show(tuple(MARKS.values()))
    assert bytes(canvas.picture.constBits()) == bytes(canvas.frame.data)


def test_a_long_arrow_repaints_little_more_than_itself(qapp):
    frame = Frame(bytes(3840 * 2160 * 4), Rect(0, 0, 3840, 2160))
    canvas = Canvas(frame)
    canvas.show((Mark("arrow", ((0, 0), (3700, 2000)), RED, 4),))
    dirty = canvas.show((Mark("arrow", ((0, 0), (3710, 2010)), RED, 4),))
    assert area_of(dirty) < 3840 * 2160 / 8


def test_a_growing_line_and_growing_squares_repaint_only_what_is_new(qapp):
    frame = Frame(bytes(3840 * 2160 * 4), Rect(0, 0, 3840, 2160))
    canvas = Canvas(frame)
    line = Mark("pen", tuple((x, 300 + x % 97) for x in range(0, 3000, 3)), RED, 4)
    canvas.show((line,))
    assert area_of(canvas.show((replace(line, points=(*line.points, (3003, 310))),))) < 10_000
    squares = Mark("hide", ((0, 0), (3000, 2000)), "", 24)
    canvas.show((squares,))
    assert area_of(canvas.show((replace(squares, points=((0, 0), (3004, 2000))),))) <= 4 * 2001


def area_of(region: QRegion) -> int:
    return sum(rect.width() * rect.height() for rect in rects(region))
