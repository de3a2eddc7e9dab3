"""The hotkeys page of the settings window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop_helper.core.availability import Availability
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from tests.support.settings_desk import FakeHotkeys


def test_recording_a_chord(open_settings, qtbot):
    hotkeys = FakeHotkeys()
    window = open_settings(hotkeys)
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["screen"].edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.listening
    assert hotkeys.suspended == 1
    qtbot.keyPress(edit, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == "Ctrl+…"
    qtbot.keyPress(edit, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)  # the window's own shortcut for closing
    assert edit.chord == "Ctrl+W"
    assert window.isVisible()
    assert not edit.listening
    assert hotkeys.suspended == 0


@pytest.mark.parametrize(
    ("key", "modifiers", "chord"),
    [
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier, "Ctrl+Tab"),
        (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, "Ctrl+Shift+Tab"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.MetaModifier, "Meta+Space"),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, "F12"),
        (Qt.Key.Key_Print, Qt.KeyboardModifier.AltModifier, "Alt+Print"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "Ctrl+Shift+X"),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, ""),
    ],
)
def test_every_kind_of_key_is_heard(open_settings, qtbot, key, modifiers, chord):
    window = open_settings(FakeHotkeys())
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["region"].edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    qtbot.keyPress(edit, key, modifiers)
    assert edit.chord == chord
    assert edit.text() == chord


def test_tab_leaves_a_field_that_listens(open_settings, qtbot):
    hotkeys = FakeHotkeys()
    window = open_settings(hotkeys)
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["region"].edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert not edit.hasFocus()
    assert edit.chord == "Ctrl+Shift+X"
    assert hotkeys.suspended == 0


def test_conflicts_and_taken_keys_are_shown_by_name(open_settings):
    window = open_settings(FakeHotkeys(taken={"Ctrl+9"}))
    rows = window.hotkeys.rows
    window.hotkeys._on_recorded("screen", "Ctrl+9")
    assert rows["screen"].status.text == "Ctrl+9 is taken by another program."
    window.hotkeys._on_recorded("window", "Ctrl+Shift+X")
    assert rows["window"].status.text == "Ctrl+Shift+X is already used for “Ask about a region”."
    window.hotkeys._on_recorded("region", "Ctrl+Alt+R")
    assert rows["window"].status.text == ""
    assert rows["screen"].status.text == "Ctrl+9 is taken by another program."


def test_a_chord_that_typing_needs_is_refused_and_the_old_one_stays(open_settings):
    window = open_settings(FakeHotkeys())
    window.hotkeys._on_recorded("region", "Shift+A")
    assert "needed for typing" in window.hotkeys.rows["region"].status.text
    assert window.hotkeys.rows["region"].edit.text() == "Ctrl+Shift+X"


def test_problems_of_the_running_hotkeys_are_shown(open_settings):
    problem = HotkeyProblem("region", "Ctrl+Shift+X", "Ctrl+Shift+X is taken by another program.")
    window = open_settings(FakeHotkeys(problems=[problem]))
    assert window.hotkeys.rows["region"].status.text == problem.message


def test_where_hotkeys_do_not_work_the_page_says_what_to_do(open_settings):
    window = open_settings(FakeHotkeys(state=Availability(ok=False, reason="No keys here.", fix="Use trigger.")))
    assert window.hotkeys._availability.text == "No keys here. Use trigger."


def test_quick_actions_are_shown_with_their_keys_and_a_button_opens_their_file(open_settings, desk):
    desk.services.paths.actions_file.write_text(
        '[mine]\ntitle = "My own"\nprompt = "x"\nhotkey = "Ctrl+Alt+M"\n[bad]\n'
    )
    window = open_settings()
    box = window.hotkeys.quick_actions
    shown = [label.text() for label in box.findChildren(QLabel)]
    assert {"My own", "Ctrl+Alt+M", "Translate"} <= set(shown)
    assert "actions.toml, line 5: “bad” has no prompt." in box.status.text
    opened = []
    box._open_file = lambda path: bool(opened.append(path)) or True
    desk.services.paths.actions_file.unlink()
    box.edit_button.click()
    assert opened == [desk.services.paths.actions_file]
    assert "[reply]" in opened[0].read_text(encoding="utf-8")
    box._open_file = lambda _path: False
    box.edit_button.click()
    assert str(opened[0]) in box.status.text


def test_a_key_of_a_quick_action_is_named_when_it_is_chosen_again(open_settings, desk):
    desk.services.paths.actions_file.write_text('[translate]\nhotkey = "alt+ctrl+t"\n', encoding="utf-8")
    window = open_settings(FakeHotkeys())
    row = window.hotkeys.rows["screen"]
    row.edit.recorded.emit("Ctrl+Alt+T")
    assert row.status.text == "Ctrl+Alt+T is already used for “Translate”."
    row.edit.recorded.emit("Ctrl+Alt+U")
    assert row.status.text == ""


@pytest.mark.parametrize("chosen", ["chat", "hold", "ask"])
def test_what_a_region_is_for_is_kept_and_explained(open_settings, desk, chosen):
    page = open_settings().hotkeys
    assert page.after_drag.currentData() == "chat"
    page.after_drag.select(chosen)
    capture = page.apply(desk.services.settings.current).capture
    assert (capture.adjust_first, capture.ask_first) == (chosen == "hold", chosen == "ask")
    assert "Shift" in page.after_drag.accessibleDescription()
    page.load(replace(desk.services.settings.current, capture=capture))
    assert page.after_drag.currentData() == chosen
