"""The app as a whole, offscreen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import trigger
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason
from desktop_helper.qt import instance_server
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.services.paths import Paths
from desktop_helper.ui.shell import Shell
from desktop_helper.ui.theme import Theme


@pytest.fixture
def shell(qtbot, tmp_path):
    Theme.current("light")
    services = build_services(Paths.below(tmp_path))
    services.prepare()
    instance = InstanceServer(services.paths)
    assert instance.acquire()
    made = Shell(services, instance)
    yield made
    made.quit()
    # An app ends with its process; a test goes on, and what stayed would still follow the theme.
    made._tray.menu.deleteLater()
    if made._settings_window is not None:
        made._settings_window.deleteLater()
    made.deleteLater()
    services.close()


def test_a_fault_is_told_without_taking_the_keyboard(qtbot, shell):
    shell.tell(HelperError(ErrorKind.WORKER, "Something went wrong.", "The log says where."))
    window = shell.chat().window
    qtbot.waitUntil(window.isVisible)
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "Something went wrong. The log says where." in shown


@pytest.fixture
def notices(shell, monkeypatch):
    told = []
    monkeypatch.setattr(shell._tray, "notify", lambda title, text: bool(told.append((title, text))))
    return told


def test_a_hidden_window_tells_how_an_answer_ended(shell, notices):
    ended = shell.chat().answered
    ended.emit("Blue.", Finished(FinishReason.STOP))
    ended.emit("Half", Finished(FinishReason.CANCELLED))
    ended.emit("", Failed(HelperError(ErrorKind.NETWORK, "Nobody listens.", "Start the server.")))
    assert notices == [("The answer is ready", "Blue."), ("Something went wrong", "Nobody listens. Start the server.")]


def test_a_hotkey_for_nothing_is_named(shell, notices):
    settings = shell._services.settings
    settings.update(lambda old: replace(old, hotkeys=old.hotkeys | {"regoin": "Ctrl+Alt+R"}))
    shell._apply_settings()
    assert "There is no action called “regoin” for Ctrl+Alt+R." in notices[-1][1]


def test_a_hotkey_that_is_lost_later_is_told_and_no_longer_shown_until_it_works_again(shell, notices, monkeypatch):
    monkeypatch.setattr(shell._hotkeys, "availability", lambda: AVAILABLE)
    entries = {action.text(): action for action in shell._tray.menu.actions()}
    shell._show_hotkeys()
    assert entries["Ask about a &region"].shortcut().toString() == "Ctrl+Shift+X"
    shell._hotkeys._on_changed("region", "This keyboard has no key “X”.")
    assert entries["Ask about a &region"].shortcut().isEmpty()
    assert not entries["Open &chat"].shortcut().isEmpty()
    assert notices == [("A hotkey is not available", "This keyboard has no key “X”. Choose another one in Settings.")]
    shell.open_settings()
    status = shell._settings_window.hotkeys.rows["region"].status
    assert status.text == "This keyboard has no key “X”."
    shell._hotkeys._on_changed("region", None)
    assert entries["Ask about a &region"].shortcut().toString() == "Ctrl+Shift+X"
    assert status.text == ""
    assert len(notices) == 1


def test_the_app_can_do_what_others_may_ask_of_it(shell):
    assert set(shell._actions) == instance_server.COMMANDS
    assert set(trigger.ACTIONS) <= instance_server.COMMANDS


def test_quitting_twice_is_quitting_once(qtbot, shell):
    shell.chat().window.show()
    shell.quit()
    qtbot.wait(10)  # the window is gone by now
    shell.quit()
