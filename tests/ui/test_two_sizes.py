"""The two sizes: nothing is lost between them, and each has its place on each screen."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor

from desktop_helper.core.events import TextDelta
from desktop_helper.core.messages import ImagePart
from desktop_helper.qt.screens import screen_key
from desktop_helper.services.settings import Place
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.document_view import DocumentView
from tests.support import sample_files
from tests.support.chat_desk import SETTINGS, said

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
LONG = "\n\n".join(f"Paragraph {number}. " + "Words that fill a line or two of it. " * 6 for number in range(60))


def switch(qtbot, desk, *, full):
    desk.window.size_requested.emit(full)
    qtbot.waitUntil(desk.window.isVisible)
    qtbot.wait(250)  # until every layout has settled
    assert desk.window.full is full


def text_of(desk) -> DocumentView:
    return max(desk.answers[-1].findChildren(DocumentView), key=lambda view: len(view.toPlainText()))


def at_the_edge(desk):
    """The paragraph at the upper edge of the conversation."""
    text, viewport = text_of(desk), desk.window.messages.viewport()
    cursor = text.cursorForPosition(text.mapFrom(viewport, QPoint(0, 0)) + QPoint(2, 2))
    return cursor.block().text()[:14].strip()


def settings_of(desk):
    return desk.services.settings.current.window


@pytest.fixture
def screen(qtbot):
    return screen_key(QGuiApplication.primaryScreen())


def test_the_text_its_cursor_and_its_selection_stay(qtbot, open_desk):
    desk = open_desk()
    edit = desk.composer.edit
    edit.setPlainText("What is the second word?")
    cursor = edit.textCursor()
    cursor.setPosition(12)
    cursor.setPosition(18, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
    edit.setFocus()
    for full in (True, False):
        switch(qtbot, desk, full=full)
        assert edit.toPlainText() == "What is the second word?"
        assert (edit.textCursor().anchor(), edit.textCursor().position()) == (12, 18)
        assert desk.window.focusWidget() is edit


def test_attachments_stay_also_one_that_is_still_read(qtbot, open_desk):
    desk = open_desk()
    desk.composer.add_chip("a.png").set_ready((PICTURE,))
    chip = desk.composer.add_chip("b.png")
    for full in (True, False):
        switch(qtbot, desk, full=full)
        assert desk.composer.attachments == (("a.png", (PICTURE,)),)
    chip.set_ready((PICTURE,))
    assert len(desk.composer.media) == 2


def test_a_running_answer_goes_on(qtbot, open_desk):
    gates = [threading.Event() for _ in range(3)]
    desk = open_desk(
        [TextDelta("One "), lambda: gates[0].wait(5), TextDelta("two "), lambda: gates[1].wait(5), *said("three.")]
    )
    desk.composer.edit.setPlainText("Count.")
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers and desk.answers[0].markdown()))
    switch(qtbot, desk, full=True)
    assert desk.composer.busy
    gates[0].set()
    qtbot.waitUntil(lambda: desk.answers[0].markdown() == "One two ")
    switch(qtbot, desk, full=False)
    gates[1].set()
    qtbot.waitUntil(lambda: desk.answers[0].finished)
    assert desk.answers[0].markdown() == "One two three." == desk.stored()[-1].message.text


def test_the_readers_line_stays_there_and_back_again(qtbot, open_desk):
    desk = open_desk(said(LONG))
    desk.ask(qtbot)
    qtbot.wait(200)
    bar = desk.window.messages.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = at_the_edge(desk)
    assert before
    value = bar.value()
    for full in (True, False, True, False):
        switch(qtbot, desk, full=full)
        assert at_the_edge(desk) == before
        assert not desk.window.messages.following
    assert abs(bar.value() - value) <= 30


def test_who_follows_the_end_goes_on_following(qtbot, open_desk):
    desk = open_desk(said(LONG))
    desk.ask(qtbot)
    qtbot.wait(200)
    for full in (True, False):
        switch(qtbot, desk, full=full)
        bar = desk.window.messages.verticalScrollBar()
        assert desk.window.messages.following
        assert bar.value() == bar.maximum()


def test_what_is_marked_in_an_answer_stays_marked(qtbot, open_desk):
    desk = open_desk(said(LONG))
    desk.ask(qtbot)
    text = text_of(desk)
    cursor = text.textCursor()
    cursor.setPosition(100)
    cursor.setPosition(140, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    marked = cursor.selectedText()
    for full in (True, False):
        switch(qtbot, desk, full=full)
        assert text.textCursor().selectedText() == marked


def test_a_hidden_window_changes_its_size_and_stays_hidden(qtbot, open_desk):
    desk = open_desk()
    desk.window.hide()
    desk.window.size_requested.emit(True)
    assert desk.window.full
    assert not desk.window.isVisible()


def test_escape_hides_the_compact_size_only_and_only_if_wanted(qtbot, open_desk):
    desk = open_desk()
    switch(qtbot, desk, full=True)
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.window.isVisible()
    switch(qtbot, desk, full=False)
    store = desk.services.settings
    store.update(lambda old: replace(old, window=replace(old.window, hide_on_escape=False)))
    desk.chat.apply_settings()
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.window.isVisible()
    store.update(lambda old: replace(old, window=replace(old.window, hide_on_escape=True)))
    desk.chat.apply_settings()
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.isVisible()


def test_each_size_has_its_own_pin_and_only_the_compact_one_is_seen_through(qtbot, open_desk, monkeypatch):
    opacities = [1.0]  # which the platform of the tests does not have
    monkeypatch.setattr(ChatWindow, "setWindowOpacity", lambda _self, value: opacities.append(value))
    monkeypatch.setattr(ChatWindow, "windowOpacity", lambda _self: opacities[-1])
    desk = open_desk()
    desk.services.settings.update(lambda old: replace(old, window=replace(old.window, opacity=80)))
    desk.chat.apply_settings()
    pin = desk.window.header.pin
    assert pin.isChecked()
    assert opacities[-1] == 0.8
    switch(qtbot, desk, full=True)
    assert not pin.isChecked()
    assert opacities[-1] == 1.0
    pin.click()
    switch(qtbot, desk, full=False)
    pin.click()
    switch(qtbot, desk, full=True)
    assert pin.isChecked()
    desk.chat.remember_window()
    assert (settings_of(desk).pinned, settings_of(desk).full_pinned) == (False, True)


def test_both_places_are_remembered(qtbot, open_desk, screen):
    desk = open_desk()
    desk.window.setGeometry(30, 40, 400, 500)
    switch(qtbot, desk, full=True)
    desk.window.setGeometry(10, 20, 700, 560)
    switch(qtbot, desk, full=False)
    assert desk.window.geometry().getRect() == (30, 40, 400, 500)
    switch(qtbot, desk, full=True)
    assert desk.window.geometry().getRect() == (10, 20, 700, 560)
    desk.close()
    again = open_desk()
    assert again.window.full
    assert again.window.geometry().getRect() == (10, 20, 700, 560)
    switch(qtbot, again, full=False)
    assert again.window.geometry().getRect() == (30, 40, 400, 500)
    assert settings_of(again).compact == {screen: Place(30, 40, 400, 500)}


def test_a_screen_that_is_gone_keeps_its_place(qtbot, open_desk, screen):
    desk = open_desk()
    far = Place(100, 200, 420, 640)
    store = desk.services.settings
    store.update(lambda old: replace(old, window=replace(old.window, screen="Far away", compact={"Far away": far})))
    desk.close()
    again = open_desk()
    assert QGuiApplication.screenAt(again.window.geometry().center()) is not None
    again.window.move(50, 60)
    qtbot.wait(400)
    again.chat.remember_window()
    assert settings_of(again).compact["Far away"] == far
    assert settings_of(again).compact[screen].x == 50


def test_the_place_of_earlier_versions_is_taken_over_once(qtbot, open_desk, screen):
    first = open_desk()
    path = first.paths.settings_file
    first.close()
    path.write_text(
        SETTINGS + "[window]\nx = 60\ny = 70\nwidth = 410\nheight = 520\npinned = false\n", encoding="utf-8"
    )
    desk = open_desk()
    assert desk.window.geometry().getRect() == (60, 70, 410, 520)
    desk.chat.remember_window()
    saved = settings_of(desk)
    assert saved.compact == {screen: Place(60, 70, 410, 520)}
    assert (saved.x, saved.y, saved.width, saved.height, saved.pinned) == (None, None, None, None, False)
    assert "width = 410" in path.read_text(encoding="utf-8")


def test_a_place_that_is_off_the_screen_is_brought_back(qtbot, open_desk, screen):
    desk = open_desk()
    lost = Place(5000, -300, 420, 640)
    store = desk.services.settings
    store.update(lambda old: replace(old, window=replace(old.window, screen=screen, compact={screen: lost})))
    desk.close()
    place = open_desk().window.geometry()
    free = QGuiApplication.primaryScreen().availableGeometry()
    assert free.contains(place.topLeft() + QPoint(40, 20))


def test_the_history_folds_away_and_its_width_is_remembered(qtbot, open_desk):
    desk = open_desk()
    switch(qtbot, desk, full=True)
    pane = desk.chat._history.pane
    assert pane.isVisible()
    desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not pane.isVisible()
    desk.window.set_history_width(260)
    desk.close()
    again = open_desk()
    assert again.window.full
    assert not again.window.history_shown
    assert again.window.history_width == 260


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_K])
def test_the_search_key_brings_the_full_size_and_the_field(qtbot, open_desk, key):
    desk = open_desk()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.composer.edit.setFocus()
    qtbot.keyClick(desk.composer.edit, key, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desk.window.full)
    pane = desk.chat._history.pane
    qtbot.waitUntil(pane.search.hasFocus)
    qtbot.keyClick(pane.search, Qt.Key.Key_Escape)
    assert desk.composer.edit.hasFocus()
