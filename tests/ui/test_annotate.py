"""Drawing on a region that is held, with mouse and keys, without a display."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate.easel import Easel, colours
from desktop_helper.ui.annotate.marks import Mark
from desktop_helper.ui.annotate.tools import SQUARES, tools
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.region_picker import RegionPicker
from tests.support.pattern_capturer import PatternCapturer, drag, opened

REGION = Rect(100, 100, 300, 200)
RED = "#E5352B"


@pytest.fixture
def held(overlay: OverlayWindow) -> OverlayWindow:
    overlay.hold(REGION)
    return overlay


def easel(overlay: OverlayWindow) -> Easel:
    return overlay._easel


def last(overlay: OverlayWindow) -> Mark:
    return easel(overlay).marks[-1]


def colour_at(frame: Frame, x: int, y: int) -> str:
    """The colour of a pixel of the desktop."""
    place = ((y - frame.rect.y) * frame.width + x - frame.rect.x) * 4
    blue, green, red = frame.data[place : place + 3]
    return QColor(red, green, blue).name().upper()


def taken(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> Frame:
    with qtbot.waitSignal(picker.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    return caught.args[0]


def button(overlay: OverlayWindow, name: str) -> QToolButton:
    found = [each for each in overlay.findChildren(QToolButton) if each.accessibleName() == name]
    assert len(found) == 1, name
    return found[0]


def rows(frame: Frame, box: Rect) -> list[bytes]:
    """The pixels of a part of the desktop, row by row."""
    start = [((y - frame.rect.y) * frame.width + box.x - frame.rect.x) * 4 for y in range(box.y, box.bottom)]
    return [bytes(frame.data[place : place + box.width * 4]) for place in start]


def test_a_box_is_drawn_and_everything_else_is_the_screens(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow, capturer: PatternCapturer
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_B)
    drag(qtbot, held, (150, 150), (250, 220))
    assert last(held) == Mark("box", ((150, 150), (250, 220)), RED, 4)
    frame = taken(qtbot, picker, held)
    assert frame.rect == REGION
    assert {colour_at(frame, 200, 150), colour_at(frame, 150, 180), colour_at(frame, 250, 200)} == {RED}
    screen = capturer.grab(REGION)
    for untouched in (Rect(100, 100, 300, 40), Rect(160, 160, 80, 50), Rect(260, 100, 140, 200)):
        assert rows(frame, untouched) == rows(screen, untouched)


@pytest.mark.parametrize("deed", ["Ctrl+C", "Ctrl+Shift+C", "Ctrl+S", "P"])
def test_copied_saved_and_pinned_pictures_hide_what_is_hidden(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow, capturer: PatternCapturer, deed: str
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_H)
    drag(qtbot, held, (120, 120), (300, 200))
    with qtbot.waitSignal(picker.deed) as caught:
        qtbot.keySequence(held, deed)
    frame = caught.args[1]
    square = Rect(144, 144, 24, 24)
    assert len({row[place : place + 3] for row in rows(frame, square) for place in range(0, len(row), 4)}) == 1
    assert rows(frame, Rect(301, 100, 99, 200)) == rows(capturer.grab(REGION), Rect(301, 100, 99, 200))


def test_what_is_hidden_stays_hidden_when_the_region_is_let_go(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_H)
    drag(qtbot, held, (120, 120), (300, 200))
    qtbot.keyClick(held, Qt.Key.Key_Escape)  # the tool
    qtbot.keyClick(held, Qt.Key.Key_Escape)  # the region
    frame = taken(qtbot, picker, held)
    assert frame.rect.width > REGION.width
    assert len(set(rows(frame, Rect(144, 144, 24, 24)))) == 1


def test_enter_takes_what_is_seen_while_the_mouse_still_draws(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_H)
    qtbot.mousePress(held, Qt.MouseButton.LeftButton, pos=QPoint(120, 120))
    qtbot.mouseMove(held, QPoint(300, 200))
    assert len(set(rows(taken(qtbot, picker, held), Rect(144, 144, 24, 24)))) == 1


def test_undo_and_redo_to_the_byte(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow, capturer: PatternCapturer
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_A)
    drag(qtbot, held, (150, 150), (250, 220))
    qtbot.keyClick(held, Qt.Key.Key_H)
    drag(qtbot, held, (120, 120), (300, 200))
    marks = easel(held).marks
    qtbot.keySequence(held, "Ctrl+Z")
    qtbot.keySequence(held, "Ctrl+Z")
    assert not easel(held).marks
    qtbot.keySequence(held, "Ctrl+Shift+Z")
    qtbot.keySequence(held, "Ctrl+Shift+Z")
    assert easel(held).marks == marks
    qtbot.keySequence(held, "Ctrl+Z")
    qtbot.keySequence(held, "Ctrl+Z")
    assert bytes(taken(qtbot, picker, held).data) == bytes(capturer.grab(REGION).data)


def test_escape_goes_from_the_mark_to_the_tool_to_the_region_and_away(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_A)
    qtbot.mousePress(held, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    qtbot.mouseMove(held, QPoint(200, 200))
    qtbot.keyClick(held, Qt.Key.Key_Escape)
    qtbot.mouseRelease(held, Qt.MouseButton.LeftButton, pos=QPoint(210, 210))
    assert (easel(held).marks, easel(held).tool is not None) == ((), True)
    qtbot.keyClick(held, Qt.Key.Key_Escape)
    assert easel(held).tool is None
    assert held.selection.held == REGION
    qtbot.keyClick(held, Qt.Key.Key_Escape)
    assert held.selection.held is None
    with qtbot.waitSignal(picker.cancelled):
        qtbot.keyClick(held, Qt.Key.Key_Escape)


def test_words_are_typed_where_they_will_be(qtbot: QtBot, picker: RegionPicker, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_T)
    qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(150, 200))
    (field,) = held.findChildren(QLineEdit)
    assert (field.isVisible(), field.accessibleName()) == (True, "Words on the picture")
    qtbot.keyClicks(field, "beta, 3")  # none of these keys means anything else now
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert last(held) == Mark("text", ((150, 200),), RED, 22, "beta, 3")
    assert picker.is_open
    frame = taken(qtbot, picker, held)
    letters = {colour_at(frame, x, y) for x in range(150, 230) for y in range(192, 210)}
    assert {RED, "#FFFFFF"} <= letters


def test_words_that_are_still_typed_are_taken_too(qtbot: QtBot, picker: RegionPicker, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_T)
    qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(150, 200))
    (field,) = held.findChildren(QLineEdit)
    field.setText("WWWW")
    with qtbot.waitSignal(picker.picked) as caught:
        button(held, "Ask about it (Enter)").click()
    assert RED in {colour_at(caught.args[0], x, 200) for x in range(150, 230)}


def test_escape_drops_the_words_and_a_click_ends_them(qtbot: QtBot, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_T)
    for key, expected in ((Qt.Key.Key_Escape, 0), (None, 1)):
        qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(150, 200))
        (field,) = (each for each in held.findChildren(QLineEdit) if each.isVisible())
        field.setText("Why")
        assert held._words() == "Enter puts the words there, Esc drops them."
        if key is None:
            qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))
        else:
            qtbot.keyClick(field, key)
        assert len(easel(held).marks) == expected
        assert held._words().startswith("Text: click where it goes.")
        assert not any(each.isVisible() for each in held.findChildren(QLineEdit))
        tool = easel(held).tool
        assert tool is not None
        assert tool.name == "text"


def test_numbers_count_and_undo_counts_back(qtbot: QtBot, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_N)
    for x in (150, 200, 250):
        qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(x, 200))
    assert [mark.text for mark in easel(held).marks] == ["1", "2", "3"]
    qtbot.keySequence(held, "Ctrl+Z")
    qtbot.mouseClick(held, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert (last(held).text, last(held).points) == ("3", ((300, 200),))


def test_colours_and_sizes_by_keys_wheel_and_buttons(qtbot: QtBot, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_A)
    qtbot.keyClick(held, Qt.Key.Key_4)
    qtbot.keyClick(held, Qt.Key.Key_BracketRight)
    drag(qtbot, held, (150, 150), (250, 220))
    assert (last(held).colour, last(held).size) == (colours()[3].value, 6)
    wheel(held, -120)
    wheel(held, -120)
    button(held, "Yellow (2)").click()
    drag(qtbot, held, (150, 150), (250, 220))
    assert (last(held).colour, last(held).size) == (colours()[1].value, 3)
    for _ in range(9):
        qtbot.keyClick(held, Qt.Key.Key_BracketLeft)
    assert not button(held, "Smaller, thinner ( [ )").isEnabled()
    qtbot.keyClick(held, Qt.Key.Key_H)
    assert not button(held, "Red (1)").isVisible()
    drag(qtbot, held, (150, 150), (250, 220))
    assert (last(held).colour, last(held).size) == ("", SQUARES[0])


def wheel(overlay: OverlayWindow, turn: int) -> None:
    at = QPointF(200, 200)
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, turn),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(overlay, event)


def test_a_mark_is_drawn_without_a_mouse(qtbot: QtBot, picker: RegionPicker, held: OverlayWindow) -> None:
    held.selection.move(150, 150)
    qtbot.keyClick(held, Qt.Key.Key_B)
    qtbot.keyClick(held, Qt.Key.Key_Space)
    qtbot.keyClick(held, Qt.Key.Key_Right)
    qtbot.keyClick(held, Qt.Key.Key_Down)
    qtbot.keyClick(held, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(held, Qt.Key.Key_Space)
    assert last(held).points == ((150, 150), (166, 167))
    qtbot.keyClick(held, Qt.Key.Key_N)
    qtbot.keyClick(held, Qt.Key.Key_Space)
    assert (last(held).tool, last(held).points) == ("number", ((166, 167),))
    assert held.selection.held == REGION


def test_a_tool_without_a_region_draws_on_what_enter_would_take(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_A)
    assert overlay.selection.held == Rect(0, 0, overlay.selection.width, overlay.selection.height)
    drag(qtbot, overlay, (150, 150), (250, 220))
    assert last(overlay).tool == "arrow"


def test_where_only_windows_can_be_taken_nothing_is_drawn(qtbot: QtBot, picker: RegionPicker) -> None:
    overlay = opened(qtbot, picker, "window")
    qtbot.keyClick(overlay, Qt.Key.Key_A)
    assert easel(overlay).tool is None
    assert overlay.selection.held is None


def test_every_tool_has_a_button_that_takes_it_up_and_puts_it_down(qtbot: QtBot, held: OverlayWindow) -> None:
    for tool in tools():
        pressed = button(held, f"{tool.label} ({tool.key})")
        assert pressed.toolTip() == pressed.accessibleName()
        pressed.click()
        in_hand = easel(held).tool
        assert in_hand is not None
        assert in_hand.name == tool.name
        assert pressed.isChecked()
    pressed.click()
    assert easel(held).tool is None
    assert not pressed.isChecked()
    assert not button(held, "Undo (Ctrl+Z)").isEnabled()


@pytest.mark.parametrize("corner", [(0, 0), (700, 0), (0, 500), (700, 500), (300, 250)])
def test_bar_and_palette_lie_on_the_screen_beside_a_small_region(
    qtbot: QtBot, overlay: OverlayWindow, corner: tuple[int, int]
) -> None:
    overlay.hold(Rect(*corner, 60, 40))
    qtbot.keyClick(overlay, Qt.Key.Key_A)
    bar = button(overlay, "Arrow (A)").parentWidget()
    palette = button(overlay, "Red (1)").parentWidget()
    assert bar is not None
    assert palette is not None
    for card in (bar, palette):
        assert card.isVisible()
        assert overlay.rect().contains(card.geometry())
        assert not card.geometry().intersects(QRect(*corner, 60, 40))
    assert not bar.geometry().intersects(palette.geometry())


def test_the_next_picture_has_no_marks_but_the_same_colour(
    qtbot: QtBot, picker: RegionPicker, held: OverlayWindow, capturer: PatternCapturer
) -> None:
    qtbot.keyClick(held, Qt.Key.Key_B)
    qtbot.keyClick(held, Qt.Key.Key_3)
    drag(qtbot, held, (150, 150), (250, 220))
    taken(qtbot, picker, held)
    again = opened(qtbot, picker)
    assert (easel(again).marks, easel(again).tool, easel(again).colour) == ((), None, 2)
    again.hold(REGION)
    assert bytes(taken(qtbot, picker, again).data) == bytes(capturer.grab(REGION).data)


def test_on_a_screen_with_more_pixels_sizes_grow_and_places_are_pixels(qtbot: QtBot) -> None:
    capturer = PatternCapturer(scale=2)
    picker = RegionPicker(capturer)
    overlay = opened(qtbot, picker)
    overlay.hold(Rect(200, 200, 400, 300))
    qtbot.keyClick(overlay, Qt.Key.Key_B)
    drag(qtbot, overlay, (120, 120), (200, 170))
    assert last(overlay) == Mark("box", ((240, 240), (400, 340)), RED, 8)
    frame = taken(qtbot, picker, overlay)
    assert frame.rect == Rect(200, 200, 400, 300)
    assert colour_at(frame, 300, 240) == RED
    picker.close()
    picker.deleteLater()


def test_the_overlay_shows_the_marks_that_are_taken(qtbot: QtBot, picker: RegionPicker, held: OverlayWindow) -> None:
    qtbot.keyClick(held, Qt.Key.Key_B)
    drag(qtbot, held, (150, 150), (250, 220))
    shown = held.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    frame = taken(qtbot, picker, held)
    for x in range(110, 300, 3):
        for y in range(140, 230, 3):
            assert shown.pixelColor(x, y).name().upper() == colour_at(frame, x, y)
