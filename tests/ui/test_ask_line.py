"""The question under a region that is held: how one gets there, what its keys do, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.ui.ask_here.card import QuestionCard
from desktop_helper.ui.ask_here.line import Offer
from desktop_helper.ui.destination import Destination
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.region_picker import RegionPicker
from desktop_helper.ui.shortcuts import overlay as overlay_keys
from tests.support.pattern_capturer import PatternCapturer, drag, opened
from tests.ui.test_shortcuts import pressed

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
REGION = Rect(200, 100, 300, 150)


@pytest.fixture
def offer() -> Offer:
    return Offer(Destination("On this machine", "pill-ok"))


@pytest.fixture
def picker(qtbot: QtBot, capturer: PatternCapturer, offer: Offer) -> Iterator[RegionPicker]:
    made = RegionPicker(capturer, offer=lambda: offer)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def first(qtbot: QtBot, capturer: PatternCapturer) -> Iterator[RegionPicker]:
    """For who chose to type right there."""
    made = RegionPicker(capturer, offer=lambda: Offer(Destination("↗ a.example", "pill-warn"), first=True))
    yield made
    made.close()
    made.deleteLater()


def card_of(overlay: OverlayWindow) -> QuestionCard | None:
    shown = [card for card in overlay.findChildren(QuestionCard) if card.isVisible()]
    return shown[0] if shown else None


def line_of(overlay: OverlayWindow) -> QuestionCard:
    card = card_of(overlay)
    assert card is not None
    return card


def typing(overlay: OverlayWindow) -> bool:
    return overlay.line.typing


def activate(qtbot: QtBot, overlay: OverlayWindow) -> None:
    overlay.activateWindow()
    qtbot.waitUntil(overlay.isActiveWindow)


def test_a_model_that_takes_no_pictures_is_told_before_anything_is_asked(
    qtbot: QtBot, capturer: PatternCapturer
) -> None:
    blind = Offer(Destination("Teller 2 takes no pictures", "pill-bad", refused=True), first=True)
    picker = RegionPicker(capturer, offer=lambda: blind)
    overlay = opened(qtbot, picker)
    overlay.hold(REGION)
    card = line_of(overlay)
    assert card.edit.accessibleDescription() == "Teller 2 takes no pictures"
    assert "Teller 2 takes no pictures" in [one.text() for one in card.findChildren(QLabel) if one.isVisible()]
    picker.close()
    picker.deleteLater()


def test_it_lies_under_a_region_that_is_held_and_tab_goes_there(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    assert card_of(overlay) is None
    overlay.hold(REGION)
    assert line_of(overlay).y() > REGION.bottom
    assert not typing(overlay)
    qtbot.keyClick(overlay, Qt.Key.Key_Tab)
    assert typing(overlay)
    qtbot.keyClicks(line_of(overlay).edit, "Why? ")
    with qtbot.waitSignal(picker.asked) as caught, qtbot.assertNotEmitted(picker.picked):
        qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Return)
    frame, name, words, here = caught.args
    assert (frame.rect, name, words, here) == (REGION, "Region", "Why?", True)
    assert not picker.is_open


def test_under_a_small_region_it_lies_under_it_and_the_bar_beside_both(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    for x in (40, 700):
        overlay.hold(Rect(x, 150, 60, 30), ask=True)
        card, bar = line_of(overlay), overlay.bar.place
        assert bar is not None
        assert card.y() == 190
        assert not card.geometry().intersects(bar)
        assert card.x() <= x < card.x() + card.width()


def test_with_ctrl_a_drag_goes_straight_there(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, capturer: PatternCapturer
) -> None:
    activate(qtbot, overlay)
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    qtbot.mouseMove(overlay, QPoint(500, 250))
    with qtbot.assertNotEmitted(picker.picked):
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, CTRL, QPoint(500, 250))
    assert typing(overlay)
    with qtbot.waitSignal(picker.asked) as caught:
        qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Return)
    frame, _name, words, here = caught.args
    assert (frame.rect, words, here) == (REGION, "", True)
    assert bytes(frame.data) == bytes(capturer.grab(REGION).data)


def test_the_usual_drag_is_as_it_was(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    with qtbot.waitSignal(picker.picked), qtbot.assertNotEmitted(picker.asked):
        drag(qtbot, overlay, (200, 100), (500, 250))


def test_a_letter_that_means_nothing_else_begins_the_question(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION)
    qtbot.keyClick(overlay, Qt.Key.Key_A)
    assert not typing(overlay), "that is the arrow"
    assert card_of(overlay) is None, "and who draws needs no line"
    qtbot.keyClick(overlay, Qt.Key.Key_Q)
    assert not typing(overlay)
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    qtbot.keyClick(overlay, Qt.Key.Key_A, SHIFT)
    assert typing(overlay)
    assert line_of(overlay).words.upper() == "A"


def test_who_draws_goes_on_typing_with_tab(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION)
    qtbot.keyClick(overlay, Qt.Key.Key_B)
    assert "Tab goes to the question." in overlay._marks.hint_text
    drag(qtbot, overlay, (220, 120), (260, 160))
    qtbot.keyClick(overlay, Qt.Key.Key_Tab)
    assert typing(overlay)
    qtbot.keyClicks(QApplication.focusWidget(), "bad")
    assert line_of(overlay).words == "bad"
    assert [mark.tool for mark in overlay._easel.marks] == ["box"], "what was drawn stays"
    assert not overlay.selection.drawing


def test_typed_words_stay_in_sight_while_the_user_draws_and_a_click_goes_on_with_them(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    qtbot.keyClicks(line_of(overlay).edit, "Why")
    overlay._easel.choose("box")  # with the mouse, in the bar
    assert line_of(overlay).words == "Why"
    assert not typing(overlay), "the keys are the tool's"
    drag(qtbot, overlay, (220, 120), (260, 160))
    qtbot.keyClick(overlay, Qt.Key.Key_D)
    assert overlay._easel.tool is not None
    assert overlay._easel.tool.name == "pen"
    qtbot.mouseClick(line_of(overlay).edit.viewport(), Qt.MouseButton.LeftButton)
    assert typing(overlay)
    assert overlay._easel.tool is None
    qtbot.keyClicks(line_of(overlay).edit, " bad")
    assert line_of(overlay).words == "Why bad"


def test_escape_goes_back_step_by_step_and_the_words_stay(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    edit = line_of(overlay).edit
    qtbot.keyClicks(edit, "Why")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert not typing(overlay)
    assert overlay.selection.held == REGION
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    assert overlay.selection.held == Rect(201, 100, 300, 150), "the arrows are the region's again"
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert overlay.selection.held is None
    assert card_of(overlay) is None
    overlay.hold(Rect(10, 10, 100, 100), ask=True)
    assert line_of(overlay).words == "Why"
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    with qtbot.waitSignal(picker.cancelled):
        qtbot.keyClick(overlay, Qt.Key.Key_Escape)


def test_words_go_into_the_chat_with_the_region(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    qtbot.keyClicks(line_of(overlay).edit, "Why?")
    with qtbot.waitSignal(picker.asked) as caught:
        qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Return, CTRL)
    assert caught.args[2:] == ["Why?", False]
    opened(qtbot, picker)
    overlay.hold(REGION, ask=True)
    assert line_of(overlay).words == "", "another picture, another question"
    qtbot.keyClicks(line_of(overlay).edit, "What?")
    qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Tab)
    with qtbot.waitSignal(picker.asked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)  # as always: into the chat
    assert caught.args[2:] == ["What?", False]


def test_shift_enter_breaks_the_line_and_an_input_method_keeps_its_enter(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    card = line_of(overlay)
    before = card.geometry()
    qtbot.keyClicks(card.edit, "one")
    qtbot.keyClick(card.edit, Qt.Key.Key_Return, SHIFT)
    QApplication.sendEvent(card.edit, QInputMethodEvent("ni", []))
    with qtbot.assertNotEmitted(picker.asked):
        qtbot.keyClick(card.edit, Qt.Key.Key_Return)
    commit = QInputMethodEvent()
    commit.setCommitString("你")
    QApplication.sendEvent(card.edit, commit)
    QApplication.sendPostedEvents()
    assert card.words == "one\n你"
    assert card.height() > before.height()
    assert card.y() == before.y()
    with qtbot.waitSignal(picker.asked):
        qtbot.keyClick(card.edit, Qt.Key.Key_Return)


def test_who_wants_it_types_at_once_and_takes_with_shift(qtbot: QtBot, first: RegionPicker) -> None:
    overlay = opened(qtbot, first)
    activate(qtbot, overlay)
    drag(qtbot, overlay, (200, 100), (500, 250))
    assert typing(overlay)
    qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Escape)
    qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert typing(overlay), "Enter goes on asking"
    qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Tab)
    with qtbot.waitSignal(first.picked) as caught:
        qtbot.keyClick(overlay, Qt.Key.Key_Return, SHIFT)
    assert caught.args[0].rect == REGION
    overlay = opened(qtbot, first)
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    qtbot.mouseMove(overlay, QPoint(40, 60))
    with qtbot.waitSignal(first.picked):
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, SHIFT, QPoint(40, 60))


def test_the_whole_screen_has_its_line_inside(qtbot: QtBot, first: RegionPicker, capturer: PatternCapturer) -> None:
    overlay = opened(qtbot, first)
    activate(qtbot, overlay)
    qtbot.keyClick(overlay, Qt.Key.Key_Return)
    card = line_of(overlay)
    assert overlay.rect().contains(card.geometry())
    assert typing(overlay)
    qtbot.keyClick(card.edit, Qt.Key.Key_Escape)
    assert card_of(overlay) is None, "what is under it can be looked at and drawn on"
    qtbot.keyClick(overlay, Qt.Key.Key_Tab)
    with qtbot.waitSignal(first.asked) as caught:
        qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Return)
    assert (caught.args[0].rect, caught.args[1]) == (capturer.screen, "Screen")


def test_without_a_mouse(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    activate(qtbot, overlay)
    overlay.selection.move(100, 100)
    qtbot.keyClick(overlay, Qt.Key.Key_Space)
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    qtbot.keyClick(overlay, Qt.Key.Key_Down)
    qtbot.keyClick(overlay, Qt.Key.Key_Space, CTRL)
    assert typing(overlay)
    with qtbot.waitSignal(picker.asked) as caught:
        qtbot.keyClick(line_of(overlay).edit, Qt.Key.Key_Return)
    assert caught.args[0].rect == Rect(100, 100, 16, 16)


def test_the_mouse_pulls_an_edge_and_the_words_go_on(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    qtbot.keyClicks(line_of(overlay).edit, "Why")
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(500, 175))
    assert card_of(overlay) is None
    qtbot.mouseMove(overlay, QPoint(540, 175))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(540, 175))
    assert overlay.selection.held == Rect(200, 100, 340, 150)
    assert typing(overlay)
    qtbot.keyClicks(line_of(overlay).edit, "?")
    assert line_of(overlay).words == "Why?"


def test_a_press_on_the_card_is_none_on_the_region(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION)
    card = line_of(overlay)
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(card.width() // 2, card.height() - 6))
    assert overlay.selection.held == REGION
    assert typing(overlay)


def test_files_are_not_swallowed(qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/a.pdf")])
    line_of(overlay).edit.insertFromMimeData(data)
    assert line_of(overlay).words == ""
    assert "Ctrl+Enter" in overlay._note


@pytest.mark.parametrize("mode", ["recording", "window"])
def test_there_is_none_where_nothing_is_asked(qtbot: QtBot, picker: RegionPicker, mode: str) -> None:
    with qtbot.waitSignal(picker.shown):
        picker.open("window" if mode == "window" else "region", area_for="record" if mode == "recording" else "")
    (overlay,) = picker._overlays.values()
    overlay.hold(REGION)
    assert card_of(overlay) is None
    assert "Ctrl" not in overlay.accessibleDescription()


@pytest.mark.parametrize("chord", [keys for line in overlay_keys()[3].shortcuts for keys in line.keys])
def test_it_takes_every_key_that_is_named(
    qtbot: QtBot, picker: RegionPicker, overlay: OverlayWindow, chord: str
) -> None:
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    assert pressed(line_of(overlay).edit, chord)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_screen_reader_hears_what_it_is_and_where_it_goes(qtbot: QtBot, picker: RegionPicker, language: str) -> None:
    set_language(language)
    overlay = opened(qtbot, picker)
    activate(qtbot, overlay)
    overlay.hold(REGION, ask=True)
    card = line_of(overlay)
    assert card.edit.accessibleName() == {"en": "Question about the region", "zh_CN": "关于此区域的问题"}[language]
    assert "On this machine" in card.edit.accessibleDescription()
    (send,) = card.findChildren(IconButton)
    assert "(Enter)" in send.accessibleName()
    assert send.toolTip() == send.accessibleName()
    set_language("en")
