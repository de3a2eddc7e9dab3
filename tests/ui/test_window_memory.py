"""Screens that come and go: the window follows, and goes back where it was."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect

from desktop_helper.qt.screens import screen_key
from desktop_helper.services.settings import Place, SettingsStore, WindowSettings
from desktop_helper.ui import window_memory
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.window_memory import WindowMemory


class FakeScreen:
    def __init__(self, name, area, serial=""):
        self._name, self._area, self._serial = name, QRect(*area), serial

    def name(self):
        return self._name

    def serialNumber(self):
        return self._serial

    def manufacturer(self):
        return "Maker"

    def model(self):
        return "M1"

    def geometry(self):
        return self._area

    def availableGeometry(self):
        return self._area


class Desk:
    """What Qt says about the screens."""

    def __init__(self, *screens):
        self.present = list(screens)

    def instance(self):
        return None

    def screens(self):
        return self.present

    def screenAt(self, point):
        return next((screen for screen in self.present if screen.geometry().contains(point)), None)


LEFT: Any = FakeScreen("eDP-1", (0, 0, 1600, 1000))
RIGHT: Any = FakeScreen("DP-2", (1600, 0, 2000, 1200), serial="123")
ON_RIGHT = Place(300, 200, 420, 640)


@pytest.fixture
def window(qtbot):
    Theme.current().apply("light")
    made = ChatWindow(on_taskbar=True)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def desk(monkeypatch):
    made = Desk(LEFT, RIGHT)
    monkeypatch.setattr(window_memory, "QGuiApplication", made)
    monkeypatch.setattr(window_memory, "screen_under_cursor", lambda: made.present[0])
    return made


def memory_of(window, tmp_path, **values) -> WindowMemory:
    store = SettingsStore(tmp_path / "settings.toml")
    settings = store.load()
    store.save(type(settings)(window=WindowSettings(**values)))
    return WindowMemory(store, window, on_taskbar=True)


def test_a_screen_is_known_by_its_serial_number_wherever_it_is_plugged_in(desk):
    assert screen_key(RIGHT) == "Maker M1 123"
    assert screen_key(LEFT) == "eDP-1"


def test_it_goes_to_another_screen_with_its_own_and_comes_back(qtbot, window, desk, tmp_path):
    places = {"Maker M1 123": ON_RIGHT, "eDP-1": Place(10, 20, 400, 600)}
    memory = memory_of(window, tmp_path, screen="Maker M1 123", compact=places)
    window.show()
    assert window.geometry().getRect() == (1900, 200, 420, 640)
    desk.present.remove(RIGHT)
    memory._on_screen_removed(RIGHT)
    qtbot.waitUntil(lambda: window.geometry().getRect() == (10, 20, 400, 600))
    window.move(QPoint(70, 80))  # it is used there meanwhile
    memory._note()
    desk.present.append(RIGHT)
    memory._on_screen_added(RIGHT)
    qtbot.waitUntil(lambda: window.geometry().getRect() == (1900, 200, 420, 640))
    memory.save()
    saved = SettingsStore(tmp_path / "settings.toml").load().window
    assert saved.screen == "Maker M1 123"
    assert saved.compact == {"Maker M1 123": ON_RIGHT, "eDP-1": Place(70, 80, 400, 600)}


def test_what_another_screen_does_is_not_its_business(qtbot, window, desk, tmp_path):
    memory = memory_of(window, tmp_path, screen="Maker M1 123", compact={"Maker M1 123": ON_RIGHT})
    window.show()
    memory._on_screen_removed(LEFT)
    memory._on_screen_added(LEFT)
    qtbot.wait(20)
    assert window.geometry().getRect() == (1900, 200, 420, 640)


def test_left_while_its_screen_was_gone_it_waits_for_it(qtbot, window, desk, tmp_path):
    desk.present.remove(RIGHT)
    memory = memory_of(window, tmp_path, screen="Maker M1 123", compact={"Maker M1 123": ON_RIGHT})
    window.show()
    assert LEFT.geometry().contains(window.geometry())
    memory._note()
    desk.present.append(RIGHT)
    memory._on_screen_added(RIGHT)
    qtbot.waitUntil(lambda: window.geometry().getRect() == (1900, 200, 420, 640))


def test_dragged_to_another_screen_it_belongs_there(qtbot, window, desk, tmp_path):
    memory = memory_of(window, tmp_path, screen="Maker M1 123", compact={"Maker M1 123": ON_RIGHT})
    window.show()
    window.move(QPoint(100, 100))
    memory.save()
    saved = SettingsStore(tmp_path / "settings.toml").load().window
    assert saved.screen == "eDP-1"
    assert saved.compact["Maker M1 123"] == ON_RIGHT
