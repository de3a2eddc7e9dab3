"""The sheet behind F1 says what is so: its table is compared with the shortcuts of the real windows."""

from __future__ import annotations

from itertools import chain

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.core.protocols import Frame
from desktop_helper.services.settings import DEFAULT_HOTKEYS
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.shortcut_sheet import ShortcutDialog, pieces
from desktop_helper.ui.shortcuts import groups, history, overlay


def real_shortcuts(window: QWidget) -> set[str]:
    """Every chord that Qt would act on in `window`."""
    sequences = [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    sequences += [button.shortcut() for button in window.findChildren(QAbstractButton)]
    sequences += [
        action.shortcut()
        for action in window.findChildren(QAction)
        if action.shortcutContext() != Qt.ShortcutContext.WidgetShortcut
    ]
    return {sequence.toString() for sequence in sequences if not sequence.isEmpty()}


def listed(place: str):
    return list(chain.from_iterable(group.shortcuts for group in groups({}) if group.place == place))


def compare(place: str, window: QWidget) -> None:
    real = real_shortcuts(window)
    lines = listed(place)
    assert real - set(chain.from_iterable(line.keys for line in lines)) == set(), "add a line to ui/shortcuts.py"
    for line in lines:
        there = [QKeySequence(keys).toString() in real for keys in line.keys]
        if line.typed:
            assert not any(there), f"“{line.text}” is a real shortcut: take `typed` away"
        elif line.shown:
            assert any(there), line
        else:
            assert all(there), f"“{line.text}” is gone: take its line away"


def test_the_table_names_the_shortcuts_of_the_chat(open_desk):
    desk = open_desk()
    desk.window.messages.add_user(Message(Role.USER, (TextPart("Why?"),)))
    desk.window.messages.add_answer("GLM").append_thinking("Because.")
    compare("chat", desk.window)


def test_the_table_names_the_shortcuts_of_the_settings(open_settings):
    compare("settings", open_settings())


def test_no_line_is_there_twice():
    for group in groups(DEFAULT_HOTKEYS):
        keys = list(chain.from_iterable(line.keys for line in group.shortcuts))
        assert len(keys) == len(set(keys)), group.title


def test_hotkeys_that_work_are_named_first():
    first = groups({"region": "Ctrl+Shift+X", "quit": ""})[0]
    assert (first.place, [line.keys for line in first.shortcuts]) == ("anywhere", [("Ctrl+Shift+X",)])
    assert groups({})[0].place == "chat"


def pressed(widget: QWidget, chord: str) -> bool:
    """Whether the widget itself takes the key."""
    combination = QKeySequence(chord)[0]  # type: ignore[index]  # the stubs do not know it
    event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers())
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.fixture
def picker_window(qtbot):
    window = OverlayWindow(QApplication.primaryScreen())
    qtbot.addWidget(window)
    frame = Frame(bytes(640 * 480 * 4), Rect(0, 0, 640, 480))
    window.resize(640, 480)
    window.present(frame, windows_only=False, hint="", max_tokens=1000)
    return window


@pytest.mark.parametrize("chord", list(chain.from_iterable(line.keys for line in overlay()[0].shortcuts)))
def test_the_overlay_takes_every_key_that_is_named(picker_window, chord):
    assert pressed(picker_window, chord)


@pytest.mark.parametrize("chord", list(chain.from_iterable(line.keys for line in overlay()[1].shortcuts)))
def test_the_overlay_takes_every_key_for_a_region_that_is_held(picker_window, chord):
    picker_window.hold(Rect(100, 100, 60, 40))
    assert pressed(picker_window, chord)


@pytest.mark.parametrize("chord", list(chain.from_iterable(line.keys for line in overlay()[2].shortcuts)))
def test_the_overlay_takes_every_key_for_drawing(picker_window, qtbot, chord):
    picker_window.hold(Rect(100, 100, 60, 40))
    qtbot.keyClick(picker_window, Qt.Key.Key_B)
    assert pressed(picker_window, chord)


@pytest.mark.parametrize("chord", list(chain.from_iterable(line.keys for line in history()[0].shortcuts)))
def test_the_list_of_conversations_takes_every_key_that_is_named(qtbot, open_desk, chord):
    desk = open_desk()
    number = desk.services.history.new_conversation()
    desk.services.history.add_message(number, Message(Role.USER, (TextPart("Why?"),)))
    desk.window.size_requested.emit(True)
    rows = desk.chat._history.pane.list
    qtbot.waitUntil(lambda: rows.model().rowCount() == 1)
    rows.setFocus()
    assert pressed(rows, chord)


def test_f1_in_the_overlay_shows_its_keys_and_esc_hides_them_first(picker_window, qtbot):
    cancelled = []
    picker_window.cancelled.connect(lambda: cancelled.append(True))
    qtbot.keyClick(picker_window, Qt.Key.Key_F1)
    texts = [label.text() for label in picker_window.findChildren(QLabel) if label.isVisible()]
    assert "Set one corner, then take the region" in texts
    qtbot.keyClick(picker_window, Qt.Key.Key_Escape)
    assert not any(label.isVisible() for label in picker_window.findChildren(QLabel))
    assert not cancelled
    qtbot.keyClick(picker_window, Qt.Key.Key_Escape)
    assert cancelled


def test_a_region_is_drawn_with_arrows_and_space(picker_window, qtbot):
    taken = []
    picker_window.taken.connect(lambda area, window: taken.append((area, window)))
    control = Qt.KeyboardModifier.ControlModifier
    picker_window.selection.move(100, 100)
    qtbot.keyClick(picker_window, Qt.Key.Key_Space)
    for _ in range(3):
        qtbot.keyClick(picker_window, Qt.Key.Key_Right)
    qtbot.keyClick(picker_window, Qt.Key.Key_Down)
    qtbot.keyClick(picker_window, Qt.Key.Key_Down, control)
    qtbot.keyClick(picker_window, Qt.Key.Key_Space)
    assert taken == [(Rect(100, 100, 48, 17), None)]


def test_the_crosshair_begins_in_the_middle_and_stays_on_the_screen(picker_window, qtbot):
    picker_window.selection.cursor = None
    qtbot.keyClick(picker_window, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert picker_window.selection.cursor == (319, 240)
    for _ in range(100):
        qtbot.keyClick(picker_window, Qt.Key.Key_Up)
    assert picker_window.selection.cursor == (319, 0)


def test_enter_takes_the_region_that_was_begun_with_space(picker_window, qtbot):
    taken = []
    picker_window.taken.connect(lambda area, window: taken.append(area))
    picker_window.selection.move(10, 10)
    qtbot.keyClick(picker_window, Qt.Key.Key_Space)
    qtbot.keyClick(picker_window, Qt.Key.Key_Right)
    qtbot.keyClick(picker_window, Qt.Key.Key_Down)
    qtbot.keyClick(picker_window, Qt.Key.Key_Return)
    assert taken == [Rect(10, 10, 16, 16)]


@pytest.mark.parametrize(
    ("chord", "keys"),
    [("Ctrl+Shift+X", ["Ctrl", "Shift", "X"]), ("Ctrl++", ["Ctrl", "+"]), ("F1", ["F1"]), ("Ctrl+-", ["Ctrl", "-"])],
)
def test_a_chord_falls_into_its_keys(chord, keys):
    assert pieces(chord) == keys


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_sheet_shows_every_line_whole(qtbot, language):
    set_language(language)
    dialog = ShortcutDialog(groups(DEFAULT_HOTKEYS))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.wait(10)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    for group in groups(DEFAULT_HOTKEYS):
        assert {group.title, *(line.text for line in group.shortcuts)} <= texts
    for label in dialog.findChildren(QLabel):
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        assert label.height() >= needed, label.text()
    set_language("en")


def test_f1_opens_and_closes_the_sheet(open_desk, qtbot):
    desk = open_desk()
    asked = []
    desk.window.shortcuts_requested.connect(lambda: asked.append(True))
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F1)
    assert asked
    dialog = ShortcutDialog(groups({}), desk.window)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_F1)
