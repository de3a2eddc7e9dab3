from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.qt.tray_notify import plain
from desktop_helper.ui.app_icon import SIZES, app_icon
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray


@pytest.fixture
def tray(qtbot):
    made = Tray(Theme.current())
    qtbot.addWidget(made.menu)
    yield made
    made.hide()
    made.deleteLater()


def entries(tray):
    return {action.text().replace("&", ""): action for action in tray.menu.actions() if action.text()}


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Ask about a region", "region_requested"),
        ("Ask about the screen", "screen_requested"),
        ("Ask about a window", "window_requested"),
        ("Ask about the same region again", "repeat_requested"),
        ("Watch a region", "watch_requested"),
        ("Open chat", "chat_requested"),
        ("New chat", "new_chat_requested"),
        ("Settings", "settings_requested"),
        ("Quit", "quit_requested"),
    ],
)
def test_each_entry_asks_for_what_it_says(qtbot, tray, text, signal):
    with qtbot.waitSignal(getattr(tray, signal)):
        entries(tray)[text].trigger()
    qtbot.waitUntil(lambda: not entries(tray)[text].icon().isNull())


def test_a_region_can_be_asked_for_later(qtbot, tray):
    later = entries(tray)["Ask about a region later"].menu()
    assert [action.text() for action in later.actions()] == ["In 3 seconds", "In 5 seconds", "In 10 seconds"]
    with qtbot.waitSignal(tray.delayed_requested) as caught:
        later.actions()[1].trigger()
    assert caught.args == [5]


def test_a_click_on_a_notification_opens_what_it_tells_about(qtbot, tray):
    with qtbot.waitSignal(tray.chat_requested):
        tray._icon.messageClicked.emit()


def test_every_entry_has_a_letter_of_its_own(tray):
    letters = [action.text().partition("&")[2][:1].lower() for action in tray.menu.actions() if "&" in action.text()]
    assert len(letters) == 14
    assert len(set(letters)) == 14


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform lacks it, and Qt says so
def test_without_a_host_it_says_so(tray):
    assert tray.show() is False
    assert tray.available() is False
    assert tray.notify("Title", "text") is False


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform lacks it, and Qt says so
def test_a_host_that_comes_or_goes_is_told(qtbot, tray, monkeypatch):
    tray.show()
    monkeypatch.setattr(tray, "available", lambda: True)
    with qtbot.waitSignal(tray.availability_changed) as caught:
        tray._check_host()
    assert caught.args == [True]
    with qtbot.assertNotEmitted(tray.availability_changed):
        tray._check_host()


def test_says_where_answers_come_from(tray):
    tray.show_destination("GLM & Co", "api.z.ai", False)
    assert tray._icon.toolTip() == "Desktop Helper\nGLM ＆ Co · ↗ api.z.ai"
    assert "GLM ＆ Co · ↗ api.z.ai" in entries(tray)
    assert not entries(tray)["GLM ＆ Co · ↗ api.z.ai"].isEnabled()
    tray.show_destination("Tiny", "", True)
    assert tray._icon.toolTip() == "Desktop Helper\nTiny · On this machine"


def test_shows_the_keys_that_work(tray):
    tray.show_hotkeys({"region": "Ctrl+Shift+X"})
    shown = {text: action.shortcut().toString() for text, action in entries(tray).items()}
    assert shown["Ask about a region"] == "Ctrl+Shift+X"
    assert shown["Open chat"] == ""


def test_the_icon_is_there_in_every_size(qtbot):
    icon = app_icon()
    assert {size.width() for size in icon.availableSizes()} == set(SIZES)
    corner = icon.pixmap(32, 32).toImage().pixelColor(0, 0)
    assert corner.alpha() < 128


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a href='http://evil'>ok</a> & more", "‹a href='http://evil'›ok‹/a› ＆ more"),
        ("two\nlines\t\x00and\u202etricks", "two lines and tricks"),
        ("x" * 500, "x" * 239 + "…"),
    ],
)
def test_notifications_are_plain_text(text, shown):
    assert plain(text) == shown


@given(st.text(max_size=600))
def test_no_text_gets_markup_or_line_breaks_into_a_notification(text):
    assert not set(plain(text)) & set("<>&\n\r\u202e")
    assert len(plain(text)) <= 240
