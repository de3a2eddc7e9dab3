"""Widgets are tested without a display."""

from __future__ import annotations

import os

import pytest

from desktop_helper.core.i18n import set_language
from desktop_helper.qt.background import Background
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.region_picker import RegionPicker
from desktop_helper.ui.settings_window import SettingsWindow
from desktop_helper.ui.theme import Theme
from tests.support.chat_desk import ChatDesk
from tests.support.pattern_capturer import PatternCapturer, opened
from tests.support.settings_desk import Desk, FakeHotkeys


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The one QApplication of a test run is made before any per-test environment is."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return ["desktop-helper-tests"]


@pytest.fixture(scope="session", autouse=True)
def _clipboard_is_left_empty(qapp):
    """Without a display Qt keeps what was copied until the process is gone, longer than Python and its objects."""
    yield
    qapp.clipboard().clear()


@pytest.fixture(autouse=True)
def _no_file_chosen_yet(monkeypatch):
    """Dialogs open at home, whatever the test before has chosen."""
    monkeypatch.setattr(dialog_folder, "_last", None)


@pytest.fixture
def desk(qtbot):
    """What a settings window works on."""
    made = Desk()
    yield made
    made.services.close()
    set_language("en")
    Theme.current().apply("light")


@pytest.fixture
def open_settings(qtbot, desk):
    """Opens the settings window; called with the running hotkeys, if there are any."""

    background = Background()

    def begin(hotkeys=None) -> SettingsWindow:
        window = SettingsWindow(desk.services, Theme.current(), hotkeys or FakeHotkeys(), background)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.model.key._asking is None, timeout=10_000)
        return window

    yield begin
    background.close()


@pytest.fixture
def open_desk(qtbot, tmp_path):
    desks = []

    def begin(*scripts) -> ChatDesk:
        desks.append(ChatDesk(tmp_path / "home", *scripts))
        desks[-1].window.show()
        return desks[-1]

    yield begin
    for desk in desks:
        desk.close()


@pytest.fixture
def capturer(qapp):
    """A desktop on which every pixel says where it is."""
    return PatternCapturer()


@pytest.fixture
def picker(qtbot, capturer):
    """Chooses from that desktop."""
    made = RegionPicker(capturer)
    yield made
    made.close()
    made.deleteLater()
    assert capturer.closed


@pytest.fixture
def overlay(qtbot, picker):
    """The picker's only window, open."""
    return opened(qtbot, picker)
