"""What differs between two moments of the overlay is painted again, and little more."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from desktop_helper.ui import overlay_painting as paint
from desktop_helper.ui.overlay_marks import Marks, compose
from desktop_helper.ui.overlay_selection import Selection
from desktop_helper.ui.theme import Theme

WIDTH, HEIGHT = 400, 300
SCREEN = QRect(0, 0, WIDTH, HEIGHT)
points = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))


@given(points, st.lists(points, min_size=2, max_size=5), st.sampled_from([1.0, 1.5, 2.0]), st.booleans())
@settings(max_examples=60)
def test_painting_what_changed_is_painting_all(qapp, start, ways, unit, hold):
    style = paint.Style.of(Theme.current(), unit)
    selection = Selection(WIDTH, HEIGHT, unit)
    selection.move(*start)
    selection.press(*start)
    marks = compose(selection, "Drag", style, 500)
    shown = _painted(marks, style)
    for place in ways:
        selection.move(*place)
        if hold and place is ways[-1]:
            selection.release(*place, keep=True)
        before, marks = marks, compose(selection, "Drag", style, 500)
        whole = _painted(marks, style)
        for rect in paint.rects(marks.changed(before, unit).intersected(SCREEN)):
            rows, columns = slice(rect.top(), rect.bottom() + 1), slice(rect.left(), rect.right() + 1)
            shown[rows, columns] = whole[rows, columns]
        assert np.array_equal(shown, whole)


def test_a_step_of_a_large_selection_repaints_little(qapp):
    style = paint.Style.of(Theme.current(), 1.0)
    large = Selection(3840, 2160)
    large.press(100, 100)
    large.move(3500, 2000)
    before = compose(large, "", style, 0)
    large.move(3510, 2006)
    after = compose(large, "", style, 0)
    area = sum(rect.width() * rect.height() for rect in paint.rects(after.changed(before, 1.0)))
    glass, label = after.glass, after.label
    assert glass is not None
    assert label is not None
    moved = (10 + 20) * 2000 + (6 + 20) * 3500 + 3 * glass.width * glass.height + 3 * label.width * label.height
    assert area < moved


@cache
def _desktop() -> QImage:
    pixels = (np.indices((HEIGHT, WIDTH)).sum(0)[..., None] * np.array([3, 5, 7, 0]) + np.array([0, 0, 0, 255])) % 256
    return QImage(pixels.astype(np.uint8).tobytes(), WIDTH, HEIGHT, WIDTH * 4, QImage.Format.Format_RGB32).copy()


def _painted(marks: Marks, style: paint.Style) -> np.ndarray:
    """All of the overlay, as pixels."""
    picture = _desktop()
    image = QImage(picture.size(), picture.format())
    with QPainter(image) as painter:
        paint.desktop(painter, picture, QRegion(SCREEN), paint.qrect(marks.highlight) if marks.highlight else None)
        marks.draw(painter, picture, QRegion(SCREEN), style)
    return np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3].copy()
